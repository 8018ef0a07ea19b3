"""Step signals in pixel columns are exactly what going through every value gives."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.trace.signals import StepSignal
from gui.geometry.steps import (
    AREA,
    BAND,
    LINE,
    NOTHING,
    Clock,
    Columns,
    Pyramid,
    Scale,
    corners,
    mask_of,
    order_edges,
    time_edges,
)
from tests.runs import bundled_run


@st.composite
def signals(draw: st.DrawFn, most: int = 700) -> StepSignal:
    """A signal over positions 0..999 with values of any sign."""
    positions = sorted(draw(st.sets(st.integers(0, 999), max_size=most)))
    seed = draw(st.integers(0, 1 << 30))
    values = np.random.default_rng(seed).integers(-50, 50, len(positions))
    first = draw(st.integers(-60, 60))
    return StepSignal(np.array(positions, np.int32), values.astype(np.int64), first)


@st.composite
def edge_lists(draw: st.DrawFn) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Edges of columns: even or wild, whole or between, inside the run or beyond it."""
    ends = sorted(draw(st.tuples(st.floats(-3, 1005), st.floats(-3, 1005))))
    if draw(st.booleans()):
        return np.linspace(ends[0], ends[1] + 0.01, draw(st.integers(2, 60)))
    wild = st.one_of(st.integers(-2, 1003).map(float), st.floats(-2, 1003))
    return np.array(sorted(draw(st.lists(wild, min_size=2, max_size=40))), np.float64)


