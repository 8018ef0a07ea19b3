"""Plotted values as a table: a row where any of them changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import OwnerscopeError

if TYPE_CHECKING:
    from core.trace.plotted import PlottedSignal
    from core.trace.trace import Trace

MOST_ROWS = 2_000_000
"""More than a sheet can hold twice over, and a few seconds of writing."""
_ROWS_AT_ONCE = 65_536
Table = npt.NDArray[np.int64]


def signal_table(trace: Trace, plotted: Sequence[PlottedSignal], first: int, last: int) -> Table:
    """Return what some signals are at ``first`` and wherever one changes up to ``last``.

    Args:
        trace: The run.
        plotted: Signals of it.
        first: The first position; -1 is the moment before the run.
        last: The last position.

    Returns:
        Shape (rows, 2 + signals): position, time in ns, and one value a signal.

    Raises:
        OwnerscopeError: There are more rows than ``MOST_ROWS``.
    """
    signals = [each.signal for each in plotted]
    changes = [np.array([first], np.int32)]
    for signal in signals:
        ends = np.array([first, last], np.int32)
        start, end = np.searchsorted(signal.positions, ends, side="right")
        changes.append(signal.positions[start:end])
    rows = np.unique(np.concatenate(changes))
    if len(rows) > MOST_ROWS:
        raise OwnerscopeError(
            f"the table would have {len(rows):,} rows, at most {MOST_ROWS:,} are written",
            advice="look at a smaller part of the run, or plot fewer values",
        )
    table = np.empty((len(rows), 2 + len(signals)), np.int64)
    table[:, 0] = rows
    table[:, 1] = trace.clock.at(rows)
    for column, signal in enumerate(signals, 2):
        before = np.searchsorted(signal.positions, rows, side="right")
        held = np.concatenate((np.array([signal.first], np.int64), signal.values))
        table[:, column] = held[before]
    return table


def signals_csv(trace: Trace, plotted: Sequence[PlottedSignal], first: int, last: int) -> bytes:
    """Return ``signal_table`` as CSV with a head; the columns have the signals' names."""
    table = signal_table(trace, plotted, first, last)
    lines = [",".join(["position", "time_ns", *(each.name for each in plotted)])]
    parts = []
    for start in range(0, len(table), _ROWS_AT_ONCE):
        rows = table[start : start + _ROWS_AT_ONCE].tolist()
        lines += [",".join(map(str, row)) for row in rows]
        parts.append("\n".join(lines) + "\n")
        lines = []
    return "".join(parts).encode()
