"""The whole run on one line: where the guard hit, how full the stack was, and the playhead."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from core.lesson.covered import AHEAD, BITS, BYTES, LENGTH
from gui.covered import ASKED, MARK
from gui.geometry.scrubber import (
    HIT,
    STOP,
    WARNING,
    Mark,
    Track,
    large_step,
    mark_near,
    marker_lanes,
    stack_outline,
)
from gui.widgets.in_sight import InSight
from gui.widgets.scrubber_paint import (
    EDGE_PX,
    LANE_PX,
    LINE_PX,
    OUTLINE_PX,
    SYMBOL_PX,
    ScrubberScene,
)
from gui.widgets.tip import tip_html

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.expected import Expected
    from gui.geometry.scrubber import Positions
    from gui.session import Session
    from gui.theme import ThemeManager

FRAME_MS = 16
"""While dragging the cursor moves at most once in this time."""

_SIDE_PX = 12
_NAMES = {
    HIT: ("guard hit", "guard hits"),
    WARNING: ("warning or lost update", "warnings or lost updates"),
    STOP: ("end of the run", "ends"),
}


def event_label(trace: Trace, position: int, covered: Container[str] = ()) -> str:
    """Return which event a position is, counted from 1; 0 is the moment before the run."""
    return f"{position + 1:,} of {MARK if LENGTH in covered else f'{len(trace):,}'}"


def describe(
    trace: Trace, position: int, mark: Mark | None = None, covered: Container[str] = ()
) -> list[str]:
    """Return what the scrubber says about a position: where it is, what happened, how full.

    Args:
        trace: The run.
        position: The position.
        mark: The mark that is meant, where one is.
        covered: What is not to be said.
    """
    from core.trace.explain import explain

    name = f"  {trace.function(position).name}" if position >= 0 else ""
    happened = explain(trace, position, mark=MARK if BITS in covered else "")
    lines = [f"Event {event_label(trace, position, covered)}{name}", happened]
    frames = trace.frames_at(position)
    if frames and BYTES not in covered:
        lines.append(f"{len(frames)} frames, {frames[-1].used_bytes:,} bytes of stack")
    if mark is not None and mark.markers > 1:
        lines.append(f"{mark.markers:,} {_NAMES[mark.lane][1]} here; this is the first")
    return lines


class Scrubber(QAbstractSlider):
    """A slider over the whole run. A click or a drag anywhere moves the cursor.

    Args:
        session: What is moved in.
        themes: The theme in force.
        parent: The Qt parent.
    """

    dragging_changed = Signal(bool)
    """The user took hold of the playhead, or let it go."""

    def __init__(
        self, session: Session, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._themes = session, themes
        self._lanes: Sequence[Positions] = ()
        self._scene: ScrubberScene | None = None
        self._ahead: tuple[Trace, ScrubberScene] | None = None
        self._hover_x: float | None = None
        self._wanted: int | None = None
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._frame_over)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Not on a click: the arrow keys would then mean something else than a moment before.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Position in the run")
        in_sight = InSight(self)
        in_sight.connect_to(session.trace_changed, self._take_trace)
        for changed in (session.trace_changed, session.position_changed, session.covered.changed):
            in_sight.connect_to(changed, self._show_position)
        # A screen reader sets the value; the session's own moves come back as no change.
        self.valueChanged.connect(session.seek)
        themes.changed.connect(self._dress)
        self._take_trace()
        self._show_position()

    # -- what is shown --------------------------------------------------------------------

    def track(self) -> Track:
        """Return where the run lies in the widget as it is now."""
        side = self._themes.metrics.chrome(_SIDE_PX)
        trace = self._session.trace
        return Track(side, max(1, self.width() - 2 * side), len(trace) if trace else 0)

    def marks(self) -> list[Mark]:
        """Return the marks as they are drawn."""
        return self._drawn().marks

    def shown_marks(self) -> list[Mark]:
        """Return the marks that are in sight."""
        here = self._session.position
        return [mark for mark in self.marks() if not self.rest_asked or mark.first <= here]

    def sizeHint(self) -> QSize:
        """Return the room for marks, outline, line and handle."""
        px = self._themes.metrics.chrome
        parts = (EDGE_PX, LANE_PX, OUTLINE_PX, LINE_PX, 2 * EDGE_PX)
        return QSize(px(320), sum(px(part) for part in parts))

    def minimumSizeHint(self) -> QSize:
        """Return the height it needs; it can be narrow."""
        return QSize(self._themes.metrics.chrome(120), self.sizeHint().height())

    def prepare(self, expected: Expected) -> None:
        """Draw a run where the cursor will probably be, for later."""
        trace = expected.trace
        if trace is not self._session.trace and self.width() > 0:
            lanes, outline = marker_lanes(trace), stack_outline(trace)
            track = replace(self.track(), events=len(trace))
            self._ahead = trace, ScrubberScene(self, track, self._themes, lanes, outline)

    def _take_trace(self) -> None:
        trace = self._session.trace
        self._scene, self._lanes = None, ()
        if self._ahead is not None and self._ahead[0] is trace:
            self._scene = self._ahead[1]
        self._ahead = None
        self._let_go()
        self.setEnabled(trace is not None)
        if trace is not None:
            self._lanes = marker_lanes(trace)
            self.setPageStep(large_step(len(trace)))
        self.update()

    @property
    def length_asked(self) -> bool:
        """Whether a lesson asks what the length of the run would tell."""
        return LENGTH in self._session.covered

    @property
    def rest_asked(self) -> bool:
        """Whether a lesson asks what comes after the cursor: nothing of it is drawn then."""
        return AHEAD in self._session.covered

    def _show_position(self) -> None:
        trace, position = self._session.trace, self._session.position
        if trace is None:
            return
        # Tell a screen reader of no more of the run than is to be told. And where the session is
        # is no wish of the user's to go there.
        blocked = self.blockSignals(True)
        self.setRange(-1, position if self.length_asked else len(trace) - 1)
        self.setValue(position)
        self.blockSignals(blocked)
        said = describe(trace, position, covered=self._session.covered)[:2]
        asked = [ASKED] if self.length_asked or self.rest_asked else []
        self.setAccessibleDescription(". ".join([*said, *asked]))
        self.update()

    def _dress(self) -> None:
        self._scene = self._ahead = None
        self.updateGeometry()
        self.update()

    def _drawn(self) -> ScrubberScene:
        """Return the parts that stay while the playhead moves, drawn for the size as it is."""
        key = (self.width(), self.devicePixelRatioF())
        if self._scene is None or self._scene.key != key:
            trace = self._session.trace
            outline = stack_outline(trace) if trace is not None else None
            self._scene = ScrubberScene(self, self.track(), self._themes, self._lanes, outline)
        return self._scene

    # -- moving ---------------------------------------------------------------------------

    def _go(self, position: int) -> None:
        if self._frame.isActive():
            self._wanted = position
        else:
            self._session.seek(position)
            self._frame.start()

    def _frame_over(self) -> None:
        if self._wanted is not None:
            position, self._wanted = self._wanted, None
            self._go(position)

    def _let_go(self) -> None:
        self._frame.stop()
        if self.isSliderDown():
            self.setSliderDown(False)
            self.dragging_changed.emit(False)
        if self._wanted is not None:
            position, self._wanted = self._wanted, None
            self._session.seek(position)

    def _mark_at(self, point: QPointF) -> Mark | None:
        px = self._themes.metrics.chrome
        if self._session.trace is None or point.y() > px(EDGE_PX) + px(LANE_PX):
            return None
        return mark_near(self.shown_marks(), point.x(), px(SYMBOL_PX) / 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the playhead; a click on a mark goes to it exactly."""
        if event.button() is not Qt.MouseButton.LeftButton or self._session.trace is None:
            event.ignore()
            return
        mark = self._mark_at(event.position())
        self.setSliderDown(True)
        self.dragging_changed.emit(True)
        self._go(mark.first if mark else self.track().position_at(event.position().x()))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead, or say what lies under the mouse."""
        self._hover_x = event.position().x()
        if self.isSliderDown():
            self._go(self.track().position_at(event.position().x()))
        self._show_tip(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the playhead go where it is."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._let_go()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hover_x = None
        QToolTip.hideText()
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to whoever scrolls: a move by accident loses one's place."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by an event, by a larger step, or to an end."""
        trace, key = self._session.trace, event.key()
        if trace is None:
            return
        page = self.pageStep()
        steps = {
            Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: page, Qt.Key.Key_PageDown: -page,
        }  # fmt: skip
        if key in steps:
            self._session.step(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._session.seek(-1 if key == Qt.Key.Key_Home else len(trace) - 1)
        else:
            event.ignore()

    def _show_tip(self, event: QMouseEvent) -> None:
        trace = self._session.trace
        if trace is None:
            return
        mark = None if self.isSliderDown() else self._mark_at(event.position())
        position = mark.first if mark else self.track().position_at(event.position().x())
        self.setCursor(Qt.CursorShape.PointingHandCursor if mark else Qt.CursorShape.ArrowCursor)
        if self.rest_asked and position > self._session.position:
            QToolTip.showText(event.globalPosition().toPoint(), ASKED, self)
            return
        tip = tip_html(describe(trace, position, mark, self._session.covered))
        QToolTip.showText(event.globalPosition().toPoint(), tip, self)

    # -- painting -------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the run, and the playhead over it."""
        scene, track = self._drawn(), self.track()
        here = track.x_of(self._session.position)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(QRectF(0, 0, here, self.height()))
            painter.drawPixmap(0, 0, scene.past)
            rest = QRectF(here, 0, self.width() - here, self.height())
            painter.setClipRect(rest)
            if self.rest_asked:
                scene.draw_asked(painter, rest)
            else:
                painter.drawPixmap(0, 0, scene.future)
            painter.setClipping(False)
            if self._session.trace is not None:
                self._draw_playhead(painter, scene, here)
            if self.rest_asked:
                painter.setClipRect(QRectF(0, 0, here + scene.symbol_px, self.height()))
            painter.drawPixmap(0, 0, scene.symbols)

    def _draw_playhead(self, painter: QPainter, scene: ScrubberScene, here: float) -> None:
        theme, px = self._themes.theme, self._themes.metrics.chrome
        if self._hover_x is not None and not self.isSliderDown():
            painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(self._hover_x, scene.top), QPointF(self._hover_x, scene.line))
        painter.setPen(QPen(QColor(theme.text), px(2)))
        painter.drawLine(QPointF(here, scene.top), QPointF(here, scene.line))
        held = self._hover_x is not None or self.isSliderDown()
        radius = px(7) if held else px(6)
        painter.setPen(QPen(QColor(theme.window), px(2)))
        painter.setBrush(QColor(theme.text))
        painter.drawEllipse(QPointF(here, scene.line), radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            edge = px(2) / 2
            ring = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
            painter.drawRoundedRect(ring, px(7), px(7))
