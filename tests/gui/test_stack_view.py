from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from core.trace.events import Kind
from core.trace.trace import Trace
from gui.geometry.stack import Box
from gui.runner import Runner
from gui.session import Session
from gui.theme import ThemeManager
from gui.widgets.stack.canvas import FADE_MS
from gui.widgets.stack.guard import ARRIVAL_MS, guard_words
from gui.widgets.stack.scene import Barrier, Scene
from gui.widgets.stack.style import Style
from gui.widgets.stack.view import StackView
from gui.widgets.stack.words import (
    VERBS,
    avoided_heading,
    card_tip,
    fold_words,
    ordinal,
    span_bytes,
)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait_ms(self, duration_ms: float) -> None:
        self.now += duration_ms / 1000


class Stand:
    """A view with all it needs."""

    def __init__(self, qtbot: QtBot, *, width: int = 900, height: int = 700) -> None:
        self.clock = Clock()
        self.themes = ThemeManager()
        self.session = Session(Runner())
        self.view = StackView(self.session, self.themes, self.clock)
        qtbot.addWidget(self.view)
        self.view.resize(width, height)
        with qtbot.waitExposed(self.view):
            self.view.show()

    def open(self, name: str, **overrides: str | int | None) -> Trace:
        assert self.session.open(name)
        if overrides:
            assert self.session.override(**overrides)
        assert self.session.trace is not None
        self.clock.wait_ms(1000)
        return self.session.trace

    def at(self, position: int) -> Scene:
        """Go somewhere, after a pause, and let everything come to rest."""
        self.clock.wait_ms(1000)
        self.session.seek(position)
        self.view.settle()
        self.clock.wait_ms(1000)
        return self.view.scene

    def barrier(self, position: int) -> Barrier:
        found = self.at(position).barrier
        assert found is not None
        return found

    def names(self) -> str:
        return ";".join(card.look.name for card in self.view.scene.cards)

    def image(self) -> QImage:
        image = QImage(self.view.size(), QImage.Format.Format_RGB32)
        with QPainter(image) as painter:
            self.view.draw(painter)
        return image

    def middle_of(self, index: int) -> QPoint:
        slot = self.view.arrangement.slot_of(index)
        assert slot is not None
        picture = self.view._picture
        top = picture.style.header_px + slot.top_px - self.view._board.stage.offset_px
        return QPoint(self.view.width() // 2, round(top + slot.height_px / 2))


@pytest.fixture
def stand(qtbot: QtBot) -> Stand:
    return Stand(qtbot)


def first(trace: Trace, kind: Kind) -> int:
    return int(trace.positions(kind)[0])


def tag_of_newest(stand: Stand, position: int) -> str:
    return stand.at(position).cards[-1].look.tag


# -- what is shown ------------------------------------------------------------------------------


def test_before_a_run_is_open_it_says_what_to_do(stand: Stand) -> None:
    assert stand.view.scene.hint == "nothing_open"
    assert stand.view.accessibleName() == "Call stack"
    assert "Open a scenario" in stand.view.accessibleDescription()
    stand.image()


def test_the_cards_are_the_stack_at_every_position(stand: Stand) -> None:
    trace = stand.open("mail-chain")
    for position in range(-1, len(trace)):
        scene = stand.at(position)
        assert [card.look.name for card in scene.cards] == trace.names_at(position)
        assert [card.call for card in scene.cards] == trace.calls_at(position)


@pytest.mark.parametrize("width", [200, 248, 400])
def test_what_to_do_is_not_cut_where_it_is_narrow(stand: Stand, width: int) -> None:
    stand.open("mail-chain")
    assert stand.at(-1).hint == "start"
    stand.view.resize(width, 360)
    image, top = stand.image(), stand.view._picture.style.header_px + 8
    for x in (3, width - 4):
        assert len({image.pixel(x, y) for y in range(top, 352)}) == 1
    assert len({image.pixel(width // 2, y) for y in range(top, 352)}) > 1


def test_a_card_says_what_its_frame_is(stand: Stand) -> None:
    stand.open("mail-chain")
    look = stand.at(35).cards[-2].look
    assert (look.name, look.subsystem, look.source) == (
        "__set_page_owner",
        "page_owner",
        "mm/page_owner.c",
    )
    assert (look.stack_bytes, look.used_bytes, look.occurrence) == (72, 4048, 2)
    assert look.inferred


def test_each_nested_save_is_a_level(stand: Stand) -> None:
    stand.open("mail-chain")
    scene = stand.at(35)
    assert [card.look.level for card in scene.cards] == [0] * 9 + [1] * 14 + [2]
    assert scene.newest_level == 1


def test_the_empty_stack_has_a_hint_for_each_reason(stand: Stand) -> None:
    trace = stand.open("mail-chain")
    assert stand.at(-1).hint == "start"
    stand.view.set_keys("P", "N")
    stand.image()
    assert stand.at(len(trace) - 1).hint == "done"
    stand.session.set_essential_only(True)
    assert stand.at(0).hint == "filtered"
    stand.image()


def test_essential_frames_carry_the_mails_names(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(35)
    stand.session.set_essential_only(True)
    assert stand.names() == (
        "kmalloc;__set_page_owner;save_stack;unwind;build_script;"
        "kmalloc;__set_page_owner;save_stack"
    )
    looks = [card.look for card in stand.view.scene.cards]
    assert [look.kernel_name for look in looks[:4]] == [
        "kmem_cache_alloc_trace",
        "",
        "",
        "unw_unwind",
    ]


def test_the_newest_card_says_what_it_is_doing(stand: Stand) -> None:
    stand.open("mail-chain")
    assert stand.at(11).doing == "called by __set_page_owner: 168 bytes more on the stack"
    assert stand.at(0).doing == "entered from outside: 400 bytes more on the stack"
    scene = stand.at(12)
    assert (scene.verb, scene.doing) == (
        "load",
        "loads the word that holds in_page_owner: 0x00000001",
    )
    assert stand.at(36).doing == "gets dummy_handle back from save_stack"
    assert stand.at(39).doing == "goes on: __set_page_owner has returned"


def test_what_happens_in_a_hidden_frame_is_said_whole(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.session.set_essential_only(True)
    assert stand.at(5).doing == ("___slab_alloc calls allocate_slab: 80 bytes more on the stack")


def test_every_kind_of_event_has_a_verb() -> None:
    assert set(VERBS) == set(Kind)


def test_the_description_follows_the_cursor(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(9)
    assert stand.view.accessibleDescription() == (
        "8 frames, 1,088 bytes in use. Newest: get_page_from_freelist, allocator. "
        "takes a page off the free list: pfn 0x108."
    )
    stand.at(35)
    said = stand.view.accessibleDescription()
    assert "24 frames, 4,216 bytes in use, recursion level 2" in said
    assert "guard: in_page_owner is 1 → returns dummy_handle" in said
    assert "avoided: 14 frames, 2,888 bytes a level, without end" in said


def test_the_header_says_whose_stack_it_is(stand: Stand) -> None:
    trace = stand.open("two-tasks")
    switch = first(trace, Kind.TASK_SWITCHED)
    before, after = stand.at(switch - 1).task, stand.at(switch + 1).task
    assert before != after
    assert after == "{0.comm}/{0.pid}".format(trace.info.tasks[trace.task_at(switch + 1)])


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (22, "22nd")],
)
def test_ordinals(number: int, word: str) -> None:
    assert ordinal(number) == word


# -- the guard ----------------------------------------------------------------------------------


def test_a_flag_that_is_set_is_a_barrier_with_what_it_spares(stand: Stand) -> None:
    trace = stand.open("mail-chain")
    barrier = stand.barrier(first(trace, Kind.SHORT_CIRCUITED))
    assert barrier.kind == "guard"
    assert barrier.title == "guard: in_page_owner is 1 → returns dummy_handle"
    assert barrier.chip == "dummy_handle"
    assert "Back to __set_page_owner: no unwind, no allocation." in barrier.detail
    assert [look.name for look in barrier.avoided][:3] == [
        "stack_trace_save",
        "save_stack_trace",
        "unw_init_running",
    ]
    assert barrier.avoided_label == "avoided: 14 frames, 2,888 bytes a level, without end"
    assert [barrier.avoided[0].level, barrier.avoided[-1].level] == [2, 3]


def test_essential_barriers_spare_essential_frames(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.session.set_essential_only(True)
    barrier = stand.barrier(35)
    assert [look.name for look in barrier.avoided] == [
        "unwind",
        "build_script",
        "kmalloc",
        "__set_page_owner",
        "save_stack",
    ]


def test_a_counter_says_its_maximum(stand: Stand) -> None:
    trace = stand.open("mail-chain", guard="uint", max_depth=2)
    assert stand.barrier(first(trace, Kind.SHORT_CIRCUITED)).title == (
        "guard: page_owner_depth is 2, the maximum is 2 → returns dummy_handle"
    )


def test_a_scan_says_that_the_unwind_was_paid(stand: Stand) -> None:
    trace = stand.open("depot-growth", guard="scan")
    barrier = stand.barrier(first(trace, Kind.SHORT_CIRCUITED))
    assert barrier.title == (
        "scan: own return address found in entry 6 → dummy_handle, the unwind was already paid"
    )
    assert "no depot save" in barrier.detail


def test_a_guard_with_no_save_above_it_spares_what_the_save_before_did(stand: Stand) -> None:
    trace = stand.open("stack-list")
    barrier = stand.barrier(first(trace, Kind.SHORT_CIRCUITED))
    assert [look.name for look in barrier.avoided[:2]] == ["stack_trace_save", "arch_stack_walk"]
    assert barrier.avoided[-1].name == "save_stack"
    stand.image()


def test_one_event_later_the_handle_goes_back(stand: Stand) -> None:
    stand.open("mail-chain")
    barrier = stand.barrier(36)
    assert (barrier.kind, barrier.position) == ("returned", 35)
    assert barrier.title == "dummy_handle goes back to __set_page_owner: the recursion is over"
    assert stand.at(37).barrier is None


def test_saves_are_tagged_with_what_they_made_of_the_field(stand: Stand) -> None:
    trace = stand.open("mail-chain", guard="uint", max_depth=2)
    stores = [int(at) for at in trace.positions(Kind.STORED)]
    assert tag_of_newest(stand, stores[0] - 1) == ""
    assert tag_of_newest(stand, stores[0]) == "depth 0→1"
    assert tag_of_newest(stand, stores[1]) == "depth 1→2"
    # Back in time the tag is gone again.
    assert tag_of_newest(stand, stores[1] - 1) == ""


def test_a_flag_is_tagged_as_one(stand: Stand) -> None:
    trace = stand.open("mail-chain")
    assert tag_of_newest(stand, first(trace, Kind.STORED)) == "flag 0→1"


def test_a_field_that_wraps_is_an_alarm(stand: Stand) -> None:
    trace = stand.open("two-bit-wrap")
    looks = [card.look for card in stand.at(len(trace) - 1).cards]
    wrapped = [look for look in looks if look.wrapped]
    assert {look.tag for look in wrapped} == {"depth 3→0"}
    assert "wrapped around" in card_tip(wrapped[0], trace)
    stand.image()


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("height", [56, 70, 88])
def test_a_barriers_words_are_never_cut(stand: Stand, scale: float, height: int) -> None:
    stand.open("mail-chain")
    barrier = stand.barrier(35)
    stand.themes.set_scale(scale)
    style = Style(stand.themes.theme, stand.themes.metrics)
    box = Box(30.5, 7.3, 2000, height * scale)
    for right in range(round(320 * scale), round(1500 * scale), 7):
        words = guard_words(style, box, barrier, 100.4, right)
        title = words.title_box
        assert title.height >= words.title.height_of(barrier.title, title.width)
        assert title.top == int(title.top)
        if words.title is not style.titles[-1]:
            assert box.top - 1 <= title.top
            assert title.bottom <= box.bottom
        if words.detail_box is not None:
            assert words.detail_box.top >= title.bottom
            assert words.detail_box.bottom <= box.bottom
            needed = style.body.height_of(barrier.detail, words.detail_box.width)
            assert words.detail_box.height >= needed


# -- what is left out ---------------------------------------------------------------------------


def test_folded_bytes_count_the_frames_that_are_hidden(stand: Stand) -> None:
    trace = stand.open("no-guard-overflow")
    stand.session.set_essential_only(True)
    looks = [card.look for card in stand.at(len(trace) - 1).cards]
    first = next(at for at, look in enumerate(looks) if look.level == 1)
    last = max(at for at, look in enumerate(looks) if look.level == 26)
    folded = looks[first : last + 1]
    state = stand.session.state()
    assert state is not None
    used = {frame.call: frame.used_bytes for frame in state.frames}
    cards = stand.view.scene.cards
    before = used[cards[first].call] - looks[first].stack_bytes
    bytes_told = used[cards[last].call] - before
    assert bytes_told > sum(look.stack_bytes for look in folded)
    assert fold_words(folded).endswith(f"levels 1–26   {bytes_told:,} bytes")


def test_without_hidden_frames_the_sum_is_the_same(stand: Stand) -> None:
    trace = stand.open("no-guard-overflow")
    looks = [card.look for card in stand.at(len(trace) - 1).cards]
    assert span_bytes(looks[4:60]) == sum(look.stack_bytes for look in looks[4:60])
    assert span_bytes(()) == 0


def test_the_line_over_avoided_frames_agrees_with_the_rows(stand: Stand) -> None:
    stand.open("mail-chain")
    barrier = stand.barrier(35)
    assert avoided_heading(barrier.avoided_label, barrier.avoided) == barrier.avoided_label
    stand.session.set_essential_only(True)
    barrier = stand.barrier(35)
    assert avoided_heading(barrier.avoided_label, barrier.avoided) == (
        "avoided: 14 frames (5 essential), 2,888 bytes a level, without end"
    )
    stand.image()


# -- the end ------------------------------------------------------------------------------------


def test_an_overflow_breaks_through_the_guard_page(stand: Stand) -> None:
    trace = stand.open("no-guard-overflow")
    barrier = stand.barrier(len(trace) - 1)
    assert (barrier.kind, barrier.beyond) == ("overflow", "guard page")
    assert barrier.title == "stack overflow: byte 16,456 of 16,384"
    # 72 of the 184 bytes of get_page_from_freelist lie behind the stack's last byte.
    assert barrier.kept_share == pytest.approx(1 - 72 / 184)
    assert stand.view.scene.cards[-1].look.occurrence == 30
    stand.image()


def test_an_overflow_on_ia64_runs_into_task_struct(stand: Stand) -> None:
    trace = stand.open("scan-on-ia64")
    barrier = stand.barrier(len(trace) - 1)
    assert barrier.title == "stack overflow: byte 33,344 of 32,768"
    assert barrier.beyond == "task_struct"
    stand.session.set_essential_only(True)
    stand.image()


def test_a_deadlock_names_both_frames(stand: Stand) -> None:
    trace = stand.open("smp-depth-two")
    barrier = stand.barrier(len(trace) - 1)
    assert barrier.kind == "deadlock"
    assert trace.function(barrier.taken_by).name == "build_script"
    assert barrier.title.startswith("deadlock: find_save_locs waits for the lock of the script")
    assert "build_script by insmod/311 itself" in barrier.detail
    stand.image()


def test_a_used_up_budget_is_said(stand: Stand) -> None:
    trace = stand.open("mail-chain", budget_events=40)
    barrier = stand.barrier(len(trace) - 1)
    assert (barrier.kind, barrier.title) == ("stopped", "budget exhausted")
    assert "40 events" in barrier.detail
    stand.image()


# -- motion -------------------------------------------------------------------------------------


def run_down(stand: Stand) -> int:
    """Let the clock tick until nothing moves; return how many ticks it took."""
    for ticks in range(400):
        if not stand.view.moving:
            return ticks
        stand.clock.wait_ms(16)
        stand.view.tick()
    pytest.fail("the view never came to rest")


def test_a_call_slides_in_and_comes_to_rest(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(7)
    stand.session.seek(8)
    assert stand.view.moving
    mover = stand.view._board.stage.movers[8]
    assert mover.shown == 0
    assert run_down(stand) < 40
    assert mover.shown == 1
    assert mover.top_px == mover.place.top_px


def test_a_return_slides_out(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(112)
    stand.session.seek(114)
    assert [m.place.look.name for m in stand.view._board.stage.leavers if m.place.look] == [
        "driver_op",
        "kmem_cache_alloc_trace",
    ]
    run_down(stand)
    assert stand.view._board.stage.leavers == []


def test_without_motion_everything_is_there_at_once(stand: Stand) -> None:
    stand.themes.set_motion(False)
    stand.open("mail-chain")
    for position in (7, 8, 35, 36, 100):
        stand.clock.wait_ms(1000)
        stand.session.seek(position)
        assert not stand.view.moving
        assert not stand.view._board.stage.moving


def test_fast_moments_do_not_pile_up(stand: Stand) -> None:
    trace = stand.open("no-guard-overflow")
    stand.at(0)
    stand.session.seek(1)
    for position in range(2, len(trace)):
        stand.clock.wait_ms(10)
        stand.session.seek(position)
        stage = stand.view._board.stage
        assert stage.leavers == []
        assert all(mover.shown == 1 for mover in stage.movers.values())
    run_down(stand)


def test_targets_that_change_on_the_way_are_reached(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(0)
    for position in (1, 2, 3, 5, 6, 7, 8, 10, 11, 18, 19):
        stand.clock.wait_ms(60)
        stand.view.tick()
        stand.session.seek(position)
    run_down(stand)
    stage = stand.view._board.stage
    assert [mover.top_px for mover in stage.movers.values()] == [
        slot.top_px for slot in stand.view.arrangement.slots
    ]


def test_a_far_jump_cross_fades(stand: Stand) -> None:
    stand.open("no-guard-overflow")
    stand.at(3)
    stand.session.seek(150)
    assert stand.view._before is not None
    assert all(mover.shown == 1 for mover in stand.view._board.stage.movers.values())
    stand.image()
    stand.clock.wait_ms(FADE_MS)
    stand.view.tick()
    assert stand.view._before is None
    assert not stand.view.moving


def test_a_barrier_pulses_and_then_rests(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(34)
    stand.session.seek(35)
    ticks = run_down(stand)
    assert ticks == pytest.approx(ARRIVAL_MS / 16, abs=2)
    for part in (0, 120, 300, 700):
        stand.at(34)
        stand.session.seek(35)
        stand.clock.wait_ms(part)
        stand.view.tick()
        stand.image()


def test_a_hidden_view_does_not_tick_and_catches_up(stand: Stand, qtbot: QtBot) -> None:
    stand.open("mail-chain")
    stand.at(7)
    stand.session.seek(8)
    stand.view.hide()
    assert not stand.view.moving
    stand.session.seek(35)
    assert not stand.view.moving
    with qtbot.waitExposed(stand.view):
        stand.view.show()
    assert stand.names().endswith("__set_page_owner;save_stack")
    assert not stand.view.moving


# -- choosing and scrolling -----------------------------------------------------------------------


def test_the_newest_card_is_in_view_wherever_the_cursor_is(qtbot: QtBot) -> None:
    stand = Stand(qtbot, width=500, height=420)
    trace = stand.open("two-bit-wrap")
    for position in range(0, len(trace), 7):
        stand.at(position)
        newest = stand.view._picture.newest()
        assert newest is not None
        box = stand.view._picture.box_of(newest)
        assert box.top >= stand.view._picture.style.header_px
        assert box.bottom <= stand.view.height()


def test_arrows_choose_and_enter_seeks_to_the_call(stand: Stand, qtbot: QtBot) -> None:
    stand.open("mail-chain")
    stand.at(22)
    assert stand.view.selected == -1
    for _ in range(3):
        QTest.keyClick(stand.view, Qt.Key.Key_Up)
    QTest.keyClick(stand.view, Qt.Key.Key_Down)
    assert stand.view.selected == len(stand.view.scene.cards) - 3
    assert stand.view.accessibleDescription().startswith("Selected: unw_init_running, frame 13")
    with qtbot.waitSignal(stand.session.position_changed) as got:
        QTest.keyClick(stand.view, Qt.Key.Key_Return)
    assert got.args == [20]
    assert stand.view.selected == -1
    assert stand.view.following


def test_choosing_a_folded_frame_unfolds_and_escape_follows_again(
    stand: Stand, qtbot: QtBot
) -> None:
    trace = stand.open("no-guard-overflow")
    stand.at(len(trace) - 1)
    fold = stand.view.arrangement.fold
    assert fold is not None
    stand.view.select(fold.first + 3)
    assert not stand.view.following
    assert stand.view.arrangement.fold is None
    stand.image()
    QTest.keyClick(stand.view, Qt.Key.Key_Escape)
    assert stand.view.following
    assert stand.view.selected == -1
    assert stand.view.arrangement.fold == fold


def test_a_selected_frame_that_returns_is_no_longer_selected(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(22)
    stand.view.select(len(stand.view.scene.cards) - 1)
    stand.at(60)
    assert stand.view.selected == -1


def test_pages_scroll_and_the_bottom_follows_again(stand: Stand, qtbot: QtBot) -> None:
    trace = stand.open("no-guard-overflow")
    stand.at(len(trace) - 1)
    QTest.keyClick(stand.view, Qt.Key.Key_PageUp)
    QTest.keyClick(stand.view, Qt.Key.Key_PageUp)
    assert not stand.view.following
    stand.view.settle()
    assert stand.view._board.stage.offset_px < stand.view.arrangement.slots[-1].top_px - 700
    # Playing on does not tear the reader away.
    stand.at(len(trace) - 3)
    assert not stand.view.following
    for _ in range(3):
        QTest.keyClick(stand.view, Qt.Key.Key_PageDown)
    assert stand.view.following


def wheel(stand: Stand, notches: int) -> QWheelEvent:
    middle = QPointF(stand.view.rect().center())
    event = QWheelEvent(
        middle, stand.view.mapToGlobal(middle), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(stand.view, event)
    return event


def test_the_wheel_looks_at_older_frames_if_there_are_any_out_of_view(stand: Stand) -> None:
    trace = stand.open("no-guard-overflow")
    stand.at(5)
    assert not wheel(stand, 1).isAccepted()
    stand.at(len(trace) - 1)
    assert not wheel(stand, -1).isAccepted()
    assert wheel(stand, 2).isAccepted()
    assert not stand.view.following
    for _ in range(3):
        wheel(stand, -1)
    assert stand.view.following


def test_a_click_chooses_and_a_double_click_seeks(stand: Stand, qtbot: QtBot) -> None:
    stand.open("mail-chain")
    stand.at(22)
    QTest.mouseClick(stand.view, Qt.MouseButton.LeftButton, pos=stand.middle_of(5))
    assert stand.view.selected == 5
    QTest.mouseClick(stand.view, Qt.MouseButton.LeftButton, pos=QPoint(3, 300))
    assert stand.view.selected == -1
    with qtbot.waitSignal(stand.session.position_changed) as got:
        QTest.mouseDClick(stand.view, Qt.MouseButton.LeftButton, pos=stand.middle_of(5))
    assert got.args == [6]


def test_a_click_on_the_stripe_unfolds_and_one_on_the_button_follows(
    stand: Stand, qtbot: QtBot
) -> None:
    trace = stand.open("no-guard-overflow")
    stand.at(len(trace) - 1)
    fold = stand.view.arrangement.fold
    assert fold is not None
    picture = stand.view._picture
    y = picture.style.header_px + stand.view._board.air_px + fold.top_px + fold.height_px // 2
    QTest.mouseClick(stand.view, Qt.MouseButton.LeftButton, pos=QPoint(300, round(y)))
    assert not stand.view.following
    box = picture.follow_box()
    middle = QPoint(round(box.left + box.width / 2), round(box.middle))
    QTest.mouseClick(stand.view, Qt.MouseButton.LeftButton, pos=middle)
    assert stand.view.following


def test_the_hit_test_agrees_with_what_is_painted(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(22)
    for index in range(len(stand.view.scene.cards)):
        assert stand.view.index_at(stand.middle_of(index)) == index
    assert stand.view.index_at(QPoint(400, 5)) == -1
    assert stand.view.index_at(QPoint(2, 300)) == -1


def claims(stand: Stand, key: Qt.Key) -> bool:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(stand.view, event)
    return event.isAccepted()


def test_it_takes_its_own_keys_from_commands_and_no_others(stand: Stand) -> None:
    assert not claims(stand, Qt.Key.Key_Up)
    stand.open("mail-chain")
    stand.at(22)
    assert claims(stand, Qt.Key.Key_Up)
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Home, Qt.Key.Key_Space):
        assert not claims(stand, key)
    stand.view.select(3)
    assert claims(stand, Qt.Key.Key_Escape)
    assert claims(stand, Qt.Key.Key_Return)


def test_a_tool_tip_tells_what_the_tilde_means(stand: Stand) -> None:
    trace = stand.open("mail-chain")
    stand.at(35)
    point = stand.middle_of(23)
    event = QHelpEvent(QEvent.Type.ToolTip, point, stand.view.mapToGlobal(point))
    QApplication.sendEvent(stand.view, event)
    tip = QToolTip.text()
    QToolTip.hideText()
    assert tip == card_tip(stand.view.scene.cards[23].look, trace)
    assert "2nd time on this stack" in tip
    assert "inferred, not measured" in tip


# -- looks --------------------------------------------------------------------------------------


Look = Callable[[ThemeManager], None]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 3.0])
@pytest.mark.parametrize(
    ("scenario", "position"),
    [("mail-chain", -1), ("mail-chain", 12), ("mail-chain", 35), ("mail-chain", 36),
     ("no-guard-overflow", 213), ("smp-depth-two", 55)],
)  # fmt: skip
def test_it_paints_in_every_theme_and_size(
    stand: Stand, theme: str, scale: float, scenario: str, position: int
) -> None:
    stand.open(scenario)
    stand.themes.choose(theme)
    stand.themes.set_scale(scale)
    stand.at(position)
    for size in ((900, 700), (300, 200), (40, 30)):
        stand.view.resize(*size)
        QApplication.sendPostedEvents(stand.view)
        image = stand.image()
        ground = image.pixelColor(image.width() - 1, 1)
        assert ground.name() == stand.themes.theme.window.lower()


def test_cards_that_look_alike_share_a_drawing(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(22)
    stand.image()
    pixmaps = stand.view._picture.pixmaps
    card = stand.view.scene.cards[3].look
    slot = stand.view.arrangement.slots[3]
    made = pixmaps.card(card, slot.density, 500)
    assert pixmaps.card(card, slot.density, 500) is made
    assert pixmaps.card(card, slot.density, 501) is not made


def test_another_theme_draws_the_cards_again(stand: Stand) -> None:
    stand.open("mail-chain")
    stand.at(22)
    before = stand.view._picture.pixmaps
    stand.themes.set_scale(2.0)
    assert stand.view._picture.pixmaps is not before
    assert stand.view._picture.style.metrics.scale == 2.0


@pytest.mark.parametrize("height", [380, 410, 440, 470, 520, 700])
def test_the_avoided_frames_are_drawn_even_where_callers_must_be_folded(
    stand: Stand, height: int
) -> None:
    trace = stand.open("mail-chain")
    stand.view.resize(356, height)
    stand.at(first(trace, Kind.SHORT_CIRCUITED))
    stand.view.settle()
    banner_and_label_px = 88 + 30
    assert stand.view.arrangement.tail_height_px >= banner_and_label_px + 22
