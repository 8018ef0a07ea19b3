"""One step plot: its name and value on the left, its line on the timeline's axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.widgets.plots.series import Series, series_of
from gui.widgets.plots.signal_paint import Moving, Reading, SignalPainter
from gui.widgets.sentences import event_text, time_text
from gui.widgets.tip import tip_html
from gui.widgets.wheel import notches, turn

if TYPE_CHECKING:
    from core.trace.plotted import PlottedSignal
    from gui.widgets.plots.stage import PlotStage

TALL_PX, THIN_PX, USUAL_PX = 54, 26, 84
"""Least height of a plot, the height of one that never changes, and what a plot wants."""
_CLICK_PX = 4
"""A press that moves no further is a click."""


class SignalPlot(QWidget):
    """A value of the run over the part that is in view.

    A click goes there, a drag pans, with Shift it selects a part of the run, the wheel zooms.

    Args:
        stage: The axis it lies on.
        plotted: The value.
    """

    def __init__(self, stage: PlotStage, plotted: PlottedSignal) -> None:
        super().__init__()
        self._stage = stage
        self.plotted = plotted
        self.series: Series | None = None
        self._image: tuple[tuple[object, ...], QImage] | None = None
        self._pressed: QPointF | None = None
        self._dragged_to: float | None = None
        self._anchor: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleDescription(plotted.about)
        self.fit()

    # -- what is shown --------------------------------------------------------------------

    def build(self) -> None:
        """Build the signal; until then the plot is empty."""
        if self.series is None:
            self.series = series_of(self.plotted)
            self.fit()
            self.say()
            self.update()

    def fit(self) -> None:
        """Take the height that the scale and the value want: one that never changes needs none."""
        px = self._stage.themes.metrics.px
        policy = QSizePolicy.Policy
        thin = self.series is not None and self.series.is_constant
        self.setMinimumHeight(px(THIN_PX if thin else TALL_PX))
        self.setMaximumHeight(px(THIN_PX) if thin else 16_777_215)
        self.setSizePolicy(policy.Expanding, policy.Fixed if thin else policy.Expanding)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return a height at which a line can be read."""
        px = self._stage.themes.metrics.px
        thin = self.series is not None and self.series.is_constant
        return QSize(px(480), px(THIN_PX if thin else USUAL_PX))

    def area(self) -> QRectF:
        """Return where the line is drawn."""
        axis = self._stage.axis()
        return QRectF(axis.left, 0, axis.width, self.height())

    def say(self) -> None:
        """Tell a screen reader the value at the cursor."""
        name = self.plotted.label
        if self.series is not None and self._stage.session.trace is not None:
            name += f": {self.series.text_at(self._stage.session.position)}"
        self.setAccessibleName(name)

    def reading(self) -> Reading:
        """Return the values at the cursor and under the mouse."""
        assert self.series is not None
        here = self.series.text_at(self._stage.session.position)
        there = self._stage.position_there()
        if there is None:
            return Reading(here)
        return Reading(here, f"{self.series.signal.value_at(there):,}")

    # -- painting -------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line from its picture, and over it what moves."""
        themes = self._stage.themes
        made = SignalPainter(themes.theme, themes.metrics)
        with QPainter(self) as painter:
            self._draw(painter, made)
            if self.hasFocus():
                thick = themes.metrics.px(2)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(themes.theme.focus), thick))
                ring = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
                painter.drawRoundedRect(ring, themes.metrics.px(4), themes.metrics.px(4))

    def _draw(self, painter: QPainter, made: SignalPainter) -> None:
        theme, area = self._stage.themes.theme, self.area()
        painter.fillRect(self.rect(), QColor(theme.window))
        if self.series is None or self._stage.session.trace is None:
            painter.fillRect(area, QColor(theme.surface))
            return
        made.ground(painter, self.series, area)
        inside = made.inside(area, self.series)
        painter.drawImage(inside.topLeft(), self._picture(made, inside))
        moving, reading = self._moving(area), self.reading()
        # The value under the mouse stands where the lowest one would.
        made.scale(painter, self.series, area, low=not reading.there)
        made.moving(painter, self.series, moving, area)
        gutter = QRectF(0, 0, area.left(), self.height())
        made.gutter(painter, self.series, reading, gutter)

    def _picture(self, made: SignalPainter, inside: QRectF) -> QImage:
        """The line as it is now; drawn again only when the view, the size or the look changed."""
        assert self.series is not None
        ratio, themes = self.devicePixelRatioF(), self._stage.themes
        columns = max(1, round(inside.width() * ratio))
        rows = max(2, round(inside.height() * ratio))
        key = (self._stage.look, columns, rows, ratio, themes.theme.name, themes.metrics.scale)
        if self._image is None or self._image[0] != key:
            edges = self._stage.edges(columns)
            self._image = key, made.picture(self.series, edges, rows, ratio)
        return self._image[1]

    def _moving(self, area: QRectF) -> Moving:
        assert self.series is not None
        stage, axis = self._stage, self._stage.axis()
        there = stage.position_there()
        return Moving(
            stage.playhead(axis, area),
            stage.crosshair(axis),
            stage.selected(axis, area),
            None if there is None else self.series.signal.value_at(there),
        )

    # -- the mouse ------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the axis, or with Shift of a part of the run."""
        if event.button() is not Qt.MouseButton.LeftButton or not self._over(event.position()):
            event.ignore()
            return
        self._pressed, self._dragged_to = event.position(), None
        with_shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self._anchor = self._position_at(event.position().x()) if with_shift else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while the button is down; else say what is under the mouse."""
        at = event.position()
        if self._pressed is not None:
            self._drag(at.x())
        axis = self._stage.axis()
        self._stage.viewport.set_crosshair(axis.value_at(at.x()) if self._over(at) else None)
        if self._over(at) and self._pressed is None:
            QToolTip.showText(event.globalPosition().toPoint(), self.tip(), self)
        else:
            QToolTip.hideText()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to where the click was; a drag has panned already."""
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        clicked = self._dragged_to is None
        clicked = clicked and self._anchor is None
        self._pressed = self._dragged_to = self._anchor = None
        self.unsetCursor()
        if clicked:
            self._stage.session.seek(self._position_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._stage.viewport.set_crosshair(None)
        QToolTip.hideText()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the mouse is; sideways it moves, over the gutter whoever scrolls gets it."""
        if any(notches(event)) and self._over(event.position()):
            turn(event, self._stage.axis(), self._stage.viewport)
        else:
            event.ignore()

    def _drag(self, x: float) -> None:
        assert self._pressed is not None
        before = self._pressed.x() if self._dragged_to is None else self._dragged_to
        if self._dragged_to is None and abs(x - before) < self._stage.themes.metrics.px(_CLICK_PX):
            return
        self._dragged_to = x
        if self._anchor is not None:
            self._stage.session.select_range(self._anchor, self._position_at(x))
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._stage.viewport.pan((before - x) / self._stage.axis().width)

    def _position_at(self, x: float) -> int:
        return self._stage.viewport.position_at(self._stage.axis().value_at(x))

    def _over(self, at: QPointF) -> bool:
        area = self.area()
        return area.left() <= at.x() <= area.right()

    def tip(self) -> str:
        """Return what is said about the place under the mouse."""
        from core.trace.explain import explain

        trace, there = self._stage.session.trace, self._stage.position_there()
        if self.series is None or trace is None or there is None:
            return ""
        head = f"{self.plotted.label}: {self.series.text_at(there)}"
        clock = time_text(trace.clock_ns(there)) if there >= 0 else "0 ns"
        where = event_text(there, len(trace))
        return tip_html((head, f"{where[0].upper()}{where[1:]}, {clock}", explain(trace, there)))
