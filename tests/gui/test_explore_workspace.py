"""The Explore workspace in the window: bounds, verdict, properties, picture, playing, saving."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.explore.result import Exploration
from gui.actions import ActionRegistry
from gui.app import _add_workspaces
from gui.controller import Controller
from gui.explore_bindings import add_explore
from gui.settings import Settings
from gui.theme import SCALES, ThemeManager
from gui.widgets import ask
from gui.widgets.explore.properties_button import PropertyChecks
from gui.widgets.explore.property_model import PropertyModel
from gui.window import MainWindow
from gui.workspaces.explore import ExploreWorkspace
from tests.gui import fake_explorer
from tests.gui.explored import broken, two_tasks, verified

KEY = Qt.Key
CLICK = Qt.MouseButton.LeftButton
PATIENCE = 30_000
SERIALIZED = Path(__file__).parent / "two-cpus.toml"
GRAPH = two_tasks(4)


def a_window(qtbot: QtBot, tmp_path: Path) -> tuple[Controller, MainWindow]:
    settings = Settings(tmp_path / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    controller = Controller(window)
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    return controller, window


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Controller:
    """A window with workers that answer what a test wants."""
    made, window = a_window(qtbot, tmp_path)
    _add_workspaces_but_explore(window, made)
    made.session.open("mail-chain")
    window.show_workspace("explore")
    return made


def _add_workspaces_but_explore(window: MainWindow, controller: Controller) -> None:
    for name in ("live", "timeline"):
        window.add_workspace(name, name.capitalize(), name, QWidget)
    fakes = {"module": "tests.gui.fake_explorer", "estimator": "tests.gui.fake_estimator"}
    add_explore(window, controller.session, **fakes)


def page(controller: Controller) -> ExploreWorkspace:
    found = controller.window.findChild(ExploreWorkspace)
    assert isinstance(found, ExploreWorkspace)
    return found


def types(field: QWidget, text: str) -> None:
    field.setFocus()
    QTest.keyClick(field, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)


def explored(controller: Controller, qtbot: QtBot, failures: int) -> ExploreWorkspace:
    """Type how many allocations may fail, which tells the worker what to find, and explore."""
    shown = page(controller)
    types(shown.bar.fields["failures"], str(failures))
    QTest.mouseClick(shown.bar.start_button, CLICK)
    qtbot.waitUntil(lambda: not shown.session.busy, timeout=PATIENCE)
    return shown


def answered(controller: Controller, answer: Exploration) -> ExploreWorkspace:
    """Show an answer without asking."""
    shown = page(controller)
    shown.session.asked = shown.session.question
    shown.session._take(answer)
    QApplication.processEvents()
    return shown


def messages(controller: Controller) -> list[str]:
    return [message.text for message in controller.window.messages.messages]


def at(shown: ExploreWorkspace, node: int) -> QPoint:
    return shown.graph.view.point_of(node).toPoint()


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


# -- the picture ----------------------------------------------------------------------------------


def test_too_many_states_are_not_drawn_and_that_is_said(controller: Controller) -> None:
    shown = answered(controller, msgspec.structs.replace(verified(), states=81_000))
    assert shown.graph.why.isVisible()
    assert shown.graph.why.text().startswith("81,000 states are too many for a picture")
    assert not shown.graph.legend.isVisible()


def test_a_click_looks_at_a_state_and_keys_go_on(controller: Controller, qtbot: QtBot) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    view = shown.graph.view
    QTest.mouseClick(view, CLICK, pos=at(shown, 0))
    assert shown.session.node == 0
    view.setFocus()
    QTest.keyClick(view, KEY.Key_Right)
    step = shown.session.node
    assert (0, step) in view.scene.edges  # type: ignore[union-attr]
    assert shown.detail.title.text() == f"State {step}, 1 point from the start"
    assert view.accessibleDescription().startswith(f"State {step}")
    column = view.scene.placed.columns[1]  # type: ignore[union-attr]
    QTest.keyClick(view, KEY.Key_Down if step == column[0] else KEY.Key_Up)
    assert shown.session.node in {*column} - {step}
    QTest.keyClick(view, KEY.Key_Home)
    assert shown.session.node == 0
    QTest.keyClick(view, KEY.Key_Escape)
    assert shown.session.node == -1


def test_hovering_tells_the_state_and_its_choices(controller: Controller) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    view = shown.graph.view
    node = next(at for at, each in enumerate(GRAPH.nodes) if len(each.choices) == 1)
    QTest.mouseMove(view, at(shown, node))
    assert view.hovered == node
    assert "Point " in view.words(node)
    QTest.mouseMove(view, QPoint(2, 2))
    assert view.hovered == -1


def test_it_zooms_and_pans_and_goes_back(controller: Controller) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    view = shown.graph.view
    whole = view.camera.view
    spot = QPointF(at(shown, 3))
    _wheel(view, spot, 120)
    assert view.camera.zoom == pytest.approx(1.25)
    assert view.point_of(3).toTuple() == pytest.approx(spot.toTuple(), abs=1)
    QTest.keyClick(view, KEY.Key_Backspace)
    assert view.camera.view == whole
    QTest.keyClick(view, KEY.Key_W)
    assert view.camera.zoom > 1
    QTest.keyClick(view, KEY.Key_D)
    QTest.keyClick(view, KEY.Key_F)
    assert view.camera.view == whole
    QTest.mousePress(view, CLICK, pos=QPoint(50, 50))
    QTest.mouseMove(view, QPoint(120, 90))
    QTest.mouseRelease(view, CLICK, pos=QPoint(120, 90))
    assert (view.camera.view.left, view.camera.view.top) == pytest.approx(
        (whole.left + 70, whole.top + 40)
    )
    assert shown.session.node == -1
    QTest.mouseClick(shown.graph.whole_button, CLICK)
    assert view.camera.is_whole


def _wheel(view: QWidget, spot: QPointF, turned: int) -> None:
    event = QWheelEvent(
        spot, view.mapToGlobal(spot), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_the_picture_is_put_away_and_stays_away(controller: Controller) -> None:
    shown = answered(controller, verified(graph=GRAPH))
    assert shown.picture_shown
    QTest.keyClick(shown.list, KEY.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert not shown.picture_shown
    shown.resize(shown.width() - 40, shown.height())
    QApplication.processEvents()
    assert not shown.picture_shown
    controller.window.registry.run("explore.picture")
    assert shown.picture_shown


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_picture_is_exported_with_the_verdict(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(ask, "_folders", [tmp_path])
    path = tmp_path / f"states.{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), f"(*.{kind})"))
    controller.window.registry.run("explore.export")
    assert messages(controller) == ["There is no picture of states to export."]
    answered(controller, broken(GRAPH))
    controller.window.registry.run("explore.export")
    written = path.read_bytes()
    assert written.startswith(b"\x89PNG" if kind == "png" else b"<?xml")
    assert kind == "png" or b"Counterexample: the guard stays set" in written


# -- playing and saving, with the real workers ----------------------------------------------------


@pytest.fixture
def real(qtbot: QtBot, tmp_path: Path) -> Controller:
    """The guard's bits in the serialized word, explored."""
    made, window = a_window(qtbot, tmp_path)
    _add_workspaces(window, made)
    made.session.open(str(SERIALIZED))
    window.show_workspace("explore")
    shown = page(made)
    QTest.mouseClick(shown.bar.start_button, CLICK)
    qtbot.waitUntil(lambda: not shown.session.busy, timeout=PATIENCE)
    assert shown.banner.sentence.text() == "Counterexample: an update is lost after one switch."
    return made


