"""What of a run is drawn as a step: one value over positions, with its name, unit and limit.

Where a run has several tasks, a value that belongs to a task is that of the task that runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions, whole_arguments
from core.trace.signals import StepSignal, by_owner, by_task, first_words

if TYPE_CHECKING:
    from core.trace.trace import Trace

Values = npt.NDArray[np.int64]


class Limit(NamedTuple):
    """A value that means something, and what."""

    value: int
    label: str


@dataclass(frozen=True)
class PlottedSignal:
    """One value of a run that may be plotted.

    Attributes:
        name: What programs call it.
        label: What people call it.
        unit: What it counts, in the plural; empty for a plain number.
        about: One sentence about what it shows.
        make: Builds the signal; use ``signal``, which does so once.
        limit: A value it is to be held against, None where there is none.
        task: The task it belongs to; None is the one that runs.
    """

    name: str
    label: str
    unit: str
    about: str
    make: Callable[[], StepSignal]
    limit: Limit | None = None
    task: int | None = None

    @cached_property
    def signal(self) -> StepSignal:
        """The value over positions, built when it is first asked for."""
        return self.make()


def plotted_signals(trace: Trace) -> tuple[PlottedSignal, ...]:
    """Return everything of a run that may be plotted; nothing is computed before it is drawn."""
    if trace.info.recording is not None:
        return _recorded_signals(trace)
    several = len(trace.info.tasks) > 1
    stacks = _Once(lambda: stack_signals(trace))
    room = Limit(trace.info.thread_bytes - trace.info.reserved_bytes, _stack_limit(trace))
    plotted = [
        PlottedSignal(
            "stack_bytes",
            "Stack",
            "bytes",
            "Bytes of the call stack in use" + (", of the task that runs" if several else ""),
            lambda: running(trace, stacks()),
            room,
        ),
        _recursion_signal(trace),
        *_guard_signals(trace),
        *_depot_signals(trace),
        PlottedSignal(
            "owners_lost",
            "Owners lost",
            "pages",
            "Owner records that got dummy_handle or failure_handle so far",
            lambda: lost_signal(trace),
        ),
        PlottedSignal(
            "pages_in_use",
            "Pages in use",
            "pages",
            "Pages that the page allocator has given away",
            lambda: pages_signal(trace),
        ),
    ]
    if several:
        plotted += _stacks_of_tasks(trace, stacks, room)
    return tuple(plotted)


def _recursion_signal(trace: Trace) -> PlottedSignal:
    return PlottedSignal(
        "recursion",
        "Recursion",
        "",
        "How many saves of the task that runs are past the guard at once",
        lambda: running(trace, trace.recursion),
    )


def _recorded_signals(trace: Trace) -> tuple[PlottedSignal, ...]:
    """What a recording of calls can tell: neither bytes nor pages."""
    depth = PlottedSignal(
        "stack_depth",
        "Depth",
        "calls",
        "Calls on the stack, of the task that runs, as far as they were recorded",
        lambda: running(trace, stack_signals(trace, by="calls")),
    )
    return depth, _recursion_signal(trace)


class _Once:
    """A value that several signals share, built for the first of them."""

    def __init__(self, make: Callable[[], dict[int, StepSignal]]) -> None:
        self._make = make
        self._made: dict[int, StepSignal] | None = None

    def __call__(self) -> dict[int, StepSignal]:
        if self._made is None:
            self._made = self._make()
        return self._made


def _stack_limit(trace: Trace) -> str:
    return "THREAD_SIZE less task_struct" if trace.info.reserved_bytes else "THREAD_SIZE"


def _guard_signals(trace: Trace) -> list[PlottedSignal]:
    """The guard's field, where there is one: the scan and no guard keep no state."""
    guard = trace.info.guard
    if not guard.unit_bytes:
        return []
    deepest = Limit(guard.max_depth, "maximum depth")
    return [
        PlottedSignal(
            "guard_value",
            "Guard",
            "",
            f"Value of {guard.field} in memory",
            lambda: running(trace, guard_signals(trace), by_cpu=trace.info.guard.per_cpu),
            # A maximum that the field cannot hold is never reached: a line there would lie.
            deepest if guard.max_depth < 1 << guard.bit_size else None,
        )
    ]


def _depot_signals(trace: Trace) -> list[PlottedSignal]:
    if not trace.info.depot.pool_bytes:
        return []
    return [
        PlottedSignal(
            "depot_pages",
            "Stack depot",
            "pages",
            "Pages of the stack depot: the pools that hold records, and the spare",
            lambda: depot_signal(trace),
        )
    ]


def _stacks_of_tasks(trace: Trace, stacks: _Once, room: Limit) -> list[PlottedSignal]:
    return [
        PlottedSignal(
            f"stack_bytes/{number}",
            f"Stack of {task.comm}/{task.pid}",
            "bytes",
            f"Bytes in use on the call stack of {task.comm}/{task.pid}, whether it runs or waits",
            lambda number=number: stacks()[number],  # type: ignore[misc]
            room,
            number,
        )
        for number, task in enumerate(trace.info.tasks)
    ]


# -- the signals ------------------------------------------------------------------------------


def changes_only(positions: Positions, values: Values, first: int) -> StepSignal:
    """Return a signal without the steps that change nothing.

    Args:
        positions: Rising; of several values at one position the last one counts.
        values: The value from each position on, same shape.
        first: The value before the first position.
    """
    if not len(positions):
        return StepSignal(positions, values, first)
    last_here = np.append(positions[1:] != positions[:-1], np.True_)
    positions, values = positions[last_here], values[last_here]
    changes = np.empty(len(values), np.bool_)
    changes[0] = values[0] != first
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return StepSignal(
        np.ascontiguousarray(positions[changes]), np.ascontiguousarray(values[changes]), first
    )


