"""The vocabulary of a trace: what an event is, where it happened, and how it is packed.

An event is one unsigned 32-bit code: the number of its *site* in the low 16 bits and a small
argument in the 16 bits above: a recording of a whole kernel has tens of thousands of functions. A
site is everything about an event that does not change from one time to the next: its kind, its
function, the line of the listing, its sentence and its cost. An argument that does not fit is kept
in a sparse side table (see ``Recorder``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

SITE_BITS = 16
SITE_MASK = (1 << SITE_BITS) - 1
MAX_SITES = 1 << SITE_BITS
WIDE_ARGUMENT = (1 << (32 - SITE_BITS)) - 1
"""The argument that says: look into the side table."""


class Kind(IntEnum):
    """What happened. Every kind is a fact in the past tense."""

    CALLED = 0
    RETURNED = 1
    STEPPED = 2
    """A line of a function that is worth a sentence, with nothing else to say."""
    LOADED = 3
    """The guard's storage unit was read; the argument is the word (interned)."""
    MODIFIED = 4
    """The guard's field was changed in a register; the argument is the word (interned)."""
    STORED = 5
    """The storage unit was written back; the argument is the word (interned)."""
    TESTED = 6
    """The guard decided to let the call pass; the argument is the field's value."""
    SHORT_CIRCUITED = 7
    """The guard decided to return dummy_handle; the argument is the field's value."""
    WALK_STARTED = 8
    FRAME_UNWOUND = 9
    """The argument is the number of the frame, counted from the start of the walk."""
    WALK_ENDED = 10
    """The argument is how many entries the walk saved."""
    PAGE_ALLOCATED = 11
    """The argument is the page frame number of the block's first page."""
    PAGE_FREED = 12
    ALLOCATION_FAILED = 13
    OWNER_SET = 14
    """A page's owner record was written; the argument is the page frame number."""
    OWNER_HANDLE = 15
    """The handle the record above got (the argument)."""
    OWNER_FREED = 16
    """A page's record was marked freed; the argument is the page frame number."""
    FREE_HANDLE = 17
    """The free_handle the record above got (the argument)."""
    DEPOT_HIT = 18
    DEPOT_STORED = 19
    DEPOT_REFUSED = 20
    """The depot returned 0; the site says why."""
    POOL_OPENED = 21
    """The depot began to fill another pool; the argument is the pool's number."""
    SPARE_KEPT = 22
    OBJECT_TAKEN = 23
    """The argument is how many objects are free on the cpu's own freelist of the cache after it."""
    OBJECT_FREED = 24
    """The argument is how many objects are free on the cpu's own freelist of the cache after it."""
    LOCK_TAKEN = 25
    """The argument is the lock's number."""
    LOCK_RELEASED = 26
    LOCK_SPUN = 27
    TASK_SWITCHED = 28
    """From here on events belong to another task; the argument is its number."""
    WARNED = 29
    STOPPED = 30
    """The run ended before its work was done; the site says how."""
    SCRIPT_ADDED = 31
    """An unwind script entered ia64's cache, still empty; the argument is its number."""
    SCRIPT_BUILT = 32
    """A script has its instructions; the argument is its number."""
    SCRIPT_EVICTED = 33
    """The oldest script left the cache; the argument is its number."""
    INTERRUPTED = 34
    """An interrupt came, nested on the running task's stack; the argument is its number."""
    INTERRUPT_ENDED = 35
    """Its entry function has returned; the argument is its number."""
    IRQS_OFF = 36
    """This CPU takes no interrupts from here on."""
    IRQS_ON = 37
    FIELD_LOADED = 38
    """A word of a task_struct that is not the guard's unit was read; the argument is the word
    (interned), the site says whose it is (``of``), for which field, and which word."""
    FIELD_STORED = 39
    """The same word was written back."""
    LOST_UPDATE = 40
    """A store undid another context's: the argument is the mask of the bits lost (interned)."""
    TASK_BLOCKED = 41
    """A task went to sleep; the argument is its number."""
    TASK_WOKEN = 42
    TASK_FORKED = 43
    """The argument is the child's number."""
    TASK_EXITED = 44
    TASK_MIGRATED = 45
    """A task belongs to another CPU now, the argument; the site says which task (``of``)."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the simulated kernel, as a profile describes it.

    Attributes:
        name: The kernel's identifier.
        subsystem: allocator, slab, page_owner, unwinder, depot, guard, interrupt or caller.
        stack_bytes: Bytes a call takes on the stack, return address included.
        essential: The mail's name for it where it belongs to the mail's chain, else empty.
        source: The kernel's source file.
        inferred: True where the frame size was not measured for this kernel and architecture.
    """

    name: str
    subsystem: str
    stack_bytes: int
    essential: str = ""
    source: str = ""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What all events with the same number share.

    Attributes:
        kind: What happened.
        function: Number of the function it happened in; for a call, the function called.
        label: Label of the listing's line.
        text: The sentence, with ``{argument}`` and the like to be filled in.
        cost_ns: Simulated time it takes. A teaching clock, not a measurement.
        facts: Constants of the event that state at a cursor needs (order, gfp mask, reason).
    """

    kind: Kind
    function: int
    label: str
    text: str
    cost_ns: int = 1
    facts: tuple[tuple[str, str], ...] = ()

    def fact(self, name: str) -> str:
        """Return a constant of the event, or an empty string."""
        for key, value in self.facts:
            if key == name:
                return value
        return ""
