"""ftrace's function_graph tracer: calls with their braces, in any mix of columns.

Lines are read a chunk at once where they fit the file's layout, by a table of what stands behind
the columns: the same few thousand ends make up millions of lines. The others are read one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.recording.calls.stacks import CALL, COMMENT, NOT_KNOWN, RETURN, UNNAMED, Columns
from core.recording.readers.function_graph.layout import Layout, Lines, layout_of
from core.recording.readers.function_graph.lines import (
    COLUMNS,
    COMMENT_BEGINS,
    LEAF,
    LOST,
    NOTHING,
    SWITCH,
    UNCLEAR,
    body_of,
    duration_ns,
    is_no_event,
    nanoseconds,
    plain_of,
)
from core.recording.readers.function_graph.tasks import Owners
from core.trace.info import RecordingInfo

if TYPE_CHECKING:
    from core.recording.reading import Reading
    from core.recording.source import Source
    from core.trace.info import TaskInfo
    from core.trace.trace import Trace

_TRACER = b"tracer: function_graph"
_LINES_TOLD_BY = 200
_CHUNK_BYTES = 1 << 20
_MOST_ENDS = 200_000
"""Ends of lines that are remembered: with arguments or return values each is another."""

_MOST_COMMENT_LINES = 64
"""A comment goes on over so many lines: what was written to trace_marker, or a stack of user
space. Its first line is kept."""

_MOST_COMMENTS = 100_000
_MORE_COMMENTS = "a comment; the file has more different ones than are kept apart"
_SLOW = 0
"""Number of the end that says: read this line by itself."""

_NO_TIME = -1


def tell(head: bytes) -> float:
    """Return how sure it is that a file is function_graph text: by its heading, or by its lines."""
    lines = head.split(b"\n", _LINES_TOLD_BY)[:_LINES_TOLD_BY]
    if any(line.startswith(b"#") and _TRACER in line for line in lines):
        return 1.0
    events = others = 0
    for line in lines:
        columns = COLUMNS.match(line)
        bare = columns is None or not any(columns.start(k) >= 0 for k in ("time", "cpu", "us"))
        said = body_of(columns["body"]).kind if columns else UNCLEAR
        if not bare and said in (CALL, RETURN, LEAF, COMMENT):
            events += 1
        elif said != NOTHING and not is_no_event(line) and not SWITCH.match(line):
            others += 1
    return 0.95 * events / (events + others) if events else 0.0


def read(source: Source, reading: Reading) -> Trace:
    """Read function_graph text.

    Args:
        source: The file.
        reading: Told what could not be understood.

    Returns:
        The calls as a trace; an empty one where there are none.
    """
    from core.recording.calls.recorded import trace_of

    reader = _Reader(source, reading)
    for chunk in source.line_chunks(_CHUNK_BYTES):
        reader.take(chunk)
    columns, tasks = reader.columns()
    return trace_of(
        columns, reader.ends.functions, tasks, reader.info(), comments=reader.ends.comments,
        absolute=not reader.relative,
    )  # fmt: skip


class _Ends(dict[bytes, int]):
    """Ends of lines, from behind the last column: each a number, looked at once.

    Attributes:
        functions: Name of each function.
        comments: Text of each comment.
        kinds: By number of the end: what it says; ``UNCLEAR`` for ``_SLOW``.
        names: By number of the end: the function, or the comment.
        indents: By number of the end: spaces before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.functions: list[str] = []
        self.comments: list[str] = []
        self._function_of: dict[bytes, int] = {}
        self._comment_of: dict[bytes, int] = {}
        self.forget()

    def forget(self) -> None:
        """Begin with an empty table; functions and comments keep their numbers."""
        self.clear()
        self.kinds, self.names, self.indents = [UNCLEAR], [UNNAMED], [0]

    def __missing__(self, end: bytes) -> int:
        plain = plain_of(end)
        if plain != end:
            # With arguments or values nearly every end is another: only the plain one is kept.
            return self[plain]
        kind, text, indent = body_of(end)
        if kind == UNCLEAR:
            return _SLOW
        number = self[end] = len(self.kinds)
        self.kinds.append(kind)
        self.names.append(self.number(kind, text))
        self.indents.append(indent)
        return number

    def number(self, kind: int, text: bytes) -> int:
        """Return the number of a function or of a comment."""
        if kind == COMMENT:
            return self._comment(text)
        if not text:
            return UNNAMED
        number = self._function_of.get(text)
        if number is None:
            number = self._function_of[text] = len(self.functions)
            self.functions.append(text.decode("utf-8", "replace"))
        return number

    def _comment(self, text: bytes) -> int:
        number = self._comment_of.get(text)
        if number is None and len(self.comments) < _MOST_COMMENTS:
            number = self._comment_of[text] = len(self.comments)
            self.comments.append(text.decode("utf-8", "replace"))
        elif number is None:
            self.comments[-1] = _MORE_COMMENTS
            return len(self.comments) - 1
        return number


