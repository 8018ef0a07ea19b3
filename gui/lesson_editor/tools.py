"""What the editor's buttons and keys do: every action once, as buttons where they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from gui.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoStack

    from gui.theme import ThemeManager

Action = tuple[str, str, str, Callable[[], object]]
"""Name, text, keys and what it does."""
_ICON_PX = 16
_Keys = QKeySequence.StandardKey


class EditorTools(QObject):
    """The actions of a window, with their keys, in that window only.

    Args:
        window: The window.
        themes: The theme in force.

    Attributes:
        actions: By name.
        buttons: Those with text, by name.
    """

    def __init__(self, window: QWidget, themes: ThemeManager) -> None:
        super().__init__(window)
        self._window, self._themes = window, themes
        self.actions: dict[str, QAction] = {}
        self.buttons: dict[str, QPushButton] = {}
        self._icons: dict[QAbstractButton, str] = {}
        themes.changed.connect(self.dress)

    def add_undo(self, stack: QUndoStack, before: Callable[[], object]) -> None:
        """Offer to undo and redo.

        Args:
            stack: The changes.
            before: Called when something was undone.
        """
        for name, made, keys in (
            ("undo", stack.createUndoAction(self._window), _Keys.Undo),
            ("redo", stack.createRedoAction(self._window), _Keys.Redo),
        ):
            made.setShortcuts(keys)
            made.triggered.connect(before)
            self._window.addAction(made)
            self.actions[name] = made

    def add(self, actions: Sequence[Action]) -> None:
        """Offer actions."""
        for name, text, keys, slot in actions:
            action = QAction(text, self._window)
            action.setShortcut(QKeySequence(keys))
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text}  ({shown})")
            action.triggered.connect(lambda _on=False, slot=slot: slot())
            self._window.addAction(action)
            self.actions[name] = action

    def button(self, name: str, sign: str = "", *, first: bool = False) -> QPushButton:
        """Return a button with text; the first of them is what one mostly wants."""
        made = self.buttons[name] = QPushButton(self.actions[name].text())
        made.setAutoDefault(False)
        made.setDefault(first)
        self._follow(made, name, sign)
        return made

    def tool(self, name: str, sign: str) -> QToolButton:
        """Return a button with a sign alone."""
        made = QToolButton()
        made.setAccessibleName(self.actions[name].text())
        self._follow(made, name, sign)
        return made

    def _follow(self, button: QAbstractButton, name: str, sign: str) -> None:
        action = self.actions[name]
        button.setToolTip(action.toolTip())
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        if sign:
            self._icons[button] = sign

    def dress(self) -> None:
        """Draw the signs in the theme's colours."""
        theme, side = self._themes.theme, self._themes.metrics.chrome(_ICON_PX)
        for button, name in self._icons.items():
            filled = isinstance(button, QPushButton) and button.isDefault()
            colour = theme.on_accent if filled else ""
            ratio = self._window.devicePixelRatioF()
            button.setIcon(icon(name, theme, side, colour=colour, ratio=ratio))
            button.setIconSize(QSize(side, side))
