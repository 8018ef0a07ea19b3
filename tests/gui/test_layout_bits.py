"""The storage word: which one is shown, whose its bits are, and what is said about them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from core.layout.model import KernelLayout, Member, StructLayout
from gui.geometry.struct_map import Kind
from gui.theme import ThemeManager
from gui.widgets.layout.bits import StorageWordView
from gui.widgets.layout.bits_word import StorageWord, kind_of, words_of
from gui.widgets.word_bits import rect_of
from tests.gui.test_struct_map import FakeSession, kernel


def shown(
    qtbot: QtBot, themes: ThemeManager, session: FakeSession, size: tuple[int, int] = (1200, 360)
) -> StorageWordView:
    view = StorageWordView(session, themes)
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    return view


def asked(field: str, place: str = "", name: str = "", arch: str = "x86_64") -> FakeSession:
    session = FakeSession(kernel(name) if name else kernel(), arch)
    session.ask(field, place)
    return session


def told(word: StorageWord) -> str:
    """Return a word's runs as text: ``name@first:bits``, a gap without a name."""
    return " ".join(f"{run.name}@{run.bit_offset}:{run.bit_size}" for run in word.bits)


def test_it_says_what_it_waits_for(qtbot: QtBot, themes: ThemeManager) -> None:
    session = FakeSession()
    view = shown(qtbot, themes, session)
    assert view.words == ()
    assert "Open a kernel" in view.place.text()
    session.open(kernel())
    assert "Select a bitfield" in view.place.text()
    assert view.accessibleDescription() == view.place.text()


def test_the_word_of_the_new_bit_before_and_after(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, asked("bit1"))
    before, after = view.words
    assert view.title.text() == "task_struct + 2,344 (0x928)"
    assert view.place.text() == "4 bytes · bit 0 is the least significant"
    assert told(before).endswith("in_memstall@10:1 in_eventfd@11:1 pasid_activated@12:1 "
                                 "reported_split_lock@13:1 in_thrashing@14:1 @15:17")  # fmt: skip
    assert told(after).endswith("in_memstall@10:1 in_page_owner@11:1 in_eventfd@12:1 "
                                "pasid_activated@13:1 reported_split_lock@14:1 in_thrashing@15:1 "
                                "@16:16")  # fmt: skip
    kinds = {run.name: kind_of(after, run) for run in after.bits}
    assert kinds["in_page_owner"] is Kind.CANDIDATE
    assert kinds["in_eventfd"] is Kind.BITFIELD
    assert kinds[""] is Kind.BIT_HOLE
    assert not any(kind_of(before, run) is Kind.CANDIDATE for run in before.bits)


def test_big_endian_counts_from_the_most_significant_bit() -> None:
    before, after = words_of(asked("bit2", name="s390x-debian-s390x", arch="s390x"))
    assert after.place.endswith("bit 0 is the most significant")
    assert after.field_bits == (10, 2)
    assert before.byte_offset == after.byte_offset == 1856


def test_a_whole_member_shows_what_its_bytes_were() -> None:
    before, after = words_of(asked("uint"))
    assert (told(before), told(after)) == ("rethooks@0:32", "page_owner_depth@0:32")
    assert kind_of(before, before.bits[0]) is Kind.PLAIN
    assert kind_of(after, after.bits[0]) is Kind.CANDIDATE


def test_a_hole_that_takes_the_field() -> None:
    before, after = words_of(asked("uint", "after:__state"))
    assert told(before) == "@0:32"
    assert told(after) == "page_owner_depth@0:32"


def test_the_selected_bitfield_is_shown_instead(qtbot: QtBot, themes: ThemeManager) -> None:
    session = asked("bit1")
    view = shown(qtbot, themes, session)
    session.select("mce_whole_page")
    assert view.title.text() == "task_struct + 5,272 (0x1498)"
    assert [word.field_bits for word in view.words] == [(1, 1), (1, 1)]
    session.select("in_page_owner")
    assert view.title.text() == "task_struct + 2,344 (0x928)"
    # A member that fits no word leaves the field's where it is.
    session.select("comm")
    assert view.title.text() == "task_struct + 2,344 (0x928)"


def test_a_member_that_moved_is_shown_where_it_was_and_where_it_is() -> None:
    session = asked("unsigned int x", "after:pid")
    session.select("tgid")
    before, after = words_of(session)
    assert (before.byte_offset, after.byte_offset) == (2420, 2424)


def test_without_a_field_there_is_one_word() -> None:
    session = FakeSession(kernel())
    session.select("in_iowait")
    (word,) = words_of(session)
    assert word.caption == "as it is"
    assert word.tip(3) == "bit 3: in_iowait"
    assert word.tip(20) == "bit 20: unused, 17 bits from 15"


def test_a_word_past_the_end_of_the_old_struct() -> None:
    layout = KernelLayout("k", "k", "", "", "", StructLayout("s", 4, (Member("a", "int", 0, 32),)))
    session = FakeSession(layout)
    session.ask("unsigned int x", "end")
    before, after = words_of(session)
    assert before.bits == ()
    assert told(after) == "x@0:32"


