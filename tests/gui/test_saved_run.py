"""A run in a file: the same moment, range, stops and guard when it is opened again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from core.errors import TraceFileError
from core.scenario.loader import open_scenario
from core.trace import file as trace_file
from core.trace.stops import format_stop, parse_stop
from gui.geometry.axis import View
from gui.playback import Playback
from gui.runner import Runner
from gui.saved_run import (
    SUFFIX,
    VERSION,
    RunSaver,
    is_saved_run,
    open_run,
    open_saved_run,
    restore,
    save_run,
    workspace_of,
)
from gui.session import Session
from gui.viewport import Viewport
from tests.gui.test_playback import FakeClock

STOPS = ["recursion>=2", "short-circuit off", "function:save_stack"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / f"mine{SUFFIX}"


@pytest.fixture
def looked_at(session: Session) -> Session:
    """A run with another guard and parameter, in the middle, with a range and stops."""
    assert session.open("depth-law")
    assert session.set_parameter("events", 3)
    assert session.override(guard="bit2", max_depth=3)
    session.set_essential_only(True)
    session.select_range(20, 90)
    session.stops.replace([parse_stop(text) for text in STOPS])
    session.seek(77)
    return session


@pytest.fixture
def fresh(qtbot: QtBot) -> Session:
    return Session(Runner())


def texts(session: Session) -> list[str]:
    return [format_stop(stop) for stop in session.stops.listed]


def said_by(session: Session) -> list[str]:
    said: list[str] = []
    session.warned.connect(said.append)
    session.failed.connect(said.append)
    return said


def problem_of(path: Path) -> str:
    with pytest.raises(TraceFileError) as caught:
        open_run(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# -- there and back -------------------------------------------------------------------------------


def test_a_saved_run_is_the_same_when_it_is_opened(
    looked_at: Session, fresh: Session, path: Path
) -> None:
    save_run(looked_at, path, workspace_of(looked_at))
    said = said_by(fresh)
    assert open_saved_run(fresh, path)
    assert not said
    assert fresh.trace is not None
    assert looked_at.trace is not None
    assert fresh.trace.codes.tolist() == looked_at.trace.codes.tolist()
    assert fresh.position == 77
    assert fresh.range == (20, 90)
    assert fresh.essential_only
    assert texts(fresh) == STOPS
    assert fresh.plan is not None
    assert fresh.plan.scenario.guard.design == "bit2"
    assert fresh.parameter("events") == 3
    assert fresh.frames() == looked_at.frames()


def test_the_moment_comes_after_the_run(
    looked_at: Session, fresh: Session, path: Path, qtbot: QtBot
) -> None:
    save_run(looked_at, path, workspace_of(looked_at))
    with qtbot.waitSignals([fresh.source_changed, fresh.trace_changed, fresh.range_changed]):
        open_saved_run(fresh, path)
    with qtbot.assertNotEmitted(fresh.run_started):
        assert open_saved_run(fresh, path)


def test_an_opened_run_can_be_changed_and_run_again(
    looked_at: Session, fresh: Session, path: Path
) -> None:
    save_run(looked_at, path, workspace_of(looked_at))
    assert open_saved_run(fresh, path)
    before = fresh.trace
    fresh.rerun()
    assert fresh.trace is not before
    assert fresh.trace is not None
    assert looked_at.trace is not None
    assert fresh.trace.codes.tolist() == looked_at.trace.codes.tolist()
    assert fresh.override(guard="uint")
    assert fresh.trace.info.guard.design == "uint"
    assert texts(fresh) == STOPS
    assert fresh.set_parameter("events", 5)


def test_the_scenarios_file_need_not_be_there_any_more(
    session: Session, fresh: Session, path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(open_scenario("two-tasks").text, "utf-8")
    assert session.open(str(file))
    save_run(session, path, workspace_of(session))
    file.unlink()
    assert open_saved_run(fresh, path)
    assert fresh.override(guard="uint")
    assert fresh.trace is not None
    assert fresh.trace.info.guard.design == "uint"


def test_the_view_is_restored_on_both_axes(looked_at: Session, fresh: Session, path: Path) -> None:
    view, other = Viewport(looked_at), Viewport(fresh)
    view.set_mode("time")
    view.show(100.0, 400.0)
    save_run(looked_at, path, workspace_of(looked_at, view))
    assert open_saved_run(fresh, path, other)
    assert other.mode == "time"
    assert other.view == view.view == View(100.0, 400.0)


def test_playing_goes_on_from_a_saved_moment(
    looked_at: Session, fresh: Session, path: Path
) -> None:
    save_run(looked_at, path, workspace_of(looked_at))
    clock = FakeClock()
    playback = Playback(fresh, clock)
    playback._timer.setInterval(10**8)
    assert open_saved_run(fresh, path)
    stop = fresh.stops.next(77)
    playback.play()
    clock.now += 10_000
    playback.tick()
    assert fresh.position == stop


def test_opening_does_not_make_the_stops_the_users_own(
    looked_at: Session, fresh: Session, path: Path, tmp_path: Path
) -> None:
    from gui.settings import Settings

    settings = Settings(tmp_path / "ownerscope.ini")
    fresh.stops.keep_in(settings)
    save_run(looked_at, path, workspace_of(looked_at))
    assert open_saved_run(fresh, path)
    assert texts(fresh) == STOPS
    assert settings.stops("depth-law") is None
    fresh.stops.add(parse_stop("warning"))
    assert settings.stops("depth-law") is None, "what one changes here belongs to the saved run"
    assert fresh.override(max_depth=1)
    assert texts(fresh) == [*STOPS, "warning"], "another guard keeps them"


def test_the_scenario_itself_has_the_users_own_stops_again(
    looked_at: Session, fresh: Session, path: Path, tmp_path: Path
) -> None:
    from gui.settings import Settings

    settings = Settings(tmp_path / "ownerscope.ini")
    settings.set_stops("depth-law", ["recursion>=3", "warning"])
    fresh.stops.keep_in(settings)
    save_run(looked_at, path, workspace_of(looked_at))
    assert open_saved_run(fresh, path)
    assert texts(fresh) == STOPS
    assert fresh.open("depth-law")
    assert texts(fresh) == ["recursion>=3", "warning"]
    fresh.stops.add(parse_stop("short-circuit"))
    assert settings.stops("depth-law") == ["recursion>=3", "warning", "short-circuit"]


def test_what_is_saved_is_the_run_at_hand_and_not_one_under_way(
    looked_at: Session, fresh: Session, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked_at._runner, "run", lambda *_: None)
    assert looked_at.override(guard="none")
    save_run(looked_at, path, workspace_of(looked_at))
    assert open_saved_run(fresh, path)
    assert fresh.plan is not None
    assert fresh.trace is not None
    assert fresh.plan.scenario.guard.design == "bit2"
    assert fresh.trace.info.guard.design == "bit2"


def test_a_trace_without_a_workspace_is_shown_from_its_start(
    looked_at: Session, fresh: Session, path: Path
) -> None:
    assert looked_at.trace is not None
    trace_file.save(looked_at.trace, path)
    assert fresh.open("mail-chain")
    fresh.stops.add(parse_stop("warning"))
    said = said_by(fresh)
    assert open_saved_run(fresh, path)
    assert not said
    assert fresh.position == -1
    assert fresh.source is None
    assert fresh.plan is None
    assert fresh.trace is not None
    assert texts(fresh) == []
    fresh.rerun()  # there is nothing to run, and nothing happens
    assert fresh.open("mail-chain")


# -- what cannot be restored ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("position", "here", "the moment"),
        ("position", 10**12, "the moment"),
        ("position", -2, "the moment"),
        ("range", [5], "the range"),
        ("range", [90, 20], "the range"),
        ("range", [0, 10**12], "the range"),
        ("stops", "short-circuit", "the stops"),
        ("stops", ["moon==full", "warning"], "the stop 'moon==full'"),
        ("stops", ["warning"] * 101, "all stops after the first 100"),
        ("view", {"mode": "sideways", "first": 0, "last": 1}, "the view"),
        ("view", {"mode": "order", "first": 9.0, "last": 1.0}, "the view"),
        ("essential_only", 3, "the choice of frames"),
        ("source", {"where": "x"}, "the scenario"),
        ("source", {"where": "x", "text": "schema = 99"}, "the scenario (x:1: schema 99 is newer"),
        ("source", {"where": "x", "text": "schema = 1", "overrides": {"guard": 7}}, "the scenario"),
    ],
)
def test_what_cannot_be_restored_is_said_and_the_rest_is_there(
    looked_at: Session, fresh: Session, name: str, value: Any, sentence: str
) -> None:
    assert looked_at.trace is not None
    state = workspace_of(looked_at, Viewport(looked_at)) | {name: value}
    said = said_by(fresh)
    restore(fresh, looked_at.trace, state, Viewport(fresh))
    assert len(said) == 1
    assert said[0].startswith("not restored from the saved run: ")
    assert sentence in said[0]
    assert fresh.trace is looked_at.trace
    if name != "position":
        assert fresh.position == 77
    if name != "range":
        assert fresh.range == (20, 90)
    if name != "stops":
        assert texts(fresh) == STOPS


def test_a_run_that_cannot_be_planned_any_more_can_still_be_looked_at(
    looked_at: Session, fresh: Session
) -> None:
    assert looked_at.trace is not None
    state = workspace_of(looked_at)
    state["source"]["overrides"] = {"layout": "/nowhere/vmlinux"}
    said = said_by(fresh)
    restore(fresh, looked_at.trace, state)
    assert len(said) == 1
    assert "can be looked at, but not run again" in said[0]
    assert fresh.position == 77
    assert fresh.plan is None
    assert texts(fresh) == STOPS
    assert fresh.override(layout=None)  # mended: it runs again
    assert fresh.plan is not None


# -- errors ---------------------------------------------------------------------------------------


def test_a_newer_workspace_is_refused_and_nothing_is_lost(
    looked_at: Session, fresh: Session, path: Path
) -> None:
    save_run(looked_at, path, workspace_of(looked_at) | {"version": VERSION + 1})
    assert f"workspace version {VERSION + 1} is newer than the {VERSION}" in problem_of(path)
    assert fresh.open("mail-chain")
    fresh.seek(5)
    said, before = said_by(fresh), fresh.trace
    assert not open_saved_run(fresh, path)
    assert len(said) == 1
    assert "update ownerscope" in said[0]
    assert fresh.trace is before
    assert fresh.position == 5


@pytest.mark.parametrize("version", [None, "one", True, 0, 1.5])
def test_a_workspace_without_a_version_is_damaged(
    looked_at: Session, path: Path, version: object
) -> None:
    save_run(looked_at, path, workspace_of(looked_at) | {"version": version})
    assert "the workspace saved with the run is damaged" in problem_of(path)


def test_a_damaged_file_is_refused(looked_at: Session, path: Path) -> None:
    save_run(looked_at, path, workspace_of(looked_at))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    problem_of(path)
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
    problem_of(path)


def test_what_is_no_saved_run_is_refused(path: Path) -> None:
    path.write_text(open_scenario("mail-chain").text, "utf-8")
    problem_of(path)
    path.write_bytes(b"")
    problem_of(path)
    path.unlink()
    assert "cannot read the trace" in problem_of(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_said(looked_at: Session, path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        with pytest.raises(TraceFileError, match="cannot save the run: Permission denied"):
            save_run(looked_at, path, workspace_of(looked_at))
    finally:
        path.parent.chmod(0o700)


def test_a_folder_that_is_not_there_is_said(looked_at: Session, path: Path) -> None:
    nowhere = path.parent / "nowhere" / path.name
    with pytest.raises(TraceFileError, match="cannot save the run: No such file or directory"):
        save_run(looked_at, nowhere, workspace_of(looked_at))


def test_an_old_file_stays_when_saving_fails(
    looked_at: Session, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_run(looked_at, path, workspace_of(looked_at))
    whole = path.read_bytes()

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(TraceFileError, match="No space left on device"):
        save_run(looked_at, path, workspace_of(looked_at))
    assert path.read_bytes() == whole
    assert [each.name for each in path.parent.iterdir() if each.suffix == SUFFIX] == [path.name]


def test_without_a_run_there_is_nothing_to_save(fresh: Session, path: Path) -> None:
    with pytest.raises(TraceFileError, match="no run to save"):
        save_run(fresh, path, workspace_of(fresh))
    assert not path.exists()


# -- without blocking -----------------------------------------------------------------------------


def test_a_run_is_saved_beside_the_window(
    looked_at: Session, fresh: Session, path: Path, qtbot: QtBot
) -> None:
    saver = RunSaver(looked_at)
    with qtbot.waitSignal(saver.saved) as got:
        saver.save(path)
        assert saver.busy
        looked_at.seek(5)  # what is saved is the moment at which it was asked for
    assert got.args == [path]
    assert not saver.busy
    assert open_saved_run(fresh, path)
    assert fresh.position == 77


def test_one_run_is_saved_at_a_time(looked_at: Session, path: Path, qtbot: QtBot) -> None:
    saver = RunSaver(looked_at)
    with qtbot.waitSignal(saver.saved):
        saver.save(path)
        with qtbot.waitSignal(saver.failed) as got:
            saver.save(path.with_name("other.ownertrace"))
    assert "another run is being saved" in str(got.args)
    assert not path.with_name("other.ownertrace").exists()


def test_a_failed_save_is_told(
    looked_at: Session, fresh: Session, path: Path, qtbot: QtBot
) -> None:
    saver = RunSaver(looked_at)
    with qtbot.waitSignal(saver.failed) as got:
        saver.save(path.parent / "nowhere" / path.name)
    assert "No such file or directory" in str(got.args)
    assert not saver.busy
    with qtbot.waitSignal(saver.saved):
        saver.save(path)
    empty = RunSaver(fresh)
    with qtbot.waitSignal(empty.failed) as got:
        empty.save(path)
    assert "no run to save" in str(got.args)


# -- telling it -----------------------------------------------------------------------------------


def test_a_saved_run_is_told_by_name_or_content(
    looked_at: Session, path: Path, tmp_path: Path
) -> None:
    save_run(looked_at, path, workspace_of(looked_at))
    other = path.rename(tmp_path / "renamed.bin")
    assert is_saved_run(other)
    assert is_saved_run(tmp_path / f"whatever{SUFFIX}")
    scenario = tmp_path / "mine.toml"
    scenario.write_text(open_scenario("mail-chain").text, "utf-8")
    assert not is_saved_run(scenario)
    assert not is_saved_run(tmp_path)
    assert not is_saved_run(tmp_path / "nothing")


def test_the_workspace_is_plain_json(looked_at: Session) -> None:
    state = workspace_of(looked_at, Viewport(looked_at))
    assert msgspec.json.decode(msgspec.json.encode(state)) == state
    assert state["version"] == VERSION
