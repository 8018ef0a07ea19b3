"""A struct laid out again with one member more or fewer, under one reading of its alignments.

What BTF tells leaves more than one alignment possible for most members. A *reading* picks one for
each: the least that explains the layout, the likeliest, or the most that the offsets allow. All
three reproduce the struct as it is, so what a new field does under the least and the most is what
it can do at all: places only move on with stricter alignments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from core.errors import LayoutError
from core.layout.abi import (
    align_up,
    bitfield_offset_bits,
    explained_align_bytes,
    largest_power,
    padded_align_bytes,
)
from core.layout.model import TASK_STRUCT, Member, StructLayout, flattened
from core.layout.packing import Packing, packing_of, spans_too_many_units


class Reading(Enum):
    """Which of the possible alignments to take."""

    LEAST = "least"
    LIKELY = "likely"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Alignments:
    """One reading of a struct's alignments.

    Attributes:
        reading: Which alignments members get.
        struct_bytes: Alignment of the struct.
        line_bytes: Alignment of the types in it that are aligned to cache lines.
        has_own_attributes: Whether members, and not only their types, may carry an attribute that
            aligns them. No gap need tell of one where the offset suited it anyway.
        is_packed: Whether members take the next byte, and bitfields the next bit, as far as their
            offsets do not show otherwise.
    """

    reading: Reading
    struct_bytes: int
    line_bytes: int
    has_own_attributes: bool = True
    is_packed: bool = False

    def of(self, member: Member, old_cursor_bits: int, limit_bytes: int) -> int:
        """Return the alignment of a plain member in bytes.

        Args:
            member: The member, at the offset it has now.
            old_cursor_bits: Where what stands before it ends now.
            limit_bytes: No alignment is larger than this one of the struct around it.
        """
        if member.align_known and not self.is_packed:
            return member.align_bytes
        wanted = 1 if self.is_packed else member.align_bytes
        if self.reading is Reading.LEAST and member.least_align_bytes:
            wanted = min(wanted, member.least_align_bytes)
        explained = explained_align_bytes(wanted, old_cursor_bits, member.offset_bits)
        # What asks for more than the struct's size allows is no alignment: bits without a name.
        explained = min(explained, limit_bytes)
        if self.reading is Reading.MOST:
            most = min(largest_power(member.offset_bits // 8), limit_bytes)
            if self.has_own_attributes:
                return most
            # The size of a type is a multiple of its alignment.
            return min(most, max(explained, largest_power(member.unit_bytes)))
        if self.reading is Reading.LIKELY and member.line_bytes:
            line = min(self.line_bytes, largest_power(member.offset_bits // 8))
            return max(explained, line)
        return explained


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be changed about a struct: one member put in, or one taken out.

    Attributes:
        index: Where in ``members`` of the struct (or of the anonymous part) it happens.
        inserted: The new member, its offset of no account; None where one is taken out.
        path: Indexes of the anonymous members that lead there; empty for the struct itself.
    """

    index: int
    inserted: Member | None
    path: tuple[int, ...] = ()

    def inside(self, index: int) -> Edit | None:
        """Return the edit as seen from an anonymous member, or None where it is elsewhere."""
        if self.path and self.path[0] == index:
            return replace(self, path=self.path[1:])
        return None


def least_alignments(struct: StructLayout, align_bytes: int = 0) -> Alignments:
    """Return the reading with the least alignments that explain a struct.

    Args:
        struct: As the kernel has it.
        align_bytes: Its alignment, where that is known.
    """
    is_packed = packing_of(struct) is not Packing.NO
    least = align_bytes or least_struct_align(struct, is_packed=is_packed)
    return Alignments(Reading.LEAST, least, 1, is_packed=is_packed)


def likely_alignments(struct: StructLayout, align_bytes: int) -> Alignments:
    """Return the likeliest reading; a struct is taken to be packed only if that shows."""
    is_packed = packing_of(struct) is Packing.YES
    return Alignments(Reading.LIKELY, align_bytes, align_bytes, is_packed=is_packed)


def most_alignments(struct: StructLayout, align_bytes: int = 0) -> Alignments:
    """Return the reading with the most alignments that a struct's offsets allow.

    Args:
        struct: As the kernel has it.
        align_bytes: Its alignment, where that is known.
    """
    most = align_bytes or struct.align_bytes or most_struct_align(struct)
    # task_struct's members carry no alignment of their own, only their types do, in v5.12 to v6.18
    # (include/linux/sched.h).
    return Alignments(Reading.MOST, most, 1, has_own_attributes=struct.name != TASK_STRUCT)


