from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gui.geometry.gauge import (
    KIB,
    GaugeSizes,
    Scale,
    clear_of,
    gauge_parts,
    jagged,
    segments,
    ticks,
)

SIZES = GaugeSizes(32, 34, 18, 64, 16, 26, 22, 10)
frames = st.lists(
    st.tuples(st.sampled_from(["slab", "allocator", "page_owner"]), st.integers(0, 1000)),
    max_size=200,
)
scales = st.builds(
    Scale, st.floats(0, 200), st.floats(1, 2000), st.sampled_from([8, 16, 32, 64]).map(KIB.__mul__)
)


@given(frames)
def test_segments_sum_to_the_bytes_in_use(stack: list[tuple[str, int]]) -> None:
    found = segments(stack)
    assert sum(part.end_bytes - part.start_bytes for part in found) == sum(b for _, b in stack)
    assert sum(part.n_frames for part in found) == len(stack)
    for name in {subsystem for subsystem, _ in stack}:
        own = sum(part.end_bytes - part.start_bytes for part in found if part.subsystem == name)
        assert own == sum(size for subsystem, size in stack if subsystem == name)


@given(frames)
def test_segments_follow_each_other_without_gaps(stack: list[tuple[str, int]]) -> None:
    found = segments(stack)
    assert [part.start_bytes for part in found] == [0, *(p.end_bytes for p in found)][: len(found)]
    assert [part.first for part in found] == sorted({part.first for part in found})
    for one, other in pairwise(found):
        assert one.subsystem != other.subsystem


@given(scales, st.integers(0, 70_000), st.integers(0, 70_000))
def test_the_scale_is_monotone_and_can_be_read_back(scale: Scale, one: int, other: int) -> None:
    assert (scale.y(one) <= scale.y(other)) or one > other
    assert abs(scale.bytes_at(scale.y(one)) - one) <= 1
    assert scale.y(0) == scale.top_px
    assert abs(scale.y(scale.thread_bytes) - (scale.top_px + scale.height_px)) < 1e-6


@given(scales, st.floats(8, 60))
def test_ticks_rise_from_the_top_to_the_end_and_labels_do_not_touch(
    scale: Scale, label: float
) -> None:
    marks = ticks(scale, label)
    places = [mark.at_bytes for mark in marks]
    assert places[0] == 0
    assert places[-1] <= scale.thread_bytes
    assert places == sorted(set(places))
    assert all(bool(mark.label) == mark.major for mark in marks)
    if scale.height_px < 2 * label:
        return
    major = [scale.y(mark.at_bytes) for mark in marks if mark.major]
    for one, other in pairwise(major):
        assert other - one >= label


def test_a_tall_bar_has_a_mark_each_kib_and_a_label_each_4_kib() -> None:
    marks = ticks(Scale(0, 600, 16 * KIB), 14)
    assert len(marks) == 17
    assert [mark.label for mark in marks if mark.major] == [
        "0",
        "4 KiB",
        "8 KiB",
        "12 KiB",
        "16 KiB",
    ]


@given(st.floats(120, 3000))
def test_the_parts_of_a_gauge_lie_below_each_other(height: float) -> None:
    parts = gauge_parts(height, SIZES)
    rows = [parts.digits, parts.of, parts.note, parts.bar, parts.guard]
    for (top, tall), (following, _) in pairwise(rows):
        assert tall > 0
        assert top + tall <= following + 1e-6
    assert parts.labels_left_px > parts.bar_left_px + SIZES.bar_px
    if height >= 300:
        assert parts.guard[0] + parts.guard[1] <= height


def test_a_label_is_clear_of_others_a_line_away() -> None:
    assert clear_of(50, [20, 80], 14)
    assert not clear_of(50, [20, 60], 14)


@given(st.floats(0, 500), st.floats(20, 900), st.floats(0, 500), st.floats(0, 20))
def test_a_torn_edge_reaches_from_side_to_side(
    left: float, width: float, y: float, tooth: float
) -> None:
    points = jagged(left, left + width, y, tooth)
    assert points[0] == (left, y)
    assert points[-1] == (left + width, y)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert all(abs(at - y) <= tooth for _, at in points)
