"""The kinds of BTF types and how long each is."""

from __future__ import annotations

from array import array
from enum import IntEnum
from typing import TypeAlias

Words: TypeAlias = "array[int] | memoryview"
"""A type section as 4-byte numbers: a view of the blob where its byte order is the machine's."""

HEADER_WORDS = 3
"""Name, info, and size or type; every type begins with them."""


class Kind(IntEnum):
    """What a type is; the numbers of include/uapi/linux/btf.h."""

    INT = 1
    PTR = 2
    ARRAY = 3
    STRUCT = 4
    UNION = 5
    ENUM = 6
    FWD = 7
    TYPEDEF = 8
    VOLATILE = 9
    CONST = 10
    RESTRICT = 11
    FUNC = 12
    FUNC_PROTO = 13
    VAR = 14
    DATASEC = 15
    FLOAT = 16
    DECL_TAG = 17
    TYPE_TAG = 18
    ENUM64 = 19


KNOWN_LENGTHS = dict.fromkeys(map(int, Kind), (0, 0)) | {
    Kind.INT: (1, 0),
    Kind.ARRAY: (3, 0),
    Kind.STRUCT: (0, 3),
    Kind.UNION: (0, 3),
    Kind.ENUM: (0, 2),
    Kind.FUNC_PROTO: (0, 2),
    Kind.VAR: (1, 0),
    Kind.DATASEC: (0, 3),
    Kind.DECL_TAG: (1, 0),
    Kind.ENUM64: (0, 3),
}
"""Words that follow the header of each kind: once, and for each of its elements."""


LAST_KIND = int(max(Kind))
"""The newest kind that is known here."""


def type_words(lengths: tuple[int, int], count: int) -> int:
    """Return how long a type is, given the words that follow once and for each element."""
    fixed_words, element_words = lengths
    return HEADER_WORDS + fixed_words + element_words * count


def unpack_info(info: int) -> tuple[int, int, bool]:
    """Return kind, count and flag of a type's info word.

    Newer kernels widened the count from 16 to 24 bits and the kind from 5 to 7; older encoders
    left those bits zero, so that one reading serves both.
    """
    return info >> 24 & 0x7F, info & 0xFFFFFF, bool(info >> 31)


def declared_lengths(section: bytes) -> dict[int, tuple[int, int]]:
    """Return the lengths of kinds newer than this reader, where the blob tells them."""
    entries = (section[at : at + 2] for at in range(0, len(section) - 3, 4))
    return {
        kind: (entry[0] // 4, entry[1] // 4)
        for kind, entry in enumerate(entries)
        if kind > LAST_KIND
    }
