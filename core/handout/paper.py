"""A handout for paper, in the HTML that Qt's rich text knows: answers come at the end."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from core.handout.markdown import html_of, inline_html
from core.handout.model import Asked, Handout, Page
from core.handout.page import told

PICTURE = "step:{}"
"""The name of a step's picture, by its number from 1."""

STYLE = """\
body { color: #1a1f29; }
h1 { font-size: 24pt; margin-top: 0px; margin-bottom: 6px; }
h2 { font-size: 15pt; margin-top: 26px; margin-bottom: 6px; }
h3, h4, h5, h6 { font-size: 11pt; margin-top: 10px; margin-bottom: 4px; }
p, li, td, th, dd { font-size: 10.5pt; }
p { margin-top: 0px; margin-bottom: 8px; }
code, pre { font-family: "JetBrains Mono", "Fira Code", "DejaVu Sans Mono", monospace; }
.about { font-size: 12pt; color: #566070; }
.small { color: #566070; font-size: 9pt; margin-bottom: 6px; }
.ask { font-weight: 600; margin-top: 10px; margin-bottom: 4px; }
.problem { color: #a32118; }
"""


def paper_html(handout: Handout) -> str:
    """Return a handout as rich text."""
    return "\n".join(_lines(handout))


def _lines(handout: Handout) -> Iterator[str]:
    yield f"<h1>{escape(handout.title)}</h1>"
    if handout.about:
        yield f'<p class="about">{inline_html(handout.about)}</p>'
    steps = f"{len(handout.pages)} step{'s' * (len(handout.pages) != 1)}"
    minutes = f"{handout.minutes} minute{'s' * (handout.minutes != 1)}"
    yield f'<p class="small">{steps}, about {minutes}</p>'
    for number, page in enumerate(handout.pages, start=1):
        yield from _step(number, page, handout.notes)
    yield from _answers(handout)


def _step(number: int, page: Page, notes: bool) -> Iterator[str]:
    yield f"<h2>{number}&nbsp; {escape(page.title)}</h2>"
    if page.text:
        yield html_of(page.text)
    if page.problem:
        yield f'<p class="problem">This step could not be shown: {escape(page.problem)}</p>'
    if page.left_out:
        yield f'<p class="problem">Left out here: {escape(page.left_out)}</p>'
    if page.caption:
        yield f'<p class="small">{escape(page.caption)}</p>'
    if page.drawing is not None:
        wide, high = page.drawing
        yield f'<p><img src="{PICTURE.format(number)}" width="{wide}" height="{high}"></p>'
    for asked in page.asked:
        yield f'<p class="ask">{inline_html(asked.ask)}</p>'
        if asked.choices:
            items = "".join(f"<li>{escape(choice)}</li>" for choice in asked.choices)
            yield f'<ol type="A">{items}</ol>'
    if notes and page.notes:
        yield "<h4>Notes</h4>"
        yield html_of(page.notes, below=3)


def _answers(handout: Handout) -> Iterator[str]:
    every: list[tuple[Page, Asked]] = [
        (page, asked) for page in handout.pages for asked in page.asked
    ]
    if not every:
        return
    yield "<h2>Answers</h2>"
    for page, asked in every:
        yield f'<p class="ask">{escape(page.title)}: {inline_html(asked.ask)}</p>'
        yield f"<p>{escape(told(asked))}</p>"
        if asked.explain:
            yield html_of(asked.explain)
