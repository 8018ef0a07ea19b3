"""Whether a struct is packed, which neither BTF nor DWARF says.

A packed struct has no gaps. It shows where members stand at bytes that their types would not stand
at, or where its size is no multiple of their alignment; without a sign it may be packed or not.
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
    strictest = max((m.align_bytes for m in struct.members if not m.is_bitfield), default=1)
    if struct.size_bytes % strictest:
        return Packing.YES
    is_dense, is_odd = _is_dense(struct), _is_out_of_place(struct)
    if is_dense and is_odd:
        return Packing.YES
    # With a gap in it, it may be only a member that is packed, or of a type with less alignment.
    return Packing.MAYBE if is_dense or is_odd else Packing.NO


def _is_out_of_place(struct: StructLayout) -> bool:
    """Whether a member stands where its alignment would not have it."""
    return any(
        spans_too_many_units(member, member.align_bytes)
        if member.is_bitfield
        else member.offset_bits % (member.align_bytes * 8)
        for member in struct.members
    )


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


def spans_too_many_units(member: Member, align_bytes: int) -> bool:
    """Whether a bitfield takes more units of an alignment than its type may."""
    unit_bits = align_bytes * 8
    units = (member.end_bits - 1) // unit_bits - member.offset_bits // unit_bits + 1
    return units * unit_bits > max(member.unit_bytes * 8, unit_bits)
