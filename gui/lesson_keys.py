"""Lets a clicker go on with the lesson, whatever view has the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

if TYPE_CHECKING:
    from gui.actions import ActionRegistry

_COMMANDS = ("lesson.next", "lesson.previous", "lesson.back_to_step")
_FIELDS = (QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit)


class LessonKeys(QObject):
    """Keeps the keys of a running lesson from views that scroll with them.

    It watches only the widget that has the focus, as ``KeyGuard`` does, and leaves
    fields that are typed into alone.

    Args:
        registry: The commands, with the keys in force.
    """

    def __init__(self, registry: ActionRegistry, parent: QObject) -> None:
        super().__init__(parent)
        self._registry, self._on = registry, False
        self._watched: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def turn(self, *, on: bool) -> None:
        """Begin or end."""
        self._on = on
        self._watch(QApplication.focusWidget() if on else None)

    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._watch(now if self._on else None)

    def _watch(self, widget: QWidget | None) -> None:
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = widget
        if widget is not None:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the focused widget from claiming a key of the lesson's."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if isinstance(watched, _FIELDS) or not self._is_ours(event):
            return False
        event.ignore()
        return True

    def _is_ours(self, event: QKeyEvent) -> bool:
        pressed = QKeySequence(event.keyCombination())
        return any(
            pressed in action.shortcuts()
            for action in map(self._registry.action, _COMMANDS)
            if action.isEnabled()
        )
