"""Whose keys are in force while one presents: those of the presentation, or of the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui.presenter.keys import RUN, STILL
from gui.presenter.stage import RUNS

if TYPE_CHECKING:
    from gui.presenter.presenting import Presenting
    from gui.window import MainWindow


class KeysInForce(QObject):
    """Follows the keyboard from window to window, and a lesson from step to step.

    It is a child of the commands and ends with them: where a program ends abruptly the keyboard
    leaves windows when some of what belongs to them is gone.

    Args:
        window: The main window, whose commands they are.
        presenting: The presentation.
    """

    def __init__(self, window: MainWindow, presenting: Presenting) -> None:
        super().__init__(window.registry)
        self._window, self._presenting = window, presenting
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)
        window.workspace_shown.connect(self._follow)
        presenting.step_shown.connect(self._follow)
        presenting.started_changed.connect(self._begin_or_end)

    def _follow(self, *_: object) -> None:
        window, presenting = self._window, self._presenting
        there = all(map(shiboken6.isValid, (window, presenting, presenting.speaker)))
        if not (there and presenting.running):
            return
        step = presenting.lessons.step
        context = RUN if step is not None and step.workspace in RUNS else STILL
        active = presenting.active()
        window.registry.set_context(context if active else window.workspace)
        window.set_covered(active and presenting.seating.covers_window)

    def _begin_or_end(self, on: bool) -> None:
        self._window.set_covered(False)
        if on:
            self._follow()
        else:
            self._window.registry.set_context(self._window.workspace)
