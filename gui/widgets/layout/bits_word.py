"""Which storage word is worth enlarging, and what its bits are. No painting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gui.geometry.struct_map import Kind

if TYPE_CHECKING:
    from core.layout.model import Member, NamedBit, StructLayout
    from core.layout.what_if import WhatIf
    from gui.widgets.layout.map_scene import MapSession

LARGEST_BYTES = 8
"""What a machine loads and stores at once; a larger member has no storage word."""


@dataclass(frozen=True, slots=True)
class StorageWord:
    """A word of a struct.

    Attributes:
        struct: Name of the struct.
        caption: Which of the structs it is of: as it is, with the field.
        byte_offset: Where it begins.
        unit_bytes: Its size.
        big_endian: Whether bits count from the most significant one.
        bits: Who has its bits, gaps included; empty past the end of the struct.
        field: The name of the member it is about.
        field_bits: The first of that member's bits in it and how many, (0, 0) for none.
        is_candidate: Whether that member is the new field.
        plain: Names of those that are whole members, not bitfields.
    """

    struct: str
    caption: str
    byte_offset: int
    unit_bytes: int
    big_endian: bool
    bits: tuple[NamedBit, ...]
    field: str
    field_bits: tuple[int, int]
    is_candidate: bool
    plain: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Where it lies."""
        return f"{self.struct} + {self.byte_offset:,} (0x{self.byte_offset:x})"

    @property
    def place(self) -> str:
        """The rest of the title."""
        unit = f"{self.unit_bytes} byte{'' if self.unit_bytes == 1 else 's'}"
        counts = "most" if self.big_endian else "least"
        return f"{unit} · bit 0 is the {counts} significant"

    def tip(self, bit: int) -> str:
        """Return what is said about a bit."""
        for run in self.bits:
            if run.bit_offset <= bit < run.bit_offset + run.bit_size:
                wide = "" if run.bit_size == 1 else f", {run.bit_size} bits from {run.bit_offset}"
                return f"bit {bit}: {run.name or 'unused'}{wide}"
        return ""


def words_of(session: MapSession) -> tuple[StorageWord, ...]:
    """Return the words to show: of the selected member where it is small, else of the field."""
    layout, answer, chosen = session.layout, session.answer, session.selected
    if layout is None:
        return ()
    if answer is None:
        return _words_of_member(layout.struct, chosen)
    if chosen in ("", answer.field.name):
        return _words_of_field(answer)
    return _words_of_both(answer, chosen) or _words_of_field(answer)


def _words_of_member(struct: StructLayout, name: str) -> tuple[StorageWord, ...]:
    member = struct.find(name) if name else None
    place = _word_place(member, struct) if member is not None else None
    if member is None or place is None:
        return ()
    return (_word(struct, place, "as it is", member, False),)


def _words_of_field(answer: WhatIf) -> tuple[StorageWord, ...]:
    field = answer.field
    member = _at(answer.after, field.name, field.offset_bits)
    place = _word_place(member, answer.after) if member is not None else None
    if member is None or place is None:
        return ()
    own = _at(answer.before, field.name, field.offset_bits) is not None
    before = _word(answer.before, place, "as it is", member if own else None, own)
    after = _word(answer.after, place, f"with {field.name}", member, True)
    return before, after


def _words_of_both(answer: WhatIf, name: str) -> tuple[StorageWord, ...]:
    """Return the words of another member before the field came and after."""
    after = _words_of_member(answer.after, name)
    if not after:
        return ()
    before = _words_of_member(answer.before, name)
    return (*before, replace(after[0], caption=f"with {answer.field.name}"))


def spoken(words: tuple[StorageWord, ...]) -> str:
    """Return what a screen reader says of some words."""
    said = []
    for word in words:
        runs = ", ".join(
            f"{run.name or 'unused'} {_range(run.bit_offset, run.bit_size)}" for run in word.bits
        )
        said.append(f"{word.caption}, {word.title}: {runs or 'past the end of the struct'}.")
    return " ".join(said)


def kind_of(word: StorageWord, run: NamedBit) -> Kind:
    """Return what a run of a word's bits is."""
    first, size = word.field_bits
    if run.is_gap:
        return Kind.BIT_HOLE
    if size and run.bit_offset == first and word.is_candidate:
        return Kind.CANDIDATE
    return Kind.PLAIN if run.name in word.plain else Kind.BITFIELD


def _range(first: int, size: int) -> str:
    return f"bit {first}" if size == 1 else f"bits {first} to {first + size - 1}"


def _at(struct: StructLayout, name: str, offset_bits: int) -> Member | None:
    """The member of a name at a place."""
    from core.layout.model import flattened

    for member in flattened(struct.members):
        if member.name == name and member.offset_bits == offset_bits:
            return member
    return None


def _word_place(member: Member, struct: StructLayout) -> tuple[int, int] | None:
    """Where a member's storage word begins and its size, None where it has none."""
    unit_bytes = member.unit_bytes if member.is_bitfield else member.size_bits // 8
    if member.is_bitfield and not 0 < unit_bytes <= LARGEST_BYTES:
        unit_bytes = 4
    if not 0 < unit_bytes <= LARGEST_BYTES:
        return None
    first = member.offset_bits // 8
    if member.is_bitfield:
        first -= first % unit_bytes
        if member.end_bits > (first + unit_bytes) * 8:
            # i386 aligns an 8-byte unit to 4: the field may cross what looks like its word.
            first = member.offset_bits // 8
    # A packed struct may end inside the unit.
    unit_bytes = min(unit_bytes, max(1, struct.size_bytes - first))
    return first, unit_bytes


def _word(
    struct: StructLayout,
    place: tuple[int, int],
    caption: str,
    member: Member | None,
    is_candidate: bool,
) -> StorageWord:
    from core.errors import LayoutError

    first, unit_bytes = place
    try:
        bits = struct.word_at(first, unit_bytes)
    except LayoutError:
        bits = ()
    own = (0, 0)
    if member is not None:
        start = max(0, member.offset_bits - first * 8)
        own = start, min(member.end_bits - first * 8, unit_bytes * 8) - start
    big_endian, name = struct.big_endian, member.name if member is not None else ""
    found = {run.name: struct.find(run.name) for run in bits if run.name}
    # An anonymous union, a|b, is not found by its name.
    plain = frozenset(name for name, each in found.items() if each is None or not each.is_bitfield)
    return StorageWord(
        struct.name, caption, first, unit_bytes, big_endian, bits, name, own, is_candidate, plain
    )
