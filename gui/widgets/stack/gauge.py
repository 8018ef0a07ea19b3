"""The stack gauge: how much of THREAD_SIZE is in use, by whom, and how much it was at most.

It fills from the top downward, as the call stack beside it grows.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QHelpEvent,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.lesson.covered import BYTES
from gui.covered import ASKED
from gui.geometry.easing import approach
from gui.geometry.gauge import Scale, segments
from gui.widgets.in_sight import InSight
from gui.widgets.stack.gauge_paint import GaugeStyle, paint_gauge
from gui.widgets.stack.motion import TAU_MS
from gui.widgets.stack.reading import PeakSoFar, Reading
from gui.widgets.stack.words import plural

if TYPE_CHECKING:
    from gui.session import Session
    from gui.theme import ThemeManager

TICK_MS = 16
BURST_MS = 700
"""How long an overflow bursts."""
LONG_AGO_MS = -1e9
_NEAR_BYTES = 4.0


class GaugeView(QWidget):
    """How full the stack of the running task is at the cursor.

    Args:
        session: What is shown; the view hears its signals.
        theme_manager: Theme, scale and motion in force.
        clock: Seconds; only differences count.
        parent: The Qt parent.
    """

    def __init__(
        self,
        session: Session,
        theme_manager: ThemeManager,
        clock: Callable[[], float] = monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._themes, self._clock = session, theme_manager, clock
        self._style = GaugeStyle(theme_manager.theme, theme_manager.metrics)
        self._reading = Reading()
        self._peaks: PeakSoFar | None = None
        self._stale, self._missed = True, False
        self._shown_bytes = 0.0
        self._ticked_ms = self._burst_ms = LONG_AGO_MS
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Stack gauge")
        session.trace_changed.connect(self._trace_changed)
        in_sight = InSight(self)
        for changed in (session.trace_changed, session.position_changed, session.covered.changed):
            changed.connect(self._outdate)
            in_sight.connect_to(changed, self._moment_changed)
        theme_manager.changed.connect(self._dress)

    # -- what is shown ------------------------------------------------------------------------

    @property
    def reading(self) -> Reading:
        """What the gauge says at the cursor."""
        if self._stale:
            self._refresh()
            self.settle()
        return self._reading

    @property
    def moving(self) -> bool:
        """Whether the fill is on its way; the view ticks only then."""
        return self._timer.isActive()

    def settle(self) -> None:
        """Let the fill be where it belongs, at once."""
        self._shown_bytes = float(self._reading.used_bytes)
        self._burst_ms = LONG_AGO_MS
        self._timer.stop()
        self.update()

    def _trace_changed(self) -> None:
        self._peaks = None

    def _outdate(self) -> None:
        self._stale = True
        self._missed = self._missed or not self.isVisible()

    def _moment_changed(self) -> None:
        if self._missed or not (self._stale and self.isVisible()):
            return  # what nobody saw is made up for when it is shown, and does not slide
        self._refresh()
        if not self._themes.motion:
            self.settle()
            return
        if not self._timer.isActive() and self._needs_ticks():
            self._ticked_ms = self._now_ms()
            self._timer.start()
        self.update()

    def _refresh(self) -> None:
        self._stale = self._missed = False
        overflowed = self._reading.overflowed
        self._reading = self._read()
        if self._reading.overflowed and not overflowed:
            self._burst_ms = self._now_ms()
        self.setAccessibleDescription(self._reading.describe())

    def _read(self) -> Reading:
        state, trace = self._session.state(), self._session.trace
        if state is None or trace is None or trace.info.recording is not None:
            return Reading()  # what was recorded has no bytes to add up
        if self._peaks is None:
            self._peaks = PeakSoFar(trace)
        info = trace.info
        return Reading(
            frames=tuple((f.function.subsystem, f.function.stack_bytes) for f in state.frames),
            used_bytes=state.stack_bytes,
            peak_bytes=self._peaks.at(state.position, state.task),
            thread_bytes=info.thread_bytes,
            reserved_bytes=info.reserved_bytes,
            borrowed=bool(info.layout.borrowed_for),
            asked=BYTES in self._session.covered,
        )

    # -- motion -------------------------------------------------------------------------------

    def _now_ms(self) -> float:
        return self._clock() * 1000

    def _needs_ticks(self) -> bool:
        bursting = self._now_ms() - self._burst_ms < BURST_MS
        return bursting or self._shown_bytes != self._reading.used_bytes

    def tick(self) -> None:
        """Move the fill to where the clock says it is; stop where it has arrived."""
        now = self._now_ms()
        self._shown_bytes = approach(
            self._shown_bytes, self._reading.used_bytes, now - self._ticked_ms, TAU_MS, _NEAR_BYTES
        )
        self._ticked_ms = now
        if not self._needs_ticks():
            self._timer.stop()
        self.update()

    # -- Qt -----------------------------------------------------------------------------------

    def _dress(self) -> None:
        self._style = GaugeStyle(self._themes.theme, self._themes.metrics)
        self.updateGeometry()
        if not self._themes.motion:
            self.settle()
        self.update()

    def scale(self) -> Scale:
        """Return the bar's scale at the present size."""
        top, height = self._style.parts(self.height()).bar
        return Scale(top, height, self._reading.thread_bytes)

    def draw(self, painter: QPainter) -> None:
        """Draw the view as it is now: on the screen or into an image."""
        reading = self.reading
        since_burst = (self._now_ms() - self._burst_ms) / BURST_MS
        burst = min(1.0, since_burst) if reading.overflowed else 0.0
        paint_gauge(painter, self._style, self.size(), reading, self._shown_bytes, burst)

    def event(self, event: QEvent) -> bool:
        """Show whose bytes are under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tip = self.tip_at(event.pos().y())
            QToolTip.showText(event.globalPos(), tip, self) if tip else QToolTip.hideText()
            return True
        return super().event(event)

    def tip_at(self, y_px: float) -> str:
        """Return what lies at a height of the bar, in words."""
        reading, scale = self.reading, self.scale()
        if reading.asked:
            return ASKED
        at_bytes = scale.bytes_at(y_px)
        for part in segments(reading.frames):
            if part.start_bytes <= at_bytes < part.end_bytes:
                label = self._themes.theme.role(part.subsystem).label
                size = part.end_bytes - part.start_bytes
                return f"{label}: {plural(size, 'byte')} in {plural(part.n_frames, 'frame')}"
        if reading.reserved_bytes and reading.room_bytes <= at_bytes <= reading.thread_bytes:
            return reading.reserved_words()
        if 0 <= at_bytes < reading.room_bytes:
            return f"{reading.room_bytes - reading.used_bytes:,} bytes free"
        return ""

    def sizeHint(self) -> QSize:
        """Return room for the bar and its labels."""
        px = self._themes.metrics.px
        return QSize(self._style.width_px, px(640))

    def minimumSizeHint(self) -> QSize:
        """Return room for the bar and its labels, and a bar that can be read."""
        px = self._themes.metrics.px
        return QSize(self._style.width_px, min(px(260), 420))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Let the fill be where it belongs in the new size."""
        self._shown_bytes = float(self._reading.used_bytes)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the cursor."""
        super().showEvent(event)
        if self._stale:
            self._refresh()
            self.settle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing move that nobody sees."""
        super().hideEvent(event)
        self.settle()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the view."""
        with QPainter(self) as painter:
            self.draw(painter)
