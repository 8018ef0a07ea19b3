"""The palette: what matches, in which order, and that the keyboard is enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from gui.actions import ActionRegistry
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.widgets.palette import CommandPalette, Entry, fuzzy

KEY = Qt.Key


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "ownerscope.ini")


@pytest.fixture
def palette(qtbot: QtBot, qapp: QApplication, settings: Settings) -> CommandPalette:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    registry = ActionRegistry(settings)
    palette = CommandPalette(window, ThemeManager(settings), registry, settings)
    for name in ("step.in", "step.over", "play.toggle", "view.essential", "help.about"):
        registry.connect(name, lambda *_: None)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    palette.open()
    qtbot.waitUntil(palette.field.hasFocus)
    return palette


def shown(palette: CommandPalette) -> list[str]:
    rows = range(palette.model.rowCount())
    return [palette.model.index(row, 0).data().split(", ")[0] for row in rows]


@pytest.mark.parametrize(
    ("query", "text", "places"),
    [
        ("si", "Step in", (0, 5)),
        ("step", "One step of a Stepper", (4, 5, 6, 7)),
        ("ov", "Step over", (5, 6)),
        ("STEP IN", "step in", (0, 1, 2, 3, 5, 6)),
        ("", "anything", ()),
    ],
)
def test_letters_are_found_where_they_say_most(
    query: str, text: str, places: tuple[int, ...]
) -> None:
    match = fuzzy(query, text)
    assert match is not None
    assert match[1] == places


def test_letters_out_of_order_do_not_match() -> None:
    assert fuzzy("pets", "Step") is None


def test_letters_in_a_row_beat_letters_apart() -> None:
    near, far = fuzzy("over", "Step over"), fuzzy("over", "one very early result")
    assert near is not None
    assert far is not None
    assert near[0] > far[0]


@given(st.text("abc ", max_size=8), st.text("abcd ", max_size=30))
def test_a_match_is_a_subsequence(query: str, text: str) -> None:
    match, letters = fuzzy(query, text), iter(text)
    wanted = query.replace(" ", "")
    assert (match is not None) == all(letter in letters for letter in wanted)
    if match:
        assert [text[at] for at in match[1]] == list(wanted)
        assert list(match[1]) == sorted(set(match[1]))


def test_typing_filters_and_enter_runs(qtbot: QtBot, palette: CommandPalette) -> None:
    QTest.keyClicks(palette.field, "stin")
    assert shown(palette)[0] == "Step in"
    with qtbot.waitSignal(palette._registry.ran) as got:
        QTest.keyClick(palette.field, KEY.Key_Return)
    assert got.args == ["step.in"]
    assert not palette.isVisible()


def test_the_arrows_choose_and_go_round(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.field, "step")
    first = palette.list.currentIndex().row()
    QTest.keyClick(palette.field, KEY.Key_Down)
    assert palette.list.currentIndex().row() == first + 1
    QTest.keyClick(palette.field, KEY.Key_Up)
    QTest.keyClick(palette.field, KEY.Key_Up)
    assert palette.list.currentIndex().row() == palette.model.enabled_rows() - 1
    QTest.keyClick(palette.field, KEY.Key_PageUp)
    assert palette.list.currentIndex().row() == 0


def test_recently_used_come_first_and_are_remembered(
    palette: CommandPalette, settings: Settings
) -> None:
    for text in ("stepover", "playor"):
        palette.open()
        QTest.keyClicks(palette.field, text)
        QTest.keyClick(palette.field, KEY.Key_Return)
    palette.open()
    assert shown(palette)[:2] == ["Play or pause", "Step over"]
    assert settings.recent_commands == ["play.toggle", "step.over"]


def test_what_cannot_be_done_now_is_shown_last_and_does_nothing(
    qtbot: QtBot, palette: CommandPalette
) -> None:
    QTest.keyClicks(palette.field, "cancel")
    assert shown(palette) == ["Cancel"]
    with qtbot.assertNotEmitted(palette._registry.ran):
        QTest.keyClick(palette.field, KEY.Key_Return)
    assert palette.isVisible()


def test_a_group_is_found_too(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.field, "playback")
    assert "Step over" in shown(palette)


def test_nothing_found_is_said(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.field, "qqq")
    assert shown(palette) == []
    assert palette._nothing.text() == "No command matches “qqq”"
    assert palette._nothing.isVisible()
    QTest.keyClick(palette.field, KEY.Key_Return)
    QTest.keyClick(palette.field, KEY.Key_Down)
    assert palette.isVisible()


def test_other_sources_are_asked_at_each_opening(palette: CommandPalette) -> None:
    opened: list[str] = []
    palette.add_source(lambda: [Entry("Self recursion", "Scenario", lambda: opened.append("x"))])
    palette.open()
    QTest.keyClicks(palette.field, "selfrec")
    QTest.keyClick(palette.field, KEY.Key_Return)
    assert opened == ["x"]


def test_esc_and_a_click_beside_the_card_close(palette: CommandPalette) -> None:
    QTest.keyClick(palette.field, KEY.Key_Escape)
    assert not palette.isVisible()
    palette.open()
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=palette.rect().bottomLeft())
    assert not palette.isVisible()


def test_a_click_runs_the_row_under_it(qtbot: QtBot, palette: CommandPalette) -> None:
    QTest.keyClicks(palette.field, "step over")
    where = palette.list.visualRect(palette.model.index(0, 0)).center()
    with qtbot.waitSignal(palette._registry.ran) as got:
        QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert got.args == ["step.over"]


def test_it_follows_the_window_and_the_scale(palette: CommandPalette) -> None:
    window = palette.window()
    before = palette.card.width()
    palette.themes.set_scale(1.5)
    assert palette.card.width() > before
    window.resize(1000, 700)
    assert palette.size() == window.size()
    assert not palette.grab().isNull()
