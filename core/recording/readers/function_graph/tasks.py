"""Who owns the lines of a function_graph file: by its task column, or by what it says of switches.

Without a task column only the block at a switch tells that the stack below is somebody else's:
`` 0)   sh-40   =>  busybox-181``. What a CPU ran before its first switch gets its name there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.trace.info import NAMED_BY_CPU, TaskInfo

_NO_COMM = "<...>"
"""What ftrace prints where it has forgotten a task's name."""


class Owners:
    """Numbers tasks, and knows which one runs on each CPU."""

    def __init__(self) -> None:
        self._tasks: list[TaskInfo] = []
        self._number_of: dict[tuple[int, int], int] = {}
        self._running: dict[int, int] = {}
        self._same: dict[int, int] = {}
        self._nameless: set[int] = set()
        self.cpus: set[int] = set()

    def named(self, cpu: int, task: bytes) -> int:
        """Return the number of a task by its name and pid, as in ``sh-40``."""
        comm, _, digits = task.decode("utf-8", "replace").rpartition("-")
        comm, pid = comm.strip(), min(int(digits), (1 << 31) - 1)
        # Every CPU has an idle task of its own, and all have pid 0.
        key = (pid, cpu if pid == 0 else -1)
        number = self._number_of.get(key)
        if number is None:
            number = self._number_of[key] = self._add(TaskInfo(pid, comm))
        elif self._tasks[number].comm == _NO_COMM != comm:
            self._tasks[number] = TaskInfo(pid, comm)
        return number

    def running(self, cpu: int) -> int:
        """Return the number of the task that runs on a CPU in a file without a task column."""
        number = self._running.get(cpu)
        if number is None:
            name = f"{NAMED_BY_CPU}{cpu}" if cpu >= 0 else "?"
            number = self._running[cpu] = self._add(TaskInfo(0, name))
            self._nameless.add(number)
        return number

    def switched(self, cpu: int, old: bytes, new: bytes) -> None:
        """A CPU went on with another task; who ran there before has a name now."""
        before = self._running.get(cpu)
        if before in self._nameless:
            self._same[before] = self.named(cpu, old)
            self._nameless.discard(before)
        self._running[cpu] = self.named(cpu, new)

    def _add(self, task: TaskInfo) -> int:
        self._tasks.append(task)
        return len(self._tasks) - 1

    def settled(
        self, owners: npt.NDArray[np.int32]
    ) -> tuple[npt.NDArray[np.int32], list[TaskInfo]]:
        """Return owners and tasks in the order in which they come, those that are one as one."""
        same = np.arange(len(self._tasks), dtype=np.int32)
        for number, known in self._same.items():
            same[number] = known
        owners = same[owners]
        found, first = np.unique(owners, return_index=True)
        order = found[np.argsort(first)]
        new: npt.NDArray[np.int32] = np.zeros(len(same), np.int32)
        new[order] = np.arange(len(order), dtype=np.int32)
        return new[owners], [self._tasks[number] for number in order.tolist()]
