"""Sizes, alignments and members of DWARF types.

DWARF tells an alignment where somebody asked for one (DW_AT_alignment; gcc 7 and later), on a
type or on a member. Where nobody did, it is that of the machine's ABI, unless the offsets say
otherwise: ``packed`` is not written down, and gcc loses some attributes (that of struct util_est
on armhf and mipsel, 6.1). What the offsets contradict is not called known.
"""

from __future__ import annotations

from typing import NamedTuple

from core.layout.abi import (
    align_up,
    explained_align_bytes,
    largest_power,
    padded_align_bytes,
)
from core.layout.model import Member, StructLayout
from core.layout.sources.btf_resolve import LINE_TYPES
from core.layout.sources.dwarf_forms import At, Tag
from core.layout.sources.dwarf_spell import CHAIN, lengths, spelled
from core.layout.sources.dwarf_units import DebugInfo, Entry
from core.layout.sources.elf import Elf

AGGREGATES = (Tag.STRUCT, Tag.UNION)

_MOST_MEMBERS = 20_000
"""Members of one struct with its anonymous parts: damaged data could multiply without end."""

_TRANSPARENT = frozenset((Tag.TYPEDEF, Tag.CONST, Tag.VOLATILE, Tag.RESTRICT, Tag.ATOMIC))
_EM_ARM, _EM_ARM_EABI = 40, 0xFF000000
_X86_STATE = "fpu"
"""struct fpu has 64-byte-aligned register state on x86 (6.1, arch/x86/include/asm/fpu/types.h)."""

_STRICT = frozenset(("arm", "armeb", "mips", "mips64el", "riscv32", "riscv64"))
_WORDS = (2, 4, 8, 16)
"""Where loads must be aligned, gcc 12 leaves a struct's alignment attribute out of DWARF if the
struct is as large as a machine word and aligned to its size: struct util_est is one."""


class Align(NamedTuple):
    """An alignment, and whether the compiler used just this one."""

    bytes: int
    is_known: bool = True


class _Raw(NamedTuple):
    """A member as its entry has it; ``wanted_bytes`` is an attribute on it, or 0."""

    name: str
    type_at: int | None
    offset_bits: int
    width_bits: int
    wanted_bytes: int


