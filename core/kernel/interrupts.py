"""Interrupts: what may come, when it may, and how it nests on the interrupted stack.

A hard interrupt runs with interrupts off and does not nest in another one. A soft interrupt is run
where the outermost hard one ends (kernel/softirq.c, irq_exit), with interrupts on again, so hard
ones may nest in it. An NMI comes whenever it likes, but not amid another NMI.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.kernel.choices import Option, Way
from core.trace.events import SITE_BITS, Function, Kind
from core.trace.routine import Path, Routine

if TYPE_CHECKING:
    from core.kernel.machine import Machine
    from core.kernel.tasks import Task

HARD, SOFT, NMI, TIMER = "hard", "soft", "nmi", "timer"
PATHS = {HARD: "hardirq", SOFT: "softirq", NMI: "nmi", TIMER: "timer"}
"""Which path of the profile leads to a handler, by kind."""

_HANDLER_BYTES = 64
"""Frame of a made-up handler. Inferred: there is no such function."""


@dataclass(slots=True, eq=False)
class Source:
    """Something that interrupts.

    Attributes:
        name: As the scenario names it.
        kind: hard, soft, nmi or timer.
        cpus: The CPUs it comes to; empty for all.
        raises: Number of the soft interrupt it raises, -1 for none.
        at_most: How often it may come in a run, 0 for any number of times.
        handler: What it does.
        forget: Lets go of what the handler holds, before a fresh run.
        held: Says what the handler holds from one interrupt to the next.
        came: How often it has come in this run.
    """

    name: str
    kind: str
    cpus: tuple[int, ...] = ()
    raises: int = -1
    at_most: int = 0
    handler: Callable[[], None] = lambda: None
    forget: Callable[[], None] = lambda: None
    held: Callable[[], tuple[int, ...]] = tuple
    came: int = 0
    path: Path = field(default_factory=lambda: Path(()))
    began: int = 0
    ended: int = 0


class Interrupts:
    """All that may interrupt a machine.

    Args:
        machine: Whose interrupts they are.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.sources: list[Source] = []
        self._pending: list[list[int]] = [[] for _ in range(machine.config.cpus)]

    def add(self, source: Source) -> None:
        """Add something that may interrupt."""
        machine = self._machine
        entry = tuple(machine.routine(name) for name in machine.profile.paths[PATHS[source.kind]])
        name = f"{source.name}_interrupt"
        if name in machine.profile.functions:
            name = f"{source.name}_handler"
        handler = machine.caller(
            Function(
                name,
                "interrupt",
                _HANDLER_BYTES,
                source="a driver",
                inferred=True,
            )
        )
        source.path = Path((*entry, handler))
        source.began = self._site(Kind.INTERRUPTED, entry[0], "enter", source)
        source.ended = self._site(Kind.INTERRUPT_ENDED, entry[0], "exit", source)
        self.sources.append(source)

    def _site(self, kind: Kind, entry: Routine, label: str, source: Source) -> int:
        text = {
            Kind.INTERRUPTED: {
                HARD: "Interrupt {interrupt} comes and runs on {of}'s stack.",
                TIMER: "The timer ticks: interrupt {interrupt} runs on {of}'s stack.",
                SOFT: "Soft interrupt {interrupt} runs where the hard one has ended.",
                NMI: "NMI {interrupt} comes, interrupts off or not, and runs on {of}'s stack.",
            }[source.kind],
            Kind.INTERRUPT_ENDED: "Interrupt {interrupt} ends; {of} goes on where it was.",
        }[kind]
        return self._machine.site(kind, entry, label, text, cost_ns=120, **{"as": source.kind})

    def possible(self, task: Task) -> list[Option]:
        """Return the interrupts that may come now, on the stack of the running task."""
        found = []
        for number, source in enumerate(self.sources):
            if source.kind == SOFT or (source.at_most and source.came >= source.at_most):
                continue
            if source.cpus and task.cpu not in source.cpus:
                continue
            if source.kind == NMI:
                if not task.in_nmi:
                    found.append(Option(Way.INTERRUPT, number, task.cpu))
            elif not task.irqs_off:
                found.append(Option(Way.INTERRUPT, number, task.cpu))
        return found

    def used_up(self) -> list[bool]:
        """Return which of those that may come only so often have come so often."""
        return [each.came >= each.at_most for each in self.sources if each.at_most]

    def take(self, number: int) -> None:
        """Let an interrupt run to its end, on the current stack."""
        source = self.sources[number]
        task = self._machine.task
        source.came += 1
        if source.at_most:
            self._machine.cpus.changed()
        task.irqs_off += 1
        if source.kind == NMI:
            task.in_nmi = True
            self._run(number, source)
            task.in_nmi = False
            task.irqs_off -= 1
            return
        self._run(number, source)
        if source.raises >= 0:
            self._pending[task.cpu].append(source.raises)
        task.irqs_off -= 1
        if not any(self.sources[outer].kind == SOFT for outer in task.interrupts):
            self._run_pending(task)
        if source.kind == TIMER:
            self._machine.cpus.preempt()

    def _run_pending(self, task: Task) -> None:
        """Run the raised soft interrupts, interrupts on and preemption off (__do_softirq)."""
        pending = self._pending[task.cpu]
        while pending:
            number = pending.pop(0)
            self.sources[number].came += 1
            self._run(number, self.sources[number])

    def _run(self, number: int, source: Source) -> None:
        machine = self._machine
        task = machine.task
        machine.append(source.began | number << SITE_BITS)
        task.interrupts.append(number)
        task.saves_below.append(task.saves)
        task.trails.append(task.trail)
        task.trail = number
        task.preempt_off += 1
        machine.call_path(source.path)
        source.handler()
        machine.ret_path(source.path)
        task.preempt_off -= 1
        task.trail = task.trails.pop()
        task.saves_below.pop()
        task.interrupts.pop()
        machine.append(source.ended | number << SITE_BITS)

    # -- for exploring --------------------------------------------------------------------

    def start_again(self) -> None:
        """Be as before the first event."""
        for source in self.sources:
            source.came = 0
            source.forget()
        for pending in self._pending:
            pending.clear()

    def fingerprint(self) -> tuple[int, ...]:
        """Return what is pending, what handlers hold, and how often each came that is limited."""
        state = [source.came for source in self.sources if source.at_most]
        for source in self.sources:
            state += (-4, *source.held())
        for pending in self._pending:
            state += (-3, *pending)
        return tuple(state)
