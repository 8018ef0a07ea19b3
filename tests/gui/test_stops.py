"""The session's stops: what there is, what is kept, and where it is hit."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.scenario.loader import open_scenario
from core.trace.stops import Stop, format_stop, parse_stop
from gui.runner import Runner
from gui.session import Session
from gui.settings import MAX_SCENARIOS_WITH_STOPS, Settings

SHORT = Stop("short_circuit")
DEEP = Stop("recursion", 2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "ownerscope.ini")


def scenario_with(path: Path, stops: str, name: str = "mail-chain") -> Path:
    text = open_scenario(name).text
    path.write_text(text.replace("[kernel]", f"stops = {stops}\n\n[kernel]", 1), "utf-8")
    return path


def fresh(settings: Settings, opened: str) -> Session:
    session = Session(Runner())
    session.stops.keep_in(settings)
    assert session.open(opened)
    return session


def texts(session: Session) -> list[str]:
    return [format_stop(stop) for stop in session.stops.listed]


# -- the list -------------------------------------------------------------------------------------


def test_stops_are_added_once_and_in_order(session: Session, qtbot: QtBot) -> None:
    stops = session.stops
    with qtbot.waitSignal(stops.changed):
        stops.add(SHORT)
    stops.add(DEEP)
    with qtbot.assertNotEmitted(stops.changed):
        stops.add(SHORT)
    assert texts(session) == ["short-circuit", "recursion>=2"]


def test_adding_what_is_off_turns_it_on(session: Session) -> None:
    stops = session.stops
    stops.replace([SHORT.switched(False), DEEP])
    stops.add(SHORT)
    assert texts(session) == ["short-circuit", "recursion>=2"]


def test_toggle_remove_and_clear(session: Session) -> None:
    stops = session.stops
    stops.replace([SHORT, DEEP])
    stops.toggle(SHORT)
    assert texts(session) == ["short-circuit off", "recursion>=2"]
    assert not len(stops.hits())
    stops.toggle(SHORT.switched(False))
    assert len(stops.hits()) == 1
    stops.remove(SHORT)
    assert texts(session) == ["recursion>=2"]
    stops.clear()
    assert texts(session) == []


def test_a_function_is_toggled_by_name(session: Session) -> None:
    stops = session.stops
    stops.toggle_function("save_stack")
    assert texts(session) == ["function:save_stack"]
    stops.toggle_function("save_stack")
    assert texts(session) == []


def test_the_function_at_the_cursor_is_toggled(session: Session) -> None:
    session.stops.toggle_here()  # no frame yet: nothing happens
    assert texts(session) == []
    assert session.trace is not None
    session.seek(int(session.trace.short_circuits[0]))
    session.stops.toggle_here()
    assert texts(session) == ["function:save_stack"]
    session.select_frame(0)
    session.stops.toggle_here()
    outermost = session.frames()[0].function.name
    assert texts(session) == ["function:save_stack", f"function:{outermost}"]
    session.stops.toggle_here()
    assert texts(session) == ["function:save_stack"]


# -- hits -----------------------------------------------------------------------------------------


def test_next_and_previous_hit(session: Session) -> None:
    session.stops.replace([SHORT, parse_stop("function:save_stack")])
    first, second, third = (int(at) for at in session.stops.hits())
    assert session.stops.next(-1) == first
    assert session.stops.next(first) == second
    assert session.stops.next(third) is None
    assert session.stops.previous(third) == second
    assert session.stops.previous(first) is None
    assert session.stops.at(third) == SHORT
    assert session.stops.at(third - 1) is None
    assert session.stops.count(SHORT) == 1


def test_without_a_run_nothing_is_hit(qtbot: QtBot) -> None:
    stops = Session(Runner()).stops
    stops.add(SHORT)
    assert stops.next(-1) is None
    assert stops.previous(5) is None
    assert stops.count(SHORT) == 0


def test_another_run_has_other_hits(session: Session, qtbot: QtBot) -> None:
    session.stops.add(SHORT)
    assert session.stops.count(SHORT) == 1
    with qtbot.waitSignal(session.stops.changed):
        session.override(guard="none")
    assert session.stops.count(SHORT) == 0
    assert session.stops.next(-1) is None


# -- what a scenario brings along, and what is kept -----------------------------------------------


def test_a_scenario_brings_its_stops_along(tmp_path: Path, session: Session) -> None:
    session.stops.add(Stop("warning"))
    path = scenario_with(tmp_path / "mine.toml", '["recursion>=2", "short-circuit"]')
    assert session.open(str(path))
    assert texts(session) == ["recursion>=2", "short-circuit"]
    assert session.open("quiet-kmalloc")
    assert texts(session) == []


def test_another_guard_keeps_the_stops(session: Session) -> None:
    session.stops.add(SHORT)
    session.override(guard="uint")
    assert texts(session) == ["short-circuit"]


def test_the_stops_follow_the_file_when_it_is_edited(tmp_path: Path, session: Session) -> None:
    path = scenario_with(tmp_path / "mine.toml", '["short-circuit"]')
    assert session.open(str(path))
    scenario_with(path, '["recursion>=2"]')
    assert session.reload()
    assert texts(session) == ["recursion>=2"]


def test_own_stops_are_kept_for_their_scenario(settings: Settings) -> None:
    session = fresh(settings, "mail-chain")
    session.stops.replace([SHORT, DEEP.switched(False)])
    assert session.open("quiet-kmalloc")
    assert texts(session) == []
    settings.sync()
    again = fresh(Settings(settings.path), "mail-chain")
    assert texts(again) == ["short-circuit", "recursion>=2 off"]


def test_own_stops_take_the_place_of_the_scenarios(tmp_path: Path, settings: Settings) -> None:
    path = str(scenario_with(tmp_path / "mine.toml", '["short-circuit"]'))
    session = fresh(settings, path)
    session.stops.clear()
    assert texts(fresh(settings, path)) == []
    session.stops.add(SHORT)
    assert settings.stops(path) is None  # what the scenario says anyway is not the user's own
    scenario_with(tmp_path / "mine.toml", '["recursion>=2"]')
    assert texts(fresh(settings, path)) == ["recursion>=2"]


def test_a_relative_path_is_the_same_scenario(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scenario_with(tmp_path / "mine.toml", "[]")
    fresh(settings, str(path)).stops.add(SHORT)
    monkeypatch.chdir(tmp_path)
    assert texts(fresh(settings, "mine.toml")) == ["short-circuit"]


def test_settings_that_come_late_are_read(settings: Settings) -> None:
    settings.set_stops("mail-chain", ["short-circuit"])
    session = Session(Runner())
    assert session.open("mail-chain")
    session.stops.keep_in(settings)
    assert texts(session) == ["short-circuit"]


@pytest.mark.parametrize(
    "damaged",
    ["{", "[]", "7", '{"mail-chain": "short-circuit"}', '{"mail-chain": [7]}', "[" * 9999],
)
def test_damaged_settings_read_as_none(settings: Settings, damaged: str) -> None:
    settings._store.setValue("stops/by_scenario", damaged)
    assert settings.stops("mail-chain") is None
    session = fresh(settings, "mail-chain")
    session.stops.add(SHORT)
    assert settings.stops("mail-chain") == ["short-circuit"]


def test_a_stop_nobody_knows_is_left_out(settings: Settings) -> None:
    settings.set_stops("mail-chain", ["moon==full", "short-circuit", "short-circuit off"])
    assert texts(fresh(settings, "mail-chain")) == ["short-circuit"]


def test_the_oldest_are_forgotten(settings: Settings) -> None:
    for number in range(MAX_SCENARIOS_WITH_STOPS + 1):
        settings.set_stops(f"/tmp/{number}.toml", ["warning"])
    assert settings.stops("/tmp/0.toml") is None
    assert settings.stops("/tmp/1.toml") == ["warning"]
