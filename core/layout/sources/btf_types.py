"""The type section of BTF, walked no further than it is asked about.

A type's place in the section follows from the lengths of all types before it, so the section has
to be walked from its start; what it holds is looked at only on request. The walk costs about
0.1 microseconds a type. Numbers are in 4-byte words inside this module and in bytes in its errors.
"""

from __future__ import annotations

import sys
from array import array
from typing import NamedTuple

from core.errors import LayoutError
from core.layout.model import Endian
from core.layout.sources.btf_header import WHOLE_KERNEL, damaged, read_header
from core.layout.sources.btf_kinds import (
    KNOWN_LENGTHS,
    LAST_KIND,
    Kind,
    Words,
    declared_lengths,
    type_words,
    unpack_info,
)
from core.layout.sources.btf_unknown import KindGuesser

VOID = 0
"""The type id of void, which is not written down."""

CHAIN = 64
"""Types in a row or in one another: no kernel comes near; damaged data can run in circles."""

LONGEST_NAME_BYTES = 512
"""Longer names are cut: the kernel itself refuses them (KSYM_NAME_LEN, include/linux/kallsyms.h of
v6.1 and later), and damaged data may give one of a megabyte to every type."""

_WALK_WORDS = 1 << 15
"""Words a step of the walk takes in: few enough to stop early, many enough to be one loop."""

_FOUND_BY_NAME = (
    Kind.STRUCT,
    Kind.UNION,
    Kind.TYPEDEF,
    Kind.INT,
    Kind.ENUM,
    Kind.ENUM64,
    Kind.FLOAT,
)

_OVERLAP = 2
"""How much longer than the string section the names may be: encoders may let one name be the tail
of another, damaged data may let all."""

_SCANS = 16
"""Searches by name that read the types one by one; more of them are worth an index."""


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


