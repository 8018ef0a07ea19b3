"""The records of a page_owner dump, collected: a row of small numbers each.

While a dump is read, a record is the number of its head, of its tail, of its type, and three
numbers of its own: 36 bytes. The columns of the profile are made of that at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from core.recording.profile import (
    BYTES,
    NO_VALUE,
    PAGES,
    RECORDS,
    UNKNOWN,
    Dimension,
    Ints,
    Longs,
    ProfileInfo,
    StackProfile,
    StackTableBuilder,
)
from core.recording.readers.page_owner.careful import CarefulRecord
from core.recording.readers.page_owner.scan import TYPES, Scanned
from core.recording.readers.page_owner.text import Head, Tail, head_of, tail_of

PAGE_BYTES = 4096
_COLUMNS = ("head", "tail", "type", "ts_ns", "free_ts_ns", "pfn")
_KINDS = (np.int32, np.int32, np.int32, np.int64, np.int64, np.int64)
_OF_HEAD = ("order", "gfp", "pid", "tgid", "comm")
_OF_TAIL = ("stack", "module", "memcg")


class _Texts:
    """Values of a dimension, each once."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, value: str) -> int:
        return self._codes.setdefault(value, len(self._codes))

    def dimension(self, codes: Ints) -> Dimension:
        return Dimension(codes, tuple(self._codes))


class Numbers:
    """What the numbers of one scanner's heads and tails are among all."""

    def __init__(self) -> None:
        self.heads = np.zeros(0, np.int32)
        self.tails = np.zeros(0, np.int32)


class Rows:
    """Collects records in the order of the file.

    Attributes:
        count: How many there are.
    """

    def __init__(self) -> None:
        self.count = 0
        self._parts: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in _COLUMNS}
        self._texts = {name: _Texts() for name in (*_OF_HEAD, *_OF_TAIL[1:], "type")}
        self._stacks = StackTableBuilder()
        self._heads: list[tuple[int, ...]] = []
        self._tails: list[tuple[int, ...]] = []
        self._orders: list[int] = []
        self._weighed: list[tuple[int, int, int | None]] = []

    def learn(self, scanned: Scanned, numbers: Numbers) -> None:
        """Give the heads and tails that a scanner met their numbers among all."""
        heads = [self._head(head_of(each) or Head()) for each in scanned.new_heads]
        tails = [self._tail(tail_of(each)) for each in scanned.new_tails]
        numbers.heads = np.append(numbers.heads, np.array(heads, np.int32))
        numbers.tails = np.append(numbers.tails, np.array(tails, np.int32))

    def add(
        self, scanned: Scanned, numbers: Numbers, odd: Iterable[tuple[int, CarefulRecord]]
    ) -> None:
        """Add a chunk.

        Args:
            scanned: Its plain records.
            numbers: What the scanner's numbers mean, with all it has met (``learn``).
            odd: The others, each with how many plain ones come before it.
        """
        code = self._texts["type"].code
        types = np.zeros(len(TYPES), np.int32)
        for index in np.flatnonzero(np.bincount(scanned.types, minlength=len(TYPES))).tolist():
            types[index] = code(TYPES[index])
        plain: tuple[npt.NDArray[Any], ...] = (
            numbers.heads[scanned.heads],
            numbers.tails[scanned.tails],
            types[scanned.types],
            scanned.ts_ns,
            scanned.free_ts_ns,
            scanned.pfn,
        )
        between = [(row, self._careful(row + at, each)) for at, (row, each) in enumerate(odd)]
        if between:
            places = [row for row, _ in between]
            values = zip(*(each for _, each in between), strict=True)
            plain = tuple(
                np.insert(column, places, np.array(each, kind))
                for column, each, kind in zip(plain, values, _KINDS, strict=True)
            )
        for parts, column in zip(self._parts.values(), plain, strict=True):
            parts.append(column)
        self.count += len(plain[0])

    def _careful(self, place: int, record: CarefulRecord) -> tuple[int, ...]:
        """Return the row of a record that was read line by line."""
        if record.records != 1 or record.pages is not None:
            self._weighed.append((self.count + place, record.records, record.pages))
        return (
            self._head(record.head),
            self._tail(record.tail),
            self._texts["type"].code(record.type),
            record.ts_ns,
            record.free_ts_ns,
            record.pfn,
        )

    def _head(self, head: Head) -> int:
        order = str(head.order) if head.order != UNKNOWN else NO_VALUE
        texts = zip(_OF_HEAD, (order, *head[1:]), strict=True)
        self._heads.append(tuple(self._texts[name].code(text) for name, text in texts))
        self._orders.append(head.order)
        return len(self._heads) - 1

    def _tail(self, tail: Tail) -> int:
        stack = self._stacks.stack([self._stacks.frame(frame) for frame in tail.frames])
        module, memcg = self._texts["module"], self._texts["memcg"]
        self._tails.append((stack, module.code(tail.module), memcg.code(tail.memcg)))
        return len(self._tails) - 1

    def build(self, info: ProfileInfo) -> StackProfile:
        """Return the profile; the rows are used up by it."""
        whole = {name: self._whole(name, kind) for name, kind in zip(_COLUMNS, _KINDS, strict=True)}
        heads, tails, types = (whole.pop(name) for name in ("head", "tail", "type"))
        of_head = np.array(self._heads, np.int32).reshape(-1, len(_OF_HEAD))
        of_tail = np.array(self._tails, np.int32).reshape(-1, len(_OF_TAIL))
        weights = self._weights(heads)
        dimensions = {
            name: self._texts[name].dimension(of_head[:, column][heads])
            for column, name in enumerate(_OF_HEAD)
        }
        for column, name in enumerate(_OF_TAIL[1:], 1):
            dimensions[name] = self._texts[name].dimension(of_tail[:, column][tails])
        dimensions["type"] = self._texts["type"].dimension(types)  # type: ignore[arg-type]
        stack = of_tail[:, 0][tails]
        return StackProfile(self._stacks.build(), stack, weights, dimensions, whole, info)

    def _whole(self, name: str, kind: type) -> Longs:
        """Return a column in one piece and let go of its parts."""
        parts = self._parts.pop(name)
        return np.concatenate(parts) if parts else np.zeros(0, kind)

    def _weights(self, heads: Ints | Longs) -> dict[str, Longs]:
        sizes = np.array([1 << order if 0 <= order < 40 else 0 for order in self._orders], np.int64)
        pages = sizes[heads]
        records = np.ones(len(heads), np.int64)
        for row, times, weighed in self._weighed:
            records[row] = times
            pages[row] = weighed if weighed is not None else times * pages[row]
        return {RECORDS: records, PAGES: pages, BYTES: pages * PAGE_BYTES}
