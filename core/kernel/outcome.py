"""How a run can end before its work is done.

These are not errors: a run that overflows its stack has shown what it was asked to show.
"""

from __future__ import annotations

COMPLETED = "completed"


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
