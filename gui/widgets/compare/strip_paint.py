"""Painting the lanes' strips: everything that stays while the playhead moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from core.trace.events import Kind
from gui.compare_spans import SUBSYSTEMS, LaneSpans, Overlay
from gui.geometry.axis import Axis, tick_step
from gui.geometry.compare_overlay import weave
from gui.geometry.compare_strips import (
    StripLayout,
    covered_share,
    faded,
    joined,
    mark_xs,
    picked_rows,
    strip_image,
    wide_runs,
)
from gui.theme import mix
from gui.widgets.raster import is_raster

if TYPE_CHECKING:
    from core.compare.alignment import Alignment
    from gui.geometry.compare_strips import Rgb, Strip
    from gui.geometry.stack import Box
    from gui.geometry.timeline import Bytes
    from gui.theme import Metrics, Role, Theme

_WAIT_FADE, _GLOW = 0.72, 0.3
_LEAST_HATCH_PX, _LEAST_EDGE_PX, _LEAST_NAME_PX = 7, 5, 34
_LEAST_EDGE_ROW, _LEAST_NAME_ROW = 3, 11
"""Rows lower than this, in pixels, have no borders, and no names."""
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class StripPainter:
    """Draws the strips of some lanes into a picture.

    Args:
        painter: Where to.
        theme: The colours.
        metrics: The sizes.
        axis: The moments in view, over pixels.
        ratio: Device pixels a pixel.
    """

    def __init__(
        self, painter: QPainter, theme: Theme, metrics: Metrics, axis: Axis, ratio: float
    ) -> None:
        self._painter, self._theme, self._px = painter, theme, metrics.px
        self._axis, self._metrics = axis, metrics
        columns = max(1, round(axis.width * ratio))
        self._edges, self._ratio = axis.edges(columns), ratio
        self._back = rgb(theme.sunken)
        roles = [theme.role(name) for name in SUBSYSTEMS]
        self._colours = np.array([rgb(role.colour) for role in roles], np.float32)
        self._on = [role.on_colour for role in roles]

    # -- a lane ---------------------------------------------------------------------------

    def lane(self, box: Box, lane: LaneSpans, rows: int, letter: str, side: Role | None) -> None:
        """Draw a lane's calls, where it waits, and its marks."""
        picked = self._rows(rows, box)
        pixels = strip_image(lane.strip, picked, self._edges, self._colours, self._back)
        faded(pixels, covered_share(*lane.waits, self._edges), self._back, _WAIT_FADE)
        self._image(box, pixels)
        self._deeper(box, lane, rows)
        if len(picked) == rows:
            self._names(box, lane, rows)
        self._hatch(box, lane)
        self._lane_marks(box, lane)
        self.badge(box, letter, side)

    def _deeper(self, box: Box, lane: LaneSpans, rows: int) -> None:
        """Mark along the foot where the stack is deeper than the strip."""
        if lane.depth > rows:
            ink = np.tile(rgb(self._theme.text), (len(SUBSYSTEMS), 1))
            pixels = strip_image(lane.strip, [rows], self._edges, ink, self._back)
            tall = self._px(2)
            self._image(box._replace(top=box.bottom - tall, height=tall), pixels)

    def _rows(self, rows: int, box: Box, halves: int = 1) -> list[int]:
        return picked_rows(rows, max(1, round(box.height * self._ratio) // halves))

    def _image(self, box: Box, pixels: Bytes) -> None:
        data = np.ascontiguousarray(pixels)
        tall, wide = data.shape[:2]
        if not is_raster(self._painter):
            self._shapes(box, data)
            return
        image = QImage(data.data, wide, tall, 4 * wide, QImage.Format.Format_RGB32)
        self._painter.drawImage(rect_of(box), image)

    def _shapes(self, box: Box, pixels: Bytes) -> None:
        """Draw pixels as rectangles, one for each stretch of a colour in a row."""
        tall, wide = pixels.shape[:2]
        words = pixels.view(np.uint32)[..., 0]
        across, down = box.width / wide, box.height / tall
        for at, row in enumerate(words):
            starts = np.concatenate(([0], np.flatnonzero(np.diff(row)) + 1, [wide])).tolist()
            for start, end in pairwise(starts):
                stretch = QRectF(
                    box.left + start * across, box.top + at * down, (end - start) * across, down
                )
                self._painter.fillRect(stretch, QColor.fromRgb(int(row[start])))

    def _names(self, box: Box, lane: LaneSpans, rows: int) -> None:
        """Draw the borders of calls that are wide enough, and their names where they fit."""
        pitch = box.height / rows
        if pitch < _LEAST_EDGE_ROW:
            return
        painter = self._painter
        font = self._metrics.mono("caption")
        font.setPixelSize(max(7, min(font.pixelSize(), int(pitch * 0.78))))
        painter.setFont(font)
        edges: list[QRectF] = []
        for row in range(min(rows, lane.strip.n_rows)):
            for span, left, right in self._wide(lane, row):
                cell = QRectF(left, box.top + row * pitch, right - left, pitch)
                edges.append(QRectF(cell.right() - 1, cell.top(), 1, pitch))
                edges.append(QRectF(left, cell.bottom() - 1, cell.width(), 1))
                if pitch >= _LEAST_NAME_ROW and cell.width() >= self._px(_LEAST_NAME_PX):
                    self._name(cell, lane, span)
        self._rects(edges, self._theme.sunken)

    def _wide(self, lane: LaneSpans, row: int) -> list[tuple[int, float, float]]:
        """Return the calls of a row that are wide enough to have borders: span, left and right."""
        axis, index = self._axis, lane.strip.index
        spans = lane.strip.in_view(row, axis.view.first, axis.view.last)
        if len(spans) * _LEAST_EDGE_PX > axis.width:
            return []
        found = slice(spans.start, spans.stop)
        last = axis.left + axis.width
        left = np.maximum(axis.x_of(index.starts[found].astype(np.float64)), axis.left)
        right = np.minimum(axis.x_of(index.ends[found].astype(np.float64)), last)
        wide = np.flatnonzero(right - left >= _LEAST_EDGE_PX)
        numbers = (wide + spans.start).tolist()
        return list(zip(numbers, left[wide].tolist(), right[wide].tolist(), strict=True))

    def _name(self, cell: QRectF, lane: LaneSpans, span: int) -> None:
        painter = self._painter
        name = lane.trace.function(int(lane.spans.calls[span])).name
        inside = cell.adjusted(3, 0, -3, 0)
        mode = Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(name, mode, int(inside.width()))
        painter.setPen(QColor(self._on[int(lane.strip.index.categories[span])]))
        painter.drawText(inside, _LEFT, shown)

    def _rects(self, rects: list[QRectF], colour: str) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colour))
        self._painter.drawRects(rects)

    def _hatch(self, box: Box, lane: LaneSpans) -> None:
        """Hatch where the lane waits long enough to be seen waiting."""
        colour = QColor(mix(self._theme.muted, self._theme.sunken, 0.55))
        brush = QBrush(colour, Qt.BrushStyle.BDiagPattern)
        for left, right in wide_runs(*lane.waits, self._axis, _LEAST_HATCH_PX):
            self._painter.fillRect(QRectF(left, box.top, right - left, box.height), brush)

    def _lane_marks(self, box: Box, lane: LaneSpans) -> None:
        """Draw short-circuits, warnings and the end at the foot of the strip."""
        theme, px = self._theme, self._px
        for kind, role, tall in (
            (Kind.SHORT_CIRCUITED, theme.role("guard"), px(5)),
            (Kind.WARNED, theme.warning, px(6)),
            (Kind.STOPPED, theme.danger, box.height),
        ):
            wide = max(2, px(2))
            marks = [
                QRectF(left, box.bottom - tall, right - left, tall)
                for left, right in joined(mark_xs(lane.marks[kind], self._axis), wide)
            ]
            self._rects([mark.adjusted(-1, -1, 1, 0) for mark in marks], theme.sunken)
            self._rects(marks, role.colour)
            if kind is Kind.STOPPED:
                for x in mark_xs(lane.marks[kind], self._axis)[-1:]:
                    self._stop_sign(x, box, role)

    def _stop_sign(self, x: float, box: Box, role: Role) -> None:
        size = min(self._px(16), int(box.height))
        sign = QRectF(x - size / 2, box.middle - size / 2, size, size)
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.sunken), 2))
        painter.setBrush(QColor(role.colour))
        painter.drawEllipse(sign)
        painter.setFont(self._metrics.ui("caption", bold=True))
        painter.setPen(QColor(role.on_colour))
        painter.drawText(sign, _CENTRE, role.glyph)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def badge(self, box: Box, letter: str, side: Role | None) -> None:
        """Draw a lane's letter beside its strip."""
        theme, px = self._theme, self._px
        size = min(px(20), int(box.height))
        place = QRectF(px(7), box.middle - size / 2, size, size)
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(side.colour if side else theme.text))
        painter.drawRoundedRect(place, px(5), px(5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._metrics.ui("caption", bold=True))
        painter.setPen(QColor(side.on_colour if side else theme.surface))
        painter.drawText(place, _CENTRE, letter)

    # -- two lanes over each other --------------------------------------------------------

    def overlay(self, box: Box, overlay: Overlay, rows: int) -> None:
        """Draw two lanes over each other: the first in the upper half of each row."""
        theme = self._theme
        grey = rgb(mix(theme.muted, theme.sunken, 0.45))
        picked = self._rows(rows, box, halves=2)
        halves = [
            self._half(strip, picked, np.array([grey, rgb(role.colour)], np.float32))
            for strip, role in ((overlay.upper, theme.only_a), (overlay.lower, theme.only_b))
        ]
        back = self._back[::-1].astype(np.uint8)
        self._image(box, weave(halves[0], halves[1], back, _GLOW))
        pitch = box.height / len(picked)
        if pitch >= 6:
            for at in range(1, len(picked)):
                line = QRectF(box.left, box.top + at * pitch - 0.5, box.width, 1)
                self._painter.fillRect(line, QColor(theme.sunken))

    def _half(self, strip: Strip, rows: Sequence[int], colours: Rgb) -> Bytes:
        return strip_image(strip, rows, self._edges, colours, self._back)

    def legend(self, box: Box, overlay: Overlay, letters: tuple[str, str]) -> QRectF:
        """Say what the colours of the overlay mean, and how many calls each side has.

        Returns:
            The ground it stands on, over whatever was drawn there.
        """
        theme, px, painter = self._theme, self._px, self._painter
        plain, strong = self._metrics.ui("caption"), self._metrics.ui("caption", bold=True)
        entries = [
            (theme.only_a, f"only {letters[0]}: {overlay.only[0]:,} calls", 0.0, 0.5),
            (theme.only_b, f"only {letters[1]}: {overlay.only[1]:,} calls", 0.5, 0.5),
            (None, f"both: {overlay.both:,} calls", 0.0, 1.0),
        ]
        widths = []
        for role, words, _, _ in entries:
            painter.setFont(strong if role else plain)
            widths.append(painter.fontMetrics().horizontalAdvance(words) + px(2))
        sample_px, gap_px, between_px = px(16), px(6), px(18)
        whole = sum(widths) + len(entries) * (sample_px + gap_px) + 2 * between_px
        ground = QRectF(box.left - px(4), box.top, whole + px(8), box.height)
        painter.fillRect(ground, QColor(theme.window))
        left = box.left
        for (role, words, start, share), wide in zip(entries, widths, strict=True):
            sample = QRectF(left, box.middle - px(6), sample_px, px(12))
            painter.fillRect(sample, QColor(theme.sunken))
            colour = role.colour if role else mix(theme.muted, theme.sunken, 0.45)
            part = QRectF(sample.left(), sample.top() + sample.height() * start,
                          sample.width(), sample.height() * share)  # fmt: skip
            painter.fillRect(part, QColor(colour))
            painter.setFont(strong if role else plain)
            painter.setPen(QColor(role.ink if role else theme.muted))
            text = QRectF(sample.right() + gap_px, box.top, wide, box.height)
            painter.drawText(text, _LEFT, words)
            left = text.right() + between_px
        return ground

    # -- what goes through all lanes ------------------------------------------------------

    def ruler(self, box: Box, layout: StripLayout, alignment: Alignment) -> None:
        """Draw the numbers of moments, the borders of operations and where lanes part."""
        self._ticks(box, alignment.moments)
        theme, painter = self._theme, self._painter
        strips = [*layout.lanes, *filter(None, [layout.ghost])]
        borders = mark_xs(alignment.operation_moments, self._axis)
        if len(borders) * 8 < self._axis.width:
            colour = QColor(theme.outline)
            colour.setAlpha(120)
            for x in borders:
                for strip in strips:
                    painter.fillRect(QRectF(x, strip.top, 1, strip.height), colour)
        partings = mark_xs(alignment.parting_moments, self._axis)
        if len(partings) * 14 < self._axis.width:
            self._partings(partings, box, layout)
        else:
            tall = self._px(6)
            marks = [
                QRectF(left, box.bottom - tall, right - left, tall)
                for left, right in joined(partings, 1)
            ]
            self._rects(marks, theme.accent)

    def _partings(self, xs: Sequence[float], box: Box, layout: StripLayout) -> None:
        """Draw a line through all lanes where they part, and a mark above it."""
        pen = QPen(QColor(self._theme.accent), max(1, self._px(1.5)))
        pen.setDashPattern([4, 3])
        for x in xs:
            self._painter.setPen(pen)
            self._painter.drawLine(
                QPointF(x + 0.5, box.bottom - 2), QPointF(x + 0.5, layout.bottom)
            )
            self._diamond(x + 0.5, box)

    def _ticks(self, box: Box, moments: int) -> None:
        theme, px, painter, axis = self._theme, self._px, self._painter, self._axis
        painter.setFont(self._metrics.ui("caption"))
        step = max(1, int(tick_step(axis.view.width, max(1, int(box.width / px(90))))))
        first = int(np.ceil(max(axis.view.first + 1, 1) / step)) * step
        for number in range(first, min(int(axis.view.last) + 1, moments) + 1, step):
            x = axis.x_of(number - 0.5)
            painter.fillRect(QRectF(x, box.bottom - px(4), 1, px(4)), QColor(theme.outline))
            painter.setPen(QColor(theme.muted))
            text = QRectF(x - px(45), box.top, px(90), box.height - px(5))
            if box.left - px(8) <= text.center().x() <= box.right - px(10):
                painter.drawText(text, _CENTRE, f"{number:,}")

    def _diamond(self, x: float, box: Box) -> None:
        half, painter = self._px(5), self._painter
        y = box.bottom - half - 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.window), 2))
        painter.setBrush(QColor(self._theme.accent))
        corners = ((0, -half), (half, 0), (0, half), (-half, 0))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def rgb(colour: str) -> Rgb:
    """Return a colour as red, green and blue, 0 to 255."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32)


def rect_of(box: Box) -> QRectF:
    """Return a box as Qt has it."""
    return QRectF(box.left, box.top, box.width, box.height)
