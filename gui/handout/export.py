"""A lesson as one HTML file or as PDF: its text, a picture of every step, and the questions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.errors import OwnerscopeError
from core.handout.model import Handout, Page
from core.handout.told import Showing, broken_page, page_of
from core.lesson.resolved import resolve

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from core.lesson.schema import Lesson
    from gui.handout.pictures import Drawing

PAPER_WIDTH = 640
"""Of a picture on a page of A4, in pixels of CSS."""
Form = Literal["html", "pdf"]
Progress = Callable[[int, int], object]
"""Told how many steps of how many are done; False from it stops the work."""
Making = Generator[tuple[int, int], None, bytes]


class Cancelled(Exception):
    """The user did not want to wait for it."""


def html(
    lesson: Lesson,
    progress: Progress | None = None,
    *,
    notes: bool = False,
    folder: Path | None = None,
) -> bytes:
    """Return a lesson as the contents of one HTML file that needs nothing else.

    There must be an application (``QApplication``); its platform may be "offscreen".

    Args:
        lesson: The lesson. A step that cannot be shown says why; the rest is there.
        progress: Told how far it is.
        notes: Whether the speaker's notes are in it.
        folder: Where the lesson's file is; recordings may lie beside it.

    Raises:
        Cancelled: ``progress`` returned False.
    """
    return _finished(making(lesson, "html", notes=notes, folder=folder), progress)


def pdf(
    lesson: Lesson,
    progress: Progress | None = None,
    *,
    notes: bool = False,
    folder: Path | None = None,
) -> bytes:
    """Return a lesson as the contents of a PDF file; the arguments are those of ``html``."""
    return _finished(making(lesson, "pdf", notes=notes, folder=folder), progress)


def _finished(work: Making, progress: Progress | None) -> bytes:
    while True:
        try:
            done = next(work)
        except StopIteration as stop:
            made: bytes = stop.value
            return made
        if progress is not None and progress(*done) is False:
            work.close()
            raise Cancelled


def making(
    lesson: Lesson, form: Form, *, notes: bool = False, folder: Path | None = None
) -> Making:
    """Make a handout step by step; the window does other things in between.

    Yields:
        How many steps of how many are done.

    Returns:
        The contents of the file.
    """
    showing, steps = Showing(), resolve(lesson, folder)
    pages: list[Page] = []
    drawings: dict[int, Drawing] = {}
    for number, step in enumerate(steps):
        yield number, len(steps)
        page, drawing = _page(step, showing, form)
        pages.append(page)
        if drawing is not None:
            drawings[number] = drawing
    yield len(steps), len(steps)
    handout = Handout(lesson.title, lesson.about, lesson.minutes, tuple(pages), notes)
    if form == "pdf":
        from gui.handout.paper import pdf_of

        return pdf_of(handout, drawings)
    from core.handout.page import page_html

    return page_html(handout).encode("utf-8")


def _page(step: ResolvedStep, showing: Showing, form: Form) -> tuple[Page, Drawing | None]:
    """Return a step's page; on paper its picture is drawn when the page is."""
    from gui.handout.pictures import drawing_of, picture_of

    try:
        shown = showing.of(step)
        page = page_of(step, shown)
    except OwnerscopeError as error:
        return broken_page(step, str(error)), None
    if page.problem:
        return page, None
    try:
        if form == "html":
            return replace(page, picture=picture_of(step, shown)), None
        drawing = drawing_of(step, shown, PAPER_WIDTH)
    except OwnerscopeError as error:
        return replace(page, problem=str(error)), None
    return replace(page, drawing=drawing.size), drawing
