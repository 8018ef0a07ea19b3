"""What must hold in a saved trace before anything is asked of it.

A file may be damaged, or made by somebody who means no good. Everything that a trace points at
(sites, functions, parents, values, locks, tasks, records, scripts) is looked at once, vectorised;
what a number may do later (a shift, a width, a format) is bounded here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from string import Formatter

import numpy as np
import numpy.typing as npt

from core.trace.events import MAX_SITES, SITE_BITS, SITE_MASK, WIDE_ARGUMENT, Kind
from core.trace.explain import WORDS
from core.trace.index import whole_arguments
from core.trace.info import GUARD_DESIGNS, GuardInfo, TraceInfo
from core.trace.trace import Trace

MAX_EVENTS = (1 << 31) - 2
"""Positions are 32-bit."""

MAX_ORDER = 63
_MAX_COUNT = (1 << 31) - 1
_MAX_WORD = (1 << 64) - 1
_MAX_ARGUMENT = (1 << 63) - 1
_MAX_COST_NS = 1_000_000_000
_MAX_UNIT_BYTES = 8
_MAX_CPUS = 8192
"""CONFIG_NR_CPUS at most (arch/x86/Kconfig)."""

FunctionRow = tuple[str, str, int, str, str, bool]
SiteRow = tuple[int, int, str, str, int, tuple[tuple[str, str], ...]]


class Damage(Exception):
    """A trace that cannot be right.

    Args:
        problem: What is wrong, as a clause.
        advice: What to do about it.
    """

    def __init__(self, problem: str, advice: str = "save it again") -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice


def _need(ok: bool, what: str) -> None:
    if not ok:
        raise Damage(f"the trace is damaged: {what}")


def _all_in(numbers: Iterable[int], first: int, last: int) -> bool:
    return all(first <= number <= last for number in numbers)


# -- the head -----------------------------------------------------------------------------------


def check_head(
    length: int,
    functions: Sequence[FunctionRow],
    sites: Sequence[SiteRow],
    values: Sequence[int],
    wide: Mapping[int, int],
    info: TraceInfo,
) -> None:
    """Look at everything that is not a column.

    Raises:
        Damage: Something in it cannot be right.
    """
    _need(1 <= length <= MAX_EVENTS, f"it claims {length:,} events")
    _need(_all_in((f[2] for f in functions), 0, _MAX_COUNT), "a frame's size is out of range")
    _need(len(sites) <= MAX_SITES, f"{len(sites):,} sites are more than {MAX_SITES:,}")
    ends = {"of": len(info.tasks), "cpu": info.cpus}
    for site in sites:
        _check_site(site, len(functions), ends)
    _need(_all_in(values, 0, _MAX_WORD), "a value is out of range")
    _need(_all_in(wide, 0, length - 1), "a large argument belongs to no event")
    _need(_all_in(wide.values(), 0, _MAX_ARGUMENT), "an argument is out of range")
    _check_info(info)


_LARGEST = {"order": MAX_ORDER, "discarded": _MAX_COUNT}
"""Facts that are numbers, with the largest each can be."""


def _check_site(site: SiteRow, n_functions: int, ends: Mapping[str, int]) -> None:
    kind, function, _, text, cost_ns, facts = site
    _need(0 <= kind < len(Kind), f"{kind} is no kind of event")
    _need(0 <= function < n_functions, f"there is no function {function}")
    _need(0 <= cost_ns <= _MAX_COST_NS, "an event's time is out of range")
    _check_sentence(text)
    for name, value in facts:
        largest = ends[name] - 1 if name in ends else _LARGEST.get(name)
        if largest is not None:
            number = int(value) if value.isascii() and value.isdigit() and len(value) < 12 else -1
            _need(0 <= number <= largest, f"{name} {value[:20]!r} is no number it can be")


def _check_sentence(text: str) -> None:
    """A sentence may ask for the words there are and for nothing else."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        parts = [("", "?", "", "")]
    for _, name, spec, conversion in parts:
        known = name is None or (name in WORDS and not spec and not conversion)
        _need(known, "a sentence asks for a word that does not exist")


def _check_info(info: TraceInfo) -> None:
    _need(len(info.tasks) > 0, "it has no task")
    _need(_all_in((t.first_word for t in info.tasks), 0, _MAX_WORD), "a word is out of range")
    _need(1 <= info.cpus <= _MAX_CPUS, f"it claims {info.cpus:,} CPUs")
    _need(_all_in((t.cpu for t in info.tasks), 0, info.cpus - 1), "a task is on no CPU")
    parents = (t.parent for t in info.tasks)
    _need(_all_in(parents, -1, len(info.tasks) - 1), "a task was forked by none there is")
    _check_guard(info.guard)
    _need(info.page_bytes >= 1, "a page has no size")
    sizes = (info.thread_bytes, info.reserved_bytes, info.page_bytes, info.depot_pools_at_start)
    _need(_all_in(sizes, 0, _MAX_COUNT), "a size is out of range")
    depot, n_records = info.depot, len(info.records)
    numbers = (depot.pool_bytes, depot.max_pools, depot.pools, depot.offset_bytes)
    _need(_all_in(numbers, 0, _MAX_COUNT), "the depot's size is out of range")
    _need(0 <= depot.records <= n_records, "the depot begins with records it does not have")
    for record in info.records:
        _need(-1 <= record.pool <= _MAX_COUNT, "a record lies in no pool")
        _need(_all_in((record.offset_bytes, record.size_bytes), 0, _MAX_COUNT), "a record's size")
        _need(0 <= record.handle <= _MAX_WORD, "a handle is out of range")
    for cache in info.caches:
        counts = (cache.object_bytes, cache.objects, cache.cpu_partial, cache.node_partial)
        _need(_all_in((*counts, cache.partial_free), 0, _MAX_COUNT), "a cache is out of range")
        _need(-1 <= cache.free <= _MAX_COUNT, "a cache's freelist is out of range")
        _need(0 <= cache.order <= MAX_ORDER, "a cache's order is out of range")
    for script in info.scripts:
        _need(0 <= script.lock < len(info.locks), "a script has a lock that does not exist")
    for page in info.pages:
        _need(_all_in((page.pfn, page.handle), 0, _MAX_ARGUMENT), "a page is out of range")
        _need(0 <= page.order <= MAX_ORDER, "a page's order is out of range")


