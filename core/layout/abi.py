"""How a C compiler places the next member of a struct.

The rules were checked against gcc for eight targets. All offsets are in bits; on big-endian
machines they count from the most significant bit, which leaves the rules as they are.
"""

from __future__ import annotations


def align_up(offset_bits: int, unit_bits: int) -> int:
    """Return the first multiple of ``unit_bits`` at or after an offset."""
    return -(-offset_bits // unit_bits) * unit_bits


def largest_power(number: int) -> int:
    """Return the largest power of two that divides a number; for 0, which all divide, 2**30."""
    return number & -number or 1 << 30


def bitfield_offset_bits(
    cursor_bits: int, size_bits: int, unit_bytes: int, align_bytes: int
) -> int:
    """Return where a bitfield goes when the struct is filled up to ``cursor_bits``.

    It takes the very next bit, even in the tail of a plain member, unless it would then span
    more units of its type's alignment than the type itself has. The alignment counts, not the
    size: i386 aligns an 8-byte type to 4 inside structs.

    Args:
        cursor_bits: End of the member before it.
        size_bits: Width of the field.
        unit_bytes: Size of its declared type.
        align_bytes: Alignment of its declared type.
    """
    align_bits = align_bytes * 8
    first_unit = cursor_bits // align_bits
    last_unit = (cursor_bits + size_bits - 1) // align_bits
    if (last_unit - first_unit + 1) * align_bits > unit_bytes * 8:
        return align_up(cursor_bits, align_bits)
    return cursor_bits


def explained_align_bytes(align_bytes: int, cursor_bits: int, offset_bits: int) -> int:
    """Return the least alignment that explains where a plain member stands.

    A gap that the type's alignment does not explain comes from an attribute; a packed member
    has less than its type's.

    Args:
        align_bytes: Alignment of the member's type.
        cursor_bits: End of the member before it.
        offset_bits: Where it stands.
    """
    while align_bytes > 1 and offset_bits % (align_bytes * 8):
        align_bytes //= 2
    while (
        align_up(cursor_bits, align_bytes * 8) < offset_bits
        and offset_bits % (align_bytes * 16) == 0
    ):
        align_bytes *= 2
    return align_bytes


def padded_align_bytes(align_bytes: int, end_bits: int, size_bytes: int) -> int:
    """Return the least alignment of a struct that explains its padding at the end.

    Args:
        align_bytes: The strictest alignment among its members.
        end_bits: Where the last of them ends.
        size_bytes: Its sizeof.
    """
    while align_bytes > 1 and size_bytes % align_bytes:
        align_bytes //= 2
    padding_bytes = size_bytes - align_up(end_bits, 8) // 8
    while padding_bytes >= align_bytes and size_bytes % (align_bytes * 2) == 0:
        align_bytes *= 2
    return align_bytes
