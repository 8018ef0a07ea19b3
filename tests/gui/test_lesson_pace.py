"""The next step of a lesson is prepared, and shown with as little work as can be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.lesson.loader import open_lesson, parse
from core.trace.explain import explain
from core.trace.guard_word import moment_at
from gui.expected import Expected
from gui.widgets.arrange import lay_out_now
from gui.widgets.in_sight import CALM_MS
from gui.widgets.stack.cards import CardPixmaps
from gui.workspaces.live import LiveWorkspace
from tests.gui.lesson_stands import PATIENCE, Stand

TEXTS = r"""
schema = 1
name = "texts"
title = "Short texts"

[[steps]]
title = "One line"
text = "A driver calls `kmalloc`."
scenario = "mail-chain"

[[steps]]
title = "Two"
text = "A driver calls `kmalloc`.\n\nIt gets a page."
"""

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


def test_a_short_text_takes_the_usual_room_and_the_picture_stays(stand: Stand) -> None:
    stand.start(parse(TEXTS, where="texts"))
    strip = stand.parts.strip
    assert strip is not None
    places, texts = set(), []
    for index in range(2):
        stand.session.show_step(index)
        stand.settle()
        places.add(strip.geometry().getRect())
        texts.append(strip.text.heightForWidth(strip.text.width()))
        assert strip.area.verticalScrollBar().maximum() == 0
    assert texts == sorted(set(texts))
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


# -- every view is of the same moment -------------------------------------------------------------


def check_moment(page: LiveWorkspace) -> None:
    """Compare what the views say with the session."""
    session = page.stack._session
    trace, state, covered = session.trace, session.state(), session.covered.places
    assert trace is not None
    assert state is not None
    recorded = trace.info.recording is not None
    if page.counts.isVisible() and not covered and session.range is None and not recorded:
        last = trace.state_at(len(trace) - 1).counts
        shown = {name: tile.value for name, tile in page.counts.tiles.items()}
        assert shown == state.counts
        totals = {name: tile.total_text for name, tile in page.counts.tiles.items()}
        assert totals == {name: f"of {last.get(name, 0):,}" for name in totals}
    if page.word.isVisible():
        assert (page.word.moment is None) == (trace.info.guard.unit_bytes == 0)
        if page.word.moment is not None:
            assert page.word.moment == moment_at(trace, session.position)
    if page.scrubber.isVisible():
        assert page.scrubber.value() == session.position
    if page.gauge.isVisible():
        assert page.gauge.reading.used_bytes == state.stack_bytes
    if page.stack.isVisible():
        calls = [frame.call for frame in session.frames()]
        assert [card.call for card in page.stack.scene.cards] == calls
    if page.explanation.isVisible() and not covered:
        assert page.explanation.text == explain(trace, session.position)


@pytest.mark.parametrize("name", ["three-ways", "depth-law", "real-recordings", "strictly-current"])
def test_whoever_goes_fast_sees_views_of_one_moment(stand: Stand, name: str) -> None:
    stand.start(open_lesson(name))
    wanted = []
    for index in (*range(len(stand.session.steps)), 3, 1, 4, 0):
        stand.session.show_step(index)
        stand.settle()
        if stand.window.workspace == "live":
            assert stand.controller.session.position == stand.session.stage.position or (
                stand.session.stage.played is not None
            )
            check_moment(live(stand))
            wanted.append(index)
    assert len(wanted) > 2


def test_a_workspace_that_comes_back_is_of_the_new_run(stand: Stand) -> None:
    stand.controller.open_first()
    session = stand.controller.session
    stand.qtbot.waitUntil(lambda: session.trace is not None, timeout=PATIENCE)
    first = session.trace
    stand.window.show_workspace("timeline")
    session.seek(10_000)
    assert session.override(guard="none")
    stand.qtbot.waitUntil(lambda: session.trace is not first, timeout=PATIENCE)
    position = session.position
    stand.window.show_workspace("live")
    check_moment(live(stand))
    assert session.position == position
    stand.window.show_workspace("timeline")
    session.seek(10_000)
    assert session.override(guard="uint")
    stand.qtbot.wait(2 * CALM_MS)  # until those behind are up to date by themselves
    end = session.position
    assert session.trace is not None
    assert end == len(session.trace) - 1
    stand.window.show_workspace("live")
    check_moment(live(stand))
    assert session.position == end
