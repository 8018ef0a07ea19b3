"""Small runs at once, large ones in a process with progress and cancel."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from core.scenario.loader import open_scenario
from core.scenario.run import Overrides, plan, run
from gui.runner import Runner
from gui.session import Session


def test_a_small_run_is_there_at_once(qtbot: QtBot) -> None:
    runner = Runner()
    session = Session(runner)
    session.open("mail-chain")
    assert session.trace is not None
    assert not runner.busy


def test_a_large_run_comes_from_a_process_and_is_the_same(qtbot: QtBot) -> None:
    session = Session(Runner(probe_events=2_000))
    session.open("mail-chain")
    started = []
    session.run_started.connect(lambda: started.append(True))
    with qtbot.waitSignals(
        [session.run_started, session.run_progressed, session.trace_changed, session.run_ended],
        timeout=30_000,
    ):
        session.open("depth-law")
        session.set_parameter("events", 400)
    source = open_scenario("depth-law")
    expected = run(plan(source, {"events": 400}))
    assert session.trace is not None
    assert len(session.trace) == len(expected)
    assert session.trace.info == expected.info
    middle = len(expected) // 2
    assert session.trace.state_at(middle) == expected.state_at(middle)


def test_choices_that_do_not_fit_are_told_and_the_last_run_stays(
    qtbot: QtBot, tmp_path: Path
) -> None:
    session = Session(Runner())
    session.open("wrong-word")
    before = session.trace
    path = tmp_path / "mine.toml"
    path.write_text(open_scenario("wrong-word").text.replace("3 cpu 1 chrt/41", "999 cpu 1"))
    with qtbot.waitSignal(session.failed) as got:
        session.open(str(path))
    assert got.args is not None
    assert "choice 999 does not fit the scenario" in got.args[0]
    assert session.trace is before


def test_another_guard_leaves_out_the_choices_that_no_longer_fit(qtbot: QtBot) -> None:
    session = Session(Runner())
    session.open("interrupt-in-a-save")
    with qtbot.waitSignal(session.warned) as got:
        assert session.override(guard="none")
    assert got.args is not None
    assert "does not fit what was changed" in got.args[0]
    assert session.trace is not None
    assert session.trace.info.guard.design == "none"


def test_a_long_run_with_choices_comes_from_the_process(qtbot: QtBot) -> None:
    session = Session(Runner(probe_events=20))
    with qtbot.waitSignal(session.trace_changed, timeout=30_000):
        session.open("wrong-word")
    assert session.trace is not None
    assert len(session.trace.cpus.lost_updates) == 1


def test_cancel_keeps_what_was_open(qtbot: QtBot) -> None:
    runner = Runner(probe_events=1_000)
    session = Session(runner)
    session.open("mail-chain")
    before = session.trace
    session.open("depth-law")
    session.set_parameter("events", 10_000)
    assert runner.busy
    with qtbot.waitSignal(session.run_ended):
        session.cancel()
    assert not runner.busy
    assert session.trace is before


def test_a_newer_run_replaces_the_one_under_way(qtbot: QtBot) -> None:
    runner = Runner(probe_events=1_000)
    session = Session(runner)
    session.open("depth-law")
    session.set_parameter("events", 10_000)
    assert runner.busy
    session.open("mail-chain")
    assert not runner.busy
    assert session.trace is not None
    assert session.trace.info.scenario == "mail-chain"


def test_a_worker_that_dies_is_told(qtbot: QtBot) -> None:
    runner = Runner(probe_events=1_000)
    session = Session(runner)
    session.open("mail-chain")
    session.open("depth-law")
    session.set_parameter("events", 10_000)
    process = runner._worker.process
    assert process is not None
    with qtbot.waitSignal(session.failed, timeout=10_000) as got:
        process.kill()
    assert got.args is not None
    assert "try again" in got.args[0]
    assert not runner.busy


def test_a_budget_below_the_probe_ends_the_run_itself(qtbot: QtBot) -> None:
    runner = Runner(probe_events=1_000)
    source = open_scenario("depth-law")
    overrides = Overrides(budget_events=500)
    with qtbot.waitSignal(runner.finished) as got:
        runner.run(plan(source, {}, overrides), source, {}, overrides)
    assert got.args is not None
    assert got.args[0].info.outcome == "budget_exhausted"
