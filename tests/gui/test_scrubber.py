"""The scrubber: a click, a drag and a key move the cursor; marks and words say where one is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.geometry.scrubber import STOP
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.scrubber import Scrubber, describe

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def scrubber(qtbot: QtBot, session: Session, themes: ThemeManager) -> Scrubber:
    made = Scrubber(session, themes)
    qtbot.addWidget(made)
    made.resize(624, made.sizeHint().height())
    made.show()
    return made


def place(scrubber: Scrubber, position: int) -> QPoint:
    return QPoint(round(scrubber.track().x_of(position)), scrubber.height() - 10)


def test_a_click_moves_the_cursor_there(scrubber: Scrubber, session: Session) -> None:
    QTest.mouseClick(scrubber, LEFT, pos=place(scrubber, 57))
    assert session.position == 57
    QTest.mouseClick(scrubber, LEFT, pos=QPoint(0, 50))
    assert session.position == -1


def test_other_buttons_do_nothing(scrubber: Scrubber, session: Session) -> None:
    QTest.mouseClick(scrubber, Qt.MouseButton.RightButton, pos=place(scrubber, 57))
    assert session.position == -1


def test_a_drag_moves_once_a_frame_and_ends_where_it_is_let_go(
    scrubber: Scrubber, session: Session, qtbot: QtBot
) -> None:
    seen: list[int] = []
    session.position_changed.connect(seen.append)
    QTest.mousePress(scrubber, LEFT, pos=place(scrubber, 10))
    for position in (20, 30, 40):
        QTest.mouseMove(scrubber, place(scrubber, position))
    assert seen == [10]
    with qtbot.waitSignal(session.position_changed) as got:
        pass
    assert got.args == [40]
    QTest.mouseMove(scrubber, place(scrubber, 60))
    QTest.mouseRelease(scrubber, LEFT, pos=place(scrubber, 60))
    assert seen == [10, 40, 60]


def test_taking_hold_and_letting_go_is_told(scrubber: Scrubber) -> None:
    held: list[bool] = []
    scrubber.dragging_changed.connect(held.append)
    QTest.mousePress(scrubber, LEFT, pos=place(scrubber, 10))
    QTest.mouseRelease(scrubber, LEFT, pos=place(scrubber, 10))
    assert held == [True, False]


def test_another_run_takes_the_playhead_out_of_the_hand(
    scrubber: Scrubber, session: Session
) -> None:
    held: list[bool] = []
    scrubber.dragging_changed.connect(held.append)
    QTest.mousePress(scrubber, LEFT, pos=place(scrubber, 10))
    session.override(guard="none")
    assert held == [True, False]
    # The run is another one, but the moment is kept.
    assert session.position == 10
    assert session.trace is not None
    assert scrubber.maximum() == len(session.trace) - 1
    QTest.mouseRelease(scrubber, LEFT, pos=place(scrubber, 10))


def test_a_click_on_a_mark_goes_to_it_exactly(scrubber: Scrubber, session: Session) -> None:
    session.override(guard="uint", max_depth=1)
    mark = scrubber.marks()[0]
    QTest.mouseClick(scrubber, LEFT, pos=QPoint(round(mark.x) + 4, 12))
    assert session.position == mark.first == session.trace.short_circuits[0]  # type: ignore[union-attr]


def test_the_end_of_a_stopped_run_has_a_mark(scrubber: Scrubber, session: Session) -> None:
    session.override(guard="none")
    assert [mark.lane for mark in scrubber.marks()] == [STOP]
    assert scrubber.marks()[0].x == scrubber.track().x_of(len(session.trace) - 1)  # type: ignore[arg-type]


def test_every_hit_of_a_long_run_keeps_a_mark_however_narrow(
    scrubber: Scrubber, session: Session
) -> None:
    session.open("depth-law")
    assert session.trace is not None
    for width in (700, 90, 40):
        scrubber.resize(width, scrubber.height())
        marked = sum(mark.markers for mark in scrubber.marks())
        assert marked == len(session.trace.short_circuits) == 32


@pytest.mark.parametrize(
    ("key", "position"),
    [
        (Qt.Key.Key_Right, 51), (Qt.Key.Key_Up, 51), (Qt.Key.Key_Left, 49), (Qt.Key.Key_Down, 49),
        (Qt.Key.Key_PageUp, 60), (Qt.Key.Key_PageDown, 40),
        (Qt.Key.Key_Home, -1), (Qt.Key.Key_End, 115),
    ],
)  # fmt: skip
def test_keys(scrubber: Scrubber, session: Session, key: Qt.Key, position: int) -> None:
    session.seek(50)
    scrubber.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(scrubber, key)
    assert session.position == position


def test_a_click_leaves_the_keyboard_where_it_was(scrubber: Scrubber) -> None:
    scrubber.clearFocus()
    QTest.mouseClick(scrubber, LEFT, pos=place(scrubber, 57))
    assert not scrubber.hasFocus()


def test_the_wheel_is_left_to_others(scrubber: Scrubber, session: Session) -> None:
    session.seek(50)
    up = QPoint(0, 120)
    nothing, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    keys = Qt.KeyboardModifier.NoModifier
    at = QPointF(100, 20)
    event = QWheelEvent(at, at, up, up, nothing, keys, phase, False)
    QApplication.sendEvent(scrubber, event)
    assert session.position == 50
    assert not event.isAccepted()


def test_what_a_screen_reader_hears_follows_the_cursor_and_moves_it(
    scrubber: Scrubber, session: Session
) -> None:
    session.seek(35)
    assert scrubber.value() == 35
    assert scrubber.accessibleName() == "Position in the run"
    assert scrubber.accessibleDescription() == (
        "Event 36 of 116  save_stack. save_stack tests in_page_owner: it is 1, so it returns "
        "dummy_handle without unwinding."
    )
    scrubber.setValue(10)
    assert session.position == 10


def test_the_tip_says_where_what_and_how_full(scrubber: Scrubber, session: Session) -> None:
    assert session.trace is not None
    assert describe(session.trace, -1) == ["Event 0 of 116", "Nothing has happened yet."]
    head, what, full = describe(session.trace, 34)
    assert head == "Event 35 of 116  save_stack"
    assert what.startswith("save_stack loads the word")
    frames = session.trace.frames_at(34)
    assert full == f"{len(frames)} frames, {frames[-1].used_bytes:,} bytes of stack"
    session.open("depth-law")
    scrubber.resize(40, scrubber.height())
    mark = max(scrubber.marks(), key=lambda mark: mark.markers)
    last = describe(session.trace, mark.first, mark)[-1]
    assert last == f"{mark.markers} guard hits here; this is the first"


def test_without_a_run_there_is_nothing_to_move(qtbot: QtBot, themes: ThemeManager) -> None:
    scrubber = Scrubber(Session(Runner()), themes)
    qtbot.addWidget(scrubber)
    assert not scrubber.isEnabled()
    assert scrubber.marks() == []
    scrubber.grab()


@pytest.mark.parametrize("scale", [1.0, 3.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_paints_every_outcome_in_both_themes(
    scrubber: Scrubber, session: Session, themes: ThemeManager, theme: str, scale: float
) -> None:
    themes.choose(theme)
    themes.set_scale(scale)
    for name in ("mail-chain", "no-guard-overflow", "two-bit-wrap", "depth-law"):
        session.open(name)
        session.seek(40)
        assert not scrubber.grab().isNull()
    assert scrubber.sizeHint().height() == scrubber.minimumSizeHint().height()
