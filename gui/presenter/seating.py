"""Where the windows of a presentation are: on two screens, or on one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gui.presenter.screens import Screens, Seats, seats

if TYPE_CHECKING:
    from gui.presenter.audience import AudienceWindow
    from gui.presenter.speaker import SpeakerWindow


class Seating(QObject):
    """Puts the audience's and the speaker's window on the screens there are.

    Args:
        window: The main window, on the speaker's screen.
        audience: The audience's window.
        speaker: The speaker's window.
        screens: The screens there are.
        parent: The Qt parent.
    """

    changed = Signal()
    """A window came, went or moved."""

    def __init__(
        self,
        window: QWidget,
        audience: AudienceWindow,
        speaker: SpeakerWindow,
        screens: Screens,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self.audience, self.speaker = window, audience, speaker
        self._screens = screens
        self._seats: Seats | None = None
        self._running, self._full_screen = False, True
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        # A moment later: while it goes, a screen may still be counted.
        for told in (app.screenAdded, app.screenRemoved):
            told.connect(lambda _screen: QTimer.singleShot(0, self, self.seat))

    def begin(self) -> None:
        """Show the windows."""
        self._running, self._full_screen, self._seats = True, True, None
        self.seat()

    def end(self) -> None:
        """Put the speaker's window away, and follow the screens no more."""
        self._running, self._seats = False, None
        self.speaker.head.set_ticking(False)
        self.speaker.hide()

    @property
    def one_screen(self) -> bool:
        """Whether audience and speaker look at the same screen."""
        return self._seats is None or self._seats.speaker is None

    def seat(self) -> None:
        """Put the windows on the screens there are now."""
        if not self._running:
            return
        wanted = seats(self._screens(), self._window.frameGeometry())
        if wanted == self._seats:
            return
        self._seats = wanted
        self._place(self.audience, wanted.audience, full=self._full_screen)
        if wanted.speaker is not None:
            self._place(self.speaker, wanted.speaker, full=True)
            self.speaker.activateWindow()
            self.speaker.notes.setFocus()
        else:
            self.speaker.hide()
            self.audience.activateWindow()
        self.speaker.head.set_ticking(self.speaker.isVisible())
        self.changed.emit()

    def _place(self, window: QWidget, where: QRect, *, full: bool) -> None:
        """Show a window on a screen; it has to be there before it fills it."""
        if window.isVisible():
            window.setWindowState(Qt.WindowState.WindowNoState)
        room = where if full else _inner(where)
        window.setGeometry(room)
        if full:
            window.setWindowState(Qt.WindowState.WindowFullScreen)
        window.show()
        window.raise_()

    @property
    def covers_window(self) -> bool:
        """Whether nothing is seen of the main window."""
        return (
            self._seats is not None
            and self._full_screen
            and (self.one_screen or self.speaker.isVisible())
        )

    def toggle_speaker(self) -> None:
        """Show the speaker's window or hide it; with one screen it lies over the audience's."""
        if self.speaker.isVisible():
            self.speaker.hide()
            self.audience.activateWindow()
            self.audience.pane.title.setFocus()
        elif self._seats is not None:
            where = self._seats.speaker or self._seats.audience
            self._place(self.speaker, where, full=self._full_screen)
            self.speaker.activateWindow()
            self.speaker.notes.setFocus()
        self.speaker.head.set_ticking(self.speaker.isVisible())
        self.changed.emit()

    def toggle_full_screen(self) -> None:
        """Fill the audience's screen, or be a window on it."""
        self.set_full_screen(full=not self._full_screen)

    def set_full_screen(self, *, full: bool) -> None:
        """Fill the audience's screen or not."""
        self._full_screen = full
        if self._seats is not None:
            self._place(self.audience, self._seats.audience, full=full)
            self.audience.activateWindow()

    @property
    def full_screen(self) -> bool:
        """Whether the audience's window fills its screen."""
        return self._full_screen


def _inner(where: QRect) -> QRect:
    """Return where a window lies on a screen that it does not fill."""
    across, down = where.width() // 10, where.height() // 10
    return where.adjusted(across, down, -across, -down)
