"""The function_graph tracer in ``trace-cmd report``: calls as events, each with task, CPU and time.

``funcgraph_entry`` is a call, or with ``func();`` a call and its return; ``funcgraph_exit`` is a
return (plugin_function_graph.c of libtraceevent). What stands behind the bar is as in the kernel's
own text. Any other event in the file becomes a comment at its place.
"""

from __future__ import annotations

import re

import numpy as np

from core.recording.calls.recorded import trace_of
from core.recording.calls.stacks import CALL, COMMENT, NOT_KNOWN, RETURN, UNNAMED, Columns
from core.recording.profile import UNKNOWN
from core.recording.readers.ftrace_lines import (
    Line,
    event_of,
    is_beside,
    line_of,
    lost_events,
    lost_sentence,
)
from core.recording.readers.function_graph.lines import LEAF, body_of, nanoseconds
from core.recording.readers.text_lines import TextLines
from core.recording.reading import Reading
from core.recording.source import Source
from core.trace.info import RecordingInfo, TaskInfo
from core.trace.trace import Trace

ENTRY, EXIT = "funcgraph_entry", "funcgraph_exit"

_TOOK = re.compile(r"\s*[!+#*@$]?\s*(?P<us>\d{1,12}(?:\.\d{1,3})?)\s*us\s*")
_DEPTH = re.compile(r"\s+\(-?\d+\)\s*$")
"""What ``trace-cmd report -O fgraph:depth`` adds (trace-cmd, lib/trace-cmd/trace-ftrace.c)."""

_MOST_PID = (1 << 31) - 1
_MOST_NS = 1 << 61
"""The clock ``tai`` counts from 1970, which is more than 1 << 60 ns today."""


def read_graph(source: Source, reading: Reading) -> Trace:
    """Read a report of function_graph events as a trace."""
    calls = _Calls()
    lines = TextLines(source, reading)
    lost = 0
    for number, text in lines:
        line = line_of(text, number)
        if calls.add(line) if line is not None else is_beside(text):
            lost += lost_events(text)
            continue
        if lines.cut_at(number):
            reading.truncated_records += 1
        else:
            reading.bad_line(number, text)
    if lost:
        reading.note(lost_sentence(lost))
    recording = RecordingInfo(
        format="trace_events",
        title=source.title,
        cpus=len(calls.seen_cpus),
        lines=reading.lines,
        bad_lines=reading.bad_lines,
        first_bad=reading.first_bad,
        notes=tuple(reading.notes),
    )
    return trace_of(
        calls.columns(),
        list(calls.functions),
        calls.tasks,
        recording,
        comments=list(calls.comments),
    )


class _Calls:
    """Collects events, column by column.

    Attributes:
        functions: Functions and their numbers.
        comments: Texts of other events and their numbers.
        tasks: Tasks in the order in which they come.
        seen_cpus: The CPUs that took part.
    """

    def __init__(self) -> None:
        self.functions: dict[str, int] = {}
        self.comments: dict[str, int] = {}
        self.tasks: list[TaskInfo] = []
        self.seen_cpus: set[int] = set()
        self._owner_of: dict[tuple[int, int], int] = {}
        self._rows: list[tuple[int, int, int, int, int, int, int]] = []
        self._last_ns = 0

    def add(self, line: Line) -> bool:
        """Add what a line says; False where it makes no sense."""
        event, fields = event_of(line.rest) or ("", "")
        if event not in (ENTRY, EXIT):
            if event:
                self._add(line, COMMENT, self._comment(line.rest), 0, NOT_KNOWN)
            return bool(event)
        before, bar, after = fields.partition("|")
        took = _TOOK.fullmatch(before)
        duration_ns = nanoseconds(took["us"].encode(), 3) if took is not None else NOT_KNOWN
        body = body_of(_DEPTH.sub("", after).encode())
        if not bar or body.kind not in ((CALL, LEAF) if event == ENTRY else (RETURN,)):
            return False
        name = body.text.decode("utf-8", "replace")
        function = self.functions.setdefault(name, len(self.functions)) if name else UNNAMED
        if body.kind == LEAF:
            self._add(line, CALL, function, body.indent, NOT_KNOWN)
            late = line._replace(ts_ns=min(self._last_ns + max(duration_ns, 0), _MOST_NS))
            self._add(late, RETURN, function, body.indent, duration_ns)
        else:
            self._add(line, body.kind, function, body.indent, duration_ns)
        return True

    def _add(self, line: Line, kind: int, function: int, indent: int, duration_ns: int) -> None:
        cpu = int(line.cpu)
        self.seen_cpus.add(cpu)
        ts_ns = self._last_ns if line.ts_ns == UNKNOWN else min(line.ts_ns, _MOST_NS)
        self._last_ns = ts_ns
        duration_ns = duration_ns if kind == RETURN else NOT_KNOWN
        owner = self._owner(line, cpu)
        self._rows.append((kind, function, owner, ts_ns, indent // 2, duration_ns, cpu))

    def _owner(self, line: Line, cpu: int) -> int:
        pid = min(int(line.pid), _MOST_PID)
        key = (pid, cpu if pid == 0 else -1)  # every CPU has an idle task, and all have pid 0
        number = self._owner_of.get(key)
        if number is None:
            number = self._owner_of[key] = len(self.tasks)
            self.tasks.append(TaskInfo(pid, line.comm))
        return number

    def _comment(self, text: str) -> int:
        return self.comments.setdefault(text, len(self.comments))

    def columns(self) -> Columns:
        """Return the events."""
        rows = np.array(self._rows, np.int64).reshape(-1, 7)
        kinds, functions, owners, times, levels, durations, cpus = rows.T
        return Columns(
            kinds.astype(np.uint8),
            functions.astype(np.int32),
            owners.astype(np.int32),
            times.copy(),
            levels.astype(np.int32),
            durations.copy(),
            cpus.astype(np.int32),
        )
