"""One cursor over several runs: steps, markers, partings, and the clock that plays it."""

from __future__ import annotations

from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from core.compare.lanes import Lane
from core.trace import stepping
from core.trace.events import Kind
from core.trace.filters import marker_positions
from gui.compare_cursor import MomentCursor, Moments
from gui.compare_session import CompareSession
from gui.playback import Playback
from gui.session import Session
from gui.viewport import Viewport
from tests.gui.compare_stands import compared


@pytest.fixture
def three(qtbot: QtBot) -> CompareSession:
    return compared(qtbot)


def moments_of(session: CompareSession) -> Moments:
    assert session.cursor.trace is not None
    return session.cursor.trace


def test_it_stays_inside_its_moments(three: CompareSession) -> None:
    total = len(moments_of(three))
    three.seek(10**9)
    assert three.moment == total - 1
    three.seek(-5)
    assert three.moment == -1
    three.step(3)
    assert three.moment == 2
    three.cursor.seek_fraction(5)
    assert three.moment == total // 2
    three.cursor.seek_fraction(0)
    assert three.moment == -1


def test_an_empty_cursor_goes_nowhere(qtbot: QtBot) -> None:
    cursor = MomentCursor()
    with qtbot.assertNotEmitted(cursor.position_changed):
        cursor.seek(3)
        cursor.step(1)
        cursor.step_over()
        cursor.next_marker()
        cursor.previous_marker()
        cursor.next_parting()
        cursor.seek_fraction(4)
    assert cursor.position == -1


def test_markers_are_those_of_all_lanes_and_the_partings(three: CompareSession) -> None:
    assert three.alignment is not None
    expected = {int(parting.moment) for parting in three.alignment.partings}
    for lane, trace in enumerate(three.traces):
        expected |= set(three.alignment.moments_of(lane, marker_positions(trace)).tolist())
    seen = []
    three.seek(-1)
    for _ in expected:
        three.next_marker()
        seen.append(three.moment)
    assert seen == sorted(expected)
    three.next_marker()
    assert three.moment == len(moments_of(three)) - 1
    three.seek(seen[2])
    three.previous_marker()
    assert three.moment == seen[1]
    three.seek(seen[0])
    three.previous_marker()
    assert three.moment == -1


def test_partings_are_gone_through_and_the_last_one_is_the_last(qtbot: QtBot) -> None:
    session = compared(qtbot, (Lane("uint", 1), Lane("uint", 2)), "depth-law")
    assert session.alignment is not None
    partings = [parting.moment for parting in session.alignment.partings]
    assert len(partings) > 2
    session.seek(-1)
    seen = []
    for _ in partings:
        session.next_parting()
        seen.append(session.moment)
    assert seen == partings
    with qtbot.assertNotEmitted(session.moment_changed):
        session.next_parting()
    session.previous_parting()
    assert session.moment == partings[-2]


@pytest.mark.parametrize("name", ["step_in", "step_over", "step_out"])
def test_a_step_goes_to_the_first_lane_that_has_made_it(three: CompareSession, name: str) -> None:
    assert three.alignment is not None
    for start in (-1, 10, 40, three.moment, 120):
        three.seek(start)
        here = three.moment
        targets = [
            three.alignment.moment_of(lane, getattr(stepping, name)(view.trace, view.position))
            for lane, view in enumerate(three.views)
        ]
        getattr(three.cursor, name)()
        assert three.moment == min(t for t in targets if t > here)
        getattr(three.cursor, f"{name}_back")()
        assert three.moment < min(t for t in targets if t > here)


def test_essential_steps_skip_what_is_hidden(three: CompareSession) -> None:
    three.cursor.set_essential_only(True)
    essential = moments_of(three).essential.tolist()
    three.seek(essential[3])
    three.step(2)
    assert three.moment == essential[5]
    three.step(-4)
    assert three.moment == essential[1]
    three.step(-2)
    assert three.moment == -1
    three.seek(essential[3] + 1)
    assert three.cursor.position_after(0) == essential[3] + 1
    three.step(10**6)
    assert three.moment == essential[-1], "the last of them, as in a single run"


def test_a_moment_is_held_like_the_weightiest_event_in_it(three: CompareSession) -> None:
    moments, alignment = moments_of(three), three.alignment
    assert alignment is not None
    hit = alignment.moment_of(0, int(three.traces[0].short_circuits[0]))
    assert moments.kind(hit) is Kind.SHORT_CIRCUITED
    assert moments.kind(alignment.partings[0].moment) is Kind.SHORT_CIRCUITED
    stop = alignment.moment_of(1, len(three.traces[1]) - 1)
    assert moments.kind(stop) is Kind.STOPPED
    assert moments.kind(0) is three.traces[0].kind(0)


class FakeClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_clock_plays_moments_both_ways(three: CompareSession) -> None:
    clock = FakeClock()
    playback = Playback(cast("Session", three.cursor), clock)
    three.seek(3)
    playback.set_speed(64)
    playback.play()
    clock.now += 0.1
    playback.tick()
    assert three.moment > 5
    ahead = three.moment
    playback.play_back()
    clock.now += 0.05
    playback.tick()
    assert three.moment < ahead
    three.seek(len(moments_of(three)) - 2)
    playback.play()
    clock.now += 5
    playback.tick()
    assert three.moment == len(moments_of(three)) - 1
    assert not playback.playing


def test_other_runs_pause_the_clock(qtbot: QtBot, three: CompareSession) -> None:
    playback = Playback(cast("Session", three.cursor), FakeClock())
    three.seek(3)
    playback.play()
    with qtbot.waitSignal(three.traces_changed):
        three.change_lane(0, max_depth=1)
    assert not playback.playing


def test_a_viewport_looks_at_moments(qtbot: QtBot, three: CompareSession) -> None:
    viewport = Viewport(cast("Session", three.cursor))
    total = len(moments_of(three))
    assert (viewport.bounds.first, viewport.bounds.last) == (-1.0, float(total))
    viewport.show(10.0, 20.0)
    with qtbot.waitSignal(three.traces_changed):
        three.change_lane(0, max_depth=1)
    assert (viewport.view.first, viewport.view.last) == (10.0, 20.0)
