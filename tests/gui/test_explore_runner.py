"""Exploring in a process: progress, the answer, stopping it, and what goes wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from core.explore.result import Bound, Exploration, Progress
from core.scenario.loader import open_scenario
from core.scenario.run import Overrides
from gui import worker_process
from gui.explore_asking import Asked
from gui.explore_estimator import Estimator
from gui.explore_runner import ExploreRunner
from tests.gui import fake_explorer

FAKE = "tests.gui.fake_explorer"
PATIENCE = 30_000


def asked(failures: int = 0, irqs: int = 1) -> Asked:
    source = open_scenario("mail-chain")
    bound = Bound(preemptions=2, irqs=irqs, failures=failures)
    return Asked(source, {}, Overrides(), bound, ("guard-clear",))


def test_it_tells_how_far_it_is_and_hands_over_the_answer(qtbot: QtBot) -> None:
    runner = ExploreRunner(module=FAKE)
    told: list[Progress] = []
    runner.progressed.connect(told.append)
    with qtbot.waitSignal(runner.started):
        runner.run(asked(fake_explorer.HOLDS))
    with qtbot.waitSignal(runner.finished, timeout=PATIENCE) as got:
        assert runner.busy
    assert got.args is not None
    answer = got.args[0]
    assert isinstance(answer, Exploration)
    assert answer.verdict == "verified"
    assert told == [Progress(1_200, 300, 700, 41, 1, 0.5)]
    assert not runner.busy


def test_the_real_worker_answers(qtbot: QtBot) -> None:
    runner = ExploreRunner()
    with qtbot.waitSignal(runner.finished, timeout=PATIENCE) as got:
        runner.run(asked())
    assert got.args is not None
    assert got.args[0].verdict == "verified"
    assert [each.name for each in got.args[0].properties] == ["guard-clear"]


def test_stopping_keeps_what_was_found(qtbot: QtBot) -> None:
    runner = ExploreRunner(module=FAKE)
    with qtbot.waitSignal(runner.progressed, timeout=PATIENCE):
        runner.run(asked(fake_explorer.UNTIL_STOPPED))
    with qtbot.waitSignal(runner.finished, timeout=PATIENCE) as got:
        assert runner.stop()
        assert runner.stop()  # a second time says nothing new
    assert got.args is not None
    assert not got.args[0].complete
    assert not runner.stop()


def test_one_that_has_nothing_to_hand_over_just_ends(qtbot: QtBot) -> None:
    runner = ExploreRunner(module=FAKE)
    runner.failed.connect(pytest.fail)
    with qtbot.waitSignal(runner.stopped, timeout=PATIENCE):
        runner.run(asked(fake_explorer.UNTIL_STOPPED))
        # Before it listens: a process that is only just begun ends at once.
        runner.stop()


def test_one_that_does_not_listen_is_ended(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "STOPPING_MS", 50)
    runner = ExploreRunner(module=FAKE)
    with qtbot.waitSignal(runner.progressed, timeout=PATIENCE):
        runner.run(asked(fake_explorer.DEAF))
    with qtbot.waitSignal(runner.stopped, timeout=PATIENCE):
        runner.stop()
    assert not runner.busy


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (fake_explorer.COMPLAINS, "the scenario cannot be explored; choose another one"),
        (fake_explorer.DIES, "the process that explores ended before it was done; try again"),
        (fake_explorer.DAMAGED, "what was found could not be read; explore again"),
    ],
)
def test_what_goes_wrong_is_a_sentence(qtbot: QtBot, how: int, said: str) -> None:
    runner = ExploreRunner(module=FAKE)
    with qtbot.waitSignal(runner.failed, timeout=PATIENCE) as got:
        runner.run(asked(how))
    assert got.args == [said]


def test_giving_up_is_silent(qtbot: QtBot) -> None:
    runner = ExploreRunner(module=FAKE)
    runner.run(asked(fake_explorer.UNTIL_STOPPED))
    assert runner.cancel()
    assert not runner.cancel()


# -- the estimate ---------------------------------------------------------------------------------


def test_an_estimate_comes_from_a_process(qtbot: QtBot) -> None:
    estimator = Estimator()
    with qtbot.waitSignal(estimator.known, timeout=PATIENCE) as got:
        estimator.ask(asked())
    assert got.args is not None
    assert got.args[0].exact
    assert got.args[0].runs == 1
    assert not estimator.busy


def test_what_cannot_be_estimated_is_not(qtbot: QtBot) -> None:
    estimator = Estimator()
    broken = replace(asked(), settings={"no such parameter": 1})
    with qtbot.waitSignal(estimator.unknown, timeout=PATIENCE):
        estimator.ask(broken)


def test_a_newer_question_takes_the_place_of_the_older(qtbot: QtBot) -> None:
    estimator = Estimator(module="tests.gui.fake_estimator")
    found: list[int] = []
    estimator.known.connect(lambda estimate: found.append(estimate.runs))
    estimator.ask(asked(irqs=2))
    with qtbot.waitSignal(estimator.known, timeout=PATIENCE):
        estimator.ask(asked(irqs=3))
    assert found == [1_000]


# -- the question ---------------------------------------------------------------------------------


def test_a_question_is_asked_as_it_is_set() -> None:
    made = replace(asked(), overrides=Overrides(guard="bit2", max_depth=3, word="serialized"))
    request = made.request
    assert (request.guard, request.max_depth, request.word) == ("bit2", 3, "serialized")
    assert request.graph
    assert request.text == made.source.text
    changed = made.changed(Overrides(max_depth=1))
    assert (changed.request.guard, changed.request.max_depth) == ("bit2", 1)
