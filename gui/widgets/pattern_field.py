"""The field a regular expression over functions is typed into."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from gui.widgets.own_keys import claims


class PatternField(QLineEdit):
    """A field that goes from hit to hit on Enter and is left on Esc.

    Args:
        placeholder: What it says while it is empty.
        clears: Whether it has a cross that empties it.
    """

    went = Signal(int)
    """Enter: 1 to the next hit, -1 with Shift to the one before."""
    left = Signal()
    """Esc."""

    def __init__(self, placeholder: str, *, clears: bool = False) -> None:
        super().__init__(clearButtonEnabled=clears)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName("Search functions: a regular expression")

    def event(self, event: QEvent) -> bool:
        """Keep Esc and Enter from the commands of the window."""
        mine = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return claims(event, mine) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to a hit on Enter, leave on Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            held = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.went.emit(-1 if held else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
