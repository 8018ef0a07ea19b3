"""Calls as spans: at every position the rows of the running task are its stack."""

from __future__ import annotations

from hypothesis import given

from core.trace.call_spans import CallSpans
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.core.trace.made_traces import random_traces


@given(random_traces())
def test_the_rows_are_the_stack(trace: Trace) -> None:
    spans = CallSpans(trace)
    calls = [at for at in range(len(trace)) if trace.kind(at) is Kind.CALLED]
    assert sorted(spans.calls.tolist()) == calls
    for position in range(len(trace)):
        if trace.kind(position) is Kind.RETURNED:
            continue
        task, stack = trace.task_at(position), trace.calls_at(position)
        on_rows = []
        for depth in range(spans.depths[task]):
            row = spans.row_number(task, depth)
            assert row is not None
            span = spans.at(row, position)
            on_rows += [int(spans.calls[span])] if span is not None else []
        assert on_rows == stack
        if stack:
            span = spans.span_of(stack[-1])
            assert spans.levels[span] == trace.names_at(stack[-1]).count("save_stack")
            assert spans.row_at(position) == spans.row_of(span)


@given(random_traces())
def test_spans_of_a_row_never_overlap(trace: Trace) -> None:
    spans = CallSpans(trace)
    for row in spans.rows:
        starts, ends = spans.calls[row.first : row.last], spans.ends[row.first : row.last]
        assert (starts < ends).all()
        assert (ends[:-1] <= starts[1:]).all()
