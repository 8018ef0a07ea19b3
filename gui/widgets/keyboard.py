"""Who has the keyboard, and which keys it keeps from the commands of the window."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

_MOVES = frozenset(
    {
        Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home,
        Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    }
)  # fmt: skip
_EDITS = _MOVES | {Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter}


def keeps_key(widget: object, event: QKeyEvent, *, tabbed: bool = True) -> bool:
    """Return whether a focused widget needs a key itself, so that no command may take it.

    A field needs what it types, a button its space bar, a slider and a list their arrows.

    Args:
        widget: What has the focus.
        event: The key.
        tabbed: Whether the user went there by the Tab key. A choice that only was clicked leaves
            the space bar to the run: who made the choice with the mouse does not want its list.
    """
    held = Qt.KeyboardModifier
    if event.modifiers() & (held.ControlModifier | held.AltModifier | held.MetaModifier):
        return False
    key, types = event.key(), event.text() != "" and event.text().isprintable()
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        return not widget.isReadOnly() and (types or key in _EDITS)
    if isinstance(widget, QAbstractSpinBox | QComboBox):
        is_choice = isinstance(widget, QComboBox) and not widget.isEditable()
        opens = is_choice and key == Qt.Key.Key_Space
        return (types or key in _EDITS) and (tabbed or not opens)
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space
    if isinstance(widget, QAbstractItemView):
        return key in _MOVES or key == Qt.Key.Key_Space
    return isinstance(widget, QAbstractSlider | QTabBar) and key in _MOVES


class KeyGuard(QObject):
    """Keeps single-key commands away from the widget the user types into.

    It watches only the widget that has the focus: a filter on the whole application would see
    every event of every widget, which Python is too slow for.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)
        self._leaving = self._tabbed = False
        self._follow(None, app.focusWidget())

    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and shiboken6.isValid(old):
            old.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)
        self._tabbed, self._leaving = self._leaving, False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim a key for the focused widget before the commands are asked."""
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyPress:
            # The focus moves while this key is handled.
            self._leaving = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        kept = keeps_key(watched, event, tabbed=self._tabbed)
        if kept:
            event.accept()
        return kept


def focus_home(widget: QWidget) -> None:
    """Give the keyboard to what the window's workspace is about; somebody must have it."""
    home = getattr(widget.window(), "focus_home", None)
    if callable(home):
        home()
