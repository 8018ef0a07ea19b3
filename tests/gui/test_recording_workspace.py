"""The Recordings workspace in the window: opening, keys, panels, comparing, and handing over."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

import resources
from core.recording.opening import Recording, open_recording
from gui.actions import ActionRegistry
from gui.app import _add_workspaces
from gui.commands import COMMANDS
from gui.controller import Controller, is_recording
from gui.recording_examples import EXAMPLES
from gui.recording_look import BY_MODULE, HEAVY, SANDWICH, TIME
from gui.settings import Settings
from gui.theme import SCALES, ThemeManager
from gui.widgets.recordings.difference import DifferencePanel
from gui.widgets.recordings.filter_field import offers
from gui.widgets.recordings.frame_menu import frame_menu
from gui.widgets.recordings.notes import NotesPanel
from gui.widgets.recordings.progress import ReadingProgress
from gui.widgets.recordings.top import TopPanel
from gui.widgets.recordings.what_if import WhatIfPanel
from gui.widgets.treemap.view import TreemapPanel
from gui.window import MainWindow
from gui.workspaces.recordings import RecordingsWorkspace

pytestmark = pytest.mark.usefixtures("undressed")

PATHS = {example.name: example.path for example in EXAMPLES}
DATA = Path(__file__).parents[1] / "data"
KEY = Qt.Key


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Controller:
    settings = Settings(tmp_path / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    made = Controller(window)
    _add_workspaces(window, made)
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    window.show_workspace("recordings")
    return made


@cache
def example(name: str) -> Recording:
    return open_recording(PATHS[name])


def opened(controller: Controller, name: str) -> RecordingsWorkspace:
    """Open an example as it comes from the process that reads, without waiting for one."""
    reader = controller.recordings.reader
    reader.started.emit(PATHS[name])
    reader.finished.emit(example(name))
    assert controller.recordings.title == PATHS[name].name
    return page(controller)


def page(controller: Controller) -> RecordingsWorkspace:
    found = controller.window.findChild(RecordingsWorkspace)
    assert isinstance(found, RecordingsWorkspace)
    return found


def press(view: QWidget, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    view.setFocus()
    QTest.keyClick(view, key, held or Qt.KeyboardModifier.NoModifier)


def shows(workspace: RecordingsWorkspace, name: str) -> QWidget:
    workspace.side.show_panel(name)
    return workspace.side.panel(name)


# -- opening ------------------------------------------------------------------------------------


def test_it_is_empty_at_first_and_offers_examples(controller: Controller, qtbot: QtBot) -> None:
    empty = page(controller).empty
    assert empty.isVisible()
    assert [button.text() for button in empty.buttons] == [each.title for each in EXAMPLES]
    QTest.mouseClick(empty.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: controller.recordings.recording is not None, timeout=30_000)
    assert not empty.isVisible()
    assert page(controller).flame.isVisible()
    assert page(controller).flame.canvas.hasFocus()
    assert controller.window.windowTitle() == "page_owner-6.1-boot.txt.zst — ownerscope"


@pytest.mark.parametrize("name", PATHS)
def test_examples_are_commands(controller: Controller, qtbot: QtBot, name: str) -> None:
    controller.window.show_workspace("live")
    controller.window.registry.run(f"example.{name}")
    assert controller.window.workspace == "recordings"
    title = PATHS[name].name
    qtbot.waitUntil(lambda: controller.recordings.title == title, timeout=30_000)
    assert controller.window.settings.recent_files == [PATHS[name].resolve()]


def test_what_was_opened_before_is_opened_as_before(tmp_path: Path) -> None:
    folder = Path(resources.__path__[0])
    others = [*folder.glob("scenarios/*"), *folder.glob("layouts/*"), *folder.glob("listings/*")]
    others += [*folder.glob("kernels/*"), *(DATA / "btf").glob("*"), *DATA.glob("*.trace")]
    others += [DATA / "pahole.json", DATA / "layout_truth.csv", Path(__file__), tmp_path]
    for scenario in folder.glob("scenarios/*.toml"):
        # without the name that tells what it is
        plain = tmp_path / scenario.stem
        plain.write_bytes(scenario.read_bytes())
        others.append(plain)
    assert len(others) > 30
    assert [str(path) for path in others if is_recording(path)] == []


def test_recordings_are_told_by_their_content(tmp_path: Path) -> None:
    for path in [*PATHS.values(), *(DATA / "recordings").glob("*")]:
        nameless = tmp_path / path.name.replace(".", "-")
        nameless.symlink_to(path)
        assert is_recording(nameless), path


def test_an_error_leaves_what_was_open(
    controller: Controller, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(controller, "recursion")
    with qtbot.waitSignal(controller.recordings.failed, timeout=30_000):
        controller.recordings.open(tmp_path / "nowhere.txt")
    assert "nowhere.txt" in controller.window.messages.messages[-1].text
    assert controller.recordings.title == PATHS["recursion"].name
    opened(controller, "guard_hits")
    assert not controller.window.messages.messages


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    window.dropEvent(event)


def test_two_files_that_are_dropped_are_compared(controller: Controller, qtbot: QtBot) -> None:
    controller.window.show_workspace("live")
    drop(controller.window, PATHS["guard_hits"], PATHS["recursion"])
    session = controller.recordings
    qtbot.waitUntil(lambda: session.comparing, timeout=30_000)
    assert controller.window.workspace == "recordings"
    assert session.title == f"{PATHS['recursion'].name} → {PATHS['guard_hits'].name}"
    assert page(controller).side.shown == "difference"


def test_a_recording_dropped_with_something_else_is_opened_alone(
    controller: Controller, qtbot: QtBot
) -> None:
    drop(controller.window, PATHS["recursion"], Path(__file__))
    qtbot.waitUntil(lambda: controller.recordings.recording is not None, timeout=30_000)
    assert not controller.recordings.busy
    assert not controller.recordings.comparing


def test_the_base_is_asked_for(
    controller: Controller, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = str(PATHS["guard_hits"])
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getOpenFileName", lambda *_: (chosen, ""))
    workspace = opened(controller, "recursion")
    QTest.mouseClick(workspace.bar.compare_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: controller.recordings.comparing, timeout=30_000)
    panel = workspace.side.panel("difference")
    assert isinstance(panel, DifferencePanel)
    assert panel.names.whole == f"Base: {PATHS['guard_hits'].name}"
    assert panel.model.rowCount() > 3
    QTest.mouseClick(panel.mode.buttons["normalised"], Qt.MouseButton.LeftButton)
    assert controller.recordings.normalised
    QTest.mouseClick(panel.swap_button, Qt.MouseButton.LeftButton)
    assert panel.names.whole == f"Base: {PATHS['recursion'].name}"
    QTest.mouseClick(panel.alone_button, Qt.MouseButton.LeftButton)
    assert not controller.recordings.comparing
    assert panel.model.rowCount() == 0


# -- keys and controls --------------------------------------------------------------------------


def test_every_command_of_the_workspace_can_be_carried_out(controller: Controller) -> None:
    for command in COMMANDS:
        if command.contexts == ("recordings",) or command.id.startswith("axis."):
            assert controller.window.registry.action(command.id).isEnabled(), command.id


def test_keys_of_flame_views(controller: Controller, qtbot: QtBot) -> None:
    workspace, session = opened(controller, "boot_dump"), controller.recordings
    view = workspace.flame.canvas
    press(view, KEY.Key_1)
    assert session.order == TIME
    press(view, KEY.Key_2)
    assert session.order == HEAVY
    press(view, KEY.Key_R)
    assert session.collapse
    press(view, KEY.Key_U)
    assert session.upward
    press(view, KEY.Key_C)
    assert session.colouring == BY_MODULE
    session.select_function("__alloc_pages")
    press(view, KEY.Key_3)
    assert session.view == SANDWICH
    assert workspace.views.currentWidget() is not workspace.flame
    press(workspace.main_view, KEY.Key_Escape)
    assert session.view != SANDWICH


def test_search_by_keys(controller: Controller, qtbot: QtBot) -> None:
    workspace, session = opened(controller, "boot_dump"), controller.recordings
    press(workspace.flame.canvas, KEY.Key_Slash)
    field = workspace.bar.search.field
    assert field.hasFocus()
    QTest.keyClicks(field, "^kmalloc")
    assert session.search == "^kmalloc"
    assert session.hit_count > 1
    QTest.keyClick(field, KEY.Key_Return)
    assert session.hit_number == 1
    assert workspace.bar.search.counter.text().startswith("1 of ")
    press(workspace.flame.canvas, KEY.Key_N)
    assert session.hit_number == 2
    press(workspace.flame.canvas, KEY.Key_P)
    assert session.hit_number == 1
    press(workspace.flame.canvas, KEY.Key_Escape)
    assert session.search == field.text() == ""
    QTest.keyClicks(field, "(")
    assert workspace.bar.search.error.isVisible()


def test_zooming_and_the_way_out(controller: Controller, qtbot: QtBot) -> None:
    workspace = opened(controller, "boot_dump")
    canvas = workspace.flame.canvas
    controller.window.themes.set_motion(False)
    assert canvas.zoom is not None
    press(canvas, KEY.Key_W)
    assert not canvas.zoom.is_whole
    press(canvas, KEY.Key_Escape)
    assert canvas.zoom.is_whole


def test_filtering_in_the_field(controller: Controller, qtbot: QtBot) -> None:
    workspace, session = opened(controller, "boot_dump"), controller.recordings
    press(workspace.flame.canvas, KEY.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = workspace.bar.filter.field
    assert field.hasFocus()
    QTest.keyClicks(field, "order >= 1 and")
    QTest.keyClick(field, KEY.Key_Return)
    assert workspace.bar.filter.error.isVisible()
    assert field.text() == "order >= 1 and"
    field.selectAll()
    QTest.keyClicks(field, "order >= 1")
    QTest.keyClick(field, KEY.Key_Return)
    assert session.filter == "order >= 1"
    assert not workspace.bar.filter.error.isVisible()
    shown = session.shown
    assert shown is not None
    assert workspace.bar.filter.count.text() == f"{len(shown):,} of 8,552"
    field.clear()
    assert session.filter == ""


def test_the_example_of_a_filter_fits_the_recording(controller: Controller, qtbot: QtBot) -> None:
    bar = opened(controller, "boot_dump").bar
    assert bar.filter.field.placeholderText() == "Filter: order >= 2 and comm = sh"
    opened(controller, "guard_hits")
    told = bar.filter.field.placeholderText().removeprefix("Filter: ")
    assert "order" not in told
    assert controller.recordings.set_filter(told)


def test_the_list_of_differences_says_what_it_leaves_off(
    controller: Controller, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(controller.window, PATHS["guard_hits"], PATHS["recursion"])
    qtbot.waitUntil(lambda: controller.recordings.comparing, timeout=30_000)
    panel = shows(page(controller), "difference")
    assert isinstance(panel, DifferencePanel)
    assert not panel.left_off.isVisible()
    whole = len(panel.model.rows)
    monkeypatch.setattr("gui.widgets.recordings.difference._MOST_ROWS", 3)
    panel.show_by("function")
    assert len(panel.model.rows) == 3
    assert panel.left_off.isVisible()
    assert panel.left_off.whole == f"The 3 largest of {whole:,} changes"
    controller.recordings.set_normalised(True)
    assert str(panel.model.index(0, 2).data()).endswith(" pp")


@pytest.mark.usefixtures("dressed")
def test_no_number_of_a_table_is_cut_at_any_scale(controller: Controller, qtbot: QtBot) -> None:
    workspace = opened(controller, "boot_dump")
    panel = shows(workspace, "top")
    assert isinstance(panel, TopPanel)
    header, port = panel.table.horizontalHeader(), panel.table.viewport()
    for scale in (*SCALES, 1.0):
        controller.window.themes.set_scale(scale)
        workspace.show_side(True)
        qtbot.waitUntil(panel.table.isVisible)
        qtbot.waitUntil(lambda: header.length() <= port.width())


def test_without_a_base_the_difference_begins_at_the_top(
    controller: Controller, qtbot: QtBot
) -> None:
    panel = shows(opened(controller, "boot_dump"), "difference")
    assert isinstance(panel, DifferencePanel)
    qtbot.waitUntil(panel.choose_button.isVisible)
    assert panel.choose_button.geometry().bottom() < panel.height() / 3


def test_the_filter_knows_names_and_values(controller: Controller, qtbot: QtBot) -> None:
    opened(controller, "boot_dump")
    session = controller.recordings
    assert "order" in offers(session, "or")
    assert offers(session, "order >= 1 and com") == ["comm"]
    assert "early" in offers(session, "special = ea")
    assert offers(session, "") == []
    workspace = page(controller)
    field = workspace.bar.filter.field
    field.setFocus()
    QTest.keyClicks(field, "com")
    popup = field.list.popup()
    assert popup is not None
    assert popup.isVisible()
    field.list.activated.emit("comm")
    assert field.text() == "comm "
    popup.hide()


def choose(menu: QMenu, text: str, qtbot: QtBot) -> None:
    next(each for each in menu.actions() if each.text().startswith(text)).trigger()
    qtbot.wait(1)


def test_frames_are_hidden_and_kept_from_their_menu(controller: Controller, qtbot: QtBot) -> None:
    workspace, session = opened(controller, "boot_dump"), controller.recordings
    choose(frame_menu(session, "__alloc_pages", workspace), "Hide", qtbot)
    assert session.hidden == ("__alloc_pages",)
    button = workspace.bar.filter.frames_button
    assert button.text() == "1 hidden  ✕"
    session.keep("new_slab")
    assert button.text() == "1 hidden, 1 kept  ✕"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not session.hidden
    assert not session.kept
    assert not button.isVisible()
    session.hide("__alloc_pages")
    choose(frame_menu(session, "kmalloc_trace", workspace), "Only records", qtbot)
    assert session.filter == 'function = "kmalloc_trace"'
    choose(frame_menu(session, "new_slab", workspace), "Show hidden", qtbot)
    assert not session.hidden
    choose(frame_menu(session, "new_slab", workspace), "Callers", qtbot)
    assert (session.view, session.function) == (SANDWICH, "new_slab")
    choose(frame_menu(session, "new_slab", workspace), "Copy", qtbot)
    assert QGuiApplication.clipboard().text() == "new_slab"


def test_weight_is_chosen_in_the_bar(controller: Controller, qtbot: QtBot) -> None:
    workspace = opened(controller, "boot_dump")
    menu = workspace.bar.weight.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    choose(menu, "Records", qtbot)
    assert controller.recordings.weight == "records"
    assert workspace.bar.weight.text() == "Records"
    assert workspace.bar.about.whole.startswith("page_owner dump · 8,552 records")


# -- panels -------------------------------------------------------------------------------------


def test_the_table_by_function_and_by_command(controller: Controller, qtbot: QtBot) -> None:
    workspace, session = opened(controller, "boot_dump"), controller.recordings
    top = shows(workspace, "top")
    assert isinstance(top, TopPanel)
    first = top.model.groups[0]
    QTest.mouseClick(
        top.table.viewport(), Qt.MouseButton.LeftButton,
        pos=top.table.visualRect(top.model.index(0, 0)).center(),
    )  # fmt: skip
    assert session.function == first.value
    assert session.hit_count > 0
    top.show_by("comm")
    assert top.model.headerData(0, Qt.Orientation.Horizontal) == "Command"
    assert sum(group.weights["records"] for group in top.model.groups) == 8552
    top.table.activated.emit(top.model.index(0, 0))
    assert session.filter == f'comm = "{top.model.groups[0].value}"'


def test_the_table_is_sorted_and_goes_back(controller: Controller, qtbot: QtBot) -> None:
    top = shows(opened(controller, "boot_dump"), "top")
    assert isinstance(top, TopPanel)
    heaviest = list(top.model.groups)
    top.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    names = [group.value.lower() for group in top.model.groups]
    assert names == sorted(names)
    top.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert list(top.model.groups) == heaviest
    top.show_by("order")
    top.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    orders = [int(group.value) for group in top.model.groups]
    assert orders == sorted(orders)


def test_a_stack_in_the_table_is_found_in_the_tree(controller: Controller, qtbot: QtBot) -> None:
    workspace, session = opened(controller, "boot_dump"), controller.recordings
    top = shows(workspace, "top")
    assert isinstance(top, TopPanel)
    top.show_by("stack")
    for inverted in (False, True):
        session.set_inverted(inverted)
        top.table.clicked.emit(top.model.index(2, 0))
        names = top.model.groups[2].value.split(";")
        assert session.tree is not None
        assert session.tree.path_names(session.selected) == names[:: -1 if inverted else 1]


def test_the_table_is_copied(controller: Controller, qtbot: QtBot) -> None:
    workspace = opened(controller, "boot_dump")
    controller.window.registry.run("recordings.copy")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("page_owner-6.1-boot.txt.zst: pages by function")
    assert lines[2] == "| Function | Pages | Share | Own | Records | Bytes |"
    controller.window.registry.run("recordings.copy_csv")
    rows = QGuiApplication.clipboard().text().splitlines()
    assert rows[0] == "function,pages,own_pages,records,bytes"
    assert len(rows) == workspace.top.model.rowCount() + 1


def test_areas_of_the_treemap_filter(controller: Controller, qtbot: QtBot) -> None:
    workspace, session = opened(controller, "boot_dump"), controller.recordings
    panel = shows(workspace, "treemap")
    assert isinstance(panel, TreemapPanel)
    assert sum(area.weight for area in panel.map.areas) == 9587
    assert sum(area.share for area in panel.map.areas) == pytest.approx(1)
    largest, box = panel.map.areas[0], panel.map.boxes()[0]
    middle = QPoint(int(box.x + box.width / 2), int(box.y + box.height / 2))
    QTest.mouseClick(panel.map, Qt.MouseButton.LeftButton, pos=middle)
    assert session.filter == f'subsystem = "{largest.name}"'
    assert [area.name for area in panel.map.areas] == [largest.name]
    QTest.mouseClick(panel.map, Qt.MouseButton.LeftButton, pos=middle)
    assert session.filter == ""
    QTest.mouseClick(panel.choice.buttons["module"], Qt.MouseButton.LeftButton)
    assert panel.map.areas[0].name == "kernel"


def test_special_records_are_explained(controller: Controller, qtbot: QtBot) -> None:
    workspace, session = opened(controller, "boot_dump"), controller.recordings
    panel = shows(workspace, "notes")
    assert isinstance(panel, NotesPanel)
    early = next(card for card in panel.cards if card.note.target == "filter special = early")
    assert early.note.text.startswith("4,611 records")
    assert early.button is not None
    QTest.mouseClick(early.button, Qt.MouseButton.LeftButton)
    assert session.filter == "special = early"
    assert session.shown is not None
    assert len(session.shown) == 4611
    titles = [note.title for note in panel.notes]
    assert len(titles) == len(set(titles))


def test_guard_hits_are_told_and_shown_on_the_timeline(
    controller: Controller, qtbot: QtBot
) -> None:
    workspace = opened(controller, "recursion")
    panel = shows(workspace, "notes")
    assert isinstance(panel, NotesPanel)
    hit = panel.cards[0]
    assert hit.note.title == "1 guard hit"
    assert hit.button is not None
    QTest.mouseClick(hit.button, Qt.MouseButton.LeftButton)
    assert controller.window.workspace == "timeline"
    session = controller.session
    assert session.trace is controller.recordings.trace
    assert session.position == session.trace.short_circuits[0]  # type: ignore[union-attr]


def test_what_another_guard_would_have_cut(controller: Controller, qtbot: QtBot) -> None:
    workspace = opened(controller, "guard_hits")
    panel = shows(workspace, "what_if")
    assert isinstance(panel, WhatIfPanel)
    rows = {row.guard.title: at for at, row in enumerate(panel.model.rows)}
    at = rows["1-bit flag"]
    assert panel.model.index(at, 1).data() == "56"
    cell = panel.table.visualRect(panel.model.index(at, 0)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert controller.window.workspace == "timeline"
    assert controller.session.position == panel.model.rows[at].cut[0]


def test_a_profile_has_no_what_if(controller: Controller, qtbot: QtBot) -> None:
    panel = shows(opened(controller, "boot_dump"), "what_if")
    assert isinstance(panel, WhatIfPanel)
    assert panel.model.rowCount() == 0
    assert "Only a recording with an order" in panel.head.text()


# -- handing over -------------------------------------------------------------------------------


def test_a_trace_is_played_in_live(controller: Controller, qtbot: QtBot) -> None:
    workspace = opened(controller, "recursion")
    QTest.mouseClick(workspace.bar.live_button, Qt.MouseButton.LeftButton)
    assert controller.window.workspace == "live"
    assert controller.session.trace is controller.recordings.trace
    controller.session.seek(40)
    controller.window.show_workspace("recordings")
    press(workspace.flame.canvas, KEY.Key_T)
    assert controller.window.workspace == "timeline"
    assert controller.session.position == 40


def test_a_profile_cannot_be_played(controller: Controller, qtbot: QtBot) -> None:
    workspace = opened(controller, "boot_dump")
    assert not workspace.bar.live_button.isVisible()
    press(workspace.flame.canvas, KEY.Key_L)
    assert controller.window.workspace == "recordings"
    assert "no order" in controller.window.messages.messages[-1].text


# -- progress and look --------------------------------------------------------------------------


@pytest.mark.usefixtures("dressed")
def test_progress_has_a_speed_and_a_way_to_stop(controller: Controller, qtbot: QtBot) -> None:
    now = [100.0]
    session = controller.recordings
    shown = ReadingProgress(
        session, controller.window.themes, over=page(controller), patience_ms=0,
        clock=lambda: now[0],
    )  # fmt: skip
    session.reading_started.emit(Path("/tmp/dump.txt"))
    assert shown.words() == "Reading dump.txt…"
    qtbot.waitUntil(shown.isVisible)
    now[0] += 2
    session.progressed.emit(300_000_000, 600_000_000)
    assert shown.words() == "dump.txt   ·   286 MiB of 572 MiB   ·   150 MB/s"
    assert shown.share == 0.5
    session.progressed.emit(600_000_000, 600_000_000)
    assert "putting it in order" in shown.words()
    session.reading_ended.emit()
    assert not shown.isVisible()


def test_progress_shows_a_file_that_is_being_read_already(
    controller: Controller, qtbot: QtBot
) -> None:
    session = controller.recordings
    session.open(PATHS["boot_dump"])
    late = ReadingProgress(session, controller.window.themes, over=page(controller), patience_ms=0)
    assert late.words().startswith("Reading page_owner-6.1-boot")
    qtbot.waitUntil(late.isVisible)
    session.cancel()
    assert not late.isVisible()


def test_cancel_gives_the_file_up(controller: Controller, qtbot: QtBot) -> None:
    session = controller.recordings
    session.open(PATHS["boot_dump"])
    assert session.busy
    QTest.mouseClick(page(controller).progress.cancel_button, Qt.MouseButton.LeftButton)
    assert not session.busy
    session.open(PATHS["boot_dump"])
    press(page(controller).main_view, KEY.Key_Escape)
    assert not session.busy
    assert session.recording is None


@pytest.mark.usefixtures("dressed")
def test_everything_has_its_place(controller: Controller, qtbot: QtBot) -> None:
    workspace = page(controller)
    for name in ("boot_dump", "recursion"):
        opened(controller, name)
        for width, height in ((960, 640), (1280, 800), (1920, 1080)):
            controller.window.resize(width, height)
            qtbot.wait(20)
            everything_is_inside(controller.window, workspace, width, height)


def everything_is_inside(
    window: MainWindow, workspace: RecordingsWorkspace, width: int, height: int
) -> None:
    bar = workspace.bar
    for view in (
        bar, bar.filter.field, bar.search.field, bar.compare_button, bar.collapse,
        workspace.flame, workspace.side, workspace.top.table,
    ):  # fmt: skip
        corner = view.mapTo(window, QPoint(0, 0))
        assert window.rect().contains(corner), view
        assert view.height() > 20, view
        assert corner.x() + view.width() <= width + 1, view
        assert corner.y() + view.height() <= height + 1, view


def test_panels_come_and_go(controller: Controller, qtbot: QtBot) -> None:
    workspace = opened(controller, "recursion")
    press(workspace.flame.canvas, KEY.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert not workspace.side_shown
    press(workspace.flame.canvas, KEY.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert workspace.side_shown
