"""A lesson as HTML and PDF: complete, and nothing from the network."""

from __future__ import annotations

import io
import re
from functools import cache

import pytest
from msgspec.structs import replace
from pypdf import PdfReader
from pypdf.generic import Destination
from PySide6.QtWidgets import QApplication

from core.lesson.loader import bundled, open_lesson
from core.lesson.schema import Lesson, Question, Step
from core.lesson.text import plain
from gui.handout import export
from gui.handout.export import Cancelled
from tests.core.handout.test_page import Read
from tests.gui.handout.printed import printed

LESSON = Lesson(
    schema=1,
    name="small",
    title="A small lesson",
    about="Two steps.",
    steps=(
        Step(title="The call", text="A *driver* calls.", scenario="mail-chain", essential=True,
             position="kmalloc call 1", notes="Speak slowly"),
        Step(title="The guard", position="first short-circuit", questions=(
            Question(about="bit", ask="What is the bit?"),
            Question(about="outcome", ask="How does it end?", choices=0),
        )),
    ),
)  # fmt: skip


@cache
def paper() -> bytes:
    return export.pdf(LESSON)


@cache
def page() -> str:
    return export.html(LESSON).decode()


@cache
def pieces() -> list[list[tuple[str, float]]]:
    """The words of each page as any reader of PDF finds them, and how far up they stand."""
    found: list[list[tuple[str, float]]] = []
    for sheet in PdfReader(io.BytesIO(paper())).pages:
        on_page: list[tuple[str, float]] = []

        def look(text: str, user: list[float], own: list[float], *_font: object) -> None:
            on_page.append((text, user[5] + own[5] * user[3]))  # noqa: B023 - called at once

        sheet.extract_text(visitor_text=look)
        found.append(on_page)
    return found


def test_html_has_every_step_picture_and_answer(qapp: QApplication) -> None:
    text = page()
    read = Read(text)
    for number, step in enumerate(LESSON.steps, start=1):
        assert f'id="step-{number}"' in text
        assert step.title in read.text
    assert [str(image["alt"])[:11] for image in read.named("img")] == ["driver_op c", "save_stack "]
    assert len(re.findall('class="right"', text)) == 2
    assert len(read.named("details")) == 2
    assert not re.search(r'(?:src|srcset|href)="(?:https?:)?//', text)
    assert "url(" not in text and "@import" not in text
    assert "Speak slowly" not in text
    assert "Speak slowly" in export.html(LESSON, notes=True).decode()


def test_html_is_the_same_each_time(qapp: QApplication) -> None:
    assert export.html(LESSON).decode() == page()


def test_pdf_has_pages_titles_and_the_words_of_pictures(qapp: QApplication) -> None:
    reader = PdfReader(io.BytesIO(paper()))
    read = ["".join(words for words, _up in sheet) for sheet in pieces()]
    text = " ".join(" ".join(read).split())
    assert len(reader.pages) in (2, 3)
    assert reader.metadata is not None and reader.metadata.title == "A small lesson"
    for words in ("A small lesson", "The call", "The guard", "Answers", "It completes"):
        assert words in text
    assert f"1 / {len(reader.pages)}" in text
    assert "Stack use" in text  # which only the drawing says
    assert "\t" not in read[0]
    # What the other tests read with is as good.
    told = " ".join(printed(sheet) for sheet in reader.pages)
    assert told.replace(" ", "") == text.replace(" ", "")


def test_pdf_has_an_outline_that_leads_to_the_headings(qapp: QApplication) -> None:
    reader = PdfReader(io.BytesIO(paper()))
    marks = [mark for mark in reader.outline if isinstance(mark, Destination)]
    assert [mark.title for mark in marks] == ["1 The call", "2 The guard", "Answers"]
    for mark in marks:
        number = reader.get_destination_page_number(mark)
        assert number is not None and mark.top is not None
        words = str(mark.title).split(maxsplit=1)[-1]
        found = [up for text, up in pieces()[number] if words in text]
        # Where one jumps to is the heading's upper edge, or a little above it.
        assert any(mark.top - 60 <= baseline <= mark.top for baseline in found)


def test_pdf_says_its_title_and_language_and_no_time(qapp: QApplication) -> None:
    made = paper()
    reader = PdfReader(io.BytesIO(made))
    assert reader.metadata is not None
    assert "/Author" not in reader.metadata
    assert not [key for key in reader.metadata if "Date" in key]
    assert reader.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]
    assert made == export.pdf(LESSON)


def test_links_can_be_followed(qapp: QApplication) -> None:
    step = replace(LESSON.steps[0], text="See [the docs](https://docs.kernel.org/mm/).")
    reader = PdfReader(io.BytesIO(export.pdf(replace(LESSON, steps=(step,)))))
    links = [note.get_object() for note in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert [link["/A"]["/URI"] for link in links] == ["https://docs.kernel.org/mm/"]


def test_a_broken_step_says_so_and_the_rest_is_there(qapp: QApplication) -> None:
    broken = Step(title="Gone", text="Still said.", scenario="no-such")
    lesson = Lesson(schema=1, name="x", title="X", steps=(broken, LESSON.steps[0]))
    text = export.html(lesson).decode()
    assert "This step could not be shown" in text and "no-such" in text
    assert "Still said." in text
    assert len(Read(text).named("img")) == 1
    assert b"%PDF" in export.pdf(lesson)[:10]


def test_progress_can_cancel(qapp: QApplication) -> None:
    told: list[tuple[int, int]] = []

    def after_one(done: int, total: int) -> bool:
        told.append((done, total))
        return done < 1

    with pytest.raises(Cancelled):
        export.html(LESSON, after_one)
    assert told == [(0, 2), (1, 2)]


def test_the_first_lesson_is_a_page(qapp: QApplication) -> None:
    lesson = open_lesson(bundled()[0]).lesson
    text = export.html(lesson).decode()
    read = Read(text)
    asked = sum(len(step.questions) for step in lesson.steps)
    assert len(re.findall('class="right"', text)) == asked
    assert len(read.named("img")) == len(lesson.steps)
    assert len(text) < 4_000_000


@pytest.mark.parametrize("name", bundled())
def test_every_step_of_a_bundled_lesson_has_its_picture_on_paper(
    name: str, qapp: QApplication
) -> None:
    lesson = open_lesson(name).lesson
    reader = PdfReader(io.BytesIO(export.pdf(lesson)))
    text = " ".join(printed(sheet) for sheet in reader.pages)
    assert "could not be shown" not in text
    assert len(reader.pages) >= len(lesson.steps)
    for step in lesson.steps:
        assert plain(step.title) in text
