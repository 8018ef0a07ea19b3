"""Where a guard's field lies in task_struct, and the storage word around it.

A guard's bits have two words to choose from, which ``unsigned :0`` keeps apart: the strictly
current one, where upstream put them, and the one that the scheduler's locks serialize, which other
CPUs write for a running task too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from core.errors import LayoutError
from core.guards.storage import Place
from core.layout.abi import align_up, bitfield_offset_bits
from core.layout.model import KernelLayout, Member, NamedBit, StructLayout, pieces, tiled
from core.layout.named_place import (
    GUARD_BIT,
    UPSTREAM_AFTER,
    edit_at,
    find_member,
    first_present,
)
from core.layout.relayout import least_alignments, placed

SERIALIZED = ("sched_reset_on_fork", "sched_contributes_to_load", "sched_migrated")
"""What stands in the word that the scheduler's locks serialize, whatever the configuration."""

Word = Literal["current", "serialized"]
"""Which of the two words of bits: strictly current's own, or the scheduler's."""

WORDS: tuple[Word, ...] = ("current", "serialized")

UINT_BYTES = 4
"""Size and alignment of ``unsigned int`` on every Linux architecture, also of a bit's word."""

_WORD_BITS = UINT_BYTES * 8


def place_uint(layout: KernelLayout) -> Place:
    """Return the place of an ``unsigned int`` added as the v1 patch did.

    Raises:
        LayoutError: The struct has none of the members the place is known by.
    """
    field = _guard_member(0)
    offset_bits = _inserted_offset_bits(layout, "v1", field)
    return Place(offset_bits // 8, UINT_BYTES, 0, _WORD_BITS, layout.big_endian)


def place_bits(layout: KernelLayout, bit_size: int, word: Word = "current") -> Place:
    """Return the place of a bitfield in one of the two words of bits.

    In the strictly current word it goes where upstream has ``in_page_owner``; a kernel that has
    ``in_page_owner`` already gives its own bit to a field of one bit. In the serialized word it
    goes after the last bit, before the ``unsigned :0``, so that no other bit moves.

    Args:
        layout: The kernel.
        bit_size: Width of the field.
        word: Which of the two.

    Raises:
        LayoutError: The struct has none of the members the place is known by.
        ValueError: ``bit_size`` is not 1 to 32, or there is no such word.
    """
    if not 1 <= bit_size <= _WORD_BITS:
        raise ValueError(f"a bitfield of unsigned int has 1 to 32 bits, not {bit_size}")
    if word not in WORDS:
        raise ValueError(f"no word {word!r}: give one of {', '.join(WORDS)}")
    own = layout.struct.find(GUARD_BIT)
    if (
        word == "current"
        and own is not None
        and own.is_bitfield
        and own.size_bits == bit_size
        and _in_one_word(own)
    ):
        return _bit_place(layout, own.offset_bits, bit_size)
    place = "upstream" if word == "current" else f"after:{_last_serialized(layout)}"
    offset_bits = _inserted_offset_bits(layout, place, _guard_member(bit_size))
    return _bit_place(layout, offset_bits, bit_size)


def place_of(layout: KernelLayout, field_name: str) -> Place | None:
    """Return where a bitfield of the kernel itself lies, in the 4-byte word it is accessed by.

    Args:
        layout: The kernel.
        field_name: A bitfield of it, such as ``sched_reset_on_fork``.

    Returns:
        The place, or None where the kernel has no such bitfield within one word.
    """
    member = layout.struct.find(field_name)
    if member is None or not member.is_bitfield or not _in_one_word(member):
        return None
    return _bit_place(layout, member.offset_bits, member.size_bits)


def _last_serialized(layout: KernelLayout) -> str:
    """Return the last bit of the word that the scheduler's locks serialize."""
    struct = layout.struct
    first = first_present(struct, SERIALIZED, layout.name)
    path, index, _ = find_member(struct.members, first) or ((), 0, False)
    if path:
        raise shuffled(struct, layout.name)
    last = struct.members[index]
    for member in struct.members[index + 1 :]:
        same_word = member.offset_bits // _WORD_BITS == last.offset_bits // _WORD_BITS
        # Kernels before 4.5 have no ``unsigned :0`` there: what is current's own is left out.
        if not (member.is_bitfield and same_word) or member.name in UPSTREAM_AFTER:
            break
        last = member
    return last.name


def word_with(layout: KernelLayout, place: Place, field_name: str) -> tuple[NamedBit, ...]:
    """Return the storage word of a place as it is once the field stands there.

    Bits that were declared after the field have moved on; unused runs have an empty name. The
    entries cover the word without holes.

    Args:
        layout: The kernel, without the field.
        place: From ``place_uint`` or ``place_bits``.
        field_name: Name of the new field.
    """
    offset_bits = place.byte_offset * 8 + place.bit_offset
    field = replace(_guard_member(place.bit_size % _WORD_BITS), name=field_name)
    struct = layout.struct
    own = struct.find(GUARD_BIT)
    if own is not None and (own.offset_bits, own.size_bits) == (offset_bits, place.bit_size):
        # The field is the kernel's own guard: nothing has to move.
        members = tuple(
            replace(m, name=field_name) if m.name == GUARD_BIT else m for m in struct.members
        )
        return replace(struct, members=members).word_at(place.byte_offset, place.unit_bytes)
    start_bits, size_bits = place.byte_offset * 8, place.unit_bytes * 8
    field = replace(field, offset_bits=offset_bits)
    members = (*_with_moved(struct, field, start_bits, start_bits + size_bits),)
    return tiled(pieces(members), start_bits, size_bits)


def _with_moved(
    struct: StructLayout, field: Member, start_bits: int, stop_bits: int
) -> Iterator[Member]:
    """Yield the members of a struct that a field stands in, from one bit to another."""
    before = tuple(member for member in struct.members if member.end_bits <= field.offset_bits)
    yield from (member for member in before if member.end_bits > start_bits)
    yield field
    # How the struct as a whole is aligned takes long to work out, and moves none of its members.
    alignments = least_alignments(struct, align_bytes=1)
    old_cursor_bits, cursor_bits = before[-1].end_bits if before else 0, field.end_bits
    for member in struct.members[len(before) :]:
        now = placed(member, old_cursor_bits, cursor_bits, alignments, 1 << 30)
        if now.offset_bits >= stop_bits:
            return
        yield now
        old_cursor_bits, cursor_bits = member.end_bits, now.end_bits


def _guard_member(bit_size: int) -> Member:
    """Return a field of so many bits of an unsigned int, or all of it for 0."""
    size_bits = bit_size or _WORD_BITS
    is_bitfield = bit_size > 0
    return Member("guard", "unsigned int", 0, size_bits, is_bitfield, UINT_BYTES, UINT_BYTES)


def _inserted_offset_bits(layout: KernelLayout, place: str, field: Member) -> int:
    """Return where a field lands; what stands before it does not move."""
    struct = layout.struct
    edit = edit_at(struct, place, field, where=layout.name)
    if edit.path:
        raise shuffled(struct, layout.name)
    cursor_bits = struct.members[edit.index - 1].end_bits if edit.index else 0
    if field.is_bitfield:
        rule = (field.size_bits, field.unit_bytes, field.align_bytes)
        return bitfield_offset_bits(cursor_bits, *rule)
    return align_up(cursor_bits, field.align_bytes * 8)


def shuffled(struct: StructLayout, where: str) -> LayoutError:
    """Return the error for a struct whose members CONFIG_RANDSTRUCT shuffled."""
    return LayoutError(
        f"the members of struct {struct.name} are inside an anonymous struct, as CONFIG_RANDSTRUCT"
        " makes it; one more member changes the whole permutation, so no offset can be predicted",
        where=where,
        advice="take the layout of a kernel built without CONFIG_RANDSTRUCT",
    )


def _in_one_word(member: Member) -> bool:
    return member.offset_bits // _WORD_BITS == (member.end_bits - 1) // _WORD_BITS


def _bit_place(layout: KernelLayout, offset_bits: int, bit_size: int) -> Place:
    word, bit = divmod(offset_bits, _WORD_BITS)
    return Place(word * UINT_BYTES, UINT_BYTES, bit, bit_size, layout.big_endian)
