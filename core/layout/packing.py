"""Whether a struct is packed, which neither BTF nor DWARF says.

A packed struct puts members at bytes that their types would not stand at, or has a size that is no
multiple of their alignment. One that has no gap at all may be packed without a sign of it.
"""

from __future__ import annotations

from enum import Enum

from core.layout.abi import align_up
from core.layout.model import TASK_STRUCT, Member, StructLayout


class Packing(Enum):
    """What can be said about a struct."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


def packing_of(struct: StructLayout) -> Packing:
    """Return whether a struct is packed; task_struct is not (include/linux/sched.h)."""
    if struct.name == TASK_STRUCT or not struct.members:
        return Packing.NO
    if _is_packed(struct):
        return Packing.YES
    return Packing.MAYBE if _is_dense(struct) else Packing.NO


def _is_packed(struct: StructLayout) -> bool:
    """Whether a member stands, or the struct ends, where alignment would not have it."""
    strictest = 1
    for member in struct.members:
        if member.is_bitfield:
            if _spans_too_many_units(member):
                return True
            continue
        if member.offset_bits % (member.align_bytes * 8):
            return True
        strictest = max(strictest, member.align_bytes)
    return struct.size_bytes % strictest != 0


def _is_dense(struct: StructLayout) -> bool:
    """Whether there is no gap that alignment, and only alignment, would have made."""
    if struct.is_union:
        return all(member.end_bits <= struct.size_bytes * 8 for member in struct.members)
    cursor_bits = 0
    for member in struct.members:
        if member.offset_bits > cursor_bits:
            return False
        cursor_bits = member.end_bits
    has_alignment = any(member.align_bytes > 1 for member in struct.members)
    return has_alignment and align_up(cursor_bits, 8) == struct.size_bytes * 8


def _spans_too_many_units(member: Member) -> bool:
    unit_bits = member.align_bytes * 8
    units = (member.end_bits - 1) // unit_bits - member.offset_bits // unit_bits + 1
    return units * unit_bits > max(member.unit_bytes * 8, unit_bits)
