"""The session: one way to move, and nothing open is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.scenario.loader import open_scenario
from core.trace.events import Kind
from gui.runner import Runner
from gui.session import Session


def test_opening_runs_and_starts_before_the_first_event(qtbot: QtBot) -> None:
    session = Session(Runner())
    with qtbot.waitSignals([session.source_changed, session.trace_changed]):
        session.open("mail-chain")
    assert session.position == -1
    assert session.frames() == ()


def test_seek_tells_the_position_and_stays_inside(session: Session, qtbot: QtBot) -> None:
    assert session.trace is not None
    with qtbot.waitSignal(session.position_changed) as got:
        session.seek(4)
    assert got.args == [4]
    session.seek(10**9)
    assert session.position == len(session.trace) - 1
    session.seek(-50)
    assert session.position == -1
    with qtbot.assertNotEmitted(session.position_changed):
        session.seek(-1)


def test_the_state_is_the_traces(session: Session) -> None:
    assert session.trace is not None
    for position in (-1, 0, 35, len(session.trace) - 1):
        session.seek(position)
        assert session.state() == session.trace.state_at(position)


def test_another_guard_shows_another_story_at_once(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.trace_changed):
        assert session.override(guard="none")
    assert session.trace is not None
    assert session.trace.info.outcome == "stack_overflow"
    session.override(guard="uint", max_depth=1)
    assert session.trace.info.outcome == "completed"
    session.override(guard=None, max_depth=None)
    assert session.trace.info.guard.design == "bit1"


@pytest.mark.parametrize(
    "changes", [{"kernel": "6.12"}, {"arch": "vax"}, {"layout": "nosuch"}, {"max_depth": 0}]
)
def test_the_impossible_is_told_and_what_was_open_stays(
    session: Session, qtbot: QtBot, changes: dict[str, str]
) -> None:
    before = session.trace
    with qtbot.waitSignal(session.failed) as got:
        assert not session.override(**changes)
    assert got.args
    assert session.trace is before
    assert session.overrides.kernel is None
    assert session.override(guard="uint")


def test_a_scenario_that_cannot_be_read_leaves_the_old_one(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.failed) as got:
        assert not session.open("mail-chian")
    assert got.args is not None
    assert "did you mean mail-chain" in got.args[0]
    assert session.source is not None
    assert session.source.where == "mail-chain"
    assert session.trace is not None


def test_parameters_rerun_and_survive_a_reload(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(open_scenario("depth-law").text)
    session = Session(Runner())
    session.open(str(path))
    session.set_parameter("events", 2)
    assert session.trace is not None
    short = len(session.trace)
    path.write_text(path.read_text().replace("max_depth = 2", "max_depth = 1"))
    assert session.reload()
    assert session.settings == {"events": 2}
    assert len(session.trace) < short
    path.write_text("schema = 1\nnonsense")
    with qtbot.waitSignal(session.failed) as got:
        assert not session.reload()
    assert got.args is not None
    assert "mine.toml:2" in got.args[0]
    assert session.trace.info.guard.max_depth == 1


def test_stepping_with_essential_frames_only(session: Session) -> None:
    assert session.trace is not None
    session.set_essential_only(True)
    seen = []
    for _ in range(12):
        session.step(1)
        seen.append(session.trace.function(session.position).essential)
    assert all(seen)
    assert [f.function.essential for f in session.frames()][:3] == [
        "kmalloc", "__set_page_owner", "save_stack",
    ]  # fmt: skip
    forward = session.position
    session.step(-1)
    session.step(1)
    assert session.position == forward
    for _ in range(50):
        session.step(-1)
    assert session.position == -1


def test_markers(session: Session) -> None:
    assert session.trace is not None
    hit = int(session.trace.short_circuits[0])
    session.next_marker()
    assert session.position == hit
    assert session.trace.kind(hit) is Kind.SHORT_CIRCUITED
    session.next_marker()
    assert session.position == len(session.trace) - 1
    session.previous_marker()
    assert session.position == hit
    session.previous_marker()
    assert session.position == -1


def test_tenths(session: Session) -> None:
    assert session.trace is not None
    session.seek_fraction(5)
    assert session.position == len(session.trace) // 2
    session.seek_fraction(0)
    assert session.position == -1


def test_what_a_run_warns_of_is_told_once(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "full.toml"
    text = open_scenario("depot-growth").text
    path.write_text(text.replace("spare = false", "spare = false\npools_left = 0"))
    session = Session(Runner())
    with qtbot.waitSignal(session.warned) as got:
        session.open(str(path))
    assert got.args is not None
    assert "reached limit capacity" in got.args[0]
    # What is known before the run stands beside the guard, not in a message.
    with qtbot.assertNotEmitted(session.warned):
        session.open("two-bit-wrap")
    assert session.plan is not None
    assert "never guards" in session.plan.warnings[0]


def test_another_guard_keeps_the_moment(session: Session) -> None:
    assert session.trace is not None
    session.next_marker()
    hit = session.position
    session.override(guard="uint")
    assert session.position == int(session.trace.short_circuits[0]) == hit
    session.seek(10**9)
    session.override(guard="none")
    assert session.position == len(session.trace) - 1
    session.seek(5)
    session.override(guard="bit1")
    assert session.position == 5
    session.open("depth-law")
    assert session.position == -1


def test_a_value_already_in_force_runs_nothing(session: Session, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(session.trace_changed):
        assert session.set_parameter("allocations", 1)


def test_a_wrap_is_a_marker(qtbot: QtBot) -> None:
    session = Session(Runner())
    session.open("two-bit-wrap")
    session.next_marker()
    assert session.trace is not None
    assert session.trace.kind(session.position) is Kind.WARNED


def test_a_range_is_set_from_the_keyboard(session: Session, qtbot: QtBot) -> None:
    assert session.trace is not None
    last = len(session.trace) - 1
    session.seek(30)
    with qtbot.waitSignal(session.range_changed):
        session.begin_range()
    assert session.range == (30, last)
    session.seek(50)
    session.end_range()
    assert session.range == (30, 50)
    session.seek(60)
    session.begin_range()
    assert session.range == (60, last), "a beginning behind the end leaves the end"
    session.clear_range()
    session.seek(20)
    session.end_range()
    assert session.range == (0, 20)
