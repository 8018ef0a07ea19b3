"""Sizes, alignments and members of BTF types, resolved as far as a struct reaches them.

BTF holds no alignment: what is told here is the least that explains a type's own members.
"""

from __future__ import annotations

from core.errors import LayoutError
from core.layout.abi import explained_align_bytes, largest_power, padded_align_bytes
from core.layout.arch import ARCHITECTURES
from core.layout.model import Member, StructLayout
from core.layout.sources.btf_kinds import LAST_KIND, Kind
from core.layout.sources.btf_spell import spelled
from core.layout.sources.btf_types import CHAIN, Type, TypeSection, damaged_type

_MOST_MEMBERS = 20_000
"""Members of one struct with its anonymous parts: damaged data could multiply without end."""

_MOST_REACHED = 100_000
"""Types that one struct may reach: a task_struct reaches a thousand. It bounds the memory."""

_MOST_KEPT = 20_000
"""Resolved types that are kept from one struct to the next."""

_TRANSPARENT = frozenset((Kind.TYPEDEF, Kind.VOLATILE, Kind.CONST, Kind.RESTRICT, Kind.TYPE_TAG))
_SIZED = frozenset((Kind.INT, Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUM64, Kind.FLOAT))
_AGGREGATES = (Kind.STRUCT, Kind.UNION)
_LONGS = ("long unsigned int", "unsigned long", "long int", "long")
_WITH_WIDE_INTEGERS = ("task_struct", "sched_entity", "sched_statistics", "signal_struct")
"""Where an 8-byte integer at an odd multiple of 4 is looked for."""

LINE_TYPES = frozenset(("sched_avg", "sched_statistics"))
"""Structs in task_struct that are ____cacheline_aligned (include/linux/sched.h, v4.18 to v6.18)."""

_X86_LINE_TYPE = "fpu"
"""struct fpu has 64-byte-aligned register state on x86 (arch/x86/include/asm/fpu/types.h); s390,
which is big-endian, has another struct of that name."""


