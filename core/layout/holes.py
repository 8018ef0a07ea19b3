"""Holes, padding and sums of a struct, counted as pahole counts them.

The numbers were compared with pahole 1.24 on every struct of a Debian 6.1 and of a 6.18 kernel.
A *bit hole* is unused space next to bitfields, up to the end of their storage unit; a *byte hole*
is every other one. Padding is what is unused after the last member.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import LayoutError
from core.layout.model import Member, StructLayout
from core.layout.pahole_types import DeclarationError, parse_type

BEFORE_ALL = -1
"""Stands for the index of a member where a hole comes before the first one."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Unused bytes between two members.

    Attributes:
        after: Index of the member before it, ``BEFORE_ALL`` where there is none.
        offset_bytes: Where it begins, from the start of the struct it is in.
        size_bytes: How long it is.
    """

    after: int
    offset_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class BitHole:
    """Unused bits beside bitfields.

    Attributes:
        after: Index of the member before it, ``BEFORE_ALL`` where there is none.
        offset_bits: Where it begins, from the start of the struct it is in.
        size_bits: How many bits are unused; where a byte hole parts them, before and after it.
    """

    after: int
    offset_bits: int
    size_bits: int


@dataclass(frozen=True, slots=True)
class Holes:
    """What the last lines of pahole's output say of a struct.

    Attributes:
        size_bytes: Its sizeof.
        member_count: Its members; an anonymous struct or union counts as one.
        sum_members_bytes: Sizes of all members but bitfields.
        sum_bitfield_bits: Widths of all bitfields.
        holes: Unused bytes, in order; of a union none.
        bit_holes: Unused bits, in order; of a union none.
        padding_bytes: Whole bytes unused at the end.
        bit_padding_bits: Bits unused in the storage unit of a bitfield that comes last.
        is_union: Whether members overlap, so that the sums do not add up to the size.
    """

    size_bytes: int
    member_count: int
    sum_members_bytes: int
    sum_bitfield_bits: int
    holes: tuple[Hole, ...] = ()
    bit_holes: tuple[BitHole, ...] = ()
    padding_bytes: int = 0
    bit_padding_bits: int = 0
    is_union: bool = False

    @property
    def sum_holes_bytes(self) -> int:
        """All byte holes together, padding not counted."""
        return sum(hole.size_bytes for hole in self.holes)

    @property
    def sum_bit_holes_bits(self) -> int:
        """All bit holes together, padding not counted."""
        return sum(hole.size_bits for hole in self.bit_holes)

    @property
    def unexplained_bits(self) -> int:
        """Bits of the size that members, holes and padding leave over; 0 in a C struct."""
        if self.is_union or not self.member_count:
            return 0
        counted_bytes = self.sum_members_bytes + self.sum_holes_bytes + self.padding_bytes
        counted_bits = self.sum_bitfield_bits + self.sum_bit_holes_bits + self.bit_padding_bits
        return (self.size_bytes - counted_bytes) * 8 - counted_bits

    def check_identity(self) -> None:
        """Hold members, holes and padding against the size; unions are left out.

        Raises:
            LayoutError: They do not add up, as where members overlap.
        """
        if self.unexplained_bits:
            raise LayoutError(
                f"members, holes and padding miss the size of {self.size_bytes} bytes"
                f" by {self.unexplained_bits} bits",
                advice="members overlap, or the data are damaged",
            )


def summary(struct: StructLayout) -> Holes:
    """Return the holes, padding and sums of a struct or union."""
    return count_holes(struct.members, 0, struct.size_bytes, is_union=struct.is_union)


def summary_of_anonymous(member: Member) -> Holes:
    """Return the holes, padding and sums of what an anonymous struct or union type holds."""
    return count_holes(
        member.members, member.offset_bits, element_bytes(member), is_union=member.is_union
    )


def element_bytes(member: Member) -> int:
    """Return the size of a member's type, in an array that of one element.

    Arrays are told by their type's name; one of no elements has elements of no known size: 0.
    """
    try:
        found = parse_type(member.type_name)
    except DeclarationError:
        return member.unit_bytes
    elements = 1
    while found.kind == "array":
        elements, found = elements * found.count, found.target
    return member.unit_bytes // elements if elements else 0


def storage_offset_bytes(member: Member, base_bits: int = 0) -> int:
    """Return the byte a member is said to be at: a bitfield is at its storage unit's.

    Args:
        member: Any member.
        base_bits: Start of the struct it is counted in.
    """
    offset_bits = member.offset_bits - base_bits
    if not member.is_bitfield:
        return offset_bits // 8
    unit_bytes = member.unit_bytes or 4
    return offset_bits // (unit_bytes * 8) * unit_bytes


def count_holes(
    members: tuple[Member, ...], base_bits: int, size_bytes: int, *, is_union: bool
) -> Holes:
    """Return the holes, padding and sums of the members of a struct or union.

    Args:
        members: Its direct members, offsets counted as in the struct around it.
        base_bits: Where it begins in that struct.
        size_bytes: Its sizeof.
        is_union: Whether the members overlap.
    """
    sum_members_bytes = sum(member.size_bits // 8 for member in members if not member.is_bitfield)
    sum_bitfield_bits = sum(member.size_bits for member in members if member.is_bitfield)
    numbers = (size_bytes, len(members), sum_members_bytes, sum_bitfield_bits)
    if is_union:
        return Holes(*numbers, is_union=True)
    walk = _Walk(size_bytes)
    for index, member in enumerate(members):
        walk.step(index - 1, member, base_bits)
    bit_padding_bits = walk.finish()
    padding_bytes = size_bytes - walk.seen_bits // 8
    return Holes(
        *numbers, tuple(walk.holes), tuple(walk.bit_holes), padding_bytes, bit_padding_bits
    )


class _Walk:
    """Goes from member to member and notes what lies between.

    Attributes:
        seen_bits: The first bit that nothing before uses.
        unit_end_bits: End of the storage unit of the bitfields just passed.
        unit_bits: Its size; 0 where the last member was no bitfield.
    """

    def __init__(self, size_bytes: int) -> None:
        self.holes: list[Hole] = []
        self.bit_holes: list[BitHole] = []
        self.seen_bits = 0
        self.unit_end_bits = self._size_bits = size_bytes * 8
        self.unit_bits = 0

    def step(self, after: int, member: Member, base_bits: int) -> None:
        """Note the holes between a member and the one before it."""
        start_bits, from_bits = member.offset_bits - base_bits, self.seen_bits
        bits = self._rest_of_unit(start_bits)
        byte_hole_at = self.seen_bits // 8
        if member.is_bitfield:
            unit_bytes = member.unit_bytes or 4
            storage_bytes = storage_offset_bytes(member, base_bits)
            bytes_ = 0
            if self.seen_bits < storage_bytes * 8:
                bytes_ = storage_bytes - byte_hole_at
                self.seen_bits = storage_bytes * 8
            bits += start_bits - self.seen_bits
            self._enter_unit(start_bits + member.size_bits, storage_bytes, unit_bytes * 8)
        else:
            bytes_ = start_bits // 8 - byte_hole_at
            self.unit_bits, self.unit_end_bits = 0, start_bits + member.size_bits
        # Less than nothing is no hole but members that overlap, which breaks the identity.
        if bits > 0:
            begins = from_bits if from_bits != byte_hole_at * 8 else self.seen_bits
            self.bit_holes.append(BitHole(after, begins, bits))
        if bytes_ > 0:
            self.holes.append(Hole(after, byte_hole_at, bytes_))
        self.seen_bits = start_bits + member.size_bits

    def finish(self) -> int:
        """Return the bits unused in the last storage unit."""
        return self._rest_of_unit(self._size_bits)

    def _rest_of_unit(self, limit_bits: int) -> int:
        """Pass by what is unused of the storage unit, up to the next member."""
        if not self.unit_bits:
            return 0
        unit_end_bits = min(limit_bits, self.unit_end_bits)
        rest_bits, self.seen_bits = unit_end_bits - self.seen_bits, unit_end_bits
        return rest_bits

    def _enter_unit(self, end_bits: int, storage_bytes: int, unit_bits: int) -> None:
        """Note the storage unit of a bitfield: the widest of those that share it counts."""
        if end_bits <= self.unit_end_bits and unit_bits <= self.unit_bits:
            return
        self.unit_bits, self.unit_end_bits = unit_bits, storage_bytes * 8 + unit_bits
        if end_bits > self.unit_end_bits:  # it took bits of the unit before
            self.unit_end_bits += unit_bits
