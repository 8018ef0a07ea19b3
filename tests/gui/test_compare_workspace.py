"""The Compare workspace in the window: its bar, its commands, and how it shares the room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from core.compare.lanes import PRESETS, Lane
from core.guards.catalog import DESIGNS
from gui.actions import ActionRegistry
from gui.compare_bindings import add_compare
from gui.playback import Playback
from gui.runner import Runner
from gui.session import Session
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.widgets.guard_choice import WORDS_TOLD
from gui.window import MainWindow
from gui.workspaces import compare
from tests.gui.compare_stands import settled
from tests.gui.compare_window import Stand, opened

pytestmark = pytest.mark.usefixtures("undressed")

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Iterator[Stand]:
    made = opened(qtbot, tmp_path)
    yield made
    made.window.close()


def entries(button: QToolButton) -> dict[str, object]:
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if action.text()}


def choose(button: QToolButton, text: str) -> None:
    entries(button)[text].trigger()  # type: ignore[attr-defined]


# -- commands -----------------------------------------------------------------------------


def test_keys_move_all_lanes_and_not_the_run_in_live(qtbot: QtBot, stand: Stand) -> None:
    session, main = stand.session, stand.main
    assert session.alignment is not None
    parting = session.alignment.partings[0].moment
    assert session.moment == parting
    stand.key(qtbot, Qt.Key.Key_Period)
    assert session.moment == parting + 1
    stand.key(qtbot, Qt.Key.Key_Home)
    assert session.moment == -1
    stand.key(qtbot, Qt.Key.Key_N)
    assert session.moment == parting
    stand.key(qtbot, Qt.Key.Key_End)
    assert session.moment == session.alignment.moments - 1
    stand.key(qtbot, Qt.Key.Key_P)
    assert session.moment == parting
    stand.key(qtbot, Qt.Key.Key_F6)
    assert session.moment > parting
    stand.key(qtbot, Qt.Key.Key_5)
    assert session.moment == session.alignment.moments // 2
    stand.key(qtbot, Qt.Key.Key_BracketLeft)
    assert session.moment < session.alignment.moments // 2
    assert main.position == -1
    stand.window.show_workspace("live")
    moment = session.moment
    stand.key(qtbot, Qt.Key.Key_Period)
    assert main.position == 0
    assert session.moment == moment


def test_the_space_bar_plays_what_is_in_front(qtbot: QtBot, stand: Stand) -> None:
    stand.key(qtbot, Qt.Key.Key_Space)
    assert stand.playback.playing
    assert not stand.main_playback.playing
    assert stand.window.registry.icon_name("play.toggle") == "pause"
    stand.window.show_workspace("live")
    assert not stand.playback.playing
    assert stand.window.registry.icon_name("play.toggle") == "play"
    stand.window.registry.run("play.toggle")
    assert stand.main_playback.playing
    stand.window.show_workspace("compare")
    assert not stand.main_playback.playing


def test_the_speed_belongs_to_each_clock(stand: Stand) -> None:
    registry = stand.window.registry
    before = stand.main_playback.speed
    for _ in range(20):
        registry.run("speed.faster")
    assert stand.playback.speed > before == stand.main_playback.speed
    assert not registry.action("speed.faster").isEnabled()
    stand.window.show_workspace("live")
    assert registry.action("speed.faster").isEnabled()


def test_stops_of_the_run_in_live_do_not_move_it_from_here(stand: Stand) -> None:
    assert not stand.window.registry.action("stop.next").isEnabled()


def test_w_and_s_zoom_a_and_d_pan_f_fits_backspace_goes_back(qtbot: QtBot, stand: Stand) -> None:
    viewport = stand.page.strips.viewport
    whole = viewport.view
    stand.key(qtbot, Qt.Key.Key_W)
    once = viewport.view
    assert once.width < whole.width
    stand.key(qtbot, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    coarse = viewport.view.width
    assert once.width / coarse > whole.width / once.width
    stand.key(qtbot, Qt.Key.Key_D)
    assert viewport.view.width == pytest.approx(coarse)
    first = viewport.view.first
    stand.key(qtbot, Qt.Key.Key_A)
    assert viewport.view.first < first
    stand.key(qtbot, Qt.Key.Key_S)
    assert viewport.view.width > coarse
    kept = stand.page.strips.viewport.seen
    stand.key(qtbot, Qt.Key.Key_F)
    assert viewport.view == viewport.bounds
    stand.key(qtbot, Qt.Key.Key_Backspace)
    assert viewport.seen == kept


def test_presets_and_one_more_lane_have_commands(qtbot: QtBot, stand: Stand) -> None:
    registry, session = stand.window.registry, stand.session
    registry.run("compare.depths")
    settled(qtbot, session)
    assert session.lanes == next(p.lanes for p in PRESETS if p.name == "depths")
    registry.run("compare.patch")
    settled(qtbot, session)
    registry.run("compare.add")
    settled(qtbot, session)
    assert len(session.views) == 3
    registry.run("compare.storages")
    settled(qtbot, session)
    assert session.lanes == PRESETS[0].lanes


def test_the_table_is_copied_by_command(stand: Stand) -> None:
    stand.window.registry.run("compare.copy")
    assert QGuiApplication.clipboard().text().startswith("1-bit field overflows the stack")
    stand.window.registry.run("compare.copy_csv")
    assert QGuiApplication.clipboard().text().startswith("measure,unit,differs")


def test_g_lays_one_lane_over_another_in_all_views(qtbot: QtBot, stand: Stand) -> None:
    stand.key(qtbot, Qt.Key.Key_G)
    page, theme = stand.page, stand.window.themes.theme
    assert page.strips.pair == page.bar.pair == (0, 1)
    sides = [column.side for column in page.columns.columns]
    assert sides == [theme.only_a, theme.only_b, None]
    assert [chip.side for chip in page.bar.chips] == sides
    stand.key(qtbot, Qt.Key.Key_G)
    assert page.strips.pair is None
    assert all(column.side is None for column in page.columns.columns)


# -- the bar ------------------------------------------------------------------------------


def test_the_bar_says_what_is_compared(qtbot: QtBot, stand: Stand) -> None:
    bar = stand.page.bar
    assert bar.preset.text() == "The mail's three"
    assert [chip.text() for chip in bar.chips] == ["unsigned int", "1-bit field", "2-bit field"]
    assert "depth 2" in bar.shared.whole
    assert "ia64" in bar.shared.whole
    choose(bar.preset, "Before and after the patch")
    qtbot.waitUntil(lambda: len(stand.session.views) == 2)
    assert bar.preset.text() == "Before and after the patch"
    assert [chip.isVisible() for chip in bar._all_chips] == [True, True, False, False]


def test_a_lane_is_added_until_there_are_four(qtbot: QtBot, stand: Stand) -> None:
    bar = stand.page.bar
    QTest.mouseClick(bar.add_button, LEFT)
    settled(qtbot, stand.session)
    assert len(stand.session.lanes) == 4
    assert not bar.add_button.isEnabled()
    assert bar.preset.text() == "Own lanes"


def test_the_overlay_is_chosen_from_all_pairs_and_goes_with_its_lane(
    qtbot: QtBot, stand: Stand
) -> None:
    bar = stand.page.bar
    assert list(entries(bar.overlay)) == ["Off", "A and B", "A and C", "B and C"]
    with qtbot.waitSignal(bar.pair_changed) as got:
        choose(bar.overlay, "B and C")
    assert got.args == [(1, 2)]
    assert bar.overlay.text() == "B and C"
    with qtbot.waitSignal(bar.pair_changed) as got:
        stand.session.remove_lane(0)
    assert got.args == [None]
    assert stand.page.strips.pair is None


def test_a_chip_opens_what_its_lane_changes(qtbot: QtBot, stand: Stand) -> None:
    session, chip = stand.session, stand.page.bar.chips[1]
    QTest.mouseClick(chip, LEFT)
    editor = chip.editor
    assert editor.isVisible()
    assert editor.guard.buttons["bit1"].isChecked()
    assert editor.max_depth.value() == 2
    QTest.mouseClick(editor.guard.buttons["uint"], LEFT)
    settled(qtbot, session)
    assert session.lanes[1] == Lane("uint")
    editor.max_depth.lineEdit().setText("")
    QTest.keyClicks(editor.max_depth, "3")
    QTest.keyClick(editor.max_depth, Qt.Key.Key_Return)
    settled(qtbot, session)
    assert session.lanes[1] == Lane("uint", 3)
    assert session.traces[1].info.guard.max_depth == 3
    QTest.mouseClick(editor.guard.buttons["scan"], LEFT)
    settled(qtbot, session)
    assert not editor.max_depth.isEnabled()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()


def test_a_lane_has_its_own_word_of_bits(qtbot: QtBot, stand: Stand) -> None:
    session, editor = stand.session, stand.page.bar.chips[1].editor
    stand.page.bar.chips[1].open_editor()
    assert editor.word.isEnabled()
    assert editor.word.text() == "Current"
    choose(editor.word, WORDS_TOLD["serialized"])
    qtbot.waitUntil(lambda: session.lanes[1].word == "serialized" and not session.busy)
    assert session.traces[1].info.guard.word == "serialized"
    assert editor.word.text() == "Serialized"
    assert "The mistake" in editor.word.toolTip()
    assert "serialized word" not in session.labels[0]
    QTest.mouseClick(editor.guard.buttons["uint"], LEFT)
    settled(qtbot, session)
    assert not editor.word.isEnabled()
    editor.close()


def test_a_lane_has_an_alternative(qtbot: QtBot, stand: Stand) -> None:
    session, editor = stand.session, stand.page.bar.chips[1].editor
    stand.page.bar.chips[1].open_editor()
    choose(editor.guard.more, f"Atomic: {DESIGNS['atomic']}")
    qtbot.waitUntil(lambda: session.lanes[1].guard == "atomic" and not session.busy)
    assert session.traces[1].info.guard.design == "atomic"
    assert editor.guard.more.text() == "Atomic"
    assert editor.max_depth.isEnabled()
    editor.open_below(stand.page.bar.chips[1])
    assert editor.guard.more.hasFocus()
    editor.close()


def test_kernels_and_architectures_are_chosen_in_the_lane(qtbot: QtBot, stand: Stand) -> None:
    session = stand.session
    stand.main.open("depth-law")
    settled(qtbot, session)
    editor = stand.page.bar.chips[0].editor
    editor.refresh()
    choose(editor.kernel, "6.12")
    qtbot.waitUntil(lambda: session.lanes[0].kernel == "6.12" and not session.busy)
    assert session.traces[0].info.kernel == "6.12"
    assert editor.kernel.text() == "6.12"
    choose(editor.arch, "arm64")
    qtbot.waitUntil(lambda: session.lanes[0].arch == "arm64" and not session.busy)
    choose(editor.kernel, "As the scenario has it")
    qtbot.waitUntil(lambda: session.lanes[0].kernel is None and not session.busy)
    assert not entries(editor.arch)["As the scenario has it"].isChecked()  # type: ignore[attr-defined]


def test_a_lane_is_removed_in_its_window_but_two_stay(qtbot: QtBot, stand: Stand) -> None:
    session, bar = stand.session, stand.page.bar
    bar.chips[0].open_editor()
    QTest.mouseClick(bar.chips[0].editor.remove_button, LEFT)
    qtbot.waitUntil(lambda: len(session.views) == 2)
    assert session.lanes == PRESETS[0].lanes[1:]
    bar.chips[0].open_editor()
    assert not bar.chips[0].editor.remove_button.isEnabled()
    bar.chips[0].editor.close()


# -- room ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("dressed")
def test_two_lanes_fit_the_smallest_window_and_four_a_projector(qtbot: QtBot, stand: Stand) -> None:
    stand.session.choose_preset("patch")
    settled(qtbot, stand.session)
    stand.window.resize(960, 640)
    qtbot.waitUntil(lambda: stand.page.columns.height() >= 170)
    assert stand.window.width() == 960
    assert all(column.parts.room >= 4 for column in stand.page.columns.columns)
    stand.window.resize(1280, 800)
    stand.session.set_lanes((*PRESETS[0].lanes, Lane("scan", 1)))
    settled(qtbot, stand.session)
    qtbot.waitUntil(lambda: stand.page.columns.height() > 250)
    assert stand.window.width() == 1280
    assert all(column.parts.room >= 5 for column in stand.page.columns.columns)
    assert stand.page.table.table.isVisible()


@pytest.mark.usefixtures("dressed")
def test_in_a_lecture_hall_the_table_makes_room_for_the_stacks(qtbot: QtBot, stand: Stand) -> None:
    stand.window.themes.set_scale(2.0)
    table = stand.page.table
    qtbot.waitUntil(lambda: table.sentence.isVisible() and not table.table.isVisible())
    columns = stand.page.columns.columns
    qtbot.waitUntil(lambda: all(column.parts.room >= 3 for column in columns))
    stand.window.themes.set_scale(1.0)
    qtbot.waitUntil(stand.page.table.table.isVisible)


@pytest.mark.usefixtures("dressed")
def test_heights_are_remembered(qtbot: QtBot, stand: Stand) -> None:
    splitter = stand.page._splitter
    splitter.setSizes([250, 250, 100])
    splitter.splitterMoved.emit(250, 1)
    sizes = splitter.sizes()
    again = compare.create(stand.window, stand.session, stand.playback)
    qtbot.addWidget(again)
    again.resize(stand.page.size())
    with qtbot.waitExposed(again):
        again.show()
    assert again._splitter.sizes() == pytest.approx(sizes, abs=2)


def test_a_run_that_takes_long_shows_and_can_be_stopped(qtbot: QtBot, stand: Stand) -> None:
    session = stand.session
    session._runs._runner._probe_events = 50
    before = session.traces
    with qtbot.waitSignal(session.run_started, timeout=20_000):
        session.change_lane(0, max_depth=3)
    registry = stand.window.registry
    assert registry.action("run.cancel").isEnabled()
    registry.run("run.cancel")
    assert session.traces == before
    assert not registry.action("run.cancel").isEnabled()


def test_a_window_offers_it_and_says_what_cannot_be_compared(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    main = Session(Runner(), window)
    session = add_compare(window, main, Playback(main, parent=window))
    assert main.open("mail-chain")
    assert window.workspaces == ("compare",)
    assert not session.traces
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(session.traces_changed):
        window.show_workspace("compare")
    session.change_lane(0, kernel="6.12")
    (message,) = window.messages.messages
    assert "ia64" in message.text
    session.change_lane(1, kernel="6.12")
    assert len(window.messages.messages) == 1
    with qtbot.waitSignal(session.traces_changed):
        session.choose_preset("patch")
    assert not window.messages.messages
    window.registry.run("play.end")
    assert session.alignment is not None
    assert session.moment == session.alignment.moments - 1
    window.close()
