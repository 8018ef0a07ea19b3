"""Keys that a widget keeps from the commands of the window while it has the keyboard."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def claims(event: QEvent, keys: Container[int], *, plain: bool = False) -> bool:
    """Take a key before a command does; for a widget's ``event``.

    Args:
        event: What the widget is told.
        keys: The keys that are its own.
        plain: Whether they are only with no other key held, such as Shift or Ctrl.

    Returns:
        Whether the event asked for one of them; it is dealt with then.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() not in keys or (plain and held != Qt.KeyboardModifier.NoModifier):
        return False
    event.accept()
    return True
