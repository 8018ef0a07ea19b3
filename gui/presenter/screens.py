"""Which screen is the audience's, and which the speaker's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication


class Display(Protocol):
    """What is asked of a ``QScreen``."""

    def geometry(self) -> QRect:
        """Return where it is on the desktop."""

    def name(self) -> str:
        """Return what the system calls it."""


class Seats(NamedTuple):
    """Who sees which screen.

    Attributes:
        audience: Where the audience's window goes.
        speaker: Where the speaker's window goes; None where there is one screen only.
    """

    audience: QRect
    speaker: QRect | None


Screens = Callable[[], Sequence[Display]]


def all_screens() -> Sequence[Display]:
    """Return the screens of the desktop."""
    return QGuiApplication.screens()


def seats(screens: Sequence[Display], window: QRect) -> Seats:
    """Share out the screens.

    A screen without any room, and one that shows the same as another, is as if it were not there:
    a projector that mirrors leaves one screen.

    Args:
        screens: The screens there are.
        window: Where the main window is: the speaker's screen is the one that holds most of it.
    """
    rooms: list[QRect] = []
    for screen in screens:
        room = screen.geometry()
        if not room.isEmpty() and not any(room.intersects(other) for other in rooms):
            rooms.append(room)
    if not rooms:
        return Seats(QRect(0, 0, 1280, 800), None)
    if len(rooms) == 1:
        return Seats(rooms[0], None)

    def held(room: QRect) -> int:
        part = room.intersected(window)
        return max(0, part.width()) * max(0, part.height())

    speaker = max(rooms, key=held)
    others = [room for room in rooms if room != speaker]
    return Seats(max(others, key=lambda room: room.width() * room.height()), speaker)
