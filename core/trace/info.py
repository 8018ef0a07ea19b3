"""What a trace says about the run it came from: everything that is not an event.

Plain msgspec structs, so that a trace crosses to another process or a file without translation.
"""

from __future__ import annotations

import msgspec

NAMED_BY_CPU = "cpu "
"""Begins what stands for the tasks of a CPU in a recording that does not tell them apart."""


class TaskInfo(msgspec.Struct, frozen=True):
    """One task; ``first_word`` is its guard word before the first event.

    Attributes:
        cpu: The CPU it starts on.
        parent: Number of the task that forks it in this run, -1 where it was there before.
    """

    pid: int
    comm: str
    first_word: int = 0
    cpu: int = 0
    parent: int = -1

    @property
    def label(self) -> str:
        """The task as people read it, comm/pid; a CPU's where its tasks are not told apart."""
        return self.comm if self.comm.startswith(NAMED_BY_CPU) else f"{self.comm}/{self.pid}"


class InterruptInfo(msgspec.Struct, frozen=True):
    """An interrupt that may come; ``kind`` is hard, soft, nmi or timer."""

    name: str
    kind: str


class NamedField(msgspec.Struct, frozen=True):
    """A named field of the guard's storage unit, in the layout's own bit numbering."""

    name: str
    bit_offset: int
    bit_size: int


GUARD_DESIGNS = ("none", "scan", "uint", "bit1", "bit2", "atomic", "percpu", "gfp", "unknown")
"""The guards a trace can come from; a recording does not say which it was."""


class GuardInfo(msgspec.Struct, frozen=True):
    """The guard that ran and the place of its field; ``unit_bytes`` 0 means it keeps no state.

    Attributes:
        design: none, scan, uint, bit1, bit2, or unknown in a recording.
        max_depth: How many saves may be under way at once in a task.
        field: The field's name in task_struct.
        byte_offset: Offset of the storage unit.
        unit_bytes: Its size, 0 where the guard keeps no state.
        bit_offset: First bit in the unit, in the layout's own numbering.
        bit_size: Width in bits.
        big_endian: Byte and bit order.
        word_fields: All named fields of the storage unit, the guard's included.
        per_cpu: Whether the unit belongs to a CPU and not to a task.
        word: Which word of bits it is in: current (strictly current's), serialized, or empty.
    """

    design: str
    max_depth: int
    field: str = ""
    byte_offset: int = 0
    unit_bytes: int = 0
    bit_offset: int = 0
    bit_size: int = 0
    big_endian: bool = False
    word_fields: tuple[NamedField, ...] = ()
    per_cpu: bool = False
    word: str = ""

    def value_of(self, word: int) -> int:
        """Return the guard's field in a storage word."""
        if not self.unit_bytes:
            return 0
        shift = self.bit_offset
        if self.big_endian:
            shift = self.unit_bytes * 8 - self.bit_offset - self.bit_size
        return (word >> shift) & ((1 << self.bit_size) - 1)

    def shift_of(self, field: NamedField) -> int:
        """Return how far up in a storage word a field's lowest bit is."""
        if self.big_endian:
            return self.unit_bytes * 8 - field.bit_offset - field.bit_size
        return field.bit_offset

    def fields_in(self, bits: int) -> tuple[NamedField, ...]:
        """Return the named fields that some bits of the storage word belong to."""
        return tuple(
            field
            for field in self.word_fields
            if field.name and bits >> self.shift_of(field) & ((1 << field.bit_size) - 1)
        )


class LayoutInfo(msgspec.Struct, frozen=True):
    """The task_struct the guard's bits lie in; ``borrowed_for`` names what it stands in for."""

    name: str
    label: str
    size_bytes: int
    borrowed_for: str = ""


class StackRecord(msgspec.Struct, frozen=True):
    """A stack in the depot, outermost function first, with the kernel's 32-bit handle.

    Attributes:
        frames: Function names, outermost first.
        handle: The kernel's handle.
        size_bytes: What the record takes in its pool.
        pool: Number of the pool it lies in, -1 where that is not known.
        offset_bytes: Where in the pool it begins.
    """

    frames: tuple[str, ...]
    handle: int
    size_bytes: int
    pool: int = -1
    offset_bytes: int = 0


class DepotInfo(msgspec.Struct, frozen=True):
    """The stack depot before the first event.

    Attributes:
        pool_bytes: Size of a pool, 0 where nothing is known about the depot.
        max_pools: How many pools it may have.
        pools: Pools begun, the current one included.
        offset_bytes: How far the current pool is filled.
        missing: Whether the current pool has no pages yet (up to 6.6).
        spare: Whether a spare pool is kept.
        records: How many of the records boot made.
        keeps_offset: Whether a pool that is full stays current while no other is ready (since 6.9);
            the older code moves on to a pool that it does not have.
    """

    pool_bytes: int = 0
    max_pools: int = 0
    pools: int = 0
    offset_bytes: int = 0
    missing: bool = False
    spare: bool = False
    records: int = 0
    keeps_offset: bool = True


