"""A handout's HTML needs nothing else, and says everything once."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from core.handout.markdown import html_of
from core.handout.model import Asked, Handout, Page, Picture
from core.handout.page import page_html
from core.handout.paper import paper_html
from core.handout.told import page_of
from core.lesson.runs import shown_by
from tests.core.lesson.samples import step

VOID = {"meta", "img", "source", "br", "hr", "link"}


class Read(HTMLParser):
    """Tags with their attributes, and a complaint where one is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def handout(*pages: Page, notes: bool = False) -> Handout:
    return Handout("A <lesson>", "About *it*", 20, pages, notes)


PICTURE = Picture(b"<svg>light</svg>", b"<svg>dark</svg>", (960, 560))
ASKED = Asked("What is `1 < 2`?", ("no", "yes"), "yes", "It **is**.")


def test_a_page_has_text_before_picture_and_hides_the_answer() -> None:
    text = page_html(
        handout(Page("First", "Some *text*.", "secret", "A stack.", "", PICTURE, (ASKED,)))
    )
    read = Read(text)
    assert read.named("img")[0]["alt"] == "A stack."
    assert text.index("<em>text</em>") < text.index("<img")
    assert text.index("<details>") < text.index("B. yes</p>") < text.index("</details>")
    assert "secret" not in text
    assert read.named("h2")[0]["id"] == "step-1-title"


def test_dark_pages_get_the_dark_picture() -> None:
    read = Read(page_html(handout(Page("First", picture=PICTURE))))
    source, image = read.named("source")[0], read.named("img")[0]
    assert "prefers-color-scheme: dark" in str(source["media"])
    assert source["srcset"] != image["src"]
    assert str(image["src"]).startswith("data:image/svg+xml;base64,")


def test_a_png_is_named_one() -> None:
    picture = Picture(b"\x89PNG light", b"\x89PNG light", (10, 10))
    read = Read(page_html(handout(Page("First", picture=picture))))
    assert str(read.named("img")[0]["src"]).startswith("data:image/png;base64,")
    assert read.named("source") == []


def test_notes_are_there_when_asked_for() -> None:
    page = Page("First", "text", "for the speaker")
    assert "for the speaker" in page_html(handout(page, notes=True))
    assert "for the speaker" in paper_html(handout(page, notes=True))
    assert "for the speaker" not in paper_html(handout(page))


def test_markdown_loads_nothing_and_runs_nothing() -> None:
    told = html_of("# Head\n![x](https://example.org/x.png) <script>alert(1)</script>")
    assert "<h3>Head</h3>" in told
    assert Read(told).named("img") == Read(told).named("script") == []


def test_a_step_that_cannot_be_shown_says_why() -> None:
    text = page_html(handout(Page("First", "text", problem="there is no scenario 'x'")))
    assert "there is no scenario &#x27;x&#x27;" in text


def test_what_is_left_out_is_said_beside_the_rest() -> None:
    wrong = step(
        'highlights = ["function:gone"]\n[[steps.questions]]\nabout = "calls"\nfunction = "gone"\n'
        'ask = "How often?"\n[[steps.questions]]\nabout = "hits"\nask = "How many?"'
    )
    page = page_of(wrong, shown_by(wrong))
    assert page.problem == ""
    assert [asked.ask for asked in page.asked] == ["How many?"]
    for text in (page_html(handout(page)), paper_html(handout(page))):
        assert "Left out here: step 1 (Step 1): cannot highlight function:gone" in text
        assert "question 1: it asks about gone" in text


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_whole_page(title: str, text: str) -> None:
    asked = Asked(text, (title, text + "!"), title, text)
    read = Read(
        page_html(handout(Page(title, text, text, text, title, PICTURE, (asked,)), notes=True))
    )
    assert read.named("script") == []
    assert len(read.named("img")) == 1
