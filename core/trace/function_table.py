"""What each function of a run did between two events: calls, time with and without its callees.

Everything in the table but the peak is a sum over events, so a long range is a few blocks that
were summed once (``FunctionIndex``) and two ends that are summed when asked for. A query takes a
few milliseconds however long the run is; the index takes about 0.1 us an event, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Function, Kind
from core.trace.index import Codes, Positions
from core.trace.once import once_a_run
from core.trace.signals import tasks_of

if TYPE_CHECKING:
    from core.trace.trace import Trace

Numbers = npt.NDArray[np.int64]

BLOCK_EVENTS = 1 << 14
"""Events of a block: an end of a range is at most this long."""
_PIECE_BLOCKS = 16
"""Blocks that are summed at once while the index is built."""


class FunctionRow(NamedTuple):
    """One function in a range of events.

    Attributes:
        function: Which one.
        calls: Its calls that overlap the range.
        events: Events of the range while it was on its task's stack, each counted once however
            often it stood there.
        ns: Simulated nanoseconds of these events.
        self_events: Events of the range in the function itself.
        self_ns: Simulated nanoseconds of these.
        peak_bytes: The most stack in use right after one of its calls in the range (of calls
            from before the range: what is in use then); 0 where it was never called.
    """

    function: Function
    calls: int
    events: int
    ns: int
    self_events: int
    self_ns: int
    peak_bytes: int


def function_table(trace: Trace, first: int = 0, last: int | None = None) -> list[FunctionRow]:
    """Return the functions that are on a stack in a range of events, costliest first.

    Args:
        trace: The run.
        first: The first event of the range.
        last: The last one; None is the run's last.
    """
    last = len(trace) - 1 if last is None else min(last, len(trace) - 1)
    first = max(0, first)
    if first > last:
        return []
    events, ns, peaks = _index_of(trace).between(first, last)
    counts = trace.counts_index.up_to(last) - trace.counts_index.up_to(first - 1)
    self_events, self_ns = _by_function(trace, counts), _self_ns(trace, counts, first, last)
    calls = _by_function(trace, counts * (trace.site_kinds == Kind.CALLED))
    opened = _open_before(trace, first)
    for call, used in zip(opened, _used_by_open(trace, opened)[0], strict=True):
        function = trace.site(call).function
        calls[function] += 1
        peaks[function] = max(peaks[function], used)
    if trace.times_ns is not None and first:
        # Sums begin where the event before was; a recorded range begins with its first event.
        begun = {trace.site(call).function for call in opened}
        ns[list(begun)] -= trace.times_ns[first] - trace.times_ns[first - 1]
    columns = (calls, events, ns, self_events, self_ns, peaks)
    rows = zip(trace.functions, *(column.tolist() for column in columns), strict=True)
    found = [FunctionRow(*row) for row in rows]
    return sorted((row for row in found if row.calls), key=lambda row: (-row.ns, -row.events))


def range_counts(trace: Trace, first: int, last: int) -> dict[str, int]:
    """Return the named counts of a range of events, in the order of ``COUNT_NAMES``.

    Counts are what happened in the range. ``depot_pools`` is how many there are at its end and
    ``deepest_recursion`` the most saves under way at once at any of its events.
    """
    rules, index = trace.count_rules, trace.counts_index
    after, _ = rules.named(index.up_to(last))
    before, _ = rules.named(index.up_to(first - 1))
    counts = {name: value - before[name] for name, value in after.items()}
    counts["depot_pools"] = after["depot_pools"]
    deepest = 0
    for signal in trace.recursion.values():
        begin, end = np.searchsorted(signal.positions, np.array([first, last + 1], np.int32))
        within = signal.values[begin:end]
        deepest = max(deepest, signal.value_at(first), int(within.max()) if len(within) else 0)
    counts["deepest_recursion"] = deepest
    return counts


def _self_ns(trace: Trace, counts: Numbers, first: int, last: int) -> Numbers:
    """Return the time in each function itself: its events' cost, or what its callees leave."""
    if trace.times_ns is None:
        return _by_function(trace, counts * _costs(trace))
    codes: Codes = trace.codes[first : last + 1] & np.uint32(SITE_MASK)
    opened = _open_before(trace, first)
    calls, starts, ends = _spans(trace, codes, first, last + 1, opened)
    ns = (trace.times_ns[ends] - trace.times_ns[starts]).astype(np.float64)
    functions = _functions(trace)
    n = len(trace.functions)
    spent = np.bincount(functions[trace.codes[calls] & SITE_MASK], weights=ns, minlength=n)
    callers = trace.parents[calls]
    inner = callers >= 0
    callees = np.bincount(
        functions[trace.codes[callers[inner]] & SITE_MASK], weights=ns[inner], minlength=n
    )
    left: Numbers = np.rint(spent - callees).astype(np.int64)
    return left


