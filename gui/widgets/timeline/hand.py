"""What a mouse does to a timeline: it holds the playhead, a range or the view, clicks and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QToolTip

from gui.geometry.marks import nearest_mark
from gui.widgets.timeline import lanes
from gui.widgets.timeline.words import call_lines, cpu_lines
from gui.widgets.tip import tip_html

if TYPE_CHECKING:
    from gui.geometry.scrubber import Mark
    from gui.widgets.timeline.view import TimelineView

_DRAG_PX = 4.0


class Hand:
    """A drag moves the view, a click the cursor; with Shift, or on the ruler, it is another one.

    Args:
        view: The timeline.
    """

    def __init__(self, view: TimelineView) -> None:
        self._view = view
        self._pressed: QPointF | None = None
        self._drag = ""
        self._anchor = 0

    @property
    def holds(self) -> bool:
        """Whether it holds anything."""
        return self._pressed is not None

    @property
    def pans(self) -> bool:
        """Whether it moves the view."""
        return self._drag == "pan"

    def press(self, event: QMouseEvent) -> None:
        """Take hold: of the playhead on the ruler, of a range with Shift, else of the view."""
        view, point = self._view, event.position()
        if event.button() is not Qt.MouseButton.LeftButton or view.session.trace is None:
            event.ignore()
            return
        self._pressed = point
        self._anchor = self._position_at(point.x())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag = "range"
        elif point.y() < view.top:
            self._drag = "playhead"
            view.dragging_changed.emit(True)
            mark = self._mark_at(point)
            view.session.seek(mark.first if mark else self._anchor)
        else:
            self._drag = "press"

    def move(self, event: QMouseEvent) -> None:
        """Drag what was taken hold of, or say what lies under the mouse."""
        view, point = self._view, event.position()
        axis = view.axis
        inside = axis.left <= point.x() <= axis.left + axis.width
        view.viewport.set_crosshair(axis.value_at(point.x()) if inside else None)
        if self._pressed is None:
            self._show_tip(event)
            return
        moved = point - self._pressed
        if self._drag == "press" and abs(moved.x()) + abs(moved.y()) >= _DRAG_PX:
            self._drag = "pan"
            view.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._drag == "pan":
            self._pressed = point
            view.viewport.pan(-moved.x() / axis.width)
            view.scroll_by(-moved.y())
        elif self._drag == "playhead":
            view.session.seek(self._position_at(point.x()))
        elif self._drag == "range":
            view.session.select_range(self._anchor, self._position_at(point.x()))

    def release(self, event: QMouseEvent) -> None:
        """Let go; a click without a drag moves the cursor there and focuses the row."""
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        drag, self._drag, self._pressed = self._drag, "", None
        self._view.unsetCursor()
        if drag == "playhead":
            self._view.dragging_changed.emit(False)
        elif drag == "press":
            self._click(event.position())

    def _click(self, point: QPointF) -> None:
        view = self._view
        row, span = view.row_at(point), view.span_at(point)
        position = self._position_at(point.x())
        spans = view.model.spans
        if span is not None and spans is not None:
            # A call may be thinner than a pixel: go into it, and not to what lies beside it.
            first, last = int(spans.calls[span]), int(spans.ends[span]) - 1
            position = max(first, min(position, max(first, last)))
        view.session.seek(position)
        if row is not None:
            view.focus_row(row)

    def double_click(self, event: QMouseEvent) -> None:
        """Look at the call under the mouse, or at the whole run where there is none."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        span = self._view.span_at(event.position())
        if span is not None:
            self._view.fit_span(span)
        else:
            self._view.viewport.fit()

    def leave(self) -> None:
        """Forget the mouse."""
        self._view.viewport.set_crosshair(None)
        QToolTip.hideText()

    def _position_at(self, x: float) -> int:
        return self._view.viewport.position_at(self._view.axis.value_at(x))

    def _mark_at(self, point: QPointF) -> Mark | None:
        view = self._view
        if not view.strip.top() <= point.y() < view.top:
            return None
        return nearest_mark(view.marks(), point.x(), view.symbol_px / 2)

    def _show_tip(self, event: QMouseEvent) -> None:
        lines = self._lines_at(event.position())
        if lines:
            QToolTip.showText(event.globalPosition().toPoint(), tip_html(lines), self._view)
        elif lines is not None:
            QToolTip.hideText()

    def _lines_at(self, point: QPointF) -> list[str] | None:
        """Return what is said of the place under the mouse; None while there is no run."""
        view = self._view
        trace, spans = view.model.trace, view.model.spans
        if trace is None or spans is None:
            return None
        mark, span = self._mark_at(point), view.span_at(point)
        if mark is not None:
            return lanes.mark_lines(trace, mark, view.session.cuts)
        if span is not None:
            return call_lines(trace, spans, span)
        cpu = view.cpu_at(point)
        return cpu_lines(trace, cpu, self._position_at(point.x())) if cpu is not None else []
