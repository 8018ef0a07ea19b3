"""The lanes on one axis of moments, drawn: with a playhead through all of them, without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QRegion
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.compare_lane import LETTERS
from gui.compare_spans import LaneSpans, Overlay, finished, lanes_in_steps, overlay_of
from gui.geometry.axis import Axis
from gui.geometry.compare_strips import StripLayout, shown_rows, strip_layout
from gui.viewport import Viewport
from gui.widgets.compare.strip_paint import StripPainter
from gui.widgets.in_sight import InSight
from gui.widgets.raster import is_raster

if TYPE_CHECKING:
    from collections.abc import Generator

    from gui.compare_session import CompareSession
    from gui.session import Session
    from gui.theme import ThemeManager

EVENTS_AT_ONCE = 400_000
"""Longer runs are worked out step by step after the window has shown the rest."""
_LANE_PX, _LEAST_LANE_PX = 52, 24
"""What a strip wants, and the least it can do with, at the scale of 1."""


class StripsCanvas(QWidget):
    """The lanes as strips.

    Args:
        session: What is compared.
        themes: The theme in force.
    """

    def __init__(self, session: CompareSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        # A viewport asks no more of a session than the cursor of a comparison has.
        self.viewport = Viewport(cast("Session", session.cursor), self)
        self._lanes: list[LaneSpans] | None = None
        self._steps: Generator[None, None, list[LaneSpans]] | None = None
        self._later = QTimer(self, interval=0)
        self._later.timeout.connect(self._work_on)
        self._overlay: Overlay | None = None
        self.pair: tuple[int, int] | None = None
        self._picture: QPixmap | None = None
        self._key: object = None
        self._legend = QRect()
        """Where the words of the overlay stand: no line goes through them."""
        self._hover_x: float | None = None
        self._still = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Lanes on one axis")
        in_sight = InSight(self)
        in_sight.connect_to(session.traces_changed, self._take)
        in_sight.connect_to(session.moment_changed, self._moved)
        self.viewport.changed.connect(self._redraw)
        themes.changed.connect(self._dress)
        self._take()

    # -- what is shown --------------------------------------------------------------------

    @property
    def lanes(self) -> list[LaneSpans]:
        """The calls of the lanes on the axis, worked out when they are first asked for."""
        if self._lanes is None:
            self._later.stop()
            self._lanes = finished(self._steps) if self._steps is not None else []
            self._steps = None
            self._redraw()
        return self._lanes

    @property
    def ready(self) -> bool:
        """Whether the calls are at hand; long runs take a moment, in which the window goes on."""
        return self._lanes is not None

    def _work_on(self) -> None:
        """Do one step of what is to be worked out."""
        if self._steps is None:
            return
        try:
            next(self._steps)
        except StopIteration as end:
            self._lanes, self._steps = end.value, None
            self._later.stop()
            self._redraw()

    @property
    def overlay(self) -> Overlay | None:
        """What two lanes have in common, None where none lies over another."""
        if self.pair is None or max(self.pair) >= len(self.lanes):
            return None
        if self._overlay is None:
            first, second = (self.lanes[number] for number in self.pair)
            self._overlay = overlay_of(first, second)
        return self._overlay

    def set_pair(self, pair: tuple[int, int] | None) -> None:
        """Lay the second of two lanes over the first, or none."""
        if pair != self.pair:
            self.pair, self._overlay = pair, None
            self.updateGeometry()
            self._redraw()

    def layout_now(self) -> StripLayout:
        """Return where everything lies."""
        return strip_layout(
            self.width(), self.height(), len(self._session.views), self._themes.metrics.frame().px,
            ghost=self.pair is not None and bool(self._session.views),
        )  # fmt: skip

    @property
    def axis(self) -> Axis:
        """The moments in view, over pixels."""
        ruler = self.layout_now().ruler
        return Axis(self.viewport.view, ruler.left, ruler.width)

    @property
    def rows(self) -> int:
        """How many rows each strip has."""
        return shown_rows([lane.depth for lane in self.lanes])

    def _take(self) -> None:
        alignment, traces = self._session.alignment, self._session.traces
        self._lanes = self._overlay = None
        self._steps = lanes_in_steps(traces, alignment) if alignment is not None else None
        if sum(map(len, traces)) > EVENTS_AT_ONCE:
            self._later.start()
        elif self._steps is not None:
            self._lanes, self._steps = finished(self._steps), None
        if self.pair is not None and max(self.pair) >= len(self._session.views):
            self.pair = None
        self.updateGeometry()
        self._redraw()

    def _moved(self, moment: int) -> None:
        if not self._still:
            self.viewport.reveal(moment)
        self.setAccessibleDescription(self._described(moment))
        self.update()

    def _described(self, moment: int) -> str:
        alignment = self._session.alignment
        if alignment is None:
            return ""
        where = f"moment {moment + 1:,} of {alignment.moments:,}"
        operation = alignment.operation_at(moment)
        if operation >= 0:
            where += f", operation {operation + 1:,} of {len(alignment.operation_moments):,}"
        return f"{where}, the lanes have parted" if self._session.parted else where

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _dress(self) -> None:
        self.updateGeometry()
        self._redraw()

    def _playhead_x(self) -> float:
        return self.axis.x_of(self.viewport.middle_of(self._session.moment))

    # -- painting -------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return room for all strips."""
        return QSize(self._themes.metrics.frame().px(640), self._height(_LANE_PX))

    def minimumSizeHint(self) -> QSize:
        """Return room for strips that can still be read."""
        px = self._themes.metrics.frame().px
        lanes = max(2, len(self._session.views)) + (2 if self.pair else 0)
        return QSize(px(240), px(40) + lanes * px(_LEAST_LANE_PX))

    def _height(self, lane_px: int) -> int:
        px = self._themes.metrics.frame().px
        lanes = max(2, len(self._session.views)) + (1.6 if self.pair else 0)
        return int(px(50 if self.pair else 30) + lanes * px(lane_px))

    def _drawn(self) -> QPixmap:
        """Return what stays while the playhead moves, drawn for view and size as they are."""
        ratio = self.devicePixelRatioF()
        key = (self.size().toTuple(), ratio, self.viewport.view, self._themes.theme.name)
        if self._picture is None or key != self._key:
            self._key = key
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(self._themes.theme.window))
            with QPainter(self._picture) as painter:
                self._draw_still(painter, ratio)
        return self._picture

    def _draw_still(self, painter: QPainter, ratio: float) -> None:
        self._legend, alignment = QRect(), self._session.alignment
        if alignment is None or not self.ready or not self.lanes:
            return
        theme, layout, rows = self._themes.theme, self.layout_now(), self.rows
        strips = StripPainter(painter, theme, self._themes.metrics.frame(), self.axis, ratio)
        sides = dict(zip(self.pair or (), (theme.only_a, theme.only_b), strict=False))
        for number, (box, lane) in enumerate(zip(layout.lanes, self.lanes, strict=True)):
            strips.lane(box, lane, rows, LETTERS[number], sides.get(number))
        overlay = self.overlay
        if overlay is not None and layout.ghost is not None and layout.legend is not None:
            assert self.pair is not None
            first, second = (LETTERS[number] for number in self.pair)
            strips.overlay(layout.ghost, overlay, rows)
            half = layout.ghost.height / 2
            for at, letter in enumerate((first, second)):
                top = layout.ghost.top + at * half
                box = layout.ghost._replace(top=top, height=half)
                strips.badge(box, letter, (theme.only_a, theme.only_b)[at])
        strips.ruler(layout.ruler, layout, alignment)
        if overlay is not None and layout.legend is not None and self.pair is not None:
            # Over the lines through all lanes: words are to be read.
            letters = (LETTERS[self.pair[0]], LETTERS[self.pair[1]])
            self._legend = strips.legend(layout.legend, overlay, letters).toAlignedRect()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the strips, and the playhead over them."""
        with QPainter(self) as painter:
            self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Draw the view as it is now: on the screen or into an image."""
        if is_raster(painter):
            painter.drawPixmap(0, 0, self._drawn())
        else:
            painter.fillRect(self.rect(), QColor(self._themes.theme.window))
            self._draw_still(painter, 1.0)
        theme, px = self._themes.theme, self._themes.metrics.frame().px
        if self._session.views:
            layout = self.layout_now()
            painter.setClipRegion(QRegion(self.rect()) - QRegion(self._legend))
            left, right = layout.ruler.left, layout.ruler.right
            if self._hover_x is not None and left <= self._hover_x <= right:
                painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DashLine))
                painter.drawLine(
                    QPointF(self._hover_x, layout.ruler.bottom),
                    QPointF(self._hover_x, layout.bottom),
                )
            x = self._playhead_x()
            if left - 1 <= x <= right + 1:
                self._draw_playhead(painter, x, layout)
            painter.setClipping(False)
        painter.fillRect(QRectF(0, 0, self.width(), 1), QColor(theme.border))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _draw_playhead(self, painter: QPainter, x: float, layout: StripLayout) -> None:
        theme, px = self._themes.theme, self._themes.metrics.frame().px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, bottom = QPointF(x, layout.ruler.bottom - px(4)), QPointF(x, layout.bottom)
        painter.setPen(QPen(QColor(theme.window), px(4)))
        painter.drawLine(top, bottom)
        painter.setPen(QPen(QColor(theme.text), px(2)))
        painter.drawLine(top, bottom)
        half, up = px(6), layout.ruler.bottom - px(14)
        corners = (
            (-half, up),
            (half, up),
            (half, up + px(6)),
            (0, up + px(12)),
            (-half, up + px(6)),
        )
        painter.setPen(QPen(QColor(theme.window), 1.5))
        painter.setBrush(QColor(theme.text))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y) for dx, y in corners]))
