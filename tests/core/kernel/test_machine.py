"""The machine: budgets, tasks, and stacks of any size."""

from __future__ import annotations

import sys

import pytest

from core.trace.events import Kind
from tests.runs import counts, run_scenario, run_text


@pytest.mark.parametrize("budget", [1, 2, 100, 5_000, 70_000])
def test_a_budget_is_kept_to_the_event(budget: int) -> None:
    trace = run_scenario("depth-law", {"events": 100_000}, budget_events=budget)
    assert trace.info.outcome == "budget_exhausted"
    assert len(trace) == budget
    assert trace.kind(len(trace) - 1) is Kind.STOPPED
    assert trace.state_at(len(trace) - 1).position == budget - 1


def test_the_stop_itself_fits_the_budget() -> None:
    whole = run_scenario("no-guard-overflow")
    for budget in (len(whole), len(whole) - 1):
        trace = run_scenario("no-guard-overflow", budget_events=budget)
        assert len(trace) == budget
    assert run_scenario("no-guard-overflow", budget_events=len(whole)).info.outcome == (
        "stack_overflow"
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [("depot-growth", {"callers": 20_000}), ("stack-list", {"callers": 10_000})],
)
def test_a_parameter_may_be_as_large_as_it_says(name: str, settings: dict[str, int]) -> None:
    trace = run_scenario(name, settings)
    assert counts(trace)["depot_stores"] >= settings["callers"]


def test_all_of_the_memory_can_be_used() -> None:
    trace = run_scenario(
        "depot-growth",
        {"callers": 1, "memory.limit_mib": 2048, "tasks.0.work.0.repeat": 400,
         "tasks.0.work.0.order": 10},
    )  # fmt: skip
    assert counts(trace)["page_allocations"] > 400


def test_a_deep_recursion_is_no_recursion_error() -> None:
    before = sys.getrecursionlimit()
    trace = run_scenario("mail-chain", guard="none")
    assert trace.info.outcome == "stack_overflow"
    assert sys.getrecursionlimit() == before


def test_progress_is_told() -> None:
    from core.scenario.loader import open_scenario
    from core.scenario.run import plan, run

    seen: list[int] = []
    run(plan(open_scenario("depth-law"), {"events": 1000}), progress=seen.append)
    assert seen == sorted(seen)
    assert len(seen) >= 3


def test_a_guard_hit_of_one_task_leaves_the_other_alone() -> None:
    trace = run_scenario("two-tasks")
    alone = run_scenario("two-tasks", {"events": 2})
    assert counts(trace) == counts(alone)
    # Every top-level event of both tasks walks: none is turned away by the other's flag.
    assert counts(trace)["unwinds"] == 4


def test_ia64s_stack_is_shared_with_task_struct() -> None:
    trace = run_scenario("mail-chain", guard="none")
    assert trace.info.reserved_bytes == trace.info.layout.size_bytes
    frames = trace.frames_at(len(trace) - 1)
    assert frames[-1].used_bytes + trace.info.reserved_bytes > trace.info.thread_bytes
    assert frames[-2].used_bytes + trace.info.reserved_bytes <= trace.info.thread_bytes


def test_6_9_and_later_have_a_second_place_that_is_guarded() -> None:
    trace = run_scenario("stack-list")
    stacks = [trace.names_at(int(at)) for at in trace.short_circuits]
    assert stacks
    assert all("add_stack_record_to_list" in names for names in stacks)
    assert not len(run_scenario("stack-list", kernel="6.1").short_circuits)


@pytest.mark.parametrize("design", ["none", "scan"])
def test_without_the_bit_the_second_place_recurses(design: str) -> None:
    trace = run_scenario("stack-list", guard=design)
    nested = max(
        trace.names_at(int(at)).count("add_stack_record_to_list")
        for at in trace.positions(Kind.WALK_STARTED)
    )
    assert nested >= 1


def test_an_empty_task_does_nothing() -> None:
    text = """
schema = 1
name = "empty"
title = "t"
shows = "s"
[kernel]
version = "6.1"
arch = "x86_64"
[[tasks]]
work = []
"""
    trace = run_text(text)
    assert len(trace) == 0
    assert trace.info.outcome == "completed"
    assert trace.state_at(-1).counts["save_stack_calls"] == 0
