"""What a run may still spend, and what an option costs: three small numbers in one int.

A search compares budgets at every point of every run. Packed, "at least as much of each" is one
subtraction: each number has a spare bit above it that survives where nothing is borrowed.
"""

from __future__ import annotations

from core.errors import ScenarioError
from core.explore.result import Bound
from core.kernel.choices import Option, Way

MOST = 100
"""The largest bound of a sort; far beyond what can be explored."""

PREEMPTION, IRQ, FAILURE = 1 << 20, 1 << 10, 1
"""The cost of one of each."""

_SPARE = 1 << 29 | 1 << 19 | 1 << 9
_NUMBER = 0xFF
_SWITCHES = frozenset({Way.CPU, Way.PREEMPT, Way.MIGRATE})


def pack(bound: Bound) -> int:
    """Return a bound as a budget.

    Raises:
        ScenarioError: A number is negative or absurd.
    """
    for name in ("irqs", "preemptions", "failures"):
        number = getattr(bound, name)
        if not 0 <= number <= MOST:
            raise ScenarioError(
                f"expected a number from 0 to {MOST}, got {number:,}", where=f"--{name}"
            )
    return bound.preemptions * PREEMPTION + bound.irqs * IRQ + bound.failures * FAILURE


def unpack(budget: int) -> Bound:
    """Return a budget as a bound."""
    return Bound(
        preemptions=budget // PREEMPTION & _NUMBER,
        irqs=budget // IRQ & _NUMBER,
        failures=budget & _NUMBER,
    )


def covers(budget: int, other: int) -> bool:
    """Return whether a budget has at least as much of each sort as another."""
    return ((budget | _SPARE) - other) & _SPARE == _SPARE


def total(budget: int) -> int:
    """Return the sum of the three."""
    return (budget // PREEMPTION & _NUMBER) + (budget // IRQ & _NUMBER) + (budget & _NUMBER)


def cost(option: Option, forced: bool) -> int:
    """Return what an option costs at a point.

    Where a task cannot go on, going on with another is no preemption; an interrupt or a failure is
    one anywhere.
    """
    if option.way in _SWITCHES:
        return 0 if forced else PREEMPTION
    if option.way == Way.INTERRUPT:
        return IRQ
    return FAILURE if option.way == Way.FAIL else 0
