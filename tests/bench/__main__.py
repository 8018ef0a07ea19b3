"""Run the benches: every function bench_* in the files bench_*.py beside this one.

python -m tests.bench            all of them
python -m tests.bench timeline   those with "timeline" in "file.function"

Each returns a list of rows. The exit status is 1 where a target is missed or a bench fails.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.bench.row import Row

Bench = Callable[[], list[Row]]


def discover(part: str = "", folder: Path = Path(__file__).parent) -> Iterator[tuple[str, Bench]]:
    """Yield the name and the function of each bench that has this part in its name."""
    for path in sorted(folder.glob("bench_*.py")):
        module = importlib.import_module(f"{__package__}.{path.stem}")
        for attribute, bench in vars(module).items():
            name = f"{path.stem.removeprefix('bench_')}.{attribute.removeprefix('bench_')}"
            here = getattr(bench, "__module__", "") == module.__name__
            if here and attribute.startswith("bench_") and part in name:
                yield name, bench


def run(name: str, bench: Bench) -> list[Row]:
    """Run one bench; a failing one is a row that is not ok, so the others are still measured."""
    try:
        return bench()
    except Exception as error:  # whatever a bench raises
        traceback.print_exc()
        return [Row(f"{name}: {type(error).__name__}", float("nan"), "", "", None, "", False)]


def table(rows: Iterable[Row]) -> Table:
    """Lay the rows out for people."""
    result = Table("", "bench", title="ownerscope benches")
    for heading in ("measured", "ratio", "target"):
        result.add_column(heading, justify="right")
    result.add_column("compared with")
    for row in rows:
        result.add_row(
            "[green]✓[/]" if row.ok else "[red]✗[/]",
            Text(row.name),
            f"{_number(row.measured)} {row.unit}",
            "" if row.ratio is None else f"{_number(row.ratio)}x",
            Text(row.target),
            Text(row.compared_with),
        )
    return result


def _number(value: float) -> str:
    """Return three digits that count, or all before the point: 0.0123, 4.13, 12,346."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def main(arguments: list[str]) -> int:
    """Run the benches that were asked for and return the exit status."""
    part = arguments[0] if arguments else ""
    console = Console()
    if not console.is_terminal:
        console = Console(width=140)
    rows: list[Row] = []
    for name, bench in discover(part):
        console.print(f"{name} ...", style="dim")
        rows += run(name, bench)
    if not rows:
        console.print(f"no bench has {part!r} in its name" if part else "there are no benches")
        return 1
    console.print(table(rows))
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
