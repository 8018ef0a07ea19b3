"""Reading a recording without blocking the window: in a process that can be stopped."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal

from core.errors import OwnerscopeError

if TYPE_CHECKING:
    from core.recording.opening import Recording


class RecordingReader(QObject):
    """Reads recordings, the newest one only.

    Signals:
        started: A file is being read (its path).
        progressed: Bytes of the file read so far, and all of them (0: not known).
        finished: Carries the ``Recording``.
        failed: Carries a sentence.
    """

    started = Signal(object)
    progressed = Signal(object, object)
    finished = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._path = Path()
        self._line = b""
        self._verdict = "", ""

    @property
    def path(self) -> Path | None:
        """The file that is being read, None where none is."""
        return self._path if self.busy else None

    @property
    def busy(self) -> bool:
        """Whether a worker is reading."""
        return self._process is not None

    def read(self, path: Path) -> None:
        """Read a file; one that is still being read is given up."""
        import msgspec

        from core.recording.worker import Request

        self.cancel()
        self._folder = tempfile.TemporaryDirectory(prefix="ownerscope-")
        self._path, self._line, self._verdict = path, b"", ("", "")
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._hear)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._broke)
        process.start(sys.executable, ["-m", "core.recording.worker"])
        process.write(msgspec.json.encode(Request(str(path.absolute()), str(self._result()))))
        process.closeWriteChannel()
        self.started.emit(path)

    def cancel(self) -> bool:
        """Stop the worker; False where none was reading."""
        process = self._process
        if process is None:
            return False
        self._process = None
        process.readyReadStandardOutput.disconnect()
        process.finished.disconnect()
        process.errorOccurred.disconnect()
        process.kill()
        process.waitForFinished(1000)
        process.deleteLater()
        self._remove_folder()
        return True

    def _result(self) -> Path:
        assert self._folder is not None
        return Path(self._folder.name) / "result"

    def _hear(self) -> None:
        assert self._process is not None
        self._line += self._process.readAllStandardOutput().data()
        *lines, self._line = self._line.split(b"\n")
        for line in lines:
            word, _, rest = line.decode("utf-8", "replace").partition(" ")
            if word == "progress":
                read, total = map(int, rest.split())
                self.progressed.emit(read, total)
            elif word in {"done", "error"}:
                self._verdict = word, rest

    def _ended(self) -> None:
        self._hear()
        word, rest = self._verdict
        if word == "done":
            self._take(rest)
        else:
            problem = "the process that read it ended before it was done; try again"
            self._give_up(rest or f"{self._path}: {problem}")

    def _take(self, kind: str) -> None:
        try:
            recording = handed_over(self._path, self._result(), kind)
        except OwnerscopeError as error:
            self._give_up(str(error))
            return
        self._clean_up()
        self.finished.emit(recording)

    def _broke(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._give_up("the process that reads recordings could not be started; try again")

    def _give_up(self, sentence: str) -> None:
        self._clean_up()
        self.failed.emit(sentence)

    def _clean_up(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._remove_folder()

    def _remove_folder(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()


def handed_over(path: Path, result: Path, kind: str) -> Recording:
    """Return what a worker wrote.

    Args:
        path: The file it read.
        result: What it wrote.
        kind: ``profile`` or ``trace``.

    Raises:
        OwnerscopeError: It is damaged.
    """
    import msgspec

    from core.recording import profile_file
    from core.recording.formats import FORMATS
    from core.recording.opening import Recording
    from core.recording.reading import Reading
    from core.recording.worker import PROFILE
    from core.trace import file as trace_file

    formats = {each.name: each for each in FORMATS}
    if kind == PROFILE:
        profile, reading, name = profile_file.load(result)
        return Recording(str(path), formats[name], profile, reading)
    trace, workspace = trace_file.load_with_workspace(result)
    reading = msgspec.convert(workspace["reading"], Reading)
    return Recording(str(path), formats[workspace["format"]], trace, reading)
