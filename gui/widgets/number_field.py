"""A field for a whole number: stepped, typed, and never refusing a key."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox

from core.scenario.loader import Value
from gui.widgets.keyboard import focus_home

TYPING_MS = 250
"""How long the user must have stopped typing before the scenario runs again."""


class NumberField(QAbstractSpinBox):
    """A whole number with thousands separators that keeps whatever is typed, right or wrong.

    Args:
        minimum: Where the arrows stop, None for nowhere.
        maximum: Where the arrows stop, None for nowhere.
    """

    edited = Signal()
    """The user typed or stepped."""

    def __init__(self, minimum: int | None = None, maximum: int | None = None) -> None:
        super().__init__()
        self._minimum, self._maximum = minimum, maximum
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().textEdited.connect(lambda _text: self.edited.emit())

    def value(self) -> int | str:
        """Return the number, or the text where it is none."""
        text = self.lineEdit().text().strip()
        bare = text.replace(",", "").replace("_", "").replace(" ", "")
        try:
            return int(bare, 0) if bare.startswith(("0x", "0X")) else int(bare)
        except ValueError:
            return text

    def show_value(self, value: Value) -> None:
        """Show a number without telling that it was edited."""
        text = f"{value:,}" if isinstance(value, int) else str(value)
        if text != self.lineEdit().text():
            self.lineEdit().setText(text)

    def stepBy(self, steps: int) -> None:
        """Go up or down, by tens and hundreds where the number is large."""
        value = self.value()
        if isinstance(value, str):
            return
        # A tenth of the number's own magnitude, so that 1,000,000 is not a million clicks away.
        at = abs(value) - (1 if value > 0 > steps else 0)
        value += steps * 10 ** max(0, len(str(at)) - 2)
        low, high = self._minimum, self._maximum
        value = max(value, low) if low is not None else value
        value = min(value, high) if high is not None else value
        self.show_value(value)
        self.selectAll()
        self.edited.emit()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Say which of the two arrows goes on."""
        flag, value = QAbstractSpinBox.StepEnabledFlag, self.value()
        enabled = flag.StepNone
        if isinstance(value, int):
            if self._maximum is None or value < self._maximum:
                enabled |= flag.StepUpEnabled
            if self._minimum is None or value > self._minimum:
                enabled |= flag.StepDownEnabled
        return enabled

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Take anything: what is wrong with it is said beside the field, not by refusing keys."""
        return QValidator.State.Acceptable, text, at

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as the end of the input: the keyboard goes back to the stack."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus_home(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless the user is in the field."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
