"""Small runs beside the one that is open: every guard on the same work, every maximum depth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from core.compare.costs import guard_instructions
from core.compare.lanes import Lane
from core.errors import OwnerscopeError
from core.scenario.loader import open_scenario
from core.scenario.run import Overrides, plan, run
from core.trace.save_time import SaveTimes, save_times

if TYPE_CHECKING:
    from core.scenario.loader import ScenarioText, Value
    from core.trace.trace import Trace

LAW_SCENARIO = "depth-law"
LAW_EVENTS = 2
"""Page events of a run: as many as keep the deepest one short."""
LAW_DEPTHS = range(1, 7)
PROBE_EVENTS = 60_000
"""A run of so many events is over before anybody notices it."""
_AIM_EVENTS = PROBE_EVENTS // 4
"""What shortened work aims at: with another guard the same work may be several times as long."""
_AGAIN = 8
"""How many times shorter the next attempt is."""


@dataclass(frozen=True, slots=True)
class LawPoint:
    """The counts of one maximum depth.

    Attributes:
        max_depth: How many saves of a task may be under way at once.
        page_events: What the program asked for.
        calls: Calls of save_stack.
        hits: Those that the guard ended.
        unwinds: Walks of the stack.
    """

    max_depth: int
    page_events: int
    calls: int
    hits: int
    unwinds: int

    @property
    def unwinds_each(self) -> float:
        """Unwinds for each page event."""
        return self.unwinds / self.page_events


@cache
def law_point(max_depth: int, page_events: int = LAW_EVENTS) -> LawPoint:
    """Run the scenario of the law with a counter of some maximum depth."""
    asked = Overrides(guard="uint", max_depth=max_depth)
    trace = run(plan(open_scenario(LAW_SCENARIO), {"events": page_events}, asked))
    counts = trace.state_at(len(trace) - 1).counts
    names = "save_stack_calls", "guard_hits", "unwinds"
    return LawPoint(max_depth, page_events, *(counts[name] for name in names))


@dataclass(frozen=True, slots=True)
class GuardCost:
    """What a guard costs on some work.

    Attributes:
        design: As in ``core.guards.catalog.DESIGNS``.
        max_depth: Its maximum depth.
        outcome: How the run ended.
        instructions: The guard's own, as ``core.compare.costs`` counts them.
        times: Where the simulated time went.
        saves: Calls of save_stack.
        hits: Those that the guard ended.
        lost: Owner records without a stack.
    """

    design: str
    max_depth: int
    outcome: str
    instructions: int
    times: SaveTimes
    saves: int
    hits: int
    lost: int


def cost_of(trace: Trace) -> GuardCost:
    """Return what the guard of a run cost."""
    counts = trace.state_at(len(trace) - 1).counts
    guard = trace.info.guard
    return GuardCost(
        guard.design,
        guard.max_depth,
        trace.info.outcome,
        guard_instructions(trace),
        save_times(trace),
        counts["save_stack_calls"],
        counts["guard_hits"],
        counts["owner_lost"],
    )


def probe(
    source: ScenarioText,
    settings: Mapping[str, Value],
    overrides: Overrides,
    design: str,
    budget_events: int = PROBE_EVENTS,
) -> GuardCost | None:
    """Run a scenario with another guard.

    Returns:
        None where that guard cannot run here, or not to an end within the budget.
    """
    asked = Lane(design).overrides(replace(overrides, budget_events=budget_events))
    try:
        trace = run(plan(source, settings, asked))
    except OwnerscopeError:
        return None
    return None if trace.info.outcome == "budget_exhausted" else cost_of(trace)


@dataclass(frozen=True, slots=True)
class LessWork:
    """A part of the work that a scenario asks for.

    Attributes:
        parameter: The number of the scenario that was made smaller.
        value: What it is now.
        whole: What it is in the whole work.
        least: The least it may be.
        settings: The settings that ask for the part.
    """

    parameter: str
    value: int
    whole: int
    least: int
    settings: Mapping[str, Value]

    @property
    def words(self) -> str:
        """How much it is: ``200 of 12,000 page events``."""
        what = self.parameter.replace("_", " ")
        return f"{self.value:,} of {self.whole:,} {'page events' if what == 'events' else what}"

    def less(self) -> LessWork | None:
        """Return less of it still, None where it is the least."""
        value = max(self.least, self.value // _AGAIN)
        if value == self.value:
            return None
        return replace(self, value=value, settings={**self.settings, self.parameter: value})


def less_work(source: ScenarioText, settings: Mapping[str, Value], events: int) -> LessWork | None:
    """Return so much of a scenario's work that every guard can probably be run on it.

    The first number among the scenario's parameters says how much work there is.

    Args:
        source: The scenario.
        settings: Its parameters as they are set; others have their default.
        events: How long the run of the whole work is, or was when it was cut short.

    Returns:
        None where no number can be made smaller.
    """
    for name, parameter in source.parameters().items():
        whole = settings.get(name, parameter.default)
        if isinstance(whole, bool) or not isinstance(whole, int):
            continue
        least = max(1, parameter.minimum or 1)
        value = max(least, whole * _AIM_EVENTS // max(events, 4 * _AIM_EVENTS))
        if value < whole:
            return LessWork(name, value, whole, least, {**settings, name: value})
        return None
    return None
