"""The table of members."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from core.layout import library
from core.layout.analysis import Question, analyse
from core.layout.model import Member, StructLayout, flattened
from gui.layout_session import LayoutSession
from gui.theme import ThemeManager, contrast
from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.layout.member_model import POINTED_ROLE, Column, MemberFilter, MemberModel
from gui.widgets.layout.member_rows import Row, RowKind, member_rows
from gui.widgets.layout.members import MembersPanel
from tests.gui.layout_stands import BIG_ENDIAN, BTF, DEBIAN, PAYS, shown

SIZE = (900, 420)


def rows_of(kernel: str, field: str = "") -> tuple[Row, ...]:
    analysis = analyse(library.open_kernel(kernel), Question())
    what_if = analysis.ask(field).what_if if field else None
    return member_rows(analysis.layout.struct, what_if)


def named(rows: tuple[Row, ...], name: str) -> Row:
    return next(row for row in rows if row.name == name)


def texts(panel: MembersPanel, column: Column) -> list[str]:
    proxy = panel.proxy
    return [str(proxy.index(row, column).data()).strip() for row in range(proxy.rowCount())]


def proxy_row(panel: MembersPanel, name: str) -> QModelIndex:
    return panel.proxy.mapFromSource(panel.model.index(panel.model.row_of(name), 0))


# -- rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", [DEBIAN, BIG_ENDIAN, PAYS, "debian-6.12-amd64"])
def test_members_holes_and_padding_make_up_the_struct(kernel: str) -> None:
    struct = analyse(library.open_kernel(kernel), Question()).layout.struct
    rows = member_rows(struct)
    top = [row for row in rows if row.depth == 0]
    assert top[0].offset_bits == 0
    for one, other in pairwise(top):
        assert one.offset_bits + one.size_bits == other.offset_bits, (one, other)
    assert top[-1].offset_bits + top[-1].size_bits == struct.size_bytes * 8
    members = [row.name for row in rows if row.kind is RowKind.MEMBER]
    assert members == [member.name for member in flattened(struct.members)]


def test_the_field_stands_between_its_neighbours_and_pushes_the_next_ones() -> None:
    rows = rows_of(DEBIAN, "bit1")
    at = next(i for i, row in enumerate(rows) if row.kind is RowKind.CANDIDATE)
    assert [row.name for row in rows[at - 1 : at + 2]] == [
        "in_memstall", "in_page_owner", "in_eventfd",
    ]  # fmt: skip
    assert named(rows, "in_eventfd").move_text == "2,344:11 → 2,344:12"
    assert named(rows, "in_memstall").move_text == ""


def test_a_field_stands_before_the_hole_it_fills() -> None:
    analysis = analyse(library.open_kernel(DEBIAN), Question())
    rows = member_rows(
        analysis.layout.struct, analysis.ask("unsigned int x", "after:mce_count").what_if
    )
    at = next(i for i, row in enumerate(rows) if row.kind is RowKind.CANDIDATE)
    assert rows[at - 1].name == "mce_count"
    assert rows[at + 1].kind is RowKind.HOLE
    assert rows[at].offset_bits == rows[at + 1].offset_bits


def test_bits_count_in_their_unit() -> None:
    row = named(rows_of(BIG_ENDIAN), "in_execve")
    assert (row.offset_text, row.size_text) == ("1,856:2", "1 bit")


def test_the_least_alignment_says_so() -> None:
    rows = rows_of(DEBIAN)
    assert named(rows, "stack").align_text == "≥ 8"
    assert named(rows, "thread").align_text == "≥ 64"
    known = Member("x", "int", 0, 32, False, 4, 4, align_known=True)
    assert member_rows(StructLayout("s", 4, (known,)))[0].align_text == "4"


def test_anonymous_members_are_indented_and_have_their_own_gaps() -> None:
    inner = (Member("a", "char", 0, 8, False, 1, 1), Member("b", "int", 32, 32, False, 4, 4))
    outer = Member("", "struct", 0, 64, False, 4, 8, members=inner)
    rows = member_rows(StructLayout("s", 12, (outer, Member("c", "char", 64, 8, False, 1, 1))))
    assert [(row.depth, row.title) for row in rows] == [
        (0, "(anonymous)"), (1, "a"), (1, "3 bytes unused"), (1, "b"), (0, "c"),
        (0, "3 bytes of padding"),
    ]  # fmt: skip
    assert rows[1].gap_text == "3 bytes"


def test_a_union_has_no_holes() -> None:
    inner = (Member("a", "char", 0, 8, False, 1, 1), Member("b", "int", 0, 32, False, 4, 4))
    union = Member("", "union", 0, 32, False, 4, 4, is_union=True, members=inner)
    rows = member_rows(StructLayout("s", 4, (union,)))
    assert [row.kind for row in rows] == [RowKind.MEMBER] * 3


@pytest.mark.parametrize(
    ("type_name", "tag"),
    [
        ("struct list_head", "list_head"), ("const struct cred *", "cred"),
        ("struct perf_event_context *[2]", "perf_event_context"), ("unsigned int", ""),
        ("int (*)(struct page *)", ""), ("struct", ""),
        ("union rv_task_monitor[1]", "rv_task_monitor"),
    ],
)  # fmt: skip
def test_the_tag_of_a_type(type_name: str, tag: str) -> None:
    assert Row(RowKind.MEMBER, "x", type_name, 0, 0, 8).tag == tag


@given(st.lists(st.tuples(st.integers(0, 64), st.integers(0, 96)), max_size=12))
def test_members_that_overlap_or_lie_back_are_no_trouble(places: list[tuple[int, int]]) -> None:
    members = tuple(
        Member(f"m{at}", "char[]", offset * 8, size * 8) for at, (offset, size) in enumerate(places)
    )
    rows = member_rows(StructLayout("s", 200, members))
    assert all(row.size_bits >= 0 for row in rows)
    assert [row.name for row in rows if row.kind is RowKind.MEMBER] == [m.name for m in members]


# -- the model ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", [DEBIAN, BIG_ENDIAN])
def test_qt_finds_no_fault_with_the_models(themes: ThemeManager, kernel: str) -> None:
    model, proxy = MemberModel(themes), MemberFilter()
    proxy.setSourceModel(model)
    fatal = QAbstractItemModelTester.FailureReportingMode.Warning
    testers = [QAbstractItemModelTester(each, fatal) for each in (model, proxy)]
    model.show_rows(rows_of(kernel, "bit2"), 64)
    proxy.look_for("in_")
    proxy.sort(Column.SIZE)
    proxy.show_gaps(False)
    model.show_rows((), 64)
    assert len(testers) == 2


def test_numbers_are_sorted_as_numbers(qtbot: QtBot) -> None:
    panel, _, _ = shown(qtbot, MembersPanel, SIZE)
    for column, number in ((Column.SIZE, "size_bits"), (Column.OFFSET, "offset_bits"),
                           (Column.GAP, "gap_bits")):  # fmt: skip
        panel.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        order = [panel.row_at(panel.proxy.index(at, 0)) for at in range(panel.proxy.rowCount())]
        numbers = [getattr(row, number) for row in order]
        assert numbers == sorted(numbers)
    panel.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert panel.row_at(panel.proxy.index(0, 0)).name == panel.model.rows[0].name


def test_the_field_has_the_colour_of_the_guard_and_its_glyph(qtbot: QtBot) -> None:
    panel, _, themes = shown(qtbot, MembersPanel, SIZE, field="bit1")
    for choice in ("light", "dark"):
        themes.choose(choice)
        guard = themes.theme.role("guard")
        index = panel.model.index(panel.model.row_of("in_page_owner"), Column.NAME)
        assert index.data() == f"{guard.glyph} in_page_owner"
        back = QColor(index.data(Qt.ItemDataRole.BackgroundRole)).name()
        ink = QColor(index.data(Qt.ItemDataRole.ForegroundRole)).name()
        assert back == guard.soft.lower()
        assert contrast(ink, back) >= 4.5


def test_a_row_says_everything_to_a_screen_reader(qtbot: QtBot) -> None:
    panel, _, _ = shown(qtbot, MembersPanel, SIZE, field="bit1")
    index = panel.model.index(panel.model.row_of("in_eventfd"), Column.NAME)
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == (
        "in_eventfd: unsigned int, byte 2,344:11, 1 bit, cache line 36, aligned to at least 4,"
        " moves from 2,344:11 to 2,344:12"
    )


def test_a_type_with_tags_in_it_stays_text(themes: ThemeManager) -> None:
    model = MemberModel(themes)
    model.show_rows((Row(RowKind.MEMBER, "x", "<img src=x>", 0, 0, 8),), 64)
    assert "<img" not in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


# -- filter ---------------------------------------------------------------------------------------


def test_the_filter_takes_text_and_regular_expressions(qtbot: QtBot) -> None:
    panel, _, _ = shown(qtbot, MembersPanel, SIZE)
    panel.filter.setText("^in_.*fault$")
    assert texts(panel, Column.NAME) == ["in_user_fault", "in_lru_fault"]
    panel.filter.setText("IN_MEMSTALL")
    assert texts(panel, Column.NAME) == ["in_memstall"]
    panel.filter.setText("struct llist_head")
    assert "kretprobe_instances" in texts(panel, Column.NAME)
    assert panel.count.text().startswith(f"{panel.proxy.rowCount()} of ")


def test_a_bad_expression_is_looked_for_as_it_stands(qtbot: QtBot) -> None:
    panel, _, _ = shown(qtbot, MembersPanel, SIZE, str(BTF / "debian-6.1-amd64-vmlinux.btf.zst"))
    panel.filter.setText("(*)(")
    assert panel.proxy.pattern_is_plain
    assert all("(*)(" in text for text in texts(panel, Column.TYPE))
    panel.filter.setText("(a+)+$")  # no hang either
    assert not panel.proxy.pattern_is_plain


def test_holes_can_be_hidden(qtbot: QtBot) -> None:
    panel, _, _ = shown(qtbot, MembersPanel, SIZE)
    everything = panel.proxy.rowCount()
    panel.gaps.setChecked(False)
    assert 0 < panel.proxy.rowCount() < everything
    assert not any(text.endswith("unused") for text in texts(panel, Column.NAME))


# -- selection ------------------------------------------------------------------------------------


def test_choosing_a_row_chooses_the_member(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, MembersPanel, SIZE)
    with qtbot.waitSignal(session.member_selected) as got:
        panel.table.selectRow(proxy_row(panel, "in_iowait").row())
    assert got.args == ["in_iowait"]


def test_a_member_chosen_elsewhere_is_shown(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, MembersPanel, SIZE)
    session.select("thread")
    index = panel.table.currentIndex()
    assert panel.row_at(index).name == "thread"
    assert panel.table.viewport().rect().intersects(panel.table.visualRect(index))
    session.select("")
    assert not panel.table.selectionModel().hasSelection()


def test_the_choice_outlives_another_field_and_a_filter(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, MembersPanel, SIZE)
    session.select("in_iowait")
    session.set_field("bit2")
    assert panel.row_at(panel.table.currentIndex()).name == "in_iowait"
    panel.filter.setText("thread")
    assert session.selected == "in_iowait"
    panel.filter.setText("")
    assert panel.row_at(panel.table.currentIndex()).name == "in_iowait"


def test_selected_rows_are_copied_as_text(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, MembersPanel, SIZE, field="bit1")
    session.select("in_memstall")
    chosen = panel.table.selectionModel()
    below = panel.table.currentIndex().siblingAtRow(panel.table.currentIndex().row() + 1)
    flags = QItemSelectionModel.SelectionFlag
    chosen.select(below, flags.Select | flags.Rows)
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "2,344:10  1 bit  in_memstall      unsigned int  36  ≥ 4\n"
        "2,344:11  1 bit  G in_page_owner  unsigned int  36    4"
    )


# -- other structs --------------------------------------------------------------------------------


def test_enter_opens_a_struct_and_the_way_back_is_shown(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, MembersPanel, SIZE)
    assert not panel.back.isVisible()
    session.select("se")
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert session.layout is not None
    assert session.layout.struct.name == "sched_entity"
    assert panel.back.text() == "← task_struct"
    assert "task_struct › struct sched_entity" in panel.title.whole
    session.select("load")
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert panel.back.text() == "← sched_entity"
    QTest.keyClick(panel.table, Qt.Key.Key_Backspace)
    QTest.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert session.layout.struct.name == "task_struct"
    assert not panel.back.isVisible()


def test_enter_on_what_is_no_struct_does_nothing(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, MembersPanel, SIZE)
    session.select("in_iowait")
    with qtbot.assertNotEmitted(session.layout_changed):
        QTest.keyClick(panel.table, Qt.Key.Key_Return)


def test_without_a_kernel_it_says_what_to_do(qtbot: QtBot) -> None:
    panel, _, _ = shown(qtbot, MembersPanel, SIZE, kernel="")
    assert panel.title.whole == "Open a kernel to see its task_struct."
    assert panel.proxy.rowCount() == 0


@pytest.mark.parametrize("scale", [0.8, 3.0])
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_rows_are_high_enough_at_every_scale(qtbot: QtBot, scale: float, choice: str) -> None:
    panel, _, themes = shown(qtbot, MembersPanel, SIZE)
    themes.choose(choice)
    themes.set_scale(scale)
    panel.grab()
    row_px = panel.table.verticalHeader().defaultSectionSize()
    assert row_px > themes.metrics.mono().pixelSize()
    assert row_px == panel.table.rowHeight(0)


def test_the_table_is_named(qtbot: QtBot) -> None:
    panel = MembersPanel(LayoutSession(), ThemeManager())
    qtbot.addWidget(panel)
    assert panel.table.accessibleName()
    assert panel.filter.accessibleName()
    assert isinstance(panel.table, CopyTable)


def test_names_and_types_get_the_room_of_a_table_that_was_hidden(qtbot: QtBot) -> None:
    panel, _, _ = shown(qtbot, MembersPanel, (300, 500))
    panel.hide()
    panel.resize(1100, 500)
    panel.show()
    header, viewport = panel.table.horizontalHeader(), panel.table.viewport()
    qtbot.waitUntil(lambda: header.length() >= viewport.width() - 2)
    assert header.sectionSize(Column.TYPE) > 250
    assert header.sectionSize(Column.MOVES) < 150


def test_columns_that_say_nothing_are_not_shown(qtbot: QtBot) -> None:
    panel, session, _ = shown(qtbot, MembersPanel, (900, 500))
    assert not panel.table.isColumnHidden(Column.MOVES)
    assert panel.table.isColumnHidden(Column.GAP)  # holes are rows
    panel.gaps.setChecked(False)
    assert not panel.table.isColumnHidden(Column.GAP)
    session.set_field("")
    assert panel.table.isColumnHidden(Column.MOVES)


# -- what a lesson points at ----------------------------------------------------------------------


def test_every_member_a_lesson_points_at_is_ringed_apart_from_the_selection(qtbot: QtBot) -> None:
    panel, session, themes = shown(qtbot, MembersPanel, SIZE, field="bit1")
    names = ("in_page_owner", "in_memstall", "in_eventfd")
    session.select("mm")
    session.point(names)
    indexes = [proxy_row(panel, name) for name in names]
    assert all(index.data(POINTED_ROLE) for index in indexes)
    assert not proxy_row(panel, "mm").data(POINTED_ROLE)
    assert panel.row_at(panel.table.currentIndex()).name == "mm"
    view = panel.table.viewport().rect()
    assert view.contains(panel.table.visualRect(indexes[0]))
    told = indexes[1].siblingAtColumn(Column.NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "points" in told
    ring = QColor(themes.theme.focus)
    picture = panel.table.viewport().grab().toImage()
    for index in indexes:
        box = panel.table.visualRect(index)
        assert picture.pixelColor(box.left(), box.center().y()) == ring, index.row()
        assert picture.pixelColor(box.center().x(), box.top()) == ring
    session.point(())
    assert not any(index.data(POINTED_ROLE) for index in indexes)


def test_what_is_pointed_at_is_in_view_when_the_table_is_first_seen(qtbot: QtBot) -> None:
    panel, session, _themes = shown(qtbot, MembersPanel, SIZE, field="bit1")
    panel.hide()
    session.point(("kretprobe_instances", "in_memstall"))
    with qtbot.waitExposed(panel):
        panel.show()
    first = panel.table.visualRect(proxy_row(panel, "kretprobe_instances"))
    assert panel.table.viewport().rect().contains(first.center())


def test_rings_stay_with_their_members_when_rows_are_sorted_or_change(qtbot: QtBot) -> None:
    panel, session, _themes = shown(qtbot, MembersPanel, SIZE, field="bit1")
    session.point(("in_memstall",))
    panel.table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert proxy_row(panel, "in_memstall").data(POINTED_ROLE)
    assert session.set_field("uint")
    pointed = [row for row in range(panel.proxy.rowCount())
               if panel.proxy.index(row, 0).data(POINTED_ROLE)]  # fmt: skip
    assert pointed == [proxy_row(panel, "in_memstall").row()]
