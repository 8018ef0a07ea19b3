"""A window with lessons in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lesson.loader import LessonText, parse
from gui.actions import ActionRegistry
from gui.app import _add_workspaces
from gui.controller import Controller
from gui.lesson_bindings import LessonParts
from gui.lesson_session import LessonSession
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.window import MainWindow

KEY, HELD = Qt.Key, Qt.KeyboardModifier
PATIENCE = 20_000
"""Milliseconds for what another process does."""

SHORT = """
schema = 1
name = "short"
title = "A short lesson"

[[steps]]
title = "The start"
text = "A driver **calls** `kmalloc`."
scenario = "mail-chain"

[[steps]]
title = "The guard"
position = "first short-circuit"
highlights = ["function:save_stack", "bits"]
[[steps.questions]]
about = "bit"
ask = "What is the bit?"
choices = 2
explain = "It was set before."
[[steps.questions]]
about = "outcome"
ask = "How does it end?"
choices = 0

[[steps]]
title = "What is not there"
position = "first overflow"

[[steps]]
title = "Without a guard"
scenario = "mail-chain"
guard = "none"
essential = true
position = "save_stack call 2"
play = {start = "save_stack call 2", end = "save_stack call 3", speed = 2.0}

[[steps]]
title = "Side by side"
workspace = "compare"
lanes = ["none", "bit1"]
position = "where lanes part"
highlights = ["lane:2"]

[[steps]]
title = "In the struct"
workspace = "layout"
layout = "debian-6.1-amd64"
field = "bit1"
highlights = ["member:in_eventfd"]

[[steps]]
title = "On the timeline"
workspace = "timeline"
scenario = "mail-chain"
zoom = ["save_stack call 1", "first short-circuit"]
position = "first short-circuit"
"""


class Stand:
    """A window, its lessons and a keyboard."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        settings = Settings(folder / "settings.ini")
        self.window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
        qtbot.addWidget(self.window)
        self.controller = Controller(self.window)
        self.parts: LessonParts = _add_workspaces(self.window, self.controller)
        self.window.resize(1280, 800)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.window.show_workspace("live")

    @property
    def session(self) -> LessonSession:
        return self.parts.session

    def start(self, lesson: LessonText | str = SHORT) -> None:
        """Begin a lesson, without motion."""
        self.window.themes.set_motion(False)
        self.parts.show_lesson(parse(lesson, where="short") if isinstance(lesson, str) else lesson)
        self.parts.start()
        self.settle()

    def settle(self) -> None:
        """Wait for the step on its way."""
        self.qtbot.waitUntil(lambda: not self.session.stage.pending, timeout=PATIENCE)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = HELD.NoModifier) -> None:
        """Press a key wherever the keyboard is."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)
        self.settle()
