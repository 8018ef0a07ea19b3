"""The watcher: saved in an editor, run in the window; and nothing open is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.runner import Runner
from gui.session import Session
from gui.watcher import ScenarioWatcher

TEXT = """schema = 1
name = "mine"
title = "TITLE"
shows = "Something."
[kernel]
version = "6.1"
arch = "x86_64"
[[tasks]]
[[tasks.work]]
op = "alloc_pages"
"""


def text(title: str) -> str:
    return TEXT.replace("TITLE", title)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "mine.toml"
    made.write_text(text("first"), "utf-8")
    return made


@pytest.fixture
def session(qtbot: QtBot, path: Path) -> Session:
    made = Session(Runner())
    assert made.open(str(path))
    return made


@pytest.fixture
def watcher(session: Session) -> ScenarioWatcher:
    return ScenarioWatcher(session, settle_ms=0)


def title(session: Session) -> object:
    assert session.source is not None
    return session.source.document["title"]


def test_a_saved_file_is_run_again(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    assert watcher.path == path
    for name in ("second", "third"):
        with qtbot.waitSignal(session.trace_changed):
            path.write_text(text(name), "utf-8")
        assert title(session) == name


def test_a_file_replaced_by_rename_is_followed_again_and_again(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    for name in ("second", "third", "fourth"):
        new = path.with_suffix(".tmp")
        new.write_text(text(name), "utf-8")
        with qtbot.waitSignal(session.trace_changed):
            new.replace(path)
        assert title(session) == name
    with qtbot.waitSignal(session.trace_changed):
        path.write_text(text("fifth"), "utf-8")


def test_a_file_deleted_and_written_anew_is_followed(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    path.unlink()
    qtbot.waitUntil(lambda: watcher._watcher.files() == [])
    assert title(session) == "first"
    with qtbot.waitSignal(session.trace_changed):
        path.write_text(text("second"), "utf-8")


def test_a_file_that_is_gone_is_told_once_and_followed_when_it_is_back(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    trace = session.trace
    said: list[str] = []
    session.warned.connect(said.append)
    for title_now in ("second", "third"):
        said.clear()
        with qtbot.waitSignal(session.warned):
            path.unlink()
        (path.parent / "other.txt").write_text(title_now, "utf-8")
        watcher._look()
        assert said == ["mine.toml is gone; the last run stays"]
        assert session.trace is trace
        with qtbot.waitSignal(session.trace_changed):
            path.write_text(text(title_now), "utf-8")
        assert title(session) == title_now
        trace = session.trace


def test_a_file_moved_aside_for_a_moment_is_not_gone(
    qtbot: QtBot, session: Session, path: Path
) -> None:
    watcher = ScenarioWatcher(session, settle_ms=60_000)
    aside = path.with_suffix(".bak")
    with qtbot.assertNotEmitted(session.warned):
        path.rename(aside)
        watcher._touched(str(path))
        aside.rename(path)
        watcher._look()


def test_a_file_whose_folder_is_gone_too_is_followed_when_both_are_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    path = folder / "mine.toml"
    path.write_text(text("first"), "utf-8")
    session = Session(Runner())
    assert session.open(str(path))
    watcher = ScenarioWatcher(session, settle_ms=0)
    with qtbot.waitSignal(session.warned):
        path.unlink()
        folder.rmdir()
    qtbot.waitUntil(lambda: str(tmp_path) in watcher._watcher.directories())
    folder.mkdir()
    qtbot.waitUntil(lambda: str(folder) in watcher._watcher.directories())
    with qtbot.waitSignal(session.trace_changed):
        path.write_text(text("second"), "utf-8")
    assert title(session) == "second"


def test_a_mistake_is_said_once_and_nothing_is_lost(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    trace = session.trace
    said: list[str] = []
    session.failed.connect(said.append)
    with qtbot.waitSignal(session.failed):
        path.write_text(text("second").replace('"6.1"', '"6.99"'), "utf-8")
    assert "6.99" in said[0]
    assert (session.trace, title(session)) == (trace, "first")
    (path.parent / "other.txt").write_text("the folder changes", "utf-8")
    watcher._look()
    assert len(said) == 1
    with qtbot.waitSignal(session.trace_changed):
        path.write_text(text("third"), "utf-8")
    assert title(session) == "third"


def test_text_that_cannot_be_read_is_said(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    with qtbot.waitSignal(session.failed) as got:
        path.write_bytes(b"\xff\xfe")
    assert "UTF-8" in got.args[0]
    assert title(session) == "first"


def test_saving_without_a_change_runs_nothing(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    with qtbot.assertNotEmitted(session.source_changed):
        path.touch()
        watcher._look()


def test_parameters_and_guards_do_not_disturb_the_watch(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    session.override(guard="none")
    with qtbot.waitSignal(session.trace_changed):
        path.write_text(text("second"), "utf-8")
    assert session.overrides.guard == "none"


def test_bundled_scenarios_are_not_watched(
    qtbot: QtBot, session: Session, watcher: ScenarioWatcher, path: Path
) -> None:
    session.open("mail-chain")
    assert watcher.path is None
    assert [*watcher._watcher.files(), *watcher._watcher.directories()] == []
    with qtbot.assertNotEmitted(session.source_changed):
        path.write_text(text("second"), "utf-8")
        watcher._look()
    session.open(str(path))
    assert watcher.path == path


def test_it_waits_until_the_editor_is_done(session: Session, path: Path, qtbot: QtBot) -> None:
    watcher = ScenarioWatcher(session, settle_ms=30)
    with qtbot.waitSignal(session.trace_changed):
        path.write_text("", "utf-8")
        watcher._touched(str(path))
        path.write_text(text("second"), "utf-8")
    assert title(session) == "second"
