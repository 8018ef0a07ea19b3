"""What a task costs as its struct is given more and more bytes: the steps of the staircase.

Between two steps a byte more is free, because a hole, the struct's padding or the slab's waste
takes it in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.layout.abi import align_up, bitfield_offset_bits
from core.layout.model import Member, StructLayout
from core.layout.named_place import default_place, edit_at
from core.layout.randstruct import refuse_shuffled
from core.layout.relayout import (
    Alignments,
    Edit,
    check_reproduces,
    likely_alignments,
    relaid,
    with_cursors,
)

if TYPE_CHECKING:
    from core.layout.analysis import Analysis

MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of sizes that cost the same.

    Attributes:
        added_bytes: The least number of bytes added that costs this.
        sizeof: The struct's size there.
        object_bytes: What an object takes there.
        objects: Objects in a slab there.
        bytes_per_task: What a task costs there, its share of the slab's waste included.
    """

    added_bytes: int
    sizeof: int
    object_bytes: int
    objects: int
    bytes_per_task: float


def staircase(analysis: Analysis, place: str = "", *, most_bytes: int = 1024) -> tuple[Step, ...]:
    """Return the steps from nothing added to ``most_bytes``, in the likeliest reading.

    Args:
        analysis: The struct, and the slab it lives in.
        place: Where the bytes are added; empty for the place of the first patch.
        most_bytes: How far to look.

    Raises:
        LayoutError: There is no such place, or nothing can be predicted.
    """
    grown = _Grown(analysis, place)
    steps: list[Step] = []
    added, limit = 0, min(most_bytes, MOST_BYTES)
    while added <= limit:
        sizeof = grown(added)
        steps.append(_step(analysis, added, sizeof))
        added = _next_change(grown, added, sizeof, limit)
    return tuple(steps)


def steps_at(analysis: Analysis, place: str = "") -> tuple[Step, ...]:
    """Return the steps of a place as ``staircase`` finds them, each place's only once.

    Raises:
        LayoutError: As ``staircase``.
    """
    wanted = "" if place == "upstream" else place
    if wanted not in analysis.steps:
        analysis.steps[wanted] = staircase(analysis, wanted)
    return analysis.steps[wanted]


def next_rise(steps: tuple[Step, ...], added_bytes: int) -> Step | None:
    """Return the first step after so many bytes on which a task costs more, or None."""
    here = at(steps, added_bytes)
    later = (step for step in steps if step.added_bytes > added_bytes)
    return next((step for step in later if step.bytes_per_task > here.bytes_per_task), None)


def at(steps: tuple[Step, ...], added_bytes: int) -> Step:
    """Return the step that so many bytes stand on."""
    return max(
        (step for step in steps if step.added_bytes <= added_bytes),
        key=lambda step: step.added_bytes,
    )


class _Grown:
    """sizeof(struct) with so many bytes added, evaluated a thousand times for one plot."""

    def __init__(self, analysis: Analysis, place: str) -> None:
        struct = analysis.layout.struct
        refuse_shuffled(analysis.layout, analysis.rules.shuffled_by)
        align = analysis.align.best
        self._alignments = likely_alignments(struct, align)
        check_reproduces(struct, self._alignments, analysis.layout.name)
        place = place or default_place(struct, is_bitfield=False)
        self._edit = edit_at(struct, place, _bytes(1), where=analysis.layout.name)
        self._struct = struct
        self._rest = [] if self._edit.path else _prepared(struct, self._edit, self._alignments)

    def __call__(self, added_bytes: int) -> int:
        struct, edit = self._struct, self._edit
        if not added_bytes:
            return struct.size_bytes
        if edit.path or struct.is_union or self._alignments.is_packed:
            made = Edit(edit.index, _bytes(added_bytes), edit.path)
            return relaid(struct, self._alignments, made).size_bytes
        cursor = struct.members[edit.index - 1].end_bits if edit.index else 0
        cursor = align_up(cursor, 8) + added_bytes * 8
        for is_plain, size_bits, unit_bytes, align_bytes in self._rest:
            if is_plain:
                cursor = align_up(cursor, align_bytes * 8) + size_bits
            else:
                cursor = bitfield_offset_bits(cursor, size_bits, unit_bytes, align_bytes)
                cursor += size_bits
        return align_up(cursor, self._alignments.struct_bytes * 8) // 8


def _prepared(
    struct: StructLayout, edit: Edit, alignments: Alignments
) -> list[tuple[bool, int, int, int]]:
    """Return what is needed of the members behind the place: plain?, bits, unit, alignment."""
    rest = []
    for index, (member, cursor) in enumerate(with_cursors(struct.members, struct.is_union)):
        if index < edit.index:
            continue
        if member.is_bitfield:
            rule = (member.size_bits, member.unit_bytes, member.align_bytes)
            if bitfield_offset_bits(cursor, *rule) == member.offset_bits:
                rest.append((False, *rule))
                continue
            rest.append((True, 0, 0, member.align_bytes))  # an ``unsigned :0``
            rest.append((False, *rule))
            continue
        align_bytes = alignments.of(member, cursor, alignments.struct_bytes)
        rest.append((True, member.size_bits, 0, align_bytes))
    return rest


def _bytes(count: int) -> Member:
    return Member("added", f"char[{count}]", 0, count * 8, False, 1, count, align_known=True)


def _step(analysis: Analysis, added_bytes: int, sizeof: int) -> Step:
    slab = analysis.cache.cost(sizeof).slab
    return Step(added_bytes, sizeof, slab.object_bytes, slab.objects, slab.bytes_per_object)


def _next_change(grown: _Grown, added: int, sizeof: int, limit: int) -> int:
    """Return the least number of bytes with another sizeof, or one past the limit."""
    if grown(limit) == sizeof:
        return limit + 1
    low, high = added, limit
    while high - low > 1:
        middle = (low + high) // 2
        if grown(middle) == sizeof:
            low = middle
        else:
            high = middle
    return high