def most_struct_align(struct: StructLayout) -> int:
    """Return the most that a struct's size allows its alignment to be; an empty one tells none."""
    return largest_power(struct.size_bytes) if struct.size_bytes else 1


def least_struct_align(
    struct: StructLayout, reading: Reading = Reading.LEAST, *, is_packed: bool | None = None
) -> int:
    """Return the least alignment of a struct: its members', and more than its padding.

    Args:
        struct: As the kernel has it.
        reading: Which alignments its members get.
        is_packed: Whether to take it as packed; where that shows, if not given.
    """
    if is_packed is None:
        is_packed = packing_of(struct) is Packing.YES
    if struct.align_bytes and not is_packed:
        return struct.align_bytes
    alignments = Alignments(reading, 1, 1, is_packed=is_packed)
    strictest, end_bits = 1, 0
    for member, cursor_bits in with_cursors(struct.members, struct.is_union):
        if member.is_bitfield:
            align_bytes = 1 if is_packed else _bitfield_align(member)
        else:
            align_bytes = alignments.of(member, cursor_bits, 1 << 30)
        strictest = max(strictest, align_bytes)
        end_bits = max(end_bits, member.end_bits)
    return padded_align_bytes(strictest, end_bits, struct.size_bytes)


def with_cursors(
    members: tuple[Member, ...], is_union: bool, base_bits: int = 0
) -> Iterator[tuple[Member, int]]:
    """Yield members with the bit where what stands before each of them ends."""
    cursor_bits = base_bits
    for member in members:
        yield member, cursor_bits
        if not is_union:
            cursor_bits = member.end_bits


def relaid(struct: StructLayout, alignments: Alignments, edit: Edit | None = None) -> StructLayout:
    """Return a struct laid out again, with a change where there is one.

    Args:
        struct: As the kernel has it.
        alignments: The reading to take.
        edit: The change.
    """
    whole = Member(
        "", struct.name, 0, struct.size_bytes * 8, is_union=struct.is_union, members=struct.members
    )
    limit_bytes = alignments.struct_bytes
    made = _relaid(whole, alignments, limit_bytes, edit, 0)
    align_bits = alignments.struct_bytes * 8
    if edit is not None and edit.inserted is not None and not alignments.is_packed:
        align_bits = max(align_bits, edit.inserted.align_bytes * 8)
    end_bits = max((member.end_bits for member in made), default=0)
    size_bytes = align_up(end_bits, align_bits) // 8
    return replace(struct, size_bytes=size_bytes, members=made)


def check_reproduces(
    struct: StructLayout, alignments: Alignments, where: str, path: tuple[int, ...] = ()
) -> None:
    """Make sure that the rules explain a struct as it is, before they predict what it becomes.

    Args:
        struct: As the kernel has it.
        alignments: The reading to take.
        where: What errors begin with.
        path: Indexes of the anonymous members that are to be laid out again too.

    Raises:
        LayoutError: They do not.
    """
    again = relaid(struct, alignments, Edit(-1, None, path) if path else None)
    both = zip(flattened(struct.members), flattened(again.members), strict=True)
    for old, new in both:
        if old.offset_bits != new.offset_bits:
            raise LayoutError(
                f"{old.name or old.type_name} of struct {struct.name} stands at byte"
                f" {old.offset_bytes}, where the rules of C put it at {new.offset_bytes}: something"
                " in front of it is not in this source (packed, or bits without a name), so"
                " nothing is predicted",
                where=where,
                advice="take a source with alignments (DWARF), or ask about another struct",
            )
    if again.size_bytes != struct.size_bytes:
        raise LayoutError(
            f"struct {struct.name} has {struct.size_bytes} bytes, where its members and an"
            f" alignment of {alignments.struct_bytes} make {again.size_bytes}, so nothing is"
            " predicted",
            where=where,
            advice="take a source with alignments (DWARF), or ask about another struct",
        )


