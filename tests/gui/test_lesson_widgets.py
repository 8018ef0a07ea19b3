"""What is said about a step below the picture, and the workspace where lessons are chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from core.lesson.loader import bundled, open_lesson, parse
from gui.widgets.arrange import lay_out_now
from gui.widgets.lesson.strip import LessonStrip
from gui.widgets.lesson.text import plain, rich
from gui.workspaces.lessons import LessonsWorkspace
from tests.gui.lesson_stands import HELD, KEY, SHORT, Stand

pytestmark = pytest.mark.usefixtures("undressed")


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Stand:
    return Stand(qtbot, tmp_path)


def strip(stand: Stand) -> LessonStrip:
    assert stand.parts.strip is not None
    return stand.parts.strip


def page(stand: Stand) -> LessonsWorkspace:
    stand.window.show_workspace("lessons")
    assert stand.parts.page is not None
    return stand.parts.page


# -- text -----------------------------------------------------------------------------------------


def test_a_screen_reader_hears_words_and_no_marks(stand: Stand) -> None:
    assert plain("A driver **calls** `kmalloc`.") == "A driver calls kmalloc."


def test_html_in_a_lesson_is_text(stand: Stand) -> None:
    metrics = stand.window.themes.metrics
    html = rich("<b>bold</b> <img src='x'>", metrics.ui(), metrics.mono())
    assert "&lt;b&gt;" in html
    assert "<img" not in html


# -- the strip ------------------------------------------------------------------------------------


def test_the_strip_says_which_step_it_is(stand: Stand) -> None:
    stand.start()
    shown = strip(stand)
    assert shown.isVisible()
    assert (shown.head.number.text(), shown.head.title.text) == ("1 of 7", "The start")
    assert shown.text.accessibleName() == "A driver calls kmalloc."
    assert "Step 1 of 7" in shown.area.accessibleDescription()


def test_who_listens_hears_the_text_before_the_picture(stand: Stand) -> None:
    stand.start()
    shown = strip(stand)
    centre = shown.parentWidget()
    assert centre is not None
    widgets = [child for child in centre.children() if isinstance(child, QWidget)]
    assert widgets.index(shown) < widgets.index(stand.window._stack)


def test_it_stays_in_every_workspace_and_goes_with_the_lesson(stand: Stand) -> None:
    stand.start()
    for name in ("timeline", "layout", "lessons"):
        stand.window.show_workspace(name)
        assert strip(stand).isVisible()
    stand.session.close()
    assert not strip(stand).isVisible()


def test_the_answer_is_hidden_until_it_is_chosen(stand: Stand) -> None:
    stand.start()
    stand.press(KEY.Key_PageDown)
    view = strip(stand).questions[0]
    assert not view.verdict.isVisibleTo(view)
    assert [button.text() for button in view.choices] == ["0", "1"]
    QTest.mouseClick(view.choices[0], Qt.MouseButton.LeftButton)
    assert [button.text() for button in view.choices] == ["✗ 0", "✓ 1"]
    assert view.verdict.text() == "✗ Not quite: it is 1."
    assert view.explain.markdown == "It was set before."


def test_a_free_answer_is_typed(stand: Stand) -> None:
    stand.start()
    stand.press(KEY.Key_PageDown)
    view = strip(stand).questions[1]
    assert view.field is not None
    QTest.keyClicks(view.field, "it completes")
    QTest.keyClick(view.field, KEY.Key_Return)
    assert view.verdict.text() == "✓ Right: It completes."


def test_who_is_asked_again_finds_an_empty_field(stand: Stand) -> None:
    stand.start()
    stand.session.next()
    stand.session.answer(1, "it deadlocks")
    view = strip(stand).questions[1]
    assert view.field is not None
    view.field.setText("it deadlocks")
    stand.session.ask_again()
    assert view.field.isEnabled()
    assert view.field.text() == ""
    assert not view.reveal.isHidden()


def test_the_way_back_is_there_while_one_is_away(stand: Stand) -> None:
    stand.start()
    back = strip(stand).head.back
    assert not back.isVisible()
    stand.press(KEY.Key_Period)
    assert back.isVisible()
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert (stand.session.away, back.isVisible()) == (False, False)


def test_a_step_that_cannot_be_shown_is_said_in_the_strip(stand: Stand) -> None:
    stand.start()
    stand.session.show_step(2)
    assert "step 3 (What is not there)" in strip(stand).problem.text()
    assert not stand.window.messages.messages


def test_the_text_is_folded_and_unfolded(stand: Stand) -> None:
    stand.start()
    shown = strip(stand)
    before = shown.height()
    stand.press(KEY.Key_L, HELD.ControlModifier | HELD.ShiftModifier)
    stand.qtbot.waitUntil(lambda: shown.height() < before)
    assert not shown.area.isVisible()
    stand.press(KEY.Key_L, HELD.ControlModifier | HELD.ShiftModifier)
    assert shown.area.isVisible()


def sizes_and_scales(stand: Stand) -> Iterator[tuple[int, int]]:
    """Give the window every size at every scale; another scale takes much longer than a size."""
    for scale in (1.0, 1.5, 2.0, 3.0):
        stand.window.themes.set_scale(scale)
        for size in ((960, 640), (1280, 800), (1920, 1080)):
            stand.window.resize(*size)
            stand.qtbot.wait(1)
            yield size


@pytest.mark.usefixtures("dressed")
def test_nothing_of_the_strip_is_cut(stand: Stand) -> None:
    stand.start()
    stand.session.show_step(1)
    for size in sizes_and_scales(stand):
        lay_out_now()
        assert (stand.window.width(), stand.window.height()) == size
        whole = QRect(0, 0, *size)
        for button in strip(stand).head.findChildren(QToolButton):
            if button.isVisible():
                place = QRect(button.mapTo(stand.window, QPoint(0, 0)), button.size())
                assert whole.contains(place)
                assert button.height() >= button.minimumSizeHint().height()
        for view in strip(stand).questions:
            for choice in view.findChildren(QPushButton):
                if choice.isVisible():
                    assert choice.mapTo(stand.window, choice.rect().topRight()).x() < size[0]


def places(window: QWidget) -> dict[QWidget, tuple[int, ...]]:
    """Return where everything is that can be seen in a window."""
    return {
        view: view.mapTo(window, QPoint(0, 0)).toTuple() + view.size().toTuple()
        for view in window.findChildren(QWidget)
        if view.isVisible()
    }


@pytest.mark.parametrize("index", [1, 3, 4, 5])
def test_a_step_is_laid_out_when_it_is_shown(stand: Stand, index: int) -> None:
    """What moved afterwards would be painted twice: first where it is not to stay."""
    stand.start()
    for step in stand.session.steps:
        stand.window.build_workspace(step.workspace)
    stand.session.show_step(index)
    stand.settle()
    stand.session.show_step(0)
    stand.qtbot.wait(1)
    stand.session.show_step(index)
    asked = strip(stand)
    shown = [asked, asked.area, asked._said, asked._asked, stand.window._stack, *asked.questions]
    at_once = places(stand.window)
    stand.qtbot.wait(20)
    later = places(stand.window)
    assert all(at_once.get(view) == later.get(view) for view in shown)


# -- the workspace --------------------------------------------------------------------------------


def test_all_lessons_are_listed_and_the_first_is_looked_at(stand: Stand) -> None:
    shown = page(stand)
    assert stand.parts.chosen is not None
    assert stand.parts.chosen.where == bundled()[0]
    assert len(shown.outline._lessons()) == len(bundled())
    assert shown.title.text() == stand.parts.chosen.lesson.title
    assert not shown.outline.problems


def test_it_is_ctrl_7(stand: Stand) -> None:
    stand.press(KEY.Key_7, HELD.ControlModifier)
    assert stand.window.workspace == "lessons"


def test_enter_begins_at_the_step_that_is_looked_at(stand: Stand) -> None:
    shown = page(stand)
    QTest.keyClick(shown.outline, KEY.Key_Down)
    assert shown.step_title.text().startswith("2. ")
    QTest.keyClick(shown.outline, KEY.Key_Return)
    stand.settle()
    assert (stand.session.index, stand.window.workspace) == (1, "live")


def test_start_begins_at_the_first_step(stand: Stand) -> None:
    shown = page(stand)
    QTest.mouseClick(shown.start, Qt.MouseButton.LeftButton)
    stand.settle()
    assert stand.session.index == 0
    assert shown.start.text() == "Start again"


def test_a_lesson_of_ones_own_is_remembered(stand: Stand, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SHORT, encoding="utf-8")
    stand.window.open_file(path)
    assert stand.window.workspace == "lessons"
    assert stand.parts.chosen is not None
    assert stand.parts.chosen.lesson == parse(SHORT, where="").lesson
    assert len(page(stand).outline._lessons()) == len(bundled()) + 1


def test_a_lesson_that_cannot_be_read_is_listed_with_the_reason(
    stand: Stand, tmp_path: Path
) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("schema = 1\n", encoding="utf-8")
    assert not stand.parts.open_file(path)
    assert stand.window.messages.messages
    stand.window.settings.add_recent_lesson(path)
    shown = page(stand)
    shown.outline.reload()
    assert list(shown.outline.problems) == [str(path)]


def test_the_outline_follows_the_lesson(stand: Stand) -> None:
    shown = page(stand)
    stand.start(open_lesson("one-bit"))
    stand.press(KEY.Key_PageDown)
    assert shown.index == 1
    item = shown.outline.currentItem()
    assert item is not None
    assert item.text(0).strip().startswith("2")


@pytest.mark.usefixtures("dressed")
def test_no_line_of_the_workspace_is_cut(stand: Stand) -> None:
    shown = page(stand)
    for _size in sizes_and_scales(stand):
        right = shown.area.viewport().width()
        for widget in (shown.title, shown.text, shown.start, *shown.more.values()):
            assert widget.mapTo(shown.area.viewport(), widget.rect().topRight()).x() <= right
            assert widget.width() >= widget.minimumSizeHint().width() or widget is shown.text
