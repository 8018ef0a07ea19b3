"""Whose keys are in force, also where a program ends in the middle of a presentation."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.actions import ActionRegistry
from gui.presenter.keys import RUN, STILL
from gui.presenter.keys_in_force import KeysInForce
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.window import MainWindow
from tests.gui.presenter.conftest import Hall

if TYPE_CHECKING:
    from gui.presenter.presenting import Presenting

pytestmark = pytest.mark.usefixtures("undressed")


class UnderWay(QObject):
    """A presentation under way, without its windows."""

    step_shown = Signal()
    started_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.running = True
        self.speaker = QWidget()
        self.lessons, self.seating = SimpleNamespace(step=None), self

    @property
    def covers_window(self) -> bool:
        return self.speaker.isVisible()

    def active(self) -> bool:
        return True


def keyboard_goes_elsewhere() -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.focusChanged.emit(None, None)


def test_the_keys_are_those_of_the_window_with_the_keyboard(hall: Hall) -> None:
    registry, window = hall.window.registry, hall.window
    hall.press(Qt.Key.Key_PageDown)
    assert registry.context == RUN
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    assert registry.context == window.workspace
    hall.audience.activateWindow()
    assert QTest.qWaitForWindowActive(hall.audience)
    assert registry.context == RUN
    hall.presenting.stop()
    assert registry.context == window.workspace


@pytest.mark.parametrize("gone", ["the speaker's window", "the commands", "the window"])
def test_a_program_may_end_in_any_order(qapp: QApplication, tmp_path: Path, gone: str) -> None:
    settings, presenting = Settings(tmp_path / "settings.ini"), UnderWay()
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    KeysInForce(window, cast("Presenting", presenting))
    keyboard_goes_elsewhere()
    assert window.registry.context == STILL
    parts = {
        "the speaker's window": presenting.speaker,
        "the commands": window.registry,
        "the window": window,
    }
    shiboken6.delete(parts[gone])
    presenting.lessons.step = SimpleNamespace(workspace="live")  # other keys are wanted now
    keyboard_goes_elsewhere()  # an error in a slot fails the test
    if gone != "the window":
        shiboken6.delete(window)
