"""Who gets how much of a workspace: its views share the room, panels at the side make some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from gui.window import MainWindow

_SIDE_ROOM_PX = 600
"""Width of a workspace at the scale of 1 below which the panels make room for the main view."""
_LECTURE_HALL = 2.0
"""From this scale on they do as well."""


class SharedRoom(QWidget):
    """A workspace that gives each view its share anew whenever there is other room."""

    def _share(self) -> None:
        """Give each view its share, as far as nobody has dragged."""
        raise NotImplementedError

    def _share_later(self) -> None:
        """Share the room when all views have shown what is new."""
        QTimer.singleShot(0, self, self._share)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new room."""
        super().resizeEvent(event)
        self._share_later()

    def showEvent(self, event: QShowEvent) -> None:
        """Share the room when there first is some."""
        super().showEvent(event)
        self._share_later()


class SideRoom:
    """The panels at the right of a workspace: there where one wants them and they have room.

    Args:
        side: The panels.
        workspace: What they stand in.
        window: For its theme and settings.
        name: Under what it is remembered that the user has put them away.
        percent: Their share of the width, until one drags.
    """

    def __init__(
        self, side: QWidget, workspace: QWidget, window: MainWindow, name: str, percent: int
    ) -> None:
        self._side, self._workspace, self._window = side, workspace, window
        self._name, self._percent = name, percent
        self._had_room: bool | None = None

    def show(self, on: bool) -> None:
        """Show the panels, or leave their room to the main view, as the user wants it."""
        self._side.setVisible(on)
        self._window.settings.set_put_away(self._name, not on)

    def fit(self) -> None:
        """Put the panels away where they would take the main view's room, and back after it."""
        scale = self._window.themes.metrics.scale
        # Before it is shown the workspace has some size, but not its own.
        placed = self._workspace.isVisible()
        wide = self._workspace.width() >= _SIDE_ROOM_PX * scale or not placed
        room = wide and scale < _LECTURE_HALL
        if room is not self._had_room:
            self._had_room = room
            self._side.setVisible(room and not self._window.settings.is_put_away(self._name))

    def share(self, columns: QSplitter) -> None:
        """Give the panels, the second of two columns, their share."""
        side = columns.width() * self._percent // 100
        side = max(side, self._side.minimumSizeHint().width())
        columns.setSizes([columns.width() - side, side])
