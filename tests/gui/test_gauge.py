from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from core.scenario.report import deepest_position
from core.trace.trace import Trace
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.stack import reading as stack_reading
from gui.widgets.stack.gauge import GaugeView
from gui.widgets.stack.reading import PeakSoFar
from tests.runs import bundled_run


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Stand:
    def __init__(self, qtbot: QtBot) -> None:
        self.clock, self.themes, self.session = Clock(), ThemeManager(), Session(Runner())
        self.view = GaugeView(self.session, self.themes, self.clock)
        qtbot.addWidget(self.view)
        self.view.resize(220, 640)
        with qtbot.waitExposed(self.view):
            self.view.show()

    def open(self, name: str, position: int) -> Trace:
        assert self.session.open(name)
        assert self.session.trace is not None
        self.session.seek(position)
        return self.session.trace

    def paint(self) -> None:
        image = QImage(self.view.size(), QImage.Format.Format_RGB32)
        with QPainter(image) as painter:
            self.view.draw(painter)

    def run_down(self) -> None:
        for _ in range(200):
            if not self.view.moving:
                return
            self.clock.now += 0.016
            self.view.tick()
        pytest.fail("the gauge never came to rest")


@pytest.fixture
def stand(qtbot: QtBot) -> Stand:
    return Stand(qtbot)


def test_before_a_run_it_says_so(stand: Stand) -> None:
    assert stand.view.reading.thread_bytes == 0
    assert stand.view.reading.describe() == "No run is open."
    stand.paint()


def test_it_reads_the_stack_at_the_cursor(stand: Stand) -> None:
    trace = stand.open("no-guard-overflow", 100)
    for position in (-1, 0, 57, 150):
        stand.session.seek(position)
        reading = stand.view.reading
        assert reading.used_bytes == trace.state_at(position).stack_bytes
        assert sum(size for _, size in reading.frames) == reading.used_bytes
    assert reading.room_bytes == 16384
    assert not reading.overflowed


def test_the_fill_goes_to_where_it_belongs_and_rests(stand: Stand) -> None:
    stand.open("no-guard-overflow", 20)
    assert stand.view.moving
    stand.run_down()
    assert stand.view._shown_bytes == stand.view.reading.used_bytes
    stand.session.seek(3)
    assert stand.view._shown_bytes > stand.view.reading.used_bytes
    stand.paint()
    stand.run_down()
    assert stand.view._shown_bytes == stand.view.reading.used_bytes


def test_without_motion_it_is_there_at_once(stand: Stand) -> None:
    stand.themes.set_motion(False)
    stand.open("no-guard-overflow", 20)
    assert not stand.view.moving
    assert stand.view._shown_bytes == stand.view.reading.used_bytes


def test_an_overflow_bursts(stand: Stand) -> None:
    stand.open("no-guard-overflow", 213)
    reading = stand.view.reading
    assert reading.overflowed
    assert reading.note() == "72 too many"
    assert stand.view.moving
    stand.clock.now += 0.3
    stand.view.tick()
    stand.paint()
    stand.run_down()
    stand.paint()
    assert "Overflow: 72 bytes too many." in stand.view.accessibleDescription()


def test_on_ia64_task_struct_has_the_far_end(stand: Stand) -> None:
    trace = stand.open("mail-chain", 35)
    reading = stand.view.reading
    assert (reading.reserved_bytes, reading.room_bytes) == (9792, 22976)
    assert reading.borrowed == bool(trace.info.layout.borrowed_for)
    assert reading.note() == "32,768 − 9,792"
    assert stand.view.accessibleName() == "Stack gauge"
    assert stand.view.accessibleDescription() == (
        "4,216 of 22,976 bytes in use, at most 4,216 so far, THREAD_SIZE 32,768. "
        "task_struct (borrowed size): 9,792 bytes; the register backing store grows upward "
        "from it."
    )


def test_a_height_of_the_bar_says_whose_bytes_they_are(stand: Stand) -> None:
    stand.open("mail-chain", 35)
    scale = stand.view.scale()
    assert stand.view.tip_at(scale.y(100)) == "Caller: 448 bytes in 2 frames"
    assert stand.view.tip_at(scale.y(10_000)) == "18,760 bytes free"
    assert stand.view.tip_at(scale.y(30_000)).startswith("task_struct (borrowed size)")
    assert stand.view.tip_at(2) == ""
    point = QPoint(40, round(scale.y(100)))
    event = QHelpEvent(QEvent.Type.ToolTip, point, stand.view.mapToGlobal(point))
    QApplication.sendEvent(stand.view, event)
    assert QToolTip.text() == "Caller: 448 bytes in 2 frames"
    QToolTip.hideText()


def test_a_hidden_gauge_catches_up_when_it_is_shown(stand: Stand, qtbot: QtBot) -> None:
    stand.open("mail-chain", 5)
    stand.view.hide()
    stand.session.seek(35)
    assert not stand.view.moving
    with qtbot.waitExposed(stand.view):
        stand.view.show()
    assert stand.view.reading.used_bytes == 4216
    assert stand.view._shown_bytes == 4216


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
@pytest.mark.parametrize(("scenario", "position"), [("mail-chain", 35), ("no-guard-overflow", 213)])
def test_it_paints_in_every_theme_and_size(
    stand: Stand, theme: str, scale: float, scenario: str, position: int
) -> None:
    stand.themes.choose(theme)
    stand.themes.set_scale(scale)
    stand.open(scenario, position)
    for size in ((260, 700), (100, 120)):
        stand.view.resize(*size)
        stand.paint()
    assert stand.view.minimumSizeHint().width() <= 220 * scale


# -- the peak -----------------------------------------------------------------------------------


def highest(trace: Trace, position: int, task: int) -> int:
    """The definition, event by event."""
    states = [trace.state_at(at) for at in range(position + 1)]
    return max((state.stack_bytes for state in states if state.task == task), default=0)


@pytest.mark.parametrize("name", ["two-tasks", "mail-chain"])
@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_the_peak_is_the_most_so_far_of_each_task(
    name: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_reading, "CHUNK_EVENTS", chunk)
    trace = bundled_run(name)
    for task in range(len(trace.info.tasks)):
        peaks = PeakSoFar(trace)
        for position in (-1, 0, 12, 30, len(trace) - 1, 20, 3):
            assert peaks.at(position, task) == highest(trace, position, task)


def test_the_peak_of_the_whole_run_is_where_the_report_says() -> None:
    trace = bundled_run("no-guard-overflow")
    deepest = trace.state_at(deepest_position(trace)).stack_bytes
    assert PeakSoFar(trace).at(len(trace) - 1, 0) == deepest == 16456


def test_nothing_is_scanned_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = bundled_run("no-guard-overflow")
    peaks = PeakSoFar(trace)
    peaks.at(len(trace) - 1, 0)

    def fail(*_: object, **__: object) -> None:
        pytest.fail("scanned again")

    monkeypatch.setattr(np, "cumsum", fail)
    assert peaks.at(10, 0) < peaks.at(100, 0)
