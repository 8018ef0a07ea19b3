"""How workspaces put views together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from weakref import WeakMethod

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QWidget

if TYPE_CHECKING:
    from gui.settings import Settings

_LEVELS = 16
"""So deep widgets lie in each other at most; what asks for nothing costs nothing."""


def lay_out_now() -> None:
    """Lay out all that has asked for it, before it is painted.

    Left to itself, Qt goes up by one level of widgets between one paint and the next: another text
    deep in a window is first seen in the room of the one before, and the window painted again.
    """
    for _ in range(_LEVELS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


class Soon(QObject):
    """Does something once, with what is laid out and before it is painted.

    A timer would do it after a paint of what has no place yet.

    Args:
        owner: It ends with this one.
        act: One of the owner's methods.
    """

    def __init__(self, owner: QObject, act: Callable[[], object]) -> None:
        super().__init__(owner)
        self._act = WeakMethod(act)
        self._due = False

    def start(self) -> None:
        """Do it soon, however often that is said until then."""
        if not self._due:
            self._due = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))

    def event(self, event: QEvent) -> bool:
        """Do it now."""
        if event.type() != QEvent.Type.LayoutRequest:
            return super().event(event)
        self._due = False
        act = self._act()
        if act is not None:
            act()
        return True


def splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    """Return widgets side by side with handles between them; none can be dragged away."""
    made = QSplitter(orientation)
    for widget in widgets:
        made.addWidget(widget)
    made.setChildrenCollapsible(False)
    return made


def keep_splitters(
    splitters: Mapping[str, QSplitter], settings: Settings, workspace: str
) -> set[str]:
    """Put splitters where they were, and remember where they are dragged.

    Args:
        splitters: By name.
        settings: Where it is remembered.
        workspace: Whose they are: names need differ only within one.

    Returns:
        The names of those the user has dragged, now or earlier; it grows.
    """
    dragged: set[str] = set()

    def remember(name: str) -> None:
        dragged.add(name)
        settings.set_state(f"{workspace}/{name}", splitters[name].saveState())

    for name, splitter in splitters.items():
        state = settings.state(f"{workspace}/{name}")
        if not state.isEmpty():
            splitter.restoreState(state)
            dragged.add(name)
        splitter.splitterMoved.connect(lambda *_, name=name: remember(name))
    return dragged


def scrolled(widget: QWidget, name: str) -> QScrollArea:
    """Return a widget in an area that scrolls where it has no room.

    Args:
        widget: What may be larger than the area.
        name: What a screen reader calls the area.
    """
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    return area
