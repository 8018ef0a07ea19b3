"""What the colours of a flame graph mean, on one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme, ThemeManager
    from gui.widgets.flame.colours import Meaning

_HIGH_PX, _SIDE_PX, _PAD_PX = 24, 10, 8


def draw_legend(
    painter: QPainter, line: QRectF, meanings: Sequence[Meaning], theme: Theme, metrics: Metrics
) -> int:
    """Draw as many colours and what they mean as a line has room for; return how many."""
    font, side, pad = metrics.ui("caption"), metrics.px(_SIDE_PX), metrics.px(_PAD_PX)
    measure, x = QFontMetricsF(font), line.left()
    painter.setFont(font)
    for number, (fill, label) in enumerate(meanings):
        wide = measure.horizontalAdvance(label) + 1
        if x + side + pad / 2 + wide > line.right():
            return number
        painter.fillRect(QRectF(x, line.center().y() - side / 2, side, side), QColor(fill))
        painter.setPen(QColor(theme.text))
        room = QRectF(x + side + pad / 2, line.top(), wide, line.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, label)
        x = room.right() + 1.5 * pad
    return len(meanings)


class Legend(QWidget):
    """A strip with the colours of a flame graph; nothing where they mean nothing.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.meanings: list[Meaning] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colours")
        themes.changed.connect(self.updateGeometry)

    def show_meanings(self, meanings: list[Meaning]) -> None:
        """Show what colours mean, the most important first."""
        self.meanings = meanings
        self.setVisible(bool(meanings))
        self.setAccessibleDescription(", ".join(label for _, label in meanings))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of a line."""
        return QSize(200, self._themes.metrics.frame().px(_HIGH_PX))

    def minimumSizeHint(self) -> QSize:
        """Return the same height; any width will do."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the strip."""
        metrics = self._themes.metrics.frame()
        pad = metrics.px(_PAD_PX)
        line = QRectF(self.rect()).adjusted(pad, 0, -pad, 0)
        with QPainter(self) as painter:
            draw_legend(painter, line, self.meanings, self._themes.theme, metrics)
