"""The 67 MB dump of a real 6.1 kernel, counted in another way than the reader does."""

from __future__ import annotations

from collections import Counter

import pytest

from core.recording.formats import format_of
from core.recording.profile import StackProfile
from core.recording.questions.special import special_records
from core.recording.reading import Reading
from tests.core.recording.text_recordings import DUMP, counted, dump_counted, read_by, sample

RECORDS = 97_257
Counts = tuple[Counter[str], Counter[str], Counter[str]]


@pytest.fixture(scope="module")
def read() -> tuple[StackProfile, Reading]:
    return read_by("page_owner", sample(DUMP))


@pytest.fixture(scope="module")
def independent() -> Counts:
    """How often each stack is there, how many pages it has, and how many records each task."""
    return dump_counted()


def test_no_record_is_lost_and_none_is_bad(read: tuple[StackProfile, Reading]) -> None:
    profile, reading = read
    assert len(profile) == profile.total("records") == RECORDS
    assert reading == Reading(lines=1_720_078)


def test_each_stack_weighs_what_an_independent_count_says(
    read: tuple[StackProfile, Reading], independent: Counts
) -> None:
    profile, _ = read
    records, pages, _ = independent
    texts = [
        "\n".join(frame.text for frame in reversed(profile.stacks.frames_of(stack)))
        for stack in range(len(profile.stacks))
    ]
    assert dict(zip(texts, profile.by_stack("records").tolist(), strict=True)) == records
    assert dict(zip(texts, profile.by_stack("pages").tolist(), strict=True)) == pages
    assert profile.total("pages") == sum(pages.values())
    assert profile.total("bytes") == 4096 * sum(pages.values())


def test_dimensions_hold_what_the_file_says(
    read: tuple[StackProfile, Reading], independent: Counts
) -> None:
    profile, _ = read
    assert counted(profile, "comm") == independent[2]
    assert counted(profile, "memcg") == {"/": 83_768, "": RECORDS - 83_768}
    assert set(counted(profile, "type")) == {"Movable", "Unmovable", "Reclaimable"}
    assert counted(profile, "gfp")["GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_WRITE"] == 62_230
    assert {profile.numbers["pfn"].min(), profile.numbers["pfn"].max()} == {256, 262_096}
    assert profile.numbers["ts_ns"][:2].tolist() == [474_580_465, 474_619_460]


def test_what_the_guard_cut_is_found(
    read: tuple[StackProfile, Reading], independent: Counts
) -> None:
    records = independent[0]
    profile, _ = read
    found = {each.handle.kind: each for each in special_records(profile)}
    for kind, special in found.items():
        function = f"register_{kind}_stack"
        assert special.records == sum(n for stack, n in records.items() if function in stack)
    assert set(found) == {"dummy", "early"}
    order = profile.dimensions["order"]
    assert {order.values[code] for code in order.codes[found["dummy"].rows]} == {"2"}
    assert [title for title, _ in profile.info.findings] == [
        each.title for each in special_records(profile)
    ]


def test_groups_that_page_owner_sort_culled_without_their_stacks() -> None:
    text = "12 times, 34 pages, PID 1\n3 times, 4 pages, PID 2, task_comm_name: a b\n"
    found = format_of(text.encode())
    assert found is not None
    assert found.name == "page_owner"
    profile, reading = read_by("page_owner", text)
    assert (profile.total("records"), profile.total("pages")) == (15, 38)
    pids = profile.dimensions["pid"]
    assert [pids.values[code] for code in pids.codes] == ["1", "2"]
    assert (reading.bad_lines, reading.truncated_records) == (0, 0)
