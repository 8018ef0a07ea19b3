"""Which task is on which CPU, and the stretches of interrupts, waits and interrupts off."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.scenario.loader import bundled
from core.trace import file as trace_file
from core.trace.cpus import IDLE
from core.trace.events import Kind
from core.trace.explain import explain, interrupt_at
from core.trace.info import TaskInfo
from core.trace.trace import Trace
from tests.core.trace.two_cpus import (
    FLAG,
    KWORKER,
    RESET,
    SH,
    TASKS,
    Smp,
    guard,
    lost_update,
)
from tests.runs import bundled_run

LOST = lost_update()


def first(kind: Kind, trace: Trace = LOST) -> int:
    return int(trace.positions(kind)[0])


def names(trace: Trace, task: int, position: int) -> str:
    return ";".join(frame.function.name for frame in trace.cpus.frames_of(task, position))


# -- who is where -------------------------------------------------------------------------------


def test_a_task_stays_on_its_cpu_while_another_cpu_goes_on() -> None:
    cpus = LOST.cpus
    switch = first(Kind.TASK_SWITCHED)
    assert cpus.currents(-1) == (SH, KWORKER)
    assert [cpus.cpu_at(switch - 1), cpus.cpu_at(switch)] == [0, 1]
    assert cpus.currents(switch + 2) == (SH, KWORKER)
    assert names(LOST, SH, switch + 2).endswith("__set_page_owner;save_stack")
    assert names(LOST, KWORKER, switch + 1) == "sched_setscheduler"
    assert names(LOST, KWORKER, switch - 1) == ""


def test_who_sleeps_ends_or_moves_leaves_its_cpu_idle() -> None:
    cpus, end = LOST.cpus, len(LOST) - 1
    blocked, moved = first(Kind.TASK_BLOCKED), int(LOST.positions(Kind.TASK_SWITCHED)[-1])
    assert cpus.currents(blocked) == (SH, KWORKER)
    assert cpus.currents(moved) == (IDLE, SH)
    assert cpus.currents(end) == (IDLE, SH)
    assert cpus.migrations.tolist() == [moved]
    assert cpus.cpu_of_task(SH, end) == 1
    assert cpus.cpu_of_task(KWORKER, end) == 1


def test_a_cpu_with_no_task_is_idle_all_the_time() -> None:
    run = Smp((TaskInfo(1, "init", cpu=1),), cpus=3)
    trace = run.call("kmalloc").back().trace()
    assert {trace.cpus.currents(at) for at in range(-1, len(trace))} == {(IDLE, 0, IDLE)}


def test_a_task_that_was_forked_is_on_no_cpu_before_it_runs() -> None:
    tasks = (TaskInfo(1, "init", cpu=0), TaskInfo(2, "child", cpu=1, parent=0))
    run = Smp(tasks).call("sys_clone").event(Kind.TASK_FORKED, 1)
    trace = run.on(1).call("ret_from_fork").trace()
    assert [trace.cpus.currents(at)[1] for at in range(-1, len(trace))] == [-1, -1, -1, 1, 1]


def test_one_cpu_without_interrupts_is_plain() -> None:
    run = Smp(TASKS[:1], cpus=1).call("kmalloc").back()
    assert run.trace().cpus.plain
    assert not run.interrupt(0).interrupt_ends(0).trace().cpus.plain
    assert not LOST.cpus.plain


# -- stretches ----------------------------------------------------------------------------------


def test_interrupts_nest_and_lie_on_the_interrupted_stack() -> None:
    spans = LOST.cpus.interrupts
    assert [LOST.info.interrupts[n].name for n in spans.numbers] == ["nic", "perf"]
    assert spans.levels.tolist() == [0, 1]
    assert spans.tasks.tolist() == [SH, SH]
    assert spans.starts[0] < spans.starts[1] < spans.ends[1] < spans.ends[0]
    assert [LOST.kind(int(end)) for end in spans.ends] == [Kind.INTERRUPT_ENDED] * 2
    assert LOST.cpus.interrupts_at(int(spans.starts[1])) == (0, 1)
    assert LOST.cpus.interrupts_at(int(spans.ends[1])) == (0,)
    assert LOST.cpus.interrupts_on(KWORKER, int(spans.starts[1])) == ()
    assert interrupt_at(LOST, int(spans.starts[1]) + 1) == "perf"


def test_a_wait_lasts_until_the_waiter_has_the_lock() -> None:
    waits = LOST.cpus.lock_waits
    assert (waits.tasks.tolist(), waits.numbers.tolist()) == ([KWORKER], [0])
    assert LOST.kind(int(waits.starts[0])) is Kind.LOCK_SPUN
    end = int(waits.ends[0])
    assert (LOST.kind(end), LOST.task_at(end)) == (Kind.LOCK_TAKEN, KWORKER)
    assert LOST.cpus.waits_at(end - 1) == ((KWORKER, 0),)
    assert LOST.cpus.waits_at(end) == ()


def test_a_wait_that_never_ends_lasts_to_the_end() -> None:
    run = Smp(TASKS).call("a").event(Kind.LOCK_SPUN, 0).event(Kind.LOCK_SPUN, 0)
    run.on(KWORKER).call("b").event(Kind.LOCK_SPUN, 1)
    trace = run.trace()
    assert trace.cpus.lock_waits.starts.tolist() == [1, 5]
    assert trace.cpus.lock_waits.ends.tolist() == [len(trace)] * 2


def test_interrupts_are_off_by_cpu() -> None:
    spans = LOST.cpus.irqs_off
    assert spans.cpus.tolist() == [1, 0]
    assert [LOST.kind(int(end)) for end in spans.ends] == [Kind.IRQS_ON] * 2


# -- whose word ---------------------------------------------------------------------------------


def test_an_access_to_another_tasks_word_is_that_tasks() -> None:
    lost = first(Kind.LOST_UPDATE)
    assert LOST.word_of(SH, lost - 3) == FLAG
    assert LOST.word_at(lost - 1) == LOST.word_of(SH, lost - 1) == RESET
    assert LOST.word_of(KWORKER, len(LOST) - 1) == 0


def test_a_word_of_a_cpu_stays_with_the_cpu() -> None:
    run = Smp(TASKS, guard_info=guard(per_cpu=True)).call("save_stack")
    run.word(Kind.LOADED, 0).word(Kind.MODIFIED, 1).word(Kind.STORED, 1)
    run.on(KWORKER).call("kmalloc").on(SH, "migrate", 1).call("unwind")
    trace = run.trace()
    assert [trace.word_at(at) for at in range(len(trace))] == [0, 0, 0, 1, 0, 0, 0, 0]
    assert [trace.word_of(cpu, len(trace) - 1) for cpu in (0, 1)] == [1, 0]


# -- in words and as a file ---------------------------------------------------------------------


def test_what_happened_between_contexts_is_said() -> None:
    assert explain(LOST, first(Kind.LOST_UPDATE)) == (
        "The store of kworker/17 undoes that of sh/40: bits 0x200 of sh/40 are lost."
    )
    assert explain(LOST, first(Kind.INTERRUPTED)) == "Interrupt nic comes on CPU 0."
    assert explain(LOST, first(Kind.TASK_MIGRATED)) == "sh/40 moves to CPU 1."
    assert explain(LOST, first(Kind.TASK_SWITCHED)) == "CPU 1 goes on with kworker/17."
    assert explain(LOST, first(Kind.LOCK_SPUN)) == "kworker/17 spins on depot pool_lock."


def test_it_comes_back_from_a_file() -> None:
    again = trace_file.from_bytes(trace_file.to_bytes(LOST), where="again")
    assert again.info == LOST.info
    for at in range(-1, len(LOST)):
        assert again.cpus.currents(at) == LOST.cpus.currents(at)
        assert explain(again, at) == explain(LOST, at)


# -- laws ---------------------------------------------------------------------------------------


KINDS = {
    "irq": Kind.INTERRUPTED,
    "end": Kind.INTERRUPT_ENDED,
    "spin": Kind.LOCK_SPUN,
    "take": Kind.LOCK_TAKEN,
    "off": Kind.IRQS_OFF,
    "on": Kind.IRQS_ON,
}
DEEDS = ("switch", "move", "call", "back", "block", *KINDS)


@st.composite
def smp_traces(draw: st.DrawFn) -> Trace:
    """Any run of up to four tasks on up to three CPUs: what happens need not make sense."""
    cpus = draw(st.integers(1, 3))
    n_tasks = draw(st.integers(1, 4))
    tasks = [TaskInfo(n, f"t{n}", cpu=draw(st.integers(0, cpus - 1))) for n in range(n_tasks)]
    run = Smp(tasks, cpus)
    for _ in range(draw(st.integers(1, 40))):
        deed = draw(
            st.sampled_from(
                [
                    "switch",
                    "move",
                    "call",
                    "back",
                    "irq",
                    "end",
                    "spin",
                    "take",
                    "off",
                    "on",
                    "block",
                ]
            )
        )
        task = draw(st.integers(0, n_tasks - 1))
        if deed == "switch":
            run.on(task)
        elif deed == "move":
            run.on(task, "migrate", draw(st.integers(0, cpus - 1)))
        elif deed == "call":
            run.call(draw(st.sampled_from(["kmalloc", "save_stack"])))
        elif deed == "back":
            run.back(min(1, len(run.stacks[run.task])))
        elif deed == "block":
            run.event(Kind.TASK_BLOCKED, task)
        else:
            run.event(KINDS[deed], draw(st.integers(0, 1)))
    if not len(run.recorder.events):
        run.call("kmalloc")
    return run.trace()


RUNS = st.sampled_from(bundled()).map(bundled_run)


@given(smp_traces() | RUNS)
def test_a_task_is_on_one_cpu_and_tenures_say_what_the_cpus_run(trace: Trace) -> None:
    for at in range(-1, min(len(trace), 400)):
        currents = trace.cpus.currents(at)
        busy = [task for task in currents if task != IDLE]
        assert len(busy) == len(set(busy))
        if at >= 0:
            assert currents[trace.cpus.cpu_at(at)] == trace.task_at(at)
            spans = trace.cpus.tenures
            found = {int(spans.cpus[i]): int(spans.tasks[i]) for i in spans.at(at)}
            assert len(found) == len(spans.at(at))  # they do not overlap
            assert found == {cpu: task for cpu, task in enumerate(currents) if task != IDLE}


@given(smp_traces())
def test_the_running_tasks_stack_is_the_stack(trace: Trace) -> None:
    for at in range(len(trace)):
        assert trace.cpus.last_event(trace.task_at(at), at) == at
        assert trace.cpus.frames_of(trace.task_at(at), at) == trace.frames_at(at)
        for task in range(len(trace.info.tasks)):
            mine = [e for e in range(at + 1) if trace.task_at(e) == task]
            assert trace.cpus.last_event(task, at) == max(mine, default=-1)


@given(smp_traces())
def test_stretches_are_as_replaying_tells_them(trace: Trace) -> None:
    cpus = trace.cpus
    waits: set[tuple[int, int]] = set()
    off: set[int] = set()
    open_irqs: dict[int, list[int]] = {}
    for at in range(len(trace)):
        task, cpu, kind = trace.task_at(at), cpus.cpu_at(at), trace.kind(at)
        mine = open_irqs.setdefault(task, [])
        if kind is Kind.LOCK_SPUN:
            waits.add((task, trace.argument(at)))
        elif kind is Kind.LOCK_TAKEN:
            waits.discard((task, trace.argument(at)))
        elif kind is Kind.IRQS_OFF:
            off.add(cpu)
        elif kind is Kind.IRQS_ON:
            off.discard(cpu)
        elif kind is Kind.INTERRUPTED:
            mine.append(at)
        elif kind is Kind.INTERRUPT_ENDED and mine:
            mine.pop()
        assert set(cpus.waits_at(at)) == waits
        assert {int(cpus.irqs_off.cpus[i]) for i in cpus.irqs_off.at(at)} == off
        for number in range(len(trace.info.tasks)):
            starts = [int(cpus.interrupts.starts[i]) for i in cpus.interrupts_on(number, at)]
            if trace_is_balanced(trace, number):
                assert starts == open_irqs.get(number, [])


def trace_is_balanced(trace: Trace, task: int) -> bool:
    """Whether no interrupt of a task ends that never came."""
    depth = 0
    for at in range(len(trace)):
        if trace.task_at(at) == task:
            depth += {Kind.INTERRUPTED: 1, Kind.INTERRUPT_ENDED: -1}.get(trace.kind(at), 0)
            if depth < 0:
                return False
    return True
