"""The recordings of a lesson's steps: read before they are wanted, and a few of them kept."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.recording_reader import RecordingReader

if TYPE_CHECKING:
    from core.recording.opening import Recording
    from core.recording.profile import StackProfile
    from core.trace.trace import Trace

MOST_KEPT = 3
"""So many recordings are kept: the step's, the next one's, and the one before."""
MOST_BYTES_AHEAD = 64 << 20
"""A larger file is read when its step is shown: nobody may ever get there."""
_MOST_BYTES = 512 << 20
"""Of recordings that need more than this together only the newest are kept."""
_EVENT_BYTES = 32
"""What an event of a trace needs, about: its columns, and what is worked out of them."""


class Kept(NamedTuple):
    """A recording at hand.

    Attributes:
        recording: The recording.
        profile: It as a profile, None as long as nobody has made one of its trace.
    """

    recording: Recording
    profile: StackProfile | None


class LessonRecordings(QObject):
    """Recordings by their files.

    Args:
        parent: The Qt parent.

    Signals:
        prepared: A file was read ahead (its path).
    """

    prepared = Signal(object)
    _profiled = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: dict[Path, tuple[object, Kept]] = {}
        self.reader = RecordingReader(self)
        self.reader.finished.connect(self._take)
        self._profiled.connect(self._take_profile)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.stop)

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, path: Path) -> bool:
        """Whether a file was read; by now it may be another one."""
        return path in self._kept

    def find(self, path: Path) -> Kept | None:
        """Return the recording of a file as it is now, None where it is not at hand."""
        if path not in self._kept:
            return None
        age, kept = self._kept.pop(path)
        if age != _age(path):
            return None
        self._kept[path] = age, kept  # wanted last, so it goes last
        return kept

    def keep(self, path: Path, recording: Recording, profile: StackProfile | None = None) -> None:
        """Keep what was read of a file; what nobody has wanted for longest goes."""
        known = self._kept.pop(path, None)
        if profile is None and known is not None and known[1].recording is recording:
            profile = known[1].profile
        self._kept[path] = _age(path), Kept(recording, recording.profile or profile)
        while len(self._kept) > 1 and (len(self._kept) > MOST_KEPT or self._size() > _MOST_BYTES):
            del self._kept[next(iter(self._kept))]

    def prepare(self, path: Path) -> None:
        """Read a file that is likely to be wanted next, beside the window."""
        if self.reader.path == path:
            return
        if self.find(path) is not None:
            self.stop()
            return
        with contextlib.suppress(OSError):  # it is said when the step is shown
            if path.stat().st_size <= MOST_BYTES_AHEAD:
                self.reader.read(path)

    def stop(self) -> None:
        """Read nothing ahead any more."""
        self.reader.cancel()

    def forget(self) -> None:
        """Let all of it go: the next lesson has other recordings."""
        self.stop()
        self._kept.clear()

    def _take(self, recording: Recording) -> None:
        path = Path(recording.name)
        self.keep(path, recording)
        trace = recording.trace
        if trace is None:
            self.prepared.emit(path)
            return
        # A flame graph is of its calls as a profile: what takes long is done before it is wanted.
        threading.Thread(target=self._profile, args=(recording, trace), daemon=True).start()

    def _profile(self, recording: Recording, trace: Trace) -> None:
        from core.recording.from_trace import profile_of

        profile = profile_of(trace)
        with contextlib.suppress(RuntimeError):  # the window may be gone by then
            self._profiled.emit(recording, profile)

    def _take_profile(self, recording: Recording, profile: StackProfile) -> None:
        path = Path(recording.name)
        known = self._kept.get(path)
        if known is not None and known[1].recording is recording:
            self._kept[path] = known[0], Kept(recording, profile)
            self.prepared.emit(path)

    def _size(self) -> int:
        return sum(_bytes_of(kept.recording) for _, kept in self._kept.values())


def _age(path: Path) -> object:
    """Return what tells a file from a newer one of the same name."""
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size


def _bytes_of(recording: Recording) -> int:
    trace, profile = recording.trace, recording.profile
    if trace is not None:
        return len(trace) * _EVENT_BYTES
    return profile.nbytes if profile is not None else 0
