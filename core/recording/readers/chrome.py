"""Chrome's trace events: calls of threads, as begin and end (``B``, ``E``) or in one (``X``).

Read are the object with ``traceEvents`` and the bare array, whose closing bracket may be missing
(Trace Event Format: times are microseconds, with fractions). A thread is a pid and a tid; a task of
the trace has the tid as its pid, as the kernel numbers threads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from core.recording.calls.recorded import trace_of
from core.recording.calls.stacks import CALL, RETURN, UNNAMED
from core.recording.readers.json_text import lines_in, objects_in, printable, shown, text_of
from core.recording.readers.timed_marks import Mark, columns_of, info_of
from core.recording.reading import Reading
from core.recording.source import Source
from core.trace.info import TaskInfo
from core.trace.trace import Trace

_MOST_NS = 1 << 61
"""Some programs count from 1970: that is more than 1 << 60 ns today."""
_MOST_PID = 1 << 31

Number = int | float | str | None


class _Event(msgspec.Struct):
    ph: str = ""
    name: str = ""
    ts: Number = None
    dur: Number = None
    pid: Number = None
    tid: Number = None
    args: Any = None


class _File(msgspec.Struct):
    events: list[_Event] = msgspec.field(name="traceEvents")


def tell(head: bytes) -> float:
    """Return how sure it is that a file with these first bytes holds Chrome's trace events."""
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begin == b"{" and b'"traceEvents"' in head:
        return 0.95
    events = b'"ph"' in head and (b'"ts"' in head or b'"pid"' in head)
    if not events:
        return 0.0
    return 0.9 if begin == b"[" else 0.7


def read(source: Source, reading: Reading) -> Trace:
    """Read the calls of all threads; events of other phases are left out."""
    data = source.whole()
    reading.lines = lines_in(data)
    threads = _Threads()
    for number, event in enumerate(_events(data, reading), 1):
        if not threads.add(event):
            reading.bad_line(number, shown(event), "event")
    for sentence in threads.notes():
        reading.note(sentence)
    return trace_of(
        columns_of(threads.marks()),
        list(threads.functions),
        threads.tasks(),
        info_of("chrome", source.title, reading),
    )


def _events(data: bytes, reading: Reading) -> Iterable[_Event]:
    """Return the events of a file: all at once, or one by one where it is cut or damaged."""
    try:
        found = msgspec.json.decode(data, type=_File | list[_Event])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _one_by_one(text_of(data), reading)
    return found.events if isinstance(found, _File) else found


def _one_by_one(text: str, reading: Reading) -> Iterator[_Event]:
    key = text.find('"traceEvents"')
    at = text.find("[", max(key, 0)) + 1
    if key < 0 and text[: max(at - 1, 0)].strip():
        at = 0  # the file does not begin with its array: with what is left of an event
    for place, value in objects_in(text, at):
        try:
            yield msgspec.convert(value, _Event)
        except msgspec.ValidationError:
            line = text.count("\n", 0, place) + 1 if not reading.bad_lines else 0
            reading.bad_line(line, text[place : place + 200].split("\n", maxsplit=1)[0])


class _Threads:
    """Calls of threads, collected event by event."""

    def __init__(self) -> None:
        self.functions: dict[str, int] = {}
        self._numbers: dict[tuple[Number, Number], int] = {}
        self._names: dict[int, str] = {}
        self._processes: dict[Number, str] = {}
        self._marks: list[Mark] = []
        self._slices: dict[int, list[tuple[int, int, int]]] = {}
        self._others: Counter[str] = Counter()

    def add(self, event: _Event) -> bool:
        """Add an event; False where it says nothing that can be used."""
        if event.ph == "M":
            self._name(event)
            return True
        if event.ph not in ("B", "E", "X"):
            self._others[event.ph] += 1
            return bool(event.ph)
        at = _ns(event.ts)
        if at is None:
            return False
        task = self._thread(event)
        if event.ph == "X":
            lasted = _ns(event.dur) if event.dur is not None else 0
            if lasted is None or lasted < 0:
                return False
            self._slices.setdefault(task, []).append(
                (at, -min(at + lasted, _MOST_NS), self._function(event.name))
            )
        elif event.ph == "B":
            self._marks.append((at, task, CALL, self._function(event.name)))
        else:
            function = self._function(event.name) if event.name else UNNAMED
            self._marks.append((at, task, RETURN, function))
        return True

    def _function(self, name: str) -> int:
        return self.functions.setdefault(printable(name), len(self.functions))

    def _thread(self, event: _Event) -> int:
        return self._numbers.setdefault((_id(event.pid), _id(event.tid)), len(self._numbers))

    def _name(self, event: _Event) -> None:
        name = event.args.get("name") if isinstance(event.args, dict) else None
        if not isinstance(name, str):
            return
        if event.name == "thread_name":
            self._names[self._thread(event)] = printable(name)
        elif event.name == "process_name":
            self._processes[_id(event.pid)] = printable(name)

    def tasks(self) -> list[TaskInfo]:
        """Return a task a thread."""
        found = []
        for (pid, tid), thread in self._numbers.items():
            name = self._names.get(thread, self._processes.get(pid, ""))
            whose = tid if tid is not None else pid
            known = isinstance(whose, int) and abs(whose) < _MOST_PID
            found.append(
                TaskInfo(int(whose or 0) if known else -1, name or printable(str(whose or "")))
            )
        return found

    def marks(self) -> list[Mark]:
        """Return calls and returns; those of a thread are in order where the file has them so."""
        marks = list(self._marks)
        for task, slices in self._slices.items():
            marks += self._nested(task, slices)
        return marks

    def _nested(self, task: int, slices: list[tuple[int, int, int]]) -> list[Mark]:
        """Return the calls and returns of ``X`` events of a thread: (begin, -end, function)."""
        marks: list[Mark] = []
        opened: list[tuple[int, int]] = []
        for begin, minus_end, function in sorted(slices, key=lambda each: each[:2]):
            end = -minus_end
            while opened and opened[-1][0] <= begin:
                at, inner = opened.pop()
                marks.append((at, task, RETURN, inner))
            if opened and end > opened[-1][0]:
                end = opened[-1][0]
            marks.append((begin, task, CALL, function))
            opened.append((end, function))
        marks += [(at, task, RETURN, function) for at, function in reversed(opened)]
        return marks

    def notes(self) -> list[str]:
        """Say what was left out."""
        if not self._others:
            return []
        phases = ", ".join(f"{n:,} {ph!r}" for ph, n in self._others.most_common())
        return [f"Events that are no calls are left out, by phase: {printable(phases)}."]


def _id(value: Number) -> Number:
    """Return a pid or tid; one that is written as text is the same as the number."""
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 11
    return int(value) if is_number and value is not None else value


def _ns(microseconds: Number) -> int | None:
    """Return a time in nanoseconds, None where it is none that a clock could show."""
    if isinstance(microseconds, int):
        ns = microseconds * 1000
        return ns if abs(ns) < _MOST_NS else None
    try:
        part = float(microseconds) * 1000 if microseconds is not None else float("nan")
    except (ValueError, OverflowError):
        return None
    return round(part) if abs(part) < _MOST_NS else None
