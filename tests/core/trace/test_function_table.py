"""The table of functions is what going through the events adds up to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scenario.loader import bundled
from core.trace import function_table as module
from core.trace.call_spans import CallSpans
from core.trace.counts import COUNT_NAMES
from core.trace.events import Kind
from core.trace.function_table import (
    BLOCK_EVENTS,
    FunctionIndex,
    FunctionRow,
    function_table,
    range_counts,
)
from core.trace.trace import Trace
from tests.core.trace.made_traces import random_traces, spans_of
from tests.runs import bundled_run, run_scenario


def brute_force(trace: Trace, first: int, last: int) -> dict[str, tuple[int, ...]]:
    """Calls, events, ns, self events, self ns and peak by function, an event at a time."""
    found: dict[str, list[int]] = {}
    seen: set[int] = set()

    def row(name: str) -> list[int]:
        return found.setdefault(name, [0] * 6)

    for position in range(first, last + 1):
        site = trace.site(position)
        calls = list(trace.calls_at(position))
        if site.kind is Kind.RETURNED:
            calls.append(int(trace.parents[position]))
        names = {trace.function(call).name for call in calls}
        for name in names:
            row(name)[1] += 1
            row(name)[2] += site.cost_ns
        used = 0
        for call in calls:
            function = trace.function(call)
            used += function.stack_bytes
            if call not in seen:
                seen.add(call)
                row(function.name)[0] += 1
                row(function.name)[5] = max(row(function.name)[5], used)
        inside = row(trace.functions[site.function].name)
        inside[3] += 1
        inside[4] += site.cost_ns
    return {name: tuple(row) for name, row in found.items() if row[0]}


def as_dict(rows: list[FunctionRow]) -> dict[str, tuple[int, ...]]:
    return {row.function.name: tuple(row[1:]) for row in rows}


@given(trace=random_traces(), data=st.data())
def test_it_is_what_the_stacks_add_up_to(trace: Trace, data: st.DataObject) -> None:
    if not len(trace):
        assert function_table(trace) == []
        return
    first = data.draw(st.integers(0, len(trace) - 1))
    last = data.draw(st.integers(first, len(trace) - 1))
    found = as_dict(function_table(trace, first, last))
    wanted = brute_force(trace, first, last)
    for name, row in wanted.items():
        # Calls of a task that sleeps through the range overlap it too.
        assert found[name][0] >= row[0]
        assert found[name][1:5] == row[1:5]
        assert found[name][5] >= row[5]
    if len(trace.task_switches) == 1:
        assert found == wanted


@pytest.mark.parametrize("name", bundled())
def test_it_is_what_the_stacks_add_up_to_in_every_scenario(name: str) -> None:
    trace = bundled_run(name)
    for first, last in spans_of(trace):
        found, wanted = as_dict(function_table(trace, first, last)), brute_force(trace, first, last)
        if len(trace.task_switches) == 1:
            assert found == wanted
        else:
            assert {n: r[1:5] for n, r in found.items() if r[1]} == {
                n: r[1:5] for n, r in wanted.items()
            }


@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    trace = run_scenario("two-tasks", {"events": 3})
    monkeypatch.setattr(module, "_PIECE_BLOCKS", 3)
    spans = [*spans_of(trace), (block, 3 * block - 1), (block, 3 * block), (1, 5 * block)]
    spans = [(first, min(last, len(trace) - 1)) for first, last in spans if first < len(trace)]

    def tables() -> list[dict[str, tuple[int, ...]]]:
        # Of a run that has no index yet.
        trace = run_scenario("two-tasks", {"events": 3})
        return [as_dict(function_table(trace, *span)) for span in spans]

    monkeypatch.setattr(module, "BLOCK_EVENTS", len(trace) + 1)
    in_one_go = tables()
    monkeypatch.setattr(module, "BLOCK_EVENTS", block)
    assert tables() == in_one_go


def test_recursion_is_counted_once() -> None:
    trace = run_scenario("depth-law", {"events": 2}, max_depth=3)
    rows = {row.function.name: row for row in function_table(trace)}
    save = rows["save_stack"]
    assert save.calls == 30
    assert save.events < len(trace)
    assert sum(row.self_events for row in rows.values()) == len(trace)
    assert sum(row.self_ns for row in rows.values()) == trace.clock_ns(len(trace) - 1)
    assert rows["entry_SYSCALL_64_after_hwframe"].events == len(trace)


def test_the_costliest_comes_first_and_no_range_is_empty() -> None:
    trace = bundled_run("mail-chain")
    rows = function_table(trace)
    assert [row.ns for row in rows] == sorted((row.ns for row in rows), reverse=True)
    assert function_table(trace, 9, 8) == []
    assert function_table(trace, 0, 10**9) == rows


def test_the_index_is_small() -> None:
    trace = run_scenario("depth-law", {"events": 60}, max_depth=3)
    assert FunctionIndex(trace).nbytes < len(trace)


@given(name=st.sampled_from(bundled()), data=st.data())
def test_counts_of_a_range_are_what_happened_in_it(name: str, data: st.DataObject) -> None:
    trace = bundled_run(name)
    first = data.draw(st.integers(0, len(trace) - 1))
    last = data.draw(st.integers(first, len(trace) - 1))
    found = range_counts(trace, first, last)
    assert tuple(found) == COUNT_NAMES
    at_end, before = trace.state_at(last).counts, trace.state_at(first - 1).counts
    for each in COUNT_NAMES[:-1]:
        wanted = at_end[each] - (before[each] if each != "depot_pools" else 0)
        assert found[each] == wanted
    deepest = max(
        signal.value_at(position)
        for position in range(first, last + 1)
        for signal in trace.recursion.values()
    )
    assert found["deepest_recursion"] == deepest


def test_counts_of_the_whole_run_are_its_counts() -> None:
    trace = bundled_run("depth-law")
    assert range_counts(trace, 0, len(trace) - 1) == trace.state_at(len(trace) - 1).counts


# -- a recording's times --------------------------------------------------------------------------


def _timed(plain: Trace, seed: int) -> Trace:
    steps = np.random.default_rng(seed).integers(0, 50, len(plain))
    return Trace(
        plain.codes, plain.sites, plain.functions, plain.values, plain.wide, plain.info,
        plain.parents, np.cumsum(steps),
    )  # fmt: skip


def _times_by_hand(
    trace: Trace, first: int, last: int, stacks: Sequence[tuple[str, ...]] = ()
) -> dict[str, tuple[int, int]]:
    """Time on the stack and in itself by function name, from the stacks between events."""
    assert trace.times_ns is not None
    times = trace.times_ns.tolist()
    found: dict[str, list[int]] = {}
    for at in range(first, last):
        names = stacks[at] if stacks else trace.names_at(at)
        passed = times[at + 1] - times[at]
        for name in set(names):
            found.setdefault(name, [0, 0])[0] += passed
        if names:
            found[names[-1]][1] += passed
    return {name: (total, own) for name, (total, own) in found.items()}


@pytest.mark.parametrize("part", [(0, None), (1, 200), (57, 58), (300, 301), (123, 480)])
def test_recorded_times_are_those_between_events(part: tuple[int, int | None]) -> None:
    trace = _timed(bundled_run("depot-growth"), seed=3)
    first, last = part[0], part[1] or len(trace) - 1
    expected = _times_by_hand(trace, first, last)
    found = {row.function.name: (row.ns, row.self_ns) for row in function_table(trace, first, last)}
    assert {name: times for name, times in found.items() if times != (0, 0)} == {
        name: times for name, times in expected.items() if times != (0, 0)
    }


def test_recorded_times_of_many_blocks() -> None:
    trace = _timed(run_scenario("depth-law", {"events": 110}), seed=5)
    assert len(trace) > 2 * BLOCK_EVENTS + 7
    stacks = [tuple(trace.names_at(at)) for at in range(len(trace))]
    for first, last in ((0, len(trace) - 1), (BLOCK_EVENTS, 2 * BLOCK_EVENTS + 7), (5, 20_000)):
        expected = _times_by_hand(trace, first, last, stacks)
        for row in function_table(trace, first, last):
            assert (row.ns, row.self_ns) == expected.get(row.function.name, (0, 0))


def test_recorded_times_of_several_tasks_are_how_long_calls_took() -> None:
    trace = _timed(run_scenario("two-tasks", {"events": 5}), seed=9)
    assert trace.times_ns is not None
    times = trace.times_ns
    total: dict[str, int] = {}
    own: dict[str, int] = {}
    spans = CallSpans(trace)
    for call, end in zip(spans.calls.tolist(), spans.ends.tolist(), strict=True):
        took = int(times[min(end, len(trace) - 1)] - times[call])
        names = trace.names_at(call)
        if names[-1] not in names[:-1]:
            total[names[-1]] = total.get(names[-1], 0) + took
        own[names[-1]] = own.get(names[-1], 0) + took
        if len(names) > 1:
            own[names[-2]] = own.get(names[-2], 0) - took
    found = {row.function.name: (row.ns, row.self_ns) for row in function_table(trace)}
    assert len(trace.info.tasks) == 2
    assert found == {name: (total[name], own[name]) for name in total}
