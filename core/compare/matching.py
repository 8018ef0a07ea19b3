"""What runs do, reduced to what they are compared by, and how much of it they share.

A *key* is an event that takes part in the comparison: a call, a return, a switch to another task,
the end of a run that stopped. Equal keys of different runs have equal numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions, arguments_of

if TYPE_CHECKING:
    from core.trace.trace import Trace

Numbers = npt.NDArray[np.int64]

_KEY_KINDS = (Kind.CALLED, Kind.RETURNED, Kind.TASK_SWITCHED, Kind.STOPPED)
_NO_KEY = -1
_FIRST_TASK = 1 << 24
"""Switches are numbered from here by their task; a run has far fewer functions."""


@dataclass(frozen=True)
class Outline:
    """The keys of one run.

    Attributes:
        numbers: What each key is, shape (n,).
        padded_positions: Where it is, and then the length of the run, shape (n + 1,).
        starts: At which key each operation begins, shape (n operations,).
    """

    numbers: npt.NDArray[np.int32]
    padded_positions: Positions
    starts: Numbers

    def padded_starts(self, n_operations: int) -> Numbers:
        """Return ``starts`` for so many operations; those it does not have begin at its end."""
        missing = max(0, n_operations - len(self.starts))
        return np.concatenate((self.starts, np.full(missing, len(self.numbers))))[:n_operations]


@dataclass(frozen=True)
class Matches:
    """How much of each operation runs share.

    Attributes:
        shared: How many keys from the operation's start are the same in all runs that have it.
        parted: Whether a run goes on with another key, or ends there.
        first_stretch: Number of the operation's first stretch, shape (n operations + 1,): one
            stretch a shared key, and one for what comes after where they part.
    """

    shared: Numbers
    parted: npt.NDArray[np.bool_]
    first_stretch: Numbers

    @property
    def n_operations(self) -> int:
        """How many operations the longest run has."""
        return len(self.shared)


def outlines_of(traces: Sequence[Trace]) -> list[Outline]:
    """Return the keys of some runs, numbered alike."""
    known: dict[tuple[str, ...], int] = {}
    return [_outline(trace, known) for trace in traces]


def _outline(trace: Trace, known: dict[tuple[str, ...], int]) -> Outline:
    by_site = np.array([_site_number(trace, n, known) for n in range(len(trace.sites))], np.int32)
    sites = trace.codes & np.uint32(SITE_MASK)
    chosen = (by_site != _NO_KEY)[sites]
    if len(chosen):
        # What comes before the first key belongs to the first operation.
        chosen[0] = True
    positions = np.flatnonzero(chosen).astype(np.int32)
    numbers = by_site[sites[positions]]
    switches = np.flatnonzero((trace.site_kinds == Kind.TASK_SWITCHED)[sites[positions]])
    tasks = arguments_of(trace.codes[positions[switches]])
    numbers[switches] = _FIRST_TASK + tasks.astype(np.int32)
    starts = _operation_starts(trace, positions, sites, switches)
    return Outline(numbers, np.append(positions, np.int32(len(trace))), starts)


def _site_number(trace: Trace, number: int, known: dict[tuple[str, ...], int]) -> int:
    """Return what the events of a site are compared by, ``_NO_KEY`` where by nothing."""
    site = trace.sites[number]
    if site.kind not in _KEY_KINDS:
        return _NO_KEY
    word = (site.kind.name, trace.functions[site.function].name, site.fact("as"))
    return known.setdefault(word, len(known))


def _operation_starts(
    trace: Trace, positions: Positions, sites: npt.NDArray[np.uint32], switches: Numbers
) -> Numbers:
    """Return at which keys operations begin: at outermost calls, or the switch right before one."""
    if not len(positions):
        return np.zeros(0, np.int64)
    called = (trace.site_kinds == Kind.CALLED)[sites[positions]]
    starts = np.flatnonzero(called & (trace.parents[positions] < 0))
    is_switch = np.zeros(len(positions) + 1, np.bool_)
    is_switch[switches + 1] = True
    starts -= is_switch[starts]
    if not len(starts):
        return np.zeros(1, np.int64)
    starts[0] = 0
    return starts


def matches_of(outlines: Sequence[Outline]) -> Matches:
    """Return how much of each operation some runs share.

    A run that is over takes no part any more: the others are compared without it.
    """
    n_operations = max(len(outline.starts) for outline in outlines)
    shared = np.zeros(n_operations, np.int64)
    parted = np.zeros(n_operations, np.bool_)
    first = 0
    for last in sorted({len(outline.starts) for outline in outlines}):
        going_on = [outline for outline in outlines if len(outline.starts) >= last]
        if last > first:
            shared[first:last], parted[first:last] = _match(going_on, first, last)
        first = last
    first_stretch = np.zeros(n_operations + 1, np.int64)
    np.cumsum(shared + parted, out=first_stretch[1:])
    return Matches(shared, parted, first_stretch)


def _match(
    outlines: Sequence[Outline], first: int, last: int
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return how many keys are shared in the operations from first to before last, and partings."""
    bounds = [_bounds(outline, first, last) for outline in outlines]
    counts = np.stack([np.diff(each) for each in bounds])
    least = counts.min(axis=0)
    offsets = np.concatenate(([0], np.cumsum(least)))
    # The keys of all operations in one row, each operation cut to what the shortest run has of it.
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], least)
    rows = [
        outline.numbers[np.repeat(each[:-1], least) + within]
        for outline, each in zip(outlines, bounds, strict=True)
    ]
    differs = np.zeros(len(within), np.bool_)
    for row in rows[1:]:
        differs |= row != rows[0]
    shared = least.copy()
    where = np.flatnonzero(differs)[::-1]
    operations = np.searchsorted(offsets, where, side="right") - 1
    # Of several values for one operation the last one stays: backwards, that is the first.
    shared[operations] = within[where]
    return shared, (counts != shared).any(axis=0)


def _bounds(outline: Outline, first: int, last: int) -> Numbers:
    """Return the keys at which some operations begin, and the one at which the last ends."""
    bounds = outline.padded_starts(last + 1)
    return bounds[first : last + 1]
