"""Text in as many lines as it needs, measured once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy


class WrappedLabel(QLabel):
    """A label that breaks its lines between words.

    While Qt lays out what lies around a label, it asks for its height again and again, and each
    time a QLabel breaks all of its lines anew. This one knows what it said before.

    What else changes its height (margins, an indent, whether it wraps) is set before its text.

    Args:
        text: What it says.
        properties: As ``QLabel`` takes them.
    """

    def __init__(self, text: str = "", **properties: Any) -> None:
        self._heights: dict[int, int] = {}
        self._hints: dict[str, QSize] = {}
        super().__init__(text, wordWrap=True, **properties)

    def _takes_any_width(self) -> bool:
        return self.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored

    def _forget(self) -> None:
        self._heights.clear()
        self._hints.clear()

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Say something else."""
        if text != self.text():
            self._forget()
            super().setText(text)

    def setTextFormat(self, form: Qt.TextFormat) -> None:  # noqa: N802 - Qt's name
        """Read the text in another way."""
        if form != self.textFormat():
            self._forget()
            super().setTextFormat(form)

    def clear(self) -> None:
        """Say nothing."""
        self.setText("")

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew in another font or style."""
        self._forget()
        super().changeEvent(event)

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines in a width; in none, in the width it has."""
        # What is around a text that takes any width asks for the height at no width at all.
        width = width if width > 0 else max(1, self.width())
        known = self._heights.get(width)
        if known is None:
            known = self._heights[width] = super().heightForWidth(width)
        return known

    def sizeHint(self) -> QSize:
        """Return a size in which it reads well; of the width it has, where any will do."""
        if self._takes_any_width():
            return QSize(0, self.heightForWidth(max(1, self.width())))
        known = self._hints.get("best")
        if known is None:
            known = self._hints["best"] = super().sizeHint()
        return known

    def minimumSizeHint(self) -> QSize:
        """Return the size below which words are cut off, or a line where any width will do."""
        if self._takes_any_width():
            return QSize(0, self.fontMetrics().lineSpacing() if self.text() else 0)
        known = self._hints.get("least")
        if known is None:
            known = self._hints["least"] = super().minimumSizeHint()
        return known
