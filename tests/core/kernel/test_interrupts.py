"""Interrupts: when they may come, how they nest, and what they find in the guard."""

from __future__ import annotations

import pytest

from core.trace.events import Kind
from tests.contexts import Choosing
from tests.runs import bundled_run, run_scenario

HEAD = """
schema = 1
name = "t"
title = "t"
shows = "t"
"""

ATOMIC = (
    HEAD
    + """
[kernel]
version = "5.12"
arch = "x86_64"
[memory]
slab = "always_empty"
[[interrupts]]
name = "nic"
[[tasks]]
[[tasks.work]]
op = "kmalloc"
gfp = "GFP_ATOMIC"
"""
)

BOTH = (
    HEAD
    + """
[kernel]
version = "6.1"
arch = "x86_64"
[[interrupts]]
name = "nic"
raises = "net_rx"
[[interrupts.work]]
op = "alloc_pages"
[[interrupts]]
name = "net_rx"
kind = "soft"
[[interrupts.work]]
op = "alloc_pages"
[[interrupts]]
name = "perf"
kind = "nmi"
[[interrupts.work]]
op = "kmalloc"
[[tasks]]
[[tasks.work]]
op = "alloc_pages"
"""
)


def test_an_interrupt_is_nested_on_the_interrupted_stack() -> None:
    trace = bundled_run("interrupt-in-a-save")
    came = int(trace.positions(Kind.INTERRUPTED)[0])
    below = trace.names_at(came)
    hit = int(trace.short_circuits[0])
    assert below[-3:] == ["save_stack", "stack_depot_save", "__stack_depot_save"]
    assert trace.names_at(hit)[: len(below)] == below
    assert trace.names_at(hit)[len(below)] == "asm_common_interrupt"
    assert trace.names_at(hit)[-2:] == ["__set_page_owner", "save_stack"]


def test_an_interrupts_page_loses_its_owner_and_the_bit_survives() -> None:
    trace = bundled_run("interrupt-in-a-save")
    ended = int(trace.positions(Kind.INTERRUPT_ENDED)[0])
    field = trace.info.guard.value_of
    assert field(trace.word_at(ended)) == 1
    assert field(trace.word_at(len(trace) - 1)) == 0
    lost = [trace.argument(int(at)) for at in trace.positions(Kind.OWNER_HANDLE)]
    assert lost == [1, 4]  # dummy_handle for the interrupt's page, a real one for the task's


@pytest.mark.parametrize("design", ["uint", "bit1", "bit2", "atomic"])
def test_whatever_an_interrupt_writes_it_writes_back(design: str) -> None:
    for number in range(9):
        run = Choosing("interrupt-in-a-save", {number: "interrupt nic"}, guard=design)
        task = run.machine.tasks[0]
        assert run.machine.place is not None
        assert run.machine.place.value_of(task.image.load()) == 0
        assert run.end.violations == ()


def test_an_atomic_kmalloc_of_5_12_saves_with_interrupts_off() -> None:
    atomic = Choosing(ATOMIC)
    kernel = Choosing(ATOMIC.replace("GFP_ATOMIC", "GFP_KERNEL"))
    later = Choosing(ATOMIC.replace("5.12", "6.1"))
    within = [each for each in atomic.seen if "save_stack" in each.stack]
    assert not any("interrupt nic" in each.options for each in within)
    for run in (kernel, later):
        assert any("interrupt nic" in e.options for e in run.seen if "save_stack" in e.stack)


def test_hard_interrupts_do_not_nest_but_an_nmi_comes_amid_one() -> None:
    run = Choosing(BOTH, {0: "interrupt nic"})
    inside = [each for each in run.seen if "nic_interrupt" in each.stack]
    assert inside
    assert not any("interrupt nic" in each.options for each in inside)
    assert all("interrupt perf" in each.options for each in inside)


def test_an_nmi_does_not_come_amid_an_nmi() -> None:
    run = Choosing(BOTH, {0: "interrupt perf"})
    inside = [each for each in run.seen if "perf_interrupt" in each.stack]
    assert inside
    assert not any(option.startswith("interrupt") for each in inside for option in each.options)


def test_a_soft_interrupt_runs_where_the_hard_one_ends_with_interrupts_on() -> None:
    run = Choosing(BOTH, {0: "interrupt nic"})
    soft = [each for each in run.seen if "net_rx_interrupt" in each.stack]
    assert soft
    assert all("interrupt nic" in each.options for each in soft if each.what in ("alloc", "load"))
    assert not any("nic_interrupt" in each.stack for each in soft)


def test_a_soft_interrupt_is_not_run_amid_another() -> None:
    run = Choosing(BOTH, {0: "interrupt nic"})
    first = next(each for each in run.seen if "net_rx_interrupt" in each.stack)
    again = Choosing(BOTH, {0: "interrupt nic", first.number: "interrupt nic"})
    for each in again.seen:
        assert each.stack.count("net_rx_interrupt") <= 1
    names = again.machine.interrupts.sources
    assert [source.came for source in names] == [2, 2, 0]


def test_a_tick_ends_in_a_switch_where_the_task_can_be_preempted() -> None:
    trace = bundled_run("soft-interrupt")
    ticks = [i for i, each in enumerate(trace.info.interrupts) if each.kind == "timer"]
    ends = [int(at) for at in trace.positions(Kind.INTERRUPT_ENDED) if trace.argument(at) in ticks]
    # The first tick came amid the soft interrupt, where nothing is preempted.
    assert trace.kind(ends[0] + 1) is not Kind.TASK_SWITCHED
    assert trace.kind(ends[1] + 1) is Kind.TASK_SWITCHED


def test_without_preemption_a_tick_changes_nothing() -> None:
    trace = run_scenario("soft-interrupt", {"kernel.preempt": "none"})
    switches = trace.positions(Kind.TASK_SWITCHED)
    assert len(switches) == 1  # only where the first task ends


def test_the_depot_leaves_out_what_an_interrupt_came_amid() -> None:
    cut = Choosing(BOTH, {0: "interrupt nic"})
    whole = Choosing(BOTH.replace("6.1", "5.12"), {0: "interrupt nic"})
    records = [record.names for record in cut.machine.depot.records]
    assert any(names[0] == "asm_common_interrupt" for names in records)
    assert not any(
        "asm_common_interrupt" in names[1:] and "driver_op" in names for names in records
    )
    assert any(
        "driver_op" in record.names and "asm_common_interrupt" in record.names
        for record in whole.machine.depot.records
    )


def test_an_interrupt_comes_only_to_its_cpus_and_only_so_often() -> None:
    text = BOTH.replace('name = "nic"\n', 'name = "nic"\ncpus = [0]\nat_most = 1\n')
    run = Choosing(text, {0: "interrupt nic"})
    after = [each for each in run.seen if each.number > 0]
    assert not any("interrupt nic" in each.options for each in after)
