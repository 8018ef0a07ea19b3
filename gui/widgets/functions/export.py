"""The table of functions as text to keep: CSV for a sheet, Markdown for a mail or an issue."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.trace.function_table import FunctionRow

HEAD = (
    "function", "subsystem", "calls", "ns", "self_ns", "events", "self_events", "peak_stack_bytes",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""


def functions_csv(rows: Iterable[FunctionRow]) -> str:
    """Return functions as CSV, a function a row, with plain numbers."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEAD)
    for row in rows:
        name = row.function.name
        safe = f"'{name}" if name.startswith(_FORMULA) else name
        writer.writerow(
            [
                safe, row.function.subsystem, row.calls, row.ns, row.self_ns, row.events,
                row.self_events, row.peak_bytes,
            ]
        )  # fmt: skip
    return buffer.getvalue()


def functions_markdown(rows: Iterable[FunctionRow], about: str) -> str:
    """Return functions as a table in Markdown under a line that says what it is about."""
    lines = [
        about,
        "",
        "| Function | Calls | Time | Self time | Events | Self events | Peak stack |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        name = row.function.name.replace("|", "\\|").replace("`", "'")
        cells = (
            f"`{name}`", f"{row.calls:,}", time_text(row.ns), time_text(row.self_ns),
            f"{row.events:,}", f"{row.self_events:,}", f"{row.peak_bytes:,} B",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
