"""Text of ``perf script``: samples and trace points with their call chains.

A sample is a line that begins with the task (tools/perf/builtin-script.c,
perf_sample__fprintf_start()), then one line a frame, innermost first, then a blank line. Which
columns the first line has depends on ``-F`` and on how it was recorded: pid and tid, CPU, time and
period may each be missing. A sample without a call chain has its one frame on the first line, or
none at all: then its stack is the event's name in parentheses.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from core.recording.profile import KERNEL, UNKNOWN, Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.readers.frames import name_of
from core.recording.readers.ftrace_lines import MOST_NUMBER
from core.recording.readers.kmem_fields import memory_of
from core.recording.readers.text_lines import TextLines, head_lines
from core.recording.reading import Reading
from core.recording.source import Source

# As in ftrace_lines: within the 15 characters of a task's name the rightmost reading counts.
_COMM = r"\s*(?P<comm>\S.{0,14}|\S.{15,63}?)\s+"
_PID = r"(?P<pid>-?\d{1,10})(?:/(?P<tid>-?\d{1,10}))?\s+"
_NO_PID = r"(?P<pid>(?!))?(?P<tid>(?!))?"
_CPU = r"\[(?P<cpu>\d{1,5})\]\s+"
_NO_CPU = r"(?P<cpu>(?!))?"
_TIME = (
    r"(?:(?:[KUHGgMESp]{1,3}|[^\s\d\[:][^\s:]{3,8})\s+)?(?P<time>\d{1,12})\.(?P<part>\d{1,9}):\s+"
)
"""Before the time may stand latency flags, or with ``-F misc`` the mode as a letter or two."""
_NO_TIME = r"(?P<time>(?!))?(?P<part>(?!))?"
_EVENT = r"(?:(?P<period>\d{1,19})\s+)?(?P<event>[^\s:=]\S*):(?:\s+(?P<rest>.*))?"
_HEADERS = tuple(
    re.compile(_COMM + columns + _EVENT, re.DOTALL)
    for columns in (
        _PID + _CPU + _TIME,
        _PID + _NO_CPU + _TIME,
        _NO_PID + _CPU + _TIME,
        _NO_PID + _NO_CPU + _TIME,
        _PID + _CPU + _NO_TIME,
        _PID + _NO_CPU + _NO_TIME,
    )
)
"""A column that is there must not be read as part of the name: those with most columns first."""
_FRAME = re.compile(r"\s*(?P<address>[0-9a-f]{1,16})\s+(?P<symbol>\S.*?)\s*")
_BARE = re.compile(r"\s+(?P<symbol>\S.*\))\s*")
"""A frame without an address (``-F sym,dso``)."""
_SURE_FRAME = re.compile(r"\s+(?:[0-9a-f]{6,16}\s+\S.*|[^#\s].* \(\S[^()]*\))")
"""A line that is taken for a frame in a file that may be anything: much text is indented, begins
with a number, or ends in parentheses."""
_SOURCE_LINE = re.compile(r"\s+\S+:\d+\s*")
_DELETED = " (deleted)"
_INLINED = "inlined"
_PACKED = (".gz", ".xz", ".zst")
_IN_USER_SPACE = ("[unknown]", "[vdso]", "[vsyscall]", "[heap]", "[stack]", "//anon")
_KERNELS = re.compile(r"\[(?:guest\.)?kernel[.\w]*\]|vmlinux.*|vmlinuz.*|.*/vmlinux[^/]*")


def tell(head: bytes) -> float:
    """Return how sure it is that a file with these first bytes is of ``perf script``."""
    headers = frames = strange = 0
    for text in head_lines(head):
        found = _header(text)
        if found is not None:
            headers += 1 if found.pid and found.ts_ns != UNKNOWN else 0
            frames += _frame(found.rest) is not None
        elif _SURE_FRAME.fullmatch(text):
            frames += 1
        elif not text.startswith("#"):
            strange += 1
    known = headers + frames
    if not known or known < strange:
        return 0.0
    sure = known / (known + strange)
    return 0.95 * sure if headers and frames else 0.4 * sure


class _Header(NamedTuple):
    """The first line of a sample; what it does not say is empty, a number -1."""

    comm: str
    pid: str
    tgid: str
    cpu: str
    ts_ns: int
    period: int
    event: str
    rest: str


def _header(text: str) -> _Header | None:
    if text.startswith("\t") or (": " not in text and not text.endswith(":")):
        return None  # most lines are frames
    found = next((f for f in (each.fullmatch(text) for each in _HEADERS) if f is not None), None)
    if found is None:
        return None
    tgid = found["pid"] if found["tid"] else ""
    ts_ns, period = UNKNOWN, int(found["period"] or UNKNOWN)
    if found["time"]:
        ts_ns = int(found["time"]) * 10**9 + int(found["part"].ljust(9, "0"))
    return _Header(
        found["comm"].strip(),
        found["tid"] or found["pid"] or "",
        tgid or "",
        str(int(found["cpu"])) if found["cpu"] else "",
        min(ts_ns, MOST_NUMBER),
        period if period <= MOST_NUMBER else UNKNOWN,
        found["event"],
        found["rest"] or "",
    )


class _Parsed(NamedTuple):
    """A line of a call chain.

    Attributes:
        frame: The frame.
        in_kernel: Whether it lies in the kernel or a module of it.
        is_inlined: Whether it is part of the next frame outwards, and lies where that one does.
    """

    frame: Frame
    in_kernel: bool
    is_inlined: bool


@lru_cache(maxsize=1 << 16)
def _frame(text: str) -> _Parsed | None:
    """Return the frame of a line, ``address symbol+0xoffset (dso)``; None where it is none."""
    found = _FRAME.fullmatch(text) or _BARE.fullmatch(text)
    if found is None:
        return None
    symbol, dso = found["symbol"], ""
    if symbol.endswith(")"):
        symbol, _, dso = symbol.removesuffix(")").removesuffix(_DELETED).rpartition(" (")
        if not symbol:  # what is in parentheses is all there is
            symbol, dso = f"({dso})", ""
    module, in_kernel = _place(dso)
    symbol = symbol.strip()
    return _Parsed(Frame(name_of(symbol), symbol, module), in_kernel, dso == _INLINED)


def _place(dso: str) -> tuple[str, bool]:
    """Return the module a dso is (empty for the kernel itself), and whether it is the kernel's."""
    if not dso or _KERNELS.fullmatch(dso):
        return "", True
    if dso in _IN_USER_SPACE:
        return dso.strip("[]") if dso != "[unknown]" else dso, False
    if dso.startswith("["):
        return dso.strip("[]"), True
    name = dso.rstrip("/").rpartition("/")[2]
    for packed in _PACKED:
        name = name.removesuffix(packed)
    if name.endswith(".ko"):  # the kernel writes its own modules' names with underscores
        return name.removesuffix(".ko").replace("-", "_"), True
    return name, False


