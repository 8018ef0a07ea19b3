"""Looking for functions: the search behind it, and the bar it is typed into."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.trace.search import search
from gui.runner import Runner
from gui.search import Search
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.search_field import SearchField


@pytest.fixture
def looked(session: Session) -> Search:
    return Search(session)


def bar_of(qtbot: QtBot, width: int = 460) -> tuple[SearchField, Search, Session, ThemeManager]:
    session, themes = Session(Runner()), ThemeManager()
    looked = Search(session)
    bar = SearchField(looked, themes)
    qtbot.addWidget(bar)
    bar.resize(width, bar.sizeHint().height())
    with qtbot.waitExposed(bar):
        bar.show()
    assert session.open("depth-law")
    return bar, looked, session, themes


# -- the search -----------------------------------------------------------------------------------


def test_hits_are_those_of_the_run(session: Session, looked: Search, qtbot: QtBot) -> None:
    with qtbot.waitSignal(looked.changed):
        looked.set_pattern("^save_stack$")
    assert session.trace is not None
    assert looked.hits is not None
    assert (
        looked.hits.positions.tolist() == search(session.trace, "^save_stack$").positions.tolist()
    )
    assert looked.total == 2


def test_another_run_is_searched_anew(session: Session, looked: Search, qtbot: QtBot) -> None:
    looked.set_pattern("save_stack")
    with qtbot.waitSignal(looked.changed):
        assert session.open("depth-law")
    assert looked.total == 56


def test_next_and_previous_go_round(session: Session, looked: Search) -> None:
    looked.set_pattern("^save_stack$")
    assert looked.hits is not None
    first, second = looked.hits.positions.tolist()
    seen = []
    for go in (looked.next, looked.next, looked.next, looked.previous, looked.previous):
        go()
        seen.append((session.position, looked.number))
    assert seen == [(first, 1), (second, 2), (first, 1), (second, 2), (first, 1)]


def test_a_bad_pattern_is_told_once(session: Session, looked: Search, qtbot: QtBot) -> None:
    with qtbot.waitSignal(looked.failed) as got:
        looked.set_pattern("save_(")
    assert got.args == [looked.error]
    assert looked.error.startswith("column 6: expected a regular expression")
    assert (looked.hits, looked.total, looked.number) == (None, 0, 0)
    with qtbot.assertNotEmitted(looked.failed):
        assert session.open("depth-law")
    looked.next()
    assert session.position == -1
    looked.clear()
    assert looked.error == ""


def test_a_function_by_its_whole_name(looked: Search) -> None:
    looked.look_for("build_script")
    assert looked.hits is not None
    assert looked.hits.functions == ("build_script",)


def test_without_a_run_there_is_nothing(qtbot: QtBot) -> None:
    looked = Search(Session(Runner()))
    looked.set_pattern("kmalloc")
    assert looked.hits is None
    looked.next()
    looked.previous()


# -- the bar --------------------------------------------------------------------------------------


def test_typing_counts_and_enter_goes(qtbot: QtBot) -> None:
    bar, looked, session, _ = bar_of(qtbot)
    QTest.keyClicks(bar.field, "save_stack")
    assert looked.pattern == "save_stack"
    assert bar.counter.text() == "0 of 56"
    assert session.position == -1
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.counter.text() == "1 of 56"
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.field.accessibleDescription() == "hit 2 of 56"
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert looked.hits is not None
    assert session.position == looked.hits.positions[0]
    QTest.mouseClick(bar.previous_button, Qt.MouseButton.LeftButton)
    assert bar.counter.text() == "56 of 56"
    QTest.mouseClick(bar.next_button, Qt.MouseButton.LeftButton)
    assert bar.counter.text() == "1 of 56"


def test_the_counter_follows_the_cursor(qtbot: QtBot) -> None:
    bar, _, session, _ = bar_of(qtbot)
    QTest.keyClicks(bar.field, "save_stack")
    session.seek(10_000)
    assert bar.counter.text() == "56 of 56"


def test_esc_ends_the_search(qtbot: QtBot) -> None:
    bar, looked, _, _ = bar_of(qtbot)
    QTest.keyClicks(bar.field, "kmalloc")
    with qtbot.waitSignal(bar.closed):
        QTest.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert (looked.pattern, bar.field.text()) == ("", "")
    bar.open_bar()
    assert bar.isVisible()
    with qtbot.waitSignal(bar.closed):
        QTest.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)


def test_an_error_stands_below_the_field(qtbot: QtBot) -> None:
    bar, looked, _, themes = bar_of(qtbot)
    assert not bar.error_label.isVisible()
    QTest.keyClicks(bar.field, "save_(")
    assert bar.error_label.isVisible()
    assert bar.error_label.text().startswith("Column 6: expected a regular expression")
    assert bar.field.accessibleDescription() == looked.error
    assert themes.theme.danger.ink in bar.error_label.styleSheet()
    assert not bar.next_button.isEnabled()
    QTest.keyClick(bar.field, Qt.Key.Key_Backspace)
    assert not bar.error_label.isVisible()
    assert bar.next_button.isEnabled()


def test_no_hit_is_said(qtbot: QtBot) -> None:
    bar, _, _, _ = bar_of(qtbot)
    QTest.keyClicks(bar.field, "nowhere")
    assert bar.counter.text() == "no call"
    assert not bar.next_button.isEnabled()


def test_what_is_looked_for_elsewhere_is_shown(qtbot: QtBot) -> None:
    bar, looked, _, _ = bar_of(qtbot)
    looked.look_for("kfree")
    assert bar.field.text() == "^kfree$"
    assert bar.counter.toolTip() == "kfree"


def test_it_is_painted_in_both_themes_at_every_scale(qtbot: QtBot) -> None:
    bar, looked, _, themes = bar_of(qtbot, width=560)
    looked.set_pattern("save_(")
    pictures: list[QImage] = []
    for theme in ("light", "dark"):
        themes.choose(theme)
        for scale in (1.0, 3.0):
            themes.set_scale(scale)
            QApplication.processEvents()
            pictures.append(bar.grab().toImage())
    assert pictures[0] != pictures[2]
    assert bar.close_button.geometry().right() < bar.width()
