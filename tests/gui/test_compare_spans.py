"""Calls on the common axis, and what two lanes have in common."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from core.compare.alignment import Alignment
from core.trace.events import Kind
from core.trace.trace import Trace
from gui.compare_spans import LaneSpans, lanes_on_axis, overlay_of
from gui.geometry.compare_overlay import BOTH, ONLY
from gui.geometry.compare_strips import Strip
from tests.runs import run_scenario


@cache
def run_of(scenario: str, guard: str, max_depth: int) -> Trace:
    return run_scenario(scenario, guard=guard, max_depth=max_depth)


def lanes(scenario: str, *guards: tuple[str, int]) -> tuple[list[LaneSpans], Alignment]:
    traces = [run_of(scenario, *guard) for guard in guards]
    alignment = Alignment(traces)
    return lanes_on_axis(traces, alignment), alignment


def shown(strip: Strip, kind: int, total: int) -> set[tuple[int, int]]:
    """Every (row, moment) that spans of a kind cover."""
    cells = set()
    index = strip.index
    for row in range(strip.n_rows):
        for span in strip.in_view(row, -1.0, float(total)):
            if index.categories[span] == kind:
                reach = range(int(index.starts[span]), int(index.ends[span]))
                cells |= {(row, moment) for moment in reach}
    return cells


@pytest.mark.parametrize("scenario", ["mail-chain", "two-tasks", "depot-growth"])
def test_a_lane_shows_its_stack_at_every_moment(scenario: str) -> None:
    found, alignment = lanes(scenario, ("uint", 2), ("bit1", 1))
    for lane, spans in enumerate(found):
        trace, one_task = spans.trace, len(spans.trace.info.tasks) == 1
        waits = set()
        for start, end in zip(*spans.waits, strict=True):
            waits |= set(range(start, end))
        for moment in range(0, alignment.moments, 7):
            position = alignment.positions_at(moment)[lane]
            over = position == len(trace) - 1 and moment in waits
            if one_task and not over:
                names = [spans.name_at(row, moment) for row in range(spans.depth)]
                assert [name for name in names if name] == trace.names_at(position)
        moved = {alignment.moment_of(lane, position) for position in range(len(trace))}
        assert waits == set(range(alignment.moments)) - moved


def test_two_tasks_lie_one_below_the_other() -> None:
    (spans, _), alignment = lanes("two-tasks", ("uint", 1), ("bit1", 1))
    trace = spans.trace
    depths = spans.spans.depths
    moment = alignment.moment_of(0, next(p for p in range(len(trace)) if trace.task_at(p) == 1) + 3)
    position = alignment.positions_at(moment)[0]
    names = [spans.name_at(depths[0] + row, moment) for row in range(depths[1])]
    assert [name for name in names if name] == trace.names_at(position)


def test_the_same_lane_twice_has_everything_in_common() -> None:
    (one, other), alignment = lanes("mail-chain", ("uint", 2), ("uint", 2))
    found = overlay_of(one, other)
    assert found.only == (0, 0)
    assert found.both == len(one.spans)
    assert not shown(found.upper, ONLY, alignment.moments)
    assert shown(found.upper, BOTH, alignment.moments) == shown(
        found.lower, BOTH, alignment.moments
    )


def test_lanes_have_in_common_what_they_did_before_they_parted() -> None:
    (uint, bit1), alignment = lanes("mail-chain", ("uint", 2), ("bit1", 2))
    found = overlay_of(uint, bit1)
    (parting,) = alignment.partings
    only = [shown(index, ONLY, alignment.moments) for index in (found.upper, found.lower)]
    assert all(moment >= parting.moment for cells in only for _, moment in cells)
    assert found.only[1] > found.only[0] > 0
    assert found.both + found.only[0] == len(uint.spans)
    before = {cell for cell in shown(found.upper, BOTH, alignment.moments)
              if cell[1] < parting.moment}  # fmt: skip
    below = {cell for cell in shown(found.lower, BOTH, alignment.moments)
             if cell[1] < parting.moment}  # fmt: skip
    assert before == below


def test_each_half_shows_all_calls_of_its_lane() -> None:
    (uint, bit1), alignment = lanes("depth-law", ("uint", 2), ("bit1", 1))
    found = overlay_of(uint, bit1)
    for half, lane in ((found.upper, uint), (found.lower, bit1)):
        total = alignment.moments
        whole = shown(half, BOTH, total) | shown(half, ONLY, total)
        assert not shown(half, BOTH, total) & shown(half, ONLY, total)
        cells = set()
        for span in range(len(lane.spans)):
            reach = range(int(lane.starts[span]), int(lane.ends[span]))
            cells |= {(int(lane.rows[span]), moment) for moment in reach}
        assert whole == cells


def test_a_third_lane_does_not_change_what_two_have_in_common() -> None:
    (uint, bit1), _ = lanes("mail-chain", ("uint", 2), ("bit1", 2))
    (first, second, _), _ = lanes("mail-chain", ("uint", 2), ("bit1", 2), ("scan", 1))
    alone, beside = overlay_of(uint, bit1), overlay_of(first, second)
    assert (alone.both, alone.only) == (beside.both, beside.only)


def test_marks_are_at_the_moments_of_their_events() -> None:
    (uint, bit1), alignment = lanes("mail-chain", ("uint", 2), ("bit1", 2))
    hits = uint.trace.short_circuits
    expected = alignment.moments_of(0, hits)
    assert uint.marks[Kind.SHORT_CIRCUITED].tolist() == expected.tolist()
    assert bit1.marks[Kind.STOPPED].tolist() == [alignment.moment_of(1, len(bit1.trace) - 1)]
    assert np.array_equal(bit1.marks[Kind.SHORT_CIRCUITED], np.empty(0, np.int64))
