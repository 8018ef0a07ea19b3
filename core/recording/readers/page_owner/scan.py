"""The fast way through a page_owner dump: whole chunks at once, with numpy.

A record of a dump is some 700 bytes of which very little is new: a few numbers, while its head and
its tail (see ``page_owner_text``) were seen a thousand times before. So the numbers of all records
of a chunk are found and worked out column by column, and heads and tails are looked up as they are,
as bytes. What does not look exactly as expected is handed out untouched, for a careful reader.

This is what the helping process runs, so it takes no notes and understands nothing: heads, tails
and odd records are left for the process that has them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.recording.profile import UNKNOWN, Ints, Longs
from core.recording.readers.page_owner.text import head_of, is_tail

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

TYPES = ("Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate")
"""Names of migrate types (Linux 5.4 to 6.12, mm/page_alloc.c, migratetype_names)."""

ODD = -1
_MOST_KNOWN, _MOST_KNOWN_BYTES = 1 << 16, 12 << 20
"""Heads or tails remembered: enough for all that repeat, little if none does."""
_WINDOW = 64
"""Bytes that may be looked at before the begin of a second line, and from there on, unasked."""
_NS, _TS, _FREE_TS = b" ns", b", ts ", b", free_ts "
_POWERS = tuple(10**place for place in range(18))
_MOST_PFN_DIGITS = 15
_DIGITS = np.full(256, 255, np.int64)
_DIGITS[list(b"0123456789abcdef")] = range(16)
_TYPE_LENGTHS = np.array([len(name) for name in TYPES])
_TYPE_KEYS = np.frombuffer(b"".join(f"{name} Block ".encode()[:8] for name in TYPES), np.uint64)
"""The first eight bytes of each type and what follows it: all different."""
_TYPE_ORDER = np.argsort(_TYPE_KEYS)
_SORTED_KEYS = _TYPE_KEYS[_TYPE_ORDER]


class OddBlock(NamedTuple):
    """Lines between two blank ones that are no plain record.

    Attributes:
        row: How many plain records of the chunk come before it.
        line: How many lines of the chunk come before it.
        text: The lines, each with its end.
    """

    row: int
    line: int
    text: bytes


class Scanned(NamedTuple):
    """A chunk's records, columns of shape (records,).

    Attributes:
        lines: Lines of the chunk.
        heads: Number of each record's head, counted from the first one a scanner has met.
        tails: Number of each record's tail, likewise.
        types: Index in ``TYPES``.
        ts_ns: When it was allocated, ``UNKNOWN`` where the kernel does not say.
        free_ts_ns: When the page was freed the last time before, likewise.
        pfn: Its page frame.
        new_heads: Heads not met before, in the order of their numbers.
        new_tails: Tails not met before, likewise.
        odd: What a careful reader has to look at.
    """

    lines: int
    heads: Ints
    tails: Ints
    types: npt.NDArray[np.int8]
    ts_ns: Longs
    free_ts_ns: Longs
    pfn: Longs
    new_heads: list[bytes]
    new_tails: list[bytes]
    odd: list[OddBlock]


class _Numbering(dict[bytes, int]):
    """Numbers pieces of text that a check has passed; others are ``ODD`` and not remembered."""

    def __init__(self, check: Callable[[bytes], object]) -> None:
        super().__init__()
        self._check = check
        self._next = 0
        self._bytes = 0
        self.new: list[bytes] = []

    def __missing__(self, piece: bytes) -> int:
        if not self._check(piece):
            return ODD
        number = self[piece] = self._next
        self._next += 1
        self._bytes += len(piece)
        self.new.append(piece)
        return number

    def take_new(self) -> list[bytes]:
        """Return what was met since the last call; forget all where it has become too much."""
        new, self.new = self.new, []
        if len(self) > _MOST_KNOWN or self._bytes > _MOST_KNOWN_BYTES:
            self.clear()
            self._bytes = 0
        return new


class Scanner:
    """Scans chunks; remembers the heads and tails it has met."""

    def __init__(self) -> None:
        self._heads = _Numbering(head_of)
        self._tails = _Numbering(is_tail)

    def scan(self, chunk: bytes) -> Scanned:
        """Return a chunk's records.

        Args:
            chunk: Text that begins and ends between records; its lines end as on Linux.
        """
        text = np.frombuffer(chunk, np.uint8)
        blocks = _Blocks(text)
        plain = _Plain(text, blocks)
        heads = _look_up(self._heads, chunk, plain.begins, plain.head_ends)
        tails = _look_up(self._tails, chunk, plain.tail_begins, plain.ends)
        good = (heads >= 0) & (tails >= 0)
        odd = blocks.others(plain.blocks[good])
        columns = (heads, tails, plain.types, plain.ts_ns, plain.free_ts_ns, plain.pfn)
        if not good.all():
            columns = tuple(column[good] for column in columns)  # type: ignore[assignment]
        return Scanned(
            len(blocks.newlines),
            *columns,
            self._heads.take_new(),
            self._tails.take_new(),
            [blocks.odd(chunk, block, before) for before, block in odd],
        )


def _look_up(known: _Numbering, chunk: bytes, begins: Longs, ends: Longs) -> Ints:
    pieces = map(chunk.__getitem__, map(slice, begins.tolist(), ends.tolist()))
    return np.fromiter(map(known.__getitem__, pieces), np.int32, len(begins))


class _Blocks:
    """Where the lines of a chunk end, and which of them lie between blank ones or at its end.

    Attributes:
        newlines: Offset of each line's end.
        firsts: Number of each block's first line.
        counts: How many lines it has, without the blank one.
    """

    def __init__(self, text: Bytes) -> None:
        self.newlines = np.flatnonzero(text == 10)
        blanks = np.flatnonzero(np.diff(self.newlines, prepend=-1) == 1)
        if len(self.newlines) and (not len(blanks) or blanks[-1] != len(self.newlines) - 1):
            blanks = np.append(blanks, len(self.newlines))
        self.firsts = np.empty_like(blanks)
        if len(blanks):
            self.firsts[0] = 0
            self.firsts[1:] = blanks[:-1] + 1
        self.counts = blanks - self.firsts

    def begins(self, blocks: Longs) -> Longs:
        """Return the offset at which each of some blocks begins."""
        firsts = self.firsts[blocks]
        return np.where(firsts > 0, self.newlines[firsts - 1] + 1, 0)

    def others(self, plain: Longs) -> list[tuple[int, int]]:
        """Return each block that is not among the plain ones, as (plain ones before it, block)."""
        others = self.counts > 0
        others[plain] = False
        blocks = np.flatnonzero(others)
        before = np.searchsorted(plain, blocks)
        return list(zip(before.tolist(), blocks.tolist(), strict=True))

    def odd(self, chunk: bytes, block: int, row: int) -> OddBlock:
        """Return a block's lines."""
        first, count = int(self.firsts[block]), int(self.counts[block])
        begin = int(self.newlines[first - 1]) + 1 if first else 0
        end = int(self.newlines[first + count - 1]) + 1
        return OddBlock(row, first, chunk[begin:end])


