"""The backtrace scan of Linux 5.4 to 5.12 (mm/page_owner.c, check_recursive_alloc).

The state is the stack itself: after the walk, the entries are searched for the return address of
this very call. A nested call has paid a whole unwind before it is caught, and an unwinder that
allocates never comes to the scan. Only the 16 innermost entries are seen.
"""

from __future__ import annotations

from core.guards.base import Entries, GuardCode, Host, Stateless
from core.trace.events import SITE_BITS, Kind
from core.trace.routine import Routine


class BacktraceScan(Stateless):
    """Looks for an older instance of the caller among the walked entries."""

    design = "scan"
    field = ""

    def __init__(self, max_depth: int = 1) -> None:
        self.max_depth = max_depth

    def attach(self, host: Host) -> None:
        """Meet the machine."""
        self._host = host

    def inlined_in(self, routine: Routine) -> GuardCode:
        """Return the scan's lines in a function."""
        return _ScanCode(self._host, routine)


class _ScanCode(GuardCode):
    def __init__(self, host: Host, routine: Routine) -> None:
        self._host = host
        self._routine = routine
        site = host.recorder.site
        function, name = routine.function, routine.name
        self._scanned = site(
            Kind.STEPPED,
            function,
            "scan",
            f"{name} compares {{argument}} entries with its own return address: none matches.",
            cost_ns=16,
        )
        self._matched = site(
            Kind.SHORT_CIRCUITED,
            function,
            "scan",
            f"{name} finds its own return address in entry {{argument}} of the walked stack: "
            "it has called itself, so it returns dummy_handle; the unwind is already paid.",
            cost_ns=16,
        )

    def finds_itself(self, entries: Entries) -> bool:
        """Compare each entry, innermost first, with the return address of this call."""
        stack = self._host.stack
        caller, callee = stack[-2], self._routine
        for at in range(len(entries) - 2, -1, -1):
            if entries[at + 1] is callee and entries[at] is caller:
                self._host.append(self._matched | (len(entries) - 2 - at) << SITE_BITS)
                return True
        self._host.append(self._scanned | max(0, len(entries) - 1) << SITE_BITS)
        return False
