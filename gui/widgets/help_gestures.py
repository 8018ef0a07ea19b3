"""What the mouse and the arrows do on the timeline; the key help lists it, nobody changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.widgets.key_caps import CAP_PX

if TYPE_CHECKING:
    from gui.theme import ThemeManager

GESTURES: tuple[tuple[str, str], ...] = (
    ("Zoom where the mouse is", "Wheel"),
    ("Zoom coarser", "Shift + wheel"),
    ("Zoom finer", "Ctrl + wheel"),
    ("Scroll the rows", "Alt + wheel"),
    ("Move the view", "Drag"),
    ("Select a range", "Shift + drag"),
    ("Look at one call", "Double click"),
    ("Move the playhead", "Click on the ruler"),
    ("Choose a row", "↑  ↓"),
    ("Next call on the row, or the one before", "Ctrl + →  ←"),
    ("Look at the chosen call", "Enter"),
    ("Scroll the rows by a page", "PageUp  PageDown"),
)
"""What happens, and what does it."""


class GestureRow(QWidget):
    """A line of it.

    Args:
        themes: The theme in force.
        text: What happens.
        gesture: What does it.
    """

    def __init__(self, themes: ThemeManager, text: str, gesture: str) -> None:
        super().__init__()
        self._searched = f"{text} {gesture}".lower()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, themes.metrics.px(3), 0)
        done, does = QLabel(text), QLabel(gesture)
        does.setObjectName("hint")
        row.addWidget(done)
        row.addStretch(1)
        row.addWidget(does)
        self.setMinimumHeight(themes.metrics.px(CAP_PX + 6))
        self.setAccessibleName(f"{text}: {gesture}")

    def matches(self, wanted: str) -> bool:
        """Return whether the line holds the text."""
        return wanted.lower() in self._searched
