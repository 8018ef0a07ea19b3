"""Where stretches lie on the lanes of CPUs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gui.geometry.axis import Axis, View
from gui.geometry.timeline_cpus import MERGED, Placed
from gui.geometry.timeline_rows import Sizes, lay_rows

AXIS = Axis(View(0.0, 100.0), 50.0, 200.0)
SIZES = Sizes(19, 0.5, 20, 8, 18)


def placed(*spans: tuple[float, float]) -> Placed:
    first, last = np.array(spans, np.float64).reshape(-1, 2).T
    return Placed(np.arange(len(spans)), first, last)


def test_what_is_in_view_is_clipped_to_it() -> None:
    bands = placed((-20, 10), (20, 30), (90, 150), (160, 170)).in_view(AXIS, 10)
    assert bands.numbers.tolist() == [0, 1, 2]
    assert bands.left.tolist() == [50.0, 90.0, 230.0]
    assert bands.right.tolist() == [70.0, 110.0, 250.0]


def test_too_many_become_one_band_where_they_touch() -> None:
    bands = placed(*((at, at + 0.1) for at in range(0, 10)), (50, 60)).in_view(AXIS, 5)
    assert set(bands.numbers.tolist()) == {MERGED}
    assert bands.left.min() == 50.0
    assert (150.0, 170.0) in set(zip(bands.left.tolist(), bands.right.tolist(), strict=True))


STRETCHES = st.lists(st.tuples(st.floats(0, 99), st.floats(0.5, 40)), min_size=1, max_size=40)


@given(STRETCHES)
def test_merged_bands_stand_apart_and_cover_the_columns_that_anything_covers(
    spans: list[tuple[float, float]],
) -> None:
    spans = sorted((first, first + long) for first, long in spans)
    bands = placed(*spans).in_view(AXIS, 0)
    assert (bands.right[:-1] < bands.left[1:]).all()
    for column in range(200):
        begin, end = column / 2, column / 2 + 0.5
        covered = max(min(last, end) - max(first, begin) for first, last in spans)
        middle = 50 + column + 0.5
        shown = ((bands.left <= middle) & (middle < bands.right)).any()
        assert shown == (covered > 0) or abs(covered) < 1e-3


@given(STRETCHES, st.floats(0, 90), st.floats(1, 50))
def test_none_in_view_is_left_out(
    spans: list[tuple[float, float]], first: float, wide: float
) -> None:
    spans = sorted((at, at + long) for at, long in spans)
    axis = Axis(View(first, first + wide), 50.0, 200.0)
    bands = placed(*spans).in_view(axis, 1000)
    wanted = [n for n, (at, end) in enumerate(spans) if at < first + wide and end > first]
    assert bands.numbers.tolist() == wanted


def test_each_cpu_has_a_lane_above_the_tasks() -> None:
    lanes = lay_rows([2, 3], 400, SIZES, fit=True, cpus=3).lanes
    assert [(lane.task, lane.cpu) for lane in lanes] == [
        (-1, 0), (-2, 1), (-3, 2), (0, -1), (1, -1),
    ]  # fmt: skip
    tops = [lane.top for lane in lanes]
    assert tops == sorted(tops)
    assert all(a.bottom <= b.top for a, b in pairwise(lanes))


def test_one_task_has_no_lane_for_its_cpu_unless_something_comes_between() -> None:
    assert [lane.task for lane in lay_rows([4], 400, SIZES, fit=True).lanes] == [0]
    assert [lane.task for lane in lay_rows([4], 400, SIZES, fit=True, cpus=1).lanes] == [-1, 0]
