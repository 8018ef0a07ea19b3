"""Export and copy in the window: real commands, a real worker, the file opened by others."""

from __future__ import annotations

import io
import os
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from gui.actions import ActionRegistry
from gui.app import _add_workspaces
from gui.compare_session import CompareSession
from gui.controller import Controller
from gui.render_bindings import RenderBindings
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.widgets.export_film import SIZES, ExportDialog
from gui.window import MainWindow

pytestmark = pytest.mark.usefixtures("undressed")

WAIT_MS = 20_000


@pytest.fixture(autouse=True)
def empty_clipboard(qapp: QApplication) -> Iterator[None]:
    """Take back what was copied: Qt's offscreen clipboard lets go of it after Python has ended.

    The process would fail then, with all tests passed.
    """
    yield
    QGuiApplication.clipboard().clear()


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Controller:
    settings = Settings(tmp_path / "settings.ini")
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    made = Controller(window)
    _add_workspaces(window, made)
    window.resize(1200, 800)
    with qtbot.waitExposed(window):
        window.show()
    made.session.open("mail-chain")
    made.session.seek(40)
    window.show_workspace("live")
    return made


def bindings(controller: Controller) -> RenderBindings:
    return controller.render_bindings


def answer(
    monkeypatch: pytest.MonkeyPatch, path: Path, say: Callable[[ExportDialog], None] | None = None
) -> None:
    """Let the user choose a file, and accept what the dialog offers or something else."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        if say is not None:
            say(dialog)
        dialog.accept()

    QTimer.singleShot(0, press)


def export(controller: Controller, qtbot: QtBot, path: Path) -> None:
    """Run the command and wait until the file is written."""
    with qtbot.waitSignal(bindings(controller).exporter.written, timeout=WAIT_MS) as got:
        controller.window.registry.action("file.export").trigger()
    assert got.args == [path]


def small(dialog: ExportDialog) -> None:
    dialog.size_box.setCurrentIndex(SIZES.index((640, 360)))


def test_a_picture_of_the_stack_is_written(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    out = tmp_path / "out" / "a.svg"
    out.parent.mkdir()
    answer(monkeypatch, out)
    export(controller, qtbot, out)
    said = " ".join(ET.fromstring(out.read_bytes()).itertext())
    assert "event 41 of 116" in said
    assert list(out.parent.iterdir()) == [out]
    assert not bindings(controller).exporter.busy


def test_a_film_of_the_selected_part_is_written_and_the_card_tells(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    controller.session.select_range(9, 19)
    out = tmp_path / "a.gif"
    told: list[tuple[int, int]] = []
    bindings(controller).exporter.progressed.connect(lambda *args: told.append(args))

    def choose(dialog: ExportDialog) -> None:
        small(dialog)
        assert (dialog.first.value(), dialog.last.value()) == (10, 20)
        dialog.rate.setCurrentIndex(dialog.rate.findData(10))
        dialog.speed.setCurrentIndex(dialog.speed.findData(4.0))

    answer(monkeypatch, out, choose)
    export(controller, qtbot, out)
    with Image.open(out) as image:
        assert image.size == (640, 360)
        assert getattr(image, "n_frames", 1) > 3
    assert told
    assert bindings(controller).progress.isHidden()


def test_lanes_and_another_view_of_the_run(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window = controller.window
    window.show_workspace("timeline")
    out = tmp_path / "tree.svg"
    answer(
        monkeypatch, out, lambda dialog: dialog.view.setCurrentIndex(dialog.view.findData("tree"))
    )
    export(controller, qtbot, out)
    assert "Page event 1 of 1" in " ".join(ET.fromstring(out.read_bytes()).itertext())
    window.show_workspace("compare")
    comparison = window.findChild(CompareSession)
    assert comparison is not None
    qtbot.waitUntil(lambda: len(comparison.traces) == 3, timeout=WAIT_MS)
    comparison.seek(30)
    out = tmp_path / "lanes.svg"
    answer(monkeypatch, out)
    export(controller, qtbot, out)
    assert "event 31 of 116" in " ".join(ET.fromstring(out.read_bytes()).itertext())


def test_a_struct_is_written_where_no_run_is_open(
    controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    controller.window.show_workspace("layout")
    qtbot.waitUntil(lambda: controller.layouts.layout is not None, timeout=WAIT_MS)
    controller.session.trace = None
    out = tmp_path / "a.svg"
    answer(monkeypatch, out)
    export(controller, qtbot, out)
    assert "sizeof" in " ".join(ET.fromstring(out.read_bytes()).itertext())


@pytest.mark.usefixtures("dressed")
def test_what_asks_has_no_icons_of_another_style(controller: Controller, tmp_path: Path) -> None:
    dialog = bindings(controller).dialog(bindings(controller).shown(), tmp_path / "a.gif")
    buttons = dialog.buttons.buttons()
    assert [button.text() for button in buttons] == ["Export", "Cancel"]
    assert all(button.icon().isNull() for button in buttons)
    dialog.deleteLater()


def test_cancel_keeps_the_old_file(controller: Controller, tmp_path: Path, qtbot: QtBot) -> None:
    out = tmp_path / "out" / "a.gif"
    out.parent.mkdir()
    out.write_bytes(b"old")
    exporter = bindings(controller).exporter
    exporter.export(bindings(controller).shown(), out, size=(640, 360))
    assert exporter.busy
    card = bindings(controller).progress
    with qtbot.waitSignal(exporter.progressed, timeout=WAIT_MS):
        pass
    assert "frames" in card.words()
    card.cancel_button.click()
    assert not exporter.busy
    assert out.read_bytes() == b"old"
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_says_so(
    controller: Controller, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "shut"
    folder.mkdir(mode=0o500)
    exporter = bindings(controller).exporter
    with qtbot.waitSignal(exporter.failed, timeout=WAIT_MS) as got:
        exporter.export(bindings(controller).shown(), folder / "a.png")
    assert "Permission denied" in str(got.args)


def test_a_folder_that_is_gone_says_so(
    controller: Controller, tmp_path: Path, qtbot: QtBot
) -> None:
    exporter = bindings(controller).exporter
    with qtbot.waitSignal(exporter.failed, timeout=WAIT_MS) as got:
        exporter.export(bindings(controller).shown(), tmp_path / "gone" / "a.png", moment=3)
    assert "choose another place" in str(got.args)
    assert not exporter.busy


@pytest.mark.parametrize("workspace", ["live", "timeline", "layout"])
def test_the_view_is_copied_as_pixels_and_as_a_drawing(
    workspace: str, controller: Controller, qtbot: QtBot
) -> None:
    controller.window.show_workspace(workspace)
    sheet = QApplication.instance().styleSheet()  # type: ignore[union-attr]
    controller.window.registry.action("file.copy_picture").trigger()
    data = QGuiApplication.clipboard().mimeData()
    assert data is not None
    image = Image.open(io.BytesIO(bytes(data.data("image/png").data())))
    assert image.size == (1280, 720)
    ET.fromstring(bytes(data.data("image/svg+xml").data()))
    assert data.hasImage()
    assert QApplication.instance().styleSheet() == sheet  # type: ignore[union-attr]


def test_copying_leaves_the_cursor_where_it_is(controller: Controller) -> None:
    controller.window.registry.action("file.copy_picture").trigger()
    assert controller.session.position == 40
