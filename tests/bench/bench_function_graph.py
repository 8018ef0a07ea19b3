"""Speed of function_graph text on its way to a finished trace, next to counting its lines."""

from __future__ import annotations

import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import zstandard

from core.recording.questions.recursion import recursions
from core.recording.questions.what_if import what_if_all
from core.recording.readers.function_graph import reader as function_graph
from core.recording.reading import Reading
from core.recording.source import Source
from core.trace.trace import Trace
from tests.bench.row import Row

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
BYTES = 60 << 20
FLOOR, AIM = 0.4, 1.0
"""Millions of lines a second."""

PASSES = 3


def whole_lines(name: str) -> bytes:
    """A real recording up to its last whole line."""
    with (RECORDINGS / f"{name}.txt.zst").open("rb") as file:
        data = zstandard.ZstdDecompressor().stream_reader(file).read()
    return data[: data.rfind(b"\n") + 1]


def with_arguments(data: bytes) -> bytes:
    """The same as kernels from 6.15 on may print it: every call with another argument."""
    numbers = count(0xFFFF888003A4F000)
    return re.sub(rb"\(\)", lambda _: b"(objp=0x%x)" % next(numbers), data)


def core_seconds(work: Callable[[], object]) -> float:
    """The best of some passes, in time on a core, whoever else uses the machine."""
    times = []
    for _ in range(PASSES):
        start = _used()
        work()
        times.append(_used() - start)
    return max(min(times), 1e-4)


def _used() -> float:
    """Seconds on a core so far, those of other programs that were run included."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


def read(path: Path) -> Trace:
    """Read a file."""
    with path.open("rb", buffering=0) as raw:
        return function_graph.read(Source(raw, name=path.name), Reading())


def measured(title: str, data: bytes) -> Row:
    """Read a file of some 60 MB and compare with wc -l."""
    data *= -(-BYTES // len(data))
    lines = data.count(b"\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.txt"
        path.write_bytes(data)
        seconds = core_seconds(lambda: read(path))
        counted = core_seconds(
            lambda: subprocess.run(["wc", "-l", path], check=True, capture_output=True)
        )
    return Row(
        name=f"function_graph, {title}, {lines:,} lines, {len(data) >> 20} MB",
        measured=lines / seconds / 1e6,
        unit="M lines/s a core",
        compared_with=f"wc -l: {lines / counted / 1e6:.0f} M lines/s",
        ratio=counted / seconds,
        target=f"> {FLOOR}, aim {AIM:g}",
        ok=lines / seconds / 1e6 >= FLOOR,
    )


def bench_columns() -> list[Row]:
    """Real files in three mixes of columns, and one with arguments."""
    default = whole_lines("ftrace-function_graph-default")
    return [
        measured("CPU and duration", default),
        measured("tail comments", whole_lines("ftrace-function_graph-kmalloc-tail")),
        measured("task, time, tail", whole_lines("ftrace-function_graph-proc-abstime-tail")),
        measured("arguments", with_arguments(default * 5)),
    ]


def bench_questions() -> list[Row]:
    """What is asked of a recorded trace: its recursions, and every other guard."""
    data = whole_lines("guard-graph-alloc1-limit2") * 40
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.txt"
        path.write_bytes(data)
        trace = read(path)
    rows = []
    for name, ask in (("recursions", recursions), ("seven guards", what_if_all)):
        start = time.perf_counter()
        ask(trace)
        seconds = time.perf_counter() - start
        title = f"{name} of a trace of {len(trace):,} events"
        rows.append(Row(title, seconds * 1000, "ms", "", None, "< 1,500 ms", seconds < 1.5))
    return rows
