"""What the marks of a plot mean: drawn in the window and in a picture by the same lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.widgets.flow import flow_rows

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme, ThemeManager

Glyph = Literal["dot", "diamond", "dash", "line", "bar", "box"]
_SWATCH_PX, _GAP_PX, _BETWEEN_PX = 16, 6, 14


class Key(NamedTuple):
    """A mark and what it means.

    Attributes:
        glyph: Its shape.
        text: What it means.
        colour: ``#rrggbb``.
    """

    glyph: Glyph
    text: str
    colour: str


class KeyPainter:
    """Lays keys out in rows and paints them.

    Args:
        keys: What the marks mean.
        theme: The theme in force.
        metrics: The sizes in force.
    """

    def __init__(self, keys: Sequence[Key], theme: Theme, metrics: Metrics) -> None:
        self._keys, self._theme, self._metrics = keys, theme, metrics
        self._font = metrics.ui("caption")
        self._line = QFontMetrics(self._font).height() + metrics.px(2)

    def _widths(self) -> list[int]:
        font, px = QFontMetrics(self._font), self._metrics.px
        before = px(_SWATCH_PX) + px(_GAP_PX)
        return [before + font.horizontalAdvance(key.text) + 1 for key in self._keys]

    def height(self, width: int) -> int:
        """Return how high the rows are."""
        return len(self._rows(width)) * self._line

    def _rows(self, width: int) -> list[list[int]]:
        return flow_rows(self._widths(), width, self._metrics.px(_BETWEEN_PX))

    def paint(self, painter: QPainter, left: float, top: float, width: int) -> None:
        """Paint the keys."""
        px, widths = self._metrics.px, self._widths()
        painter.setFont(self._font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in self._rows(width):
            x = left
            for at in row:
                swatch = QRectF(x, top, px(_SWATCH_PX), self._line)
                self._swatch(painter, self._keys[at], swatch)
                text = QRectF(swatch.right() + px(_GAP_PX), top, width, self._line)
                painter.setPen(QColor(self._theme.text))
                painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), self._keys[at].text)
                x += widths[at] + px(_BETWEEN_PX)
            top += self._line

    def _swatch(self, painter: QPainter, key: Key, box: QRectF) -> None:
        px, colour, middle = self._metrics.px, QColor(key.colour), box.center()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if key.glyph in ("dash", "line"):
            style = Qt.PenStyle.DashLine if key.glyph == "dash" else Qt.PenStyle.SolidLine
            painter.setPen(QPen(colour, px(1.5), style))
            painter.drawLine(QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y()))
        elif key.glyph == "diamond":
            painter.setPen(QPen(colour, px(2)))
            painter.drawPolygon(_diamond(middle, px(5)))
        else:
            painter.setPen(QPen(colour, px(1.5) if key.glyph == "box" else 1))
            if key.glyph != "box":
                painter.setBrush(colour)
            if key.glyph == "dot":
                painter.drawEllipse(middle, px(4), px(4))
            else:
                painter.drawRect(QRectF(box.left() + px(2), middle.y() - px(4), px(12), px(8)))


def _diamond(at: QPointF, half: float) -> QPolygonF:
    x, y = at.x(), at.y()
    corners = ((x, y - half), (x + half, y), (x, y + half), (x - half, y))
    return QPolygonF([QPointF(*corner) for corner in corners])


class KeyRow(QWidget):
    """The keys of a plot, in as many rows as they need.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.keys: tuple[Key, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_keys(self, keys: Sequence[Key]) -> None:
        """Show other keys."""
        self.keys = tuple(keys)
        self.setAccessibleName("; ".join(key.text for key in keys))
        self._fit()

    def painter_of(self) -> KeyPainter:
        """Return what paints the keys as they are now."""
        return KeyPainter(self.keys, self._themes.theme, self._themes.metrics)

    def _fit(self) -> None:
        self.setFixedHeight(max(1, self.painter_of().height(self.width())))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the rows."""
        return QSize(self._themes.metrics.px(200), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for more rows where it is narrower."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the keys."""
        with QPainter(self) as painter:
            self.painter_of().paint(painter, 0.0, 0.0, self.width())
