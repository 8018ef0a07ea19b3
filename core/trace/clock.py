"""The time of many positions at once, and the way back: simulated, or as it was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK
from core.trace.index import Positions

if TYPE_CHECKING:
    from core.trace.trace import Trace

_BLOCK_EVENTS = 32
_CHUNK_EVENTS = 1 << 20
_CHUNK_POSITIONS = 1 << 14
Times = npt.NDArray[np.int64]


class Clock(Protocol):
    """Nanoseconds after each event; the clock is 0 before the first."""

    @property
    def end_ns(self) -> int:
        """The time after the last event."""

    @property
    def nbytes(self) -> int:
        """Memory of the index in bytes."""

    def __len__(self) -> int: ...

    def at(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return the time after each of some events; position -1 is the moment before the run."""

    def begins(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return when some events began: a simulated one takes time, a recorded one none."""

    def positions_at(self, times: Times) -> Positions:
        """Return the last position at or before each of some times; -1 before the first event."""

    def all(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return the time after each of many rising positions; one pass over all events."""


class RecordedClock:
    """The clock of a recording: a column of times.

    Args:
        times_ns: When each event happened, never falling.
    """

    nbytes = 0  # the column is the trace's own

    def __init__(self, times_ns: Times) -> None:
        self._times = times_ns

    def __len__(self) -> int:
        return len(self._times)

    @property
    def end_ns(self) -> int:
        """The time after the last event."""
        return int(self._times[-1]) if len(self._times) else 0

    def at(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return the time after each of some events; position -1 is the moment before them."""
        positions = np.asarray(positions, np.int64)
        if not len(self._times):
            return np.zeros(len(positions), np.int64)
        return np.where(positions < 0, 0, self._times[np.maximum(positions, 0)])

    def begins(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return when some events began: they take no time."""
        return self.at(positions)

    def positions_at(self, times: Times) -> Positions:
        """Return the last position at or before each of some times; -1 before the first event."""
        found = np.searchsorted(self._times, np.asarray(times, np.int64), side="right") - 1
        return found.astype(np.int32)

    def all(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return the time after each of many rising positions."""
        return self.at(positions)


class SummedClock:
    """The simulated clock: what each event costs, summed up.

    It keeps the time at every 32nd event (a quarter of a byte an event) and sums the rest when it
    is asked.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self._codes = trace.codes
        self._costs = np.array([site.cost_ns for site in trace.sites], np.int64)
        self._starts = self._block_starts()

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def end_ns(self) -> int:
        """The time after the last event."""
        return int(self._starts[-1])

    @property
    def nbytes(self) -> int:
        """Memory of the index in bytes."""
        return int(self._starts.nbytes)

    def _block_starts(self) -> Times:
        """The time before the first event of each block, and the time at the end."""
        sums = [np.zeros(1, np.int64)]
        for start in range(0, len(self._codes), _CHUNK_EVENTS):
            costs = self._costs[self._codes[start : start + _CHUNK_EVENTS] & SITE_MASK]
            sums.append(np.add.reduceat(costs, np.arange(0, len(costs), _BLOCK_EVENTS)))
        return np.cumsum(np.concatenate(sums), dtype=np.int64)

    def at(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return the time after each of some events; position -1 is the moment before the run."""
        after = np.asarray(positions, np.int64) + 1
        if len(after) * _BLOCK_EVENTS > len(self) and bool((after[1:] >= after[:-1]).all()):
            return self._in_one_pass(after)
        parts = range(0, len(after), _CHUNK_POSITIONS)
        return np.concatenate(
            [
                np.empty(0, np.int64),
                *(self._looked_up(after[at : at + _CHUNK_POSITIONS]) for at in parts),
            ]
        )

    def begins(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return when some events began: where the one before was over."""
        return self.at(np.asarray(positions, np.int64) - 1)

    def _in_one_pass(self, after: npt.NDArray[np.int64]) -> Times:
        before = int(np.searchsorted(after, 1))
        return np.concatenate((np.zeros(before, np.int64), self.all(after[before:] - 1)))

    def _looked_up(self, after: npt.NDArray[np.int64]) -> Times:
        block = after // _BLOCK_EVENTS
        within = self._within(block)[np.arange(len(block)), after % _BLOCK_EVENTS]
        return self._starts[block] + within

    def _within(self, block: npt.NDArray[np.int64]) -> Times:
        """The time from a block's start to each of its events' starts, shape (n, 33)."""
        events = block[:, None] * _BLOCK_EVENTS + np.arange(_BLOCK_EVENTS)
        inside = events < len(self._codes)
        sites = self._codes[np.where(inside, events, 0)] & SITE_MASK if len(self._codes) else 0
        costs = np.where(inside, self._costs[sites] if len(self._codes) else 0, 0)
        return np.concatenate(
            (np.zeros((len(block), 1), np.int64), np.cumsum(costs, axis=1)), axis=1
        )

    def positions_at(self, times: Times) -> Positions:
        """Return the last position at or before each of some times; -1 before the first event."""
        times = np.asarray(times, np.int64)
        # Blocks begin strictly later or at the same time where all events of one cost nothing.
        block = np.clip(np.searchsorted(self._starts, times, side="right") - 1, 0, None)
        block = np.minimum(block, max(0, (len(self._codes) - 1) // _BLOCK_EVENTS))
        left = times - self._starts[block]
        passed = (self._within(block)[:, 1:] <= left[:, None]).sum(axis=1)
        found = np.minimum(block * _BLOCK_EVENTS + passed, len(self._codes)) - 1
        return np.asarray(np.where(times < 0, -1, found), np.int32)

    def all(self, positions: Positions | npt.NDArray[np.int64]) -> Times:
        """Return the time after each of many rising positions; one pass over all events."""
        times = np.empty(len(positions), np.int64)
        for start in range(0, len(self._codes), _CHUNK_EVENTS):
            end = min(start + _CHUNK_EVENTS, len(self._codes))
            first, last = np.searchsorted(positions, np.array([start, end], positions.dtype))
            if first == last:
                continue
            costs = self._costs[self._codes[start:end] & SITE_MASK]
            after = np.cumsum(costs) + self._starts[start // _BLOCK_EVENTS]
            times[first:last] = after[positions[first:last] - start]
        return times
