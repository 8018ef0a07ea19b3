"""A trace made of what a real kernel recorded: from columns of calls and returns to events.

A recording has no guard word and no walk of its own. What the program counts is put beside the
calls: every save_stack that was not turned away begins a walk, one that was is short-circuited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from core.recording.calls.copies import with_copies
from core.recording.calls.functions import recorded_function
from core.recording.calls.guard_hits import SAVE, GuardHits, guard_hits
from core.recording.calls.stacks import COMMENT, UNNAMED, Calls, Columns, balance
from core.recording.calls.times import recorded_times, times_from_durations
from core.trace.events import MAX_SITES, SITE_BITS, WIDE_ARGUMENT, Function, Kind, Site
from core.trace.info import GuardInfo, LayoutInfo, RecordingInfo, TaskInfo, TraceInfo
from core.trace.trace import Trace

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]

MOST_FUNCTIONS = 24_000
"""A trace has room for 65,536 sites; further functions share a name, and half is for comments."""

OTHERS = "(other functions)"
NO_NAME = "(unknown)"
"""A call that was open at the start, in a file that does not name what returns."""

HIT_COMMENT = "guard hit"
"""What a kernel that reports its own guard hits writes into the recording."""

SUBSYSTEMS_INFERRED = "A function's subsystem is told by its name; frame sizes are not recorded."
TIMES_INFERRED = (
    "Times are put together from how long calls took: each is the earliest there can have been."
)
WALKS_INFERRED = "Every save_stack that was not turned away is taken to have walked the stack."

PART_ONLY = "What the file shows of save_stack is the part that comes after its guard."


def trace_of(
    columns: Columns,
    functions: Sequence[str],
    tasks: Sequence[TaskInfo],
    recording: RecordingInfo,
    *,
    comments: Sequence[str] = (),
    absolute: bool = True,
) -> Trace:
    """Make a trace of recorded calls.

    Args:
        columns: The events; they may be changed.
        functions: Name of each function.
        tasks: What the owners' numbers mean.
        recording: What the reader knows of the file; counts of calls, guard hits, comments and
            times are filled in here.
        comments: Texts of comments.
        absolute: Whether times are those of the kernel's clock, and not counted from the start.

    Returns:
        The trace; its times count from the first event. Empty where there are no events.
    """
    functions, copies = with_copies(columns, functions, SAVE)
    calls = balance(columns)
    hits = guard_hits(calls, functions)
    if copies and all(".part." in name for name in copies):
        hits = GuardHits(hits.calls[:0], False, PART_ONLY)
    times, start_ns = _times(calls, absolute)
    named = _Named(calls, functions, comments)
    marks = _marked(calls, hits, functions)
    codes, wide, times = _woven(calls, named, marks, times)
    recording = msgspec.structs.replace(
        recording,
        calls_open_at_start=calls.open_at_start,
        calls_open_at_end=int(np.count_nonzero(calls.is_call & (calls.partner < 0))),
        calls_closed=_whole(calls),
        guard_hits=hits.count,
        duration_ns=int(times[-1]) if len(times) else 0,
        start_ns=start_ns,
        times_inferred=columns.times_ns is None,
        notes=(*recording.notes, *_notes(calls, hits), *_copied(copies)),
        **_hit_comments(calls, hits, comments),
    )
    info = _info(tasks, recording)
    return Trace(codes, named.sites, named.functions, (), wide, info, times_ns=times)


def _info(tasks: Sequence[TaskInfo], recording: RecordingInfo) -> TraceInfo:
    inferred = [SUBSYSTEMS_INFERRED, WALKS_INFERRED]
    if recording.times_inferred:
        inferred.append(TIMES_INFERRED)
    return TraceInfo(
        scenario=recording.title,
        kernel="",
        arch="",
        unwinder="",
        guard=GuardInfo("unknown", 0),
        layout=LayoutInfo("", "", 0),
        thread_bytes=0,
        page_bytes=4096,
        tasks=tuple(tasks) or (TaskInfo(0, "unknown"),),
        inferred=tuple(inferred),
        recording=recording,
    )


def _whole(calls: Calls) -> int:
    """How many calls began and returned in the file, those whose return was lost included."""
    closed = calls.is_call & (calls.partner >= 0)
    return int(np.count_nonzero(closed & ~calls.made[calls.marks]))


def _notes(calls: Calls, hits: GuardHits) -> list[str]:
    notes = []
    if calls.mended:
        notes.append(
            f"{calls.mended:,} calls or returns are missing in the middle: there a call ends where "
            "the stack no longer has room for it."
        )
    if not hits.known:
        notes.append(f"Guard hits cannot be told. {hits.why_not}")
    return notes


def _copied(copies: Sequence[str]) -> list[str]:
    if not copies:
        return []
    return [f"{SAVE} is written {', '.join(copies)} in the file: the compiler's name for its copy."]


def _hit_comments(calls: Calls, hits: GuardHits, comments: Sequence[str]) -> dict[str, int]:
    """Count the guard hits that the file reports, and those beside what structure shows."""
    reports = np.array([HIT_COMMENT in text.lower() for text in comments], np.bool_)
    if not reports.any():
        return {}
    at = np.flatnonzero(calls.columns.kinds == COMMENT)
    at = at[reports[calls.columns.functions[at]]]
    apart = np.count_nonzero(~np.isin(calls.around(at), hits.calls))
    return {"hit_comments": len(at), "comments_apart": int(apart)}


def _times(calls: Calls, absolute: bool) -> tuple[Longs, int]:
    """Times by event, counted from the first, and when that was (-1 where it is not known)."""
    recorded = calls.columns.times_ns
    times = recorded_times(calls, recorded) if recorded is not None else times_from_durations(calls)
    first = int(times.min()) if len(times) else 0
    known = absolute and recorded is not None and len(times) > 0 and first >= 0
    return times - first, first if known else -1


# -- what is written ----------------------------------------------------------------------------


class _Named:
    """Functions and sites of a recording: two sites a function, one a comment, three others.

    Attributes:
        functions: The functions that were called.
        sites: The sites.
        code: Code of each event of the file, uint32.
    """

    def __init__(self, calls: Calls, names: Sequence[str], comments: Sequence[str]) -> None:
        columns = calls.columns
        self._number_of = _numbers(calls, len(names))
        self.functions = [recorded_function(name) for name in self._used(names)]
        self.sites: list[Site] = []
        for number, function in enumerate(self.functions):
            name = _plain(function.name)
            called, returned = f"{{caller}} calls {name}.", f"{name} returns to {{caller}}."
            self.sites.append(Site(Kind.CALLED, number, "enter", called, 0))
            self.sites.append(Site(Kind.RETURNED, number, "return", returned, 0))
        back = ~calls.is_call
        self.code: Codes = np.empty(len(columns), np.uint32)
        self.code[calls.marks] = 2 * self._number_of[calls.functions] + back
        at = np.flatnonzero(columns.kinds == COMMENT)
        if len(at):
            self.code[at] = self._comments(calls, at, comments)

    def _used(self, names: Sequence[str]) -> list[str]:
        used = [NO_NAME] * (int(self._number_of.max(initial=-1)) + 1)
        for name, number in zip((*names, NO_NAME), self._number_of.tolist(), strict=True):
            if number >= 0:
                used[number] = name if number < MOST_FUNCTIONS else OTHERS
        return used

    def add(self, kind: Kind, function: Function, label: str, text: str) -> int:
        """Add a site and return its number."""
        if function not in self.functions:
            self.functions.append(function)
        self.sites.append(Site(kind, self.functions.index(function), label, text, 0))
        return len(self.sites) - 1

    def _comments(self, calls: Calls, at: Longs, texts: Sequence[str]) -> Codes:
        """A site for each text in each function; the rarest share one where there are too many."""
        around = calls.around(at)
        outside = Function("(outside of any recorded call)", "caller", 0)
        others = self.add(Kind.STEPPED, outside, "comment", "A comment that only the file has.")
        nowhere = len(self.functions) - 1
        inside = self._number_of[calls.functions[np.maximum(around, 0)]] if len(calls.marks) else 0
        function = np.where(around >= 0, inside, nowhere).astype(np.int64)
        keys = function * len(texts) + calls.columns.functions[at]
        found, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
        sites = np.full(len(found), others, np.uint32)
        room = MAX_SITES - len(self.sites) - 8
        for key in np.argsort(-counts, kind="stable")[:room].tolist():
            number, text = divmod(int(found[key]), len(texts))
            sites[key] = len(self.sites)
            sentence = f"The recording notes: {_plain(texts[text])}"
            self.sites.append(Site(Kind.STEPPED, number, "comment", sentence, 0))
        return sites[which]


def _numbers(calls: Calls, n_names: int) -> Ints:
    """By number of a name (the last is ``UNNAMED``): number of the function, -1 for no call."""
    calling = calls.columns.functions[calls.marks]
    counts = np.bincount(np.where(calling == UNNAMED, n_names, calling), minlength=n_names + 1)
    numbers: Ints = np.full(n_names + 1, -1, np.int32)
    used = np.flatnonzero(counts)
    numbers[used] = np.minimum(np.arange(len(used)), MOST_FUNCTIONS)
    return numbers


def _plain(text: str) -> str:
    """Text of a file inside a sentence: its braces ask for nothing."""
    return text.replace("{", "{{").replace("}", "}}")


@dataclass(slots=True)
class _Extra:
    """Events that stand before or after those of the file.

    Attributes:
        hit: Whether an event is the return of a save that the guard turned away.
        walk: Whether an event is the call of a save that was not.
    """

    hit: Flags
    walk: Flags


def _marked(calls: Calls, hits: GuardHits, functions: Sequence[str]) -> _Extra:
    n = len(calls.columns)
    extra = _Extra(np.zeros(n, np.bool_), np.zeros(n, np.bool_))
    if SAVE in functions:
        save = list(functions).index(SAVE)
        extra.walk[calls.marks[calls.is_call & (calls.functions == save)]] = True
        extra.walk[calls.marks[hits.calls]] = False
        extra.hit[calls.marks[calls.partner[hits.calls]]] = True
    return extra


def _woven(
    calls: Calls, named: _Named, extra: _Extra, times: Longs
) -> tuple[Codes, dict[int, int], Longs]:
    """Events of the file in order of time, with what stands beside them.

    Returns:
        The codes, arguments that do not fit into one, and the times.
    """
    code, owners, hit, walk = named.code, calls.columns.owners, extra.hit, extra.walk
    if len(times) and bool((times[1:] < times[:-1]).any()):
        order = np.argsort(times, kind="stable")
        code, owners, times = code[order], owners[order], times[order]
        hit, walk = hit[order], walk[order]
    turns = np.zeros(len(code), np.bool_)
    turns[1:] = owners[1:] != owners[:-1]
    if len(owners) and owners[0] != 0:
        turns[0] = True
    n_new = int(turns.sum()) + int(hit.sum()) + int(walk.sum())
    if not n_new:
        return code, {}, times
    before = turns.astype(np.int64) + hit
    where = np.arange(len(code)) + np.cumsum(before + walk) - walk
    woven = np.empty(len(code) + n_new, np.uint32)
    woven_times = np.empty(len(woven), np.int64)
    woven[where], woven_times[where] = code, times
    save = recorded_function(SAVE)
    wide: dict[int, int] = {}
    if turns.any():
        at = where[turns] - before[turns]
        schedule = Function("schedule", "caller", 0, source="kernel/sched/core.c", inferred=True)
        text = "The recording goes on with {task}."
        number = named.add(Kind.TASK_SWITCHED, schedule, "switch", text)
        task = owners[turns].astype(np.int64)
        wide = {int(at[i]): int(task[i]) for i in np.flatnonzero(task >= WIDE_ARGUMENT)}
        woven[at] = number | np.minimum(task, WIDE_ARGUMENT) << SITE_BITS
        woven_times[at] = times[turns]
    if hit.any():
        text = (
            "save_stack returns dummy_handle at once: another save of this task is under way, and "
            "the guard turns this one away."
        )
        woven[where[hit] - 1] = named.add(Kind.SHORT_CIRCUITED, save, "test", text)
        woven_times[where[hit] - 1] = times[hit]
    if walk.any():
        text = "The guard lets save_stack pass, and it walks the stack."
        woven[where[walk] + 1] = named.add(Kind.WALK_STARTED, save, "walk", text)
        woven_times[where[walk] + 1] = times[walk]
    return woven, wide, woven_times
