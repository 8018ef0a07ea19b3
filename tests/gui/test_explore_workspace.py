"""The Explore workspace in the window: the question, progress and the answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.controller import Controller
from gui.theme import ThemeManager
from gui.widgets.explore.properties_button import PropertyChecks
from gui.widgets.explore.property_model import PropertyModel
from tests.gui import fake_explorer
from tests.gui.explore_stands import (
    CLICK,
    GRAPH,
    KEY,
    PATIENCE,
    a_faking_window,
    answered,
    explored,
    messages,
    page,
    types,
)
from tests.gui.explored import broken, verified

pytestmark = pytest.mark.usefixtures("undressed")


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Controller:
    """A window with workers that answer what a test wants."""
    return a_faking_window(qtbot, tmp_path)


# -- the question ---------------------------------------------------------------------------------


def test_it_says_what_exploring_is_at_first(controller: Controller) -> None:
    shown = page(controller)
    assert shown.empty.isVisible()
    assert not shown.banner.isVisible()
    assert shown.empty.button.hasFocus()
    assert shown.bar.menus.scenario.text() == "The chain of the mail"


def test_typed_bounds_are_explored_and_the_results_shown(
    controller: Controller, qtbot: QtBot
) -> None:
    shown = page(controller)
    types(shown.bar.fields["preemptions"], "1")
    explored(controller, qtbot, fake_explorer.BREAKS)
    assert shown.session.asked is not None
    assert shown.session.asked.bound.preemptions == 1
    assert shown.banner.sentence.text() == "Counterexample: the guard stays set after one switch."
    assert shown.banner.verdict.kind == "danger"
    assert shown.list.isVisible()
    assert shown.detail.title.text() == "The guard is clear again"
    assert [where.text() for where, _ in shown.detail.choices._labels] == ["Point 4"]
    assert shown.graph.view.scene is not None
    assert shown.graph.title.whole == f"{len(GRAPH.nodes)} states and {len(GRAPH.edges)} steps"
    assert not shown.empty.isVisible()


def test_the_first_button_begins_too_and_the_keys(controller: Controller, qtbot: QtBot) -> None:
    shown = page(controller)
    QTest.mouseClick(shown.empty.button, CLICK)
    assert shown.bar.stop_button.isVisible()
    qtbot.waitUntil(lambda: not shown.session.busy, timeout=PATIENCE)
    first = shown.session.result
    for key, held in ((KEY.Key_X, "No"), (KEY.Key_Return, "Control")):
        QTest.keyClick(shown.list, key, getattr(Qt.KeyboardModifier, f"{held}Modifier"))
        assert shown.session.busy
        qtbot.waitUntil(lambda: not shown.session.busy, timeout=PATIENCE)
    assert shown.session.result is not first


@pytest.mark.parametrize("typed", ["many", "12", "-1"])
def test_what_is_no_bound_is_said_and_not_explored(controller: Controller, typed: str) -> None:
    shown = page(controller)
    field = shown.bar.fields["irqs"]
    types(field, typed)
    QTest.mouseClick(shown.bar.start_button, CLICK)
    assert not shown.session.busy
    assert shown.bar.estimate.whole == "Interrupts: 0 to 9"
    assert messages(controller) == ["Interrupts: 0 to 9"]
    assert shown.session.bound.irqs == 1
    types(field, "2")
    QTest.keyClick(field, KEY.Key_Tab)
    assert shown.session.bound.irqs == 2
    assert messages(controller) == []


def test_the_estimate_stands_over_the_button(controller: Controller, qtbot: QtBot) -> None:
    shown = page(controller)
    qtbot.waitUntil(lambda: bool(shown.bar.estimate.whole), timeout=PATIENCE)
    assert shown.bar.estimate.whole == "About 10 runs, under a second"
    types(shown.bar.fields["irqs"], "4")
    qtbot.waitUntil(lambda: "10,000" in shown.bar.estimate.whole, timeout=PATIENCE)
    assert shown.bar.estimate.whole == "About 10,000 runs, 2.5 s"


def test_a_bound_too_large_asks_in_the_message_bar(controller: Controller, qtbot: QtBot) -> None:
    shown = page(controller)
    types(shown.bar.fields["irqs"], "8")
    explored(controller, qtbot, fake_explorer.HOLDS)
    assert shown.session.result is None
    assert "about 100,000,000 runs and 7 hours" in messages(controller)[0]
    buttons = controller.window.messages.messages[0].findChildren(QWidget)
    sure = next(each for each in buttons if getattr(each, "text", str)() == "Explore all the same")
    QTest.mouseClick(sure, CLICK)
    assert messages(controller) == []
    qtbot.waitUntil(lambda: shown.session.result is not None, timeout=PATIENCE)


def test_the_question_too_large_is_taken_back_with_it(controller: Controller, qtbot: QtBot) -> None:
    shown = page(controller)
    types(shown.bar.fields["irqs"], "8")
    explored(controller, qtbot, fake_explorer.HOLDS)
    assert messages(controller)
    types(shown.bar.fields["irqs"], "1")
    qtbot.waitUntil(lambda: not messages(controller), timeout=PATIENCE)


def test_properties_are_checked_in_a_list_that_stays_open(
    controller: Controller, themes: ThemeManager, qtbot: QtBot
) -> None:
    shown = page(controller)
    button = shown.bar.properties
    assert button.text() == "6 of 9 properties"
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.popup(QPoint(0, 0))
    checks = button.list
    assert isinstance(checks, PropertyChecks)
    box = checks.boxes["owner-kept"]
    assert box.toolTip() == "No page loses its owner."
    QTest.mouseClick(box, CLICK, pos=QPoint(10, box.height() // 2))
    assert menu.isVisible()
    assert "owner-kept" in shown.session.properties
    assert button.text() == "7 of 9 properties"
    box.setFocus()
    QTest.keyClick(box, KEY.Key_Down)
    assert checks.focusWidget() is checks.boxes["no-failure-handle"]
    QTest.keyClick(checks.boxes["no-failure-handle"], KEY.Key_Space)
    assert "no-failure-handle" in shown.session.properties
    menu.hide()


def test_guard_depth_and_word_are_set_in_menus(controller: Controller, qtbot: QtBot) -> None:
    shown, player = page(controller), controller.session

    def choose(button: QWidget, text: str) -> None:
        menu = button.menu()  # type: ignore[attr-defined]
        menu.aboutToShow.emit()
        next(each for each in menu.actions() if each.text().startswith(text)).trigger()
        QApplication.processEvents()

    menus = shown.bar.menus
    choose(menus.guard, "2 bits")
    choose(menus.max_depth, "3")
    choose(menus.word, "Serialized")
    overrides = player.overrides
    assert (overrides.guard, overrides.max_depth, overrides.word) == ("bit2", 3, "serialized")
    assert (menus.guard.text(), menus.max_depth.text()) == ("2 bits", "3")
    choose(menus.guard, "Scan")
    assert (overrides := player.overrides).word == "current", overrides
    assert not menus.max_depth.isVisible()
    assert not menus.word.isVisible()
    choose(menus.scenario, "Why depth 2")
    assert player.source is not None
    assert player.source.where == "smp-depth-two"
    assert menus.scenario.text() == "Why depth 2 is not trivial"
    choose(menus.scenario, "A tick, a packet and what comes after")
    assert menus.scenario.text().endswith("…")
    assert menus.scenario.accessibleName() == "Scenario: A tick, a packet and what comes after"


# -- while it goes on -----------------------------------------------------------------------------


def test_progress_is_told_and_cancel_keeps_what_was_found(
    controller: Controller, qtbot: QtBot
) -> None:
    shown = page(controller)
    types(shown.bar.fields["failures"], str(fake_explorer.UNTIL_STOPPED))
    QTest.mouseClick(shown.bar.start_button, CLICK)
    qtbot.waitUntil(lambda: shown.session.progress is not None, timeout=PATIENCE)
    assert "1,200 runs" in shown.banner.figures.text()
    assert "2,400 runs/s" in shown.banner.figures.text()
    assert "level 1 of 5" in shown.banner.figures.text()
    assert "41 still to try" in shown.banner.figures.text()
    assert 0 < shown.banner.share < 1
    states = {row.name: row.state for row in shown.list.properties.rows}
    assert states["guard-clear"] == "broken"
    assert states["no-deadlock"] == "not known yet"
    QTest.mouseClick(shown.bar.stop_button, CLICK)
    assert "Stopping" in shown.banner.sentence.text()
    qtbot.waitUntil(lambda: not shown.session.busy, timeout=PATIENCE)
    assert "It was stopped" in shown.banner.note.text()
    assert [row.state for row in shown.list.properties.rows][1] == "held so far"
    assert shown.bar.start_button.isVisible()


def test_escape_stops_it(controller: Controller, qtbot: QtBot) -> None:
    shown = page(controller)
    types(shown.bar.fields["failures"], str(fake_explorer.UNTIL_STOPPED))
    QTest.mouseClick(shown.bar.start_button, CLICK)
    qtbot.waitUntil(lambda: shown.session.progress is not None, timeout=PATIENCE)
    QTest.keyClick(shown.list, KEY.Key_Escape)
    assert shown.session.stopping
    qtbot.waitUntil(lambda: not shown.session.busy, timeout=PATIENCE)
    assert shown.session.result is not None


def test_what_goes_wrong_is_said_until_it_goes_well(controller: Controller, qtbot: QtBot) -> None:
    shown = explored(controller, qtbot, fake_explorer.COMPLAINS)
    assert messages(controller) == ["the scenario cannot be explored; choose another one"]
    assert shown.empty.isVisible()
    explored(controller, qtbot, fake_explorer.HOLDS)
    assert messages(controller) == []
    assert shown.banner.verdict.kind == "ok"


# -- the answer -----------------------------------------------------------------------------------


def test_properties_are_a_proper_model(controller: Controller) -> None:
    session = page(controller).session
    model = PropertyModel(session)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for answer in (broken(GRAPH), verified(), verified(complete=False)):
        answered(controller, answer)
        assert model.rowCount() == 5
    index = model.index(0)
    assert index.data() == "The guard is clear again"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).endswith(": held so far")
    assert index.data(Qt.ItemDataRole.ToolTipRole) == (
        "The guard is clear whenever no save is in progress."
    )
    del tester


def test_arrows_go_through_properties_and_the_picture_follows(controller: Controller) -> None:
    shown = answered(controller, broken(GRAPH))
    assert shown.session.selected == "guard-clear"
    assert shown.list.currentIndex().row() == 0
    assert shown.list.selectionModel().isSelected(shown.list.currentIndex())
    shown.list.setFocus()
    QTest.keyClick(shown.list, KEY.Key_Down)
    assert shown.session.selected == "no-lost-update"
    assert "It holds in every one of 3,104 runs." in shown.detail.found.text()
    assert not shown.detail.buttons["explore.live"].isVisible()
    QTest.keyClick(shown.list, KEY.Key_N)
    assert shown.session.selected == "guard-clear"
    QTest.keyClick(shown.list, KEY.Key_N)
    assert shown.session.selected == "no-deadlock"
    assert [what.text() for _, what in shown.detail.choices._labels] == [
        "interrupt nic comes",
        "kworker/17 takes over this CPU",
    ]


def test_an_answer_to_another_question_says_so(controller: Controller) -> None:
    shown = answered(controller, verified())
    assert "changed since" not in shown.banner.note.text()
    controller.session.override(guard="bit2")
    assert "changed since" in shown.banner.note.text()
    controller.session.override(guard=None)
    assert "changed since" not in shown.banner.note.text()


def test_the_answer_is_copied_as_text(controller: Controller) -> None:
    window = controller.window
    window.registry.run("explore.copy")
    assert messages(controller) == ["Explore first: then there is an answer to copy."]
    answered(controller, broken())
    QTest.keyClick(
        page(controller).list,
        KEY.Key_C,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == "Counterexample: the guard stays set after one switch."
    assert copied[-5:] == [
        "- The guard is clear again: broken",
        "- No update is lost: holds",
        "- No deadlock: broken",
        "- The stack is large enough: holds",
        "- Every run ends: holds",
    ]
