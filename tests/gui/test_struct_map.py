"""The map of a struct: what it shows, how it is moved in, and how the new field is placed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from core.errors import LayoutError
from core.layout.arch import architecture
from core.layout.field import parse_field
from core.layout.model import KernelLayout, Member, StructLayout
from core.layout.sources import btf
from core.layout.what_if import Rules, WhatIf, answer
from core.lesson.covered import COST
from gui.covered import Covered
from gui.geometry.map_grid import Zoom
from gui.geometry.struct_map import Contents, Kind
from gui.theme import DARK, LIGHT, ThemeManager, contrast
from gui.widgets.layout import map_export
from gui.widgets.layout.map import StructMap
from gui.widgets.layout.map_legend import Entry, Legend, present
from gui.widgets.layout.map_scene import alignment
from gui.widgets.layout.map_style import MapStyle

DATA = Path(__file__).parents[1] / "data" / "btf"


class FakeSession(QObject):
    """A layout's session without a window: one struct, one field, one place."""

    layout_changed = Signal()
    answer_changed = Signal()
    member_selected = Signal(str)
    pointed_changed = Signal()

    def __init__(self, layout: KernelLayout | None = None, arch: str = "x86_64") -> None:
        super().__init__()
        self.layout = layout
        self.answer: WhatIf | None = None
        self.line_bytes = 64
        self.selected = ""
        self.pointed: tuple[str, ...] = ()
        self.covered = Covered()
        self.field = ""
        self.places: list[str] = []
        self.forbidden: set[str] = set()
        self._arch = architecture(arch)

    def open(self, layout: KernelLayout | None) -> None:
        self.layout, self.answer = layout, None
        self.layout_changed.emit()

    def ask(self, field: str, place: str = "") -> None:
        self.field = field
        self.answer = self._answer(place)
        self.answer_changed.emit()

    def select(self, member: str) -> None:
        if member != self.selected:
            self.selected = member
            self.member_selected.emit(member)

    def set_place(self, place: str) -> None:
        self.places.append(place)
        self.ask(self.field, place)

    def can_place(self, place: str) -> str:
        if place in self.forbidden:
            return "not there"
        try:
            self._answer(place)
        except LayoutError as error:
            return error.problem
        return ""

    def _answer(self, place: str) -> WhatIf:
        assert self.layout is not None
        asked = id(self.layout), self._arch.name, self.line_bytes, self.field, place
        if asked not in ANSWERS:
            rules = Rules(self._arch, self.line_bytes)
            found = answer(self.layout, parse_field(self.field, self._arch), place, rules)
            ANSWERS[asked] = self.layout, found
        return ANSWERS[asked][1]


ANSWERS: dict[tuple[int, str, int, str, str], tuple[KernelLayout, WhatIf]] = {}
"""With their layouts, so that no other one gets the id."""


@cache
def kernel(name: str = "x86_64-debian-amd64") -> KernelLayout:
    return btf.load(DATA / f"{name}.btf")


def shown(
    qtbot: QtBot,
    themes: ThemeManager,
    session: FakeSession,
    size: tuple[int, int] = (1200, 700),
    zoom: Zoom = Zoom.OVERVIEW,
) -> StructMap:
    themes.set_motion(False)
    view = StructMap(session, themes)
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    view.set_zoom(zoom)
    drawn(view)
    return view


def drawn(view: StructMap) -> QImage:
    """Return the rows as they are drawn now."""
    size = view.viewport().size()
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(image) as painter:
        view.draw(painter)
    return image


def with_bit(place: str = "", field: str = "bit1") -> FakeSession:
    session = FakeSession(kernel())
    session.ask(field, place)
    return session


def middle_of(view: StructMap, name: str) -> QPointF:
    """Return the middle of a member's first cell, in pixels of the view."""
    assert view.scene is not None
    assert view.grid is not None
    index = view.scene.contents.index_of(name)
    box = view.grid.cells_of(view.scene.contents, index)[0].box
    return QPointF(box.left + box.width / 2, box.middle - view.scroll_px)


def mouse(
    view: StructMap,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
) -> None:
    moves = kind is QEvent.Type.MouseMove
    pressed = Qt.MouseButton.NoButton if moves else button
    everywhere = view.viewport().mapToGlobal(at)
    event = QMouseEvent(kind, at, everywhere, pressed, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.viewport(), event)


def drag(view: StructMap, start: QPointF, *way: QPointF) -> None:
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for at in way:
        mouse(view, QEvent.Type.MouseMove, at)


