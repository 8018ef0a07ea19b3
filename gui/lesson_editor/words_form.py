"""The words of a step: its title, its text and the speaker's notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.lesson_editor.fields import LineField, captioned
from gui.lesson_editor.markdown_field import MarkdownField

if TYPE_CHECKING:
    from gui.lesson_editor.document import EditedLesson
    from gui.theme import ThemeManager

_MOST_TITLE = 80


class WordsForm(QWidget):
    """Edits the words of the step in hand.

    Args:
        edited: The lesson.
        themes: The theme in force.
    """

    def __init__(self, edited: EditedLesson, themes: ThemeManager) -> None:
        super().__init__()
        self._edited = edited
        self.title = LineField(
            "Title of the step", "A few words", lambda text: edited.set_step(title=text)
        )
        self.title.setMaxLength(_MOST_TITLE)
        self.text = MarkdownField(
            "Text for the audience", "Markdown: **bold**, `code`, lists",
            lambda text: edited.set_step(text=text), themes, lines=6,
        )  # fmt: skip
        self.notes = MarkdownField(
            "Notes for the speaker", "Only you see these",
            lambda text: edited.set_step(notes=text), themes, lines=4,
        )  # fmt: skip
        column = QVBoxLayout(self)
        column.addWidget(captioned("Title", self.title, themes))
        column.addWidget(self.text, 3)
        column.addWidget(self.notes, 2)
        column.setSpacing(12)
        edited.changed.connect(self.show_step)
        edited.current_changed.connect(self.show_step)
        self.show_step()

    def show_step(self, *_: object) -> None:
        """Show the step in hand."""
        step = self._edited.step
        self.setEnabled(step is not None)
        if step is not None:
            self.title.show_text(step.title)
            self.text.show_text(step.text)
            self.notes.show_text(step.notes)
