"""A window with the Explore workspace in front, and what tests do in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.explore.result import Exploration
from gui.actions import ActionRegistry
from gui.controller import Controller
from gui.explore_bindings import add_explore
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.window import MainWindow
from gui.workspaces.explore import ExploreWorkspace
from tests.gui.explored import two_tasks

KEY = Qt.Key
CLICK = Qt.MouseButton.LeftButton
PATIENCE = 30_000
SERIALIZED = Path(__file__).parent / "two-cpus.toml"
GRAPH = two_tasks(4)


def a_window(qtbot: QtBot, tmp_path: Path) -> tuple[Controller, MainWindow]:
    settings = Settings(tmp_path / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    controller = Controller(window)
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    return controller, window


def a_faking_window(qtbot: QtBot, tmp_path: Path) -> Controller:
    """Return a window with workers that answer what a test wants."""
    made, window = a_window(qtbot, tmp_path)
    _add_workspaces_that_fake(window, made)
    made.session.open("mail-chain")
    window.show_workspace("explore")
    return made


def _add_workspaces_that_fake(window: MainWindow, controller: Controller) -> None:
    for name in ("live", "timeline"):
        window.add_workspace(name, name.capitalize(), name, QWidget)
    fakes = {"module": "tests.gui.fake_explorer", "estimator": "tests.gui.fake_estimator"}
    add_explore(window, controller.session, **fakes)


def page(controller: Controller) -> ExploreWorkspace:
    found = controller.window.findChild(ExploreWorkspace)
    assert isinstance(found, ExploreWorkspace)
    return found


def types(field: QWidget, text: str) -> None:
    field.setFocus()
    QTest.keyClick(field, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)


def explored(controller: Controller, qtbot: QtBot, failures: int) -> ExploreWorkspace:
    """Type how many allocations may fail, which tells the worker what to find, and explore."""
    shown = page(controller)
    types(shown.bar.fields["failures"], str(failures))
    QTest.mouseClick(shown.bar.start_button, CLICK)
    qtbot.waitUntil(lambda: not shown.session.busy, timeout=PATIENCE)
    return shown


def answered(controller: Controller, answer: Exploration) -> ExploreWorkspace:
    """Show an answer without asking."""
    shown = page(controller)
    shown.session.asked = shown.session.question
    shown.session._take(answer)
    for _ in range(3):  # a layout follows another
        QApplication.processEvents()
    return shown


def messages(controller: Controller) -> list[str]:
    return [message.text for message in controller.window.messages.messages]


def at(shown: ExploreWorkspace, node: int) -> QPoint:
    return shown.graph.view.point_of(node).toPoint()
