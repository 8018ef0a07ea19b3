"""What is in view: the same events on both axes, and a way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from gui.geometry.axis import View
from gui.runner import Runner
from gui.session import Session
from gui.viewport import LEAST_EVENTS, Viewport


@pytest.fixture
def viewport(session: Session) -> Viewport:
    return Viewport(session)


def events(session: Session) -> int:
    assert session.trace is not None
    return len(session.trace)


def test_it_begins_with_the_whole_run(session: Session, viewport: Viewport) -> None:
    assert viewport.view == viewport.bounds == View(-1.0, float(events(session)))
    assert viewport.seen == (-1, events(session) - 1)


@pytest.mark.parametrize("mode", ["order", "time"])
def test_every_position_has_a_place_and_comes_back_from_it(
    session: Session, viewport: Viewport, mode: str
) -> None:
    viewport.set_mode(mode)
    before = viewport.bounds.first
    for position in range(-1, events(session)):
        first, last = viewport.cell(position)
        assert first == before
        assert first < last <= viewport.bounds.last
        assert viewport.position_at(viewport.middle_of(position)) == position
        before = last
    assert before == viewport.bounds.last
    positions = np.arange(events(session), dtype=np.int32)
    assert viewport.values_of(positions).tolist() == [
        viewport.value_of(at) for at in positions.tolist()
    ]


@pytest.mark.parametrize("way", [("order", "time"), ("time", "order")])
def test_another_axis_shows_the_same_events(
    viewport: Viewport, way: tuple[str, str], qtbot: QtBot
) -> None:
    viewport.set_mode(way[0])
    viewport.show_positions(20, 60)
    assert viewport.seen == (20, 60)
    with qtbot.waitSignal(viewport.changed):
        viewport.set_mode(way[1])
    assert viewport.seen == (20, 60)


@given(st.lists(st.tuples(st.floats(0.05, 20), st.floats(-50, 200)), max_size=12))
def test_zooming_stays_inside_and_keeps_the_point(steps: list[tuple[float, float]]) -> None:
    session = Session(Runner())
    assert session.open("mail-chain")
    viewport = Viewport(session)
    for factor, at in steps:
        before = viewport.view
        viewport.zoom(factor, at)
        view = viewport.view
        assert viewport.bounds.holds(view)
        assert view.width >= min(LEAST_EVENTS, before.width) - 1e-9
        wanted = before.zoomed(factor, at)
        if viewport.bounds.holds(wanted) and wanted.width >= LEAST_EVENTS:
            assert view.first == pytest.approx(wanted.first)
            assert view.last == pytest.approx(wanted.last)


def test_back_goes_through_what_was_looked_at(viewport: Viewport) -> None:
    whole = viewport.view
    viewport.show_positions(10, 80)
    second = viewport.view
    viewport.show_positions(30, 40)
    assert viewport.back()
    assert viewport.view == second
    assert viewport.back()
    assert viewport.view == whole
    assert not viewport.back()


def test_a_burst_of_zooms_is_one_move_to_go_back_from(viewport: Viewport) -> None:
    viewport.show_positions(10, 80)
    before = viewport.view
    for _ in range(5):
        viewport.zoom(0.8, 40.0)
        viewport.pan(0.1)
    assert viewport.back()
    assert viewport.view == before
    viewport.drag_to(20.0, 30.0)
    viewport.drag_to(25.0, 35.0)
    assert viewport.back()
    assert viewport.view == before


@pytest.mark.parametrize("mode", ["order", "time"])
def test_back_leads_somewhere_where_the_run_became_shorter(
    session: Session, viewport: Viewport, mode: str
) -> None:
    assert session.open("depth-law")
    assert session.override(max_depth=3)
    viewport.set_mode(mode)
    last = events(session) - 1
    viewport.show_positions(last - 60, last - 20)
    viewport.show_positions(2, 50)
    assert session.override(max_depth=1)
    assert events(session) < last - 60
    while viewport.back():
        assert viewport.bounds.holds(viewport.view)
    assert viewport.view == viewport.bounds


def test_back_leads_to_the_whole_run_at_last(viewport: Viewport) -> None:
    viewport.zoom(0.2, 50.0)
    assert viewport.back()
    assert viewport.view == viewport.bounds


def test_revealing_moves_only_where_needed(viewport: Viewport) -> None:
    viewport.show_positions(10, 30)
    view = viewport.view
    viewport.reveal(20)
    assert viewport.view == view
    viewport.reveal(90)
    assert viewport.view.width == view.width
    assert viewport.view.first < 90 < viewport.view.last


def test_another_guard_keeps_the_view_and_another_scenario_does_not(
    session: Session, viewport: Viewport
) -> None:
    viewport.show_positions(10, 30)
    assert session.override(max_depth=2)
    assert viewport.seen == (10, 30)
    assert session.open("two-tasks")
    assert viewport.view == viewport.bounds
    assert viewport.bounds.last == events(session)


def test_the_crosshair_tells_only_of_changes(viewport: Viewport, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewport.crosshair_moved):
        viewport.set_crosshair(12.5)
    with qtbot.assertNotEmitted(viewport.crosshair_moved):
        viewport.set_crosshair(12.5)
    assert viewport.crosshair == 12.5
