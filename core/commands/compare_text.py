"""A comparison told in the terminal: what it comes to, a lane a column, and where lanes part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from core.compare.differences import Difference, Value
from core.compare.lanes import shared_words
from core.compare.reason import reason
from core.compare.run import Comparison

_GAP = 2
"""Columns between the columns of the table."""

_NO_TERMINAL_WIDTH = 1000
"""Columns where nobody looks: a file or a pipe gets whole lines."""


def tell(comparison: Comparison, console: Console | None = None) -> None:
    """Print a comparison.

    Args:
        comparison: What to tell.
        console: Where to print, the terminal if not given.
    """
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, _NO_TERMINAL_WIDTH)
    console.print(f"[bold]{escape(comparison.plans[0].scenario.title)}[/]")
    shared = shared_words(comparison.traces)
    if shared:
        console.print(f"[dim]all with {escape(shared)}[/]")
    console.print(f"\n{escape(comparison.summary)}\n")
    _tell_differences(comparison, console)
    _tell_parting(comparison, console)
    _tell_notes(comparison, console)


def _tell_differences(comparison: Comparison, console: Console) -> None:
    """Print the table; where it is wider than the terminal, in parts of fewer lanes."""
    rows = comparison.differences
    cells = [_cells(row) for row in rows]
    first_width = max(len(_title(row)) for row in rows) + _GAP
    headings = [label.replace(", ", "\n") for label in comparison.labels]
    widths = [
        max(map(len, (*heading.split("\n"), *(row[lane] for row in cells)))) + _GAP
        for lane, heading in enumerate(headings)
    ]
    for number, lanes in enumerate(_parts(widths, console.width - first_width)):
        if number:
            console.print()
        console.print(_table(rows, cells, headings, lanes))


def _parts(widths: list[int], room: int) -> Iterator[list[int]]:
    """Yield the columns in parts that fit, at least one each."""
    part: list[int] = []
    for column, width in enumerate(widths):
        if part and sum(widths[other] for other in part) + width > room:
            yield part
            part = []
        part.append(column)
    yield part


def _table(
    rows: Sequence[Difference], cells: list[list[str]], headings: list[str], lanes: list[int]
) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0))
    table.add_column(no_wrap=True)
    for lane in lanes:
        table.add_column(Text(headings[lane]), justify="right", overflow="fold")
    for row, texts in zip(rows, cells, strict=True):
        shown = [Text(texts[lane], _style(row, row.values[lane])) for lane in lanes]
        table.add_row(Text(_title(row), "bold" if row.differs else "dim"), *shown)
    return table


def _cells(row: Difference) -> list[str]:
    unit = f" {row.unit}" if row.unit else ""
    return [
        text if value is None else f"{text}{unit}"
        for text, value in zip(row.texts, row.values, strict=True)
    ]


def _style(row: Difference, value: Value) -> str:
    if row.measure == "outcome":
        return "green" if value == "completed" else "bold red"
    return "" if row.differs else "dim"


def _title(row: Difference) -> str:
    return f"{row.label} (inferred)" if row.inferred else row.label


def _tell_parting(comparison: Comparison, console: Console) -> None:
    """Tell where the lanes part first, and what each was about to do there."""
    alignment = comparison.alignment
    if len(comparison.traces) < 2:
        return
    console.print()
    if not len(alignment.parting_moments):
        console.print("They never part: every lane makes the same calls.")
        return
    first = alignment.first_partings(1)[0]
    often, of = len(alignment.parting_moments), len(alignment.operation_moments)
    console.print(
        f"They part in {often:,} of {of:,} operations, first in operation {first.operation + 1:,}:"
    )
    for label, trace, event in zip(comparison.labels, comparison.traces, first.events, strict=True):
        said = escape(reason(trace, event))
        console.print(f"  [bold]{escape(label)}[/], event {event:,}: {said}")


def _tell_notes(comparison: Comparison, console: Console) -> None:
    """Tell what the user should know, what all lanes share once."""
    lanes = list(zip(comparison.labels, comparison.traces, strict=True))
    for style, name in (("yellow", "warnings"), ("dim", "inferred")):
        noted: dict[str, list[str]] = {}
        for label, trace in lanes:
            for note in getattr(trace.info, name):
                noted.setdefault(note, []).append(label)
        for note, labels in noted.items():
            whose = f"{'; '.join(labels)}: " if len(labels) < len(lanes) else ""
            console.print(f"[{style}]{name.removesuffix('s')}: {escape(whose + note)}[/]")
