"""What came between the tasks of a run: interrupts, updates lost, and pages without an owner."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.kernel.outcome import COMPLETED
from core.trace.events import SITE_MASK, Kind
from core.trace.explain import SPECIAL_HANDLES, task_name
from core.trace.index import arguments_of
from core.trace.signals import number_below
from core.trace.trace import Trace

_INTERRUPT = "interrupt"
_GUARDED = ("save_stack", "add_stack_record_to_list")
"""Functions that have the guard set while they are at work; the second one since Linux 6.9."""
_FAILURE = next(number for number, name in SPECIAL_HANDLES.items() if name == "failure_handle")

LOSSES = {
    "design": "the guard ended a save inside a save",
    "interrupt": "an interrupt allocated in the middle of the save of what it interrupted",
    "false_hit": "the guard ended a save though its task was in no other",
    "depot": "the stack depot had no handle to give",
}
"""Why a page's record says nothing of who allocated it."""


class LostUpdate(NamedTuple):
    """A store that another one made as if it had never been.

    Attributes:
        event: Position of the store that overwrote it.
        of: Whose task_struct it was, ``comm/pid``.
        field: Names of the fields whose bits are lost.
        lost_by: Whose write is lost.
        kept_by: Whose write stands.
        bits: The bits lost, as a mask of the word.
    """

    event: int
    of: str
    field: str
    lost_by: str
    kept_by: str
    bits: int


def interrupt_counts(trace: Trace) -> dict[str, int]:
    """Return how often each interrupt came, by name."""
    counts = dict.fromkeys((each.name for each in trace.info.interrupts), 0)
    for position in trace.positions(Kind.INTERRUPTED):
        number = trace.argument(int(position))
        counts[trace.info.interrupts[number].name] += 1
    return counts


def lost_updates(trace: Trace, most: int | None = None) -> list[LostUpdate]:
    """Return the updates that got lost, in their order, at most so many."""
    return [_lost_update(trace, int(at)) for at in trace.positions(Kind.LOST_UPDATE)[:most]]


def guards_left_set(trace: Trace) -> list[str]:
    """Return whose guard is set though the run is complete: tasks, or CPUs for a per-CPU one."""
    guard = trace.info.guard
    if not guard.unit_bytes or trace.info.outcome != COMPLETED:
        return []
    if guard.per_cpu:
        owners = [f"CPU {number}" for number in range(trace.info.cpus)]
    else:
        owners = [task_name(trace, number) for number in range(len(trace.info.tasks))]
    end = len(trace) - 1
    return [
        name for number, name in enumerate(owners) if guard.value_of(trace.word_of(number, end))
    ]


def _lost_update(trace: Trace, position: int) -> LostUpdate:
    site = trace.site(position)
    tasks = trace.info.tasks
    return LostUpdate(
        position,
        task_name(trace, number_below(site.fact("of"), len(tasks), trace.task_at(position))),
        site.fact("field"),
        site.fact("lost_by"),
        site.fact("kept_by"),
        trace.values[trace.argument(position)],
    )


def owners_lost(trace: Trace) -> dict[str, int]:
    """Return how many pages' records lost their owner, by reason (see ``LOSSES``)."""
    counts = dict.fromkeys(LOSSES, 0)
    lost = np.array(
        [site.kind is Kind.OWNER_HANDLE and site.fact("lost") == "yes" for site in trace.sites],
        np.bool_,
    )
    if not lost.any():
        return counts
    positions = np.flatnonzero(lost[trace.codes & SITE_MASK])
    failed = arguments_of(trace.codes[positions]) == _FAILURE
    counts["depot"] = int(failed.sum())
    if trace.info.cpus == 1 and not trace.info.interrupts and len(trace.info.tasks) == 1:
        # Nothing can come between: a hit is what the guard is for.
        counts["design"] = len(positions) - counts["depot"]
        return counts
    for position in positions[~failed].tolist():
        counts[_reason(trace, position)] += 1
    return counts


def _reason(trace: Trace, position: int) -> str:
    """Return why the guard ended the save of a record.

    What it met is further out on the stack: a save of the same context, or of the one that an
    interrupt interrupted. Where there is none, the guard's state was another context's.
    """
    interrupted = False
    for call in reversed(trace.calls_at(position)):
        function = trace.function(call)
        if function.name in _GUARDED:
            return "interrupt" if interrupted else "design"
        interrupted = interrupted or function.subsystem == _INTERRUPT
    return "false_hit"