def _by_function(trace: Trace, per_site: Numbers) -> Numbers:
    """Sum numbers by site into numbers by function."""
    sums = np.zeros(len(trace.functions), np.int64)
    np.add.at(sums, [site.function for site in trace.sites], per_site)
    return sums


# -- while a function is on the stack --------------------------------------------------------------


class _Sums(NamedTuple):
    """Per border (row) and function (column): events and ns up to it, and the peak before it."""

    events: Numbers
    ns: Numbers
    peaks: Numbers


class FunctionIndex:
    """Events, ns and stack peak by function, summed for blocks of ``BLOCK_EVENTS`` events.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        events, ns, peaks = [], [], []
        n_blocks = len(trace) // BLOCK_EVENTS
        shape = (1, len(trace.functions))
        last = _Sums(*(np.zeros(shape, np.int64) for _ in range(3)))
        for begin in range(0, n_blocks, _PIECE_BLOCKS):
            end = min(begin + _PIECE_BLOCKS, n_blocks)
            borders = np.arange(begin + 1, end + 1) * BLOCK_EVENTS
            piece = _sums(trace, begin * BLOCK_EVENTS, borders)
            last = _Sums(piece.events + last.events[-1], piece.ns + last.ns[-1], piece.peaks)
            events.append(last.events)
            ns.append(last.ns)
            peaks.append(last.peaks)
        none = np.zeros(shape, np.int64)
        self._events = np.concatenate([none, *events])
        self._ns = np.concatenate([none, *ns])
        self._peaks = np.concatenate([*peaks, none])

    @property
    def nbytes(self) -> int:
        """Memory of the index in bytes."""
        return self._events.nbytes + self._ns.nbytes + self._peaks.nbytes

    def between(self, first: int, last: int) -> tuple[Numbers, Numbers, Numbers]:
        """Return events, ns and peak by function for a range of events."""
        begin, end = -(-first // BLOCK_EVENTS), (last + 1) // BLOCK_EVENTS
        if begin >= end:
            parts = [(first, last)]
            events = np.zeros(len(self._trace.functions), np.int64)
            ns, peaks = events.copy(), events.copy()
        else:
            parts = [(first, begin * BLOCK_EVENTS - 1), (end * BLOCK_EVENTS, last)]
            events = self._events[end] - self._events[begin]
            ns = self._ns[end] - self._ns[begin]
            peaks = self._peaks[begin:end].max(axis=0)
        for start, stop in parts:
            if start <= stop:
                part = _sums(self._trace, start, np.array([stop + 1]))
                events, ns = events + part.events[0], ns + part.ns[0]
                peaks = np.maximum(peaks, part.peaks[0])
        return events, ns, peaks


@once_a_run
def _index_of(trace: Trace) -> FunctionIndex:
    return FunctionIndex(trace)


def _open_before(trace: Trace, first: int) -> list[int]:
    """The calls open before an event, of all tasks, rising."""
    switches = trace.task_switches
    if len(switches) == 1:
        return trace.calls_at(first - 1)
    ends = [at for at, _ in switches[1:]]
    last_of = {
        task: min(end, first) - 1
        for (start, task), end in zip(switches, [*ends, len(trace)], strict=True)
        if start < first
    }
    return sorted(call for at in last_of.values() for call in trace.calls_at(at))


def _sums(trace: Trace, first: int, borders: Numbers) -> _Sums:
    """Sum a range of events by function, from its first event up to each border.

    Args:
        trace: The run.
        first: The first event of the range.
        borders: Positions after ``first``, rising; the last one ends the range.
    """
    stop = int(borders[-1])
    codes: Codes = trace.codes[first:stop] & np.uint32(SITE_MASK)
    opened = _open_before(trace, first)
    calls, starts, ends = _spans(trace, codes, first, stop, opened)
    functions = _functions(trace)[trace.codes[calls] & SITE_MASK]
    multi = len(trace.task_switches) > 1
    tasks = tasks_of(trace, calls) if multi else np.zeros(len(calls), np.int32)
    used = _used(trace, codes, first, starts, tasks, opened)
    shape = (len(borders), len(trace.functions))
    sums = _Sums(*(np.zeros(shape, np.int64) for _ in range(3)))
    block = np.searchsorted(borders, starts, side="right")
    np.maximum.at(sums.peaks, (block, functions), used)
    clocks = _Clocks(trace, codes, first, stop, multi=multi)
    began = None
    if trace.times_ns is not None:
        # A recorded call takes no time before it; one from before the range is clipped to it.
        began = np.where(calls < first, trace.times_ns[max(first - 1, 0)], trace.times_ns[starts])
    spans = _OnStack(tasks, functions, starts - first, ends + 1 - first, began)
    _add_up(sums, clocks, spans, borders - first)
    return sums


class _OnStack(NamedTuple):
    """Calls of a range; places are counted from its start.

    Attributes:
        task: Whose calls they are.
        function: What was called.
        starts: Where they begin, rising.
        ends: Where they end, the event after the return.
        began_ns: When they began, where that is not when the event before happened.
    """

    task: npt.NDArray[np.int32]
    function: npt.NDArray[np.uint16]
    starts: Positions
    ends: Positions
    began_ns: Numbers | None


class _Clocks:
    """How much of a task's own events, and of their time, lies before a place of a range.

    Args:
        trace: The run.
        codes: The events of the range.
        first: The first event of the range.
        stop: The event after its last one.
        multi: Whether there are several tasks.
    """

    def __init__(self, trace: Trace, codes: Codes, first: int, stop: int, *, multi: bool) -> None:
        self._n = len(codes)
        self._order: Numbers | None = None
        costs = np.take(_costs(trace), codes, mode="clip") if trace.times_ns is None else None
        if multi:
            # Each task's events stand together: what lies before a place is found by one search.
            whose = _whose(trace, first, stop).astype(np.int64)
            order = np.argsort(whose, kind="stable")
            self._order = whose[order] * (self._n + 1) + order
            self._base = np.searchsorted(whose[order], np.arange(len(trace.info.tasks)))
            costs = costs[order] if costs is not None else None
        if costs is not None:
            self._ns = np.concatenate((np.zeros(1, np.int64), np.cumsum(costs)))
        else:
            assert trace.times_ns is not None
            self._ns = trace.times_ns[np.maximum(np.arange(first - 1, stop), 0)]
        self._is_recorded = costs is None

    @property
    def width(self) -> int:
        """One more than the largest place."""
        return self._n + 2

    def at(self, task: Numbers, places: Numbers) -> tuple[Numbers, Numbers]:
        """Return events and ns before some places, each of the task beside it.

        Where time was recorded it is when the event before happened, whoever's that was.
        """
        if self._order is None:
            return places, self._ns[places]
        found = np.searchsorted(self._order, task * (self._n + 1) + places)
        base = self._base[task]
        if self._is_recorded:
            return found - base, self._ns[places]
        return found - base, self._ns[found] - self._ns[base]


def _costs(trace: Trace) -> Numbers:
    return np.array([site.cost_ns for site in trace.sites], np.int64)


def _functions(trace: Trace) -> npt.NDArray[np.uint16]:
    return np.array([site.function for site in trace.sites], np.uint16)


def _spans(
    trace: Trace, codes: Codes, first: int, stop: int, opened: list[int]
) -> tuple[Positions, Positions, Positions]:
    """The calls that overlap a range: their positions, and their spans clipped to it."""
    kinds = trace.site_kinds
    called = np.flatnonzero(np.take(kinds == Kind.CALLED, codes, mode="clip"))
    returned = np.flatnonzero(np.take(kinds == Kind.RETURNED, codes, mode="clip"))
    callers = trace.parents[returned + first]
    end_at: Positions = np.full(len(codes), stop - 1, np.int32)
    inside = callers >= first
    end_at[callers[inside] - first] = returned[inside] + first
    outside = dict(
        zip(callers[~inside].tolist(), (returned[~inside] + first).tolist(), strict=True)
    )
    ends = [outside.get(call, stop - 1) for call in opened]
    return (
        np.concatenate((np.array(opened, np.int32), (called + first).astype(np.int32))),
        np.concatenate((np.full(len(opened), first, np.int32), (called + first).astype(np.int32))),
        np.concatenate((np.array(ends, np.int32), end_at[called])),
    )


def _used(
    trace: Trace,
    codes: Codes,
    first: int,
    starts: Positions,
    tasks: npt.NDArray[np.int32],
    opened: list[int],
) -> Numbers:
    """Stack bytes in use right after each call; of earlier calls, when the range begins.

    A call from before the range is as deep in its stack as it was when it was made.
    """
    frame = np.array([trace.functions[site.function].stack_bytes for site in trace.sites], np.int64)
    if not frame.any():
        return np.zeros(len(starts), np.int64)  # a recording does not know sizes
    kinds = trace.site_kinds
    change = np.where(kinds == Kind.CALLED, frame, np.where(kinds == Kind.RETURNED, -frame, 0))
    used = np.zeros(len(starts), np.int64)
    n = len(opened)
    used[:n], base = _used_by_open(trace, opened)
    changes = np.take(change, codes, mode="clip")
    if len(trace.task_switches) == 1:
        used[n:] = np.cumsum(changes)[starts[n:] - first] + base.get(0, 0)
        return used
    whose = _whose(trace, first, first + len(codes))
    for number in range(len(trace.info.tasks)):
        mine = np.flatnonzero(tasks[n:] == number) + n
        sums = np.cumsum(np.where(whose == number, changes, 0))
        used[mine] = sums[starts[mine] - first] + base.get(number, 0)
    return used


def _used_by_open(trace: Trace, opened: list[int]) -> tuple[list[int], dict[int, int]]:
    """Stack bytes in use right after each open call, and by each task with all of them open."""
    used: list[int] = []
    base: dict[int, int] = {}
    for call in opened:
        task = trace.task_at(call)
        base[task] = base.get(task, 0) + trace.function(call).stack_bytes
        used.append(base[task])
    return used, base


def _whose(trace: Trace, first: int, stop: int) -> npt.NDArray[np.int32]:
    """The task of each event of a range."""
    return tasks_of(trace, np.arange(first, stop, dtype=np.int32))


def _add_up(sums: _Sums, clocks: _Clocks, spans: _OnStack, borders: Numbers) -> None:
    """Add what tasks did while each function was on their stacks.

    Args:
        sums: To add to.
        clocks: Of the range.
        spans: Its calls.
        borders: Where to sum up to, rising.
    """
    n_functions, wide = len(sums.events[0]), clocks.width
    group = spans.task.astype(np.int64) * n_functions + spans.function
    order = np.argsort(group, kind="stable")
    group, ends = group[order], spans.ends[order].astype(np.int64)
    # Spans of one task nest: one is outermost if it ends after all of its function before it.
    key = group * wide + ends
    outermost = np.ones(len(key), np.bool_)
    outermost[1:] = key[1:] > np.maximum.accumulate(key)[:-1]
    order, group, ends = order[outermost], group[outermost], ends[outermost]
    starts, task = spans.starts[order].astype(np.int64), group // n_functions
    begins, done = clocks.at(task, starts), clocks.at(task, ends)
    if spans.began_ns is not None:
        begins = begins[0], spans.began_ns[order]
    groups, first = np.unique(group, return_index=True)
    begun = np.searchsorted(group * wide + starts, groups[:, None] * wide + borders)
    # Of the last span that has begun, what lies behind the border does not count.
    some = begun > first[:, None]
    last = np.where(some, ends[np.maximum(begun - 1, 0)], 0) if len(ends) else begun
    whose = np.broadcast_to((groups // n_functions)[:, None], begun.shape)
    beyond = clocks.at(whose, np.maximum(last, borders))
    border = clocks.at(whose, np.broadcast_to(borders, begun.shape))
    columns = zip((sums.events, sums.ns), begins, done, beyond, border, strict=True)
    for column, before, after, further, there in columns:
        lengths = np.concatenate((np.zeros(1, np.int64), np.cumsum(after - before)))
        whole = lengths[begun] - lengths[first][:, None]
        found = whole - np.where(some, further - there, 0)
        np.add.at(column.T, groups % n_functions, found)
