"""Running a plan without blocking the window.

A small run is over before anyone could notice; a large one goes to a process of its own, with
progress and cancel. Which is which is found out by trying: a run that is not finished after some
thousand events is large.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal

from core.errors import OwnerscopeError

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
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._budget_events = 0
        self._line = b""
        self._verdict = "", ""

    @property
    def busy(self) -> bool:
        """Whether a worker is running."""
        return self._process is not None

    def run(
        self, plan: Plan, source: ScenarioText, settings: dict[str, Value], overrides: Overrides
    ) -> None:
        """Run a plan; a run still under way is given up."""
        from core.scenario.run import run

        self.cancel()
        probe = min(self._probe_events, plan.budget_events)
        trace = run(replace(plan, budget_events=probe))
        if trace.info.outcome != "budget_exhausted" or probe == plan.budget_events:
            self.finished.emit(trace)
        else:
            self._start_worker(source, settings, overrides)

    def cancel(self) -> bool:
        """Stop the worker; False where none was running."""
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

    def _start_worker(
        self, source: ScenarioText, settings: dict[str, Value], overrides: Overrides
    ) -> None:
        from core.worker import request_for

        self._folder = tempfile.TemporaryDirectory(prefix="ownerscope-")
        self._budget_events = overrides.budget_events
        self._line = b""
        self._verdict = "", ""
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._broke)
        process.start(sys.executable, ["-m", "core.worker"])
        request = request_for(
            source.where, source.text, settings, overrides, self._trace_path(self._folder)
        )
        process.write(request)
        process.closeWriteChannel()
        self.started.emit()

    @staticmethod
    def _trace_path(folder: tempfile.TemporaryDirectory[str]) -> Path:
        return Path(folder.name) / "trace"

    def _read(self) -> None:
        assert self._process is not None
        self._line += self._process.readAllStandardOutput().data()
        *lines, self._line = self._line.split(b"\n")
        for line in lines:
            word, _, rest = line.decode("utf-8", "replace").partition(" ")
            if word == "progress":
                self.progressed.emit(int(rest), self._budget_events)
            elif word in {"done", "error"}:
                self._verdict = word, rest

    def _ended(self) -> None:
        self._read()
        word, sentence = self._verdict
        if word == "done":
            self._take()
        else:
            self._give_up(sentence or "the run's process ended before it was done; try again")

    def _take(self) -> None:
        from core.trace import file as trace_file

        assert self._folder is not None
        try:
            trace = trace_file.load(self._trace_path(self._folder))
        except OwnerscopeError as error:
            self._give_up(str(error))
            return
        self._clean_up()
        self.finished.emit(trace)

    def _broke(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._give_up("the run's process could not be started; try again")

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
