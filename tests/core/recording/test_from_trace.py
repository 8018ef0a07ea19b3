"""Call paths of a trace: nothing lost, nothing counted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from core.recording.from_trace import NS, chart_of, profile_of
from core.recording.profile import RECORDS, StackProfile
from core.recording.questions.call_tree import CallTree
from core.trace.events import Kind
from core.trace.function_table import function_table
from core.trace.trace import Trace
from tests.core.recording.exchanged import real
from tests.gui.recorded import recorded_run
from tests.runs import bundled_run

TRACES: dict[str, Callable[[], Trace]] = {
    "simulated": lambda: bundled_run("depot-growth"),
    "two tasks": lambda: bundled_run("two-tasks"),
    "recorded": recorded_run,
    "real": lambda: real("guard-graph-alloc1-limit2.txt.zst"),
}


def by_path(profile: StackProfile, weight: str) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    comm = profile.dimensions["comm"]
    for row, stack in enumerate(profile.stack.tolist()):
        path = ";".join(profile.stacks.names_of(stack))
        found[comm.values[comm.codes[row]], path] += int(profile.weights[weight][row])
    return dict(found)


def calls_one_by_one(trace: Trace, first: int, last: int) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for at in range(first, last + 1):
        if trace.kind(at) is Kind.CALLED:
            comm = trace.info.tasks[trace.task_at(at)].comm
            found[comm, ";".join(trace.names_at(at))] += 1
    return dict(found)


@pytest.mark.parametrize("name", TRACES)
def test_every_call_is_a_record_of_its_path(name: str) -> None:
    trace = TRACES[name]()
    assert by_path(profile_of(trace), RECORDS) == calls_one_by_one(trace, 0, len(trace) - 1)


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("part", [(0.0, 1.0), (0.25, 0.6), (0.5, 0.5)])
def test_self_time_is_that_of_the_table_of_functions(name: str, part: tuple[float, float]) -> None:
    trace = TRACES[name]()
    first, last = (int(share * (len(trace) - 1)) for share in part)
    profile = profile_of(trace, first, last)
    innermost: Counter[str] = Counter()
    for row, stack in enumerate(profile.stack.tolist()):
        innermost[profile.stacks.names_of(stack)[-1]] += int(profile.weights[NS][row])
    expected: Counter[str] = Counter()
    for each in function_table(trace, first, last):
        expected[each.function.name] += each.self_ns
    assert +innermost == +expected
    calls = {k: v for k, v in by_path(profile, RECORDS).items() if v}
    assert calls == calls_one_by_one(trace, first, last)


def test_a_part_that_holds_nothing_is_an_empty_profile() -> None:
    trace = bundled_run("mail-chain")
    profile = profile_of(trace, 5, 4)
    assert (len(profile), len(profile.stacks), profile.total(RECORDS)) == (0, 0, 0)


def test_each_stack_is_there_once() -> None:
    profile = profile_of(bundled_run("two-tasks"))
    stacks = [tuple(profile.stacks.names_of(stack)) for stack in range(len(profile.stacks))]
    assert len(set(stacks)) == len(stacks)
    assert np.array_equal(np.unique(profile.stack), np.arange(len(stacks)))


# -- in order -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRACES)
def test_a_chart_is_what_was_on_the_stack_from_moment_to_moment(name: str) -> None:
    trace = TRACES[name]()
    chart = chart_of(trace)
    expected = []
    for at in range(len(trace)):
        names = trace.names_at(at)
        passed = trace.clock_ns(at + 1) - trace.clock_ns(at) if at + 1 < len(trace) else 0
        called = trace.kind(at) is Kind.CALLED
        if called or passed or trace.kind(at) is Kind.RETURNED:
            comm = trace.info.tasks[trace.task_at(at)].comm
            expected.append((";".join(names), int(called), passed, trace.clock_ns(at), comm))
    ran = chart.dimensions["comm"]
    assert expected == [
        (";".join(chart.stacks.names_of(stack)), calls, ns, ts, ran.values[code])
        for stack, calls, ns, ts, code in zip(
            chart.stack.tolist(), chart.weights[RECORDS].tolist(), chart.weights[NS].tolist(),
            chart.numbers["ts_ns"].tolist(), ran.codes.tolist(), strict=True,
        )
    ]  # fmt: skip


def test_a_chart_of_one_task_adds_up_to_its_profile() -> None:
    trace = recorded_run()
    for weight in (NS, RECORDS):
        charted = by_path(chart_of(trace), weight)
        assert charted.pop(("sh", "")) == 0 if weight == RECORDS else charted.pop(("sh", "")) > 0
        assert charted == by_path(profile_of(trace), weight)


def test_two_calls_of_a_function_stay_two_in_order() -> None:
    tree = CallTree.of(chart_of(recorded_run()), NS, order="time")
    names = [tree.names[number] for number in tree.name[tree.levels[1] : tree.levels[2]].tolist()]
    calls = [row.calls for row in function_table(recorded_run()) if row.function.name == names[0]]
    assert [len(names)] == calls


def test_two_calls_stay_two_even_where_no_time_passes_between_them() -> None:
    trace = real("guard-graph-alloc1-limit2.txt.zst")
    tree = CallTree.of(chart_of(trace), NS, order="time")
    outermost = int((trace.parents[trace.positions(Kind.CALLED)] < 0).sum())
    # A call that took less than a nanosecond has no width at all.
    assert outermost - 5 <= tree.levels[2] - tree.levels[1] <= outermost
