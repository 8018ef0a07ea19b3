"""Starts of runs: where a run leaves the default way, and what drives a run along it.

A search keeps up to millions of starts. Each is its parent and one more deviation, so that what
they share is there once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import ScenarioError
from core.explore.subject import RunEnd, Subject
from core.kernel.choices import Option, Point

Start = tuple[Any, ...]
"""``()`` for the default way, or (the start it branches off from, number of the point, option)."""

Deviations = tuple[tuple[int, int], ...]
"""Number of a point and index of the option that happens there, in the order of the run."""

DEFAULT: Start = ()


def deviations_of(start: Start) -> Deviations:
    """Return a start as a list."""
    found = []
    while start:
        start, number, index = start
        found.append((number, index))
    return tuple(reversed(found))


def start_of(deviations: Deviations) -> Start:
    """Return a list as a start."""
    start = DEFAULT
    for number, index in deviations:
        start = (start, number, index)
    return start


class Replay:
    """Takes the given options and the default everywhere else, and remembers what it chose.

    Args:
        deviations: What to choose.
    """

    def __init__(self, deviations: Deviations) -> None:
        self._wanted = dict(deviations)
        self.chosen: list[tuple[Point, Option]] = []

    def choose(self, point: Point) -> int:
        """Return the index that was given for the point.

        Raises:
            ScenarioError: The point has no such option.
        """
        index = self._wanted.get(point.number, 0)
        if index:
            if index >= len(point.options):
                raise ScenarioError(f"point {point.number} has no option {index}")
            self.chosen.append((point, point.options[index]))
        return index


def replay(subject: Subject, deviations: Deviations) -> tuple[RunEnd, Replay]:
    """Return how a run ends, and what was chosen in it."""
    chooser = Replay(deviations)
    return subject.run(chooser), chooser


def described(subject: Subject, chosen: Sequence[tuple[Point, Option]]) -> tuple[str, ...]:
    """Return choices as a scenario writes them: "5 interrupt nic"."""
    return tuple(f"{point.number} {subject.describe(option)}" for point, option in chosen)
