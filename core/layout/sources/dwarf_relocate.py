"""Offsets that a linker would have filled in: in an object file, names and types lack theirs."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from core.errors import LayoutError
from core.layout.sources.elf import Elf, Section

_RELA, _REL = 4, 9

_ABSOLUTE: dict[int, dict[int, int]] = {
    3: {1: 4},
    8: {2: 4, 18: 8},
    20: {1: 4},
    21: {1: 4, 38: 8},
    22: {4: 4, 22: 8},
    40: {2: 4},
    50: {0x24: 4, 0x25: 4, 0x26: 8, 0x27: 8, 0x64: 4, 0x65: 4},
    62: {1: 8, 10: 4, 11: 4},
    183: {257: 8, 258: 4},
    243: {1: 4, 2: 8},
    258: {1: 4, 2: 8},
}
"""By e_machine: the relocations that store "symbol plus addend", and in how many bytes (the
processor supplements of the ELF ABI). Others occur only where code addresses are told."""

_MIPS = 8


def relocated(elf: Elf, section: Section) -> memoryview:
    """Return a section's bytes, in an object file with the offsets filled in.

    Args:
        elf: The file.
        section: One of its sections of debug information.

    Raises:
        LayoutError: Symbols or places lie outside of the file.
    """
    data = elf.bytes_of(section)
    if not elf.is_relocatable:
        return data
    tables = [s for s in elf.sections if s.kind in (_RELA, _REL) and s.info == section.index]
    if not tables:
        return data
    filled = bytearray(data)
    for table in tables[:2]:  # one of each kind; damaged headers could repeat them
        _fill(filled, elf, table)
    return memoryview(filled)


def _fill(data: bytearray, elf: Elf, table: Section) -> None:
    order = "<" if elf.endian == "little" else ">"
    symbols = _symbol_values(elf, table, order)
    widths = _ABSOLUTE.get(elf.machine, {})
    for at, symbol, kind, addend in _entries(elf, table, order):
        width_bytes = widths.get(kind)
        if width_bytes is None:
            continue
        if at + width_bytes > len(data) or symbol >= len(symbols):
            raise elf.damaged(f"{table.name} fills in byte {at}, which does not exist")
        # i386 and arm: the addend stands where the sum goes.
        in_place = int.from_bytes(data[at : at + width_bytes], elf.endian)
        sum_ = symbols[symbol] + (in_place if addend is None else addend)
        value = sum_ & (1 << 8 * width_bytes) - 1
        data[at : at + width_bytes] = value.to_bytes(width_bytes, elf.endian)


def _entries(elf: Elf, table: Section, order: str) -> Iterator[tuple[int, int, int, int | None]]:
    """Yield place, symbol, kind and addend (None: in place) of each relocation."""
    wide, has_addend = elf.address_bytes == 8, table.kind == _RELA
    form = order + ("QQ" + "q" * has_addend if wide else "II" + "i" * has_addend)
    raw = elf.bytes_of(table)
    whole_bytes = len(raw) - len(raw) % struct.calcsize(form)
    for at, info, *addend in struct.iter_unpack(form, raw[:whole_bytes]):
        if not wide:
            symbol, kind = info >> 8, info & 0xFF
        elif elf.machine == _MIPS and elf.endian == "little":  # its fields are swapped (MIPS64 ABI)
            symbol, kind = info & 0xFFFFFFFF, info >> 56
        else:
            symbol, kind = info >> 32, info & 0xFFFFFFFF
        if elf.machine == _MIPS:
            kind &= 0xFF  # up to three in one
        yield at, symbol, kind, addend[0] if addend else None


def _symbol_values(elf: Elf, table: Section, order: str) -> list[int]:
    if not 0 < table.link < len(elf.sections):
        raise LayoutError(f"{table.name} names no table of symbols: the ELF file is damaged")
    form = order + ("8xQ8x" if elf.address_bytes == 8 else "4xI8x")
    raw = elf.bytes_of(elf.sections[table.link])
    whole_bytes = len(raw) - len(raw) % struct.calcsize(form)
    return [value for (value,) in struct.iter_unpack(form, raw[:whole_bytes])]
