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
    tasks = tasks_of(trace, positions)
    order = np.argsort(tasks, kind="stable")
    ends = np.searchsorted(tasks[order], np.arange(1, len(trace.info.tasks)))
    return list(zip(np.split(positions[order], ends), np.split(values[order], ends), strict=True))


def word_signals(trace: Trace) -> dict[int, StepSignal]:
    """Return the guard's storage unit of each task over positions."""
    stores = trace.positions(Kind.STORED)
    words = np.array(trace.values, np.uint64).astype(np.int64)
    numbers = whole_arguments(trace.codes, trace.wide, stores)
    stored = by_task(trace, stores, numbers)
    return {
        number: StepSignal(positions, words[own], task.first_word)
        for number, (task, (positions, own)) in enumerate(
            zip(trace.info.tasks, stored, strict=True)
        )
    }


def recursion_signals(trace: Trace) -> dict[int, StepSignal]:
    """Return how many saves of each task are past the guard at once.

    A save counts from the start of its walk to the return of its save_stack. A save that the
    guard turned away never walked: the event before its return is the short-circuit, so its
    return counts for nothing.
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
    returns = returns[~turned_away[sites[returns - 1]]]
    positions = np.concatenate((starts, returns)).astype(np.int32)
    changes = np.repeat(np.array([1, -1], np.int64), [len(starts), len(returns)])
    order = np.argsort(positions, kind="stable")
    positions, changes = positions[order], changes[order]
    return {
        number: StepSignal(own, np.cumsum(steps))
        for number, (own, steps) in enumerate(by_task(trace, positions, changes))
    }
