"""From a scenario and lanes to a comparison: each lane is run, and the runs are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from core.compare.lanes import Lane, labels
from core.scenario.loader import ScenarioText, Value
from core.scenario.run import Overrides, Plan, plan
from core.scenario.run import run as simulate

if TYPE_CHECKING:
    from core.compare.alignment import Alignment
    from core.compare.differences import Difference
    from core.trace.trace import Trace


@dataclass(frozen=True)
class Comparison:
    """Runs side by side.

    Attributes:
        lanes: What each changes about the scenario.
        plans: What each was run from.
        traces: What happened in each.
    """

    lanes: tuple[Lane, ...]
    plans: tuple[Plan, ...]
    traces: tuple[Trace, ...]

    @cached_property
    def labels(self) -> list[str]:
        """A short name for each lane: what tells it from the others."""
        return labels(self.traces)

    @cached_property
    def alignment(self) -> Alignment:
        """The lanes on one axis."""
        from core.compare.alignment import Alignment

        return Alignment(self.traces)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What each lane came to, first where they differ."""
        from core.compare.differences import differences

        return differences(self.traces, self.plans)

    @cached_property
    def summary(self) -> str:
        """One or two sentences that sum up the comparison."""
        from core.compare.summary import summary

        return summary(self.labels, self.differences)


def compare(
    source: ScenarioText,
    settings: Mapping[str, Value] | None = None,
    lanes: Sequence[Lane] = (Lane(),),
    base: Overrides | None = None,
) -> Comparison:
    """Run a scenario once a lane.

    A run is decided by what it is run from, so lanes that are the same share one trace.

    Args:
        source: The scenario.
        settings: Values of its parameters, the same for all lanes.
        lanes: The lanes, at least one.
        base: What is changed about the scenario in every lane.

    Raises:
        ScenarioError: A parameter or a lane asks for the impossible.
        ProfileError: A lane's kernel does not exist or never had the architecture.
        LayoutError: The layout cannot be read.
    """
    overrides = [lane.overrides(base or Overrides()) for lane in lanes]
    # All are planned before any is run, so that a mistake in the last one costs no waiting.
    plans = {each: plan(source, settings, each) for each in dict.fromkeys(overrides)}
    traces = {each: simulate(planned) for each, planned in plans.items()}
    return Comparison(
        tuple(lanes),
        tuple(plans[each] for each in overrides),
        tuple(traces[each] for each in overrides),
    )