class CacheInfo(msgspec.Struct, frozen=True):
    """One kmalloc cache before the first event.

    Attributes:
        name: The kernel's name for it.
        object_bytes: Its size class.
        order: Page order of its slabs.
        objects: Objects in a slab of that order.
        free: Objects free in the slab that is the cpu's own, -1 where the cpu has none.
        cpu_partial: Slabs on the cpu's partial list.
        node_partial: Slabs on the node's partial list.
        partial_free: Objects free in the slabs of both lists together.
    """

    name: str
    object_bytes: int
    order: int
    objects: int
    free: int = -1
    cpu_partial: int = 0
    node_partial: int = 0
    partial_free: int = 0


class PageInfo(msgspec.Struct, frozen=True):
    """A block that was in use before the first event; its record was written at boot.

    Attributes:
        pfn: Page frame number of its first page.
        order: Its order.
        handle: Number of the stack in its record (early_handle), 0 where it has no record.
    """

    pfn: int
    order: int
    handle: int = 0


CACHED_SCRIPTS = 128
"""arch/ia64/kernel/unwind.c, UNW_CACHE_SIZE."""


class ScriptInfo(msgspec.Struct, frozen=True):
    """An unwind script of ia64: for the frame of ``function`` where it calls ``called``.

    Attributes:
        function: Whose frame it undoes.
        called: The function called there: the two together are the instruction pointer.
        lock: Number of the script's lock.
    """

    function: str
    called: str
    lock: int


class RecordingInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a trace of a real kernel says about the file it was read from.

    Attributes:
        format: Name of the format (see ``core.recording.formats``).
        title: The file's name.
        cpus: How many CPUs took part, 0 where the file does not say.
        calls_closed: Calls that began and ended in it.
        calls_open_at_start: Calls that had begun before the first line.
        calls_open_at_end: Calls that had not returned by the last line.
        guard_hits: Guard hits found from structure alone, None where the file cannot tell.
        hit_comments: Guard hits that the file's own comments report.
        comments_apart: How many of these belong to a save whose outer part was not recorded.
        duration_ns: From the first to the last event.
        start_ns: Absolute time of the first event, -1 where the file has durations only.
        times_inferred: Whether times were put together from durations: lower bounds.
        lines: Lines read.
        bad_lines: Lines that could not be understood.
        first_bad: The first of them, quoted with its number; empty where there is none.
        notes: What else there is to know, as sentences.
    """

    format: str
    title: str = ""
    cpus: int = 0
    calls_closed: int = 0
    calls_open_at_start: int = 0
    calls_open_at_end: int = 0
    guard_hits: int | None = None
    hit_comments: int = 0
    comments_apart: int = 0
    duration_ns: int = 0
    start_ns: int = -1
    times_inferred: bool = False
    lines: int = 0
    bad_lines: int = 0
    first_bad: str = ""
    notes: tuple[str, ...] = ()


class TraceInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The run a trace came from.

    Attributes:
        thread_bytes: THREAD_SIZE.
        reserved_bytes: What task_struct takes of it where the two share pages (ia64).
        records: The depot's stacks; handle arguments count from 1 in here.
        depot: The stack depot before the first event.
        caches: The kmalloc caches before the first event, by rising size class.
        pages: Blocks in use before the first event.
        scripts: ia64's unwind scripts, by number; empty with other unwinders.
        cpus: How many CPUs the machine has.
        interrupts: The interrupts that may come, by number.
        inferred: What is inferred about this run, as sentences for the interface.
        recording: Where a real kernel ran and not the simulated one: what its file says.
    """

    scenario: str
    kernel: str
    arch: str
    unwinder: str
    unwinder_note: str = ""
    guard: GuardInfo
    layout: LayoutInfo
    thread_bytes: int
    reserved_bytes: int = 0
    page_bytes: int
    tasks: tuple[TaskInfo, ...]
    cpus: int = 1
    interrupts: tuple[InterruptInfo, ...] = ()
    locks: tuple[str, ...] = ()
    records: tuple[StackRecord, ...] = ()
    depot_pools_at_start: int = 0
    depot: DepotInfo = DepotInfo()
    caches: tuple[CacheInfo, ...] = ()
    pages: tuple[PageInfo, ...] = ()
    scripts: tuple[ScriptInfo, ...] = ()
    outcome: str = "completed"
    outcome_detail: dict[str, str | int] = {}
    warnings: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    recording: RecordingInfo | None = None
