"""A whole lesson with a clicker, and with the keys of the presenting mode."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.presenter.annotations import Tool
from gui.widgets.help_rows import KeyRow
from gui.widgets.layout.map import StructMap
from gui.widgets.stack.view import StackView
from tests.gui.presenter.conftest import Hall

pytestmark = pytest.mark.usefixtures("undressed")

Key, Held = Qt.Key, Qt.KeyboardModifier


def colours(window: QWidget) -> set[str]:
    """Return the colours that are seen along the diagonal of a window."""
    picture = window.grab().toImage()
    across, down = picture.width() - 1, picture.height() - 1
    return {picture.pixelColor(n * across // 200, n * down // 200).name() for n in range(201)}


def test_a_clicker_goes_through_the_lesson_and_back(hall: Hall) -> None:
    question = hall.audience.pane.question
    assert hall.step == 1
    assert question.isVisible()
    assert not question.revealed
    hall.press(Key.Key_PageDown)
    assert hall.step == 1
    assert question.revealed
    assert any(row.text().startswith("✓") for row in question.rows)
    hall.press(Key.Key_PageDown)
    assert hall.step == 2
    assert not question.isVisible()
    hall.press(Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageDown)
    assert hall.step == 5
    hall.press(Key.Key_PageUp)
    assert hall.step == 4
    assert hall.audience.pane.title.text() == "The whole run"


def test_another_class_is_asked_again(hall: Hall) -> None:
    hall.press(Qt.Key.Key_PageDown)
    assert hall.audience.pane.question.revealed
    hall.presenting.stop()
    assert hall.lessons.questions[0].revealed
    hall.start()
    assert hall.step == 1
    assert hall.audience.pane.question.isVisible()
    assert not hall.audience.pane.question.revealed
    assert not hall.lessons.questions[0].revealed
    assert hall.parts.strip is not None
    assert not hall.parts.strip.questions[0].asked.revealed


def test_the_black_key_of_a_clicker_hides_the_step(hall: Hall) -> None:
    blank = hall.audience.blank
    for key in (Key.Key_B, Key.Key_Period):
        hall.press(key)
        assert blank.isVisible()
        assert blank.colour == "black"
        assert colours(hall.audience) == {"#000000"}
        hall.press(key)
        assert not blank.isVisible()
        assert len(colours(hall.audience)) > 1
    hall.press(Key.Key_W)
    assert blank.colour == "white"
    assert colours(hall.audience) == {"#ffffff"}
    hall.press(Key.Key_B)
    assert blank.colour == "black"
    hall.press(Key.Key_PageDown)
    assert not blank.isVisible()


def test_digits_and_enter_jump(hall: Hall) -> None:
    hall.press(Key.Key_4)
    assert hall.audience.number_label.text() == "→ 4"
    hall.press(Key.Key_Return)
    assert hall.step == 4
    assert hall.audience.number_label.text() == "4 / 5"
    hall.press(Key.Key_9, Key.Key_9, Key.Key_Return)
    assert hall.step == 4
    hall.press(Key.Key_1, Key.Key_2, Key.Key_Backspace, Key.Key_Enter)
    assert hall.step == 1


def test_a_step_that_there_is_not_is_told_to_the_speaker(hall: Hall, qtbot: QtBot) -> None:
    label, said = hall.audience.number_label, hall.speaker.head.state_label
    hall.press(Key.Key_9, Key.Key_9, Key.Key_Return)
    assert said.text() == "No step 99: the last is 5"
    # On one screen there is nobody else to tell.
    assert label.text() == "no step 99  ·  1 / 5"
    hall.press(Key.Key_4)
    assert label.text() == "→ 4"
    hall.press(Key.Key_Escape)
    assert (label.text(), said.text()) == ("1 / 5", "")
    hall.press(Key.Key_S)
    assert hall.speaker.isVisible()
    hall.press(Key.Key_0, Key.Key_Return)
    assert said.text() == "No step 0: the last is 5"
    assert label.text() == "1 / 5"
    hall.presenting._forget.setInterval(1)
    hall.press(Key.Key_7, Key.Key_Return)
    qtbot.waitUntil(lambda: said.text() == "")
    assert hall.step == 1


def test_keys_typed_while_the_windows_come_are_the_presentations(
    make_hall: Callable[[], Hall], monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = make_hall()
    hall.window.activateWindow()
    QTest.qWaitForWindowActive(hall.window)
    monkeypatch.setattr(hall.presenting.seating, "begin", lambda: None)
    hall.window.registry.run("present.start")
    before = hall.controller.session.position
    assert QApplication.activeWindow() is hall.window
    hall.press(Key.Key_4)
    assert hall.presenting.typed == "4"
    assert hall.controller.session.position == before
    hall.press(Key.Key_Return)
    assert hall.step == 4
    # Afterwards the main window has its own keys, where one goes back to it.
    hall.audience.show()
    hall.audience.activateWindow()
    QTest.qWaitForWindowActive(hall.audience)
    hall.window.activateWindow()
    QTest.qWaitForWindowActive(hall.window)
    assert not hall.presenting.active()
    assert hall.window.registry.context == hall.window.workspace


def test_home_and_end(hall: Hall) -> None:
    hall.press(Key.Key_End)
    assert hall.step == 5
    hall.press(Key.Key_Home)
    assert hall.step == 1


def test_arrows_and_space_belong_to_a_run_and_else_to_the_lesson(hall: Hall) -> None:
    session, playback = hall.controller.session, hall.controller.playback
    before = session.position
    hall.press(Key.Key_Right)
    assert hall.step == 1
    assert session.position > before
    hall.press(Key.Key_Left)
    assert session.position == before
    hall.press(Key.Key_Space)
    assert playback.playing
    hall.press(Key.Key_Space)
    assert not playback.playing
    hall.press(Key.Key_F6)
    assert session.position > before
    hall.press(Key.Key_3, Key.Key_Return)
    hall.press(Key.Key_Right)
    assert hall.step == 4
    hall.press(Key.Key_3, Key.Key_Return)
    hall.press(Key.Key_Space)
    assert hall.step == 4
    hall.press(Key.Key_3, Key.Key_Return)
    hall.press(Key.Key_Left)
    assert hall.step == 2


def test_an_empty_stack_names_the_keys_that_move_the_run(hall: Hall) -> None:
    shown = hall.audience.stage.view("live")
    stack = shown.findChild(StackView) if shown is not None else None
    assert stack is not None
    assert stack._picture.keys == ("Space", "→")
    session, playback = hall.controller.session, hall.controller.playback
    session.seek(-1)
    hall.press(Key.Key_Right)
    assert session.position > -1
    hall.press(Key.Key_Space)
    assert playback.playing


def test_the_keys_of_a_comparison_move_its_lanes(hall: Hall) -> None:
    hall.press(Key.Key_End)
    cursor = hall.presenter_parts._comparison.cursor
    before = cursor.position
    hall.press(Key.Key_Right)
    assert cursor.position == before + 1


def test_esc_leaves_one_thing_after_the_other(hall: Hall) -> None:
    presenting = hall.presenting

    def in_hand() -> Tool:
        return presenting.notes.tool

    hall.press(Key.Key_D)
    hall.press(Key.Key_2, Key.Key_Escape)
    assert presenting.typed == ""
    assert in_hand() is Tool.PEN
    hall.press(Key.Key_Escape)
    assert in_hand() is Tool.NONE
    assert hall.audience.isFullScreen()
    hall.press(Key.Key_Escape)
    assert not hall.audience.isFullScreen()
    assert presenting.running
    hall.press(Key.Key_Escape)
    assert not presenting.running
    assert not hall.audience.isVisible()
    assert hall.lessons.running


def test_an_excursion_and_the_way_back(hall: Hall) -> None:
    session = hall.controller.session
    before = session.position
    assert session.override(guard="none")
    hall.press(Key.Key_Right, Key.Key_Right)
    assert hall.lessons.away
    assert "Backspace" in hall.speaker.head.state_label.text()
    hall.press(Key.Key_Backspace)
    assert not hall.lessons.away
    assert session.position == before
    assert hall.step == 1


def test_the_overview_shows_all_steps(hall: Hall) -> None:
    hall.press(Key.Key_O)
    overview = hall.presenting.overview
    assert overview.isVisible()
    assert overview.list.count() == 5
    hall.press(Key.Key_Escape)
    assert not overview.isVisible()
    assert hall.presenting.running
    hall.press(Key.Key_O)
    overview.list.setCurrentRow(3)
    hall.press(Key.Key_Return)
    assert hall.step == 4


def test_keys_are_listed_and_can_be_changed(hall: Hall) -> None:
    hall.press(Key.Key_Question)
    help_card = hall.audience.property("help")
    assert help_card.isVisible()
    assert "present.black" in help_card.rows
    listed = list(help_card.rows)
    at = listed.index("present.next")
    assert listed[at : at + 4] == [
        "present.next", "lesson.next", "present.previous", "lesson.previous",
    ]  # fmt: skip
    assert "Next, as a clicker sends it: PgDown" in _chips(help_card.rows["lesson.next"])
    hall.press(Key.Key_Escape)
    assert not help_card.isVisible()
    hall.window.registry.set_keys("present.black", ["Y"])
    hall.press(Key.Key_Y)
    assert hall.audience.blank.colour == "black"


def _chips(row: KeyRow) -> list[str]:
    return [chip.accessibleName() for chip in row.chips]


def test_full_screen_comes_and_goes(hall: Hall) -> None:
    assert hall.audience.isFullScreen()
    hall.press(Key.Key_F)
    assert not hall.audience.isFullScreen()
    hall.press(Key.Key_F)
    assert hall.audience.isFullScreen()


def test_the_keys_of_the_window_are_back_afterwards(hall: Hall) -> None:
    registry = hall.window.registry
    assert registry.context == "presenting-run"
    hall.press(Key.Key_W, held=Held.ControlModifier)
    assert not hall.presenting.running
    assert registry.context == hall.window.workspace == "live"


def test_a_click_into_a_view_leaves_the_keys_to_the_lesson(hall: Hall) -> None:
    hall.press(Key.Key_3, Key.Key_Return)
    view = hall.audience.stage.view("layout")
    assert view is not None
    struct = view.findChild(StructMap)
    assert struct is not None
    QTest.mouseClick(struct.viewport(), Qt.MouseButton.LeftButton)
    hall.press(Key.Key_Right)
    assert hall.step == 4
