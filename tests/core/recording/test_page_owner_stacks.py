"""page_owner_stacks: both spellings of the count, and damaged files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.formats import format_of
from tests.core.recording.text_recordings import NOISE, read_by, stacks_of, tell_by, with_line

ONE = " inner+0x1/0x20\n outer+0x3/0x40 [ext4]\n"
TWO = " other+0x1/0x20\n outer+0x3/0x40 [ext4]\n"
PAGES = f"{ONE}nr_base_pages: 12\n\n{TWO}nr_base_pages: 30\n\n{ONE}nr_base_pages: 5\n\n"
COUNTS = PAGES.replace("nr_base_pages", "stack_count")


def test_base_pages_are_pages_of_one_stack() -> None:
    profile, reading = read_by("page_owner_stacks", PAGES)
    assert stacks_of(profile) == ["outer;inner", "outer;other", "outer;inner"]
    assert {name: column.tolist() for name, column in profile.weights.items()} == {
        "records": [1, 1, 1],
        "pages": [12, 30, 5],
        "bytes": [49_152, 122_880, 20_480],
    }
    assert (reading.lines, reading.bad_lines, reading.truncated_records) == (12, 0, 0)


def test_stack_counts_are_records() -> None:
    profile, _ = read_by("page_owner_stacks", COUNTS)
    assert {name: column.tolist() for name, column in profile.weights.items()} == {
        "records": [12, 30, 5]
    }


def test_lines_may_end_as_on_windows_and_carry_handles() -> None:
    text = PAGES.replace("nr_base", "handle: 17\nnr_base").replace("\n", "\r\n")
    profile, reading = read_by("page_owner_stacks", text)
    assert profile.total("pages") == 47
    assert reading.bad_lines == 0


@pytest.mark.parametrize("text", [PAGES, COUNTS, PAGES[9:], PAGES.replace("\n", "\r\n")])
def test_it_is_told_by_its_content(text: str) -> None:
    found = format_of(text.encode())
    assert found is not None
    assert found.name == "page_owner_stacks"
    assert tell_by("page_owner", text.encode()) == 0


@given(end=st.integers(0, len(PAGES)))
def test_a_cut_file_keeps_its_whole_stacks(end: int) -> None:
    text = PAGES[:end]
    profile, reading = read_by("page_owner_stacks", text)
    whole = [12, 30, 5][: text.count("pages: 12\n") + text.count("30\n") + text.count(": 5\n")]
    assert profile.total("pages") == sum(whole)
    is_cut = bool(text.split("\n\n")[-1]) and not text.endswith(("12\n", "30\n", " 5\n"))
    assert reading.truncated_records == is_cut
    assert (reading.bad_lines, reading.bad_records) == (0, 0)


@given(line=st.integers(0, 11), noise=NOISE)
def test_noise_costs_its_own_stack_at_most(line: int, noise: bytes) -> None:
    profile, reading = read_by("page_owner_stacks", with_line(PAGES.encode(), line, noise))
    assert reading.lines == 12
    kept = [12, 30, 5]
    del kept[line // 4]
    pages = profile.weights["pages"].tolist() if len(profile) else []
    assert set(kept) <= set(pages)


def test_a_bad_line_is_quoted_and_its_stack_left_out() -> None:
    profile, reading = read_by("page_owner_stacks", with_line(PAGES.encode(), 4, b"~~"))
    assert profile.total("pages") == 17
    assert (reading.first_bad, reading.bad_records) == ("line 5: '~~'", 1)


def test_bad_counts_leave_their_stack_out() -> None:
    profile, reading = read_by("page_owner_stacks", with_line(PAGES.encode(), 2, b"nr_base_pages:"))
    assert profile.total("pages") == 35
    assert (reading.bad_lines, reading.bad_records) == (1, 1)


def test_stacks_with_their_numbers_and_numbers_with_their_counts() -> None:
    """Linux 6.19: show_stacks_handles and show_handles."""
    frames = " a+0x1/0x2\n b+0x1/0x2 [ext4]\n"
    stacks = f"{frames}handle: 1\n\n{frames}handle: 2\n\n"
    counts = "handle: 1\nnr_base_pages: 47\n\n"
    found = []
    for text, records, pages in ((stacks, 2, 0), (counts, 1, 47)):
        assert tell_by("page_owner_stacks", text.encode()) == 1.0
        profile, reading = read_by("page_owner_stacks", text)
        assert (profile.total("records"), profile.total("pages")) == (records, pages)
        assert (reading.bad_lines, reading.bad_records, reading.truncated_records) == (0, 0, 0)
        assert profile.dimensions["handle"].values[0] == "1"
        found.append(stacks_of(profile)[0])
    assert found == ["b;a", "(handle 1)"]
