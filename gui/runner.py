"""Running a plan without blocking the window.

A small run is over before anyone could notice; a large one goes to a process of its own, with
progress and cancel. Which is which is found out by trying: a run that is not finished after some
thousand events is large.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError
from gui.worker_process import WorkerProcess

if TYPE_CHECKING:
    from core.scenario.loader import ScenarioText, Value
    from core.scenario.run import Overrides, Plan

PROBE_EVENTS = 60_000
"""What the engine does in well under 50 ms, indexes included."""


class Runner(QObject):
    """Runs plans, the newest one only.

    Signals:
        started: A run went to a worker process.
        progressed: Events so far and the run's budget.
        finished: Carries the trace.
        failed: Carries a sentence.
    """

    started = Signal()
    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None, probe_events: int = PROBE_EVENTS) -> None:
        super().__init__(parent)
        self._probe_events = probe_events
        self._budget_events = 0
        self._worker = WorkerProcess("core.worker", "the run's process", self)
        self._worker.progressed.connect(self._tell)
        self._worker.finished.connect(self._take)
        self._worker.failed.connect(self.failed)

    @property
    def busy(self) -> bool:
        """Whether a worker is running."""
        return self._worker.busy

    def run(
        self, plan: Plan, source: ScenarioText, settings: dict[str, Value], overrides: Overrides
    ) -> None:
        """Run a plan; a run still under way is given up."""
        from core.scenario.run import run

        self.cancel()
        probe = min(self._probe_events, plan.budget_events)
        try:
            trace = run(replace(plan, budget_events=probe))
        except OwnerscopeError as error:
            # Whether choices fit a scenario shows only when it runs.
            self.failed.emit(str(error))
            return
        if trace.info.outcome != "budget_exhausted" or probe == plan.budget_events:
            self.finished.emit(trace)
        else:
            self._start_worker(source, settings, overrides)

    def cancel(self) -> bool:
        """Stop the worker; False where none was running."""
        return self._worker.cancel()

    def _start_worker(
        self, source: ScenarioText, settings: dict[str, Value], overrides: Overrides
    ) -> None:
        from core.worker import request_for

        self._budget_events = overrides.budget_events
        self._worker.start(
            lambda result: request_for(source.where, source.text, settings, overrides, result)
        )
        self.started.emit()

    def _tell(self, events: str) -> None:
        self.progressed.emit(int(events), self._budget_events)

    def _take(self) -> None:
        from core.trace import file as trace_file

        try:
            trace = trace_file.load(self._worker.result)
        except OwnerscopeError as error:
            self.failed.emit(str(error))
            return
        self.finished.emit(trace)
