"""A flame graph as a drawing or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from core.errors import OwnerscopeError
from core.saving import write_aside
from gui.drawn import png_of, svg_of
from gui.widgets.flame.legend import draw_legend
from gui.widgets.flame.words import share_text, weight_text

if TYPE_CHECKING:
    from gui.theme import ThemeManager
    from gui.widgets.flame.canvas import FlameCanvas

KINDS = "Drawing (*.svg);;Picture (*.png)"
"""What a file dialog offers."""
SUFFIXES = (".svg", ".png")
PNG_SCALE = 2.0
_BAND_PX = 30


def svg(canvas: FlameCanvas, themes: ThemeManager, title: str = "") -> bytes:
    """Return what is in view as a drawing; frames are shapes and names are text."""
    return svg_of(
        _sheet_size(canvas, themes),
        lambda painter: _draw_sheet(painter, canvas, themes, title),
        _title(canvas, title),
    )


def png(canvas: FlameCanvas, themes: ThemeManager, title: str = "") -> bytes:
    """Return what is in view as a picture, twice its size on the screen."""
    image = QImage(_sheet_size(canvas, themes) * PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    with QPainter(image) as painter:
        _draw_sheet(painter, canvas, themes, title)
    return png_of(image)


def save(canvas: FlameCanvas, themes: ThemeManager, path: Path, title: str = "") -> None:
    """Write what is in view to a file; the suffix says how.

    Raises:
        OwnerscopeError: The suffix is none of ``SUFFIXES``, or the file cannot be written.
    """
    makers = {".svg": svg, ".png": png}
    make = makers.get(path.suffix.lower())
    if make is None:
        raise OwnerscopeError(f"expected a name that ends in {', '.join(SUFFIXES)}", where="export")
    try:
        write_aside(path, make(canvas, themes, title))
    except OSError as error:
        raise OwnerscopeError(
            error.strerror or str(error), where=str(path), advice="choose another place"
        ) from None


def _sheet_size(canvas: FlameCanvas, themes: ThemeManager) -> QSize:
    """The frames with a band above them for a title and one below for what colours mean."""
    return QSize(canvas.width(), canvas.height() + 2 * themes.metrics.px(_BAND_PX))


def _title(canvas: FlameCanvas, title: str) -> str:
    tree, zoom = canvas.tree, canvas.zoom
    if tree is None or zoom is None:
        return title or "Flame graph"
    parts = [title or "Flame graph", weight_text(tree.weight, tree.whole)]
    if zoom.node:
        share = share_text(int(tree.total[zoom.node]), tree.whole)
        parts.append(f"in {tree.name_of(zoom.node)}, {share}")
    return ", ".join(parts)


def _draw_sheet(painter: QPainter, canvas: FlameCanvas, themes: ThemeManager, title: str) -> None:
    theme, metrics = themes.theme, themes.metrics
    size, band, pad = _sheet_size(canvas, themes), metrics.px(_BAND_PX), metrics.px(12)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(theme.surface))
    font = metrics.ui(bold=True)
    painter.setPen(QColor(theme.text))
    painter.setFont(font)
    room = QRectF(pad, 0, size.width() - 2 * pad, band)
    text = QFontMetricsF(font).elidedText(
        _title(canvas, title), Qt.TextElideMode.ElideRight, room.width()
    )
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
    painter.save()
    painter.translate(0, band)
    canvas.draw(painter, as_shapes=True)
    painter.restore()
    if canvas.tree is not None:
        line = QRectF(pad, size.height() - band, room.width(), band)
        draw_legend(painter, line, canvas.look.colours.legend, theme, metrics)