def _relaid(
    parent: Member, alignments: Alignments, limit_bytes: int, edit: Edit | None, base_bits: int
) -> tuple[Member, ...]:
    """Return the members of a struct or of an anonymous part of it at their new offsets.

    Args:
        parent: Whose members, at the old offset.
        alignments: The reading to take.
        limit_bytes: The alignment of the struct around all.
        edit: The change, as seen from here.
        base_bits: Where the parent begins now.
    """
    made: list[Member] = []
    cursor_bits = base_bits
    here = edit is not None and not edit.path

    def put(member: Member) -> None:
        nonlocal cursor_bits
        made.append(member)
        if not parent.is_union:
            cursor_bits = member.end_bits

    for index, (member, old_cursor_bits) in enumerate(
        with_cursors(parent.members, parent.is_union, parent.offset_bits)
    ):
        if here and edit is not None and edit.index == index:
            if edit.inserted is None:
                continue
            put(_newly_placed(edit.inserted, cursor_bits, alignments))
        inner = edit.inside(index) if edit is not None else None
        put(placed(member, old_cursor_bits, cursor_bits, alignments, limit_bytes, inner))
    if here and edit is not None and edit.inserted and edit.index == len(parent.members):
        put(_newly_placed(edit.inserted, cursor_bits, alignments))
    return tuple(made)


def placed(
    member: Member,
    old_cursor_bits: int,
    cursor_bits: int,
    alignments: Alignments,
    limit_bytes: int,
    edit: Edit | None = None,
) -> Member:
    """Return a member where it stands once what is before it ends somewhere else.

    Args:
        member: At the offset it has now.
        old_cursor_bits: Where what is before it ends now.
        cursor_bits: Where that will end.
        alignments: The reading to take.
        limit_bytes: The alignment of the struct around it.
        edit: A change inside it, where it is an anonymous struct.
    """
    if member.is_bitfield:
        if alignments.is_packed and member.offset_bits == old_cursor_bits:
            return moved(member, cursor_bits)
        return moved(member, _bitfield_place(member, old_cursor_bits, cursor_bits))
    align_bytes = alignments.of(member, old_cursor_bits, limit_bytes)
    if edit is not None:
        inserted_align = edit.inserted.align_bytes if edit.inserted is not None else 1
        if alignments.is_packed:
            inserted_align = 1
        align_bytes = max(align_bytes, inserted_align)
    offset_bits = align_up(cursor_bits, align_bytes * 8)
    if edit is None:
        return moved(member, offset_bits)
    members = _relaid(member, alignments, limit_bytes, edit, offset_bits)
    end_bits = max((inner.end_bits for inner in members), default=offset_bits)
    size_bits = align_up(end_bits - offset_bits, align_bytes * 8)
    return replace(member, offset_bits=offset_bits, size_bits=size_bits, members=members)


def _bitfield_place(member: Member, old_cursor_bits: int, cursor_bits: int) -> int:
    rule = (member.size_bits, member.unit_bytes, member.align_bytes)
    if bitfield_offset_bits(old_cursor_bits, *rule) == member.offset_bits:
        return bitfield_offset_bits(cursor_bits, *rule)
    # It stands further on than the rule would put it: there is an ``unsigned :0`` before it.
    return align_up(cursor_bits, member.align_bytes * 8)


def _newly_placed(member: Member, cursor_bits: int, alignments: Alignments) -> Member:
    """Return a new member right after ``cursor_bits``."""
    if alignments.is_packed:
        return moved(member, cursor_bits if member.is_bitfield else align_up(cursor_bits, 8))
    if member.is_bitfield:
        rule = (member.size_bits, member.unit_bytes, member.align_bytes)
        return replace(member, offset_bits=bitfield_offset_bits(cursor_bits, *rule))
    return moved(member, align_up(cursor_bits, member.align_bytes * 8))


def _bitfield_align(member: Member) -> int:
    """Return what a named bitfield asks of the struct: the alignment of its type."""
    align_bytes = member.align_bytes
    while align_bytes > 1 and spans_too_many_units(member, align_bytes):
        align_bytes //= 2  # packed
    return align_bytes


def moved(member: Member, offset_bits: int) -> Member:
    """Return a member, and what it holds, at another offset."""
    shift_bits = offset_bits - member.offset_bits
    if not shift_bits:
        return member
    return _shifted(member, shift_bits)


def _shifted(member: Member, shift_bits: int) -> Member:
    return replace(
        member,
        offset_bits=member.offset_bits + shift_bits,
        members=tuple(_shifted(inner, shift_bits) for inner in member.members),
    )
