"""Calls and returns as a file has them, brought into stacks that balance.

A recording begins and ends in the middle of calls, and events are lost where a buffer ran over.
Here calls that were open at the start get a call, and what cannot be is mended, so that every
return closes the innermost call of its task. All of it is vectorised; Python looks at the places
where the stack jumps, and at nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

CALL, RETURN, COMMENT = 0, 1, 2
"""Kinds of events."""

UNNAMED = -1
"""Function of a return that does not say which call it closes."""

NOT_KNOWN = -1
"""Duration that a file does not say."""

MOST_DEEP = 10_000
"""Calls deeper than that are left out: no kernel stack holds them, but noise may."""

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """Events in the order of the file, all columns of shape (n,).

    Attributes:
        kinds: ``CALL``, ``RETURN`` or ``COMMENT``, uint8.
        functions: Number of the function (``UNNAMED`` for a return that does not say), int32; for
            a comment the number of its text.
        owners: Number of the task, int32.
        times_ns: When they happened, int64; None where the file has no times.
        levels: How deep the file says the call lies, int32; None where it does not say. Only
            differences count.
        durations_ns: What the file says a call took, at its return, ``NOT_KNOWN`` elsewhere, int64.
        cpus: Number of the CPU, int32; None where all are one.
    """

    kinds: Bytes
    functions: Ints
    owners: Ints
    times_ns: Longs | None = None
    levels: Ints | None = None
    durations_ns: Longs | None = None
    cpus: Ints | None = None

    def __len__(self) -> int:
        return len(self.kinds)

    def taken(self, which: Longs | Flags) -> Columns:
        """Return some of the events, in an order."""
        return self._each(lambda column: column[which])

    def _each(self, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> Columns:
        columns = [getattr(self, each.name) for each in fields(self)]
        return Columns(*(None if each is None else change(each) for each in columns))  # type: ignore[arg-type]

    def with_made(self, at: Longs, like: Longs, kind: int, functions: Sequence[int]) -> Columns:
        """Return the events with others before some of them, at the same time on the same CPU.

        Args:
            at: Before which event each comes, rising.
            like: Whose task, time and CPU it has.
            kind: What they are.
            functions: Their functions.
        """
        made = self._each(lambda column: np.insert(column, at, column[like]))
        where = at + np.arange(len(at))
        made.kinds[where] = kind
        made.functions[where] = functions
        if made.durations_ns is not None:
            made.durations_ns[where] = NOT_KNOWN
        return made


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
        order = np.argsort(_narrow(self.depth), kind="stable")
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


class _Stacks(NamedTuple):
    """Calls and returns by task: numbers of events, where tasks begin, and each one's level."""

    marks: Longs
    starts: Longs
    levels: Ints


def balance(columns: Columns) -> Calls:
    """Bring calls and returns into stacks that balance.

    A file that says how deep its calls lie is held to that: a call that lies no deeper than an open
    one says that the open one has returned. Elsewhere names have to do.
    """
    opened = 0
    if columns.levels is not None:
        columns, made, mended = _mended_by_level(columns, columns.levels)
    else:
        columns, made, mended = _mended_by_name(columns)
    stacks = _summed(columns)
    if len(stacks.levels) and int(stacks.levels.max()) >= MOST_DEEP:
        shallow = np.ones(len(columns), np.bool_)
        shallow[stacks.marks[stacks.levels >= MOST_DEEP]] = False
        mended += int(np.count_nonzero(~shallow))
        columns, made = columns.taken(shallow), made[shallow]
        stacks = _summed(columns)
    partner = _partners(columns, stacks)
    lonely = np.flatnonzero((columns.kinds[stacks.marks] == RETURN) & (partner < 0))
    if len(lonely):
        opened = len(lonely)
        columns, made = _opened(columns, made, stacks, lonely)
        stacks = _summed(columns)
        partner = _partners(columns, stacks)
    columns = _named(columns, stacks, partner)
    return Calls(
        replace(columns, levels=None), made, stacks.marks, stacks.levels, partner, stacks.starts,
        opened, mended,
    )  # fmt: skip


def _by_task(columns: Columns) -> tuple[Longs, Longs]:
    """Numbers of the calls and returns by task, and where tasks begin in it."""
    marks = np.flatnonzero(columns.kinds != COMMENT)
    owners = columns.owners[marks]
    if not len(marks):
        return marks, np.empty(0, np.int64)
    if bool((owners != owners[0]).any()):
        order = np.argsort(_narrow(owners), kind="stable")
        marks, owners = marks[order], owners[order]
    starts = np.concatenate(([0], np.flatnonzero(owners[1:] != owners[:-1]) + 1))
    return marks, starts


def _narrow(numbers: Ints) -> npt.NDArray[Any]:
    """Numbers as 16 bits where they fit: a stable sort of them is linear."""
    if len(numbers) and int(numbers.min()) >= -32768 and int(numbers.max()) < 32768:
        return numbers.astype(np.int16)
    return numbers


