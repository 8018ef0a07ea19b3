"""What runs where: turns of tasks on CPUs, and the spans of interrupts, waits and interrupts off.

A *turn* is a stretch of events between two switches: one task, on one CPU. Where CPUs take turns in
the order of events, a task stays its CPU's current one while others have their turns; that stretch
is its *tenure*. Recordings of real kernels have one lane: their tasks are on CPU 0.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.trace.cpu_spans import Numbers, Spans, irqs_off, lock_waits, paired, spans_of
from core.trace.events import SITE_MASK, Kind, Site
from core.trace.index import Positions, whole_arguments
from core.trace.signals import number_below

if TYPE_CHECKING:
    from core.trace.trace import Frame, Trace

IDLE = -1
"""The current task of a CPU that has none."""


class CpuView:
    """Answers for any position which task is where.

    Args:
        trace: The run.

    Attributes:
        count: How many CPUs there are.
        starts: Where each turn begins, shape (n,), int32, rising; the first one at 0.
        tasks: Whose turn it is.
        cpus: On which CPU.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        info = trace.info
        self.count = max(1, info.cpus)
        self.starts, self.tasks = trace.switch_columns
        self.cpus: Numbers = np.zeros(len(self.starts), np.int32)
        if self.count > 1:
            told = np.array([cpu_of_site(site, self.count) for site in trace.sites], np.int32)
            self.cpus[1:] = told[trace.codes[self.starts[1:]] & SITE_MASK]
            self.cpus[0] = min(max(info.tasks[0].cpu, 0), self.count - 1)

    @property
    def several(self) -> bool:
        """Whether there is more than one CPU."""
        return self.count > 1

    @cached_property
    def plain(self) -> bool:
        """Whether nothing here needs a look: one CPU, and no interrupt comes."""
        return self.count == 1 and not bool((self._trace.site_kinds == Kind.INTERRUPTED).any())

    # -- at a position ----------------------------------------------------------------------------

    def cpu_at(self, position: int) -> int:
        """Return the CPU an event happened on."""
        return int(self.cpus[self._turn(position)]) if self.count > 1 else 0

    def current(self, cpu: int, position: int) -> int:
        """Return the current task of a CPU after an event, ``IDLE`` where it has none."""
        if self.count == 1:
            return self._trace.task_at(position)
        at = bisect_right(self._cpu_starts[cpu], position) - 1
        if at >= 0:
            turn = int(self._by_cpu[cpu][at])
            return int(self.tasks[turn]) if position < self._tenure_ends[turn] else IDLE
        task = self._first_tasks[cpu]
        return task if task != IDLE and position < self._first_turn_of[task] else IDLE

    def currents(self, position: int) -> tuple[int, ...]:
        """Return the current task of every CPU after an event, ``IDLE`` for none."""
        return tuple(self.current(cpu, position) for cpu in range(self.count))

    def last_event(self, task: int, position: int) -> int:
        """Return a task's last event up to a position, -1 where it has none."""
        at = bisect_right(self._task_starts[task], position) - 1
        if at < 0 or position < 0:
            return -1
        return min(position, int(self._turn_ends[self._by_task[task][at]]) - 1)

    def next_event(self, task: int, position: int) -> int | None:
        """Return a task's first event from a position on, None where it has none."""
        if self.last_event(task, position) == position:
            return position
        starts = self._task_starts[task]
        at = bisect_left(starts, position)
        return starts[at] if at < len(starts) else None

    def cpu_of_task(self, task: int, position: int) -> int:
        """Return the CPU a task is on, or was on last; before its first turn where it starts."""
        last = self.last_event(task, position)
        if last >= 0:
            return self.cpu_at(last)
        return min(max(self._trace.info.tasks[task].cpu, 0), self.count - 1)

    def frames_of(self, task: int, position: int) -> tuple[Frame, ...]:
        """Return the stack of a task as of its last event, outermost frame first."""
        return self._trace.frames_at(self.last_event(task, position))

    def cpus_of(self, positions: Positions) -> Numbers:
        """Return the CPU of each of some positions."""
        return self.cpus[np.searchsorted(self.starts, positions, side="right") - 1]

    def interrupts_at(self, position: int) -> tuple[int, ...]:
        """Return the interrupts under way on the running task's stack, outermost first.

        They are indexes into ``interrupts``.
        """
        return self.interrupts_on(self._trace.task_at(position), position)

    def interrupts_on(self, task: int, position: int) -> tuple[int, ...]:
        """Return the interrupts under way on a task's stack, outermost first."""
        spans = self.interrupts
        if not len(spans) or position < 0:
            return ()
        open_ones = spans.at(position)
        return tuple(one for one in open_ones if int(spans.tasks[one]) == task)

    def waits_at(self, position: int) -> tuple[tuple[int, int], ...]:
        """Return (task, lock) of everybody who spins on a lock after an event."""
        spans = self.lock_waits
        return tuple((int(spans.tasks[i]), int(spans.numbers[i])) for i in spans.at(position))

    # -- turns and tenures ------------------------------------------------------------------------

    def _turn(self, position: int) -> int:
        return max(0, bisect_right(self._starts, position) - 1)

    # bisect over a memoryview takes a microsecond, searchsorted several.

    @cached_property
    def _starts(self) -> memoryview[int]:
        return memoryview(self.starts.data)

    @cached_property
    def _task_starts(self) -> list[memoryview[int]]:
        return [memoryview(self.starts[turns].data) for turns in self._by_task]

    @cached_property
    def _cpu_starts(self) -> list[memoryview[int]]:
        return [memoryview(self.starts[turns].data) for turns in self._by_cpu]

    @cached_property
    def _turn_ends(self) -> Positions:
        return np.append(self.starts[1:], np.int32(len(self._trace))).astype(np.int32)

    @cached_property
    def _by_task(self) -> list[npt.NDArray[np.intp]]:
        return _grouped(self.tasks, len(self._trace.info.tasks))

    @cached_property
    def _by_cpu(self) -> list[npt.NDArray[np.intp]]:
        return _grouped(self.cpus, self.count)

    @cached_property
    def _first_tasks(self) -> tuple[int, ...]:
        """What each CPU runs before its first turn: the first task that starts on it."""
        first = [IDLE] * self.count
        for number, task in enumerate(self._trace.info.tasks):
            if task.parent < 0 and 0 <= task.cpu < self.count and first[task.cpu] == IDLE:
                first[task.cpu] = number
        return tuple(first)

    @cached_property
    def _first_turn_of(self) -> Numbers:
        """Where each task's first turn begins, past the end where it has none."""
        turns = [self.starts[own[0]] if len(own) else len(self._trace) for own in self._by_task]
        return np.array(turns, np.int32)

    @cached_property
    def _tenure_ends(self) -> Positions:
        """Where each turn's task stops being its CPU's current one.

        That is where the CPU's next turn begins, or the task's own next one on another CPU, or the
        end of a turn in which it went to sleep or ended.
        """
        whole = np.int32(len(self._trace))
        ends = np.full(len(self.starts), whole, np.int32)
        for groups in (self._by_cpu, self._by_task):
            for turns in groups:
                ends[turns[:-1]] = np.minimum(ends[turns[:-1]], self.starts[turns[1:]])
        gone = self._trace.positions(Kind.TASK_BLOCKED, Kind.TASK_EXITED)
        turns = np.searchsorted(self.starts, gone, side="right") - 1
        whose = whole_arguments(self._trace.codes, self._trace.wide, gone)
        turns = turns[whose == self.tasks[turns]]
        ends[turns] = np.minimum(ends[turns], self._turn_ends[turns])
        return ends

    @cached_property
    def tenures(self) -> Spans:
        """Each task's stretches as current task of a CPU; a CPU's never overlap."""
        starts, tasks, cpus = self.starts, self.tasks, self.cpus
        first = [
            (cpu, task)
            for cpu, task in enumerate(self._first_tasks)
            if self.count > 1
            and task != IDLE
            and (not len(self._by_cpu[cpu]) or self.starts[self._by_cpu[cpu][0]] > 0)
            and self._first_turn_of[task] > 0
        ]
        added = len(first)
        if added:
            ends = [
                min(
                    [int(self._first_turn_of[task])]
                    + [int(starts[turn]) for turn in self._by_cpu[cpu][:1]]
                )
                for cpu, task in first
            ]
            starts = np.concatenate((np.zeros(added, np.int32), starts))
            tasks = np.concatenate((np.array([task for _, task in first], np.int32), tasks))
            cpus = np.concatenate((np.array([cpu for cpu, _ in first], np.int32), cpus))
            tenure_ends = np.concatenate((np.array(ends, np.int32), self._tenure_ends))
        else:
            tenure_ends = self._tenure_ends
        order = np.argsort(cpus, kind="stable")
        starts, tenure_ends, cpus, tasks = (c[order] for c in (starts, tenure_ends, cpus, tasks))
        fresh = np.ones(len(starts), np.bool_)
        fresh[1:] = (
            (cpus[1:] != cpus[:-1]) | (tasks[1:] != tasks[:-1]) | (tenure_ends[:-1] != starts[1:])
        )
        heads = np.flatnonzero(fresh)
        lasts = np.append(heads[1:], len(starts)) - 1 if len(heads) else heads
        return spans_of(starts[heads], tenure_ends[lasts], cpus[heads], tasks[heads])

    # -- what happens on them ---------------------------------------------------------------------

    @cached_property
    def interrupts(self) -> Spans:
        """Interrupts, from their coming to the event that ends them; nested ones have a level."""
        return paired(self._trace, Kind.INTERRUPTED, Kind.INTERRUPT_ENDED)

    @cached_property
    def lock_waits(self) -> Spans:
        """Waits for a lock: from the first time a task spins until it has the lock."""
        return lock_waits(self._trace)

    @cached_property
    def irqs_off(self) -> Spans:
        """Stretches in which a CPU takes no interrupts."""
        return irqs_off(self._trace)

    @cached_property
    def lost_updates(self) -> Positions:
        """Where a store undid another context's."""
        return self._trace.positions(Kind.LOST_UPDATE)

    @cached_property
    def migrations(self) -> Positions:
        """Where a task's next turn is on another CPU than its last one."""
        found = [own[1:][np.diff(self.cpus[own]) != 0] for own in self._by_task if len(own) > 1]
        turns = np.sort(np.concatenate(found)) if found else np.empty(0, np.intp)
        return self.starts[turns]


def cpu_of_site(site: Site, count: int) -> int:
    """Return the CPU that a switch goes on; one that does not exist counts as the first."""
    return number_below(site.fact("cpu"), count, 0)


def _grouped(keys: Numbers, n: int) -> list[npt.NDArray[np.intp]]:
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.searchsorted(keys[order], np.arange(1, n)))
