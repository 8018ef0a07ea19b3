"""What the Compare workspace tells one, and what does not get lost in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.compare.lanes import Lane
from tests.gui.compare_stands import settled
from tests.gui.compare_window import Stand, opened

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Iterator[Stand]:
    made = opened(qtbot, tmp_path)
    yield made
    made.window.close()


def told(stand: Stand) -> list[str]:
    return [message.text for message in stand.window.messages.messages]


def test_copying_is_told(stand: Stand) -> None:
    QTest.mouseClick(stand.page.table.csv_button, LEFT)
    assert told(stand) == ["The table as CSV is on the clipboard."]
    stand.window.registry.run("compare.copy")
    assert told(stand)[0] == "The table as Markdown is on the clipboard."


def test_n_and_p_say_where_the_lanes_do_not_part_further(qtbot: QtBot, stand: Stand) -> None:
    stand.key(qtbot, Qt.Key.Key_N)
    assert told(stand) == ["The lanes do not part again further on."]
    stand.key(qtbot, Qt.Key.Key_N)
    stand.key(qtbot, Qt.Key.Key_P)
    assert told(stand) == ["The lanes do not part further back."]
    stand.key(qtbot, Qt.Key.Key_Home)
    assert told(stand) == []
    stand.key(qtbot, Qt.Key.Key_N)
    assert told(stand) == []
    stand.session.set_lanes([Lane("bit2", 2), Lane("bit2", 2)])
    settled(qtbot, stand.session)
    stand.key(qtbot, Qt.Key.Key_N)
    assert told(stand) == ["These lanes never part."]


def test_lanes_say_what_to_press_before_the_first_event(qtbot: QtBot, stand: Stand) -> None:
    columns = stand.page.columns.columns
    assert not any(column.waits_to_begin for column in columns)
    stand.key(qtbot, Qt.Key.Key_Home)
    assert all(column.waits_to_begin for column in columns)
    said = {key: words for column in columns for key, words in column.hints}
    assert said["Space"] == "plays all lanes"
    assert said["N"] == "goes to where they part"
    stand.window.registry.set_keys("compare.next_parting", ["Ctrl+J"])
    stand.window.show_workspace("live")
    stand.window.show_workspace("compare")
    assert ("Ctrl+J", "goes to where they part") in columns[0].hints
    stand.session.set_lanes([Lane("bit2", 2), Lane("bit2", 2)])
    settled(qtbot, stand.session)
    assert [words for _, words in stand.page.columns.columns[0].hints] == [
        "plays all lanes",
        "makes one step",
    ]


@pytest.mark.parametrize("where", ["lane", "strips", "table", "chip"])
def test_esc_goes_back_wherever_the_keyboard_is(qtbot: QtBot, stand: Stand, where: str) -> None:
    page = stand.page
    before = page.strips.viewport.view
    stand.key(qtbot, Qt.Key.Key_W)
    assert page.strips.viewport.view != before
    view = {
        "lane": page.columns.columns[0],
        "strips": page.strips,
        "table": page.table.table,
        "chip": page.bar.chips[0],
    }[where]
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert page.strips.viewport.view == before


def test_a_lane_that_was_added_is_open(qtbot: QtBot, stand: Stand) -> None:
    stand.window.registry.run("compare.add")
    qtbot.waitUntil(lambda: len(stand.page.bar.chips) == 4)
    editor = stand.page.bar.chips[3].editor
    qtbot.waitUntil(editor.isVisible)
    assert editor.guard.buttons["bit2"].isChecked()
    QTest.mouseClick(editor.guard.buttons["scan"], LEFT)
    settled(qtbot, stand.session)
    assert stand.session.lanes[3].guard == "scan"
    editor.close()


def test_a_drag_leaves_a_few_rows_of_the_table(qtbot: QtBot, stand: Stand) -> None:
    page = stand.page
    handle = page._splitter.handle(2)
    at = handle.rect().center()
    QTest.mousePress(handle, LEFT, pos=at)
    QTest.mouseMove(handle, at + QPoint(0, 40))
    QTest.mouseMove(handle, at + QPoint(0, 400))
    QTest.mouseRelease(handle, LEFT, pos=at)
    assert page._dragged
    assert page.table.height() >= page.table.readable_height()
    assert page.table.table.isVisible()


def test_the_sentence_is_whole_at_every_scale(qtbot: QtBot, stand: Stand) -> None:
    for scale in (2.0, 3.0, 1.0):
        stand.window.themes.set_scale(scale)
        qtbot.wait(1)
        sentence = stand.page.table.sentence
        assert sentence.text() == sentence.whole
        if sentence.isVisible():
            assert sentence.height() >= sentence.heightForWidth(sentence.width())


def test_no_line_goes_through_the_words_of_the_overlay(qtbot: QtBot, stand: Stand) -> None:
    stand.window.registry.run("compare.ghost")
    strips, session = stand.page.strips, stand.session
    qtbot.waitUntil(lambda: not strips.grab().isNull() and strips._legend.width() > 0)
    seen = []
    for moment in (10, 30, 40):
        session.seek(moment)
        ground = strips._legend.adjusted(1, 1, -1, -1)
        assert ground.left() < strips.axis.x_of(moment + 0.5) < ground.right()
        seen.append(strips.grab(ground).toImage())
    assert seen[0] == seen[1] == seen[2]
    session.seek(-1)
    below = strips.grab(strips._legend.translated(0, strips._legend.height())).toImage()
    session.seek(30)
    assert below != strips.grab(strips._legend.translated(0, strips._legend.height())).toImage()
