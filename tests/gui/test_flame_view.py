"""The flame graph under real hands: what is drawn is what is hit, and there is always a way out."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.errors import OwnerscopeError
from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.questions.call_tree import CallTree
from core.recording.questions.subsystem import NAMES
from gui.theme import DARK, LIGHT, SCALES, Theme, ThemeManager, contrast
from gui.widgets.flame import export
from gui.widgets.flame.canvas import NOTHING_LEFT, NOTHING_TO_SHOW
from gui.widgets.flame.colours import FlameColours, _subsystem_hue, rgb
from gui.widgets.flame.sandwich import SandwichView
from gui.widgets.flame.view import FlameView
from gui.widgets.flame.words import (
    change_sign,
    change_text,
    frame_lines,
    offsets_by_name,
    offsets_text,
    share_text,
    weight_text,
)
from tests.gui.timeline_stands import drag, wheel

KEY, HELD, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
STACKS = {
    "start;ksys_read;ext4_read;__alloc_pages;get_page_from_freelist": 40,
    "start;ksys_read;ext4_read;kmalloc;__alloc_pages;get_page_from_freelist": 20,
    "start;do_fork;dup_task_struct;__alloc_pages;get_page_from_freelist": 25,
    "start;do_fork": 5,
    "kthread;nvme_probe;kmalloc;__alloc_pages;save_stack": 9,
    "tiny": 1,
}
BASE = {
    "start;ksys_read;ext4_read;__alloc_pages;get_page_from_freelist": 20,
    "start;do_fork;dup_task_struct;__alloc_pages;get_page_from_freelist": 50,
    "start;gone_now": 30,
}


def profile_of(stacks: dict[str, int]) -> StackProfile:
    builder = ProfileBuilder(ProfileInfo("test"))
    for stack, pages in stacks.items():
        frames = [Frame(n, n, "nvme" if "nvme" in n else "") for n in stack.split(";")]
        builder.add(frames, weights={"pages": pages})
    return builder.build()


class Model(QObject):
    """A profile and how it is looked at, as the recording session has it."""

    tree_changed = Signal()
    look_changed = Signal()
    search_changed = Signal()
    selection_changed = Signal()

    def __init__(self, stacks: dict[str, int] | None, base: dict[str, int] | None = None) -> None:
        super().__init__()
        self.weight, self.search, self.function = "pages", "", ""
        self.upward, self.normalised, self.selected = False, False, -1
        self.growing = False
        self.colouring = "diff" if base is not None else "subsystem"
        self.shown: StackProfile | None = None
        self.shown_base = profile_of(base) if base is not None else None
        self.tree: CallTree | None = None
        self.show(stacks)

    def show(self, stacks: dict[str, int] | None) -> None:
        self.shown = profile_of(stacks) if stacks is not None else None
        self.tree = None
        if self.shown is not None:
            self.tree = CallTree.of(self.shown, "pages", self.shown_base)
        self.selected = -1
        self.tree_changed.emit()

    def look_for(self, pattern: str) -> None:
        self.search = pattern
        self.search_changed.emit()

    def look(self, **how: object) -> None:
        for name, value in how.items():
            setattr(self, name, value)
        self.look_changed.emit()

    def select(self, node: int) -> None:
        self.selected = node
        if node >= 0 and self.tree is not None:
            self.function = self.tree.name_of(node)
        self.selection_changed.emit()

    def select_function(self, function: str) -> None:
        self.function, self.selected = function, -1
        self.selection_changed.emit()


class Stand:
    """A flame graph, shown."""

    def __init__(self, qtbot: QtBot, model: Model, size: tuple[int, int] = (1000, 420)) -> None:
        self.model, self.themes = model, ThemeManager()
        self.view = FlameView(model, self.themes)
        self.canvas = self.view.canvas
        qtbot.addWidget(self.view)
        self.view.resize(*size)
        with qtbot.waitExposed(self.view):
            self.view.show()

    @property
    def tree(self) -> CallTree:
        assert self.canvas.tree is not None
        return self.canvas.tree

    def node(self, path: str) -> int:
        node = self.tree.find(path.split(";"))
        assert node is not None
        return node

    def point(self, path: str) -> QPoint:
        """Return the middle of where a frame is drawn."""
        scene = self.canvas.scene()
        assert scene is not None
        rect = scene.rect_of(self.node(path))
        assert rect is not None
        return rect.center().toPoint()

    def click(self, path: str) -> None:
        QTest.mouseClick(self.canvas, LEFT, HELD.NoModifier, self.point(path))

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.canvas, key)

    @property
    def looked_into(self) -> str:
        assert self.canvas.zoom is not None
        return self.tree.name_of(self.canvas.zoom.node)

    @property
    def focused(self) -> str:
        return self.tree.name_of(self.canvas.focused) if self.canvas.focused >= 0 else ""

    def pixels(self) -> npt.NDArray[np.uint32]:
        """Return the picture without what lies over the frames, as 0xffrrggbb."""
        scene = self.canvas.scene()
        assert scene is not None
        image = scene._boxes()
        flat = np.frombuffer(image.constBits(), np.uint32)
        return flat.reshape(image.height(), image.width()).copy()

    def colour_at(self, point: QPoint) -> int:
        return int(self.pixels()[point.y(), point.x()])


@pytest.fixture
def stand(qtbot: QtBot) -> Stand:
    return Stand(qtbot, Model(STACKS))


@pytest.fixture
def diff(qtbot: QtBot) -> Stand:
    return Stand(qtbot, Model(STACKS, BASE))


# -- what is drawn --------------------------------------------------------------------------


@pytest.mark.parametrize("upward", [False, True])
def test_what_is_hit_is_what_is_drawn(stand: Stand, upward: bool) -> None:
    stand.model.look(upward=upward)
    scene = stand.canvas.scene()
    assert scene is not None
    for node in range(len(stand.tree)):
        rect = scene.rect_of(node)
        assert rect is not None
        assert scene.node_at(rect.center()) == node
    assert scene.node_at(QPointF(999.5, 19 if not upward else 370)) in (0, None)


def test_the_root_is_at_the_foot_of_a_flame_graph_and_on_top_of_an_icicle(stand: Stand) -> None:
    assert stand.point("start").y() < stand.point("start;ksys_read").y()
    stand.model.look(upward=True)
    assert stand.point("start").y() > stand.point("start;ksys_read").y()
    assert stand.point("start").y() > stand.canvas.height() - 60


def test_a_frame_thinner_than_a_pixel_is_seen(qtbot: QtBot) -> None:
    stand = Stand(qtbot, Model({"a": 500_000, "save_stack": 1, "b": 499_999}))
    role = stand.themes.theme.role("page_owner").colour
    y = stand.point("a").y()
    assert (stand.pixels()[y] == rgb(role)).sum() == 1


def test_subsystems_have_the_colours_of_the_theme(stand: Stand) -> None:
    theme = stand.themes.theme
    path = "start;ksys_read;ext4_read;__alloc_pages"
    assert stand.colour_at(stand.point(path)) == rgb(theme.role("allocator").colour)


def test_colours_by_function_and_module_are_the_same_for_the_same_name(stand: Stand) -> None:
    same = ("start;ksys_read;ext4_read;__alloc_pages",
            "start;do_fork;dup_task_struct;__alloc_pages")  # fmt: skip
    stand.model.look(colouring="function")
    one, other = (stand.colour_at(stand.point(path)) for path in same)
    assert one == other
    stand.model.look(colouring="module")
    kernel, module = (stand.colour_at(stand.point(p)) for p in ("start", "kthread;nvme_probe"))
    assert kernel != module


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("colouring", ["subsystem", "module", "function", "diff"])
def test_names_can_be_read_on_every_colour(theme: Theme, colouring: str) -> None:
    tree = CallTree.of(profile_of(STACKS), "pages", profile_of(BASE))
    colours = FlameColours(theme, tree, colouring)
    for kind, row in enumerate(colours.fills.tolist()):
        for at, fill in enumerate(row):
            ink = colours.inks[kind][at].name()
            assert contrast(ink, f"#{fill & 0xFFFFFF:06x}") >= 4.2, (kind, fill)


@pytest.mark.parametrize("scale", [SCALES[0], 1.0, SCALES[-1]])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_labels_never_stick_out_of_their_frames(stand: Stand, scale: float, theme: str) -> None:
    stand.themes.choose(theme)
    stand.themes.set_scale(scale)
    stand.canvas.settle()
    scene = stand.canvas.scene()
    assert scene is not None
    boxes = stand.pixels()
    flat = np.frombuffer(scene.image.constBits(), np.uint32).reshape(boxes.shape)
    (lines, columns) = np.nonzero(flat != boxes)
    assert len(lines)
    run = scene.labelled
    for row, begin, end in zip(run.row.tolist(), run.begin.tolist(), run.end.tolist(), strict=True):
        top = scene.rows.top_of(scene.cells.depths[row])
        inside = (lines >= top) & (lines < top + scene.rows.row)
        inside &= (columns >= begin) & (columns < end - 1)
        lines, columns = lines[~inside], columns[~inside]
    assert not len(lines)
    stand.themes.set_scale(1.0)


def test_an_empty_view_says_why(qtbot: QtBot) -> None:
    stand = Stand(qtbot, Model(None))
    assert stand.canvas.empty_text == NOTHING_TO_SHOW
    assert stand.canvas.accessibleDescription() == NOTHING_TO_SHOW
    assert not stand.view.path_bar.button.isEnabled()
    for act in (stand.view.whole, stand.view.back, stand.view.next_hit):
        act()
    stand.press(KEY.Key_Up, KEY.Key_Return, KEY.Key_Escape)
    stand.model.show({})
    assert stand.canvas.empty_text == NOTHING_LEFT
    stand.model.show(STACKS)
    assert stand.canvas.tree is not None


def test_a_view_that_moves_is_half_as_fine_until_it_rests(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.widgets.flame.scene.MANY_NODES", 2)
    stand.view.zoom_by(0.9)
    scene = stand.canvas.scene()
    assert scene is not None
    assert scene.column_px == 2
    assert scene.image.width() == stand.canvas.width()
    stand.canvas.settle()
    scene = stand.canvas.scene()
    assert scene is not None
    assert scene.column_px == 1


def test_the_legend_says_what_takes_most_of_the_picture_first(stand: Stand, qtbot: QtBot) -> None:
    legend = stand.view.legend
    assert {meaning.label for meaning in legend.meanings} >= {"Page allocator", "Slab", "Other"}
    fills = {meaning.label: meaning.fill for meaning in legend.meanings}
    assert fills["Slab"] == stand.themes.theme.role("slab").colour
    assert len(set(fills.values())) == len(legend.meanings)
    drawn = _texts(export.svg(stand.canvas, stand.themes))
    assert "Page allocator" in drawn
    stand.model.look(colouring="function")
    assert legend.isHidden()
    stand.model.look(colouring="module")
    assert [meaning.label for meaning in legend.meanings] == ["kernel", "nvme"]
    compared = Stand(qtbot, Model(STACKS, BASE)).view.legend
    assert [m.label for m in compared.meanings] == ["gone or less", "the same", "new or more"]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_no_two_subsystems_look_the_same(theme: Theme) -> None:
    fills = {_subsystem_hue(theme, name) for name in NAMES}
    assert len(fills) == len(NAMES)


# -- zooming and the way out ----------------------------------------------------------------


def test_a_click_looks_into_a_frame_and_its_callers_stay_faded(stand: Stand) -> None:
    before = stand.colour_at(stand.point("start"))
    stand.click("start;do_fork")
    assert stand.looked_into == "do_fork"
    scene = stand.canvas.scene()
    assert scene is not None
    for path in ("start", "start;do_fork"):
        rect = scene.rect_of(stand.node(path))
        assert rect is not None
        assert rect.width() == pytest.approx(stand.canvas.width())
    assert stand.colour_at(stand.point("start")) != before
    assert stand.model.selected == stand.node("start;do_fork")


@pytest.mark.parametrize("key", [KEY.Key_Escape, KEY.Key_Backspace])
def test_escape_goes_back_step_by_step(stand: Stand, key: Qt.Key) -> None:
    stand.click("start")
    stand.click("start;do_fork;dup_task_struct")
    stand.press(key)
    assert stand.looked_into == "start"
    stand.press(key)
    assert stand.looked_into == "all"
    assert not stand.view.path_bar.button.isEnabled()


def test_the_button_leads_out(stand: Stand) -> None:
    button = stand.view.path_bar.button
    assert not button.isEnabled()
    stand.click("start;do_fork")
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)
    assert stand.looked_into == "all"
    stand.press(KEY.Key_Escape)
    assert stand.looked_into == "do_fork"


def test_the_path_is_said_and_each_step_leads_there(stand: Stand) -> None:
    stand.click("start;do_fork;dup_task_struct")
    path = stand.view.path_bar.path
    said = [text for text, _ in path.steps]
    assert said == ["all", "start", "do_fork", "dup_task_struct  25 pages, 25.0 %"]
    rect = path.rect_of(stand.node("start"))
    assert rect is not None
    QTest.mouseClick(path, LEFT, HELD.NoModifier, rect.center().toPoint())
    assert stand.looked_into == "start"


def test_a_long_path_keeps_its_end(stand: Stand) -> None:
    stand.view.resize(420, 400)
    stand.view.look_into(stand.node("start;do_fork;dup_task_struct;__alloc_pages"))
    path = stand.view.path_bar.path
    (more, up), *_, (last, node) = path.steps
    assert more == "…"
    assert up in stand.tree.path(node)
    assert last.startswith("__alloc")
    right = max(rect.right() for rect, _, _ in path._steps)
    assert right <= path.width()


def test_the_wheel_zooms_where_the_mouse_is(stand: Stand) -> None:
    zoom = stand.canvas.zoom
    assert zoom is not None
    point = stand.point("start;do_fork")
    share = point.x() / stand.canvas.width()
    under = zoom.view.first + share * zoom.view.width
    wheel(stand.canvas, point, 3)
    assert zoom.view.width < 60
    assert zoom.view.first + share * zoom.view.width == pytest.approx(under)
    assert stand.view.path_bar.button.isEnabled()
    wheel(stand.canvas, point, -30)
    assert zoom.is_whole


def test_a_drag_moves_and_does_not_click(stand: Stand) -> None:
    stand.view.zoom_by(0.5)
    zoom = stand.canvas.zoom
    assert zoom is not None
    before = zoom.view
    drag(stand.canvas, QPoint(600, 30), QPoint(400, 30))
    assert zoom.view.first - before.first == pytest.approx(0.2 * before.width)
    assert zoom.node == 0
    stand.view.pan_by(-0.2)
    assert zoom.view.first == pytest.approx(before.first)


def test_another_tree_keeps_what_is_looked_into_where_it_has_it(stand: Stand) -> None:
    stand.click("start;do_fork")
    stand.model.show({**STACKS, "start;new": 3})
    assert stand.looked_into == "do_fork"
    stand.model.show({"kthread": 3})
    assert stand.looked_into == "all"
    assert not stand.view.back()


def test_deep_stacks_scroll(qtbot: QtBot) -> None:
    stand = Stand(qtbot, Model({";".join(f"f{at}" for at in range(100)): 1}), (500, 300))
    stand.press(KEY.Key_PageDown)
    assert stand.canvas.rows.scrolled > 100
    wheel(stand.canvas, QPoint(50, 50), 100, held=HELD.AltModifier)
    assert stand.canvas.rows.scrolled == 0
    stand.canvas.focus_node(90)
    assert 90 in stand.canvas.rows.visible
    stand.model.look(upward=True)
    assert stand.canvas.rows.scrolled == 0
    drag(stand.canvas, QPoint(100, 50), QPoint(100, 150))
    assert stand.canvas.rows.scrolled == pytest.approx(100)


# -- keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upward", "deeper", "back"),
    [(False, KEY.Key_Down, KEY.Key_Up), (True, KEY.Key_Up, KEY.Key_Down)],
)
def test_the_arrows_walk_through_the_frames(
    stand: Stand, upward: bool, deeper: Qt.Key, back: Qt.Key
) -> None:
    stand.model.look(upward=upward)
    seen = []
    for key in (deeper, deeper, deeper, KEY.Key_Right, KEY.Key_Left, back, KEY.Key_Right):
        stand.press(key)
        seen.append(stand.focused)
    assert seen == ["all", "start", "ksys_read", "do_fork", "ksys_read", "start", "kthread"]
    assert stand.model.selected == stand.node("kthread")


def test_enter_looks_into_the_focused_frame(stand: Stand) -> None:
    stand.canvas.focus_node(stand.node("start;do_fork"))
    stand.press(KEY.Key_Return)
    assert stand.looked_into == "do_fork"
    stand.press(KEY.Key_Home)
    assert stand.looked_into == "all"


def test_the_focused_frame_is_said(stand: Stand) -> None:
    stand.canvas.focus_node(stand.node("kthread;nvme_probe"))
    said = stand.canvas.accessibleDescription()
    assert said.startswith("nvme_probe. 9 pages, 9.0 % of all, 100 % of its caller. module nvme")
    assert said.endswith("level 2 of 6")
    assert stand.canvas.accessibleName() == "Flame graph"


def test_the_selection_of_the_model_is_the_focus(stand: Stand) -> None:
    stand.view.look_into(stand.node("kthread"))
    stand.model.select(stand.node("start;do_fork;dup_task_struct"))
    assert stand.focused == "dup_task_struct"
    scene = stand.canvas.scene()
    assert scene is not None
    assert scene.rect_of(stand.canvas.focused) is not None


def test_a_menu_is_asked_for_by_mouse_and_by_key(stand: Stand, qtbot: QtBot) -> None:
    point = stand.point("start;do_fork")
    where = stand.canvas.mapToGlobal(point)
    reasons = QContextMenuEvent.Reason
    with qtbot.waitSignal(stand.view.menu_asked) as got:
        QApplication.sendEvent(stand.canvas, QContextMenuEvent(reasons.Mouse, point, where))
    assert got.args == ["do_fork", where]
    stand.canvas.focus_node(stand.node("start"))
    with qtbot.waitSignal(stand.view.menu_asked) as got:
        QApplication.sendEvent(stand.canvas, QContextMenuEvent(reasons.Keyboard, QPoint(), where))
    assert got.args == ["start", stand.canvas.mapToGlobal(stand.point("start"))]


# -- searching ------------------------------------------------------------------------------


def test_hits_stand_out_and_the_rest_steps_back(stand: Stand) -> None:
    theme = stand.themes.theme
    plain = stand.colour_at(stand.point("start"))
    stand.model.look_for("^KMALLOC|fork")
    assert stand.view.matched_share() == pytest.approx(0.30)
    stand.model.look_for("kmalloc|fork")
    assert stand.view.matched_share() == pytest.approx(0.59)
    assert stand.colour_at(stand.point("start;do_fork")) == rgb(theme.accent)
    assert stand.colour_at(stand.point("start")) != plain
    stand.model.look_for("")
    assert stand.colour_at(stand.point("start")) == plain
    assert stand.view.matched_share() is None


def test_a_hit_among_others_in_a_pixel_is_seen(qtbot: QtBot) -> None:
    crowd = {f"a;f{at:05}": 1 for at in range(20_000)}
    stand = Stand(qtbot, Model(crowd))
    stand.model.look_for("^f01234$")
    accent = rgb(stand.themes.theme.accent)
    assert (stand.pixels() == accent).any(axis=0).sum() == 1


def test_a_pattern_that_is_none_finds_nothing(stand: Stand) -> None:
    stand.model.look_for("fork(")
    assert stand.view.matched_share() is None
    assert not stand.view.next_hit()


def test_hits_are_walked_through_and_round(stand: Stand) -> None:
    stand.model.look_for("kmalloc")
    found = []
    for _ in range(3):
        assert stand.view.next_hit()
        found.append(";".join(stand.tree.path_names(stand.canvas.focused)))
    assert found[0] == found[2] != found[1]
    stand.view.next_hit(-1)
    assert ";".join(stand.tree.path_names(stand.canvas.focused)) == found[1]


# -- comparing ------------------------------------------------------------------------------


def test_more_is_of_one_colour_less_of_the_other_and_gone_is_still_there(diff: Stand) -> None:
    theme = diff.themes.theme
    scene = diff.canvas.scene()
    assert scene is not None
    rect = scene.rect_of(diff.node("start;gone_now"))
    assert rect is not None
    assert rect.width() > 1
    assert diff.colour_at(rect.center().toPoint()) == rgb(theme.only_b.colour)
    assert diff.colour_at(diff.point("kthread")) == rgb(theme.only_a.colour)
    colours = FlameColours(theme, diff.tree, "diff")
    paths = ("start;ksys_read", "start;do_fork", "start;gone_now", "kthread")
    changes = colours.changes(np.array([diff.node(path) for path in paths]))
    assert changes.tolist() == pytest.approx([2 / 3, -0.4, -1, 1])


def test_a_comparison_of_shares_takes_the_sizes_out(qtbot: QtBot) -> None:
    stand = Stand(qtbot, Model({"a": 50, "b": 50}, {"a": 10, "b": 10}))
    calm = stand.colour_at(stand.point("a"))
    stand.model.look(normalised=True)
    assert stand.colour_at(stand.point("a")) != calm
    colours = FlameColours(stand.themes.theme, stand.tree, "diff", normalised=True)
    assert colours.changes(np.arange(3)).tolist() == pytest.approx([0, 0, 0])


def test_a_change_is_a_second_sign_and_is_never_cut(diff: Stand) -> None:
    lines = frame_lines(diff.tree, diff.node("start;do_fork"), theme=LIGHT)
    assert "Before: 50 pages, 50.0 % of all" in lines
    assert "Change: −40 %, 20 pages less; its share: −40 %" in lines
    title, *drawn = _texts(export.svg(diff.canvas, diff.themes))
    assert title == "Flame graph, 100 pages"
    assert any(text.startswith("new  kt") for text in drawn)
    told = r"(new|gone|×\d+|[+−][\d.]+ %)(  .*)?$|[+✕▲▼]( .*)?$|[a-z_]"
    assert all(re.match(told, text) for text in drawn)


def test_a_narrow_frame_of_a_comparison_keeps_its_name_and_a_narrower_one_its_sign(
    qtbot: QtBot,
) -> None:
    new = {"wide_function": 900, "narrow_function": 80, "thin_function": 20}
    base = {"wide_function": 500, "narrow_function": 71, "thin_function": 30}
    stand = Stand(qtbot, Model(new, base))
    stand.canvas.settle()
    drawn = _texts(export.svg(stand.canvas, stand.themes))
    assert any(text.startswith("+80 %  wide_") for text in drawn)
    assert any(text.startswith("▲ nar") for text in drawn)
    assert "▼" in drawn


def test_every_change_has_its_sign() -> None:
    changes = ("new", "gone", "+50 %", "×118", "−1.0 %", "same", "")
    assert [change_sign(change) for change in changes] == ["+", "✕", "▲", "▲", "▼", "", ""]


# -- words ----------------------------------------------------------------------------------


def test_a_frame_in_words(stand: Stand) -> None:
    assert frame_lines(stand.tree, stand.node("start;do_fork"), theme=LIGHT, together=3) == [
        "do_fork",
        "30 pages, 30.0 % of all, 33.3 % of its caller",
        "kernel, programs (inferred)",
        "5 pages of it ends here, 5.0 % of all",
        "One of 3 frames at this pixel; zoom in to tell them apart",
    ]


def test_the_tool_tip_says_at_which_offsets_a_function_was_seen(stand: Stand) -> None:
    texts = [f"do_fork+0x{at:x}/0x100" for at in (0x20, 0x9, 0x9, 0x30, 0x40, 0x50)]
    frames = [Frame("do_fork", text) for text in texts] + [Frame("plain", "plain")]
    found = offsets_by_name(frames)
    assert found.keys() == {"do_fork"}
    lines = frame_lines(
        stand.tree, stand.node("start;do_fork"), theme=LIGHT, offsets=found["do_fork"]
    )
    assert "Seen at +0x9/0x100, +0x20/0x100, +0x30/0x100, +0x40/0x100 and 1 more" in lines
    assert offsets_text(["+0x9"]) == "Seen at +0x9"


def test_the_offsets_are_those_of_the_records_that_are_shown(stand: Stand) -> None:
    assert not stand.canvas.offsets_of("do_fork")
    builder = ProfileBuilder(ProfileInfo("test"))
    builder.add([Frame("do_fork", "do_fork+0x9/0x100")], weights={"pages": 1})
    stand.model.shown = builder.build()
    stand.model.tree_changed.emit()
    assert stand.canvas.offsets_of("do_fork") == ["+0x9/0x100"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (weight_text("pages", 1), "1 page"),
        (weight_text("records", 97_257), "97,257 records"),
        (weight_text("bytes", 3 << 20), "3.00 MiB"),
        (weight_text("bytes", 12), "12 bytes"),
        (weight_text("ns", 1_240), "1.24 µs"),
        (share_text(1, 3), "33.3 %"),
        (share_text(1, 200), "0.50 %"),
        (share_text(1, 10**6), "< 0.01 %"),
        (share_text(0, 0), "0 %"),
        (change_text(3, 2), "+50 %"),
        (change_text(99, 100), "−1.0 %"),
        (change_text(1, 0), "new"),
        (change_text(0, 1), "gone"),
        (change_text(1, 1), "same"),
        (change_text(118, 1), "×118"),
    ],
)
def test_numbers_in_words(said: str, text: str) -> None:
    assert said == text


# -- pictures -------------------------------------------------------------------------------


def _texts(drawing: bytes) -> list[str]:
    return re.findall(r"<text[^>]*>\s*(.*?)\s*</text>", drawing.decode(), re.DOTALL)


def test_a_drawing_has_shapes_and_names_and_no_picture(stand: Stand) -> None:
    drawing = export.svg(stand.canvas, stand.themes, "dump.txt")
    assert b"<image" not in drawing
    texts = _texts(drawing)
    assert "dump.txt, 100 pages" in texts
    assert any(text.startswith("ksys_read") for text in texts)


def test_a_picture_is_twice_as_fine(stand: Stand, tmp_path: Path) -> None:
    export.save(stand.canvas, stand.themes, tmp_path / "a.png")
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() == 2 * stand.canvas.width()
    export.save(stand.canvas, stand.themes, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")
    with pytest.raises(OwnerscopeError, match="svg"):
        export.save(stand.canvas, stand.themes, tmp_path / "a.gif")
    with pytest.raises(OwnerscopeError, match="another place"):
        export.save(stand.canvas, stand.themes, tmp_path / "none" / "a.png")


# -- the sandwich ---------------------------------------------------------------------------


@pytest.fixture
def sandwich(qtbot: QtBot) -> SandwichView:
    view = SandwichView(Model(STACKS), ThemeManager())
    qtbot.addWidget(view)
    view.resize(900, 600)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_a_sandwich_is_a_function_between_callers_and_callees(sandwich: SandwichView) -> None:
    assert sandwich.callers.tree is None
    assert "Choose a function" in sandwich.callers.empty_text
    sandwich.model.select_function("kmalloc")
    callers, callees = sandwich.callers.tree, sandwich.callees.tree
    assert callers is not None
    assert callees is not None
    assert callers.name_of(0) == callees.name_of(0) == "kmalloc"
    assert callers.whole == callees.whole == 29
    assert [callers.name_of(n) for n in callers.children_of(0)] == ["ext4_read", "nvme_probe"]
    assert [callees.name_of(n) for n in callees.children_of(0)] == ["__alloc_pages"]
    assert (sandwich.callers.upward, sandwich.callees.upward) == (True, False)
    said = "kmalloc  kernel: 29 pages with all it calls, 29.0 % of all; 0 pages in itself"
    assert sandwich.title.whole == said


def test_a_function_of_a_sandwich_can_be_gone_to(sandwich: SandwichView, qtbot: QtBot) -> None:
    sandwich.model.select_function("kmalloc")
    canvas = sandwich.callers
    scene = canvas.scene()
    assert scene is not None
    rect = scene.rect_of(1)
    assert rect is not None
    QTest.mouseClick(canvas, LEFT, HELD.NoModifier, rect.center().toPoint())
    assert sandwich.model.function == "kmalloc"
    QTest.mouseDClick(canvas, LEFT, HELD.NoModifier, rect.center().toPoint())
    assert sandwich.model.function == "ext4_read"


def test_hits_stand_out_in_a_sandwich_too(sandwich: SandwichView) -> None:
    model = sandwich.model
    assert isinstance(model, Model)
    model.look_for("nvme")
    model.select_function("kmalloc")
    callers, callees = sandwich.callers, sandwich.callees
    assert callers.tree is not None
    assert callers.found is not None
    assert np.flatnonzero(callers.tree.having(callers.found)).tolist() == [2]
    assert callees.tree is not None
    assert callees.found is not None
    assert not callees.tree.having(callees.found).any()


def test_a_function_that_is_on_no_stack_is_said_to_be(sandwich: SandwichView) -> None:
    sandwich.model.select_function("vfree")
    assert sandwich.callers.empty_text == "No stack that is shown holds vfree."
    assert sandwich.callers.tree is None
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        sandwich.callers.draw(painter)
