"""What all text of the kernel's tracers shares: who, where, when, and stacks below a line.

A line of ``trace`` and ``trace_pipe`` (kernel/trace/trace_output.c, trace_print_context() and
trace_print_lat_context()) or of ``trace-cmd report`` begins with task, CPU and time. A stack is an
entry of its own that follows the event it belongs to on the same CPU; entries of other CPUs may
stand between the two, because the file is merged by time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from core.recording.profile import UNKNOWN
from core.recording.readers.text_lines import TextLines, head_lines
from core.recording.reading import Reading
from core.recording.source import Source

MOST_NUMBER = (1 << 63) - 1
"""What a column of numbers can hold; a damaged file may say more."""

# TASK_COMM_LEN is 16 with the end: within 15 characters the *last* dash counts, because comm may
# hold dashes, brackets and times of its own. Longer names come from other writers.
_TASK = r"\s*(?P<comm>.{1,15}|[^\[\]]{16,64})-(?P<pid>\d{1,10})\s+"
_LINE = re.compile(
    _TASK + r"(?:\(\s*(?P<tgid>\d+|-+)\)\s+)?"
    r"\[(?P<cpu>\d{1,5})\]\s+"
    r"(?:[^\s\d:][^\s:]{1,9}\s+)?"  # irqs-off, need-resched, hardirq/softirq, ...
    r"(?P<time>\d{1,19})(?:\.(?P<part>\d{1,9}))?:\s(?P<rest>.*)",
    re.DOTALL,
)
_LATENCY_LINE = re.compile(
    _TASK + r"(?P<tgid>(?!))?(?P<cpu>\d{1,5})[^\s\d][^\s:]{1,8}\s+"
    r"(?P<time>\d{1,19})(?P<part>(?!))?us\s*[!+#*@$]?\s*:\s(?P<rest>.*)",
    re.DOTALL,
)
_STACK = re.compile(r"(?:kernel_stack:\s*(?:<stack trace ?>)?|<stack trace ?>)\s*(?P<first>.*)")
_USER_STACK = re.compile(r"(?:user_stack:|<user stack trace>)")
_FRAME = re.compile(r"\s*=>\s*(?P<text>.*)")
_LOST = re.compile(r"CPU:\s?\d+ \[(?:LOST )?(\d{1,19}) EVENTS(?: DROPPED)?\]")
_BESIDE = re.compile(
    r"#|\s*$|##### CPU \d+ buffer started|CPU:\s?\d+ \[(?:LOST|\d+) |CPU \d+ is empty|"
    r"cpus=\d+$|version = \d|\s*\[\d+ entries dropped\]"
)


class Line(NamedTuple):
    """One entry.

    Attributes:
        comm: The task's name.
        pid: Its number.
        tgid: Number of its process, empty where the file does not say.
        cpu: Number of the CPU.
        ts_ns: When, ``UNKNOWN`` where the clock does not count seconds.
        rest: What happened.
        number: Number of the line in the file.
    """

    comm: str
    pid: str
    tgid: str
    cpu: str
    ts_ns: int
    rest: str
    number: int = 0


def line_of(text: str, number: int = 0) -> Line | None:
    """Return what an entry says, None where the text is none."""
    found = _LINE.fullmatch(text)
    if found is not None:
        part = found["part"]
        ts_ns = UNKNOWN if part is None else int(found["time"]) * 10**9 + int(part.ljust(9, "0"))
    else:
        found = _LATENCY_LINE.fullmatch(text)
        if found is None:
            return None
        ts_ns = int(found["time"]) * 1000
    tgid = (found["tgid"] or "").strip("-")
    ts_ns = ts_ns if ts_ns <= MOST_NUMBER else UNKNOWN
    cpu = str(int(found["cpu"]))
    return Line(found["comm"].strip(), found["pid"], tgid, cpu, ts_ns, found["rest"], number)


def is_beside(text: str) -> bool:
    """Return whether a line belongs to the file and is no entry: a heading, a loss, a frame."""
    return _BESIDE.match(text) is not None or _FRAME.fullmatch(text) is not None


def lost_events(text: str) -> int:
    """Return how many events a line says were lost, 0 where it says something else."""
    found = _LOST.match(text)
    return min(int(found[1]), MOST_NUMBER) if found is not None else 0


def lost_sentence(events: int) -> str:
    """Say how many events were lost."""
    return f"The tracer lost {events:,} event{'' if events == 1 else 's'}."


def who(line: Line) -> dict[str, str]:
    """Return the dimensions every entry has."""
    task = {"comm": line.comm, "pid": line.pid, "cpu": line.cpu}
    return {**task, "tgid": line.tgid} if line.tgid else task


class Entry(NamedTuple):
    """An event and the stack below it.

    Attributes:
        line: The event; where only its stack is left, that line, with an empty ``rest``.
        stack: Texts of the frames, innermost first; None where the event has no stack.
    """

    line: Line
    stack: list[str] | None


def entries(source: Source, reading: Reading) -> Iterator[Entry]:
    """Yield the events of a file with their stacks.

    A stack with a line in it that makes no sense is left out with its event; frames that no stack
    entry stands above belong to a record that lost its head.
    """
    return _Entries(TextLines(source, reading), reading).read()


_MOST_WAITING = 4
"""Task, softirq, hardirq, NMI: events that can interrupt each other before their stacks are out."""


class _Entries:
    """The state of reading: the stack that is being read, and the events that wait for theirs."""

    def __init__(self, lines: TextLines, reading: Reading) -> None:
        self._lines, self._reading = lines, reading
        self._waiting: dict[str, list[Line]] = {}
        self._had_stack: set[str] = set()
        """CPUs whose last entry was a stack: what still waits there has none."""
        self._open: Line | None = None
        self._frames: list[str] = []
        self._skips_frames = False
        """Whether frames belong to nothing that is kept."""
        self._after_bad = False
        self._lost = 0

    def read(self) -> Iterator[Entry]:
        for number, text in self._lines:
            line = None
            frame = _FRAME.fullmatch(text)
            if frame is None or ": " in text:  # a task may be called "=>"
                line = line_of(text, number)
            if frame is not None and line is None:
                self._frame(frame["text"], number, text)
                continue
            if line is not None:
                yield from self._close()
                yield from self._entry(line)
            elif not _BESIDE.match(text):
                self._bad(number, text)
            else:
                self._lost += lost_events(text)
        if self._lost:
            self._reading.note(lost_sentence(self._lost))
        if self._open is not None and self._lines.cut and not self._reading.truncated_records:
            self._reading.truncated_records += 1
        yield from self._close()
        rest = sorted((line for each in self._waiting.values() for line in each), key=_number)
        for line in rest:
            yield Entry(line, None)

    def _frame(self, frame: str, number: int, text: str) -> None:
        if self._open is not None and not self._after_bad:
            if frame:
                self._frames.append(frame)
        elif self._after_bad:  # a line of this stack, or the one that opened it, is lost
            self._take()
            self._skips_frames, self._after_bad = True, False
            self._reading.bad_records += 1
        elif number == 1:
            self._skips_frames = True
            self._reading.note("The file begins in the middle of a record, which is left out.")
        elif not self._skips_frames:
            self._reading.bad_line(number, text)
            self._reading.bad_records += 1
            self._skips_frames = True

    def _bad(self, number: int, text: str) -> None:
        if self._lines.cut_at(number):
            self._reading.truncated_records += 1
            return
        self._reading.bad_line(number, text)
        self._after_bad = True
        self._skips_frames = False

    def _entry(self, line: Line) -> Iterator[Entry]:
        self._after_bad = self._skips_frames = False
        stack = _STACK.fullmatch(line.rest)
        if stack is not None:
            self._open, self._frames = line, []
            if first := stack["first"].removeprefix("=>").strip():
                self._frames.append(first)
        elif _USER_STACK.match(line.rest):
            self._skips_frames = True
            self._reading.note("Stacks of user space are left out: they are addresses only.")
        else:
            yield from self._event(line)

    def _event(self, line: Line) -> Iterator[Entry]:
        """Let an event wait for its stack; give out those that will get none any more."""
        waiting = self._waiting.setdefault(line.cpu, [])
        over = len(waiting) if line.cpu in self._had_stack else len(waiting) - _MOST_WAITING + 1
        for each in waiting[: max(0, over)]:
            yield Entry(each, None)
        del waiting[: max(0, over)]
        waiting.append(line)
        self._had_stack.discard(line.cpu)

    def _close(self) -> Iterator[Entry]:
        """Give out the stack that ends here with its event."""
        if self._open is None:
            return
        frames = self._frames
        yield Entry(self._take(), frames)

    def _take(self) -> Line:
        """Return the event the open stack belongs to, and close the stack."""
        opened, self._open = self._open, None
        if opened is None:
            return Line("", "", "", "", UNKNOWN, "")
        self._had_stack.add(opened.cpu)
        waiting = self._waiting.get(opened.cpu, [])
        if waiting and (waiting[-1].comm, waiting[-1].pid) == (opened.comm, opened.pid):
            return waiting.pop()
        return opened._replace(rest="")


def _number(line: Line) -> int:
    return line.number


_FUNCTION = re.compile(r"(?:function:\s+)?(?P<function>\S+)\s+<--?\s*(?P<caller>\S.*)")
_NAMED = re.compile(r"function:\s+(?P<function>\S+)\s*")
_EVENT = re.compile(r"(?P<event>[A-Za-z_]\w*):(?:\s+(?P<fields>.*))?", re.DOTALL)


def function_of(rest: str) -> tuple[str, str] | None:
    """Return the function and its caller ("" where not told) of a line of the function tracer."""
    found = _FUNCTION.fullmatch(rest)
    if found is not None:
        return found["function"], found["caller"].strip()
    found = _NAMED.fullmatch(rest)
    return (found["function"], "") if found is not None else None


def event_of(rest: str) -> tuple[str, str] | None:
    """Return the name of an event and its fields, None where a line is no event."""
    found = _EVENT.fullmatch(rest)
    return (found["event"], found["fields"] or "") if found is not None else None


class Survey(NamedTuple):
    """What the first lines of a file are, in counts; calls of function_graph are events too."""

    functions: int
    events: int
    graph: int
    strange: int
    tracer: str

    @property
    def sure(self) -> float:
        """How much of it is text of a tracer, 0 to 1."""
        known = self.functions + self.events
        return known / (known + self.strange) if known else 0.0


@lru_cache(maxsize=4)
def survey(head: bytes) -> Survey:
    """Count what kinds of line a file begins with; stacks and what stands beside do not count."""
    functions = events = graph = strange = 0
    tracer = ""
    for text in head_lines(head):
        if text.startswith("# tracer:"):
            tracer = text.removeprefix("# tracer:").strip()
        if is_beside(text):
            continue
        line = line_of(text)
        if line is None:
            strange += 1
        elif function_of(line.rest) is not None:
            functions += 1
        elif event_of(line.rest) is not None:
            events += 1
            graph += line.rest.startswith("funcgraph_")
    return Survey(functions, events, graph, strange, tracer)
