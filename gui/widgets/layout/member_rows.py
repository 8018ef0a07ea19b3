"""The members of a struct as the rows of a table, with what is unused between them.

Pure: a struct goes in, rows come out, in order of declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from core.layout.abi import explained_align_bytes
from core.layout.holes import count_holes, element_bytes
from core.layout.model import Member, StructLayout
from core.layout.relayout import with_cursors

if TYPE_CHECKING:
    from core.layout.what_if import WhatIf

_TAG = re.compile(r"(?:(?:const|volatile) )*(?:struct|union) ([A-Za-z_]\w*)", re.ASCII)


class RowKind(Enum):
    """What a row is about."""

    MEMBER = "member"
    CANDIDATE = "new field"
    HOLE = "hole"
    BIT_HOLE = "bit hole"
    PADDING = "padding"

    @property
    def is_gap(self) -> bool:
        """Whether no member uses these bits."""
        return self not in (RowKind.MEMBER, RowKind.CANDIDATE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        kind: What it is about.
        name: The member's name; empty for a gap and for an anonymous member.
        type_name: The member's type; empty for a gap.
        depth: How many anonymous members it stands in.
        offset_bits: Where it begins, from the start of the struct.
        size_bits: How much it takes.
        unit_bytes: Storage unit of a bitfield, or of the bits unused in it; 0 for everything else.
        align_bytes: Its alignment, or the least it can be; 0 for a gap.
        align_known: Whether the alignment is what the compiler used.
        gap_bits: What is unused right after it, all together.
        gap_text: The same in words, loose bits and whole bytes apart.
        moved_to_bits: Where it stands with the new field in; -1 where it stays.
    """

    kind: RowKind
    name: str
    type_name: str
    depth: int
    offset_bits: int
    size_bits: int
    unit_bytes: int = 0
    align_bytes: int = 0
    align_known: bool = False
    gap_bits: int = 0
    gap_text: str = ""
    moved_to_bits: int = -1

    @property
    def is_bitfield(self) -> bool:
        """Whether it is counted in bits."""
        return self.unit_bytes > 0

    @property
    def tag(self) -> str:
        """Tag of the struct or union that the member is, points to or is an array of; or empty."""
        found = _TAG.match(self.type_name) if "(" not in self.type_name else None
        return found[1] if found else ""

    def position_text(self, offset_bits: int) -> str:
        """Return an offset as pahole has it: ``1,308``, of a bitfield ``2,344:11``."""
        if not self.is_bitfield:
            return f"{offset_bits // 8:,}"
        unit_bits = self.unit_bytes * 8
        unit, bit = divmod(offset_bits, unit_bits)
        return f"{unit * unit_bits // 8:,}:{bit}"

    @property
    def offset_text(self) -> str:
        """Where it is."""
        return self.position_text(self.offset_bits)

    @property
    def size_text(self) -> str:
        """How much it takes: bytes as a bare number, bits with their unit."""
        return bits_text(self.size_bits) if self.is_bitfield else f"{self.size_bits // 8:,}"

    @property
    def align_text(self) -> str:
        """Its alignment: ``8``, or ``≥ 8`` where only the least is known."""
        if not self.align_bytes:
            return ""
        return f"{self.align_bytes}" if self.align_known else f"≥ {self.align_bytes}"

    @property
    def move_text(self) -> str:
        """From where to where it moves."""
        if self.moved_to_bits < 0:
            return ""
        return f"{self.offset_text} → {self.position_text(self.moved_to_bits)}"

    @property
    def title(self) -> str:
        """What its name column says."""
        if self.kind.is_gap:
            noun = "of padding" if self.kind is RowKind.PADDING else "unused"
            return f"{self.amount_text} {noun}"
        return self.name or "(anonymous)"

    @property
    def amount_text(self) -> str:
        """How much it takes, with the unit."""
        if self.is_bitfield:
            return bits_text(self.size_bits)
        size_bytes = self.size_bits // 8
        return f"{size_bytes:,} byte{'' if size_bytes == 1 else 's'}"

    def lines(self, line_bytes: int) -> tuple[int, int]:
        """Return the first and the last cache line it touches."""
        last_bit = self.offset_bits + max(self.size_bits, 1) - 1
        return self.offset_bits // 8 // line_bytes, last_bit // 8 // line_bytes

    def line_text(self, line_bytes: int) -> str:
        """Return the cache lines it touches."""
        first, last = self.lines(line_bytes)
        return f"{first}" if first == last else f"{first}–{last}"


def bits_text(count: int) -> str:
    """Return ``1 bit``, ``2 bits``."""
    return f"{count:,} bit{'' if count == 1 else 's'}"


def member_rows(struct: StructLayout, what_if: WhatIf | None = None) -> tuple[Row, ...]:
    """Return the rows of a struct as it is, with the new field where it would go.

    Args:
        struct: The struct.
        what_if: What the new field does to this struct; None where there is none.
    """
    steps = _Steps(struct, what_if)
    rows = list(_rows(struct.members, 0, struct.size_bytes, struct.is_union, 0, steps))
    if what_if is not None and steps.at >= 0:
        rows.insert(_candidate_index(rows, steps), _candidate(what_if, steps.depth))
    return tuple(rows)