@dataclass(slots=True)
class _Rows:
    """What the lines of a chunk say, columns of one length."""

    kinds: npt.NDArray[np.uint8]
    names: npt.NDArray[np.int32]
    indents: npt.NDArray[np.int32]
    owners: npt.NDArray[np.int32]
    cpus: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    durations: npt.NDArray[np.int64]

    @classmethod
    def empty(cls, n: int) -> _Rows:
        """Lines that say nothing yet."""
        return cls(
            np.full(n, NOTHING, np.uint8), np.full(n, UNNAMED, np.int32), np.zeros(n, np.int32),
            np.zeros(n, np.int32), np.zeros(n, np.int32), np.full(n, _NO_TIME, np.int64),
            np.full(n, NOT_KNOWN, np.int64),
        )  # fmt: skip

    def events(self) -> _Rows:
        """Return the lines that are events."""
        which = np.flatnonzero(self.kinds < NOTHING)
        return _Rows(*(getattr(self, name)[which] for name in self.__slots__))


@dataclass(slots=True)
class _Turns:
    """From which line on lines are whose."""

    lines: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    cpus: list[int] = field(default_factory=list)


class _Reader:
    """Reads chunks of lines.

    Attributes:
        ends: What stands behind the columns.
        relative: Whether times count from the start of the trace.
    """

    def __init__(self, source: Source, reading: Reading) -> None:
        self._source, self._reading = source, reading
        self._layout: Layout | None = None
        self._parts: list[_Rows] = []
        self._owners = Owners()
        self._cpus: set[int] = set()
        self._lost = 0
        self._lost_uncounted = False
        self._comment_until = 0
        self.ends = _Ends()
        self.relative = False

    def take(self, chunk: bytes) -> None:
        """Read whole lines."""
        if self._layout is None:
            self._layout = layout_of(chunk)
        if len(self.ends) > _MOST_ENDS:
            self.ends.forget()
        lines = chunk.split(b"\n")
        if not lines[-1]:
            lines.pop()
        rows = _Rows.empty(len(lines))
        if self._layout is None:
            for number, line in enumerate(lines):
                self._slow_line(rows, number, line)
        else:
            self._fast(rows, lines, Lines(chunk, self._layout), self._layout)
        self._reading.lines += len(lines)
        self._parts.append(rows.events())

    def _fast(self, rows: _Rows, lines: list[bytes], table: Lines, layout: Layout) -> None:
        ends = list(map(self.ends.__getitem__, map(itemgetter(slice(layout.body, None)), lines)))
        which = np.array(ends, np.int32)
        kinds = np.array(self.ends.kinds, np.uint8)[which]
        table.fits &= kinds != UNCLEAR
        times = table.times_ns()
        lasting = np.flatnonzero(table.fits & ((kinds == LEAF) | (kinds == RETURN)))
        if layout.duration is not None:
            rows.durations[lasting] = table.durations_ns(lasting)
        if times is not None:
            rows.times[:] = times
        fits = table.fits
        rows.kinds[fits] = kinds[fits]
        rows.names[:] = np.array(self.ends.names, np.int32)[which]
        rows.indents[:] = np.array(self.ends.indents, np.int32)[which] + layout.body
        self._whose(rows, lines, table)

    def _whose(self, rows: _Rows, lines: list[bytes], table: Lines) -> None:
        """Say whose each line is; lines that do not fit are read where they come."""
        new = np.ones(len(lines), np.bool_)
        keys = table.whose()
        if keys is not None:
            new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
        else:
            new[1:] = False
        slow = ~table.fits
        new[1:] |= slow[:-1]
        new |= slow
        turns = _Turns()
        at = np.flatnonzero(new)
        for line, is_slow in zip(at.tolist(), slow[at].tolist(), strict=True):
            if is_slow:
                self._slow_line(rows, line, lines[line])
                owner, cpu = int(rows.owners[line]), int(rows.cpus[line])
            else:
                owner, cpu = self._owner(table.whose_text(line) if keys is not None else b"")
            turns.owners.append(owner)
            turns.cpus.append(cpu)
        lengths = np.diff(np.append(at, len(lines)))
        rows.owners[:] = np.repeat(np.array(turns.owners, np.int32), lengths)
        rows.cpus[:] = np.repeat(np.array(turns.cpus, np.int32), lengths)

    def _owner(self, whose: bytes) -> tuple[int, int]:
        """Return the task and the CPU of a line by what stands in their columns."""
        columns = COLUMNS.match(whose + b"|")
        assert columns is not None  # everything in it is optional
        return self._owner_of(columns["cpu"], columns["task"])

    def _owner_of(self, cpu_text: bytes | None, task: bytes | None) -> tuple[int, int]:
        cpu = min(int(cpu_text), 1 << 20) if cpu_text else -1
        self._cpus.add(cpu)
        if task:
            return self._owners.named(cpu, task), cpu
        return self._owners.running(cpu), cpu

    def _slow_line(self, rows: _Rows, at: int, line: bytes) -> None:
        """Read a line by itself."""
        rows.kinds[at] = NOTHING
        switch = SWITCH.match(line)
        if switch:
            # The block names its CPU also where lines have no column for it.
            named = switch["cpu"] and self._cpus != {-1}
            cpu = min(int(switch["cpu"]), 1 << 20) if named else -1
            self._owners.switched(cpu, switch["old"], switch["new"])
            return
        lost = LOST.match(line)
        if lost:
            self._lost += int((lost[1] or b"0")[:12])
            self._lost_uncounted |= lost[1] is None
        if is_no_event(line):
            return
        columns = COLUMNS.match(line)
        kind, text, indent = body_of(columns["body"]) if columns else (UNCLEAR, b"", 0)
        if columns is not None and kind == UNCLEAR:
            begun = columns["body"].lstrip()
            if begun.startswith(COMMENT_BEGINS) and not begun.rstrip().endswith(b"*/"):
                kind, text = COMMENT, begun[len(COMMENT_BEGINS) :].strip()
                self._comment_until = self._reading.lines + at + _MOST_COMMENT_LINES
        if columns is None or kind == UNCLEAR:
            if columns is None or not columns["arrow"] or columns["body"].strip():
                self._stray(self._reading.lines + at + 1, line)
            return
        rows.kinds[at] = kind
        rows.names[at] = self.ends.number(kind, text)
        rows.indents[at] = columns.start("body") + indent
        rows.owners[at], rows.cpus[at] = self._owner_of(columns["cpu"], columns["task"])
        if columns["time"]:
            rows.times[at] = nanoseconds(columns["time"], 9)
        elif columns["since"]:
            self.relative = True
            rows.times[at] = nanoseconds(columns["since"], 3)
        if columns["us"]:
            rows.durations[at] = duration_ns(columns["us"])

    def _stray(self, number: int, line: bytes) -> None:
        """Take a line that is none of the tracer's: a comment's next one, or one of noise."""
        if number > self._comment_until:
            self._reading.bad_line(number, line)
        elif line.rstrip().endswith(b"*/"):
            self._comment_until = 0

    # -- what was read ----------------------------------------------------------------------

    def columns(self) -> tuple[Columns, list[TaskInfo]]:
        """Return the events, a leaf as a call and a return, and the tasks."""
        parts = self._parts or [_Rows.empty(0)]
        lines = _Rows(*(np.concatenate([getattr(p, k) for p in parts]) for k in _Rows.__slots__))
        self._parts = []
        leaf = lines.kinds == LEAF
        source = np.repeat(np.arange(len(leaf)), leaf + np.int64(1))
        kinds = lines.kinds[source]
        second = np.zeros(len(source), np.bool_)
        second[1:] = source[1:] == source[:-1]
        kinds[kinds == LEAF] = CALL
        kinds[second] = RETURN
        owners, tasks = self._owners.settled(lines.owners)
        durations = np.where(kinds == RETURN, lines.durations[source], NOT_KNOWN)
        times = self._times(lines, source, second)
        columns = Columns(
            kinds, lines.names[source], owners[source], times, lines.indents[source] // 2,
            durations, lines.cpus[source],
        )  # fmt: skip
        return columns, tasks

    def _times(
        self, lines: _Rows, source: npt.NDArray[np.int64], second: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.int64] | None:
        """Times by event; None where the file has none."""
        if not len(lines.times) or not bool((lines.times != _NO_TIME).any()):
            return None
        known = np.where(lines.times == _NO_TIME, 0, lines.times)
        # A line without a time has that of the line before.
        known = known[np.maximum.accumulate(np.where(lines.times >= 0, np.arange(len(known)), 0))]
        return known[source] + np.where(second, np.maximum(lines.durations[source], 0), 0)

    def info(self) -> RecordingInfo:
        """Return what is known of the file before its calls are looked at."""
        notes = list(self._reading.notes)
        if self._lost:
            notes.append(f"The tracer lost {self._lost:,} events.")
        if self._lost_uncounted:
            notes.append("The tracer lost events that it could not count.")
        return RecordingInfo(
            format="function_graph",
            title=self._source.title,
            cpus=len(self._cpus - {-1}),
            lines=self._reading.lines,
            bad_lines=self._reading.bad_lines,
            first_bad=self._reading.first_bad,
            notes=tuple(notes),
        )
