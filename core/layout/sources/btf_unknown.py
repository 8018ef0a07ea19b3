"""The length of BTF types newer than this reader, found out from what follows them.

A type does not say how long it is, so one of an unknown kind would end the reading. But what
follows it can only be read as types if its length is right: each possible length is tried, and
the one wins after which the most types make sense, among themselves as well: a wrong length that
swallows whole types shifts the numbers by which they refer to one another.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

from core.layout.sources.btf_kinds import (
    HEADER_WORDS,
    KNOWN_LENGTHS,
    LAST_KIND,
    Kind,
    Words,
    type_words,
    unpack_info,
)

_CANDIDATES = ((0, 0), (1, 0), (2, 0), (3, 0), (0, 1), (0, 2), (0, 3))
"""Words that may follow the header once, and for each element: what all known kinds use."""

_RUN = 1024
"""Types behind the unknown one that are looked at."""

_SHORT_RUN = 16
"""So many must make sense, or all up to the end."""

_MOST_TRIALS = 24
"""More trials than any new kinds need: damaged data shall not keep the reader busy."""

_NAMELESS = frozenset(
    (Kind.PTR, Kind.ARRAY, Kind.VOLATILE, Kind.CONST, Kind.RESTRICT, Kind.FUNC_PROTO)
)
_NAMED = frozenset(
    (
        Kind.INT,
        Kind.FWD,
        Kind.TYPEDEF,
        Kind.FUNC,
        Kind.VAR,
        Kind.DATASEC,
        Kind.FLOAT,
        Kind.DECL_TAG,
        Kind.TYPE_TAG,
    )
)
_WITH_ELEMENTS = frozenset(
    (Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUM64, Kind.FUNC_PROTO, Kind.DATASEC, Kind.FUNC)
)
_REFERRING = frozenset(
    (
        Kind.PTR,
        Kind.TYPEDEF,
        Kind.VOLATILE,
        Kind.CONST,
        Kind.RESTRICT,
        Kind.FUNC_PROTO,
        Kind.VAR,
        Kind.TYPE_TAG,
    )
)
_NO_TYPES = frozenset((Kind.FUNC, Kind.VAR, Kind.DATASEC, Kind.DECL_TAG))
"""Kinds that nothing can point to or be made of."""

_SIZES: dict[int, frozenset[int]] = {
    Kind.INT: frozenset((1, 2, 4, 8, 16)),
    Kind.FLOAT: frozenset((2, 4, 8, 12, 16)),
    Kind.ENUM: frozenset((1, 2, 4, 8)),
    Kind.ENUM64: frozenset((1, 2, 4, 8)),
}


class _Run(NamedTuple):
    """Types read behind a trial: where their info words are, and whether they reach the end."""

    info_at: array[int]
    reaches_end: bool


class KindGuesser:
    """Finds the lengths of unknown kinds in one type section.

    Args:
        words: The whole section.
        strings_bytes: Size of the string section.
    """

    def __init__(self, words: Words, strings_bytes: int) -> None:
        self._words = words
        self._strings_bytes = strings_bytes
        self._candidates: dict[int, tuple[tuple[int, int], ...]] = {}
        self._trials_left = _MOST_TRIALS

    def type_words(self, info_at: array[int]) -> int | None:
        """Return how long a type of an unknown kind is; None where no length makes sense.

        Args:
            info_at: Index of the info word of each type so far, the unknown one last.
        """
        kind, count, _ = unpack_info(self._words[info_at[-1]])
        candidates = self._candidates.get(kind, _CANDIDATES)
        lengths = sorted({type_words(candidate, count) for candidate in candidates})
        best: int | None = lengths[0]
        if len(lengths) > 1:
            best = self._best(kind, candidates, lengths, info_at)
        if best is not None:
            fitting = (one for one in candidates if type_words(one, count) == best)
            self._candidates[kind] = tuple(fitting)
        return best

    def _best(
        self,
        kind: int,
        candidates: tuple[tuple[int, int], ...],
        lengths: list[int],
        info_at: array[int],
    ) -> int | None:
        """Return the length after which the most types make sense."""
        self._trials_left -= 1
        if self._trials_left < 0:
            return None
        _, count, _ = unpack_info(self._words[info_at[-1]])
        best, longest = None, 0
        for length in lengths:
            for candidate in candidates:
                if type_words(candidate, count) != length:
                    continue
                sensible = self._sensible(kind, candidate, info_at, info_at[-1] + length)
                if sensible > longest:
                    best, longest = length, sensible
        return best

    def _sensible(self, kind: int, rule: tuple[int, int], before: array[int], at: int) -> int:
        """Return how many types make sense behind a trial, 0 where they are too few."""
        run = self._read(kind, rule, at)
        first_id = len(before)
        info_at = before + run.info_at
        for type_id in range(first_id, len(info_at)):
            if not self._refers_well(info_at, type_id):
                read = type_id - first_id
                return read if read >= _SHORT_RUN else 0
        read = len(run.info_at)
        if run.reaches_end:
            return read + _RUN  # nothing is left that could contradict
        return read if read >= _SHORT_RUN else 0

    def _read(self, kind: int, rule: tuple[int, int], at: int) -> _Run:
        """Read types on from a place, up to the first that makes no sense by itself."""
        words, end = self._words, len(self._words)
        info_at = array("I")
        while len(info_at) < _RUN:
            if at == end + 1:
                return _Run(info_at, reaches_end=True)
            if at + 1 >= end or not self._looks_well(at):
                break
            found, count, _ = unpack_info(words[at])
            lengths = rule if found == kind else KNOWN_LENGTHS.get(found)
            if lengths is None:
                break
            info_at.append(at)
            at += type_words(lengths, count)
        return _Run(info_at, reaches_end=False)

    def _looks_well(self, at: int) -> bool:
        """Tell whether a type's header makes sense by itself."""
        words = self._words
        name_offset, kind, count = words[at - 1], *unpack_info(words[at])[:2]
        if name_offset >= self._strings_bytes or kind == 0:
            return False
        if (kind in _NAMELESS and name_offset) or (kind in _NAMED and not name_offset):
            return False
        if kind in KNOWN_LENGTHS and kind not in _WITH_ELEMENTS and count:
            return False
        return kind not in _SIZES or words[at + 1] in _SIZES[kind]

    def _refers_well(self, info_at: array[int], type_id: int) -> bool:
        """Tell whether the types that a type refers to are of kinds it can refer to."""
        words, at = self._words, info_at[type_id]
        kind, count, _ = unpack_info(words[at])
        behind = at + HEADER_WORDS - 1
        if kind == Kind.FUNC:
            return self._may_be(Kind.FUNC_PROTO, info_at, words[at + 1])
        if kind in _REFERRING and not self._is_type(info_at, words[at + 1]):
            return False
        if kind == Kind.ARRAY:
            index = words[behind + 1]
            return self._is_type(info_at, words[behind]) and self._may_be(Kind.INT, info_at, index)
        if kind in (Kind.STRUCT, Kind.UNION):
            members = range(behind + 1, min(behind + 3 * count, len(words)), 3)
            return all(self._is_member(info_at, words[member]) for member in members)
        return True

    def _is_member(self, info_at: array[int], type_id: int) -> bool:
        kind = self._kind_of(info_at, type_id)
        return kind not in _NO_TYPES and kind not in (Kind.FUNC_PROTO, Kind.FWD, 0)

    def _may_be(self, wanted: Kind, info_at: array[int], type_id: int) -> bool:
        kind = self._kind_of(info_at, type_id)
        return kind is None or kind == wanted or kind > LAST_KIND

    def _is_type(self, info_at: array[int], type_id: int) -> bool:
        return self._kind_of(info_at, type_id) not in _NO_TYPES

    def _kind_of(self, info_at: array[int], type_id: int) -> int | None:
        """Return a type's kind, 0 for void, None for a type that has not been read."""
        if type_id >= len(info_at):
            return None
        return unpack_info(self._words[info_at[type_id]])[0] if type_id else 0