def test_a_counterexample_plays_like_any_run(real: Controller, qtbot: QtBot) -> None:
    shown, player = page(real), real.session
    QTest.mouseClick(shown.detail.buttons["explore.live"], CLICK)
    assert real.window.workspace == "live"
    found = shown.session.property("no-lost-update")
    assert found is not None
    assert found.counterexample is not None
    assert player.position == found.counterexample.event
    assert player.trace is not None
    assert len(player.trace) == found.counterexample.events
    assert player.source is not None
    assert player.source.document["schedule"]["choices"] == list(found.counterexample.choices)
    real.window.show_workspace("explore")
    assert not shown.session.outdated
    assert shown.bar.menus.scenario.text() == "The guard in the serialized word"


def test_a_counterexample_stays_open_while_its_folder_changes(
    real: Controller, qtbot: QtBot
) -> None:
    real.window.registry.run("explore.live")
    played = real.session.source
    real.watcher._look()
    assert real.session.source is played


def test_a_double_click_on_a_state_plays_the_way_to_it(real: Controller) -> None:
    shown, player = page(real), real.session
    scene = shown.graph.view.scene
    assert scene is not None
    nodes = scene.graph.nodes
    wanted = next(
        at
        for at, node in enumerate(nodes)
        if not node.outcome and len(node.choices) == 1 and "interrupt" in node.choices[0]
    )
    where = at(shown, wanted)
    QTest.mouseClick(shown.graph.view, CLICK, pos=where)
    assert shown.session.node == wanted
    QTest.mouseDClick(shown.graph.view, CLICK, pos=where)
    assert real.window.workspace == "live"
    assert player.source is not None
    assert player.source.document["schedule"]["choices"] == list(nodes[wanted].choices)
    assert player.source.document["title"].endswith(f"the way to state {wanted}")
    assert player.trace is not None
    assert player.trace.kind(player.position).name == "INTERRUPTED"


