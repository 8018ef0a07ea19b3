"""A place in a run, or in several at once, and every way to move: all of them end in ``seek``."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gui.covered import Covered

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Places = npt.NDArray[np.signedinteger[Any]]


class Cursor(QObject):
    """Where one is. What is moved in has a length; position -1 is before its first place.

    Attributes:
        trace: What is moved in, None where nothing is open.
        position: Where the cursor is.
        essential_only: Whether steps are events of the mail's chain.
        covered: What is not to be said for the moment.

    Signals:
        trace_changed: Another run is at hand; the position is set already.
        position_changed: The cursor moved; carries the position.
        essential_changed: "Essential frames only" was switched.
    """

    trace_changed = Signal()
    position_changed = Signal(int)
    essential_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trace: Sized | None = None
        self.position = -1
        self.essential_only = False
        self.covered = Covered(self)

    # -- what a kind of cursor knows ------------------------------------------------------

    def _markers(self) -> Places:
        """Return the places worth a jump, rising. There is something to move in."""
        raise NotImplementedError

    def _essential(self) -> Places:
        """Return the places at which something happens in the mail's chain, rising."""
        raise NotImplementedError

    def _stepped(self, name: str) -> int:
        """Return where a step of ``core.trace.stepping`` leads."""
        raise NotImplementedError

    def _left(self) -> None:
        """Forget what was known about the place that was left."""

    # -- moving ---------------------------------------------------------------------------

    def seek(self, position: int) -> None:
        """Move the cursor; every way to move ends here. Out of range is brought into range."""
        if self.trace is None:
            return
        position = max(-1, min(position, len(self.trace) - 1))
        if position != self.position:
            self.position = position
            self._left()
            self.position_changed.emit(position)

    def step(self, count: int) -> None:
        """Move by so many events; with "essential frames only", by events of those frames."""
        self.seek(self.position_after(count))

    def position_after(self, count: int) -> int:
        """Return where ``step`` would go; it may lie outside of the run."""
        if self.trace is not None and self.essential_only:
            return self._essential_step(count)
        return self.position + count

    def _essential_step(self, count: int) -> int:
        places = self._essential()
        if not len(places):
            return self.position
        at = int(places.searchsorted(places.dtype.type(self.position), side="left"))
        if count > 0 and (at == len(places) or int(places[at]) != self.position):
            at -= 1
        target = at + count
        if target < 0:
            return -1
        return int(places[min(target, len(places) - 1)])

    def set_essential_only(self, on: bool) -> None:
        """Show only the functions of the mail's chain, or all of them."""
        if on != self.essential_only:
            self.essential_only = on
            self.essential_changed.emit(on)

    def seek_fraction(self, tenths: int) -> None:
        """To so many tenths of the run."""
        if self.trace is not None:
            self.seek(len(self.trace) * tenths // 10 - (tenths == 0))

    # -- markers --------------------------------------------------------------------------

    def next_marker(self) -> None:
        """To the next short-circuit, warning or end."""
        if self.trace is not None:
            later = self._markers()
            later = later[later > self.position]
            self.seek(int(later[0]) if len(later) else len(self.trace) - 1)

    def previous_marker(self) -> None:
        """To the short-circuit, warning or end before."""
        if self.trace is not None:
            earlier = self._markers()
            earlier = earlier[earlier < self.position]
            self.seek(int(earlier[-1]) if len(earlier) else -1)

    # -- moving as a debugger does ----------------------------------------------------------

    def step_in(self) -> None:
        """To the next call or return."""
        self._step_with("step_in")

    def step_over(self) -> None:
        """To the next event of this function."""
        self._step_with("step_over")

    def step_out(self) -> None:
        """To where this function has returned."""
        self._step_with("step_out")

    def step_in_back(self) -> None:
        """To the call or return before."""
        self._step_with("step_in_back")

    def step_over_back(self) -> None:
        """To the event before in this function."""
        self._step_with("step_over_back")

    def step_out_back(self) -> None:
        """To before this function was called."""
        self._step_with("step_out_back")

    def _step_with(self, name: str) -> None:
        if self.trace is not None:
            self.seek(self._stepped(name))
