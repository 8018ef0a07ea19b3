"""Runs on several CPUs made up event by event, as the engine records them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.trace.events import Function, Kind
from core.trace.info import (
    GuardInfo,
    InterruptInfo,
    LayoutInfo,
    NamedField,
    TaskInfo,
    TraceInfo,
)
from core.trace.recorder import Recorder
from core.trace.trace import Trace

FLAG, RESET = 1 << 9, 1 << 2
"""Bits of in_page_owner and of sched_reset_on_fork where they share a word."""

_SUBSYSTEMS = {
    "kmalloc": "slab",
    "__alloc_pages": "allocator",
    "get_page_from_freelist": "allocator",
    "__set_page_owner": "page_owner",
    "save_stack": "page_owner",
    "arch_stack_walk": "unwinder",
    "__stack_depot_save": "depot",
    "common_interrupt": "interrupt",
    "handle_irq": "interrupt",
    "exc_nmi": "interrupt",
}
_ESSENTIAL = {
    "kmalloc": "kmalloc",
    "__set_page_owner": "__set_page_owner",
    "save_stack": "save_stack",
    "arch_stack_walk": "unwind",
}


def function(name: str) -> Function:
    """The function a made-up run calls; each takes 96 bytes of the stack."""
    return Function(name, _SUBSYSTEMS.get(name, "caller"), 96, _ESSENTIAL.get(name, ""), "mm/x.c")


def guard(word: str = "serialized", *, per_cpu: bool = False) -> GuardInfo:
    """A guard bit that lies beside sched_reset_on_fork, or one of each CPU."""
    fields = (
        NamedField("sched_reset_on_fork", 2, 1),
        NamedField("sched_contributes_to_load", 3, 1),
        NamedField("in_page_owner", 9, 1),
    )
    return GuardInfo(
        "percpu" if per_cpu else "bit1",
        1,
        "in_page_owner",
        byte_offset=1284,
        unit_bytes=4,
        bit_offset=9,
        bit_size=1,
        word_fields=fields,
        per_cpu=per_cpu,
        word=word,
    )


def info_of(
    tasks: Iterable[TaskInfo], cpus: int, guard_info: GuardInfo, **more: object
) -> TraceInfo:
    """What a made-up run says of itself."""
    return TraceInfo(
        scenario="made up",
        kernel="6.1",
        arch="x86_64",
        unwinder="orc",
        guard=guard_info,
        layout=LayoutInfo("made-up", "made up", 9728),
        thread_bytes=16384,
        page_bytes=4096,
        tasks=tuple(tasks),
        cpus=cpus,
        interrupts=(
            InterruptInfo("nic", "hard"),
            InterruptInfo("net_rx", "soft"),
            InterruptInfo("perf", "nmi"),
        ),
        locks=("depot pool_lock", "rq->lock"),
        **more,  # type: ignore[arg-type]
    )


class Smp:
    """Records what tasks do on CPUs, switching to whoever does the next thing.

    Args:
        tasks: Who there is.
        cpus: How many CPUs there are.
        guard_info: The guard and its word.
    """

    def __init__(
        self, tasks: Iterable[TaskInfo], cpus: int = 2, guard_info: GuardInfo | None = None
    ) -> None:
        self.recorder = Recorder()
        self.tasks = tuple(tasks)
        self.guard = guard_info or guard()
        self.info = info_of(self.tasks, cpus, self.guard)
        self.task = 0
        self.cpu_of = [task.cpu for task in self.tasks]
        self.stacks: list[list[str]] = [[] for _ in self.tasks]

    def _add(self, kind: Kind, label: str, text: str, argument: int = 0, **facts: str) -> int:
        stack = self.stacks[self.task]
        where = function(stack[-1] if stack else "schedule")
        site = self.recorder.site(kind, where, label, text, cost_ns=5, facts=facts.items())
        self.recorder.add(site, argument)
        return len(self.recorder.events) - 1

    def on(self, task: int, how: str = "interleave", cpu: int | None = None) -> Smp:
        """Go on with a task, on its CPU or another."""
        if cpu is not None:
            self.cpu_of[task] = cpu
        if task != self.task or cpu is not None:
            self.task = task
            to = str(self.cpu_of[task])
            text = "CPU {cpu} goes on with {task}."
            self._add(Kind.TASK_SWITCHED, "switch", text, task, cpu=to, how=how)
        return self

    def call(self, *names: str) -> Smp:
        """Call functions, each from the one before."""
        for name in names:
            self.stacks[self.task].append(name)
            self._add(Kind.CALLED, "enter", "{caller} calls {function}.")
        return self

    def back(self, times: int = 1) -> Smp:
        """Return from the innermost functions."""
        for _ in range(times):
            self._add(Kind.RETURNED, "return", "{function} returns.")
            self.stacks[self.task].pop()
        return self

    def word(self, kind: Kind, word: int, label: str = "set", of: int | None = None) -> Smp:
        """Read, change or write the guard's word, this task's or another one's."""
        facts = {} if of is None else {"of": str(of)}
        number = self.recorder.value_number(word)
        said = {Kind.LOADED: "reads", Kind.MODIFIED: "changes", Kind.STORED: "writes"}[kind]
        whose = "its word" if of is None else "the word of {of}"
        self._add(kind, label, f"{{function}} {said} {whose}: {{word}}.", number, **facts)
        return self

    def lost(self, bits: int, lost_by: str, kept_by: str, of: int, field: str) -> Smp:
        """The store before undid another context's."""
        number = self.recorder.value_number(bits)
        text = "The store of {kept_by} undoes that of {lost_by}: bits {bits} of {of} are lost."
        facts = {"of": str(of), "field": field, "lost_by": lost_by, "kept_by": kept_by}
        self._add(Kind.LOST_UPDATE, "lost", text, number, **facts)
        return self

    def event(self, kind: Kind, argument: int = 0, label: str = "", **facts: str) -> Smp:
        """Anything else."""
        texts = {
            Kind.INTERRUPTED: "Interrupt {interrupt} comes on CPU {cpu}.",
            Kind.INTERRUPT_ENDED: "Interrupt {interrupt} is over.",
            Kind.LOCK_SPUN: "{task} spins on {lock}.",
            Kind.LOCK_TAKEN: "{task} takes {lock}.",
            Kind.LOCK_RELEASED: "{task} releases {lock}.",
            Kind.TASK_MIGRATED: "{of} moves to CPU {cpu}.",
        }
        self._add(kind, label, texts.get(kind, kind.name.capitalize()), argument, **facts)
        return self

    def interrupt(self, number: int, entry: str = "common_interrupt") -> Smp:
        """An interrupt comes and enters its function."""
        self.event(Kind.INTERRUPTED, number, "irq", **{"as": self.info.interrupts[number].kind})
        return self.call(entry)

    def interrupt_ends(self, number: int) -> Smp:
        """The entry function returns."""
        self.back()
        return self.event(Kind.INTERRUPT_ENDED, number, "irq")

    def trace(self, **more: object) -> Trace:
        """The run so far."""
        made = self.recorder
        codes = np.frombuffer(made.events, np.uint32).copy()
        info = info_of(self.tasks, self.info.cpus, self.guard, **more)
        return Trace(codes, made.sites, made.functions, made.values or [0], made.wide, info)


