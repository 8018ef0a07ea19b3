"""Playing either way and stopping at stops, at any speed. The clock is the test's."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.trace.filters import essential_positions
from core.trace.stops import Stop, parse_stop
from gui.playback import EVENTS_A_SECOND, Playback
from gui.session import Session
from tests.gui.test_playback import FakeClock

SPEEDS = [1.0, 16.0, 64.0, 8192.0]
LONG_S = 10_000.0
"""Far more than the runs here take at a speed of 1."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def playback(session: Session, clock: FakeClock) -> Playback:
    """Over a run of some hundred events with several short-circuits."""
    assert session.open("depth-law")
    made = Playback(session, clock)
    made._timer.setInterval(10**8)
    return made


def hits_of(session: Session, *texts: str) -> list[int]:
    session.stops.replace([parse_stop(text) for text in texts])
    return [int(at) for at in session.stops.hits()]


def play_through(session: Session, playback: Playback, clock: FakeClock, way: int) -> list[int]:
    """Play from one end to the other, starting again at each stop; return where it stopped."""
    assert session.trace is not None
    end = len(session.trace) - 1 if way > 0 else -1
    session.seek(-1 if way > 0 else len(session.trace) - 1)
    stopped: list[int] = []
    playback.stopped_at.connect(lambda at, _stop: stopped.append(at))
    for _ in range(10_000):
        if way > 0:
            playback.play()
        else:
            playback.play_back()
        clock.now += LONG_S
        playback.tick()
        assert not playback.playing
        if not stopped or stopped[-1] != session.position or session.position == end:
            return stopped
    raise AssertionError("it never came to the end")


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("essential", [False, True])
@pytest.mark.parametrize("speed", SPEEDS)
def test_it_stops_at_every_stop(
    session: Session, playback: Playback, clock: FakeClock, speed: float, essential: bool, way: int
) -> None:
    hits = hits_of(session, "short-circuit", "recursion>=2", "order>=0")
    assert len(hits) > 20
    session.set_essential_only(essential)
    playback.set_speed(speed)
    assert play_through(session, playback, clock, way) == hits[::way]


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("speed", [1.0, 8192.0])
def test_a_stop_between_essential_events_is_not_jumped_over(
    session: Session, playback: Playback, clock: FakeClock, speed: float, way: int
) -> None:
    assert session.trace is not None
    hits = hits_of(session, "order>=0")
    assert not set(hits) & set(essential_positions(session.trace).tolist())
    session.set_essential_only(True)
    playback.set_speed(speed)
    assert play_through(session, playback, clock, way) == hits[::way]


@pytest.mark.parametrize("speed", [1.0, 8192.0])
def test_many_short_ticks_find_the_same_stops(
    session: Session, playback: Playback, clock: FakeClock, speed: float
) -> None:
    hits = hits_of(session, "short-circuit")[:3]
    playback.set_speed(speed)
    stopped: list[int] = []
    playback.stopped_at.connect(lambda at, _stop: stopped.append(at))
    while len(stopped) < 3:
        playback.play()
        clock.now += 0.016
        playback.tick()
        assert session.position <= hits[2]
    assert stopped == hits
    playback.pause()


def test_it_tells_where_and_why(
    session: Session, playback: Playback, clock: FakeClock, qtbot: QtBot
) -> None:
    [first, *_rest] = hits_of(session, "recursion>=2")
    playback.play()
    clock.now += LONG_S
    with qtbot.waitSignal(playback.stopped_at) as got:
        playback.tick()
    assert got.args == [first, Stop("recursion", 2)]
    assert session.position == first
    assert not playback.playing


def test_without_stops_it_tells_nothing(
    session: Session, playback: Playback, clock: FakeClock, qtbot: QtBot
) -> None:
    playback.play()
    clock.now += LONG_S
    with qtbot.assertNotEmitted(playback.stopped_at):
        playback.tick()
    assert session.trace is not None
    assert session.position == len(session.trace) - 1


def test_a_stop_that_is_off_does_not_stop(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    hits_of(session, "short-circuit off")
    playback.play()
    clock.now += LONG_S
    playback.tick()
    assert session.trace is not None
    assert session.position == len(session.trace) - 1


def test_a_stop_added_while_it_plays_stops_it(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    playback.play()
    clock.now += 5 / EVENTS_A_SECOND
    playback.tick()
    session.stops.add(parse_stop("short-circuit"))
    clock.now += LONG_S
    playback.tick()
    assert session.position == int(session.stops.hits()[0])


def test_playing_back_goes_back_at_its_pace(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    session.seek(6)
    playback.play_back()
    clock.now += 4 / EVENTS_A_SECOND
    playback.tick()
    assert 1 <= session.position <= 4
    assert playback.direction == -1
    playback.pause()


def test_playing_back_skips_at_a_high_speed(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    session.seek(600)
    playback.set_speed(64)
    playback.play_back()
    clock.now += 1.0
    playback.tick()
    assert abs(600 - session.position - 64 * EVENTS_A_SECOND) < 5
    playback.pause()


def test_playing_back_ends_at_the_start_and_then_begins_at_the_end(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    session.seek(10)
    playback.play_back()
    clock.now += LONG_S
    playback.tick()
    assert session.position == -1
    assert not playback.playing
    playback.play_back()
    assert session.trace is not None
    assert session.position == len(session.trace) - 1
    assert playback.playing
    playback.pause()


def test_turning_round_keeps_playing(session: Session, playback: Playback, qtbot: QtBot) -> None:
    session.seek(20)
    playback.play()
    with (
        qtbot.assertNotEmitted(playback.playing_changed),
        qtbot.waitSignal(playback.direction_changed) as got,
    ):
        playback.toggle_back()
    assert got.args == [-1]
    assert playback.playing
    playback.toggle_back()
    assert not playback.playing


def test_play_and_pause_stops_playing_back_too(session: Session, playback: Playback) -> None:
    session.seek(20)
    playback.play_back()
    playback.toggle()
    assert not playback.playing
    playback.resume()
    assert playback.playing
    assert playback.direction == -1
    playback.pause()


def test_playing_only_the_essential_ends(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    session.set_essential_only(True)
    playback.play()
    clock.now += LONG_S
    playback.tick()
    assert not playback.playing
    assert session.trace is not None
    assert session.position == essential_positions(session.trace)[-1]
    playback.play()
    assert session.position == -1
    playback.pause()
