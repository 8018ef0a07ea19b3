"""The timeline under real hands: what is drawn is what is hit, and every way to move works."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.trace.events import Kind
from core.trace.save_tree import save_tree
from core.trace.trace import Trace
from gui.geometry.scrubber import HIT
from gui.theme import SCALES
from gui.widgets.sentences import time_text
from gui.widgets.timeline.colours import hue_of
from gui.widgets.timeline.export import png
from gui.widgets.timeline.model import INTERRUPT, interrupts
from gui.widgets.timeline.words import call_lines, tick_text
from tests.gui.timeline_stands import Stand, drag, stand, wheel

KEY, HELD = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def mail(qtbot: QtBot) -> Stand:
    return stand(qtbot)


@pytest.fixture
def law(qtbot: QtBot) -> Stand:
    """Enough calls that most are thinner than a pixel."""
    return stand(qtbot, "depth-law", settings={"events": 60}, guard="uint", max_depth=3)


def drawn(made: Stand) -> None:
    painted(made)


def painted(made: Stand) -> npt.NDArray[np.float64]:
    """Draw a timeline; return blue, green and red of its pixels, shape (lines, columns, 3)."""
    image = QImage(made.view.size(), QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        made.view.draw(painter)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.width(), 4)[..., :3].astype(np.float64)


# -- what is drawn --------------------------------------------------------------------------


def test_a_short_run_shows_every_call(mail: Stand) -> None:
    scene = mail.view.scene()
    assert scene is not None
    assert scene.each
    assert sorted(scene.wide.spans.tolist()) == list(range(len(mail.spans)))


@pytest.mark.parametrize("mode", ["order", "time"])
def test_what_is_hit_is_what_is_drawn(mail: Stand, mode: str) -> None:
    mail.viewport.set_mode(mode)
    scene = mail.view.scene()
    assert scene is not None
    for span, rect in zip(scene.wide.spans.tolist(), scene.rects, strict=True):
        middle = rect.center() + QPointF(0, mail.view.top)
        assert mail.view.span_at(middle) == span or rect.width() <= 1.5


def test_a_view_that_moves_is_half_as_fine_until_it_rests(law: Stand, qtbot: QtBot) -> None:
    view, whole = law.view, law.viewport.bounds
    view.resize(1601, 500)
    view.settle()
    before = painted(law)
    law.viewport.show(whole.first, whole.first + whole.width / 2)
    law.viewport.show(whole.first, whole.last)
    moving = view.scene()
    assert moving is not None
    assert moving.column_px == 2
    coarse = painted(law)
    qtbot.waitUntil(lambda: (scene := view.scene()) is not None and scene.column_px == 1)
    assert np.array_equal(painted(law), before)
    # The same calls, at the same places: two pixels at a time hold what they hold on average.
    left, ratio = int(view.axis.left), (int(view.axis.width) // 2) * 2
    rows = slice(int(view.top), None)
    fine, coarse = before[rows, left : left + ratio], coarse[rows, left : left + ratio]
    assert not np.array_equal(fine, coarse)
    pairs = fine.reshape(len(fine), -1, 2, 3).mean(axis=2), coarse[:, ::2]
    assert np.abs(pairs[0] - pairs[1]).mean() < 8


def test_what_is_saved_is_fine_though_the_view_moves(law: Stand) -> None:
    whole = law.viewport.bounds
    law.viewport.show(whole.first, whole.last - 1)
    moving = law.view.scene()
    assert moving is not None
    assert moving.column_px == 2
    png(law.view)
    saved = law.view.scene()
    assert saved is not None
    assert saved.column_px == 1


def test_what_is_hit_among_many_is_what_is_drawn(law: Stand) -> None:
    scene, index = law.view.scene(), law.model.index
    assert scene is not None
    assert index is not None
    assert not scene.each
    for span, rect in zip(scene.wide.spans.tolist(), scene.rects, strict=True):
        assert law.view.span_at(rect.center() + QPointF(0, law.view.top)) == span
    axis = law.view.axis
    rows = range(len(law.spans.rows))
    for x in range(int(axis.left), int(axis.left + axis.width), 7):
        covered = index.coverage(rows, np.array([axis.value_at(x), axis.value_at(x + 1)]))
        for row in np.flatnonzero(covered.busy.sum(axis=(0, 2)) > 0.01).tolist():
            y = law.view.top + law.view.lanes.top_of(row) + law.view.lanes.row / 2
            hit = law.view.span_at(QPointF(x + 0.5, y))
            assert hit is not None, "something is drawn here"


def test_between_the_rows_and_beside_the_calls_there_is_nothing(mail: Stand) -> None:
    view = mail.view
    assert view.span_at(QPointF(view.axis.left + 5, view.top - 3)) is None
    assert view.span_at(QPointF(5, view.top + 5)) is None
    assert view.row_at(QPointF(view.axis.left + 5, view.height() - 2)) is None


@pytest.mark.parametrize("width", [2.0, 40.0, 400.0, 4000.0, 9000.0])
def test_a_guard_hit_in_view_is_marked_at_every_zoom(law: Stand, width: float) -> None:
    hits = law.trace.short_circuits
    for at in hits[:: max(1, len(hits) // 20)].tolist():
        law.viewport.show(at + 0.5 - width / 2, at + 0.5 + width / 2)
        lane = law.view.marks()[HIT]
        x = law.view.axis.x_of(law.viewport.middle_of(at))
        assert np.abs(lane.x - x).min() <= 1.0


def test_task_switches_are_marked_and_the_cpu_has_a_lane(qtbot: QtBot) -> None:
    made = stand(qtbot, "two-tasks")
    lanes = made.view.lanes.lanes
    assert [lane.task for lane in lanes] == [-1, 0, 1]
    switches = made.trace.positions(Kind.TASK_SWITCHED)
    assert made.view.marks()[3].markers.sum() == len(switches)
    runs = made.model.runs
    assert runs is not None
    assert runs.categories.tolist() == [hue_of(task) for _, task in made.trace.task_switches]
    for position in range(len(made.trace)):
        span = runs.span_at(0, position)
        assert span is not None
        assert made.trace.switch_columns[1][span] == made.trace.task_at(position)


@pytest.mark.parametrize("scale", [SCALES[0], 1.0, SCALES[-1]])
@pytest.mark.parametrize("scenario", ["mail-chain", "two-tasks", "no-guard-overflow"])
def test_it_paints_at_every_scale_and_in_both_themes(
    qtbot: QtBot, scale: float, scenario: str
) -> None:
    made = stand(qtbot, scenario)
    made.search.set_pattern("alloc")
    made.session.select_range(3, 50)
    for theme in ("light", "dark"):
        made.themes.choose(theme)
        made.themes.set_scale(scale)
        for mode in ("order", "time"):
            made.viewport.set_mode(mode)
            drawn(made)
    made.model.set_colouring("function")
    drawn(made)


def test_nothing_open_is_said(qtbot: QtBot) -> None:
    from gui.runner import Runner
    from gui.search import Search
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.viewport import Viewport
    from gui.widgets.timeline.model import TimelineModel
    from gui.widgets.timeline.view import TimelineView

    session, themes = Session(Runner()), ThemeManager()
    viewport = Viewport(session)
    view = TimelineView(
        session, viewport, TimelineModel(session, viewport, themes), Search(session), themes
    )
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    QTest.mouseClick(view, LEFT, pos=QPoint(300, 100))
    wheel(view, QPoint(300, 100), 1)
    QTest.keyClick(view, KEY.Key_Down)
    assert view.accessibleDescription() == ""


# -- moving the cursor ----------------------------------------------------------------------


def test_a_click_moves_the_cursor_and_focuses_the_row(mail: Stand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(mail.session.position_changed) as got:
        QTest.mouseClick(mail.view, LEFT, pos=mail.point(33, row=8))
    assert got.args == [33]
    assert mail.view.row == 8
    assert mail.view.accessibleDescription() == ("row 9 of 24: __set_page_owner, event 34 of 116")


def test_a_click_on_a_sliver_goes_into_it(law: Stand) -> None:
    call = int(law.trace.short_circuits[40])
    leaf = law.trace.calls_at(call)[-1]
    row = law.spans.row_of(law.spans.span_of(leaf))
    QTest.mouseClick(law.view, LEFT, pos=law.point(leaf, row))
    assert "save_stack" in law.trace.names_at(law.session.position)[-1:]


def test_the_playhead_is_dragged_on_the_ruler(mail: Stand, qtbot: QtBot) -> None:
    start, end = mail.point(20), mail.point(70)
    with qtbot.waitSignals([mail.view.dragging_changed, mail.view.dragging_changed]):
        drag(mail.view, QPoint(start.x(), 5), QPoint(end.x(), 5))
    assert mail.session.position == 70


def test_a_click_on_a_mark_goes_to_it_exactly(law: Stand) -> None:
    lane = law.view.marks()[HIT]
    at = len(lane) // 2
    QTest.mouseClick(law.view, LEFT, pos=QPoint(round(lane.x[at]), int(law.view.top) - 6))
    assert law.session.position in law.trace.short_circuits
    assert abs(lane.x[at] - law.view.axis.x_of(law.session.position + 0.5)) <= 2


def test_the_arrows_choose_rows_and_go_along_them(mail: Stand, qtbot: QtBot) -> None:
    view = mail.view
    mail.session.seek(60)
    with qtbot.waitSignal(view.row_changed) as got:
        QTest.keyClick(view, KEY.Key_Down)
    assert got.args == ["row 2 of 24: driver_op, event 61 of 116"]
    view.focus_row(14)
    before = mail.session.position
    QTest.keyClick(view, KEY.Key_Right, HELD.ControlModifier)
    after = mail.session.position
    assert after > before
    assert mail.trace.function(after).name == "unw_unwind"
    QTest.keyClick(view, KEY.Key_Left, HELD.ControlModifier)
    assert mail.session.position < after
    assert mail.trace.function(mail.session.position).name == "unw_unwind"
    QTest.keyClick(view, KEY.Key_Up)
    assert view.row == 13


def test_a_row_out_of_sight_is_scrolled_to(qtbot: QtBot) -> None:
    made = stand(qtbot, "no-guard-overflow", size=(900, 300))
    view = made.view
    view.set_fit_rows(False)
    last = len(made.spans.rows) - 1
    view.focus_row(last)
    top = view.lanes.top_of(last) - view.scrolled
    assert 0 <= top <= view.height() - view.top
    wheel(view, QPoint(20, 150), 5)
    assert view.scrolled < view.lanes.height
    view.set_fit_rows(True)
    assert view.lanes.row < 19


def test_what_plays_out_of_view_is_followed_but_who_looks_elsewhere_stays(law: Stand) -> None:
    law.session.seek(100)
    law.viewport.show_positions(50, 250)
    law.session.seek(240)
    assert law.viewport.seen == (50, 250)
    law.session.seek(260)
    assert law.viewport.seen[0] <= 260 <= law.viewport.seen[1]
    law.viewport.show_positions(2000, 2200)
    law.session.seek(261)
    assert law.viewport.seen == (2000, 2200)


# -- zoom and selection ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "left"),
    [(HELD.NoModifier, 0.8), (HELD.ShiftModifier, 0.8**3), (HELD.ControlModifier, 0.8**0.25)],
)
def test_the_wheel_zooms_where_the_mouse_is(
    mail: Stand, held: Qt.KeyboardModifier, left: float
) -> None:
    point = mail.point(60, row=3)
    value, width = mail.view.axis.value_at(point.x()), mail.viewport.view.width
    wheel(mail.view, point, 1, held=held)
    assert mail.viewport.view.width == pytest.approx(width * left)
    assert mail.view.axis.value_at(point.x()) == pytest.approx(value)
    wheel(mail.view, point, -30)
    assert mail.viewport.view == mail.viewport.bounds


def test_sideways_and_drags_move_the_view(mail: Stand) -> None:
    mail.viewport.show_positions(20, 60)
    seen = mail.viewport.view
    wheel(mail.view, mail.point(30), 0, sideways=-1)
    assert mail.viewport.view.first > seen.first
    mail.viewport.show_positions(20, 60)
    drag(mail.view, mail.point(40, 5), mail.point(30, 5))
    assert mail.viewport.view.first == pytest.approx(seen.first + 10, abs=0.2)
    assert mail.session.position == -1, "a drag is no click"


def test_a_double_click_looks_at_one_call_and_esc_goes_back(mail: Stand) -> None:
    whole = mail.viewport.view
    point = mail.point(60, row=10)
    span = mail.view.span_at(QPointF(point))
    assert span is not None
    QTest.mouseDClick(mail.view, LEFT, pos=point)
    first, last = mail.viewport.seen
    assert first <= mail.spans.calls[span]
    assert mail.spans.ends[span] <= last
    assert last - first <= mail.spans.ends[span] - mail.spans.calls[span] + 4
    QTest.keyClick(mail.view, KEY.Key_Escape)
    assert mail.viewport.view == whole


def test_enter_looks_at_the_focused_call(mail: Stand) -> None:
    mail.session.seek(60)
    mail.view.focus_row(10)
    span = mail.view.focused_span()
    assert span is not None
    QTest.keyClick(mail.view, KEY.Key_Return)
    assert mail.viewport.seen[0] <= mail.spans.calls[span]
    assert mail.viewport.view.width < mail.viewport.bounds.width


def test_shift_and_a_drag_select_and_esc_selects_nothing(mail: Stand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(mail.session.range_changed):
        drag(mail.view, mail.point(30, 4), mail.point(50, 4), HELD.ShiftModifier)
    assert mail.session.range == (30, 50)
    QTest.keyClick(mail.view, KEY.Key_Escape)
    assert mail.session.range is None


def test_the_focused_call_or_the_view_is_selected(mail: Stand) -> None:
    mail.session.seek(60)
    mail.view.focus_row(9)
    mail.view.select_focused()
    span = mail.view.focused_span()
    assert span is not None
    assert mail.session.range == (mail.spans.calls[span], mail.spans.ends[span])
    mail.session.seek(-1)
    mail.viewport.show_positions(20, 40)
    mail.view.select_focused()
    assert mail.session.range == (20, 40)


# -- words ----------------------------------------------------------------------------------


def test_a_call_is_told_with_what_it_took_itself(mail: Stand) -> None:
    span = mail.spans.at(9, 60)
    assert span is not None
    lines = call_lines(mail.trace, mail.spans, span)
    assert lines[0] == "save_stack"
    call, end = int(mail.spans.calls[span]), int(mail.spans.ends[span])
    tree = save_tree(mail.trace)
    node = tree.node_at(call)
    assert node is not None
    total, own = int(tree.all_ns[node]), time_text(_own_ns(mail.trace, call, end))
    assert lines[1] == (
        f"Events {call + 1} to {end + 1}: {end - call + 1}, {time_text(total)}, of these {own} in "
        "itself"
    )
    assert lines[2].startswith(f"{mail.trace.function(call).stack_bytes} bytes")


def _own_ns(trace: Trace, call: int, end: int) -> int:
    """What a call's own events take: those that happen in it and in no call it makes."""
    own = [
        at for at in range(call, end + 1)
        if at == call or (int(trace.parents[at]) == call and trace.kind(at) is not Kind.CALLED)
    ]  # fmt: skip
    return sum(trace.site(at).cost_ns for at in own)


