"""Filters and groups, against what a loop over the records says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecordingError
from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.questions.query import (
    Grouped,
    filtered,
    grouped,
    groupings,
    main_weight,
    names,
    picked,
    stacks_used,
)

RECORDS = (
    # stack (root first), order, comm, memcg, ts_ns
    ("start;do_sys_read;ext4_read;alloc", 0, "cat", "", 5_000_000_000),
    ("start;do_sys_read;ext4_read;alloc", 2, "cat", "", 6_000_000_000),
    ("start;fork;alloc", 2, "sh", "web", 9_000_000_000),
    ("start;fork;fork;alloc", 10, "kworker/0:1", "web", 10_000_000_000),
    ("register_dummy_stack", 2, "", "", -1),
    ("", 0, "sh", "", 10_000_000_000),
)


def profile_of(records: tuple[tuple[str, int, str, str, int], ...] = RECORDS) -> StackProfile:
    builder = ProfileBuilder(ProfileInfo("test"))
    for stack, order, comm, memcg, ts_ns in records:
        texts = stack.split(";") if stack else []
        builder.add(
            [
                Frame(name, f"{name}+0x{len(name):x}", "ext4" if "ext4" in name else "")
                for name in texts
            ],
            weights={"pages": 1 << order, "bytes": 4096 << order},
            dimensions={"order": str(order), "comm": comm, "memcg": memcg},
            numbers={"ts_ns": ts_ns},
        )
    return builder.build()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("order >= 2", [1, 2, 3, 4]),
        ("order > 2", [3]),
        ("order = 02", [1, 2, 4]),
        ("order ~ 0", [0, 3, 5]),
        ("comm = sh", [2, 5]),
        ("comm != sh", [0, 1, 3, 4]),
        ("comm ~ ^kworker/", [3]),
        ("comm !~ k", [0, 1, 2, 4, 5]),
        ("comm = ''", [4]),
        ("memcg = web and order = 10", [3]),
        ("ext4", [0, 1]),
        ("Ext4", []),
        ("comm ~ KWORKER or comm ~ kworker", [3]),
        ("function = fork", [2, 3]),
        ("function != fork", [0, 1, 4, 5]),
        ("function = for", []),
        ("frame = fork+0x4", [2, 3]),
        ("frame ~ 0x14", [4]),
        ("innermost = alloc", [0, 1, 2, 3]),
        ("root = start", [0, 1, 2, 3]),
        ("root = ''", [5]),
        ("depth >= 4", [0, 1, 3]),
        ("depth = 0", [5]),
        ("special = dummy", [4]),
        ("special = ''", [0, 1, 2, 3, 5]),
        ("module = ext4", [0, 1]),
        ("module = kernel", [2, 3, 4, 5]),
        ("subsystem = page_owner", [4]),
        ("bytes >= 16KiB", [1, 2, 3, 4]),
        ("pages < 4", [0, 5]),
        ("ts < 6s", [0]),
        ("ts_ns >= 9000ms", [2, 3, 5]),
        ("age > 3s", [0, 1]),
        ("age <= 1s", [2, 3, 5]),
        ("not (order >= 2 or comm = sh)", [0]),
        ("order >= 2 and ext4 or special = dummy", [1, 4]),
        ("ORDER = 0", [0, 5]),
    ],
)
def test_a_filter_picks(text: str, rows: list[int]) -> None:
    assert np.flatnonzero(picked(profile_of(), text)).tolist() == rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("oder > 2", "filter, column 1: nothing here is called 'oder'.*did you mean order?"),
        ("x or age > soon", "column 6: expected a number after >, found 'soon'"),
        ("order > 10s", "expected a number after >, found '10s'"),
        ("bytes > 10s", "units: B, KiB"),
        ("depth = deep", "expected a number"),
        ("pfn = 3", "nothing here is called 'pfn'"),
    ],
)
def test_a_filter_that_asks_for_nonsense_is_told_where(text: str, expected: str) -> None:
    with pytest.raises(RecordingError, match=expected):
        picked(profile_of(), text)


def test_filtered_records_keep_all_they_have() -> None:
    profile = profile_of()
    part = filtered(profile, picked(profile, "comm = sh"))
    assert len(part) == 2
    assert part.total("pages") == 4 + 1
    assert stacks_used(part) == 2
    assert [part.stacks.names_of(stack) for stack in part.stack.tolist()] == [
        ["start", "fork", "alloc"],
        [],
    ]
    assert part.dimensions["memcg"].values == profile.dimensions["memcg"].values


def test_groups_by_function_count_a_record_once_and_tell_what_is_its_own() -> None:
    found = {each.value: each for each in grouped(profile_of(), "function")}
    assert found["fork"].weights == {"records": 2, "pages": 4 + 1024, "bytes": 4096 * 1028}
    assert found["fork"].own["records"] == 0
    assert found["alloc"].own["pages"] == found["alloc"].weights["pages"] == 1 + 4 + 4 + 1024
    assert found["register_dummy_stack"].own["records"] == 1
    assert sum(each.own["records"] for each in found.values()) == 5  # one has no stack


def test_groups_by_stack_are_heaviest_first() -> None:
    found = grouped(profile_of(), "stack")
    assert [(each.value, each.weights["pages"]) for each in found] == [
        ("start;fork;fork;alloc", 1024),
        ("start;do_sys_read;ext4_read;alloc", 5),
        ("start;fork;alloc", 4),
        ("register_dummy_stack", 4),
        ("", 1),
    ]


def test_every_grouping_but_functions_adds_up_to_all() -> None:
    profile = profile_of()
    for by in groupings(profile):
        if by != "function":
            sums = [sum(each.weights[weight] for each in grouped(profile, by)) for weight in
                    profile.weights]  # fmt: skip
            assert sums == [profile.total(weight) for weight in profile.weights], by


def test_what_cannot_be_grouped_is_told() -> None:
    with pytest.raises(RecordingError, match=r"--by: records cannot be grouped by 'modul'.*module"):
        Grouped(profile_of(), "modul")
    with pytest.raises(RecordingError, match="the records have no 'weight'"):
        Grouped(profile_of(), "stack", "weight")


def test_what_is_weighed_is_what_the_file_has() -> None:
    assert main_weight(profile_of()) == "pages"
    builder = ProfileBuilder(ProfileInfo("test"))
    builder.add([Frame("a", "a")])
    assert main_weight(builder.build()) == "records"
    assert "age" not in names(builder.build())


def test_an_empty_profile_has_no_groups_and_no_rows() -> None:
    profile = ProfileBuilder(ProfileInfo("test")).build()
    assert len(picked(profile, "ext4 or depth > 3")) == 0
    for by in groupings(profile):
        assert grouped(profile, by) == []


record = st.tuples(
    st.lists(st.sampled_from("abcd"), max_size=5).map(";".join),
    st.integers(0, 3),
    st.sampled_from(["x", "y", ""]),
    st.sampled_from(["m", ""]),
    st.integers(-1, 100),
)


@given(st.lists(record, min_size=1, max_size=30).map(tuple))
def test_groups_are_what_counting_one_by_one_gives(
    records: tuple[tuple[str, int, str, str, int], ...],
) -> None:
    profile = profile_of(records)
    total: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for stack, order, *_ in records:
        functions = stack.split(";") if stack else []
        total.update(dict.fromkeys(functions, 1 << order))
        own.update({functions[-1]: 1 << order} if functions else {})
    found = grouped(profile, "function", "pages")
    assert {each.value: each.weights["pages"] for each in found} == dict(total)
    assert {each.value: each.own["pages"] for each in found if each.own["pages"]} == dict(own)
    expected = [stack.split(";").count("a") > 0 and order >= 1 for stack, order, *_ in records]
    assert picked(profile, "function = a and order >= 1").tolist() == expected
