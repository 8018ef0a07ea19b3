"""What differs between two profiles, and that nothing is lost on the way."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RecordingError
from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.questions.diff import BASE, NEW, ProfileDiff, Status


def profile_of(*stacks: tuple[str, int], build: int = 0) -> StackProfile:
    """Stacks as ``a;b`` with their pages; another build has other offsets."""
    builder = ProfileBuilder(ProfileInfo("test", f"build {build}"))
    for stack, pages in stacks:
        frames = [Frame(name, f"{name}+0x{build:x}") for name in stack.split(";")]
        builder.add(frames, weights={"pages": pages}, dimensions={"comm": stack[-1]})
    return builder.build()


BEFORE = profile_of(("a;b", 10), ("a;c", 5), ("a;d", 7), ("a;e", 4))
AFTER = profile_of(("a;b", 12), ("a;c", 2), ("a;d", 7), ("a;f", 3), ("a;f", 1), build=1)


def told(diff: ProfileDiff, by: str) -> list[tuple[str, int, int, float, str]]:
    weight = diff.weight
    return [
        (each.value, each.base[weight], each.new[weight], each.change, str(each.status))
        for each in diff.by(by)
    ]


def test_stacks_of_another_build_are_the_same_stacks() -> None:
    assert told(ProfileDiff(BEFORE, AFTER), "stack") == [
        ("a;e", 4, 0, -4, "gone"),
        ("a;f", 0, 4, 4, "added"),
        ("a;c", 5, 2, -3, "shrunk"),
        ("a;b", 10, 12, 2, "grown"),
        ("a;d", 7, 7, 0, "same"),
    ]
    assert ProfileDiff(BEFORE, AFTER).by("stack")[0].functions == ("a", "e")


def test_functions_and_dimensions_differ_too() -> None:
    assert ("a", 26, 25, -1, "shrunk") in told(ProfileDiff(BEFORE, AFTER), "function")
    assert ("f", 0, 4, 4, "added") in told(ProfileDiff(BEFORE, AFTER), "comm")
    assert ProfileDiff(BEFORE, AFTER).by("comm")[0].functions == ()


def test_shares_do_not_change_where_everything_doubles() -> None:
    twice = profile_of(("a;b", 20), ("a;c", 10), ("a;d", 14), ("a;e", 8))
    diff = ProfileDiff(BEFORE, twice, normalised=True)
    assert {each.status for each in diff.by()} == {Status.SAME}
    assert {each.change for each in diff.by()} == {0}
    assert diff.merged.weights[BASE].tolist() == diff.merged.weights[NEW].tolist()
    assert {each.status for each in ProfileDiff(BEFORE, twice).by()} == {Status.GROWN}


def test_what_vanished_is_still_in_the_merged_profile() -> None:
    merged = ProfileDiff(BEFORE, AFTER).merged
    weights = {
        ";".join(merged.stacks.names_of(stack)): (base, new)
        for stack, base, new in zip(
            merged.stack.tolist(),
            merged.weights[BASE].tolist(),
            merged.weights[NEW].tolist(),
            strict=True,
        )
    }
    assert weights == {"a;b": (10, 12), "a;c": (5, 2), "a;d": (7, 7), "a;e": (4, 0), "a;f": (0, 4)}
    assert merged.total("records") == len(AFTER)


def test_two_files_of_different_kinds_compare_by_records() -> None:
    builder = ProfileBuilder(ProfileInfo("folded"))
    builder.add([Frame("a", "a"), Frame("b", "b")], weights={"records": 3})
    diff = ProfileDiff(builder.build(), AFTER)
    assert diff.weight == "records"
    assert ("a;b", 3, 1, -2, "shrunk") in told(diff, "stack")
    with pytest.raises(RecordingError, match="the two do not both have 'pages'"):
        ProfileDiff(builder.build(), AFTER, "pages")


def test_nothing_compares_with_nothing() -> None:
    empty = ProfileBuilder(ProfileInfo("test")).build()
    assert ProfileDiff(empty, empty, normalised=True).by() == []
    assert len(ProfileDiff(empty, empty).merged) == 0


stacks = st.lists(
    st.tuples(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(";".join),
              st.integers(0, 9)),
    min_size=1,
    max_size=12,
)  # fmt: skip


@given(stacks, stacks, st.booleans())
def test_both_sides_keep_what_they_weigh(
    before: list[tuple[str, int]], after: list[tuple[str, int]], normalised: bool
) -> None:
    base, new = profile_of(*before), profile_of(*after, build=7)
    diff = ProfileDiff(base, new, "pages", normalised=normalised)
    sums: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for one, records in zip(sums, (before, after), strict=True):
        for stack, pages in records:
            one[stack] += pages
    found = diff.by("stack")
    assert {each.value: each.base["pages"] for each in found if each.base["pages"]} == +sums[0]
    assert {each.value: each.new["pages"] for each in found if each.new["pages"]} == +sums[1]
    assert diff.merged.total(NEW) == new.total("pages")
    for each in found:
        assert (each.change > 0) == (each.status in (Status.ADDED, Status.GROWN)) or normalised
    swapped = {each.value: each.status for each in ProfileDiff(new, base, "pages").by("stack")}
    opposite = {"added": "gone", "gone": "added", "grown": "shrunk", "shrunk": "grown"}
    if not normalised:
        assert {each.value: opposite.get(each.status, "same") for each in found} == swapped