class _Steps:
    """Where members go, one after the other as ``_rows`` meets them, and where the field is.

    Attributes:
        at: How many members come before the field; -1 where there is none.
        depth: How many anonymous members it stands in.
    """

    def __init__(self, struct: StructLayout, what_if: WhatIf | None) -> None:
        self.at, self.depth = -1, 0
        self._to: Iterator[Member] = iter(())
        if what_if is None or what_if.before != struct:
            return
        after = list(_with_depth(what_if.after.members, 0))
        wanted = what_if.field.name, what_if.field.offset_bits
        for index, (member, depth) in enumerate(after):
            if (member.name, member.offset_bits) == wanted:
                self.at, self.depth = index, depth
                del after[index]
                self._to = iter([member for member, _ in after])
                return

    def moved_to(self, member: Member) -> int:
        """Return where the next member goes, -1 where it stays."""
        now = next(self._to, None)
        if now is None or now.offset_bits == member.offset_bits:
            return -1
        return now.offset_bits


def _with_depth(members: tuple[Member, ...], depth: int) -> Iterator[tuple[Member, int]]:
    for member in members:
        yield member, depth
        if not member.name:
            yield from _with_depth(member.members, depth + 1)


def _rows(
    members: tuple[Member, ...],
    base_bits: int,
    size_bytes: int,
    is_union: bool,
    depth: int,
    steps: _Steps,
) -> Iterator[Row]:
    """Yield members, what anonymous ones hold, and the gaps, at their level.

    Args:
        members: Of one struct or anonymous part.
        base_bits: Where that begins.
        size_bytes: Its size.
        is_union: Whether they overlap.
        depth: How many anonymous members it stands in.
        steps: Where members go.
    """
    gaps = _gaps(members, base_bits, size_bytes, is_union, depth)
    yield from gaps.get(-1, ())
    for index, (member, cursor_bits) in enumerate(with_cursors(members, is_union, base_bits)):
        behind = gaps.get(index, [])
        yield _member_row(member, depth, cursor_bits, behind, steps.moved_to(member))
        if not member.name:
            inside = member.members, member.offset_bits, element_bytes(member), member.is_union
            yield from _rows(*inside, depth + 1, steps)
        yield from behind


def _member_row(
    member: Member, depth: int, cursor_bits: int, behind: list[Row], moved_to_bits: int
) -> Row:
    align_bytes = member.align_bytes
    if not member.align_known:
        align_bytes = member.least_align_bytes or align_bytes
        if not member.is_bitfield:
            align_bytes = explained_align_bytes(align_bytes, cursor_bits, member.offset_bits)
    return Row(
        RowKind.MEMBER, member.name, member.type_name, depth, member.offset_bits, member.size_bits,
        (member.unit_bytes or 4) if member.is_bitfield else 0, align_bytes, member.align_known,
        sum(gap.size_bits for gap in behind), ", ".join(gap.amount_text for gap in behind),
        moved_to_bits,
    )  # fmt: skip


def _gaps(
    members: tuple[Member, ...], base_bits: int, size_bytes: int, is_union: bool, depth: int
) -> dict[int, list[Row]]:
    """Return the gaps by the index of the member before them, -1 for before the first."""
    counted = count_holes(members, base_bits, size_bytes, is_union=is_union)
    found: dict[int, list[Row]] = {}

    def put(kind: RowKind, after: int, offset_bits: int, size_bits: int) -> None:
        if size_bits > 0:  # less than nothing only where members overlap
            unit_bytes = _unit_bytes(members, after) if kind is RowKind.BIT_HOLE else 0
            row = Row(kind, "", "", depth, base_bits + offset_bits, size_bits, unit_bytes)
            found.setdefault(after, []).append(row)

    for bit_hole in counted.bit_holes:
        put(RowKind.BIT_HOLE, bit_hole.after, bit_hole.offset_bits, bit_hole.size_bits)
    for hole in counted.holes:
        put(RowKind.HOLE, hole.after, hole.offset_bytes * 8, hole.size_bytes * 8)
    last, end_bits = len(members) - 1, (size_bytes - counted.padding_bytes) * 8
    bits = counted.bit_padding_bits
    put(RowKind.BIT_HOLE, last, end_bits - bits, bits)
    put(RowKind.PADDING, last, end_bits, counted.padding_bytes * 8)
    for rows in found.values():
        rows.sort(key=lambda row: row.offset_bits)
    return found


def _unit_bytes(members: tuple[Member, ...], after: int) -> int:
    """Return the storage unit of the bitfields beside a bit hole."""
    beside = members[max(after, 0) : after + 2]
    return next((member.unit_bytes for member in beside if member.is_bitfield), 0) or 4


def _candidate(what_if: WhatIf, depth: int) -> Row:
    placed, field = what_if.field, what_if.field.field
    return Row(
        RowKind.CANDIDATE, field.name, field.type_name, depth, placed.offset_bits, field.size_bits,
        field.unit_bytes if field.is_bitfield else 0, field.align_bytes, align_known=True,
    )  # fmt: skip


def _candidate_index(rows: list[Row], steps: _Steps) -> int:
    """Return where the field's row goes: before the gap it fills, after the member before it."""
    members = [index for index, row in enumerate(rows) if row.kind is RowKind.MEMBER]
    index = members[steps.at] if steps.at < len(members) else len(rows)
    while index and rows[index - 1].kind.is_gap and rows[index - 1].depth == steps.depth:
        index -= 1
    return index
