"""Dumps of /sys/kernel/debug/page_owner of every kernel since 5.4, also sorted by page_owner_sort.

Every record is kept with all it says. A dump does not tell how large a base page is; bytes are
counted with 4096, which is wrong by a factor on kernels built with larger pages (arm64, powerpc).

    source -> chunks of whole records -> scanned here and in a helper -> rows -> profile
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace

from core.recording.profile import ProfileInfo, StackProfile
from core.recording.questions.special import special_records
from core.recording.readers.page_owner.careful import BlockReader, CarefulRecord
from core.recording.readers.page_owner.helper import Helper, cpus
from core.recording.readers.page_owner.rows import Numbers, Rows
from core.recording.readers.page_owner.scan import Scanned, Scanner
from core.recording.readers.page_owner.text import HEAD_BEGIN
from core.recording.reading import Reading
from core.recording.source import Source

CHUNK_BYTES = 2 << 20
"""Small enough that two processes end at the same time and a chunk's columns stay in the cache."""
HELP_AFTER_BYTES = 24 << 20
"""What is read before a second process is started: less is done before it would be ready."""
_MOST_KEPT_BYTES = 16 << 20
"""What may lie between two records."""

_HEADER = re.compile(rb"^Page allocated via order \d+, mask 0x[0-9a-f]+\(", re.MULTILINE)
_SECOND = re.compile(rb"^PFN (?:0x)?[0-9a-f]+ type \S+ Block ", re.MULTILINE)
_SORTED = re.compile(rb"^\d+ times(?:, \d+ pages[^\n]*)?:?\r?\n[P ]", re.MULTILINE)
_CULLED = re.compile(
    rb"^\d+ times, \d+ pages, (?:PID |TGID |task_comm_name: |allocated by)[^\n]*\n", re.MULTILINE
)
"""What page_owner_sort writes for a group where it culls by anything but the stack."""


def tell(head: bytes) -> float:
    """Return how sure it is that a file which begins so is a page_owner dump, 0 to 1."""
    if _HEADER.search(head) is not None:
        return 1.0
    known = (_SECOND, _SORTED, _CULLED)
    return 0.9 if any(each.search(head) for each in known) else 0.0


def read(source: Source, reading: Reading) -> StackProfile:
    """Read a dump.

    Args:
        source: The file.
        reading: Takes the notes.

    Returns:
        Weights records, pages and bytes (of 4096 a page); dimensions order, gfp, pid, tgid, comm,
        memcg, type and module; numbers ts_ns, free_ts_ns and pfn.
    """
    rows = Rows()
    notes = _Notes(rows, reading)
    with ExitStack() as stack:
        work = _Work(notes, stack)
        rest = b""
        for text in _texts(source):
            whole, rest = _cut(rest, text)
            if whole:
                work.add(whole)
        work.finish()
    if rest:
        notes.end(rest)
    profile = rows.build(ProfileInfo("page_owner", source.title))
    found = tuple((each.title, each.sentence) for each in special_records(profile))
    return replace(profile, info=replace(profile.info, findings=found))


def _texts(source: Source) -> Iterator[bytes]:
    """Yield the whole file with lines that end as on Linux."""
    held = b""
    for chunk in source.chunks(CHUNK_BYTES):
        if held or b"\r" in chunk:
            text = held + chunk
            held = b"\r" if text.endswith(b"\r") else b""  # its line feed may be in the next one
            yield text.removesuffix(held).replace(b"\r\n", b"\n")
        else:
            yield chunk


def _cut(rest: bytes, text: bytes) -> tuple[bytes, bytes]:
    """Return the whole records of a rest and the text after it, and what follows them."""
    end = text.rfind(b"\n\n") + 2
    if end >= 2:
        return b"".join((rest, memoryview(text)[:end])), text[end:]
    text = rest + text
    end = text.rfind(b"\n\n") + 2
    if end < 2:
        if len(text) < _MOST_KEPT_BYTES:
            return b"", text
        end = text.rfind(b"\n" + HEAD_BEGIN) + 1 or text.rfind(b"\n") + 1
        if not end:
            return text + b"\n", b""
    return text[:end], text[end:]


class _Notes:
    """Takes what was scanned, chunk after chunk in the order of the file.

    Args:
        rows: Where the records go.
        reading: Where the notes go.
    """

    def __init__(self, rows: Rows, reading: Reading) -> None:
        self._rows, self._reading = rows, reading
        self._blocks = BlockReader(reading)

    def take(self, scanned: Scanned, numbers: Numbers) -> None:
        """Add a chunk."""
        self._rows.learn(scanned, numbers)
        before = self._reading.lines
        odd = [
            (block.row, record)
            for block in scanned.odd
            for record in self._blocks.read(block.text, before + block.line)
        ]
        self._reading.lines += scanned.lines
        self._rows.add(scanned, numbers, odd)

    def end(self, rest: bytes) -> None:
        """Add the lines after the last blank one."""
        cut = not rest.endswith(b"\n")
        records: list[CarefulRecord] = list(
            self._blocks.read(rest, self._reading.lines, at_end=True, cut=cut)
        )
        self._reading.lines += rest.count(b"\n") + cut
        self._rows.add(Scanner().scan(b""), Numbers(), [(0, record) for record in records])


class _Work:
    """Scans chunks: here, and once there are many in a second process too.

    Args:
        notes: Takes what is found, in the order of the file.
        stack: Ends the second process.
    """

    def __init__(self, notes: _Notes, stack: ExitStack) -> None:
        self._notes, self._stack = notes, stack
        self._scanner, self._numbers = Scanner(), Numbers()
        self._helper: Helper | None = None
        self._helper_numbers = Numbers()
        self._may_help = cpus() > 1
        self._bytes = 0
        self._waiting: deque[tuple[Scanned, Numbers] | None] = deque()
        """Chunks in the order of the file; None for those that the helper has."""

    def add(self, chunk: bytes) -> None:
        """Scan a chunk, or have it scanned."""
        self._bytes += len(chunk)
        if self._may_help and self._bytes > HELP_AFTER_BYTES:
            self._may_help = False
            with suppress(OSError):  # it goes without, too
                self._helper = self._stack.enter_context(Helper())
        if self._helper is not None and self._helper.takes(chunk):
            self._helper.send(chunk)
            self._waiting.append(None)
        else:
            self._waiting.append((self._scanner.scan(chunk), self._numbers))
        self._take(wait=False)

    def finish(self) -> None:
        """Wait for all that is not done, and take it."""
        self._take(wait=True)

    def _take(self, *, wait: bool) -> None:
        while self._waiting:
            if self._waiting[0] is None and not self._hear(wait=wait):
                return
            done = self._waiting.popleft()
            if done is not None:
                self._notes.take(*done)

    def _hear(self, *, wait: bool) -> bool:
        """Put the helper's next answer in its place; False where there is none yet."""
        helper = self._helper
        assert helper is not None
        if not wait and not helper.has_answer():
            return False
        try:
            self._waiting[0] = (helper.receive(), self._helper_numbers)
        except (EOFError, OSError):  # it was killed: what it had is done here
            self._helper = None
            lost = iter(helper.unanswered())
            for place, done in enumerate(self._waiting):
                if done is None:
                    self._waiting[place] = (Scanner().scan(next(lost)), Numbers())
        return True
