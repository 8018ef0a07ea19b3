"""``ownerscope render`` carried out: without a display, with progress where somebody looks."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from core.errors import EnvironmentProblem
from gui.render.ending import ended_politely
from gui.render.job import Job, check

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_OF_THE_DESKTOP = ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI")
"""What would make a picture another one on another desktop."""


def render(wanted: dict[str, Any]) -> int:
    """Do what the terminal asks for, and return the exit status.

    Raises:
        OwnerscopeError: It cannot be done.
    """
    job = Job(**wanted)
    check(job)
    application = offscreen_application()
    from gui.render.make import make

    progress = Progress()
    try:
        with ended_politely():
            make(job, progress)
    finally:
        progress.end()
    del application
    return 0


def offscreen_application() -> QApplication:
    """Return the application, on a platform that needs no display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for name in _OF_THE_DESKTOP:
        os.environ.pop(name, None)
    try:
        from PySide6.QtCore import qInstallMessageHandler
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        raise EnvironmentProblem(
            f"Qt cannot be loaded: {error}", advice="'ownerscope doctor' says what to install"
        ) from None

    qInstallMessageHandler(_tell_qt)
    application = QApplication.instance() or QApplication(["ownerscope"])
    assert isinstance(application, QApplication)
    QApplication.setStyle("Fusion")
    return application


def _tell_qt(_kind: object, _context: object, message: str) -> None:
    if "does not support" not in message:  # what a window could do, and a picture need not
        print(message, file=sys.stderr)


class Progress:
    """A line on a terminal that says how far a film is; nothing where stderr is none."""

    def __init__(self) -> None:
        self._shown = False
        self._wanted = sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, done: int, number: int) -> None:
        """Say how many frames are drawn."""
        if self._wanted:
            share = 100 * done // max(1, number)
            print(
                f"\r{done:,} of {number:,} frames, {share} %", end="", file=sys.stderr, flush=True
            )
            self._shown = True

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
