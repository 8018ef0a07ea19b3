"""Stretches of a run that lie on CPUs: interrupts, waits for locks, interrupts off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions, whole_arguments
from core.trace.signals import tasks_of

if TYPE_CHECKING:
    from core.trace.trace import Trace

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Spans:
    """Stretches of a run, in the order in which they began.

    Attributes:
        starts: Their first event, shape (n,), int32, rising.
        ends: The event after their last, shape (n,).
        cpus: The CPU each is on.
        tasks: The task each belongs to.
        numbers: What each is about: an interrupt's number, a lock's, or 0.
        levels: How many spans of the same sort it is nested in.
    """

    starts: Positions
    ends: Positions
    cpus: Numbers
    tasks: Numbers
    numbers: Numbers
    levels: Numbers

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, mask: npt.NDArray[np.bool_]) -> Spans:
        """Return the spans that a mask of shape (n,) marks."""
        return Spans(
            self.starts[mask],
            self.ends[mask],
            self.cpus[mask],
            self.tasks[mask],
            self.numbers[mask],
            self.levels[mask],
        )

    def at(self, position: int) -> list[int]:
        """Return the indexes of the spans that are open after an event, rising."""
        until = int(np.searchsorted(self.starts, np.int32(position), side="right"))
        return [int(one) for one in np.flatnonzero(self.ends[:until] > position)]


def paired(trace: Trace, begin: Kind, end: Kind) -> Spans:
    """Return the spans between two kinds of event that nest on each task's stack."""
    at = trace.positions(begin, end)
    tasks = tasks_of(trace, at)
    opens = (trace.site_kinds == begin)[trace.codes[at] & SITE_MASK]
    order = np.argsort(tasks, kind="stable")
    change = np.where(opens[order], 1, -1)
    sums = np.cumsum(change)
    level = np.where(opens[order], sums, sums - change)
    # Walking by ones, a level is entered and left in turn; each task begins anew.
    base = _starts_of_groups(tasks[order], sums - change)
    key = tasks[order].astype(np.int64) << 32 | (level - base + (1 << 31))
    by_level = np.argsort(key, kind="stable")
    rows, key = order[by_level], key[by_level]
    following = np.full(len(at), len(trace), np.int32)
    same = key[1:] == key[:-1]
    following[rows[:-1][same]] = at[rows[1:][same]]
    levels = np.empty(len(at), np.int32)
    levels[order] = (level - base - 1).astype(np.int32)
    numbers = whole_arguments(trace.codes, trace.wide, at)
    return spans_of(
        at[opens],
        following[opens],
        trace.cpus.cpus_of(at[opens]),
        tasks[opens],
        numbers[opens],
        levels[opens],
    )


def lock_waits(trace: Trace) -> Spans:
    """Return the waits for a lock: from the first time a task spins until it has the lock."""
    at = trace.positions(Kind.LOCK_SPUN, Kind.LOCK_TAKEN)
    numbers = whole_arguments(trace.codes, trace.wide, at)
    tasks = tasks_of(trace, at)
    spun = (trace.site_kinds == Kind.LOCK_SPUN)[trace.codes[at] & SITE_MASK]
    key = tasks.astype(np.int64) << 32 | numbers
    begins, ends = _runs(key, spun, at, len(trace))
    return spans_of(
        at[begins], ends, trace.cpus.cpus_of(at[begins]), tasks[begins], numbers[begins]
    )


def irqs_off(trace: Trace) -> Spans:
    """Return the stretches in which a CPU takes no interrupts."""
    at = trace.positions(Kind.IRQS_OFF, Kind.IRQS_ON)
    off = (trace.site_kinds == Kind.IRQS_OFF)[trace.codes[at] & SITE_MASK]
    cpus = trace.cpus.cpus_of(at)
    begins, ends = _runs(cpus.astype(np.int64), off, at, len(trace))
    return spans_of(at[begins], ends, cpus[begins], tasks_of(trace, at[begins]))


def _starts_of_groups(keys: Numbers, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """By row, the value at the first row of its group; keys are sorted."""
    if not len(keys):
        return values
    heads = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
    return np.repeat(values[heads], np.diff([*heads.tolist(), len(keys)]))


def _runs(
    key: npt.NDArray[np.int64], opens: npt.NDArray[np.bool_], at: Positions, end: int
) -> tuple[npt.NDArray[np.intp], Positions]:
    """Return the rows that open a run in their group, rising, and where each run is closed."""
    order = np.argsort(key, kind="stable")
    key, sorted_opens = key[order], opens[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = key[1:] != key[:-1]
    edges = np.flatnonzero(fresh | (np.diff(sorted_opens, prepend=True) != 0))
    edges = edges[sorted_opens[edges] | ~fresh[edges]]
    begins = edges[sorted_opens[edges]]
    ends = np.full(len(begins), end, np.int32)
    places = np.searchsorted(edges, begins) + 1
    closed = places < len(edges)
    closers = edges[np.minimum(places, max(0, len(edges) - 1))] if len(edges) else edges
    closed &= (key[closers] == key[begins]) & ~sorted_opens[closers] if len(begins) else closed
    ends[closed] = at[order[closers[closed]]]
    rows = order[begins]
    rising = np.argsort(rows, kind="stable")
    return rows[rising], ends[rising]


def spans_of(
    starts: Positions,
    ends: Positions,
    cpus: Numbers,
    tasks: Numbers,
    numbers: npt.NDArray[Any] | None = None,
    levels: Numbers | None = None,
) -> Spans:
    """Return spans in the order in which they begin; see ``Spans``."""
    order = np.argsort(starts, kind="stable")
    zeros = np.zeros(len(starts), np.int32)
    return Spans(
        starts[order].astype(np.int32),
        ends[order].astype(np.int32),
        cpus[order].astype(np.int32),
        tasks[order].astype(np.int32),
        zeros if numbers is None else numbers[order].astype(np.int32),
        zeros if levels is None else levels[order].astype(np.int32),
    )
