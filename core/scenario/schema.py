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
Design = Literal["none", "scan", "uint", "bit1", "bit2"]
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
    """

    version: str
    arch: str
    page_owner: str = "on"
    config_page_owner: bool = True
    config_smp: bool = True
    layout: str = ""


class GuardTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stops the recursion."""

    design: Design = "bit1"
    max_depth: Depth = 1


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


class Work(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing a task asks of the kernel.

    Attributes:
        op: kmalloc, kfree, alloc_pages, free_pages or page_events (allocate, free, ...).
        size: Bytes of a kmalloc.
        order: Order of a page allocation.
        gfp: Its mask.
        repeat: How often.
        callers: How many different call sites take turns; each gives stacks of its own.
        base: The path from user space: syscall (short) or clone (a fork's page table).
        nmi: Whether it runs in an NMI.
    """

    op: Literal["kmalloc", "kfree", "alloc_pages", "free_pages", "page_events"]
    size: Annotated[int, msgspec.Meta(ge=0, le=4 << 20)] = 64
    order: Order = 0
    gfp: Mask = "GFP_KERNEL"
    repeat: Repeat = 1
    callers: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    base: Literal["syscall", "clone"] = "syscall"
    nmi: bool = False


class TaskTable(_Table, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A task and its work, in order."""

    comm: Annotated[str, msgspec.Meta(min_length=1, max_length=15)] = "sh"
    pid: Positive = 39
    work: tuple[Work, ...]


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
    stops: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)] = ()
    parameters: dict[str, Parameter] = {}
    tasks: Annotated[tuple[TaskTable, ...], msgspec.Meta(min_length=1, max_length=64)]