def running(
    trace: Trace, of_tasks: Mapping[int, StepSignal], *, by_cpu: bool = False
) -> StepSignal:
    """Return the value of the task that runs, from the values of all tasks.

    At a switch the other task's value counts, and what changes a value of a task that does not run
    (another CPU that writes its word) is left out until it does.

    Args:
        trace: The run.
        of_tasks: A signal by task number.
        by_cpu: Whether the signals are by the number of the CPU and not of the task.
    """
    first = of_tasks[0].first
    if len(of_tasks) == 1:
        return of_tasks[0]
    at, tasks = trace.switch_columns
    owners = trace.cpus.cpus if by_cpu else tasks
    there = np.array(
        [of_tasks[o].value_at(p) for p, o in zip(at.tolist(), owners.tolist(), strict=True)],
        np.int64,
    )
    kept = [
        owners[np.searchsorted(at, signal.positions, side="right") - 1] == owner
        for owner, signal in of_tasks.items()
    ]
    own = list(zip(of_tasks.values(), kept, strict=True))
    positions = np.concatenate([at, *(signal.positions[mask] for signal, mask in own)])
    values = np.concatenate([there, *(signal.values[mask] for signal, mask in own)])
    order = np.argsort(positions, kind="stable")
    return changes_only(positions[order], values[order], first)


def stack_signals(trace: Trace, by: Literal["bytes", "calls"] = "bytes") -> dict[int, StepSignal]:
    """Return the bytes in use on each task's stack, or how many calls are on it."""
    sites = trace.codes & SITE_MASK
    kinds = trace.site_kinds
    frame_bytes = np.array(
        [
            1 if by == "calls" else trace.functions[site.function].stack_bytes
            for site in trace.sites
        ],
        np.int64,
    )
    moves = np.flatnonzero(((kinds == Kind.CALLED) | (kinds == Kind.RETURNED))[sites])
    called = (kinds == Kind.CALLED)[sites[moves]]
    # A return gives back what its call took, and that is the call it happened in.
    parents = trace.parents[moves]
    owner = np.where(called, moves, np.maximum(parents, 0))
    taken = np.where(called | (parents >= 0), frame_bytes[sites[owner]], 0)
    changes = np.where(called, taken, -taken)
    return {
        number: changes_only(own, np.cumsum(steps), 0)
        for number, (own, steps) in enumerate(by_task(trace, moves.astype(np.int32), changes))
    }


def guard_signals(trace: Trace) -> dict[int, StepSignal]:
    """Return the value of the guard's field of each task or CPU, from what was stored."""
    value_of = trace.info.guard.value_of
    stores = trace.positions(Kind.STORED)
    fields = np.array([value_of(word) for word in trace.values], np.int64)
    values = fields[whole_arguments(trace.codes, trace.wide, stores)] if len(stores) else fields[:0]
    return {
        number: changes_only(positions, own, value_of(first))
        for number, (first, (positions, own)) in enumerate(
            zip(first_words(trace), by_owner(trace, stores, values), strict=True)
        )
    }


def depot_signal(trace: Trace) -> StepSignal:
    """Return the pages of the stack depot: pools that hold records, and the spare pool.

    A pool is opened from the spare where one is kept, and from new pages where none is.
    """
    depot, pages_a_pool = trace.info.depot, _pages_a_pool(trace)
    pools, spare = trace.info.depot_pools_at_start, int(depot.spare)
    first = (pools + spare) * pages_a_pool
    positions = trace.positions(Kind.POOL_OPENED, Kind.SPARE_KEPT)
    held = []
    for at in positions.tolist():  # a pool holds a hundred records: there are few of these
        if trace.kind(at) is Kind.SPARE_KEPT:
            spare = 1
        else:
            pools, spare = pools + 1, 0
        held.append((pools + spare) * pages_a_pool)
    return changes_only(positions, np.array(held, np.int64), first)


def _pages_a_pool(trace: Trace) -> int:
    return trace.info.depot.pool_bytes // trace.info.page_bytes


def lost_signal(trace: Trace) -> StepSignal:
    """Return how many owner records have got dummy_handle or failure_handle."""
    loses = np.array(
        [site.kind is Kind.OWNER_HANDLE and site.fact("lost") == "yes" for site in trace.sites],
        np.bool_,
    )
    positions = np.flatnonzero(loses[trace.codes & SITE_MASK]).astype(np.int32)
    return StepSignal(positions, np.arange(1, len(positions) + 1, dtype=np.int64))


def pages_signal(trace: Trace) -> StepSignal:
    """Return how many pages the page allocator has given away.

    A free names its block's first page only: its size is that of the allocation before it.
    """
    orders = np.array([int(site.fact("order") or 0) for site in trace.sites], np.int64)
    positions = trace.positions(Kind.PAGE_ALLOCATED, Kind.PAGE_FREED)
    before = trace.info.pages
    first = sum(1 << page.order for page in before)
    pfns = np.concatenate(
        (
            np.array([page.pfn for page in before], np.int64),
            whole_arguments(trace.codes, trace.wide, positions),
        )
    )
    sites = trace.codes[positions] & SITE_MASK
    takes = (trace.site_kinds == Kind.PAGE_ALLOCATED)[sites]
    takes = np.concatenate((np.ones(len(before), np.bool_), takes))
    sizes = np.concatenate(
        (np.array([1 << page.order for page in before], np.int64), 1 << orders[sites])
    )
    by_page = np.argsort(pfns, kind="stable")
    given = by_page[1:][~takes[by_page[1:]]]
    sizes[given] = sizes[by_page[:-1][~takes[by_page[1:]]]]
    changes = np.where(takes, sizes, -sizes)[len(before) :]
    return changes_only(positions, first + np.cumsum(changes), first)
