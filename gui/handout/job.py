"""A handout made while the window goes on: a step at a time, with progress and cancel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

from core.errors import OwnerscopeError
from core.saving import write_aside
from gui.widgets.progress_card import ProgressCard

if TYPE_CHECKING:
    from core.lesson.schema import Lesson
    from gui.handout.export import Form, Making
    from gui.theme import ThemeManager

PATIENCE_MS = 150


class HandoutJob(QObject):
    """Makes one handout at a time and writes it.

    Signals:
        started: Work has begun.
        progressed: How many steps of how many are done.
        finished: It is written (its path).
        failed: A sentence; what was there is still there.
        ended: The work is over, however it ended.
    """

    started = Signal()
    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(str)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Making | None = None
        self._path = Path()
        # The window paints and hears keys between two steps.
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._step)

    @property
    def busy(self) -> bool:
        """Whether a handout is being made."""
        return self._work is not None

    def start(
        self, lesson: Lesson, path: Path, *, notes: bool = False, folder: Path | None = None
    ) -> None:
        """Make a handout, PDF or HTML by the file's suffix; one under way is given up.

        Args:
            lesson: The lesson.
            path: Where the handout goes.
            notes: Whether the speaker's notes are in it.
            folder: Where the lesson's file is; recordings may lie beside it.
        """
        from gui.handout.export import making

        self.cancel()
        form: Form = "pdf" if path.suffix.lower() == ".pdf" else "html"
        self._work = making(lesson, form, notes=notes, folder=folder)
        self._path = path
        self.started.emit()
        self._next.start()

    def cancel(self) -> None:
        """Stop; what was there before stays."""
        if self._work is not None:
            self._work.close()
            self._end()

    def _end(self) -> None:
        self._next.stop()
        self._work = None
        self.ended.emit()

    def _step(self) -> None:
        if self._work is None:
            return
        try:
            self.progressed.emit(*next(self._work))
        except StopIteration as stop:
            self._write(stop.value)
        except OwnerscopeError as error:
            self._end()
            self.failed.emit(str(error))
        except BaseException:
            self._end()
            raise
        else:
            self._next.start()

    def _write(self, data: bytes) -> None:
        path = self._path
        try:
            write_aside(path, data)
        except OSError as error:
            self._end()
            reason = error.strerror or str(error)
            self.failed.emit(
                f"{path}: cannot write the handout: {reason}; nothing of what was there is lost;"
                " choose another place"
            )
            return
        self._end()
        self.finished.emit(path)


class HandoutProgress(ProgressCard):
    """How far a handout is, over a window's content.

    Args:
        job: The work.
        themes: The theme in force.
        over: What it floats over.
        patience_ms: How long work must last before it shows.
    """

    def __init__(
        self, job: HandoutJob, themes: ThemeManager, over: QWidget, patience_ms: int = PATIENCE_MS
    ) -> None:
        self._done, self._total = 0, 0
        super().__init__(themes, QLabel(), patience_ms, over)
        self.cancel_button.setToolTip("Stop; no file is written")
        self.cancel_button.clicked.connect(job.cancel)
        self.setAccessibleName("Handout in progress")
        job.started.connect(self._start)
        job.progressed.connect(self._tell)
        job.ended.connect(self.end)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self._done / self._total if self._total else 0.0

    def _start(self) -> None:
        self._patience.start()
        self._tell(0, 0)

    def _tell(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        said = f"Handout: step {min(done + 1, total)} of {total}" if total else "Handout…"
        self.text.setText(said)
        self.setAccessibleDescription(said)
        self.update()
