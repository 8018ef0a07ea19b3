"""Runs moving together: one axis of *moments* on which lanes stand side by side until they part.

The rules:

- An *operation* is what the program asks for: it begins with a call from nowhere (the outermost
  call of a task, with the switch to that task before it) and lasts to the next one. The n-th
  operation of one lane stands beside the n-th of the others.
- Inside an operation lanes are together as long as their calls and returns are the same, by the
  function's name. So are switches to another task, where one task waits for another in the middle
  of an operation: that is another way to go on. Nothing else takes part, neither what the guard
  does nor how large a frame is.
- Between two calls or returns that they share, each lane goes on by its own events, and one that
  has fewer waits at its last one. All come to the next shared call at the same moment.
- From the first call or return that not all share they have *parted*: each goes on by its own
  events to the end of the operation, and one that is done waits there for the others.
- The end of a run that stopped counts as something it did. So a lane that died has parted in the
  operation in which it died; afterwards it stays at its last event while the others go on together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.compare.matching import Matches, Outline, matches_of, outlines_of
from core.trace.index import Positions

if TYPE_CHECKING:
    from core.trace.trace import Trace

Moments = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Parting:
    """Where lanes part.

    Attributes:
        operation: Number of the operation, from 0.
        moment: The moment from which on they go separate ways.
        events: Position, per lane, of the first call or return that not all lanes share (or of the
            end of a run that stopped there); the last event of a lane that was over before.
    """

    operation: int
    moment: int
    events: tuple[int, ...]


class Alignment:
    """Some runs on one axis.

    The axis is cut into *stretches*. At the first moment of a stretch each lane is at the first
    event it has in it; at each further moment it is one event on, until it has no more.

    Args:
        traces: The runs, one a lane; at least one.
    """

    def __init__(self, traces: Sequence[Trace]) -> None:
        self.lengths = tuple(len(trace) for trace in traces)
        outlines = outlines_of(traces)
        matches = matches_of(outlines)
        firsts = np.stack([_stretch_starts(outline, matches) for outline in outlines])
        ends = np.array(self.lengths, np.int32)[:, None]
        durations = np.diff(firsts, axis=1, append=ends)
        longest = durations.max(axis=0)
        starts = np.zeros(len(longest) + 1, np.int64)
        np.cumsum(longest, out=starts[1:])
        self.moments = int(starts[-1])
        """How many moments there are; -1 is the one before the run."""
        self._mark_operations(outlines, matches, starts)
        self._keep_stretches(firsts, starts[:-1], (durations == longest).all(axis=0))

    def _mark_operations(
        self, outlines: Sequence[Outline], matches: Matches, starts: Moments
    ) -> None:
        """Note at which moments operations begin, and at which their lanes part."""
        first = matches.first_stretch
        self.operation_moments: Moments = starts[first[:-1]]
        """The first moment of each operation, rising."""
        self.parting_operations = np.flatnonzero(matches.parted)
        """Numbers of the operations in which lanes part, rising."""
        # The last stretch of an operation whose lanes part is what they do apart.
        self.parting_moments: Moments = starts[first[1:][self.parting_operations] - 1]
        """The moments at which they part, rising, one for each of ``parting_operations``."""
        self._parting_events = np.stack(
            [_parting_events(outline, matches, self.parting_operations) for outline in outlines],
            axis=1,
        )

    def _keep_stretches(
        self, firsts: Positions, starts: Moments, in_step: npt.NDArray[np.bool_]
    ) -> None:
        """Keep the stretches that say something: after one in which no lane waits, none begins."""
        kept = np.ones(len(starts), np.bool_)
        kept[1:] = ~in_step[:-1]
        self._starts = np.ascontiguousarray(starts[kept])
        ends = np.array(self.lengths, np.int32)[:, None]
        self._firsts = np.ascontiguousarray(np.hstack((firsts[:, kept], ends)))
        # Indexing a memoryview gives a plain int in a third of the time numpy takes.
        self._start_view = memoryview(self._starts.data)
        self._first_views = [memoryview(row.data) for row in self._firsts]

    # -- from moments to positions and back -----------------------------------------------

    def positions_at(self, moment: int) -> tuple[int, ...]:
        """Return where each lane stands at a moment; moments outside the axis are its ends."""
        if moment < 0 or not self.moments:
            return (-1,) * len(self.lengths)
        moment = min(moment, self.moments - 1)
        at = bisect_right(self._start_view, moment) - 1
        gone = moment - self._start_view[at]
        return tuple(min(view[at] + gone, view[at + 1] - 1) for view in self._first_views)

    def positions_of(self, lane: int, moments: npt.ArrayLike) -> Positions:
        """Return where one lane stands at many moments, shape as ``moments``."""
        asked = np.clip(np.asarray(moments, np.int64), -1, self.moments - 1)
        if not self.moments:
            return np.full(asked.shape, -1, np.int32)
        at = np.maximum(np.searchsorted(self._starts, asked, side="right") - 1, 0)
        firsts = self._firsts[lane]
        gone = firsts[at] + (asked - self._starts[at])
        return np.where(asked < 0, -1, np.minimum(gone, firsts[at + 1] - 1)).astype(np.int32)

    def moment_of(self, lane: int, position: int) -> int:
        """Return the first moment at which a lane stands at a position; -1 for that before it."""
        position = min(position, self.lengths[lane] - 1)
        if position < 0:
            return -1
        view = self._first_views[lane]
        at = bisect_right(view, position) - 1
        return self._start_view[at] + position - view[at]

    def moments_of(self, lane: int, positions: npt.ArrayLike) -> Moments:
        """Return the first moments at which a lane stands at many positions, same shape."""
        asked = np.clip(np.asarray(positions, np.int32), -1, self.lengths[lane] - 1)
        if not self.lengths[lane]:
            return np.full(asked.shape, -1, np.int64)
        firsts = self._firsts[lane]
        at = np.maximum(np.searchsorted(firsts, asked, side="right") - 1, 0)
        moments: Moments = self._starts[at] + (asked - firsts[at])
        return np.where(asked < 0, np.int64(-1), moments)

    # -- operations and partings ----------------------------------------------------------

    def operation_at(self, moment: int) -> int:
        """Return the number of the operation of a moment, -1 before the run."""
        return bisect_right(self._operation_view, moment) - 1 if moment >= 0 else -1

    @cached_property
    def partings(self) -> tuple[Parting, ...]:
        """Where the lanes part: at most once an operation, in order."""
        return self.first_partings(len(self.parting_moments))

    def first_partings(self, most: int) -> tuple[Parting, ...]:
        """Return the first of the partings; a long run has hundreds of thousands of them."""
        return tuple(self._parting(n) for n in range(min(most, len(self.parting_moments))))

    def parting_at(self, moment: int) -> Parting | None:
        """Return the parting in force: the lanes have parted in this operation, here or before."""
        number = bisect_right(self._parting_view, moment) - 1
        if number < 0 or self.parting_operations[number] != self.operation_at(moment):
            return None
        return self._parting(number)

    def _parting(self, number: int) -> Parting:
        events = tuple(self._parting_events[number].tolist())
        return Parting(
            int(self.parting_operations[number]), int(self.parting_moments[number]), events
        )

    @cached_property
    def _operation_view(self) -> memoryview[int]:
        return memoryview(self.operation_moments.data)

    @cached_property
    def _parting_view(self) -> memoryview[int]:
        return memoryview(self.parting_moments.data)

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        stretches = self._starts.nbytes + self._firsts.nbytes
        marks = self.operation_moments.nbytes + self.parting_moments.nbytes
        return stretches + marks + self._parting_events.nbytes


def _stretch_starts(outline: Outline, matches: Matches) -> Positions:
    """Return a lane's first position in each stretch, shape (n stretches,).

    A stretch begins at a key that is shared, and the last one of an operation whose lanes part at
    the first key that is not. Where a lane has no such key, that is where its next operation
    begins: it has nothing to do there.
    """
    first = matches.first_stretch
    keys = np.repeat(outline.padded_starts(matches.n_operations) - first[:-1], np.diff(first))
    keys += np.arange(first[-1])
    # A run that is over has none of the others' keys.
    return outline.padded_positions[np.minimum(keys, len(outline.numbers))]


def _parting_events(
    outline: Outline, matches: Matches, operations: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return a lane's first event that not all share in some operations."""
    begins = outline.padded_starts(matches.n_operations + 1)
    following = begins[operations + 1]
    key = np.minimum(begins[operations] + matches.shared[operations], following)
    events: npt.NDArray[np.int64] = outline.padded_positions[key].astype(np.int64)
    events -= key == following
    return events
