"""A counter that belongs to the CPU: this_cpu_read, this_cpu_inc, this_cpu_dec.

It costs nothing in task_struct, but a save can sleep and be preempted. Then the next task on that
CPU is turned away for a save that is not its own, and a task that goes on elsewhere takes its one
from the wrong CPU's counter.
"""

from __future__ import annotations

from typing import Any

from core.guards.base import GuardCode, Host
from core.guards.counter import StoredCode, StoredGuard
from core.guards.storage import Place, Unit
from core.trace.routine import Routine

COUNTER = Place(byte_offset=0, unit_bytes=4, bit_offset=0, bit_size=32)
"""A DEFINE_PER_CPU(unsigned int); where it lies in the CPU's area does not matter."""


class PerCpuGuard(StoredGuard):
    """unsigned int page_owner_depth for each CPU.

    Args:
        max_depth: How many saves may be under way at once on a CPU.
    """

    per_cpu = True

    def __init__(self, max_depth: int) -> None:
        super().__init__("percpu", max_depth, COUNTER)
        self.is_flag = False
        self.field = "page_owner_depth"

    def attach(self, host: Host) -> None:
        """Meet the machine: each CPU gets its counter."""
        super().attach(host)
        self.units: list[Unit] = []
        for _ in range(host.cpus.count):
            unit = Unit(bytearray(COUNTER.unit_bytes), 0)
            if host.cpus.count == 1:
                unit.touches = host.cpus.shared()
            # Else it counts as everybody's: which one a step touches changes when its task moves.
            self.units.append(unit)

    def inlined_in(self, routine: Routine) -> GuardCode:
        """Return the guard's lines in a function."""
        return _PerCpuCode(self, self._host, routine)

    def start_again(self) -> None:
        """Be as before the first event."""
        for unit in self.units:
            unit.store(0)
            unit.writer = ""

    def fingerprint(self) -> tuple[int, ...]:
        """Return the counters."""
        return tuple(unit.load() for unit in self.units)

    def stuck(self) -> list[str]:
        """Return which CPUs' counters are not 0 though no save is in progress."""
        return [
            f"The guard of CPU {cpu} is stuck: {self.field} is {unit.load():,} though no save is "
            "in progress."
            for cpu, unit in enumerate(self.units)
            if unit.load()
        ]


class _PerCpuCode(StoredCode):
    divisible = False
    """x86 adds to it in one instruction, which neither an interrupt nor a switch can divide."""

    def __init__(self, guard: PerCpuGuard, host: Host, routine: Routine) -> None:
        super().__init__(guard, host, routine)
        self._units = guard.units

    def unit(self) -> Unit:
        """Return the counter of the CPU the task runs on right now."""
        cpu: int = self._host.task.cpu
        return self._units[cpu]

    def _owner(self) -> Any:
        return None
