"""Stacks side by side in one grid of rows."""

from hypothesis import given
from hypothesis import strategies as st

from gui.geometry.compare_stacks import arrange_stacks, shared_frames

STACKS = st.lists(st.text("ab", max_size=30), min_size=1, max_size=4)


def drawn(stacks: list[str], room: int) -> list[str]:
    """Each stack as it is shown: its letters, and how many frames a fold hides."""
    return [
        "".join(f"[{row.n_frames}]" if row.folded else stack[row.first] for row in rows)
        for stack, rows in zip(stacks, arrange_stacks(stacks, room), strict=True)
    ]


def test_stacks_that_fit_are_shown_whole() -> None:
    assert drawn(["abc", "abcde"], 5) == ["abc", "abcde"]


def test_shared_frames_are_folded_first() -> None:
    assert drawn(["abcdefgXY", "abcdefgPQ"], 7) == ["a[3]efgXY", "a[3]efgPQ"]


def test_a_long_stack_of_its_own_is_folded_but_shows_where_it_begins_and_ends() -> None:
    assert drawn(["abcd", "abcdPQRSTUVWX"], 8) == ["abcd", "abcdP[6]WX"]


def test_a_deep_stack_does_not_fold_the_others() -> None:
    deep = "abcdefgh" + "PQ" * 50
    assert drawn(["abcdefgh", deep, "abcdefghX"], 9) == [
        "abcdefgh", "abcd[4]P[97]PQ", "abcdefghX",
    ]  # fmt: skip


def test_all_stay_level_while_no_stack_has_much_of_its_own() -> None:
    assert drawn(["abcdefgh", "abcdefghPQ"], 9) == ["a[2]defgh", "a[2]defghPQ"]


def test_a_deep_stack_leaves_the_others_their_newest_frames() -> None:
    deep = "abcdefghijkl" + "PQ" * 50
    assert drawn(["abcdefghijkl", deep], 8) == ["a[5]ghijkl", "a[11]P[95]PQPQ"]


def test_what_stacks_share_is_the_outermost_part() -> None:
    assert shared_frames(["abcd", "abXd"]) == 2
    assert shared_frames(["abc", "abc"]) == 3
    assert shared_frames([]) == 0


@given(STACKS, st.integers(6, 20))
def test_rows_fit_and_lie_level(stacks: list[str], room: int) -> None:
    arranged = arrange_stacks(stacks, room)
    for rows in arranged:
        assert [row.at for row in rows] == list(range(len(rows)))
        assert len(rows) <= room
    places: dict[int, set[int]] = {}
    for rows in arranged:
        for row in rows:
            if row.shared and not row.folded:
                places.setdefault(row.first, set()).add(row.at)
    assert all(len(at) == 1 for at in places.values())


@given(STACKS, st.integers(6, 20))
def test_the_shortest_stack_leaves_no_more_than_a_third_of_the_room_empty(
    stacks: list[str], room: int
) -> None:
    shortest = min(range(len(stacks)), key=lambda at: len(stacks[at]))
    rows = arrange_stacks(stacks, room)[shortest]
    if any(row.folded for row in rows):
        assert len(rows) >= room - room // 3


@given(STACKS, st.integers(6, 20))
def test_every_frame_is_in_one_row_and_the_newest_is_never_folded(
    stacks: list[str], room: int
) -> None:
    for stack, rows in zip(stacks, arrange_stacks(stacks, room), strict=True):
        frames = [row.first + k for row in rows for k in range(row.n_frames)]
        assert frames == list(range(len(stack)))
        assert not rows or not rows[-1].folded


@given(STACKS, st.integers(1, 5))
def test_the_newest_frame_is_shown_in_the_smallest_room(stacks: list[str], room: int) -> None:
    for stack, rows in zip(stacks, arrange_stacks(stacks, room), strict=True):
        if stack:
            assert rows[-1].first == len(stack) - 1
            assert not rows[-1].folded
