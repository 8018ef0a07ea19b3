"""A trace without its order: which call paths there were, how often and for how long."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.recording.profile import (
    RECORDS,
    Dimension,
    Frame,
    ProfileInfo,
    StackProfile,
    StackTable,
    dimension_of,
)
from core.trace.call_spans import CallSpans
from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions
from core.trace.signals import tasks_of
from core.trace.trace import Trace

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

NS = "ns"
"""The weight of profiles that come from traces: time in the innermost function itself."""


def profile_of(trace: Trace, first: int = 0, last: int | None = None) -> StackProfile:
    """Return the different call paths of a range of events.

    A record is one path of one task. It weighs the calls that were made in the range, and the
    nanoseconds that were spent in their innermost function itself; a call from before the range
    adds time only. What happened outside of all calls has no path and is left out.

    Args:
        trace: The run or recording.
        first: The first event of the range.
        last: The last one; None is the trace's last.
    """
    last = len(trace) - 1 if last is None else min(last, len(trace) - 1)
    first = max(0, first)
    frames, frame_of_function = _frames(trace)
    spans = CallSpans(trace)
    of_call = np.array([site.function for site in trace.sites], np.int32)
    frame = frame_of_function[of_call[trace.codes[spans.calls] & SITE_MASK]]
    paths, path = _paths(trace, spans, frame, len(frames))
    self_ns = self_times(trace, spans, first, last)
    inside = (spans.calls <= last) & (spans.ends >= first)
    made = inside & (spans.calls >= first)
    tasks = _tasks(trace, spans.calls)
    keys, row = np.unique(
        path.astype(np.int64) * len(trace.info.tasks) + tasks, return_inverse=True
    )
    calls = np.bincount(row, weights=made, minlength=len(keys)).astype(np.int64)
    ns = np.bincount(row, weights=np.where(inside, self_ns, 0), minlength=len(keys))
    ns = np.rint(ns).astype(np.int64)
    kept = (calls > 0) | (ns > 0)
    used, stack = np.unique(keys[kept] // len(trace.info.tasks), return_inverse=True)
    return StackProfile(
        _table(paths, used, frames),
        stack.astype(np.int32),
        {RECORDS: calls[kept], NS: ns[kept]},
        _dimensions(trace, keys[kept] % len(trace.info.tasks)),
        info=_info(trace),
    )


def chart_of(trace: Trace) -> StackProfile:
    """Return what was on the stack from moment to moment: a trace as a profile that keeps order.

    A record is a stretch of time in which the stack stayed as it was, of the task that ran then. It
    weighs the calls that began it (one or none) and its nanoseconds. Returns begin one even where
    no time passes, so that two calls of a function stay two; outside of all calls the stack is
    empty.

    Args:
        trace: The run or recording.
    """
    frames, frame_of_function = _frames(trace)
    spans = CallSpans(trace)
    of_call = np.array([site.function for site in trace.sites], np.int32)
    frame = frame_of_function[of_call[trace.codes[spans.calls] & SITE_MASK]]
    paths, path = _paths(trace, spans, frame, len(frames))
    path_of_call = np.full(len(trace) + 1, -1, np.int32)
    path_of_call[spans.calls] = path
    kinds = trace.site_kinds[trace.codes & SITE_MASK]
    at = np.arange(len(trace), dtype=np.int32)
    called = kinds == Kind.CALLED
    around = np.append(trace.parents, np.int32(-1))
    # What is open after a call is that call, after a return the caller of what returned.
    opened = np.where(
        called, at, np.where(kinds == Kind.RETURNED, around[trace.parents], around[at])
    )
    begins = trace.clock.at(at)
    ns = np.append(np.diff(begins), 0)
    stack = path_of_call[opened]
    kept = called | (kinds == Kind.RETURNED) | (ns > 0)
    used, number = np.unique(stack[kept], return_inverse=True)
    tasks = _tasks(trace, at[kept])
    return StackProfile(
        _table(paths, used.astype(np.int64), frames),
        number.astype(np.int32),
        {RECORDS: called[kept].astype(np.int64), NS: ns[kept]},
        _dimensions(trace, tasks.astype(np.int64)),
        {"ts_ns": begins[kept]},
        info=_info(trace),
    )


def self_times(trace: Trace, spans: CallSpans, first: int = 0, last: int | None = None) -> Longs:
    """Return the nanoseconds each call of a run spent in itself within a range, by span.

    Simulated events cost time, which belongs to the call they happen in. Recorded ones cost none:
    a call takes what lies between its two events and is not spent in the calls it makes.

    Args:
        trace: The run or recording.
        spans: Its calls.
        first: The first event of the range.
        last: The last one; None is the trace's last.
    """
    last = len(trace) - 1 if last is None else last
    if trace.times_ns is None:
        costs = np.array([site.cost_ns for site in trace.sites], np.int64)
        sites = trace.codes[first : last + 1] & SITE_MASK
        at = np.arange(first, last + 1)
        owner = np.where((trace.site_kinds == Kind.CALLED)[sites], at, trace.parents[at])
        spent = np.bincount(owner + 1, weights=costs[sites], minlength=len(trace) + 1)[1:]
        return np.rint(spent[spans.calls]).astype(np.int64)
    begins, ends = np.clip(spans.calls, first, last), np.clip(spans.ends, first, last)
    ns = trace.times_ns[ends] - trace.times_ns[begins]
    callers = trace.parents[spans.calls]
    inner = callers >= 0
    left = np.bincount(callers[inner], weights=ns[inner], minlength=len(trace))[spans.calls]
    return ns - np.rint(left).astype(np.int64)


class _Paths(NamedTuple):
    """Every call path: the path of the caller (-1 for none), the frame at its end, its depth."""

    caller: Longs
    frame: Longs
    depth: Longs


def _frames(trace: Trace) -> tuple[list[Frame], Ints]:
    """Return each frame once, and the frame of each function."""
    numbers: dict[Frame, int] = {}
    of_function = [
        numbers.setdefault(Frame(each.name, each.name), len(numbers)) for each in trace.functions
    ]
    return list(numbers), np.array(of_function, np.int32)


def _paths(trace: Trace, spans: CallSpans, frame: Ints, n_frames: int) -> tuple[_Paths, Ints]:
    """Number the call paths, level by level, and return them with the path of each span."""
    path = np.zeros(len(spans), np.int32)
    path_of_call = np.full(len(trace) + 1, -1, np.int32)  # the last one is that of no caller
    levels: dict[int, list[npt.NDArray[np.intp]]] = {}
    for row in spans.rows:
        levels.setdefault(row.depth, []).append(np.arange(row.first, row.last))
    callers, ends, depths = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [0]
    total = 0
    for depth in sorted(levels):
        level = np.concatenate(levels[depth])
        caller = path_of_call[trace.parents[spans.calls[level]]].astype(np.int64)
        keys, number = np.unique((caller + 1) * n_frames + frame[level], return_inverse=True)
        path[level] = number + total
        path_of_call[spans.calls[level]] = path[level]
        callers.append(keys // n_frames - 1)
        ends.append(keys % n_frames)
        depths.append(len(keys))
        total += len(keys)
    depth_of = np.repeat(np.arange(len(depths)) - 1, depths)
    return _Paths(np.concatenate(callers), np.concatenate(ends), depth_of), path


def _table(paths: _Paths, used: Longs, frames: list[Frame]) -> StackTable:
    """Return the stacks of some paths, root first; path -1 is no call at all."""
    bounds = np.zeros(len(used) + 1, np.int64)
    np.cumsum(np.where(used < 0, 0, paths.depth[used] + 1), out=bounds[1:])
    ids = np.zeros(int(bounds[-1]), np.int32)
    at, path = (bounds[1:] - 1)[used >= 0], used[used >= 0]
    while len(path):
        ids[at] = paths.frame[path]
        path = paths.caller[path]
        at, path = at[path >= 0] - 1, path[path >= 0]
    return StackTable(frames, ids, bounds)


def _tasks(trace: Trace, calls: Positions) -> Ints:
    if len(trace.task_switches) == 1:
        return np.zeros(len(calls), np.int32)
    return tasks_of(trace, calls)


def _dimensions(trace: Trace, task: Longs) -> dict[str, Dimension]:
    named = {
        "pid": dimension_of(str(each.pid) for each in trace.info.tasks),
        "comm": dimension_of(each.comm for each in trace.info.tasks),
    }
    return {name: Dimension(each.codes[task], each.values) for name, each in named.items()}


def _info(trace: Trace) -> ProfileInfo:
    recording = trace.info.recording
    if recording is None:
        return ProfileInfo("ownertrace", trace.info.scenario, "calls")
    return ProfileInfo(recording.format, recording.title, "calls")
