"""What a recursion guard is to save_stack, and what it needs of the machine it runs on.

A guard is a few lines that the compiler places inside a function: one test before the walk, one
write before and one after it, or a look at the entries once they are there. ``GuardCode`` is
these lines in one function; the guard makes it for each function that carries the guard.
"""

from __future__ import annotations

from typing import Any, Protocol

from core.trace.recorder import Recorder
from core.trace.routine import Routine

Entries = tuple[Routine, ...]
"""A saved stack, outermost function first. The last one is the callee of the innermost entry: an
entry is a return address, and (caller, callee) is what identifies it. n entries are n + 1 long."""


class Host(Protocol):
    """What a guard needs of the machine."""

    recorder: Recorder
    append: Any
    stack: list[Routine]
    asks: bool
    memory: Any
    cpus: Any

    @property
    def task(self) -> Any:
        """The task that runs now."""


class GuardCode:
    """A guard's lines in one function; this one is the guard that is not there."""

    def refuses(self) -> bool:
        """Test before the walk: whether save_stack must return dummy_handle at once."""
        return False

    def enter(self) -> None:
        """Note that a save is under way."""

    def leave(self) -> None:
        """Take the note back."""

    def turns_away(self, gfp: int) -> bool:
        """Test the allocation's mask, before save_stack is called at all."""
        del gfp
        return False

    def nested_mask(self, gfp: int) -> int:
        """Return the mask for allocations that page_owner makes itself."""
        return gfp

    def finds_itself(self, entries: Entries) -> bool:
        """Look at the walked entries: whether an older instance of the caller is among them."""
        del entries
        return False


class RecursionGuard(Protocol):
    """A way for page_owner to notice that it is already running.

    Attributes:
        design: none, scan, uint, bit1, bit2, atomic, percpu or gfp.
        max_depth: How many saves of one task may be under way at once.
        field: The name of the field it keeps in task_struct, or an empty string.
    """

    design: str
    max_depth: int
    field: str

    def attach(self, host: Host) -> None:
        """Meet the machine."""

    def inlined_in(self, routine: Routine) -> GuardCode:
        """Return the guard's lines in a function."""

    def start_again(self) -> None:
        """Be as before the first event."""

    def fingerprint(self) -> tuple[int, ...]:
        """Return the state it keeps outside of task_struct."""

    def stuck(self) -> list[str]:
        """Return what of that state is set, as sentences; asked while no save is in progress."""


class Stateless:
    """A guard that keeps nothing outside of task_struct."""

    def start_again(self) -> None:
        """Has nothing to forget."""

    def fingerprint(self) -> tuple[int, ...]:
        """Has no state of its own."""
        return ()

    def stuck(self) -> list[str]:
        """Has nothing that could be stuck."""
        return []
