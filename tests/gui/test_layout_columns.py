"""The three storages side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.layout import library
from core.layout.analysis import Analysis, Answer, Question, analyse
from core.layout.field import GUARD_FIELDS
from core.layout.page_owner_cost import page_owner_cost
from core.layout.what_if import Interval
from gui.geometry.columns import (
    STORAGES,
    Fact,
    conclusion,
    facts,
    growth_text,
    interval_text,
    memory_text,
    own_guard_text,
    page_owner_text,
    steps_beyond,
)
from gui.layout_session import LayoutSession
from gui.theme import SCALES
from gui.widgets.layout.columns import StorageColumns
from tests.gui.layout_stands import DEBIAN, PAYS, shown, with_own_guard

SIZE = (760, 560)


def asked(kernel: str) -> tuple[Analysis, tuple[Answer, ...]]:
    analysis = analyse(library.open_kernel(kernel), Question())
    return analysis, analysis.compare()


def fact(rows: tuple[Fact, ...], label: str) -> Fact:
    return next(row for row in rows if row.label == label)


def doubtful(answer: Answer, low: int, high: int) -> Answer:
    """Return an answer that is only likely."""
    growth = Interval(low, high, low)
    what_if = replace(answer.what_if, growth=growth, basis="likely: nobody knows")
    return replace(answer, what_if=what_if)


def test_the_storages_are_those_of_the_core() -> None:
    assert tuple(STORAGES) == GUARD_FIELDS


# -- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("growth", "text"),
    [
        (Interval(0, 0, 0), "0 bytes"), (Interval(64, 64, 64), "+64 bytes"),
        (Interval(0, 64, 0), "0 to +64, likely 0 bytes"), (Interval(1, 1, 1), "+1 byte"),
    ],
)  # fmt: skip
def test_growth_in_words(growth: Interval, text: str) -> None:
    assert growth_text(growth) == text


def test_a_settled_number_is_a_number() -> None:
    assert interval_text(Interval(9792, 9792, 9792)) == "9,792"
    assert interval_text(Interval(9792, 9856, 9792)) == "9,792 to 9,856, likely 9,792"


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 bytes"), (1, "1 byte"), (1023, "1,023 bytes"), (1024, "1.00 KiB"),
        (6_553_600, "6.25 MiB"), (32 << 30, "32.0 GiB"), (4096 << 40, "4,096 TiB"),
    ],
)  # fmt: skip
def test_memory_in_words(size_bytes: int, text: str) -> None:
    assert memory_text(size_bytes) == text


def test_debian_6_1_in_one_sentence() -> None:
    analysis, answers = asked(DEBIAN)
    assert conclusion(analysis, answers, steps_beyond(analysis)) == (
        "All three fit into holes: sizeof stays 9,792 and a task costs 6,554 bytes; but 41 bytes"
        " would cost 1,638 bytes a task (5 → 4 objects a slab)."
    )


def test_a_line_that_is_paid_for_is_said() -> None:
    analysis, answers = asked(PAYS)
    told = conclusion(analysis, answers, steps_beyond(analysis))
    assert told.startswith("1 bit and 2 bits fit into a hole; unsigned int adds 64 bytes")
    assert "a task costs 6,554 bytes all the same" in told


def test_what_is_only_likely_is_not_promised() -> None:
    analysis, answers = asked(DEBIAN)
    told = conclusion(analysis, (doubtful(answers[0], 0, 64), *answers[1:]), ())
    assert "unsigned int may add 0 to 64, likely 0 bytes" in told
    dearer = replace(doubtful(answers[0], 0, 64), at_most=analysis.cache.cost(9856))
    told = conclusion(analysis, (dearer, *answers[1:]), ())
    assert "could make a task cost 8,192 bytes instead of 6,554" in told


def test_a_dearer_task_is_said() -> None:
    analysis, answers = asked(DEBIAN)
    dear = analysis.ask("char x[200]")
    told = conclusion(analysis, (dear, *answers[1:]), ())
    assert "char x[200] adds" in told
    assert "makes a task cost 8,192 bytes instead of 6,554" in told


def test_page_owner_itself_per_gib() -> None:
    # 64 bytes for each of the 262,144 pages of 4 KiB.
    told = page_owner_text(page_owner_cost((6, 1)))
    assert told == "page_owner itself takes 16 MiB of every GiB of memory: 64 bytes a page."
    assert "earlier release" in page_owner_text(page_owner_cost((6, 8)))


def test_the_kernels_own_guard_is_told() -> None:
    analysis = analyse(with_own_guard(), Question())
    assert analysis.has_own_guard
    told = own_guard_text(analysis, analysis.without_own_guard())
    assert told == (
        "This kernel has in_page_owner already, at byte 2,344, bit 11, cache line 36;"
        " sizeof would be 9,792 without it too."
    )
    assert "byte 2,345" in own_guard_text(analysis, None)


def test_facts_of_debian_6_1() -> None:
    analysis, answers = asked(DEBIAN)
    rows = facts(analysis, answers, 1000)
    assert fact(rows, "Lands at").values == (
        "byte 5,312",
        "byte 2,344, bit 11",
        "byte 2,344, bit 11",
    )
    assert fact(rows, "Moves").best == {0}
    assert fact(rows, "Bytes a task").values == ("= 6,554",) * 3
    assert fact(rows, "Bytes a task").best == frozenset()  # none is better than another one
    assert fact(rows, "1,000 tasks").values == ("= 6.25 MiB",) * 3
    assert fact(rows, "Moves").tips[0] == "rethooks, l1d_flush_kill"


def test_what_gets_dearer_shows_both_numbers_and_is_not_the_best() -> None:
    analysis, answers = asked(DEBIAN)
    rows = facts(analysis, (analysis.ask("char x[200]"), *answers[1:]), 1000)
    assert fact(rows, "Objects a slab").values[0] == "5 → 4"
    assert fact(rows, "Objects a slab").best == {1, 2}
    assert fact(rows, "Bytes a task").spoken[0] == "6,554 now, then 8,192"
    assert fact(rows, "Growth").best == {1, 2}


def test_what_may_be_dearer_shows_the_most() -> None:
    analysis, answers = asked(DEBIAN)
    dearer = replace(doubtful(answers[0], 0, 64), at_most=analysis.cache.cost(9856))
    rows = facts(analysis, (dearer, *answers[1:]), 1000)
    assert fact(rows, "Bytes a task").values[0] == "= 6,554 (or 8,192)"
    assert fact(rows, "How sure").values == ("likely", "exact", "exact")
    assert fact(rows, "How sure").tips[0] == "likely: nobody knows"
    assert fact(rows, "1,000 tasks").best == {1, 2}


# -- the view -------------------------------------------------------------------------------------


def test_the_column_of_the_field_in_force_is_marked(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE, field="bit1")
    assert [card.isChecked() for card in view.cards.values()] == [False, True, False]
    session.set_field("unsigned int page_owner_depth:2")
    assert [card.isChecked() for card in view.cards.values()] == [False, False, True]
    session.set_field("unsigned long something")
    assert not any(card.isChecked() for card in view.cards.values())


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_column_is_chosen_with_the_keyboard(qtbot: QtBot, key: Qt.Key) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE)
    QTest.keyClick(view.cards["bit2"], key)
    assert session.field_text == "bit2"
    assert view.cards["bit2"].isChecked()


def test_choosing_a_column_puts_the_field_in_its_own_place(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE)
    assert session.set_place("after:mce_count")
    assert view.elsewhere.isVisible()
    assert "after mce_count" in view.elsewhere.text()
    QTest.mouseClick(view.cards["uint"], Qt.MouseButton.LeftButton)
    assert session.place == ""
    assert view.cards["uint"].isChecked()
    assert not view.elsewhere.isVisible()


def test_arrows_go_to_the_neighbour(qtbot: QtBot) -> None:
    view, _, _ = shown(qtbot, StorageColumns, SIZE)
    view.activateWindow()
    view.cards["uint"].setFocus()
    QTest.keyClick(view.cards["uint"], Qt.Key.Key_Right)
    assert view.focusWidget() is view.cards["bit1"]


def test_a_column_says_all_its_facts_to_a_screen_reader(qtbot: QtBot) -> None:
    view, _, _ = shown(qtbot, StorageColumns, SIZE, PAYS)
    card = view.cards["bit1"]
    assert card.accessibleName() == "1 bit"
    assert "Growth: 0 bytes, best" in card.accessibleDescription()
    assert "Bytes a task: 6,554, as now" in card.accessibleDescription()


def test_the_number_of_tasks_counts(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE)
    session.set_tasks(50_000)
    assert "50,000 tasks" in view.labels.texts
    assert "312 MiB" in view.cards["uint"].texts[1][-1]


def test_what_is_assumed_and_what_page_owner_takes_are_said(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE)
    assert "8 CPUs" in view.notes.text()
    assert "832 bytes of register state" in view.notes.text()
    assert "MiB of every GiB" in view.notes.text()
    session.say(cpus=64, page_bytes=4096, xstate_bytes=2432)
    assert "Assumed" not in view.notes.text()


def test_a_kernel_with_a_guard_of_its_own_says_so(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE)
    assert not view.strip.isVisible()
    session._types = with_own_guard()
    session._take(analyse(session._types, Question()))
    assert view.strip.isVisible()
    assert "in_page_owner already" in view.strip.text.text()


def test_where_nothing_can_be_predicted_the_reason_stands(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE)
    session.say(shuffled_by="/boot/config")
    assert session.comparison() == ()
    assert "RANDSTRUCT" in view.sentence.text()
    assert not any(card.isVisible() for card in view.cards.values())
    session.say(shuffled_by="")
    assert all(card.isVisible() for card in view.cards.values())


def test_without_a_kernel_it_says_what_to_do(qtbot: QtBot) -> None:
    view, _, _ = shown(qtbot, StorageColumns, SIZE, kernel="")
    assert view.sentence.text() == "Open a kernel to compare the three storages."
    assert not any(card.isVisible() for card in view.cards.values())


@pytest.mark.parametrize("scale", SCALES[::3])
@pytest.mark.parametrize("width", [240, 440, 900, 1600])
def test_every_value_has_its_room(qtbot: QtBot, width: int, scale: float) -> None:
    view, _, themes = shown(qtbot, StorageColumns, (width, 700), PAYS)
    themes.set_scale(scale)
    view.resize(width, 700)
    cards = view.cards.values()
    qtbot.waitUntil(lambda: all(abs(card.width() - card._form.column_px) < 3 for card in cards))
    for card in cards:
        widest = card.least_width()
        assert card.isVisible()
        if width >= 300 * scale:
            assert widest <= card.width() - card._form.own_labels_px, (width, scale)
        assert card._grid.total_px == card.height()
        tops = [top for top, _ in card._grid.rows]
        assert tops == sorted(tops)
        assert sum(height for _, height in card._grid.rows) < card.height()


def test_wide_columns_stand_side_by_side_and_narrow_ones_below_each_other(qtbot: QtBot) -> None:
    view, _, _ = shown(qtbot, StorageColumns, (900, 700))
    tops = {card.y() for card in view.cards.values()}
    assert len(tops) == 1
    assert view.labels.isVisible()
    view.resize(240, 700)
    qtbot.waitUntil(lambda: len({card.x() for card in view.cards.values()}) == 1)
    assert not view.labels.isVisible()
    # What it comes to stands before the long columns.
    assert view.sentence.y() < view.cards["uint"].y()


def test_the_marks_do_not_rest_on_colour(qtbot: QtBot) -> None:
    view, _, _ = shown(qtbot, StorageColumns, SIZE, PAYS)
    values = view.cards["bit1"].texts[1]
    assert "0 bytes ★" in values
    assert not any("★" in value for value in view.cards["uint"].texts[1])


def test_tips_say_more(qtbot: QtBot) -> None:
    view, session, _ = shown(qtbot, StorageColumns, SIZE, DEBIAN)
    assert isinstance(session, LayoutSession)
    card = view.cards["uint"]
    sure = view.labels.texts.index("How sure")
    assert "exact: " in card.tip_of(sure)
    assert "page_owner_depth" in card.tip_of(-1)
