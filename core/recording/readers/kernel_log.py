"""Reports in a kernel log: oopses, warnings and overflows, each with its call trace.

What a report says comes from lib/dump_stack.c (``CPU: .. PID: .. Comm: ..``), from the
architecture's registers (``RIP:``) and from show_trace_log_lvl() (arch/x86/kernel/dumpstack.c): a
line with a ``?`` is an address that was found on the stack, but that the unwinder did not come by.
It may be left over from an earlier call and says nothing for certain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from core.recording.profile import UNKNOWN, Frame
from core.recording.readers.frames import frame_of
from core.recording.readers.told_stacks import Told, dumped_page, ends_told, told
from core.recording.reading import Reading

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_c])")
_TIME = re.compile(r"\[\s*(?P<time>\d{1,10})\.(?P<part>\d{6})\](?:\s?\[\s*[TC]\d+\])?\s?")
_DATED = re.compile(
    r"(?:<\d+>)?(?:\[?[A-Z][a-z]{2} .{0,40}?\d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+)"
    r"(?:\s\d{4}\]|(?:\s\S+)?\skernel:)\s?"
)
"""What the journal puts before a line, and ``dmesg -T`` in place of the time."""
_LEVEL = re.compile(r"<\d{1,3}>")
_MOST_BEFORE = 120
"""So far into a line its time is looked for: a boot loader ends its last line with nothing."""

_SYMBOL = r"[A-Za-z_.$][\w.$]*\+0x[0-9a-f]+/0x[0-9a-f]+(?:\s+\[[^\]]+\])?(?:\s+\([A-Z]+\))?"
_PLACE = (
    r"\s+(?:[\w./-]+:\d+(?:\s+\[inline\])?"
    r"|\([\w./-]+:\d+(?: discriminator \d+)?\)(?:\s+\w+)?)"
)
"""File and line, where a log has been decoded: as syzbot puts them, or in parentheses as
scripts/decode_stacktrace.sh, which leaves out the offset."""
_FRAME = re.compile(
    r"\s*(?:<[A-Z#]+>\s+)?"  # x86 up to 4.10: <EOI> and the frame on one line
    r"(?:\(?\[<?[0-9a-f]+>?\]\s*){0,2}"  # s390: in parentheses; powerpc: stack and address
    r"(?P<unsure>\?\s+)?"
    rf"(?P<text>{_SYMBOL}|[A-Za-z_][\w.]*(?={_PLACE})|0x[0-9a-f]{{8,16}})\)?"
    rf"(?:{_PLACE})?(?P<unreliable>\s+\(unreliable\))?\s*"
)
_FROM = re.compile(
    r"\s*(?:\[<[0-9a-f]+>\] )?\(?[\w.$]+\)? from (?:\[<[0-9a-f]+>\] )?"
    rf"\(?(?P<text>{_SYMBOL})\)?(?P<unsure>(?!))?(?P<unreliable>(?!))?\s*"
)
"""arm, dump_backtrace_entry(): the frame is where the one that the line begins with was called."""
_BETWEEN = re.compile(
    r"\s*(?:sp=[0-9a-f]+,? bsp=[0-9a-f]+|--- interrupt: .*|(?:NIP|REGS|MSR|CFAR|GPR\d\d|LR): .*"
    r"|r\d+:[0-9a-f]{8}.*|(?:RSP|RAX|RDX|RBP|R\d\d|FS|CS|CR2|PKRU|ORIG_RAX): .*"
    r"|(?:NIP|LR) \[.*)\s*"
)
"""What stands between frames: ia64's stack pointers, registers at an exception (powerpc, x86) or of
a frame (arm)."""
_RIP = re.compile(rf"RIP: 0010:({_SYMBOL})")
_USER_RIP = re.compile(r"RIP: 00[23]3:|Code: ")
_CONTEXT = re.compile(r"\s*</?(?:TASK|IRQ|NMI|SOFTIRQ|EOI|EOE|EOF|ENTRY|#[A-Z]+\w*|\w+_stack)>\s*")
_TRACE_BEGINS = re.compile(r"\s*(?:Call [Tt]race|Backtrace)\s*:?\s*(?:\([^)]*\))?\s*")
_TRACE_ENDS = re.compile(
    r"\s*(?:</TASK>|---\[ end trace|Code:|Modules linked in:|RIP:|The buggy address|page:|={8}|"
    r"Last Breaking-Event-Address|Instruction dump)"
)
_WHO = re.compile(
    r".*?CPU: (?P<cpu>\d+) (?:UID: \d+ )?PID: (?P<pid>-?\d+)(?: Comm: (?P<comm>.*?))?\s+"
    r"(?:Not tainted|Tainted: [A-Z ]+?)\s+(?P<release>\d\S*).*"
)
_WHO_OF_WARNING = re.compile(r"WARNING: CPU: (?P<cpu>\d+) PID: (?P<pid>\d+) at ")
_INNERMOST = re.compile(
    rf"(?:RIP: 0010:|EIP: |pc : |epc : |PC is at )(?:\s*\[<[0-9a-f]+>\]\s*)*({_SYMBOL}).*"
)

_KINDS = (
    ("panic", r"^Kernel panic - not syncing"),
    ("stack overflow", r"stack guard page was hit|kernel stack overflow|stack overrun detected"),
    ("stack overflow", r"Insufficient stack space to handle exception"),
    ("warning", r"^WARNING: (?!.*(?:lock|RCU))|^WARNING: CPU:"),
    ("locking", r"^(?:WARNING|INFO): .*(?:lock|RCU)|^\[?\s?BUG: Invalid wait context"),
    ("lockup", r"soft lockup|hard LOCKUP|rcu.*detected.* stalls?|self-detected stall"),
    ("hung task", r"^INFO: task .+ blocked for more than"),
    ("allocation failure", r"page allocation failure: order:|page allocation stalls"),
    ("out of memory", r"invoked oom-killer:"),
    ("bug", r"^(?:kernel )?BUG[: ]|^BUG at "),
    ("oops", r"Oops|^Unable to handle kernel|general protection fault|double fault"),
)
_KIND_OF = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_GROUP_OF_ONE = 12
"""A message of another kind so many lines after a report belongs to it, if no trace has come."""
_MOST_REGISTERS = 80
"""So many lines of registers, code and modules may stand between a report and its call trace."""

_MOST_DOUBTFUL = 4
"""So many lines that are no frame may stand in a call trace: other CPUs print in between."""

_LEVEL_LINE = re.compile(r"depth (?P<depth>\d{1,6})\b.*\bsp (?:0x)?(?P<sp>[0-9a-f]{8,16})\b")
_TABLE_LINE = re.compile(r"\s*\d+\)\s+(?P<depth>\d{1,7})\s+\d{1,7}\s+(?P<name>[\w.]+)")
"""A row of the stack tracer (kernel/trace/trace_stack.c): ``Depth Size Location``."""

_SAVE = "save_stack"


@dataclass(frozen=True, slots=True)
class Levels:
    """A recursion as the tracer saw it.

    Attributes:
        count: How many levels it had entered.
        apart_bytes: Stack bytes from each level to the next, each distance once, rising.
    """

    count: int
    apart_bytes: tuple[int, ...]


@dataclass(slots=True)
class ConsoleReport:
    """One report of the kernel.

    Attributes:
        kind: stack overflow, oops, warning, bug, panic, lockup, ...
        message: The line it began with.
        line: That line's number.
        ts_ns: When, ``UNKNOWN`` where the log has no times.
        comm: The task, empty where the report does not say.
        pid: Its number, as text.
        cpu: The CPU, as text.
        release: The kernel's release.
        stack: The frames that are certain, root first; empty where there was no call trace.
        unsure: The frames with a ``?``, in the order of the file.
        has_trace: Whether there was a call trace.
        told: What the line above its stack says, where the stack is not that of the report itself
            but of who allocated or freed what the report is about.
    """

    kind: str
    message: str
    line: int
    ts_ns: int = UNKNOWN
    comm: str = ""
    pid: str = ""
    cpu: str = ""
    release: str = ""
    stack: list[Frame] = field(default_factory=list)
    unsure: list[Frame] = field(default_factory=list)
    has_trace: bool = False
    told: Told | None = None

    @property
    def certain_counts(self) -> Counter[str]:
        """How often each function is on the stack for certain."""
        return Counter(frame.name for frame in self.stack)

    @property
    def unsure_counts(self) -> Counter[str]:
        """How often each function stands in a line with a ``?``."""
        return Counter(frame.name for frame in self.unsure)


@dataclass(frozen=True, slots=True)
class ConsoleLog:
    """What a kernel log holds.

    Attributes:
        reports: Its reports, in order.
        levels: The recursion that the tracer's own lines in it show, None where they show none.
        release: The kernel's release, empty where the log does not say.
    """

    reports: tuple[ConsoleReport, ...]
    levels: Levels | None
    release: str


def message_of(line: str) -> tuple[str, int]:
    """Return what a line of a log says and when, without what the console put around it."""
    if "\x1b" in line:
        line = _ESCAPES.sub("", line)
    timed = _TIME.search(line, 0, _MOST_BEFORE)
    if timed is not None:
        second, part = int(timed["time"]), int(timed["part"])
        return line[timed.end() :].rstrip(), second * 10**9 + part * 1000
    dated = _DATED.match(line)
    line = line[dated.end() :] if dated is not None else _LEVEL.sub("", line, count=1)
    return line.rstrip(), UNKNOWN


def is_logged(line: str) -> bool:
    """Return whether a line has the time or the prefix of a kernel log."""
    return _TIME.search(line, 0, _MOST_BEFORE) is not None or _DATED.match(line) is not None


def is_trace_begin(message: str) -> bool:
    """Return whether a call trace begins below a line."""
    return _TRACE_BEGINS.fullmatch(message) is not None


def is_frame(message: str) -> bool:
    """Return whether a line is one of a call trace."""
    return (_FRAME.fullmatch(message) or _FROM.fullmatch(message)) is not None


def read_log(lines: Iterable[tuple[int, str]], reading: Reading) -> ConsoleLog:
    """Read a log.

    Args:
        lines: Number and text of each line.
        reading: Counts lines in a call trace that make no sense.
    """
    log = _Log(reading)
    for number, line in lines:
        log.add(number, line)
    log.end_trace()
    return ConsoleLog(tuple(log.reports), log.levels(), log.release)


class _Log:
    """The state of reading: the report that is going on, and whether its call trace is."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.reports: list[ConsoleReport] = []
        self.release = ""
        self._current: ConsoleReport | None = None
        self._panic: ConsoleReport | None = None
        """A panic that came after a report: the end of that one, if it shows no trace itself."""
        self._innermost = ""
        self._number = self._since = 0
        """The line that is read, and from where it counts how long a report waits for its trace."""
        self._told: ConsoleReport | None = None
        """A stack inside a report: when it ends, the report goes on."""
        self._page: dict[str, int] = {}
        self._freed: dict[str, int] = {}
        self._in_trace = self._in_task = False
        self._doubtful: list[tuple[int, str]] = []
        self._depths: dict[int, int] = {}
        """Where the stack stood at each level of the tracer's lines; a depth that comes again
        begins another recursion."""
        self._best: dict[int, int] = {}
        self._table: list[int] = []

    def add(self, number: int, line: str) -> None:
        self._number = number
        message, ts_ns = message_of(line)
        if self._in_trace and self._trace_line(number, line, message):
            return
        self._level(message)
        if (page := dumped_page(message)) is not None:
            self._page, self._freed = page, {}
            return
        if (begins := told(message)) is not None:
            self._begin_told(begins, number, message)
            return
        if is_trace_begin(message):
            self._begin_trace(number, message, ts_ns)
            return
        kind = next((kind for kind, pattern in _KIND_OF if pattern.search(message)), "")
        if kind:
            self.end_trace()
            self._report(kind, number, message.strip(), ts_ns)
        if (who := _WHO.match(message)) is not None:
            self.end_trace()
            self._who(who, number, message, ts_ns)
        if (found := _INNERMOST.match(message)) is not None:
            self._innermost = found[1]
        if message.startswith("Linux version "):
            self.release = message.split()[2]

    # -- reports --------------------------------------------------------------------------

    def _report(self, kind: str, number: int, message: str, ts_ns: int) -> None:
        """Begin a report, unless the line goes on with the one before: BUG, then Oops."""
        current = self._current
        if current is not None and self._is_open(number, _GROUP_OF_ONE):
            return
        if kind == "panic" and current is not None:  # the end of a report, or one of its own
            self._panic = ConsoleReport(kind, message, number, ts_ns, release=self.release)
            return
        self._begin(ConsoleReport(kind, message, number, ts_ns, release=self.release))
        if (who := _WHO_OF_WARNING.match(message)) is not None:
            self.reports[-1].cpu, self.reports[-1].pid = who["cpu"], who["pid"]

    def _begin(self, report: ConsoleReport) -> ConsoleReport:
        self._current, self._panic, self._innermost = report, None, ""
        self._since = report.line
        self.reports.append(report)
        return report

    def _is_open(self, number: int, most_lines: int) -> bool:
        """Return whether the current report still waits for its call trace."""
        current = self._current
        return current is not None and not current.has_trace and number - self._since <= most_lines

    def _unannounced(self, number: int, message: str, ts_ns: int) -> ConsoleReport:
        """Begin a report that no line announced: dump_stack() alone, or what a panic shows."""
        panic = self._panic
        if panic is not None and number - panic.line <= _GROUP_OF_ONE:
            return self._begin(panic)
        text = message.strip()
        return self._begin(ConsoleReport("call trace", text, number, ts_ns, release=self.release))

    def _who(self, who: re.Match[str], number: int, message: str, ts_ns: int) -> None:
        current = self._current
        if current is None or not self._is_open(number, _MOST_REGISTERS):
            current = self._unannounced(number, message, ts_ns)
        current.cpu, current.pid = who["cpu"], who["pid"]
        current.comm, current.release = who["comm"] or "", who["release"]
        self.release = self.release or who["release"]

    # -- call traces ----------------------------------------------------------------------

    def _begin_trace(self, number: int, message: str, ts_ns: int) -> None:
        self.end_trace()
        current = self._current
        if current is None or not self._is_open(number, _MOST_REGISTERS):
            current = self._unannounced(number, message, ts_ns)
        current.has_trace = self._in_trace = True

    def _begin_told(self, begins: Told, number: int, message: str) -> None:
        """Begin a stack of another task inside what is reported, or of none that is."""
        self.end_trace()
        numbers = dict(begins.numbers)
        if begins.kind.startswith("page"):
            numbers = {**self._page, **self._freed, **numbers}
            if "free_ts_ns" in begins.numbers:
                self._freed = {"ts_ns": numbers["free_ts_ns"]}
        begins = begins._replace(numbers=numbers)
        who = begins.dimensions
        report = ConsoleReport(
            begins.kind,
            message.strip().rstrip(":"),
            number,
            numbers.get("ts_ns", UNKNOWN),
            comm=who.get("comm", ""),
            pid=who.get("pid", ""),
            cpu=who.get("cpu", ""),
            has_trace=True,
            told=begins,
        )
        self.reports.append(report)
        self._told, self._in_trace = report, True

    def _trace_line(self, number: int, line: str, message: str) -> bool:
        """Take a line of the open call trace; False where the trace has ended before it."""
        current = self._told or self._current
        found = _FRAME.fullmatch(message) or _FROM.fullmatch(message)
        if found is None and (_BETWEEN.fullmatch(message) or self._registers(message)):
            return True
        if found is not None and current is not None:
            for held in self._doubtful:
                self._reading.bad_line(*held)
            self._doubtful.clear()
            doubt = found["unsure"] or found["unreliable"]
            (current.unsure if doubt else current.stack).append(frame_of(found["text"]))
            return True
        ended = self._told is not None and ends_told(message)
        if ended or _TRACE_ENDS.match(message) or is_trace_begin(message) or told(message):
            self.end_trace()
            return message.lstrip().startswith("</TASK>")
        if _CONTEXT.fullmatch(message):
            self._in_task |= "<TASK>" in message or "<IRQ>" in message
            return True
        if len(self._doubtful) < _MOST_DOUBTFUL:
            self._doubtful.append((number, line))
            return False
        self.end_trace()
        return False

    def _registers(self, message: str) -> bool:
        """Take the registers of an interrupt inside an x86 trace that says where it ends.

        The address in them is a frame that is not printed again (arch/x86/kernel/dumpstack.c, 5.16
        and later, show_trace_log_lvl()).
        """
        if not self._in_task or self._current is None:
            return False
        found = _RIP.match(message)
        if found is not None:
            self._current.stack.append(frame_of(found[1]))
        return found is not None or _USER_RIP.match(message) is not None

    def end_trace(self) -> None:
        """Close the open call trace: it was read from the innermost frame."""
        current = self._told or self._current
        if not self._in_trace or current is None:
            return
        self._in_trace = self._in_task = False
        self._doubtful.clear()
        stack = current.stack
        if self._told is not None:
            self._told, self._since = None, self._number
            stack.reverse()
            return
        if self._innermost:
            innermost = frame_of(self._innermost)
            if not stack or stack[0].text != innermost.text:  # arm64 prints it in both places
                stack.insert(0, innermost)
        stack.reverse()

    # -- the tracer's levels --------------------------------------------------------------

    def _level(self, message: str) -> None:
        if (found := _LEVEL_LINE.search(message)) is not None and _SAVE in message:
            depth = int(found["depth"])
            if depth in self._depths:
                self._depths = {}
            self._depths[depth] = int(found["sp"], 16)
            if len(self._depths) > len(self._best):
                self._best = self._depths
        row = _TABLE_LINE.match(message)
        if row is not None and row["name"] == _SAVE:
            self._table.append(int(row["depth"]))

    def levels(self) -> Levels | None:
        """Return the deepest recursion that the tracer's lines show."""
        places = [self._best[depth] for depth in sorted(self._best)] or sorted(self._table)
        if len(places) < 2:
            return None
        apart = {abs(after - before) for before, after in pairwise(places)}
        return Levels(len(places), tuple(sorted(apart)))
