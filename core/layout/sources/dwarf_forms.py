"""How DWARF writes values down: forms, numbers of seven bits a byte, and names.

Format: DWARF 5 (dwarfstd.org), chapter 7; the forms of versions 2 to 5 are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from core.errors import LayoutError
from core.layout.sources.dwarf_relocate import relocated
from core.layout.sources.elf import Elf


class Tag(IntEnum):
    """What an entry describes; the numbers are DWARF's."""

    ARRAY = 0x01
    ENUM = 0x04
    MEMBER = 0x0D
    POINTER = 0x0F
    STRUCT = 0x13
    SUBROUTINE = 0x15
    TYPEDEF = 0x16
    UNION = 0x17
    VARIADIC = 0x18
    SUBRANGE = 0x21
    BASE = 0x24
    CONST = 0x26
    PARAMETER = 0x05
    VOLATILE = 0x35
    RESTRICT = 0x37
    ATOMIC = 0x47


class At(IntEnum):
    """What is said about it; the numbers are DWARF's."""

    SIBLING = 0x01
    NAME = 0x03
    BYTE_SIZE = 0x0B
    BIT_OFFSET = 0x0C
    BIT_SIZE = 0x0D
    UPPER_BOUND = 0x2F
    COUNT = 0x37
    LOCATION = 0x38
    DECLARATION = 0x3C
    TYPE = 0x49
    DATA_BIT_OFFSET = 0x6B
    STR_OFFSETS_BASE = 0x72
    ALIGNMENT = 0x88


_FIXED = {
    **{0x0B: 1, 0x0C: 1, 0x11: 1, 0x25: 1, 0x29: 1},
    **{0x05: 2, 0x12: 2, 0x26: 2, 0x2A: 2},
    **{0x27: 3, 0x2B: 3},
    **{0x06: 4, 0x13: 4, 0x28: 4, 0x2C: 4, 0x1C: 4},
    **{0x07: 8, 0x14: 8, 0x20: 8, 0x24: 8, 0x1E: 16, 0x19: 0, 0x21: 0},
}
"""Bytes of the forms that always have as many."""

_OFFSETS = (0x0E, 0x17, 0x1D, 0x1F, 0x1F20, 0x1F21)
_ULEBS = (0x0F, 0x15, 0x1A, 0x1B, 0x22, 0x23, 0x1F01, 0x1F02)
_BLOCKS = {0x0A: 1, 0x03: 2, 0x04: 4}
_ADDR, _STRING, _BLOCK, _SDATA, _REF_ADDR = 0x01, 0x08, 0x09, 0x0D, 0x10
_INDIRECT, _EXPRLOC, _FLAG_PRESENT, _LINE_STRP, IMPLICIT = 0x16, 0x18, 0x19, 0x1F, 0x21
_UNIT_REFS = (0x11, 0x12, 0x13, 0x14, 0x15)
_ELSEWHERE = (0x1C, 0x1D, 0x20, 0x24, 0x1F20, 0x1F21)
_ADDING = (0x10, 0x23)
"""DW_OP_constu and DW_OP_plus_uconst: how DWARF 2 said where a member is."""

_LONGEST_NAME_BYTES = 4096
_STRX = (0x1A, 0x25, 0x26, 0x27, 0x28, 0x1F02)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """What entries of a code have in common: tag, whether children follow, attributes."""

    tag: int
    has_children: bool
    attributes: tuple[tuple[int, int, int], ...]
    """Attribute, form, and the value where the form has none."""


@dataclass(slots=True)
class Unit:
    """A unit: its bytes from ``at`` to ``end``, its entries from ``first``."""

    at: int
    end: int
    first: int
    version: int
    offset_bytes: int
    address_bytes: int
    abbreviations: dict[int, Abbreviation]
    strings_base: int | None = None


