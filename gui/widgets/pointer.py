"""How a lesson points at something: a ring, and an arrow whose tip touches it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme

_NARROW = 6.0
"""An arrow beside a place less than so many times its size would cover what it points at."""


def wanted(highlights: Iterable[str], kind: str) -> tuple[str, ...]:
    """Return what highlights name of a kind: of ``function:kmalloc`` and "function" kmalloc."""
    found = (each.partition(":") for each in highlights)
    return tuple(name for its_kind, _, name in found if its_kind == kind)


def draw_pointer(
    painter: QPainter, box: QRectF, theme: Theme, metrics: Metrics, *, arrow: bool = True
) -> None:
    """Draw a ring around a place, and an arrow at its right end, or below a narrow one.

    Args:
        painter: Where to; its pen and brush are left changed.
        box: The place.
        theme: The theme in force.
        metrics: The sizes in force.
        arrow: Whether there is an arrow; where many places are meant one arrow is enough.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = max(2.0, metrics.px(5) / 2)
    radius = min(metrics.px(8), box.height() / 3)
    ring = box.adjusted(-line / 2, -line / 2, line / 2, line / 2)
    # A rim of the ground's colour parts the ring from whatever is beside it.
    for width, colour in ((2 * line, theme.surface), (line, theme.focus)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawRoundedRect(ring, radius, radius)
    if arrow:
        _draw_arrow(painter, ring, theme, metrics)


def _draw_arrow(painter: QPainter, ring: QRectF, theme: Theme, metrics: Metrics) -> None:
    half = min(float(metrics.px(9)), ring.height() / 2 + metrics.px(3))
    if ring.width() < _NARROW * half:
        x, y = ring.center().x(), ring.bottom() + 1
        corners = [(x, y), (x - half, y + 1.5 * half), (x + half, y + 1.5 * half)]
    else:
        x, y = ring.right() - half * 0.9, ring.center().y()
        corners = [(x, y), (x + 1.5 * half, y - half), (x + 1.5 * half, y + half)]
    arrow = QPolygonF([QPointF(*corner) for corner in corners])
    painter.setPen(QPen(QColor(theme.surface), 2, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QColor(theme.focus))
    painter.drawPolygon(arrow)
    painter.setBrush(Qt.BrushStyle.NoBrush)
