"""A struct as a kernel was built with it: members at bit offsets, and words seen as named bits.

Bit numbers are BTF's: within a storage word they count from the least significant bit on little
endian and from the most significant one on big endian, so that ``offset_bits`` grows in the
order of declaration on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from core.errors import LayoutError, did_you_mean

Endian = Literal["little", "big"]
SourceKind = Literal["btf", "elf", "vmlinuz", "dwarf", "pahole", "json"]

TASK_STRUCT = "task_struct"


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a struct.

    Attributes:
        name: Empty for an anonymous struct or union.
        type_name: The C type as a cast would have it, ``int (*)(struct page *)``; ``struct`` or
            ``union`` alone where it is anonymous.
        offset_bits: Offset from the start of the outermost struct.
        size_bits: Width of a bitfield, the type's size otherwise.
        is_bitfield: Whether it was declared with a width.
        align_bytes: Alignment of the type, as far as the source shows it (BTF: the least that
            explains the type's own members); attributes on the member itself are not in it.
        unit_bytes: Size of the declared type (a bitfield's storage unit).
        is_union: Whether its type is an anonymous union, so that what it holds overlaps.
        members: What an anonymous struct or union type holds, offsets counted as above (in an
            array of them: those of the first element).
        align_known: Whether ``align_bytes`` is what the compiler used, attributes included.
        least_align_bytes: The least alignment that cannot be ruled out, where ``align_bytes`` is
            no more than likely (a type known by name only); 0 where they are the same.
        line_bytes: Where it holds types aligned to cache lines: the largest power of two that
            divides all their offsets in it and sizes. 0 where it holds none.
    """

    name: str
    type_name: str
    offset_bits: int
    size_bits: int
    is_bitfield: bool = False
    align_bytes: int = 1
    unit_bytes: int = 0
    is_union: bool = False
    members: tuple[Member, ...] = ()
    align_known: bool = False
    least_align_bytes: int = 0
    line_bytes: int = 0

    @property
    def end_bits(self) -> int:
        """The first bit after the member."""
        return self.offset_bits + self.size_bits

    @property
    def offset_bytes(self) -> int:
        """The byte the member begins in."""
        return self.offset_bits // 8


@dataclass(frozen=True, slots=True)
class NamedBit:
    """A run of bits in a storage word; an unused run has an empty name."""

    name: str
    bit_offset: int
    bit_size: int

    @property
    def is_gap(self) -> bool:
        """Whether no member uses these bits."""
        return not self.name


@dataclass(frozen=True, slots=True)
class StructLayout:
    """A struct of one kernel.

    Attributes:
        name: The tag, ``task_struct``.
        size_bytes: Its sizeof.
        members: In order of declaration; what anonymous members hold is nested in them.
        endian: Byte and bit order.
        align_bytes: Its alignment, where the source tells it; 0 where it does not.
        is_union: Whether it is a union, so that its members overlap.

    Raises:
        LayoutError: A member does not fit into the struct.
    """

    name: str
    size_bytes: int
    members: tuple[Member, ...]
    endian: Endian = "little"
    align_bytes: int = 0
    is_union: bool = False
    _by_name: dict[str, Member] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name: dict[str, Member] = {}
        for member in flattened(self.members):
            if member.offset_bits < 0 or member.end_bits > self.size_bytes * 8:
                raise LayoutError(
                    f"member {member.name or '(anonymous)'} at bit {member.offset_bits} does not"
                    f" fit into the {self.size_bytes} bytes of struct {self.name}",
                    advice="the data are damaged",
                )
            if member.name:
                by_name.setdefault(member.name, member)
        object.__setattr__(self, "_by_name", by_name)

    @property
    def big_endian(self) -> bool:
        """Whether bit numbers count from the most significant bit."""
        return self.endian == "big"

    @property
    def names(self) -> tuple[str, ...]:
        """All member names, those in anonymous structs and unions included."""
        return tuple(self._by_name)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def find(self, name: str) -> Member | None:
        """Return a member, also one inside an anonymous struct or union, or None."""
        return self._by_name.get(name)

    def member(self, name: str) -> Member:
        """Return a member, also one inside an anonymous struct or union.

        Raises:
            LayoutError: The struct has no such member.
        """
        found = self.find(name)
        if found is None:
            near = did_you_mean(name, self._by_name)
            advice = near if near.startswith("did you mean") else ""
            raise LayoutError(f"struct {self.name} has no member {name!r}", advice=advice)
        return found

    def word_at(self, byte_offset: int, unit_bytes: int = 4) -> tuple[NamedBit, ...]:
        """Return a storage word as named bits that cover it without holes, gaps included.

        Args:
            byte_offset: Where the word begins.
            unit_bytes: Its size.

        Raises:
            LayoutError: The word is not inside the struct.
        """
        if byte_offset < 0 or byte_offset + unit_bytes > self.size_bytes:
            raise LayoutError(
                f"struct {self.name} has {self.size_bytes} bytes,"
                f" so no {unit_bytes}-byte word at {byte_offset}"
            )
        return tiled(pieces(self.members), byte_offset * 8, unit_bytes * 8)


