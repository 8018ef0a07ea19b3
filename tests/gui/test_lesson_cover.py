"""What a step asks is not to be read off the window before somebody has answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.lesson.covered import AHEAD, BITS, LENGTH, OUTCOME
from gui.covered import ASKED, MARK
from gui.widgets.lesson.question import QuestionView
from gui.workspaces.compare import CompareWorkspace
from gui.workspaces.layout import LayoutWorkspace
from gui.workspaces.live import LiveWorkspace
from tests.gui.lesson_stands import KEY, Stand

pytestmark = pytest.mark.usefixtures("undressed")

ASKS = """
schema = 1
name = "asks"
title = "A lesson that asks"

[[steps]]
title = "How it ends"
scenario = "mail-chain"
guard = "none"
position = "save_stack call 2"
[[steps.questions]]
about = "outcome"
ask = "How does it end?"

[[steps]]
title = "The bit"
scenario = "mail-chain"
position = "save_stack call 2"
[[steps.questions]]
about = "bit"
ask = "What is the bit?"
choices = 2
[[steps.questions]]
about = "bytes"
ask = "How many bytes?"

[[steps]]
title = "Growth"
workspace = "layout"
layout = "debian-6.1-amd64"
field = "uint"
place = "v1"
[[steps.questions]]
about = "growth"
ask = "How much does it grow?"

[[steps]]
title = "Hits"
workspace = "compare"
scenario = "mail-chain"
lanes = ["none", "bit1"]
[[steps.questions]]
about = "outcome"
ask = "How does the first lane end?"