class _Plain:
    """The blocks whose first two lines are as expected; columns of shape (records,)."""

    def __init__(self, text: Bytes, blocks: _Blocks) -> None:
        self._text = text
        self.blocks = np.flatnonzero(blocks.counts >= 3)
        self.blocks = self.blocks[blocks.newlines[blocks.firsts[self.blocks]] >= _WINDOW]
        firsts = blocks.firsts[self.blocks]
        self.begins = blocks.begins(self.blocks)
        seconds = blocks.newlines[firsts] + 1
        self.tail_begins = blocks.newlines[firsts + 1] + 1
        self.ends = blocks.newlines[firsts + blocks.counts[self.blocks] - 1] + 1
        self.head_ends = self.ts_ns = self.free_ts_ns = self.pfn = self.begins
        self.types = np.zeros(0, np.int8)
        good = self._read_second(seconds)
        good &= self._read_times(seconds - 1)
        if not good.all():
            for name, column in list(vars(self).items()):
                if name != "_text":
                    setattr(self, name, column[good])

    def _read_times(self, ends: Longs) -> Flags:
        """Work out the times before the ends of first lines; the head is what they leave."""
        text = self._text
        last, last_begins = _numbers_before(text, ends - len(_NS))
        timed = _says(text, ends - len(_NS), _NS)
        freed = timed & _says(text, last_begins - len(_FREE_TS), _FREE_TS)
        ts_ends = np.where(freed, last_begins - len(_FREE_TS), ends)
        if freed.any():
            first, begins = _numbers_before(text, ts_ends - len(_NS))
            self.ts_ns = np.where(timed, first, UNKNOWN)
        else:
            begins = last_begins
            self.ts_ns = np.where(timed, last, UNKNOWN)
        self.free_ts_ns = np.where(freed, last, UNKNOWN)
        whole = _says(text, ts_ends - len(_NS), _NS) & _says(text, begins - len(_TS), _TS)
        self.head_ends = np.where(timed, begins - len(_TS), ends)
        return (whole | ~timed) & (self.head_ends > self.begins)

    def _read_second(self, begins: Longs) -> Flags:
        """Work out what the second lines say, from their begins."""
        text = self._text
        inside = begins <= len(text) - _WINDOW
        begins = np.where(inside, begins, 0) if len(text) >= _WINDOW else begins[:0]
        if not len(begins):
            self.types, self.pfn = np.zeros(len(inside), np.int8), np.zeros(len(inside), np.int64)
            return np.zeros(len(inside), np.bool_)
        good = inside & _says(text, begins, b"PFN ")
        self.pfn, ends, known = _page_frames(text, begins + 4)
        good &= known & _says(text, ends, b" type ")
        words = text[(ends + 6)[:, None] + np.arange(8)].view(np.uint64)[:, 0]
        place = np.minimum(np.searchsorted(_SORTED_KEYS, words), len(TYPES) - 1)
        self.types = _TYPE_ORDER[place].astype(np.int8)
        good &= _SORTED_KEYS[place] == words
        good &= _says(text, ends + 6 + _TYPE_LENGTHS[self.types], b" Block ")
        good &= text[self.tail_begins - 2] == ord(")")
        return good


