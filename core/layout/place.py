"""Where a guard's field goes in a given task_struct: the two placements the patches used.

``v1`` is the first version of the patch, an ``unsigned int`` after ``kretprobe_instances``;
``upstream`` is what was merged, a bit after ``in_memstall``. Offsets are those of the *new*
struct. What stands before a new field does not move, so its own offset needs no more than the
end of its predecessor.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import LayoutError
from core.guards.storage import Place
from core.layout.abi import align_up, bitfield_offset_bits, moved_offset_bits
from core.layout.model import KernelLayout, Member, NamedBit, Piece, StructLayout, pieces, tiled

GUARD_BIT = "in_page_owner"
"""The kernel's own guard since Linux 5.13, where CONFIG_PAGE_OWNER is set."""

UINT_AFTER = "kretprobe_instances"
UINT_BEFORE = ("rethooks", "l1d_flush_kill", "rv", "user_event_mm", "unwind_info", "thread")
"""What follows the v1 place, nearest first, for a kernel without CONFIG_KRETPROBES."""

BIT_AFTER = (
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

UINT_BYTES = 4
"""Size and alignment of ``unsigned int`` on every Linux architecture, also of a bit's word."""

_WORD_BITS = UINT_BYTES * 8


def place_uint(layout: KernelLayout) -> Place:
    """Return the place of an ``unsigned int`` added as the v1 patch did.

    Raises:
        LayoutError: The struct has none of the members the place is known by.
    """
    cursor_bits = _v1_cursor_bits(layout)
    offset_bytes = align_up(cursor_bits, _WORD_BITS) // 8
    return Place(offset_bytes, UINT_BYTES, 0, _WORD_BITS, layout.big_endian)


def place_bits(layout: KernelLayout, bit_size: int) -> Place:
    """Return the place of a bitfield added where upstream has ``in_page_owner``.

    A kernel that has ``in_page_owner`` already gives its own bit to a field of one bit.

    Raises:
        LayoutError: The struct has none of the members the place is known by.
        ValueError: ``bit_size`` is not 1 to 32.
    """
    if not 1 <= bit_size <= _WORD_BITS:
        raise ValueError(f"a bitfield of unsigned int has 1 to 32 bits, not {bit_size}")
    own = layout.task_struct.find(GUARD_BIT)
    if own is not None and own.is_bitfield and own.size_bits == bit_size and _in_one_word(own):
        return _bit_place(layout, own.offset_bits, bit_size)
    index = _first_index(layout, BIT_AFTER)
    cursor_bits = layout.task_struct.members[index].end_bits
    offset_bits = bitfield_offset_bits(cursor_bits, bit_size, UINT_BYTES, UINT_BYTES)
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
    struct = layout.task_struct
    first_bit = place.byte_offset * 8
    offset_bits = first_bit + place.bit_offset
    field = (field_name, offset_bits, offset_bits + place.bit_size)
    parts = _pieces_with(struct, field, first_bit + place.unit_bytes * 8)
    return tiled(parts, first_bit, place.unit_bytes * 8)


def _pieces_with(struct: StructLayout, field: Piece, stop_bits: int) -> Iterator[Piece]:
    """Yield the pieces of the struct that ``field`` was inserted into, up to a bit."""
    _, offset_bits, cursor_bits = field
    if _is_own_bit(struct, field):
        yield from (part for part in pieces(struct.members) if part[1:] != field[1:])
        yield field
        return
    before = tuple(m for m in struct.members if m.end_bits <= offset_bits)
    yield from pieces(before)
    yield field
    old_cursor_bits = before[-1].end_bits if before else 0
    for member in struct.members[len(before) :]:
        moved_bits = moved_offset_bits(member, old_cursor_bits, cursor_bits)
        if moved_bits >= stop_bits:
            return
        shift_bits = moved_bits - member.offset_bits
        for name, start, end in pieces((member,)):
            yield name, start + shift_bits, end + shift_bits
        old_cursor_bits, cursor_bits = member.end_bits, moved_bits + member.size_bits


def _is_own_bit(struct: StructLayout, field: Piece) -> bool:
    """Whether the field is the kernel's own guard bit, so that nothing has to move."""
    own = struct.find(GUARD_BIT)
    return own is not None and (own.offset_bits, own.end_bits) == field[1:]


def _in_one_word(member: Member) -> bool:
    return member.offset_bits // _WORD_BITS == (member.end_bits - 1) // _WORD_BITS


def _bit_place(layout: KernelLayout, offset_bits: int, bit_size: int) -> Place:
    word, bit = divmod(offset_bits, _WORD_BITS)
    return Place(word * UINT_BYTES, UINT_BYTES, bit, bit_size, layout.big_endian)


def _v1_cursor_bits(layout: KernelLayout) -> int:
    """Return where the member before the v1 place ends."""
    members = layout.task_struct.members
    index = _first_index(layout, (UINT_AFTER, *UINT_BEFORE))
    if members[index].name == UINT_AFTER:
        return members[index].end_bits
    return members[index - 1].end_bits if index else 0


def _first_index(layout: KernelLayout, names: tuple[str, ...]) -> int:
    """Return the index of the first of ``names`` that task_struct has.

    Raises:
        LayoutError: It has none, or holds them in the struct that randomisation shuffles.
    """
    struct = layout.task_struct
    indexes = {member.name: index for index, member in enumerate(struct.members)}
    for name in names:
        if name in indexes:
            return indexes[name]
        if name in struct:
            raise LayoutError(
                f"{name} is inside an anonymous struct, as CONFIG_RANDSTRUCT makes it; one more"
                " member changes the whole permutation, so no offset can be predicted",
                where=layout.name,
                advice="take the layout of a kernel built without CONFIG_RANDSTRUCT",
            )
    raise LayoutError(
        f"struct {struct.name} has none of {', '.join(names)}, so the place is not known",
        where=layout.name,
        advice="take a layout of Linux 5.12 or later",
    )
