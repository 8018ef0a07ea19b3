"""How a run can end, also before its work is done.

These are not errors: a run that overflows its stack has shown what it was asked to show.
"""

from __future__ import annotations

from dataclasses import dataclass, field

COMPLETED = "completed"

SELF, CIRCLE, INTERRUPTED = "self", "abba", "interrupted"
"""The sorts of deadlock, as ``outcome_detail`` names them."""

_SPINS = {
    SELF: "the task waits for itself and spins for ever.",
    INTERRUPTED: "that is the context it interrupted, which cannot go on before it does.",
}
"""Why a lock is never released, where that is short to say."""


@dataclass(slots=True)
class Outcome:
    """How a run ended."""

    name: str = COMPLETED
    detail: dict[str, str | int] = field(default_factory=dict)


class KernelStopped(Exception):
    """The simulated kernel cannot go on. ``detail`` is data for ``outcome_detail``."""

    outcome = ""

    def __init__(self, **detail: str | int) -> None:
        super().__init__(self.outcome)
        self.detail = detail


class StackOverflowed(KernelStopped):
    """A call went past the end of the task's stack into the guard page."""

    outcome = "stack_overflow"


class Deadlocked(KernelStopped):
    """A task spins on a lock that nobody will ever release."""

    outcome = "deadlock"


class OutOfMemory(KernelStopped):
    """An allocation that may not fail found no page."""

    outcome = "out_of_memory"


class BudgetExhausted(KernelStopped):
    """The run used up its event budget."""

    outcome = "budget_exhausted"


def stop_sentence(stop: KernelStopped, *, shares_stack: bool) -> str:
    """Return why the kernel could not go on.

    Args:
        stop: What stopped it.
        shares_stack: Whether task_struct lies in the same pages as the stack.
    """
    behind = "The guard page is hit and the kernel dies."
    if shares_stack:
        behind = "It runs into task_struct, which lies in the same pages, and the kernel dies."
    return {
        "stack_overflow": "The stack is full: {function} would need byte {used_bytes:,} of "
        "{thread_bytes:,}. " + behind,
        "deadlock": "{waits_in} waits for {lock}, which {holder} took in {taken_in} and "
        "cannot release: " + _SPINS.get(str(stop.detail.get("how")), "{cycle}."),
        "out_of_memory": "{function} found no page for an allocation that may not fail.",
        "budget_exhausted": "The run used up its budget of {budget_events:,} events.",
    }[stop.outcome].format_map(stop.detail)
