"""Damaged files of every reader: nothing raises, the rest is kept, what is bad is counted."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecordingError
from core.recording.formats import Format, format_of
from core.recording.opening import read_recording
from core.recording.profile import StackProfile
from core.recording.reading import Reading
from core.recording.source import HEAD_BYTES, Source
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.core.recording.text_recordings import NOISE
from tests.examples import examples

RECORDINGS = sorted(
    path for path in (Path(__file__).parents[2] / "data" / "recordings").iterdir() if path.is_file()
)
NAMES = [path.name for path in RECORDINGS]

SLICE_LINES = 120
UNSAYABLE = b"\xff\x00 ?? no line of any tracer {{ ~~ \xfe"
"""A line that means nothing to any reader; only a kernel log may hold whatever it likes."""
FREE_TEXT = "console"

few = examples(12)
noise = st.one_of(NOISE, st.text(max_size=40).map(str.encode), st.just(UNSAYABLE)).map(
    lambda line: line.replace(b"\n", b" ")
)


@cache
def beginning(name: str) -> bytes:
    """The first bytes of a recording, unpacked."""
    path = next(path for path in RECORDINGS if path.name == name)
    with path.open("rb") as file:
        packed = path.suffix == ".zst"
        stream = zstandard.ZstdDecompressor().stream_reader(file) if packed else file
        return stream.read(1 << 18)


@cache
def known(name: str) -> Format:
    found = format_of(beginning(name)[:HEAD_BYTES])
    assert found is not None
    return found


@cache
def lines_of(name: str, part: int) -> tuple[bytes, ...]:
    """Some lines of a recording: its beginning, or from its middle without what stands above."""
    lines = beginning(name).splitlines(keepends=True)[:-1]
    first = min(part * 700, max(0, len(lines) - SLICE_LINES))
    return tuple(lines[first : first + SLICE_LINES])


def read(name: str, data: bytes) -> tuple[StackProfile | Trace, Reading]:
    reading = Reading()
    content = known(name).read(Source(io.BytesIO(data), name=name), reading)
    check(content)
    return content, reading


def check(content: StackProfile | Trace) -> None:
    """What was kept is whole: every column as long as the others, every call on a stack."""
    if isinstance(content, Trace):
        assert content.times_ns is None or len(content.times_ns) == len(content)
        if len(content):
            content.state_at(len(content) - 1)
        return
    columns = [*content.weights.values(), *content.numbers.values()]
    columns += [each.codes for each in content.dimensions.values()]  # type: ignore[misc]
    assert {len(column) for column in columns} <= {len(content)}
    assert not len(content) or content.stack.max() < len(content.stacks)


def size(content: StackProfile | Trace) -> int:
    """How much was kept: records, or calls."""
    if isinstance(content, StackProfile):
        return content.total("records")
    return len(content.positions(Kind.CALLED))


@cache
def whole(name: str, part: int) -> tuple[int, int]:
    """How much is kept of lines that nobody damaged, and how many are bad all the same."""
    content, reading = read(name, b"".join(lines_of(name, part)))
    return size(content), reading.bad_lines


parts = st.integers(0, 2)


@pytest.mark.parametrize("name", NAMES)
@few
@given(parts, st.floats(0, 1))
def test_a_file_may_end_at_any_byte(name: str, part: int, where: float) -> None:
    lines = lines_of(name, part)
    data = b"".join(lines)
    cut = data[: int(where * len(data))]
    kept_of_all, bad_lines = whole(name, part)
    content, damaged = read(name, cut)
    assert damaged.bad_lines <= bad_lines + 1
    # What was whole before the cut is as much as if the file had ended there in order.
    before = b"".join(lines[: max(0, cut.count(b"\n"))])
    kept, _ = read(name, before)
    assert size(kept) - 1 <= size(content) <= kept_of_all + 1


@pytest.mark.parametrize("name", NAMES)
@few
@given(parts, st.integers(0, SLICE_LINES - 1), noise)
def test_any_line_may_be_noise(name: str, part: int, number: int, line: bytes) -> None:
    lines = lines_of(name, part)
    at = number % len(lines)
    kept_of_all, bad_lines = whole(name, part)
    content, damaged = read(name, b"".join((*lines[:at], line + b"\n", *lines[at + 1 :])))
    assert damaged.bad_lines <= bad_lines + 2
    assert size(content) >= kept_of_all - max(3, kept_of_all // 10)
    if line == UNSAYABLE and known(name).name != FREE_TEXT and not bad_lines:
        assert damaged.bad_lines == 1
        assert damaged.first_bad.startswith(f"line {at + 1:,}: ")


@pytest.mark.parametrize("name", NAMES)
@few
@given(st.lists(noise, max_size=5), st.integers(0, 8))
def test_a_file_that_is_nothing_is_told_in_one_line(
    name: str, before: list[bytes], kept: int
) -> None:
    """Whatever the format, a file is read, or refused with a sentence."""
    data = b"\n".join((*before, b"".join(lines_of(name, 1)[:kept])))
    try:
        recording = read_recording(Source(io.BytesIO(data), name=name))
    except RecordingError as error:
        assert str(error).startswith(name)
        assert "\n" not in str(error)
    else:
        check(recording.content)
