"""Lessons to edit, and a window in which one edits them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.lesson.schema import Lesson, Step
from gui import app as program
from gui.actions import ActionRegistry
from gui.lesson_bindings import LessonParts
from gui.lesson_editor.bindings import LessonEditing
from gui.lesson_editor.editor import LessonEditor
from gui.settings import Settings
from gui.theme import ThemeManager
from gui.window import MainWindow

STEPS = (
    Step(title="One", scenario="mail-chain", position="kmalloc call 1"),
    Step(title="Two", position="first short-circuit"),
    Step(title="Three", position="end"),
)


def lesson(*steps: Step) -> Lesson:
    """Return a small lesson."""
    return Lesson(schema=1, name="small", title="Small", steps=steps or STEPS)


class Stand:
    """The program's window with the mail's chain open."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        settings = Settings(folder / "settings.ini")
        self.window = MainWindow(ThemeManager(settings), ActionRegistry(settings), settings)
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()
        program._after_first_paint(self.window, ["mail-chain"])
        parts, editing = (self.window.findChild(each) for each in (LessonParts, LessonEditing))
        assert isinstance(parts, LessonParts)
        assert isinstance(editing, LessonEditing)
        self.parts, self.editing = parts, editing
        self.session = parts.controller.session

    @property
    def editor(self) -> LessonEditor:
        """The editor, which must be open."""
        assert self.editing.editor is not None
        return self.editing.editor

    def to_front(self) -> LessonEditor:
        """Give the editor the keyboard."""
        editor = self.editor
        editor.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is editor)
        return editor

    def close(self) -> None:
        """Close all of it, whatever was not saved."""
        if self.editing.editor is not None:
            self.editing.editor.discard()
        self.parts.session.close()
        self.window.close()
