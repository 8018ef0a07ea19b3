"""The question and the answer, with a worker that answers when the test says so."""

from __future__ import annotations

from typing import NamedTuple, cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from core.explore.estimate import Estimate
from core.explore.properties import DEFAULT
from core.explore.result import Bound, Progress
from gui.explore_asking import Asked
from gui.explore_estimator import Estimator
from gui.explore_runner import ExploreRunner
from gui.explore_session import ExploreSession
from gui.session import Session
from tests.gui.explored import broken, two_tasks, verified


class FakeRunner(QObject):
    started = Signal()
    progressed = Signal(object)
    finished = Signal(object)
    stopped = Signal()
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.busy = False
        self.stops = 0

    def run(self, asked: Asked) -> None:
        self.asked.append(asked)
        self.busy = True
        self.started.emit()

    def stop(self) -> bool:
        self.stops += self.busy
        return self.busy

    def cancel(self) -> bool:
        was, self.busy = self.busy, False
        return was

    def answer(self, signal: str, *what: object) -> None:
        self.busy = False
        getattr(self, signal).emit(*what)


class FakeEstimator(QObject):
    known = Signal(object)
    unknown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.cancels = 0

    def ask(self, asked: Asked) -> None:
        self.asked.append(asked)

    def cancel(self) -> None:
        self.cancels += 1


class Stand(NamedTuple):
    session: ExploreSession
    runner: FakeRunner
    estimator: FakeEstimator
    player: Session
    heard: list[str]


@pytest.fixture
def stand(session: Session) -> Stand:
    runner, estimator = FakeRunner(), FakeEstimator()
    made = ExploreSession(
        session, cast("ExploreRunner", runner), cast("Estimator", estimator), estimate_ms=0
    )
    heard: list[str] = []
    for name in ("started", "progressed", "ended", "result_changed", "question_changed"):
        getattr(made, name).connect(lambda name=name: heard.append(name))
    made.failed.connect(lambda sentence: heard.append(f"failed: {sentence}"))
    made.doubted.connect(lambda estimate: heard.append(f"doubted: {estimate.runs:,}"))
    return Stand(made, runner, estimator, session, heard)


SMALL, LARGE = Estimate(200, 0.1), Estimate(40_000_000, 9_000.0)


def begun(stand: Stand) -> None:
    assert stand.session.start()
    stand.estimator.known.emit(SMALL)
    assert stand.runner.busy


# -- the question ---------------------------------------------------------------------------------


def test_it_asks_about_what_is_open_as_it_is_set(stand: Stand) -> None:
    question = stand.session.question
    assert question is not None
    assert question.source.where == "mail-chain"
    assert question.bound == Bound(2, 1, 0)
    assert question.properties == DEFAULT
    stand.player.override(guard="bit2")
    assert stand.session.question is not None
    assert stand.session.question.request.guard == "bit2"
    assert "question_changed" in stand.heard


def test_bounds_stay_with_a_scenario_and_go_with_it(stand: Stand) -> None:
    stand.session.set_bound(irqs=3, failures=1)
    stand.session.set_property("owner-kept", on=True)
    stand.session.set_property("no-deadlock", on=False)
    stand.player.override(guard="bit2")
    assert stand.session.bound == Bound(2, 3, 1)
    assert "owner-kept" in stand.session.properties
    assert "no-deadlock" not in stand.session.properties
    stand.player.open("depth-law")
    assert stand.session.bound == Bound(2, 1, 0)
    assert stand.session.properties == DEFAULT


def test_the_same_again_is_no_change(stand: Stand) -> None:
    stand.session.set_bound(irqs=1)
    stand.session.set_property("owner-kept", on=False)
    assert stand.heard == []


def test_a_run_that_is_played_is_not_what_is_asked_about(stand: Stand) -> None:
    session, player = stand.session, stand.player
    before = session.question
    assert before is not None
    other = type(before.source)(before.source.where, before.source.text + "\n", {})
    other.document.update(before.source.document)
    session.played(other, before)
    assert player.open_source(other, {}, type(player.overrides)())
    assert session.question == before
    player.override(guard="bit2")
    assert session.question is not None
    assert session.question.source is before.source
    assert session.question.overrides.guard == "bit2"
    player.open("mail-chain")
    assert session.question == before


# -- how long it would take -----------------------------------------------------------------------


def test_nobody_estimates_while_nobody_looks(stand: Stand, qtbot: QtBot) -> None:
    qtbot.wait(20)
    assert stand.estimator.asked == []
    stand.session.watch(True)
    qtbot.waitUntil(lambda: len(stand.estimator.asked) == 1)
    stand.estimator.known.emit(SMALL)
    assert stand.session.estimate == SMALL