def test_a_call_that_never_returned_says_so(qtbot: QtBot) -> None:
    made = stand(qtbot, "no-guard-overflow")
    span = made.spans.at(0, len(made.trace) - 1)
    assert span is not None
    lines = call_lines(made.trace, made.spans, span)
    assert "It never returned" in lines
    deepest = made.spans.row_number(0, made.spans.depths[0] - 1)
    assert deepest is not None
    last = made.spans.at(deepest, len(made.trace) - 1)
    assert last is not None
    nested = call_lines(made.trace, made.spans, last)
    assert any(line.startswith("In save ") for line in nested)


def test_ticks_have_the_unit_that_suits() -> None:
    assert tick_text(19.0, 10, "order") == "20"
    assert tick_text(2000.0, 1000, "time") == "2 µs"
    assert tick_text(2000.0, 500, "time") == "2,000 ns"


# -- only the mail's chain, and long runs ---------------------------------------------------


def test_essential_only_shows_the_chain_of_the_mail(mail: Stand) -> None:
    whole = len(mail.spans)
    mail.session.set_essential_only(True)
    assert 0 < len(mail.spans) < whole
    for position in range(0, len(mail.trace), 3):
        frames = [f for f in mail.trace.frames_at(position) if f.function.essential]
        on_rows = [
            span for row in range(len(mail.spans.rows))
            if (span := mail.spans.at(row, position)) is not None
        ]  # fmt: skip
        if mail.trace.kind(position) is not Kind.RETURNED:
            assert [int(mail.spans.calls[span]) for span in on_rows] == [f.call for f in frames]
    hit = int(mail.trace.short_circuits[0])
    row = mail.spans.row_at(hit)
    assert row is not None
    assert mail.spans.rows[row].depth == 7, "eight functions, save_stack the innermost"
    drawn(mail)
    QTest.mouseClick(mail.view, LEFT, pos=mail.point(hit, row))
    assert mail.session.position == hit
    mail.session.set_essential_only(False)
    assert len(mail.spans) == whole


