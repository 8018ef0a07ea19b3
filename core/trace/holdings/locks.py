"""The spinlocks at a position: who holds which, and who waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.trace.events import Kind
from core.trace.holdings.columns import Groups, Rows, happened
from core.trace.signals import tasks_of
from core.trace.trace import Trace


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
    """

    number: int
    name: str
    holder: str
    function: str
    waiters: tuple[str, ...]
    made_at: int
    changed: bool

    @property
    def held(self) -> bool:
        """Whether somebody holds it."""
        return bool(self.holder)


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
        starts = np.array([at for at, _ in trace.task_switches], np.int32)
        self._starts = starts
        owners = tasks_of(trace, starts)
        self._turns: list[Rows] = [
            np.flatnonzero(owners == task) for task in range(len(info.tasks))
        ]

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
        waits = self._waiting(position)
        return LockState(
            number,
            trace.info.locks[number],
            self._task_name(trace.task_at(made_at)) if held else "",
            trace.function(made_at).name if row >= 0 else "",
            tuple(self._task_name(task) for task, lock in waits if lock == number),
            made_at,
            self._touched(position) == number,
        )

    def _touched(self, position: int) -> int:
        """Return the lock that the event at a position is about, -1 where it is about none."""
        kinds = (Kind.LOCK_TAKEN, Kind.LOCK_RELEASED, Kind.LOCK_SPUN)
        if position < 0 or self._trace.kind(position) not in kinds:
            return -1
        return self._trace.argument(position)

    def _task_name(self, number: int) -> str:
        task = self._trace.info.tasks[number]
        return f"{task.comm}/{task.pid}"

    def _waiting(self, position: int) -> list[tuple[int, int]]:
        """Return (task, lock) for tasks whose last event is that they found a lock taken."""
        trace = self._trace
        waiting = []
        for task in range(len(trace.info.tasks)):
            at = self._last_event(task, position)
            if at > 0 and trace.kind(at) is Kind.STOPPED:
                at -= 1
            if at >= 0 and trace.kind(at) is Kind.LOCK_SPUN:
                waiting.append((task, trace.argument(at)))
        return waiting

    def _last_event(self, task: int, position: int) -> int:
        """Return a task's last event up to a position, -1 where it has none."""
        now = int(np.searchsorted(self._starts, np.int32(position), side="right"))
        turns = self._turns[task]
        turn = int(np.searchsorted(turns, now, side="left")) - 1
        if turn < 0:
            return -1
        after = int(turns[turn]) + 1
        end = int(self._starts[after]) - 1 if after < len(self._starts) else position
        return min(position, end)
