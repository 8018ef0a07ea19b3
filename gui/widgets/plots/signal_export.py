"""The step plots as a picture or a drawing, with an axis and a title of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from gui.drawn import png_of, svg_of
from gui.geometry.axis import Axis, tick_step
from gui.widgets.plots.signal_paint import Moving, SignalPainter
from gui.widgets.sentences import time_text
from gui.widgets.timeline.words import part_title

if TYPE_CHECKING:
    from gui.widgets.plots.series import Series
    from gui.widgets.plots.stage import PlotStage

_TALL_PX, _THIN_PX, _TITLE_PX, _AXIS_PX = 96, 28, 34, 26
_LEAST_WIDE_PX = 480
_TICK_PX = 110
PNG_SCALE = 2.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some plots as they are to be drawn.

    Attributes:
        stage: Their axis.
        series: The values, from top to bottom.
        width: Width in pixels; a least width is kept.
    """

    stage: PlotStage
    series: tuple[Series, ...]
    width: int

    @property
    def size(self) -> QSize:
        """Size in pixels."""
        px = self.stage.themes.metrics.px
        high = sum(self._high(each) for each in self.series)
        wide = max(px(_LEAST_WIDE_PX), self.width)
        return QSize(wide, px(_TITLE_PX) + high + px(_AXIS_PX))

    def _high(self, series: Series) -> int:
        return self.stage.themes.metrics.px(_THIN_PX if series.is_constant else _TALL_PX)

    def title(self) -> str:
        """Return what is plotted: the run and the part of it."""
        trace = self.stage.session.trace
        if trace is None:
            return "Nothing is open"
        return part_title(trace, *self.stage.viewport.seen)

    def paint(self, painter: QPainter) -> None:
        """Paint title, plots and axis."""
        stage, size = self.stage, self.size
        theme, metrics = stage.themes.theme, stage.themes.metrics
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(theme.surface))
        painter.setFont(metrics.ui(bold=True))
        painter.setPen(QColor(theme.text))
        line = QRectF(metrics.px(10), 0, size.width() - metrics.px(20), metrics.px(_TITLE_PX))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), self.title())
        axis, made = stage.axis(size.width()), SignalPainter(theme, metrics)
        edges = stage.edges(max(1, round(axis.width)))
        top = float(metrics.px(_TITLE_PX))
        for series in self.series:
            area = QRectF(axis.left, top, axis.width, self._high(series))
            made.ground(painter, series, area)
            made.vector(painter, series, edges, stage.viewport, axis, area)
            made.scale(painter, series, area)
            cursor = Moving(stage.playhead(axis, area), None, stage.selected(axis, area))
            made.moving(painter, series, cursor, area)
            gutter = QRectF(0, top, axis.left, area.height())
            made.name(painter, series, gutter)
            top = area.bottom()
        self._axis(painter, axis, top)

    def _axis(self, painter: QPainter, axis: Axis, top: float) -> None:
        """Paint round numbers of the axis."""
        theme, metrics = self.stage.themes.theme, self.stage.themes.metrics
        painter.setFont(metrics.ui("caption"))
        font = QFontMetrics(painter.font())
        step = tick_step(axis.view.width, max(1, int(axis.width / metrics.px(_TICK_PX))))
        in_time = self.stage.viewport.mode == "time"
        step = step if in_time else max(1.0, step)
        at = max(0.0, -(-axis.view.first // step) * step)
        while at <= axis.view.last:
            # Events are counted from 1, and event p has the place from p on.
            text = time_text(round(at)) if in_time else f"{round(at) + 1:,}"
            x = axis.x_of(at)
            painter.setPen(QPen(QColor(theme.outline), 1))
            painter.drawLine(QPointF(x, top), QPointF(x, top + metrics.px(4)))
            painter.setPen(QColor(theme.muted))
            wide = font.horizontalAdvance(text)
            left = min(max(x - wide / 2, axis.left), axis.left + axis.width - wide)
            painter.drawText(QPointF(left, top + metrics.px(6) + font.ascent()), text)
            at += step
        name = "Time" if in_time else "Event"
        painter.drawText(QPointF(metrics.px(17), top + metrics.px(6) + font.ascent()), name)


def svg(sheet: Sheet) -> bytes:
    """Return the plots as SVG."""
    return svg_of(sheet.size, sheet.paint, "Plots of a run", sheet.title())


def png(sheet: Sheet, scale: float = PNG_SCALE) -> bytes:
    """Return the plots as PNG, so many times their size on the screen."""
    image = QImage(sheet.size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(image) as painter:
        painter.scale(scale, scale)
        sheet.paint(painter)
    return png_of(image)
