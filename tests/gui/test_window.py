"""The shell: workspaces are built late, the window is remembered, and errors are shown."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from core.errors import EnvironmentProblem, OwnerscopeError
from gui import app as program
from gui import preflight
from gui.actions import ActionRegistry
from gui.saved_run import SUFFIX
from gui.settings import MAX_RECENT_FILES, Settings
from gui.theme import DARK, LIGHT, ThemeManager
from gui.window import MINIMUM, MainWindow

KEY, HELD = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def settings(qapp: QApplication, tmp_path: Path) -> Settings:
    return Settings(tmp_path / "ownerscope.ini")


def opened(qtbot: QtBot, settings: Settings) -> MainWindow:
    window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.first_painted):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    return window


@pytest.fixture
def window(qtbot: QtBot, settings: Settings) -> MainWindow:
    return opened(qtbot, settings)


def press(window: MainWindow, key: Qt.Key, held: Qt.KeyboardModifier = HELD.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, held)


def test_the_first_paint_is_told_once(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.assertNotEmitted(window.first_painted, wait=30):
        window.repaint()


def test_a_workspace_is_built_when_it_is_first_shown(qtbot: QtBot, window: MainWindow) -> None:
    built: list[QWidget] = []

    def factory() -> QWidget:
        built.append(QLineEdit())
        return built[-1]

    window.add_workspace("live", "Live", "live", factory)
    window.add_workspace("compare", "Compare", "compare", QWidget)
    assert (built, window.workspace) == ([], "")
    with qtbot.waitSignal(window.workspace_shown) as got:
        press(window, KEY.Key_1, HELD.ControlModifier)
    assert got.args == ["live"]
    window.show_workspace("compare")
    window.show_workspace("live")
    assert len(built) == 1
    assert built[0].isVisible()
    assert window.registry.action("workspace.live").isChecked()
    assert not window.registry.action("workspace.compare").isChecked()
    assert window.settings.workspace == "live"


def test_a_workspace_sets_the_keys_in_force(window: MainWindow) -> None:
    window.registry.connect("play.toggle", lambda: None)
    for name in ("live", "layout"):
        window.add_workspace(name, name, name, QWidget)
    window.show_workspace("layout")
    assert not window.registry.action("play.toggle").isEnabled()
    window.show_workspace("live")
    assert window.registry.action("play.toggle").isEnabled()


def test_a_workspace_that_cannot_be_built_leaves_the_window_as_it_is(window: MainWindow) -> None:
    def broken() -> QWidget:
        raise OwnerscopeError("no listing")

    window.add_workspace("live", "Live", "live", broken)
    with pytest.raises(OwnerscopeError):
        window.show_workspace("live")
    assert window.workspace == ""
    assert not window.registry.action("workspace.live").isChecked()


def test_the_menus_hold_every_command(window: MainWindow) -> None:
    menus = window.menus.findChildren(QMenu)
    held = {action.objectName() for menu in menus for action in menu.actions()}
    commands = {c.id for group in window.registry.groups().values() for c in group}
    assert commands - held == {"file.clear_recent"}


def test_the_toolbar_runs_commands(window: MainWindow) -> None:
    ran: list[str] = []
    window.registry.connect("run.again", lambda: ran.append("again"))
    button = window.top_bar.widgetForAction(window.registry.action("run.again"))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert ran == ["again"]


def test_themes_and_sizes_have_keys_and_commands(window: MainWindow) -> None:
    window.registry.run("theme.dark")
    assert window.themes.theme is DARK
    assert window.registry.action("theme.dark").isChecked()
    window.registry.run("theme.toggle")
    assert window.themes.theme is LIGHT
    press(window, KEY.Key_Plus, HELD.ControlModifier)
    assert window.themes.metrics.scale == 1.1
    press(window, KEY.Key_Minus, HELD.ControlModifier)
    press(window, KEY.Key_Minus, HELD.ControlModifier)
    assert window.themes.metrics.scale == 0.9
    press(window, KEY.Key_0, HELD.ControlModifier)
    assert window.themes.metrics.scale == 1.0
    window.registry.run("view.motion")
    assert not window.themes.motion
    assert not window.registry.action("view.motion").isChecked()


def test_at_every_scale_the_smallest_window_can_be_used(window: MainWindow) -> None:
    for scale in (0.8, 1.0, 2.0, 3.0):
        window.themes.set_scale(scale)
        window.resize(MINIMUM)
        assert window.size() == MINIMUM
        assert not window.grab().isNull()


def test_esc_takes_away_the_message_then_the_full_screen(window: MainWindow) -> None:
    press(window, KEY.Key_F11)
    assert window.isFullScreen()
    assert not window.menus.isVisible()
    window.messages.error("broken")
    press(window, KEY.Key_Escape)
    assert not window.messages.messages
    assert window.isFullScreen()
    press(window, KEY.Key_Escape)
    assert not window.isFullScreen()
    assert window.menus.isVisible()
    assert not window.registry.action("view.full_screen").isChecked()


def test_esc_cancels_work_in_progress_first(window: MainWindow) -> None:
    cancelled: list[str] = []
    window.registry.connect("run.cancel", lambda: cancelled.append("cancelled"))
    window.messages.error("broken")
    press(window, KEY.Key_Escape)
    assert cancelled == ["cancelled"]
    assert len(window.messages.messages) == 1
    window.registry.set_enabled("run.cancel", False)
    press(window, KEY.Key_Escape)
    assert not window.messages.messages


def test_help_and_palette_open_by_their_keys(window: MainWindow) -> None:
    press(window, KEY.Key_Question)
    assert window.help.isVisible()
    press(window, KEY.Key_Escape)
    assert not window.help.isVisible()
    press(window, KEY.Key_P, HELD.ControlModifier | HELD.ShiftModifier)
    assert window.command_palette.isVisible()


def drop(window: MainWindow, *urls: QUrl) -> QDragEnterEvent:
    data = QMimeData()
    data.setUrls(list(urls))
    action, left, held = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, HELD.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), action, data, left, held)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), action, data, left, held))
    return enter


def test_a_dropped_file_is_asked_for(window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "trace.txt"
    file.touch()
    got: list[tuple[str, Path]] = []
    window.file_dropped.connect(lambda path: got.append(("dropped", path)))
    window.file_requested.connect(lambda path: got.append(("requested", path)))
    assert drop(window, QUrl.fromLocalFile(str(file))).isAccepted()
    assert sorted(got) == [("dropped", file), ("requested", file)]
    # Whoever opens it remembers it, if it could be opened.
    assert window.settings.recent_files == []
    assert not drop(window, QUrl("https://kernel.org/")).isAccepted()


def test_a_chosen_file_is_asked_for(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = [str(tmp_path / "chosen.toml"), ""]
    asked: list[object] = []

    def choose(*how: object) -> tuple[str, ...]:
        asked.append(how[-1])
        return tuple(answer)

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    with qtbot.waitSignal(window.file_requested) as got:
        press(window, KEY.Key_O, HELD.ControlModifier)
    assert got.args == [tmp_path / "chosen.toml"]
    kinds = str(asked[0]).split(";;")
    assert kinds[0] == "Everything ownerscope opens (*)"
    assert {f"(*{suffix})" in "".join(kinds) for suffix in (".toml", SUFFIX)} == {True}
    answer[0] = ""
    with qtbot.assertNotEmitted(window.file_requested):
        window.registry.run("file.open")


def test_the_recent_menu(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.menus.recent.aboutToShow.emit()
    assert [action.text() for action in window.menus.recent.actions()] == ["Nothing yet"]
    for name in ("old.txt", "new.txt"):
        (tmp_path / name).touch()
        window.settings.add_recent_file(tmp_path / name)
    window.menus.recent.aboutToShow.emit()
    entries = window.menus.recent.actions()
    assert [action.text() for action in entries[:2]] == ["new.txt", "old.txt"]
    with qtbot.waitSignal(window.file_requested) as got:
        entries[1].trigger()
    assert got.args == [tmp_path / "old.txt"]
    entries[-1].trigger()
    assert window.settings.recent_files == []


def test_the_window_is_where_it_was(qtbot: QtBot, settings: Settings) -> None:
    first = opened(qtbot, settings)
    size = QSize(MINIMUM.width(), 700)  # the screen of the tests is not wider
    first.resize(size)
    first.close()
    assert opened(qtbot, Settings(settings.path)).size() == size


def test_a_window_from_a_vanished_screen_is_brought_back(window: MainWindow) -> None:
    window.move(20_000, 20_000)
    window.bring_back()
    room = QRect(QApplication.primaryScreen().availableGeometry())
    assert room.intersects(window.geometry())


def test_damaged_geometry_gives_the_usual_size(qtbot: QtBot, settings: Settings) -> None:
    settings.set_state("geometry", QByteArray(b"nonsense"))
    assert opened(qtbot, settings).width() >= MINIMUM.width()


def test_the_settings_are_written_a_moment_later_and_not_at_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "own.ini")
    settings.scale = 1.5
    QApplication.processEvents()
    assert not settings.path.exists()
    assert settings.scale == 1.5
    qtbot.waitUntil(settings.path.exists)
    assert "1.5" in settings.path.read_text()
    settings.scale = 2.0
    settings.sync()
    assert "2.0" in settings.path.read_text()


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe garbage",
        b"[view\nscale=@Variant(\n]]=",
        b"[view]\nscale=@Size(1 2)\ntheme=@Rect(1 2 3 4)\nmotion=7\n",
        b"[view]\nscale=huge\ntheme=purple\n[files]\nrecent=@Invalid()\n[keys]\nplay.toggle=nokey\n",
        b"[state]\ngeometry=@ByteArray(zzz)\n[palette]\nrecent=1, 2, 3\n",
    ],
)
def test_a_damaged_settings_file_never_stops_the_start(
    qtbot: QtBot, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "bad.ini"
    path.write_bytes(content)
    settings = Settings(path)
    window = opened(qtbot, settings)
    assert settings.scale == 1.0 or settings.scale > 0
    assert settings.theme == "system"
    assert settings.recent_files == []
    if settings.set_aside:
        assert settings.set_aside.read_bytes() == content
    settings.scale = 2.0
    window.close()
    assert Settings(path).scale == 2.0


def test_settings_keep_what_they_are_given(settings: Settings, tmp_path: Path) -> None:
    splitter = QSplitter()
    files = [tmp_path / f"file {n}.txt" for n in range(MAX_RECENT_FILES + 2)]
    for file in files:
        file.touch()
        settings.add_recent_file(file)
    files[-1].unlink()
    settings.add_recent_file(files[5])
    settings.last_scenario = "depot-growth"
    settings.set_state("live", splitter.saveState())
    settings.sync()
    again = Settings(settings.path)
    assert again.recent_files[:2] == [files[5], files[-2]]
    assert len(again.recent_files) == MAX_RECENT_FILES - 1
    assert again.last_scenario == "depot-growth"
    assert again.state("live") == splitter.saveState()
    assert again.state("other").isEmpty()
    assert again.keys("play.toggle") is None


def test_what_nobody_caught_is_shown_and_printed(
    qtbot: QtBot,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    program.show_uncaught(window)
    for _ in range(3):
        sys.excepthook(ValueError, ValueError("seven"), None)
    assert not window.messages.messages  # it may be in the middle of painting
    qtbot.waitUntil(lambda: bool(window.messages.messages))
    (message,) = window.messages.messages
    assert "ValueError: seven. The program goes on" in message.text
    assert "ValueError: seven" in capsys.readouterr().err

    sys.excepthook(OwnerscopeError, OwnerscopeError("no such task", advice="choose one"), None)
    qtbot.waitUntil(lambda: window.messages.messages[0].text == "no such task; choose one")
    assert capsys.readouterr().err == ""

    def fail() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: "in a thread" in window.messages.messages[0].text)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not window.isVisible()


def test_without_a_display_one_line_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_environ: object) -> None:
        raise EnvironmentProblem("no display", advice="start it in a desktop session")

    monkeypatch.setattr(preflight, "check", refuse)
    assert program.run([]) == 2
    assert capsys.readouterr().err == "ownerscope: no display; start it in a desktop session\n"


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )


HEAVY = "numpy", "pyqtgraph", "typer", "rich", "pydantic"


def test_nothing_heavy_is_loaded_before_the_first_paint() -> None:
    code = (
        "import sys; from gui.app import run; status = run(sys.argv[1:]);"
        f"print([name for name in {HEAVY} if name in sys.modules]); sys.exit(status)"
    )
    process = start(code, program.EXIT_AFTER_FIRST_PAINT)
    out, err = process.communicate(timeout=60)
    age, loaded = out.splitlines()
    assert (process.returncode, loaded, err.strip()) in (
        (0, "[]", ""),
        (0, "[]", "This plugin does not support propagateSizeHints()"),
    )
    assert 0 < int(age) < 60_000


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_closes_the_window_cleanly(number: signal.Signals, settings_home: Path) -> None:
    code = (
        "import sys; from gui import app;"
        "app._after_first_paint = lambda *_: print('painted', flush=True);"
        "sys.exit(app.run([]))"
    )
    process = start(code)
    assert process.stdout is not None
    assert process.stdout.readline() == "painted\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert list(settings_home.rglob("ownerscope.ini"))


def test_a_signal_waits_until_what_is_being_done_is_done(settings_home: Path) -> None:
    code = (
        "import os, signal, sys; from gui import app\n"
        "def busy(window, rest):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    print(sum(range(100)), window.isVisible(), flush=True)\n"
        "app._after_first_paint = busy\n"
        "sys.exit(app.run([]))"
    )
    process = start(code)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "4950 True\n"), err


# -- behind another window ------------------------------------------------------------------------


def test_a_covered_window_turns_its_page_later(qtbot: QtBot, window: MainWindow) -> None:
    pages = {name: QWidget() for name in ("live", "compare")}
    for name in pages:
        window.add_workspace(name, name, name, partial(pages.__getitem__, name))
        window.show_workspace(name)
    window.set_covered(True)
    with qtbot.waitSignal(window.workspace_shown):
        window.show_workspace("live")
    assert (window.workspace, window.settings.workspace) == ("live", "live")
    # Whose window lies over it has the keys.
    assert window.registry.context == "compare"
    assert pages["compare"].isVisible()
    qtbot.waitUntil(pages["live"].isVisible)
    assert window.registry.context == "compare"


def test_the_page_is_there_when_the_window_is_covered_no_more(window: MainWindow) -> None:
    pages = {name: QWidget() for name in ("live", "compare")}
    for name in pages:
        window.add_workspace(name, name, name, partial(pages.__getitem__, name))
        window.show_workspace(name)
    window.set_covered(True)
    window.show_workspace("live")
    window.set_covered(False)
    assert pages["live"].isVisible()
    assert window.updatesEnabled()
