"""Functions that are on their own stack, in any trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.signals import tasks_of
from core.trace.trace import Trace

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recursion:
    """A function that calls itself, directly or through others.

    Attributes:
        function: Its name.
        calls: How many of its calls were made while it was on the stack already.
        deepest: How often it was on one stack at once.
        stack: The functions on the stack where it was so first, root first; it is the last.
        position: The call at which that was.
    """

    function: str
    calls: int
    deepest: int
    stack: tuple[str, ...]
    position: int


def recursions(trace: Trace) -> list[Recursion]:
    """Return the functions that were on their own stack, the deepest first.

    Functions that call each other in turn are all found, each by itself.
    """
    positions, names, numbers = _marks(trace)
    if not len(positions):
        return []
    tasks = tasks_of(trace, positions).astype(np.int64)
    called = (trace.site_kinds == Kind.CALLED)[trace.codes[positions] & SITE_MASK]
    on_stack = _running(tasks * len(names) + numbers, np.where(called, 1, -1))
    again = np.flatnonzero(called & (on_stack > 1))
    deepest = np.zeros(len(names), np.int64)
    np.maximum.at(deepest, numbers[again], on_stack[again])
    calls = np.bincount(numbers[again], minlength=len(names))
    at_deepest = again[on_stack[again] == deepest[numbers[again]]]
    found, first = np.unique(numbers[at_deepest], return_index=True)
    rows = []
    for number, at in zip(found.tolist(), positions[at_deepest[first]].tolist(), strict=True):
        stack = tuple(trace.names_at(at))
        depth, count = int(deepest[number]), int(calls[number])
        rows.append(Recursion(names[number], count, depth, stack, at))
    return sorted(rows, key=lambda each: (-each.deepest, -each.calls, each.function))


def _marks(trace: Trace) -> tuple[npt.NDArray[np.int32], list[str], Longs]:
    """Positions of all calls and returns, every name once, and the number of each one's name."""
    positions = trace.positions(Kind.CALLED, Kind.RETURNED)
    number_of: dict[str, int] = {}
    of_site = [
        number_of.setdefault(trace.functions[site.function].name, len(number_of))
        for site in trace.sites
    ]
    return (
        positions,
        list(number_of),
        np.array(of_site, np.int64)[trace.codes[positions] & SITE_MASK]
        if of_site
        else np.empty(0, np.int64),
    )


def _running(keys: Longs, change: Longs) -> Longs:
    """Sum changes up by key: what the key's sum is after each."""
    order = np.argsort(keys, kind="stable")
    sums = np.cumsum(change[order])
    first = np.ones(len(order), np.bool_)
    first[1:] = keys[order][1:] != keys[order][:-1]
    starts = np.flatnonzero(first)
    before = sums[starts] - change[order][starts]
    running = np.empty(len(order), np.int64)
    running[order] = sums - np.repeat(before, np.diff(np.append(starts, len(order))))
    return running
