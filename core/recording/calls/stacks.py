"""Calls and returns as a file has them, brought into stacks that balance.

A recording begins and ends in the middle of calls, and events are lost where a buffer ran over.
Here calls that were open at the start get a call, and what cannot be is mended, so that every
return closes the innermost call of its task. All of it is vectorised; Python looks at the places
where the stack jumps, and at nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from core.recording.calls.columns import (
    CALL,
    COMMENT,
    MOST_DEEP,
    NOT_KNOWN,
    RETURN,
    UNNAMED,
    Columns,
    Flags,
    Ints,
    Longs,
    Stacks,
    narrow,
    partners,
    summed,
)
from core.recording.calls.mending import mended_by_level, mended_by_name

__all__ = ["CALL", "COMMENT", "NOT_KNOWN", "RETURN", "UNNAMED", "Calls", "Columns", "balance"]


@dataclass(frozen=True)
class Calls:
    """Events whose stacks balance: a return always closes the innermost call of its task.

    ``marks`` are the calls and returns sorted by task; the other columns are by place in it.

    Attributes:
        columns: The events; returns have the function of the call they close.
        made: Events that the file does not have, by event.
        marks: Numbers of the calls and returns, by task and then in order.
        depth: How many calls of the task are around each call, its own not counted, int32; a
            return has that of its call.
        partner: Place of a call's return, or of a return's call; -1 for a call still open.
        starts: Place at which each task begins.
        open_at_start: How many calls were open at the start.
        mended: Calls and returns that were lost, told by a stack that does not fit.
    """

    columns: Columns
    made: Flags
    marks: Longs
    depth: Ints
    partner: Longs
    starts: Longs
    open_at_start: int = 0
    mended: int = 0

    @cached_property
    def is_call(self) -> Flags:
        """Whether each mark is a call."""
        found: Flags = self.columns.kinds[self.marks] == CALL
        return found

    @cached_property
    def functions(self) -> Ints:
        """Function of each mark."""
        return self.columns.functions[self.marks]

    @cached_property
    def parent(self) -> Longs:
        """Place of the call around each mark, or around a return's call; -1 for none."""
        parent = np.full(len(self.marks), -1, np.int64)
        if not len(parent):
            return parent
        # Tasks follow one another, and a task never leaves a depth it has not entered.
        order = np.argsort(narrow(self.depth), kind="stable")
        bounds = np.concatenate(([0], np.cumsum(np.bincount(self.depth)))).tolist()
        calls = np.empty(0, np.int64)
        for first, last in pairwise(bounds):
            level = order[first:last]
            if len(calls):
                parent[level] = calls[np.searchsorted(calls, level) - 1]
            calls = level[self.is_call[level]]
        return parent

    @cached_property
    def has_children(self) -> Flags:
        """Whether there is a call inside each call; False for returns."""
        found = np.zeros(len(self.marks), np.bool_)
        if len(found) > 1:
            found[:-1] = self.is_call[:-1] & self.is_call[1:] & (self.depth[1:] > self.depth[:-1])
        return found

    def around(self, events: Longs) -> Longs:
        """Return the place of the call in which each of some events happened, -1 for none.

        Args:
            events: Numbers of events that are no calls or returns.
        """
        owners = self.columns.owners
        n = np.int64(len(self.columns) + 1)
        keys = owners[self.marks].astype(np.int64) * n + self.marks
        before = np.searchsorted(keys, owners[events].astype(np.int64) * n + events) - 1
        if not len(self.marks):
            return np.full(len(events), -1, np.int64)
        last = np.maximum(before, 0)
        same = (before >= 0) & (owners[self.marks[last]] == owners[events])
        return np.where(same, np.where(self.is_call[last], last, self.parent[last]), -1)


def balance(columns: Columns) -> Calls:
    """Bring calls and returns into stacks that balance.

    A file that says how deep its calls lie is held to that: a call that lies no deeper than an open
    one says that the open one has returned. Elsewhere names have to do.
    """
    opened = 0
    if columns.levels is not None:
        columns, made, mended = mended_by_level(columns, columns.levels)
    else:
        columns, made, mended = mended_by_name(columns)
    stacks = summed(columns)
    if len(stacks.levels) and int(stacks.levels.max()) >= MOST_DEEP:
        shallow = np.ones(len(columns), np.bool_)
        shallow[stacks.marks[stacks.levels >= MOST_DEEP]] = False
        mended += int(np.count_nonzero(~shallow))
        columns, made = columns.taken(shallow), made[shallow]
        stacks = summed(columns)
    partner = partners(columns, stacks)
    lonely = np.flatnonzero((columns.kinds[stacks.marks] == RETURN) & (partner < 0))
    if len(lonely):
        opened = len(lonely)
        columns, made = _opened(columns, made, stacks, lonely)
        stacks = summed(columns)
        partner = partners(columns, stacks)
    columns = _named(columns, stacks, partner)
    return Calls(
        replace(columns, levels=None), made, stacks.marks, stacks.levels, partner, stacks.starts,
        opened, mended,
    )  # fmt: skip


def _opened(columns: Columns, made: Flags, stacks: Stacks, lonely: Longs) -> tuple[Columns, Flags]:
    """Put calls that were open at the start before all else that their task did."""
    events = stacks.marks[lonely]
    owners = columns.owners[events]
    everyone, first = np.unique(columns.owners, return_index=True)
    first_of = first[np.searchsorted(everyone, owners)]
    # The outermost call returns last and has to come first.
    order = np.lexsort((-lonely, first_of))
    at = first_of[order].astype(np.int64)
    columns = columns.with_made(at, at, CALL, columns.functions[events[order]].tolist())
    return columns, np.insert(made, at, True)


def _named(columns: Columns, stacks: Stacks, partner: Longs) -> Columns:
    """Give every return the function of its call."""
    calls = np.flatnonzero((columns.kinds[stacks.marks] == CALL) & (partner >= 0))
    columns.functions[stacks.marks[partner[calls]]] = columns.functions[stacks.marks[calls]]
    return columns
