"""The key help lists the keys in force and changes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QToolButton
from pytestqt.qtbot import QtBot

from gui.actions import ActionRegistry
from gui.commands import Command
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.widgets.help_gestures import GESTURES, GestureRow
from gui.widgets.help_overlay import HelpOverlay
from gui.widgets.help_rows import KeyChip, pressed_key
from gui.widgets.help_sections import sections

pytestmark = pytest.mark.usefixtures("undressed")

KEY, HELD = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "ownerscope.ini")


@pytest.fixture
def help_overlay(qtbot: QtBot, qapp: QApplication, settings: Settings) -> HelpOverlay:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    registry = ActionRegistry(settings)
    overlay = HelpOverlay(window, ThemeManager(settings), registry)
    for name in ("play.toggle", "step.in", "help.palette"):
        registry.connect(name, lambda: None)
    registry.install(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    overlay.open()
    qtbot.waitUntil(overlay.field.hasFocus)
    return overlay


def change(chip: KeyChip, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chip.waiting
    QTest.keyClick(chip, key, held)


@pytest.mark.parametrize(
    ("key", "held", "text", "expected"),
    [
        (KEY.Key_K, HELD.NoModifier, "k", "K"),
        (KEY.Key_K, HELD.ShiftModifier, "K", "Shift+K"),
        (KEY.Key_Question, HELD.ShiftModifier, "?", "?"),
        (KEY.Key_5, HELD.KeypadModifier, "5", "5"),
        (KEY.Key_F5, HELD.ShiftModifier, "", "Shift+F5"),
        (KEY.Key_P, HELD.ControlModifier | HELD.ShiftModifier, "\x10", "Ctrl+Shift+P"),
        (KEY.Key_Shift, HELD.ShiftModifier, "", ""),
        (KEY.Key_Control, HELD.ControlModifier, "", ""),
    ],
)
def test_pressed_keys(key: Qt.Key, held: Qt.KeyboardModifier, text: str, expected: str) -> None:
    assert pressed_key(QKeyEvent(QEvent.Type.KeyPress, key, held, text)) == expected


def test_every_command_has_its_row(help_overlay: HelpOverlay) -> None:
    assert list(help_overlay.rows)[:2] == ["file.open", "file.reload"]
    assert len(help_overlay.rows["zoom.in"].chips) == 2
    assert len(help_overlay.rows["view.motion"].chips) == 1


def test_a_click_and_a_key_change_it(qtbot: QtBot, help_overlay: HelpOverlay) -> None:
    registry = help_overlay._registry
    chip = help_overlay.rows["play.toggle"].chips[0]
    with qtbot.waitSignal(registry.keys_changed) as got:
        change(chip, KEY.Key_K, HELD.ControlModifier)
    assert got.args == ["play.toggle"]
    assert registry.keys("play.toggle") == ("Ctrl+K",)
    assert help_overlay._reset.isEnabled()


def test_waiting_takes_keys_that_are_commands(qtbot: QtBot, help_overlay: HelpOverlay) -> None:
    registry = help_overlay._registry
    with qtbot.assertNotEmitted(registry.ran):
        change(help_overlay.rows["step.in"].chips[0], KEY.Key_Space, HELD.NoModifier)
    assert registry.keys("step.in") == ("F6",)
    assert help_overlay.problem.text() == (
        "Space already runs “Play or pause”; choose another key or change that one first."
    )
    assert help_overlay.problem.objectName() == "problem"


def test_esc_stops_waiting_before_it_closes(help_overlay: HelpOverlay) -> None:
    chip = help_overlay.rows["step.in"].chips[0]
    change(chip, KEY.Key_Escape, HELD.NoModifier)
    assert not chip.waiting
    assert help_overlay.isVisible()
    QTest.keyClick(chip, KEY.Key_Escape)
    assert not help_overlay.isVisible()


def test_leaving_stops_waiting(help_overlay: HelpOverlay) -> None:
    chip = help_overlay.rows["step.in"].chips[0]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    help_overlay.field.setFocus()
    assert not chip.waiting


def test_delete_takes_away_and_insert_adds(help_overlay: HelpOverlay) -> None:
    registry, row = help_overlay._registry, help_overlay.rows["zoom.in"]
    row.chips[1].setFocus()
    QTest.keyClick(row.chips[1], KEY.Key_Delete)
    assert registry.keys("zoom.in") == ("Ctrl++",)
    row.chips[0].setFocus()
    QTest.keyClick(row.chips[0], KEY.Key_Insert)
    assert row.chips[-1].waiting
    QTest.keyClick(row.chips[-1], KEY.Key_Y, HELD.ControlModifier)
    assert registry.keys("zoom.in") == ("Ctrl++", "Ctrl+Y")


def test_one_and_all_can_be_taken_back(help_overlay: HelpOverlay) -> None:
    registry, row = help_overlay._registry, help_overlay.rows["step.in"]
    change(row.chips[0], KEY.Key_Y, HELD.NoModifier)
    assert registry.keys("step.in") == ("Y",)
    undo = row.findChild(QToolButton)
    assert isinstance(undo, QToolButton)
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert registry.keys("step.in") == ("F6",)
    registry.set_keys("step.in", ["Y"])
    QTest.mouseClick(help_overlay._reset, Qt.MouseButton.LeftButton)
    assert registry.keys("step.in") == ("F6",)
    assert not help_overlay._reset.isEnabled()


def test_search_finds_commands_and_keys(help_overlay: HelpOverlay) -> None:
    def seen() -> list[str]:
        return [name for name, row in help_overlay.rows.items() if row.isVisible()]

    QTest.keyClicks(help_overlay.field, "step in")
    assert seen() == ["step.in", "step.in_back"]
    help_overlay.field.clear()
    QTest.keyClicks(help_overlay.field, "ctrl+l")
    assert seen() == ["run.scenario"]


def test_the_digits_share_a_row_until_it_is_unfolded(help_overlay: HelpOverlay) -> None:
    _examples, family, *zooming = help_overlay._families
    assert [each.text() for each in zooming] == ["Zoom and pan coarser", "Zoom and pan finer"]
    assert family.isVisible()
    assert not help_overlay.rows["jump.3"].isVisible()
    assert family.accessibleName() == "Jump to 0 … 90 %: 0 to 9"
    QTest.mouseClick(family, Qt.MouseButton.LeftButton)
    assert not family.isVisible()
    assert help_overlay.rows["jump.3"].isVisible()


def test_plain_keys_stay_inside(qtbot: QtBot, help_overlay: HelpOverlay) -> None:
    with qtbot.assertNotEmitted(help_overlay._registry.ran):
        QTest.keyClick(help_overlay.field, KEY.Key_Space)
        help_overlay.rows["step.in"].chips[0].setFocus()
        QTest.keyClick(help_overlay.rows["step.in"].chips[0], KEY.Key_F6)
    with qtbot.waitSignal(help_overlay._registry.ran) as got:
        QTest.keyClick(help_overlay.field, KEY.Key_P, HELD.ControlModifier | HELD.ShiftModifier)
    assert got.args == ["help.palette"]


def test_tab_goes_round_inside(help_overlay: HelpOverlay) -> None:
    seen = set()
    for _ in range(300):
        QTest.keyClick(help_overlay.focusWidget() or help_overlay.field, KEY.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert help_overlay.isAncestorOf(focus)
        seen.add(focus)
    assert help_overlay.rows["file.open"].chips[0] in seen
    assert help_overlay.field in seen


@pytest.mark.usefixtures("dressed")
def test_it_paints_in_every_state(help_overlay: HelpOverlay) -> None:
    help_overlay.themes.choose("dark")
    help_overlay.themes.set_scale(2.0)
    QTest.mouseClick(help_overlay.rows["file.open"].chips[0], Qt.MouseButton.LeftButton)
    assert not help_overlay.grab().isNull()


def test_what_is_in_force_here_comes_first_and_the_rest_says_where() -> None:
    everywhere, playing = Command("file.open", "Open"), ("timeline", "layout", "live")
    play = Command("play.toggle", "Play", contexts=playing)
    hit = Command("timeline.next_hit", "Next hit", contexts=("timeline",))
    zoom = Command("axis.zoom", "Zoom", contexts=("timeline", "live"))
    member = Command("layout.next", "Next member", contexts=("layout",))
    shown = [Command(f"workspace.{name}", name.title()) for name in playing]
    groups = {
        "File": [everywhere], "Playback": [play], "Timeline": [zoom, hit], "Layout": [member],
        "Workspaces": shown,
    }  # fmt: skip

    def titles(here: str) -> list[str]:
        return [section.title for section in sections(groups, here)]

    assert titles("timeline") == [
        "TIMELINE", "PLAYBACK", "FILE", "WORKSPACES", "LAYOUT · in the Layout workspace",
    ]  # fmt: skip
    assert titles("layout") == [
        "LAYOUT", "PLAYBACK", "FILE", "WORKSPACES",
        "TIMELINE · in the Timeline and Live workspaces", "TIMELINE · in the Timeline workspace",
    ]  # fmt: skip
    assert titles("live")[:3] == ["TIMELINE", "PLAYBACK", "FILE"]
    assert titles("") == ["FILE", "PLAYBACK", "TIMELINE", "LAYOUT", "WORKSPACES"]


def test_no_command_is_lost_in_any_workspace() -> None:
    groups = ActionRegistry().groups()
    every = sorted(each.id for commands in groups.values() for each in commands)
    for here in ("", "live", "timeline", "compare", "layout"):
        listed = [each.id for section in sections(groups, here) for each in section.commands]
        assert sorted(listed) == every


@pytest.mark.parametrize("here", ["", "live", "timeline", "compare", "layout"])
def test_the_gestures_of_the_timeline_are_listed_once_and_found(
    help_overlay: HelpOverlay, here: str
) -> None:
    help_overlay.close_card()
    help_overlay._registry.set_context(here)
    help_overlay.open()
    rows = [row for row in help_overlay.findChildren(GestureRow) if row.isVisible()]
    assert len(rows) == len(GESTURES)
    QTest.keyClicks(help_overlay.field, "wheel")
    assert [row.isVisible() for row in rows] == [
        "wheel" in gesture[1].lower() for gesture in GESTURES
    ]
