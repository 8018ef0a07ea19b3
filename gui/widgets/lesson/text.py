"""Markdown to read from the last row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

if TYPE_CHECKING:
    from gui.theme import TextStep, ThemeManager


def plain(markdown: str) -> str:
    """Return what a screen reader says of a text."""
    document = QTextDocument()
    document.setMarkdown(markdown)
    return document.toPlainText().strip()


class MarkdownLabel(QLabel):
    """A text that grows with the scale.

    Args:
        themes: The theme in force.
        step: Its size.
        parent: The Qt parent.
    """

    def __init__(
        self, themes: ThemeManager, step: TextStep = "title", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._themes, self._step = themes, step
        self.setTextFormat(Qt.TextFormat.MarkdownText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        themes.changed.connect(self.dress)
        self.dress()

    def show_markdown(self, text: str) -> None:
        """Show a text; an empty one takes no room."""
        self.setText(text)
        self.setAccessibleName(plain(text))
        self.setVisible(bool(text))

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        font = self._themes.metrics.ui(self._step)
        # The application's style sheet would win over a font that is merely set.
        self.setStyleSheet(f"font-size: {font.pixelSize()}px")
