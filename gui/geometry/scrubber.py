"""Where things lie on the scrubber: positions, marks and the outline of the stack, as numbers.

A run of n events has n + 1 moments: position -1, before anything happened, lies at the left end of
the track, and the last event at the right end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, NamedTuple

from core.trace.once import once_a_run

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from core.trace.trace import Trace

    Heights = npt.NDArray[np.int32]
    Positions = npt.NDArray[np.int32]

HIT, WARNING, STOP = 0, 1, 2
"""The lanes of marks, the later ones painted over the earlier."""

MAX_BLOCKS = 1 << 17
"""Resolution the outline of the stack is kept in; no screen has as many columns."""
CHUNK_EVENTS = 1 << 18
"""Events summed up at a time: what fits a processor's cache. A power of two, as blocks are."""
LEAST_BAR = 0.5
"""Height of a bar that stands for one mark, as a share of the lane."""
LARGE_STEP_EVENTS = 10
LARGE_STEPS_A_RUN = 50


def large_step(events: int) -> int:
    """Return how many events a larger step has: ten, or a fiftieth of a long run."""
    return max(LARGE_STEP_EVENTS, events // LARGE_STEPS_A_RUN)


def parse_position(text: str, events: int) -> int | None:
    """Return the position somebody typed: an event's number from 1, or a percentage.

    0 is the moment before the first event. None where it is neither, or no such event.
    """
    bare = text.strip().replace(",", "").replace("_", "").replace(" ", "")
    number = bare.removesuffix("%")
    try:
        given = float(number) * events / 100 if number != bare else int(number)
        return round(given) - 1 if 0 <= given <= events else None
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Track:
    """The line the playhead runs on.

    Attributes:
        left: Where position -1 lies, in pixels.
        width: Pixels from there to the last event.
        events: How many events the run has.
    """

    left: float
    width: float
    events: int

    def x_of(self, position: int) -> float:
        """Return where a position lies."""
        return self.left + (position + 1) * self.width / max(1, self.events)

    def position_at(self, x: float) -> int:
        """Return the position nearest to a point, the first or last one beyond the ends."""
        share = (x - self.left) / self.width if self.width > 0 else 0.0
        return round(max(0.0, min(share, 1.0)) * self.events) - 1

    def column_of(self, position: int, columns: int) -> int:
        """Return the pixel column of a position, 0 to columns - 1."""
        return min(columns - 1, (position + 1) * columns // max(1, self.events))


class Mark(NamedTuple):
    """One place on the track where markers are.

    Attributes:
        x: Its middle, in pixels.
        lane: HIT, WARNING or STOP.
        first: Position of the first marker here.
        markers: How many there are.
        bar: Height of a bar as a share of the lane, 0 where there is room for a symbol.
        room: Pixels to the nearest other mark of the lane.
    """

    x: float
    lane: int
    first: int
    markers: int
    bar: float
    room: float


@once_a_run
def marker_lanes(trace: Trace) -> tuple[Positions, Positions, Positions]:
    """Return the positions of the guard's hits, of warnings and of the end of a stopped run.

    Lost updates are among the warnings: where they need a mark of their own it is drawn besides.
    """
    from core.trace.events import SITE_MASK, Kind
    from core.trace.filters import marker_positions

    found = marker_positions(trace)
    kinds = trace.site_kinds[trace.codes[found] & SITE_MASK]
    import numpy as np

    warned = np.isin(kinds, (Kind.WARNED, Kind.LOST_UPDATE))
    return found[kinds == Kind.SHORT_CIRCUITED], found[warned], found[kinds == Kind.STOPPED]


def marks(track: Track, lanes: Sequence[Positions], columns: int, symbol_px: float) -> list[Mark]:
    """Return the marks of a run, lane by lane, each from left to right. None is ever lost.

    Args:
        track: Where the run lies.
        lanes: Rising positions of the markers, by lane.
        columns: Pixel columns to gather them in.
        symbol_px: What a symbol takes; where marks are closer they become bars.
    """
    return [
        mark
        for lane, positions in enumerate(lanes)
        for mark in _lane(track, lane, positions, columns, symbol_px)
    ]


def _lane(
    track: Track, lane: int, positions: Positions, columns: int, symbol_px: float
) -> list[Mark]:
    import numpy as np

    if not len(positions):
        return []
    # The first position of each column; positions rise, so the columns need not be computed.
    edges = -(-np.arange(columns, dtype=np.int64) * track.events // columns) - 1
    starts = np.searchsorted(positions, edges.astype(positions.dtype))
    counts = np.diff(starts, append=len(positions))
    (used,) = np.nonzero(counts)
    found = [(int(positions[starts[c]]), int(counts[c])) for c in used]
    most = max(count for _, count in found)
    at = [
        track.x_of(first) if count == 1 else track.left + (c + 0.5) * track.width / columns
        for c, (first, count) in zip(used.tolist(), found, strict=True)
    ]
    gaps = [float("inf"), *(b - a for a, b in pairwise(at)), float("inf")]
    rooms = [min(gap) for gap in pairwise(gaps)]
    return [
        Mark(x, lane, first, count, 0.0 if room >= symbol_px else bar(count, most), room)
        for x, (first, count), room in zip(at, found, rooms, strict=True)
    ]


def bar(count: int, most: int) -> float:
    """Return how tall a bar is that stands for some markers, as a share of the lane."""
    return LEAST_BAR + (1 - LEAST_BAR) * (log(count) / log(most) if most > 1 else 0.0)


def mark_near(found: Sequence[Mark], x: float, reach_px: float) -> Mark | None:
    """Return the mark nearest to a point, the weightier lane where two are as near."""
    near = [mark for mark in found if abs(mark.x - x) <= reach_px]
    return min(near, key=lambda mark: (round(abs(mark.x - x)), -mark.lane), default=None)


@dataclass(frozen=True, slots=True)
class StackOutline:
    """How full the running task's stack was over a run, in blocks of events.

    Attributes:
        events: How many events the run has.
        block: Events in a block; block 0 is the moment before the first event.
        least: Fewest bytes in use within each block.
        most: Most bytes in use within each block.
        peak: The largest of ``most``.
    """

    events: int
    block: int
    least: Heights
    most: Heights
    peak: int

    def columns(self, columns: int) -> tuple[list[int], list[int]]:
        """Return the fewest and the most bytes in use within each of so many pixel columns."""
        import numpy as np

        first = np.arange(columns, dtype=np.int64) * self.events // columns
        blocks = -(-first // self.block)
        least = np.minimum.reduceat(self.least, blocks)
        return least.tolist(), np.maximum.reduceat(self.most, blocks).tolist()


@once_a_run
def stack_outline(trace: Trace) -> StackOutline:
    """Return the outline of a trace's stack; one pass over its events."""
    import numpy as np

    events, block = len(trace), 1
    while events > block * MAX_BLOCKS:
        block *= 2
    change = _stack_changes(trace)
    least, most = [np.zeros(1, np.int32)], [np.zeros(1, np.int32)]
    step = max(CHUNK_EVENTS, block)
    base: dict[int, int] = {}
    for start in range(0, events, step):
        end = min(start + step, events)
        used = _used_bytes(trace, change, start, end, base)
        starts = np.arange(0, end - start, block)
        least.append(np.minimum.reduceat(used, starts))
        most.append(np.maximum.reduceat(used, starts))
    highest = np.concatenate(most)
    return StackOutline(events, block, np.concatenate(least), highest, int(highest.max()))


def _stack_changes(trace: Trace) -> Heights:
    """Return what an event of each site adds to the stack, in bytes."""
    import numpy as np

    from core.trace.events import Kind

    signs = {Kind.CALLED: 1, Kind.RETURNED: -1}
    sites, functions = trace.sites, trace.functions
    changes = [signs.get(site.kind, 0) * functions[site.function].stack_bytes for site in sites]
    return np.array(changes, np.int32)


def _used_bytes(
    trace: Trace, change: Heights, start: int, end: int, base: dict[int, int]
) -> Heights:
    """Return the bytes in use after each event of a part of the run.

    Args:
        trace: The run.
        change: By site number, what an event adds.
        start: First event of the part.
        end: The event after its last.
        base: Bytes in use by task before the part; brought to its end.
    """
    import numpy as np

    from core.trace.events import SITE_MASK

    changes = change.take(trace.codes[start:end] & np.uint32(SITE_MASK))
    switches = trace.task_switches
    at = max(0, bisect_left(switches, (start + 1, -1)) - 1)
    upto = bisect_left(switches, (end, -1))
    here = switches[at:upto]
    tasks = sorted({task for _, task in here})
    if len(tasks) == 1:
        return _summed(changes, tasks[0], base)
    bounds = [max(0, position - start) for position, _ in here] + [end - start]
    owner = np.repeat([task for _, task in here], np.diff(bounds))
    used = np.zeros(len(changes), np.int32)
    for task in tasks:
        own = owner == task
        used[own] = _summed(changes[own], task, base)
    return used


def _summed(changes: Heights, task: int, base: dict[int, int]) -> Heights:
    import numpy as np

    used = np.cumsum(changes, dtype=np.int32) + np.int32(base.get(task, 0))
    if len(used):
        base[task] = int(used[-1])
    return used
