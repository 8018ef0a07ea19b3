"""The remarks of pahole's text: holes, shared bytes, and the sums at the end of a struct."""

from __future__ import annotations

from dataclasses import dataclass

from core.layout.holes import Holes, storage_offset_bytes
from core.layout.model import Member
from core.layout.pahole_infer import Inferred


@dataclass(frozen=True, slots=True)
class Body:
    """A struct or union to be printed: the outermost one or an anonymous one.

    Attributes:
        keyword: ``struct`` or ``union``, with the tag where it has one.
        members: Its members.
        base_bits: Where it begins in the outermost one.
        counted: Its holes and sums.
        inferred: What can be told of its attributes.
    """

    keyword: str
    members: tuple[Member, ...]
    base_bits: int
    counted: Holes
    inferred: Inferred

    def storage_bytes(self, member: Member) -> int:
        """Return the byte of this struct that a member is said to be at."""
        return storage_offset_bytes(member, self.base_bits)


class Neighbours:
    """Tells where a bitfield shares bytes with the member before it, or is kept apart from it."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._offsets = [body.storage_bytes(member) for member in body.members]
        self._bit_holes = {hole.after: hole.size_bits for hole in body.counted.bit_holes}
        self._last_bytes = 0

    def filler(self, index: int) -> int | None:
        """Return the width of the unnamed bitfield before a member; None where there is none."""
        hole_bits = self._bit_holes.get(index - 1, 0) if index else 0
        if not self._last_bytes or not hole_bits or not self._body.members[index].is_bitfield:
            return None
        return hole_bits if self._offsets[index] == self._offsets[index - 1] else 0

    def combined(self, index: int) -> str:
        """Return the remark on bytes that a member shares with the one before it."""
        if not index or not self._last_bytes:
            return ""
        last, member = self._body.members[index - 1], self._body.members[index]
        distance = self._offsets[index] - self._offsets[index - 1]
        joins = not distance and member.is_bitfield and not last.is_bitfield
        if distance < 0 or joins:
            return "/* Bitfield combined with previous fields */"
        if 0 < distance < self._last_bytes:
            return "/* Bitfield combined with next fields */"
        return ""

    def step(self, index: int) -> None:
        """Go past a member."""
        member = self._body.members[index]
        moved = not index or self._offsets[index] != self._offsets[index - 1]
        starts_bits = index and member.is_bitfield and not self._body.members[index - 1].is_bitfield
        if moved or not self._last_bytes or starts_bits:
            self._last_bytes = member.unit_bytes if member.is_bitfield else member.size_bits // 8


def counted_text(number: int, noun: str) -> str:
    """Return ``1 byte`` or ``2 bytes``."""
    return f"{number} {noun}{'s' * (number != 1)}"


def hole_remarks(counted: Holes) -> dict[int, list[str]]:
    """Return the remarks on holes by the index of the member before them."""
    remarks: dict[int, list[str]] = {}
    for bit_hole in counted.bit_holes:
        remark = f"/* XXX {counted_text(bit_hole.size_bits, 'bit')} hole, try to pack */"
        remarks.setdefault(bit_hole.after, []).append(remark)
    for hole in counted.holes:
        remark = f"/* XXX {counted_text(hole.size_bytes, 'byte')} hole, try to pack */"
        remarks.setdefault(hole.after, []).append(remark)
    return remarks


def sums(counted: Holes) -> list[str]:
    """Return the lines with the sums of members and holes; without holes there are none."""
    if not counted.holes and not counted.bit_holes:
        return []
    texts = []
    if counted.sum_members_bytes:
        holes = f", holes: {len(counted.holes)}, sum holes: {counted.sum_holes_bytes}"
        texts.append(f"sum members: {counted.sum_members_bytes}{holes if counted.holes else ''}")
    if counted.sum_bitfield_bits:
        rest = f" ({counted.sum_bitfield_bits // 8} bytes)"
        if counted.bit_holes:
            number, bits = len(counted.bit_holes), counted.sum_bit_holes_bits
            rest = f", bit holes: {number}, sum bit holes: {bits} bits"
        texts.append(f"sum bitfield members: {counted.sum_bitfield_bits} bits{rest}")
    return texts


def forced_alignments(body: Body) -> list[str]:
    """Return the line on members aligned by an attribute, and the holes that come of it."""
    aligned = [index for index, align in enumerate(body.inferred.member_aligns) if align]
    if not aligned:
        return []
    holes = {hole.after: hole.size_bytes for hole in body.counted.holes}
    forced = [holes[index - 1] for index in aligned if index - 1 in holes]
    text = f"forced alignments: {len(aligned)}"
    if forced:
        text += f", forced holes: {len(forced)}, sum forced holes: {sum(forced)}"
    return [text]


def unexplained(counted: Holes) -> str:
    """Return the line on sizes that do not add up, which pahole finds alarming."""
    return (
        f"BRAIN FART ALERT! {counted.size_bytes} bytes != {counted.sum_members_bytes} (member"
        f" bytes) + {counted.sum_bitfield_bits} (member bits) + {counted.sum_holes_bytes} (byte"
        f" holes) + {counted.sum_bit_holes_bits} (bit holes), diff ="
        f" {counted.unexplained_bits} bits"
    )
