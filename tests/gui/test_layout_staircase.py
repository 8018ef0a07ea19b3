"""The staircase."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.layout import library
from core.layout.analysis import Question, analyse
from core.layout.staircase import staircase
from core.layout.what_if import Interval
from gui.layout_session import LayoutSession
from gui.theme import SCALES, ThemeManager
from gui.widgets.layout.staircase import StaircaseView
from gui.widgets.layout.staircase_paint import (
    Mark,
    StaircasePainter,
    added_bytes,
    marks_of,
    place_labels,
)
from tests.gui.layout_stands import DEBIAN, PAYS, shown

SIZE = (640, 320)


def stairs(qtbot: QtBot, kernel: str = DEBIAN, size: tuple[int, int] = SIZE) -> StaircaseView:
    view, _, _ = shown(qtbot, StaircaseView, size, kernel)
    return view


# -- what stands on it ----------------------------------------------------------------------------


def test_the_storages_and_the_next_rise_of_debian_6_1() -> None:
    analysis = analyse(library.open_kernel(DEBIAN), Question())
    marks = marks_of(analysis.compare(), staircase(analysis))
    assert [(mark.x, mark.y, mark.text) for mark in marks] == [
        (41, 8192, "+41 bytes: 4 objects a slab, +1,638 bytes a task"),
        (4, 6554, "unsigned int"), (0, 6554, "1 bit and 2 bits"),
    ]  # fmt: skip
    assert len({mark.glyph for mark in marks}) == 3


def test_a_bit_that_opens_a_unit_adds_the_unit() -> None:
    analysis = analyse(library.open_kernel(DEBIAN), Question())
    bit = analysis.ask("bit1")
    assert added_bytes(bit) == 0
    grown = replace(bit.what_if, growth=Interval(64, 64, 64))
    assert added_bytes(replace(bit, what_if=grown)) == 4
    assert added_bytes(analysis.ask("u8")) == 1


BOX = st.tuples(
    st.floats(0, 400), st.floats(0, 300), st.floats(10, 150), st.floats(8, 20)
)  # fmt: skip


@given(st.lists(BOX, max_size=5))
def test_labels_neither_overlap_nor_leave_the_plot(boxes: list[tuple[float, ...]]) -> None:
    area = QRectF(0, 0, 400, 300)
    wanted = [(QPointF(x, y), width, height) for x, y, width, height in boxes]
    placed = place_labels(wanted, area, 4, 20)
    assert len(placed) == len(boxes)
    assert all(not rect.isNull() for rect in placed[:2])  # there is room for two
    for at, rect in enumerate(placed):
        if rect.isNull():
            continue
        assert area.contains(rect)
        assert not any(rect.intersects(other) for other in placed[:at])


def test_a_mark_outside_the_view_has_no_label(themes: ThemeManager) -> None:
    painting = StaircasePainter(themes.theme, themes.metrics)
    marks = (Mark(1, 1, "circle", "in", "guard"), Mark(500, 1, "circle", "out", "guard"))
    labels = painting.labels(marks, QRectF(0, 0, 400, 300), QPointF)
    assert [label.mark.text for label in labels] == ["in"]


# -- the view -------------------------------------------------------------------------------------


def test_the_window_does_not_import_the_plot_before_it_is_shown() -> None:
    script = (
        "import sys, gui.widgets.layout.staircase, gui.widgets.layout.survey,"
        " gui.widgets.layout.members, gui.widgets.layout.columns, gui.widgets.layout.tasks\n"
        "print([name for name in ('numpy', 'pyqtgraph') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_plot_is_made_when_it_is_first_shown(qtbot: QtBot, themes: ThemeManager) -> None:
    session = LayoutSession()
    view = StaircaseView(session, themes)
    qtbot.addWidget(view)
    assert session.open(DEBIAN)
    assert view.plot is None
    with qtbot.waitExposed(view):
        view.show()
    assert view.plot is not None
    assert view.steps == session.staircase()


def test_the_first_rises_are_in_view_and_all_can_be(qtbot: QtBot) -> None:
    view = stairs(qtbot)
    assert view.plot is not None
    low, high = view.plot.in_view()
    assert low <= 0
    assert 41 < high < 400
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.plot.in_view()[1] >= 1000
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.plot.in_view()[1] < 1000


def test_the_cursor_goes_along_the_steps(qtbot: QtBot) -> None:
    view = stairs(qtbot)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.readout() == (
        "+0 to +40 bytes: sizeof 9,792, object 6,528, 5 objects a slab, 6,554 bytes a task"
    )
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.readout().startswith("+41 to +104 bytes: sizeof 9,856, object 6,592, 4 objects")
    assert view.readout() in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.cursor_at == len(view.steps) - 1
    assert view.plot is not None
    low, high = view.plot.in_view()
    assert low <= view.steps[-1].added_bytes <= high
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.cursor_at == len(view.steps) - 1
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.cursor_at == 0


def test_up_and_down_go_from_rise_to_rise(qtbot: QtBot) -> None:
    view = stairs(qtbot, "debian-6.1-armhf")
    view.move_cursor(0)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.steps[view.cursor_at].added_bytes == 213
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.steps[view.cursor_at].objects == 9
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.steps[view.cursor_at].objects == 10


def test_the_mouse_reads_the_step_below_it(qtbot: QtBot) -> None:
    view = stairs(qtbot)
    view._hover(50.0)
    assert view.readout().startswith("+41 to +104 bytes")
    view._hover(-1.0)
    assert view.readout() == ""
    assert view.step_at(5000) == -1


def test_the_plot_is_told_in_words(qtbot: QtBot) -> None:
    told = stairs(qtbot).accessibleDescription()
    assert told == (
        "Now a task costs 6,554 bytes. Next rise +41 bytes: 4 objects a slab, +1,638 bytes a task."
        " unsigned int at +4. 1 bit and 2 bits at +0."
    )


def test_another_kernel_has_other_steps(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StaircaseView, SIZE)
    before = view.steps
    assert session.open("debian-6.1-s390x")
    assert view.steps != before
    assert view.cursor_at == -1


def test_where_nothing_can_be_predicted_a_sentence_stands(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StaircaseView, SIZE, kernel="")
    assert view.empty.isVisible()
    assert view.empty.text() == "Open a kernel to see what more bytes would cost."
    assert session.open(DEBIAN)
    assert not view.empty.isVisible()
    session.say(shuffled_by="/boot/config")
    assert view.empty.isVisible()
    assert "RANDSTRUCT" in view.empty.text()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.svg() == view.png() == b""


@pytest.mark.parametrize("scale", SCALES[::4])
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_it_dresses_for_every_theme_and_scale(qtbot: QtBot, choice: str, scale: float) -> None:
    view, _, themes = shown(qtbot, StaircaseView, SIZE, PAYS)
    themes.choose(choice)
    themes.set_scale(scale)
    view.move_cursor(1)
    image = view.grab().toImage()
    assert view.plot is not None
    assert view.plot.widget.backgroundBrush().color().name() == themes.theme.surface.lower()
    assert not image.isNull()
    assert view.plot.overlay.geometry() == view.plot.widget.viewport().rect()


def test_it_is_exported_as_svg_and_png(qtbot: QtBot) -> None:
    view = stairs(qtbot)
    root = ElementTree.fromstring(view.svg())
    said = "".join(root.itertext())
    assert "unsigned int" in said
    assert "4 objects a slab" in said
    assert "bytes added" in said
    image = QImage.fromData(view.png(3.0))
    assert view.plot is not None
    assert image.size() == view.plot.widget.viewport().size() * 3


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("width", [320, 640])
def test_no_label_is_cut_at_the_edge(qtbot: QtBot, width: int, scale: float) -> None:
    view, _, themes = shown(qtbot, StaircaseView, (round(width * scale), round(320 * scale)))
    themes.set_scale(scale)
    assert view.plot is not None
    area = view.plot.area()
    painter = StaircasePainter(themes.theme, themes.metrics)
    for label in painter.labels(view.marks, area, view.plot.to_pixels):
        if not label.rect.isNull():
            assert area.contains(label.rect)
            assert painter._width(label.mark.text) <= label.rect.width() + 1
