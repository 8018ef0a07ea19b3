"""Stepping as a debugger does, in both directions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.scenario.loader import bundled
from core.trace import stepping
from core.trace.events import Kind
from core.trace.filters import essential_positions, marker_positions
from core.trace.trace import Trace
from tests.core.trace.two_cpus import lost_update
from tests.runs import bundled_run, stack_at

TRACES = st.sampled_from([*bundled()]).map(bundled_run)
FORWARD = (stepping.step_in, stepping.step_over, stepping.step_out)
BACK = (stepping.step_in_back, stepping.step_over_back, stepping.step_out_back)


@given(trace=TRACES, data=st.data())
def test_steps_move_and_stay_inside(trace: Trace, data: st.DataObject) -> None:
    position = data.draw(st.integers(-1, len(trace) - 1))
    for step in FORWARD:
        target = step(trace, position)
        assert position < target < len(trace) or position == target == len(trace) - 1
    for step in BACK:
        target = step(trace, position)
        assert -1 <= target < position or position == target == -1


@given(trace=TRACES, data=st.data())
def test_stepping_over_never_goes_deeper(trace: Trace, data: st.DataObject) -> None:
    position = data.draw(st.integers(-1, len(trace) - 1))
    target = stepping.step_over(trace, position)
    task = trace.task_at(position)
    if trace.info.outcome == "completed" and trace.task_at(target) == task:
        assert len(trace.calls_at(target)) <= len(trace.calls_at(position))
    back = stepping.step_over_back(trace, position)
    if trace.task_at(back) == task:
        assert len(trace.calls_at(back)) <= len(trace.calls_at(position))


def test_what_another_cpu_does_meanwhile_is_stepped_over() -> None:
    trace = lost_update()
    switch = int(trace.positions(Kind.TASK_SWITCHED)[0])
    back = stepping.step_over(trace, switch - 1)
    assert (trace.kind(back), trace.task_at(back)) == (Kind.TASK_SWITCHED, trace.task_at(0))
    assert back > switch + 1
    assert stepping.step_over_back(trace, back) == switch - 1
    came = int(trace.positions(Kind.INTERRUPTED)[0])
    over = stepping.step_over(trace, came)
    assert (trace.kind(over), trace.function(over).name) == (Kind.RETURNED, "common_interrupt")


def test_step_out_leaves_the_function_and_back_again_is_before_its_call() -> None:
    trace = bundled_run("mail-chain")
    hit = int(trace.short_circuits[0])
    out = stepping.step_out(trace, hit)
    assert trace.kind(out) is Kind.RETURNED
    assert stack_at(trace, out) == stack_at(trace, hit).removesuffix(";save_stack")
    before = stepping.step_out_back(trace, hit)
    assert stack_at(trace, before) == stack_at(trace, out)
    assert before < hit < out


def test_step_in_goes_to_calls_and_returns() -> None:
    trace = bundled_run("mail-chain")
    position, kinds = -1, set()
    while position < len(trace) - 1:
        position = stepping.step_in(trace, position)
        kinds.add(trace.kind(position))
    assert kinds == {Kind.CALLED, Kind.RETURNED}


def test_a_call_that_never_returns_is_stepped_over_to_the_end() -> None:
    trace = bundled_run("no-guard-overflow")
    assert stepping.step_over(trace, -1) == len(trace) - 1
    assert stepping.return_of(trace, 0) is None


def test_essential_positions_are_the_mails_chain() -> None:
    trace = bundled_run("mail-chain")
    names = [
        trace.function(int(i)).essential
        for i in essential_positions(trace)
        if trace.kind(int(i)) is Kind.CALLED
    ]
    assert names[:8] == [
        "kmalloc", "__set_page_owner", "save_stack", "unwind", "build_script", "kmalloc",
        "__set_page_owner", "save_stack",
    ]  # fmt: skip


def test_markers_are_short_circuits_and_the_end_of_a_stopped_run() -> None:
    assert list(marker_positions(bundled_run("mail-chain"))) == list(
        bundled_run("mail-chain").short_circuits
    )
    overflow = bundled_run("no-guard-overflow")
    assert list(marker_positions(overflow)) == [len(overflow) - 1]
