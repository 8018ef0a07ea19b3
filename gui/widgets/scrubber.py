"""The whole run on one line: where the guard hit, how full the stack was, and the playhead."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from gui.geometry.scrubber import (
    HIT,
    STOP,
    WARNING,
    Mark,
    StackOutline,
    Track,
    large_step,
    mark_near,
    marker_lanes,
    marks,
    stack_outline,
)
from gui.theme import Role, Theme, mix

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.geometry.scrubber import Positions
    from gui.session import Session
    from gui.theme import ThemeManager

FRAME_MS = 16
"""While dragging the cursor moves at most once in this time."""

_LANE_PX, _OUTLINE_PX, _LINE_PX, _EDGE_PX, _SIDE_PX, _SYMBOL_PX = 14, 26, 4, 6, 12, 11
_NAMES = {
    HIT: ("guard hit", "guard hits"),
    WARNING: ("warning", "warnings"),
    STOP: ("end of the run", "ends"),
}


def event_label(trace: Trace, position: int) -> str:
    """Return which event a position is, counted from 1; 0 is the moment before the run."""
    return f"{position + 1:,} of {len(trace):,}"


def describe(trace: Trace, position: int, mark: Mark | None = None) -> list[str]:
    """Return what the scrubber says about a position: where it is, what happened, how full."""
    from core.trace.explain import explain  # noqa: PLC0415  (after the first paint)

    name = f"  {trace.function(position).name}" if position >= 0 else ""
    lines = [f"Event {event_label(trace, position)}{name}", explain(trace, position)]
    frames = trace.frames_at(position)
    if frames:
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
        self._outline: StackOutline | None = None
        self._lanes: Sequence[Positions] = ()
        self._scene: _Scene | None = None
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
        session.trace_changed.connect(self._take_trace)
        session.position_changed.connect(self._show_position)
        # A screen reader sets the value; the session's own moves come back as no change.
        self.valueChanged.connect(session.seek)
        themes.changed.connect(self._dress)
        self._take_trace()

    # -- what is shown --------------------------------------------------------------------

    def track(self) -> Track:
        """Return where the run lies in the widget as it is now."""
        side = self._themes.metrics.chrome(_SIDE_PX)
        trace = self._session.trace
        return Track(side, max(1, self.width() - 2 * side), len(trace) if trace else 0)

    def marks(self) -> list[Mark]:
        """Return the marks as they are drawn."""
        return self._drawn().marks

    def sizeHint(self) -> QSize:
        """Return the room for marks, outline, line and handle."""
        px = self._themes.metrics.chrome
        parts = (_EDGE_PX, _LANE_PX, _OUTLINE_PX, _LINE_PX, 2 * _EDGE_PX)
        return QSize(px(320), sum(px(part) for part in parts))

    def minimumSizeHint(self) -> QSize:
        """Return the height it needs; it can be narrow."""
        return QSize(self._themes.metrics.chrome(120), self.sizeHint().height())

    def _take_trace(self) -> None:
        trace = self._session.trace
        self._outline, self._scene, self._lanes = None, None, ()
        self._let_go()
        self.setEnabled(trace is not None)
        if trace is not None:
            self._lanes = marker_lanes(trace)
            # The position is set already: the new range must not move it.
            blocked = self.blockSignals(True)
            self.setRange(-1, len(trace) - 1)
            self.blockSignals(blocked)
            self.setPageStep(large_step(len(trace)))
            self._show_position(self._session.position)
        self.update()

    def _show_position(self, position: int) -> None:
        trace = self._session.trace
        if trace is None:
            return
        self.setValue(position)
        self.setAccessibleDescription(". ".join(describe(trace, position)[:2]))
        self.update()

    def _dress(self) -> None:
        self._scene = None
        self.updateGeometry()
        self.update()

    def _drawn(self) -> _Scene:
        """Return the parts that stay while the playhead moves, drawn for the size as it is."""
        key = (self.width(), self.devicePixelRatioF())
        if self._scene is None or self._scene.key != key:
            if self._outline is None and self._session.trace is not None:
                self._outline = stack_outline(self._session.trace)
            self._scene = _Scene(self, self._themes, self._lanes, self._outline)
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
        if self._session.trace is None or point.y() > px(_EDGE_PX) + px(_LANE_PX):
            return None
        return mark_near(self.marks(), point.x(), px(_SYMBOL_PX) / 2)

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
        head, *rest = describe(trace, position, mark)
        text = "<br>".join(map(escape, rest))
        tip = f"<p style='white-space:pre; margin:0'><b>{escape(head)}</b></p>{text}"
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
            painter.setClipRect(QRectF(here, 0, self.width() - here, self.height()))
            painter.drawPixmap(0, 0, scene.future)
            painter.setClipping(False)
            if self._session.trace is not None:
                self._draw_playhead(painter, scene, here)
            painter.drawPixmap(0, 0, scene.symbols)

    def _draw_playhead(self, painter: QPainter, scene: _Scene, here: float) -> None:
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


class _Scene:
    """What stays while the playhead moves: the outline, as played and as to come, and the marks."""

    def __init__(
        self,
        scrubber: Scrubber,
        themes: ThemeManager,
        lanes: Sequence[Positions],
        outline: StackOutline | None,
    ) -> None:
        self.key = (scrubber.width(), scrubber.devicePixelRatioF())
        self._size, self._ratio = scrubber.size(), scrubber.devicePixelRatioF()
        self._theme, self._px = themes.theme, themes.metrics.chrome
        self._track = scrubber.track()
        px = self._px
        self.top = float(px(_EDGE_PX))
        self._foot = self.top + px(_LANE_PX)
        self.line = self._foot + px(_OUTLINE_PX) + px(_LINE_PX) / 2
        self._columns = max(1, round(self._track.width * self._ratio))
        columns = max(1, round(self._track.width))
        self.marks = marks(self._track, lanes, columns, px(_SYMBOL_PX))
        theme, window = self._theme, self._theme.window
        self.past = self._drawn_outline(
            outline, mix(theme.accent, window, 0.35), mix(theme.accent, window, 0.55), theme.accent
        )
        self.future = self._drawn_outline(
            outline, mix(theme.muted, window, 0.2), mix(theme.muted, window, 0.36), theme.disabled
        )
        self.symbols = self._drawn_symbols()

    def _blank(self) -> QPixmap:
        image = QPixmap(self._size * self._ratio)
        image.setDevicePixelRatio(self._ratio)
        image.fill(Qt.GlobalColor.transparent)
        return image

    def _drawn_outline(
        self, outline: StackOutline | None, light: str, strong: str, line: str
    ) -> QPixmap:
        image, track = self._blank(), self._track
        with QPainter(image) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            if outline is not None and outline.peak:
                least, most = outline.columns(self._columns)
                for heights, colour in ((most, light), (least, strong)):
                    painter.setBrush(QColor(colour))
                    painter.drawRects(self._bars(heights, outline.peak))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(line))
            thick = self._px(_LINE_PX)
            bar = QRectF(track.left, self.line - thick / 2, track.width, thick)
            painter.drawRoundedRect(bar, thick / 2, thick / 2)
        return image

    def _bars(self, heights: list[int], peak: int) -> list[QRectF]:
        step, left = self._track.width / len(heights), self._track.left
        room = self._px(_OUTLINE_PX)
        tall = ((at, room * height / peak) for at, height in enumerate(heights))
        return [QRectF(left + at * step, self.line - h, step, h) for at, h in tall if h]

    def _drawn_symbols(self) -> QPixmap:
        image = self._blank()
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for mark in self.marks:
                self._draw_mark(painter, mark, _role_of(self._theme, mark.lane))
        return image

    def _draw_mark(self, painter: QPainter, mark: Mark, role: Role) -> None:
        px, colour = self._px, QColor(role.colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if mark.bar:
            height = px(_LANE_PX - 2) * mark.bar
            wide = max(1.0, min(float(px(4)), mark.room * 0.5))
            # A lane full of bars must not outshine the run itself.
            painter.setBrush(QColor(mix(role.colour, self._theme.window, 0.75)))
            painter.drawRect(QRectF(mark.x - wide / 2, self._foot - px(2) - height, wide, height))
            return
        stem = QColor(role.colour)
        stem.setAlpha(90)
        painter.fillRect(QRectF(mark.x - 0.5, self._foot - px(2), 1, self.line - self._foot), stem)
        middle, half = self.top + px(_LANE_PX) / 2 - px(1), px(_SYMBOL_PX) / 2
        # A rim in the colour behind keeps a symbol apart from bars and symbols under it.
        painter.setPen(QPen(QColor(self._theme.window), px(2)))
        if mark.lane == STOP:
            arm = half * 0.8
            for pen in (QPen(QColor(self._theme.window), px(6)), QPen(colour, px(3))):
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                for way in (1, -1):
                    painter.drawLine(
                        QPointF(mark.x - arm, middle - way * arm),
                        QPointF(mark.x + arm, middle + way * arm),
                    )
        else:
            corners = _DIAMOND if mark.lane == HIT else _TRIANGLE
            shape = [QPointF(mark.x + x * half, middle + y * half) for x, y in corners]
            painter.drawPolygon(QPolygonF(shape))


_DIAMOND = ((0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0))
_TRIANGLE = ((0.0, -1.1), (1.2, 0.95), (-1.2, 0.95))


def _role_of(theme: Theme, lane: int) -> Role:
    return {HIT: theme.role("guard"), WARNING: theme.warning, STOP: theme.danger}[lane]
