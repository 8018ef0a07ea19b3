"""``ownerscope scenarios``: what there is to run."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.commands import Commands

NAME = "scenarios"


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="what there is to run",
        description="List the bundled scenarios and their parameters.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(carry_out=scenarios)


def scenarios(options: argparse.Namespace) -> int:
    """List the bundled scenarios and their parameters."""
    from core.scenario.loader import bundled, open_scenario

    rows = []
    for name in bundled():
        source = open_scenario(name)
        rows.append(
            {
                "name": name,
                "title": source.document["title"],
                "shows": source.document["shows"],
                "parameters": {
                    key: {"default": p.default, "about": p.about}
                    for key, p in source.parameters().items()
                },
            }
        )
    if options.json:
        print(json.dumps({"schema": 1, "scenarios": rows}, indent=2))
    else:
        _print(rows)
    return 0


def _print(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("scenario", style="bold", no_wrap=True)
    table.add_column("shows")
    table.add_column("--set", style="dim")
    for row in rows:
        parameters = row["parameters"]
        assert isinstance(parameters, dict)
        table.add_row(str(row["name"]), str(row["shows"]), "\n".join(parameters))
    Console(highlight=False).print(table)
