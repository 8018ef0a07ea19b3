"""DWARF debug information, read no further than it is asked about.

The debug information of a whole kernel has hundreds of megabytes, in thousands of units that each
describe task_struct again, so a type is looked for by its name's offset and only the entries it
reaches are decoded. Format: DWARF 5 (dwarfstd.org), chapter 7; versions 2 to 5 are read.
"""

from __future__ import annotations

import re
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core.errors import LayoutError
from core.layout.sources.dwarf_forms import IMPLICIT, Abbreviation, At, Unit, Values
from core.layout.sources.elf import Elf

_MOST_HITS = 200_000
"""Places that hold a name's offset: each unit of a kernel has a few."""

_MOST_ENTRIES = 4_000_000
"""Entries looked at where names are numbered per unit and cannot be searched for (clang)."""

_SPARE_ENTRIES = 100_000
"""Entries that may be decoded beyond one for each byte: damaged data could ask without end."""


_WIDE = 0xFFFFFFFF
"""Instead of a length: that it and offsets have 64 bits."""

_TYPE_UNITS = (2, 6)
_LONG_HEADS = (*_TYPE_UNITS, 4, 5)
"""Kinds of units whose header has 8 bytes more: type units, skeletons and split units."""

_MOST_ATTRIBUTES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        at: Where it is in the section.
        tag: What it describes; 0 ends a list of children.
        has_children: Whether they follow.
        values: Value by attribute; references count from the section's start.
        name: Empty where it has none.
        next_at: Where the next entry begins.
    """

    at: int
    tag: int
    has_children: bool
    values: dict[int, int]
    name: str
    next_at: int


class DebugInfo:
    """The entries of an ELF file's debug information.

    Args:
        elf: The file, which has ``.debug_info``.
        where: What errors begin with.

    Raises:
        LayoutError: Sections are missing or the units' headers lead outside.
    """

    def __init__(self, elf: Elf, *, where: str) -> None:
        self._values = Values(elf, where=where)
        self._order = "<" if elf.endian == "little" else ">"
        self._info, self._abbrev = self._values.info, self._values.abbrev
        self._tables: dict[int, dict[int, Abbreviation]] = {}
        self._units: dict[int, Unit] = {}
        self._entries_left = _SPARE_ENTRIES + len(self._info)
        self._table_bytes_left = 1 << 16 | 2 * len(self._abbrev)
        self._starts = self._unit_starts()
        self.has_units = len(self._starts) > 0

    def damaged(self, problem: str, at: int) -> LayoutError:
        """Return the error for debug information that cannot be right."""
        return self._values.damaged(problem, at)

    def unit_of(self, at: int) -> Unit:
        """Return the unit that a byte of the section is in."""
        index = bisect_right(self._starts, at) - 1
        if index < 0 or not 0 <= at < len(self._info):
            raise self.damaged(f"a reference to byte {at}, where no unit is", at)
        start = self._starts[index]
        if start not in self._units:
            self._units[start] = self._unit(start)
        return self._units[start]

    def entry(self, at: int, unit: Unit | None = None) -> Entry:
        """Return the entry at a byte of the section."""
        unit = unit or self.unit_of(at)
        self._entries_left -= 1
        if self._entries_left < 0:
            raise self.damaged("entries refer to one another without end", at)
        code, cursor = self._values.uleb(self._info, at, unit.end)
        if not code:
            return Entry(at, 0, False, {}, "", cursor)
        abbreviation = unit.abbreviations.get(code)
        if abbreviation is None:
            raise self.damaged(f"an entry of the unknown kind {code}", at)
        values: dict[int, int] = {}
        name = ""
        for attribute, declared_form, constant in abbreviation.attributes:
            value, form, cursor = self._values.value(
                declared_form, constant, cursor, unit, attribute
            )
            if attribute == At.NAME:
                name = self._values.text(form, value, unit)
            else:
                values[attribute] = value
        return Entry(at, abbreviation.tag, abbreviation.has_children, values, name, cursor)

    def children(self, parent: Entry) -> Iterator[Entry]:
        """Yield the children of an entry, but not theirs."""
        if not parent.has_children:
            return
        unit, at, depth = self.unit_of(parent.at), parent.next_at, 0
        while at < unit.end:
            child = self.entry(at, unit)
            at = child.next_at
            if not child.tag:
                depth -= 1
                if depth < 0:
                    return
                continue
            if depth == 0:
                yield child
            if child.has_children:
                sibling = child.values.get(At.SIBLING, 0)
                if at <= sibling <= unit.end:
                    at = sibling
                else:
                    depth += 1

    def definitions(self, name: str, tags: tuple[int, ...]) -> Iterator[Entry]:
        """Yield the entries that define a struct or union of a name, units in no sure order."""
        for at in self._named_places(name):
            found = self._definition_before(at, name, tags)
            if found is not None:
                yield found
        if self._values.has_numbered_names:
            yield from self._defined_by_number(name, tags)

    def top_entries(self, unit: Unit) -> Iterator[Entry]:
        """Yield the entries of a unit that stand in no other (types do, in C)."""
        yield from self.children(self.entry(unit.first, unit))

    def _named_places(self, name: str) -> Iterator[int]:
        """Yield where entries hold a name, or the offset of it in the strings."""
        text = name.encode() + b"\0"
        yield from self._hits(text)
        # A string may be the end of another: linkers merge them.
        for found in islice(re.finditer(re.escape(text), self._values.strings), _MOST_HITS):
            yield from self._hits(struct.pack(self._order + "I", found.start() & 0xFFFFFFFF))

    def _hits(self, pattern: bytes) -> Iterator[int]:
        hits = re.finditer(re.escape(pattern), self._info)
        return (hit.start() for hit in islice(hits, _MOST_HITS))

    def _definition_before(self, name_at: int, name: str, tags: tuple[int, ...]) -> Entry | None:
        """Return the entry whose name is at a byte, where such a one defines what is wanted.

        Compilers write the name of a struct first, so the entry's code stands right before it.
        """
        unit = self.unit_of(name_at)
        for code_bytes in (1, 2, 3):
            at = name_at - code_bytes
            if at < unit.first:
                return None
            code, end = self._values.uleb(self._info, at, unit.end)
            known = unit.abbreviations.get(code) if end == name_at else None
            if known is None or known.tag not in tags or not known.attributes:
                continue
            if known.attributes[0][0] == At.NAME:
                found = self._entry_if_any(at, unit)
                if found is None:
                    continue
                if found.name == name and defines(found) and self._is_entry(at, unit):
                    return found
        return None

    def _entry_if_any(self, at: int, unit: Unit) -> Entry | None:
        try:
            return self.entry(at, unit)
        except LayoutError:
            return None  # no entry begins here: its bytes make no sense as one

    def _is_entry(self, at: int, unit: Unit) -> bool:
        """Whether an entry begins at a byte: an offset into the strings can look like one."""
        for entry in self.top_entries(unit):
            if entry.at >= at:
                return entry.at == at
        return False

    def _defined_by_number(self, name: str, tags: tuple[int, ...]) -> Iterator[Entry]:
        left = _MOST_ENTRIES
        for start in self._starts:
            unit = self.unit_of(start)
            if unit.version < 5 or unit.first >= unit.end:
                continue
            for found in self.top_entries(unit):
                left -= 1
                if found.tag in tags and found.name == name and defines(found):
                    yield found
            if left < 0:
                return

    def _unit_starts(self) -> array[int]:
        starts, at = array("Q"), 0
        while at + 11 <= len(self._info):
            starts.append(at)
            try:
                length, head_bytes = self._length(at)
            except struct.error as error:
                raise self.damaged("a unit's header is cut short", at) from error
            if not length or at + head_bytes + length > len(self._info):
                raise self.damaged(f"a unit of {length} bytes", at)
            at += head_bytes + length
        return starts

    def _length(self, at: int) -> tuple[int, int]:
        """Return how long a unit is, and how many bytes say so."""
        (length,) = struct.unpack_from(self._order + "I", self._info, at)
        if length != _WIDE:
            return length, 4
        return struct.unpack_from(self._order + "Q", self._info, at + 4)[0], 12

    def _unit(self, at: int) -> Unit:
        try:
            return self._read_unit(at)
        except struct.error as error:
            raise self.damaged("a unit's header is cut short", at) from error

    def _read_unit(self, at: int) -> Unit:
        length, head_bytes = self._length(at)
        cursor, end = at + head_bytes, at + head_bytes + length
        offset = "I" if head_bytes == 4 else "Q"
        offset_bytes, info = struct.calcsize(offset), self._info
        (version,) = struct.unpack_from(self._order + "H", info, cursor)
        if not 2 <= version <= 5:
            raise self.damaged(f"DWARF version {version}, this reader knows 2 to 5", cursor)
        form = self._order + ("HBB" + offset if version == 5 else "H" + offset + "B")
        numbers = struct.unpack_from(form, info, cursor)
        cursor += struct.calcsize(form)
        if version == 5:
            _, kind, address_bytes, table_at = numbers
            cursor += 8 * (kind in _LONG_HEADS) + offset_bytes * (kind in _TYPE_UNITS)
        else:
            _, table_at, address_bytes = numbers
        table = self._table(table_at)
        unit = Unit(at, end, cursor, version, offset_bytes, address_bytes, table)
        if version == 5 and self._values.has_numbered_names and cursor < end:
            unit.strings_base = head_bytes + 4  # the section's own header, as DWARF 5 has it
            root = self.entry(cursor, unit)
            unit.strings_base = root.values.get(At.STR_OFFSETS_BASE, unit.strings_base)
        return unit

    def _table(self, at: int) -> dict[int, Abbreviation]:
        if at not in self._tables:
            table, end = self._read_table(at)
            self._table_bytes_left -= end - at
            if self._table_bytes_left < 0:
                raise self.damaged("the tables of abbreviations overlap", at)
            self._tables[at] = table
        return self._tables[at]

    def _read_table(self, at: int) -> tuple[dict[int, Abbreviation], int]:
        table: dict[int, Abbreviation] = {}
        data, cursor, end = self._abbrev, at, len(self._abbrev)
        while True:
            code, cursor = self._values.uleb(data, cursor, end)
            if not code:
                return table, cursor
            tag, cursor = self._values.uleb(data, cursor, end)
            has_children = cursor < end and data[cursor] == 1
            attributes, cursor = self._attributes(cursor + 1)
            table[code] = Abbreviation(tag, has_children, attributes)

    def _attributes(self, cursor: int) -> tuple[tuple[tuple[int, int, int], ...], int]:
        data, end = self._abbrev, len(self._abbrev)
        attributes: list[tuple[int, int, int]] = []
        while len(attributes) < _MOST_ATTRIBUTES:
            attribute, cursor = self._values.uleb(data, cursor, end)
            form, cursor = self._values.uleb(data, cursor, end)
            constant = 0
            if form == IMPLICIT:
                constant, cursor = self._values.sleb(data, cursor, end)
            if not attribute and not form:
                return tuple(attributes), cursor
            attributes.append((attribute, form, constant))
        raise self.damaged(f"an entry of more than {_MOST_ATTRIBUTES} attributes", 0)


def defines(entry: Entry) -> bool:
    """Return whether an entry defines a type, and does not only name it."""
    return At.DECLARATION not in entry.values and At.BYTE_SIZE in entry.values
