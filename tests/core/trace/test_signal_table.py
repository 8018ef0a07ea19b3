"""The table of plotted values, against the values one by one."""

from __future__ import annotations

import csv
import io

import pytest

from core.errors import OwnerscopeError
from core.trace import signal_table as tables
from core.trace.plotted import plotted_signals
from core.trace.signal_table import signal_table, signals_csv
from tests.runs import bundled_run


@pytest.mark.parametrize("name", ["mail-chain", "two-tasks", "depot-growth"])
def test_a_row_wherever_a_value_changes(name: str) -> None:
    trace = bundled_run(name)
    plotted = plotted_signals(trace)
    first, last = 20, len(trace) - 10
    rows = {row[0]: row[1:] for row in signal_table(trace, plotted, first, last).tolist()}
    before: list[int] = []
    for position in range(first, last + 1):
        values = [each.signal.value_at(position) for each in plotted]
        if values != before:
            assert rows.pop(position) == [trace.clock_ns(position), *values]
        before = values
    assert not rows


def test_the_csv_has_a_head_and_begins_before_the_run() -> None:
    trace = bundled_run("mail-chain")
    plotted = plotted_signals(trace)[:2]
    told = list(csv.reader(io.StringIO(signals_csv(trace, plotted, -1, 5).decode())))
    assert told[0] == ["position", "time_ns", "stack_bytes", "recursion"]
    assert told[1] == ["-1", "0", "0", "0"]
    assert [row[0] for row in told[2:]] == ["0", "1", "2", "3", "5"]  # event 4 is no call


def test_a_table_that_no_sheet_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = bundled_run("mail-chain")
    monkeypatch.setattr(tables, "MOST_ROWS", 5)
    with pytest.raises(OwnerscopeError, match="smaller part of the run"):
        signal_table(trace, plotted_signals(trace), -1, len(trace) - 1)
