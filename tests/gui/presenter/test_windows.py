"""The two windows: on which screens, and what the speaker sees."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from core.lesson.explored import explored
from core.lesson.loader import open_lesson, parse
from core.lesson.resolved import resolve
from core.lesson.schema import Question
from gui.lesson_session import Asked
from gui.presenter.audience import AudienceWindow
from gui.presenter.explorations import HallExploration
from gui.presenter.screens import seats
from gui.presenter.timer import TalkTimer, minutes_text
from gui.widgets.explore.property_list import PropertyList
from gui.widgets.layout.bits import StorageWordView
from tests.gui.presenter.conftest import LESSON, FakeScreen, Hall, hover

pytestmark = pytest.mark.usefixtures("undressed")

Key = Qt.Key
MAIN = QRect(100, 100, 400, 300)
PATIENCE_S = 5.0


# -- screens --------------------------------------------------------------------------------------


def test_the_audience_gets_the_screen_that_is_not_the_windows() -> None:
    found = seats([FakeScreen(0, 0, 800, 600), FakeScreen(800, 0, 1920, 1080)], MAIN)
    assert found.audience == QRect(800, 0, 1920, 1080)
    assert found.speaker == QRect(0, 0, 800, 600)


@pytest.mark.parametrize(
    "rooms",
    [
        [(0, 0, 800, 600)],
        [(0, 0, 800, 600), (0, 0, 800, 600)],
        [(0, 0, 800, 600), (0, 0, 1920, 1080)],
        [(0, 0, 800, 600), (800, 0, 0, 0)],
        [(800, 0, 0, 1080), (0, 0, 800, 600)],
    ],
    ids=["one", "mirrored", "mirrored larger", "empty", "without width"],
)
def test_a_broken_configuration_is_one_screen(rooms: list[tuple[int, ...]]) -> None:
    found = seats([FakeScreen(*room) for room in rooms], MAIN)
    assert found.speaker is None
    assert found.audience == QRect(0, 0, 800, 600)


def test_no_screen_at_all_is_still_somewhere() -> None:
    assert not seats([], MAIN).audience.isEmpty()


def test_with_one_screen_a_key_brings_the_speakers_view(hall: Hall) -> None:
    assert hall.presenting.seating.one_screen
    assert hall.audience.isVisible()
    assert not hall.speaker.isVisible()
    hall.press(Key.Key_S)
    assert hall.speaker.isVisible()
    hall.press(Key.Key_PageDown, Key.Key_PageDown)
    assert hall.step == 2
    hall.press(Key.Key_S)
    assert not hall.speaker.isVisible()
    hall.press(Key.Key_S, Key.Key_Escape)
    assert not hall.speaker.isVisible()
    assert hall.presenting.seating.full_screen


def test_two_screens_get_a_window_each(make_hall: Callable[[], Hall]) -> None:
    hall = make_hall()
    hall.screens = [FakeScreen(0, 0, 800, 600), FakeScreen(2000, 0, 800, 600)]
    hall.start()
    assert not hall.presenting.seating.one_screen
    assert hall.speaker.isVisible()
    assert hall.audience.isVisible()


def test_keys_are_listed_to_the_speaker_and_not_to_the_audience(
    make_hall: Callable[[], Hall],
) -> None:
    hall = make_hall()
    hall.screens.append(FakeScreen(800, 0, 800, 600))
    hall.start()
    hall.press(Key.Key_O, Key.Key_Escape)
    assert QTest.qWaitForWindowActive(hall.speaker)
    assert hall.speaker.notes.hasFocus()
    hall.audience.activateWindow()
    assert QTest.qWaitForWindowActive(hall.audience)
    hall.press(Key.Key_Question)
    assert hall.speaker.property("help").isVisible()
    assert not hall.audience.property("help").isVisible()


def test_a_screen_may_go_and_come_back(make_hall: Callable[[], Hall]) -> None:
    hall = make_hall()
    hall.screens = [FakeScreen(0, 0, 800, 600), FakeScreen(2000, 0, 800, 600)]
    hall.start()
    gone = hall.screens.pop()
    hall.presenting.seating.seat()
    assert hall.presenting.seating.one_screen
    assert hall.audience.isVisible()
    assert not hall.speaker.isVisible()
    hall.screens.append(gone)
    hall.presenting.seating.seat()
    assert hall.speaker.isVisible()
    assert hall.presenting.running


# -- nothing pops up ------------------------------------------------------------------------------


def test_messages_wait_for_the_end(hall: Hall) -> None:
    messages = hall.window.messages
    messages.warning("The file has changed.")
    messages.info("Something small.")
    assert not messages.isVisible()
    hall.presenting.stop()
    assert messages.isVisible()
    assert [each.text for each in messages.messages][:2] == [
        "Something small.", "The file has changed.",
    ]  # fmt: skip


def test_the_screen_is_kept_awake_as_long_as_one_presents(hall: Hall) -> None:
    assert hall.desktop.asked.wait(PATIENCE_S)
    assert not hall.desktop.released.is_set()
    hall.presenting.stop()
    assert hall.desktop.released.wait(PATIENCE_S)


def test_the_pointer_hides_and_comes_back(hall: Hall) -> None:
    audience: AudienceWindow = hall.audience
    audience.hide_pointer()
    assert audience.pointer_hidden
    assert QApplication.overrideCursor() is not None
    handle = audience.windowHandle()
    assert handle is not None
    QTest.mouseMove(handle, QPoint(40, 50))
    assert not audience.pointer_hidden
    assert QApplication.overrideCursor() is None


def test_the_projector_is_left_when_the_program_is_closed(hall: Hall) -> None:
    hall.window.close()
    assert not hall.presenting.running
    assert not hall.audience.isVisible()
    assert hall.desktop.released.wait(PATIENCE_S)


# -- time -----------------------------------------------------------------------------------------


def test_the_timer_pauses_and_goes_back() -> None:
    seconds = [10.0]
    timer = TalkTimer(lambda: seconds[0])
    timer.start()
    seconds[0] = 75.0
    assert timer.elapsed_s == 65
    timer.pause()
    seconds[0] = 500.0
    assert timer.elapsed_s == 65
    timer.toggle()
    seconds[0] = 510.0
    assert timer.elapsed_s == 75
    timer.reset()
    assert timer.running
    assert timer.elapsed_s == 0


def test_minutes_are_written_as_on_a_watch() -> None:
    assert minutes_text(7) == "0:07"
    assert minutes_text(247.9) == "4:07"
    assert minutes_text(3729) == "1:02:09"


# -- the speaker's view ---------------------------------------------------------------------------


def test_the_speaker_sees_notes_answer_next_step_and_time(hall: Hall) -> None:
    hall.press(Key.Key_S)
    speaker = hall.speaker
    assert "slowly" in speaker.notes.toPlainText()
    assert "→ " in speaker.answers.text()
    assert speaker.next_title.text() == "The word"
    assert speaker.list.count() == 5
    assert speaker.head.clock_label.text() == "09:30"
    hall.seconds += 61
    speaker.head.tick()
    assert speaker.head.timer_label.text() == "1:01 of 5 min"
    hall.press(Key.Key_T)
    hall.seconds += 61
    speaker.head.tick()
    assert speaker.head.timer_label.text() == "1:01 of 5 min"
    hall.press(Key.Key_T, held=Qt.KeyboardModifier.ShiftModifier)
    assert speaker.head.timer_label.text() == "0:00 of 5 min"


def test_the_speaker_reads_questions_without_their_marks(hall: Hall) -> None:
    asked = Asked(Question(about="bit", ask="What is `in_page_owner` **now**?"))
    hall.speaker.show_questions((asked,))
    assert hall.speaker.answers.text().startswith("What is in_page_owner now?\n")


def test_a_click_on_a_thumbnail_goes_there(hall: Hall) -> None:
    hall.press(Key.Key_S)
    listed = hall.speaker.list
    item = listed.item(2)
    assert item is not None
    where = listed.visualItemRect(item).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert hall.step == 3


def test_notes_grow_and_shrink(hall: Hall) -> None:
    before = hall.speaker.notes.document().defaultFont().pixelSize()
    hall.press(Key.Key_Up, held=Qt.KeyboardModifier.ControlModifier)
    assert hall.speaker.notes.document().defaultFont().pixelSize() > before
    hall.press(Key.Key_Down, held=Qt.KeyboardModifier.ControlModifier)
    assert hall.speaker.notes.document().defaultFont().pixelSize() == before


def test_the_mirror_shows_a_dot_to_the_audience(hall: Hall, qtbot: QtBot) -> None:
    hall.press(Key.Key_S)
    hall.presenting._show_mirror()
    speaker, layer = hall.speaker, hall.speaker.mirror.layer

    def laid_out() -> bool:
        middle = layer.area.center().toPoint()
        return speaker.childAt(layer.mapTo(speaker, middle)) is layer

    qtbot.waitUntil(laid_out)
    hover(layer, layer.area.center().toPoint())
    notes = hall.presenting.notes
    assert notes.dot
    assert notes.pointer is not None
    assert abs(notes.pointer.x() - 0.5) < 0.3


# -- for eyes that want another look, and for ears -----------------------------------------------


@pytest.mark.usefixtures("dressed")
def test_a_hall_is_dark_unless_the_user_wants_light(hall: Hall) -> None:
    themes = hall.window.themes
    themes.choose("system")
    assert hall.audience.themes.theme.dark
    themes.choose("light")
    assert not hall.audience.themes.theme.dark


@pytest.mark.usefixtures("dressed")
def test_a_field_that_is_no_word_leaves_the_map_its_room(hall: Hall) -> None:
    hall.presenting.go_to(2)
    layouts = hall.controller.layouts
    view = hall.audience.stage.view("layout")
    word = view.findChild(StorageWordView) if view is not None else None
    assert word is not None
    assert word.isVisible()
    layouts.select("")
    assert layouts.ask("unsigned long x[8]", "end")
    assert not word.isVisible()
    assert layouts.ask("uint", "end")
    assert word.isVisible()


@pytest.mark.usefixtures("dressed")
def test_an_exploration_is_seen_whole_and_mirrored(hall: Hall, qtbot: QtBot) -> None:
    hall.audience.stage.prepare("explore", ())
    view = hall.audience.stage.view("explore")
    properties = view.findChild(PropertyList) if view is not None else None
    assert properties is not None
    assert properties.minimumHeight() == properties.sizeHint().height()
    exploring = hall.presenter_parts._exploring.session
    with qtbot.waitSignal(hall.audience.drawn):
        exploring.result_changed.emit()


@pytest.mark.usefixtures("dressed")
def test_an_exploration_leaves_out_what_it_has_no_room_for(hall: Hall, qtbot: QtBot) -> None:
    exploring = hall.presenter_parts._exploring.session
    room, view = QWidget(), HallExploration(exploring, hall.audience.themes)
    qtbot.addWidget(room)
    view.setParent(room)
    exploring.result = explored(resolve(open_lesson("strictly-current").lesson)[9])
    exploring.result_changed.emit()
    exploring.ended.emit()
    room.show()
    view.show()
    for high, both in ((900, True), (300, False)):
        view.resize(700, high)
        view.show_panels(("answer",))
        assert not view.properties.isHidden()
        assert view.states.isHidden() is not both
        view.show_panels(("answer", "states"))
        assert not view.states.isHidden()
        assert view.properties.isHidden() is not both
    boxes = [view.verdict.geometry(), view.states.geometry()]
    assert not boxes[0].intersects(boxes[1])


def test_no_tool_tip_pops_up_before_an_audience(hall: Hall) -> None:
    for _step in range(5):
        seen = [each for each in hall.audience.stage.findChildren(QWidget) if each.isVisible()]
        for each in seen:
            at = each.rect().center()
            tip = QHelpEvent(QEvent.Type.ToolTip, at, each.mapToGlobal(at))
            QApplication.sendEvent(each, tip)
            assert not QToolTip.isVisible(), (each, QToolTip.text())
        hall.press(Key.Key_PageDown)


def test_without_motion_a_step_is_cut_to_the_next(hall: Hall) -> None:
    fade = hall.audience.fade
    hall.presenting.go_to(1)
    assert fade.isVisible()
    fade.stop()
    hall.window.themes.set_motion(False)
    hall.presenting.go_to(0)
    assert not fade.isVisible()


def test_title_and_text_come_first_for_a_screen_reader(hall: Hall) -> None:
    pane = hall.audience.pane
    assert QApplication.focusWidget() is pane.title
    assert pane.title.accessibleName() == "The chain"
    assert "kmalloc" in pane.text.accessibleDescription()
    assert "What is called next?" in pane.question.accessibleDescription()
    QTest.keyClick(pane.title, Key.Key_Tab)
    assert QApplication.focusWidget() is pane.text


def test_what_is_missing_of_a_step_is_for_the_speaker(hall: Hall) -> None:
    text = LESSON.replace('highlights = ["bits"]', 'highlights = ["function:gone"]')
    hall.lessons.open(parse(text, where="small"), 1)
    stage = hall.audience.stage
    assert stage.currentWidget() is stage.view("live")
    assert "cannot highlight function:gone" in hall.speaker.answers.text()


def test_a_step_that_cannot_be_shown_says_why(hall: Hall, qtbot: QtBot) -> None:
    hall.lessons.stage.failed.emit("step 1 (The chain): there is no scenario 'gone'")
    hall.presenting._show_step()
    stage = hall.audience.stage
    assert stage.currentWidget() is stage.problem
    assert "gone" in stage.problem.text()
    assert "gone" in hall.speaker.answers.text()


# -- a step at once -------------------------------------------------------------------------------


def test_the_window_behind_follows_later(qtbot: QtBot, hall: Hall) -> None:
    """Only the audience waits for the step."""
    window, strip, stage = hall.window, hall.parts.strip, hall.audience.stage
    page = window.build_workspace("layout")
    assert strip is not None
    said = strip.head.number.text()
    hall.lessons.show_step(2)
    assert stage.currentWidget() is stage.view("layout")
    assert (window.workspace, page.isVisible()) == ("layout", False)
    assert strip.head.number.text() == said
    qtbot.waitUntil(lambda: page.isVisible() and strip.head.number.text() == "3 of 5")


def test_a_step_is_laid_out_before_it_is_painted(qtbot: QtBot, hall: Hall) -> None:
    pane = hall.audience.pane
    views = (pane, pane.title, pane.text, pane.question, hall.audience.stage)
    for index in (1, 0, 4, 1):
        hall.lessons.show_step(index)
        qtbot.waitUntil(lambda: not hall.lessons.stage.pending)
        at_once = [view.geometry() for view in (*views, *pane.question.rows)]
        assert all(row.isVisible() for row in pane.question.rows)
        qtbot.wait(20)
        assert [view.geometry() for view in (*views, *pane.question.rows)] == at_once
