"""Reading a recording without blocking the window: in a process that can be stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError
from gui.worker_process import WorkerProcess

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
        self._path = Path()
        self._worker = WorkerProcess(
            "core.recording.worker", "the process that reads recordings", self
        )
        self._worker.progressed.connect(self._tell)
        self._worker.finished.connect(self._take)
        self._worker.failed.connect(self.failed)

    @property
    def path(self) -> Path | None:
        """The file that is being read, None where none is."""
        return self._path if self.busy else None

    @property
    def busy(self) -> bool:
        """Whether a worker is reading."""
        return self._worker.busy

    def read(self, path: Path) -> None:
        """Read a file; one that is still being read is given up."""
        import msgspec

        from core.recording.worker import Request

        self._path = path
        self._worker.start(
            lambda result: msgspec.json.encode(Request(str(path.absolute()), str(result)))
        )
        self.started.emit(path)

    def cancel(self) -> bool:
        """Stop the worker; False where none was reading."""
        return self._worker.cancel()

    def _tell(self, words: str) -> None:
        read, total = map(int, words.split())
        self.progressed.emit(read, total)

    def _take(self, kind: str) -> None:
        try:
            recording = handed_over(self._path, self._worker.result, kind)
        except OwnerscopeError as error:
            self.failed.emit(str(error))
            return
        self.finished.emit(recording)


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
