"""``ownerscope render LESSON OUT.html`` and ``OUT.pdf`` carried out, without a display."""

from __future__ import annotations

import sys
from pathlib import Path

from core.errors import RenderError
from core.lesson.loader import open_lesson
from core.saving import write_aside


def handout(what: str, out: str, *, notes: bool = False) -> int:
    """Write a lesson's handout and return the exit status.

    Args:
        what: Name or file of the lesson.
        out: The file; it is PDF where its name ends so, otherwise HTML.
        notes: Whether the speaker's notes are in it.

    Raises:
        OwnerscopeError: It cannot be made or written; what was there is still there.
    """
    lesson = open_lesson(what)
    from gui.render.command import offscreen_application
    from gui.render.ending import ended_politely, unbroken

    application = offscreen_application()
    from gui.handout import export

    make = export.pdf if Path(out).suffix.lower() == ".pdf" else export.html
    try:
        with ended_politely(), unbroken():
            data = make(lesson.lesson, _tell, notes=notes, folder=lesson.folder)
    finally:
        if sys.stderr is not None and sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)
    del application
    try:
        write_aside(Path(out), data)
    except OSError as error:
        raise RenderError(
            f"cannot write the handout: {error.strerror or error}",
            where=out,
            advice="choose another place",
        ) from None
    return 0


def _tell(done: int, total: int) -> None:
    from gui.render.ending import let_end

    let_end()
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\rstep {done:,} of {total:,}", end="", file=sys.stderr, flush=True)
