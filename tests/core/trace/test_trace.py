"""A trace is what folding its events gives, at any position."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scenario.loader import bundled
from core.trace import file as trace_file
from core.trace.counts import COUNT_NAMES
from core.trace.events import Kind
from core.trace.explain import explain
from core.trace.trace import Trace
from tests.runs import bundled_run, run_scenario, stack_at

TRACES = st.sampled_from([*bundled()]).map(bundled_run)


def fold(trace: Trace, position: int) -> dict[str, Any]:  # noqa: PLR0912 (one case a kind)
    """The state after a position, by going through all events up to it one by one."""
    stacks: dict[int, list[str]] = {}
    per_cpu = trace.info.guard.per_cpu
    words = {number: task.first_word for number, task in enumerate(trace.info.tasks)}
    if per_cpu:
        words = dict.fromkeys(range(trace.info.cpus), 0)
    cpu = trace.info.tasks[0].cpu
    turned_calls: set[int] = set()
    task = clock_ns = saves = deepest = 0
    saves_of: dict[int, int] = {}
    sums = dict.fromkeys(COUNT_NAMES, 0)
    sums["depot_pools"] = trace.info.depot_pools_at_start
    for i in range(position + 1):
        site, argument = trace.site(i), trace.argument(i)
        name = trace.functions[site.function].name
        clock_ns += site.cost_ns
        stack = stacks.setdefault(task, [])
        match site.kind:
            case Kind.TASK_SWITCHED:
                task, cpu = argument, int(site.fact("cpu") or 0)
            case Kind.CALLED:
                stack.append(name)
                sums["save_stack_calls"] += name == "save_stack"
            case Kind.RETURNED:
                assert stack.pop() == name
                if name == "save_stack" and int(trace.parents[i]) not in turned_calls:
                    saves_of[task] -= 1
            case Kind.STORED:
                owner = cpu if per_cpu else int(site.fact("of") or task)
                words[owner] = trace.values[argument]
            case Kind.SHORT_CIRCUITED:
                sums["guard_hits"] += 1
            case Kind.WALK_STARTED:
                sums["unwinds"] += 1
                saves = saves_of[task] = saves_of.get(task, 0) + 1
                deepest = max(deepest, saves)
            case Kind.FRAME_UNWOUND:
                sums["frames_unwound"] += 1
            case Kind.PAGE_ALLOCATED:
                sums["page_allocations"] += 1
            case Kind.PAGE_FREED:
                sums["page_frees"] += 1
            case Kind.DEPOT_HIT:
                sums["depot_hits"] += 1
            case Kind.DEPOT_STORED:
                sums["depot_stores"] += 1
            case Kind.POOL_OPENED:
                sums["depot_pools"] += 1
            case Kind.OWNER_HANDLE:
                sums["owner_lost"] += argument in (1, 2)
        if site.kind is Kind.SHORT_CIRCUITED and site.label == "test":
            turned_calls.add(int(trace.parents[i]))
    sums["deepest_recursion"] = deepest
    return {
        "task": task,
        "stack": stacks.get(task, []),
        "word": words[_owner(trace, position, task, cpu)],
        "clock_ns": clock_ns,
        "counts": sums,
    }


def _owner(trace: Trace, position: int, task: int, cpu: int) -> int:
    """Whose word is told at a position."""
    if trace.info.guard.per_cpu:
        return cpu
    accesses = (Kind.LOADED, Kind.MODIFIED, Kind.STORED)
    of = trace.site(position).fact("of") if position >= 0 else ""
    return int(of) if of and trace.kind(position) in accesses else task


@given(trace=TRACES, data=st.data())
def test_seek_equals_folding_the_events(trace: Trace, data: st.DataObject) -> None:
    position = data.draw(st.integers(-1, len(trace) - 1))
    state = trace.state_at(position)
    assert {
        "task": state.task,
        "stack": [frame.function.name for frame in state.frames],
        "word": state.word,
        "clock_ns": state.clock_ns,
        "counts": state.counts,
    } == fold(trace, position)


@pytest.mark.parametrize("name", bundled())
def test_every_event_of_every_scenario_has_a_sentence(name: str) -> None:
    trace = bundled_run(name)
    for position in range(-1, len(trace)):
        sentence = explain(trace, position)
        assert sentence
        assert "{" not in sentence
        assert sentence[-1] in ".!"


def test_seek_agrees_with_folding_past_a_block_of_the_count_index() -> None:
    trace = run_scenario("depth-law", {"events": 9})
    assert len(trace) > 2048
    for position in (1022, 1023, 1024, 2047, 2048, len(trace) - 1):
        assert trace.state_at(position).counts == fold(trace, position)["counts"]


def test_frames_know_their_bytes_and_how_often_a_function_is_there() -> None:
    trace = bundled_run("mail-chain")
    hit = int(trace.short_circuits[0])
    frames = trace.frames_at(hit)
    assert [f.occurrence for f in frames if f.function.name == "save_stack"] == [1, 2]
    used = 0
    for frame in frames:
        used += frame.function.stack_bytes
        assert frame.used_bytes == used
        assert trace.kind(frame.call) is Kind.CALLED
    assert trace.state_at(hit).stack_bytes == used


def test_a_completed_run_ends_with_an_empty_stack() -> None:
    for name in bundled():
        trace = bundled_run(name)
        if trace.info.outcome == "completed":
            assert stack_at(trace, len(trace) - 1) == ""


def test_a_trace_is_small() -> None:
    trace = run_scenario("depth-law", {"events": 500}, max_depth=3)
    assert len(trace) > 100_000
    assert trace.nbytes / len(trace) < 12


@pytest.mark.parametrize("name", bundled())
def test_a_trace_survives_being_saved(name: str, tmp_path: Any) -> None:
    trace = bundled_run(name)
    path = tmp_path / "trace"
    trace_file.save(trace, path)
    again = trace_file.load(path)
    assert again.info == trace.info
    assert np.array_equal(again.codes, trace.codes)
    assert again.state_at(len(again) // 2) == trace.state_at(len(trace) // 2)
    assert explain(again, len(again) - 1) == explain(trace, len(trace) - 1)
    assert [p.name for p in tmp_path.iterdir()] == ["trace"]


def test_two_tasks_have_a_word_and_a_stack_each() -> None:
    trace = bundled_run("two-tasks")
    switches = trace.positions(Kind.TASK_SWITCHED)
    assert len(switches) >= 2
    assert {trace.task_at(i) for i in range(len(trace))} == {0, 1}
    assert explain(trace, int(switches[0])) == "The CPU goes on with kworker/0:1/17."
