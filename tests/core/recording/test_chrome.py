"""Chrome's trace events: the three forms, both ways to write a call, and damage."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.recording.readers.chrome import tell
from tests.core.recording.exchanged import happened, read_back, written
from tests.runs import bundled_run


def event(ph: str, name: str, ts: float, **more: Any) -> dict[str, Any]:
    return {"ph": ph, "name": name, "ts": ts, "pid": 7, "tid": 40, "cat": "k", **more}


def told(events: Any) -> list[tuple[bool, str, int]]:
    data = json.dumps(events).encode()
    return [(called, name, at) for called, name, _, at in happened(read_back(data, "chrome")[0])]


NESTED = [
    (True, "a", 1000), (True, "b", 2000), (False, "b", 3500), (True, "c", 3500),
    (False, "c", 5000), (False, "a", 5000),
]  # fmt: skip


def test_begins_and_ends() -> None:
    events = [
        event("B", "a", 1), event("B", "b", 2), event("E", "", 3.5), event("B", "c", 3.5),
        event("E", "c", 5), event("E", "a", 5),
    ]  # fmt: skip
    assert told(events) == told({"traceEvents": events, "otherData": {"x": [1]}}) == NESTED


def test_complete_events_in_any_order() -> None:
    slices = [event("X", "c", 3.5, dur=1.5), event("X", "b", 2, dur=1.5), event("X", "a", 1, dur=4)]
    assert told(slices) == told(slices[::-1]) == NESTED


def test_a_slice_that_ends_after_the_one_around_it_is_cut_there() -> None:
    slices = [event("X", "a", 1, dur=4), event("X", "b", 2, dur=9)]
    assert told(slices) == [
        (True, "a", 1000), (True, "b", 2000), (False, "b", 5000), (False, "a", 5000),
    ]  # fmt: skip


def test_threads_have_names_and_other_phases_are_named() -> None:
    events = [
        {"ph": "M", "name": "thread_name", "pid": 7, "tid": 40, "args": {"name": "sh"}},
        {"ph": "M", "name": "process_name", "pid": 8, "args": {"name": "init"}},
        event("B", "a", 1), event("i", "x", 2), event("C", "y", 2), event("C", "y", 3),
        {**event("X", "b", 2, dur=0), "pid": 8, "tid": 8}, event("E", "a", 3),
    ]  # fmt: skip
    trace, reading = read_back(json.dumps(events).encode(), "chrome")
    assert {task for *_, task, _ in happened(trace)} == {(40, "sh"), (8, "init")}
    assert reading.notes == ["Events that are no calls are left out, by phase: 2 'C', 1 'i'."]
    assert reading.bad_lines == 0


def test_a_call_that_never_ends_is_open_and_one_that_never_began_was_open_before() -> None:
    trace, _ = read_back(json.dumps([event("E", "z", 1), event("B", "a", 2)]).encode(), "chrome")
    recording = trace.info.recording
    assert (recording.calls_open_at_start, recording.calls_open_at_end) == (1, 1)


def test_broken_events_are_counted_and_quoted() -> None:
    events = [event("B", "a", 1), event("B", "b", float("1e300")), event("X", "c", 2, dur=-1)]
    trace, reading = read_back(json.dumps(events).encode(), "chrome")
    assert [name for _, name, *_ in happened(trace)] == ["a"]
    assert reading.bad_lines == 2
    assert reading.first_bad.startswith("event 2: ")


def test_one_event_of_another_shape_does_not_lose_the_others() -> None:
    events = [event("B", "a", 1), {**event("B", "b", 2), "name": [1]}, 5, event("E", "a", 3)]
    data = json.dumps(events, indent=1).encode()
    trace, reading = read_back(data, "chrome")
    assert [name for _, name, *_ in happened(trace)] == ["a", "a"]
    assert reading.bad_lines == 2
    assert reading.first_bad.startswith("line 10: ")


def test_a_file_that_begins_in_the_middle() -> None:
    data = b'e":"cut","ts":0},\n' + json.dumps(event("B", "a", 1)).encode() + b"\n]}"
    assert tell(data) > 0.5
    trace, reading = read_back(data, "chrome")
    assert [name for _, name, *_ in happened(trace)] == ["a"]
    assert reading.bad_lines == 1


def test_half_a_character_can_be_escaped() -> None:
    trace, _ = read_back(b'[{"ph":"B","name":"\\ud800","ts":1,"pid":1,"tid":1}]', "chrome")
    written(trace, "speedscope")


def test_it_is_told_by_its_content() -> None:
    assert tell(b'{"displayTimeUnit":"ns","traceEvents":[') > 0.9
    assert tell(b'\n[{"ph":"B","ts":1') == 0.9
    assert tell(b"[1, 2]") == tell(b'{"shared":{},"profiles":[]}') == tell(b"") == 0.0


@given(
    st.lists(
        st.fixed_dictionaries(
            {"ph": st.sampled_from("BEXMi")},
            optional={
                key: st.none() | st.integers() | st.floats() | st.text("a1\ud800", max_size=3)
                for key in ("name", "ts", "dur", "pid", "tid", "args")
            },
        ),
        max_size=6,
    )
)
def test_values_of_any_other_kind_are_counted(events: list[Any]) -> None:
    trace, _ = read_back(json.dumps(events).encode(), "chrome")
    written(trace, "chrome")
    written(trace, "speedscope")


TRACE = written(bundled_run("two-tasks"), "chrome")
WHOLE = happened(read_back(TRACE, "chrome")[0])


@given(st.integers(0, len(TRACE)))
def test_cut_anywhere_every_whole_event_is_kept(cut: int) -> None:
    trace, reading = read_back(TRACE[:cut], "chrome")
    begun = TRACE[:cut].count(b'"ph":"B"') + TRACE[:cut].count(b'"ph":"E"')
    assert begun - 1 <= len(happened(trace)) <= begun
    assert [each[:2] for each in happened(trace)] == [
        each[:2] for each in WHOLE[: len(happened(trace))]
    ]
    assert reading.bad_lines <= 1


@given(st.integers(0, TRACE.count(b"\n") - 1), st.binary(max_size=30))
def test_noise_in_a_line_loses_that_line(line: int, noise: bytes) -> None:
    lines = TRACE.split(b"\n")
    lines[line] = b"}" + noise.replace(b"\n", b"")
    trace, _ = read_back(b"\n".join(lines), "chrome")
    assert len(happened(trace)) >= len(WHOLE) - 2


def test_times_from_1970_are_times() -> None:
    now = 1_764_406_000_000_001
    events = [event("X", "a", now, dur="4"), event("X", "b", now + 1, dur=2)]
    assert told(events) == [
        (True, "a", now * 1000), (True, "b", (now + 1) * 1000),
        (False, "b", (now + 3) * 1000), (False, "a", (now + 4) * 1000),
    ]  # fmt: skip


def test_a_thread_whose_number_is_written_as_text_is_the_same_thread() -> None:
    events = [
        event("B", "a", 1, pid="7", tid="40"), event("E", "a", 3),
        {"ph": "M", "name": "thread_name", "pid": "7", "tid": 40, "args": {"name": "sh"}},
    ]  # fmt: skip
    trace, _ = read_back(json.dumps(events).encode(), "chrome")
    assert happened(trace) == [(True, "a", (40, "sh"), 1000), (False, "a", (40, "sh"), 3000)]