class Beats(Clock):
    """A clock whose events may come at the same time."""

    def __init__(self, costs: list[int]) -> None:
        self.times = np.cumsum(costs)

    def positions_at(
        self, times: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return (np.searchsorted(self.times, times, side="right") - 1).astype(np.int32)


def by_hand(
    signal: StepSignal, places: list[float], first: float, last: float
) -> tuple[int, int, int]:
    """Start, least and greatest value from ``first`` to before ``last``, change by change."""
    told = list(zip(places, signal.values.tolist(), strict=True))
    start = signal.first
    for place, value in told:
        if place <= first:
            start = value
    inside = [value for place, value in told if first <= place < last]
    if not any(place == first for place, _ in told):
        inside.append(start)
    return start, min(inside, default=start), max(inside, default=start)


def check(signal: StepSignal, places: list[float], edges: list[float], columns: Columns) -> None:
    assert len(columns.low) == len(edges) - 1
    for at, (first, last) in enumerate(pairwise(edges)):
        if first == last:
            continue
        start, low, high = by_hand(signal, places, first, last)
        assert int(columns.start[at]) == start
        assert int(columns.low[at]) == low
        assert int(columns.high[at]) == high
        assert int(columns.changes[at]) == sum(first <= place < last for place in places)


@given(signals(), edge_lists())
def test_columns_of_events_are_exact(
    signal: StepSignal, edges: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    columns = Pyramid(signal).columns(order_edges(edges))
    check(signal, signal.positions.astype(float).tolist(), edges.tolist(), columns)


@given(signals(), edge_lists(), st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_columns_of_time_are_exact(
    signal: StepSignal, edges: np.ndarray[tuple[int], np.dtype[np.float64]], costs: list[int]
) -> None:
    clock = Beats((costs * 1000)[:1000])
    columns = Pyramid(signal).columns(time_edges(edges, clock))
    places = clock.times[signal.positions].astype(float).tolist()
    check(signal, places, edges.tolist(), columns)


@given(signals(), edge_lists())
def test_lines_of_neighbours_meet(
    signal: StepSignal, edges: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    columns = Pyramid(signal).columns(order_edges(edges))
    for at in range(1, len(edges) - 1):
        # The last event whose place begins before the column.
        assert int(columns.before[at]) == signal.value_at(ceil(edges[at]) - 1)


def test_a_real_run_on_its_own_clock() -> None:
    trace = bundled_run("depth-law")
    signal = trace.recursion[0]
    pyramid = Pyramid(signal)
    places = [float(trace.clock_ns(at)) for at in signal.positions.tolist()]
    edges = np.linspace(-10.0, trace.clock.end_ns + 10.0, 97)
    check(signal, places, edges.tolist(), pyramid.columns(time_edges(edges, trace.clock)))


def test_a_peak_is_seen_however_thin_it_is() -> None:
    values = np.zeros(200_000, np.int64)
    values[123_457] = 9
    signal = StepSignal(np.arange(200_000, dtype=np.int32), values)
    columns = Pyramid(signal).columns(order_edges(np.linspace(-1, 200_000, 11)))
    assert columns.high.tolist() == [0] * 6 + [9] + [0] * 3


@pytest.mark.parametrize("count", [1, 15, 16, 17, 255, 256, 257, 5000])
def test_the_pyramid_is_small_and_knows_the_ends(count: int) -> None:
    values = np.random.default_rng(count).integers(-9, 9, count)
    signal = StepSignal(np.arange(count, dtype=np.int32), values, 3)
    pyramid = Pyramid(signal)
    assert pyramid.lowest == min(3, int(values.min()))
    assert pyramid.highest == max(3, int(values.max()))
    assert pyramid.nbytes <= (signal.positions.nbytes + signal.values.nbytes) / 4


def test_a_signal_that_never_changes_is_flat() -> None:
    signal = StepSignal(np.empty(0, np.int32), np.empty(0, np.int64), 4)
    columns = Pyramid(signal).columns(order_edges(np.linspace(-1, 10, 4)))
    assert [part.tolist() for part in columns] == [[4, 4, 4]] * 4 + [[0, 0, 0]]


# -- the picture --------------------------------------------------------------------------------


def picture(columns: Columns, scale: Scale, thick: int = 1) -> list[str]:
    signs = {NOTHING: " ", AREA: ".", BAND: "=", LINE: "#"}
    return ["".join(signs[int(pixel)] for pixel in row) for row in mask_of(columns, scale, thick)]


def columns_of(*held: tuple[int, int], changes: int = 1) -> Columns:
    low = np.array([least for least, _ in held], np.int64)
    high = np.array([most for _, most in held], np.int64)
    before = np.concatenate((low[:1], low[:-1]))
    return Columns(low, low, high, before, np.full(len(held), changes, np.int64))


def test_a_step_is_drawn_with_its_edge_and_the_area_under_it() -> None:
    drawn = picture(columns_of((0, 0), (3, 3), (1, 1)), Scale(0, 3, 4))
    assert drawn == [
        " ##",
        " ##",
        " ##",
        "##.",
    ]  # the line of each column begins where the one before it ended


def test_a_thick_line_stays_inside_the_picture() -> None:
    flat = picture(columns_of((0, 0), (0, 0)), Scale(0, 3, 4), thick=2)
    assert flat == ["  ", "  ", "##", "##"]
    top = picture(columns_of((3, 3), (3, 3)), Scale(0, 3, 4), thick=2)
    assert top == ["##", "##", "..", ".."]


def test_many_changes_in_a_column_are_a_band_with_ends() -> None:
    drawn = picture(columns_of((0, 0), (0, 4), (1, 3), changes=9), Scale(0, 4, 5))
    assert drawn == [
        " # ",
        " =#",
        " ==",
        " ==",
        "###",
    ]


@given(signals(), st.integers(1, 3), st.integers(2, 40))
def test_every_column_of_the_picture_has_its_line(
    signal: StepSignal, thick: int, rows: int
) -> None:
    pyramid = Pyramid(signal)
    columns = pyramid.columns(order_edges(np.linspace(-1, 1000, 50)))
    scale = Scale(pyramid.lowest, pyramid.highest, max(rows, thick))
    mask = mask_of(columns, scale, thick)
    assert mask.shape == (scale.rows, 49)
    assert (mask == LINE).any(axis=0).all()
    at = np.arange(49)
    assert (mask[scale.row_of(columns.high), at] == LINE).all()


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=20), st.integers(2, 50))
def test_rows_fall_as_values_rise(values: list[int], rows: int) -> None:
    scale = Scale(-100, 100, rows)
    found = scale.row_of(sorted(values))
    assert (np.diff(found) <= 0).all()
    assert scale.row_of([-100, 100]).tolist() == [rows - 1, 0]


# -- the line as corners --------------------------------------------------------------------------


@given(signals(most=60), edge_lists())
def test_corners_are_the_line(
    signal: StepSignal, edges: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    pyramid = Pyramid(signal)
    first, last = pyramid.changes_in(order_edges(edges))
    at = signal.positions[first:last].astype(np.float64)
    x, y = corners(signal, (first, last), (float(edges[0]), float(edges[-1])), at)
    assert len(x) == len(y) == 2 * (last - first) + 2
    assert (np.diff(x) >= 0).all()
    for left, right, value in zip(x[::2], x[1::2], y[::2], strict=True):
        if left < right:
            assert signal.value_at(floor((left + right) / 2)) == value or right - left < 1
