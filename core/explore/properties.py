"""What can be asked of every run: small functions over what was written down about it.

A scenario names the properties it wants from this list; without a wish it is judged by those that
every kernel wants (``DEFAULT``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from core.explore.subject import Violation
from core.kernel.notes import BY_DESIGN, FALSE_HIT, IN_INTERRUPT, Notes, Remark

PROPERTIES = {
    "guard-clear": "The guard is clear whenever no save is in progress.",
    "no-false-hit": "The guard turns nobody away who is in no save.",
    "no-lost-update": "No write to the guard's word or its neighbours is undone by another.",
    "no-deadlock": "Nobody waits for a lock for ever.",
    "no-overflow": "No stack overflows.",
    "termination": "Every run comes to an end.",
    "owner-kept": "No page loses its owner.",
    "no-failure-handle": "The depot has a handle for every page.",
    "within-max-depth": "No task is in more saves at once than the guard allows.",
}
"""Every property with what it says."""

DEFAULT = (
    "guard-clear",
    "no-false-hit",
    "no-lost-update",
    "no-deadlock",
    "no-overflow",
    "termination",
)
"""What every kernel wants. That pages keep their owner is not: losing some is by design."""


class Ended(NamedTuple):
    """A run that ended, as far as properties look at it.

    Attributes:
        outcome: As a trace has it.
        detail: What belongs to the outcome.
        last: Position of the last event.
        notes: What was written down on the way.
    """

    outcome: str
    detail: dict[str, str | int]
    last: int
    notes: Notes


Judge = Callable[[Ended], Remark | None]


def _first(remarks: Sequence[Remark]) -> Remark | None:
    return remarks[0] if remarks else None


def _guard_clear(ended: Ended) -> Remark | None:
    return _first(ended.notes.stuck)


def _no_false_hit(ended: Ended) -> Remark | None:
    return _first(ended.notes.false_hits)


def _no_lost_update(ended: Ended) -> Remark | None:
    return _first(ended.notes.lost_updates)


def _no_deadlock(ended: Ended) -> Remark | None:
    if ended.outcome != "deadlock":
        return None
    return Remark(ended.last, f"Deadlock: {ended.detail['cycle']}.")


def _no_overflow(ended: Ended) -> Remark | None:
    if ended.outcome != "stack_overflow":
        return None
    detail = ended.detail
    return Remark(
        ended.last,
        f"The stack overflows: {detail['function']} would need byte {detail['used_bytes']:,} of a "
        f"stack of {detail['thread_bytes']:,}.",
    )


def _termination(ended: Ended) -> Remark | None:
    if ended.outcome == "budget_exhausted":
        return Remark(
            ended.last, f"The run does not end within {ended.detail['budget_events']:,} events."
        )
    if ended.outcome == "out_of_memory":
        return Remark(ended.last, f"The run ends early: {ended.detail['function']} found no page.")
    return None


def _owner_kept(ended: Ended) -> Remark | None:
    lost = ended.notes.owners_lost
    if not lost:
        return None
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(lost.items()))
    return Remark(ended.notes.first_loss, f"Pages lose their owner: {reasons}.")


def _no_failure_handle(ended: Ended) -> Remark | None:
    return _first(ended.notes.failed)


def _within_max_depth(ended: Ended) -> Remark | None:
    return _first(ended.notes.too_deep)


JUDGES: dict[str, Judge] = {
    "guard-clear": _guard_clear,
    "no-false-hit": _no_false_hit,
    "no-lost-update": _no_lost_update,
    "no-deadlock": _no_deadlock,
    "no-overflow": _no_overflow,
    "termination": _termination,
    "owner-kept": _owner_kept,
    "no-failure-handle": _no_failure_handle,
    "within-max-depth": _within_max_depth,
}

REASONS = (BY_DESIGN, IN_INTERRUPT, FALSE_HIT)
"""Why a page can lose its owner to the guard."""


def judge(ended: Ended, names: Sequence[str]) -> tuple[Violation, ...]:
    """Return what of the named properties a run broke."""
    broken = []
    for name in names:
        remark = JUDGES[name](ended)
        if remark is not None:
            broken.append(Violation(name, remark.event, remark.sentence))
    return tuple(broken)
