"""The picture of a state space for a slide: the verdict above, the signs below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter

from gui.drawn import png_of, svg_of
from gui.geometry.state_camera import fitted
from gui.widgets.explore.graph_legend import draw_meaning, meanings_of, width_of
from gui.widgets.explore.graph_paint import GraphPainter

if TYPE_CHECKING:
    from gui.theme import ThemeManager
    from gui.widgets.explore.graph_paint import Scene
    from gui.widgets.explore.words import Verdict

SIZE = QSize(1280, 720)
"""A slide's shape."""
KINDS = "Drawing (*.svg);;Picture (*.png)"
_PNG_SCALE = 2
_EDGE_PX, _HEAD_PX, _FOOT_PX, _WIDEST_PX = 32, 96, 56, 90


def svg(scene: Scene, verdict: Verdict, node: int, themes: ThemeManager) -> bytes:
    """Return the picture as a drawing.

    Args:
        scene: The states.
        verdict: What stands above.
        node: The state to which the way is drawn, -1 for none.
        themes: The theme in force.
    """
    return svg_of(
        SIZE,
        lambda painter: draw(painter, scene, verdict, node, themes, SIZE),
        verdict.sentence,
    )


def png(scene: Scene, verdict: Verdict, node: int, themes: ThemeManager) -> bytes:
    """Return the picture as PNG; the arguments are those of ``svg``."""
    image = QImage(SIZE * _PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_PNG_SCALE)
    with QPainter(image) as painter:
        draw(painter, scene, verdict, node, themes, SIZE)
    return png_of(image)


def draw(
    painter: QPainter,
    scene: Scene | None,
    verdict: Verdict,
    node: int,
    themes: ThemeManager,
    size: QSize,
) -> None:
    """Draw the picture; the verdict alone where there are no states, or too many.

    Args:
        painter: Where to.
        scene: The states.
        verdict: What stands above.
        node: The state to which the way is drawn, -1 for none.
        themes: The theme in force.
        size: How large.
    """
    theme, metrics = themes.theme, replace(themes.metrics, scale=1.0)
    wide, high = size.width(), size.height()
    painter.fillRect(QRectF(0, 0, wide, high), QColor(theme.surface))
    role = getattr(theme, verdict.kind)
    painter.setPen(QColor(role.ink))
    room = QRectF(_EDGE_PX, 0, wide - 2 * _EDGE_PX, _HEAD_PX)
    flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)
    for step in ("display", "heading", "title"):
        font = metrics.ui(step, bold=True)
        needed = QFontMetrics(font).boundingRect(room.toRect(), flags, verdict.sentence)
        if needed.height() <= _HEAD_PX - 16:
            break
    painter.setFont(font)
    painter.drawText(room, flags, verdict.sentence)
    if scene is None:
        return
    painter.save()
    painter.translate(0, _HEAD_PX)
    view = fitted(scene.placed, wide, high - _HEAD_PX - _FOOT_PX, _EDGE_PX, _WIDEST_PX)
    drawn = GraphPainter(scene, view, theme, 1.0)
    drawn.paint(painter, as_shapes=True)
    if node >= 0:
        drawn.paint_way(painter, node)
    painter.restore()
    x = float(_EDGE_PX)
    for meaning in meanings_of(scene):
        draw_meaning(painter, meaning, QPointF(x, high - _FOOT_PX / 2), theme, metrics)
        x += width_of(meaning, metrics) + 24