[[steps]]
title = "Played to the end"
workspace = "live"
scenario = "mail-chain"
guard = "none"
play = {start = "start", end = "end"}
[[steps.questions]]
about = "saves"
ask = "How many saves when it breaks?"
position = "end"
[[steps.questions]]
about = "outcome"
ask = "How does it end?"
position = "end"
"""


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Stand:
    made = Stand(qtbot, tmp_path)
    made.start(ASKS)
    return made


def live(stand: Stand) -> LiveWorkspace:
    page = stand.window.findChild(LiveWorkspace)
    assert page is not None
    return page


def question(stand: Stand, number: int = 0) -> QuestionView:
    assert stand.parts.strip is not None
    return stand.parts.strip.questions[number]


def answer(stand: Stand, number: int = 0) -> None:
    """Click the first choice, right or wrong."""
    view = question(stand, number)
    QTest.mouseClick(view.choices[0], Qt.MouseButton.LeftButton)
    assert view.asked.revealed


def spoken(root: QWidget) -> str:
    """Everything a screen reader can read in a part of the window."""
    said = []
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisible():
            face = QAccessible.queryAccessibleInterface(widget)
            kinds = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)
            said += [face.text(kind) for kind in kinds]
            said += [widget.toolTip()]
    return " ".join(said)


# -- how a run ends -------------------------------------------------------------------------------


@pytest.mark.usefixtures("dressed")
def test_the_chip_keeps_its_size_and_says_nothing_of_the_end(stand: Stand) -> None:
    chip = live(stand).guard_bar.result
    assert chip.shown == (MARK, MARK)
    assert chip.toolTip() == ASKED
    before = chip.geometry()
    answer(stand)
    assert chip.shown[0] == "Stack overflow"
    assert chip.geometry() == before


def test_a_screen_reader_hears_neither_the_end_nor_the_length(stand: Stand) -> None:
    page, trace = live(stand), stand.controller.session.trace
    assert trace is not None
    length = f"{len(trace):,}"
    hidden = spoken(page)
    assert "verflow" not in hidden
    assert f"of {length}" not in hidden
    assert page.scrubber.maximum() < len(trace) - 1
    answer(stand)
    assert "Stack overflow" in spoken(page)
    assert f"of {length}" in spoken(page)
    assert page.scrubber.maximum() == len(trace) - 1


def test_the_rest_of_the_run_is_not_drawn_on_the_scrubber(stand: Stand) -> None:
    scrubber = live(stand).scrubber
    assert scrubber.marks()
    assert not scrubber.shown_marks()
    asked = scrubber.grab().toImage()
    answer(stand)
    assert scrubber.shown_marks() == scrubber.marks()
    told = scrubber.grab().toImage()
    here = round(scrubber.track().x_of(stand.controller.session.position)) + 12
    top, low = QPoint(here, 0), QPoint(scrubber.width(), scrubber.height())
    assert any(
        asked.pixelColor(x, y) != told.pixelColor(x, y)
        for x in range(top.x(), low.x(), 7)
        for y in range(top.y(), low.y(), 3)
    )


def test_totals_are_covered_and_what_has_been_counted_is_not(stand: Stand) -> None:
    tile = live(stand).counts.tiles["save_stack_calls"]
    assert (tile.value_text, tile.total_text) == ("2", f"of {MARK}")
    answer(stand)
    assert tile.total_text == "of 8"


# -- leaving the step, the answer, the lesson -----------------------------------------------------


def test_whoever_plays_around_sees_everything_and_on_the_way_back_nothing(stand: Stand) -> None:
    session = stand.controller.session
    assert OUTCOME in session.covered
    stand.window.focus_home()
    stand.press(KEY.Key_Period)
    assert stand.session.away
    assert not session.covered.places
    assert live(stand).scrubber.value() == session.position
    stand.session.back_to_step()
    stand.settle()
    assert {OUTCOME, LENGTH, AHEAD} <= session.covered.places


def test_an_answer_is_in_sight_when_it_is_revealed_and_stays_so(stand: Stand) -> None:
    session = stand.controller.session
    QTest.mouseClick(question(stand).reveal, Qt.MouseButton.LeftButton)
    assert not session.covered.places
    stand.session.next()
    stand.settle()
    stand.session.previous()
    stand.settle()
    assert not session.covered.places


def test_nothing_is_covered_without_a_lesson(stand: Stand) -> None:
    stand.session.close()
    assert not stand.controller.session.covered.places
    assert live(stand).guard_bar.result.shown[0] == "Stack overflow"


# -- a bit, bytes, growth, lanes ------------------------------------------------------------------


def test_the_bit_and_the_bytes_are_covered_each_for_its_question(stand: Stand) -> None:
    stand.session.next()
    stand.settle()
    page = live(stand)
    assert page.word.canvas.asked
    assert page.gauge.reading.used_text == MARK
    assert "in_page_owner = 1" not in spoken(page.word)
    assert "0x00000801" not in spoken(page)
    outer, inner = (card.look for card in page.stack.scene.cards if card.look.name == "save_stack")
    assert (outer.tag, inner.used_text) == (f"flag {MARK}", MARK)
    assert "4,216" not in spoken(page.gauge)
    answer(stand)
    assert not page.word.canvas.asked
    assert "0x00000801" in spoken(page.word)
    assert page.gauge.reading.used_text == MARK
    answer(stand, 1)
    assert page.gauge.reading.used_text == "4,216"
    assert BITS not in stand.controller.session.covered
    outer, inner = (card.look for card in page.stack.scene.cards if card.look.name == "save_stack")
    assert (outer.tag, inner.used_text) == ("flag 0→1", "4,216")


def test_what_a_field_costs_is_covered_and_the_map_is_not(stand: Stand) -> None:
    stand.session.show_step(2)
    stand.settle()
    page = stand.window.findChild(LayoutWorkspace)
    assert page is not None
    size = page.cost.size()
    assert page.cost.is_down
    assert page.map.isVisible()
    assert not page.columns.isVisible()
    assert ASKED in spoken(page)
    assert "sizeof" not in spoken(page)
    answer(stand)
    assert not page.cost.is_down
    assert page.columns.isVisible()
    assert page.cost.size() == size


def test_what_lanes_come_to_is_covered(stand: Stand) -> None:
    stand.session.show_step(3)
    stand.settle()
    page = stand.window.findChild(CompareWorkspace)
    assert page is not None
    assert page.table.cover.is_down
    assert "verflow" not in spoken(page)
    answer(stand)
    assert not page.table.cover.is_down
    assert "verflow" in spoken(page)


# -- what plays by itself -------------------------------------------------------------------------


def test_what_would_play_to_the_answer_waits_for_it(stand: Stand) -> None:
    stand.session.last()
    stand.settle()
    session = stand.controller.session
    assert session.trace is not None
    assert session.position == -1
    answer(stand)
    assert session.position == -1
    answer(stand, 1)
    assert session.position == len(session.trace) - 1
    stand.session.previous()
    stand.settle()
    stand.session.next()
    stand.settle()
    assert session.position == len(session.trace) - 1
    assert not session.covered.places
