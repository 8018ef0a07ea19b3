"""Function_graph text becomes the calls it was printed from, whole or damaged."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.readers.function_graph import reader as function_graph
from core.recording.readers.function_graph.lines import body_of, plain_of
from core.trace.events import Kind
from core.trace.explain import explain
from core.trace.trace import Trace
from tests.core.recording.graph_text import (
    RULE,
    Machine,
    Options,
    machines,
    read_graph,
    stack_events,
)
from tests.core.recording.text_recordings import NOISE, first_lines, sample, with_line
from tests.examples import examples

BOOT = "ftrace-function_graph-boot-recursion-excerpt.txt"
GRAPHS = (
    BOOT,
    "ftrace-function_graph-default.txt",
    "ftrace-function_graph-kmalloc-tail.txt",
    "ftrace-function_graph-proc-abstime-tail.txt",
    "guard-graph-alloc1-limit1.txt",
)


def names(trace: Trace, task: int = 0) -> list[str]:
    return stack_events(trace).get(task, [])


def lasted_ns(trace: Trace, function: str) -> list[int]:
    """How long each call of a function took, in the order of returns."""
    assert trace.times_ns is not None
    return [
        int(trace.times_ns[at] - trace.times_ns[trace.parents[at]])
        for at in range(len(trace))
        if trace.kind(at) is Kind.RETURNED and trace.function(at).name == function
    ]


@examples(100)
@given(machines())
def test_what_was_printed_is_read_back(machine: Machine) -> None:
    trace, reading = read_graph("".join(machine.text))
    read = sorted(stack_events(trace).values())
    assert read == sorted(each for each in machine.expected.values() if each)
    assert not reading.bad_lines
    assert trace.info.recording is not None
    assert trace.info.recording.calls_open_at_start == 0
    assert not trace.info.recording.notes or "missing" not in trace.info.recording.notes[0]
    assert trace.times_ns is not None
    assert bool((np.diff(trace.times_ns) >= 0).all())


@given(machines(), st.integers(0, 5000))
def test_a_file_that_begins_in_the_middle_of_calls_has_them_open_from_its_start(
    machine: Machine, cut: int
) -> None:
    text = "".join(machine.text)
    trace, reading = read_graph(text[text.find("\n", cut) + 1 :] if cut < len(text) else "")
    depth = 0
    for events in stack_events(trace).values():
        depth = 0
        for event in events:
            depth += 1 if event[0] == "+" else -1
            assert depth >= 0
    assert reading.bad_lines <= 1  # a switch may have lost its first line


@given(st.sampled_from(GRAPHS), st.integers(0, 60_000), st.integers(0, 20_000))
def test_a_file_cut_at_any_byte_keeps_the_rest(name: str, first: int, last: int) -> None:
    trace, reading = read_graph(first_lines(name, 900)[first : first + last])
    assert reading.bad_lines <= 2
    assert len(trace) >= 0
    assert trace.parents.max(initial=-1) < len(trace)


@cache
def undamaged(name: str) -> Trace:
    return read_graph(first_lines(name, 300))[0]


@given(st.sampled_from(GRAPHS), st.integers(4, 300), NOISE)
def test_a_line_of_noise_takes_nothing_else_with_it(name: str, number: int, noise: bytes) -> None:
    whole = first_lines(name, 300)
    trace, reading = read_graph(with_line(whole, number, noise))
    full = undamaged(name)
    assert reading.bad_lines <= 1
    assert trace.info.recording is not None
    assert full.info.recording is not None
    assert trace.info.recording.calls_closed >= full.info.recording.calls_closed - 2


@given(st.sampled_from(GRAPHS[1:4]), st.binary(max_size=400), st.integers(0, 30_000))
def test_noise_anywhere_is_no_exception(name: str, noise: bytes, at: int) -> None:
    data = first_lines(name, 300)
    trace, _ = read_graph(data[:at] + noise + data[at:])
    assert len(trace.codes) == len(trace.times_ns if trace.times_ns is not None else [])


@pytest.mark.parametrize("name", GRAPHS)
def test_the_format_is_told_with_and_without_a_heading(name: str) -> None:
    data = sample(name)[: 1 << 16]
    middle = data[len(data) // 2 :]
    assert function_graph.tell(data) == 1.0
    assert function_graph.tell(middle) > 0.9


@pytest.mark.parametrize(
    "other",
    [
        b"# tracer: function\n#\n sh-44 [001] d..1. 63.597732: kfree <-free_fs\n",
        b"int main() {\n  f();\n}\n",
        b" sh-44 [001] 63.597: funcgraph_entry:  + 29.406 us |  mutex_unlock();\n",
        b"main;f 10\nmain;g 20\n",
        b"",
    ],
)
def test_other_text_is_not_claimed(other: bytes) -> None:
    assert function_graph.tell(other) < 0.5


@pytest.mark.parametrize(
    "ending",
    [
        "kfree();", "kfree(objp=0xffff888003a4f000);", "kfree(); /* = 0x0 */",
        "kfree(); /* ret=0x0 */", "kfree(); /* <-free_fs+0x10/0x20 ret=0 */",
        "kfree [slub_kunit]();", "kfree(a=(1; {2}), b=/* */);",
    ],
)  # fmt: skip
def test_leaves_of_every_version(ending: str) -> None:
    trace, reading = read_graph(f" 0)   1.000 us    |  {ending}\n")
    assert (names(trace), reading.bad_lines) == (["+kfree", "-kfree"], 0)


@pytest.mark.parametrize(
    "ending",
    ["}", "} /* kfree */", "} /* kfree = 0x1 */", "} /* kfree ret=0x1 */", "} /* = 0x1 */",
     "} /* kfree [mod] ret=0 */", "} /* kfree => 0 */"],
)  # fmt: skip
def test_closings_of_every_version(ending: str) -> None:
    trace, reading = read_graph(f" 0)               |  kfree() {{\n 0)   1.000 us    |  {ending}\n")
    assert (names(trace), reading.bad_lines) == (["+kfree", "-kfree"], 0)


@given(st.sampled_from(["    ", "  "]), st.text("(){};/*= a\\\"", max_size=20), st.sampled_from(
    ["kfree({});", "kfree({}) {{", "}} /* kfree = {} */", "}} /* kfree ret={} */",
     "kfree(); /* = {} */", "kfree({}); /* ret=0 */", "/* {} */"],
))  # fmt: skip
def test_the_plain_end_of_a_line_says_the_same(indent: str, odd: str, ending: str) -> None:
    end = (indent + ending.format(odd)).encode()
    plain = plain_of(end)
    assert body_of(plain) == body_of(end)


def test_latency_flags_and_relative_time() -> None:
    trace, reading = read_graph(
        "# tracer: irqsoff\n"
        "        0 us |   0)   bash-123    |  d..1 |   0.500 us    |  kfree();\n"
        "       12 us |   0)   bash-123    |  dNh2 |   1.000 us    |  push();\n"
    )
    assert not reading.bad_lines
    assert names(trace) == ["+kfree", "-kfree", "+push", "-push"]
    assert trace.times_ns is not None
    assert trace.times_ns.tolist() == [0, 500, 12_000, 13_000]
    assert trace.info.recording is not None
    assert trace.info.recording.start_ns == -1


def test_a_switch_parts_stacks_where_there_is_no_task_column() -> None:
    trace, _ = read_graph(
        " 0)               |  a() {\n"
        f"{RULE} 0)     sh-40      =>   busybox-181  \n{RULE}\n"
        " 0)   1.000 us    |  b();\n"
        f"{RULE} 0)  busybox-181   =>     sh-40      \n{RULE}\n"
        " 0)   9.000 us    |  }\n"
    )
    assert stack_events(trace) == {0: ["+a", "-a"], 1: ["+b", "-b"]}
    assert [(task.comm, task.pid) for task in trace.info.tasks] == [("sh", 40), ("busybox", 181)]


def test_a_task_that_is_named_late_and_moves_is_one_task() -> None:
    trace, _ = read_graph(
        " 0)               |  a() {\n"
        " 1)   1.000 us    |  b();\n"
        f"{RULE} 1)     dd-41      =>     sh-40      \n{RULE}\n"
        " 1)   9.000 us    |  } /* a */\n"
        f"{RULE} 0)     sh-40      =>     rm-42      \n{RULE}\n"
        " 0)   9.000 us    |  c();\n"
    )
    assert stack_events(trace) == {0: ["+a", "-a"], 1: ["+b", "-b"], 2: ["+c", "-c"]}
    assert [task.pid for task in trace.info.tasks] == [40, 41, 42]


def test_the_idle_task_of_each_cpu_has_a_stack_of_its_own() -> None:
    trace, _ = read_graph(
        " 0)   <idle>-0    |               |  a() {\n"
        " 1)   <idle>-0    |               |  b() {\n"
        " 0)   <idle>-0    |   1.000 us    |  }\n"
        " 1)   <idle>-0    |   1.000 us    |  }\n"
    )
    assert stack_events(trace) == {0: ["+a", "-a"], 1: ["+b", "-b"]}


def test_a_call_that_a_return_names_is_open_from_the_start() -> None:
    trace, _ = read_graph(
        " 0)   1.000 us    |      c();\n"
        " 0)   3.000 us    |    } /* b */\n"
        " 0)   9.000 us    |  } /* a */\n"
    )
    assert names(trace) == ["+a", "+b", "+c", "-c", "-b", "-a"]
    assert trace.info.recording is not None
    assert trace.info.recording.calls_open_at_start == 2
    assert trace.info.recording.calls_closed == 1


def test_lost_events_are_counted_and_the_stack_fits_again() -> None:
    trace, _ = read_graph(
        " 0)               |  a() {\n"
        " 0)               |    b() {\n"
        "CPU:0 [LOST 7 EVENTS]\n"
        " 0)   1.000 us    |    } /* x */\n"
        " 0)               |  c() {\n"
        " 0)   1.000 us    |  } /* c */\n"
    )
    assert names(trace) == ["+a", "+b", "-b", "-a", "+c", "-c"]
    assert trace.info.recording is not None
    assert trace.info.recording.notes[0] == "The tracer lost 7 events."
    assert trace.info.recording.notes[1].startswith("2 calls or returns are missing")


def test_an_interrupt_at_the_depth_of_the_call_it_struck_is_inside_it() -> None:
    trace, _ = read_graph(
        " 0)               |  kmem_cache_alloc() {\n"
        " 0)               |    should_failslab() {\n"
        " 0)   6.684 us    |    irq_enter_rcu();\n"
        " 0) ! 925.390 us  |    } /* should_failslab */\n"
        " 0) ! 932.555 us  |  } /* kmem_cache_alloc */\n"
    )
    assert names(trace) == [
        "+kmem_cache_alloc", "+should_failslab", "+irq_enter_rcu", "-irq_enter_rcu",
        "-should_failslab", "-kmem_cache_alloc",
    ]  # fmt: skip
    assert trace.info.recording is not None
    assert not trace.info.recording.notes or "missing" not in trace.info.recording.notes[0]


def test_absolute_times_are_kept() -> None:
    trace, _ = read_graph(
        "   63.596047 |   1)     sh-44      |               |  a() {\n"
        "   63.597732 |   1)     sh-44      |   6.880 us    |    b();\n"
        "   63.600000 |   1)     sh-44      | # 3953.000 us |  } /* a */\n"
    )
    assert trace.times_ns is not None
    assert trace.times_ns.tolist() == [0, 1_685_000, 1_691_880, 3_953_000]
    assert trace.info.recording is not None
    assert trace.info.recording.start_ns == 63_596_047_000
    assert not trace.info.recording.times_inferred


def test_times_are_put_together_from_durations() -> None:
    trace, _ = read_graph(
        " 0)               |  a() {\n"
        " 0)   1.500 us    |    b();\n"
        " 0)   2.500 us    |    c();\n"
        " 0) + 10.000 us   |  }\n"
        " 0)   1.000 us    |  d();\n"
    )
    assert trace.times_ns is not None
    assert trace.times_ns.tolist() == [0, 0, 1500, 1500, 4000, 10_000, 10_000, 11_000]
    assert trace.info.recording is not None
    assert trace.info.recording.times_inferred


def test_cpus_run_side_by_side_and_calls_last_as_long_as_the_file_says() -> None:
    trace, _ = read_graph(
        " 0)               |  a() {\n"
        " 1)               |  b() {\n"
        " 1) + 50.000 us   |    c();\n"
        " 0) + 60.000 us   |  }\n"
        " 1) + 70.000 us   |  }\n"
    )
    assert [lasted_ns(trace, name) for name in "abc"] == [[60_000], [70_000], [50_000]]
    assert trace.info.recording is not None
    assert trace.info.recording.duration_ns == 70_000


def test_a_machine_with_absolute_times_is_read_to_the_microsecond() -> None:
    machine = Machine(Options(abstime=True, task=True))
    for what, function in (("call", "kfree"), ("leaf", "push"), ("return", "")):
        machine.step(0, "sh-40", what, function, 250)
    trace, _ = read_graph("".join(machine.text))
    assert trace.times_ns is not None
    assert trace.times_ns.tolist() == [0, 1_000, 251_000, 252_000]


def test_comments_are_sentences_in_the_call_they_stand_in() -> None:
    trace, _ = read_graph(
        " 0)               |  a() {\n 0)               |    /* depth {1} */\n 0)   1.0 us |  }\n"
    )
    at = int(trace.positions(Kind.STEPPED)[0])
    assert explain(trace, at) == "The recording notes: depth {1}"
    assert trace.function(at).name == "a"


def test_bad_lines_are_counted_and_the_first_is_quoted() -> None:
    _, reading = read_graph("# tracer: function_graph\n\n 0)   1.0 us |  a();\nwhat is this\n?!\n")
    assert (reading.lines, reading.bad_lines) == (5, 2)
    assert reading.first_bad == "line 4: 'what is this'"


def test_the_real_files_are_whole() -> None:
    facts = {}
    for name in GRAPHS:
        trace, reading = read_graph(sample(name))
        found = trace.info.recording
        assert found is not None
        assert not found.notes or "missing" not in found.notes[0]
        facts[name] = (reading.lines, reading.bad_lines, found.calls_closed, found.cpus)
    assert facts == {
        BOOT: (492, 0, 333, 1),
        "ftrace-function_graph-default.txt": (63_915, 0, 43_890, 2),
        "ftrace-function_graph-kmalloc-tail.txt": (62_306, 0, 42_021, 2),
        "ftrace-function_graph-proc-abstime-tail.txt": (34_075, 0, 23_365, 2),
        "guard-graph-alloc1-limit1.txt": (3_434, 0, 1_562, 1),
    }


def test_the_calls_of_a_real_file_are_its_lines() -> None:
    data = sample("ftrace-function_graph-kmalloc-tail.txt").decode().splitlines()
    opening = sum(line.rstrip().endswith(("{", ";")) for line in data)
    trace, _ = read_graph(sample("ftrace-function_graph-kmalloc-tail.txt"))
    assert trace.info.recording is not None
    assert len(trace.positions(Kind.CALLED)) == opening + trace.info.recording.calls_open_at_start


PLAIN = " 0)   1.000 us    |  kfree();\n"


@pytest.mark.parametrize("before", [" 0) ", "  63.596047 |   0) ", ""])
def test_arrows_of_interrupts_where_there_is_no_column_of_durations(before: str) -> None:
    lines = ["a() {", "==========>", "  b();", "<==========", "}"]
    text = "".join(f"{before}{line}\n" for line in lines)
    trace, reading = read_graph("# tracer: function_graph\n" + text)
    assert (names(trace), reading.bad_lines) == (["+a", "+b", "-b", "-a"], 0)


@pytest.mark.parametrize(
    "stack",
    [
        "           sh-44      [001] d..1.    63.597732: <stack trace>\n => kfree\n => [mod]\n",
        "   <...>-1123    0d..1   45us : <stack trace>\n => trace_hardirqs_on\n",
        " 0)               |  /* <user stack trace>\n =>  <00007f9c>\n =>  <00007f9d> */\n",
        " 0)               |  /* written to\n\ntrace_marker: {;\n */\n",
    ],
)
def test_stacks_and_comments_of_many_lines_are_no_bad_lines(stack: str) -> None:
    trace, reading = read_graph(PLAIN + stack + PLAIN)
    assert names(trace) == ["+kfree", "-kfree"] * 2
    assert reading.bad_lines == 0


def test_a_comment_that_never_ends_does_not_hide_bad_lines_for_ever() -> None:
    text = PLAIN + " 0)               |  /* a\n" + "noise\n" * 100 + PLAIN
    assert read_graph(text)[1].bad_lines > 30


def test_lost_events_that_were_not_counted_are_told() -> None:
    trace, reading = read_graph(PLAIN + "CPU:1 [LOST EVENTS]\nCPU:0 [LOST 12 EVENTS]\n" + PLAIN)
    assert trace.info.recording is not None
    assert reading.bad_lines == 0
    assert "The tracer lost 12 events." in trace.info.recording.notes
    assert "The tracer lost events that it could not count." in trace.info.recording.notes


def test_a_negative_duration_is_not_known() -> None:
    trace, _ = read_graph(PLAIN * 3 + " 0) $ 18446744073709551 us |  a();\n" + PLAIN)
    assert lasted_ns(trace, "a") == [0]
    assert lasted_ns(trace, "kfree") == [1000] * 4


@pytest.mark.parametrize("comm", ["a|b", "|x", "sh |-1", "a)b"])
def test_a_task_name_may_hold_what_ends_a_column(comm: str) -> None:
    lines = ("              |  outer() {", "  1.000 us    |    inner();", "  2.000 us    |  }")
    text = "".join(f" 0)  {comm}-40   | {line}\n" for line in lines)
    trace, reading = read_graph(text)
    assert (trace.info.tasks[0].comm, trace.info.tasks[0].pid) == (comm, 40)
    assert lasted_ns(trace, "outer") == [2000]
    assert reading.bad_lines == 0
