"""The speaker's tools in a row: pen and its colours, spotlight, magnifier, undo, clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from gui.presenter.annotations import COLOURS, Annotations, Tool
from gui.presenter.layer import ink
from gui.widgets.flow import FlowLayout, Nothing

if TYPE_CHECKING:
    from gui.presenter.hall import HallThemes

_TOOLS = (
    (Tool.PEN, "Pen", "Draw over the step"),
    (Tool.SPOTLIGHT, "Spotlight", "Dim all but a circle at the pointer"),
    (Tool.MAGNIFIER, "Magnifier", "Enlarge what is under the pointer"),
)
_COLOUR_NAMES = {
    "danger": "red", "accent": "violet", "ok": "green", "warning": "amber", "text": "plain",
}  # fmt: skip


class ToolRow(QWidget):
    """Buttons for what is drawn over.

    Args:
        notes: What is drawn over.
        themes: The look.
    """

    def __init__(self, notes: Annotations, themes: HallThemes) -> None:
        super().__init__()
        self._notes, self._themes = notes, themes
        self._row = FlowLayout(self)
        self.tools = {tool: self._tool(tool, text, tip) for tool, text, tip in _TOOLS}
        self.colours = {name: self._colour(name) for name in COLOURS}
        self._button("−", "Smaller tool", lambda: notes.resize(-1))
        self._button("+", "Larger tool", lambda: notes.resize(1))
        self._button("Undo", "Take the last stroke back", notes.undo)
        self._button("Clear", "Clear what was drawn", notes.clear)
        # The last item of this layout stands at the right edge; the buttons begin at the left.
        self._row.addWidget(Nothing())
        notes.tool_changed.connect(self._show)
        self.dress()

    def _button(self, text: str, tip: str, do: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        # The name begins with what is seen: that is what one says to a program that listens.
        button.setAccessibleName(f"{text}: {tip}" if text.isalpha() else tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(do)
        self._row.addWidget(button)
        return button

    def _tool(self, tool: Tool, text: str, tip: str) -> QToolButton:
        button = self._button(text, tip, lambda: self._notes.take(tool))
        button.setCheckable(True)
        return button

    def _colour(self, name: str) -> QToolButton:
        said = f"Pen in {_COLOUR_NAMES[name]}"
        button = self._button("", said, lambda: self._notes.choose_colour(name))
        button.setCheckable(True)
        return button

    def _show(self) -> None:
        for tool, button in self.tools.items():
            button.setChecked(tool is self._notes.tool)
        for name, button in self.colours.items():
            button.setChecked(name == self._notes.colour)

    def dress(self) -> None:
        """Take on the look."""
        metrics, theme = self._themes.metrics, self._themes.theme
        self._row.gaps = metrics.px(3), metrics.px(3)
        side = metrics.px(16)
        for name, button in self.colours.items():
            dot = QPixmap(side, side)
            dot.fill(Qt.GlobalColor.transparent)
            with QPainter(dot) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(ink(name, theme)))
                painter.drawEllipse(dot.rect().adjusted(1, 1, -1, -1))
            button.setIcon(QIcon(dot))
            button.setIconSize(QSize(side, side))
        self._show()
