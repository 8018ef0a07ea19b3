"""Text that is shortened where it does not fit; its tool tip has all of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel


class _Fitted(QLabel):
    """A label that fits its text anew into every width and font."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)

    def _fit(self) -> None:
        raise NotImplementedError

    def _shortened(self, line: str, mode: Qt.TextElideMode) -> str:
        return self.fontMetrics().elidedText(line, mode, max(0, self.width()))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the text for another width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Shorten the text for another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()


class ElidedLabel(_Fitted):
    """A line of text, shortened at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self._note = ""

    def set_text(self, text: str, note: str = "") -> None:
        """Show a text; ``note`` stands in the tool tip whether the text fits or not."""
        self._whole, self._note = text, note
        self.setAccessibleName(text)
        self._fit()

    @property
    def whole(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def _fit(self) -> None:
        shown = self._shortened(self._whole, Qt.TextElideMode.ElideRight)
        if shown != self.text():
            self.setText(shown)
        cut = self._whole if shown != self._whole else ""
        self.setToolTip("\n".join(filter(None, (cut, self._note))))


class ElidedLines(_Fitted):
    """Lines of text, each shortened in its middle."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[str] = ()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show some lines."""
        self._lines = lines
        self._fit()

    def _fit(self) -> None:
        middle = Qt.TextElideMode.ElideMiddle
        shown = [self._shortened(line, middle) for line in self._lines]
        self.setText("\n".join(shown))
        self.setToolTip("\n".join(self._lines) if shown != list(self._lines) else "")
