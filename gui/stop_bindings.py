"""What the commands about stops do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.playback import Playback
    from gui.session import Session
    from gui.widgets.message_bar import Message
    from gui.window import MainWindow


class StopBindings:
    """Moves from stop to stop, and says so where there is none further on.

    Args:
        window: Whose commands and messages.
        session: Whose stops.
        playback: What stops there.
    """

    def __init__(self, window: MainWindow, session: Session, playback: Playback) -> None:
        self._window, self._session, self._playback = window, session, playback
        self._message: Message | None = None
        connect = window.registry.connect
        connect("stop.next", lambda: self._go(1))
        connect("stop.previous", lambda: self._go(-1))
        connect("stop.toggle_here", session.stops.toggle_here)
        connect("stop.clear", session.stops.clear)
        session.stops.changed.connect(self._enable)
        session.trace_changed.connect(self._enable)
        playback.playing_changed.connect(lambda playing: self._forget() if playing else None)
        self._enable()

    def _enable(self) -> None:
        registry, session = self._window.registry, self._session
        has_run = session.trace is not None
        for command in ("stop.next", "stop.previous", "stop.toggle_here"):
            registry.set_enabled(command, has_run)
        registry.set_enabled("stop.clear", bool(session.stops.listed))

    def _go(self, way: int) -> None:
        session, stops = self._session, self._session.stops
        self._playback.pause()
        to = (stops.next if way > 0 else stops.previous)(session.position)
        if to is not None:
            session.seek(to)
            self._forget()
        elif not stops.listed:
            self._say("There are no stops yet: F9 stops at the function at the cursor.")
        else:
            self._say("No stop further on." if way > 0 else "No stop further back.")

    def _say(self, sentence: str) -> None:
        self._forget()
        self._message = self._window.messages.info(sentence)

    def _forget(self) -> None:
        message, self._message = self._message, None
        if message is not None and message in self._window.messages.messages:
            message.dismiss()
