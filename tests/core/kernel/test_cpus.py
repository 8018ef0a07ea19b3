"""CPUs: who may go on where, and what a task takes along."""

from __future__ import annotations

from core.trace.events import Kind
from tests.contexts import Choosing
from tests.runs import bundled_run, run_scenario


def test_another_cpu_goes_on_whatever_this_one_holds() -> None:
    run = Choosing("wrong-word")
    assert all("cpu 1 chrt/41" in each.options for each in run.seen if each.task == "sh/40")


def test_nobody_is_preempted_where_interrupts_or_preemption_are_off() -> None:
    run = Choosing("state-moves", {4: "preempt cron/41"})
    held = run.at("lock", "__stack_depot_save")
    assert held
    assert not any(option.startswith("preempt") for each in held for option in each.options)
    assert any("preempt cron/41" in each.options for each in run.seen if each.task == "sh/40")


def test_without_config_preempt_a_task_keeps_its_cpu() -> None:
    text = """
schema = 1
name = "t"
title = "t"
shows = "t"
[kernel]
version = "6.1"
arch = "x86_64"
preempt = "none"
[[tasks]]
pid = 1
[[tasks.work]]
op = "alloc_pages"
[[tasks]]
pid = 2
[[tasks.work]]
op = "alloc_pages"
"""
    run = Choosing(text)
    assert not any("preempt sh/2" in each.options for each in run.seen)
    assert run.end.outcome == "completed"


def test_the_guards_bit_goes_with_the_task() -> None:
    trace = bundled_run("state-moves")
    moved = next(
        int(at)
        for at in trace.positions(Kind.TASK_SWITCHED)
        if trace.site(int(at)).fact("how") == "migrate"
    )
    field = trace.info.guard.value_of
    assert trace.task_at(moved) == 0
    assert trace.site(moved).fact("cpu") == "1"
    assert field(trace.word_at(moved)) == 1
    assert field(trace.word_at(len(trace) - 1)) == 0
    assert len(trace.short_circuits) == 0


def test_a_cpus_counter_turns_away_whoever_comes_next() -> None:
    trace = bundled_run("percpu-counter")
    (hit,) = trace.short_circuits
    assert trace.task_at(int(hit)) == 1
    assert trace.names_at(int(hit)).count("save_stack") == 1


def test_a_task_that_migrates_takes_its_one_from_the_wrong_counter() -> None:
    run = Choosing("percpu-counter", {3: "preempt cron/41", 7: "migrate sh/40 1"})
    assert run.machine.guard.fingerprint() == (1, 0xFFFFFFFF)
    broken = {violation.property: violation.sentence for violation in run.end.violations}
    assert "CPU 0" in broken["guard-clear"]


def test_a_task_moves_itself() -> None:
    text = """
schema = 1
name = "t"
title = "t"
shows = "t"
[kernel]
version = "6.1"
arch = "x86_64"
cpus = 2
[[tasks]]
pid = 1
[[tasks.work]]
op = "alloc_pages"
[[tasks.work]]
op = "migrate"
to = 1
[[tasks.work]]
op = "alloc_pages"
[[tasks]]
pid = 2
cpu = 1
[[tasks.work]]
op = "alloc_pages"
repeat = 2
"""
    run = Choosing(text)
    assert run.end.outcome == "completed"
    assert [task.cpu for task in run.machine.tasks] == [1, 1]
    assert len([p for p in run.machine.pages.pages.values() if p.in_use and p.pid in (1, 2)]) == 4


def test_tasks_of_two_cpus_take_turns_too() -> None:
    trace = run_scenario("wrong-word", {"schedule.policy": "turns", "schedule.choices": "[]"})
    assert [task for _, task in trace.task_switches] == [0, 1, 0, 1]
    assert trace.info.cpus == 2


def test_every_event_of_a_machine_with_one_cpu_is_as_before() -> None:
    trace = bundled_run("two-tasks")
    kinds = {trace.kind(at) for at in range(len(trace))}
    assert max(kinds) <= Kind.SCRIPT_EVICTED


def test_a_counter_below_zero_turns_everybody_away() -> None:
    text = """
schema = 1
name = "t"
title = "t"
shows = "t"
[kernel]
version = "6.1"
arch = "x86_64"
cpus = 2
[guard]
design = "percpu"
[[tasks]]
pid = 1
migrates = true
[[tasks.work]]
op = "page_events"
repeat = 2
[[tasks]]
pid = 2
[[tasks.work]]
op = "alloc_pages"
"""
    run = Choosing(text, {3: "preempt sh/2", 7: "migrate sh/1 1"})
    assert run.end.outcome == "completed"
    assert 0xFFFFFFFF in run.machine.recorder.wide.values()
