"""What part of a run is in view: one zoom for the timeline, its overview and the plots under it."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from gui.geometry.axis import View

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.session import Session

Mode = Literal["order", "time"]
LEAST_EVENTS = 4.0
"""The closest one can look: so many events over the whole width."""
_HISTORY = 64
GLIDE_MS = 700
"""Steps that follow each other faster are one move: one goes back before all of them at once."""
_TAIL_SHARE = 1 / 400
"""Room after the last moment on the axis of time, as a share of it: the end is a moment too."""


class Viewport(QObject):
    """The visible part of the session's run, on an axis of events or of simulated time.

    In the order of events, event p takes the place from p to p + 1, and the moment before the
    run, position -1, the place before 0. On the axis of time a moment lasts from its event to the
    next one, in nanoseconds.

    Args:
        session: Whose run is looked at.
        parent: The Qt parent.

    Signals:
        changed: Another part is in view, or another axis.
        crosshair_moved: The value under the mouse changed.
    """

    changed = Signal()
    crosshair_moved = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.mode: Mode = "order"
        self._trace: Trace | None = None
        self._history: list[tuple[int, int]] = []
        self.bounds = self.view = View(-1.0, 1.0)
        self.crosshair: float | None = None
        self._gliding = QTimer(self, singleShot=True, interval=GLIDE_MS)
        session.trace_changed.connect(self._take_trace)
        self._take_trace()

    # -- the axis -------------------------------------------------------------------------

    def value_of(self, position: int) -> float:
        """Return where a position's place begins."""
        if self.mode == "order" or self._trace is None:
            return float(position)
        return float(self._trace.clock_ns(position)) if position >= 0 else self.bounds.first

    def values_of(self, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """Return where the places of some positions begin."""
        if self.mode == "order" or self._trace is None:
            return positions.astype(np.float64)
        return self._trace.clock.at(positions).astype(np.float64)

    def cell(self, position: int) -> tuple[float, float]:
        """Return where a position's place begins and ends."""
        last = len(self._trace or ()) - 1
        end = self.bounds.last if position >= last else self.value_of(position + 1)
        return self.value_of(position), end

    def middle_of(self, position: int) -> float:
        """Return the middle of a position's place: where the playhead stands."""
        first, last = self.cell(position)
        return (first + last) / 2

    def position_at(self, value: float) -> int:
        """Return the position whose place holds a value; the first or last one beyond the ends."""
        trace = self._trace
        if trace is None:
            return -1
        if self.mode == "order":
            return max(-1, min(floor(value), len(trace) - 1))
        return int(trace.clock.positions_at(np.array([max(-1.0, value)], np.int64))[0])

    @property
    def least_width(self) -> float:
        """The smallest part that can be looked at, in units of the axis."""
        return LEAST_EVENTS

    # -- moving the view ------------------------------------------------------------------

    def set_mode(self, mode: str) -> None:
        """Change to the "order" of events or to "time"; the same events stay in view."""
        chosen: Mode = "time" if mode == "time" else "order"
        if chosen == self.mode:
            return
        seen = self.seen
        self.mode = chosen
        self.bounds = self._whole()
        self.view = self._view_of(*seen)
        self.changed.emit()

    @property
    def seen(self) -> tuple[int, int]:
        """The first and the last position in view."""
        first, last = self.position_at(self.view.first), self.position_at(self.view.last)
        # What begins just where the view ends is not in it.
        begins_after = last > first and self.value_of(last) >= self.view.last
        return first, last - 1 if begins_after else last

    def zoom(self, factor: float, at: float) -> None:
        """Show ``factor`` times as much; the value ``at`` stays where it is."""
        self._glide(self.view.zoomed(factor, at))

    def pan(self, share: float) -> None:
        """Move by a share of what is in view."""
        self._glide(self.view.panned(share))

    def move_to(self, first: float) -> None:
        """Move so that the view begins at a value."""
        self._glide(View(first, first + self.view.width))

    def drag_to(self, first: float, last: float) -> None:
        """Show a part of the axis that is still being dragged."""
        self._glide(View(first, last))

    def show(self, first: float, last: float, *, remember: bool = True) -> None:
        """Show a part of the axis; ``back`` returns to what was in view."""
        if remember:
            self._remember()
        self._look(View(first, last))

    def _glide(self, view: View) -> None:
        """Take a small step of many: ``back`` returns to what was in view before all of them."""
        if not self._gliding.isActive():
            self._remember()
        self._look(view)
        self._gliding.start()

    def show_positions(self, first: int, last: int, *, margin: float = 0.0) -> None:
        """Show some events, with a share of their width left free on both sides."""
        start, end = self.value_of(first), self.cell(last)[1]
        free = (end - start) * margin
        self.show(start - free, end + free)

    def fit(self) -> None:
        """Show the whole run."""
        if self.view != self.bounds:
            self._remember()
            self._look(self.bounds)

    def back(self) -> bool:
        """Go back to what was in view before the last jump; False where there was none."""
        self._gliding.stop()
        while self._history:
            view = self._view_of(*self._history.pop())
            if view != self.view:
                self._look(view)
                return True
        if self.view != self.bounds:
            self._look(self.bounds)
            return True
        return False

    def reveal(self, position: int) -> None:
        """Move as little as needed to have a position in view."""
        first, last = self.cell(position)
        if last <= self.view.first or first >= self.view.last:
            middle, half = (first + last) / 2, self.view.width / 2
            self._look(View(middle - half, middle + half))

    def set_crosshair(self, value: float | None) -> None:
        """Say what value is under the mouse, None where it is elsewhere."""
        if value != self.crosshair:
            self.crosshair = value
            self.crosshair_moved.emit()

    def _remember(self) -> None:
        # Positions and not values: the axis may change in between.
        self._gliding.stop()
        self._history.append(self.seen)
        del self._history[:-_HISTORY]

    def _look(self, view: View) -> None:
        view = view.within(self.bounds, min(self.least_width, self.bounds.width))
        if view != self.view:
            self.view = view
            self.changed.emit()

    def _view_of(self, first: int, last: int) -> View:
        # The run may have become shorter since.
        end = len(self._trace or ()) - 1
        first, last = min(first, end), min(last, end)
        view = View(self.value_of(first), self.cell(last)[1])
        return view.within(self.bounds, min(self.least_width, self.bounds.width))

    def _take_trace(self) -> None:
        """Look at another run: all of it, or the same events where it tells the same story."""
        old, trace = self._trace, self._session.trace
        whole_before = self.view == self.bounds
        seen = self.seen
        self._trace = trace
        self.bounds = self._whole()
        same = old is not None and trace is not None and old.info.scenario == trace.info.scenario
        if same and trace is not None and not whole_before and seen[0] < len(trace) - 1:
            self.view = self._view_of(*seen)
        else:
            self.view = self.bounds
            self._history.clear()
        self.crosshair = None
        self.changed.emit()

    def _whole(self) -> View:
        events = len(self._trace or ())
        if self.mode == "order" or self._trace is None:
            return View(-1.0, max(1.0, float(events)))
        end = self._trace.clock.end_ns
        return View(-max(1.0, end * _TAIL_SHARE), end + max(1.0, end * _TAIL_SHARE))
