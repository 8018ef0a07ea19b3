"""A plotted signal has at every position the value that the state there has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.machine import Machine
from core.scenario.loader import bundled, open_scenario
from core.scenario.run import build, plan, work_of
from core.trace.events import Kind
from core.trace.plotted import PlottedSignal, changes_only, plotted_signals, running
from core.trace.signals import StepSignal
from core.trace.trace import Trace
from tests.runs import bundled_run, run_scenario

SCENARIOS = st.sampled_from([*bundled()])


def named(trace: Trace) -> dict[str, PlottedSignal]:
    return {plotted.name: plotted for plotted in plotted_signals(trace)}


def some_positions(trace: Trace) -> list[int]:
    """All of a short run; of a long one the ends, the switches and some between."""
    rng = np.random.default_rng(7)
    at = set(rng.integers(-1, len(trace), 300).tolist()) | {-1, 0, len(trace) - 1}
    at |= {near for switch, _ in trace.task_switches for near in (switch - 1, switch, switch + 1)}
    return sorted(i for i in at if -1 <= i < len(trace))


@pytest.mark.parametrize("name", bundled())
def test_stack_bytes_guard_and_owners_are_those_of_the_state(name: str) -> None:
    trace = bundled_run(name)
    plotted = named(trace)
    for position in some_positions(trace):
        state = trace.state_at(position)
        at = {each: found.signal.value_at(position) for each, found in plotted.items()}
        assert at["stack_bytes"] == state.stack_bytes
        assert at["owners_lost"] == state.counts["owner_lost"]
        assert at["recursion"] == trace.recursion[state.task].value_at(position)
        if trace.info.guard.unit_bytes:
            assert at["guard_value"] == trace.info.guard.value_of(state.word)
        else:
            assert "guard_value" not in at


@pytest.mark.parametrize("name", bundled())
def test_pages_in_use_are_counted_block_by_block(name: str) -> None:
    trace = bundled_run(name)
    signal = named(trace)["pages_in_use"].signal
    blocks = {page.pfn: 1 << page.order for page in trace.info.pages}
    assert signal.value_at(-1) == sum(blocks.values())
    for at in range(len(trace)):
        if trace.kind(at) is Kind.PAGE_ALLOCATED:
            blocks[trace.argument(at)] = 1 << int(trace.site(at).fact("order"))
        elif trace.kind(at) is Kind.PAGE_FREED:
            del blocks[trace.argument(at)]
        assert signal.value_at(at) == sum(blocks.values())


def test_each_task_has_its_own_stack_and_the_plot_follows_the_running_one() -> None:
    trace = bundled_run("two-tasks")
    plotted = named(trace)
    own = [plotted[f"stack_bytes/{number}"] for number in range(len(trace.info.tasks))]
    assert len(own) == 2
    assert [each.task for each in own] == [0, 1]
    for position in range(-1, len(trace)):
        task = trace.task_at(position)
        assert own[task].signal.value_at(position) == trace.state_at(position).stack_bytes
        if position >= 0:
            other = own[1 - task].signal
            assert other.value_at(position) == other.value_at(position - 1)
    assert "stack_bytes/0" not in named(bundled_run("mail-chain"))


def test_the_mail_chain_fills_the_stack_and_the_guard_is_set_once() -> None:
    plotted = named(bundled_run("mail-chain"))
    guard = plotted["guard_value"].signal
    assert (guard.first, guard.values.tolist()) == (0, [1, 0])
    assert plotted["guard_value"].limit == (1, "maximum depth")
    assert plotted["stack_bytes"].limit is not None


def test_a_limit_that_the_field_cannot_hold_is_no_line() -> None:
    trace = run_scenario("mail-chain", guard="bit2", max_depth=4)
    assert named(trace)["guard_value"].limit is None


def test_ia64_has_less_room_than_its_thread() -> None:
    info = bundled_run("mail-chain").info
    limit = named(bundled_run("mail-chain"))["stack_bytes"].limit
    assert limit == (info.thread_bytes - info.reserved_bytes, "THREAD_SIZE less task_struct")
    x86 = named(bundled_run("depth-law"))["stack_bytes"].limit
    assert x86 == (16384, "THREAD_SIZE")


# -- the depot, against the machine itself -----------------------------------------------------


def _machine_after(name: str, budget: int) -> tuple[Machine, int]:
    """A machine that ran so many events, and how many it ran."""
    resolved = replace(plan(open_scenario(name)), budget_events=budget)
    machine = build(resolved)
    machine.run(work_of(resolved, machine))
    return machine, len(machine.recorder.events)


@pytest.mark.parametrize("name", ["depot-growth", "depot-failure", "stack-list", "mail-chain"])
def test_depot_pages_are_what_the_machine_holds(name: str) -> None:
    trace = bundled_run(name)
    signal = named(trace)["depot_pages"].signal
    pages = trace.info.depot.pool_bytes // trace.info.page_bytes
    assert pages == 4
    machine, events = _machine_after(name, len(trace) + 1)
    assert events == len(trace)
    depot = machine.depot
    assert signal.value_at(events - 1) == pages * (depot.pools_in_use + depot.spare_kept)


def test_a_pool_is_opened_from_the_spare_or_from_new_pages() -> None:
    signal = named(bundled_run("depot-growth"))["depot_pages"].signal
    assert len(signal.values)
    assert set(np.diff([signal.first, *signal.values]).tolist()) == {4}, "only ever one pool more"


# -- the pieces ---------------------------------------------------------------------------------

STEPS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=40)


@given(STEPS, st.integers(0, 3))
def test_a_signal_without_idle_steps_is_the_same_signal(
    steps: list[tuple[int, int]], first: int
) -> None:
    steps.sort(key=lambda step: step[0])
    positions = np.array([at for at, _ in steps], np.int32)
    values = np.array([value for _, value in steps], np.int64)
    kept = changes_only(positions, values, first)
    assert (np.diff(kept.positions) > 0).all()
    assert (np.diff([first, *kept.values]) != 0).all()
    told = dict(steps)
    value = first
    for position in range(-1, 32):
        value = told.get(position, value)
        assert kept.value_at(position) == value


@given(SCENARIOS)
def test_a_plotted_signal_is_built_once(name: str) -> None:
    for plotted in plotted_signals(bundled_run(name)):
        assert plotted.signal is plotted.signal
        assert plotted.label
        assert plotted.about


def test_the_running_task_among_constant_ones() -> None:
    trace = bundled_run("two-tasks")
    constant = {
        0: StepSignal(np.empty(0, np.int32), np.empty(0, np.int64), 5),
        1: StepSignal(np.empty(0, np.int32), np.empty(0, np.int64), 9),
    }
    signal = running(trace, constant)
    for position in range(-1, len(trace)):
        assert signal.value_at(position) == (5, 9)[trace.task_at(position)]
