"""Runs made up event by event: any nesting of calls, by any number of tasks in turn."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from core.trace.events import SITE_BITS, Function, Kind
from core.trace.info import GuardInfo, LayoutInfo, TaskInfo, TraceInfo
from core.trace.recorder import Recorder
from core.trace.trace import Trace

SAVE, SET, RESET, LIST = (
    "save_stack",
    "__set_page_owner",
    "__reset_page_owner",
    "add_stack_record_to_list",
)
NAMES = (SAVE, SET, RESET, LIST, "kmalloc", "unwind", "Free")


def info(n_tasks: int) -> TraceInfo:
    return TraceInfo(
        scenario="made up",
        kernel="6.1",
        arch="x86_64",
        unwinder="none",
        guard=GuardInfo("uint", 1),
        layout=LayoutInfo("made-up", "made up", 64),
        thread_bytes=16384,
        page_bytes=4096,
        tasks=tuple(TaskInfo(number, f"task {number}") for number in range(n_tasks)),
    )


class Maker:
    """Records calls, returns and whatever else happens, with a stack for each task."""

    def __init__(self, n_tasks: int = 1) -> None:
        self.recorder = Recorder()
        self.n_tasks = n_tasks
        self.task = 0
        self.stacks: list[list[str]] = [[] for _ in range(n_tasks)]
        self.functions = {
            name: Function(name, f"of {name}", 16 * (at + 1)) for at, name in enumerate(NAMES)
        }

    def _add(self, kind: Kind, name: str, label: str, cost_ns: int, argument: int = 0) -> None:
        site = self.recorder.site(kind, self.functions[name], label, "{function}", cost_ns=cost_ns)
        self.recorder.events.append(site | argument << SITE_BITS)

    @property
    def stack(self) -> list[str]:
        return self.stacks[self.task]

    def call(self, name: str) -> None:
        self.stack.append(name)
        self._add(Kind.CALLED, name, "enter", 6)

    def back(self) -> None:
        if self.stack:
            self._add(Kind.RETURNED, self.stack.pop(), "return", 3)

    def happen(self, kind: Kind, label: str = "") -> None:
        if self.stack:
            self._add(kind, self.stack[-1], label, 1 + 2 * int(kind))

    def switch(self, task: int) -> None:
        if task != self.task and task < self.n_tasks:
            self.task = task
            name = self.stack[-1] if self.stack else NAMES[-1]
            self._add(Kind.TASK_SWITCHED, name, "switch", 5, task)

    def trace(self) -> Trace:
        made = self.recorder
        codes = np.frombuffer(made.events, np.uint32).copy()
        return Trace(
            codes, made.sites, made.functions, made.values or [0], made.wide, info(self.n_tasks)
        )


_Deed = Callable[[Maker], None]


def _deeds() -> st.SearchStrategy[_Deed]:
    def call(name: str) -> _Deed:
        return lambda maker: maker.call(name)

    def happen(kind: Kind, label: str = "") -> _Deed:
        return lambda maker: maker.happen(kind, label)

    def switch(task: int) -> _Deed:
        return lambda maker: maker.switch(task)

    # One table, so that one number says what is done next. More returns than calls of any one
    # function, so that runs go up as well as down.
    kinds = (Kind.FRAME_UNWOUND, Kind.PAGE_ALLOCATED, Kind.DEPOT_HIT)
    happened = [*map(happen, kinds), happen(Kind.STEPPED, "line")]
    called = [call(name) for name in NAMES]
    switched = [switch(task) for task in range(3)]
    return st.sampled_from([*called * 8, *[Maker.back] * 56, *happened * 7, *switched * 9])


@st.composite
def random_traces(draw: st.DrawFn) -> Trace:
    """Any run of up to 120 events: what is called need not make sense."""
    maker = Maker(draw(st.integers(1, 3)))
    for deed in draw(st.lists(_deeds(), max_size=120)):
        deed(maker)
    return maker.trace()


@st.composite
def page_owner_traces(draw: st.DrawFn) -> Trace:
    """Runs of page_owner as it could be: saves in saves, lists, hits, failures and a sudden end."""
    maker = Maker(draw(st.integers(1, 2)))
    budget = [draw(st.integers(1, 40))]
    for _ in range(draw(st.integers(1, 4))):
        maker.switch(draw(st.integers(0, 1)))
        _page_event(maker, draw, budget, 1)
    return _cut(maker.trace(), draw)


def _cut(trace: Trace, draw: st.DrawFn) -> Trace:
    """The run up to some event, as one that was stopped there."""
    length = draw(st.one_of(st.just(len(trace)), st.integers(1, max(1, len(trace)))))
    return Trace(
        trace.codes[:length].copy(), trace.sites, trace.functions, trace.values, {}, trace.info
    )


def _page_event(maker: Maker, draw: st.DrawFn, budget: list[int], depth: int) -> None:
    budget[0] -= 1
    allocates = draw(st.booleans())
    maker.call(SET if allocates else RESET)
    maker.call(SAVE)
    how = draw(st.sampled_from(["hit", "scan", "fail", "known", "stored"]))
    if how == "hit":
        maker.happen(Kind.SHORT_CIRCUITED, "test")
    else:
        _walk(maker, draw, budget, depth, how)
    maker.back()
    if allocates and draw(st.booleans()):
        maker.call(LIST)
        _inner(maker, draw, budget, depth)
        maker.back()
    maker.back()


def _walk(maker: Maker, draw: st.DrawFn, budget: list[int], depth: int, how: str) -> None:
    maker.happen(Kind.WALK_STARTED, "walk")
    maker.call("unwind")
    _inner(maker, draw, budget, depth)
    for _ in range(draw(st.integers(0, 3))):
        maker.happen(Kind.FRAME_UNWOUND, "frame")
    maker.back()
    _inner(maker, draw, budget, depth)
    if how == "scan":
        maker.happen(Kind.SHORT_CIRCUITED, "scan")
    elif how == "fail":
        maker.happen(Kind.STEPPED, "fail")
    else:
        maker.call("kmalloc")
        maker.happen(Kind.DEPOT_STORED if how == "stored" else Kind.DEPOT_HIT)
        maker.back()


def _inner(maker: Maker, draw: st.DrawFn, budget: list[int], depth: int) -> None:
    while depth < 6 and budget[0] > 0 and draw(st.booleans()):
        other = maker.task
        if draw(st.integers(0, 5)) == 0:
            maker.switch(1 - other)
            _page_event(maker, draw, budget, depth + 1)
            maker.switch(other)
        else:
            _page_event(maker, draw, budget, depth + 1)


def spans_of(trace: Trace) -> list[tuple[int, int]]:
    """(first, last) of some stretches that between them see a run's beginning, middle and end."""
    n = len(trace)
    corners = sorted({0, n // 5, n // 2, n - 1})
    return [*pairwise(corners), (0, n - 1), (n // 2, n // 2)]
