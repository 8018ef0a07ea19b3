"""Spinlocks: who holds which, and the moment a context would spin for ever.

A lock is held by a context: a task, at a depth of nested interrupts. Who spins on a lock that its
own stack holds can never get it; tasks that wait for one another in a circle neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.kernel.outcome import CIRCLE, INTERRUPTED, SELF, Deadlocked
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
        touches: Its number among the objects that contexts share.
        holder: The task that holds it for writing.
        level: How many interrupts were nested on the holder's stack when it took it.
        taken_in: The function in which the holder took it.
        irqs_off: Whether taking it turned interrupts off.
        waiter_in: By the number of a task that spins on it, the function in which it does.
    """

    __slots__ = (
        "holder",
        "irqs_off",
        "level",
        "name",
        "number",
        "taken_in",
        "touches",
        "waiter_in",
    )

    def __init__(self, name: str, number: int, touches: int) -> None:
        self.name = name
        self.number = number
        self.touches = touches
        self.holder: Task | None = None
        self.level = 0
        self.taken_in = ""
        self.irqs_off = False
        self.waiter_in: dict[int, str] = {}


class Locks:
    """All locks of a machine. On a kernel without SMP they compile to nothing."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._sites: dict[tuple[Kind, str, str], int] = {}
        self.all: list[Lock] = []

    @property
    def names(self) -> list[str]:
        """The names of all locks, by number."""
        return [lock.name for lock in self.all]

    def create(self, name: str, touches: int = -1) -> Lock:
        """Return a new lock.

        Args:
            name: The kernel's name for it.
            touches: Its number among the objects that contexts share; -1 gives it one of its own.
                A lock that is made amid a run has to share one, as the next run may not make it.
        """
        lock = Lock(name, len(self.all), touches if touches >= 0 else self._machine.cpus.shared())
        self.all.append(lock)
        return lock

    def acquire(self, lock: Lock, routine: Routine, *, irqs_off: bool = True) -> None:
        """Take a lock for writing.

        Args:
            lock: The lock.
            routine: Who takes it.
            irqs_off: Whether interrupts are turned off with it, as spin_lock_irqsave does; without
                that it is spin_lock or write_lock.

        Raises:
            Deadlocked: The lock's holder can never release it.
        """
        machine = self._machine
        if irqs_off:
            machine.irqs_off(routine)
        machine.task.preempt_off += 1
        if machine.smp:
            self._wait(lock, routine)
        lock.irqs_off = irqs_off
        self._hold(lock, routine)

    def try_acquire(self, lock: Lock, routine: Routine, *, irqs_off: bool = True) -> bool:
        """Take a lock where that needs no waiting (spin_trylock and kin); False where it would."""
        machine = self._machine
        if machine.smp and machine.asks:
            machine.cpus.point("lock", lock.touches)
        if machine.smp and lock.holder is not None:
            self._note(Kind.LOCK_SPUN, lock, routine, "finds taken, does not wait for, and leaves")
            return False
        if irqs_off:
            machine.irqs_off(routine)
        machine.task.preempt_off += 1
        lock.irqs_off = irqs_off
        self._hold(lock, routine)
        return True

    def release(self, lock: Lock, routine: Routine) -> None:
        """Release a lock; interrupts are on again where taking it turned them off."""
        machine = self._machine
        machine.task.preempt_off -= 1
        lock.holder = None
        if machine.smp:
            if lock.waiter_in:
                for number in lock.waiter_in:
                    machine.tasks[number].waits_for = None
                lock.waiter_in.clear()
                machine.cpus.changed()
            self._note(Kind.LOCK_RELEASED, lock, routine, "releases")
        if lock.irqs_off:
            machine.irqs_on(routine)

    def read(self, lock: Lock, routine: Routine) -> None:
        """Take and keep a read lock no longer than the caller's next step (read_lock).

        Readers do not exclude each other and nothing in the simulation writes while a reader is
        inside, so only the wait for a writer matters.
        """
        if self._machine.smp:
            self._wait(lock, routine)

    def _hold(self, lock: Lock, routine: Routine) -> None:
        task = self._machine.task
        lock.holder = task
        lock.level = len(task.interrupts)
        lock.taken_in = routine.name
        if not self._machine.smp:
            return
        self._note(Kind.LOCK_TAKEN, lock, routine, "takes")
        if self._machine.asks and self._machine.interrupts.sources:
            # What gets through here (an NMI always does) meets a lock that its own stack holds.
            self._machine.cpus.point("irq", -1)

    def _wait(self, lock: Lock, routine: Routine) -> None:
        machine = self._machine
        if machine.asks:
            machine.cpus.point("lock", lock.touches)
        while lock.holder is not None:
            self._note(Kind.LOCK_SPUN, lock, routine, "finds taken and spins on")
            task = machine.task
            lock.waiter_in[task.number] = routine.name
            task.waits_for = lock
            machine.cpus.changed()
            if lock.holder is task:
                raise deadlock_of(machine.tasks, task)
            machine.cpus.cannot_go_on()

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

    # -- for exploring --------------------------------------------------------------------

    def start_again(self) -> None:
        """Be as before the first event."""
        for lock in self.all:
            lock.holder = None
            lock.waiter_in.clear()

    def fingerprint(self) -> tuple[int, ...]:
        """Return who holds which lock."""
        return tuple(
            lock.number << 16 | lock.holder.number << 4 | lock.level
            for lock in self.all
            if lock.holder is not None
        )


def deadlock_of(tasks: Sequence[Task], waiter: Task) -> Deadlocked:
    """Return the deadlock in which a task spins on a lock for ever."""
    lock = waiter.waits_for
    assert lock is not None
    holder = lock.holder
    assert holder is not None
    how, cycle = SELF, f"{waiter.name} waits for {lock.name}, which it holds itself"
    if holder is waiter and lock.level < len(waiter.interrupts):
        how = INTERRUPTED
        cycle = (
            f"an interrupt on {waiter.name}'s stack spins on {lock.name}, which the context it "
            "interrupted holds"
        )
    elif holder is not waiter:
        how, cycle = _circle(waiter)
    return Deadlocked(
        lock=lock.name,
        holder=holder.name,
        taken_in=lock.taken_in,
        waiter=waiter.name,
        waits_in=lock.waiter_in.get(waiter.number, ""),
        how=how,
        cycle=cycle,
    )


def _circle(waiter: Task) -> tuple[str, str]:
    """Follow who waits for whom until somebody comes again."""
    said, seen, task = [], set[int](), waiter
    while task.waits_for is not None and task.number not in seen:
        seen.add(task.number)
        holder = task.waits_for.holder
        assert holder is not None
        said.append(f"{task.name} waits for {task.waits_for.name}, which {holder.name} holds")
        task = holder
    how = CIRCLE if task is waiter else "holder stopped"
    return how, "; ".join(said)
