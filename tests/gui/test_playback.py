"""Playing: a clock that calls seek. No sleeping: the clock is the test's."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.trace.events import Kind
from gui.playback import EVENTS_A_SECOND, HOLD, SPEEDS, Playback
from gui.session import Session


class FakeClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def playback(session: Session, clock: FakeClock) -> Playback:
    made = Playback(session, clock)
    # Ticks are the test's own.
    made._timer.setInterval(10**8)
    return made


def test_play_and_pause(session: Session, playback: Playback, qtbot: QtBot) -> None:
    with qtbot.waitSignal(playback.playing_changed) as got:
        playback.toggle()
    assert got.args == [True]
    with qtbot.waitSignal(playback.playing_changed) as got:
        playback.toggle()
    assert got.args == [False]


def test_events_come_at_their_pace(session: Session, playback: Playback, clock: FakeClock) -> None:
    playback.play()
    playback.tick()
    assert session.position == -1
    clock.now += 1.01 / EVENTS_A_SECOND
    playback.tick()
    assert session.position == 0
    clock.now += 3.0 / EVENTS_A_SECOND
    playback.tick()
    assert session.position == 3


def test_the_short_circuit_is_held(session: Session, playback: Playback, clock: FakeClock) -> None:
    assert session.trace is not None
    hit = int(session.trace.short_circuits[0])
    session.seek(hit)
    playback.play()
    clock.now += 0.9 * HOLD[Kind.SHORT_CIRCUITED] / EVENTS_A_SECOND
    playback.tick()
    assert session.position == hit
    clock.now += 0.2 * HOLD[Kind.SHORT_CIRCUITED] / EVENTS_A_SECOND
    playback.tick()
    assert session.position > hit


def test_it_stops_at_the_end_and_then_starts_over(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    assert session.trace is not None
    playback.play()
    clock.now += 1000
    playback.tick()
    assert session.position == len(session.trace) - 1
    assert not playback.playing
    playback.play()
    assert session.position == -1
    assert playback.playing
    playback.pause()


def test_speeds_have_ends(playback: Playback, qtbot: QtBot) -> None:
    for _ in range(20):
        playback.faster()
    assert playback.speed == SPEEDS[-1]
    with qtbot.assertNotEmitted(playback.speed_changed):
        playback.faster()
    for _ in range(20):
        playback.slower()
    assert playback.speed == SPEEDS[0]
    playback.set_speed(3.9)
    assert playback.speed == 4.0


def test_a_high_speed_skips_ahead(session: Session, playback: Playback, clock: FakeClock) -> None:
    session.open("depth-law")
    playback.set_speed(64)
    playback.play()
    clock.now += 1.0
    playback.tick()
    assert abs(session.position - 64 * EVENTS_A_SECOND) < 5
    playback.pause()


def test_a_new_run_pauses(session: Session, playback: Playback) -> None:
    playback.play()
    session.override(guard="uint")
    assert not playback.playing


def test_it_plays_to_a_place_and_no_further(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    playback.play_to(5)
    clock.now += 100
    playback.tick()
    assert (session.position, playback.playing) == (5, False)
    playback.play_to(3)
    assert (session.position, playback.playing) == (5, False)
    playback.play()
    clock.now += 2 / EVENTS_A_SECOND
    playback.tick()
    assert session.position > 5


def test_stops_on_the_way_to_a_place_do_not_count(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    assert session.trace is not None
    hit = int(session.trace.short_circuits[0])
    playback.set_speed(SPEEDS[-1])
    playback.play_to(hit + 2)
    clock.now += 1000
    playback.tick()
    assert session.position == hit + 2


def test_a_place_that_no_essential_event_reaches_is_reached(
    session: Session, playback: Playback, clock: FakeClock
) -> None:
    assert session.trace is not None
    session.set_essential_only(True)
    last = len(session.trace) - 1
    session.seek(last - 1)
    playback.play_to(last)
    clock.now += 1000
    playback.tick()
    assert session.position == last