def test_a_unit_that_crosses_its_own_alignment() -> None:
    # i386 aligns 8-byte units to 4: this field lies across what would be two of them.
    members = (Member("a", "int", 0, 32), Member("f", "u64", 40, 56, True, 4, 8))
    layout = KernelLayout("k", "k", "", "", "", StructLayout("s", 12, members))
    session = FakeSession(layout)
    session.select("f")
    (word,) = words_of(session)
    assert word.byte_offset == 5
    assert word.field_bits == (0, 56)


def test_it_tells_those_who_listen(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, asked("bit2"))
    said = view.accessibleDescription()
    assert said.startswith("as it is, task_struct + 2,344 (0x928): sched_remote_wakeup bit 0, ")
    assert "page_owner_depth bits 11 to 12" in said


def test_a_bit_tells_whose_it_is(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, asked("bit1"))
    placed = view.canvas.placed[1]
    assert placed.picture.picture is not None
    cell = next(cell for cell in placed.picture.picture.memory if cell.bit == 11)
    x = placed.left + cell.box.left + cell.box.width / 2
    at = QPoint(round(x), round(placed.top + cell.box.middle))
    QApplication.sendEvent(
        view.canvas, QHelpEvent(QEvent.Type.ToolTip, at, view.canvas.mapToGlobal(at))
    )
    assert QToolTip.text() == "bit 11: in_page_owner"
    QToolTip.hideText()
    assert view.canvas.tip_at(-5, -5) == ""


def test_side_by_side_where_both_can_be_read(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, asked("bit1"))
    left, right = view.canvas.placed
    assert right.left > left.left
    assert left.top + left.picture.bits_top == right.top + right.picture.bits_top
    view.resize(500, 460)
    above, below = view.canvas.placed
    assert above.left == below.left
    assert below.top > above.top + above.picture.height_px


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_it_is_drawn_at_every_size(
    qtbot: QtBot, themes: ThemeManager, theme: str, scale: float
) -> None:
    themes.choose(theme)
    themes.set_scale(scale)
    for session in (asked("bit1"), asked("uint"), asked("uint", "after:__state"), FakeSession()):
        view = shown(qtbot, themes, session)
        for size in ((300, 200), (500, 300), (1920, 600)):
            view.resize(*size)
            assert not view.grab().isNull()
            assert not view.canvas.grab().isNull()
    themes.set_scale(1.0)
    themes.choose("system")


def test_a_low_panel_names_only_the_field(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, asked("bit1"))

    def names() -> list[str]:
        pictures = [placed.picture.picture for placed in view.canvas.placed]
        return [label.text for picture in pictures if picture for label in picture.labels]

    assert "in_execve" in names()
    view.resize(1200, 190)
    assert names() == ["in_page_owner"]
    assert view.canvas.minimumHeight() < 190
    view.resize(1200, 360)
    assert "in_execve" in names()


def test_a_name_without_end_does_not_push_the_map_open(qtbot: QtBot, themes: ThemeManager) -> None:
    session = asked("bit1")
    view = shown(qtbot, themes, session)
    before = view.minimumSizeHint().width()
    assert session.layout is not None
    long = replace(session.layout.struct, name="a_" * 200)
    session.layout = replace(session.layout, struct=long)
    session.ask("bit1")
    assert view.minimumSizeHint().width() == before


def test_where_only_one_word_is_seen_it_is_the_new_one(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, asked("bit1"))
    view.resize(300, 150)
    qtbot.waitUntil(lambda: len(view.canvas.placed) == 2)
    assert view.canvas.placed[0].word.caption.startswith("with ")
    view.resize(1300, 400)
    qtbot.waitUntil(lambda: view.canvas.placed[0].word.caption == "as it is")


@pytest.mark.parametrize("size", [(1200, 360), (700, 170)])
def test_a_lesson_points_at_members_in_the_word(
    qtbot: QtBot, themes: ThemeManager, size: tuple[int, int]
) -> None:
    session = asked("bit1")
    view = shown(qtbot, themes, session, size)
    assert view.canvas.pointed_bits() == []
    session.pointed = ("in_page_owner", "sched_remote_wakeup", "comm")
    session.pointed_changed.emit()
    rings = view.canvas.pointed_bits()
    found = [
        (placed.word is view.words[-1], cell.bit)
        for ring in rings
        for placed in view.canvas.placed
        if placed.picture.picture is not None
        for cell in placed.picture.picture.memory
        if ring == rect_of(cell.box).translated(placed.left, placed.top)
    ]
    assert sorted(found) == [(False, 0), (True, 0), (True, 11)]
    for placed in view.canvas.placed:
        assert placed.picture.picture is not None
        assert "sched_remote_wakeup" in {label.text for label in placed.picture.picture.labels}
    assert not view.canvas.grab().isNull()
