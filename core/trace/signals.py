"""Values that change at some positions and hold in between."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions, whole_arguments

if TYPE_CHECKING:
    from core.trace.trace import Trace


_ACCESSES = (Kind.LOADED, Kind.MODIFIED, Kind.STORED)
_MOST_DIGITS = 10


@dataclass(frozen=True)
class StepSignal:
    """A step function over positions.

    Attributes:
        positions: Where the value changes, rising, shape (n,).
        values: The value from there on, shape (n,).
        first: The value before the first change.
    """

    positions: Positions
    values: npt.NDArray[np.int64]
    first: int = 0

    def value_at(self, position: int) -> int:
        """Return the value after the event at a position."""
        at = bisect_right(self._position_view, position)
        return self._value_view[at - 1] if at else self.first

    @property
    def ever_set(self) -> int:
        """The bits that are 1 in any of its values, as a mask."""
        return self.first | int(np.bitwise_or.reduce(self.values, initial=0))

    # bisect over a memoryview takes a microsecond; searchsorted takes several, and converts the
    # whole int32 array when it is given a Python int.

    @cached_property
    def _position_view(self) -> memoryview[int]:
        return memoryview(self.positions.data)

    @cached_property
    def _value_view(self) -> memoryview[int]:
        return memoryview(self.values.data)

    @cached_property
    def _maximum_view(self) -> memoryview[int]:
        return memoryview(np.maximum.accumulate(self.values).data)

    def highest_up_to(self, position: int) -> int:
        """Return the largest value the signal has had up to a position."""
        at = bisect_right(self._position_view, position)
        return max(self.first, self._maximum_view[at - 1]) if at else self.first

    @property
    def nbytes(self) -> int:
        """Memory in bytes, the running maximum included."""
        return self.positions.nbytes + 2 * self.values.nbytes


def tasks_of(trace: Trace, positions: Positions) -> npt.NDArray[np.int32]:
    """Return the task of each of some positions."""
    starts, owner = trace.switch_columns
    return owner[np.searchsorted(starts, positions, side="right") - 1]


def by_task(
    trace: Trace, positions: Positions, values: npt.NDArray[np.int64]
) -> list[tuple[Positions, npt.NDArray[np.int64]]]:
    """Return some positions and what belongs to each, task by task."""
    return _grouped(tasks_of(trace, positions), len(trace.info.tasks), positions, values)


def _grouped(
    keys: npt.NDArray[np.int32], n: int, positions: Positions, values: npt.NDArray[np.int64]
) -> list[tuple[Positions, npt.NDArray[np.int64]]]:
    order = np.argsort(keys, kind="stable")
    ends = np.searchsorted(keys[order], np.arange(1, n))
    return list(zip(np.split(positions[order], ends), np.split(values[order], ends), strict=True))


def number_below(text: str, end: int, otherwise: int) -> int:
    """Return the number a fact says, or another one where it says none below ``end``."""
    fits = text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS and int(text) < end
    return int(text) if fits else otherwise


def owner_of_word(trace: Trace, position: int) -> int:
    """Return whose storage unit is looked at after an event: a task's, or a CPU's.

    It is the running one's, unless the event is an access to another one's (``of``).
    """
    if trace.info.guard.per_cpu:
        return trace.cpus.cpu_at(position)
    if position >= 0:
        site = trace.site(position)
        if site.kind in _ACCESSES and (of := site.fact("of")):
            return number_below(of, len(trace.info.tasks), trace.task_at(position))
    return trace.task_at(position)


def owners_of_words(trace: Trace, positions: Positions) -> npt.NDArray[np.int32]:
    """Return whose storage unit each of some accesses is about: a task's, or a CPU's."""
    if trace.info.guard.per_cpu:
        return trace.cpus.cpus_of(positions)
    n_tasks = len(trace.info.tasks)
    told = [number_below(site.fact("of"), n_tasks, -1) for site in trace.sites]
    running = tasks_of(trace, positions)
    if max(told, default=-1) < 0:
        return running
    named = np.array(told, np.int32)[trace.codes[positions] & SITE_MASK]
    return np.where(named >= 0, named, running)


def first_words(trace: Trace) -> list[int]:
    """Return the guard's storage unit before the run, by task, or by CPU."""
    if trace.info.guard.per_cpu:
        return [0] * trace.cpus.count
    return [task.first_word for task in trace.info.tasks]


def by_owner(
    trace: Trace, positions: Positions, values: npt.NDArray[np.int64]
) -> list[tuple[Positions, npt.NDArray[np.int64]]]:
    """Return some accesses and what belongs to each, by whose storage unit they are about."""
    n_owners = trace.cpus.count if trace.info.guard.per_cpu else len(trace.info.tasks)
    return _grouped(owners_of_words(trace, positions), n_owners, positions, values)


def word_signals(trace: Trace) -> dict[int, StepSignal]:
    """Return the guard's storage unit of each task, or of each CPU, over positions."""
    stores = trace.positions(Kind.STORED)
    words = np.array(trace.values, np.uint64).astype(np.int64)
    numbers = whole_arguments(trace.codes, trace.wide, stores)
    return {
        number: StepSignal(positions, words[own], first)
        for number, (first, (positions, own)) in enumerate(
            zip(first_words(trace), by_owner(trace, stores, numbers), strict=True)
        )
    }


def _calls_turned_away(trace: Trace, hits: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which events are calls that the guard turned away; one more, so that -1 is none."""
    calls = trace.parents[np.flatnonzero(hits)]
    marks = np.zeros(len(trace) + 1, np.bool_)
    marks[calls[calls >= 0]] = True
    return marks


def recursion_signals(trace: Trace) -> dict[int, StepSignal]:
    """Return how many saves of each task are past the guard at once.

    A save counts from the start of its walk to the return of its save_stack. A save that the
    guard turned away never walked: its return counts for nothing.
    """
    save_stack = np.array(
        [trace.functions[site.function].name == "save_stack" for site in trace.sites], np.bool_
    )
    turned_away = np.array(
        [site.kind is Kind.SHORT_CIRCUITED and site.label == "test" for site in trace.sites],
        np.bool_,
    )
    kinds = trace.site_kinds
    sites = trace.codes & SITE_MASK
    starts = np.flatnonzero((kinds == Kind.WALK_STARTED)[sites])
    returns = np.flatnonzero(((kinds == Kind.RETURNED) & save_stack)[sites])
    returns = returns[~_calls_turned_away(trace, turned_away[sites])[trace.parents[returns]]]
    positions = np.concatenate((starts, returns)).astype(np.int32)
    changes = np.repeat(np.array([1, -1], np.int64), [len(starts), len(returns)])
    order = np.argsort(positions, kind="stable")
    positions, changes = positions[order], changes[order]
    return {
        number: StepSignal(own, np.cumsum(steps))
        for number, (own, steps) in enumerate(by_task(trace, positions, changes))
    }
