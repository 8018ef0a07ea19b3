"""Simulated tasks: a stack counted in bytes, the bytes of a task_struct, and what holds them up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.guards.storage import TaskImage
from core.trace.routine import Routine

if TYPE_CHECKING:
    from core.kernel.locks import Lock


@dataclass(slots=True, eq=False)
class Task:
    """One task of the simulated kernel.

    What a CPU knows of its running context (interrupts off, preemption off, which interrupts are
    nested) is kept with the task: a CPU changes tasks only where all of it is zero.

    Attributes:
        number: Index in the machine.
        pid: Process id, as the owner records show it.
        comm: Name of the process.
        image: The bytes of its task_struct.
        cpu: The CPU it runs on, or whose queue it is in.
        migrates: Whether an idle CPU may pull it from the queue.
        used_bytes: Bytes of its stack in use while it does not run.
        stack: The calls on its stack, outermost first.
        saves: How many of its saves are past the guard right now.
        done: Whether its work is over.
        born: Whether it exists already; a task that is to be forked does not.
        asleep: Whether it waits to be woken.
        woken: Whether somebody woke it while it was awake.
        waits_for: The lock it spins on.
        irqs_off: How many times interrupts were turned off and not yet on again.
        preempt_off: The same for preemption.
        interrupts: The interrupts nested on its stack, innermost last.
        saves_below: For each nested interrupt, how many saves were under way when it came.
        in_nmi: Whether its innermost context is an NMI.
        trail: A number for all it has done and read since the start (see ``fingerprint``).
        trails: The trails of the contexts that interrupts hold up, outermost first.
    """

    number: int
    pid: int
    comm: str
    image: TaskImage
    cpu: int = 0
    migrates: bool = False
    used_bytes: int = 0
    stack: list[Routine] = field(default_factory=list)
    saves: int = 0
    done: bool = False
    born: bool = True
    asleep: bool = False
    woken: bool = False
    waits_for: Lock | None = None
    irqs_off: int = 0
    preempt_off: int = 0
    interrupts: list[int] = field(default_factory=list)
    saves_below: list[int] = field(default_factory=list)
    in_nmi: bool = False
    trail: int = 0
    trails: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name as sentences write it: comm/pid."""
        return f"{self.comm}/{self.pid}"

    @property
    def ready(self) -> bool:
        """Whether it could take a step if it had a CPU."""
        return self.born and not (self.done or self.asleep or self.waits_for is not None)

    @property
    def preemptible(self) -> bool:
        """Whether its CPU may go on with another task at this very point."""
        return not (self.preempt_off or self.irqs_off or self.interrupts)

    def start_again(self, word: bytes) -> None:
        """Be as fresh as before the first event, with the given bytes of task_struct."""
        self.image.bytes[:] = word
        self.image.forget_writers()
        self.used_bytes = self.saves = self.irqs_off = self.preempt_off = self.trail = 0
        self.stack.clear()
        self.interrupts.clear()
        self.saves_below.clear()
        self.trails.clear()
        self.done = self.asleep = self.woken = self.in_nmi = False
        self.waits_for = None
