"""The attributes that pahole infers where its source (BTF) does not tell them.

A member that stands further on than its type asks for was aligned by an attribute; a struct that
is tighter than its members ask for was packed. This follows pahole 1.24 (btf_loader.c,
dwarves.c), also where it errs: alignments that are to be relied on are ``core.layout.abi``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.layout.holes import Holes, count_holes, storage_offset_bytes
from core.layout.model import KernelTypes, Member, StructLayout, flattened
from core.layout.pahole_types import CType, DeclarationError, parse_type

_DEEPEST = 64
"""Structs in one another; no kernel comes near."""


@runtime_checkable
class KnowsNaturals(Protocol):
    """A kernel that can tell what a typedef stands for (BTF can)."""

    def natural_align_bytes(self, name: str) -> int:
        """Return a type's alignment without attributes; 0: unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Inferred:
    """Attributes of a struct or union and of its members.

    Attributes:
        member_aligns: Of each member the alignment an attribute gave it, 0 where none did.
        align_bytes: What an attribute aligned the struct to, 0 where none did.
        is_packed: Whether it is tighter than its members' types ask for.
        packed_members: Indexes of members whose struct type must be packed to stand there.
    """

    member_aligns: tuple[int, ...]
    align_bytes: int
    is_packed: bool
    packed_members: frozenset[int]

    @property
    def aligned(self) -> str:
        """The attribute to put behind the struct's closing brace, or nothing."""
        return aligned_text(0 if self.is_packed else self.align_bytes)


def aligned_text(align_bytes: int) -> str:
    """Return an alignment as pahole writes it, nothing for 0."""
    return f" __attribute__((__aligned__({align_bytes})))" if align_bytes else ""