def _says(text: Bytes, begins: Longs, word: bytes) -> Flags:
    """Return for each place whether a word begins there."""
    says: Flags = text[begins] == word[0]
    for offset, sign in enumerate(word[1:], 1):
        says &= text[begins + offset] == sign
    return says


def _numbers_before(text: Bytes, ends: Longs) -> tuple[Longs, Longs]:
    """Return the decimal number that ends at each place, and where it begins.

    Longer ones than a column holds begin where they end, as if there were none.
    """
    numbers, at = np.zeros(len(ends), np.int64), ends
    reads = np.ones(len(ends), np.bool_)
    for power in _POWERS:
        digits = _DIGITS[text[at - 1]]
        reads &= digits < 10
        if not reads.any():
            break
        numbers += np.where(reads, digits, 0) * power
        at = at - reads
    return numbers, np.where(reads, ends, at)


def _page_frames(text: Bytes, begins: Longs) -> tuple[Longs, Longs, Flags]:
    """Return the page frame at each place, where it ends, and whether there is one.

    It is written ``%lu``, since 6.6 ``0x%lx``.
    """
    is_hex = _says(text, begins, b"0x")
    bases = np.where(is_hex, 16, 10)
    begins = np.where(is_hex, begins + 2, begins)
    numbers, at = np.zeros(len(begins), np.int64), begins
    reads = np.ones(len(begins), np.bool_)
    for _ in range(_MOST_PFN_DIGITS):
        digits = _DIGITS[text[at]]
        reads &= digits < bases
        if not reads.any():
            break
        numbers = np.where(reads, numbers * bases + digits, numbers)
        at = at + reads
    return numbers, at, ~reads & (at > begins)
