"""What a new field does to a struct: where it lands, what moves, whether the struct grows.

The source decides how much can be promised. Where alignments are known the answer is exact; where
they are not it is an interval, with the likeliest value in it, and exact only if both ends agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.errors import LayoutError
from core.layout.abi import largest_power
from core.layout.arch import Architecture
from core.layout.field import SHORT_FIELDS, Field
from core.layout.model import TASK_STRUCT, KernelLayout, Member, StructLayout, flattened
from core.layout.named_place import default_place, edit_at, own_guard
from core.layout.packing import Packing, packing_of
from core.layout.randstruct import refuse_shuffled
from core.layout.relayout import (
    Edit,
    Reading,
    check_reproduces,
    least_alignments,
    least_struct_align,
    likely_alignments,
    most_alignments,
    most_struct_align,
    relaid,
)


@dataclass(frozen=True, slots=True)
class Interval:
    """What a number can be.

    Attributes:
        min: The least.
        max: The most.
        best: The likeliest.
        known: Whether the source itself settles it, so that it is no inference.
    """

    min: int
    max: int
    best: int
    known: bool = False

    @property
    def exact(self) -> bool:
        """Whether nothing else is possible."""
        return self.min == self.max

    def shifted(self, by: int) -> Interval:
        """Return the interval with a number added to all of it."""
        return replace(self, min=self.min + by, max=self.max + by, best=self.best + by)


@dataclass(frozen=True, slots=True)
class PlacedField:
    """A field where it landed.

    Attributes:
        field: The field.
        place: The place it was put in, as it was asked for.
        offset_bits: From the start of the struct, counted as ``Member.offset_bits``.
        byte_offset: Byte of its storage unit.
        bit_offset: Bit in that unit, from the most significant one on big endian; 0 for a whole
            member.
        cache_line: Number of the cache line its first bit is in.
    """

    field: Field
    place: str
    offset_bits: int
    byte_offset: int
    bit_offset: int
    cache_line: int

    @property
    def name(self) -> str:
        """Name of the field."""
        return self.field.name

    @property
    def size_bits(self) -> int:
        """Its width, or the size of its type."""
        return self.field.size_bits


@dataclass(frozen=True, slots=True)
class Moved:
    """A member that stands elsewhere once the field is in."""

    member: str
    from_bits: int
    to_bits: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer about one field.

    Attributes:
        field: Where it landed.
        before: The struct as the kernel has it.
        after: The struct with the field, in the likeliest reading.
        growth: What its sizeof gains, in bytes.
        moved: Members that stand elsewhere in ``after``.
        moved_exact: Whether they stand there in every reading.
        basis: A sentence: how sure the answer is, and why.
    """

    field: PlacedField
    before: StructLayout
    after: StructLayout
    growth: Interval
    moved: tuple[Moved, ...]
    moved_exact: bool
    basis: str

    @property
    def sizeof_after(self) -> Interval:
        """The sizeof with the field."""
        return self.growth.shifted(self.before.size_bytes)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a what-if goes by, besides the struct.

    Attributes:
        arch: The architecture.
        line_bytes: Size of a cache line, to number them.
        align_bytes: Alignment of the struct as the user gave it; 0 where nobody did.
        shuffled_by: Where CONFIG_RANDSTRUCT was seen to be on (a path); empty where it was not.
    """

    arch: Architecture
    line_bytes: int = 64
    align_bytes: int = 0
    shuffled_by: str = ""


def struct_align(struct: StructLayout, rules: Rules) -> Interval:
    """Return what the alignment of a struct can be, in bytes.

    Raises:
        LayoutError: ``rules.align_bytes`` contradicts the struct.
    """
    if struct.align_bytes and packing_of(struct) is Packing.NO:
        return Interval(struct.align_bytes, struct.align_bytes, struct.align_bytes, known=True)
    is_packed = packing_of(struct) is not Packing.NO
    least = least_struct_align(struct, is_packed=is_packed)
    if rules.align_bytes:
        _check_align(struct, rules.align_bytes, least_struct_align(struct))
        return Interval(*(rules.align_bytes,) * 3, known=True)
    most = max(most_struct_align(struct), least)
    return Interval(least, most, _likely_struct_align(struct, rules.arch))


def answer(layout: KernelLayout, field: Field, place: str, rules: Rules) -> WhatIf:
    """Return what a field does to a struct.

    Args:
        layout: The struct as the kernel has it.
        field: The field.
        place: A place of ``core.layout.place``; empty for the one the patches used.
        rules: What to go by.

    Raises:
        LayoutError: The place does not exist there, the struct is shuffled by CONFIG_RANDSTRUCT, or
            its layout is not what the rules of C make of its members.
    """
    struct = layout.struct
    refuse_shuffled(layout, rules.shuffled_by)
    if field.name in struct and field.asked not in SHORT_FIELDS:
        raise LayoutError(
            f"struct {struct.name} has a member {field.name} already",
            where=layout.name,
            advice="give the field another name",
        )
    place = place or default_place(struct, is_bitfield=field.is_bitfield)
    edit = edit_at(struct, place, field.member(), where=layout.name)
    return _answer(layout, edit, field, place, rules)


def without_own_guard(layout: KernelLayout, rules: Rules) -> WhatIf | None:
    """Return what the kernel's own in_page_owner costs, or None where it has none.

    ``before`` is the struct without it, ``after`` the struct as the kernel has it.
    """
    struct = layout.struct
    edit = own_guard(struct)
    if edit is None:
        return None
    refuse_shuffled(layout, rules.shuffled_by)
    own = struct.member("in_page_owner")
    field = Field(
        own.name, own.type_name, own.size_bits, own.unit_bytes, own.align_bytes, own.is_bitfield,
        own.name,
    )  # fmt: skip
    sizes, likely, settled = _sizes(layout, edit, rules)
    growth = Interval(
        struct.size_bytes - sizes.max,
        struct.size_bytes - sizes.min,
        struct.size_bytes - sizes.best,
        sizes.known,
    )
    place = _placed_field(field, "upstream", own.offset_bits, rules)
    moves = _moved(likely, struct, own.name)
    return WhatIf(place, likely, struct, growth, moves, settled, _basis(growth, rules))


def _answer(layout: KernelLayout, edit: Edit, field: Field, place: str, rules: Rules) -> WhatIf:
    struct = layout.struct
    sizes, after, settled = _sizes(layout, edit, rules, field.most_align_bytes)
    landed = _landed(after.members, edit)
    growth = sizes.shifted(-struct.size_bytes)
    return WhatIf(
        _placed_field(field, place, landed.offset_bits, rules),
        struct,
        after,
        growth,
        _moved(struct, after, field.name),
        settled,
        _basis(growth, rules),
    )


def _sizes(
    layout: KernelLayout, edit: Edit, rules: Rules, most_align_bytes: int = 0
) -> tuple[Interval, StructLayout, bool]:
    """Return what sizeof can become, the likeliest struct, and whether its offsets are settled.

    Args:
        layout: The struct.
        edit: What is changed about it.
        rules: What to go by.
        most_align_bytes: The most that the alignment of the field's own type can be.
    """
    struct = layout.struct
    align = struct_align(struct, rules)
    likely = likely_alignments(struct, align.best)
    check_reproduces(struct, likely, layout.name, edit.path)
    after = relaid(struct, likely, edit)
    if align.known and _is_settled(struct):
        return Interval(*(after.size_bytes,) * 3, known=True), after, True
    given = rules.align_bytes
    strict = edit
    if edit.inserted is not None and most_align_bytes > edit.inserted.align_bytes:
        strict = replace(edit, inserted=replace(edit.inserted, align_bytes=most_align_bytes))
    least = relaid(struct, least_alignments(struct, given), edit)
    most = relaid(struct, most_alignments(struct, given), strict)
    sizes = (least.size_bytes, after.size_bytes, most.size_bytes)
    # A struct does not shrink by a field: what reads so is a reading that cannot be the right one.
    low = max(min(sizes), struct.size_bytes) if edit.inserted is not None else min(sizes)
    if after.size_bytes < low:
        raise LayoutError(
            f"the rules of C make struct {struct.name} smaller with the field: something in it is"
            " not in this source (packed, or bits without a name), so nothing is predicted",
            where=layout.name,
            advice="take a source with alignments (DWARF), or ask about another struct",
        )
    settled = all(_offsets(other) == _offsets(after) for other in (least, most))
    return Interval(low, max(sizes), after.size_bytes), after, settled


def _is_settled(struct: StructLayout) -> bool:
    """Whether the members' alignments are no question once that of the struct is known.

    In task_struct they are: its members carry none of their own, and types aligned to cache lines
    take the struct's.
    """
    if struct.name == TASK_STRUCT:
        return True
    if packing_of(struct) is not Packing.NO:
        return False
    return all(member.align_known or member.is_bitfield for member in struct.members)


def _offsets(struct: StructLayout) -> list[int]:
    return [member.offset_bits for member in flattened(struct.members)]


def _likely_struct_align(struct: StructLayout, arch: Architecture) -> int:
    """Return the likeliest alignment of a struct.

    task_struct holds types that are aligned to cache lines (struct sched_avg and
    sched_statistics, on x86 struct fpu), so it is aligned to one itself, as far as its size and
    theirs allow. A struct that holds none is taken to be aligned as its members are.
    """
    least = least_struct_align(struct, Reading.LIKELY)
    lines = [
        min(member.line_bytes, largest_power(member.offset_bytes))
        for member in flattened(struct.members)
        if member.line_bytes
    ]
    if not lines and struct.name != TASK_STRUCT:
        return least
    return max(least, min(arch.line_bytes, largest_power(struct.size_bytes), *lines))


def _check_align(struct: StructLayout, align_bytes: int, least: int) -> None:
    if align_bytes < 1 or align_bytes & (align_bytes - 1):
        raise LayoutError(f"an alignment of {align_bytes} is no power of two", where="--align")
    if struct.size_bytes % align_bytes:
        raise LayoutError(
            f"the {struct.size_bytes} bytes of struct {struct.name} are no multiple of"
            f" {align_bytes}",
            where="--align",
            advice=f"give {largest_power(struct.size_bytes)} or less",
        )
    if align_bytes < least:
        raise LayoutError(
            f"struct {struct.name} is aligned to {least} bytes at least, its members show it",
            where="--align",
            advice=f"give {least} or more",
        )


def _landed(members: tuple[Member, ...], edit: Edit) -> Member:
    for index in edit.path:
        members = members[index].members
    return members[edit.index]


def _placed_field(field: Field, place: str, offset_bits: int, rules: Rules) -> PlacedField:
    unit_bytes = field.unit_bytes if field.is_bitfield else 1
    unit, bit = divmod(offset_bits, unit_bytes * 8)
    line = offset_bits // 8 // rules.line_bytes
    return PlacedField(field, place, offset_bits, unit * unit_bytes, bit, line)


def _moved(before: StructLayout, after: StructLayout, field_name: str) -> tuple[Moved, ...]:
    """Return the members that stand elsewhere, in order; the nameless under what they hold."""
    now = {member.name: member.offset_bits for member in flattened(after.members) if member.name}
    return tuple(
        Moved(member.name, member.offset_bits, now[member.name])
        for member in flattened(before.members)
        if member.name != field_name
        and member.name in now
        and now[member.name] != member.offset_bits
    )


def _basis(growth: Interval, rules: Rules) -> str:
    if rules.align_bytes and growth.exact:
        return f"exact, given the struct's alignment of {rules.align_bytes} bytes"
    if growth.known:
        return "exact: the source tells the alignments"
    if growth.exact:
        return "exact: every alignment that explains this layout gives the same"
    return (
        "likely: the source has lost the alignments, so it is between the least and the most that"
        " this layout allows"
    )