class Inference:
    """Infers attributes, asking the kernel for the types of members.

    Args:
        struct: The outermost struct.
        kernel: Where types are looked up; None: only what the struct itself shows.
        pointer_bytes: Size of a pointer; 0: that of the struct's own pointers.
        line_bytes: Size of a cache line.
    """

    def __init__(
        self,
        struct: StructLayout,
        kernel: KernelTypes | None,
        pointer_bytes: int,
        line_bytes: int,
    ) -> None:
        self._kernel = kernel
        known: object = kernel
        self._naturals_known = known if isinstance(known, KnowsNaturals) else None
        self._pointer_bytes = pointer_bytes or _pointer_bytes(struct)
        self._line_bytes = line_bytes
        self._structs: dict[str, StructLayout | None] = {struct.name: struct}
        self._naturals: dict[str, int] = {}

    def of(self, members: tuple[Member, ...], base_bits: int, counted: Holes) -> Inferred:
        """Return the attributes of a struct or union.

        Args:
            members: Its members.
            base_bits: Where it begins in the outermost struct.
            counted: Its holes and sums.
        """
        naturals = [self._natural_bytes(member, 0) for member in members]
        aligns, cursor_bytes = [], 0
        for member, natural_bytes in zip(members, naturals, strict=True):
            at_bytes = storage_offset_bytes(member, base_bits)
            size_bytes = member.unit_bytes if member.is_bitfield else member.size_bits // 8
            aligned = size_bytes and self._forced(at_bytes, natural_bytes, cursor_bytes)
            aligns.append(aligned)
            cursor_bytes = at_bytes + size_bytes if size_bytes else cursor_bytes
        largest = max(naturals, default=1)
        align_bytes = self._forced(counted.size_bytes, largest, cursor_bytes)
        is_packed, packed_members = _packed(members, base_bits, counted, naturals)
        return Inferred(tuple(aligns), align_bytes, is_packed, packed_members)

    def padding_bytes(self, member: Member, found: CType) -> int:
        """Return the padding at the end of a member's struct; 0 where it is none or not known."""
        if found.kind != "base" or not found.name.startswith("struct"):
            return 0
        if found.name == "struct":
            counted = count_holes(
                member.members, member.offset_bits, member.unit_bytes, is_union=False
            )
            return counted.padding_bytes
        struct = self._struct(found.name.removeprefix("struct "))
        if struct is None:
            return 0
        counted = count_holes(struct.members, 0, struct.size_bytes, is_union=False)
        return counted.padding_bytes

    def _forced(self, at_bytes: int, natural_bytes: int, cursor_bytes: int) -> int:
        """Return the alignment that must have been asked for, 0 where none need have been.

        It is the least power of two above the gap, unless the type's own explains the place.
        """
        gap_bytes = at_bytes - cursor_bytes
        if gap_bytes <= 0 or at_bytes % 2:
            return 0
        aligned: int = 1 << gap_bytes.bit_length()
        if aligned <= natural_bytes:
            return 0
        fits_line = aligned < self._line_bytes and self._line_bytes % aligned == 0
        return self._line_bytes if fits_line and at_bytes % self._line_bytes == 0 else aligned

    def _natural_bytes(self, member: Member, depth: int) -> int:
        """Return the alignment of a member's type without any attributes."""
        if member.is_bitfield:
            return member.unit_bytes or 4
        try:
            found = parse_type(member.type_name)
        except DeclarationError:
            return max(member.align_bytes, 1)
        elements = 1
        while found.kind not in ("base", "pointer"):
            elements *= found.count if found.kind == "array" else 1
            found = found.target
        if found.kind == "pointer":
            return (elements and member.unit_bytes // elements) or self._pointer_bytes
        tag, _, name = found.name.partition(" ")
        if tag not in ("struct", "union"):
            return self._scalar_bytes(member, found.name)
        if not name:
            inner = (self._natural_bytes(one, depth + 1) for one in member.members)
            return max(inner, default=1) if depth < _DEEPEST else 1
        return self._tagged_bytes(found.name, depth) or max(member.align_bytes, 1)

    def _tagged_bytes(self, name: str, depth: int) -> int:
        """Return the alignment of a struct or union by its name with its keyword; 0: unknown."""
        if name not in self._naturals:
            if self._naturals_known is not None:
                self._naturals[name] = self._naturals_known.natural_align_bytes(name)
                return self._naturals[name]
            struct = self._struct(name.partition(" ")[2])
            if struct is None or depth > _DEEPEST:
                return 0
            self._naturals[name] = 1  # for a struct that claims to hold itself
            inner = (self._natural_bytes(member, depth + 1) for member in struct.members)
            self._naturals[name] = max(inner, default=1)
        return self._naturals[name]

    def _scalar_bytes(self, member: Member, name: str) -> int:
        """Return the alignment of a base type, an enum or a typedef."""
        if self._naturals_known is not None:
            natural_bytes = self._naturals_known.natural_align_bytes(name)
            if natural_bytes:
                return natural_bytes
        if member.members:  # a typedef of an anonymous struct
            return max(self._natural_bytes(one, 1) for one in member.members)
        return max(member.align_bytes, 1)

    def _struct(self, name: str) -> StructLayout | None:
        if name not in self._structs:
            self._structs[name] = self._kernel.find(name) if self._kernel is not None else None
        return self._structs[name]


def _packed(
    members: tuple[Member, ...], base_bits: int, counted: Holes, naturals: list[int]
) -> tuple[bool, frozenset[int]]:
    """Tell whether a struct must be packed, and which of its members' types must."""
    offsets = [storage_offset_bytes(member, base_bits) for member in members]
    if counted.is_union:
        odd = [index for index, align in enumerate(naturals) if counted.size_bytes % align]
        return False, frozenset(odd)
    if counted.padding_bytes or counted.holes:
        pairs = enumerate(zip(offsets, naturals, strict=True))
        return False, frozenset(index for index, (at, align) in pairs if at % align)
    if any(at % align for at, align in zip(offsets, naturals, strict=True)):
        return True, frozenset()
    return counted.size_bytes % max(naturals, default=1) != 0, frozenset()


def _pointer_bytes(struct: StructLayout) -> int:
    """Return the size of the first plain pointer among the members, 8 where there is none."""
    sizes = (
        member.unit_bytes for member in flattened(struct.members) if member.type_name[-1:] == "*"
    )
    return next(filter(None, sizes), 8)
