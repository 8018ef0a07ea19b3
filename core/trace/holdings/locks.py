"""The spinlocks at a position: who holds which, who waits, and who waits for whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.trace.events import Kind
from core.trace.explain import interrupt_at, task_name
from core.trace.holdings.columns import Groups, Rows, happened
from core.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class Context:
    """Who took a lock or waits for one.

    Attributes:
        task: Number of the task.
        name: ``comm/pid``.
        cpu: The CPU it was on, -1 where the machine has one only.
        interrupt: Name of the interrupt on its stack at that moment, or empty.
        at: Position at which it took the lock, or began to wait.
    """

    task: int
    name: str
    cpu: int
    interrupt: str
    at: int

    def __str__(self) -> str:
        place = f" on CPU {self.cpu}" if self.cpu >= 0 else ""
        return f"{self.name}{place}{f' in interrupt {self.interrupt}' if self.interrupt else ''}"


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody who waits for a lock, and who holds it."""

    waiter: Context
    lock: str
    holder: Context

    @property
    def sentence(self) -> str:
        """The wait in words."""
        if self.waiter.task != self.holder.task:
            return f"{self.waiter} waits for {self.lock}, held by {self.holder}."
        held = f"{self.waiter} waits for {self.lock}"
        if self.waiter.interrupt != self.holder.interrupt:
            by = self.holder.interrupt and f"interrupt {self.holder.interrupt}"
            return f"{held}, held by {by or f'the task it interrupted, {self.holder.name}'}."
        return f"{held}, which it holds itself."


@dataclass(frozen=True, slots=True)
class LockState:
    """One lock.

    Attributes:
        number: Its number in the trace.
        name: The kernel's name for it.
        holder: ``comm/pid`` of the task that holds it, empty where nobody does.
        function: The function in which it was taken, or last given back.
        waiters: ``comm/pid`` of the tasks that spin on it.
        made_at: Position at which it was taken, or last given back; -1 where it never was.
        changed: Whether the event at the position took it, gave it back or found it taken.
        owner: The holder with its place, None where nobody holds it.
        waiting: The waiters with theirs, in the order in which they came.
    """

    number: int
    name: str
    holder: str
    function: str
    waiters: tuple[str, ...]
    made_at: int
    changed: bool
    owner: Context | None = None
    waiting: tuple[Context, ...] = ()

    @property
    def held(self) -> bool:
        """Whether somebody holds it."""
        return bool(self.holder)

    @property
    def waits(self) -> tuple[Wait, ...]:
        """Each wait for it."""
        if self.owner is None:
            return ()
        return tuple(Wait(waiter, self.name, self.owner) for waiter in self.waiting)


@dataclass(frozen=True, slots=True)
class LocksState:
    """All locks there are at a position.

    Attributes:
        position: The position.
        count: How many there are; those of scripts only once their script has been there.
        held: Numbers of those that are held, rising.
        changed: Number of the lock that the event at the position is about, -1 for none.
        ever_taken: Whether any lock is taken in the whole run; none is without SMP.
    """

    position: int
    count: int
    held: tuple[int, ...]
    changed: int
    ever_taken: bool
    _index: LockIndex

    def rows(self, first: int, last: int, *, held_only: bool = False) -> tuple[LockState, ...]:
        """Return the locks ``[first, last)``, of all or of those that are held."""
        numbers = self.held if held_only else self._index.numbers[: self.count].tolist()
        return tuple(self._index.lock(n, self.position) for n in numbers[max(0, first) : last])

    def lock(self, number: int) -> LockState:
        """Return one lock."""
        return self._index.lock(number, self.position)

    @property
    def cycle(self) -> tuple[Wait, ...]:
        """Waits that go round in a circle: a deadlock. Empty where there is none."""
        waits = {w.waiter.task: w for n in self.held for w in self.lock(n).waits}
        for first in waits:
            path: dict[int, Wait] = {}
            task = first
            while task in waits and task not in path:
                path[task] = waits[task]
                task = waits[task].holder.task
            if task == first and path:
                return tuple(path.values())
        return ()


class LockIndex:
    """Who took and released which lock when.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        info = trace.info
        events = happened(trace, Kind.LOCK_TAKEN, Kind.LOCK_RELEASED)
        self._groups = Groups(events.argument, events.at, len(info.locks), len(trace))
        self._taken = (events.kind == Kind.LOCK_TAKEN)[self._groups.order]
        self.ever_taken = bool(len(events))
        self._changes = np.where(events.kind == Kind.LOCK_TAKEN, 1, -1)
        script_locks = [script.lock for script in info.scripts]
        own = sorted(set(range(len(info.locks))) - set(script_locks))
        self.numbers: Rows = np.array([*own, *script_locks], np.intp)
        """Locks in the order in which they are listed: script locks come with their scripts."""
        self._n_own = len(own)
        self._scripts_at = happened(trace, Kind.SCRIPT_ADDED)
        self._newest_script = (
            np.maximum.accumulate(self._scripts_at.argument)
            if len(self._scripts_at)
            else self._scripts_at.argument
        )

    @property
    def most_held(self) -> int:
        """How many locks are held at once at most."""
        return int(np.cumsum(self._changes).max(initial=0))

    def at(self, position: int) -> LocksState:
        """Return all locks at a position."""
        last = self._groups.last(position)
        taken = self._taken[last] & (last >= 0) if len(self._taken) else np.zeros(0, np.bool_)
        added = self._scripts_at.until(position)
        scripts = int(self._newest_script[added - 1]) + 1 if added else 0
        held = tuple(np.flatnonzero(taken).tolist())
        count, changed = self._n_own + scripts, self._touched(position)
        return LocksState(position, count, held, changed, self.ever_taken, self)

    def lock(self, number: int, position: int) -> LockState:
        """Return one lock at a position."""
        trace = self._trace
        row = self._groups.last_of(number, position)
        made_at = int(self._groups.at[row]) if row >= 0 else -1
        held = row >= 0 and bool(self._taken[row])
        owner = self._context(made_at) if held else None
        waiting = self._waiting(number, position)
        return LockState(
            number,
            trace.info.locks[number],
            owner.name if owner else "",
            trace.function(made_at).name if row >= 0 else "",
            tuple(waiter.name for waiter in waiting),
            made_at,
            self._touched(position) == number,
            owner,
            waiting,
        )

    def _touched(self, position: int) -> int:
        """Return the lock that the event at a position is about, -1 where it is about none."""
        kinds = (Kind.LOCK_TAKEN, Kind.LOCK_RELEASED, Kind.LOCK_SPUN)
        if position < 0 or self._trace.kind(position) not in kinds:
            return -1
        return self._trace.argument(position)

    def _context(self, position: int) -> Context:
        """Who did what happened at a position, and where."""
        trace = self._trace
        task = trace.task_at(position)
        cpu = trace.cpus.cpu_at(position) if trace.cpus.several else -1
        return Context(task, task_name(trace, task), cpu, interrupt_at(trace, position), position)

    def _waiting(self, number: int, position: int) -> tuple[Context, ...]:
        """Who spins on a lock."""
        spans = self._trace.cpus.lock_waits
        return tuple(
            self._context(int(spans.starts[at]))
            for at in spans.at(position)
            if int(spans.numbers[at]) == number
        )