@dataclass(frozen=True, slots=True)
class KernelLayout:
    """One struct of one kernel, and where it is from.

    Attributes:
        name: Short name: ``debian-6.1-amd64``, ``this-machine``, a file's name.
        label: Name for people.
        kernel: Release, such as ``6.1.192``; empty where the source does not tell.
        arch: Architecture as in the kernel's own naming (x86_64, arm64, ...) or empty.
        source: What was read to get it, for people.
        struct: The layout, of task_struct where nothing else was asked for.
        borrowed_for: What it stands in for, such as ``ia64 5.12``; None where it is the real one.
        kind: What was read to get it, for programs.
        pointer_bytes: Size of a pointer and of ``long``.
        notes: Sentences about what the reader met and could not use.
    """

    name: str
    label: str
    kernel: str
    arch: str
    source: str
    struct: StructLayout
    borrowed_for: str | None = None
    kind: SourceKind = "btf"
    pointer_bytes: int = 8
    notes: tuple[str, ...] = ()

    @property
    def endian(self) -> Endian:
        """Byte and bit order of the kernel."""
        return self.struct.endian

    @property
    def big_endian(self) -> bool:
        """Whether bit numbers count from the most significant bit."""
        return self.struct.big_endian


class KernelTypes(Protocol):
    """The structs of one kernel, each read when it is asked for. Every reader returns one."""

    def layout(self, struct: str = TASK_STRUCT) -> KernelLayout:
        """Return a struct or union with where it is from.

        Raises:
            LayoutError: The kernel has no such struct (near names are suggested), or the data are
                damaged.
        """
        ...

    def find(self, struct: str) -> StructLayout | None:
        """Return a struct or union by its tag, or None.

        Raises:
            LayoutError: The data are damaged.
        """
        ...

    def size_and_align(self, typedef: str) -> tuple[int, int] | None:
        """Return size and likely alignment in bytes of a typedef, an enum or a base type."""
        ...

    def struct_names(self) -> tuple[str, ...]:
        """Return the tags of all structs and unions."""
        ...


def flattened(members: tuple[Member, ...]) -> Iterator[Member]:
    """Yield members and, in place, what the anonymous ones among them hold."""
    for member in members:
        yield member
        if not member.name:
            yield from flattened(member.members)


Piece = tuple[str, int, int]
"""A name and the bits ``first`` to ``end`` (exclusive) it stands for."""


def pieces(members: tuple[Member, ...]) -> Iterator[Piece]:
    """Yield what can be drawn side by side: an anonymous union is one piece, ``a|b``."""
    for member in members:
        if member.name:
            yield member.name, member.offset_bits, member.end_bits
        elif member.is_union:
            names = (inner.name for inner in flattened(member.members) if inner.name)
            yield "|".join(names), member.offset_bits, member.end_bits
        else:
            yield from pieces(member.members)


def tiled(parts: Iterator[Piece], first_bit: int, size_bits: int) -> tuple[NamedBit, ...]:
    """Return the parts that touch a run of bits, cut to it, with the gaps between them."""
    bits: list[NamedBit] = []
    cursor, stop = first_bit, first_bit + size_bits
    for name, first, last in sorted(parts, key=lambda part: part[1]):
        start, end = max(first, cursor), min(last, stop)
        if start >= end:
            continue
        if start > cursor:
            bits.append(NamedBit("", cursor - first_bit, start - cursor))
        bits.append(NamedBit(name, start - first_bit, end - start))
        cursor = end
    if cursor < stop:
        bits.append(NamedBit("", cursor - first_bit, stop - cursor))
    return tuple(bits)