def wheel(view: StructMap, notches: int, at: QPointF, *, ctrl: bool = True) -> None:
    held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def labels(view: StructMap) -> list[str]:
    drawn(view)
    assert view.painted is not None
    return [label.text for label in view.painted.display.labels]


# -- what is shown --------------------------------------------------------------------------------


def test_it_says_how_to_begin(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, FakeSession())
    assert view.scene is None
    assert view.accessibleDescription() == "Open a kernel to see its task_struct."
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_0):
        QTest.keyClick(view, key)
    mouse(view, QEvent.Type.MouseButtonPress, QPointF(50, 50))
    assert view.tip_at(QPointF(50, 50)) == ""


def test_it_follows_what_is_open(qtbot: QtBot, themes: ThemeManager) -> None:
    session = FakeSession()
    view = shown(qtbot, themes, session)
    session.open(kernel("s390x-debian-s390x"))
    assert view.scene is not None
    assert view.scene.title.startswith("struct task_struct  ·  4,608 bytes  ·  72 cache lines")
    assert view.accessibleDescription().endswith("No member is selected.")
    session.open(None)
    assert view.scene is None


def test_the_overview_needs_no_scrolling(qtbot: QtBot, themes: ThemeManager) -> None:
    for size in ((500, 300), (1200, 700), (1920, 1080)):
        view = shown(qtbot, themes, with_bit(), size)
        assert view.verticalScrollBar().maximum() == 0
        assert view.painted is not None
        assert view.scene is not None
        there = {cell.span for cell in view.painted.display.cells}
        assert len(there) == len(view.scene.contents.spans)


def test_names_are_read_at_the_next_zoom(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, with_bit(), zoom=Zoom.NAMES)
    view.scroll_to(0)
    assert {"thread_info", "stack"} <= set(labels(view))
    view.session.select("comm")
    assert "comm" in labels(view)


def fresh(
    qtbot: QtBot, themes: ThemeManager, session: FakeSession, size: tuple[int, int]
) -> StructMap:
    """Return a map whose zoom nobody has chosen."""
    themes.set_motion(False)
    view = StructMap(session, themes)
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    drawn(view)
    return view


def in_view(view: StructMap) -> bool:
    """Return whether the new field is seen."""
    middle = middle_of(view, "in_page_owner").y()
    return 0 <= middle <= view.viewport().height()


def test_it_begins_where_names_can_be_read(qtbot: QtBot, themes: ThemeManager) -> None:
    low = fresh(qtbot, themes, with_bit(), (600, 460))
    assert low.zoom is Zoom.NAMES
    assert "atomic_flags" in labels(low)
    assert in_view(low)
    assert fresh(qtbot, themes, with_bit(), (1900, 1100)).zoom is Zoom.OVERVIEW


def test_a_zoom_that_was_chosen_stays(qtbot: QtBot, themes: ThemeManager) -> None:
    view = fresh(qtbot, themes, with_bit(), (600, 460))
    view.set_zoom(Zoom.OVERVIEW)
    view.resize(620, 470)
    assert view.zoom is Zoom.OVERVIEW


