"""The lanes on one axis of moments, under the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from core.trace.explain import explain
from gui.compare_lane import LETTERS
from gui.geometry.compare_strips import mark_xs
from gui.widgets.compare.strips_canvas import StripsCanvas
from gui.widgets.wheel import turn

if TYPE_CHECKING:
    from gui.compare_session import CompareSession
    from gui.theme import ThemeManager

_GRAB_PX = 5
"""So near the playhead, or a mark, the mouse means it."""


class StripsView(StripsCanvas):
    """The lanes as strips.

    A click seeks, dragging pans, dragging in the ruler or by the playhead scrubs, the wheel zooms,
    a double click fits a call.

    Args:
        session: What is compared.
        themes: The theme in force.
    """

    def __init__(self, session: CompareSession, themes: ThemeManager) -> None:
        super().__init__(session, themes)
        self._pressed: QPointF | None = None
        self._panned_from = 0.0
        self._drag = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # -- the axis -------------------------------------------------------------------------

    def zoom_by(self, factor: float) -> None:
        """Show ``factor`` times as much around the mouse, or the playhead where it is in view."""
        cursor = self.viewport.middle_of(self._session.moment)
        view = self.viewport.view
        at = cursor if view.first <= cursor <= view.last else (view.first + view.last) / 2
        if self._hover_x is not None:
            at = self.axis.value_at(self._hover_x)
        self.viewport.zoom(factor, at)

    def moment_at(self, x: float) -> int:
        """Return the moment at a pixel; near the mark of a parting that very one."""
        alignment = self._session.alignment
        if alignment is None:
            return -1
        return self.viewport.position_at(self.axis.value_at(x))

    def _parting_near(self, point: QPointF) -> int | None:
        """Return the parting whose mark in the ruler is at a point."""
        alignment, axis = self._session.alignment, self.axis
        if alignment is None or point.y() > self.layout_now().ruler.bottom:
            return None
        reach = self._themes.metrics.frame().px(_GRAB_PX + 1)
        near = [x for x in mark_xs(alignment.parting_moments, axis) if abs(x - point.x()) <= reach]
        if not near:
            return None
        wanted = axis.value_at(min(near, key=lambda x: abs(x - point.x())))
        moments = alignment.parting_moments
        at = int(abs(moments + 0.5 - wanted).argmin())
        return int(moments[at])

    # -- the mouse ------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the playhead, or of the axis."""
        if event.button() is not Qt.MouseButton.LeftButton or not self._session.views:
            super().mousePressEvent(event)
            return
        point = event.position()
        ruler = self.layout_now().ruler
        near = abs(point.x() - self._playhead_x()) <= self._themes.metrics.frame().px(_GRAB_PX)
        self._pressed, self._panned_from = point, self.viewport.view.first
        self._drag = "scrub" if near or point.y() <= ruler.bottom else "click"
        parting = self._parting_near(point)
        if parting is not None:
            self._drag = ""
            self._session.seek(parting)
        elif self._drag == "scrub" and not near:
            self._session.seek(self.moment_at(point.x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub, pan, or show where a click would lead."""
        point = event.position()
        self._hover_x = point.x()
        if self._pressed is not None and self._drag == "click":
            moved = (point - self._pressed).manhattanLength()
            if moved >= QApplication.startDragDistance():
                self._drag, self._still = "pan", True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._drag == "scrub":
            self._session.seek(self.moment_at(point.x()))
        elif self._drag == "pan" and self._pressed is not None:
            shift = (point.x() - self._pressed.x()) / self.axis.pixels_a_unit
            self.viewport.move_to(self._panned_from - shift)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Seek where it was a click."""
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        if self._drag == "click":
            self._session.seek(self.moment_at(event.position().x()))
        self._pressed, self._drag, self._still = None, "", False
        self.unsetCursor()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the call under the mouse; beside the calls, all moments."""
        found = self.call_at(event.position())
        self._drag = ""
        if found is None:
            self.viewport.fit()
            return
        lane, span = found
        strip = self.lanes[lane].strip
        self.viewport.show(float(strip.index.starts[span]), float(strip.index.ends[span]))

    def call_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the lane and the span at a point, None beside the calls."""
        if not self.ready:
            return None
        layout, rows = self.layout_now(), self.rows
        lane = layout.lane_at(point.y())
        if lane is None:
            return None
        box = layout.lanes[lane]
        row = int((point.y() - box.top) * rows / box.height)
        span = self.lanes[lane].strip.span_at(row, self.axis.value_at(point.x()))
        return None if span is None else (lane, span)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hover_x = None
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse; to the side, pan."""
        if not self._session.views:
            event.ignore()
            return
        turn(event, self.axis, self.viewport)

    def event(self, event: QEvent) -> bool:
        """Say what is under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tip = self.tip_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tip, self) if tip else QToolTip.hideText()
            return True
        return super().event(event)

    def tip_at(self, point: QPointF) -> str:
        """Return what lies at a point, in words."""
        alignment = self._session.alignment
        if alignment is None:
            return ""
        moment = self.moment_at(point.x())
        lines = [self._described_at(moment)]
        found = self.call_at(point)
        if found is not None:
            lane, span = found
            spans = self.lanes[lane]
            name = spans.trace.function(int(spans.spans.calls[span])).name
            events = int(spans.spans.ends[span] - spans.spans.calls[span])
            lines.append(f"{LETTERS[lane]}: {name}, {events:,} events long")
        positions = alignment.positions_at(moment)
        for view, position in zip(self._session.views, positions, strict=True):
            assert view.trace is not None
            lines.append(f"{view.letter}: {explain(view.trace, position)}")
        return "\n".join(lines)

    def _described_at(self, moment: int) -> str:
        alignment = self._session.alignment
        assert alignment is not None
        parting = alignment.parting_at(moment)
        text = f"Moment {moment + 1:,}, operation {alignment.operation_at(moment) + 1:,}"
        return f"{text}, parted at {parting.moment + 1:,}" if parting is not None else text
