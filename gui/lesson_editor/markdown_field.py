"""Text in Markdown, with how it will look beside it or in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from gui.lesson_editor.fields import Caption, TextField, Typed
from gui.widgets.controls import Segments
from gui.widgets.lesson.text import rich

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_BESIDE_PX = 760
"""From this width on both are shown side by side."""
_WRITE, _PREVIEW = "write", "preview"


class MarkdownField(QWidget):
    """A text and its preview.

    Args:
        name: What it is: the heading over it.
        hint: What stands there as long as nothing does.
        typed: Called with what the user typed.
        themes: The theme in force.
        lines: How many lines it shows at least.
    """

    def __init__(
        self, name: str, hint: str, typed: Typed, themes: ThemeManager, lines: int = 4
    ) -> None:
        super().__init__()
        self._themes, self._typed, self._turn = themes, typed, _WRITE
        self.editor = TextField(name, hint, self._take, lines)
        self.preview = QTextBrowser()
        self.preview.setAccessibleName(f"Preview: {name}")
        self.preview.setOpenLinks(False)
        options = ((_WRITE, "Write", f"Edit the {name.lower()}"),
                   (_PREVIEW, "Preview", "As it will look"))  # fmt: skip
        self.turns = Segments(options, themes, self.show_turn)
        self._caption = Caption(name, themes, self.editor)
        self._arrange()
        themes.changed.connect(self.dress)
        self.dress()

    def _arrange(self) -> None:
        head, both, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self._caption)
        head.addStretch(1)
        head.addWidget(self.turns)
        both.addWidget(self.editor, 1)
        both.addWidget(self.preview, 1)
        column.addLayout(head)
        column.addLayout(both, 1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        both.setSpacing(8)
        self._fit()

    def show_turn(self, turn: str) -> None:
        """Show the text or its preview, where there is no room for both."""
        self._turn = turn
        self._fit()

    def show_text(self, text: str) -> None:
        """Show a text."""
        self.editor.show_text(text)
        self._render(text)

    def _take(self, text: str) -> None:
        self._render(text)
        self._typed(text)

    def _render(self, text: str) -> None:
        metrics = self._themes.metrics
        self.preview.setHtml(rich(text, metrics.ui("title"), metrics.mono("title")))

    def showEvent(self, event: QShowEvent) -> None:
        """Take on the font: the application's style sheet has come in between."""
        super().showEvent(event)
        self.dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show both where there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        beside = self.width() >= self._themes.metrics.px(_BESIDE_PX)
        self.turns.setVisible(not beside)
        self.turns.show_value(self._turn)
        self.editor.setVisible(beside or self._turn == _WRITE)
        self.preview.setVisible(beside or self._turn == _PREVIEW)

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        self.editor.setFont(self._themes.metrics.mono())
        self.editor.fit()
        self.preview.setMinimumHeight(self.editor.minimumHeight())
        self._render(self.editor.toPlainText())
        self._fit()