class TypeSection:
    """Types of one BTF blob by id and by name.

    Args:
        data: The uncompressed blob; a view of it is kept, so that it must not change.
        name: What to call it in errors.

    Attributes:
        where: What to call it in errors.
        endian: Byte order of the blob, and of the machine it describes.
        words: The whole section.
        notes: Sentences about what was met and could not be used.

    Raises:
        LayoutError: It is no BTF, is truncated or belongs to a module.
    """

    def __init__(self, data: bytes | memoryview, *, name: str) -> None:
        header = read_header(data, name=name)
        self.where = name
        self.endian = header.endian
        self.words = _words(header.types, header.endian)
        self.notes: tuple[str, ...] = ()
        self._types_at = header.types_at
        self._strings = header.strings
        self._texts: dict[int, str] = {}
        self._lengths_by_kind = KNOWN_LENGTHS | declared_lengths(header.layout)
        # Length in words of a type by its info word, noted for each that occurs.
        self._lengths: dict[int, int] = {}
        self._guesser = KindGuesser(self.words, len(self._strings))
        # Index of the *info* word of each type: the walk reads only that one.
        self._info_at = array("I", (0,))
        self._next = 1
        self._broken: LayoutError | None = None
        self._scans_left = _SCANS
        self._ids: dict[int, dict[bytes, int]] | None = None

    def type_at(self, type_id: int) -> Type:
        """Return a type's header.

        Raises:
            LayoutError: There is no such type, or the section is damaged before it.
        """
        while type_id >= len(self._info_at):
            if not self._walk() and type_id >= len(self._info_at):
                raise self._broken or self.damaged(
                    f"type {type_id} is referred to but there are {len(self._info_at) - 1} types",
                    0,
                )
        at = self._info_at[type_id] if type_id > VOID else 0
        if not at:
            return Type(VOID, "void", 0, 0, False, 0, 0)
        words = self.words
        info = words[at]
        return Type(
            type_id,
            self.text(words[at - 1], at - 1),
            info >> 24 & 0x7F,
            info & 0xFFFFFF,
            bool(info >> 31),
            words[at + 1],
            at + 2,
        )

    def find(self, name: str, *kinds: Kind) -> Type | None:
        """Return the first type of a name and of any of some kinds, or None.

        Walks on until it is met.

        Raises:
            LayoutError: It was not met, and the section cannot be read to its end.
        """
        found = self.find_readable(name, *kinds)
        if found is None and self._broken is not None:
            raise self._broken
        return found

    def find_readable(self, name: str, *kinds: Kind) -> Type | None:
        """Return what ``find`` does; None where a section that breaks off does not show it."""
        wanted = name.encode("utf-8", "surrogateescape")
        if not wanted or b"\0" in wanted:
            return None
        if self._scans_left:
            self._scans_left -= 1
            found = self._scanned(wanted + b"\0", kinds)
        else:
            ids = self._indexed()
            found = min((ids[kind][wanted] for kind in kinds if wanted in ids[kind]), default=VOID)
        return self.type_at(found) if found else None

    def names(self, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        """Return the names of all types of some kinds, each once, in order of their types."""
        ids = self._indexed()
        first: dict[bytes, int] = {}
        for kind in kinds:
            for name, type_id in ids[kind].items():
                first[name] = min(type_id, first.get(name, type_id))
        return tuple(
            name.decode("utf-8", "backslashreplace")
            for name in sorted(first, key=first.__getitem__)
        )

    def text(self, name_offset: int, word: int) -> str:
        """Return a string of the string section, cut where it is longer than any name.

        Args:
            name_offset: Where it begins in the section.
            word: The word that refers to it, for the error.
        """
        known = self._texts.get(name_offset)
        if known is not None:
            return known
        text = self._name_bytes(name_offset, word).decode("utf-8", "backslashreplace")
        self._texts[name_offset] = text
        return text

    def damaged(self, problem: str, word: int) -> LayoutError:
        """Return the error for damaged data at a word of the type section."""
        return damaged(problem, self.byte_of(word), self.where)

    def unknown_kind(self, kind: int, type_id: int, word: int) -> LayoutError:
        """Return the error for a kind that is needed but newer than this reader."""
        if kind == 0:
            return self.damaged(f"type {type_id} has no kind", word)
        return LayoutError(
            f"type {type_id} (byte {self.byte_of(word)}) is of kind {kind}, which is needed here:"
            f" this reader knows kinds 1 to {LAST_KIND}",
            where=self.where,
            advice="if the kernel is newer than this program, update it or encode the BTF with an"
            " older pahole; if not, the BTF is damaged",
        )

    def byte_of(self, word: int) -> int:
        """Return the offset in the blob of a word of the type section."""
        return self._types_at + word * 4

    def _name_bytes(self, name_offset: int, word: int) -> bytes:
        strings = self._strings
        if name_offset >= len(strings):
            raise LayoutError(
                f"the name at byte {self.byte_of(word)} lies outside the string section:"
                " either this is the BTF of a module, which continues its kernel's, or it is"
                " damaged",
                where=self.where,
                advice=WHOLE_KERNEL,
            )
        # The section ends with a zero, so that a name without one near by is just a long one.
        end = strings.find(b"\0", name_offset, name_offset + LONGEST_NAME_BYTES)
        return strings[name_offset : name_offset + LONGEST_NAME_BYTES if end < 0 else end]

    def _walk(self) -> bool:
        """Note where the next types stand; False where there are no more, or none can be read."""
        words, lengths, add = self.words, self._lengths, self._info_at.append
        at, end = self._next, len(self.words)
        if at > end or self._broken is not None:
            return False
        stop = min(end, at + _WALK_WORDS)
        while at < stop:
            add(at)
            try:
                at += lengths[words[at]]
            except KeyError:
                length = self._new_length(at)
                if not length:
                    return False
                at += length
        self._next = at
        # A walk that is through stands at the info word of a type just past the end.
        if at > end + 1 or at == end:
            last = self._info_at.pop() - 1
            self._broken = self.damaged("the last type runs over the end of the types", last)
            self._note("the last type could not be read: it runs over the end")
            return False
        return True

    def _new_length(self, at: int) -> int:
        """Return the length of the last type noted, of an info word not met before.

        Args:
            at: Index of the info word.

        Returns:
            Words; 0 where the kind is unknown and none makes sense.
        """
        info, type_id = self.words[at], len(self._info_at) - 1
        kind, count, _ = unpack_info(info)
        rule = self._lengths_by_kind.get(kind)
        if rule is not None:
            length = type_words(rule, count)
        else:
            guessed = self._guesser.type_words(self._info_at) if kind else None
            if guessed is None:
                self._broken = self._unreadable(kind, type_id, at - 1)
                self._note(f"the types from {type_id} on could not be read: kind {kind} is unknown")
                return 0
            self._note(f"types of kind {kind} are unknown and were skipped")
            length = guessed
        self._lengths[info] = length
        return length

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes += (note,)

    def _unreadable(self, kind: int, type_id: int, word: int) -> LayoutError:
        """Return the error for whatever lies behind a type of which no length makes sense."""
        if kind == 0:
            return self.damaged(f"type {type_id} has no kind", word)
        return LayoutError(
            f"type {type_id} (byte {self.byte_of(word)}) is of kind {kind}, which this reader does"
            " not know, and what follows it makes no sense at any length it may have",
            where=self.where,
            advice="if the kernel is newer than this program, update it or encode the BTF with an"
            " older pahole; if not, the BTF is damaged",
        )

    def _scanned(self, name: bytes, kinds: tuple[Kind, ...]) -> int:
        """Return the id of the first type of a name and kinds, VOID where there is none."""
        words, strings, info_at = self.words, self._strings, self._info_at
        wanted, length, first = frozenset(map(int, kinds)), len(name), 1
        while True:
            for type_id in range(first, len(info_at)):
                at = info_at[type_id]
                if words[at] >> 24 & 0x7F in wanted:
                    name_offset = words[at - 1]
                    if strings[name_offset : name_offset + length] == name:
                        return type_id
            first = len(info_at)
            if not self._walk() and first == len(info_at):
                return VOID

    def _indexed(self) -> dict[int, dict[bytes, int]]:
        """Return the first type of each name, by kind; walks to the end.

        Raises:
            LayoutError: The names take more room than the string section can hold.
        """
        if self._ids is not None:
            return self._ids
        while self._walk():
            pass
        words, left_bytes = self.words, _OVERLAP * len(self._strings)
        ids: dict[int, dict[bytes, int]] = {kind: {} for kind in _FOUND_BY_NAME}
        for type_id, at in enumerate(self._info_at):
            by_name = ids.get(words[at] >> 24 & 0x7F) if type_id else None
            if by_name is None or not words[at - 1]:
                continue
            name = self._name_bytes(words[at - 1], at - 1)
            if by_name.setdefault(name, type_id) == type_id:
                left_bytes -= len(name)
                if left_bytes < 0:
                    raise self.damaged("too many names overlap", at - 1)
        self._ids = ids
        return ids


def _words(section: memoryview, endian: Endian) -> Words:
    if endian == sys.byteorder:
        return section.cast("I")
    words = array("I")
    words.frombytes(section)
    words.byteswap()
    return words


def damaged_type(types: TypeSection, found: Type, problem: str) -> LayoutError:
    """Return the error for a type that cannot be what it says it is."""
    named = f" ({found.name})" if found.name else ""
    word = max(found.words_at - 3, 0)
    return types.damaged(f"type {found.type_id}{named} {problem}", word)
