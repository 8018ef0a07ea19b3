"""Calls that trace-cmd reports as events: a trace with its guard hit, tasks and times."""

from __future__ import annotations

import io
import re

from hypothesis import given
from hypothesis import strategies as st

from core.recording.readers.trace_events import read as read_events
from core.recording.reading import Reading
from core.recording.source import Source
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.core.recording.text_recordings import COMMS, NOISE, RECORDINGS, tell_by, with_line

REPORT = (RECORDINGS / "trace-cmd-report-funcgraph.txt").read_bytes()


def read(data: bytes) -> tuple[Trace, Reading]:
    reading = Reading()
    content = read_events(Source(io.BytesIO(data), name="report"), reading)
    assert isinstance(content, Trace)
    return content, reading


def stack_at(trace: Trace, position: int) -> str:
    return ";".join(trace.names_at(position))


def test_calls_returns_and_leaves() -> None:
    trace, reading = read(REPORT)
    told = trace.info.recording
    assert told is not None
    assert (told.calls_closed, told.calls_open_at_start, told.calls_open_at_end) == (8, 1, 1)
    assert (told.cpus, told.bad_lines, reading.lines) == (2, 0, 17)
    assert [(task.comm, task.pid) for task in trace.info.tasks] == [
        ("sh", 44),
        ("kworker/1:1-e", 31),
    ]


def test_the_save_inside_a_save_is_a_guard_hit() -> None:
    trace, _ = read(REPORT)
    (hit,) = trace.short_circuits.tolist()
    assert stack_at(trace, hit) == (
        "__set_page_owner;save_stack;__alloc_pages;get_page_from_freelist;__set_page_owner;save_stack"
    )
    assert trace.info.recording is not None
    assert trace.info.recording.guard_hits == 1


def test_times_are_those_of_the_file() -> None:
    trace, _ = read(REPORT)
    assert trace.times_ns is not None
    assert trace.info.recording is not None
    assert trace.info.recording.start_ns == 104_000_100_000
    calls = [
        at
        for at in trace.positions(Kind.CALLED).tolist()
        if trace.function(at).name == "mutex_lock"
    ]
    returns = [
        at
        for at in trace.positions(Kind.RETURNED).tolist()
        if trace.function(at).name == "mutex_lock"
    ]
    assert trace.times_ns[calls].tolist() == [102_000]
    assert trace.times_ns[returns].tolist() == [102_500]


def test_other_events_are_comments_where_they_happened() -> None:
    trace, _ = read(REPORT)
    (at,) = trace.positions(Kind.STEPPED).tolist()
    assert "mm_page_alloc:" in trace.site(at).text
    assert stack_at(trace, at).endswith("get_page_from_freelist")


@given(comm=COMMS)
def test_any_name_of_a_task_is_read(comm: str) -> None:
    line = (
        f"{comm:>16}-12    [001]   104.5: funcgraph_entry:   0.500 us   |  mutex_lock();\n".encode()
    )
    trace, reading = read(line)
    assert trace.info.tasks[0].comm == comm
    assert reading.bad_lines == 0


@given(begin=st.integers(0, len(REPORT)), end=st.integers(0, len(REPORT)))
def test_a_file_cut_anywhere_is_read(begin: int, end: int) -> None:
    data = REPORT[min(begin, end) : max(begin, end)]
    reading = Reading()
    read_events(Source(io.BytesIO(data), name="report"), reading)
    assert reading.bad_lines <= 2  # the first line and the last


@given(number=st.integers(0, 16), noise=NOISE)
def test_a_line_of_noise_is_counted(number: int, noise: bytes) -> None:
    trace, reading = read(with_line(REPORT, number, noise))
    assert reading.bad_lines <= 1
    assert len(trace.positions(Kind.CALLED)) >= 9


def test_the_format_is_told() -> None:
    assert tell_by("trace_events", REPORT) > 0.8
    assert tell_by("trace_events", REPORT[700:]) > 0.8
    assert tell_by("function_tracer", REPORT) == 0


def test_depths_that_trace_cmd_was_asked_to_print_are_no_part_of_a_call() -> None:
    marked = re.sub(rb"(\|.*(?:;|\{|\}|\*/))\n", rb"\1 (3)\n", REPORT)
    assert marked.count(b" (3)\n") > 10
    trace, reading = read(marked)
    assert reading.bad_lines == 0
    assert [trace.names_at(at) for at in range(len(trace))] == [
        each.names_at(at) for each in [read(REPORT)[0]] for at in range(len(each))
    ]


def test_events_that_were_lost_are_told() -> None:
    trace, reading = read(REPORT + b"CPU:1 [5 EVENTS DROPPED]\nCPU:0 [1 EVENTS DROPPED]\n")
    assert (reading.bad_lines, reading.notes) == (0, ["The tracer lost 6 events."])
    assert trace.info.recording is not None
    assert trace.info.recording.notes == ("The tracer lost 6 events.",)


def test_the_clock_that_counts_from_1970_stands_still_nowhere() -> None:
    text = "            sh-44    [000] 176440{at:04}.000000{rest}: funcgraph_{what}\n"
    lines = (
        text.format(at=1, rest=100, what="entry:                   |  outer() {"),
        text.format(at=1, rest=300, what="exit:         0.200 us   |  }"),
    )
    trace, _ = read("".join(lines).encode())
    assert trace.times_ns is not None
    assert trace.times_ns[-1] == 200
