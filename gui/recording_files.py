"""The files that the Recordings workspace reads, one after another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.recording_reader import RecordingReader

if TYPE_CHECKING:
    from core.recording.opening import Recording


class RecordingFiles(QObject):
    """Reads a file to show or to compare with; the newest wish gives up those before.

    Attributes:
        reader: Reads one file.

    Signals:
        ended: A file is being read no longer, however that ended.
        read: A recording was, and whether it is to be compared with.
        failed: A sentence: a file could not be read, and the ones after it are given up.
        warned: A sentence about a file of which not all was there or could be read.
    """

    ended = Signal()
    read = Signal(object, bool)
    failed = Signal(str)
    warned = Signal(str)

    def __init__(self, reader: RecordingReader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reader = reader
        self._as_base = False
        self._next: list[Path] = []
        reader.finished.connect(self._take)
        reader.failed.connect(self._fail)

    @property
    def busy(self) -> bool:
        """Whether a file is being read."""
        return self.reader.busy

    def open(self, path: Path, *, as_base: bool = False) -> None:
        """Read a file; the window goes on meanwhile."""
        self.cancel()
        self._read(path, as_base)

    def open_two(self, base: Path, new: Path) -> None:
        """Read two files, the second to be compared with the first."""
        self.open(new)
        self._next.append(base)

    def cancel(self) -> None:
        """Give up what is being read."""
        self._next.clear()
        if self.reader.cancel():
            self.ended.emit()

    def _read(self, path: Path, as_base: bool) -> None:
        self._as_base = as_base
        self.reader.read(path)

    def _take(self, recording: Recording) -> None:
        self.ended.emit()
        self.read.emit(recording, self._as_base)
        warning = _not_all_of(recording)
        if warning:
            self.warned.emit(warning)
        if self._next:
            self._read(self._next.pop(0), as_base=True)

    def _fail(self, sentence: str) -> None:
        self._next.clear()
        self.ended.emit()
        self.failed.emit(sentence)


def _not_all_of(recording: Recording) -> str:
    """Say that not all of a file was there or could be read; an empty text where all was."""
    said, parts = recording.reading, []
    if said.early_end:
        parts.append(said.early_end)
    if said.bad_lines:
        lines = "line" if said.bad_lines == 1 else "lines"
        parts.append(
            f"{said.bad_lines:,} {lines} made no sense and were left out; "
            f"the first is {said.first_bad}"
        )
    return f"{Path(recording.name).name}: {' '.join(parts)}" if parts else ""