class _Sample:
    """A sample that is being read."""

    def __init__(self, header: _Header) -> None:
        self.header = header
        self.bad = False
        self._chain: list[_Parsed] = []

    def add(self, parsed: _Parsed) -> None:
        """Add the next frame outwards."""
        self._chain.append(parsed)

    def frames(self) -> tuple[list[Frame], str]:
        """Return the stack, root first, and the module the sample lies in.

        A sample in user space belongs to the file of its innermost frame. One in the kernel belongs
        to the innermost kernel module, as in every other format, and not to the program below it.
        """
        frames: list[Frame] = []
        module, in_kernel, of_kernel = "", True, KERNEL
        for frame, is_kernel, is_inlined in reversed(self._chain):
            if not is_inlined:
                module, in_kernel = frame.module, is_kernel
            frames.append(frame._replace(module=module) if is_inlined else frame)
            if not in_kernel:
                of_kernel = KERNEL
            elif module:
                of_kernel = module
        if not frames:
            name = f"({self.header.event})"
            return [Frame(name, name)], KERNEL
        return frames, of_kernel if in_kernel else module or KERNEL


def read(source: Source, reading: Reading) -> StackProfile:
    """Read a file of ``perf script``: one record a sample."""
    builder = ProfileBuilder(ProfileInfo("perf_script", source.title, "samples"))
    lines = TextLines(source, reading)
    sample: _Sample | None = None
    for number, text in lines:
        header = _header(text)
        if header is not None or not text.strip():
            _end(builder, sample, reading)
            sample = _begin(header)
            continue
        parsed = _frame(text) if text[0].isspace() else None
        if sample is not None and parsed is not None:
            sample.add(parsed)
        elif text.startswith("#") or (sample is not None and _SOURCE_LINE.fullmatch(text)):
            continue
        elif lines.cut_at(number):
            reading.truncated_records += 1
        elif parsed is not None:
            reading.note("Frames whose sample is not in the file are left out.")
        else:
            reading.bad_line(number, text)
            if sample is not None:
                sample.bad = True
    if sample is not None and lines.cut and not reading.truncated_records:
        reading.truncated_records += 1
    _end(builder, sample, reading)
    return builder.build()


def _begin(header: _Header | None) -> _Sample | None:
    """Return the sample a header begins, with the frame that stands on the same line, if any."""
    if header is None:
        return None
    sample = _Sample(header)
    parsed = _frame(header.rest) if header.rest.endswith(")") else None
    if parsed is not None:
        sample.add(parsed)
    return sample


def _end(builder: ProfileBuilder, sample: _Sample | None, reading: Reading) -> None:
    """Keep a sample that is whole."""
    if sample is None:
        return
    if sample.bad:
        reading.bad_records += 1
        return
    header = sample.header
    memory = memory_of(header.event.removeprefix("kmem:"), header.rest)
    frames, module = sample.frames()
    weights = {"period": header.period} if header.period != UNKNOWN else {}
    who = {"comm": header.comm, "pid": header.pid, "tgid": header.tgid, "cpu": header.cpu}
    builder.add(
        frames,
        weights={**weights, **memory.weights},
        dimensions={
            "event": header.event,
            **{name: value for name, value in who.items() if value},
            **memory.dimensions,
            "module": module,
        },
        numbers={"ts_ns": header.ts_ns, **memory.numbers},
    )
