"""Exploring without blocking the window: in a process that hands over what it has when stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from gui.worker_process import WorkerProcess

if TYPE_CHECKING:
    from core.explore.result import Exploration


class Asking(Protocol):
    """What a worker is asked, before it is known where the answer goes."""

    def encoded(self, result: Path) -> bytes:
        """Return the bytes that ask it, for the file that it is to write."""


class ExploreRunner(QObject):
    """Explores, the newest request only.

    Signals:
        started: A worker went to work.
        progressed: Carries the ``Progress``.
        finished: Carries the ``Exploration``; that of a worker that was stopped is not complete.
        stopped: It was stopped before it had anything.
        failed: Carries a sentence.
    """

    started = Signal()
    progressed = Signal(object)
    finished = Signal(object)
    stopped = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None, module: str = "core.explore.worker") -> None:
        super().__init__(parent)
        self._worker = WorkerProcess(module, "the process that explores", self)
        self._worker.progressed.connect(self._tell)
        self._worker.finished.connect(self._take)
        self._worker.stopped.connect(self.stopped)
        self._worker.failed.connect(self.failed)

    @property
    def busy(self) -> bool:
        """Whether a worker is exploring."""
        return self._worker.busy

    def run(self, asking: Asking) -> None:
        """Explore; an exploration still under way is given up."""
        self._worker.start(asking.encoded)
        self.started.emit()

    def stop(self) -> bool:
        """Ask for what was found so far; False where nothing is under way."""
        return self._worker.stop()

    def cancel(self) -> bool:
        """Give up what is under way; False where nothing is."""
        return self._worker.cancel()

    def _tell(self, words: str) -> None:
        import msgspec

        from core.explore.result import Progress

        self.progressed.emit(msgspec.json.decode(words, type=Progress))

    def _take(self) -> None:
        try:
            exploration = handed_over(self._worker.result)
        except (OSError, ValueError):
            self.failed.emit("what was found could not be read; explore again")
            return
        self.finished.emit(exploration)


def handed_over(result: Path) -> Exploration:
    """Return what a worker wrote.

    Raises:
        OSError: It wrote nothing.
        ValueError: It is damaged.
    """
    import msgspec

    from core.explore.result import Exploration

    # msgspec's errors are ValueErrors.
    return msgspec.json.decode(result.read_bytes(), type=Exploration)
