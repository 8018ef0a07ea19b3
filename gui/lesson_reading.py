"""Gets the recording of a step: one at hand, one that is open anyway, or one that is read now."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import OwnerscopeError
from core.lesson.recorded import path_of
from gui.lesson_recordings import LessonRecordings

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from gui.lesson_hall import Hall
    from gui.lesson_recordings import Kept


class LessonReading(QObject):
    """Reads what steps show, in sight where one has to wait for it.

    Args:
        controller: The window with its Recordings workspace.
        parent: The Qt parent.

    Attributes:
        kept: The recordings at hand.

    Signals:
        there: The recording that was waited for is at hand (``Kept``).
        failed: It cannot be read, or was not read to its end; carries a sentence.
    """

    there = Signal(object)
    failed = Signal(str)

    def __init__(self, controller: Hall, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self.kept = LessonRecordings(self)
        self._waiting: Path | None = None
        # Reading ends before it is said what came of it.
        self._ended = QTimer(self, singleShot=True, interval=0)
        self._ended.timeout.connect(self._look)
        controller.recordings_made.connect(self._follow)

    @property
    def waiting(self) -> Path | None:
        """The file that is being read for the step, None where nobody waits for one."""
        return self._waiting

    def get(self, step: ResolvedStep) -> Kept | None:
        """Return the recording of a step; None where it is to be waited for.

        Raises:
            LessonError: There is no such file.
        """
        path, recordings = path_of(step.recording, where=step.where), self._controller.recordings
        self._waiting = None
        opened = recordings.recording
        if path not in self.kept and opened is not None and Path(opened.name) == path:
            self.kept.keep(path, opened, recordings.profile)
        kept = self.kept.find(path)
        if kept is None:
            self._waiting = path
            self.kept.stop()
            # What is seen meanwhile is not to be another step's, and this workspace tells how far
            # reading is.
            self._controller.window.show_workspace("recordings")
            recordings.open(path)
        return kept

    def wait_no_more(self) -> None:
        """Read on, but for nobody: another step is shown."""
        self._waiting = None

    def prepare(self, step: ResolvedStep) -> None:
        """Read the recording of a step that is likely to be wanted next."""
        with suppress(OwnerscopeError):  # it is said when the step is shown
            self.kept.prepare(path_of(step.recording))

    def leave(self) -> None:
        """Wait for nothing any more, and keep nothing."""
        self._waiting = None
        self.kept.forget()

    def _follow(self) -> None:
        recordings = self._controller.recordings
        recordings.reading_ended.connect(self._ended.start)
        recordings.failed.connect(self._fail)

    def _look(self) -> None:
        """Take what was read, once its views have it, or say that it is not there."""
        path, recordings = self._waiting, self._controller.recordings
        if path is None or recordings.busy:
            return
        opened = recordings.recording
        if opened is None or Path(opened.name) != path:
            self._fail("the recording was not read to its end; show the step again")
            return
        self._waiting = None
        self.kept.keep(path, opened)
        self.there.emit(self.kept.find(path))

    def _fail(self, sentence: str) -> None:
        if self._waiting is not None:
            self._waiting = None
            self.failed.emit(sentence)
