"""Short ways for tests to run scenarios and to read stacks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from core.scenario.loader import Value, open_scenario, parse
from core.scenario.report import report
from core.scenario.run import Overrides, plan, run
from core.trace.trace import Trace


def run_scenario(name: str, settings: Mapping[str, Value] | None = None, **overrides: Any) -> Trace:
    """Run a bundled scenario; overrides are those of the command line."""
    return run(plan(open_scenario(name), settings, Overrides(**overrides)))


@cache
def bundled_run(name: str) -> Trace:
    """A bundled scenario as it is, run once for all tests."""
    return run_scenario(name)


def run_text(text: str, settings: Mapping[str, Value] | None = None, **overrides: Any) -> Trace:
    """Run a scenario given as TOML text."""
    return run(plan(parse(text, where="test.toml"), settings, Overrides(**overrides)))


def counts(trace: Trace) -> dict[str, int]:
    """Counts of a whole run."""
    return trace.state_at(len(trace) - 1).counts


def stack_at(trace: Trace, position: int) -> str:
    """The stack at a position as ``outermost;...;innermost``."""
    return ";".join(trace.names_at(position))


def essential(trace: Trace) -> dict[str, Any]:
    """The report with essential frames only."""
    return report(trace, essential=True)
