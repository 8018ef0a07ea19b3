"""Where a field goes: the places that the patches used, and any other by its neighbour.

``v1`` is the first version of the page_owner patch, after ``kretprobe_instances``; ``upstream`` is
what was merged, after ``in_memstall``; ``grpend`` the end of the strictly current bits; ``end``
before ``thread``, which must stay the last member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.errors import LayoutError, did_you_mean
from core.guards.storage import Place
from core.layout.abi import align_up, bitfield_offset_bits
from core.layout.model import (
    TASK_STRUCT,
    KernelLayout,
    Member,
    NamedBit,
    StructLayout,
    pieces,
    tiled,
)
from core.layout.relayout import Edit, least_alignments, placed

GUARD_BIT = "in_page_owner"
"""The kernel's own guard since Linux 5.13, where CONFIG_PAGE_OWNER is set."""

PLACES = ("v1", "upstream", "grpend", "end")
"""Places of task_struct that have a name of their own."""

V1_AFTER = "kretprobe_instances"
V1_BEFORE = ("rethooks", "l1d_flush_kill", "rv", "user_event_mm", "unwind_info")
"""What follows the v1 place, nearest first, for a kernel without CONFIG_KRETPROBES."""

UPSTREAM_AFTER = (
    "in_memstall",
    "use_memdelay",
    "frozen",
    "no_cgroup_migration",
    "brk_randomized",
    "in_lru_fault",
    "in_user_fault",
    "restore_sigmask",
    "in_iowait",
    "in_execve",
    "user_dumpable",
    "sched_rt_mutex",
    "sched_remote_wakeup",
)
"""The strictly-current word from the upstream place backwards; each has a CONFIG of its own."""

GRPEND_BEFORE = "atomic_flags"
END_BEFORE = "thread"

UINT_BYTES = 4
"""Size and alignment of ``unsigned int`` on every Linux architecture, also of a bit's word."""

_WORD_BITS = UINT_BYTES * 8
_OLDER = "take a layout of Linux 5.12 or later"


def default_place(struct: StructLayout, *, is_bitfield: bool) -> str:
    """Return where a field goes if nobody says: in task_struct as the patches had it."""
    if struct.name != TASK_STRUCT:
        return "end"
    return "upstream" if is_bitfield else "v1"


def edit_at(struct: StructLayout, place: str, field: Member, *, where: str = "") -> Edit:
    """Return the change that puts a field in a place.

    Args:
        struct: The struct as it is.
        place: ``v1``, ``upstream``, ``grpend``, ``end``, ``after:MEMBER`` or ``before:MEMBER``.
        field: The field, its offset of no account.
        where: What errors begin with.

    Raises:
        LayoutError: There is no such place, or the field cannot go there.
    """
    way, colon, name = place.partition(":")
    if colon and way in ("after", "before"):
        return _beside(struct, way, name, field, where)
    if place not in PLACES:
        raise LayoutError(
            f"no place {place!r}",
            where=where,
            advice=f"give {', '.join(PLACES)}, after:MEMBER or before:MEMBER",
        )
    if struct.name != TASK_STRUCT:
        if place == "end":
            # Nothing may follow a flexible array, so the end is before it.
            return Edit(len(struct.members) - _ends_flexibly(struct), field)
        raise LayoutError(
            f"place {place} is one of task_struct, not of struct {struct.name}",
            where=where,
            advice="give end, after:MEMBER or before:MEMBER",
        )
    way, name = _neighbour(struct, place, field, where)
    return _beside(struct, way, name, field, where)


def _neighbour(struct: StructLayout, place: str, field: Member, where: str) -> tuple[str, str]:
    """Return a named place of task_struct as ``after`` or ``before`` a member it has."""
    if place == "v1":
        name = _present(struct, (V1_AFTER, *V1_BEFORE, END_BEFORE), where)
        return "after" if name == V1_AFTER else "before", name
    if place == "upstream":
        if not field.is_bitfield:
            raise LayoutError(
                f"place upstream is a bit in a word of bits, and {field.type_name} {field.name} is"
                " a whole member",
                where=where,
                advice="give a field with a width, such as bit1, or another place",
            )
        return "after", _present(struct, UPSTREAM_AFTER, where)
    return "before", _present(struct, (GRPEND_BEFORE if place == "grpend" else END_BEFORE,), where)


