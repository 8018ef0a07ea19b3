"""Spinlocks: who holds which, and the moment a task would spin for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.kernel.outcome import Deadlocked
from core.trace.events import SITE_BITS, Kind
from core.trace.routine import Routine

if TYPE_CHECKING:
    from core.kernel.machine import Machine
    from core.kernel.tasks import Task


class Lock:
    """A spinlock, or the side of a rwlock that the simulation needs.

    Attributes:
        name: The kernel's name for it.
        number: Its number in the trace.
        holder: The task that holds it for writing.
        taken_in: The function in which the holder took it.
    """

    __slots__ = ("holder", "name", "number", "taken_in")

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        self.holder: Task | None = None
        self.taken_in = ""


class Locks:
    """All locks of a machine. On a kernel without SMP they compile to nothing."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._sites: dict[tuple[Kind, str, str], int] = {}
        self.names: list[str] = []

    def create(self, name: str) -> Lock:
        """Return a new lock."""
        self.names.append(name)
        return Lock(name, len(self.names) - 1)

    def acquire(self, lock: Lock, routine: Routine) -> None:
        """Take a lock for writing, as spin_lock_irqsave or write_lock does.

        Raises:
            Deadlocked: The lock's holder can never release it.
        """
        if not self._machine.smp:
            return
        self._wait(lock, routine)
        lock.holder = self._machine.task
        lock.taken_in = routine.name
        self._note(Kind.LOCK_TAKEN, lock, routine, "takes")

    def release(self, lock: Lock, routine: Routine) -> None:
        """Release a lock."""
        if not self._machine.smp:
            return
        lock.holder = None
        self._note(Kind.LOCK_RELEASED, lock, routine, "releases")

    def read(self, lock: Lock, routine: Routine) -> None:
        """Take and keep a read lock no longer than the caller's next step (read_lock).

        Readers do not exclude each other and nothing in the simulation writes while a reader is
        inside, so only the wait for a writer matters.
        """
        if self._machine.smp:
            self._wait(lock, routine)

    def _wait(self, lock: Lock, routine: Routine) -> None:
        while lock.holder is not None:
            self._note(Kind.LOCK_SPUN, lock, routine, "finds taken and spins on")
            if lock.holder is self._machine.task or not self._machine.let_others_run():
                raise Deadlocked(
                    lock=lock.name,
                    holder=f"{lock.holder.comm}/{lock.holder.pid}",
                    taken_in=lock.taken_in,
                    waiter=f"{self._machine.task.comm}/{self._machine.task.pid}",
                    waits_in=routine.name,
                )

    def _note(self, kind: Kind, lock: Lock, routine: Routine, verb: str) -> None:
        key = (kind, routine.name, verb)
        code = self._sites.get(key)
        if code is None:
            code = self._sites[key] = self._machine.recorder.site(
                kind,
                routine.function,
                "lock" if kind is not Kind.LOCK_RELEASED else "unlock",
                f"{routine.name} {verb} {{lock}}.",
                cost_ns=8,
            )
        self._machine.append(code | lock.number << SITE_BITS)