class DwarfTypes:
    """Sizes, alignments and members of the types a struct reaches.

    Args:
        info: The entries.
        elf: The file they are in, for its architecture.
    """

    def __init__(self, info: DebugInfo, elf: Elf) -> None:
        self._info, self._endian, self._arch = info, elf.endian, elf.arch
        self.pointer_bytes = elf.address_bytes
        self._widest_align = widest_align_bytes(elf)
        self._bares: dict[int, Entry] = {}
        self._sizes: dict[int, int] = {}
        self._aligns: dict[int, Align] = {}
        self._lines: dict[int, int] = {}
        self._raws: dict[int, list[_Raw]] = {}
        self._members_left = _MOST_MEMBERS

    def struct_layout(self, struct: Entry) -> StructLayout:
        """Return a struct or union with its anonymous parts resolved."""
        self._members_left = _MOST_MEMBERS
        members = self._members(struct, 0, 0)
        align = self.align(struct.at, 0)
        return StructLayout(
            struct.name,
            struct.values[At.BYTE_SIZE],
            members,
            self._endian,
            align.bytes if align.is_known else 0,
            struct.tag == Tag.UNION,
        )

    def size_bytes(self, at: int | None) -> int:
        """Return the size of a type; an array without a length has none."""
        if at is None:
            return 1  # void, as gcc counts it
        if at not in self._sizes:
            self._sizes[at] = self._size_bytes(at)
        return self._sizes[at]

    def align(self, at: int | None, depth: int) -> Align:
        """Return the alignment of a type.

        Raises:
            LayoutError: It is part of itself, or the data are damaged.
        """
        if at is None:
            return Align(1)
        if at not in self._aligns:
            if depth > CHAIN:
                raise self._info.damaged("types are nested too deeply", at)
            self._aligns[at] = self._align(at, depth)
        return self._aligns[at]

    def _align(self, at: int, depth: int) -> Align:
        found = self._info.entry(at)
        wanted_bytes = found.values.get(At.ALIGNMENT, 0)
        if found.tag in AGGREGATES:
            return self._aggregate_align(found, wanted_bytes, depth + 1)
        if _is_power(wanted_bytes):
            return Align(wanted_bytes)
        if found.tag in _TRANSPARENT or found.tag == Tag.ARRAY:
            return self.align(found.values.get(At.TYPE), depth + 1)
        # The largest power of two in it: an x87 long double has 12 bytes and aligns to 4.
        return Align(min(largest_power(self.size_bytes(at) or 1), self._widest_align))

    def _aggregate_align(self, parent: Entry, wanted_bytes: int, depth: int) -> Align:
        """Return the alignment of a struct or union, checked against all its offsets."""
        size_bytes = parent.values.get(At.BYTE_SIZE, 0)
        is_packed = self._is_packed(parent, depth)
        align_bytes, is_known, cursor_bits, end_bits = 1, True, 0, 0
        for raw in self._raw_members(parent):
            placed = self._placed(raw, cursor_bits, is_packed, depth)
            align_bytes = max(align_bytes, placed.bytes)
            is_known = is_known and placed.is_known
            member_end_bits = raw.offset_bits + self._bits(raw)
            end_bits = max(end_bits, member_end_bits)
            cursor_bits = 0 if parent.tag == Tag.UNION else member_end_bits
        if _is_power(wanted_bytes) and size_bytes % wanted_bytes == 0:
            return Align(wanted_bytes)
        padded = padded_align_bytes(align_bytes, end_bits, size_bytes)
        is_hidden = self._arch in _STRICT and padded < size_bytes and size_bytes in _WORDS
        is_known = is_known and padded == align_bytes and not wanted_bytes and not is_hidden
        return Align(padded, is_known)

    def _is_packed(self, parent: Entry, depth: int) -> bool:
        """Return whether a struct or a member of it shows less alignment than types have."""
        size_bytes = parent.values.get(At.BYTE_SIZE, 0)
        for raw in self._raw_members(parent):
            align_bytes = self.align(raw.type_at, depth).bytes
            is_odd = not raw.width_bits and raw.offset_bits % (align_bytes * 8)
            if is_odd or size_bytes % align_bytes:
                return True
        return False

    def _placed(self, raw: _Raw, cursor_bits: int, is_packed: bool, depth: int) -> Align:
        """Return a member's alignment, not known where places in its struct contradict it."""
        natural = self.align(raw.type_at, depth)
        if raw.width_bits:
            return Align(natural.bytes, natural.is_known and not is_packed)
        wanted = natural
        if _is_power(raw.wanted_bytes):
            wanted = Align(max(raw.wanted_bytes, natural.bytes))
            if raw.offset_bits % (wanted.bytes * 8):  # packed, and then aligned
                wanted = Align(raw.wanted_bytes)
        is_told = _is_power(raw.wanted_bytes) or not is_packed
        if align_up(cursor_bits, wanted.bytes * 8) == raw.offset_bits and is_told:
            return wanted
        return Align(explained_align_bytes(wanted.bytes, cursor_bits, raw.offset_bits), False)

    def _members(self, parent: Entry, base_bits: int, depth: int) -> tuple[Member, ...]:
        raws = self._raw_members(parent)
        self._members_left -= len(raws)
        if depth > CHAIN or self._members_left < 0:
            raise self._info.damaged("too many or too deeply nested members", parent.at)
        is_packed = self._is_packed(parent, depth)
        members, cursor_bits = [], 0
        for raw in raws:
            align = self._placed(raw, cursor_bits, is_packed, depth)
            members.append(self._member(raw, base_bits, align, depth))
            cursor_bits = 0 if parent.tag == Tag.UNION else raw.offset_bits + self._bits(raw)
        return tuple(members)

    def _member(self, raw: _Raw, base_bits: int, align: Align, depth: int) -> Member:
        offset_bits, inner = base_bits + raw.offset_bits, self._element(raw.type_at)
        is_anonymous = inner is not None and not inner.name and inner.tag in AGGREGATES
        is_anonymous = is_anonymous and not raw.width_bits
        return Member(
            name=raw.name,
            type_name=spelled(self._info, raw.type_at),
            offset_bits=offset_bits,
            size_bits=self._bits(raw),
            is_bitfield=raw.width_bits > 0,
            align_bytes=align.bytes,
            unit_bytes=self.size_bytes(raw.type_at),
            is_union=is_anonymous and inner is not None and inner.tag == Tag.UNION,
            members=self._members(inner, offset_bits, depth + 1) if inner and is_anonymous else (),
            align_known=align.is_known,
            line_bytes=self._line_bytes(raw.type_at, depth),
        )

    def _bits(self, raw: _Raw) -> int:
        return raw.width_bits or self.size_bytes(raw.type_at) * 8

    def _raw_members(self, parent: Entry) -> list[_Raw]:
        if parent.at not in self._raws:
            children = self._info.children(parent)
            self._raws[parent.at] = [self._raw(c) for c in children if c.tag == Tag.MEMBER]
        return self._raws[parent.at]

    def _raw(self, member: Entry) -> _Raw:
        values = member.values
        type_at = values.get(At.TYPE)
        width_bits = values.get(At.BIT_SIZE, 0)
        offset_bits = values.get(At.LOCATION, 0) * 8
        if At.DATA_BIT_OFFSET in values:
            offset_bits = values[At.DATA_BIT_OFFSET]
        elif width_bits:
            # Up to DWARF 3 bits count from the most significant one of the unit.
            unit_bits = 8 * (values.get(At.BYTE_SIZE) or self.size_bytes(type_at))
            first_bits = values.get(At.BIT_OFFSET, 0)
            is_big = self._endian == "big"
            offset_bits += first_bits if is_big else unit_bits - first_bits - width_bits
        return _Raw(member.name, type_at, offset_bits, width_bits, values.get(At.ALIGNMENT, 0))

    def _size_bytes(self, at: int) -> int:
        count, bare = 1, self._bare(at)
        for _ in range(CHAIN):
            if bare is None or bare.tag != Tag.ARRAY:
                break
            for length in lengths(self._info, bare):
                count *= length
            bare = self._bare(bare.values.get(At.TYPE))
        if bare is None:
            return count
        size_bytes = bare.values.get(At.BYTE_SIZE)
        if size_bytes is None and bare.tag == Tag.POINTER:
            size_bytes = self.pointer_bytes
        if size_bytes is None:
            raise self._info.damaged("a type that has no size is that of a member", at)
        return size_bytes * count

    def _line_bytes(self, at: int | None, depth: int) -> int:
        """Return the largest alignment that the cache-line types in a type allow; 0: none there."""
        bare = self._element(at)
        if bare is None or bare.tag not in AGGREGATES:
            return 0
        if bare.at in self._lines:
            return self._lines[bare.at]
        if depth > CHAIN:
            raise self._info.damaged("types are nested too deeply", bare.at)
        lines = [
            min(line, largest_power(raw.offset_bits // 8))
            for raw in self._raw_members(bare)
            if not raw.width_bits and (line := self._line_bytes(raw.type_at, depth + 1))
        ]
        is_x86_state = bare.name == _X86_STATE and self._arch in ("x86_64", "i386")
        if bare.name in LINE_TYPES or is_x86_state or lines:
            lines.append(largest_power(bare.values.get(At.BYTE_SIZE, 0)))
        self._lines[bare.at] = line_bytes = min(lines, default=0)
        return line_bytes

    def _bare(self, at: int | None) -> Entry | None:
        """Return a type without typedefs and qualifiers, None for void."""
        if at in self._bares:
            return self._bares[at]
        first = at
        for _ in range(CHAIN):
            if at is None:
                return None
            found = self._info.entry(at)
            if found.tag not in _TRANSPARENT:
                if first is not None:
                    self._bares[first] = found
                return found
            at = found.values.get(At.TYPE)
        raise self._info.damaged("a type refers to itself", at or 0)

    def _element(self, at: int | None) -> Entry | None:
        """Return what an array is made of, another type as it is."""
        bare = self._bare(at)
        for _ in range(CHAIN):
            if bare is None or bare.tag != Tag.ARRAY:
                return bare
            bare = self._bare(bare.values.get(At.TYPE))
        raise self._info.damaged("an array of itself", at or 0)


def widest_align_bytes(elf: Elf) -> int:
    """Return the strictest alignment that a base type has in a struct.

    i386 and ARM before its EABI align 8-byte types to 4; s390x aligns 16-byte types to 8 (the
    processor supplements of the System V ABI).
    """
    is_old_arm = elf.machine == _EM_ARM and not elf.flags & _EM_ARM_EABI
    if elf.arch == "i386" or is_old_arm:
        return 4
    return 8 if elf.arch == "s390x" else 16


def _is_power(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0
