"""The Layout workspace in the window: controls, commands, files, and the Live workspace beside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.actions import ActionRegistry
from gui.commands import COMMANDS
from gui.controller import Controller
from gui.layout_bindings import EXPORTS, exported
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.widgets.layout.bar import LayoutBar
from gui.window import MainWindow
from gui.workspaces import layout, live

pytestmark = pytest.mark.usefixtures("undressed")

BTF = Path(__file__).parents[1] / "data" / "btf"


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Controller:
    settings = Settings(tmp_path / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    made = Controller(window)
    window.add_workspace(
        "live", "Live", "live", lambda: live.create(window, made.session, made.playback)
    )
    window.add_workspace("layout", "Layout", "layout", lambda: layout.create(window, made.layouts))
    window.resize(1280, 800)
    window.show()
    window.show_workspace("live")
    made.open_first()
    qtbot.waitExposed(window)
    window.show_workspace("layout")
    return made


def page(controller: Controller) -> layout.LayoutWorkspace:
    found = controller.window.findChild(layout.LayoutWorkspace)
    assert isinstance(found, layout.LayoutWorkspace)
    return found


def choose(menu: QMenu | None, text: str, qtbot: QtBot) -> None:
    """Choose an entry of a menu as a click would, and wait until it has been obeyed."""
    assert menu is not None
    menu.aboutToShow.emit()
    entry = next(action for action in menu.actions() if action.text().startswith(text))
    assert entry.isEnabled(), entry.toolTip()
    entry.trigger()
    qtbot.wait(1)


def test_it_begins_with_the_layout_that_is_played_with(controller: Controller) -> None:
    assert controller.layouts.opened == "debian-6.1-amd64"
    assert page(controller).bar.kernel.text() == "Debian 6.1 amd64"
    window = controller.window
    assert window.windowTitle() == "task_struct, Debian 6.1 amd64 — ownerscope"
    window.show_workspace("live")
    assert window.windowTitle().startswith("The chain of the mail")
    assert QWidget.focusWidget(controller.window) is not None


def test_every_command_of_the_workspace_can_be_carried_out(controller: Controller) -> None:
    for command in COMMANDS:
        if command.contexts == ("layout",):
            assert controller.window.registry.action(command.id).isEnabled(), command.id


def test_the_simulated_kernel_uses_the_layout_chosen_here(
    controller: Controller, qtbot: QtBot
) -> None:
    choose(page(controller).bar.kernel.menu(), "Debian 6.1 arm64", qtbot)
    assert controller.session.plan is not None
    assert controller.session.plan.layout.name == "debian-6.1-arm64"
    # and so does the next scenario
    assert controller.session.open("depth-law")
    assert controller.session.plan.layout.name == "debian-6.1-arm64"


def test_fields_and_places_are_chosen_in_the_bar(controller: Controller, qtbot: QtBot) -> None:
    bar, session = page(controller).bar, controller.layouts
    QTest.mouseClick(bar.field.buttons["bit2"], Qt.MouseButton.LeftButton)
    assert session.field_text == "bit2"
    assert bar.place.text() == "upstream"
    choose(bar.place.menu(), "grpend", qtbot)
    assert session.answer is not None
    assert session.answer.field.place == "grpend"
    session.select("comm")
    choose(bar.place.menu(), "After comm", qtbot)
    assert session.answer.field.place == "after:comm"


def test_a_field_in_c_and_what_is_wrong_with_one(controller: Controller, qtbot: QtBot) -> None:
    bar, session = page(controller).bar, controller.layouts
    bar.declaration.setFocus()
    QTest.keyClicks(bar.declaration, "struct list_head node")
    QTest.keyClick(bar.declaration, Qt.Key.Key_Return)
    assert session.field_text == "struct list_head node"
    bar.declaration.selectAll()
    QTest.keyClicks(bar.declaration, "struct nosuch x")
    QTest.keyClick(bar.declaration, Qt.Key.Key_Return)
    assert session.field_text == "struct list_head node"
    assert "no type 'struct nosuch'" in controller.window.messages.messages[-1].text


def test_another_struct_by_name(controller: Controller) -> None:
    bar, session = page(controller).bar, controller.layouts
    bar.struct.selectAll()
    QTest.keyClicks(bar.struct, "sched_entity")
    QTest.keyClick(bar.struct, Qt.Key.Key_Return)
    assert session.layout is not None
    assert session.layout.struct.name == "sched_entity"
    controller.window.registry.action("layout.task_struct").trigger()
    assert session.layout.struct.name == "task_struct"


def test_numbers_about_the_machine(controller: Controller, qtbot: QtBot) -> None:
    field, session = page(controller).machine.state, controller.layouts
    field.selectAll()
    QTest.keyClicks(field, "2440")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert session.analysis is not None
    qtbot.waitUntil(lambda: session.question.xstate_bytes == 2440)
    assert session.analysis.before.slab.objects == 4


def test_the_alignment_can_be_given(controller: Controller, qtbot: QtBot) -> None:
    assert controller.layouts.open(str(BTF / "x86_64-tinyconfig.btf"))
    bar = page(controller).bar
    assert bar.align.text() == "64 bytes, likely"
    choose(bar.align.menu(), "64 bytes", qtbot)
    assert bar.align.text() == "64 bytes"
    controller.layouts.set_place("end")
    assert controller.layouts.answer is not None
    assert controller.layouts.answer.growth.exact


def test_keys_ask_about_the_three_storages(controller: Controller) -> None:
    view = page(controller).map
    for key, field in ((Qt.Key.Key_2, "bit1"), (Qt.Key.Key_3, "bit2"), (Qt.Key.Key_1, "uint")):
        view.setFocus()
        QTest.keyClick(view, key)
        assert controller.layouts.field_text == field


def test_panels_come_to_the_front(controller: Controller) -> None:
    found = page(controller)
    assert found.panel == "cost"
    for key, panel in ((Qt.Key.Key_M, "members"), (Qt.Key.Key_K, "survey"), (Qt.Key.Key_C, "cost")):
        found.map.setFocus()
        QTest.keyClick(found.map, key)
        assert found.panel == panel


def test_a_kernel_that_is_dropped_is_looked_at(controller: Controller) -> None:
    controller.window.show_workspace("live")
    controller.open_file(BTF / "arm64-debian-arm64.btf")
    assert controller.window.workspace == "layout"
    assert controller.layouts.layout is not None
    assert controller.layouts.layout.struct.size_bytes == 4160


def test_a_scenario_that_is_dropped_is_played(controller: Controller, tmp_path: Path) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text("nonsense\n")
    controller.open_file(broken)
    assert controller.layouts.opened == "debian-6.1-amd64"
    assert "mine.toml" in controller.window.messages.messages[-1].text


def test_copies_go_to_the_clipboard(controller: Controller) -> None:
    controller.window.registry.action("layout.copy").trigger()
    assert "9,792" in QGuiApplication.clipboard().text()
    controller.window.registry.action("layout.copy_table").trigger()
    assert QGuiApplication.clipboard().text().count("|") > 10


@pytest.mark.parametrize("suffix", EXPORTS)
def test_exports_are_whole(controller: Controller, suffix: str) -> None:
    data = exported(controller.window, controller.layouts, suffix)
    begins = {".svg": b"<?xml", ".png": b"\x89PNG", ".json": b"{"}
    assert data.startswith(begins.get(suffix, b""))
    assert len(data) > 500
    if suffix == ".json":
        assert json.loads(data)["sizeof"] == 9792


@pytest.mark.parametrize(("width", "height"), [(960, 640), (1280, 800), (1920, 1080)])
@pytest.mark.usefixtures("dressed")
def test_everything_has_its_place(
    controller: Controller, qtbot: QtBot, width: int, height: int
) -> None:
    window, found = controller.window, page(controller)
    window.resize(width, height)
    qtbot.wait(20)
    bar = found.findChild(LayoutBar)
    assert bar is not None
    room = window.rect()
    for view in (bar, found.map, found.bits, found.columns.parentWidget(), found.tasks):
        assert view is not None
        corner = view.mapTo(window, QPoint(0, 0))
        assert room.contains(corner), view
        assert view.height() > 20
        assert corner.x() + view.width() <= width + 1, view


@pytest.mark.parametrize(
    ("command", "name", "begins"),
    [
        ("layout.export", "map.svg", b"<?xml"),
        ("layout.export", "members.csv", b""),
        ("layout.export_staircase", "plot.png", b"\x89PNG"),
        ("layout.export_survey", "kernels.csv", b""),
    ],
)
def test_files_are_written_where_the_user_wants_them(
    controller: Controller,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    name: str,
    begins: bytes,
) -> None:
    path = tmp_path / name
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *_: (str(path), ""))
    if command.endswith("survey"):
        page(controller).show_panel("survey")
        qtbot.waitUntil(lambda: not page(controller).survey.busy, timeout=20_000)
    controller.window.registry.action(command).trigger()
    assert path.read_bytes().startswith(begins)
    assert len(path.read_bytes()) > 500
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix != ".ini"] == [name]


def test_a_folder_that_is_not_there_is_said(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "nowhere" / "map.svg"
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *_: (str(path), ""))
    controller.window.registry.action("layout.export").trigger()
    assert "choose another place" in controller.window.messages.messages[-1].text
