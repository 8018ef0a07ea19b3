"""What a stack gauge says: bytes in use, and the most there have been up to any position."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.trace.events import SITE_MASK, Kind
from gui.covered import ASKED, MARK

if TYPE_CHECKING:
    from core.trace.trace import Trace

CHUNK_EVENTS = 1 << 20
"""Scanned at a time, about 10 ms; a temporary array of this length is all it needs."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a gauge says.

    Attributes:
        frames: Subsystem and stack bytes of each frame, outermost first.
        used_bytes: What they sum to.
        peak_bytes: The most this task has had in use up to now.
        thread_bytes: THREAD_SIZE.
        reserved_bytes: What task_struct takes of it where the two share pages.
        borrowed: The size of that task_struct is another architecture's.
        asked: A lesson asks how many bytes are in use: the bar stays, the numbers do not.
    """

    frames: tuple[tuple[str, int], ...] = ()
    used_bytes: int = 0
    peak_bytes: int = 0
    thread_bytes: int = 0
    reserved_bytes: int = 0
    borrowed: bool = False
    asked: bool = False

    @property
    def room_bytes(self) -> int:
        """What frames may take."""
        return self.thread_bytes - self.reserved_bytes

    @property
    def overflowed(self) -> bool:
        """Whether frames take more than there is."""
        return self.thread_bytes > 0 and self.used_bytes > self.room_bytes

    @property
    def used_text(self) -> str:
        """How many bytes are in use."""
        return MARK if self.asked else f"{self.used_bytes:,}"

    @property
    def peak_text(self) -> str:
        """How many bytes were in use at most."""
        return f"peak {MARK if self.asked else f'{self.peak_bytes:,}'}"

    def note(self) -> str:
        """Return what else is to be said about the size: the overflow, or who else has a part."""
        if self.overflowed and not self.asked:
            return f"{self.used_bytes - self.room_bytes:,} too many"
        if self.reserved_bytes:
            return f"{self.thread_bytes:,} − {self.reserved_bytes:,}"
        return ""

    def reserved_words(self) -> str:
        """Return who has the far end of the stack's pages."""
        borrowed = " (borrowed size)" if self.borrowed else ""
        return (
            f"task_struct{borrowed}: {self.reserved_bytes:,} bytes; the register backing store "
            "grows upward from it"
        )

    def describe(self) -> str:
        """Return the gauge in words, for those who do not see it."""
        if not self.thread_bytes:
            return "No run is open."
        if self.asked:
            return f"{ASKED}. THREAD_SIZE {self.thread_bytes:,}."
        said = [
            f"{self.used_bytes:,} of {self.room_bytes:,} bytes in use, "
            f"at most {self.peak_bytes:,} so far, THREAD_SIZE {self.thread_bytes:,}."
        ]
        if self.overflowed:
            said.append(f"Overflow: {self.used_bytes - self.room_bytes:,} bytes too many.")
        if self.reserved_bytes:
            said.append(f"{self.reserved_words()}.")
        return " ".join(said)


class PeakSoFar:
    """Finds new highs as far as the cursor has come, and never twice.

    A task has few of them: each is higher than the one before, and all are below THREAD_SIZE.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._scanned = 0
        self._used: dict[int, int] = {}
        self._positions: dict[int, list[int]] = {}
        self._highs: dict[int, list[int]] = {}

    def at(self, position: int, task: int) -> int:
        """Return the most bytes a task has had in use up to a position."""
        end = min(len(self._trace), position + 1)
        while self._scanned < end:
            self._scan(min(len(self._trace), self._scanned + CHUNK_EVENTS))
        known = bisect_right(self._positions.get(task, []), position)
        return self._highs[task][known - 1] if known else 0

    def _scan(self, end: int) -> None:
        switches = self._trace.task_switches
        start = self._scanned
        at = bisect_right(switches, (start, len(self._trace.info.tasks))) - 1
        while start < end:
            upto = switches[at + 1][0] if at + 1 < len(switches) else end
            if upto > start:
                self._scan_task(switches[max(0, at)][1], start, min(upto, end))
            start, at = max(start, min(upto, end)), at + 1
        self._scanned = end

    def _scan_task(self, task: int, start: int, end: int) -> None:
        import numpy as np

        trace = self._trace
        signed = np.zeros(len(trace.sites), np.int32)
        for number, site in enumerate(trace.sites):
            stack_bytes = trace.functions[site.function].stack_bytes
            signed[number] = {Kind.CALLED: stack_bytes, Kind.RETURNED: -stack_bytes}.get(
                site.kind, 0
            )
        used = np.cumsum(signed[trace.codes[start:end] & SITE_MASK], dtype=np.int32)
        used += self._used.get(task, 0)
        self._used[task] = int(used[-1])
        positions = self._positions.setdefault(task, [])
        highs = self._highs.setdefault(task, [])
        highest = highs[-1] if highs else 0
        if int(used.max()) <= highest:
            return
        running = np.maximum(np.maximum.accumulate(used), highest)
        rises = np.flatnonzero(np.diff(running, prepend=highest))
        positions += [start + int(at) for at in rises]
        highs += [int(running[at]) for at in rises]
