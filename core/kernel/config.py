"""What a machine is built with: the kernel's configuration and what there is at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.guards.storage import Place


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """What a machine is built with, apart from its profile, guard and unwinder.

    Attributes:
        page_owner: Whether the boot parameter page_owner= turns it on.
        page_owner_built_in: CONFIG_PAGE_OWNER.
        smp: CONFIG_SMP.
        slab_always_empty: Every kmalloc finds its cache empty and asks for a new slab page.
        free_objects: Objects each kmalloc cache has at hand at the start (realistic freelists).
        memory_bytes: Memory the page allocator has.
        depot_free_bytes: Room left in the depot's current pool at the start, None for what the
            special stacks leave.
        depot_spare: Whether a spare pool is ready at the start.
        depot_disabled: The stack_depot_disable boot parameter.
        depot_pools_left: Pools the depot may still open, None for the kernel's own limit.
        task_bytes: sizeof(struct task_struct) of the layout.
        first_word: The first content of the guard's storage unit.
        budget_events: The run ends after this many events.
        cpus: How many CPUs there are.
        takes_turns: Whether tasks change at the end of each operation; else one goes on until it
            sleeps, spins or ends.
        preemption: CONFIG_PREEMPT: whether a task can be switched away amid kernel code.
        wakeup_rule: Whether a waker looks at on_rq before it writes sched_remote_wakeup.
        fields: Where other named bits of task_struct lie (sched_reset_on_fork and kin).
    """

    page_owner: bool = True
    page_owner_built_in: bool = True
    smp: bool = True
    slab_always_empty: bool = False
    free_objects: int = 16
    memory_bytes: int = 64 << 20
    depot_free_bytes: int | None = None
    depot_spare: bool = True
    depot_disabled: bool = False
    depot_pools_left: int | None = None
    task_bytes: int = 9792
    first_word: int = 0
    budget_events: int = 20_000_000
    cpus: int = 1
    takes_turns: bool = True
    preemption: bool = True
    wakeup_rule: bool = True
    fields: Mapping[str, Place] = field(default_factory=dict)
