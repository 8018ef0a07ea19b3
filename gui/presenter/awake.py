"""Keeps the screen awake while a lesson is presented.

It asks ``org.freedesktop.ScreenSaver`` on the session bus, as video players do. Where there is no
such bus (Windows, macOS, a bare X server) nothing is done and nothing is said.
"""

from __future__ import annotations

from typing import Protocol

_SERVICE, _PATH = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"
_CONNECTION = "ownerscope-awake"
_PATIENCE_MS = 500
REASON = "A lesson is presented"


class Bus(Protocol):
    """Who can keep a screen awake."""

    def inhibit(self, program: str, reason: str) -> int | None:
        """Ask for it; return what takes it back, None where nobody listens."""

    def release(self, cookie: int) -> None:
        """Take it back."""


class SessionBus:
    """The desktop's session bus, through a connection of its own.

    Savers forget who has left the bus: leaving it is the one way back that all of them understand.
    """

    def inhibit(self, program: str, reason: str) -> int | None:
        """Ask the screen saver to wait; None where there is no bus or no screen saver."""
        try:
            from PySide6.QtDBus import QDBusConnection, QDBusInterface, QDBusMessage
        except ImportError:  # a Qt built without it
            return None
        kind = QDBusConnection.BusType.SessionBus
        bus = QDBusConnection.connectToBus(kind, _CONNECTION)
        if not bus.isConnected():
            return None
        saver = QDBusInterface(_SERVICE, _PATH, _SERVICE, bus)
        saver.setTimeout(_PATIENCE_MS)
        answer = saver.call("Inhibit", program, reason)
        if answer.type() != QDBusMessage.MessageType.ReplyMessage or not answer.arguments():
            QDBusConnection.disconnectFromBus(_CONNECTION)
            return None
        return int(answer.arguments()[0])

    def release(self, _cookie: int) -> None:
        """Let the screen saver go on."""
        from PySide6.QtDBus import QDBusConnection

        QDBusConnection.disconnectFromBus(_CONNECTION)


class KeepAwake:
    """Holds the screen awake between ``hold`` and ``let_go``.

    Args:
        bus: Who is asked.
    """

    def __init__(self, bus: Bus | None = None) -> None:
        self._bus: Bus = bus or SessionBus()
        self._cookie: int | None = None

    @property
    def held(self) -> bool:
        """Whether somebody keeps the screen awake."""
        return self._cookie is not None

    def hold(self) -> None:
        """Ask once."""
        if self._cookie is None:
            self._cookie = self._bus.inhibit("ownerscope", REASON)

    def let_go(self) -> None:
        """Take it back."""
        cookie, self._cookie = self._cookie, None
        if cookie is not None:
            self._bus.release(cookie)
