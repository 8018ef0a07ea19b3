"""The guards by name."""

from __future__ import annotations

from core.guards.atomic import AtomicGuard
from core.guards.base import RecursionGuard
from core.guards.counter import StoredGuard
from core.guards.gfp import GfpFlag
from core.guards.none import NoGuard
from core.guards.percpu import PerCpuGuard
from core.guards.scan import BacktraceScan
from core.guards.storage import Place

DESIGNS = {
    "none": "no guard",
    "scan": "backtrace scan (5.4 to 5.12)",
    "uint": "unsigned int counter (first version of the patch)",
    "bit1": "1-bit flag (landed in 5.13)",
    "bit2": "2-bit field (proposed in review)",
    "atomic": "atomic counter (asked about in review)",
    "percpu": "per-CPU counter (not proposed: what would go wrong)",
    "gfp": "flag in the allocation mask (as __GFP_NO_OBJ_EXT is)",
}
"""Every design with what it is: those of the patch and its review first, then the others."""

REVIEWED = ("none", "scan", "uint", "bit1", "bit2")
"""What was there before the patch, the patch, and what its review weighed."""

ALTERNATIVES = ("atomic", "percpu", "gfp")
"""What else stops a recursion in a kernel, for comparison."""

STORIES = {
    "none": "Nothing stops page_owner from calling itself: where the walk allocates, it goes on "
    "until the stack is full.",
    "scan": "The stack itself is the state: after the walk its 16 innermost entries are searched "
    "for an older save, so a nested call has paid for a walk before it is caught, and a walk that "
    "allocates never comes to the search.",
    "uint": "A counter in task_struct, tested before the walk, turns the nested call back at once; "
    "it belongs to the task and goes where the task goes.",
    "bit1": "One bit turns the nested call back as the counter does and takes no byte of its own; "
    "it needs no atomics as long as only current writes the word it is in.",
    "bit2": "Two bits count to 3 and wrap to 0: a maximum above 3 is never reached, and the guard "
    "is gone.",
    "atomic": "The counter of the patch with atomic_inc and atomic_dec is safe from writers that "
    "do not exist: only current touches it, so plain instructions do the same.",
    "percpu": "The counter belongs to the CPU and not to the task: a task that is preempted in the "
    "middle of a save leaves it to the next one, and one that migrates takes it back elsewhere.",
    "gfp": "The mask of a save's own allocations carries a flag: it stops what the mask is handed "
    "to, and knows nothing of a walk that calls kmalloc by itself, nor of frees, which have no "
    "mask.",
}
"""What to know about each design, in a sentence."""

COSTS = {
    "none": "Nothing, until the stack is full.",
    "scan": "No memory; a compare for each of up to 16 entries after every walk, and the whole "
    "walk of each nested call.",
    "uint": "4 bytes in task_struct, which gcc found room for in 24 of 25 kernels (64 bytes in the "
    "other); a load, a change and a store twice a save.",
    "bit1": "No byte: the word had room in all 17 kernels that gcc built with it; a load, a change "
    "and a store twice a save.",
    "bit2": "No byte: the word had room in all 17 kernels that gcc built with it; instructions as "
    "with one bit, but depth 3 walked the stack seven times as often as depth 1 on a real kernel.",
    "atomic": "4 bytes in task_struct as the plain counter, and a locked instruction twice a save: "
    "20 cycles instead of 1 each, a teaching value.",
    "percpu": "4 bytes a CPU and none a task; one instruction to change it on x86, a teaching "
    "value: what it costs is that it counts the wrong thing.",
    "gfp": "No memory, but one of the 32 bits of gfp_t; an OR where a save allocates and a test "
    "where it begins, a teaching value.",
}
"""What each design costs, in a sentence.

The bytes are those of 25 kernels built with gcc (tests/data/layout_truth.csv); the walks were
counted on Linux 6.1 with an unwinder that allocates. What nobody measured is said to be a teaching
value.
"""

BIT_SIZES = {"uint": 32, "bit1": 1, "bit2": 2}
"""Width of the field of those designs that keep one."""

STORED = ("uint", "bit1", "bit2", "atomic")
"""The designs that keep a field in task_struct."""

EITHER_WORD = ("bit1", "bit2")
"""The designs whose field fits either word of bits."""

COUNTING = ("uint", "bit1", "bit2", "atomic", "percpu")
"""The designs to which the maximum depth means anything."""


def make_guard(design: str, max_depth: int, place: Place | None) -> RecursionGuard:
    """Return a guard.

    Args:
        design: A key of ``DESIGNS``.
        max_depth: How many saves may be under way at once.
        place: Where its field lies; needed by the designs in ``STORED``.
    """
    if design == "none":
        return NoGuard(max_depth)
    if design == "scan":
        return BacktraceScan(max_depth)
    if design == "percpu":
        return PerCpuGuard(max_depth)
    if design == "gfp":
        return GfpFlag(max_depth)
    if place is None:
        raise ValueError(f"guard {design} needs a place in task_struct")
    if design == "atomic":
        return AtomicGuard(max_depth, place)
    return StoredGuard(design, max_depth, place)