class Values:
    """The sections of debug information that values are in.

    Args:
        elf: The file.
        where: What errors begin with.

    Attributes:
        info: ``.debug_info``.
        abbrev: ``.debug_abbrev``.
        strings: ``.debug_str``.
        has_numbered_names: Whether entries may give a name by its number.

    Raises:
        LayoutError: The file's relocations are damaged.
    """

    def __init__(self, elf: Elf, *, where: str) -> None:
        self.where, self._endian = where, elf.endian
        sections = {}
        for name in ("info", "abbrev", "str", "line_str", "str_offsets"):
            section = elf.find(f".debug_{name}")
            sections[name] = relocated(elf, section) if section else memoryview(b"")
        self.info, self.abbrev, self.strings = sections["info"], sections["abbrev"], sections["str"]
        self._line_strings, self._str_offsets = sections["line_str"], sections["str_offsets"]
        self.has_numbered_names = len(self._str_offsets) > 0

    def damaged(self, problem: str, at: int) -> LayoutError:
        """Return the error for debug information that cannot be right."""
        return LayoutError(
            f"{problem} (byte {at} of .debug_info)",
            where=self.where,
            advice="the debug information is damaged: build it again",
        )

    def value(
        self, form: int, constant: int, at: int, unit: Unit, attribute: int
    ) -> tuple[int, int, int]:
        """Return a value, its form, and where it ends.

        The form of a text in place is negative: minus where it begins, minus 1.

        Args:
            form: How it is written.
            constant: What it is, where the abbreviation says it.
            at: Where it begins.
            unit: The unit it is in.
            attribute: What it is the value of.
        """
        if form == _INDIRECT:
            form, at = self.uleb(self.info, at, unit.end)
        if form in _ELSEWHERE and attribute in (At.TYPE, At.NAME):
            raise LayoutError(
                "the debug information refers to another file or to a type unit",
                where=self.where,
                advice="give a file whose debug information is whole (no dwz, no split DWARF,"
                " no -fdebug-types-section)",
            )
        size_bytes = _size_bytes(form, unit)
        if size_bytes is not None:
            value = self._fixed(at, size_bytes, unit) if size_bytes else constant
            end = at + size_bytes
        elif form == _STRING:
            return 0, -at - 1, at + self._text_bytes(self.info, at, unit.end) + 1
        else:
            value, end = self._sized_by_itself(form, at, unit, attribute)
        if form == _FLAG_PRESENT:
            value = 1
        return value + (unit.at if form in _UNIT_REFS else 0), form, end

    def _sized_by_itself(self, form: int, at: int, unit: Unit, attribute: int) -> tuple[int, int]:
        if form in _ULEBS:
            return self.uleb(self.info, at, unit.end)
        if form == _SDATA:
            return self.sleb(self.info, at, unit.end)
        if form in _BLOCKS or form in (_BLOCK, _EXPRLOC):
            value, size_bytes = self._block(form, at, unit, attribute)
            return value, at + size_bytes
        raise self.damaged(f"a value of the unknown form {form:#x}", at)

    def _fixed(self, at: int, size_bytes: int, unit: Unit) -> int:
        if at + size_bytes > unit.end:
            raise self.damaged("an entry is cut short", at)
        return int.from_bytes(self.info[at : at + size_bytes], self._endian)

    def _block(self, form: int, at: int, unit: Unit, attribute: int) -> tuple[int, int]:
        """Return the offset a block stands for (DWARF 2: add a constant), and its length."""
        if form in _BLOCKS:
            size_bytes, begin = self._fixed(at, _BLOCKS[form], unit), at + _BLOCKS[form]
        else:
            size_bytes, begin = self.uleb(self.info, at, unit.end)
        value = 0
        if attribute == At.LOCATION and size_bytes > 1 and self.info[begin] in _ADDING:
            value, _ = self.uleb(self.info, begin + 1, unit.end)
        return value, begin - at + size_bytes

    def text(self, form: int, value: int, unit: Unit) -> str:
        """Return a name, by its form and value."""
        if form < 0:
            strings, at = self.info, -form - 1
        elif form in _STRX:
            strings, at = self.strings, self._numbered(value, unit)
        else:
            strings, at = (self._line_strings if form == _LINE_STRP else self.strings), value
        if not 0 <= at < len(strings):
            raise self.damaged(f"a name at byte {at}, outside the strings", unit.at)
        length = self._text_bytes(strings, at, len(strings))
        return bytes(strings[at : at + length]).decode("utf-8", "replace")

    def _numbered(self, index: int, unit: Unit) -> int:
        """Return the offset of a string that entries give by its number."""
        at = (unit.strings_base or 0) + index * unit.offset_bytes
        if at + unit.offset_bytes > len(self._str_offsets):
            raise self.damaged(f"the string number {index}, which does not exist", unit.at)
        raw = self._str_offsets[at : at + unit.offset_bytes]
        return int.from_bytes(raw, self._endian)

    def _text_bytes(self, data: memoryview, at: int, end: int) -> int:
        for most_bytes in (64, _LONGEST_NAME_BYTES):
            length = bytes(data[at : min(at + most_bytes, end)]).find(b"\0")
            if length >= 0:
                return length
        raise self.damaged("a name without an end", at)

    def uleb(self, data: memoryview, at: int, end: int) -> tuple[int, int]:
        """Return a number of seven bits a byte, and where the next one begins."""
        value = shift = 0
        while at < end and shift < 70:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at
            shift += 7
        raise self.damaged("a number that does not end", at)

    def sleb(self, data: memoryview, at: int, end: int) -> tuple[int, int]:
        """Return such a number that has a sign, and where the next one begins."""
        value, after = self.uleb(data, at, end)
        bits = 7 * (after - at)
        return (value - (1 << bits) if value >> (bits - 1) else value), after


def _size_bytes(form: int, unit: Unit) -> int | None:
    """Return the length of a value whose form, or unit, tells it."""
    if form in _OFFSETS:
        return unit.offset_bytes
    if form == _ADDR:
        return unit.address_bytes
    if form == _REF_ADDR:
        return unit.offset_bytes if unit.version > 2 else unit.address_bytes
    return _FIXED.get(form)
