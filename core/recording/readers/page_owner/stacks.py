"""Files in /sys/kernel/debug/page_owner_stacks: each stack once, and how much it holds.

Linux 6.10 and later, mm/page_owner.c, stack_print()::

     innermost+0x1/0x2 [module]
     ...
    nr_base_pages: 12      (in 6.9 stack_count: 12, which counts allocations instead of pages)
    (a blank line)

Linux 6.19 can number stacks and print either half: show_stacks_handles has ``handle: 1`` where the
count stands, show_handles has it where the frames stand.

Base pages are counted with 4096 bytes: the file does not tell how large they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.recording.profile import (
    BYTES,
    PAGES,
    RECORDS,
    Frame,
    ProfileBuilder,
    ProfileInfo,
    StackProfile,
)
from core.recording.readers.frames import frame_of
from core.recording.readers.page_owner.text import FRAME, text_of
from core.recording.reading import Reading
from core.recording.source import Source

PAGE_BYTES = 4096
_COUNT = re.compile(rb"(nr_base_pages|stack_count): (\d{1,15})")
_HANDLE = re.compile(rb"handle: (\d{1,10})")
_ANY_COUNT = re.compile(rb"^(?:nr_base_pages|stack_count|handle): \d+\r?$", re.MULTILINE)
_DUMP = re.compile(rb"^Page allocated via order ", re.MULTILINE)


def tell(head: bytes) -> float:
    """Return how sure it is that a file which begins so holds page_owner's stacks, 0 to 1."""
    return 1.0 if _ANY_COUNT.search(head) and not _DUMP.search(head) else 0.0


def read(source: Source, reading: Reading) -> StackProfile:
    """Read stacks with their counts.

    Args:
        source: The file.
        reading: Takes the notes.

    Returns:
        A record for each stack. Its weights are pages and bytes where the file counts base pages;
        where it counts allocations, records.
    """
    stacks = _Stacks(reading)
    for line, ends in _lines(source):
        reading.lines += 1
        stacks.line(line, ends=ends)
    stacks.end()
    return stacks.builder.build(ProfileInfo("page_owner_stacks", source.title, stacks.unit))


def _lines(source: Source) -> Iterator[tuple[bytes, bool]]:
    """Yield each line, and whether it has an end."""
    for chunk in source.line_chunks():
        *lines, last = chunk.split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r"), True
        if last:
            yield last, False


class _Stacks:
    """Collects stacks line by line.

    Attributes:
        builder: Takes those that are whole.
        unit: What the records are.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.builder = ProfileBuilder(ProfileInfo())
        self.unit = "stacks"
        self._frames: list[Frame] = []
        self._bad = self._counted = False
        self._handle = ""

    def line(self, line: bytes, *, ends: bool) -> None:
        """Take a line."""
        count = _COUNT.fullmatch(line)
        if not ends:
            self._frames = self._frames or [Frame("", "")]  # there was something, cut short
        elif not line.strip():
            self._finish()
        elif count is not None:
            self._count(count[1], int(count[2]))
        elif FRAME.fullmatch(line) is not None:
            if self._counted:  # the blank line before it is missing
                self._finish()
            self._frames.append(frame_of(text_of(line)))
        elif (handle := _HANDLE.fullmatch(line)) is not None:
            self._handle = text_of(handle[1])
        else:
            self._reading.bad_line(self._reading.lines, line)
            self._bad = not self._counted

    def end(self) -> None:
        """Take note of a stack whose count is missing because the file ends."""
        if self._frames and not self._counted and not self._bad:
            self._reading.truncated_records += 1
        elif self._bad:
            self._finish()

    def _count(self, what: bytes, count: int) -> None:
        if self._handle and not self._frames and not self._bad:
            name = f"(handle {self._handle})"
            self._frames.append(Frame(name, name))
        if self._bad or self._counted or not self._frames:
            self._bad = self._bad or not self._counted
            return
        weights = {RECORDS: 1, PAGES: count, BYTES: count * PAGE_BYTES}
        if what == b"stack_count":
            weights = {RECORDS: count}
            self.unit = RECORDS
        self._add(weights)

    def _add(self, weights: dict[str, int]) -> None:
        handle = {"handle": self._handle} if self._handle else {}
        self.builder.add(reversed(self._frames), weights=weights, dimensions=handle)
        self._counted = True

    def _finish(self) -> None:
        """Begin anew after a blank line."""
        if self._handle and self._frames and not self._counted and not self._bad:
            self._add({RECORDS: 1})
        if self._bad or (self._frames and not self._counted):
            self._reading.bad_records += 1
        self._frames, self._handle = [], ""
        self._bad = self._counted = False
