"""``ownerscope scenarios``: what there is to run."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def scenarios(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
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
    if as_json:
        print(json.dumps({"schema": 1, "scenarios": rows}, indent=2))
        return
    _print(rows)


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
