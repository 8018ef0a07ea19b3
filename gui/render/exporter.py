"""Makes pictures and films for the window without stopping it."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError
from core.saving import opened_aside
from gui.own_folder import OwnFolder
from gui.render.shown import encoded_job
from gui.worker_process import WorkerProcess

if TYPE_CHECKING:
    from gui.render.job import Job
    from gui.render.shown import Shown


class FilmExporter(QObject):
    """One picture or film at a time, made in a process of its own.

    Signals:
        started: Carries the path.
        progressed: Frames drawn so far, and how many there are.
        written: Carries the path.
        failed: Carries a sentence; what was in the file is there still.
        ended: It is over, however it ended.
    """

    started = Signal(object)
    progressed = Signal(int, int)
    written = Signal(object)
    failed = Signal(str)
    ended = Signal()
    _saved = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self._folder: OwnFolder | None = None
        self._job: Callable[[Path], Job] | None = None
        self._number = 0
        self._worker = WorkerProcess("gui.render.worker", "the process that draws", self)
        self._worker.progressed.connect(self._tell)
        self._worker.finished.connect(self._take)
        self._worker.failed.connect(self._fail)
        self._saved.connect(self._start)

    @property
    def busy(self) -> bool:
        """Whether something is being made."""
        return self.path is not None

    def export(self, shown: Shown, path: Path, **wanted: object) -> None:
        """Make a picture or film; one that is under way is given up.

        Args:
            shown: What is drawn.
            path: Where it goes.
            wanted: Fields of ``Job``.
        """
        self.cancel()
        self._number += 1
        self.path, self._folder = path, OwnFolder(self)
        run, number = self._folder.path / "run", self._number
        self._job = lambda out: shown.job(run, out=str(out), **wanted)
        self.started.emit(path)
        # A run of ten million events takes a second to save.
        threading.Thread(target=self._save, args=(shown, run, number)).start()

    def _save(self, shown: Shown, run: Path, number: int) -> None:
        problem = ""
        try:
            shown.save(run)
        except OSError as error:
            problem = f"the run cannot be handed over: {error.strerror or error}; make room"
        except OwnerscopeError as error:
            problem = str(error)
        with contextlib.suppress(RuntimeError):  # the window is gone
            self._saved.emit(number, problem)

    def _start(self, number: int, problem: str) -> None:
        if number != self._number or self.path is None or self._job is None:
            return
        if problem:
            self._fail(problem)
            return
        job, end = self._job, self.path.suffix
        self._worker.start(lambda result: encoded_job(job(result.with_suffix(end))))

    def cancel(self) -> None:
        """Give up what is under way; what was in the file stays."""
        self._number += 1
        self._worker.cancel()
        if self.path is not None:
            self._end()

    def _tell(self, words: str) -> None:
        done, number = map(int, words.split())
        self.progressed.emit(done, number)

    def _take(self) -> None:
        path = self.path
        assert path is not None
        try:
            with (
                self._worker.result.with_suffix(path.suffix).open("rb") as made,
                opened_aside(path) as stream,
            ):
                shutil.copyfileobj(made, stream)
        except OSError as error:
            self._fail(f"{path}: {error.strerror or error}; choose another place")
            return
        self._end()
        self.written.emit(path)

    def _fail(self, sentence: str) -> None:
        self._end()
        self.failed.emit(sentence)

    def _end(self) -> None:
        self.path = self._job = None
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.remove()
        self.ended.emit()