def test_the_new_field_is_in_view_wherever_it_is_put(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = fresh(qtbot, themes, session, (600, 460))
    for place in ("before:thread", "after:comm", "before:atomic_flags"):
        session.set_place(place)
        assert in_view(view), place
    for size in ((600, 300), (420, 300), (900, 500)):
        view.resize(*size)
        assert in_view(view), size


def test_who_has_scrolled_away_is_left_there(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = fresh(qtbot, themes, session, (600, 460))
    view.scroll_to(0)
    assert not in_view(view)
    session.set_place("")  # another answer of the same field in the same place
    assert view.scroll_px == 0


def test_buttons_zoom_as_keys_do(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, with_bit())
    assert not view.buttons.further.isEnabled()
    for expected in (Zoom.NAMES, Zoom.TYPES, Zoom.BITS):
        QTest.mouseClick(view.buttons.nearer, Qt.MouseButton.LeftButton)
        assert view.zoom is expected
    assert not view.buttons.nearer.isEnabled()
    QTest.mouseClick(view.buttons.further, Qt.MouseButton.LeftButton)
    assert view.zoom is Zoom.TYPES


def test_what_it_was_before_stands_in_the_title(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session)
    assert view.scene is not None
    assert "9,792 bytes" in view.scene.title
    assert "→" not in view.scene.title
    session.ask("char x[200]")
    assert "9,792 → 9,984 bytes" in view.scene.title


@pytest.mark.parametrize("field", ["bit1", "uint"])
def test_the_title_does_not_answer_what_a_lesson_asks(
    qtbot: QtBot, themes: ThemeManager, field: str
) -> None:
    session = with_bit(field=field, place="end")
    view = shown(qtbot, themes, session)
    assert view.scene is not None
    open_title = view.scene.title
    session.covered.cover(frozenset({COST}))
    before = f"{session.answer.before.size_bytes:,}" if session.answer else ""
    title = f"struct task_struct  ·  {before} → ? bytes  ·  cache lines of 64"
    assert view.scene.title == title
    assert title.replace("  ·  ", ", ") in view.accessibleDescription()
    session.covered.cover(frozenset())
    assert view.scene.title == open_title != title


def test_a_large_member_that_moved_is_marked_once(qtbot: QtBot, themes: ThemeManager) -> None:
    session = FakeSession(kernel("arm64-rand1"), "arm64")
    session.ask("unsigned int x")
    view = shown(qtbot, themes, session)
    assert view.scene is not None
    assert view.painted is not None
    moved = [span for span in view.scene.contents.spans if span.moved]
    assert max(span.size_bits for span in moved) > 8 * 1000  # many rows of it
    assert len(view.painted.display.moved) <= len(moved)


def test_at_bits_each_bitfield_is_named(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session, zoom=Zoom.BITS)
    session.select("in_page_owner")
    found = labels(view)
    assert {"in_memstall", "in_page_owner", "→ in_eventfd", "frozen"} <= set(found)


def test_the_new_field_pushes_members_on(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit("after:pid", "unsigned int x")
    view = shown(qtbot, themes, session)
    assert view.scene is not None
    assert view.painted is not None
    moved = {span.label for span in view.scene.contents.spans if span.moved}
    assert session.answer is not None
    assert {each.member for each in session.answer.moved} <= {
        name for label in moved for name in label.split("|")
    }
    assert view.painted.display.moved
    assert "→ tgid" in labels(shown(qtbot, themes, session, zoom=Zoom.NAMES)) or "tgid" in moved


def test_the_legend_drops_what_is_not_there_where_it_is_narrow(themes: ThemeManager) -> None:
    style = MapStyle(themes.theme, themes.metrics)
    there = present(Contents(kernel().struct))
    assert there == {Entry.MEMBER, Entry.BITFIELD, Entry.HOLE}
    assert Legend(style, 2000, there).entries == tuple(Entry)
    assert set(Legend(style, 150, there).entries) == there
    assert len(Legend(style, 2000, there).rows) == 1


# -- selecting ------------------------------------------------------------------------------------


def test_a_click_selects(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session, zoom=Zoom.NAMES)
    mouse(view, QEvent.Type.MouseButtonPress, middle_of(view, "thread_info"))
    assert session.selected == "thread_info"
    assert view.accessibleDescription() == (
        "thread_info: type struct thread_info, offset 0 (0x0), size 24 bytes, cache line 0, "
        "alignment at least 8 bytes."
    )
    mouse(view, QEvent.Type.MouseButtonPress, QPointF(5, 5))
    assert session.selected == ""


def test_a_click_on_a_hole_selects_nothing(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    session.select("pid")
    view = shown(qtbot, themes, session, zoom=Zoom.NAMES)
    assert view.scene is not None
    view.scroll_to(0)
    after = middle_of(view, "__state") + QPointF(view.grid.byte_px * 4 if view.grid else 0, 0)
    assert "hole: 4 bytes" in view.tip_at(after)
    mouse(view, QEvent.Type.MouseButtonPress, after)
    assert session.selected == ""


def test_arrow_keys_go_from_member_to_member(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert session.selected == "thread_info"
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert session.selected == "__state"
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert session.selected == "thread_info"
    QTest.keyClick(view, Qt.Key.Key_End)
    assert session.selected == "thread"
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert session.selected == "thread_info"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert session.selected == ""


def test_up_and_down_go_from_row_to_row(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session)
    seen = []
    session.select("thread_info")
    for _ in range(400):
        QTest.keyClick(view, Qt.Key.Key_Down)
        seen.append(session.selected)
    assert seen[-1] == "thread"
    assert view.scene is not None
    offsets = [view.scene.contents.struct.member(name).offset_bits for name in seen]
    assert offsets == sorted(offsets)
    for _ in range(400):
        QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.scene.contents.struct.member(session.selected).offset_bytes < 64


def test_enter_and_a_double_click_choose(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session, zoom=Zoom.NAMES)
    session.select("comm")
    with qtbot.waitSignal(view.chosen) as got:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert got.args == ["comm"]
    with qtbot.waitSignal(view.chosen) as got:
        mouse(view, QEvent.Type.MouseButtonDblClick, middle_of(view, "comm"))
    assert got.args == ["comm"]


def test_it_scrolls_to_what_is_selected(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session, zoom=Zoom.TYPES)
    for name in ("l1d_flush_kill", "thread_info", "comm"):
        session.select(name)
        at = middle_of(view, name)
        assert 0 < at.y() < view.viewport().height()
        assert view.scene is not None
        assert view.scene.contents.spans[view.index_at(at)].label == name


def test_its_keys_are_not_taken_by_commands(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, with_bit())

    def claimed(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, held)
        event.ignore()
        QApplication.sendEvent(view, event)
        return event.isAccepted()

    assert claimed(Qt.Key.Key_Right)
    assert claimed(Qt.Key.Key_0)
    assert not claimed(Qt.Key.Key_Space)
    assert not claimed(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    view.session.select("in_page_owner")
    assert claimed(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)


# -- zoom -----------------------------------------------------------------------------------------


def test_zoom_keeps_the_byte_under_the_mouse(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, with_bit(), zoom=Zoom.NAMES)
    assert view.grid is not None
    view.scroll_to(view.grid.height_px / 2)
    at = QPointF(500, 300)
    bit = view.grid.nearest_bit(at.x(), at.y() + view.scroll_px)
    for notches in (1, 1, -1, -1):
        wheel(view, notches, at)
        assert view.grid is not None
        row = view.grid.row_of(bit)
        top = view.grid.top(row) - view.scroll_px
        assert top - 4 <= at.y() <= top + view.grid.height(row) + 4
    assert view.zoom is Zoom.NAMES


def test_the_wheel_alone_scrolls(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, with_bit(), zoom=Zoom.NAMES)
    wheel(view, -1, QPointF(300, 200), ctrl=False)
    assert view.zoom is Zoom.NAMES
    assert view.scroll_px > 0


def test_keys_zoom_and_0_shows_everything(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, with_bit())
    for expected in (Zoom.NAMES, Zoom.TYPES, Zoom.BITS, Zoom.BITS):
        QTest.keyClick(view, Qt.Key.Key_Plus)
        assert view.zoom is expected
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom is Zoom.TYPES
    QTest.keyClick(view, Qt.Key.Key_0)
    assert int(view.zoom) == Zoom.OVERVIEW


def test_another_scale_lays_it_out_again(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, with_bit(), zoom=Zoom.NAMES)
    assert view.grid is not None
    before = view.grid.row_px
    themes.set_scale(3.0)
    assert view.grid.row_px > before * 2
    themes.set_scale(1.0)


# -- what is said ---------------------------------------------------------------------------------


def test_a_tip_tells_where_a_member_is(qtbot: QtBot, themes: ThemeManager) -> None:
    view = shown(qtbot, themes, with_bit("after:pid", "unsigned int x"), zoom=Zoom.NAMES)
    view.session.select("tgid")
    tip = view.tip_at(middle_of(view, "tgid"))
    for part in ("tgid", "pid_t", "2,424 (0x978)", "4 bytes", "moved from", "2,420 (0x974)"):
        assert part in tip
    assert "unused after it" in tip
    view.session.select("")
    view.scroll_to(0)
    ruler = view.tip_at(QPointF(20, view.grid.top(1) + 4 if view.grid else 0))
    assert ruler == "<b>cache line 1</b><br>bytes 64 to 127<br>0x40 to 0x7f"


def test_a_name_is_not_taken_for_markup(qtbot: QtBot, themes: ThemeManager) -> None:
    member = Member("<b>x", "int &", 0, 32, align_bytes=4)
    layout = KernelLayout("k", "k", "", "", "", StructLayout("s", 8, (member,)))
    view = shown(qtbot, themes, FakeSession(layout), zoom=Zoom.NAMES)
    tip = view.tip_at(middle_of(view, "<b>x"))
    assert "&lt;b&gt;x" in tip
    assert "int &amp;" in tip


def test_alignment_is_told_as_surely_as_it_is_known() -> None:
    known = Member("m", "t", 0, 64, align_bytes=8, align_known=True)
    likely = Member("m", "t", 0, 64, align_bytes=8, least_align_bytes=1)
    inferred = Member("m", "t", 0, 64, align_bytes=8)
    assert alignment(known) == "8 bytes"
    assert alignment(likely) == "likely 8, at least 1 byte"
    assert alignment(inferred) == "at least 8 bytes"


# -- placing the new field ------------------------------------------------------------------------


def test_the_field_is_dragged_to_another_place(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit(field="uint")
    view = shown(qtbot, themes, session, zoom=Zoom.NAMES)
    session.select("page_owner_depth")
    start = middle_of(view, "page_owner_depth")
    target = middle_of(view, "security") + QPointF(20, 0)
    drag(view, start, start + QPointF(30, 0), target)
    assert view.dragging
    assert view.place == "after:security"
    assert view.marks.drop_text == "after security"
    drawn(view)
    mouse(view, QEvent.Type.MouseButtonRelease, target)
    assert session.places == ["after:security"]
    assert not view.dragging


def test_a_forbidden_place_says_why(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit(field="uint")
    view = shown(qtbot, themes, session, zoom=Zoom.NAMES)
    session.select("page_owner_depth")
    start = middle_of(view, "page_owner_depth")
    session.forbidden = {"after:security"}
    target = middle_of(view, "security") + QPointF(20, 0)
    drag(view, start, target)
    assert not view.marks.drop_allowed
    assert view.marks.drop_text == "not there"
    drawn(view)
    mouse(view, QEvent.Type.MouseButtonRelease, target)
    assert session.places == []


def test_esc_lets_the_field_go(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit(field="uint")
    view = shown(qtbot, themes, session, zoom=Zoom.NAMES)
    session.select("page_owner_depth")
    start = middle_of(view, "page_owner_depth")
    drag(view, start, start + QPointF(0, -60))
    assert view.dragging
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.dragging
    mouse(view, QEvent.Type.MouseButtonRelease, start)
    assert session.places == []
    assert session.selected == "page_owner_depth"


def test_a_press_without_a_move_drags_nothing(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session)
    start = middle_of(view, "in_page_owner")
    drag(view, start, start + QPointF(1, 0))
    mouse(view, QEvent.Type.MouseButtonRelease, start)
    assert session.places == []
    assert session.selected == "in_page_owner"


def test_only_the_new_field_is_dragged(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session, zoom=Zoom.NAMES)
    drag(view, middle_of(view, "thread_info"), QPointF(700, 200))
    assert not view.dragging


def test_keys_move_the_field_past_forbidden_places(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit("after:pid", "unsigned int x")
    view = shown(qtbot, themes, session)
    session.select("x")
    alt, ctrl = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(view, Qt.Key.Key_Right, alt)
    assert session.places == ["after:tgid"]
    session.forbidden = {"after:stack_canary"}
    QTest.keyClick(view, Qt.Key.Key_Right, ctrl)
    assert session.places[1:] == ["after:real_parent"]
    QTest.keyClick(view, Qt.Key.Key_Left, alt)
    assert session.places[2:] == ["after:tgid"]
    assert session.selected == "x"


def test_at_the_end_of_the_struct_it_says_so(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit("before:thread_info", "unsigned int x")
    view = shown(qtbot, themes, session)
    session.select("x")
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert session.places == []
    assert view.accessibleDescription().startswith("The struct ends here. ")
    QToolTip.hideText()


def test_every_place_on_the_map_can_be_asked_for(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit(field="uint")
    view = shown(qtbot, themes, session)
    assert view.scene is not None
    contents = view.scene.contents
    for index in contents.members[::7]:
        place, _ = contents.place_at(contents.spans[index].end_bits - 1)
        assert session.can_place(place) == ""


# -- at every size --------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_it_is_drawn_at_every_size(
    qtbot: QtBot, themes: ThemeManager, theme: str, scale: float
) -> None:
    themes.choose(theme)
    themes.set_scale(scale)
    session = with_bit()
    session.select("in_page_owner")
    view = shown(qtbot, themes, session)
    for size in ((300, 200), (500, 300), (1920, 1080)):
        view.resize(*size)
        for zoom in Zoom:
            view.set_zoom(zoom)
            assert not view.grab().isNull()
            assert view.head.height() < view.height() / 2
    themes.set_scale(1.0)
    themes.choose("system")


def test_text_can_be_read_on_every_ground(themes: ThemeManager) -> None:
    for theme in (LIGHT, DARK):
        style = MapStyle(theme, themes.metrics)
        for shade in (0, 1):
            for kind in (Kind.PLAIN, Kind.BITFIELD):
                assert contrast(theme.text, style.ground(kind, shade).name()) >= 4.5
            assert contrast(style.quiet.name(), style.ground(Kind.PLAIN, shade).name()) >= 4.5


def test_one_picture_gives_way_to_the_next(qtbot: QtBot, themes: ThemeManager) -> None:
    session = with_bit()
    view = shown(qtbot, themes, session)
    session.set_place("before:pid")
    assert view.fade.state() is QVariantAnimation.State.Stopped
    themes.set_motion(True)
    session.set_place("after:pid")
    assert view.fade.state() is QVariantAnimation.State.Running
    view.fade.setCurrentTime(60)
    drawn(view)
    themes.set_motion(False)
    assert view.fade.state() is QVariantAnimation.State.Stopped


def test_a_huge_struct_is_scrolled_to_its_end(qtbot: QtBot, themes: ThemeManager) -> None:
    size_bytes = (1 << 32) - 64
    members = (Member("a", "int", 0, 32), Member("z", "int", size_bytes * 8 - 32, 32))
    layout = KernelLayout("k", "k", "", "", "", StructLayout("s", size_bytes, members))
    session = FakeSession(layout)
    view = shown(qtbot, themes, session)
    for zoom in Zoom:
        view.set_zoom(zoom)
        session.select("")
        session.select("z")
        drawn(view)
        assert 0 < middle_of(view, "z").y() <= view.viewport().height()
    with pytest.raises(LayoutError, match="take the map as text"):
        map_export.svg(session, themes)
    assert "hole" in map_export.text(session)


@pytest.mark.parametrize("members", [(), (Member("none", "struct none", 0, 0),)])
def test_a_struct_without_bytes_does_no_harm(
    qtbot: QtBot, themes: ThemeManager, members: tuple[Member, ...]
) -> None:
    session = FakeSession(KernelLayout("k", "k", "", "", "", StructLayout("s", 0, members)))
    view = shown(qtbot, themes, session)
    for zoom in Zoom:
        view.set_zoom(zoom)
        drawn(view)
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End):
            QTest.keyClick(view, key)
        for at in (QPointF(5, 5), QPointF(400, 20), QPointF(400, 400)):
            mouse(view, QEvent.Type.MouseMove, at)
            mouse(view, QEvent.Type.MouseButtonPress, at)
            view.tip_at(at)
        wheel(view, 1, QPointF(300, 300))
    assert map_export.svg(session, themes).startswith(b"<?xml")
    assert "0 bytes" in map_export.text(session)


def test_the_field_alone_in_a_struct_has_nowhere_to_go(qtbot: QtBot, themes: ThemeManager) -> None:
    session = FakeSession(KernelLayout("k", "k", "", "", "", StructLayout("s", 0, ())))
    session.ask("unsigned int x", "end")
    view = shown(qtbot, themes, session, zoom=Zoom.NAMES)
    drag(view, middle_of(view, "x"), QPointF(600, 300))
    assert not view.marks.drop_allowed
    drawn(view)
    mouse(view, QEvent.Type.MouseButtonRelease, QPointF(600, 300))
    assert session.places == []


# -- as a picture, as text ------------------------------------------------------------------------


def test_it_is_exported_as_svg_and_png(themes: ThemeManager) -> None:
    session = with_bit()
    picture = map_export.svg(session, themes)
    root = ElementTree.fromstring(picture)
    texts = {"".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("text")}
    assert {"thread_info", "stack_canary"} <= texts
    small, large = (QImage.fromData(map_export.png(session, themes, scale)) for scale in (1, 2))
    assert not small.isNull()
    assert large.width() > small.width() * 1.8
    with pytest.raises(LayoutError, match="no struct"):
        map_export.png(FakeSession(), themes)
    with pytest.raises(LayoutError, match="scale"):
        map_export.png(session, themes, 1000)


def test_it_is_exported_as_text() -> None:
    session = with_bit("after:pid", "unsigned int x")
    lines = map_export.text(session).splitlines()
    assert lines[0].endswith("struct task_struct, 9,792 bytes, 153 cache lines of 64")
    found = {line.split()[2]: line.split()[:2] for line in lines[3:] if "--" not in line}
    assert found["pid"] == ["2416", "4"]
    assert found["x"] == ["2420", "4"]
    assert found["in_memstall"] == ["2345:2", ":1"]
    assert any("<hole>" in line for line in lines)
    assert any("tgid" in line and "moved by 4 bytes from 2420" in line for line in lines)