class Resolver:
    """Sizes, alignments and members of the types a struct reaches.

    Args:
        types: The section they are in.
        arch: Architecture, empty where nobody told.

    Attributes:
        pointer_bytes: Size of ``long``, which in Linux is that of a pointer.

    Raises:
        LayoutError: The section has no ``long``.
    """

    def __init__(self, types: TypeSection, arch: str) -> None:
        self._types = types
        self._bares: dict[int, Type] = {}
        self._sizes: dict[int, int] = {}
        self._aligns: dict[int, int] = {}
        self._naturals: dict[int, int] = {}
        self._lines: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self.pointer_bytes = self._measured_pointer_bytes(arch)
        # i386 aligns 8-byte integers to 4 inside structs.
        self._widest_align = 4 if arch == "i386" or self._aligns_short() else 16
        self._members_left = _MOST_MEMBERS

    def struct_layout(self, struct: Type) -> StructLayout:
        """Return a struct or union with its anonymous parts resolved."""
        self._members_left = _MOST_MEMBERS
        self._forget()
        members = self._members(struct, 0, 0)
        return StructLayout(
            struct.name,
            struct.size_or_type,
            members,
            self._types.endian,
            is_union=struct.kind == Kind.UNION,
        )

    def size_and_align(self, type_id: int) -> tuple[int, int]:
        """Return size and likely alignment of a type in bytes."""
        return self._size_bytes(type_id), self._align_bytes(type_id, 0)

    def natural_bytes(self, type_id: int, depth: int = 0) -> int:
        """Return a type's alignment in bytes as pahole counts it: no attributes, sizes alone."""
        bare = self._element(self._bare(type_id))
        if bare.type_id in self._naturals:
            return self._naturals[bare.type_id]
        if depth > CHAIN:
            raise damaged_type(self._types, bare, "is nested too deeply")
        if bare.kind in _AGGREGATES:
            fields = self._fields(bare)
            inner = (self.natural_bytes(field_id, depth + 1) for field_id, _, _ in fields)
            natural = max(inner, default=1)
        else:
            natural = self._size_bytes(bare.type_id) or 1
        self._naturals[bare.type_id] = natural
        return natural

    def _forget(self) -> None:
        """Keep what was resolved for the next struct, as long as it is not the whole kernel."""
        if len(self._bares) > _MOST_KEPT:
            for known in (self._bares, self._sizes, self._aligns, self._naturals, self._lines):
                known.clear()
            self._names.clear()

    def _members(self, parent: Type, base_bits: int, depth: int) -> tuple[Member, ...]:
        self._members_left -= parent.element_count
        if depth > CHAIN or self._members_left < 0:
            raise damaged_type(self._types, parent, "has too many or too deeply nested members")
        words, text, at = self._types.words, self._types.text, parent.words_at
        return tuple(
            self._member(
                text(words[at + 3 * index], at + 3 * index),
                type_id,
                base_bits + offset_bits,
                width_bits,
                depth,
            )
            for index, (type_id, offset_bits, width_bits) in enumerate(self._fields(parent))
        )

    def _member(
        self, name: str, type_id: int, offset_bits: int, width_bits: int, depth: int
    ) -> Member:
        size_bytes, inner = self._size_bytes(type_id), self._element(self._bare(type_id))
        is_anonymous = inner.kind in _AGGREGATES and not inner.name and not width_bits
        return Member(
            name=name,
            type_name=self._spelled(type_id),
            offset_bits=offset_bits,
            size_bits=width_bits or size_bytes * 8,
            is_bitfield=width_bits > 0,
            align_bytes=self._align_bytes(type_id, depth),
            unit_bytes=size_bytes,
            is_union=is_anonymous and inner.kind == Kind.UNION,
            members=self._members(inner, offset_bits, depth + 1) if is_anonymous else (),
            line_bytes=self._line_bytes(type_id, depth),
        )

    def _spelled(self, type_id: int) -> str:
        name = self._names.get(type_id)
        if name is None:
            name = self._names[type_id] = spelled(self._types, type_id)
        return name

    def _fields(self, parent: Type) -> list[tuple[int, int, int]]:
        """Return type id, offset and bitfield width (or 0) of each member, in bits."""
        at = parent.words_at
        numbers = self._types.words[at : at + 3 * parent.element_count].tolist()
        pairs = zip(numbers[1::3], numbers[2::3], strict=True)
        if parent.flag:
            return [(type_id, offset & 0xFFFFFF, offset >> 24) for type_id, offset in pairs]
        return [(type_id, *self._old_bitfield(type_id, offset)) for type_id, offset in pairs]

    def _old_bitfield(self, type_id: int, offset_bits: int) -> tuple[int, int]:
        """Return offset and width where a width can only be that of the integer type."""
        bare = self._bare(type_id)
        if bare.kind != Kind.INT:
            return offset_bits, 0
        encoding = self._types.words[bare.words_at]
        shift_bits, width_bits = encoding >> 16 & 0xFF, encoding & 0xFF
        if width_bits == bare.size_or_type * 8 and not shift_bits:
            return offset_bits, 0
        return offset_bits + shift_bits, width_bits

    def _bare(self, type_id: int) -> Type:
        """Return a type without typedefs and qualifiers."""
        if type_id in self._bares:
            return self._bares[type_id]
        if len(self._bares) > _MOST_REACHED:
            raise self._types.damaged("this struct reaches too many types", 0)
        found = self._types.type_at(type_id)
        for _ in range(CHAIN):
            if found.kind not in _TRANSPARENT:
                self._bares[type_id] = found
                return found
            found = self._types.type_at(found.size_or_type)
        raise damaged_type(self._types, found, "refers to itself")

    def _size_bytes(self, type_id: int) -> int:
        if type_id in self._sizes:
            return self._sizes[type_id]
        count, bare = 1, self._bare(type_id)
        for _ in range(CHAIN):
            if bare.kind != Kind.ARRAY:
                break
            count *= self._types.words[bare.words_at + 2]
            bare = self._bare(self._types.words[bare.words_at])
        if bare.kind == Kind.PTR:
            size_bytes = self.pointer_bytes * count
        elif bare.kind in _SIZED:
            size_bytes = bare.size_or_type * count
        elif bare.kind > LAST_KIND:
            raise self._types.unknown_kind(bare.kind, bare.type_id, bare.words_at - 3)
        else:
            raise damaged_type(self._types, bare, "has no size but is that of a member")
        self._sizes[type_id] = size_bytes
        return size_bytes

    def _align_bytes(self, type_id: int, depth: int) -> int:
        """Return the alignment of a type, as its own members show it."""
        if type_id in self._aligns:
            return self._aligns[type_id]
        bare = self._element(self._bare(type_id))
        if depth > CHAIN:
            raise damaged_type(self._types, bare, "is nested too deeply")
        if bare.type_id in self._aligns:
            align_bytes = self._aligns[bare.type_id]
        elif bare.kind in _AGGREGATES:
            align_bytes = self._aggregate_align_bytes(bare, depth + 1)
            self._aligns[bare.type_id] = align_bytes
        else:
            size_bytes = self._size_bytes(bare.type_id)
            # The largest power of two in it: an x87 long double has 12 bytes and aligns to 4.
            align_bytes = min(size_bytes & -size_bytes or 1, self._widest_align)
        self._aligns[type_id] = align_bytes
        return align_bytes

    def _aggregate_align_bytes(self, parent: Type, depth: int) -> int:
        """Return the least alignment of a struct or union that explains all its offsets."""
        align_bytes, cursor_bits, end_bits = 1, 0, 0
        for type_id, offset_bits, width_bits in self._fields(parent):
            wanted = self._align_bytes(type_id, depth)
            if not width_bits:
                wanted = explained_align_bytes(wanted, cursor_bits, offset_bits)
            align_bytes = max(align_bytes, wanted)
            member_end_bits = offset_bits + (width_bits or self._size_bytes(type_id) * 8)
            end_bits = max(end_bits, member_end_bits)
            cursor_bits = 0 if parent.kind == Kind.UNION else member_end_bits
        return padded_align_bytes(align_bytes, end_bits, parent.size_or_type)

    def _line_bytes(self, type_id: int, depth: int) -> int:
        """Return the largest alignment that the cache-line types in a type allow; 0: none there."""
        bare = self._element(self._bare(type_id))
        if bare.kind not in _AGGREGATES:
            return 0
        if bare.type_id in self._lines:
            return self._lines[bare.type_id]
        if depth > CHAIN:
            raise damaged_type(self._types, bare, "is nested too deeply")
        lines = [
            min(line, largest_power(offset_bits // 8))
            for inner, offset_bits, width_bits in self._fields(bare)
            if not width_bits and (line := self._line_bytes(inner, depth + 1))
        ]
        is_x86_state = bare.name == _X86_LINE_TYPE and self._types.endian == "little"
        if bare.name in LINE_TYPES or is_x86_state or lines:
            lines.append(largest_power(bare.size_or_type))
        self._lines[bare.type_id] = line_bytes = min(lines, default=0)
        return line_bytes

    def _element(self, bare: Type) -> Type:
        """Return what an array is made of, another type as it is."""
        for _ in range(CHAIN):
            if bare.kind != Kind.ARRAY:
                return bare
            bare = self._bare(self._types.words[bare.words_at])
        raise damaged_type(self._types, bare, "is an array of itself")

    def _aligns_short(self) -> bool:
        """Notice ABIs that align 8-byte integers to 4 (i386, arm without EABI) by an offset."""
        if self.pointer_bytes != 4:
            return False
        for name in _WITH_WIDE_INTEGERS:
            struct = self._types.find_readable(name, Kind.STRUCT)
            for type_id, offset_bits, width_bits in self._fields(struct) if struct else ():
                bare = self._bare(type_id)
                is_wide = (bare.kind, bare.size_or_type, width_bits) == (Kind.INT, 8, 0)
                if is_wide and offset_bits % 64 == 32:
                    return True
        return False

    def _measured_pointer_bytes(self, arch: str) -> int:
        """Return the size of ``long``, which in Linux is that of a pointer; else the arch's."""
        for name in _LONGS:
            found = self._types.find_readable(name, Kind.INT)
            if found is not None:
                if found.size_or_type not in (4, 8):
                    raise damaged_type(self._types, found, f"{name} has {found.size_or_type} bytes")
                return found.size_or_type
        known = ARCHITECTURES.get(arch)
        if known is not None:
            return known.pointer_bytes
        raise LayoutError(
            "no type long in this BTF, so the size of a pointer is not known",
            where=self._types.where,
            advice="give the BTF of a whole kernel, or its architecture",
        )
