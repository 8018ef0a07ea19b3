"""``ownerscope run``: simulate a scenario under one guard and tell what happened."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from core.errors import ScenarioError

if TYPE_CHECKING:
    from core.commands import Commands
    from core.scenario.run import Overrides
    from core.trace.trace import Trace

NAME = "run"

GUARDS_HELP = "none, scan, uint, bit1, bit2, atomic, percpu or gfp"
"""Spelled out: the catalogue is not worth its import where help is all that is asked for."""


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="simulate a scenario and tell its story",
        description="Simulate SCENARIO under one guard and tell what happened.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("scenario", metavar="SCENARIO", help="name of a bundled scenario, or a TOML file")
    add("--guard", metavar="DESIGN", help=GUARDS_HELP)
    add("--max-depth", type=int, metavar="N", help="how many saves may be under way at once")
    add("--arch", metavar="A", help="x86_64, arm64 or ia64")
    add("--kernel", metavar="V", help="5.12, 6.1 or 6.12")
    add_scenario_options(parser)
    add("--essential", action="store_true", help="only the functions of the mail's chain")
    add("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(carry_out=run)


def add_scenario_options(parser: argparse.ArgumentParser) -> None:
    """Add what every command has that runs a scenario, once or more often."""
    add = parser.add_argument
    add(
        "--word",
        metavar="WORD",
        help="which word of bits a guard of one or two bits is in: current or serialized",
    )
    add(
        "--layout",
        metavar="NAME|FILE",
        help="task_struct: a bundled layout, 'this-machine', or a file",
    )
    add(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="NAME=VALUE",
        help="set a parameter of the scenario",
    )
    add(
        "--budget",
        type=int,
        metavar="EVENTS",
        help="end a run after this many events (20 million)",
    )


def run(options: argparse.Namespace) -> int:
    """Simulate a scenario under one guard and tell what happened."""
    from core.scenario.loader import open_scenario
    from core.scenario.report import report
    from core.scenario.run import plan
    from core.scenario.run import run as simulate

    settings = parse_settings(options.settings)
    planned = plan(open_scenario(options.scenario), settings, overrides_of(options))
    trace = simulate(planned)
    if options.json:
        print(json.dumps(report(trace, essential=options.essential), indent=2))
    else:
        _tell(trace, planned.scenario.title, options.essential)
    return 0


def overrides_of(options: argparse.Namespace) -> Overrides:
    """Return what a command for one guard changes about the scenario."""
    from core.scenario.run import DEFAULT_BUDGET_EVENTS, Overrides

    return Overrides(
        guard=options.guard,
        max_depth=options.max_depth,
        arch=options.arch,
        kernel=options.kernel,
        layout=options.layout,
        budget_events=DEFAULT_BUDGET_EVENTS if options.budget is None else options.budget,
        word=options.word,
    )


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
