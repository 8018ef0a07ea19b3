"""What the timeline draws is what there was: sums are exact, hits agree, no mark is lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.trace.call_spans import CallSpans
from core.trace.events import Kind
from gui.geometry.axis import Axis, View, tick_step
from gui.geometry.marks import nearest_mark, visible_marks
from gui.geometry.span_overview import CELLS_A_COLUMN, CELLS_IN_MOTION
from gui.geometry.timeline import LEVEL_STEPS, SpanIndex
from gui.geometry.timeline_rows import UNDERSCORE_EM, Sizes, baseline_in, lay_rows
from gui.geometry.wide_spans import spans_in_view, wide_spans
from tests.runs import bundled_run, run_scenario

Spans = list[tuple[int, int, int, int]]


def _row(numbers: list[int]) -> Spans:
    """Make a row of one number a span: its length, the gap after it, its category and level."""
    at, row = numbers[0] % 6, []
    for number in numbers:
        rest, length = divmod(number, 10)
        rest, gap = divmod(rest, 5)
        level, category = divmod(rest, 4)
        row.append((at, at + length, category, level))
        at += length + gap
    # A start may not stand twice in a row: a call takes an event.
    return [span for n, span in enumerate(row) if not n or span[0] > row[n - 1][0]]


def rows_of_spans() -> st.SearchStrategy[list[Spans]]:
    """Rows of (start, end, category, level), gaps and touching spans and empty ones among them."""
    number = st.integers(0, 10 * 5 * 4 * 7 - 1)
    # Lists whose lengths were not drawn would mostly be short.
    row = st.integers(1, 40).flatmap(lambda n: st.lists(number, min_size=n, max_size=n)).map(_row)
    return st.integers(1, 4).flatmap(lambda n: st.lists(row, min_size=n, max_size=n))


def index_of(rows: list[Spans], dtype: type = np.int32) -> SpanIndex:
    flat = [span for row in rows for span in row]
    bounds = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).tolist()
    starts, ends, kinds, levels = (np.array(column) for column in zip(*flat, strict=True))
    return SpanIndex(
        starts.astype(dtype), ends.astype(dtype), kinds.astype(np.uint8), levels.astype(np.uint8),
        list(pairwise(bounds)),
    )  # fmt: skip


def overlap(span: tuple[int, int, int, int], first: float, last: float) -> float:
    return max(0.0, min(span[1], last) - max(span[0], first))


@given(
    rows_of_spans(), st.floats(-5, 300), st.floats(0.5, 300), st.integers(1, 40),
    st.sampled_from([np.int32, np.int64]),
)  # fmt: skip
def test_a_column_is_covered_as_brute_force_says(
    rows: list[Spans], first: float, width: float, columns: int, dtype: type
) -> None:
    index = index_of(rows, dtype)
    edges = np.linspace(first, first + width, columns + 1)
    seen = index.coverage(range(len(rows)), edges)
    assert np.abs(seen.edges - edges).max() <= width / columns / 128
    for number, row in enumerate(rows):
        for column, (left, right) in enumerate(pairwise(seen.edges.tolist())):
            for slot, category in enumerate(seen.categories[:, number]):
                covered = sum(overlap(s, left, right) for s in row if s[2] == category)
                got = seen.busy[slot, number, column]
                assert got == pytest.approx(covered / (right - left), abs=1e-4)
            nested = sum(overlap(s, left, right) * min(max(s[3], 1) - 1, LEVEL_STEPS) for s in row)
            assert seen.nested[number, column] == pytest.approx(nested / (right - left), abs=3e-4)


def test_coverage_stays_exact_where_a_row_is_crowded() -> None:
    rng = np.random.default_rng(1)
    lengths, gaps = rng.integers(1, 9, 30_000), rng.integers(0, 7, 30_000)
    starts = np.cumsum(lengths + gaps) - lengths
    row = [
        (int(s), int(s + n), int(k), 1) for s, n, k in zip(starts, lengths, starts % 3, strict=True)
    ]
    index = index_of([row, row[:5000], row[20_000:]])
    last = float(starts[-1])
    covered = np.zeros(int(last) + 20, np.int64)
    for start, end, _, _ in row:
        covered[start:end] = 1
    sums = np.concatenate(([0], np.cumsum(covered)))
    for first, until in ((0.0, last), (last * 0.3, last * 0.9), (17.0, last * 0.31)):
        edges = np.linspace(first, until, 101)
        seen = index.coverage([0, 1, 2], edges)
        busy = seen.busy.sum(axis=0)
        # Wide columns begin at whole units, and what they cover from there is exact.
        assert np.abs(seen.edges - edges).max() <= (until - first) / 100 / 128
        edges = seen.edges
        exact = np.diff(np.interp(edges, np.arange(len(sums)), sums)) / np.diff(edges)
        assert busy[0] == pytest.approx(exact, abs=1e-6)
        assert (busy[1] <= busy[0] + 1e-6).all()
        cut = row[4999][1]
        assert busy[1][edges[1:] <= cut] == pytest.approx(busy[0][edges[1:] <= cut], abs=1e-4)


@pytest.mark.parametrize(
    ("columns", "cells"), [(20, CELLS_A_COLUMN), (150, CELLS_A_COLUMN), (700, CELLS_IN_MOTION)]
)
def test_an_overview_is_exact_between_its_cells(
    monkeypatch: pytest.MonkeyPatch, columns: int, cells: float
) -> None:
    monkeypatch.setattr("gui.geometry.timeline.LEAST_SPANS", 1)
    monkeypatch.setattr("gui.geometry.span_overview._LEAST_CELLS", 1)
    rng = np.random.default_rng(2)
    rows = []
    for count in (9_000, 4_000):
        lengths, gaps = rng.integers(1, 9, count), rng.integers(0, 7, count)
        starts = np.cumsum(lengths + gaps) - lengths
        rows.append(
            [
                (int(s), int(s + n), int(s % 3), int(s % 4))
                for s, n in zip(starts, lengths, strict=True)
            ]
        )
    index = index_of(rows)
    assert index.overview is not None
    last = float(max(row[-1][1] for row in rows))
    edges = np.linspace(0.0, last, columns + 1)
    assert index.overview.serves(edges, cells)
    assert not index.overview.serves(np.linspace(0.0, last / 1000, 21), CELLS_A_COLUMN)
    seen = index.coverage([1, 0], edges, cells)
    assert np.abs(seen.edges - edges).max() <= last / columns / (2 * cells)
    assert (np.diff(seen.edges) > 0).all()
    every = max(1, columns // 50)
    for number, row in enumerate((rows[1], rows[0])):
        starts, ends, kinds, levels = np.array(row).T
        deep = np.minimum(np.maximum(levels, 1) - 1, LEVEL_STEPS)
        for column, (left, right) in list(enumerate(pairwise(seen.edges.tolist())))[::every]:
            covered = np.maximum(np.minimum(ends, right) - np.maximum(starts, left), 0.0)
            for slot, category in enumerate(seen.categories[:, number]):
                share = covered[kinds == category].sum() / (right - left)
                assert seen.busy[slot, number, column] == pytest.approx(share, abs=1e-5)
            nested = (covered * deep).sum()
            assert seen.nested[number, column] == pytest.approx(nested / (right - left), abs=1e-5)


@given(rows_of_spans(), st.floats(-5, 200), st.floats(4, 200))
def test_wide_spans_are_all_those_that_are_wide(
    rows: list[Spans], first: float, width: float
) -> None:
    index = index_of(rows)
    axis = Axis(View(first, first + width), 10.0, 100.0)
    seen = index.coverage(range(len(rows)), axis.edges(100))
    found = wide_spans(index, seen, axis, 3.0)
    drawn = set(zip(found.rows.tolist(), found.spans.tolist(), strict=True))
    flat = [(number, span) for number, row in enumerate(rows) for span in row]
    for at, (number, span) in enumerate(flat):
        pixels = overlap(span, axis.view.first, axis.view.last) * axis.pixels_a_unit
        if abs(pixels - 3.0) > 1e-6:
            assert ((number, at) in drawn) == (pixels >= 3.0)
    with pytest.raises(ValueError, match="two columns"):
        wide_spans(index, seen, axis, 1.5)
    assert (found.left >= 10.0).all()
    assert (found.right <= 110.0).all()


@given(rows_of_spans(), st.floats(-5, 200), st.floats(1, 200))
def test_what_is_in_view_is_what_overlaps_it(rows: list[Spans], first: float, width: float) -> None:
    index = index_of(rows)
    axis = Axis(View(first, first + width), 0.0, 100.0)
    slices = [index.in_view(row, first, first + width) for row in range(len(rows))]
    found = set(spans_in_view(index, slices, axis).spans.tolist())
    flat = [span for row in rows for span in row]
    for at, span in enumerate(flat):
        if overlap(span, first, first + width) > 0:
            assert at in found
    for at in found:
        assert flat[at][0] <= np.ceil(first + width)
        assert flat[at][1] >= np.floor(first)


@given(rows_of_spans(), st.floats(-5, 260), st.floats(0, 3))
def test_a_hit_is_the_span_under_the_point_or_the_nearest(
    rows: list[Spans], value: float, reach: float
) -> None:
    index = index_of(rows)
    first = 0
    for number, row in enumerate(rows):
        under = [first + n for n, span in enumerate(row) if span[0] <= value < span[1]]
        assert index.span_at(number, value) == (under[0] if under else None)
        near = index.nearest(number, value, reach)
        distances = [max(span[0] - value, value - span[1], 0.0) for span in row]
        if min(distances) <= reach:
            assert near is not None
            assert distances[near - first] == pytest.approx(min(distances))
        else:
            assert near is None
        first += len(row)


# -- spans of real runs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["mail-chain", "two-tasks", "no-guard-overflow", "smp-depth-two", "depot-growth"]
)
def test_the_rows_at_a_position_are_the_stack(name: str) -> None:
    trace = bundled_run(name)
    spans = CallSpans(trace)
    for position in range(0, len(trace), 7):
        task = trace.task_at(position)
        calls = trace.calls_at(position)
        for depth in range(spans.depths[task]):
            row = spans.row_number(task, depth)
            assert row is not None
            span = spans.at(row, position)
            found = None if span is None else int(spans.calls[span])
            if trace.kind(position) is not Kind.RETURNED or depth < len(calls):
                assert found == (calls[depth] if depth < len(calls) else None)
            if span is not None:
                assert spans.row_of(span) == row
                assert spans.span_of(int(spans.calls[span])) == span


def test_the_stack_s_depth_is_the_sum_of_what_covers_a_position() -> None:
    trace = run_scenario("depth-law", {"events": 20}, max_depth=3)
    spans = CallSpans(trace)
    zeros = np.zeros(len(spans), np.uint8)
    rows = [(row.first, row.last) for row in spans.rows]
    index = SpanIndex(spans.calls, spans.ends, zeros, spans.levels, rows)
    edges = np.arange(0, len(trace) + 1, dtype=np.float64)
    depth = index.coverage(range(len(rows)), edges).busy.sum(axis=(0, 1))
    assert depth.tolist() == [len(trace.calls_at(at)) for at in range(len(trace))]


def test_levels_count_the_saves_on_the_stack() -> None:
    trace = run_scenario("depth-law", {"events": 3}, max_depth=3)
    spans = CallSpans(trace)
    for span, call in enumerate(spans.calls.tolist()):
        assert spans.levels[span] == trace.names_at(call).count("save_stack")


# -- marks and ticks ------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=300, unique=True).map(sorted),
    st.floats(0, 9000), st.floats(1, 10_000), st.integers(1, 500),
)  # fmt: skip
def test_no_mark_in_view_is_lost_at_any_zoom(
    positions: list[int], first: float, width: float, pixels: int
) -> None:
    axis = Axis(View(first, first + width), 5.0, float(pixels))
    where = np.array(positions, np.int32)
    (marks,) = visible_marks(axis, [(where, where.astype(np.float64))], 11.0)
    inside = [at for at in positions if first <= at <= first + width]
    assert marks.markers.sum() == len(inside)
    assert marks.first.tolist() == sorted(marks.first.tolist())
    assert set(marks.first.tolist()) <= set(inside)
    assert (np.abs(marks.x - axis.x_of(marks.first.astype(np.float64))) <= 1.0).all()
    assert ((marks.bars > 0) == (marks.room < 11.0)).all()
    assert ((marks.bars == 0) | ((marks.bars >= 0.5) & (marks.bars <= 1.0))).all()
    assert len(marks.symbols) == np.count_nonzero(marks.bars == 0)
    if inside:
        near = nearest_mark([marks], float(marks.x[0]), 0.5)
        assert near is not None
        assert near.first == marks.first[0]


@given(st.floats(1e-3, 1e9), st.integers(1, 40))
def test_ticks_are_round_and_not_too_many(span: float, most: int) -> None:
    step = tick_step(span, most)
    assert span / step <= most * 1.001
    assert round(step / 10 ** np.floor(np.log10(step) + 1e-9), 6) in (1, 2, 5, 10)


# -- rows -----------------------------------------------------------------------------------


@given(st.floats(8, 60), st.floats(6, 30))
def test_underscores_stay_on_their_row(high: float, text_px: float) -> None:
    baseline = baseline_in(high, text_px * 0.93, text_px)
    assert baseline + UNDERSCORE_EM * text_px <= high + 1e-9


@given(st.lists(st.integers(1, 200), min_size=1, max_size=6), st.floats(100, 2000))
def test_rows_that_fit_do_fit_and_do_not_overlap(depths: list[int], room: float) -> None:
    sizes = Sizes(row=19, least_row=0.5, head=20, gap=8, strip=18)
    layout = lay_rows(depths, room, sizes, fit=True)
    tops = [layout.top_of(row) for row in range(sum(depths))]
    assert all(b - a >= layout.row - 1e-6 for a, b in pairwise(tops))
    for row, top in enumerate(tops):
        assert layout.row_at(top + layout.row / 2) == row
    fixed = layout.height - sum(depths) * layout.row
    if fixed + sum(depths) * 0.5 <= room:
        assert layout.height <= room + 1e-6
    elif fixed + sum(depths) * 0.5 > room + 1:
        assert layout.row == pytest.approx(13.3), "what is scrolled anyway is to be readable"
    assert layout.rows_between(0, layout.height) == list(range(sum(depths)))
    read = lay_rows(depths, room, sizes, fit=False)
    assert read.row == 19
