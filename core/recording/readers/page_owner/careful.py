"""The careful way through a page_owner dump: line by line, for what is no plain record.

Also for the output of page_owner_sort, in which a line says how often a record was met.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.recording.profile import NO_VALUE, UNKNOWN
from core.recording.readers.page_owner.text import (
    EXTRA,
    FRAME,
    HEADER,
    NO_TAIL,
    PFN,
    WEIGHT,
    WHOLE_FRAME,
    Head,
    Tail,
    head_of,
    tail_of,
    text_of,
)
from core.recording.reading import Reading

_MOST = (1 << 63) - 1
_SECOND_HALF = re.compile(rb".*(?: ns|\)|\]|/0x[0-9a-f]+|memcg .*)|[0-9a-fx/]+|.{0,3}", re.DOTALL)
"""How a line ends whose begin is missing."""


@dataclass(slots=True)
class CarefulRecord:
    """A record as it was read line by line.

    Attributes:
        head: What its first line says.
        tail: Its stack and what follows.
        type: Migrate type.
        ts_ns: When it was allocated, ``UNKNOWN`` where it does not say; likewise the others.
        free_ts_ns: When the page was freed the last time before.
        pfn: Its page frame.
        records: How often it was met.
        pages: Base pages of all times; None for 1 << order each.
    """

    head: Head
    tail: Tail = NO_TAIL
    type: str = NO_VALUE
    ts_ns: int = UNKNOWN
    free_ts_ns: int = UNKNOWN
    pfn: int = UNKNOWN
    records: int = 1
    pages: int | None = None


@dataclass(slots=True)
class _Draft:
    """A record of which not all lines are read.

    Attributes:
        lines: Those of its tail.
        frames: How many of them are frames.
        noise: Whether a line after its first made no sense.
        broken: Whether the record went on after that line: its stack may lack a frame.
        cut: Whether the file ends in it.
        is_group: Whether it is a line of page_owner_sort that stands for itself, without a stack.
    """

    record: CarefulRecord
    lines: list[bytes] = field(default_factory=list)
    frames: int = 0
    noise: bool = False
    broken: bool = False
    cut: bool = False
    is_group: bool = False

    @property
    def is_only_weight(self) -> bool:
        """Whether nothing but how often it was met is known."""
        return not self.lines and not self.noise and self.record.head.order == UNKNOWN


class BlockReader:
    """Reads the lines between two blank ones.

    Args:
        reading: Takes the notes.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._draft: _Draft | None = None
        self._orphaned = False

    def read(
        self, text: bytes, before: int, *, at_end: bool = False, cut: bool = False
    ) -> Iterator[CarefulRecord]:
        """Yield the records of a block.

        Args:
            text: Its lines.
            before: Lines of the file before them.
            at_end: Whether no blank line follows, but the end of the file.
            cut: Whether the last line has no end.
        """
        lines = text.removesuffix(b"\n").split(b"\n")
        for number, line in enumerate(lines, before + 1):
            half = cut and number == before + len(lines)
            yield from self._line(line, number, half=half)
        if self._draft is not None and at_end and not self._draft.is_group:
            self._draft.cut = True
        yield from self._finish(at_start=not before)

    def _line(self, line: bytes, number: int, *, half: bool) -> Iterator[CarefulRecord]:
        begun = _begun(line)
        if begun is not None:
            is_weight = begun.head.order == UNKNOWN
            if self._draft is not None and self._draft.is_only_weight and not is_weight:
                begun.records = self._draft.record.records
                begun.pages = self._draft.record.pages
            else:
                yield from self._finish(at_start=False)
            self._draft = _Draft(begun, is_group=is_weight and not line.endswith(b":"))
        elif not self._takes(line, half=half):
            self._stray(line, number, half=half)

    def _takes(self, line: bytes, *, half: bool) -> bool:
        """Return whether a line continues a record; keep it where there is one."""
        draft = self._draft
        second = PFN.fullmatch(line)
        is_frame = (WHOLE_FRAME if half else FRAME).fullmatch(line) is not None
        if second is None and not is_frame and EXTRA.fullmatch(line) is None:
            return False
        if draft is None:
            self._orphaned = True
        elif second is not None:
            draft.record.pfn = _number(second[1], 0)
            draft.record.type = text_of(second[2])
            draft.broken |= draft.noise
        else:
            draft.lines.append(line)
            draft.frames += is_frame
            draft.broken |= draft.noise and is_frame
        return True

    def _stray(self, line: bytes, number: int, *, half: bool) -> None:
        """Take note of a line that makes no sense, or of which only a half is there."""
        if half:
            self._reading.truncated_records += self._draft is None and not self._orphaned
        elif number == 1 and _SECOND_HALF.fullmatch(line):
            self._orphaned = True
        else:
            self._reading.bad_line(number, line)
            if self._draft is not None:
                self._draft.noise = True

    def _finish(self, *, at_start: bool) -> Iterator[CarefulRecord]:
        """Yield the record there is, where it is worth something."""
        draft, self._draft = self._draft, None
        orphaned, self._orphaned = self._orphaned, False
        if orphaned and at_start:  # the dump begins in the middle of a record
            self._reading.truncated_records += 1
        elif orphaned:  # its first line was bad
            self._reading.bad_records += 1
        if draft is None:
            return
        if draft.broken:
            self._reading.bad_records += 1
            return
        if draft.cut or not (draft.frames or draft.is_group):
            self._reading.truncated_records += 1
        draft.record.tail = tail_of(b"\n".join(draft.lines))
        yield draft.record


def _begun(line: bytes) -> CarefulRecord | None:
    """Return the record that a line begins."""
    header = HEADER.fullmatch(line)
    if header is not None:
        head = head_of(header[1])
        if head is None:
            return None
        return CarefulRecord(head, ts_ns=_number(header[2]), free_ts_ns=_number(header[3]))
    weight = WEIGHT.fullmatch(line)
    if weight is None:
        return None
    times, pages, *task = weight.groups(b"")
    head = Head(UNKNOWN, NO_VALUE, *map(text_of, task))
    return CarefulRecord(head, records=int(times), pages=int(pages) if pages else None)


def _number(digits: bytes | None, base: int = 10) -> int:
    """Return a number a column can hold, ``UNKNOWN`` for none."""
    number = int(digits, base) if digits is not None else UNKNOWN
    return number if number <= _MOST else UNKNOWN
