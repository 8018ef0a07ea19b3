"""Where a guard keeps its state: real bits of a task_struct image.

A storage knows a plain place and no layout; the scenario resolves the place from a layout. Bits
are read and written as the compiler does it: load the whole unit, modify it, store the whole
unit. Those are three events, so that another context can come between them and a lost update is
seen rather than told.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_UNIT_FORMATS = {1: "B", 2: "H", 4: "I", 8: "Q"}


@dataclass(frozen=True, slots=True)
class Place:
    """A field's place in task_struct.

    Attributes:
        byte_offset: Offset of the storage unit in bytes.
        unit_bytes: Size of the unit that is loaded and stored at once (1, 2, 4 or 8).
        bit_offset: First bit in the unit. Little endian counts from the least significant bit,
            big endian from the most significant one, as BTF and DWARF do.
        bit_size: Width of the field in bits.
        big_endian: Byte and bit order of the architecture.
    """

    byte_offset: int
    unit_bytes: int
    bit_offset: int
    bit_size: int
    big_endian: bool = False

    def __post_init__(self) -> None:
        if self.unit_bytes not in _UNIT_FORMATS:
            raise ValueError(f"a storage unit has 1, 2, 4 or 8 bytes, not {self.unit_bytes}")
        if self.byte_offset < 0 or self.bit_offset < 0 or self.bit_size < 1:
            raise ValueError("offsets are 0 or more and a field has at least one bit")
        if self.bit_offset + self.bit_size > self.unit_bytes * 8:
            raise ValueError("the field does not fit its storage unit")

    @property
    def shift(self) -> int:
        """Right shift that brings the field to bit 0 of the loaded unit."""
        if self.big_endian:
            return self.unit_bytes * 8 - self.bit_offset - self.bit_size
        return self.bit_offset

    @property
    def mask(self) -> int:
        """The field's bits within the unit, at bit 0."""
        return (1 << self.bit_size) - 1

    def value_of(self, word: int) -> int:
        """Return the field's value in a loaded unit."""
        return (word >> self.shift) & self.mask

    def with_value(self, word: int, value: int) -> int:
        """Return the unit with the field replaced; a value past the width wraps, as in C."""
        return (word & ~(self.mask << self.shift)) | ((value & self.mask) << self.shift)


class Unit:
    """One storage unit of an image: what a load and a store of a field in it move.

    Args:
        image: The bytes it lies in.
        byte_offset: Where.
        unit_bytes: Its size.
        big_endian: Byte order.

    Attributes:
        touches: Its number among the objects that contexts share, -1 where nobody counts them.
        writer: Who stored to it last, as sentences name it; empty before the first store.
    """

    __slots__ = ("_bytes", "_offset", "_unit", "touches", "writer")

    def __init__(
        self, image: bytearray, byte_offset: int, unit_bytes: int = 4, *, big_endian: bool = False
    ) -> None:
        self._bytes = image
        self._offset = byte_offset
        self._unit = struct.Struct((">" if big_endian else "<") + _UNIT_FORMATS[unit_bytes])
        self.touches = -1
        self.writer = ""

    def load(self) -> int:
        """Return the unit's content."""
        (word,) = self._unit.unpack_from(self._bytes, self._offset)
        return int(word)

    def store(self, word: int) -> None:
        """Write the unit."""
        self._unit.pack_into(self._bytes, self._offset, word)


class TaskImage:
    """The bytes of one task_struct and the typed access to its units.

    Args:
        size_bytes: sizeof(struct task_struct).
        place: Where the guard's field lies, None where it keeps none.

    Attributes:
        guard: The guard's storage unit.
        units: The units somebody has asked for.
    """

    def __init__(self, size_bytes: int, place: Place | None = None) -> None:
        self.bytes = bytearray(size_bytes)
        self.units: list[Unit] = []
        self._units: dict[int, Unit] = {}
        self.guard = self.unit(place) if place is not None else Unit(self.bytes, 0)
        self.load, self.store = self.guard.load, self.guard.store

    def unit(self, place: Place) -> Unit:
        """Return the storage unit of a place: the same one for all fields in it."""
        unit = self._units.get(place.byte_offset)
        if unit is None:
            unit = self._units[place.byte_offset] = Unit(
                self.bytes, place.byte_offset, place.unit_bytes, big_endian=place.big_endian
            )
            self.units.append(unit)
        return unit

    def forget_writers(self) -> None:
        """Forget who stored what, as before the first event."""
        for unit in self.units:
            unit.writer = ""
