"""Times of events: as the file has them, or put together from how long its calls took."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from core.recording.calls.stacks import NOT_KNOWN, Calls

Longs = npt.NDArray[np.int64]

_MOST_NS = 1 << 61


def recorded_times(calls: Calls, times_ns: Longs) -> Longs:
    """Return the times of a file, never falling within a task."""
    times = np.clip(times_ns, -_MOST_NS, _MOST_NS)
    owners = calls.columns.owners
    if not len(times) or bool((times[1:] >= times[:-1]).all()):
        return times
    order = np.argsort(owners, kind="stable")
    bounds = np.flatnonzero(np.diff(owners[order])) + 1
    for which in np.split(order, bounds):
        times[which] = np.maximum.accumulate(times[which])
    return times


def times_from_durations(calls: Calls) -> Longs:
    """Put times together from durations: no event can have been earlier.

    A call lasts as long as the file says, and what is inside it comes as early as it can. CPUs run
    side by side: each has a clock of its own, and is only held to the order of the lines.

    Args:
        calls: Balanced calls with ``durations_ns``.
    """
    spent = _spent(calls)
    cpus = calls.columns.cpus
    if cpus is None or not len(spent) or bool((cpus == cpus[0]).all()):
        return np.cumsum(spent)
    return _side_by_side(calls, spent)


def _durations(calls: Calls) -> Longs:
    """What the file says each call took, by place of the call; 0 where it does not say."""
    column = calls.columns.durations_ns
    if column is None:
        return np.zeros(len(calls.marks), np.int64)
    closed = np.flatnonzero(calls.is_call & (calls.partner >= 0))
    closed = closed[~calls.made[calls.marks[closed]]]  # how long it ran before is not in the file
    lasted: Longs = np.zeros(len(calls.marks), np.int64)
    lasted[closed] = np.maximum(column[calls.marks[calls.partner[closed]]], 0)
    return lasted


def _spent(calls: Calls) -> Longs:
    """How much later than the event before it each event is, by event."""
    said = _durations(calls)
    inner = np.flatnonzero(calls.is_call & (calls.parent >= 0))
    inside = np.bincount(calls.parent[inner], weights=said[inner], minlength=len(said)).astype(
        np.int64
    )
    lasted = np.maximum(said, inside)
    # What takes longer than said, because of what is in it, makes the call around it longer.
    longer = np.flatnonzero((lasted > said) & (calls.parent >= 0))
    more = (lasted - said)[longer]
    while len(longer):
        around = calls.parent[longer]
        np.add.at(inside, around, more)
        around = np.unique(around)
        now = np.maximum(said[around], inside[around])
        more = now - lasted[around]
        lasted[around] = now
        going_on = (more > 0) & (calls.parent[around] >= 0)
        longer, more = around[going_on], more[going_on]
    spent: Longs = np.zeros(len(calls.columns), np.int64)
    closed = np.flatnonzero(calls.is_call & (calls.partner >= 0))
    spent[calls.marks[calls.partner[closed]]] = (lasted - inside)[closed]
    return spent


def _side_by_side(calls: Calls, spent: Longs) -> Longs:
    """Times of several CPUs: runs of one CPU and task, and in them what fits together.

    Only the return of a call that began in an earlier run has to be looked at by itself.
    """
    columns, marks = calls.columns, calls.marks
    cpus = columns.cpus
    assert cpus is not None
    turns = np.ones(len(columns), np.bool_)
    turns[1:] = (cpus[1:] != cpus[:-1]) | (columns.owners[1:] != columns.owners[:-1])
    run = np.cumsum(turns)
    closed = np.flatnonzero(calls.is_call & (calls.partner >= 0))
    began, ended = marks[closed], marks[calls.partner[closed]]
    across = run[began] != run[ended]
    began, ended = began[across], ended[across]
    spent[ended] = 0
    said = columns.durations_ns
    lasts = np.zeros(len(ended), np.int64)
    if said is not None:
        lasts = np.where(calls.made[began], 0, np.maximum(said[ended], 0))
    opener = dict(
        zip(ended.tolist(), zip(began.tolist(), lasts.tolist(), strict=True), strict=True)
    )
    turns[ended] = True
    piece = np.cumsum(turns) - 1
    passed = np.cumsum(spent)
    places = np.flatnonzero(turns)
    stamps = _stamps(calls)
    offsets: list[int] = []
    clocks: dict[int, int] = {}
    tasks: dict[int, int] = {}
    printed = 0
    borders = pairwise([*places.tolist(), len(columns)])
    of_places = (cpus[places].tolist(), columns.owners[places].tolist())
    for (first, last), cpu, task in zip(borders, *of_places, strict=True):
        now = max(clocks.get(cpu, 0), tasks.get(task, 0), printed)
        if first in opener:
            call, lasted = opener[first]
            now = max(now, int(passed[call]) + offsets[int(piece[call])] + lasted)
        offset = now - (int(passed[first - 1]) if first else 0)
        offsets.append(offset)
        clocks[cpu] = tasks[task] = int(passed[last - 1]) + offset
        stamp = int(stamps[last - 1])
        printed = max(printed, int(passed[stamp]) + offset if stamp >= first else now)
    moved: Longs = passed + np.array(offsets, np.int64)[piece]
    return moved


def _stamps(calls: Calls) -> Longs:
    """The event at whose time each event's line was printed: of a leaf's return, its call."""
    stamps = np.arange(len(calls.columns))
    said = calls.columns.durations_ns
    if said is None:
        return stamps
    leaf = np.flatnonzero(calls.is_call & (calls.partner == np.arange(len(calls.marks)) + 1))
    begin, end = calls.marks[leaf], calls.marks[leaf + 1]
    beside = (end == begin + 1) & (said[end] != NOT_KNOWN)
    stamps[end[beside]] = begin[beside]
    return stamps
