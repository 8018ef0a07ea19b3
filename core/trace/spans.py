"""What lies between two events of a task: its own events, their time, the frames they unwound."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions

if TYPE_CHECKING:
    from core.trace.trace import Trace

Numbers = npt.NDArray[np.int64]

_CHUNK_EVENTS = 1 << 16
_FRAME_BITS = 44
"""A piece's frames are summed above its time: one running sum for both. 65,536 events of up to
2^28 ns each stay below."""


class Amounts(NamedTuple):
    """Events, simulated ns and unwound frames, a column each."""

    events: Numbers
    ns: Numbers
    frames: Numbers


class OwnTime:
    """Sums over the events of one task, whatever other tasks did in between.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        costs = np.array([site.cost_ns for site in trace.sites], np.int64)
        frames = trace.site_kinds == Kind.FRAME_UNWOUND
        self._weights = costs + (frames.astype(np.int64) << _FRAME_BITS)

    def between(self, first: Positions, last: Positions, task: npt.NDArray[np.int32]) -> Amounts:
        """Return what tasks did in some spans.

        Args:
            first: The first event of each span, int32.
            last: The last event of each, int32.
            task: Whose events count, int32.
        """
        both = np.concatenate((first - np.int32(1), last))
        sums = self._up_to(both)
        whose = np.concatenate((task, task))
        if len(self._trace.task_switches) > 1:
            sums = self._without_others(both, whose, sums)
        n = len(first)
        found = Amounts(*(column[n:] - column[:n] for column in sums))
        if self._trace.times_ns is not None:
            # What was recorded is how long a span took, whatever ran meanwhile.
            clock = self._trace.clock
            found = found._replace(ns=clock.at(last) - clock.begins(first))
        return found

    def _up_to(self, positions: Positions) -> Amounts:
        """What all tasks did up to each position; -1 is the moment before the run."""
        order = np.argsort(positions, kind="stable")
        rising = positions[order]
        fresh = np.ones(len(rising), np.bool_)
        fresh[1:] = rising[1:] != rising[:-1]
        ns, frames = self._before(rising[fresh].astype(np.int64) + 1)
        place = np.empty(len(order), np.int64)
        place[order] = np.cumsum(fresh) - 1
        return Amounts(positions.astype(np.int64) + 1, ns[place], frames[place])

    def _before(self, borders: Numbers) -> tuple[Numbers, Numbers]:
        """The time and the frames of all events before each border; borders rise.

        Stretches between borders are summed, not every event: that is twice as fast.
        """
        sums: Numbers = np.empty(len(borders), np.int64)
        counts: Numbers = np.empty(len(borders), np.int64)
        ns = frames = 0
        mask = (1 << _FRAME_BITS) - 1
        codes = self._trace.codes
        for start in range(0, len(codes), _CHUNK_EVENTS):
            sites = codes[start : start + _CHUNK_EVENTS] & np.uint32(SITE_MASK)
            # Clipping costs nothing and spares numpy a slower check of each number.
            weights = np.take(self._weights, sites, mode="clip")
            first, last = np.searchsorted(borders, np.array([start, start + len(sites)]))
            inside = borders[first:last] - start
            cuts = np.concatenate((np.zeros(1, np.int64), inside))
            skip = int(len(inside) > 0 and inside[0] == 0)
            ends = np.cumsum(np.add.reduceat(weights, cuts[skip:]))
            before = np.concatenate((np.zeros(1, np.int64), ends))[1 - skip : -1]
            sums[first:last] = (before & mask) + ns
            counts[first:last] = (before >> _FRAME_BITS) + frames
            ns += int(ends[-1]) & mask
            frames += int(ends[-1]) >> _FRAME_BITS
        at_end = borders >= len(codes)
        sums[at_end], counts[at_end] = ns, frames
        return sums, counts

    def _without_others(
        self, positions: Positions, task: npt.NDArray[np.int32], sums: Amounts
    ) -> Amounts:
        """What each position's own task did up to it."""
        switches = self._trace.task_switches
        starts = np.array([at for at, _ in switches], np.int32)
        owners = np.array([owner for _, owner in switches], np.int32)
        borders = self._up_to(np.append(starts - 1, len(self._trace) - 1).astype(np.int32))
        turn = np.clip(np.searchsorted(starts, positions, side="right") - 1, 0, None)
        found = Amounts(*(np.zeros(len(positions), np.int64) for _ in sums))
        for number in np.unique(task):
            mine, turns = task == number, owners == number
            for column, border, result in zip(sums, borders, found, strict=True):
                lengths = np.where(turns, np.diff(border), 0)
                before = np.concatenate(([0], np.cumsum(lengths)))[turn[mine]]
                running = np.where(turns[turn[mine]], column[mine] - border[turn[mine]], 0)
                result[mine] = before + running
        return found
