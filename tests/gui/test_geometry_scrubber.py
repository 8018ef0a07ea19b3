"""The scrubber's numbers: a position and its place, marks that are never lost, the outline."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.trace.trace import Trace
from gui.geometry import scrubber as geometry
from gui.geometry.scrubber import (
    HIT,
    LEAST_BAR,
    STOP,
    WARNING,
    Track,
    bar,
    large_step,
    mark_near,
    marker_lanes,
    marks,
    parse_position,
    stack_outline,
)
from tests.runs import run_scenario

EVENTS = st.integers(1, 20_000_000)
WIDTHS = st.floats(1, 4000)


@given(EVENTS, WIDTHS, st.floats(0, 100), st.data())
def test_a_position_survives_the_way_to_its_place_and_back(
    events: int, width: float, left: float, data: st.DataObject
) -> None:
    track = Track(left, width, events)
    position = data.draw(st.integers(-1, events - 1))
    assert track.position_at(track.x_of(position)) == position


@given(EVENTS, WIDTHS, st.floats(-100, 5000), st.floats(-100, 5000))
def test_further_right_is_never_earlier(events: int, width: float, a: float, b: float) -> None:
    track = Track(10, width, events)
    assert track.position_at(min(a, b)) <= track.position_at(max(a, b))


@given(EVENTS, WIDTHS, st.floats(0, 1))
def test_a_place_and_the_position_there_are_at_most_half_a_step_apart(
    events: int, width: float, share: float
) -> None:
    track = Track(0, width, events)
    x = share * width
    assert abs(track.x_of(track.position_at(x)) - x) <= width / events / 2 + 1e-6


def test_the_ends_are_the_ends() -> None:
    track = Track(12, 1000, 116)
    assert (track.x_of(-1), track.x_of(115)) == (12, 1012)
    assert (track.position_at(-50), track.position_at(9999)) == (-1, 115)


def test_an_empty_run_and_a_widget_without_width_have_one_moment() -> None:
    assert Track(0, 100, 0).position_at(50) == -1
    assert Track(0, 0, 116).position_at(50) == -1


@given(st.integers(1, 5000), st.sets(st.integers(0, 4999), min_size=1), st.integers(1, 300))
def test_no_marker_is_ever_lost(events: int, wanted: set[int], columns: int) -> None:
    positions = np.array(sorted(at for at in wanted if at < events), np.int32)
    track = Track(7, columns * 1.5, events)
    found = marks(track, [positions], columns, 10)
    assert sum(mark.markers for mark in found) == len(positions)
    assert {mark.first for mark in found} <= set(positions.tolist())
    assert all(a.x < b.x for a, b in pairwise(found))
    for mark in found:
        assert track.left <= mark.x <= track.left + track.width
        column = track.column_of(mark.first, columns)
        inside = [at for at in positions.tolist() if track.column_of(at, columns) == column]
        assert (mark.first, mark.markers) == (inside[0], len(inside))


def test_marks_with_room_are_symbols_at_their_exact_place() -> None:
    track = Track(0, 1000, 100)
    found = marks(track, [np.array([9, 49], np.int32)], 1000, 12)
    assert [(mark.x, mark.bar) for mark in found] == [(100, 0), (500, 0)]


def test_dense_marks_are_bars_as_tall_as_there_are_many() -> None:
    few, many = np.arange(0, 10), np.arange(100, 200)
    found = marks(Track(0, 20, 200), [np.concatenate([few, many]).astype(np.int32)], 20, 10)
    assert all(mark.bar >= LEAST_BAR for mark in found)
    assert max(found, key=lambda mark: mark.markers).bar == 1
    assert bar(1, 1) == bar(1, 9) == LEAST_BAR
    assert LEAST_BAR < bar(3, 9) < bar(9, 9) == 1


def test_the_lanes_tell_hits_warnings_and_the_end_apart() -> None:
    hits, warnings, stops = marker_lanes(run_scenario("mail-chain"))
    assert (hits.tolist(), warnings.tolist(), stops.tolist()) == ([35], [], [])
    overflow = run_scenario("no-guard-overflow")
    assert [lane.tolist() for lane in marker_lanes(overflow)] == [[], [], [len(overflow) - 1]]


def test_the_nearest_mark_is_found_within_reach_and_the_end_counts_most() -> None:
    track, one = Track(0, 100, 100), np.array([49], np.int32)
    found = marks(track, [one, np.array([], np.int32), one], 100, 8)
    assert {mark.lane for mark in found} == {HIT, STOP}
    near = mark_near(found, 53, 6)
    assert near is not None
    assert (near.first, near.lane) == (49, STOP)
    assert mark_near(found, 60, 6) is None
    assert mark_near([], 60, 6) is None
    assert WARNING not in {mark.lane for mark in found}


def used_bytes(trace: Trace) -> list[int]:
    at = [trace.frames_at(position) for position in range(len(trace))]
    return [0, *(frames[-1].used_bytes if frames else 0 for frames in at)]


@pytest.mark.parametrize("name", ["mail-chain", "no-guard-overflow", "two-tasks"])
def test_the_outline_of_a_short_run_is_its_stack_at_every_moment(name: str) -> None:
    trace = run_scenario(name)
    outline = stack_outline(trace)
    assert outline.block == 1
    assert outline.most.tolist() == outline.least.tolist() == used_bytes(trace)
    assert outline.peak == max(used_bytes(trace))


@pytest.mark.parametrize("name", ["depth-law", "two-tasks"])
def test_a_coarser_outline_encloses_the_stack(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = run_scenario(name)
    monkeypatch.setattr(geometry, "MAX_BLOCKS", 64)
    monkeypatch.setattr(geometry, "CHUNK_EVENTS", 128)
    outline = stack_outline(trace)
    used = used_bytes(trace)
    assert outline.block > 1
    assert (outline.least[0], outline.most[0]) == (0, 0)
    for at in range(1, len(outline.most)):
        block = used[1 + (at - 1) * outline.block : 1 + at * outline.block]
        assert (outline.least[at], outline.most[at]) == (min(block), max(block))


@pytest.mark.parametrize("columns", [1, 7, 100, 2000])
def test_the_columns_show_every_moment_and_never_lose_the_peak(columns: int) -> None:
    outline = stack_outline(run_scenario("mail-chain"))
    least, most = outline.columns(columns)
    assert len(least) == len(most) == columns
    assert max(most) == outline.peak
    assert all(low <= high for low, high in zip(least, most, strict=True))
    if columns >= len(outline.most):
        assert set(most) == set(outline.most[:-1].tolist())


def test_a_larger_step_is_ten_events_or_a_fiftieth_of_a_long_run() -> None:
    assert [large_step(events) for events in (1, 116, 500, 2682, 20_000_000)] == [
        10, 10, 10, 53, 400_000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("36", 35), (" 1 ", 0), ("0", -1), ("116", 115), ("50%", 57), ("50 %", 57), ("100%", 115),
        ("1_1", 10), ("1,1", 10), ("117", None), ("-1", None), ("", None), ("save", None),
        ("nan%", None), ("1e9%", None), ("3.5", None),
    ],
)  # fmt: skip
def test_typed_positions(text: str, position: int | None) -> None:
    assert parse_position(text, 116) == position