def _summed(columns: Columns) -> _Stacks:
    """Levels from calls and returns alone; the lowest of a task is 0."""
    marks, starts = _by_task(columns)
    back = columns.kinds[marks] == RETURN
    change = 1 - 2 * back.astype(np.int32)
    after = np.cumsum(change, dtype=np.int32)
    levels = after - (~back).astype(np.int32)
    if len(starts):
        # Before a task's first event its stack holds what was open, at least nothing.
        before = levels[starts] + back[starts]
        lowest = np.minimum(np.minimum.reduceat(levels, starts), before)
        levels -= np.repeat(lowest, np.diff(np.append(starts, len(marks))))
    return _Stacks(marks, starts, levels)


def _pairs(stretch: Ints, levels: Ints, back: Flags) -> Longs:
    """Return the partner of each mark; stretches are runs in which the levels fit together."""
    partner = np.full(len(levels), -1, np.int64)
    if not len(levels):
        return partner
    span = int(levels.max()) + 1
    if (int(stretch[-1]) + 1) * span < 32768:
        order = np.argsort((stretch * span + levels).astype(np.int16), kind="stable")
    else:
        order = np.argsort(_narrow(levels), kind="stable")
        if int(stretch[-1]) > 0:
            order = order[np.argsort(_narrow(stretch[order]), kind="stable")]
    same = (levels[order[1:]] == levels[order[:-1]]) & (stretch[order[1:]] == stretch[order[:-1]])
    closes = np.flatnonzero(same & back[order[1:]] & ~back[order[:-1]])
    calls, returns = order[closes], order[closes + 1]
    partner[calls], partner[returns] = returns, calls
    return partner


def _partners(columns: Columns, stacks: _Stacks) -> Longs:
    back = columns.kinds[stacks.marks] == RETURN
    stretch = np.zeros(len(back), np.int32)
    stretch[stacks.starts[1:]] = 1
    return _pairs(np.cumsum(stretch, dtype=np.int32), stacks.levels, back)


def _opened(columns: Columns, made: Flags, stacks: _Stacks, lonely: Longs) -> tuple[Columns, Flags]:
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


def _named(columns: Columns, stacks: _Stacks, partner: Longs) -> Columns:
    """Give every return the function of its call."""
    calls = np.flatnonzero((columns.kinds[stacks.marks] == CALL) & (partner >= 0))
    columns.functions[stacks.marks[partner[calls]]] = columns.functions[stacks.marks[calls]]
    return columns


# -- mending ------------------------------------------------------------------------------------


