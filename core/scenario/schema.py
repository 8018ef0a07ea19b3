"""The scenario file: versioned, strict, and every number with its bounds.

A scenario is TOML. Any value may be the name of a parameter ("$events"); parameters have a
default, bounds and a sentence, so that the window can make a form of them and the command line
can set them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

SCHEMA = 1

Positive = Annotated[int, msgspec.Meta(ge=1)]
Repeat = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
Order = Annotated[int, msgspec.Meta(ge=0, le=10)]
Depth = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Design = Literal["none", "scan", "uint", "bit1", "bit2", "atomic", "percpu", "gfp"]
Word = Literal["current", "serialized"]
Property = Literal[
    "guard-clear",
    "no-false-hit",
    "no-lost-update",
    "no-deadlock",
    "no-overflow",
    "termination",
    "owner-kept",
    "no-failure-handle",
    "within-max-depth",
]
"""What can be asked of every run (see ``core.explore.properties``)."""
Cpu = Annotated[int, msgspec.Meta(ge=0, le=63)]
Mask = Literal["GFP_KERNEL", "GFP_ATOMIC", "GFP_NOWAIT", "GFP_KERNEL_ACCOUNT"]


class _Table(msgspec.Struct, frozen=True):
    """Base of all tables; each repeats the options, as msgspec does not inherit all of them."""


class KernelTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which kernel runs, and how it was configured and booted.

    Attributes:
        version: A profile's version.
        arch: An architecture that version had.
        page_owner: The boot parameter page_owner=, as the kernel reads it.
        config_page_owner: CONFIG_PAGE_OWNER.
        config_smp: CONFIG_SMP.
        layout: A bundled layout, "this-machine" or a file; empty for what goes with the kernel.
        cpus: How many CPUs there are.
        preempt: CONFIG_PREEMPT ("full"), or none: then a task keeps its CPU while it is in the
            kernel, unless it sleeps.
        wakeup_rule: Whether a waker writes sched_remote_wakeup only after it has seen on_rq 0, as
            the kernel does.
    """

    version: str
    arch: str
    page_owner: str = "on"
    config_page_owner: bool = True
    config_smp: bool = True
    layout: str = ""
    cpus: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    preempt: Literal["full", "none"] = "full"
    wakeup_rule: bool = True


class GuardTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stops the recursion.

    Attributes:
        design: How it is told that page_owner is running.
        max_depth: How many saves may be under way at once.
        word: The word that its bits lie in: the one that only current writes, or the one that the
            scheduler's locks serialize (a mistake: other CPUs write it too).
    """

    design: Design = "bit1"
    max_depth: Depth = 1
    word: Word = "current"


class UnwinderTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the stack is walked; "own" is what the architecture has."""

    model: Literal["own", "orc", "frame_pointer", "mail", "ia64", "allocating"] = "own"


class MemoryTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Memory and the slab's freelists."""

    limit_mib: Annotated[int, msgspec.Meta(ge=1, le=2048)] = 64
    slab: Literal["realistic", "always_empty"] = "realistic"
    free_objects: Annotated[int, msgspec.Meta(ge=0, le=4096)] = 16


class DepotTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The stack depot when the story begins; -1 leaves what boot left."""

    free_bytes: Annotated[int, msgspec.Meta(ge=-1)] = -1
    spare: bool = True
    disabled: bool = False
    pools_left: Annotated[int, msgspec.Meta(ge=-1, le=8192)] = -1


class FailTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which allocations fail, by their number in the run (from 1).

    Attributes:
        page: Requests to the page allocator.
        kmalloc: Requests to kmalloc.
        depot: Requests of the depot for a new pool.
        trylock: Depot saves in an NMI that find the lock taken.
    """

    page: tuple[Positive, ...] = ()
    kmalloc: tuple[Positive, ...] = ()
    depot: tuple[Positive, ...] = ()
    trylock: tuple[Positive, ...] = ()


class ScheduleTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who goes on when, and what happens in between.

    Attributes:
        policy: "turns": tasks change at the end of each operation. "run_on": a task goes on until
            it sleeps, spins or ends, as when all interleavings are explored.
        choices: What happens at which choice point ("5 interrupt nic"); elsewhere nothing does.
    """

    policy: Literal["turns", "run_on"] = "turns"
    choices: Annotated[tuple[str, ...], msgspec.Meta(max_length=10_000)] = ()


class ExploreTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much may happen in a run when every interleaving is tried, and what must hold.

    Attributes:
        irqs: Interrupts in a run.
        preemptions: Switches away from a task that could have gone on.
        failures: Allocations that fail.
        properties: What must hold in every run; empty for what every kernel wants.
    """

    irqs: Annotated[int, msgspec.Meta(ge=0, le=100)] = 1
    preemptions: Annotated[int, msgspec.Meta(ge=0, le=100)] = 2
    failures: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    properties: tuple[Property, ...] = ()


