"""A handout as one HTML file: no network, no script, light and dark, and made to be printed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape

from core.handout.markdown import html_of, inline_html
from core.handout.model import Asked, Handout, Page, Picture
from core.handout.style import STYLE

SVG, PNG = "image/svg+xml", "image/png"
_PNG_HEAD = b"\x89PNG"


def page_html(handout: Handout) -> str:
    """Return a handout as the text of an HTML file."""
    return "\n".join(_lines(handout)) + "\n"


def kind_of(data: bytes) -> str:
    """Return the media type of a picture."""
    return PNG if data.startswith(_PNG_HEAD) else SVG


def _lines(handout: Handout) -> Iterator[str]:
    title = escape(handout.title)
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield '<meta name="generator" content="ownerscope">'
    yield f"<title>{title}</title>"
    yield f"<style>\n{STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield "<header>"
    yield f"<h1>{title}</h1>"
    if handout.about:
        yield f'<div class="about">{html_of(handout.about)}</div>'
    count = len(handout.pages)
    steps = f"{count} step{'s' * (count != 1)}"
    yield f'<p class="facts">{steps}, about {_minutes(handout.minutes)}</p>'
    yield "</header>"
    yield from _contents(handout)
    yield "<main>"
    for number, page in enumerate(handout.pages, start=1):
        yield from _section(number, page, handout.notes)
    yield "</main>"
    yield from _answers(handout)
    yield "<footer><p>Made with ownerscope.</p>"
    yield "</footer>"
    yield "</body>"
    yield "</html>"


def _minutes(minutes: int) -> str:
    return f"{minutes} minute{'s' * (minutes != 1)}"


def _contents(handout: Handout) -> Iterator[str]:
    yield '<nav aria-label="Steps">'
    yield "<ol>"
    for number, page in enumerate(handout.pages, start=1):
        yield f'<li><a href="#step-{number}">{escape(page.title)}</a></li>'
    yield "</ol>"
    yield "</nav>"


def _section(number: int, page: Page, notes: bool) -> Iterator[str]:
    head = f"step-{number}-title"
    yield f'<section id="step-{number}" aria-labelledby="{head}">'
    yield f'<h2 id="{head}"><span class="number">{number}</span> {escape(page.title)}</h2>'
    if page.text:
        yield f'<div class="text">{html_of(page.text)}</div>'
    if page.problem:
        yield f'<p class="problem" role="note">This step could not be shown: {escape(page.problem)}'
        yield "</p>"
    if page.left_out:
        yield f'<p class="problem" role="note">Left out here: {escape(page.left_out)}</p>'
    if page.picture is not None:
        yield from _figure(page.picture, page.alt, page.caption)
    for asked in page.asked:
        yield from _question(asked)
    if notes and page.notes:
        yield '<aside class="notes" aria-label="Speaker notes"><h3>Notes</h3>'
        yield f"{html_of(page.notes, below=3)}</aside>"
    yield "</section>"


def _figure(picture: Picture, alt: str, caption: str) -> Iterator[str]:
    wide, high = picture.size
    yield "<figure>"
    if caption:
        # The picture's own words begin with it: a screen reader is not to say it twice.
        yield f'<figcaption aria-hidden="true">{escape(caption)}</figcaption>'
    yield "<picture>"
    if picture.dark != picture.light:
        dark = data_uri(picture.dark)
        yield f'<source media="screen and (prefers-color-scheme: dark)" srcset="{dark}">'
    yield (
        f'<img src="{data_uri(picture.light)}" width="{wide}" height="{high}"'
        f' alt="{escape(alt, quote=True)}">'
    )
    yield "</picture>"
    yield "</figure>"


def data_uri(data: bytes) -> str:
    """Return a picture as an address that holds it."""
    return f"data:{kind_of(data)};base64,{b64encode(data).decode('ascii')}"


def _question(asked: Asked) -> Iterator[str]:
    yield '<div class="question">'
    yield f'<p class="ask">{inline_html(asked.ask)}</p>'
    if asked.choices:
        yield '<ol class="choices" type="A">'
        for choice in asked.choices:
            yield f"<li>{escape(choice)}</li>"
        yield "</ol>"
    yield f'<details><summary>Answer</summary><p class="right">{escape(told(asked))}</p>'
    if asked.explain:
        yield html_of(asked.explain)
    yield "</details>"
    yield "</div>"


def told(asked: Asked) -> str:
    """Return the answer with the letter of its choice."""
    if asked.answer not in asked.choices:
        return asked.answer
    return f"{chr(ord('A') + asked.choices.index(asked.answer))}. {asked.answer}"


def _answers(handout: Handout) -> Iterator[str]:
    """The answers once more, for paper alone: there is nothing to unfold there."""
    every = [(page, asked) for page in handout.pages for asked in page.asked]
    if not every:
        return
    yield '<section class="answers" aria-hidden="true">'
    yield "<h2>Answers</h2>"
    yield "<dl>"
    for page, asked in every:
        yield f"<dt>{escape(page.title)}: {inline_html(asked.ask)}</dt>"
        yield f"<dd>{escape(told(asked))}</dd>"
    yield "</dl>"
    yield "</section>"
