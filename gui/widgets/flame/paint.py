"""What is drawn over the frames, and what in their place where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

if TYPE_CHECKING:
    from gui.theme import Theme, ThemeManager
    from gui.widgets.flame.canvas import FlameCanvas
    from gui.widgets.flame.scene import FlameScene

_THUMB_PX, _PAD_PX = 5, 24


def draw_frames(
    painter: QPainter, canvas: FlameCanvas, themes: ThemeManager, *, as_shapes: bool
) -> None:
    """Draw frames, or say why there are none.

    Args:
        painter: Where to.
        canvas: What is drawn.
        themes: The theme in force.
        as_shapes: Draw frames as shapes and text, without what only the screen shows.
    """
    scene, theme = canvas.scene(), themes.theme
    if scene is None:
        _draw_empty(painter, canvas, themes)
    elif as_shapes:
        painter.fillRect(canvas.rect(), QColor(theme.surface))
        painter.save()
        painter.setClipRect(canvas.rect())
        scene.paint(painter)
        painter.restore()
    else:
        painter.drawImage(QPointF(0, 0), scene.image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _outline(painter, scene, canvas.hovered, QPen(QColor(theme.text), 1))
        _outline(painter, scene, canvas.focused, QPen(QColor(theme.text), 2))
        if canvas.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), 2))
            painter.drawRect(QRectF(canvas.rect()).adjusted(1, 1, -1, -1))
        _draw_thumb(painter, canvas, theme)


def _outline(painter: QPainter, scene: FlameScene, node: int, pen: QPen) -> None:
    rect = scene.rect_of(node) if node >= 0 else None
    if rect is not None:
        inset = pen.widthF() / 2
        painter.setPen(pen)
        painter.drawRect(rect.adjusted(inset, inset, -inset - 1, -inset))


def _draw_empty(painter: QPainter, canvas: FlameCanvas, themes: ThemeManager) -> None:
    pad = themes.metrics.px(_PAD_PX)
    painter.fillRect(canvas.rect(), QColor(themes.theme.surface))
    painter.setPen(QColor(themes.theme.muted))
    painter.setFont(themes.metrics.ui())
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    room = QRectF(canvas.rect()).adjusted(pad, 0, -pad, 0)
    painter.drawText(room, int(flags), canvas.empty_text)


def _draw_thumb(painter: QPainter, canvas: FlameCanvas, theme: Theme) -> None:
    """Draw which part of the levels is in sight, where not all of them are."""
    rows = canvas.rows
    if not rows.most_scrolled:
        return
    high = max(rows.height * rows.height / (rows.levels * rows.row), 16.0)
    share = rows.scrolled / rows.most_scrolled
    top = (1 - share if rows.upward else share) * (rows.height - high)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.outline))
    painter.drawRoundedRect(QRectF(canvas.width() - _THUMB_PX - 2, top, _THUMB_PX, high), 2, 2)
