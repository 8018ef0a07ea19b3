"""A trace as calls and returns with times and tasks: what formats with order are written from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind
from core.trace.info import TaskInfo
from core.trace.signals import tasks_of
from core.trace.trace import Trace

_CHUNK_MARKS = 1 << 16

Mark = tuple[bool, int, int, int]
"""Whether it is a call, the function, the task, and when it was (ns)."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Calls and returns in order, all columns of shape (n,).

    Attributes:
        is_call: Whether each is a call.
        functions: Number of the function in the trace.
        tasks: Number of the task in the trace.
        times_ns: When it was: a simulated call begins before it costs its time, and a simulated
            return is over when it has. A recording has the kernel's clock where it is known.
    """

    is_call: npt.NDArray[np.bool_]
    functions: npt.NDArray[np.int32]
    tasks: npt.NDArray[np.int32]
    times_ns: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.is_call)

    def of_task(self, task: int) -> Marks:
        """Return those of one task."""
        own = self.tasks == task
        return Marks(self.is_call[own], self.functions[own], self.tasks[own], self.times_ns[own])

    def chunks(self) -> Iterator[list[Mark]]:
        """Yield all of them in lists of a size that a stream likes."""
        for first in range(0, len(self), _CHUNK_MARKS):
            part = slice(first, first + _CHUNK_MARKS)
            columns = (self.is_call, self.functions, self.tasks, self.times_ns)
            yield list(zip(*(column[part].tolist() for column in columns), strict=True))


def marks_of(trace: Trace) -> Marks:
    """Return the calls and returns of a trace."""
    positions = trace.positions(Kind.CALLED, Kind.RETURNED)
    sites = trace.codes[positions] & SITE_MASK
    is_call = (trace.site_kinds == Kind.CALLED)[sites]
    functions = np.array([site.function for site in trace.sites], np.int32)[sites]
    times = np.where(is_call, trace.clock.begins(positions), trace.clock.at(positions))
    return Marks(is_call, functions, tasks_of(trace, positions), times + start_ns(trace))


def start_ns(trace: Trace) -> int:
    """Return the kernel's time at which a trace begins, 0 where that is not known."""
    recording = trace.info.recording
    return max(0, recording.start_ns) if recording is not None else 0


def end_ns(trace: Trace) -> int:
    """Return the time at which a trace ends, on the clock of its marks."""
    return trace.clock.end_ns + start_ns(trace)


def title_of(trace: Trace) -> str:
    """Return what a trace is called."""
    recording = trace.info.recording
    return recording.title if recording is not None else trace.info.scenario


OWN_GROUP = 1 << 22
"""First number of a process for a task that shares its pid with another: PID_MAX_LIMIT on 64 bits
(include/linux/threads.h), so that no task can have it."""


def processes_of(tasks: tuple[TaskInfo, ...]) -> list[int]:
    """Return a process number for each task, which with its pid names no other task.

    The idle tasks of all CPUs have pid 0. In formats in which a pair of numbers names a thread,
    they need a process each.
    """
    seen: set[int] = set()
    processes = []
    for number, task in enumerate(tasks):
        processes.append(OWN_GROUP + number if task.pid in seen else task.pid)
        seen.add(task.pid)
    return processes