SH, KWORKER = 0, 1
TASKS = (TaskInfo(40, "sh", cpu=0), TaskInfo(17, "kworker", cpu=1))


def lost_update() -> Trace:
    """sh saves a stack on CPU 0 while kworker/17 changes its scheduler bits from CPU 1.

    An interrupt allocates in the middle of the save, both want the depot's lock, and the store of
    sched_setscheduler undoes the guard's.
    """
    run = Smp(TASKS)
    run.call("sys_brk", "kmalloc", "__alloc_pages", "__set_page_owner", "save_stack")
    run.word(Kind.LOADED, 0, "test").event(Kind.TESTED, 0, "test").word(Kind.LOADED, 0)
    run.on(KWORKER).call("sched_setscheduler").event(Kind.IRQS_OFF)
    run.event(Kind.LOCK_TAKEN, 1).word(Kind.LOADED, 0, of=SH).word(Kind.MODIFIED, RESET, of=SH)
    run.on(SH).word(Kind.MODIFIED, FLAG).word(Kind.STORED, FLAG)
    run.on(KWORKER).word(Kind.STORED, RESET, of=SH)
    run.lost(FLAG, "sh/40", "kworker/17", SH, "in_page_owner")
    run.event(Kind.LOCK_RELEASED, 1).event(Kind.IRQS_ON).back()
    run.on(SH).event(Kind.WALK_STARTED, 0, "walk").call("arch_stack_walk")
    run.interrupt(0).call("handle_irq", "__alloc_pages", "__set_page_owner", "save_stack")
    run.word(Kind.LOADED, RESET, "test").event(Kind.TESTED, 0, "test").back(2)
    run.interrupt(2, "exc_nmi").interrupt_ends(2)
    run.back(2).interrupt_ends(0).back()
    run.call("__stack_depot_save").event(Kind.IRQS_OFF).event(Kind.LOCK_TAKEN, 0)
    run.on(KWORKER).call("kmalloc", "__alloc_pages", "__set_page_owner", "save_stack")
    run.call("__stack_depot_save").event(Kind.LOCK_SPUN, 0)
    run.on(SH).event(Kind.LOCK_RELEASED, 0).event(Kind.IRQS_ON).back()
    run.on(KWORKER).event(Kind.LOCK_TAKEN, 0).event(Kind.LOCK_RELEASED, 0).back()
    run.on(SH).back(5).on(KWORKER).back(4)
    run.event(Kind.TASK_BLOCKED, KWORKER)
    run.event(Kind.TASK_MIGRATED, 1, of="0").on(SH, "migrate", 1).call("sys_exit_group")
    run.event(Kind.TASK_EXITED, SH)
    return run.trace()
