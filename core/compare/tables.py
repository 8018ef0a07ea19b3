"""The table of a comparison as text to paste: Markdown and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from core.compare.differences import Difference


def as_markdown(labels: Sequence[str], differences: Sequence[Difference]) -> str:
    """Return the table as Markdown: a row a measure, a column a lane, numbers to the right."""
    head = ["", *map(_escaped, labels)]
    rows = [[_escaped(_titled(row)), *map(_escaped, row.texts)] for row in differences]
    widths = [max(3, *(len(row[n]) for row in [head, *rows])) for n in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "".join(f"{_line(row, widths)}\n" for row in [head, rule, *rows])


def as_csv(labels: Sequence[str], differences: Sequence[Difference]) -> str:
    """Return the table as CSV: plain numbers, an empty cell where a lane has no value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["measure", "unit", "differs", *labels])
    for row in differences:
        cells = ["" if value is None else value for value in row.values]
        writer.writerow([row.measure, row.unit, "yes" if row.differs else "no", *cells])
    return text.getvalue()


def _titled(row: Difference) -> str:
    """Return a measure's label with its unit and whether it is inferred."""
    notes = [row.unit, "inferred" if row.inferred else ""]
    said = ", ".join(note for note in notes if note)
    return f"{row.label} ({said})" if said else row.label


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cells[0].ljust(widths[0])]
    padded += [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return f"| {' | '.join(padded)} |"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
