"""How large an exploration is likely to be, found out in a process of its own.

The estimate tries some runs: for half a second the window would stand still. Run as a module this
is that process: a request on stdin, ``done {estimate as JSON}`` or ``error SENTENCE`` on stdout.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError
from core.explore.estimate import Estimate, estimate
from core.explore.worker import Request

if TYPE_CHECKING:
    from gui.explore_asking import Asked


class Estimator(QObject):
    """Estimates, the newest question only.

    Signals:
        known: Carries the ``Estimate``.
        unknown: It cannot be told; exploring will say why.
    """

    known = Signal(object)
    unknown = Signal()

    def __init__(self, parent: QObject | None = None, module: str = __name__) -> None:
        super().__init__(parent)
        from gui.worker_process import WorkerProcess

        self._worker = WorkerProcess(module, "the process that estimates", self)
        self._worker.finished.connect(self._take)
        self._worker.failed.connect(lambda _sentence: self.unknown.emit())

    @property
    def busy(self) -> bool:
        """Whether an estimate is under way."""
        return self._worker.busy

    def ask(self, asked: Asked) -> None:
        """Estimate; another estimate under way is given up."""
        self._worker.start(asked.encoded)

    def cancel(self) -> None:
        """Give up what is under way."""
        self._worker.cancel()

    def _take(self, words: str) -> None:
        try:
            found = msgspec.json.decode(words, type=Estimate)
        except ValueError:
            self.unknown.emit()
            return
        self.known.emit(found)


def main() -> int:
    """Serve one request."""
    try:
        request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
        found = estimate(request.explore)
    except OwnerscopeError as error:
        print(f"error {error}", flush=True)
        return 2
    print(f"done {msgspec.json.encode(found).decode()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
