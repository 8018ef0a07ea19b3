"""``ownerscope run``: simulate a scenario under one guard and tell what happened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import ScenarioError
from core.scenario.run import DEFAULT_BUDGET_EVENTS, Overrides

if TYPE_CHECKING:
    from core.trace.trace import Trace


def run(
    scenario: Annotated[str, typer.Argument(help="Name of a bundled scenario, or a TOML file.")],
    guard: Annotated[
        str | None, typer.Option(help="none, scan, uint, bit1 or bit2.", metavar="DESIGN")
    ] = None,
    max_depth: Annotated[
        int | None, typer.Option(help="How many saves may be under way at once.", metavar="N")
    ] = None,
    arch: Annotated[str | None, typer.Option(help="x86_64, arm64 or ia64.", metavar="A")] = None,
    kernel: Annotated[str | None, typer.Option(help="5.12, 6.1 or 6.12.", metavar="V")] = None,
    layout: Annotated[
        str | None,
        typer.Option(
            help="task_struct: a bundled layout, 'this-machine', or a file.", metavar="NAME|FILE"
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Set a parameter of the scenario.", metavar="NAME=VALUE"),
    ] = None,
    essential: Annotated[
        bool, typer.Option("--essential", help="Only the functions of the mail's chain.")
    ] = False,
    budget: Annotated[
        int, typer.Option(help="End the run after this many events.", metavar="EVENTS")
    ] = DEFAULT_BUDGET_EVENTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Simulate SCENARIO under one guard and tell what happened."""
    from core.scenario.loader import open_scenario
    from core.scenario.report import report
    from core.scenario.run import plan
    from core.scenario.run import run as simulate

    overrides = Overrides(guard, max_depth, arch, kernel, layout, budget)
    planned = plan(open_scenario(scenario), parse_settings(settings or []), overrides)
    trace = simulate(planned)
    if as_json:
        print(json.dumps(report(trace, essential=essential), indent=2))
    else:
        _tell(trace, planned.scenario.title, essential)


def parse_settings(settings: list[str]) -> dict[str, str]:
    """Return NAME=VALUE words as a dict.

    Raises:
        ScenarioError: A word has no ``=`` or no name.
    """
    values = {}
    for word in settings:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise ScenarioError(f"expected NAME=VALUE, got {word!r}", where="--set")
        values[name.strip()] = value.strip()
    return values


def _tell(trace: Trace, title: str, essential: bool) -> None:
    from core.commands.story import tell

    tell(trace, title, essential)
