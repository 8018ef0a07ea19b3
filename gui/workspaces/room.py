"""Who gets how much of a workspace: its views share the room, panels at the side make some.

What a lesson points at keeps its place, however little room there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from gui.widgets.arrange import Soon

if TYPE_CHECKING:
    from gui.window import MainWindow

_SIDE_ROOM_PX = 600
"""Width of a workspace at the scale of 1 below which the panels make room for the main view."""
_LECTURE_HALL = 2.0
"""From this scale on they do as well."""


class Pointed:
    """The views of a workspace that a lesson's step points at.

    Args:
        share: Shares the workspace's room anew.
    """

    def __init__(self, share: Callable[[], object]) -> None:
        self._share = share
        self._views: frozenset[QWidget] = frozenset()

    def __contains__(self, view: QWidget) -> bool:
        return view in self._views

    def point(self, views: Iterable[QWidget]) -> None:
        """Point at these, and at nothing else any more."""
        wanted = frozenset(views)
        if wanted != self._views:
            self._views = wanted
            self._share()


class SharedRoom(QWidget):
    """A workspace that gives each view its share anew whenever there is other room."""

    def __init__(self) -> None:
        super().__init__()
        self.pointed = Pointed(self._share)
        self._soon = Soon(self, self._share)

    def _share(self) -> None:
        """Give each view its share, as far as nobody has dragged."""
        raise NotImplementedError

    def _share_later(self) -> None:
        """Share the room when all views have shown what is new."""
        self._soon.start()

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
        self, side: QWidget, workspace: SharedRoom, window: MainWindow, name: str, percent: int
    ) -> None:
        self._side, self._workspace, self._window = side, workspace, window
        self._name, self._percent = name, percent
        self._was: tuple[bool, bool] | None = None

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
        room, pointed = wide and scale < _LECTURE_HALL, self._side in self._workspace.pointed
        if (room, pointed) != self._was:
            self._was = room, pointed
            wanted = not self._window.settings.is_put_away(self._name)
            self._side.setVisible(pointed or (room and wanted))

    def share(self, columns: QSplitter) -> None:
        """Give the panels, the second of two columns, their share."""
        side = columns.width() * self._percent // 100
        side = max(side, self._side.minimumSizeHint().width())
        columns.setSizes([columns.width() - side, side])
