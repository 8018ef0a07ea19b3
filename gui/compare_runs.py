"""Running lanes one after another without blocking the window."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gui.runner import Runner

if TYPE_CHECKING:
    from core.scenario.loader import ScenarioText, Value
    from core.scenario.run import Overrides, Plan
    from core.trace.trace import Trace

_AT_ONCE_SECONDS = 0.04
"""After so long the window may do something else before the next lane is run."""


class LaneRuns(QObject):
    """Runs some plans: short ones at once, long ones in the worker, one at a time.

    Args:
        runner: What runs one.
        parent: The Qt parent.

    Signals:
        started: The first run went to the worker.
        progressed: Events so far and the budget, over all runs.
        finished: All are done; ``traces`` has them.
        failed: One failed, the rest is given up; carries what it was run with, and a sentence.
    """

    started = Signal()
    progressed = Signal(int, int)
    finished = Signal()
    failed = Signal(object, str)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.traces: dict[Overrides, Trace] = {}
        self._queue: list[tuple[Overrides, Plan]] = []
        self._source: ScenarioText | None = None
        self._settings: dict[str, Value] = {}
        self._done_events = self._n_runs = 0
        self._told = False
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._go_on)
        runner.started.connect(self._tell)
        runner.progressed.connect(self._progress)
        runner.finished.connect(self._take)
        runner.failed.connect(self._fail)

    def run(
        self, source: ScenarioText, settings: dict[str, Value], plans: Mapping[Overrides, Plan]
    ) -> None:
        """Run plans; those under way are given up.

        Args:
            source: The scenario that all are of.
            settings: Its parameters.
            plans: What to run, by what it was made with.
        """
        self.cancel()
        self._source, self._settings = source, settings
        self._queue = list(plans.items())
        self.traces, self._done_events, self._n_runs = {}, 0, len(plans)
        self._told = False
        self._go_on()

    def cancel(self) -> None:
        """Run no more."""
        self._next.stop()
        self._queue.clear()
        self._runner.cancel()

    def _go_on(self) -> None:
        """Run one after another; a long one comes back through ``_take``, and so does a short."""
        began = monotonic()
        while self._queue and not self._runner.busy:
            if monotonic() - began > _AT_ONCE_SECONDS:
                self._next.start()
                return
            (overrides, plan), source = self._queue[0], self._source
            assert source is not None
            self._runner.run(plan, source, self._settings, overrides)
        if not self._queue and not self._runner.busy:
            # The last one may have come from a worker, whose signal is not to start it all again.
            self._next.stop()
            self.finished.emit()

    def _take(self, trace: Trace) -> None:
        if not self._queue:
            return
        overrides, _ = self._queue.pop(0)
        self.traces[overrides] = trace
        self._done_events += len(trace)
        if self._told:
            # It came from the worker, and nobody is in the loop above.
            self._next.start()

    def _fail(self, sentence: str) -> None:
        overrides = self._queue[0][0] if self._queue else None
        self.cancel()
        self.failed.emit(overrides, sentence)

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            self.started.emit()

    def _progress(self, events: int, budget: int) -> None:
        self.progressed.emit(self._done_events + events, budget * self._n_runs)
