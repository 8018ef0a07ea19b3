"""Several CPUs in the window: side by side in Live, a lane each in the timeline."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.scenario.run import Overrides
from core.trace.events import Kind
from core.trace.holdings.locks import LockIndex
from core.trace.trace import Trace
from gui.runner import Runner
from gui.search import Search
from gui.session import Session
from gui.theme import ThemeManager
from gui.viewport import Viewport
from gui.widgets.explanation import ExplanationStrip
from gui.widgets.stack.cpus import CpuStacks
from gui.widgets.stack.lock_strip import NONE_HELD, LockStrip, lock_lines
from gui.widgets.stack.view import StackView
from gui.widgets.timeline.lanes import mark_lines
from gui.widgets.timeline.model import INTERRUPT, LOST, SWITCH, TimelineModel
from gui.widgets.timeline.view import TimelineView
from gui.widgets.timeline.words import cpu_lines
from gui.widgets.word import WordView
from tests.core.trace.two_cpus import Smp, lost_update
from tests.runs import bundled_run

TRACE = lost_update()
BETWEEN = ("wrong-word", "two-locks", "state-moves", "percpu-counter", "soft-interrupt",
           "nmi-in-the-depot", "interrupt-in-a-save", "fork-inherits")  # fmt: skip


def first(kind: Kind, trace: Trace = TRACE) -> int:
    return int(trace.positions(kind)[0])


def opened(trace: Trace = TRACE) -> Session:
    session = Session(Runner())
    session.open_saved(trace, None, {}, Overrides())
    return session


def show(qtbot: QtBot, widget: QWidget, size: tuple[int, int]) -> None:
    qtbot.addWidget(widget)
    widget.resize(*size)
    with qtbot.waitExposed(widget):
        widget.show()


def stacks(
    qtbot: QtBot, trace: Trace = TRACE, size: tuple[int, int] = (600, 480)
) -> tuple[CpuStacks, Session, ThemeManager]:
    session, themes = opened(trace), ThemeManager()
    view = CpuStacks(session, themes)
    show(qtbot, view, size)
    return view, session, themes


def names(view: StackView) -> list[str]:
    return [card.look.name for card in view.scene.cards]


# -- side by side -------------------------------------------------------------------------------


def test_every_column_points_at_what_a_lesson_points_at(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    session.seek(first(Kind.LOST_UPDATE))
    for name, number in (("save_stack", 0), ("sched_setscheduler", 1)):
        session.highlight((f"function:{name}",))
        pointed = [bool(each._picture.pointed) for each in view.views]
        assert pointed == [number == 0, number == 1]


def test_each_cpu_has_a_column_and_the_running_one_is_told_apart(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    zero, one = view.views
    session.seek(first(Kind.LOST_UPDATE))
    assert (zero.scene.title, zero.scene.task, zero.scene.runs) == ("CPU 0", "sh/40", False)
    assert (one.scene.title, one.scene.task, one.scene.runs) == ("CPU 1", "kworker/17", True)
    assert names(zero)[-1] == "save_stack"
    assert names(one) == ["sched_setscheduler"]
    assert view.running is one
    assert "save_stack" in zero.accessibleDescription()


def test_a_column_shows_its_cpus_last_event_and_is_not_drawn_anew(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    switch = first(Kind.TASK_SWITCHED)
    session.seek(switch)
    zero, one = view.lanes
    assert (zero.position, one.position) == (switch - 1, switch)
    heard: list[int] = []
    zero.position_changed.connect(heard.append)
    session.seek(switch + 1)
    session.seek(switch + 2)
    assert heard == []


def test_an_idle_cpu_says_so(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    session.seek(len(TRACE) - 1)
    assert (view.views[0].scene.hint, view.views[0].scene.task) == ("idle", "idle")
    assert names(view.views[1]) == ["sys_exit_group"]


def test_an_interrupt_begins_with_a_line_on_the_interrupted_stack(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    nmi = int(TRACE.positions(Kind.INTERRUPTED)[1]) + 1
    session.seek(nmi)
    cards = view.views[0].scene.cards
    told = {card.look.name: card.separator for card in cards if card.separator}
    assert told == {
        "common_interrupt": "interrupt nic, on sh's stack",
        "exc_nmi": "NMI perf, on sh's stack",
    }
    assert [card.look.interrupt for card in cards] == [False] * 6 + [True] * 4
    slots = view.views[0].arrangement.slots
    above = view.views[0]._board.style.sizes.separator_px
    gap = slots[6].top_px - (slots[5].top_px + slots[5].height_px)
    assert gap >= above


def test_a_guard_hit_in_an_interrupt_says_whose_save_set_the_guard(qtbot: QtBot) -> None:
    trace = bundled_run("interrupt-in-a-save")
    session = opened(trace)
    view = StackView(session, ThemeManager())
    show(qtbot, view, (700, 600))
    session.seek(int(trace.short_circuits[0]))
    barrier = view.scene.barrier
    assert barrier is not None
    assert "set by the save it interrupted → returns dummy_handle" in barrier.title
    assert "Interrupt nic came amid a save: nothing recurses" in barrier.detail
    assert barrier.avoided_label == "avoided: an unwind and a depot save"
    assert {look.subsystem for look in barrier.avoided} == {"unwinder"}


def test_a_click_on_any_column_goes_to_the_call(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    session.seek(first(Kind.LOST_UPDATE))
    zero = view.views[0]
    slot = zero.arrangement.slots[0]
    y = zero._picture.style.header_px + slot.top_px + slot.height_px // 2
    QTest.mouseDClick(zero, Qt.MouseButton.LeftButton, pos=QPoint(60, round(y) + 8))
    assert session.position == 0


def test_keys_choose_frames_of_the_running_stack_only(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    session.seek(first(Kind.LOST_UPDATE))
    QTest.keyClick(view.views[0], Qt.Key.Key_Up)
    assert view.views[0].selected >= 0
    assert session.selected_frame is None
    QTest.keyClick(view.views[1], Qt.Key.Key_Up)
    assert session.selected_frame == 0


def test_one_cpu_has_no_columns(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    assert view.shown
    session.open_saved(bundled_run("mail-chain"), None, {}, Overrides())
    assert not view.shown
    assert view.views == []


@pytest.mark.parametrize("size", [(560, 420), (900, 700), (180, 300)])
def test_four_cpus_fit_at_any_size(qtbot: QtBot, size: tuple[int, int]) -> None:
    from core.trace.info import TaskInfo

    run = Smp([TaskInfo(n, f"task-{n}", cpu=n) for n in range(4)], cpus=4)
    for task in range(4):
        run.on(task).call("kmalloc", "__alloc_pages", "__set_page_owner", "save_stack")
    view, session, themes = stacks(qtbot, run.trace(), size)
    session.seek(len(run.recorder.events) - 1)
    for column in view.views:
        assert column.width() >= 80
        assert names(column)[-1] == "save_stack"
        shown = {slot.number for slot in column.arrangement.slots}
        assert len(column.scene.cards) - 1 in shown
    for theme in ("light", "dark"):
        themes.choose(theme)
        for scale in (1.0, 2.0):
            themes.set_scale(scale)
            assert not view.grab().isNull()


def test_essential_frames_only_holds_for_all_columns(qtbot: QtBot) -> None:
    view, session, _ = stacks(qtbot)
    session.seek(first(Kind.LOST_UPDATE))
    session.set_essential_only(True)
    assert names(view.views[0]) == ["kmalloc", "__set_page_owner", "save_stack"]
    assert names(view.views[1]) == []


# -- locks --------------------------------------------------------------------------------------


def test_the_lock_strip_says_owner_and_who_spins(qtbot: QtBot) -> None:
    session = opened()
    strip = LockStrip(session, ThemeManager())
    show(qtbot, strip, (500, 60))
    session.seek(first(Kind.LOCK_SPUN))
    (line,) = strip.lines
    assert line.text == "depot pool_lock: sh/40 on CPU 0; kworker/17 on CPU 1 spins on it"
    assert line.tone == "wait"
    assert strip.accessibleDescription() == line.text
    session.seek(0)
    assert strip.accessibleDescription() == NONE_HELD
    assert not strip.grab().isNull()


def test_a_circle_of_waits_is_told_as_a_deadlock() -> None:
    trace = bundled_run("two-locks")
    lines = lock_lines(LockIndex(trace), len(trace) - 1)
    assert [line.tone for line in lines] == ["deadlock", "deadlock"]


def test_a_run_without_locks_or_with_one_cpu_has_no_strip(qtbot: QtBot) -> None:
    strip = LockStrip(opened(bundled_run("smp-depth-two")), ThemeManager())
    qtbot.addWidget(strip)
    assert strip.isHidden()


# -- a lost update ------------------------------------------------------------------------------


def test_a_lost_update_is_told_in_the_word_and_in_the_sentence(qtbot: QtBot) -> None:
    session, themes = opened(), ThemeManager()
    word, sentence = WordView(session, themes), ExplanationStrip(session, themes)
    show(qtbot, word, (400, 500))
    show(qtbot, sentence, (600, 120))
    session.seek(first(Kind.LOST_UPDATE))
    scene = word.canvas.scene
    assert scene is not None
    assert scene.verdict.tone == "danger"
    assert scene.verdict.text == "lost update: in_page_owner of sh/40 undone by kworker/17"
    assert scene.lost_bits == 0x200
    assert scene.owner == "task_struct of sh/40"
    assert "lost update" in sentence.sign.text()
    assert "CPU 1" in sentence.facts_label.text()
    assert "Lost update: kworker/17" in word.accessibleDescription()
    session.seek(first(Kind.LOST_UPDATE) + 1)
    assert word.canvas.scene is not None
    assert word.canvas.scene.lost_bits == 0


def test_a_stale_copy_is_told_before_it_is_stored(qtbot: QtBot) -> None:
    session = opened()
    word = WordView(session, ThemeManager())
    show(qtbot, word, (400, 500))
    session.seek(first(Kind.LOST_UPDATE) - 3)
    assert "kworker/17 works on an older copy." in word.writers.spoken
    assert "older copy" in word.writers.history.text()


def test_one_cpu_shows_no_writers(qtbot: QtBot) -> None:
    session = opened(bundled_run("mail-chain"))
    word = WordView(session, ThemeManager())
    show(qtbot, word, (400, 500))
    session.seek(20)
    assert word.writers.isHidden()


# -- the timeline -------------------------------------------------------------------------------


def timeline(qtbot: QtBot, trace: Trace = TRACE) -> tuple[TimelineView, Session]:
    session, themes = opened(trace), ThemeManager()
    viewport = Viewport(session)
    view = TimelineView(
        session, viewport, TimelineModel(session, viewport, themes), Search(session), themes
    )
    show(qtbot, view, (900, 480))
    return view, session


def test_each_cpu_has_a_lane_with_its_turns(qtbot: QtBot) -> None:
    view, _ = timeline(qtbot)
    assert [lane.cpu for lane in view.lanes.lanes] == [0, 1, -1, -1]
    runs, tasks = view.model.runs, view.model.run_tasks
    assert runs is not None
    for position in range(len(TRACE)):
        cpu = TRACE.cpus.cpu_at(position)
        span = runs.span_at(cpu, position + 0.5)
        assert span is not None
        assert tasks[span] == TRACE.task_at(position)
        assert runs.span_at(1 - cpu, position + 0.5) is None


def test_interleaving_is_no_switch_and_a_lost_update_has_its_own_mark(qtbot: QtBot) -> None:
    view, _ = timeline(qtbot)
    marks = view.marks()
    assert marks[SWITCH].markers.sum() == 1
    assert marks[INTERRUPT].markers.sum() == 2
    assert marks[LOST].markers.sum() == 1
    lines = mark_lines(TRACE, marks[LOST].mark(0))
    assert lines[0] == "Lost update"
    assert "The store of kworker/17 undoes that of sh/40" in lines[1]


def test_a_lane_of_a_cpu_tells_what_it_does(qtbot: QtBot) -> None:
    view, _ = timeline(qtbot)
    spun = first(Kind.LOCK_SPUN)
    lanes = view.lanes.lanes
    for cpu in (0, 1):
        y = view.top + (lanes[cpu].top + lanes[cpu].bottom) / 2
        assert view.cpu_at(QPointF(view.axis.x_of(spun + 0.5), y)) == cpu
    assert view.cpu_at(QPointF(view.axis.left + 5, view.top + lanes[2].bottom - 2)) is None
    assert cpu_lines(TRACE, 1, spun) == [
        "CPU 1: kworker/17",
        f"Event {spun + 1}: kworker/17 spins on depot pool_lock.",
        "Spins on depot pool_lock",
    ]
    assert cpu_lines(TRACE, 0, spun) == [
        "CPU 0: sh/40", f"Another CPU goes on at event {spun + 1}", "Takes no interrupts",
    ]  # fmt: skip
    nmi = int(TRACE.positions(Kind.INTERRUPTED)[1])
    assert cpu_lines(TRACE, 0, nmi)[2:] == ["In interrupt nic", "In interrupt perf"]
    assert cpu_lines(TRACE, 0, len(TRACE) - 1)[0] == "CPU 0: idle"


def pixels(view: TimelineView, image: QImage, lane: int, position: float) -> set[str]:
    """The colours of a lane's strip at a position, its edges left out."""
    box = view.lanes.lanes[lane]
    x = round(view.axis.x_of(position))
    ys = range(round(view.top + box.top) + 2, round(view.top + box.bottom) - 2)
    return {image.pixelColor(x, y).name().upper() for y in ys}


