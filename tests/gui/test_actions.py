"""Commands are declared once; keys are real key events; what the user changes is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QPlainTextEdit,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.errors import OwnerscopeError
from gui.actions import ActionRegistry
from gui.commands import COMMANDS, Command
from gui.icons import icon_names
from gui.settings import Settings
from gui.theme import DARK, Metrics
from gui.widgets.key_caps import cap_parts

KEY = Qt.Key


@pytest.fixture
def settings(qapp: QApplication, tmp_path: Path) -> Settings:
    return Settings(tmp_path / "ownerscope.ini")


class Host:
    """A window with one of each widget that needs keys, and what the commands did."""

    def __init__(self, qtbot: QtBot, settings: Settings) -> None:
        self.qtbot = qtbot
        self.ran: list[object] = []
        self.registry = ActionRegistry(settings)
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.canvas = QWidget()
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.line, self.text, self.spin = QLineEdit(), QPlainTextEdit(), QSpinBox()
        self.check, self.slider = QCheckBox("Check"), QSlider(Qt.Orientation.Horizontal)
        self.combo, self.list = QComboBox(), QListWidget()
        self.combo.addItems(["one", "two"])
        self.list.addItems(["one", "two"])
        centre = QWidget()
        column = QVBoxLayout(centre)
        for widget in (self.canvas, self.line, self.text, self.spin, self.check, self.slider):
            column.addWidget(widget)
        column.addWidget(self.combo)
        column.addWidget(self.list)
        self.window.setCentralWidget(centre)
        self.registry.install(self.window)
        self.registry.ran.connect(self.ran.append)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()

    def press(self, widget: QWidget, key: Qt.Key, text: str = "") -> list[object]:
        """Give a widget the focus, press a key, and return the commands that ran."""
        self.ran.clear()
        widget.setFocus()
        self.qtbot.waitUntil(widget.hasFocus)
        if text:
            QTest.keyClicks(widget, text)
        else:
            QTest.keyClick(widget, key)
        return self.ran


@pytest.fixture
def host(qtbot: QtBot, settings: Settings) -> Iterator[Host]:
    host = Host(qtbot, settings)
    for command in COMMANDS:
        host.registry.connect(command.id, lambda *_: None)
    yield host
    host.window.close()


def test_the_table_is_consistent() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.text and command.group for command in COMMANDS)
    assert {command.icon for command in COMMANDS} - {""} <= set(icon_names())
    keys = [(key, command.contexts) for command in COMMANDS for key in command.keys]
    for at, (key, contexts) in enumerate(keys):
        assert QKeySequence(key).toString() == key
        for other, elsewhere in keys[at + 1 :]:
            apart = contexts and elsewhere and not set(contexts) & set(elsewhere)
            assert key != other or apart, key


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("play.toggle", ("Space",)),
        ("play.back", (",",)),
        ("play.forward", (".",)),
        ("play.back_large", ("Left",)),
        ("play.start", ("Home",)),
        ("marker.previous", ("[",)),
        ("jump.3", ("3",)),
        ("step.in", ("F6",)),
        ("step.over", ("F5",)),
        ("step.out", ("F7",)),
        ("step.out_back", ("Shift+F7",)),
        ("file.open", ("Ctrl+O",)),
        ("run.scenario", ("Ctrl+L",)),
        ("zoom.in", ("Ctrl++", "Ctrl+=")),
        ("view.full_screen", ("F11",)),
        ("help.keys", ("?",)),
        ("help.palette", ("Ctrl+Shift+P",)),
    ],
)
def test_the_keys_people_know(settings: Settings, command: str, keys: tuple[str, ...]) -> None:
    assert ActionRegistry(settings).keys(command) == keys


@pytest.mark.parametrize(
    ("key", "command"),
    [
        (KEY.Key_Space, "play.toggle"),
        (KEY.Key_Comma, "play.back"),
        (KEY.Key_Left, "play.back_large"),
        (KEY.Key_Home, "play.start"),
        (KEY.Key_BracketRight, "marker.next"),
        (KEY.Key_7, "jump.7"),
        (KEY.Key_F6, "step.in"),
        (KEY.Key_E, "view.essential"),
        (KEY.Key_Question, "help.keys"),
        (KEY.Key_Greater, "speed.faster"),
        (KEY.Key_Escape, "run.cancel"),
    ],
)
def test_a_key_runs_its_command(host: Host, key: Qt.Key, command: str) -> None:
    assert host.press(host.canvas, key) == [command]


def test_typing_runs_nothing(host: Host) -> None:
    for field in (host.line, host.text):
        assert host.press(field, KEY.Key_A, "e ,.[0?<WASD/") == []
    assert host.line.text() == "e ,.[0?<WASD/"
    assert host.text.toPlainText() == "e ,.[0?<WASD/"
    host.spin.clear()
    assert host.press(host.spin, KEY.Key_A, "42") == []
    assert host.spin.value() == 42


@pytest.mark.parametrize("key", [KEY.Key_Home, KEY.Key_Left, KEY.Key_End, KEY.Key_Right])
def test_moving_in_a_field_runs_nothing(host: Host, key: Qt.Key) -> None:
    for field in (host.line, host.text, host.spin, host.slider, host.list, host.combo):
        assert host.press(field, key) == [], field


def test_a_field_leaves_the_other_keys_to_the_commands(host: Host) -> None:
    assert host.press(host.line, KEY.Key_F6) == ["step.in"]
    host.ran.clear()
    QTest.keyClick(host.line, KEY.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert host.ran == ["file.open"]


def test_what_cannot_be_edited_keeps_no_keys(host: Host) -> None:
    host.text.setReadOnly(True)
    host.line.setReadOnly(True)
    assert host.press(host.text, KEY.Key_Comma) == ["play.back"]
    assert host.press(host.line, KEY.Key_Space) == ["play.toggle"]


def test_space_presses_the_button_that_has_the_focus(host: Host) -> None:
    assert host.press(host.check, KEY.Key_Space) == []
    assert host.check.isChecked()
    assert host.press(host.check, KEY.Key_Comma) == ["play.back"]


def test_a_command_nobody_handles_is_disabled(settings: Settings) -> None:
    registry = ActionRegistry(settings)
    action = registry.action("play.toggle")
    assert not action.isEnabled()
    registry.connect("play.toggle", lambda: None)
    assert action.isEnabled()
    registry.set_enabled("play.toggle", False)
    assert not action.isEnabled()
    registry.set_enabled("play.toggle", True)
    registry.set_context("layout")
    assert not action.isEnabled()
    registry.set_context("live")
    assert action.isEnabled()


def test_slots_get_what_they_need(settings: Settings) -> None:
    registry, got = ActionRegistry(settings), list[object]()
    registry.connect("view.essential", got.append)
    registry.connect("play.toggle", lambda: got.append("played"))
    registry.run("view.essential")
    registry.run("play.toggle")
    registry.set_checked("view.essential", False)
    assert got == [True, "played"]


def test_groups_keep_the_order_and_leave_out_what_is_hidden(settings: Settings) -> None:
    registry = ActionRegistry(settings)
    groups = [
        "File", "Playback", "Stops", "Run", "Timeline", "Compare", "Layout", "Recordings",
        "Explore", "Lesson", "View", "Help",
    ]  # fmt: skip
    assert list(registry.groups()) == groups
    registry.set_visible("help.doctor", False)
    assert "help.doctor" not in [command.id for command in registry.groups()["Help"]]


def test_a_later_command_leaves_keys_in_use_alone(host: Host) -> None:
    host.registry.add(Command("workspace.live", "Live", ("Ctrl+1", "Space"), "Workspaces"))
    host.registry.connect("workspace.live", lambda: None)
    assert host.registry.keys("workspace.live") == ("Ctrl+1",)
    host.ran.clear()
    QTest.keyClick(host.window, KEY.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert host.ran == ["workspace.live"]


def test_keys_can_be_changed_and_are_remembered(host: Host, settings: Settings) -> None:
    registry = host.registry
    with host.qtbot.waitSignal(registry.keys_changed) as got:
        registry.set_keys("play.toggle", ["J", "Ctrl+J"])
    assert got.args == ["play.toggle"]
    assert registry.has_own_keys("play.toggle")
    assert host.press(host.canvas, KEY.Key_J) == ["play.toggle"]
    assert host.press(host.canvas, KEY.Key_Space) == []
    assert "J" in registry.action("play.toggle").toolTip()

    settings.sync()
    again = ActionRegistry(Settings(settings.path))
    assert again.keys("play.toggle") == ("J", "Ctrl+J")
    again.reset_keys("play.toggle")
    assert again.keys("play.toggle") == ("Space",)
    assert not again.has_own_keys("play.toggle")


def test_no_keys_at_all_are_remembered_too(settings: Settings) -> None:
    ActionRegistry(settings).set_keys("view.essential", [])
    settings.sync()
    assert ActionRegistry(Settings(settings.path)).keys("view.essential") == ()


@pytest.mark.parametrize("key", [";", ",", "+", "Ctrl++"])
def test_difficult_characters_survive(settings: Settings, key: str) -> None:
    registry = ActionRegistry(settings, commands=[Command("a.b", "A", ("A",), "G")])
    registry.set_keys("a.b", [key, "Ctrl+;"])
    settings.sync()
    again = ActionRegistry(Settings(settings.path), commands=[Command("a.b", "A", ("A",), "G")])
    assert again.keys("a.b") == (key, "Ctrl+;")


def test_a_conflict_is_refused_with_a_sentence(settings: Settings) -> None:
    registry = ActionRegistry(settings)
    with pytest.raises(OwnerscopeError, match="F5 already runs “Step over”; choose another"):
        registry.set_keys("step.in", ["F5"])
    with pytest.raises(OwnerscopeError, match="not a key"):
        registry.set_keys("step.in", ["no such key"])
    assert registry.keys("step.in") == ("F6",)


def test_workspaces_apart_may_share_a_key(settings: Settings) -> None:
    registry = ActionRegistry(settings)
    registry.add(Command("slide.first", "First slide", ("1",), "Slides", contexts=("slides",)))
    assert registry.keys("slide.first") == ("1",)
    registry.connect("slide.first", lambda: None)
    registry.connect("jump.1", lambda: None)
    registry.set_context("slides")
    assert registry.action("slide.first").isEnabled()
    assert not registry.action("jump.1").isEnabled()


def test_the_users_keys_win_over_a_new_default(settings: Settings) -> None:
    settings.set_keys("b", "X")
    registry = ActionRegistry(
        settings, commands=[Command("a", "A", ("X",), "G"), Command("b", "B", ("Y",), "G")]
    )
    assert (registry.keys("a"), registry.keys("b")) == ((), ("X",))


def test_all_keys_can_be_reset(settings: Settings) -> None:
    registry = ActionRegistry(settings)
    registry.set_keys("play.toggle", ["K"])
    registry.set_keys("view.essential", ["Space"])
    registry.reset_all_keys()
    assert registry.keys("play.toggle") == ("Space",)
    assert registry.keys("view.essential") == ("E",)
    assert settings.keys("play.toggle") is None


def test_icons_follow_the_theme_and_the_state(settings: Settings) -> None:
    registry = ActionRegistry(settings)
    registry.dress(DARK, Metrics())
    before = registry.action("play.toggle").icon().cacheKey()
    registry.set_icon("play.toggle", "pause")
    assert registry.icon_name("play.toggle") == "pause"
    changed = registry.action("play.toggle").icon().cacheKey()
    assert changed != before
    registry.set_icon("play.toggle", "pause")
    assert registry.action("play.toggle").icon().cacheKey() == changed


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("Ctrl+Shift+P", ["Ctrl", "Shift", "P"]),
        ("Ctrl++", ["Ctrl", "+"]),
        ("+", ["+"]),
        ("?", ["?"]),
        ("Space", ["Space"]),
    ],
)
def test_cap_parts(label: str, parts: list[str]) -> None:
    assert cap_parts(label) == parts
