"""One lane of a comparison as a session of its own, so that a single run's views can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.runner import Runner
from gui.session import Session

if TYPE_CHECKING:
    from core.scenario.run import Plan
    from core.trace.trace import Trace

LETTERS = "ABCD"
"""What lanes are called, in order."""


class LaneSession(Session):
    """A lane's run and where its cursor is. It is moved by the comparison it belongs to.

    Attributes:
        number: Which lane it is, from 0.
        label: What tells it apart from the others.

    Signals:
        wanted: A view wants the lane at a position; the comparison moves all lanes there.
    """

    wanted = Signal(int, int)

    def __init__(self, number: int, parent: QObject | None = None) -> None:
        # Its runs come from the comparison: this runner never runs.
        super().__init__(Runner(), parent)
        self._runner.setParent(self)
        self.number = number
        self.label = ""

    @property
    def letter(self) -> str:
        """What the lane is called."""
        return LETTERS[self.number]

    @property
    def ended(self) -> bool:
        """Whether the cursor is at the lane's last event."""
        return self.trace is not None and self.position == len(self.trace) - 1

    def take(self, plan: Plan, trace: Trace, label: str, position: int) -> None:
        """Show another run, at a position of it."""
        self.plan, self.trace, self.label = plan, trace, label
        self.position, self._state, self.selected_frame = position, None, None
        self.trace_changed.emit()
        self.position_changed.emit(position)

    def place(self, position: int) -> None:
        """Put the lane's cursor where the comparison has it."""
        super().seek(position)

    def seek(self, position: int) -> None:
        """Ask for all lanes to be moved to where this one is at a position."""
        self.wanted.emit(self.number, position)
