"""What a task_struct costs: the object the slab keeps, slabs, and the memory of many tasks.

The object is not sizeof(task_struct) everywhere: on x86 it ends with as much register state as the
CPU needs, which the kernel finds out at boot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.layout.model import TASK_STRUCT
from core.layout.slab import Slab, SlabRules, aligned_object, growth_left, slab_of

if TYPE_CHECKING:
    from core.layout.arch import Architecture
    from core.layout.model import KernelLayout, KernelTypes

FPREGS_BYTES = 4096
"""union fpregs_state is padded to a page (arch/x86/include/asm/fpu/types.h, v5.12 to v6.18); of
those bytes only as many are kept as the CPU's register state has (fpu__init_task_struct_size)."""

ASSUMED_XSTATE_BYTES = 832
"""Register state with AVX and nothing beyond it."""

ASSUMED_CPUS = 8
ASSUMED_TASKS = 1000

NEWEST = (6, 18)
"""The newest kernel whose rules were checked; taken where nothing tells the release."""

LAST_BEFORE_6_7 = (6, 6)

_SINCE_6_7 = "faults_disabled_mapping"
"""A member of task_struct without a CONFIG of its own, in include/linux/sched.h since v6.7."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine a kernel is thought to run on.

    Attributes:
        arch: Its architecture.
        release: The kernel's version as (major, minor).
        cpus: CPUs present.
        page_bytes: PAGE_SIZE.
        xstate_bytes: The "context size" of x86's boot message; of no account elsewhere.
        assumed: Names of the attributes that nobody told.
    """

    arch: Architecture
    release: tuple[int, int]
    cpus: int
    page_bytes: int
    xstate_bytes: int
    assumed: frozenset[str] = frozenset()

    @property
    def slab_rules(self) -> SlabRules:
        """What SLUB goes by on this machine."""
        return SlabRules(self.release, self.cpus, self.page_bytes)


@dataclass(frozen=True, slots=True)
class RegisterState:
    """How the object of a task differs from sizeof(task_struct) on x86.

    Attributes:
        fpu_outside_bytes: sizeof(struct fpu) where it follows task_struct (since v6.16) instead of
            being its last member; 0 where it is inside.
        applies: Whether the kernel sizes it at boot at all.
    """

    applies: bool = False
    fpu_outside_bytes: int = 0

    def object_bytes(self, sizeof: int, xstate_bytes: int) -> int:
        """Return the size of a task's object before alignment."""
        if not self.applies:
            return sizeof
        return sizeof + self.fpu_outside_bytes - FPREGS_BYTES + xstate_bytes


@dataclass(frozen=True, slots=True)
class TaskCost:
    """What objects of a struct cost on a machine.

    Attributes:
        slab: The slab they are in.
        growth_left: Bytes an object can grow before a slab holds one fewer.
    """

    slab: Slab
    growth_left: int

    @property
    def bytes_per_task(self) -> int:
        """What one object costs, its share of the slab's waste included, rounded."""
        return round(self.slab.bytes_per_object)


@dataclass(frozen=True, slots=True)
class TaskCache:
    """The cache that objects of a struct come from.

    Attributes:
        machine: Where it is.
        state: What x86 adds to and takes from the size.
        align_bytes: Alignment of the cache.
        pointer_bytes: Size of a pointer.
    """

    machine: Machine
    state: RegisterState
    align_bytes: int
    pointer_bytes: int

    def object_bytes(self, sizeof: int) -> int:
        """Return what an object takes when the struct has so many bytes."""
        raw = self.state.object_bytes(sizeof, self.machine.xstate_bytes)
        return aligned_object(max(raw, 1), self.align_bytes, self.pointer_bytes)

    def cost(self, sizeof: int) -> TaskCost:
        """Return what an object costs when the struct has so many bytes."""
        rules, object_bytes = self.machine.slab_rules, self.object_bytes(sizeof)
        return TaskCost(
            slab_of(object_bytes, rules), growth_left(object_bytes, self.align_bytes, rules)
        )

    def on(self, machine: Machine) -> TaskCache:
        """Return the same cache on another machine."""
        return replace(self, machine=machine)


def cache_of(
    layout: KernelLayout, types: KernelTypes, machine: Machine, align_bytes: int
) -> TaskCache:
    """Return the cache for objects of a struct: task_struct's own, or one like it.

    Args:
        layout: The struct.
        types: The kernel, to see where x86 keeps its register state.
        machine: Where it runs.
        align_bytes: Alignment of its cache.
    """
    is_task = layout.struct.name == TASK_STRUCT
    is_sized_at_boot = is_task and machine.arch.name in ("x86_64", "i386")
    state = register_state(types) if is_sized_at_boot else RegisterState()
    return TaskCache(machine, state, align_bytes, layout.pointer_bytes)


def register_state(types: KernelTypes) -> RegisterState:
    """Return where an x86 kernel keeps the register state of a task, read off its types."""
    thread = types.find("thread_struct")
    if thread is None:
        return RegisterState()
    fpu = thread.find("fpu")
    if fpu is not None and fpu.size_bits // 8 >= FPREGS_BYTES:
        return RegisterState(applies=True)
    outside = types.find("fpu")
    if outside is not None and outside.size_bytes >= FPREGS_BYTES:
        return RegisterState(applies=True, fpu_outside_bytes=outside.size_bytes)
    return RegisterState()


def release_of(
    layout: KernelLayout, types: KernelTypes, given: str = ""
) -> tuple[tuple[int, int], bool]:
    """Return the version of a kernel, and whether that is only a guess.

    Args:
        layout: A struct of it.
        types: The kernel; members of task_struct that came with a version tell of it where nothing
            else does.
        given: What the user says, such as ``6.1`` or ``6.1.192``.
    """
    found = re.match(r"(\d+)\.(\d+)", given or layout.kernel)
    if found:
        return (int(found[1]), int(found[2])), False
    is_task = layout.struct.name == TASK_STRUCT
    task = layout.struct if is_task else types.find(TASK_STRUCT)
    if task is None or _SINCE_6_7 in task:
        return NEWEST, True
    return LAST_BEFORE_6_7, True
