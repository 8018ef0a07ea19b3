"""speedscope's JSON: other programs' files, and damage."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecordingError
from core.recording.profile import StackProfile
from core.recording.readers.json_text import begin_of
from core.recording.readers.speedscope import tell
from core.trace.trace import Trace
from tests.core.recording.exchanged import happened, read_back, summed, written
from tests.runs import bundled_run

FRAMES = [{"name": "main", "file": "a.c", "line": 3}, {"name": "f"}, {"name": "g [ext4]"}]


def file_of(*profiles: dict[str, Any], **more: Any) -> bytes:
    schema = "https://www.speedscope.app/file-format-schema.json"
    shared = {"frames": FRAMES}
    return json.dumps({"$schema": schema, "shared": shared, "profiles": profiles, **more}).encode()


def evented(*events: tuple[str, int, float], unit: str = "microseconds", name: str = "t") -> Any:
    told = [{"type": kind, "frame": frame, "at": at} for kind, frame, at in events]
    ends = {"startValue": 0, "endValue": 100}
    return {"type": "evented", "name": name, "unit": unit, **ends, "events": told}


def sampled(samples: Any, weights: Any, unit: str = "none", name: str = "t") -> Any:
    ends = {"startValue": 0, "endValue": 100}
    own = {"samples": samples, "weights": weights}
    return {"type": "sampled", "name": name, "unit": unit, **ends, **own}


def test_an_evented_profile_is_a_trace() -> None:
    data = file_of(
        evented(("O", 0, 1), ("O", 1, 1.5), ("C", 1, 2.25), ("C", 0, 3), name="sh-40"),
        evented(("O", 2, 0.002), ("C", 2, 0.0021), unit="milliseconds", name="no pid"),
        exporter="a tool@1",
        activeProfileIndex=0,
    )
    trace, reading = read_back(data, "speedscope")
    assert isinstance(trace, Trace)
    sh, other = (40, "sh"), (-1, "no pid")
    assert happened(trace) == [
        (True, "main", sh, 1000), (True, "f", sh, 1500), (True, "g [ext4]", other, 2000),
        (False, "g [ext4]", other, 2100), (False, "f", sh, 2250), (False, "main", sh, 3000),
    ]  # fmt: skip
    assert (reading.bad_lines, reading.notes) == (0, [])


def test_broken_events_are_counted_and_the_rest_is_kept() -> None:
    events = (("O", 0, 1), ("O", 9, 2), ("O", 1, 0.5), ("?", 1, 3), ("C", 0, 4))
    trace, reading = read_back(file_of(evented(*events)), "speedscope")
    assert [(called, name) for called, name, *_ in happened(trace)] == [
        (True, "main"), (False, "main"),
    ]  # fmt: skip
    assert reading.bad_lines == 3
    assert reading.first_bad.startswith("event 2: ")
    assert trace.info.recording.bad_lines == 3


def test_sampled_profiles_of_threads_are_told_apart() -> None:
    data = file_of(
        sampled([[0, 1], [0]], [3, 4], name="one"),
        sampled([[0, 2]], [0.5], unit="microseconds", name="two"),
    )
    profile, _ = read_back(data, "speedscope")
    assert isinstance(profile, StackProfile)
    main, f, g = ("main", ""), ("f", ""), ("g", "ext4")
    one, two = (("profile", "one"),), (("profile", "two"),)
    assert summed(profile, "records") == {
        ((main, f), one): 3, ((main,), one): 4, ((main, g), two): 1,
    }  # fmt: skip
    assert summed(profile, "ns") == {((main, g), two): 500}


@pytest.mark.parametrize("bad", [([[0, 7]], [1]), ([[0]], []), ([[0]], [-1]), ([[0.5]], [1])])
def test_a_broken_sample_is_counted(bad: Any) -> None:
    samples, weights = bad
    profile, reading = read_back(file_of(sampled([[0, 1], *samples], [2, *weights])), "speedscope")
    assert (len(profile), reading.bad_lines) == (1, 1)
    assert reading.first_bad.startswith("sample 2: ")


def test_of_both_kinds_the_one_with_order_is_read_and_the_other_named() -> None:
    data = file_of(sampled([[0]], [1]), evented(("O", 0, 1), ("C", 0, 2)))
    trace, reading = read_back(data, "speedscope")
    assert isinstance(trace, Trace)
    assert len(happened(trace)) == 2
    assert "1 sampled profiles are left out" in reading.notes[0]


def test_it_is_told_by_its_content() -> None:
    assert tell(file_of()) == 1.0
    assert tell(b'\xef\xbb\xbf {"shared": {}, "profiles": []}') == 0.8
    assert tell(b'{"traceEvents": []}') == tell(b"[]") == tell(b"") == 0.0


def test_a_file_damaged_before_its_frames_is_one_clear_line() -> None:
    with pytest.raises(RecordingError, match="damaged before its frames") as raised:
        read_back(b'{"shared": {"fra', "speedscope")
    assert "\n" not in str(raised.value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("a\ud800", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.data())
def test_values_of_any_other_kind_are_counted_or_refused(data: st.DataObject) -> None:
    event = {"type": "O", "frame": 0, "at": 1}
    profile = evented(("O", 0, 1), ("C", 0, 2)) | {"events": [event, event]}
    samples = sampled([[0]], [1])
    for part in (event, profile, samples):
        key = data.draw(st.sampled_from(sorted(part)))
        if data.draw(st.booleans()):
            part[key] = data.draw(VALUES)
    kept = [each for each in (profile, samples) if data.draw(st.booleans())]
    content, _ = read_back(file_of(*kept), "speedscope")
    written(content, "speedscope")


@given(st.text('[]{},:"\\\x01 a0', max_size=30))
def test_of_any_text_the_beginning_is_a_value_or_nothing(text: str) -> None:
    value, end = begin_of(text)
    assert end is None or end <= len(text)
    if end is None:
        assert value == json.loads(text)


def test_the_beginning_of_a_text_is_closed_before_what_is_not_whole() -> None:
    assert begin_of('{"a": [1, {"b": "x,y]", "c": "z') == ({"a": [1, {"b": "x,y]"}]}, 22)
    assert begin_of('[1, "a\\x,"]') == ([1], 2)
    assert begin_of("[[1], 2") == ([[1]], 4)


TRACE = written(bundled_run("two-tasks"), "speedscope")


@given(st.integers(0, len(TRACE)))
def test_cut_anywhere_what_was_before_is_kept(cut: int) -> None:
    whole = happened(read_back(TRACE, "speedscope")[0])
    profiles = TRACE.index(b'"profiles":[') + len(b'"profiles":[')
    try:
        trace, reading = read_back(TRACE[:cut], "speedscope")
    except RecordingError:
        assert cut <= profiles
        return
    if cut < len(TRACE) - 1:
        assert reading.bad_lines in (1, 2)  # what is cut, and what is left of the event around it
    if isinstance(trace, Trace):
        kept = [event for event in happened(trace) if event in whole]
        assert len(happened(trace)) - len(kept) == 0
        # An event is a line, and only the line that is cut and the one before it may be lost.
        assert len(kept) >= TRACE[profiles:cut].count(b'"at":') - 2


@given(st.integers(0, TRACE.count(b"\n") - 1), st.binary(max_size=30))
def test_noise_in_a_line_ends_no_reading(line: int, noise: bytes) -> None:
    lines = TRACE.split(b"\n")
    lines[line] = noise.replace(b"\n", b"")
    try:
        read_back(b"\n".join(lines), "speedscope")
    except RecordingError:
        assert line == 0
