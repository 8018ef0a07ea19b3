"""A struct of pahole's text as a layout: places, alignments, and whether the sums are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.errors import LayoutError
from core.layout.abi import largest_power
from core.layout.holes import Holes, summary
from core.layout.model import Endian, Member, StructLayout
from core.layout.pahole_types import CType, cast_spelling
from core.layout.sources.btf_resolve import LINE_TYPES
from core.layout.sources.pahole_find import parse_error
from core.layout.sources.pahole_parse import RawBody, RawMember
from core.layout.sources.pahole_signs import (
    counts_backwards,
    element_align_bytes,
    element_count,
    element_type,
    flat,
    is_scalar,
    knows_alignments,
    old_units_bytes,
    struct_align_bytes,
    told_pointer_bytes,
)

_HOLDS_LINE_TYPE = "sched_entity"
"""It has a sched_avg, but only with CONFIG_SMP (include/linux/sched.h, v4.18 to v6.18)."""

_LEAST_LINE_BYTES = 32
"""What is aligned to a cache line has a size of at least this many bytes, and of multiples."""

_X86_STATE = frozenset(("thread_struct", "fpu"))
"""On x86 the register state, aligned to 64, is in them (arch/x86/include/asm/processor.h)."""

AlignOf = Callable[[str], int]
"""Returns the alignment of a struct by its tag, 0 where the text does not have it."""


@dataclass(slots=True)
class Resolved:
    """A struct read from a text.

    Attributes:
        struct: Its layout.
        pointer_bytes: Size of the first pointer in it, 0 where there is none.
        widest_bytes: The largest alignment of an integer.
        notes: What was concluded and might be wrong.
        inner: Structs it holds by value that the text lists in place (``pahole -E``), by tag.
    """

    struct: StructLayout
    pointer_bytes: int
    widest_bytes: int
    notes: tuple[str, ...]
    inner: dict[str, StructLayout]


class Resolver:
    """Turns what the text says of one struct into a layout.

    Args:
        text: The cleaned text, to tell lines from positions.
        where: What errors begin with.
        endian: Byte order.
        align_of: Tells alignments of other structs in the text.
    """

    def __init__(self, text: str, where: str, endian: Endian, align_of: AlignOf) -> None:
        self._text = text
        self._where = where
        self._endian = endian
        self._align_of = align_of
        self._widest_bytes = 16
        self._pointer_bytes = 0
        self._counts_backwards = False
        self._knows_alignments = False
        self._inner: dict[str, StructLayout] = {}

    def resolve(self, raw: RawBody) -> Resolved:
        """Return the layout.

        Raises:
            LayoutError: An offset or the size is missing, or the numbers contradict each other.
        """
        if "size" not in raw.counts and not raw.is_union:
            raise self._error(f"struct {raw.tag} has no line with its size", raw.position)
        members = list(flat(raw.members))
        self._pointer_bytes = next(filter(None, map(told_pointer_bytes, members)), 0)
        self._widest_bytes = 4 if self._aligns_short(members) else 16
        self._counts_backwards = counts_backwards(raw)
        self._knows_alignments = knows_alignments(raw)
        placed = self._members(raw, 0)
        size_bytes, position = raw.counts.get("size", (_union_bytes(placed), raw.position))
        try:
            struct = StructLayout(
                raw.tag,
                size_bytes,
                placed,
                self._endian,
                align_bytes=raw.align_bytes if self._knows_alignments else 0,
                is_union=raw.is_union,
            )
        except LayoutError as error:
            raise self._error(error.problem, position) from error
        self._check(raw, summary(struct))
        notes = self._notes(raw)
        return Resolved(struct, self._pointer_bytes, self._widest_bytes, notes, self._inner)

    def _notes(self, raw: RawBody) -> tuple[str, ...]:
        notes = []
        attributes = raw.align_bytes or any(one.align_bytes for one in flat(raw.members))
        if attributes and not self._knows_alignments:
            notes.append("alignments that pahole printed may be its guesses and were not relied on")
        if self._counts_backwards:
            notes.append("bit numbers were counted from the other end, as pahole did before 1.13")
        return tuple(notes)

    def _members(self, body: RawBody, base_bytes: int) -> tuple[Member, ...]:
        """Return the members of a struct or union.

        Args:
            body: The struct or union.
            base_bytes: Where it begins in the outermost one.
        """
        # Versions before 1.11 counted what a nested struct holds from its own start.
        told = [one.offset_bytes for one in body.members if one.offset_bytes is not None]
        shift_bytes = base_bytes if min(told, default=base_bytes) < base_bytes else 0
        members: list[Member] = []
        used_bits: dict[int, int] = {}
        for raw in body.members:
            offset_bytes = self._offset_bytes(raw, body, base_bytes, shift_bytes)
            cursor_bits = members[-1].end_bits if members and not body.is_union else base_bytes * 8
            member = self._member(raw, offset_bytes, cursor_bits, used_bits)
            is_behind = member.offset_bits >= cursor_bits or not member.size_bits
            if not is_behind and not body.is_union:
                before = members[-1].name or "the member" if members else "the struct"
                raise self._error(
                    f"{member.name or 'a member'} begins at bit {member.offset_bits}, before"
                    f" {before} before it ends at bit {cursor_bits}",
                    raw.position,
                )
            members.append(member)
        return tuple(members)

    def _offset_bytes(
        self, raw: RawMember, body: RawBody, base_bytes: int, shift_bytes: int
    ) -> int:
        if raw.offset_bytes is not None and raw.size_bytes is not None:
            return raw.offset_bytes + shift_bytes
        if body.is_union and raw.size_bytes is not None:
            return base_bytes
        raise self._error(
            f"{raw.name or 'a member'} has no offset and size",
            raw.position,
            "print it without options that leave the remarks out",
        )

    def _member(
        self, raw: RawMember, offset_bytes: int, cursor_bits: int, used_bits: dict[int, int]
    ) -> Member:
        size_bytes, offset_bits = raw.size_bytes or 0, offset_bytes * 8
        if raw.width_bits:
            if raw.width_bits > size_bytes * 8:
                raise self._error(
                    f"{raw.width_bits} bits of {raw.name} do not fit into its type", raw.position
                )
            offset_bits += self._bit(raw, offset_bytes, used_bits)
        inner = self._members(raw.body, offset_bytes) if raw.body is not None else ()
        align_bytes, least_bytes = self._align_bytes(raw, inner, offset_bytes)
        is_known = bool(raw.align_bytes) and self._knows_alignments
        is_anonymous = raw.body is not None and not raw.body.tag
        if raw.body is not None and raw.body.tag:
            self._keep(raw, raw.body, inner, offset_bytes)
        return Member(
            name=raw.name,
            type_name=cast_spelling(raw.type),
            offset_bits=offset_bits,
            size_bits=raw.width_bits or size_bytes * 8,
            is_bitfield=raw.width_bits > 0,
            align_bytes=raw.align_bytes if is_known else align_bytes,
            unit_bytes=size_bytes,
            is_union=raw.body is not None and is_anonymous and raw.body.is_union,
            members=inner if is_anonymous else (),
            align_known=is_known,
            least_align_bytes=0 if is_known or least_bytes == align_bytes else least_bytes,
            line_bytes=self._line_bytes(element_type(raw.type), size_bytes, offset_bytes),
        )

    def _keep(
        self, raw: RawMember, body: RawBody, members: tuple[Member, ...], offset_bytes: int
    ) -> None:
        """Keep a struct that the text lists in place, counted from its own start."""
        if body.tag not in self._inner:
            size_bytes = (raw.size_bytes or 0) // max(element_count(raw.type), 1)
            moved = _moved(members, -offset_bytes * 8)
            self._inner[body.tag] = StructLayout(
                body.tag, size_bytes, moved, self._endian, is_union=body.is_union
            )

    def _bit(self, raw: RawMember, offset_bytes: int, used_bits: dict[int, int]) -> int:
        """Return a bitfield's offset in its storage unit."""
        bit = raw.bit
        if bit is None:  # the oldest versions told none
            bit = used_bits.get(offset_bytes, 0)
        elif self._counts_backwards:
            bit = (raw.size_bytes or 0) * 8 - bit - raw.width_bits
        if not 0 <= bit < (raw.size_bytes or 0) * 8:
            raise self._error(f"bit {bit} of {raw.name} is outside its type", raw.position)
        used_bits[offset_bytes] = bit + raw.width_bits
        return bit

    def _align_bytes(
        self, raw: RawMember, inner: tuple[Member, ...], offset_bytes: int
    ) -> tuple[int, int]:
        """Return a type's likely alignment and the least it may have."""
        size_bytes, element = raw.size_bytes or 0, element_type(raw.type)
        if raw.width_bits:
            align_bytes = min(largest_power(size_bytes), self._widest_bytes)
            return align_bytes, align_bytes
        if element.kind in ("pointer", "function"):
            align_bytes = self._pointer_bytes or 8
        elif raw.body is not None:
            element_bytes = size_bytes // max(element_count(raw.type), 1)
            align_bytes = struct_align_bytes(
                inner, offset_bytes * 8, element_bytes, is_union=raw.body.is_union
            )
        elif is_scalar(element):
            align_bytes = min(element_align_bytes(raw), self._widest_bytes)
        else:
            tag = element.name.partition(" ")[2]
            align_bytes = self._align_of(tag) if tag else 0
        if align_bytes:
            align_bytes = min(align_bytes, largest_power(offset_bytes))  # packed, where it is less
            return align_bytes, align_bytes
        likely_bytes = min(largest_power(offset_bytes), largest_power(size_bytes))
        return max(min(likely_bytes, self._pointer_bytes or 8), 1), 1

    def _line_bytes(self, element: CType, size_bytes: int, offset_bytes: int) -> int:
        """Return what ``Member.line_bytes`` says, as far as names tell."""
        tag = element.name.removeprefix("struct ")
        if tag in LINE_TYPES:
            return largest_power(size_bytes)
        if tag == _HOLDS_LINE_TYPE:
            both = largest_power(size_bytes | offset_bytes)
            return largest_power(size_bytes) if both >= _LEAST_LINE_BYTES else 0
        if tag in _X86_STATE and self._endian == "little" and size_bytes:
            # Other architectures have structs of that name too, not aligned like that.
            both = largest_power(size_bytes | offset_bytes)
            return largest_power(size_bytes) if both >= 64 else 0
        return 0

    def _aligns_short(self, members: list[RawMember]) -> bool:
        """Notice an ABI that aligns 8-byte integers to 4 by an offset (i386, arm without EABI)."""
        if self._pointer_bytes != 4:
            return False
        return any(
            one.size_bytes == 8 and (one.offset_bytes or 0) % 8 == 4 and is_scalar(one.type)
            for one in members
        )

    def _check(self, raw: RawBody, holes: Holes) -> None:
        """Hold the numbers at the struct's end against its members."""
        self._expect(raw, "members", holes.member_count)
        if raw.is_union or raw.is_doubted:
            return
        is_old = holes.sum_bitfield_bits > 0 and "sum bitfield members" not in raw.counts
        sums = raw.counts.get("sum members")
        units_bytes = old_units_bytes(raw) if is_old else 0
        least_bytes = holes.sum_members_bytes
        if sums is not None and not least_bytes <= sums[0] <= least_bytes + units_bytes:
            raise self._error(
                f"the members' sizes add up to {least_bytes} bytes, not {sums[0]}", sums[1]
            )
        if self._counts_backwards or (is_old and sums is not None):
            return  # versions before 1.13 counted what is beside bitfields in ways of their own
        self._expect(raw, "sum bitfield members", holes.sum_bitfield_bits)
        if holes.sum_members_bytes:
            self._expect(raw, "sum holes", holes.sum_holes_bytes, untold=0)
        self._expect(raw, "padding", holes.padding_bytes, untold=0)
        if holes.sum_bitfield_bits:
            self._expect(raw, "bit_padding", holes.bit_padding_bits, untold=0)
            self._expect(raw, "sum bit holes", holes.sum_bit_holes_bits, untold=0)
        if holes.unexplained_bits:
            size_bytes, position = raw.counts["size"]
            raise self._error(
                f"members, holes and padding miss the size of {size_bytes} bytes by"
                f" {holes.unexplained_bits} bits",
                position,
            )

    def _expect(self, raw: RawBody, what: str, number: int, untold: int | None = None) -> None:
        """Hold one number of the text against what its members come to.

        Args:
            raw: The struct.
            what: What is counted, in pahole's words.
            number: What the members come to.
            untold: What it means where the text does not tell; None: nothing.
        """
        _, last = raw.counts.get("size", (0, raw.position))
        told, position = raw.counts.get(what, (untold, last))
        if told is not None and told != number:
            raise self._error(
                f"{what}: {told}, but the members of struct {raw.tag} come to {number}", position
            )

    def _error(self, problem: str, position: int, advice: str = "") -> LayoutError:
        return parse_error(problem, self._text, position, self._where, advice)


def _union_bytes(members: tuple[Member, ...]) -> int:
    """Return the size of a union, of which pahole prints none."""
    end_bytes = max((-(-member.end_bits // 8) for member in members), default=0)
    align_bytes = max((member.align_bytes for member in members), default=1)
    return -(-end_bytes // align_bytes) * align_bytes


def _moved(members: tuple[Member, ...], by_bits: int) -> tuple[Member, ...]:
    """Return members counted from another start."""
    return tuple(
        replace(
            member,
            offset_bits=member.offset_bits + by_bits,
            members=_moved(member.members, by_bits),
        )
        for member in members
    )
