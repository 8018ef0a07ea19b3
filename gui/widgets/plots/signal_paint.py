"""Paints one step plot: its line, the limits, and over them what moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen, QPolygonF

from gui.geometry.steps import Columns, Edges, Scale, corners, mask_of
from gui.theme import mix
from gui.widgets.plots.series import role_of

if TYPE_CHECKING:
    from gui.geometry.axis import Axis
    from gui.theme import Metrics, TextStep, Theme
    from gui.viewport import Viewport
    from gui.widgets.plots.series import Series

PAD_PX = 4
"""Room above and below the line, at 100 %."""
_LINE_PX = 1.5
_BAND_SHARE = 0.62
"""How much of the line's colour a band has."""
_HIGH_FOR_WORDS = 2.4
"""How many lines of text high a plot must be before one is spent on words."""
_CORNERS_A_PIXEL = 2
"""With more changes than so many a pixel a drawing has a stroke a pixel instead of each corner."""


_VALUE_STEPS: tuple[TextStep, ...] = ("heading", "title", "body", "caption")


class Reading(NamedTuple):
    """What a plot says in its gutter.

    Attributes:
        here: The value at the cursor.
        there: The value under the mouse, empty where it is elsewhere.
    """

    here: str
    there: str = ""


@dataclass(frozen=True, slots=True)
class Moving:
    """What moves over a plot, in pixels; None where it is not in view.

    Attributes:
        playhead: The place of the cursor's event.
        crosshair: Where the mouse is.
        selected: The selected part of the run.
        there: The value under the crosshair.
    """

    playhead: QRectF | None = None
    crosshair: float | None = None
    selected: QRectF | None = None
    there: int | None = None


