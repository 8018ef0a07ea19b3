"""What lies over the calls and above them: ruler, marks, playhead, selection, hits, focus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
)

from gui.geometry.axis import Axis, tick_step
from gui.geometry.marks import LaneMarks
from gui.geometry.scrubber import HIT, STOP, WARNING
from gui.widgets.raster import is_raster
from gui.widgets.timeline.model import CUT, INTERRUPT, LOST, SWITCH
from gui.widgets.timeline.words import tick_text

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme

TICK_PX = 110
"""Least distance of two numbers on the ruler, at the scale of 1."""
_FAINT = 150
_DIAMOND = ((0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0))
_TRIANGLE = ((0.0, -1.1), (1.2, 0.95), (-1.2, 0.95))
_BOLT = ((0.35, -1.2), (-0.8, 0.15), (-0.1, 0.15), (-0.35, 1.2), (0.8, -0.15), (0.1, -0.15))


def ticks(axis: Axis, mode: str, least_px: float) -> tuple[float, list[float]]:
    """Return the step of the ruler and the values it marks, at least so many pixels apart."""
    most = max(1, int(axis.width / least_px))
    step = max(1.0, tick_step(axis.view.width, most))
    # Events are numbered from 1, so that 10, 20, 30 stand on round numbers.
    shift = -1.0 if mode == "order" else 0.0
    first = ceil((axis.view.first - shift) / step)
    count = int((axis.view.last - shift) / step) - first + 1
    return step, [(first + at) * step + shift for at in range(max(0, count))]


def draw_ruler(
    painter: QPainter, axis: Axis, mode: str, band: QRectF, theme: Theme, metrics: Metrics
) -> None:
    """Draw numbers and ticks in a band above the calls."""
    step, values = ticks(axis, mode, metrics.px(TICK_PX))
    font = metrics.ui("caption")
    measure = QFontMetricsF(font)
    painter.setFont(font)
    for value in values:
        if mode == "order" and value < 0:
            continue
        # An event is a place: its number stands over the middle of it.
        x = axis.x_of(value + 0.5 if mode == "order" else value)
        painter.setPen(QPen(QColor(theme.outline), 1))
        painter.drawLine(QLineF(x, band.bottom() - metrics.px(5), x, band.bottom()))
        text = tick_text(value, step, mode)
        width = measure.horizontalAdvance(text)
        left = min(max(x - width / 2, axis.left - metrics.px(4)), axis.left + axis.width - width)
        painter.setPen(QColor(theme.muted))
        painter.drawText(QPointF(left, band.bottom() - metrics.px(9)), text)


def mark_colour(theme: Theme, lane: int) -> QColor:
    """Return the colour of a lane of marks."""
    return QColor(
        {
            HIT: theme.role("guard").colour,
            WARNING: theme.warning.colour,
            STOP: theme.danger.colour,
            SWITCH: theme.info.colour,
            INTERRUPT: theme.role("interrupt").colour,
            CUT: theme.accent,
            LOST: theme.danger.colour,
        }[lane]
    )


def draw_marks(
    painter: QPainter, marks: list[LaneMarks], band: QRectF, theme: Theme, symbol_px: float
) -> None:
    """Draw marks as symbols, or as bars where they are too close to tell apart."""
    for lane in marks:
        draw_bars(painter, lane, band, mark_colour(theme, lane.lane))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rim = QColor(theme.surface)
    for lane in marks:
        colour = mark_colour(theme, lane.lane)
        y = band.center().y()
        middles = [QPointF(x, y) for x in lane.symbols]
        put_symbols(painter, lane.lane, middles, symbol_px / 2, colour, rim)


def draw_bars(
    painter: QPainter, lane: LaneMarks, band: QRectF, colour: QColor, alpha: int = _FAINT
) -> None:
    """Draw the bars of a lane, upright on the foot of the band."""
    (bars,) = np.nonzero(lane.bars)
    if not len(bars):
        return
    left, high = int(lane.x[bars[0]]), max(1, int(band.height()) - 3)
    columns = lane.x[bars].astype(np.intp) - left
    tall = np.zeros(int(columns.max()) + 1, np.intp)
    np.maximum.at(tall, columns, np.rint(lane.bars[bars] * high).astype(np.intp))
    # A band full of bars must not outshine the calls.
    faint = QColor(colour)
    faint.setAlpha(alpha)
    lit = np.arange(high, 0, -1)[:, None] <= tall
    packed = np.where(lit, np.uint32(faint.rgba()), np.uint32(0))
    image = QImage(
        packed.data, packed.shape[1], high, packed.shape[1] * 4, QImage.Format.Format_ARGB32
    )
    painter.drawImage(QPointF(left, band.bottom() - 1 - high), image)


def put_symbols(
    painter: QPainter,
    lane: int,
    middles: Sequence[QPointF],
    half: float,
    colour: QColor,
    rim: QColor,
) -> None:
    """Draw symbols of a lane, on the screen as a picture drawn once: there may be hundreds."""
    if not is_raster(painter):
        for middle in middles:
            draw_symbol(painter, lane, middle, half, colour, rim)
        return
    ratio = painter.device().devicePixelRatioF()
    stamp = _stamp(lane, half, colour.rgba(), rim.rgba(), ratio)
    side = stamp.width() / ratio / 2
    corner = QPointF(side, side)
    for middle in middles:
        painter.drawPixmap(middle - corner, stamp)


@lru_cache(maxsize=256)
def _stamp(lane: int, half: float, colour: int, rim: int, ratio: float) -> QPixmap:
    side = ceil(half * 2.6) + 4
    stamp = QPixmap(round(side * ratio), round(side * ratio))
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    with QPainter(stamp) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(side / 2, side / 2)
        draw_symbol(painter, lane, middle, half, QColor.fromRgba(colour), QColor.fromRgba(rim))
    return stamp


def draw_symbol(
    painter: QPainter, lane: int, middle: QPointF, half: float, colour: QColor, rim: QColor
) -> None:
    """Draw what a lane of marks has for a sign: a diamond, a triangle, a cross, a bar, a bolt.

    A lost update is a ring that is broken in two.
    """
    if lane == LOST:
        side = half * 0.95
        ring = QRectF(middle.x() - side, middle.y() - side, 2 * side, 2 * side)
        painter.setBrush(rim)
        painter.setPen(QPen(rim, half * 0.9))
        painter.drawEllipse(ring)
        painter.setPen(QPen(colour, half * 0.55, c=Qt.PenCapStyle.FlatCap))
        for start in (60, 240):
            painter.drawArc(ring, start * 16, 150 * 16)
        painter.setPen(QPen(colour, half * 0.4))
        painter.drawLine(
            middle + QPointF(side * 0.75, -side * 1.1), middle + QPointF(-side * 0.75, side * 1.1)
        )
        return
    if lane in (STOP, CUT):
        arm = half * 0.8
        for pen in (QPen(rim, half), QPen(colour, half / 2)):
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            for way in (1, -1):
                painter.drawLine(
                    middle + QPointF(-arm, way * arm), middle + QPointF(arm, -way * arm)
                )
        return
    painter.setPen(QPen(rim, 1.5))
    painter.setBrush(colour)
    if lane == SWITCH:
        painter.drawRoundedRect(
            QRectF(middle.x() - half * 0.4, middle.y() - half, half * 0.8, half * 2), 2, 2
        )
        return
    corners = {HIT: _DIAMOND, INTERRUPT: _BOLT}.get(lane, _TRIANGLE)
    painter.drawPolygon(QPolygonF([middle + QPointF(x * half, y * half) for x, y in corners]))


def draw_playhead(
    painter: QPainter, cell: tuple[float, float], band: QRectF, foot: float, theme: Theme
) -> None:
    """Draw where the cursor is: a line, its place tinted where that is wide, a handle on top.

    Args:
        painter: Where to.
        cell: Left and right edge of the position's place in pixels.
        band: The band above the calls that holds the handle.
        foot: How far down the line goes.
        theme: The theme in force.
    """
    left, right = cell
    middle = (left + right) / 2
    if right - left >= 3:
        tint = QColor(theme.text)
        tint.setAlpha(28)
        painter.fillRect(QRectF(left, band.bottom(), right - left, foot - band.bottom()), tint)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.text), 1.5))
    painter.drawLine(QLineF(middle, band.top(), middle, foot))
    half = band.height() * 0.36
    painter.setPen(QPen(QColor(theme.surface), 1))
    painter.setBrush(QColor(theme.text))
    top = band.top()
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(middle - half, top), QPointF(middle + half, top),
                QPointF(middle + half, top + half), QPointF(middle, top + half * 2),
                QPointF(middle - half, top + half),
            ]
        )
    )  # fmt: skip


def draw_range(painter: QPainter, edges: tuple[float, float], area: QRectF, theme: Theme) -> None:
    """Draw the selected part: what is outside is dimmed, its edges are lines."""
    left, right = max(edges[0], area.left()), min(edges[1], area.right())
    dim = QColor(theme.surface)
    dim.setAlpha(150)
    painter.setPen(Qt.PenStyle.NoPen)
    left, right = min(left, area.right()), max(right, area.left())
    painter.fillRect(QRectF(area.left(), area.top(), left - area.left(), area.height()), dim)
    painter.fillRect(QRectF(right, area.top(), area.right() - right, area.height()), dim)
    painter.setPen(QPen(QColor(theme.accent), 1.5))
    for x in edges:
        if area.left() <= x <= area.right():
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
