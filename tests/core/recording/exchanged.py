"""Small recordings to write and to read back, and what has to be the same then."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from core.recording.calls.recorded import trace_of
from core.recording.calls.stacks import CALL, RETURN, Columns
from core.recording.convert import TARGETS
from core.recording.opening import open_recording
from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.reading import Reading
from core.recording.source import Source
from core.trace.events import Kind
from core.trace.info import RecordingInfo, TaskInfo
from core.trace.trace import Trace

Happened = tuple[bool, str, tuple[int, str], int]
"""Whether it was a call, the function, the task, the absolute time."""

NAMES = ("__alloc_pages", "save_stack", "a;b", 'quo"ted\\', "two words", "naïve\n", "x 12")
TASKS = (TaskInfo(0, "swapper/0"), TaskInfo(0, "swapper/1"), TaskInfo(40, "my-shell 2"))


RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
REAL_TRACES = (
    "guard-graph-alloc1-limit2.txt.zst",
    "ftrace-function_graph-boot-recursion-excerpt.txt.zst",
    "ftrace-function_graph-proc-abstime-tail.txt.zst",
)
REAL_PROFILES = ("kmem-events-stack.txt.zst", "perf-script-mm_page_alloc-g.txt.zst")


@cache
def real(name: str) -> Any:
    """The trace or profile of a real kernel."""
    return open_recording(RECORDINGS / name).content


def written(content: Trace | StackProfile, name: str) -> bytes:
    target = next(each for each in TARGETS if each.name == name)
    module = import_module(f"core.recording.writers.{target.module}")
    stream = io.BytesIO()
    getattr(module, target.function)(content, stream)
    return stream.getvalue()


def read_back(data: bytes, name: str) -> tuple[Any, Reading]:
    reading = Reading()
    module = import_module(f"core.recording.readers.{name}")
    return module.read(Source(io.BytesIO(data), name="a file"), reading), reading


def happened(trace: Trace) -> list[Happened]:
    recording = trace.info.recording
    start = max(0, recording.start_ns) if recording is not None else 0
    found = []
    for at in trace.positions(Kind.CALLED, Kind.RETURNED).tolist():
        called = trace.kind(at) is Kind.CALLED
        time = trace.begin_ns(at) if called else trace.clock_ns(at)
        task = trace.info.tasks[trace.task_at(at)]
        found.append((called, trace.function(at).name, (task.pid, task.comm), time + start))
    return found


def by_task(events: list[Happened]) -> dict[tuple[int, str], list[Happened]]:
    found = defaultdict(list)
    for event in events:
        found[event[2]].append(event)
    return dict(found)


def closed(events: list[Happened], end: int) -> dict[tuple[int, str], list[Happened]]:
    """What happened in each task, with everything that is open closed at the end."""
    found = by_task(events)
    for own in found.values():
        opened: list[Happened] = []
        for event in own:
            if event[0]:
                opened.append(event)
            else:
                opened.pop()
        own += [(False, function, task, end) for _, function, task, _ in reversed(opened)]
    return found


Row = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


def summed(profile: StackProfile, weight: str, *, dimensions: bool = True) -> dict[Row, int]:
    """What the records of each stack (names and modules) and each set of dimensions weigh."""
    found: Counter[Row] = Counter()
    for row, stack in enumerate(profile.stack.tolist()):
        frames = tuple((f.name, f.module) for f in profile.stacks.frames_of(stack))
        told = tuple((n, d.values[d.codes[row]]) for n, d in profile.dimensions.items())
        found[frames, told if dimensions else ()] += int(profile.weights[weight][row])
    return +found


_ACTIONS = 2 * len(NAMES) + 1
_LATER_NS = (0, 1, 7, 999, 1000, 5000)


def _trace(steps: list[int], start: int) -> Trace:
    rows, stacks, now = [], defaultdict(list), start
    for step in steps:
        rest, action = divmod(step, _ACTIONS)
        later, task = divmod(rest, len(TASKS))
        now += _LATER_NS[later]
        if action < len(NAMES):
            stacks[task].append(action)
            rows.append((CALL, action, task, now))
        elif stacks[task]:
            rows.append((RETURN, stacks[task].pop(), task, now))
    table = np.array(rows, np.int64).reshape(-1, 4)
    columns = Columns(
        table[:, 0].astype(np.uint8),
        table[:, 1].astype(np.int32),
        table[:, 2].astype(np.int32),
        table[:, 3].copy(),
    )
    return trace_of(columns, NAMES, TASKS, RecordingInfo(format="chrome", title="made"))


traces: Callable[[], st.SearchStrategy[Trace]] = lambda: st.builds(  # noqa: E731
    _trace,
    # A number says all of a step: thinking of three would take as long as writing and reading.
    st.lists(
        st.integers(0, _ACTIONS * len(TASKS) * len(_LATER_NS) - 1), min_size=1, max_size=40
    ).filter(lambda steps: any(step % _ACTIONS < len(NAMES) for step in steps)),
    st.integers(0, 10**15),
)

_words = st.text(
    st.characters(codec="ascii", categories=("L", "N", "P"), exclude_characters=";[]"),
    min_size=1,
    max_size=5,
)
_frames = st.builds(lambda n, m: Frame(n, n, m), _words, st.sampled_from(("", "ext4", "zram")))


def _profile(frames: list[Frame], rows: list[tuple[list[int], int, int, str]]) -> StackProfile:
    builder = ProfileBuilder(ProfileInfo("page_owner", "made"))
    for stack, order, pid, comm in rows:
        weights = {"records": 1, "pages": 1 << order, "bytes": 4096 << order}
        told = {"order": str(order), "pid": str(pid), "comm": comm}
        own = [frames[number % len(frames)] for number in stack]
        builder.add(own, weights=weights, dimensions=told, numbers={"pfn": pid})
    return builder.build()


# Few frames for all stacks: most of a law's time goes into thinking of names.
profiles: Callable[[], st.SearchStrategy[StackProfile]] = lambda: st.builds(  # noqa: E731
    _profile,
    st.lists(_frames, min_size=1, max_size=7),
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 6), min_size=1, max_size=5),
            st.integers(0, 10),
            st.integers(0, 3),
            st.sampled_from(("", "sh", "a,b (c)", 'quo"te')),
        ),
        min_size=1,
        max_size=12,
    ),
)
