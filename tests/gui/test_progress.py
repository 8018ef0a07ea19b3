"""Progress of a long run, the way to stop it, and the chip that says how it ended."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.kernel import outcome as outcomes
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets import progress
from gui.widgets.progress import (
    OUTCOMES,
    ResultChip,
    RunProgress,
    key_figure,
    outcome_details,
    rate_label,
)
from tests.core.scenario.two_cpus import two_cpus
from tests.runs import run_scenario


class FakeRunner(QObject):
    """Runs nothing until it is told to."""

    started = Signal()
    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(str)
    cancelled = 0

    def run(self, *_what: object) -> None:
        self.started.emit()

    def cancel(self) -> bool:
        self.cancelled += 1
        return True


class FakeClock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def session(qtbot: QtBot, runner: FakeRunner) -> Session:
    return Session(cast(Runner, runner))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


@pytest.fixture
def card(session: Session, themes: ThemeManager, host: QWidget, clock: FakeClock) -> RunProgress:
    return RunProgress(session, themes, over=host, patience_ms=0, clock=clock)


def appear(qtbot: QtBot, session: Session, card: RunProgress) -> None:
    session.open("mail-chain")
    qtbot.waitUntil(card.isVisible)


def test_a_run_that_is_soon_over_shows_nothing(
    qtbot: QtBot, session: Session, runner: FakeRunner, card: RunProgress
) -> None:
    session.open("mail-chain")
    assert not card.isVisible()
    runner.finished.emit(run_scenario("mail-chain"))
    qtbot.wait(1)
    assert not card.isVisible()


def test_a_long_run_says_how_far_it_is(
    qtbot: QtBot, session: Session, runner: FakeRunner, card: RunProgress, clock: FakeClock
) -> None:
    appear(qtbot, session, card)
    assert card.text.text() == "Running…"
    clock.now += 2
    runner.progressed.emit(5_000_000, 20_000_000)
    assert card.text.text() == "5,000,000 events   ·   2.5 M events/s   ·   25% of the event budget"
    assert card.accessibleDescription().endswith("25% of the event budget")
    assert card.share == 0.25
    runner.finished.emit(run_scenario("mail-chain"))
    assert not card.isVisible()


def test_what_has_no_room_goes_as_a_whole(
    qtbot: QtBot, session: Session, runner: FakeRunner, card: RunProgress, clock: FakeClock
) -> None:
    appear(qtbot, session, card)
    clock.now += 2
    card.parentWidget().resize(360, 300)  # type: ignore[union-attr]
    runner.progressed.emit(5_000_000, 20_000_000)
    assert card.text.text() == "25% of the event budget"
    assert "2.5 M events/s" in card.accessibleDescription()


def test_it_goes_when_the_run_fails(
    qtbot: QtBot, session: Session, runner: FakeRunner, card: RunProgress
) -> None:
    appear(qtbot, session, card)
    runner.failed.emit("the run's process ended")
    assert not card.isVisible()


def test_cancel_stops_the_run(
    qtbot: QtBot, session: Session, runner: FakeRunner, card: RunProgress
) -> None:
    appear(qtbot, session, card)
    card.cancel_button.click()
    assert runner.cancelled == 1
    assert not card.isVisible()


def test_the_card_stays_inside_what_it_floats_over(
    qtbot: QtBot, session: Session, card: RunProgress, host: QWidget
) -> None:
    appear(qtbot, session, card)
    for width, height in ((900, 500), (300, 200), (1600, 900)):
        host.resize(width, height)
        assert host.rect().contains(card.geometry())
    assert not card.grab().isNull()


def test_it_can_stand_in_a_layout(
    qtbot: QtBot, session: Session, themes: ThemeManager, clock: FakeClock
) -> None:
    strip = RunProgress(session, themes, patience_ms=0, clock=clock)
    qtbot.addWidget(strip)
    appear(qtbot, session, strip)
    assert not strip.grab().isNull()


def test_rates_have_three_digits() -> None:
    assert [rate_label(rate) for rate in (5_612_345, 61_234, 999, 0.4)] == [
        "5.61 M events/s", "61.2 k events/s", "999 events/s", "0 events/s",
    ]  # fmt: skip


# -- the result ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "word", "figure"),
    [
        ("mail-chain", "Completed", "1 guard hit · 2 levels, 2,888 bytes a level"),
        ("no-guard-overflow", "Stack overflow", "29 levels, 536 bytes a level"),
        ("ia64-as-coded", "Deadlock", "2 levels, 3,048 bytes a level"),
        ("depth-law", "Completed", "32 guard hits · 3 levels, 536 bytes a level"),
        ("page-owner-off", "Completed", "no recursion"),
    ],
)
def test_the_chip_says_how_it_ended(
    qtbot: QtBot, themes: ThemeManager, name: str, word: str, figure: str
) -> None:
    session = Session(Runner())
    chip = ResultChip(session, themes)
    qtbot.addWidget(chip)
    assert not chip.isVisible()
    session.open(name)
    assert (chip.word, chip.figure) == (word, figure)
    assert chip.accessibleName() == f"Result: {word}, {figure}"
    assert not chip.grab().isNull()


def test_every_way_to_end_has_its_sign_and_word() -> None:
    stops = {each.outcome for each in outcomes.KernelStopped.__subclasses__()}
    assert set(OUTCOMES) == {outcomes.COMPLETED, "recorded", *stops}
    assert len({sign + word for _, sign, word in OUTCOMES.values()}) == len(OUTCOMES)


def test_the_details_name_the_lock() -> None:
    details = outcome_details(run_scenario("ia64-as-coded"))
    assert details.startswith("Lock: the lock of the script for save_stack_trace")
    assert "waits in: find_save_locs" in details
    overflow = outcome_details(run_scenario("no-guard-overflow"))
    assert "used bytes: 16,456" in overflow
    assert outcome_details(run_scenario("mail-chain")) == ""


def test_figures_of_a_large_run_come_after_the_rest(
    qtbot: QtBot, themes: ThemeManager, session: Session, runner: FakeRunner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(progress, "EVENTS_AT_ONCE", 10)
    chip = ResultChip(session, themes)
    qtbot.addWidget(chip)
    session.open("mail-chain")
    trace = run_scenario("mail-chain")
    runner.finished.emit(trace)
    assert (chip.word, chip.figure) == ("Completed", "…")
    qtbot.waitUntil(lambda: chip.figure == key_figure(trace))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_paints_a_run_under_way_in_both_themes(
    qtbot: QtBot, themes: ThemeManager, session: Session, runner: FakeRunner, theme: str
) -> None:
    themes.choose(theme)
    chip = ResultChip(session, themes)
    qtbot.addWidget(chip)
    session.open("mail-chain")
    runner.finished.emit(run_scenario("mail-chain"))
    session.rerun()
    assert chip.accessibleName().startswith("Running")
    assert not chip.grab().isNull()
    runner.failed.emit("no")
    assert chip.accessibleName().startswith("Result: Completed")


def test_what_went_wrong_between_contexts_is_what_matters() -> None:
    assert key_figure(two_cpus("3 cpu 1")) == "1 lost update"
    assert key_figure(two_cpus("5 cpu 1", "8 cpu 0")) == "1 lost update · guard left set"
    assert key_figure(two_cpus("3 cpu 1", word="current")) == "1 level"
