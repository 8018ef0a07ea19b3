"""Short ways for tests to see the choice points of a run, and to let something happen there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.explore.kernel_subject import KernelSubject
from core.explore.subject import RunEnd
from core.kernel.choices import Point
from core.scenario.loader import open_scenario, parse
from core.scenario.run import Overrides, plan


@dataclass(frozen=True)
class Seen:
    """A choice point as a run came by it: what the step was, where, and what could happen."""

    number: int
    what: str
    task: str
    stack: tuple[str, ...]
    options: tuple[str, ...]
    forced: bool


class Choosing:
    """Runs a scenario; at the points given by number what is named there happens.

    Args:
        scenario: A bundled scenario, or its TOML.
        choices: By the point's number what happens there ("interrupt nic").
        overrides: As on the command line.
    """

    def __init__(
        self, scenario: str, choices: dict[int, str] | None = None, **overrides: Any
    ) -> None:
        source = parse(scenario, where="test.toml") if "\n" in scenario else open_scenario(scenario)
        self.subject = KernelSubject(plan(source, {}, Overrides(**overrides)))
        self.machine = self.subject.machine
        self.seen: list[Seen] = []
        self._choices = choices or {}
        self.end: RunEnd = self.subject.run(self)

    def choose(self, point: Point) -> int:
        """Note the point and let happen what was asked for."""
        options = tuple(map(self.subject.describe, point.options))
        task = self.machine.tasks[point.task]
        stack = tuple(routine.name for routine in self.machine.stack)
        self.seen.append(Seen(point.number, point.what, task.name, stack, options, point.forced))
        wanted = self._choices.get(point.number)
        return 0 if wanted is None else options.index(wanted)

    def at(self, what: str, function: str) -> list[Seen]:
        """Return the points before a sort of step in a function."""
        return [each for each in self.seen if each.what == what and each.stack[-1:] == (function,)]
