"""Strips on one axis: coverage, waits and marks against the plain way to do it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gui.geometry.axis import Axis, View
from gui.geometry.compare_strips import (
    Strip,
    covered_share,
    faded,
    joined,
    mark_xs,
    picked_rows,
    shown_rows,
    strip_image,
    strip_layout,
    wait_runs,
    wide_runs,
)

MOMENTS = st.lists(st.integers(0, 60), unique=True, max_size=40).map(sorted)


def px(size: float) -> int:
    return round(size)


def array(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def test_strips_lie_one_below_the_other_with_the_overlay_on_top() -> None:
    layout = strip_layout(800, 300, 3, px, ghost=True)
    assert layout.ghost is not None
    tops = [layout.ghost, *layout.lanes]
    assert all(one.bottom < other.top for one, other in pairwise(tops))
    assert layout.legend is not None
    assert layout.legend.top == layout.ruler.bottom
    assert layout.ghost.top == layout.legend.bottom
    assert layout.bottom <= 300
    assert {box.left for box in tops} == {layout.ruler.left}
    assert layout.lane_at(layout.lanes[2].middle) == 2
    assert layout.lane_at(layout.ruler.middle) is None


def test_all_lanes_have_the_depth_of_the_deepest_but_a_shallow_one_is_seen() -> None:
    assert shown_rows([10, 12]) == 12
    assert shown_rows([10, 900]) == 30
    assert shown_rows([]) == 1


def test_where_there_are_more_rows_than_lines_some_are_drawn() -> None:
    assert picked_rows(3, 10) == [0, 1, 2]
    picked = picked_rows(100, 10)
    assert len(picked) == 10
    assert picked[0] == 0
    assert picked[-1] == 99


@given(MOMENTS, st.integers(61, 70))
def test_a_lane_waits_wherever_it_has_no_event(moments: list[int], total: int) -> None:
    starts, ends = wait_runs(array(moments), total)
    waited = {at for s, e in zip(starts.tolist(), ends.tolist(), strict=True) for at in range(s, e)}
    first = moments[0] if moments else 0
    assert waited == set(range(first, total)) - set(moments)


@given(MOMENTS, st.integers(0, 50), st.integers(1, 30), st.integers(1, 25))
def test_the_share_of_a_column_is_exact(
    moments: list[int], first: int, width: int, columns: int
) -> None:
    starts, ends = wait_runs(array(moments), 61)
    edges = np.linspace(first, first + width, columns + 1)
    share = covered_share(starts, ends, edges)
    for at in range(columns):
        left, right = edges[at], edges[at + 1]
        covered = sum(
            max(0.0, min(right, e) - max(left, s)) for s, e in zip(starts, ends, strict=True)
        )
        assert np.isclose(share[at], covered / (right - left))


@given(MOMENTS, st.integers(1, 200), st.floats(0, 50), st.floats(1, 60))
def test_a_mark_in_view_never_disappears(
    moments: list[int], width: int, first: float, span: float
) -> None:
    axis = Axis(View(first, first + span), 10.0, float(width))
    xs = mark_xs(array(moments), axis)
    assert xs == sorted(set(xs))
    for moment in moments:
        middle = axis.x_of(moment + 0.5)
        if axis.left <= middle < axis.left + axis.width:
            assert any(abs(x - middle) <= 1.5 for x in xs)


def test_marks_by_the_thousand_take_a_pixel_each_at_most() -> None:
    axis = Axis(View(-1.0, 100_000.0), 20.0, 300.0)
    xs = mark_xs(np.arange(100_000, dtype=np.int64), axis)
    assert len(xs) <= 301
    assert len(xs) >= 298


def test_a_strip_is_mixed_from_what_its_columns_cover() -> None:
    strip = Strip(
        np.array([0, 4, 1], np.int32), np.array([2, 6, 2], np.int32),
        np.array([0, 1, 0], np.uint8), [(0, 2), (2, 2), (2, 3)],
    )  # fmt: skip
    colours = np.array([[200, 0, 0], [0, 100, 0]], np.float32)
    white = np.array([255, 255, 255], np.float32)
    pixels = strip_image(strip, [0, 2, 1], np.linspace(0, 8, 5), colours, white)
    assert pixels[0].tolist() == [
        [0, 0, 200, 255], [255, 255, 255, 255], [0, 100, 0, 255], [255, 255, 255, 255],
    ]  # fmt: skip
    assert pixels[1, 0].tolist() == [127, 127, 227, 255]
    assert (pixels[2] == 255).all()
    faded(pixels, np.array([1.0, 0, 0, 0]), white, 1.0)
    assert pixels[0, 0].tolist() == [255, 255, 255, 255]
    assert pixels[0, 2].tolist() == [0, 100, 0, 255]


def test_wide_waits_are_cut_to_the_axis() -> None:
    axis = Axis(View(5.0, 25.0), 100.0, 200.0)
    runs = wide_runs(array([0, 12, 20]), array([8, 13, 40]), axis, 15.0)
    assert runs == [(100.0, 130.0), (250.0, 300.0)]


def test_marks_that_touch_become_one() -> None:
    assert joined([], 2) == []
    assert joined([10.0, 12.0, 13.0, 20.0], 2) == [(9.5, 14.5), (19.5, 21.5)]