@pytest.mark.parametrize("mode", ["order", "time"])
def test_a_long_run_is_prepared_beside_the_window(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    here = stand(qtbot, "depth-law")
    here.viewport.set_mode(mode)
    monkeypatch.setattr("gui.widgets.timeline.model.AT_ONCE_EVENTS", 100)
    made = stand(qtbot, "depth-law")
    made.viewport.set_mode(mode)
    if made.model.index is None:
        assert made.model.building
        drawn(made)
        QTest.mouseClick(made.view, LEFT, pos=QPoint(400, 300))
        QTest.keyClick(made.view, KEY.Key_Down)
        qtbot.waitUntil(lambda: made.model.index is not None)
    assert here.model.index is not None
    assert made.model.index is not None
    assert made.model.index.starts.tolist() == here.model.index.starts.tolist()
    assert made.model.index.ends.tolist() == here.model.index.ends.tolist()
    qtbot.waitUntil(lambda: not made.model.building)
    assert made.session.open("mail-chain")
    qtbot.waitUntil(lambda: made.view.scene() is not None)


def test_an_interrupt_is_marked_where_it_came(qtbot: QtBot) -> None:
    """No bundled run has interrupts yet, so a run is made in which one nests in a call."""
    mail = stand(qtbot)
    trace = mail.trace
    names = {"build_script", "kmem_cache_alloc_trace"}
    functions = [
        replace(f, subsystem="interrupt") if f.name in names else f for f in trace.functions
    ]
    made = Trace(trace.codes, trace.sites, functions, trace.values, trace.wide, trace.info)
    mail.session.open_saved(made, None, {}, mail.session.overrides)
    came = interrupts(made).tolist()
    calls = [
        at for at in range(len(made))
        if made.kind(at) is Kind.CALLED and made.function(at).name in names
    ]  # fmt: skip
    outer = [at for at in calls if int(made.parents[at]) not in calls]
    assert came == outer
    assert len(came) < len(calls), "one that an interrupt calls itself is no other interrupt"
    assert mail.view.marks()[INTERRUPT].first.tolist() == came
    drawn(mail)
