"""A clock that calls session.seek.

Moments differ in weight: a short-circuit is held, the frames of a walk go by. Playing goes either
way and stops at the session's stops, however fast it is. The clock is handed in, so that tests need
not sleep.
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
        direction_changed: 1 where it plays on, -1 where it plays back.
        speed_changed: The factor on the ordinary pace.
        stopped_at: It has stopped at a stop; carries the position and the ``Stop``.
    """

    playing_changed = Signal(bool)
    direction_changed = Signal(int)
    speed_changed = Signal(float)
    stopped_at = Signal(int, object)

    def __init__(
        self, session: Session, clock: Clock = monotonic, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._clock = clock
        self._speed = SPEEDS.index(1.0)
        self._direction = 1
        self._due = 0.0
        self._end: int | None = None
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
    def direction(self) -> int:
        """1 where it plays on or would, -1 where it plays back or did so last."""
        return self._direction

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

    def toggle_back(self) -> None:
        """Play back, turning round if it plays on; pause where it plays back already."""
        if self.playing and self._direction < 0:
            self.pause()
        else:
            self.play_back()

    def play(self) -> None:
        """Play on from the cursor, or from the start where the cursor is at the end."""
        self._start(1)

    def play_to(self, position: int) -> None:
        """Play on to a position and pause there, whatever stops lie on the way."""
        self.pause()
        if position > self._session.position:
            self._end = position
            self._start(1)

    def play_back(self) -> None:
        """Play back from the cursor, or from the end where the cursor is at the start."""
        self._start(-1)

    def resume(self) -> None:
        """Play the way it played last."""
        self._start(self._direction)

    def _start(self, direction: int) -> None:
        trace = self._session.trace
        if trace is None or (self.playing and direction == self._direction):
            return
        if direction != self._direction:
            self._direction = direction
            self.direction_changed.emit(direction)
        if self._at_end():
            self._session.seek(-1 if direction > 0 else len(trace) - 1)
        self._due = self._clock() + self._hold(self._session.position)
        if not self.playing:
            self._timer.start()
            self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop playing; the cursor stays."""
        self._end = None
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
        if self._session.trace is None:
            return
        now = self._clock()
        if self.speed > _HELD_UP_TO_SPEED:
            self._skip_ahead(now)
        else:
            while now >= self._due and self._advance(1):
                self._due += self._hold(self._session.position)
        if self._at_end():
            self.pause()

    def _skip_ahead(self, now: float) -> None:
        behind = now - self._due
        if behind >= 0:
            pace = EVENTS_A_SECOND * self.speed
            events = 1 + int(behind * pace)
            self._advance(events)
            self._due += events / pace

    def _advance(self, events: int) -> bool:
        """Move on by so many events, to the first stop at most; False where it is over."""
        here, (there, stopped) = self._session.position, self._destination(events)
        self._session.seek(there)
        if stopped:
            self.pause()
            self.stopped_at.emit(there, self._session.stops.at(there))
        return there != here and not stopped

    def _destination(self, events: int) -> tuple[int, bool]:
        """Return where so many events lead to, and whether that is a stop."""
        session, way = self._session, self._direction
        here, end = session.position, len(session.trace or ()) - 1 if way > 0 else -1
        there = session.position_after(way * events)
        there = min(there, end) if way > 0 else max(there, end)
        goes_on = (there - here) * way > 0
        if self._end is not None and way > 0:
            return min(there if goes_on else end, max(here, self._end)), False
        stop = session.stops.next(here) if way > 0 else session.stops.previous(here)
        # After the last essential event only a stop can lie further on.
        if stop is not None and ((there if goes_on else end) - stop) * way >= 0:
            return stop, True
        return there if goes_on else here, False

    def _at_end(self) -> bool:
        return self._destination(1)[0] == self._session.position

    def _hold(self, position: int) -> float:
        """How long a moment is held, in seconds."""
        trace = self._session.trace
        weight = 1.0
        if trace is not None and position >= 0 and self.speed <= _HELD_UP_TO_SPEED:
            weight = HOLD.get(trace.kind(position), 1.0)
        return weight / (EVENTS_A_SECOND * self.speed)
