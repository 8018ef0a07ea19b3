"""One CPU as a place of its own, so that the views of a single run can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from core.trace.trace import Frame, State, Trace
    from gui.covered import Covered
    from gui.session import Session


class CpuLane(QObject):
    """What runs on a CPU at the session's cursor, as of the CPU's last event.

    Args:
        session: Whose cursor it follows.
        cpu: Which CPU.
        parent: The Qt parent.

    Attributes:
        trace: The run.
        position: The CPU's last event, -1 where it has none yet.
        task: Its current task, -1 where it is idle.
        runs: Whether the event at the cursor happened here.

    Signals:
        trace_changed: Another run is at hand.
        position_changed: Something else is shown here; carries the position.
        essential_changed: "Essential frames only" was switched.
    """

    trace_changed = Signal()
    position_changed = Signal(int)
    essential_changed = Signal(bool)
    highlights_changed = Signal()

    def __init__(self, session: Session, cpu: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self.cpu = session, cpu
        self.trace: Trace | None = None
        self.position = -1
        self.task = -1
        self.runs = False

    def take(self, trace: Trace | None) -> None:
        """Show another run, or nothing."""
        self.trace = trace
        self._find(self._session.position)
        self.trace_changed.emit()

    def place(self, position: int) -> None:
        """Go to where the CPU is at a position of the run; silent where nothing changes here."""
        if self._find(position):
            self.position_changed.emit(self.position)

    def _find(self, position: int) -> bool:
        before = self.position, self.task, self.runs
        if self.trace is None:
            self.position, self.task, self.runs = -1, -1, False
        else:
            cpus = self.trace.cpus
            self.task = cpus.current(self.cpu, position)
            self.position = cpus.last_event(self.task, position) if self.task >= 0 else -1
            self.runs = position >= 0 and cpus.cpu_at(position) == self.cpu
        return before != (self.position, self.task, self.runs)

    # -- what the call stack asks a session ---------------------------------------------------

    @property
    def essential_only(self) -> bool:
        """Whether only the functions of the mail's chain are shown."""
        return self._session.essential_only

    @property
    def highlights(self) -> tuple[str, ...]:
        """What a lesson points at."""
        return self._session.highlights

    @property
    def covered(self) -> Covered:
        """What is not to be said for the moment."""
        return self._session.covered

    def state(self) -> State | None:
        """Return the state as of the CPU's last event, its own task's."""
        if self.trace is None:
            return None
        state = self.trace.state_at(self.position)
        return state._replace(task=self.task)

    def frames(self) -> tuple[Frame, ...]:
        """Return the stack of the CPU's task."""
        if self.trace is None or self.task < 0:
            return ()
        frames = self.trace.frames_at(self.position)
        if not self.essential_only:
            return frames
        return tuple(frame for frame in frames if frame.function.essential)

    def seek(self, position: int) -> None:
        """Move the run's cursor."""
        self._session.seek(position)

    def select_frame(self, index: int | None) -> None:
        """Choose a frame to look at, where it is one of the running stack."""
        if self.runs:
            self._session.select_frame(index)