def test_another_question_makes_the_estimate_old(stand: Stand, qtbot: QtBot) -> None:
    stand.session.watch(True)
    qtbot.waitUntil(lambda: len(stand.estimator.asked) == 1)
    stand.estimator.known.emit(SMALL)
    stand.session.set_bound(irqs=2)
    assert stand.session.estimate is None
    qtbot.waitUntil(lambda: len(stand.estimator.asked) == 2)
    assert stand.estimator.asked[-1].bound.irqs == 2


# -- exploring ------------------------------------------------------------------------------------


def test_it_first_finds_out_how_large_it_is(stand: Stand) -> None:
    session = stand.session
    assert session.start()
    assert session.busy
    assert session.preparing
    assert stand.runner.asked == []
    stand.estimator.known.emit(SMALL)
    assert stand.runner.asked == [session.question]
    assert not session.preparing


def test_what_cannot_be_estimated_is_explored_all_the_same(stand: Stand) -> None:
    stand.session.start()
    stand.estimator.unknown.emit()
    assert stand.runner.busy


def test_a_bound_too_large_asks_first(stand: Stand) -> None:
    session = stand.session
    session.start()
    stand.estimator.known.emit(LARGE)
    assert stand.heard[-2:] == ["ended", "doubted: 40,000,000"]
    assert not session.busy
    assert session.start()  # asked again, from what is known
    assert stand.heard[-1] == "doubted: 40,000,000"
    assert stand.runner.asked == []
    assert session.start(sure=True)
    assert stand.runner.busy


def test_the_answer_comes_with_its_cheapest_counterexample_selected(stand: Stand) -> None:
    begun(stand)
    session = stand.session
    stand.runner.progressed.emit(Progress(5, 4, 3, 2, 1, 0.5, ("guard-clear",)))
    assert session.progress is not None
    answer = broken(two_tasks(2))
    stand.runner.answer("finished", answer)
    assert session.result is answer
    assert session.selected == "guard-clear"
    assert session.node == -1
    assert [each.name for each in session.broken] == ["guard-clear", "no-deadlock"]
    assert stand.heard[-1] == "ended"
    assert session.progress is None
    assert not session.outdated
    session.set_bound(irqs=0)
    assert session.outdated


def test_one_goes_from_counterexample_to_counterexample(stand: Stand) -> None:
    begun(stand)
    stand.session.next_broken()
    assert stand.session.selected == ""
    stand.runner.answer("finished", broken())
    for wanted in ("no-deadlock", "guard-clear", "no-deadlock"):
        stand.session.next_broken()
        assert stand.session.selected == wanted
    stand.session.next_broken(-1)
    assert stand.session.selected == "guard-clear"


def test_choosing_a_property_leaves_the_state(stand: Stand) -> None:
    begun(stand)
    stand.runner.answer("finished", broken(two_tasks(2)))
    stand.session.select_node(3)
    assert stand.session.node == 3
    stand.session.select("no-deadlock")
    assert (stand.session.selected, stand.session.node) == ("no-deadlock", -1)


def test_stopping_asks_for_what_is_there(stand: Stand) -> None:
    begun(stand)
    stand.session.stop()
    assert stand.session.stopping
    assert stand.runner.stops == 1
    stand.runner.answer("finished", verified(complete=False))
    assert stand.session.result is not None
    assert not stand.session.stopping


def test_stopping_before_it_began_begins_nothing(stand: Stand) -> None:
    stand.session.start()
    stand.session.stop()
    assert not stand.session.busy
    stand.estimator.known.emit(SMALL)
    assert stand.runner.asked == []


def test_another_question_while_it_finds_out_begins_nothing(stand: Stand) -> None:
    stand.session.start()
    stand.session.set_bound(irqs=0)
    assert not stand.session.busy
    assert "ended" in stand.heard
    stand.estimator.known.emit(SMALL)
    assert stand.runner.asked == []


def test_what_goes_wrong_keeps_the_answer_before(stand: Stand) -> None:
    begun(stand)
    stand.runner.answer("finished", verified())
    begun(stand)
    stand.runner.answer("failed", "it went wrong; try again")
    assert stand.heard[-2:] == ["ended", "failed: it went wrong; try again"]
    assert stand.session.result is not None
    begun(stand)
    stand.runner.answer("stopped")
    assert stand.heard[-1] == "failed: it was stopped before anything was found"


def test_nothing_must_hold_is_no_question(stand: Stand) -> None:
    for name in DEFAULT:
        stand.session.set_property(name, on=False)
    assert not stand.session.start()
    assert stand.heard[-1] == "failed: nothing is to hold: choose at least one property"


def test_closing_gives_it_up(stand: Stand) -> None:
    begun(stand)
    stand.session.cancel()
    assert not stand.session.busy
    assert stand.heard[-1] == "ended"
