"""Folded stacks: what other tools write is read, noise is counted."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.formats import format_of
from core.recording.labels import frame_of_label, label_of
from core.recording.profile import RECORDS, Frame, StackProfile
from core.recording.readers.folded import BEFORE, read, tell
from core.recording.reading import Reading
from core.recording.source import Source
from tests.core.recording.text_recordings import NOISE


def read_text(text: str | bytes) -> tuple[StackProfile, Reading]:
    data = text.encode() if isinstance(text, str) else text
    reading = Reading()
    return read(Source(io.BytesIO(data), name="some.folded"), reading), reading


def stacks(profile: StackProfile, weight: str = RECORDS) -> dict[str, int]:
    found = {}
    for number, weighs in enumerate(profile.by_stack(weight).tolist()):
        found[";".join(profile.stacks.names_of(number))] = weighs
    return found


PERF = """\
swapper;secondary_startup_64_[k];start_kernel_[k];cpu_idle_[k] 12
Web Content;operator new(unsigned long);[unknown] 3
sh;entry_SYSCALL_64;__alloc_pages+0x1a/0x30;ext4_readpage [ext4] 7
sh;entry_SYSCALL_64;__alloc_pages+0x1a/0x30;ext4_readpage [ext4] 1
"""


def test_root_first_with_modules_offsets_and_spaces() -> None:
    profile, reading = read_text(PERF)
    assert (reading.lines, reading.bad_lines, reading.notes) == (4, 0, [])
    assert stacks(profile) == {
        "swapper;secondary_startup_64;start_kernel;cpu_idle": 12,
        "Web Content;operator new(unsigned long);[unknown]": 3,
        "sh;entry_SYSCALL_64;__alloc_pages+0x1a/0x30;ext4_readpage": 8,
    }
    assert profile.stacks.frames_of(2)[-1] == Frame("ext4_readpage", "ext4_readpage [ext4]", "ext4")
    assert len(profile) == 4


def test_two_counts_are_before_and_after() -> None:
    profile, reading = read_text("a;b 3 5\na 0 2\n")
    assert stacks(profile) == {"a;b": 5, "a": 2}
    assert stacks(profile, BEFORE) == {"a;b": 3, "a": 0}
    assert len(reading.notes) == 1


def test_a_name_that_ends_in_a_number_is_no_first_count() -> None:
    profile, _ = read_text("a;worker 3 5\na;b 2\n")
    assert stacks(profile) == {"a;worker 3": 5, "a;b": 2}
    assert set(profile.weights) == {RECORDS}


def test_counts_with_fractions_are_rounded_and_told() -> None:
    profile, reading = read_text("a;b 1.75\na 2.0\nc 1e3\n")
    assert stacks(profile) == {"a;b": 2, "a": 2, "c": 1000}
    assert "2 counts have fractions" in reading.notes[0]


@pytest.mark.parametrize("bad", ["a;b", "a;b -3", "a;b nan", "a;b inf", "12", f"a {1 << 63}", "\0"])
def test_a_bad_line_is_counted_and_quoted_with_its_number(bad: str) -> None:
    profile, reading = read_text(f"x;y 1\n{bad}\nx 2\n")
    assert stacks(profile) == {"x;y": 1, "x": 2}
    assert (reading.lines, reading.bad_lines) == (3, 1)
    assert reading.first_bad == f"line 2: {bad!r}"


def test_comments_and_empty_lines_are_no_bad_lines() -> None:
    profile, reading = read_text("# made by a tool\n\na;b 1\r\n")
    assert (stacks(profile), reading.bad_lines) == ({"a;b": 1}, 0)


def test_it_is_told_by_its_content() -> None:
    assert tell(PERF.encode()) >= 0.5
    found = format_of(PERF.encode())
    assert found is not None and found.name == "folded"
    assert tell(PERF.encode()[:150]) >= 0.5  # a head may end in the middle of a line
    assert tell(b"Page allocated via order 0, mask 0x0\n PFN 12\n") == 0.0
    assert tell(b"Linux version 6.1\nsome text; with signs\n") == 0.0
    assert tell(b"") == 0.0


@given(st.integers(0, len(PERF)), NOISE, st.integers(0, 3))
def test_cut_or_with_noise_the_rest_is_kept(cut: int, noise: bytes, line: int) -> None:
    profile, reading = read_text(PERF.encode()[:cut])
    assert len(profile) + reading.bad_lines == reading.lines
    lines = PERF.encode().splitlines()
    lines[line] = noise
    profile, reading = read_text(b"\n".join(lines))
    assert len(profile) >= 3
    assert reading.bad_lines <= 1


@pytest.mark.parametrize(
    "frame", [Frame("f", "", "ext4"), Frame("[unknown]", "", "[unknown]"), Frame("a [b]", "", "c")]
)
def test_a_label_names_its_frame(frame: Frame) -> None:
    again = frame_of_label(label_of(frame))
    assert (again.name, again.module) == (frame.name, frame.module)
