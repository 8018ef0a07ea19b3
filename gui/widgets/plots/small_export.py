"""A small plot as a picture or a drawing: title, plot, keys and caption, one under the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from gui.drawn import png_of, svg_of

if TYPE_CHECKING:
    from gui.widgets.plots.small import SmallPlot

_PAD_PX = 12
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
PNG_SCALE = 2.0


class _Page:
    """Where everything of a plot goes on a page as wide as the plot."""

    def __init__(self, small: SmallPlot) -> None:
        self._small, metrics = small, small.themes.metrics
        self._pad = metrics.px(_PAD_PX)
        self._plot: QSize = small.plot.viewport().size()
        self._fonts = metrics.ui(bold=True), metrics.ui("caption")
        self._head = self._text_height(small.title, self._fonts[0])
        self._keys = small.keys.painter_of().height(self._plot.width())
        self._foot = self._text_height(small.caption.text(), self._fonts[1])
        high = self._head + self._plot.height() + self._keys + self._foot + 5 * self._pad
        self.size = QSize(self._plot.width() + 2 * self._pad, high)

    def _text_height(self, text: str, font: QFont) -> int:
        room = QRectF(0, 0, self._plot.width(), 10_000).toRect()
        return QFontMetrics(font).boundingRect(room, _WRAPPED, text).height()

    def paint(self, painter: QPainter) -> None:
        small, theme, pad = self._small, self._small.themes.theme, self._pad
        painter.fillRect(QRectF(QPointF(0, 0), self.size), QColor(theme.surface))
        wide, top = self._plot.width(), float(pad)
        painter.setFont(self._fonts[0])
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(pad, top, wide, self._head), _WRAPPED, small.title)
        top += self._head + pad
        target = QRectF(QPointF(pad, top), self._plot)
        with small.without_crosshair():
            small.plot.render(painter, target, small.plot.viewport().rect())
        top += self._plot.height() + pad
        small.keys.painter_of().paint(painter, float(pad), top, wide)
        top += self._keys + pad
        painter.setFont(self._fonts[1])
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(pad, top, wide, self._foot), _WRAPPED, small.caption.text())


def svg(small: SmallPlot) -> bytes:
    """Return a plot as SVG; nothing where it has not been shown yet."""
    if small.plot is None:
        return b""
    page, about = _Page(small), small.accessibleDescription()
    # The axes are drawn for the screen's resolution.
    return svg_of(page.size, page.paint, small.title, about, small.logicalDpiX())


def png(small: SmallPlot, scale: float = PNG_SCALE) -> bytes:
    """Return a plot as PNG, so many times its size on the screen; nothing before it was shown."""
    if small.plot is None:
        return b""
    page = _Page(small)
    image = QImage(page.size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(image) as painter:
        painter.scale(scale, scale)
        page.paint(painter)
    return png_of(image)
