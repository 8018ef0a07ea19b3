"""Reading the controls that choose a guard, and using their menus."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from core.guards.catalog import REVIEWED
from gui.session import Session
from gui.widgets.controls import Captioned
from gui.widgets.guard_bar import GuardBar


def entries(button: QToolButton) -> dict[str, QAction]:
    menu = button.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if not action.isSeparator()}


def choose(qtbot: QtBot, session: Session, button: QToolButton, text: str) -> None:
    with qtbot.waitSignal(session.source_changed):
        entries(button)[text].trigger()


def chosen_guard(bar: GuardBar) -> str:
    checked = [design for design, each in bar.guard.buttons.items() if each.isChecked()]
    assert checked == ([bar.guard.value] if bar.guard.value in REVIEWED else [])
    return bar.guard.value


def layout_shown(bar: GuardBar) -> str:
    """The layout, with what its caption adds."""
    caption = bar.layout_button.parentWidget()
    assert isinstance(caption, Captioned)
    return bar.layout_button.text() + caption.caption.removeprefix("Layout")
