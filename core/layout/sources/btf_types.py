"""The type section of BTF, walked no further than it is asked about.

A type's place in the section follows from the lengths of all types before it, so the section has
to be walked from its start; what it holds is looked at only on request. The walk costs about
0.1 microseconds a type. Numbers are in 4-byte words inside this module and in bytes in its errors.
"""

from __future__ import annotations

import sys
from array import array
from enum import IntEnum
from typing import NamedTuple

from core.errors import LayoutError
from core.layout.model import Endian
from core.layout.sources.btf_header import WHOLE_KERNEL, damaged, read_header

VOID = 0
"""The type id of void, which is not written down."""

_WALK_WORDS = 1 << 15
"""Words a step of the walk takes in: few enough to stop early, many enough to be one loop."""


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


class Type(NamedTuple):
    """One type's header; a tuple, because a kernel's task_struct asks for a thousand.

    Attributes:
        type_id: Its number.
        name: Empty for an anonymous one.
        kind: A ``Kind``.
        element_count: Members, values or parameters that follow.
        flag: The kind's flag: in a struct that offsets carry bitfield widths.
        size_or_type: Size in bytes, or the id of the type it refers to.
        words_at: Where what follows the header begins.
    """

    type_id: int
    name: str
    kind: int
    element_count: int
    flag: bool
    size_or_type: int
    words_at: int


class _UnknownKindError(Exception):
    """A kind whose length nothing tells; the walk adds where it stands."""


class _Lengths(dict[int, int]):
    """Length in words of a type by its info word, computed once for each that occurs."""

    def __init__(self, lengths_by_kind: dict[int, tuple[int, int]]) -> None:
        self._lengths_by_kind = lengths_by_kind

    def __missing__(self, info: int) -> int:
        kind, count, _ = unpack_info(info)
        if kind not in self._lengths_by_kind:
            raise _UnknownKindError(kind)
        fixed_words, element_words = self._lengths_by_kind[kind]
        words = self[info] = 3 + fixed_words + element_words * count
        return words


def unpack_info(info: int) -> tuple[int, int, bool]:
    """Return kind, count and flag of a type's info word.

    Newer kernels widened the count from 16 to 24 bits and the kind from 5 to 7; older encoders
    left those bits zero, so that one reading serves both.
    """
    return info >> 24 & 0x7F, info & 0xFFFFFF, bool(info >> 31)


_KNOWN_LENGTHS = dict.fromkeys(map(int, Kind), (0, 0)) | {
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


class TypeSection:
    """Types of one BTF blob by id and by name.

    Args:
        data: The uncompressed blob.
        name: What to call it in errors.

    Raises:
        LayoutError: It is no BTF, is truncated or belongs to a module.
    """

    def __init__(self, data: bytes, *, name: str) -> None:
        header = read_header(data, name=name)
        self.where = name
        self.endian = header.endian
        self.words = _words(header.types, header.endian)
        self._types_at = header.types_at
        self._strings = header.strings
        self._lengths = _Lengths(_KNOWN_LENGTHS | _declared_lengths(header.layout))
        # Index of the *info* word of each type: the walk reads only that one.
        self._info_at = [0]
        self._next = 1

    def type_at(self, type_id: int) -> Type:
        """Return a type's header.

        Raises:
            LayoutError: There is no such type, or the section is damaged before it.
        """
        while type_id >= len(self._info_at):
            if not self._walk():
                raise self.damaged(
                    f"type {type_id} is referred to but there are {len(self._info_at) - 1} types",
                    0,
                )
        at = self._info_at[type_id] if type_id > VOID else 0
        if not at:
            return Type(VOID, "void", 0, 0, False, 0, 0)
        name = self.text(self.words[at - 1], at - 1)
        kind, count, flag = unpack_info(self.words[at])
        return Type(type_id, name, kind, count, flag, self.words[at + 1], at + 2)

    def find(self, name: str, kind: Kind) -> Type | None:
        """Return the first type of a name and kind, or None; walks on until it is met."""
        wanted = self._name_offsets(name)
        words, type_id = self.words, 1
        while wanted:
            while type_id < len(self._info_at):
                at = self._info_at[type_id]
                if words[at - 1] in wanted and words[at] >> 24 & 0x7F == kind:
                    return self.type_at(type_id)
                type_id += 1
            if not self._walk():
                break
        return None

    def text(self, name_offset: int, word: int) -> str:
        """Return a string of the string section.

        Args:
            name_offset: Where it begins in the section.
            word: The word that refers to it, for the error.
        """
        end = self._strings.find(b"\0", name_offset)
        if end < 0:
            raise LayoutError(
                f"the name at byte {self.byte_of(word)} lies outside the string section:"
                " either this is the BTF of a module, which continues its kernel's, or it is"
                " damaged",
                where=self.where,
                advice=WHOLE_KERNEL,
            )
        return self._strings[name_offset:end].decode("utf-8", "backslashreplace")

    def damaged(self, problem: str, word: int) -> LayoutError:
        """Return the error for damaged data at a word of the type section."""
        return damaged(problem, self.byte_of(word), self.where)

    def unknown_kind(self, kind: int, type_id: int, word: int) -> LayoutError:
        """Return the error for a kind that is needed but newer than this reader."""
        if kind == 0:
            return self.damaged(f"type {type_id} has no kind", word)
        return LayoutError(
            f"type {type_id} (byte {self.byte_of(word)}) is of kind {kind}, of which nothing tells"
            f" the size: this reader knows kinds 1 to {max(Kind)}",
            where=self.where,
            advice="if the kernel is newer than this program, update it or encode the BTF with an"
            " older pahole; if not, the BTF is damaged",
        )

    def byte_of(self, word: int) -> int:
        """Return the offset in the blob of a word of the type section."""
        return self._types_at + word * 4

    def _walk(self) -> bool:
        """Note where the next types stand; False where there are no more."""
        words, lengths, add = self.words, self._lengths, self._info_at.append
        at, end = self._next, len(self.words)
        if at > end:
            return False
        stop = min(end, at + _WALK_WORDS)
        try:
            while at < stop:
                add(at)
                at += lengths[words[at]]
        except _UnknownKindError as unknown:
            raise self.unknown_kind(unknown.args[0], len(self._info_at) - 1, at - 1) from None
        self._next = at
        # A walk that is through stands at the info word of a type just past the end.
        if at > end + 1 or at == end:
            last = self._info_at[-1] - 1 if len(self._info_at) > 1 else 0
            raise self.damaged("the last type runs over the end of the types", last)
        return True

    def _name_offsets(self, name: str) -> set[int]:
        """Return where a name stands; encoders may share the tail of a longer string."""
        sought, offsets = name.encode() + b"\0", set[int]()
        at = self._strings.find(sought)
        while at >= 0:
            offsets.add(at)
            at = self._strings.find(sought, at + 1)
        return offsets


def _words(section: memoryview, endian: Endian) -> array[int]:
    words = array("I")
    words.frombytes(section)
    if endian != sys.byteorder:
        words.byteswap()
    return words


def _declared_lengths(section: bytes) -> dict[int, tuple[int, int]]:
    """Return the lengths of kinds newer than this reader, where the blob tells them."""
    entries = (section[at : at + 2] for at in range(0, len(section) - 3, 4))
    return {
        kind: (entry[0] // 4, entry[1] // 4)
        for kind, entry in enumerate(entries)
        if kind > max(Kind)
    }