class _Mending:
    """What has to change so that the stacks fit.

    Args:
        columns: The events; functions of returns are changed in place.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.count = 0
        self._before: list[int] = []
        self._functions: list[int] = []
        self._dropped: list[int] = []

    def close(self, event: int, function: int) -> None:
        """A call returned before an event, and the file does not have it."""
        self._before.append(event)
        self._functions.append(function)
        self.count += 1

    def drop(self, event: int) -> None:
        """Leave out a return whose call the file does not have."""
        self._dropped.append(event)
        self.count += 1

    def rename(self, event: int, function: int) -> None:
        """One call lost its return, and the return after it its call: make one call of the two."""
        self.columns.functions[event] = function
        self.count += 1

    def applied(self) -> tuple[Columns, Flags, int]:
        """Return the events as they have to be, and which were made."""
        columns = self.columns
        made = np.zeros(len(columns), np.bool_)
        if not self._before and not self._dropped:
            return columns, made, self.count
        kept = np.ones(len(columns), np.bool_)
        kept[self._dropped] = False
        at = np.array(self._before, np.int64)
        order = np.argsort(at, kind="stable")
        at = at[order]
        functions = np.array(self._functions, np.int32)[order].tolist()
        columns = columns.with_made(at, at, RETURN, functions)
        made, kept = np.insert(made, at, True), np.insert(kept, at, True)
        return columns.taken(kept), made[kept], self.count


@dataclass(slots=True)
class _Open:
    """A call that is open in one stretch and closed in another, or never.

    Attributes:
        level: How deep the file says it lies.
        function: What was called.
        doubt: The first event that lay no deeper: it has returned before, or was interrupted so
            early that the tracer gave the interrupt its own depth. Its return tells; -1 for none.
    """

    level: int
    function: int
    doubt: int = -1


class _TaskMender:
    """Follows one task over the places where its levels jump."""

    def __init__(self, mending: _Mending) -> None:
        self._mending = mending
        self._stack: list[_Open] = []

    def _pop(self, event: int) -> None:
        """Close the innermost call: where doubt came up, or before an event."""
        call = self._stack.pop()
        self._mending.close(call.doubt if call.doubt >= 0 else event, call.function)

    def _leave(self, event: int, level: int) -> None:
        while self._stack and self._stack[-1].level > level:
            self._pop(event)

    def jumped(self, event: int, level: int, is_back: bool) -> None:
        """The levels jump at an event: what lies deeper has returned."""
        self._leave(event, level)
        if not is_back:
            for call in reversed(self._stack):
                if call.level < level or call.doubt >= 0:
                    break
                call.doubt = event

    def called(self, level: int, function: int) -> None:
        """A call that is still open where its stretch ends."""
        self._stack.append(_Open(level, function))

    def returned(self, event: int, level: int, function: int, lowest: int) -> None:
        """A return whose call is not in its stretch.

        Args:
            event: Number of the event.
            level: Its level.
            function: Its function, or ``UNNAMED``.
            lowest: The lowest level that the task was on before.
        """
        self._leave(event, level)
        same = [call for call in self._stack if call.level == level]
        if not same:
            if self._stack or level >= lowest:
                self._mending.drop(event)
        elif function == UNNAMED or any(call.function == function for call in same):
            while function not in (UNNAMED, self._stack[-1].function):
                self._pop(event)
            self._stack.pop()
        elif same[-1].doubt >= 0:
            self._mending.drop(event)
        else:
            self._mending.rename(event, self._stack.pop().function)

    def ended(self) -> None:
        """The file ends: what is still in doubt has returned where doubt came up."""
        for call in reversed(self._stack):
            if call.doubt >= 0:
                self._mending.close(call.doubt, call.function)


def _mended_by_level(columns: Columns, levels: Ints) -> tuple[Columns, Flags, int]:
    """Close what the levels say is closed, and leave out returns of calls that were lost.

    Stretches in which the levels fit together pair up by themselves; what they leave open is
    followed from one stretch to the next.
    """
    marks, starts = _by_task(columns)
    mending = _Mending(columns)
    if not len(marks):
        return mending.applied()
    levels = levels[marks] - levels[marks].min()
    back = columns.kinds[marks] == RETURN
    first = np.ones(len(marks), np.bool_)
    first[1:] = (levels + ~back)[:-1] != (levels + back)[1:]
    first[starts] = True
    partner = _pairs(np.cumsum(first, dtype=np.int32) - np.int32(1), levels, back)
    functions = columns.functions[marks]
    closing = np.flatnonzero(back & (partner >= 0))
    named = functions[closing]
    wrong = closing[(named != UNNAMED) & (named != functions[partner[closing]])]
    for place in wrong.tolist():
        mending.rename(int(marks[place]), int(functions[partner[place]]))
    loose = np.flatnonzero(first | (partner < 0))
    lowest = _lowest_before(levels, starts, loose)
    new_task = np.isin(loose, starts)
    task = _TaskMender(mending)
    columns_of = (marks, levels, back, functions, partner < 0, first)
    rows = zip(*(each[loose].tolist() for each in columns_of), strict=True)
    for (event, level, is_back, function, lone, jumps), low, begins in zip(
        rows, lowest, new_task.tolist(), strict=True
    ):
        if begins:
            task.ended()
            task = _TaskMender(mending)
        elif jumps:
            task.jumped(event, level, is_back)
        if lone and is_back:
            task.returned(event, level, function, low)
        elif lone:
            task.called(level, function)
    task.ended()
    return mending.applied()


def _lowest_before(levels: Ints, starts: Longs, loose: Longs) -> list[int]:
    """The lowest level that the task of each loose mark was on before it."""
    lowest = np.empty(len(loose), np.int64)
    ends = np.append(starts[1:], len(levels))
    cuts = np.searchsorted(loose, np.append(starts, len(levels)))
    for first, last, start, end in zip(cuts[:-1], cuts[1:], starts, ends, strict=True):
        so_far = np.minimum.accumulate(levels[start:end])
        inside = loose[first:last] - start
        lowest[first:last] = np.where(
            inside > 0, so_far[np.maximum(inside - 1, 0)], np.iinfo(np.int32).max
        )
    found: list[int] = lowest.tolist()
    return found


def _mended_by_name(columns: Columns) -> tuple[Columns, Flags, int]:
    """Where returns name another call than the innermost, look for theirs further out."""
    stacks = _summed(columns)
    mending = _Mending(columns)
    partner = _partners(columns, stacks)
    functions = columns.functions[stacks.marks]
    back = columns.kinds[stacks.marks] == RETURN
    closing = np.flatnonzero(back & (partner >= 0))
    named = functions[closing]
    wrong = closing[(named != UNNAMED) & (named != functions[partner[closing]])]
    tasks = np.unique(np.searchsorted(stacks.starts, wrong, side="right") - 1)
    ends = np.append(stacks.starts[1:], len(stacks.marks))
    for task in tasks.tolist():
        whose = slice(int(stacks.starts[task]), int(ends[task]))
        _mend_task(mending, stacks.marks[whose], back[whose], functions[whose])
    return mending.applied()


def _mend_task(mending: _Mending, events: Longs, back: Flags, functions: Ints) -> None:
    stack: list[int] = []
    on_stack: dict[int, int] = {}
    for event, is_back, function in zip(
        events.tolist(), back.tolist(), functions.tolist(), strict=True
    ):
        if not is_back:
            stack.append(function)
            on_stack[function] = on_stack.get(function, 0) + 1
        elif not stack:
            continue
        elif function == UNNAMED or on_stack.get(function):
            while function not in (UNNAMED, stack[-1]):
                on_stack[stack[-1]] -= 1
                mending.close(event, stack.pop())
            on_stack[stack.pop()] -= 1
        else:
            mending.drop(event)
