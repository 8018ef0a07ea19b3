"""A clock that calls session.seek.

Moments differ in weight: a short-circuit is held, the frames of a walk go by. The clock is handed
in, so that tests need not sleep.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.trace.events import Kind
from gui.session import Session

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 1024.0, 8192.0)
"""Factors on the events a second below."""

EVENTS_A_SECOND = 3.0
TICK_MS = 16

HOLD = {
    Kind.SHORT_CIRCUITED: 7.0,
    Kind.STOPPED: 6.0,
    Kind.WARNED: 4.0,
    Kind.FRAME_UNWOUND: 0.35,
    Kind.RETURNED: 0.6,
}
"""How long a moment is held, 1 being an ordinary event."""

_HELD_UP_TO_SPEED = 16.0
"""Above this factor every event counts the same: nobody reads single ones."""

Clock = Callable[[], float]


class Playback(QObject):
    """Plays the session's trace.

    Signals:
        playing_changed: Whether it plays.
        speed_changed: The factor on the ordinary pace.
    """

    playing_changed = Signal(bool)
    speed_changed = Signal(float)

    def __init__(
        self, session: Session, clock: Clock = monotonic, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._clock = clock
        self._speed = SPEEDS.index(1.0)
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        session.trace_changed.connect(self.pause)

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        """The factor on the ordinary pace."""
        return SPEEDS[self._speed]

    def toggle(self) -> None:
        """Play or pause; at the end, play from the start."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Play on from the cursor, or from the start where the cursor is at the end."""
        trace = self._session.trace
        if trace is None or self.playing:
            return
        if self._session.position >= len(trace) - 1:
            self._session.seek(-1)
        self._due = self._clock() + self._hold(self._session.position)
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop playing; the cursor stays."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def faster(self) -> None:
        """Take the next higher speed."""
        self._set_speed(self._speed + 1)

    def slower(self) -> None:
        """Take the next lower speed."""
        self._set_speed(self._speed - 1)

    def set_speed(self, factor: float) -> None:
        """Take the speed nearest to a factor."""
        nearest = min(range(len(SPEEDS)), key=lambda at: abs(SPEEDS[at] - factor))
        self._set_speed(nearest)

    def _set_speed(self, at: int) -> None:
        at = max(0, min(at, len(SPEEDS) - 1))
        if at != self._speed:
            self._speed = at
            self._due = min(self._due, self._clock() + self._hold(self._session.position))
            self.speed_changed.emit(self.speed)

    def tick(self) -> None:
        """Move the cursor to where the clock says it should be."""
        trace = self._session.trace
        if trace is None:
            return
        now = self._clock()
        if self.speed > _HELD_UP_TO_SPEED:
            self._skip_ahead(now)
        else:
            while now >= self._due and self._session.position < len(trace) - 1:
                self._session.step(1)
                self._due += self._hold(self._session.position)
        if self._session.position >= len(trace) - 1:
            self.pause()

    def _skip_ahead(self, now: float) -> None:
        behind = now - self._due
        if behind >= 0:
            pace = EVENTS_A_SECOND * self.speed
            events = 1 + int(behind * pace)
            self._session.step(events)
            self._due += events / pace

    def _hold(self, position: int) -> float:
        """How long a moment is held, in seconds."""
        trace = self._session.trace
        weight = 1.0
        if trace is not None and position >= 0 and self.speed <= _HELD_UP_TO_SPEED:
            weight = HOLD.get(trace.kind(position), 1.0)
        return weight / (EVENTS_A_SECOND * self.speed)
