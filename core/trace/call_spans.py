"""The calls of a run as spans: when each began and ended, sorted by task and depth.

Spans of one row, a depth of one task's stack, never overlap. That is what makes a picture of ten
million of them a few sums a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions
from core.trace.trace import Trace

Levels = npt.NDArray[np.uint8]
MOST_LEVELS = 255
"""Recursion levels are kept in a byte; deeper ones count as the last."""


@dataclass(frozen=True, slots=True)
class Row:
    """All calls of one depth of one task's stack: a slice of the columns.

    Attributes:
        task: Number of the task.
        depth: 0 is the outermost call.
        first: Index of its first span.
        last: Index after its last span.
    """

    task: int
    depth: int
    first: int
    last: int


class CallSpans:
    """Every call of a run, about 9 bytes each.

    A call is on the stack from its own event up to the event of its return, that one not
    included; a call that never returned ends at ``len(trace)``.

    Args:
        trace: The run.
        essential: Keep only calls of the mail's chain; a depth then counts only those.

    Attributes:
        calls: Position of the call by span, shape (n,), int32; rising within a row.
        ends: Position of its return, shape (n,), int32.
        levels: How many save_stack calls are on the stack with it, its own included, shape (n,).
        rows: The rows, by task and then by depth.
    """

    def __init__(self, trace: Trace, *, essential: bool = False) -> None:
        self._trace, self._essential = trace, essential
        kinds = trace.site_kinds
        wanted = np.array(
            [not essential or bool(trace.functions[s.function].essential) for s in trace.sites],
            np.bool_,
        )
        sites = (trace.codes & SITE_MASK).astype(np.uint16)
        called = (wanted & (kinds == Kind.CALLED))[sites]
        returned = (wanted & (kinds == Kind.RETURNED))[sites]
        calls = np.flatnonzero(called).astype(np.int32)
        owner = _owners(trace)
        depth = _summed(called, returned, owner)[calls] - 1
        self.rows, order = _rows(depth, owner[calls] if owner is not None else None)
        self.calls: Positions = calls[order]
        self.ends: Positions = _ends(trace, returned)[self.calls]
        saves = _saves(trace)[sites]
        levels = _summed(called & saves, returned & saves, owner)[self.calls]
        self.levels: Levels = np.clip(levels, 0, MOST_LEVELS).astype(np.uint8)

    def __len__(self) -> int:
        return len(self.calls)

    @property
    def nbytes(self) -> int:
        """Memory of the columns in bytes."""
        return self.calls.nbytes + self.ends.nbytes + self.levels.nbytes

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """How many rows each task has."""
        found = [0] * len(self._trace.info.tasks)
        for row in self.rows:
            found[row.task] = row.depth + 1
        return tuple(found)

    @cached_property
    def _by_place(self) -> dict[tuple[int, int], int]:
        return {(row.task, row.depth): number for number, row in enumerate(self.rows)}

    def row_number(self, task: int, depth: int) -> int | None:
        """Return the number of a row, None where the task's stack was never so deep."""
        return self._by_place.get((task, depth))

    def at(self, row_number: int, position: int) -> int | None:
        """Return the span of a row that is on the stack at a position, None where none is."""
        row = self.rows[row_number]
        calls = self.calls[row.first : row.last]
        found = row.first + int(np.searchsorted(calls, np.int32(position), side="right")) - 1
        return found if found >= row.first and self.ends[found] > position else None

    def row_of(self, span: int) -> int:
        """Return the number of the row a span lies on."""
        return int(np.searchsorted(self._firsts, span, side="right")) - 1

    @cached_property
    def _firsts(self) -> npt.NDArray[np.int64]:
        return np.array([row.first for row in self.rows], np.int64)

    def row_at(self, position: int) -> int | None:
        """Return the row of the innermost call at a position, None where there is none."""
        calls = self._trace.calls_at(position)
        if self._essential:
            calls = [call for call in calls if self._trace.function(call).essential]
        return self.row_number(self._trace.task_at(position), len(calls) - 1)

    def span_of(self, call: int) -> int:
        """Return the span of the call at a position."""
        row = self.row_at(call)
        found = self.at(row, call) if row is not None else None
        assert found is not None
        return found

    def by_site(self, values: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Return for each span what a table by site number says of its call."""
        told: Levels = values[self._trace.codes[self.calls] & SITE_MASK]
        return told


def _owners(trace: Trace) -> npt.NDArray[np.int32] | None:
    """The task of each event, None where there is but one."""
    switches = trace.task_switches
    if len({task for _, task in switches}) <= 1:
        return None
    starts = [at for at, _ in switches]
    return np.repeat(
        np.array([task for _, task in switches], np.int32), np.diff([*starts, len(trace)])
    )


def _summed(
    up: npt.NDArray[np.bool_], down: npt.NDArray[np.bool_], owner: npt.NDArray[np.int32] | None
) -> npt.NDArray[np.int16]:
    """How many more ups than downs each task had after each event."""
    change = up.view(np.int8) - down.view(np.int8)
    if owner is None:
        return np.cumsum(change, dtype=np.int16)
    # Each task's events stand together, and its sum begins where those before it ended.
    order = np.argsort(owner, kind="stable")
    sums = np.cumsum(change[order], dtype=np.int32)
    firsts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    before = np.concatenate(([0], sums[firsts[1:] - 1])).astype(np.int32)
    sums -= np.repeat(before, np.diff([*firsts.tolist(), len(sums)]))
    total = np.empty(len(change), np.int16)
    total[order] = sums
    return total


def _rows(
    depth: npt.NDArray[np.int16], owner: npt.NDArray[np.int32] | None
) -> tuple[tuple[Row, ...], npt.NDArray[np.intp]]:
    """Sort spans by task and depth; ``depth`` and ``owner`` are by call."""
    if not len(depth):
        return (), np.empty(0, np.intp)
    deepest = int(depth.max()) + 1
    key = depth if owner is None else owner * deepest + depth
    # A stable sort of 16-bit numbers is a radix sort: linear.
    narrow = int(key.max()) < np.iinfo(np.int16).max
    order = np.argsort(key.astype(np.int16) if narrow else key, kind="stable")
    bounds = np.concatenate(([0], np.cumsum(np.bincount(key)))).tolist()
    rows = tuple(
        Row(place // deepest, place % deepest, first, last)
        for place, (first, last) in enumerate(pairwise(bounds))
        if first < last
    )
    return rows, order


def _ends(trace: Trace, returned: npt.NDArray[np.bool_]) -> Positions:
    """By the position of a call: the position of its return, or the end of the run."""
    ends = np.full(len(trace), len(trace), np.int32)
    returns = np.flatnonzero(returned).astype(np.int32)
    ends[trace.parents[returns]] = returns
    return ends


def _saves(trace: Trace) -> npt.NDArray[np.bool_]:
    return np.array(
        [trace.functions[site.function].name == "save_stack" for site in trace.sites], np.bool_
    )
