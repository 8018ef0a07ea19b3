"""The next step of a lesson is prepared, and shown with as little work as can be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.lesson.loader import open_lesson
from gui.expected import Expected
from gui.widgets.arrange import lay_out_now
from gui.widgets.lesson.strip import LessonStrip
from gui.widgets.stack.cards import CardPixmaps
from gui.workspaces.live import LiveWorkspace
from tests.gui.lesson_stands import PATIENCE, Stand

pytestmark = pytest.mark.usefixtures("undressed")


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Stand:
    return Stand(qtbot, tmp_path)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names on the cards that are drawn."""
    names: list[str] = []
    draw = CardPixmaps._draw

    def noted(self: CardPixmaps, look, *rest, **more):  # type: ignore[no-untyped-def]
        names.append(look.name)
        return draw(self, look, *rest, **more)

    monkeypatch.setattr(CardPixmaps, "_draw", noted)
    yield names


def live(stand: Stand) -> LiveWorkspace:
    found = stand.window.findChild(LiveWorkspace)
    assert found is not None
    return found


def expected_after(stand: Stand, index: int) -> Expected:
    """Show a step, and wait for what is said of the next one."""
    with stand.qtbot.waitSignal(stand.controller.session.expected, timeout=PATIENCE) as got:
        stand.session.show_step(index)
        stand.settle()
    (expected,) = got.args
    assert isinstance(expected, Expected)
    return expected


def test_the_next_place_is_expected_where_it_will_be(stand: Stand) -> None:
    stand.start(open_lesson("one-bit"))
    session = stand.controller.session
    for index in (1, 4, 9):
        expected = expected_after(stand, index)
        stand.session.next()
        stand.settle()
        # Without motion what plays by itself has played.
        assert (expected.trace, expected.position) == (session.trace, session.position)
        assert expected.essential_only == session.essential_only
        assert expected.frames() == session.frames()


def test_the_cards_of_the_next_step_are_drawn_before_it_is_shown(
    stand: Stand, drawn: list[str]
) -> None:
    stand.start(open_lesson("one-bit"))
    QApplication.processEvents()
    stack, seen = live(stand).stack, 0
    for index in range(2, 9):
        expected_after(stand, index)
        height = stack.height()
        drawn.clear()
        stand.session.next()
        stand.settle()
        stack.grab()
        # In another height cards are more or less dense.
        if stack.height() == height and not stand.controller.session.covered.places:
            assert drawn == [], index
            seen += len(stack.scene.cards)
    assert seen > 10


def test_a_run_that_takes_long_is_not_prepared_for(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.lesson_stage.PROBE_EVENTS", 10)
    stand.start(open_lesson("one-bit"))
    heard: list[Expected] = []
    stand.controller.session.expected.connect(heard.append)
    stand.session.stage.prepare(stand.session.steps[3])
    assert heard == []


def test_the_picture_stays_where_it_is_from_step_to_step(stand: Stand) -> None:
    stand.start(open_lesson("too-late"))
    strip: LessonStrip | None = stand.parts.strip
    assert strip is not None
    places, texts = set(), set()
    for index in (2, 4, 6, 7):
        stand.session.show_step(index)
        stand.settle()
        places.add(strip.geometry().getRect())
        texts.add(strip.text.heightForWidth(strip.text.width()))
        assert strip.area.verticalScrollBar().maximum() == 0
    assert len(texts) > 1
    assert len(places) == 1


def test_a_long_text_still_gets_its_room(stand: Stand) -> None:
    stand.start(open_lesson("one-bit"))
    strip = stand.parts.strip
    assert strip is not None
    heights = []
    for index in (2, 10):  # two questions
        stand.session.show_step(index)
        stand.settle()
        heights.append(strip.area.height())
        assert strip.area.verticalScrollBar().maximum() == 0
    assert heights[0] < heights[1]


class _Asked(QObject):
    """Counts who is laid out."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.times = 0
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.LayoutRequest
        return super().eventFilter(watched, event)


def test_a_run_that_plays_has_no_workspace_laid_out(stand: Stand) -> None:
    stand.controller.open_first()
    stand.qtbot.waitUntil(lambda: stand.controller.session.trace is not None, timeout=PATIENCE)
    session, page = stand.controller.session, live(stand)
    session.seek(20)
    lay_out_now()
    QApplication.processEvents()
    asked = _Asked(page, stand.window)
    for position in range(21, 60):  # over the guard's short-circuit, which has a sign
        session.seek(position)
        lay_out_now()
    assert asked.times == 0
