"""What a lesson is shown in: the window with its one run, and what its workspaces are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from gui.layout_session import LayoutSession
    from gui.playback import Playback
    from gui.recording_session import RecordingSession
    from gui.session import Session
    from gui.viewport import Viewport
    from gui.window import MainWindow


class Hall(Protocol):
    """What lessons need of ``gui.controller.Controller``.

    Attributes:
        window: The window.
        session: What is open in Live.
        playback: The clock that moves its cursor.
        plays_with_layouts: Whether a task_struct that is chosen in Layout is used in Live too.
    """

    window: MainWindow
    session: Session
    playback: Playback
    plays_with_layouts: bool

    @property
    def viewport(self) -> Viewport:
        """What part of the run the timeline shows."""
        ...

    @property
    def layouts(self) -> LayoutSession:
        """What the Layout workspace is about."""
        ...

    @property
    def recordings(self) -> RecordingSession:
        """What the Recordings workspace is about."""
        ...

    @property
    def lesson_wanted(self) -> SignalInstance:
        """A file that is to be opened is a lesson (its Path)."""
        ...

    @property
    def recordings_made(self) -> SignalInstance:
        """``recordings`` is there; before, nobody had asked for it."""
        ...
