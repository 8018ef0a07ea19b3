"""Panels that share one place: who has the keyboard while they change."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import ThemeManager
from gui.widgets.keyboard import KeyGuard
from gui.widgets.side_panels import Panel, SidePanels

SPACE = Qt.Key.Key_Space


def combo() -> QComboBox:
    made = QComboBox()
    made.addItems(["one", "two", "three"])
    return made


class Window(QWidget):
    """A view with the keyboard beside two panels that each begin with a field."""

    def __init__(self) -> None:
        super().__init__()
        self.view, self.fields = QLineEdit(readOnly=True), {"a": QLineEdit(), "b": combo()}
        self.side = SidePanels(
            [Panel(name, name, name, partial(self.boxed, name)) for name in "ab"],
            ThemeManager(),
        )
        column = QVBoxLayout(self)
        column.addWidget(self.view)
        column.addWidget(self.side)
        self.played = 0
        play = QAction("Play", self, shortcut=QKeySequence("Space"))
        play.triggered.connect(self._play)
        self.addAction(play)
        self.guard = KeyGuard(self)

    def boxed(self, name: str) -> QWidget:
        page = QWidget()
        QVBoxLayout(page).addWidget(self.fields[name])
        return page

    def focus_home(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _play(self) -> None:
        self.played += 1


def window_of(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.focus_home()
    return window


def click(window: Window, name: str) -> None:
    QTest.mouseClick(window.side.choice.buttons[name], Qt.MouseButton.LeftButton)


def test_a_click_on_a_tab_leaves_the_keyboard_where_it_was(qtbot: QtBot) -> None:
    window = window_of(qtbot)
    click(window, "b")
    assert window.side.shown == "b"
    assert window.view.hasFocus()


def test_from_a_field_of_the_panel_that_goes_the_keyboard_goes_home(qtbot: QtBot) -> None:
    window = window_of(qtbot)
    window.fields["a"].setFocus()
    click(window, "b")
    assert window.view.hasFocus()
    QTest.keyClick(window.view, SPACE)
    assert window.played == 1


def test_a_tab_reached_by_keys_keeps_the_keyboard(qtbot: QtBot) -> None:
    window = window_of(qtbot)
    window.side.choice.buttons["a"].setFocus()
    QTest.keyClick(window.side.choice.buttons["a"], Qt.Key.Key_Right)
    assert window.side.shown == "b"
    assert window.side.choice.buttons["b"].hasFocus()


def test_space_plays_where_a_choice_was_only_clicked(qtbot: QtBot) -> None:
    window = window_of(qtbot)
    click(window, "b")
    choice = window.fields["b"]
    assert isinstance(choice, QComboBox)
    choice.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.keyClick(choice, SPACE)
    assert window.played == 1
    assert not choice.view().isVisible()


def test_space_opens_a_choice_that_was_tabbed_to(qtbot: QtBot) -> None:
    window = window_of(qtbot)
    click(window, "b")
    choice = window.fields["b"]
    assert isinstance(choice, QComboBox)
    for _ in range(6):
        focused = window.focusWidget()
        assert focused is not None
        if focused is not choice:
            QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert choice.hasFocus()
    QTest.keyClick(choice, SPACE)
    assert window.played == 0
    assert choice.view().isVisible()
    choice.hidePopup()
