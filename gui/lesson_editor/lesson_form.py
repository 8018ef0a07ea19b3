"""What is said of the whole lesson: its title, what it teaches, how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from gui.lesson_editor.fields import LineField, TextField, captioned, small

if TYPE_CHECKING:
    from gui.lesson_editor.document import EditedLesson
    from gui.theme import ThemeManager

_MOST_TITLE, _MOST_MINUTES = 80, 600


class LessonForm(QWidget):
    """Edits the head of the lesson.

    Args:
        edited: The lesson.
        themes: The theme in force.
    """

    def __init__(self, edited: EditedLesson, themes: ThemeManager) -> None:
        super().__init__()
        self._edited = edited
        self.title = LineField(
            "Title of the lesson", "A few words", lambda text: edited.set_lesson(title=text)
        )
        self.title.setMaxLength(_MOST_TITLE)
        self.about = TextField(
            "What the lesson teaches", "What it teaches, in a sentence or two",
            lambda text: edited.set_lesson(about=text), lines=2,
        )  # fmt: skip
        self.about.setMaximumHeight(self.about.minimumHeight())
        self.minutes = QSpinBox(minimum=1, maximum=_MOST_MINUTES)
        self.minutes.setSuffix(" min")
        small(self.minutes, 6)
        self.minutes.setAccessibleName("Minutes it takes to teach")
        self.minutes.valueChanged.connect(lambda value: edited.set_lesson(minutes=value))
        row, column = QHBoxLayout(), QVBoxLayout(self)
        row.addWidget(captioned("Teaches", self.about, themes), 1)
        row.addWidget(captioned("Takes", self.minutes, themes))
        column.addWidget(captioned("Lesson", self.title, themes))
        column.addLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        edited.changed.connect(self.show_lesson)
        self.show_lesson()

    def show_lesson(self, *_: object) -> None:
        """Show the lesson as it is now."""
        lesson = self._edited.lesson
        self.title.show_text(lesson.title)
        self.about.show_text(lesson.about)
        if self.minutes.value() != lesson.minutes:
            self.minutes.setValue(lesson.minutes)
