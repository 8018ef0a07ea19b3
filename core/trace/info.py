"""What a trace says about the run it came from: everything that is not an event.

Plain msgspec structs, so that a trace crosses to another process or a file without translation.
"""

from __future__ import annotations

import msgspec


class TaskInfo(msgspec.Struct, frozen=True):
    """One simulated task; ``first_word`` is its guard word before the first event."""

    pid: int
    comm: str
    first_word: int = 0


class NamedField(msgspec.Struct, frozen=True):
    """A named field of the guard's storage unit, in the layout's own bit numbering."""

    name: str
    bit_offset: int
    bit_size: int


class GuardInfo(msgspec.Struct, frozen=True):
    """The guard that ran and the place of its field; ``unit_bytes`` 0 means it keeps no state.

    Attributes:
        design: none, scan, uint, bit1 or bit2.
        max_depth: How many saves may be under way at once in a task.
        field: The field's name in task_struct.
        byte_offset: Offset of the storage unit.
        unit_bytes: Its size, 0 where the guard keeps no state.
        bit_offset: First bit in the unit, in the layout's own numbering.
        bit_size: Width in bits.
        big_endian: Byte and bit order.
        word_fields: All named fields of the storage unit, the guard's included.
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

    def value_of(self, word: int) -> int:
        """Return the guard's field in a storage word."""
        if not self.unit_bytes:
            return 0
        shift = self.bit_offset
        if self.big_endian:
            shift = self.unit_bytes * 8 - self.bit_offset - self.bit_size
        return (word >> shift) & ((1 << self.bit_size) - 1)


class LayoutInfo(msgspec.Struct, frozen=True):
    """The task_struct the guard's bits lie in; ``borrowed_for`` names what it stands in for."""

    name: str
    label: str
    size_bytes: int
    borrowed_for: str = ""


class StackRecord(msgspec.Struct, frozen=True):
    """A stack in the depot, outermost function first, with the kernel's 32-bit handle."""

    frames: tuple[str, ...]
    handle: int
    size_bytes: int


class TraceInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The run a trace came from.

    Attributes:
        thread_bytes: THREAD_SIZE.
        reserved_bytes: What task_struct takes of it where the two share pages (ia64).
        records: The depot's stacks; handle arguments count from 1 in here.
        inferred: What is inferred about this run, as sentences for the interface.
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
    locks: tuple[str, ...] = ()
    records: tuple[StackRecord, ...] = ()
    depot_pools_at_start: int = 0
    outcome: str = "completed"
    outcome_detail: dict[str, str | int] = {}
    warnings: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
