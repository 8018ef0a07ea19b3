"""The menu bar, made from the command table: a few menus that fit, the workspace's among them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from gui.commands import MENUS, SUBMENUS, Command

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.settings import Settings


class Menus(QMenuBar):
    """Every command that has a group, in menus.

    Args:
        registry: The commands.
        settings: Which files were open.
        open_file: Opens one of them.

    Attributes:
        recent: The menu of files that were open.
    """

    def __init__(
        self, registry: ActionRegistry, settings: Settings, open_file: Callable[[Path], None]
    ) -> None:
        super().__init__()
        self._registry, self._settings, self._open_file = registry, settings, open_file
        self._menus: dict[str, QMenu] = {}
        self._submenus: dict[str, QMenu] = {}
        self._more = QMenu("&More", self)
        self._workspace, self._room_px = "", 0
        self.recent = QMenu("Open recent", self)
        self.recent.aboutToShow.connect(self._fill_recent)
        self._build()

    def _build(self) -> None:
        groups = self._registry.groups()
        for entry in MENUS:
            menu = self._menus[entry.title] = QMenu(entry.title, self)
            menu.setToolTipsVisible(False)
            for group in entry.groups:
                for prefix, part in groupby(groups[group], lambda c: c.id.split(".")[0]):
                    self._fill(menu, prefix, list(part))
        view = self._menus["&View"]
        self._after_workspaces = view.insertSeparator(view.actions()[0])
        self.fit(0)

    def _fill(self, menu: QMenu, prefix: str, commands: list[Command]) -> None:
        named = SUBMENUS.get(prefix)
        if named is not None:
            menu = self._submenu(self._menus[named.menu], named.title)
        elif commands[0].family:
            menu = self._submenu(menu, commands[0].family)
        elif menu.actions():
            menu.addSeparator()
        for command in commands:
            if command.id in ("file.clear_recent", "file.quit"):
                menu.addSeparator()
            if command.id != "file.clear_recent":
                menu.addAction(self._registry.action(command.id))
            if command.id == "file.open":
                menu.addMenu(self.recent)

    def _submenu(self, menu: QMenu, title: str) -> QMenu:
        if title not in self._submenus:
            if menu.actions():
                menu.addSeparator()
            self._submenus[title] = menu.addMenu(title)
        return self._submenus[title]

    def _fill_recent(self) -> None:
        self.recent.clear()
        for path in self._settings.recent_files:
            entry = self.recent.addAction(path.name)
            entry.setStatusTip(str(path))
            entry.triggered.connect(lambda _=False, path=path: self._open_file(path))
        self.recent.setToolTipsVisible(True)
        if self.recent.isEmpty():
            self.recent.addAction("Nothing yet").setEnabled(False)
        else:
            self.recent.addSeparator()
            self.recent.addAction(self._registry.action("file.clear_recent"))

    def add_workspace(self, action: QAction) -> None:
        """Offer a workspace in View, after those there are."""
        self._menus["&View"].insertAction(self._after_workspaces, action)

    def show_workspace(self, name: str) -> None:
        """Show the menu of the workspace in front; nothing of the others' could be done there."""
        self._workspace = name
        self.fit(self._room_px)

    def fit(self, room_px: int) -> None:
        """Show as many menus as there is room for, and the rest in a menu at the end.

        Args:
            room_px: The width there is; 0 where it is not known.
        """
        self._room_px = room_px
        menus = [
            self._menus[entry.title] for entry in MENUS if entry.workspace in ("", self._workspace)
        ]
        for fitting in range(len(menus), -1, -1):
            self._place(menus, fitting)
            if not room_px or self.sizeHint().width() <= room_px:
                break

    def _place(self, menus: list[QMenu], fitting: int) -> None:
        wanted = [menu.menuAction() for menu in menus[:fitting]]
        if fitting < len(menus):
            wanted.append(self._more.menuAction())
        if wanted == self.actions():
            return
        self.clear()
        self._more.clear()
        self.addActions(wanted)
        self._more.addActions([menu.menuAction() for menu in menus[fitting:]])
