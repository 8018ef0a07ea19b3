"""How many runs an exploration will come to, and how long that takes, before it begins.

Counting points and raising to powers is right for no real program: most runs come through states
that were seen. So what is counted are the starts that a few cheap runs really lead to: how many
there are with one switch, interrupt or failure, and how many each of those leads on to. What is
dearer grows as choosing more out of the same number of places does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import comb

import msgspec

from core.explore.budget import FAILURE, IRQ, PREEMPTION, covers, pack, total
from core.explore.parts import search_for
from core.explore.reduction import Reduction
from core.explore.request import ExploreRequest, MakeSubject
from core.explore.result import Bound
from core.explore.search import Pace, Search
from core.explore.subject import Subject

ASK_BEYOND = 10_000_000
"""Runs that nobody starts without being asked."""

_TRIAL_RUNS, _TRIAL_S = 400, 0.5
_MOST = 10**15
"""Beyond this a number of runs only means never."""

_SORTS = (PREEMPTION, IRQ, FAILURE)


class Estimate(msgspec.Struct, frozen=True):
    """What to expect.

    Attributes:
        runs: About so many.
        seconds: About so long, on all processes together.
        exact: Whether the trial was the whole exploration.
    """

    runs: int
    seconds: float
    exact: bool = False

    @property
    def sentence(self) -> str:
        """Runs and time in words."""
        runs = (
            f"more than {self.runs:,} runs" if self.runs >= _MOST else f"about {self.runs:,} runs"
        )
        return f"{runs}, {duration(self.seconds)}"


def duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    for unit, size in (("year", 365 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}s" if seconds < 1000 * 365 * 86400 else "ages"
    return "a second" if seconds < 2 else f"{seconds:,.0f} seconds"


def estimate(
    request: ExploreRequest,
    make: MakeSubject | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Estimate:
    """Try some runs, and return what all of them will come to.

    Args:
        request: What is to be explored.
        make: Makes the subject; the simulated kernel's if not given.
        clock: Seconds; another one in tests.

    Raises:
        OwnerscopeError: The scenario, a bound or a property is none.
    """
    if make is None:
        from core.explore.explore import kernel_subject

        make = kernel_subject()
    budget = pack(request.bound)
    search, seconds, whole = _trial(make(request), request, clock)
    runs = search.tally.runs
    rate = max(runs, 1) / max(seconds, 1e-6)
    if whole:
        return Estimate(runs, runs / rate, exact=True)
    expected = min(_MOST, max(runs, round(_expected(search, budget))))
    return Estimate(expected, expected / rate / request.processes)


def _trial(
    subject: Subject, request: ExploreRequest, clock: Callable[[], float]
) -> tuple[Search, float, bool]:
    """Search for a moment; return the search, its seconds, and whether that was all there is."""
    reduction = Reduction()
    began = clock()
    while True:
        search = search_for(subject, request, reduction)
        started = clock()
        pace = search.go(_TRIAL_RUNS, lambda: clock() - began >= _TRIAL_S)
        if pace is not Pace.GREW:
            return search, clock() - started, pace is Pace.DONE


def _expected(search: Search, budget: int) -> float:
    """Return how many runs are to be expected after a trial.

    Where all runs with one deviation were tried, the number of their children is known; else it is
    taken from those that were.
    """
    made = search.made
    singles = {sort: made.get(budget - sort, 0) for sort in _SORTS if covers(budget, sort)}
    ones = sum(singles.values())
    tried = ones - sum(
        len(some) for left, some in search.waiting().items() if total(budget) - total(left) == 1
    )
    twos = sum(number for left, number in made.items() if total(budget) - total(left) == 2)
    if not tried:
        thinned = 1.0
    else:
        pairs = sum(
            singles[one] * singles[other] if one != other else comb(singles[one], 2)
            for at, one in enumerate(singles)
            for other in list(singles)[at:]
            if covers(budget, one + other)
        )
        thinned = min(1.0, twos * ones / tried / pairs) if pairs else 1.0
    return _sum(singles, budget, thinned)


def _sum(singles: dict[int, int], budget: int, thinned: float) -> float:
    """Add up the ways to choose so many places of each sort, fewer the more are chosen."""
    expected = 0.0
    places = [singles.get(sort, 0) for sort in _SORTS]
    for preemptions in range(_number(budget, PREEMPTION) + 1):
        for irqs in range(_number(budget, IRQ) + 1):
            for failures in range(_number(budget, FAILURE) + 1):
                chosen = (preemptions, irqs, failures)
                ways = 1.0
                for place, number in zip(places, chosen, strict=True):
                    ways *= min(float(comb(place, number)), 1e18)
                expected += ways * thinned ** max(0, sum(chosen) - 1)
                if expected > _MOST:
                    return _MOST
    return expected


def _number(budget: int, sort: int) -> int:
    return budget // sort & 0xFF


def too_many(bound: Bound, expected: Estimate) -> str:
    """Return what speaks against starting at once; empty where nothing does."""
    if expected.runs <= ASK_BEYOND:
        return ""
    return (
        f"{bound.preemptions} switches, {bound.irqs} interrupts and {bound.failures} failures come "
        f"to {expected.sentence}"
    )
