"""Work in a process of its own, for the window: asked on stdin, answered in lines on stdout.

Python threads share one interpreter lock: a busy one halves the window's frame rate, a process does
not. A worker says ``progress ...`` as often as it likes, and at last ``done ...`` or ``error
SENTENCE``. What it made it writes to the file it was told, which is removed when it was taken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from gui.own_folder import OwnFolder

STOPPING_MS = 5_000
"""How long a worker may take to hand over what it has when it is asked to stop."""


class WorkerProcess(QObject):
    """One worker at a time.

    Args:
        module: The Python module that is the worker.
        what: What to call it in sentences.
        parent: The Qt parent.

    Signals:
        progressed: What the worker said behind ``progress``.
        finished: What it said behind ``done``. Until the slots have returned the result is there.
        failed: A sentence.
        stopped: It was asked to stop and had nothing to hand over.
    """

    progressed = Signal(str)
    finished = Signal(str)
    failed = Signal(str)
    stopped = Signal()

    def __init__(self, module: str, what: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._module, self._what = module, what
        self.process: QProcess | None = None
        self._folder: OwnFolder | None = None
        self._line = b""
        self._verdict = "", ""
        self._stopping = False
        self._patience = QTimer(self, singleShot=True, interval=STOPPING_MS)
        self._patience.timeout.connect(self._lose_patience)

    @property
    def busy(self) -> bool:
        """Whether a worker is running."""
        return self.process is not None

    @property
    def result(self) -> Path:
        """The file the worker is to write, or has written."""
        assert self._folder is not None
        return self._folder.path / "result"

    def start(self, request: Callable[[Path], bytes]) -> None:
        """Start a worker; one that is still running is stopped.

        Args:
            request: Returns what it is asked, for the file it is to write.
        """
        self.cancel()
        self._remove_folder()  # that of a result which is just being taken
        self._line, self._verdict, self._stopping = b"", ("", ""), False
        process = self.process = QProcess(self)
        self._folder = OwnFolder(self)  # after the process, and so it goes after it as well
        process.readyReadStandardOutput.connect(self._hear)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._broke)
        process.start(sys.executable, ["-m", self._module])
        process.write(request(self.result))
        process.closeWriteChannel()

    def cancel(self) -> bool:
        """Stop the worker; False where none was running."""
        process = self.process
        if process is None:
            return False
        process.readyReadStandardOutput.disconnect()
        process.finished.disconnect()
        process.errorOccurred.disconnect()
        process.kill()
        process.waitForFinished(1000)
        self._clean_up()
        return True

    def stop(self) -> bool:
        """Ask the worker to hand over what it has and to end; False where none was running.

        What it has comes with ``finished``. One that does not answer in time is ended.
        """
        if self.process is None:
            return False
        if not self._stopping:
            self._stopping = True
            self.process.terminate()
            self._patience.start()
        return True

    def _lose_patience(self) -> None:
        if self.cancel():
            self.stopped.emit()

    def _hear(self) -> None:
        assert self.process is not None
        self._line += self.process.readAllStandardOutput().data()
        *lines, self._line = self._line.split(b"\n")
        for line in lines:
            word, _, rest = line.decode("utf-8", "replace").partition(" ")
            if word == "progress":
                self.progressed.emit(rest)
            elif word in {"done", "error"}:
                self._verdict = word, rest

    def _ended(self) -> None:
        self._hear()
        self._patience.stop()
        word, rest = self._verdict
        if word == "done":
            self._forget_process()
            self.finished.emit(rest)
            if not self.busy:
                self._remove_folder()
        elif self._stopping and not word:
            self._clean_up()
            self.stopped.emit()
        else:
            self._clean_up()
            self.failed.emit(rest or f"{self._what} ended before it was done; try again")

    def _broke(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._clean_up()
            self.failed.emit(f"{self._what} could not be started; try again")

    def _clean_up(self) -> None:
        self._patience.stop()
        self._forget_process()
        self._remove_folder()

    def _forget_process(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.deleteLater()

    def _remove_folder(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.remove()
