"""The lanes' columns and strips, under mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.compare.lanes import Lane
from core.trace.events import Kind
from gui.compare_session import CompareSession
from gui.theme import ThemeManager
from gui.widgets.compare.column_paint import ColumnStyle, outcome_text
from gui.widgets.compare.columns import LaneColumns
from gui.widgets.compare.strips import StripsView
from tests.gui.compare_stands import compared, settled, shown_beside

LEFT = Qt.MouseButton.LeftButton

# -- columns ------------------------------------------------------------------------------


@pytest.fixture
def columns(qtbot: QtBot) -> tuple[LaneColumns, CompareSession, ThemeManager]:
    return shown_beside(qtbot, LaneColumns, (1200, 560))


def test_a_lane_a_column_level_as_far_as_they_are_the_same(
    columns: tuple[LaneColumns, CompareSession, ThemeManager],
) -> None:
    view, session, _ = columns
    assert [column.look.letter for column in view.columns if column.look] == ["A", "B", "C"]
    first, second, third = (column.frames for column in view.columns)
    shared = [frame for frame in first if frame.shared]
    assert [frame._replace(call=0) for frame in shared][-3:] == [
        frame._replace(call=0) for frame in second if frame.shared
    ][-3:]
    assert [frame.name for frame in second if not frame.shared] == [
        "save_stack",
        "stack_trace_save",
    ]
    assert all(frame.shared for frame in (*first, *third))
    pitches = {column.parts.pitch_px for column in view.columns}
    assert len(pitches) == 1
    assert session.parted


def test_a_lanes_name_counts_for_more_than_how_it_ends(
    columns: tuple[LaneColumns, CompareSession, ThemeManager],
) -> None:
    view, _, themes = columns
    style, look = ColumnStyle(themes.theme, themes.metrics), view.columns[1].look
    assert look is not None
    named = look._replace(label="unsigned int, depth 4")
    for label in ("uint", named.label):
        name = style.wide(style.title, label)
        for width in range(40, 600, 7):
            said = outcome_text(style, look._replace(label=label), "×", width)
            assert said in ("×", f"× {look.outcome_word}")
            assert said == "×" or name + style.wide(style.strong_caption, said) < width
    assert outcome_text(style, named, "×", 600) == f"× {look.outcome_word}"
    assert outcome_text(style, named, "×", 250) == "×"


def test_the_head_says_how_the_lane_stands(
    columns: tuple[LaneColumns, CompareSession, ThemeManager],
) -> None:
    view, session, _ = columns
    looks = [column.look for column in view.columns]
    assert all(look is not None for look in looks)
    assert [look.state for look in looks if look] == ["parted"] * 3
    assert [look.value for look in looks if look] == ["2", "1", "2"]
    assert [look.bits for look in looks if look] == [(), (1,), (1, 0)]
    assert [look.wrapped for look in looks if look] == [False, True, False]
    assert [look.outcome for look in looks if look] == ["completed", "stack_overflow", "completed"]
    assert looks[0] is not None
    assert looks[0].stop == "guard"
    assert session.alignment is not None
    session.seek(session.alignment.moments - 1)
    after = view.columns[1].look
    assert after is not None
    assert (after.state, after.stop, after.over) == ("stopped", "danger", True)
    assert "overflow" in after.stop_words
    assert "Lane B, 1-bit field" in view.columns[1].accessibleDescription()


def test_the_fold_says_where_the_field_wrapped(
    columns: tuple[LaneColumns, CompareSession, ThemeManager],
) -> None:
    view, _, _ = columns
    seen = [[frame.note for frame in column.frames if frame.wrapped] for column in view.columns]
    assert seen == [[], ["depth 1→0 wraps"], []]
    view.resize(1200, 330)
    folds = [[frame for frame in column.frames if frame.folded] for column in view.columns]
    assert [len(each) for each in folds] == [1, 1, 1]
    assert "depth 1→0 wraps" in folds[1][0].name
    assert "wraps" not in folds[0][0].name


def test_together_lanes_say_so_and_one_that_waits_too(qtbot: QtBot) -> None:
    view, session, _ = shown_beside(
        qtbot, LaneColumns, (900, 560), (Lane("scan", 1), Lane("bit1", 1))
    )
    session.seek(3)
    assert [c.look.state for c in view.columns if c.look] == ["together", "together"]
    states = set()
    assert session.alignment is not None
    for moment in range(session.alignment.moments):
        session.seek(moment)
        states |= {(n, c.look.state) for n, c in enumerate(view.columns) if c.look}
    assert {(0, "waits"), (0, "parted"), (1, "parted"), (1, "done"), (0, "stopped")} <= states


def test_essential_frames_speak_as_the_mail_does(
    columns: tuple[LaneColumns, CompareSession, ThemeManager],
) -> None:
    view, session, _ = columns
    session.cursor.set_essential_only(True)
    names = [frame.name for frame in view.columns[1].frames]
    assert names[-1] == "save_stack"
    assert names[0] == "kmalloc"
    tags = [frame.note for frame in view.columns[1].frames if frame.wrapped]
    assert tags == ["depth 1→0 wraps"]


def test_a_double_click_brings_all_lanes_to_the_call(
    qtbot: QtBot, columns: tuple[LaneColumns, CompareSession, ThemeManager]
) -> None:
    view, session, _ = columns
    column = view.columns[1]
    row = len(column.rows) - 2
    box = column.parts.row(row)
    point = QPoint(60, int(box.middle))
    call = column.frames[row].call
    with qtbot.waitSignal(session.moment_changed):
        QTest.mouseDClick(column, LEFT, pos=point)
    assert session.views[1].position == call
    assert session.alignment is not None
    assert session.views[0].position == session.alignment.positions_at(session.moment)[0]


def test_the_arrows_choose_a_frame_and_enter_goes_there(
    qtbot: QtBot, columns: tuple[LaneColumns, CompareSession, ThemeManager]
) -> None:
    view, session, _ = columns
    column = view.columns[0]
    column.setFocus()
    QTest.keyClick(column, Qt.Key.Key_Up)
    assert column.chosen == len(column.rows) - 1
    QTest.keyClick(column, Qt.Key.Key_Up)
    assert column.chosen == len(column.rows) - 2
    assert column.accessibleDescription().startswith(column.frames[column.chosen].name)
    QTest.keyClick(column, Qt.Key.Key_Escape)
    assert column.chosen == -1
    QTest.mouseClick(column, LEFT, pos=QPoint(60, int(column.parts.row(0).middle)))
    assert column.chosen == 0
    call = column.frames[0].call
    QTest.keyClick(column, Qt.Key.Key_Return)
    assert session.views[0].position == call


def test_tips_tell_what_is_folded_and_what_a_frame_takes(
    columns: tuple[LaneColumns, CompareSession, ThemeManager],
) -> None:
    view, _, _ = columns
    column = view.columns[0]
    fold = next(at for at, row in enumerate(column.rows) if row.folded)
    tip = column.tip_at(60, column.parts.row(fold).middle)
    assert "driver_op" in tip
    tip = column.tip_at(60, column.parts.row(0).middle)
    assert "bytes" in tip
    assert "Lane A" in column.tip_at(60, 5)


def test_columns_come_and_go_with_lanes(
    qtbot: QtBot, columns: tuple[LaneColumns, CompareSession, ThemeManager]
) -> None:
    view, session, _ = columns
    session.add_lane(Lane("scan", 1))
    settled(qtbot, session)
    assert len(view.columns) == 4
    assert view.columns[3].look is not None
    assert view.columns[3].look.value == ""
    view.set_sides((0, 3))
    session.remove_lane(3)
    settled(qtbot, session)
    assert len(view.columns) == 3
    assert all(column.side is None for column in view.columns)


def test_another_view_may_resize_the_columns_before_they_know_the_lanes(qtbot: QtBot) -> None:
    session, themes = compared(qtbot), ThemeManager()
    made: list[LaneColumns] = []
    session.traces_changed.connect(lambda: made[0].resize(made[0].width() + 10, 560))
    made.append(LaneColumns(session, themes))
    qtbot.addWidget(made[0])
    made[0].resize(1200, 560)
    with qtbot.waitExposed(made[0]):
        made[0].show()
    session.set_lanes(session.lanes[:2])
    settled(qtbot, session)
    assert made[0].width() > 1200
    assert [column.look.letter for column in made[0].columns if column.look] == ["A", "B"]


def test_a_hidden_column_catches_up_when_it_is_shown(
    qtbot: QtBot, columns: tuple[LaneColumns, CompareSession, ThemeManager]
) -> None:
    view, session, _ = columns
    view.hide()
    session.seek(4)
    before = view.columns[0].look
    view.show()
    after = view.columns[0].look
    assert before is not None
    assert after is not None
    assert before.event != after.event == f"event {session.views[0].position + 1} of 229"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_columns_paint_in_every_size(
    columns: tuple[LaneColumns, CompareSession, ThemeManager], theme: str, scale: float
) -> None:
    view, _, themes = columns
    themes.choose(theme)
    themes.set_scale(scale)
    for size in ((1200, 560), (700, 240), (700, 170)):
        view.resize(*size)
        image = view.grab().toImage()
        colours = {
            image.pixelColor(x, y).name() for x in range(0, 300, 3) for y in range(0, 170, 3)
        }
        assert themes.theme.surface.lower() in colours
        assert len(colours) > 5


# -- strips -------------------------------------------------------------------------------


@pytest.fixture
def strips(qtbot: QtBot) -> tuple[StripsView, CompareSession, ThemeManager]:
    return shown_beside(qtbot, StripsView, (1000, 280))


def x_of(view: StripsView, moment: int) -> int:
    return round(view.axis.x_of(moment + 0.5))


def test_a_click_seeks(
    qtbot: QtBot, strips: tuple[StripsView, CompareSession, ThemeManager]
) -> None:
    view, session, _ = strips
    box = view.layout_now().lanes[1]
    with qtbot.waitSignal(session.moment_changed) as got:
        QTest.mouseClick(view, LEFT, pos=QPoint(x_of(view, 150), int(box.middle)))
    assert got.args == [150]


def test_a_click_on_the_mark_of_a_parting_goes_to_it(
    qtbot: QtBot, strips: tuple[StripsView, CompareSession, ThemeManager]
) -> None:
    view, session, _ = strips
    assert session.alignment is not None
    parting = session.alignment.partings[0].moment
    session.seek(0)
    point = QPoint(x_of(view, parting) + 3, int(view.layout_now().ruler.middle))
    QTest.mouseClick(view, LEFT, pos=point)
    assert session.moment == parting


def test_dragging_in_a_strip_pans_and_in_the_ruler_scrubs(
    qtbot: QtBot, strips: tuple[StripsView, CompareSession, ThemeManager]
) -> None:
    view, session, _ = strips
    view.viewport.show(50.0, 100.0)
    session.seek(60)
    y = int(view.layout_now().lanes[0].middle)
    start, moved = view.viewport.view.first, QApplication.startDragDistance() + 100
    QTest.mousePress(view, LEFT, pos=QPoint(500, y))
    QTest.mouseMove(view, QPoint(500 - moved, y))
    QTest.mouseRelease(view, LEFT, pos=QPoint(500 - moved, y))
    expected = start + moved / view.axis.pixels_a_unit
    assert view.viewport.view.first == pytest.approx(expected)
    assert session.moment == 60
    QTest.mousePress(view, LEFT, pos=QPoint(x_of(view, 80), 4))
    assert session.moment == 80
    QTest.mouseMove(view, QPoint(x_of(view, 90), 4))
    assert session.moment == 90
    QTest.mouseRelease(view, LEFT, pos=QPoint(x_of(view, 90), 4))
    assert session.moment == 90


def test_the_wheel_zooms_about_the_mouse(
    strips: tuple[StripsView, CompareSession, ThemeManager],
) -> None:
    view, _, _ = strips
    under = view.axis.value_at(400.0)
    event = QWheelEvent(
        QPointF(400, 100), view.mapToGlobal(QPointF(400, 100)), QPoint(), QPoint(0, 240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)
    assert view.viewport.view.width < view.viewport.bounds.width
    assert view.axis.value_at(400.0) == pytest.approx(under)


def test_a_double_click_fits_the_call_and_beside_it_everything(
    qtbot: QtBot, strips: tuple[StripsView, CompareSession, ThemeManager]
) -> None:
    view, _, _ = strips
    box = view.layout_now().lanes[1]
    point = QPointF(x_of(view, 100), box.top + box.height * 0.3)
    found = view.call_at(point)
    assert found is not None
    lane, span = found
    assert lane == 1
    index = view.lanes[1].strip.index
    QTest.mouseDClick(view, LEFT, pos=point.toPoint())
    assert (view.viewport.view.first, view.viewport.view.last) == (
        float(index.starts[span]), float(index.ends[span]),
    )  # fmt: skip
    gap = QPointF(500, view.layout_now().lanes[0].bottom + 2)
    QTest.mouseDClick(view, LEFT, pos=gap.toPoint())
    assert view.viewport.view == view.viewport.bounds


def test_what_is_drawn_is_what_a_click_finds(
    strips: tuple[StripsView, CompareSession, ThemeManager],
) -> None:
    view, _, themes = strips
    view.resize(1000, 900)
    image = view.grab().toImage()
    box, lane = view.layout_now().lanes[1], view.lanes[1]
    assert view.rows == lane.depth
    back = QColor(themes.theme.sunken)
    pitch = box.height / view.rows
    for moment in (30, 100, 170):
        for row in range(view.rows):
            point = QPointF(x_of(view, moment), box.top + (row + 0.4) * pitch)
            drawn = image.pixelColor(point.toPoint()) != back
            assert drawn == (view.call_at(point) is not None), (moment, row)


def test_a_stack_deeper_than_the_strip_is_marked(qtbot: QtBot) -> None:
    view, _, themes = shown_beside(
        qtbot, StripsView, (800, 240), (Lane("none", 1), Lane("bit1", 1)), "no-guard-overflow"
    )
    assert view.lanes[0].depth > view.rows
    image, box = view.grab().toImage(), view.layout_now().lanes[0]
    ink, y = QColor(themes.theme.text), int(box.bottom) - 1
    assert image.pixelColor(x_of(view, 150), y) == ink
    assert image.pixelColor(x_of(view, 20), y) != ink


def test_tips_say_what_each_lane_does(
    strips: tuple[StripsView, CompareSession, ThemeManager],
) -> None:
    view, session, _ = strips
    assert session.alignment is not None
    parting = session.alignment.partings[0].moment
    box = view.layout_now().lanes[1]
    tip = view.tip_at(QPointF(x_of(view, parting + 3), box.top + 0.3))
    assert tip.splitlines()[0] == f"Moment {parting + 4}, operation 1, parted at {parting + 1}"
    assert "B: ia64_ret_from_syscall" in tip
    assert sum(line.startswith(("A: ", "B: ", "C: ")) for line in tip.splitlines()) == 4


def test_the_view_follows_the_cursor(
    strips: tuple[StripsView, CompareSession, ThemeManager],
) -> None:
    view, session, _ = strips
    view.viewport.show(0.0, 20.0)
    session.seek(150)
    shown = view.viewport.view
    assert shown.first <= 150 <= shown.last
    assert "moment 151 of 234" in view.accessibleDescription()
    assert view.accessibleDescription().endswith("the lanes have parted")


def test_marks_of_every_lane_are_drawn_however_thin(qtbot: QtBot) -> None:
    view, session, themes = shown_beside(
        qtbot, StripsView, (700, 240), (Lane("uint", 1), Lane("bit2", 2)), "depth-law"
    )
    session._session.set_parameter("events", 3000)
    settled(qtbot, session)
    hits = view.lanes[0].marks[Kind.SHORT_CIRCUITED]
    assert len(hits) > 5000
    image = view.grab().toImage()
    box = view.layout_now().lanes[0]
    colour = QColor(themes.theme.role("guard").colour)
    y = int(box.bottom) - 2
    at = [
        x for x in range(int(box.left) + 2, int(box.right) - 2) if image.pixelColor(x, y) == colour
    ]
    assert len(at) > 0.95 * box.width


def test_the_overlay_shows_what_only_one_lane_did(
    qtbot: QtBot, strips: tuple[StripsView, CompareSession, ThemeManager]
) -> None:
    view, session, themes = strips
    assert view.overlay is None
    view.set_pair((0, 1))
    view.resize(1000, 700)
    assert view.overlay is not None
    assert view.overlay.only == (36, 76)
    image = view.grab().toImage()
    box = view.layout_now().ghost
    assert box is not None
    x = x_of(view, 150)
    column = {image.pixelColor(x, y).name().upper() for y in range(int(box.top), int(box.bottom))}
    assert themes.theme.only_b.colour in column
    before = {
        image.pixelColor(x_of(view, 30), y).name().upper()
        for y in range(int(box.top), int(box.bottom))
    }
    assert themes.theme.only_b.colour not in before
    assert themes.theme.only_a.colour not in before
    session.set_lanes([session.lanes[n] for n in (1, 0, 2)])
    settled(qtbot, session)
    assert view.overlay.only == (76, 36)
    session.set_lanes(session.lanes[:2])
    settled(qtbot, session)
    view.set_pair((0, 2))
    assert view.overlay is None
    view.set_pair(None)
    assert view.layout_now().ghost is None


def test_names_are_drawn_where_there_is_room(
    strips: tuple[StripsView, CompareSession, ThemeManager],
) -> None:
    view, session, themes = strips
    session.set_lanes((Lane("uint", 1), Lane("uint", 1)))
    view.viewport.show(10.0, 30.0)

    def written() -> bool:
        image, box = view.grab().toImage(), view.layout_now().lanes[0]
        row = range(int(box.top), int(box.top + box.height / view.rows) - 1)
        fill = QColor(themes.theme.role("caller").colour)
        # Smooth letters need not have their own colour anywhere, but they have many.
        here = {image.pixelColor(x, y).name() for x in range(40, 120) for y in row}
        assert fill.name() in here
        return len(here) > 6

    view.resize(1400, 280)
    assert not written()
    view.resize(1400, 1200)
    assert written()


def test_an_empty_comparison_is_an_empty_view(qtbot: QtBot) -> None:
    session = compared(qtbot)
    empty = CompareSession(session._session)
    for made in (StripsView(empty, ThemeManager()), LaneColumns(empty, ThemeManager())):
        qtbot.addWidget(made)
        made.resize(600, 200)
        assert not made.grab().isNull()
    assert StripsView(empty, ThemeManager()).tip_at(QPointF(10, 10)) == ""


def test_long_runs_are_worked_out_step_by_step(
    qtbot: QtBot,
    strips: tuple[StripsView, CompareSession, ThemeManager],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view, session, _ = strips
    monkeypatch.setattr("gui.widgets.compare.strips_canvas.EVENTS_AT_ONCE", 10)
    session.change_lane(0, max_depth=1)
    settled(qtbot, session)
    assert not view.ready
    view.grab()
    assert not view.ready
    qtbot.waitUntil(lambda: view.ready)
    assert len(view.lanes) == 3
    assert view.lanes[0].trace is session.traces[0]
    session.change_lane(0, max_depth=2)
    settled(qtbot, session)
    assert not view.ready
    assert view.lanes[0].trace is session.traces[0]
    assert view.ready
