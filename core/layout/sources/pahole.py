"""pahole's text as a kernel's types: what people paste into mails.

The text tells names, offsets and sizes exactly. Of alignments it tells little: base types and
pointers have that of their size, structs whose text is there too have that of their members, and
of all others the likely one is given with the least that is possible.
"""

from __future__ import annotations

import re

from core.errors import LayoutError, did_you_mean
from core.layout.model import TASK_STRUCT, Endian, KernelLayout, StructLayout, flattened
from core.layout.pahole_types import BASE_WORDS
from core.layout.sources.pahole_find import Found, cleaned, find_structs, has_places, parse_error
from core.layout.sources.pahole_parse import parse
from core.layout.sources.pahole_resolve import Resolved, Resolver
from core.layout.sources.pahole_signs import struct_align_bytes

_HEAD_HEADING = re.compile(rb"\b(?:struct|union|class)\s{1,100}\w{1,500}\s{0,100}\{")
_HEAD_PLACE = re.compile(
    rb"/\*\s{0,200}(?:0x)?[0-9a-fA-F]{1,10}(?:\s?:\s{0,9}\w{1,4})?"
    rb"\s{1,200}(?:0x)?[0-9a-fA-F]{1,10}\s{0,200}\*/"
)
_BIG_ENDIAN = frozenset(
    (
        "aarch64_be",
        "armeb",
        "m68k",
        "mips",
        "mips64",
        "parisc",
        "ppc",
        "ppc64",
        "s390",
        "s390x",
        "sparc",
        "sparc64",
    )
)
_LONGEST_CHAIN = 32
"""Structs that hold one another, looked at for an alignment."""

_MOST_NAMED = 2000
"""Names that a misspelt one is compared with."""

_ADVICE = "give what `pahole -C task_struct vmlinux` prints, offsets included"


def looks_like_pahole(head: bytes) -> bool:
    """Tell whether a file's beginning is pahole's text: a struct and a member with its place."""
    return _HEAD_HEADING.search(head) is not None and _HEAD_PLACE.search(head) is not None


def read_pahole(
    text: str,
    *,
    name: str,
    label: str = "",
    kernel: str = "",
    arch: str = "",
    source: str = "pahole text",
    where: str = "",
) -> PaholeKernel:
    """Return the structs in pahole's output, also quoted, in a diff, or amid other text.

    Args:
        text: The text.
        name: Short name of the layouts.
        label: Name for people, ``name`` where empty.
        kernel: Release, which the text does not hold.
        arch: Architecture, which the text does not hold.
        source: What was read, for people.
        where: What errors begin with, ``name`` where empty.

    Raises:
        LayoutError: There is no struct with offsets in it, or the first one, or task_struct, is
            damaged; that of another struct is raised when it is asked for.
    """
    return PaholeKernel(
        text,
        name=name,
        label=label or name,
        kernel=kernel,
        arch=arch,
        source=source,
        where=where or name,
    )


