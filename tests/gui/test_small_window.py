"""The workspaces in the smallest window, with large type: the picture keeps its room."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import ThemeManager
from gui.widgets.explore.empty import EmptyState as ExploreEmpty
from gui.widgets.flow import FlowLayout
from gui.widgets.folding_bar import FoldingBar
from gui.widgets.recordings.empty import EmptyState as RecordingsEmpty
from gui.window import MINIMUM
from gui.workspaces.live import LiveWorkspace
from tests.gui.lesson_stands import Stand


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Stand:
    made = Stand(qtbot, tmp_path)
    made.window.themes.set_motion(False)
    made.window.resize(MINIMUM)
    return made


def live(stand: Stand) -> LiveWorkspace:
    found = stand.window.findChild(LiveWorkspace)
    assert isinstance(found, LiveWorkspace)
    return found


def shown(found: QWidget, within: QWidget) -> bool:
    return found.isVisibleTo(within)


# -- Live -------------------------------------------------------------------------------------


def test_panels_beside_the_stack_fold_first(stand: Stand, qtbot: QtBot) -> None:
    here, registry = live(stand), stand.window.registry
    qtbot.waitUntil(lambda: not shown(here.picker, here))
    stand.window.themes.set_scale(1.5)
    QApplication.processEvents()
    assert shown(here.side, here)
    assert not registry.action("view.scenarios").isChecked()
    stand.window.themes.set_scale(1.75)
    qtbot.waitUntil(lambda: not shown(here.side, here))
    stand.window.themes.set_scale(1.0)
    stand.window.resize(1280, 800)
    qtbot.waitUntil(lambda: shown(here.picker, here) and shown(here.side, here))
    assert registry.action("view.scenarios").isChecked()


def test_a_panel_without_room_comes_when_it_is_asked_for(stand: Stand, qtbot: QtBot) -> None:
    here, registry = live(stand), stand.window.registry
    stand.window.themes.set_scale(1.5)
    qtbot.waitUntil(lambda: not shown(here.picker, here))
    registry.run("view.scenarios")
    assert shown(here.picker, here)
    registry.run("view.scenarios")
    stand.window.themes.set_scale(1.0)
    stand.window.resize(1280, 800)
    qtbot.wait(20)
    assert not shown(here.picker, here)


def test_a_scenario_is_looked_for_in_a_panel_that_made_room(stand: Stand, qtbot: QtBot) -> None:
    here = live(stand)
    qtbot.waitUntil(lambda: not shown(here.picker, here))
    stand.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert shown(here.picker, here)
    assert here.picker.search.hasFocus()


def test_the_stack_is_the_largest_beside_a_lesson(stand: Stand, qtbot: QtBot) -> None:
    stand.start()
    here, strip = live(stand), stand.parts.strip
    assert strip is not None
    for scale in (1.0, 2.0, 3.0):
        stand.window.themes.set_scale(scale)
        qtbot.waitUntil(lambda scale=scale: strip.area.isVisible() == (scale < 3))  # type: ignore[misc]
        qtbot.wait(20)
        others = (here.explanation, here.scrubber, here.transport)
        assert all(here.stack.height() > part.height() for part in others if shown(part, here))
        assert here.height() > 2 * strip.height()
        # Text that is folded away can be heard all the same.
        assert ("A driver calls kmalloc" in strip.accessibleDescription()) == (scale == 3)


def test_the_title_of_a_step_has_the_room_of_words_on_buttons(stand: Stand, qtbot: QtBot) -> None:
    stand.window.themes.set_scale(2.0)
    stand.start()
    strip = stand.parts.strip
    assert strip is not None
    stand.session.next()
    stand.settle()
    stand.controller.session.seek(0)
    head = strip.head
    qtbot.waitUntil(head.back.isVisible)
    assert head.title.width() >= head.title.sizeHint().width()
    assert head.back.text()
    stand.window.resize(1600, 640)
    qtbot.waitUntil(lambda: head.back.width() > head.present.height() * 2)


def test_tab_reaches_a_lessons_text_before_the_picture(stand: Stand) -> None:
    stand.window.resize(1280, 800)
    stand.start()
    stand.session.next()
    stand.settle()
    QApplication.processEvents()
    strip, here = stand.parts.strip, live(stand)
    at: QWidget | None = stand.window.nextInFocusChain()
    assert strip is not None
    assert strip.questions
    chain: list[QWidget] = []
    while at is not None and at is not stand.window:
        chain.append(at)
        at = at.nextInFocusChain()
    said = [chain.index(each) for each in (strip.area, *strip.head.buttons)]
    said += [chain.index(each) for each in strip.questions[0].findChildren(QAbstractButton)]
    assert max(said) < chain.index(here.stack)


# -- a bar above a picture --------------------------------------------------------------------


@pytest.fixture
def framed(qtbot: QtBot, themes: ThemeManager) -> tuple[QWidget, FoldingBar, QWidget]:
    """A workspace, its bar that folds, and the bar inside: two rows where it is narrow."""
    within, bar = QWidget(), QWidget()
    flow = FlowLayout(bar)
    for _ in range(2):
        part = QLabel("field")
        part.setFixedSize(200, 50)
        part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        flow.addWidget(part)
    folding = FoldingBar(bar, "What is shown", themes, within)
    folding.setParent(within)
    qtbot.addWidget(within)
    within.resize(500, 300)
    with qtbot.waitExposed(within):
        within.show()
    folding.fit()
    return within, folding, bar


def test_a_bar_folds_where_it_takes_the_pictures_room(
    qtbot: QtBot, framed: tuple[QWidget, FoldingBar, QWidget]
) -> None:
    within, folding, bar = framed
    assert not folding.folded
    assert not shown(folding.button, within)
    within.resize(300, 300)
    qtbot.waitUntil(lambda: folding.folded)
    assert shown(folding.button, within)
    assert folding.sizeHint().height() < 60
    within.resize(300, 600)
    qtbot.waitUntil(lambda: not folding.folded)
    assert bar.height() >= 108


def test_a_folded_bar_is_unfolded_by_its_button(
    qtbot: QtBot, framed: tuple[QWidget, FoldingBar, QWidget]
) -> None:
    within, folding, _bar = framed
    within.resize(300, 300)
    qtbot.waitUntil(lambda: folding.folded)
    QTest.mouseClick(folding.button, Qt.MouseButton.LeftButton)
    assert not folding.folded
    assert folding.button.accessibleDescription() == "Unfolded"
    QTest.mouseClick(folding.button, Qt.MouseButton.LeftButton)
    assert folding.folded
    folding.unfold()
    within.resize(500, 300)
    qtbot.waitUntil(lambda: not shown(folding.button, within))
    within.resize(300, 300)
    qtbot.waitUntil(lambda: folding.folded)


def test_the_keyboard_is_not_lost_in_a_bar_that_folds(
    qtbot: QtBot, framed: tuple[QWidget, FoldingBar, QWidget]
) -> None:
    within, folding, bar = framed
    within.activateWindow()
    first = bar.findChild(QLabel)
    assert first is not None
    first.setFocus()
    within.resize(300, 300)
    qtbot.waitUntil(lambda: folding.folded)
    assert folding.button.hasFocus()


def test_the_bars_of_workspaces_fold(stand: Stand, qtbot: QtBot) -> None:
    for name in ("compare", "layout"):
        stand.window.themes.set_scale(3.0)
        stand.window.show_workspace(name)
        folding = stand.window.page(name).findChild(FoldingBar)
        assert folding is not None
        qtbot.waitUntil(lambda bar=folding: bar.folded)  # type: ignore[misc]
        stand.window.themes.set_scale(1.0)
        qtbot.waitUntil(lambda bar=folding: not bar.folded)  # type: ignore[misc]


def test_text_of_what_is_empty_breaks_where_the_window_ends(stand: Stand, qtbot: QtBot) -> None:
    stand.window.themes.set_scale(2.0)
    for name in ("recordings", "explore"):
        stand.window.show_workspace(name)
        page = stand.window.page(name)
        empty = page.findChild(RecordingsEmpty if name == "recordings" else ExploreEmpty)
        assert empty is not None
        for label in empty.findChildren(QLabel):
            at = label.mapTo(page, QPoint(0, 0)).x()
            assert at >= 0
            assert at + label.width() <= page.width(), label.text()
