"""A counterexample made shorter: the same property broken, with less.

The search already finds one with the fewest switches and interrupts. What is left to do is to drop
free choices that change nothing, and to move switches and interrupts so that the run has fewer
events.
"""

from __future__ import annotations

from core.explore.budget import cost, unpack
from core.explore.starts import Deviations
from core.explore.subject import PRUNED, RunEnd, Subject
from core.explore.tally import Found
from core.kernel.choices import Option, Point

MOST_RUNS = 1_000
"""Runs spent on making one counterexample shorter."""

_REACH = 40
"""A choice is moved by at most so many points."""

Plan = tuple[tuple[int, Option], ...]
"""Choices by what they are: their place in a list of options changes when they are moved."""


class _Follow:
    """Takes options where they are wanted, and gives the run up where one is not there."""

    def __init__(self, subject: Subject, plan: Plan) -> None:
        self._subject = subject
        self._wanted = dict(plan)
        self.spent = 0
        self.taken: list[tuple[int, int]] = []

    def choose(self, point: Point) -> int:
        option = self._wanted.get(point.number)
        if option is None:
            return 0
        if option not in point.options:
            self._subject.abandon()
        index = point.options.index(option)
        self.spent += cost(option, point.forced)
        if index:
            self.taken.append((point.number, index))
        return index


class _Name:
    """Takes choices by their place, and remembers what they were."""

    def __init__(self, deviations: Deviations) -> None:
        self._wanted = dict(deviations)
        self.plan: list[tuple[int, Option]] = []

    def choose(self, point: Point) -> int:
        index = self._wanted.get(point.number, 0)
        if index:
            self.plan.append((point.number, point.options[index]))
        return index


def minimise(subject: Subject, name: str, found: Found) -> Found:
    """Return the best run near a counterexample that breaks the same property.

    The same counterexample always becomes the same one.

    Args:
        subject: What is explored.
        name: The property.
        found: The counterexample.
    """
    named = _Name(found.deviations)
    subject.run(named)
    plan, best = tuple(named.plan), found
    runs, better = 0, True
    while better:
        better = False
        for other in _nearby(plan):
            if runs >= MOST_RUNS:
                return best
            runs += 1
            tried = _tried(subject, name, other)
            if tried is not None and tried.rank < best.rank:
                plan, best, better = other, tried, True
                break
    return best


def _nearby(plan: Plan) -> list[Plan]:
    """Return plans with one choice less, then such with one of them moved, what is near first."""
    plans = [plan[:at] + plan[at + 1 :] for at in range(len(plan))]
    for distance in range(1, _REACH + 1):
        for at, (number, option) in enumerate(plan):
            for step in (-distance, distance):
                before, behind = plan[:at], plan[at + 1 :]
                if number + step < (before[-1][0] + 1 if before else 0):
                    continue
                # What comes later may depend on the moved one or on how the run began.
                along = tuple((later + step, what) for later, what in behind)
                plans += [
                    (*before, (number + step, option), *rest)
                    for rest in {along: None, behind: None}
                    if not rest or rest[0][0] > number + step
                ]
    return plans


def _tried(subject: Subject, name: str, plan: Plan) -> Found | None:
    """Return a plan as a counterexample, None where it is none."""
    chooser = _Follow(subject, plan)
    end = subject.run(chooser)
    if end.outcome == PRUNED:
        return None
    return _found(end, name, chooser)


def _found(end: RunEnd, name: str, chooser: _Follow) -> Found | None:
    for violation in end.violations:
        if violation.property == name:
            spent = unpack(chooser.spent)
            return Found(
                spent.preemptions,
                spent.irqs,
                spent.failures,
                end.events,
                tuple(chooser.taken),
                violation.event,
                violation.sentence,
            )
    return None
