"""Recorded calls and returns as columns, and how they lie on the stacks of their tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
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


class Stacks(NamedTuple):
    """Calls and returns by task: numbers of events, where tasks begin, and each one's level."""

    marks: Longs
    starts: Longs
    levels: Ints


def by_task(columns: Columns) -> tuple[Longs, Longs]:
    """Numbers of the calls and returns by task, and where tasks begin in it."""
    marks = np.flatnonzero(columns.kinds != COMMENT)
    owners = columns.owners[marks]
    if not len(marks):
        return marks, np.empty(0, np.int64)
    if bool((owners != owners[0]).any()):
        order = np.argsort(narrow(owners), kind="stable")
        marks, owners = marks[order], owners[order]
    starts = np.concatenate(([0], np.flatnonzero(owners[1:] != owners[:-1]) + 1))
    return marks, starts


def narrow(numbers: Ints) -> npt.NDArray[Any]:
    """Numbers as 16 bits where they fit: a stable sort of them is linear."""
    if len(numbers) and int(numbers.min()) >= -32768 and int(numbers.max()) < 32768:
        return numbers.astype(np.int16)
    return numbers


def summed(columns: Columns) -> Stacks:
    """Levels from calls and returns alone; the lowest of a task is 0."""
    marks, starts = by_task(columns)
    back = columns.kinds[marks] == RETURN
    change = 1 - 2 * back.astype(np.int32)
    after = np.cumsum(change, dtype=np.int32)
    levels = after - (~back).astype(np.int32)
    if len(starts):
        # Before a task's first event its stack holds what was open, at least nothing.
        before = levels[starts] + back[starts]
        lowest = np.minimum(np.minimum.reduceat(levels, starts), before)
        levels -= np.repeat(lowest, np.diff(np.append(starts, len(marks))))
    return Stacks(marks, starts, levels)


def pairs(stretch: Ints, levels: Ints, back: Flags) -> Longs:
    """Return the partner of each mark; stretches are runs in which the levels fit together."""
    partner = np.full(len(levels), -1, np.int64)
    if not len(levels):
        return partner
    span = int(levels.max()) + 1
    if (int(stretch[-1]) + 1) * span < 32768:
        order = np.argsort((stretch * span + levels).astype(np.int16), kind="stable")
    else:
        order = np.argsort(narrow(levels), kind="stable")
        if int(stretch[-1]) > 0:
            order = order[np.argsort(narrow(stretch[order]), kind="stable")]
    same = (levels[order[1:]] == levels[order[:-1]]) & (stretch[order[1:]] == stretch[order[:-1]])
    closes = np.flatnonzero(same & back[order[1:]] & ~back[order[:-1]])
    calls, returns = order[closes], order[closes + 1]
    partner[calls], partner[returns] = returns, calls
    return partner


def partners(columns: Columns, stacks: Stacks) -> Longs:
    """Return the partner of each mark, for levels that fit together within each task."""
    back = columns.kinds[stacks.marks] == RETURN
    stretch = np.zeros(len(back), np.int32)
    stretch[stacks.starts[1:]] = 1
    return pairs(np.cumsum(stretch, dtype=np.int32), stacks.levels, back)