class SignalPainter:
    """Paints step plots in a theme.

    Args:
        theme: The theme in force.
        metrics: The sizes in force.
    """

    def __init__(self, theme: Theme, metrics: Metrics) -> None:
        self._theme, self._metrics = theme, metrics

    # -- what stands still ----------------------------------------------------------------

    def inside(self, area: QRectF, series: Series) -> QRectF:
        """Return where in a plot's area its line goes: below the words about its limit."""
        pad = self._metrics.px(PAD_PX)
        head = self._words_px if self._names_limit(series, area) else 0
        return area.adjusted(0, max(pad, head), 0, -pad)

    @property
    def _words_px(self) -> int:
        return QFontMetrics(self._metrics.ui("caption")).height()

    def _names_limit(self, series: Series, area: QRectF) -> bool:
        """Return whether a plot is so high that there is room for words above its line."""
        has_limit = series.limit is not None and not series.is_constant
        return has_limit and area.height() >= _HIGH_FOR_WORDS * self._words_px

    def picture(self, series: Series, edges: Edges, rows: int, ratio: float) -> QImage:
        """Return the line as an image of one pixel a column.

        Args:
            series: What is plotted.
            edges: The columns, in device pixels.
            rows: Height in device pixels.
            ratio: Device pixels a pixel.
        """
        thick = max(1, round(self._metrics.px(_LINE_PX) * ratio * 0.75))
        mask = mask_of(series.pyramid.columns(edges), Scale(series.low, series.high, rows), thick)
        image = QImage(mask.data, mask.shape[1], rows, mask.shape[1], QImage.Format.Format_Indexed8)
        line, area = self._colours(series)
        band = QColor(mix(line.name(), self._theme.surface, _BAND_SHARE))
        image.setColorTable([0, area.rgba(), band.rgba(), line.rgba()])
        # This copies: the mask's memory may go.
        image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        return image

    def _colours(self, series: Series) -> tuple[QColor, QColor]:
        role = role_of(series.plotted.name, self._theme)
        line = QColor(role.ink if self._theme.dark else role.colour)
        area = QColor(mix(role.colour, self._theme.surface, 0.22))
        if not series.from_zero:
            area.setAlpha(0)
        return line, area

    def vector(
        self, painter: QPainter, series: Series, columns: Edges, view: Viewport, axis: Axis,
        area: QRectF,
    ) -> None:  # fmt: skip
        """Paint the line as lines: for pictures of any size."""
        fill = self._colours(series)[1]
        first, last = series.pyramid.changes_in(columns)
        inside = self.inside(area, series)
        painter.save()
        painter.setClipRect(area)
        if last - first <= _CORNERS_A_PIXEL * axis.width:
            self._path(painter, series, (first, last), view, axis, inside, fill)
        else:
            self._strokes(painter, series.pyramid.columns(columns), series, axis, inside, fill)
        painter.restore()

    def _path(
        self, painter: QPainter, series: Series, changes: tuple[int, int], view: Viewport,
        axis: Axis, inside: QRectF, fill: QColor,
    ) -> None:  # fmt: skip
        positions = series.signal.positions[changes[0] : changes[1]]
        ends = view.view.first, view.view.last
        x, held = corners(series.signal, changes, ends, view.values_of(positions))
        pixels = axis.x_of(x).tolist()
        rows = [self.y_of(series, value, inside) for value in held.tolist()]
        points = [QPointF(px, row) for px, row in zip(pixels, rows, strict=True)]
        base = inside.bottom()
        if series.from_zero:
            under = [QPointF(pixels[0], base), *points, QPointF(pixels[-1], base)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF(under))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._pen(series))
        painter.drawPolyline(QPolygonF(points))

    def _strokes(
        self, painter: QPainter, columns: Columns, series: Series, axis: Axis, inside: QRectF,
        fill: QColor,
    ) -> None:  # fmt: skip
        """Paint a stroke a pixel: from the least value there to the greatest."""
        lows = np.minimum(columns.low, columns.before).tolist()
        highs = np.maximum(columns.high, columns.before).tolist()
        lines, areas = QPainterPath(), QPainterPath()
        step = axis.width / len(lows)
        for at, (low, high) in enumerate(zip(lows, highs, strict=True)):
            x = axis.left + (at + 0.5) * step
            bottom = self.y_of(series, low, inside)
            lines.moveTo(x, self.y_of(series, high, inside) - 0.5)
            lines.lineTo(x, bottom + 0.5)
            areas.addRect(QRectF(x - step / 2, bottom, step, max(0.0, inside.bottom() - bottom)))
        painter.setBrush(fill)
        painter.setPen(Qt.PenStyle.NoPen)
        if series.from_zero:
            painter.drawPath(areas)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        line = self._colours(series)[0].name()
        painter.setPen(QPen(QColor(mix(line, self._theme.surface, _BAND_SHARE)), step))
        painter.drawPath(lines)

    def _pen(self, series: Series) -> QPen:
        pen = QPen(self._colours(series)[0], self._metrics.px(_LINE_PX))
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        return pen

    @staticmethod
    def y_of(series: Series, value: float, inside: QRectF) -> float:
        """Return the height of a value."""
        share = (series.high - value) / (series.high - series.low)
        return inside.top() + share * inside.height()

    def ground(self, painter: QPainter, series: Series, area: QRectF) -> None:
        """Paint the surface, and a line at the bottom."""
        painter.fillRect(area, QColor(self._theme.surface))
        painter.setPen(QPen(QColor(self._theme.border), 1))
        bottom = round(area.bottom()) - 0.5
        painter.drawLine(QPointF(area.left(), bottom), QPointF(area.right(), bottom))

    def scale(self, painter: QPainter, series: Series, area: QRectF, *, low: bool = True) -> None:
        """Paint the limit, and left of the plot what its highest and lowest value are.

        Args:
            painter: Where to.
            series: What is plotted.
            area: Where its line is.
            low: Whether there is room for the lowest value.
        """
        if series.is_constant:
            return
        inside = self.inside(area, series)
        painter.setFont(self._metrics.ui("caption"))
        if series.limit is not None:
            self._limit(painter, series, area)
        self._tick(painter, series.pyramid.highest, series, inside)
        if low and series.low != 0:
            self._tick(painter, series.pyramid.lowest, series, inside)

    def _tick(self, painter: QPainter, value: int, series: Series, inside: QRectF) -> None:
        """Write a value beside its height, and mark that height."""
        high, px = QFontMetrics(painter.font()).height(), self._metrics.px
        y = self.y_of(series, value, inside)
        painter.setPen(QPen(QColor(self._theme.outline), 1))
        painter.drawLine(QPointF(inside.left() - px(3), y), QPointF(inside.left(), y))
        top = min(max(y - high / 2, inside.top() - px(2)), inside.bottom() - high)
        room = QRectF(0, top, inside.left() - px(5), high)
        painter.setPen(QColor(self._theme.muted))
        right = int(Qt.AlignmentFlag.AlignRight) | int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(room, right, f"{value:,}")

    def _tick_width(self, series: Series) -> int:
        """Return how wide the highest value is written, and the mark beside it."""
        if series.is_constant:
            return 0
        font = QFontMetrics(self._metrics.ui("caption"))
        return font.horizontalAdvance(f"{series.pyramid.highest:,}") + self._metrics.px(4)

    def _limit(self, painter: QPainter, series: Series, area: QRectF) -> None:
        assert series.limit is not None
        theme = self._theme
        y = round(self.y_of(series, series.limit.value, self.inside(area, series))) + 0.5
        painter.setPen(QPen(QColor(theme.danger.colour), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        box = self.limit_box(series, area)
        if box is None:
            return
        painter.setPen(QColor(theme.danger.ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _limit_words(series))

    def limit_box(self, series: Series, area: QRectF) -> QRectF | None:
        """Return where the words about the limit stand, None where there is no room for them.

        Above the limit, where the line is not; at the left, if the run goes past its limit in the
        end.
        """
        wide = QFontMetrics(self._metrics.ui("caption")).horizontalAdvance(_limit_words(series))
        wide += self._metrics.px(6)
        if series.limit is None or not self._names_limit(series, area) or wide > area.width():
            return None
        y = self.y_of(series, series.limit.value, self.inside(area, series))
        past = series.pyramid.highest > series.limit.value
        left = area.left() if past else area.right() - wide
        return QRectF(left, max(area.top(), y - self._words_px), wide, self._words_px)

    # -- what moves -----------------------------------------------------------------------

    def moving(self, painter: QPainter, series: Series, moving: Moving, area: QRectF) -> None:
        """Paint the selected part, the playhead and the crosshair."""
        theme, px = self._theme, self._metrics.px
        painter.save()
        painter.setClipRect(area)
        if moving.selected is not None:
            tint = QColor(theme.accent)
            tint.setAlpha(52 if theme.dark else 34)
            painter.fillRect(moving.selected, tint)
            painter.setPen(QPen(QColor(theme.accent), 1))
            for x in (moving.selected.left(), moving.selected.right()):
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if moving.playhead is not None:
            cell = moving.playhead
            if cell.width() > px(3):
                tint = QColor(theme.text)
                tint.setAlpha(22)
                painter.fillRect(cell, tint)
            painter.setPen(QPen(QColor(theme.text), px(2)))
            x = cell.center().x()
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if moving.crosshair is not None:
            self._crosshair(painter, series, moving, area)
        painter.restore()

    def _crosshair(self, painter: QPainter, series: Series, moving: Moving, area: QRectF) -> None:
        theme, px = self._theme, self._metrics.px
        assert moving.crosshair is not None
        x = moving.crosshair
        painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if moving.there is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.surface), px(1.5)))
        painter.setBrush(self._colours(series)[0])
        at = QPointF(x, self.y_of(series, moving.there, self.inside(area, series)))
        painter.drawEllipse(at, px(4), px(4))

    # -- the gutter -----------------------------------------------------------------------

    def gutter(self, painter: QPainter, series: Series, reading: Reading, room: QRectF) -> None:
        """Paint the name of a plot, its value at the cursor, and that under the mouse."""
        px = self._metrics.px
        room = room.adjusted(px(10), px(PAD_PX), -px(8), -px(PAD_PX))
        caption = QFontMetrics(self._metrics.ui("caption"))
        if room.height() < 2 * caption.height():
            self._thin(painter, series, reading, room)
            return
        wide = room.width() - self._tick_width(series)
        name = QRectF(room.left(), room.top(), wide, caption.height())
        self._name(painter, series, name)
        value = room.adjusted(0, caption.height(), 0, 0)
        if reading.there and value.height() >= 2.6 * caption.height():
            there = QRectF(value)
            there.setTop(value.bottom() - caption.height())
            value.setBottom(there.top())
            self._write(painter, there, f"mouse {reading.there}", self._theme.muted)
        self._value(painter, reading.here, value)

    def name(self, painter: QPainter, series: Series, room: QRectF) -> None:
        """Paint what is plotted, and in what unit, without a value."""
        px = self._metrics.px
        high = QFontMetrics(self._metrics.ui("caption")).height()
        line = room.adjusted(px(10), px(PAD_PX), -px(8), 0)
        line.setHeight(min(line.height(), high))
        line.setRight(line.right() - self._tick_width(series))
        self._name(painter, series, line)
        if series.plotted.unit and line.bottom() + high <= room.bottom():
            below = line.translated(px(7), high)
            self._write(painter, below, series.plotted.unit, self._theme.muted)
        if series.is_constant:
            line.setRight(room.right() - px(8))
            self._number(painter, f"{series.signal.first:,}", line)

    def _name(self, painter: QPainter, series: Series, line: QRectF) -> None:
        """Paint the name after a mark in the plot's colour."""
        px = self._metrics.px
        mark = QRectF(line.left(), line.center().y() - px(4), px(3), px(8))
        painter.fillRect(mark, self._colours(series)[0])
        font = self._metrics.ui("caption")
        text = QFontMetrics(font).elidedText(
            series.plotted.label, Qt.TextElideMode.ElideRight, int(line.width()) - px(7)
        )
        painter.setFont(font)
        painter.setPen(QColor(self._theme.muted))
        aligned = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(line.adjusted(px(7), 0, 0, 0), aligned, text)

    def _value(self, painter: QPainter, text: str, room: QRectF) -> None:
        """Paint the value at the cursor, the number as large as fits."""
        number, _, unit = text.partition(" ")
        for step in _VALUE_STEPS:
            font = self._metrics.ui(step, bold=True)
            metrics = QFontMetrics(font)
            wide = metrics.horizontalAdvance(number)
            if metrics.height() <= room.height() and wide <= room.width():
                break
        painter.setFont(font)
        painter.setPen(QColor(self._theme.text))
        baseline = room.top() + min(room.height(), metrics.height()) - metrics.descent()
        painter.drawText(QPointF(room.left(), baseline), number)
        small = QFontMetrics(self._metrics.ui("caption"))
        left = room.left() + wide + self._metrics.px(4)
        if unit and left + small.horizontalAdvance(unit) <= room.right():
            painter.setFont(self._metrics.ui("caption"))
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QPointF(left, baseline), unit)

    def _thin(self, painter: QPainter, series: Series, reading: Reading, room: QRectF) -> None:
        """Paint name and value in one line."""
        font = QFontMetrics(self._metrics.ui("caption", bold=True))
        number = reading.here.partition(" ")[0]
        wide = font.horizontalAdvance(number) + self._metrics.px(4)
        self._name(painter, series, room.adjusted(0, 0, -wide, 0))
        self._number(painter, number, room)

    def _number(self, painter: QPainter, number: str, room: QRectF) -> None:
        painter.setFont(self._metrics.ui("caption", bold=True))
        painter.setPen(QColor(self._theme.text))
        right = int(Qt.AlignmentFlag.AlignRight) | int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(room, right, number)

    def _write(self, painter: QPainter, room: QRectF, text: str, colour: str) -> None:
        font = self._metrics.ui("caption")
        painter.setFont(font)
        painter.setPen(QColor(colour))
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)


def _limit_words(series: Series) -> str:
    return f"{series.limit.label} {series.limit.value:,}" if series.limit is not None else ""
