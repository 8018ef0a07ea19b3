"""Calls and returns that were lost: found where the stack does not fit, and made up for.

Levels, where a file has them, pair calls and returns by themselves in every stretch in which they
fit together; Python only follows what is open from one stretch to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.recording.calls.columns import (
    RETURN,
    UNNAMED,
    Columns,
    Flags,
    Ints,
    Longs,
    by_task,
    pairs,
    partners,
    summed,
)


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


def mended_by_level(columns: Columns, levels: Ints) -> tuple[Columns, Flags, int]:
    """Close what the levels say is closed, and leave out returns of calls that were lost.

    Stretches in which the levels fit together pair up by themselves; what they leave open is
    followed from one stretch to the next.
    """
    marks, starts = by_task(columns)
    mending = _Mending(columns)
    if not len(marks):
        return mending.applied()
    levels = levels[marks] - levels[marks].min()
    back = columns.kinds[marks] == RETURN
    first = np.ones(len(marks), np.bool_)
    first[1:] = (levels + ~back)[:-1] != (levels + back)[1:]
    first[starts] = True
    partner = pairs(np.cumsum(first, dtype=np.int32) - np.int32(1), levels, back)
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


def mended_by_name(columns: Columns) -> tuple[Columns, Flags, int]:
    """Where returns name another call than the innermost, look for theirs further out."""
    stacks = summed(columns)
    mending = _Mending(columns)
    partner = partners(columns, stacks)
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
