"""The calls of a comparison's lanes on their common axis, and what two of them have in common."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.compare.alignment import Alignment
from core.trace.call_spans import CallSpans
from core.trace.events import SITE_MASK, Kind
from gui.geometry.compare_overlay import half_strip, shared_calls, shared_ends
from gui.geometry.compare_strips import Strip, wait_runs

if TYPE_CHECKING:
    from core.trace.trace import Trace

Moments = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.intp]
SUBSYSTEMS = (
    "caller", "allocator", "slab", "page_owner", "unwinder", "depot", "guard", "interrupt", "lock",
)  # fmt: skip
"""Whose function a call is, by category."""


class LaneSpans:
    """The calls of one lane on the axis of moments.

    Attributes:
        trace: The lane's run.
        spans: Its calls, by position.
        starts: The moment of each call, shape (n,).
        ends: The moment of its return; of one that never returned, the one after the lane's last.
        rows: The row of each: those of a task one below the other, tasks one below the other.
        depth: How many rows there are.
    """

    def __init__(
        self,
        trace: Trace,
        spans: CallSpans,
        alignment: Alignment,
        lane: int,
        tasks: Sequence[int],
    ) -> None:
        self.trace, self.spans = trace, spans
        self._alignment, self._lane = alignment, lane
        self.starts, self.ends = moments_of_spans(spans, alignment, lane, len(trace))
        firsts = np.concatenate(([0], np.cumsum(tasks))).tolist()
        self.rows = np.empty(len(spans), np.intp)
        for row in spans.rows:
            self.rows[row.first : row.last] = firsts[row.task] + row.depth
        self._slices = [(0, 0)] * firsts[-1]
        for row in spans.rows:
            self._slices[firsts[row.task] + row.depth] = row.first, row.last
        self.depth = max((firsts[row.task] + row.depth + 1 for row in spans.rows), default=1)

    @cached_property
    def strip(self) -> Strip:
        """The calls, ready to be drawn; a category a subsystem."""
        numbers = {name: number for number, name in enumerate(SUBSYSTEMS)}
        by_site = np.array(
            [
                numbers.get(self.trace.functions[site.function].subsystem, 0)
                for site in self.trace.sites
            ],
            np.uint8,
        )
        return Strip(self.starts, self.ends, self.spans.by_site(by_site), self._slices)

    @cached_property
    def _moments(self) -> Moments:
        return self._alignment.moments_of(self._lane, np.arange(len(self.trace), dtype=np.int32))

    @cached_property
    def waits(self) -> tuple[Moments, Moments]:
        """Where the lane stands still: first moments, and those after the last ones."""
        return wait_runs(self._moments, self._alignment.moments)

    @cached_property
    def marks(self) -> dict[Kind, Moments]:
        """Moments of short-circuits, warnings and the end of a run that stopped."""
        kinds = self.trace.site_kinds[self.trace.codes & SITE_MASK]
        return {
            kind: self._moments[np.flatnonzero(kinds == kind)]
            for kind in (Kind.SHORT_CIRCUITED, Kind.WARNED, Kind.STOPPED)
        }

    def name_at(self, row: int, moment: float) -> str:
        """Return the function on a row at a moment, empty where there is none."""
        span = self.strip.span_at(row, moment)
        return "" if span is None else self.trace.function(int(self.spans.calls[span])).name


def moments_of_spans(
    spans: CallSpans, alignment: Alignment, lane: int, length: int
) -> tuple[Moments, Moments]:
    """Return the moments at which calls begin and end."""
    starts = alignment.moments_of(lane, spans.calls)
    ends = alignment.moments_of(lane, spans.ends)
    never = spans.ends >= length
    ends[never] = alignment.moment_of(lane, length - 1) + 1
    return starts, ends


def lanes_in_steps(
    traces: Sequence[Trace], alignment: Alignment
) -> Generator[None, None, list[LaneSpans]]:
    """Work out the calls of all lanes, a part at a time: a million events take a tenth of a second.

    Returns:
        The lanes; a depth of a task is the same row in all of them.
    """
    found = []
    for trace in traces:
        found.append(CallSpans(trace))
        yield
    n_tasks = max(len(spans.depths) for spans in found)
    tasks = [
        max(spans.depths[task] if task < len(spans.depths) else 0 for spans in found)
        for task in range(n_tasks)
    ]
    lanes = []
    for lane, (trace, spans) in enumerate(zip(traces, found, strict=True)):
        made = LaneSpans(trace, spans, alignment, lane, tasks)
        yield
        _ = made.strip, made.waits, made.marks
        lanes.append(made)
        yield
    return lanes


def lanes_on_axis(traces: Sequence[Trace], alignment: Alignment) -> list[LaneSpans]:
    """Return the calls of all lanes; a depth of a task is the same row in all of them."""
    return finished(lanes_in_steps(traces, alignment))


def finished(steps: Generator[None, None, list[LaneSpans]]) -> list[LaneSpans]:
    """Go through the steps that are left, and return what comes of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            lanes: list[LaneSpans] = end.value
            return lanes


@dataclass(frozen=True)
class Overlay:
    """Two lanes over each other.

    Attributes:
        upper: The first lane's calls; category 0 where the second one had them too.
        lower: The second lane's calls.
        both: How many calls both made.
        only: How many calls only the first, and only the second one made.
    """

    upper: Strip
    lower: Strip
    both: int
    only: tuple[int, int]


def overlay_of(first: LaneSpans, second: LaneSpans) -> Overlay:
    """Return what two lanes have in common, whatever other lanes do."""
    lanes = (first, second)
    pair = Alignment([lane.trace for lane in lanes])
    own = [moments_of_spans(lane.spans, pair, at, len(lane.trace)) for at, lane in enumerate(lanes)]
    calls = [lane.spans.calls.astype(np.int64) for lane in lanes]
    lasts = [pair.moment_of(at, len(lane.trace) - 1) for at, lane in enumerate(lanes)]
    apart = [_apart(pair, own[at][0]) | (own[at][0] > lasts[1 - at]) for at in range(2)]
    shared = shared_calls((calls[0], calls[1]), (apart[0], apart[1]))
    same = own[0][1][shared.first] == own[1][1][shared.second]
    halves = []
    for lane, mine, other, theirs in (
        (first, shared.first, second, shared.second),
        (second, shared.second, first, shared.first),
    ):
        until = shared_ends(lane.starts, lane.ends, mine, other.ends[theirs], same)
        halves.append(half_strip(lane.starts, lane.ends, until, lane.rows))
    both = len(shared.first)
    return Overlay(halves[0], halves[1], both, (len(calls[0]) - both, len(calls[1]) - both))


def _apart(pair: Alignment, moments: Moments) -> npt.NDArray[np.bool_]:
    """Whether the lanes have parted in the operation of each moment, there or before."""
    number = np.searchsorted(pair.parting_moments, moments, side="right") - 1
    operation = np.searchsorted(pair.operation_moments, moments, side="right") - 1
    if not len(pair.parting_moments):
        return np.zeros(len(moments), np.bool_)
    here: npt.NDArray[np.bool_] = pair.parting_operations[np.maximum(number, 0)] == operation
    return here & (number >= 0)
