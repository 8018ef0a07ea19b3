"""Recorded calls as a trace: what every view asks of one has to hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.calls.functions import recorded_function
from core.recording.calls.recorded import MOST_FUNCTIONS, NO_NAME, OTHERS, trace_of
from core.recording.calls.stacks import CALL, COMMENT, RETURN, UNNAMED, Columns
from core.trace.call_spans import CallSpans
from core.trace.events import MAX_SITES, Kind
from core.trace.explain import explain
from core.trace.file import from_bytes, load, save, to_bytes
from core.trace.function_table import function_table
from core.trace.info import RecordingInfo, TaskInfo
from core.trace.save_tree import save_tree
from core.trace.trace import Trace
from tests.core.recording.graph_text import Machine, machines, read_graph, stack_events
from tests.core.recording.text_recordings import first_lines, sample

NAMES = ("a", "b", "c")
TASKS = (TaskInfo(1, "one"), TaskInfo(2, "two"))


def made(events: str, times: list[int] | None = None, owners: list[int] | None = None) -> Trace:
    """A trace of events as in ``+a +b - -a``: a return may leave out whose it is."""
    words = events.split()
    kinds = [{"+": CALL, "-": RETURN, "#": COMMENT}[word[0]] for word in words]
    numbers = [
        0 if word[0] == "#" else NAMES.index(word[1:]) if word[1:] else UNNAMED for word in words
    ]
    columns = Columns(
        np.array(kinds, np.uint8),
        np.array(numbers, np.int32),
        np.array(owners or [0] * len(words), np.int32),
        np.array(times, np.int64) if times else None,
    )
    return trace_of(columns, NAMES, TASKS, RecordingInfo(format="test"), comments=("a {x}",))


@pytest.mark.parametrize(
    ("events", "become"),
    [
        ("+a +b -b -a", "+a +b -b -a"),
        ("+a +b - -", "+a +b -b -a"),
        ("-b -a +c", "+a +b -b -a +c"),
        ("+c -c -a", "+a +c -c -a"),
        ("+a +b -a", "+a +b -b -a"),
        ("+a -b -a", "+a -a"),
        ("- +a", f"+{NO_NAME} -{NO_NAME} +a"),
        ("+a +b", "+a +b"),
    ],
)  # fmt: skip
def test_stacks_balance(events: str, become: str) -> None:
    assert " ".join(stack_events(made(events)).get(0, [])) == become


def test_counts_of_calls() -> None:
    recording = made("-b +a +c -c").info.recording
    assert recording is not None
    assert (recording.calls_closed, recording.calls_open_at_start) == (1, 1)
    assert recording.calls_open_at_end == 1


def test_times_count_from_the_first_event_and_never_fall() -> None:
    trace = made("+a +b -b -a", [50, 40, 70, 60])
    assert trace.times_ns is not None
    assert trace.times_ns.tolist() == [0, 0, 20, 20]
    assert trace.info.recording is not None
    assert trace.info.recording.start_ns == 50


def test_events_of_several_tasks_come_in_order_of_time() -> None:
    trace = made("+a -a +b -b", [10, 40, 20, 30], [0, 0, 1, 1])
    assert [trace.function(at).name for at in trace.positions(Kind.CALLED, Kind.RETURNED)] == [
        "a", "b", "b", "a",
    ]  # fmt: skip
    assert [trace.task_at(int(at)) for at in trace.positions(Kind.CALLED)] == [0, 1]


def test_sentences() -> None:
    trace = made("# +a +b # -b -a", None)
    assert [explain(trace, at) for at in range(len(trace))] == [
        "The recording notes: a {x}",
        "the CPU calls a.",
        "a calls b.",
        "The recording notes: a {x}",
        "b returns to a.",
        "a returns to the CPU.",
    ]


def test_a_switch_says_who_goes_on() -> None:
    trace = made("+a +b", None, [0, 1])
    assert explain(trace, 1) == "The recording goes on with two/2."


@pytest.mark.parametrize(
    ("name", "subsystem", "essential"),
    [
        ("save_stack", "page_owner", "save_stack"),
        ("__set_page_owner", "page_owner", "__set_page_owner"),
        ("__reset_page_owner", "page_owner", ""),
        ("arch_stack_walk", "unwinder", "unwind"),
        ("orc_find.part.0", "unwinder", ""),
        ("__alloc_pages", "allocator", ""),
        ("__alloc_pages_noprof", "allocator", ""),
        ("get_page_from_freelist", "allocator", ""),
        ("kmalloc_trace", "slab", "kmalloc"),
        ("kmem_cache_alloc", "slab", ""),
        ("kfree", "slab", ""),
        ("stack_depot_save", "depot", ""),
        ("do_syscall_64", "caller", ""),
    ],
)
def test_what_names_tell(name: str, subsystem: str, essential: str) -> None:
    function = recorded_function(name)
    assert (function.subsystem, function.essential) == (subsystem, essential)


@pytest.mark.parametrize(
    "name",
    [
        "ftrace-function_graph-boot-recursion-excerpt.txt",
        "ftrace-function_graph-proc-abstime-tail.txt",
        "guard-graph-alloc1-limit2.txt",
    ],
)
def test_real_recordings_are_saved_and_opened_again(name: str, tmp_path: Path) -> None:
    trace = read_graph(sample(name))[0]
    save(trace, tmp_path / "a.trace")
    again = load(tmp_path / "a.trace")
    assert again.info == trace.info
    assert stack_events(again) == stack_events(trace)
    assert np.array_equal(again.times_ns, trace.times_ns)  # type: ignore[arg-type]


@given(machines())
def test_any_recording_is_a_trace_that_holds(machine: Machine) -> None:
    trace, _ = read_graph("".join(machine.text))
    if len(trace):
        again = from_bytes(to_bytes(trace), where="memory")  # looks at everything it points at
        assert again.info == trace.info
    spans = CallSpans(trace)
    assert len(spans) == len(trace.positions(Kind.CALLED))
    assert bool((spans.ends > spans.calls).all())
    state = trace.state_at(len(trace) - 1)
    hits = len(trace.short_circuits)
    assert state.counts["unwinds"] == state.counts["save_stack_calls"] - hits
    assert len(save_tree(trace)) == state.counts["save_stack_calls"]


def test_views_of_a_real_recording_agree() -> None:
    trace = read_graph(first_lines("ftrace-function_graph-proc-abstime-tail.txt", 5000))[0]
    rows = {row.function: row for row in function_table(trace)}
    assert sum(row.calls for row in rows.values()) == len(trace.positions(Kind.CALLED))
    assert trace.info.recording is not None
    end = trace.state_at(len(trace) - 1)
    assert end.clock_ns == trace.info.recording.duration_ns
    open_calls = trace.info.recording.calls_open_at_end
    assert len(end.frames) == open_calls


def test_an_empty_recording_is_an_empty_trace() -> None:
    trace = made("")
    assert len(trace) == 0
    assert trace.state_at(-1).frames == ()


def test_more_functions_than_a_trace_has_room_for_share_a_name() -> None:
    n = MOST_FUNCTIONS + 50
    columns = Columns(
        np.tile(np.array([CALL, RETURN], np.uint8), n),
        np.repeat(np.arange(n, dtype=np.int32), 2),
        np.zeros(2 * n, np.int32),
    )
    names = [f"f{number}" for number in range(n)]
    trace = trace_of(columns, names, TASKS, RecordingInfo(format="test"))
    assert len(trace.sites) <= MAX_SITES
    assert trace.function(2 * n - 1).name == OTHERS
    assert trace.function(0).name == "f0"


def test_more_comments_than_a_trace_has_room_for_share_a_sentence() -> None:
    n = MAX_SITES + 10
    columns = Columns(
        np.full(n, COMMENT, np.uint8), np.arange(n, dtype=np.int32), np.zeros(n, np.int32)
    )
    texts = [f"note {number}" for number in range(n)]
    trace = trace_of(columns, (), TASKS, RecordingInfo(format="test"), comments=texts)
    assert len(trace.sites) <= MAX_SITES
    assert explain(trace, 5) == "The recording notes: note 5"
    assert explain(trace, n - 1) == "A comment that only the file has."


@given(st.lists(st.tuples(st.sampled_from("+-"), st.sampled_from(NAMES), st.integers(0, 1))))
def test_whatever_was_lost_the_stacks_balance(events: list[tuple[str, str, int]]) -> None:
    text = " ".join(sign + name for sign, name, _ in events)
    trace = made(text, None, [owner for *_, owner in events])
    for done in stack_events(trace).values():
        stack: list[str] = []
        for event in done:
            if event[0] == "+":
                stack.append(event[1:])
            else:
                assert stack.pop() == event[1:]


def test_a_stack_deeper_than_any_is_cut() -> None:
    trace = made(" ".join(["+a"] * 40_000 + ["-a"] * 40_000))
    assert trace.parents.max() < len(trace)
    assert len(CallSpans(trace)) == 10_000
