"""A file being read: how far, how fast, and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gui.widgets.elided import ElidedLabel
from gui.widgets.progress_card import ProgressCard
from gui.widgets.recordings.words import size_text

if TYPE_CHECKING:
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager

PATIENCE_MS = 500
"""A file that is read sooner shows nothing: a flash would only disturb."""
_LEAST_SECONDS = 0.05
_WIDE_PX = 520


class ReadingProgress(ProgressCard):
    """A card that floats at the foot of another widget while a file is read.

    Args:
        session: What reads, and stops it.
        themes: The theme in force.
        over: What to float over.
        patience_ms: How long a file must take before it shows.
        clock: Seconds; for the speed.
    """

    def __init__(
        self,
        session: RecordingSession,
        themes: ThemeManager,
        over: QWidget,
        patience_ms: int = PATIENCE_MS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._clock = clock
        self._name, self._began, self._read, self._total = "", 0.0, 0, 0
        self._line = ElidedLabel()
        super().__init__(themes, self._line, patience_ms, over)
        self.cancel_button.setToolTip("Stop reading; what was open stays  (Esc)")
        self.cancel_button.clicked.connect(session.cancel)
        session.reading_started.connect(self._start)
        session.progressed.connect(self._progress)
        session.reading_ended.connect(self.end)
        self.setAccessibleName("Reading a recording")
        if session.reader.path is not None:
            # The first file is read while the workspace is built for it.
            self._start(session.reader.path)

    @property
    def share(self) -> float:
        """How much of the file is read, 0 to 1."""
        return min(1.0, self._read / self._total) if self._total else 0.0

    def _start(self, path: Path) -> None:
        self._name, self._began = path.name, self._clock()
        self._read = self._total = 0
        self._patience.start()
        self._say()

    def _progress(self, read: int, total: int) -> None:
        self._read, self._total = read, total
        self._say()

    def wanted_width(self) -> int:
        """Return room for a file's name, how far it is and how fast."""
        return self._themes.metrics.chrome(_WIDE_PX)

    def words(self) -> str:
        """Return how far it is and how fast: of the file as it lies on the disk, packed or not."""
        if not self._read:
            return f"Reading {self._name}…"
        parts = [f"{size_text(self._read)} of {size_text(self._total)}"]
        if not self._total:
            parts = [size_text(self._read)]
        seconds = self._clock() - self._began
        if self._total and self._read >= self._total:
            parts.append("putting it in order…")
        elif seconds >= _LEAST_SECONDS:
            parts.append(f"{self._read / seconds / 1e6:,.3g} MB/s")
        return f"{self._name}   ·   {'   ·   '.join(parts)}"

    def _say(self) -> None:
        self._line.set_text(self.words())
        self.setAccessibleDescription(self.words())
        self.update()
