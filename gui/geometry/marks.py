"""Marks over an axis that zooms: what happened, gathered a column, and never lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gui.geometry.axis import Axis
from gui.geometry.scrubber import LEAST_BAR, Mark

if TYPE_CHECKING:
    from gui.geometry.scrubber import Positions

Values = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LaneMarks:
    """The marks of one lane in view, one a column at most, from left to right.

    Attributes:
        lane: Number of the lane.
        x: Where each stands, in pixels.
        first: Position of the first marker there.
        markers: How many there are.
        bars: Height of each as a bar, a share of the lane's; 0 where there is room for a symbol.
        room: Pixels from each to the nearest other one.
    """

    lane: int
    x: Values
    first: Positions
    markers: Numbers
    bars: Values
    room: Values

    def __len__(self) -> int:
        return len(self.x)

    def mark(self, at: int) -> Mark:
        """Return one of them."""
        return Mark(
            float(self.x[at]), self.lane, int(self.first[at]), int(self.markers[at]),
            float(self.bars[at]), float(self.room[at]),
        )  # fmt: skip

    @property
    def symbols(self) -> list[float]:
        """Where those stand that have room for a symbol, in pixels."""
        at: list[float] = self.x[self.bars == 0].tolist()
        return at


def visible_marks(
    axis: Axis, lanes: Sequence[tuple[Positions, Values]], symbol_px: float
) -> list[LaneMarks]:
    """Return the marks in view, lane by lane. None in view is lost.

    Args:
        axis: What is in view, and where.
        lanes: By lane, the rising positions of its markers and where on the axis they are.
        symbol_px: What a symbol takes; where marks are closer they become bars.
    """
    columns = max(1, round(axis.width))
    edges = axis.edges(columns)
    return [
        _lane(axis, lane, positions, values, edges, symbol_px)
        for lane, (positions, values) in enumerate(lanes)
    ]


def _lane(
    axis: Axis, lane: int, positions: Positions, values: Values, edges: Values, symbol_px: float
) -> LaneMarks:
    first = int(np.searchsorted(values, edges[0], side="left"))
    last = int(np.searchsorted(values, edges[-1], side="right"))
    if first == last:
        none, numbers = np.empty(0), np.empty(0, np.intp)
        return LaneMarks(lane, none, positions[:0], numbers, none, none)
    columns = len(edges) - 1
    # The first mark of each column; values rise, so their columns need not be computed.
    starts = first + np.searchsorted(values[first:last], edges[:-1], side="left")
    starts[0] = first
    counts = np.diff(starts, append=last)
    (used,) = np.nonzero(counts)
    starts, counts = starts[used], counts[used]
    x: Values = axis.left + (used.astype(np.float64) + 0.5) * (axis.width / columns)
    alone = counts == 1
    x[alone] = axis.x_of(values[starts[alone]])
    gaps = np.concatenate(([np.inf], np.diff(x), [np.inf]))
    room = np.minimum(gaps[:-1], gaps[1:])
    most = float(np.log(counts.max()))
    tall = LEAST_BAR + (1 - LEAST_BAR) * (np.log(counts) / most if most else 0.0 * counts)
    return LaneMarks(
        lane, x, positions[starts], counts, np.where(room < symbol_px, tall, 0.0), room
    )


def nearest_mark(found: Sequence[LaneMarks], x: float, reach_px: float) -> Mark | None:
    """Return the mark nearest to a point, the weightier lane where two are as near."""
    near = []
    for lane in found:
        if len(lane):
            at = int(np.argmin(np.abs(lane.x - x)))
            distance = abs(float(lane.x[at]) - x)
            if distance <= reach_px:
                near.append((round(distance), -lane.lane, at, lane))
    if not near:
        return None
    _, _, at, lane = min(near, key=lambda each: each[:2])
    return lane.mark(at)


def ticks_of(axis: Axis, values: Values) -> Numbers:
    """Return the pixel columns that hold at least one of some rising values, each once."""
    columns = max(1, int(axis.width))
    starts = np.searchsorted(values, axis.edges(columns), side="left")
    starts[-1] = np.searchsorted(values, axis.view.last, side="right")
    (used,) = np.nonzero(np.diff(starts))
    return used
