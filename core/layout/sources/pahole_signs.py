"""What pahole's text shows without saying it: alignments, its version's way to count bits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.layout.abi import explained_align_bytes, largest_power, padded_align_bytes
from core.layout.model import Member
from core.layout.pahole_types import BASE_WORDS, CType
from core.layout.sources.pahole_parse import RawBody, RawMember

_SCALARS = re.compile(
    r"(__)?[us](8|16|32|64)|(__)?(le|be)(16|32|64)|u?int(8|16|32|64)_t|bool"
    r"|(__kernel_)?(size|ssize|pid|uid|gid|loff|off|time|time64|clockid|timer|mode|dev|key)_t"
    r"|ktime_t|gfp_t|fmode_t|sector_t|cputime_t|atomic_t|atomic64_t|refcount_t|uintptr_t"
)
"""Typedefs of integers, or of structs of one, that align to their size (include/linux/types.h)."""


def struct_align_bytes(
    members: tuple[Member, ...], base_bits: int, size_bytes: int, is_union: bool
) -> int:
    """Return the least alignment of a struct that explains its members' places and its size."""
    align_bytes, cursor_bits, end_bits = 1, 0, 0
    for member in members:
        offset_bits = member.offset_bits - base_bits
        wanted = member.align_bytes
        if not member.is_bitfield:
            wanted = explained_align_bytes(wanted, cursor_bits, offset_bits)
        align_bytes = max(align_bytes, wanted)
        end_bits = max(end_bits, offset_bits + member.size_bits)
        cursor_bits = 0 if is_union else offset_bits + member.size_bits
    return padded_align_bytes(align_bytes, end_bits, size_bytes)


def flat(members: list[RawMember]) -> Iterator[RawMember]:
    """Yield members and what they hold."""
    for member in members:
        yield member
        if member.body is not None:
            yield from flat(member.body.members)


def element_type(found: CType) -> CType:
    """Return what an array is made of, without qualifiers."""
    while found.kind in ("array", "const", "volatile", "restrict"):
        found = found.target
    return found


def element_count(found: CType) -> int:
    """Return how many elements an array has, 1 for what is none."""
    count = 1
    while found.kind in ("array", "const", "volatile"):
        count, found = count * (found.count if found.kind == "array" else 1), found.target
    return count


def element_align_bytes(raw: RawMember) -> int:
    """Return the alignment that the size of a base type asks for, 0 where it is not known."""
    elements, size_bytes = element_count(raw.type), raw.size_bytes or 0
    if not elements or not size_bytes:
        return 1 if "char" in element_type(raw.type).name.split() else 0
    return largest_power(size_bytes // elements)


def old_units_bytes(raw: RawBody) -> int:
    """Return the bytes of storage units, which versions before 1.13 counted as members."""
    units = {one.offset_bytes: one.size_bytes or 0 for one in raw.members if one.width_bits}
    return sum(units.values())


def is_scalar(found: CType) -> bool:
    """Tell whether a type, or what its arrays are made of, aligns to its size."""
    found = element_type(found)
    if found.kind != "base":
        return False
    words = found.name.split()
    is_base = bool(words) and all(word in BASE_WORDS for word in words)
    return is_base or words[:1] == ["enum"] or _SCALARS.fullmatch(found.name) is not None


def told_pointer_bytes(raw: RawMember) -> int:
    """Return the size of a pointer where the member is one, 0 otherwise."""
    return (raw.size_bytes or 0) if raw.type.kind == "pointer" and raw.size_bytes in (4, 8) else 0


def counts_backwards(raw: RawBody) -> bool:
    """Notice that bits are counted from the end of the unit, as versions before 1.13 did.

    They printed DWARF's own numbers: on little endian the first bit of an int is number 31.
    """
    votes = 0
    for before_bits, group in _bit_groups(raw):
        first, unit_bits = group[0], (group[0].size_bytes or 0) * 8
        bit = first.bit or 0
        if len(group) > 1:
            votes += 1 if bit > (group[1].bit or 0) else -1
        elif bit == before_bits or (bit == 0 and first.width_bits < unit_bits):
            votes -= 1
        elif bit and bit + first.width_bits == unit_bits:
            votes += 1
    return votes > 0


def _bit_groups(raw: RawBody) -> Iterator[tuple[int, list[RawMember]]]:
    """Yield bitfields in a row that share a storage unit, and how many of its bits come before."""
    group: list[RawMember] = []
    before_bits = end_bits = 0
    for one in flat(raw.members):
        if one.offset_bytes is None or one.size_bytes is None:
            continue
        has_bit = one.width_bits and one.bit is not None
        place = (one.offset_bytes, one.size_bytes)
        if group and not (has_bit and place == (group[0].offset_bytes, group[0].size_bytes)):
            yield before_bits, group
            group = []
        if has_bit:
            before_bits = before_bits if group else end_bits - one.offset_bytes * 8
            group.append(one)
        else:
            end_bits = (one.offset_bytes + one.size_bytes) * 8
    if group:
        yield before_bits, group


def knows_alignments(raw: RawBody) -> bool:
    """Tell whether attributes come from the source and not from pahole's guesses.

    From BTF pahole infers them, and only where there is a gap that the type does not explain. One
    on a member that stands right behind the one before it can only come from DWARF.
    """
    end_bytes: int | None = 0
    for one in raw.members:
        if one.align_bytes and one.offset_bytes and one.offset_bytes == end_bytes:
            return True
        end_bytes = None
        if one.offset_bytes is not None and one.size_bytes and not one.width_bits:
            end_bytes = one.offset_bytes + one.size_bytes
    return False
