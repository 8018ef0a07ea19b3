"""From a scenario to a finished run: plan it, build the machine, run, keep the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.kernel.chooser import Chooser
from core.kernel.machine import Progress
from core.scenario.choices import ChosenChooser
from core.scenario.described import trace_of
from core.scenario.machines import build, work_of
from core.scenario.plan import DEFAULT_BUDGET_EVENTS, WORDS, Overrides, Plan, plan

if TYPE_CHECKING:
    from core.trace.trace import Trace

__all__ = [
    "DEFAULT_BUDGET_EVENTS",
    "WORDS",
    "Overrides",
    "Plan",
    "build",
    "plan",
    "run",
    "trace_of",
    "work_of",
]


def run(plan: Plan, progress: Progress | None = None, chooser: Chooser | None = None) -> Trace:
    """Run a plan to its end and return the trace."""
    machine = build(plan, chooser)
    outcome = machine.run(work_of(plan, machine), progress)
    if isinstance(machine.chooser, ChosenChooser):
        machine.chooser.check_all_used(outcome.name)
        if machine.chooser.warning():
            machine.warnings.append(machine.chooser.warning())
    return trace_of(plan, machine, outcome)