def test_it_is_shown_on_the_timeline(real: Controller) -> None:
    QTest.keyClick(page(real).list, KEY.Key_T)
    assert real.window.workspace == "timeline"
    assert real.session.position > 0


def test_a_counterexample_is_saved_and_opens_again(
    real: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "_folders", [tmp_path])
    offered: list[str] = []

    def choose(*arguments: str) -> tuple[str, str]:
        offered.append(arguments[2])
        return str(tmp_path / "lost.toml"), "Scenarios (*.toml)"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    QTest.keyClick(page(real).list, KEY.Key_K)
    path = tmp_path / "lost.toml"
    assert offered == [str(tmp_path / "two-cpus-no-lost-update.toml")]
    assert messages(real) == [f"Saved: {path}"]
    assert tomllib.loads(path.read_text("utf-8"))["guard"]["word"] == "serialized"
    assert real.window.settings.recent_files[0] == path.resolve()
    assert real.session.open(str(path))
    assert real.session.trace is not None


def test_a_place_where_nothing_can_be_written_is_said(
    real: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "_folders", [tmp_path])
    nowhere = tmp_path / "no" / "where.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(nowhere), "(*.toml)"))
    real.window.registry.run("explore.save")
    assert str(nowhere) in messages(real)[0]
    assert "choose another place" in messages(real)[0]


# -- how it looks ---------------------------------------------------------------------------------


def test_there_is_nothing_to_play_before_there_is(controller: Controller) -> None:
    for command in ("explore.live", "explore.timeline", "explore.save"):
        assert not controller.window.registry.action(command).isEnabled()
    answered(controller, broken())
    assert controller.window.registry.action("explore.live").isEnabled()
    answered(controller, verified())
    assert not controller.window.registry.action("explore.live").isEnabled()


@pytest.mark.parametrize("size", [(960, 640), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("scale", [SCALES[0], 1.0, 2.0, SCALES[-1]])
def test_it_fits_every_size_at_every_scale(
    controller: Controller, size: tuple[int, int], scale: float
) -> None:
    window, shown = controller.window, answered(controller, broken(GRAPH))
    window.resize(*size)
    window.themes.set_scale(scale)
    for _ in range(6):
        QApplication.processEvents()
    inside = shown.area.widget()
    assert inside is not None
    assert inside.width() <= shown.area.viewport().width()
    assert shown.area.verticalScrollBar().value() in (0, shown.banner.y())
    banner = shown.banner
    for label in (banner.sentence, banner.figures):
        assert label.height() >= label.heightForWidth(label.width())
    assert shown.list.isVisible()
    for theme in ("dark", "light"):
        window.themes.choose(theme)
        assert not window.grab().isNull()


def test_what_it_says_at_first_fits_as_well(controller: Controller) -> None:
    shown = page(controller)
    controller.window.resize(960, 640)
    controller.window.themes.set_scale(SCALES[-1])
    for _ in range(6):
        QApplication.processEvents()
    inside = shown.area.widget()
    assert inside is not None
    assert inside.width() <= shown.area.viewport().width()


def test_where_room_is_short_they_take_turns(controller: Controller) -> None:
    shown = answered(controller, broken(GRAPH))
    controller.window.themes.set_scale(3.0)
    QApplication.processEvents()
    assert shown.turns.isVisible()
    assert not shown.graph.isVisible()
    shown.list.setFocus()
    QTest.mouseClick(shown.turns.buttons["picture"], CLICK)
    assert shown.graph.isVisible()
    assert not shown.list.isVisible()
    assert shown.main_view is shown.graph.view
    assert shown.graph.view.hasFocus()
    controller.window.registry.run("explore.picture")
    assert shown.list.isVisible()


def test_every_view_has_a_name_for_screen_readers(controller: Controller) -> None:
    shown = answered(controller, broken(GRAPH))
    views = (shown.bar, shown.banner, shown.list, shown.detail, shown.graph.view)
    named: Callable[[QWidget], str] = QWidget.accessibleName
    assert all(map(named, (*views, *shown.bar.fields.values(), shown.graph.legend)))
    assert "still running" in shown.graph.legend.accessibleDescription()