class Work(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing a task asks of the kernel.

    Attributes:
        op: kmalloc, kfree, alloc_pages, free_pages or page_events (allocate, free, ...);
            set_scheduler, wake (of another task), sleep, fork (of a task of the list), migrate,
            exit; lock, trylock and unlock (spinlocks; raw ones are the same without PREEMPT_RT).
        size: Bytes of a kmalloc.
        order: Order of a page allocation.
        gfp: Its mask.
        repeat: How often.
        callers: How many different call sites take turns; each gives stacks of its own.
        base: The path from user space: syscall (short) or clone (a fork's page table).
        nmi: Whether it runs in an NMI.
        target: The task that set_scheduler, wake or fork is about ("comm/pid").
        to: The CPU that migrate goes to.
        lock: Name of the spinlock that lock, trylock and unlock are about.
        irqs_off: Whether it runs with interrupts off; for lock and trylock, whether the lock turns
            them off until it is unlocked.
    """

    op: Literal[
        "kmalloc",
        "kfree",
        "alloc_pages",
        "free_pages",
        "page_events",
        "set_scheduler",
        "wake",
        "sleep",
        "fork",
        "migrate",
        "exit",
        "lock",
        "trylock",
        "unlock",
    ]
    size: Annotated[int, msgspec.Meta(ge=0, le=4 << 20)] = 64
    order: Order = 0
    gfp: Mask = "GFP_KERNEL"
    repeat: Repeat = 1
    callers: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    base: Literal["syscall", "clone"] = "syscall"
    nmi: bool = False
    target: str = ""
    to: Cpu = 0
    lock: Annotated[str, msgspec.Meta(max_length=60)] = ""
    irqs_off: bool = False


class HandlerWork(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing an interrupt's handler asks of the kernel: nothing that waits.

    Attributes:
        op: kmalloc, kfree, alloc_pages, free_pages, page_events, wake, lock, trylock or unlock.
        size: Bytes of a kmalloc.
        order: Order of a page allocation.
        gfp: Its mask.
        repeat: How often.
        target: The task it wakes.
        lock: Name of the spinlock.
    """

    op: Literal[
        "kmalloc",
        "kfree",
        "alloc_pages",
        "free_pages",
        "page_events",
        "wake",
        "lock",
        "trylock",
        "unlock",
    ]
    size: Annotated[int, msgspec.Meta(ge=0, le=4 << 20)] = 64
    order: Order = 0
    gfp: Literal["GFP_ATOMIC", "GFP_NOWAIT"] = "GFP_ATOMIC"
    repeat: Repeat = 1
    target: str = ""
    lock: Annotated[str, msgspec.Meta(max_length=60)] = ""


class InterruptTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that may interrupt.

    Attributes:
        name: Its name.
        kind: hard (a device), timer (the tick), nmi, or soft (only raised by a hard one).
        cpus: The CPUs it comes to; empty for all.
        raises: The soft interrupt it raises, which runs when it ends.
        at_most: How often it comes in a run, 0 for any number of times.
        work: What its handler does.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,30}$")]
    kind: Literal["hard", "timer", "nmi", "soft"] = "hard"
    cpus: tuple[Cpu, ...] = ()
    raises: str = ""
    at_most: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    work: Annotated[tuple[HandlerWork, ...], msgspec.Meta(max_length=1000)] = ()


class TaskTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A task and its work, in order.

    Attributes:
        comm: Name of its process.
        pid: Its process id.
        cpu: The CPU it starts on.
        migrates: Whether an idle CPU may pull it once it was switched away.
        work: What it does. A task that another one forks begins then.
    """

    comm: Annotated[str, msgspec.Meta(min_length=1, max_length=15)] = "sh"
    pid: Positive = 39
    cpu: Cpu = 0
    migrates: bool = False
    work: tuple[Work, ...]

    @property
    def name(self) -> str:
        """Its name in choices and targets: comm/pid."""
        return f"{self.comm}/{self.pid}"


class Parameter(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A number, switch or choice the user may set by name.

    Attributes:
        default: Its value.
        about: One sentence.
        minimum: Smallest number.
        maximum: Largest number.
        choices: The values it may have, where it is a choice.
    """

    default: bool | int | str
    about: str = ""
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()


class Scenario(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole scenario, parameters filled in.

    Attributes:
        stops: What playing stops at when the scenario is opened, as ``core.trace.stops`` writes it.
    """

    schema: Literal[1]
    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    shows: str
    about: str = ""
    kernel: KernelTable
    guard: GuardTable = GuardTable()
    unwinder: UnwinderTable = UnwinderTable()
    memory: MemoryTable = MemoryTable()
    depot: DepotTable = DepotTable()
    fail: FailTable = FailTable()
    schedule: ScheduleTable = ScheduleTable()
    explore: ExploreTable = ExploreTable()
    interrupts: Annotated[tuple[InterruptTable, ...], msgspec.Meta(max_length=32)] = ()
    stops: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)] = ()
    parameters: dict[str, Parameter] = {}
    tasks: Annotated[tuple[TaskTable, ...], msgspec.Meta(min_length=1, max_length=64)]
