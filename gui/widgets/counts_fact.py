"""One fact about a run as a line: an icon, a title and a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.icons import pixmap
from gui.theme import Role, ThemeManager
from gui.widgets.sentences import fits, sentence_html
from gui.widgets.wrapped import WrappedLabel


class Fact(QWidget):
    """One fact about a run.

    Args:
        themes: The theme in force.
        outcome: The theme's outcome that it looks like; empty for a note.
        icon: Name of the icon.
        title: What it is about; empty for nothing.
        text: The sentence.
    """

    def __init__(
        self, themes: ThemeManager, outcome: str, icon: str, title: str, text: str
    ) -> None:
        super().__init__()
        self._themes = themes
        self._said = outcome, icon, title, text
        self._icon, self._words = QLabel(), WrappedLabel()
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._words, 1)

    @property
    def title(self) -> str:
        """What it is about."""
        return self._said[2]

    @property
    def text(self) -> str:
        """The sentence."""
        return self._said[3]

    def say(self, outcome: str, icon: str, title: str, text: str) -> None:
        """Say something else."""
        if (outcome, icon, title, text) != self._said:
            self._said = outcome, icon, title, text
            self.dress()

    @property
    def _role(self) -> Role | None:
        outcome = self._said[0]
        role: Role | None = getattr(self._themes.theme, outcome) if outcome else None
        return role

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        role = self._role
        ink, side = role.ink if role else theme.muted, metrics.px(16)
        self._icon.setPixmap(pixmap(self._said[1], ink, side, self.devicePixelRatioF()))
        self._row.setSpacing(metrics.px(8))
        self._words.setFont(metrics.ui("body" if role else "caption"))
        sheet = f"color: {theme.text if role else theme.muted}"
        if sheet != self._words.styleSheet():
            self._words.setStyleSheet(sheet)
        self.setAccessibleName(f"{self.title}: {self.text}" if self.title else self.text)
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break long names only where they would not fit."""
        super().resizeEvent(event)
        self._write()

    def _write(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        role = self._role
        room = self._words.width() if self.isVisible() else self.width()
        family, breakable = metrics.mono_family, not fits(self.text, self._words.font(), room)
        html = sentence_html(self.text, frozenset(), family, breakable=breakable)
        ink = role.ink if role else theme.muted
        head = f'<b style="color:{ink}">{self.title}</b> · ' if self.title else ""
        if head + html != self._words.text():
            self._words.setText(head + html)