def _check_guard(guard: GuardInfo) -> None:
    _need(guard.design in GUARD_DESIGNS, f"there is no guard {guard.design[:40]!r}")
    _need(0 <= guard.unit_bytes <= _MAX_UNIT_BYTES, "the guard's storage unit is out of range")
    _need(_all_in((guard.max_depth, guard.byte_offset), 0, _MAX_COUNT), "the guard's place")
    fields = [(guard.bit_offset, guard.bit_size)]
    fields += [(field.bit_offset, field.bit_size) for field in guard.word_fields]
    for bit_offset, bit_size in fields:
        inside = bit_offset >= 0 <= bit_size and bit_offset + bit_size <= guard.unit_bytes * 8
        _need(inside, "a field lies outside its storage unit")


# -- the columns --------------------------------------------------------------------------------


def check_columns(trace: Trace) -> None:
    """Look at what the events and parents point at.

    Raises:
        Damage: An event points at something that does not exist.
    """
    codes, parents = trace.codes, trace.parents
    times = trace.times_ns
    if times is not None:
        rising = int(times[0]) >= 0 and bool((times[1:] >= times[:-1]).all())
        _need(rising, "its times do not rise")
    sites: npt.NDArray[np.uint32] = codes & np.uint32(SITE_MASK)
    _need(int(sites.max()) < len(trace.sites), "an event is at a site that does not exist")
    positions = np.arange(len(codes), dtype=np.int32)
    later = parents >= positions
    _need(int(parents.min()) >= -1 and not later.any(), "an event happens in a later call")
    _check_wide(trace)
    _check_calls(trace, sites, parents)
    _check_arguments(trace, sites)


def _check_wide(trace: Trace) -> None:
    marked = np.flatnonzero(trace.codes >> np.uint32(SITE_BITS) == WIDE_ARGUMENT)
    same = len(marked) == len(trace.wide) and all(at in trace.wide for at in marked.tolist())
    _need(same, "large arguments and events do not belong together")


def _check_calls(
    trace: Trace, sites: npt.NDArray[np.uint32], parents: npt.NDArray[np.int32]
) -> None:
    """Every event happens in a call, and what returns is what was called."""
    kinds = trace.site_kinds
    function = np.array([site.function for site in trace.sites], np.int32)
    called = (kinds == Kind.CALLED)[sites]
    _need(bool(called[parents[parents >= 0]].all()), "an event happens in what is no call")
    back = np.flatnonzero((kinds == Kind.RETURNED)[sites])
    calls = parents[back]
    same = (calls >= 0) & (function[sites[back]] == function[sites[calls]])
    _need(bool(same.all()), "a function returns that was not called")
    _need(int(np.bincount(calls).max(initial=0)) <= 1, "a call returns twice")


_BOUNDS: tuple[tuple[tuple[Kind, ...], Callable[[Trace], tuple[int, int]], str], ...] = (
    (
        (
            Kind.LOADED,
            Kind.MODIFIED,
            Kind.STORED,
            Kind.FIELD_LOADED,
            Kind.FIELD_STORED,
            Kind.LOST_UPDATE,
        ),
        lambda t: (0, len(t.values)),
        "value",
    ),
    (
        (Kind.LOCK_TAKEN, Kind.LOCK_RELEASED, Kind.LOCK_SPUN),
        lambda t: (0, len(t.info.locks)),
        "lock",
    ),
    (
        (
            Kind.TASK_SWITCHED,
            Kind.TASK_BLOCKED,
            Kind.TASK_WOKEN,
            Kind.TASK_FORKED,
            Kind.TASK_EXITED,
        ),
        lambda t: (0, len(t.info.tasks)),
        "task",
    ),
    ((Kind.TASK_MIGRATED,), lambda t: (0, t.info.cpus), "CPU"),
    (
        (Kind.INTERRUPTED, Kind.INTERRUPT_ENDED),
        lambda t: (0, len(t.info.interrupts)),
        "interrupt",
    ),
    (
        (Kind.SCRIPT_ADDED, Kind.SCRIPT_BUILT, Kind.SCRIPT_EVICTED),
        lambda t: (0, len(t.info.scripts)),
        "script",
    ),
    ((Kind.DEPOT_HIT, Kind.DEPOT_STORED), lambda t: (1, len(t.info.records) + 1), "stack"),
)
"""What arguments count: which kinds, from where to where (exclusive), and what it is called."""


def _check_arguments(trace: Trace, sites: npt.NDArray[np.uint32]) -> None:
    group_of_site = np.zeros(len(trace.sites), np.int8)
    for number, (kinds, _, _) in enumerate(_BOUNDS, 1):
        group_of_site[np.isin(trace.site_kinds, kinds)] = number
    counting = np.flatnonzero((group_of_site > 0)[sites])
    groups = group_of_site[sites[counting]]
    for number, (_, bounds, what) in enumerate(_BOUNDS, 1):
        first, end = bounds(trace)
        at = counting[groups == number]
        if len(at):
            found = whole_arguments(trace.codes, trace.wide, at)
            largest = int(found.max())
            _need(int(found.min()) >= first and largest < end, f"there is no {what} {largest}")
