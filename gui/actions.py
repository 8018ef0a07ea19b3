"""The commands as Qt actions: the keys in force, what is on, and who carries a command out.

Menus, the toolbar, the key help and the command palette are all made from the table. Whoever
can carry a command out connects to it by id; a command nobody handles is disabled. The user may
give every command other keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from core.errors import OwnerscopeError
from gui.commands import COMMANDS, Command
from gui.icons import icon
from gui.widgets.key_caps import label_of
from gui.widgets.keyboard import KeyGuard

if TYPE_CHECKING:
    from gui.settings import Settings
    from gui.theme import Metrics, Theme


class ActionRegistry(QObject):
    """The commands as Qt actions, with the keys in force.

    Args:
        settings: Where the user's own keys are kept; None keeps nothing.
        parent: The Qt parent.
        commands: The table to build from.
    """

    keys_changed = Signal(str)
    """A command has other keys now (its id; empty for all of them)."""
    ran = Signal(str)
    """A command was run, however (its id)."""

    def __init__(
        self,
        settings: Settings | None = None,
        parent: QObject | None = None,
        commands: Sequence[Command] = COMMANDS,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._choices: dict[str, QActionGroup] = {}
        self._having: dict[str, dict[str, None]] = {}  # the commands that have a key, in order
        self._icons: dict[str, str] = {}
        self._look: tuple[Theme, int, float] | None = None
        self._window: QWidget | None = None
        self._carriers: dict[str, set[str]] = {}
        self._enabled: dict[str, bool] = {}
        self._refused: set[tuple[str, str]] = set()
        self._context = ""
        for command in commands:
            self._add_without_keys(command)
        # The user's own keys come first: a new version may have given one of them away.
        for command in sorted(commands, key=lambda command: self._stored_keys(command.id) is None):
            self._give_keys(command)

    def add(self, command: Command) -> QAction:
        """Declare a command later than the table, as a workspace does. Keys in use stay theirs."""
        action = self._add_without_keys(command)
        self._give_keys(command)
        if self._window:
            self._window.addAction(action)
        self._draw_icon(command.id)
        return action

    def _stored_keys(self, command_id: str) -> str | None:
        return self._settings.keys(command_id) if self._settings else None

    def _give_keys(self, command: Command) -> None:
        stored = self._stored_keys(command.id)
        keys = command.keys if stored is None else _split(stored)
        self._put_keys(command.id, [key for key in keys if not self.owner_of(key, command.id)])

    def _add_without_keys(self, command: Command) -> QAction:
        self._commands[command.id] = command
        self._icons[command.id] = command.icon
        action = self._actions[command.id] = QAction(command.text, self)
        action.setObjectName(command.id)
        action.setStatusTip(command.tip)
        action.setCheckable(command.checkable)
        action.setAutoRepeat(command.repeats)
        action.setIconVisibleInMenu(False)
        action.setEnabled(False)
        if command.choice:
            exclusive = self._choices.setdefault(command.choice, QActionGroup(self))
            exclusive.addAction(action)
        action.triggered.connect(lambda: self.ran.emit(command.id))
        return action

    def action(self, command_id: str) -> QAction:
        """Return the action of a command, for a menu or a button."""
        return self._actions[command_id]

    def command(self, command_id: str) -> Command:
        """Return a command as it was declared."""
        return self._commands[command_id]

    def groups(self) -> dict[str, list[Command]]:
        """Return the visible commands by group, both in the order they were declared."""
        found: dict[str, list[Command]] = {}
        for command in self._commands.values():
            if self._actions[command.id].isVisible():
                found.setdefault(command.group, []).append(command)
        return found

    def connect(  # type: ignore[override]
        self, command_id: str, slot: Callable[..., object], context: str = ""
    ) -> None:
        """Carry a command out with ``slot()``, or ``slot(on)`` where it is checkable.

        Args:
            command_id: The command.
            slot: What it does.
            context: The one workspace in which this slot does it, and no other. Without it the slot
                does it in every workspace that has no slot of its own.
        """
        # Qt always sends whether the action is checked; only checkable commands mean it.
        passes = self._commands[command_id].checkable

        def obey(on: bool) -> None:
            if self._carrier(command_id) == context:
                slot(on) if passes else slot()

        self._actions[command_id].triggered.connect(obey)
        self._carriers.setdefault(command_id, set()).add(context)
        self._update(command_id)

    def _carrier(self, command_id: str) -> str:
        """Return whose slots carry a command out now: the workspace's own, or the common ones."""
        return self._context if self._context in self._carriers.get(command_id, ()) else ""

    def run(self, command_id: str) -> None:
        """Run a command as if its keys were pressed; nothing where it is disabled."""
        self._actions[command_id].trigger()

    def set_enabled(self, command_id: str, enabled: bool, context: str = "") -> None:
        """Say whether a command makes sense now. Its handler and context count as well.

        Args:
            command_id: The command.
            enabled: Whether it does.
            context: Whose slots are meant, as in ``connect``.
        """
        pair = (command_id, context)
        (self._refused.discard if enabled else self._refused.add)(pair)
        self._update(command_id)

    def set_checked(self, command_id: str, checked: bool) -> None:
        """Show whether a command is on, without running it."""
        self._actions[command_id].setChecked(checked)

    def set_visible(self, command_id: str, visible: bool) -> None:
        """Say whether a command exists at all for now."""
        self._actions[command_id].setVisible(visible)

    @property
    def context(self) -> str:
        """The workspace in front, empty before there is one."""
        return self._context

    def set_context(self, context: str) -> None:
        """Enter a workspace: its commands and keys come into force, others go."""
        if context == self._context:
            return
        self._context = context
        for command_id in self._commands:
            self._update(command_id)

    def _update(self, command_id: str) -> None:
        contexts = self._commands[command_id].contexts
        here = not contexts or not self._context or self._context in contexts
        carrier = self._carrier(command_id)
        handled = carrier in self._carriers.get(command_id, ())
        wanted = handled and (command_id, carrier) not in self._refused
        enabled = here and wanted
        if enabled != self._enabled.get(command_id):  # most are not touched by a change
            self._enabled[command_id] = enabled
            self._actions[command_id].setEnabled(enabled)

    def keys(self, command_id: str) -> tuple[str, ...]:
        """Return the keys in force, as Qt's portable text."""
        return tuple(key.toString() for key in self._actions[command_id].shortcuts())

    def key_labels(self, command_id: str) -> list[str]:
        """Return the keys in force as the platform writes them."""
        return [label_of(key) for key in self._actions[command_id].shortcuts()]

    def has_own_keys(self, command_id: str) -> bool:
        """Return whether the user changed a command's keys."""
        built_in = tuple(QKeySequence(key).toString() for key in self._commands[command_id].keys)
        return self.keys(command_id) != built_in

    def owner_of(self, key: str, besides: str) -> Command | None:
        """Return another command that has a key where ``besides`` would want it, or None."""
        contexts = set(self._commands[besides].contexts)
        for command_id in self._having.get(QKeySequence(key).toString(), ()):
            command = self._commands[command_id]
            apart = contexts and command.contexts and not contexts & set(command.contexts)
            if command_id != besides and not apart:
                return command
        return None

    def set_keys(self, command_id: str, keys: Iterable[str]) -> None:
        """Give a command other keys, and remember them.

        Args:
            command_id: The command.
            keys: Portable texts such as ``Ctrl+K``; none at all is allowed.

        Raises:
            OwnerscopeError: A key means nothing, or another command has it.
        """
        wanted = list(dict.fromkeys(QKeySequence(key).toString() for key in keys))
        for key in wanted:
            if not key:
                raise OwnerscopeError("this is not a key", advice="press another one")
            if owner := self.owner_of(key, command_id):
                shown = label_of(QKeySequence(key))
                problem = f"{shown} already runs “{owner.text}”"
                raise OwnerscopeError(problem, advice="choose another key or change that one first")
        self._put_keys(command_id, wanted)
        if self._settings:
            own = self.has_own_keys(command_id)
            self._settings.set_keys(command_id, "; ".join(wanted) if own else None)
        self.keys_changed.emit(command_id)

    def reset_keys(self, command_id: str) -> None:
        """Give a command its built-in keys back; refused like ``set_keys``."""
        self.set_keys(command_id, self._commands[command_id].keys)

    def reset_all_keys(self) -> None:
        """Give every command its built-in keys back."""
        for command in self._commands.values():
            self._put_keys(command.id, command.keys)
        if self._settings:
            self._settings.forget_keys()
        self.keys_changed.emit("")

    def _put_keys(self, command_id: str, keys: Iterable[str]) -> None:
        action, wanted = self._actions[command_id], [QKeySequence(key) for key in keys]
        for key in self.keys(command_id):
            self._having[key].pop(command_id, None)
        for sequence in wanted:
            self._having.setdefault(sequence.toString(), {})[command_id] = None
        action.setShortcuts(wanted)
        _set_tool_tip(action, self._commands[command_id])

    def set_icon(self, command_id: str, name: str) -> None:
        """Show a command with another icon, as play becomes pause."""
        if name != self._icons[command_id]:
            self._icons[command_id] = name
            self._draw_icon(command_id)

    def icon_name(self, command_id: str) -> str:
        """Return the name of the icon a command shows now."""
        return self._icons[command_id]

    def dress(self, theme: Theme, metrics: Metrics, ratio: float = 1.0) -> None:
        """Draw the icons in a theme's colours."""
        self._look = theme, metrics.chrome(20), ratio
        for command_id in self._commands:
            self._draw_icon(command_id)

    def _draw_icon(self, command_id: str) -> None:
        name = self._icons[command_id]
        if self._look and name:
            theme, size_px, ratio = self._look
            self._actions[command_id].setIcon(icon(name, theme, size_px, ratio=ratio))

    def install(self, window: QWidget) -> None:
        """Make the keys work in a window, but not while its user types into a field."""
        self._window = window
        window.addActions(list(self._actions.values()))
        KeyGuard(self)


def _split(stored: str) -> list[str]:
    return [key for key in stored.split("; ") if key and not QKeySequence(key).isEmpty()]


def _set_tool_tip(action: QAction, command: Command) -> None:
    keys = ", ".join(label_of(key) for key in action.shortcuts())
    first = f"{command.text}  ({keys})" if keys else command.text
    action.setToolTip("\n".join(filter(None, (first, command.tip))))