def test_an_interrupt_has_its_colour_on_the_lane_of_its_cpu_only(qtbot: QtBot) -> None:
    view, _ = timeline(qtbot)
    image = view.grab().toImage()
    role = view.look.theme.role("interrupt").colour
    middle = first(Kind.INTERRUPTED) + 4.5
    assert role in pixels(view, image, 0, middle)
    assert role not in pixels(view, image, 1, middle)


def test_a_wait_is_hatched_in_the_locks_colour(qtbot: QtBot) -> None:
    view, _ = timeline(qtbot)
    image, spans = view.grab().toImage(), TRACE.cpus.lock_waits
    role = view.look.theme.role("lock").colour
    seen: set[str] = set()
    for tenth in range(1, 10):
        at = int(spans.starts[0]) + (int(spans.ends[0]) - int(spans.starts[0])) * tenth / 10
        seen |= pixels(view, image, 1, at)
    assert role in seen


@pytest.mark.parametrize("scenario", BETWEEN)
@pytest.mark.parametrize("mode", ["order", "time"])
def test_real_runs_are_drawn_in_both_themes(qtbot: QtBot, scenario: str, mode: str) -> None:
    trace = bundled_run(scenario)
    view, session = timeline(qtbot, trace)
    view.viewport.set_mode(mode)
    for theme in ("light", "dark"):
        view._themes.choose(theme)
        for position in (-1, len(trace) // 2, len(trace) - 1):
            session.seek(position)
            assert not view.grab().isNull()


@pytest.mark.parametrize("scenario", BETWEEN)
def test_live_shows_every_moment_of_real_runs(qtbot: QtBot, scenario: str) -> None:
    trace = bundled_run(scenario)
    session, themes = opened(trace), ThemeManager()
    views = (StackView(session, themes), CpuStacks(session, themes),
             WordView(session, themes), ExplanationStrip(session, themes))  # fmt: skip
    for view in views:
        show(qtbot, view, (520, 420))
    for position in range(0, len(trace), 3):
        session.seek(position)
        for view in views:
            assert not view.grab().isNull()
