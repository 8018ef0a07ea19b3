"""The timeline: the call stack over the whole run, root at the top, from all of it to one event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.geometry.axis import Axis
from gui.geometry.marks import LaneMarks, visible_marks
from gui.geometry.timeline_rows import RowLayout, Sizes, lay_rows
from gui.widgets.plots.margins import GUTTER_PX, axis_across
from gui.widgets.raster import is_raster
from gui.widgets.timeline.colours import Palette
from gui.widgets.timeline.hand import Hand
from gui.widgets.timeline.paint import draw_focus_ring, draw_timeline
from gui.widgets.timeline.scene import Look, TimelineScene
from gui.widgets.timeline.words import place_text
from gui.widgets.wheel import notches, turn

if TYPE_CHECKING:
    from gui.search import Search
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.viewport import Viewport
    from gui.widgets.timeline.model import TimelineModel

ROW_PX, READABLE_PX, HEAD_PX, GAP_PX, STRIP_PX = 19, 13, 20, 8, 18
RULER_PX, MARKS_PX, SYMBOL_PX = 24, 17, 11
"""Heights at the scale of 1, and the size of a mark."""
_LEAST_ROW_PX = 0.5
_LECTURE_SCALE = 1.4
"""From this scale on rows are to be read from afar, whether all of them fit or not."""
_REACH_PX = 3.0
REST_MS = 120
"""A view that has not moved for so long rests, and is drawn as finely as there are pixels."""


class TimelineView(QWidget):
    """Lanes of calls over the axis of a viewport.

    The wheel zooms where the mouse is, a drag moves the view, a click moves the cursor, a double
    click looks at one call; Shift and a drag select a part. The arrows up and down choose a row.

    Args:
        session: What is shown.
        viewport: What part of it is in view.
        model: Its spans and marks.
        search: The functions that are searched for.
        themes: The theme in force.
    """

    dragging_changed = Signal(bool)
    """The user took hold of the playhead, or let it go."""
    row_changed = Signal(str)
    """Another row has the focus; says which, and what is there."""

    def __init__(
        self,
        session: Session,
        viewport: Viewport,
        model: TimelineModel,
        search: Search,
        themes: ThemeManager,
    ) -> None:
        super().__init__()
        self.session, self.viewport, self.model = session, viewport, model
        self.search, self._themes = search, themes
        self._scene: TimelineScene | None = None
        self._painted: TimelineScene | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.settle)
        self._layout: RowLayout | None = None
        self._palette: Palette | None = None
        self.fit_rows = True
        self.scrolled = 0.0
        self.row = 0
        self._hand = Hand(self)
        self._last_position = session.position
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Timeline of calls")
        viewport.changed.connect(self._look_elsewhere)
        viewport.crosshair_moved.connect(self.update)
        model.changed.connect(self._renew)
        themes.changed.connect(self._renew)
        search.changed.connect(self.update)
        session.position_changed.connect(self._follow)
        session.range_changed.connect(self.update)
        session.highlights_changed.connect(self.update)
        self._renew()

    # -- where things are -----------------------------------------------------------------

    @property
    def axis(self) -> Axis:
        """What is in view, and where it lies in the widget."""
        return axis_across(self.viewport.view, self.width(), self._themes.metrics)

    @property
    def top(self) -> float:
        """Where the lanes begin, under the ruler and the marks."""
        return float(self._themes.metrics.px(RULER_PX) + self._themes.metrics.px(MARKS_PX))

    @property
    def ruler(self) -> QRectF:
        """The band of numbers on top."""
        return QRectF(0, 0, self.width(), self._themes.metrics.px(RULER_PX))

    @property
    def strip(self) -> QRectF:
        """The band of marks under the ruler."""
        return QRectF(0, self.ruler.bottom(), self.width(), self._themes.metrics.px(MARKS_PX))

    @property
    def area(self) -> QRectF:
        """Where calls are drawn."""
        axis = self.axis
        return QRectF(axis.left, self.top, axis.width, self.height() - self.top)

    @property
    def symbol_px(self) -> int:
        """Size of a mark's symbol."""
        return self._themes.metrics.px(SYMBOL_PX)

    @property
    def is_held(self) -> bool:
        """Whether a hand holds the view, the playhead or the end of a range."""
        return self._hand.holds

    @property
    def lanes(self) -> RowLayout:
        """Where the rows lie, before scrolling."""
        if self._layout is None:
            px, spans = self._themes.metrics.px, self.model.spans
            scale = self._themes.metrics.scale
            least = px(READABLE_PX) if scale >= _LECTURE_SCALE else _LEAST_ROW_PX
            sizes = Sizes(px(ROW_PX), least, px(HEAD_PX), px(GAP_PX), px(STRIP_PX))
            room = self.height() - self.top
            depths = spans.depths if spans is not None else ()
            trace = self.model.trace
            cpus = None if trace is None or trace.cpus.plain else trace.cpus.count
            self._layout = lay_rows(depths, room, sizes, fit=self.fit_rows, cpus=cpus)
        return self._layout

    def marks(self) -> list[LaneMarks]:
        """Return the marks in view as they are drawn."""
        return visible_marks(self.axis, self.model.marks, self.symbol_px)

    def span_at(self, point: QPointF) -> int | None:
        """Return the call drawn at a point, None where there is none."""
        row = self.row_at(point)
        index = self.model.index
        if row is None or index is None:
            return None
        axis = self.axis
        reach = _REACH_PX / axis.pixels_a_unit
        return index.nearest(row, axis.value_at(point.x()), reach)

    def row_at(self, point: QPointF) -> int | None:
        """Return the row at a point, None between rows and outside the lanes."""
        axis = self.axis
        if point.y() < self.top or not axis.left <= point.x() <= axis.left + axis.width:
            return None
        return self.lanes.row_at(point.y() - self.top + self.scrolled)

    def cpu_at(self, point: QPointF) -> int | None:
        """Return the CPU whose lane is at a point, None elsewhere."""
        axis, y = self.axis, point.y() - self.top + self.scrolled
        if point.y() < self.top or not axis.left <= point.x() <= axis.left + axis.width:
            return None
        found = (lane.cpu for lane in self.lanes.lanes if lane.top <= y < lane.bottom)
        cpu = next(found, -1)
        return cpu if cpu >= 0 else None

    def sizeHint(self) -> QSize:
        """Return room for a stack of two dozen calls."""
        px = self._themes.metrics.px
        return QSize(px(900), int(self.top) + px(ROW_PX) * 24)

    def minimumSizeHint(self) -> QSize:
        """Return room for a handful of rows."""
        px = self._themes.metrics.px
        return QSize(px(GUTTER_PX) + px(160), int(self.top) + px(90))

    # -- what is shown --------------------------------------------------------------------

    @property
    def part(self) -> tuple[int, int]:
        """The selected part, or else what is in view: its first and last position."""
        return self.session.range or self.viewport.seen

    @property
    def look(self) -> Look:
        """How things look now."""
        if self._palette is None:
            self._palette = Palette(self._themes.theme, self.model.colouring)
        return Look(self._themes.theme, self._themes.metrics, self._palette)

    def scene(self) -> TimelineScene | None:
        """Return the picture of the calls in view, drawn for the size and view as they are."""
        trace, index, spans = self.model.trace, self.model.index, self.model.spans
        if trace is None or index is None or spans is None or not len(spans):
            return None
        if self._scene is None:
            self._clamp_scroll()
            self._scene = TimelineScene(
                trace, spans.calls, index, self.lanes, self.axis, self.scrolled,
                max(1.0, self.height() - self.top), self.look, self.devicePixelRatioF(),
                moves=self._rest.isActive(),
            )  # fmt: skip
        return self._scene

    def set_fit_rows(self, fit: bool) -> None:
        """Let rows get low enough for all of them to fit, or keep them high enough to read."""
        self.fit_rows = fit
        self._layout = None
        self._redraw()
        self._show_row()

    def _renew(self) -> None:
        self._palette = self._layout = None
        spans = self.model.spans
        self.row = min(self.row, len(spans.rows) - 1) if spans is not None and spans.rows else 0
        self.updateGeometry()
        self._redraw()

    def _look_elsewhere(self) -> None:
        QToolTip.hideText()  # what it spoke of has moved away
        self._rest.start()
        self._redraw()

    def settle(self) -> None:
        """Take the view as one that rests: the next picture is as fine as can be."""
        self._rest.stop()
        if self._scene is not None and self._scene.column_px > 1:
            self._redraw()

    def _redraw(self) -> None:
        self._scene = None
        self.update()

    def _clamp_scroll(self) -> None:
        most = max(0.0, self.lanes.height - (self.height() - self.top))
        self.scrolled = max(0.0, min(self.scrolled, most))

    def _follow(self, position: int) -> None:
        """Keep the playhead in view where it was: who looks elsewhere is not pulled back."""
        before, self._last_position = self._last_position, position
        view = self.viewport.view
        first, last = self.viewport.cell(min(before, len(self.session.trace or ()) - 1))
        if first < view.last and last > view.first and not self._hand.pans:
            self.viewport.reveal(position)
            self._reveal_row(position)
        self._announce()
        self.update()

    def _reveal_row(self, position: int) -> None:
        """Scroll to the innermost call at the cursor, where not all rows are in sight."""
        spans = self.model.spans
        row = spans.row_at(position) if spans is not None and position >= 0 else None
        if row is None or self.lanes.height <= self.area.height():
            return
        top, room, slack = self.lanes.top_of(row), self.area.height(), 2 * self.lanes.row
        if top < self.scrolled + slack:
            self.scroll_by(top - slack - self.scrolled)
        elif top + self.lanes.row + slack > self.scrolled + room:
            self.scroll_by(top + self.lanes.row + slack - room - self.scrolled)

    # -- the row with the focus -----------------------------------------------------------

    def focus_row(self, row: int) -> None:
        """Give a row the focus and bring it into view."""
        spans = self.model.spans
        if spans is not None and spans.rows:
            self.row = max(0, min(row, len(spans.rows) - 1))
            self._show_row()
            self._announce()
            self.update()

    def _show_row(self) -> None:
        spans = self.model.spans
        if spans is None or not spans.rows:
            return
        top, room = self.lanes.top_of(self.row), self.height() - self.top
        if top < self.scrolled or top + self.lanes.row > self.scrolled + room:
            self.scrolled = top - room / 2
            self._redraw()

    def focused_span(self) -> int | None:
        """Return the call on the focused row at the cursor, None where none is."""
        spans = self.model.spans
        if spans is None or not spans.rows or self.session.position < 0:
            return None
        return spans.at(self.row, self.session.position)

    def _announce(self) -> None:
        trace, spans = self.model.trace, self.model.spans
        if trace is None or spans is None or not spans.rows:
            self.setAccessibleDescription("")
            return
        words = place_text(trace, spans, self.row, self.session.position)
        self.setAccessibleDescription(words)
        self.row_changed.emit(words)

    def fit_span(self, span: int) -> None:
        """Look at one call."""
        spans = self.model.spans
        assert spans is not None
        last = min(int(spans.ends[span]), len(self.session.trace or ()) - 1)
        self.viewport.show_positions(int(spans.calls[span]), last, margin=0.02)

    def select_focused(self) -> None:
        """Select the focused call, or all that is in view where none is focused."""
        span, spans = self.focused_span(), self.model.spans
        if span is not None and spans is not None:
            self.session.select_range(int(spans.calls[span]), int(spans.ends[span]))
        else:
            self.session.select_range(*self.viewport.seen)

    # -- keys -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a row, go along it from call to call, look at a call, or go back."""
        key, held = event.key(), event.modifiers()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focus_row(self.row + (1 if key == Qt.Key.Key_Down else -1))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and (
            held & Qt.KeyboardModifier.ControlModifier
        ):
            self._along(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            span = self.focused_span()
            if span is not None:
                self.fit_span(span)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.scroll_by((1 if key == Qt.Key.Key_PageDown else -1) * (self.height() - self.top))
        elif key == Qt.Key.Key_Escape and self._escape():
            pass
        else:
            super().keyPressEvent(event)

    def _escape(self) -> bool:
        if self.session.range is not None:
            self.session.clear_range()
            return True
        return self.viewport.back()

    def _along(self, way: int) -> None:
        """Move the cursor to the next call on the focused row, or the one before."""
        spans = self.model.spans
        if spans is None or not spans.rows:
            return
        row = spans.rows[self.row]
        calls = spans.calls[row.first : row.last]
        after = self.session.position + (way > 0)
        at = int(calls.searchsorted(np.int32(after))) - (way < 0)
        if 0 <= at < len(calls):
            self.session.seek(int(calls[at]))

    def scroll_by(self, pixels: float) -> None:
        """Scroll the rows."""
        before = self.scrolled
        self.scrolled += pixels
        self._clamp_scroll()
        if self.scrolled != before:
            self._redraw()

    # -- the mouse ------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the mouse is; sideways it moves, with Alt or over the gutter it scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier or (
            event.position().x() < self.axis.left
        ):
            turned, sideways = notches(event)
            self.scroll_by(-(turned or sideways) * self.lanes.row * 3)
            event.accept()
        else:
            turn(event, self.axis, self.viewport)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold: of the playhead on the ruler, of a range with Shift, else of the view."""
        self._hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was taken hold of, or say what lies under the mouse."""
        self._hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click without a drag moves the cursor there and focuses the row."""
        self._hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look at the call under the mouse, or at the whole run where there is none."""
        self._hand.double_click(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hand.leave()
        super().leaveEvent(event)

    # -- painting -------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out again."""
        super().resizeEvent(event)
        self._layout = None
        self._redraw()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the calls, and over them what moves."""
        with QPainter(self) as painter:
            self.draw(painter, as_shapes=not is_raster(painter))

    def draw(self, painter: QPainter, *, as_shapes: bool = False) -> None:
        """Draw everything with a painter.

        Args:
            painter: Where to.
            as_shapes: Draw calls anew as shapes and text, not as the picture at hand.
        """
        if as_shapes:
            self.settle()
        scene = self.scene()
        # While one zooms every picture is seen once: only the second look is worth keeping.
        fresh = as_shapes or scene is not self._painted
        self._painted = scene
        draw_timeline(painter, self, scene, anew=fresh)
        if self.hasFocus() and not as_shapes:
            draw_focus_ring(painter, QRectF(self.rect()), self.look.theme)
