"""No guard at all: what happens when nobody asks."""

from __future__ import annotations

from core.guards.base import GuardCode, Host, Stateless
from core.trace.routine import Routine


class NoGuard(Stateless):
    """Lets every call pass."""

    design = "none"
    field = ""

    def __init__(self, max_depth: int = 1) -> None:
        self.max_depth = max_depth

    def attach(self, host: Host) -> None:
        """Needs nothing of the machine."""

    def inlined_in(self, routine: Routine) -> GuardCode:
        """Return lines that do nothing."""
        del routine
        return GuardCode()
