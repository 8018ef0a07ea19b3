"""How the end of a run is drawn: past the last byte of the stack, or waiting for a lock."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gui.geometry.easing import ease_out_back, share
from gui.geometry.gauge import jagged
from gui.geometry.stack import Box
from gui.theme import Role
from gui.widgets.stack.guard import SLAM_MS
from gui.widgets.stack.scene import Barrier
from gui.widgets.stack.style import LEFT, Style, draw_pill, faded, qrect, stripe_brush


def torn_edge(style: Style, box: Box, since_ms: float) -> QPolygonF:
    """Return the torn upper edge of a box, which opens while the barrier arrives."""
    opened = ease_out_back(share(since_ms, SLAM_MS))
    points = jagged(box.left, box.right, box.top, style.px(13) * opened)
    return QPolygonF([QPointF(x, y) for x, y in points])


def below_edge(edge: QPolygonF, bottom: float) -> QPainterPath:
    """Return everything between a torn edge and a height."""
    path = QPainterPath()
    path.addPolygon(edge)
    path.lineTo(edge.last().x(), bottom)
    path.lineTo(edge.first().x(), bottom)
    path.closeSubpath()
    return path


def draw_beyond(
    painter: QPainter, style: Style, box: Box, edge: QPolygonF, words: str, room_px: float
) -> None:
    """Draw what lies past the end of the stack, torn open along its upper edge.

    Args:
        painter: Where to.
        style: Theme and scale.
        box: From the stack's last byte on.
        edge: Its torn upper edge.
        words: What lies there.
        room_px: Width at the left for the words, which run upward as those of a level do.
    """
    danger = style.theme.danger
    path = below_edge(edge, box.bottom)
    painter.fillPath(path, QColor(danger.soft))
    painter.fillPath(path, stripe_brush(painter, faded(danger.colour, 0.42), style.px(9)))
    small = style.body_bold
    width, high = small.width(words) + style.px(14), small.metrics.height() + style.px(6)
    painter.save()
    painter.translate(box.left + room_px / 2, box.bottom - (box.height - style.px(8)) / 2)
    painter.rotate(-90)
    painter.setFont(small.font)
    label = Box(-width / 2, -high / 2, width, high)
    draw_pill(painter, label, words, QColor(danger.colour), QColor(danger.on_colour))
    painter.restore()


def draw_end_line(painter: QPainter, style: Style, edge: QPolygonF) -> None:
    """Draw the last byte of the stack across the view, over the card that breaks there."""
    pen = QPen(QColor(style.theme.danger.colour), max(2.0, style.px(4)))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(edge)


def draw_stop_words(
    painter: QPainter, style: Style, box: Box, barrier: Barrier, role: Role, *, solid: bool
) -> None:
    """Draw why the run ended: on a plate of its own, readable on stripes.

    Args:
        painter: Where to.
        style: Theme and scale.
        box: The room for the plate.
        barrier: What it says.
        role: Colours.
        solid: The plate is filled with the role's colour, not only edged with it.
    """
    theme = style.theme
    edge = max(2.0, style.px(3))
    painter.setPen(QPen(QColor(role.colour if not solid else role.ink), edge))
    painter.setBrush(QColor(role.colour if solid else theme.surface))
    radius = style.px(8)
    painter.drawRoundedRect(qrect(box).adjusted(edge, edge, -edge, -edge), radius, radius)
    ink = QColor(role.on_colour if solid else role.ink)
    left = box.left + style.px(8 if style.narrow else 18)
    if role.name == "lock" and not style.narrow:
        icon = Box(left, box.middle - style.px(18), style.px(28), style.px(36))
        draw_padlock(painter, icon, ink, QColor(role.colour))
        left = icon.right + style.px(14)
    width = max(0.0, box.right - left - style.px(14))
    title = style.title_lines(barrier.title, width)[0]
    upper = title.height_of(barrier.title, width)
    lower = style.body.height_of(barrier.detail, width) if barrier.detail else 0
    if upper + lower > box.height - 2 * edge - style.px(10):
        lower = 0
    top = box.middle - (upper + lower) / 2
    wrap = LEFT | Qt.TextFlag.TextWordWrap
    painter.setPen(ink)
    painter.setFont(title.font)
    painter.drawText(QRectF(left, top, width, upper), wrap, barrier.title)
    if not lower:
        return
    painter.setFont(style.body.font)
    if not solid:
        painter.setPen(QColor(theme.text))
    painter.drawText(QRectF(left, top + upper, width, lower), wrap, barrier.detail)


def draw_padlock(painter: QPainter, box: Box, fill: QColor, hole: QColor) -> None:
    """Draw a closed padlock."""
    body_top = box.top + box.height * 0.42
    arch = QRectF(box.left + box.width * 0.2, box.top + box.width * 0.08, box.width * 0.6,
                  box.height * 0.7)  # fmt: skip
    painter.setPen(QPen(fill, max(2.0, box.width * 0.14)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(arch, 0, 180 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    body = QRectF(box.left, body_top, box.width, box.bottom - body_top)
    painter.drawRoundedRect(body, box.width * 0.14, box.width * 0.14)
    painter.setBrush(hole)
    painter.drawEllipse(body.center(), box.width * 0.12, box.width * 0.12)


def draw_link(
    painter: QPainter, style: Style, from_y: float, to_y: float, left: float, right: float
) -> None:
    """Draw the line from the frame that took a lock to the frame that waits for it."""
    role = style.theme.role("lock")
    ink = QColor(role.ink)
    line = max(3.0, style.px(4))
    x = right - style.px(15)
    painter.setPen(QPen(ink, line, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(
        [QPointF(left, from_y), QPointF(x, from_y), QPointF(x, to_y), QPointF(left + line, to_y)]
    )
    head = style.px(9)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(
        [
            QPointF(left, to_y),
            QPointF(left + head * 1.3, to_y - head * 0.8),
            QPointF(left + head * 1.3, to_y + head * 0.8),
        ]
    )
    width = style.px(22)
    middle = (from_y + to_y) / 2
    halo = Box(x - width * 0.8, middle - width * 0.95, width * 1.6, width * 1.9)
    painter.setBrush(QColor(style.theme.window))
    painter.drawRoundedRect(qrect(halo), width * 0.4, width * 0.4)
    icon = Box(x - width / 2, middle - width * 0.62, width, width * 1.24)
    draw_padlock(painter, icon, ink, QColor(style.theme.window))
