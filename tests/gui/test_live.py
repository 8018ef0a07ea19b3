"""The whole window: keys and controls reach the session, files are watched, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.scenario.loader import open_scenario
from core.trace.events import Kind
from gui.actions import ActionRegistry
from gui.controller import Controller
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.window import MainWindow
from gui.workspaces import live

pytestmark = pytest.mark.usefixtures("undressed")

KEY = Qt.Key


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Controller:
    settings = Settings(tmp_path / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    made = Controller(window)
    window.add_workspace(
        "live", "Live", "live", lambda: live.create(window, made.session, made.playback)
    )
    window.resize(1280, 800)
    window.show()
    window.show_workspace("live")
    made.open_first()
    qtbot.waitExposed(window)
    return made


def page(controller: Controller) -> live.LiveWorkspace:
    found = controller.window.findChild(live.LiveWorkspace)
    assert isinstance(found, live.LiveWorkspace)
    return found


def press(controller: Controller, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    modifier = modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier
    stack = page(controller).stack
    stack.setFocus()
    QTest.keyClick(stack, key, modifier)


def test_the_first_thing_to_see_is_the_mails_chain(controller: Controller) -> None:
    assert controller.session.trace is not None
    assert controller.session.trace.info.scenario == "mail-chain"
    window = controller.window
    assert "The chain of the mail" in window.windowTitle()


def test_keys_move_through_the_run(controller: Controller) -> None:
    session = controller.session
    assert session.trace is not None
    press(controller, KEY.Key_Period)
    press(controller, KEY.Key_Period)
    assert session.position == 1
    press(controller, KEY.Key_Comma)
    assert session.position == 0
    press(controller, KEY.Key_BracketRight)
    assert session.trace.kind(session.position) is Kind.SHORT_CIRCUITED
    hit = session.position
    press(controller, KEY.Key_F7)
    assert session.position == hit + 1
    press(controller, KEY.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert session.position < hit
    press(controller, KEY.Key_End)
    assert session.position == len(session.trace) - 1
    press(controller, KEY.Key_5)
    assert session.position == len(session.trace) // 2
    press(controller, KEY.Key_Home)
    assert session.position == -1


def test_space_plays_and_pauses(controller: Controller, qtbot: QtBot) -> None:
    with qtbot.waitSignal(controller.playback.playing_changed) as got:
        press(controller, KEY.Key_Space)
    assert got.args == [True]
    with qtbot.waitSignal(controller.playback.playing_changed) as got:
        press(controller, KEY.Key_Space)
    assert got.args == [False]


def test_essential_frames_are_a_key_away(controller: Controller) -> None:
    press(controller, KEY.Key_E)
    assert controller.session.essential_only
    press(controller, KEY.Key_BracketRight)
    assert len(controller.session.frames()) == 8


def test_a_mistake_is_a_message_and_nothing_is_lost(controller: Controller, tmp_path: Path) -> None:
    window = controller.window
    before = controller.session.trace
    broken = tmp_path / "broken.toml"
    broken.write_text(open_scenario("mail-chain").text.replace("max_depth = 1", "max_depth = 0"))
    window.open_file(broken)
    assert "broken.toml:19: guard.max_depth" in window.messages.messages[0].text
    assert controller.session.trace is before


def test_a_scenario_of_ones_own_is_read_again_when_it_changes(
    controller: Controller, tmp_path: Path, qtbot: QtBot
) -> None:
    window = controller.window
    mine = tmp_path / "mine.toml"
    mine.write_text(open_scenario("mail-chain").text)
    window.open_file(mine)
    with qtbot.waitSignal(controller.session.trace_changed, timeout=5000):
        mine.write_text(mine.read_text().replace('design = "bit1"', 'design = "none"'))
    assert controller.session.trace is not None
    assert controller.session.trace.info.outcome == "stack_overflow"


def test_what_is_known_before_the_run_stands_beside_the_guard(controller: Controller) -> None:
    window = controller.window
    controller.session.open("two-bit-wrap")
    assert not window.messages.messages
    labels = page(controller).guard_bar.findChildren(QLabel)
    assert any("never guards" in f"{label.text()} {label.toolTip()}" for label in labels)


def test_the_machine_can_be_checked_from_the_window(controller: Controller) -> None:
    controller.window.registry.run("help.doctor")
    assert controller.window.messages.messages


def test_every_command_does_something(controller: Controller) -> None:
    window = controller.window
    idle = {
        command.id
        for group in window.registry.groups().values()
        for command in group
        if not window.registry.action(command.id).isEnabled()
        and (not command.contexts or "live" in command.contexts)
        and command.group != "Lesson"
        and command.id != "help.tour"
    }
    # Lessons are bound where they are added. Nothing runs that could be cancelled, and there is no
    # stop to remove.
    assert idle == {"run.cancel", "stop.clear"}


def test_every_control_has_a_name(controller: Controller) -> None:
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in page(controller).findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", lambda: "")())
        and not widget.objectName().startswith("qt_")
    ]
    assert nameless == []


@pytest.mark.parametrize("scale", [1.0, 1.5, 3.0])
@pytest.mark.usefixtures("dressed")
def test_nothing_overlaps_at_any_size(controller: Controller, scale: float) -> None:
    window, here = controller.window, page(controller)
    window.themes.set_scale(scale)
    parts = [here.stack, here.gauge, here.explanation, here.source, here.word, here.scrubber]
    for size in ((960, 640), (1280, 800), (1920, 1080)):
        window.resize(*size)
        # What scrolls is as large as it likes; it counts where it can be seen.
        boxes = [
            part.visibleRegion().boundingRect().translated(part.mapTo(here, QPoint(0, 0)))
            for part in parts
            if part.isVisible()
        ]
        for at, box in enumerate(boxes):
            assert not any(box.intersects(other) for other in boxes[at + 1 :]), size
        assert here.stack.height() > 60, size


def test_a_complaint_goes_when_the_mistake_does(controller: Controller) -> None:
    bar = controller.window.messages
    controller.session.override(max_depth=0)
    controller.session.override(kernel="6.12")
    assert len(bar.messages) == 1
    controller.session.override(guard="uint")
    assert not bar.messages


def test_the_keyboard_comes_home(controller: Controller) -> None:
    here, window = page(controller), controller.window
    window.activateWindow()
    window.registry.run("run.scenario")
    QTest.keyClicks(here.picker.search, "two bits")
    QTest.keyClick(here.picker.search, KEY.Key_Return)
    assert here.stack.hasFocus()
    window.registry.run("help.keys")
    QTest.keyClick(window.help, KEY.Key_Escape)
    assert here.stack.hasFocus()


def test_tab_reaches_the_what_if_bar_and_the_scenarios(controller: Controller) -> None:
    here = page(controller)
    controller.window.activateWindow()
    here.stack.setFocus()
    reached: set[QWidget | None] = set()
    for _ in range(120):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused)
        QTest.keyClick(focused, KEY.Key_Tab)
    assert here.picker.search in reached
    assert any(here.guard_bar.isAncestorOf(widget) for widget in reached if widget)
    assert here.transport.button("play.toggle") in reached


def test_a_layout_file_can_be_opened(controller: Controller) -> None:
    btf = Path(__file__).parents[1] / "data" / "btf" / "arm64-debian-arm64.btf"
    controller.window.open_file(btf)
    assert controller.session.trace is not None
    assert "arm64-debian-arm64" in controller.session.trace.info.layout.label
    assert controller.window.settings.recent_files[0] == btf


def test_side_panels_can_be_put_away_and_stay_away(controller: Controller, qtbot: QtBot) -> None:
    here, window = page(controller), controller.window
    before = here.stack.width()
    press(controller, KEY.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert not here.picker.isVisible()
    qtbot.waitUntil(lambda: here.stack.width() > before)
    press(controller, KEY.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert not here.source.isVisible()
    again = live.create(window, controller.session, controller.playback)
    qtbot.addWidget(again)
    again.show()
    assert not again.picker.isVisible()
    window.registry.run("view.scenarios")
    assert again.picker.isVisible()


@pytest.mark.usefixtures("dressed")
def test_the_columns_are_remembered(controller: Controller, qtbot: QtBot) -> None:
    window = controller.window
    here = page(controller)
    columns = here._splitters["columns"]
    columns.setSizes([300, 600, 380])
    columns.splitterMoved.emit(300, 1)
    again = live.create(window, controller.session, controller.playback)
    qtbot.addWidget(again)
    again.resize(here.size())
    again.show()
    assert again._splitters["columns"].sizes() == columns.sizes()


# -- several CPUs -------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.usefixtures("dressed")
def test_nothing_overlaps_with_several_cpus(controller: Controller, scale: float) -> None:
    assert controller.session.open("two-locks")
    window, here = controller.window, page(controller)
    window.themes.set_scale(scale)
    for size in ((1280, 800), (1920, 1080)):
        window.resize(*size)
        QApplication.processEvents()
        assert not here.stack.isVisible()
        parts = [*here.cpus.views, here.locks, here.explanation, here.source, here.word]
        boxes = [part.rect().translated(part.mapTo(here, part.rect().topLeft())) for part in parts]
        for at, box in enumerate(boxes):
            assert not any(box.intersects(other) for other in boxes[at + 1 :]), size
        assert all(view.height() > 60 for view in here.cpus.views), size


def test_the_running_cpu_has_the_keyboard_and_one_cpu_gets_it_back(
    controller: Controller, qtbot: QtBot
) -> None:
    here = page(controller)
    here.stack.setFocus()
    assert controller.session.open("two-locks")
    assert here.main_view is here.cpus.running
    assert here.cpus.running is not None
    qtbot.waitUntil(here.cpus.running.hasFocus)
    assert controller.session.open("mail-chain")
    assert here.main_view is here.stack
    qtbot.waitUntil(here.stack.hasFocus)
    assert here.stack.isVisible()
    assert not here.cpus.isVisible()
    assert not here.locks.isVisible()
