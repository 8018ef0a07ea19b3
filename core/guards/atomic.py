"""The first patch's counter with atomic operations instead of plain ones.

Nothing can come between the load and the store: the instruction is locked. Review found that it is
not needed, because only current touches its own counter, and an interrupt puts back what it found.
"""

from __future__ import annotations

from core.guards.base import GuardCode
from core.guards.counter import StoredCode, StoredGuard
from core.guards.storage import Place
from core.trace.routine import Routine


class AtomicGuard(StoredGuard):
    """atomic_t page_owner_depth in task_struct: atomic_read, atomic_inc, atomic_dec.

    Args:
        max_depth: How many saves may be under way at once.
        place: Where the counter lies.
    """

    def __init__(self, max_depth: int, place: Place) -> None:
        super().__init__("atomic", max_depth, place)
        self.is_flag = False
        self.field = "page_owner_depth"
        self.rmw_ns = 20
        """A locked instruction costs some twenty times a plain store: a teaching value."""

    def inlined_in(self, routine: Routine) -> GuardCode:
        """Return the guard's lines in a function."""
        return _AtomicCode(self, self._host, routine)


class _AtomicCode(StoredCode):
    divisible = False