class PaholeKernel:
    """The structs of a pahole text (a ``KernelTypes``); each is read when it is asked for."""

    def __init__(
        self, text: str, *, name: str, label: str, kernel: str, arch: str, source: str, where: str
    ) -> None:
        self._text = cleaned(text)
        self._name, self._label, self._kernel = name, label, kernel
        self._arch, self._source, self._where = arch, source, where
        self._endian: Endian = "big" if arch in _BIG_ENDIAN else "little"
        self._found, self._limits = self._index()
        self._resolved: dict[str, Resolved] = {}
        self._inner: dict[str, StructLayout] = {}
        self._chain: list[str] = []
        self._first = TASK_STRUCT if TASK_STRUCT in self._found else next(iter(self._found))
        self._resolve(self._first)

    def layout(self, struct: str = TASK_STRUCT) -> KernelLayout:
        """Return a struct with where it is from; errors as ``KernelTypes``."""
        found = self.find(struct)
        if found is None:
            near = did_you_mean(struct, self.struct_names()[:_MOST_NAMED])
            raise LayoutError(f"no struct {struct} in this text", where=self._where, advice=near)
        resolved = self._resolved.get(struct, self._resolved[self._first])
        notes = list(resolved.notes)
        if not self._arch:
            notes.append("the text does not tell the byte order: little endian was taken")
        pointer_bytes = resolved.pointer_bytes or self._resolved[self._first].pointer_bytes
        if not pointer_bytes:
            notes.append("the text has no pointer: 8 bytes were taken for one")
        return KernelLayout(
            self._name,
            self._label,
            self._kernel,
            self._arch,
            self._source,
            found,
            kind="pahole",
            pointer_bytes=pointer_bytes or 8,
            notes=tuple(notes),
        )

    def find(self, struct: str) -> StructLayout | None:
        """Return a struct or union by its tag, or None."""
        if struct in self._found:
            return self._resolve(struct).struct
        return self._inner.get(struct)

    def size_and_align(self, typedef: str) -> tuple[int, int] | None:
        """Return size and likely alignment in bytes of a typedef, an enum or a base type.

        Known are C's base types, and what members of the structs read so far are made of.
        """
        words, first = typedef.split(), self._resolved[self._first]
        if words and all(word in BASE_WORDS for word in words):
            size_bytes = _base_bytes(words, first.pointer_bytes or 8)
            return (size_bytes, min(size_bytes, first.widest_bytes)) if size_bytes else None
        for resolved in self._resolved.values():
            for member in flattened(resolved.struct.members):
                if member.type_name in (typedef, f"enum {typedef}"):
                    return member.unit_bytes, member.align_bytes
        return None

    def struct_names(self) -> tuple[str, ...]:
        """Return the tags of all structs and unions."""
        return tuple(dict.fromkeys((*self._found, *self._inner)))

    def _index(self) -> tuple[dict[str, Found], dict[str, int]]:
        """Return where each struct is, and where what belongs to it ends at most."""
        all_found = find_structs(self._text)
        if not all_found:
            raise LayoutError("no struct in this text", where=self._where, advice=_ADVICE)
        found: dict[str, Found] = {}
        limits: dict[str, int] = {}
        starts = [one.start for one in all_found[1:]] + [len(self._text)]
        for one, limit in zip(all_found, starts, strict=True):
            if one.name not in found and has_places(self._text, one, limit):
                found[one.name], limits[one.name] = one, limit
        if found:
            return found, limits
        raise parse_error(
            f"no member of struct {all_found[0].name} has its offset and size behind it",
            self._text,
            all_found[0].start,
            self._where,
            _ADVICE,
        )

    def _resolve(self, name: str) -> Resolved:
        if name not in self._resolved:
            raw = parse(self._text, self._found[name], self._limits[name], self._where)
            self._chain.append(name)
            try:
                resolver = Resolver(self._text, self._where, self._endian, self._align_bytes)
                resolved = self._resolved[name] = resolver.resolve(raw)
            finally:
                self._chain.pop()
            for tag, struct in resolved.inner.items():
                self._inner.setdefault(tag, struct)
        return self._resolved[name]

    def _align_bytes(self, tag: str) -> int:
        """Return the alignment of a struct in this text, 0 where it is not in it."""
        if tag in self._chain or len(self._chain) > _LONGEST_CHAIN:
            return 0
        try:
            struct = self.find(tag)
        except LayoutError:  # reported where that struct is asked for
            struct = None
        if struct is None:
            return 0
        align_bytes = struct_align_bytes(
            struct.members, 0, struct.size_bytes, is_union=struct.is_union
        )
        return max(align_bytes, struct.align_bytes)


def _base_bytes(words: list[str], pointer_bytes: int) -> int:
    """Return the size of a base type of C, 0 for void."""
    longs = words.count("long")
    if "char" in words or words in (["bool"], ["_Bool"]):
        return 1
    if "short" in words:
        return 2
    if "double" in words:
        return 8
    if "__int128" in words:
        return 16
    if longs:
        return pointer_bytes if longs == 1 else 8
    return 0 if words == ["void"] else 4