def _present(struct: StructLayout, names: tuple[str, ...], where: str) -> str:
    for name in names:
        if name in struct:
            return name
    raise LayoutError(
        f"struct {struct.name} has none of {', '.join(names)}, so the place is not known",
        where=where,
        advice=_OLDER,
    )


def _beside(struct: StructLayout, way: str, name: str, field: Member, where: str) -> Edit:
    found = _find(struct.members, name)
    if found is None:
        near = did_you_mean(name, struct.names)
        raise LayoutError(
            f"struct {struct.name} has no member {name!r} to put it {way}",
            where=where,
            advice=near if near.startswith("did you mean") else "give the name of a member",
        )
    path, index, in_union = found
    if way == "after" and not path and name == struct.members[-1].name and _ends_flexibly(struct):
        raise LayoutError(
            f"{name} is a flexible array, which nothing may follow",
            where=where,
            advice=f"give before:{name}",
        )
    if in_union:
        raise LayoutError(
            f"{name} is in an anonymous union, where every member begins at the same byte",
            where=where,
            advice="give a member beside the union",
        )
    return Edit(index + (way == "after"), field, path)


def _find(
    members: tuple[Member, ...], name: str, path: tuple[int, ...] = (), in_union: bool = False
) -> tuple[tuple[int, ...], int, bool] | None:
    """Return where a member is: the anonymous members that lead there, its index, in a union?"""
    for index, member in enumerate(members):
        if member.name == name:
            return path, index, in_union
        if not member.name and member.members:
            inner = _find(member.members, name, (*path, index), member.is_union)
            if inner is not None:
                return inner
    return None


def _ends_flexibly(struct: StructLayout) -> bool:
    """Whether the last member is an array without a length."""
    last = struct.members[-1] if struct.members else None
    if last is None or last.size_bits or struct.is_union:
        return False
    return last.type_name.endswith(("[0]", "[]"))


def own_guard(struct: StructLayout) -> Edit | None:
    """Return the change that takes the kernel's own guard out, or None where it has none."""
    found = _find(struct.members, GUARD_BIT)
    return Edit(found[1], None, found[0]) if found is not None else None


# -- what the simulation asks ----------------------------------------------------------------------


def place_uint(layout: KernelLayout) -> Place:
    """Return the place of an ``unsigned int`` added as the v1 patch did.

    Raises:
        LayoutError: The struct has none of the members the place is known by.
    """
    field = _guard_member(0)
    offset_bits = _inserted_offset_bits(layout, "v1", field)
    return Place(offset_bits // 8, UINT_BYTES, 0, _WORD_BITS, layout.big_endian)


def place_bits(layout: KernelLayout, bit_size: int) -> Place:
    """Return the place of a bitfield added where upstream has ``in_page_owner``.

    A kernel that has ``in_page_owner`` already gives its own bit to a field of one bit.

    Raises:
        LayoutError: The struct has none of the members the place is known by.
        ValueError: ``bit_size`` is not 1 to 32.
    """
    if not 1 <= bit_size <= _WORD_BITS:
        raise ValueError(f"a bitfield of unsigned int has 1 to 32 bits, not {bit_size}")
    own = layout.struct.find(GUARD_BIT)
    if own is not None and own.is_bitfield and own.size_bits == bit_size and _in_one_word(own):
        return _bit_place(layout, own.offset_bits, bit_size)
    offset_bits = _inserted_offset_bits(layout, "upstream", _guard_member(bit_size))
    return _bit_place(layout, offset_bits, bit_size)


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
    stop_bits = (place.byte_offset + place.unit_bytes) * 8
    members = (*_with_moved(struct, replace(field, offset_bits=offset_bits), stop_bits),)
    return tiled(pieces(members), place.byte_offset * 8, place.unit_bytes * 8)


def _with_moved(struct: StructLayout, field: Member, stop_bits: int) -> Iterator[Member]:
    """Yield the members of a struct that a field stands in, up to a bit."""
    before = tuple(member for member in struct.members if member.end_bits <= field.offset_bits)
    yield from before
    yield field
    alignments = least_alignments(struct)
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
