"""The runs of a lesson's steps: made once, and before they are wanted, so that a step is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from core.scenario.loader import open_scenario
from gui.runner import PROBE_EVENTS, Runner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.scenario.loader import ScenarioText, Value
    from core.scenario.run import Overrides, Plan
    from core.trace.trace import Trace

MOST_RUNS = 24
"""So many runs are kept; a lesson's are small, and most steps share one."""


@dataclass(frozen=True)
class Wanted:
    """What a step plays."""

    source: ScenarioText
    settings: dict[str, Value]
    overrides: Overrides

    @property
    def key(self) -> tuple[object, ...]:
        """What tells runs apart."""
        settings = tuple(sorted(self.settings.items()))
        return self.source.where, self.source.text, settings, self.overrides


class Made(NamedTuple):
    """A run of a step."""

    plan: Plan
    trace: Trace


class LessonRuns(QObject):
    """Runs of steps, by what they play.

    Args:
        parent: The Qt parent.

    Signals:
        made_ahead: The run that was to be prepared is at hand.
    """

    made_ahead = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sources: dict[str, ScenarioText] = {}
        self._made: dict[tuple[object, ...], Made] = {}
        self._runner = Runner(self)
        self._runner.finished.connect(self._take)
        self._ahead: tuple[Wanted, Plan] | None = None

    def wanted(self, scenario: str, settings: Mapping[str, Value], overrides: Overrides) -> Wanted:
        """Return what is to run.

        Raises:
            OwnerscopeError: There is no such scenario.
        """
        if scenario not in self._sources:
            self._sources[scenario] = open_scenario(scenario)
        return Wanted(self._sources[scenario], dict(settings), overrides)

    def get(self, wanted: Wanted) -> Made | None:
        """Return a run, made now where that takes no time; None where it is a long one.

        Raises:
            OwnerscopeError: It cannot run.
        """
        from core.scenario.run import plan, run

        if wanted.key not in self._made:
            planned = plan(wanted.source, wanted.settings, wanted.overrides)
            probe = min(PROBE_EVENTS, planned.budget_events)
            trace = run(replace(planned, budget_events=probe))
            if trace.info.outcome == "budget_exhausted" and probe < planned.budget_events:
                return None
            self.keep(wanted, planned, trace)
        return self._made[wanted.key]

    def find(
        self, source: ScenarioText, settings: dict[str, Value], overrides: Overrides
    ) -> Made | None:
        """Return a run that is at hand, None where it is not."""
        return self._made.get(Wanted(source, settings, overrides).key)

    def keep(self, wanted: Wanted, plan: Plan, trace: Trace) -> None:
        """Keep a run that was made elsewhere; the one kept longest goes where there are many."""
        self._made[wanted.key] = Made(plan, trace)
        while len(self._made) > MOST_RUNS:
            del self._made[next(iter(self._made))]

    def prepare(self, wanted: Wanted) -> None:
        """Make a run that is likely to be wanted next, a long one in the background.

        Raises:
            OwnerscopeError: It cannot run.
        """
        from core.scenario.run import plan

        if wanted.key in self._made or (self._ahead and self._ahead[0].key == wanted.key):
            return
        planned = plan(wanted.source, wanted.settings, wanted.overrides)
        self._ahead = wanted, planned
        self._runner.run(planned, wanted.source, wanted.settings, wanted.overrides)

    def stop(self) -> None:
        """Prepare nothing any more."""
        self._runner.cancel()
        self._ahead = None

    def forget(self) -> None:
        """Forget all of it: the next lesson's scenarios may be other ones."""
        self.stop()
        self._sources.clear()
        self._made.clear()

    def _take(self, trace: Trace) -> None:
        if self._ahead is not None:
            wanted, planned = self._ahead
            self._ahead = None
            self.keep(wanted, planned, trace)
            self.made_ahead.emit()
