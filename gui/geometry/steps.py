"""A step signal in pixel columns: what it is at least and at most in each, exactly, at any zoom.

Pure: arrays in, arrays out. A pyramid of minima and maxima answers for any run of changes in a few
gathers, so a column that covers a million changes costs what one with ten does.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int32]
Values = npt.NDArray[np.int64]
Indexes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.uint8]

FACTOR = 16
"""Values that a value of the next level stands for."""
NOTHING, AREA, BAND, LINE = 0, 1, 2, 3
"""What a pixel of a mask shows; a band is between the ends of a column with many changes."""
_MANY = 3
"""With more changes in a column its line is a band: nobody could see them apart."""


class Steps(Protocol):
    """A step signal: see ``core.trace.signals.StepSignal``."""

    @property
    def positions(self) -> Positions:
        """Where the value changes, rising, shape (n,)."""

    @property
    def values(self) -> Values:
        """The value from there on, shape (n,)."""

    @property
    def first(self) -> int:
        """The value before the first change."""


class Clock(Protocol):
    """The simulated time of many positions: see ``core.trace.clock.Clock``."""

    def positions_at(self, times: npt.NDArray[np.int64]) -> Positions:
        """Return the last position at or before each time, -1 before the first event."""


class Edges(NamedTuple):
    """Where columns begin and end, in positions.

    Attributes:
        begins: The first position whose place begins at or after each edge, shape (columns + 1,).
        after: The first position whose place begins after each edge, same shape.
    """

    begins: Indexes
    after: Indexes


class Columns(NamedTuple):
    """A signal in columns; every array has the shape (columns,).

    Attributes:
        start: The value where the column begins.
        low: The least value in it.
        high: The greatest value in it.
        before: The last value of the column before; for the first one ``start``.
        changes: How many changes lie in it.
    """

    start: Values
    low: Values
    high: Values
    before: Values
    changes: Values


def order_edges(edges: npt.NDArray[np.float64]) -> Edges:
    """Return edges of columns on the axis of events, where event p begins at p."""
    return Edges(np.ceil(edges).astype(np.int64), np.floor(edges).astype(np.int64) + 1)


def time_edges(edges: npt.NDArray[np.float64], clock: Clock) -> Edges:
    """Return edges of columns on the axis of time, in ns, where an event begins at its time.

    Events of the same time begin at once; the column has the values of all of them.
    """
    ends = np.floor(edges).astype(np.int64)
    starts = np.ceil(edges).astype(np.int64) - 1
    found = clock.positions_at(np.concatenate((starts, ends))).astype(np.int64) + 1
    return Edges(found[: len(edges)], found[len(edges) :])


class Pyramid:
    """Minima and maxima of a step signal over runs of 16, 256, ... changes.

    Takes about a tenth of the signal's memory.

    Args:
        steps: The signal; its arrays are kept, not copied.
    """

    def __init__(self, steps: Steps) -> None:
        self._positions, self._values, self._first = steps.positions, steps.values, steps.first
        self._levels: list[tuple[Values, Values]] = []
        low = high = self._values
        while len(low) > FACTOR:
            starts = np.arange(0, len(low), FACTOR)
            low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
            self._levels.append((low, high))
        self.lowest = min(self._first, int(low.min()) if len(low) else self._first)
        self.highest = max(self._first, int(high.max()) if len(high) else self._first)

    @property
    def nbytes(self) -> int:
        """Memory of the levels in bytes, the signal not included."""
        return sum(low.nbytes + high.nbytes for low, high in self._levels)

    def columns(self, edges: Edges) -> Columns:
        """Return the signal in the columns between edges."""
        if not len(self._values):
            flat = np.full(len(edges.begins) - 1, self._first, np.int64)
            return Columns(flat, flat, flat, flat, np.zeros_like(flat))
        begins = self._changes_before(edges.begins)
        after = begins.copy()
        # Most edges lie between two events, so that nothing begins just there.
        apart = np.flatnonzero(edges.after != edges.begins)
        after[apart] = self._changes_before(edges.after[apart])
        start = self._value_after(after[:-1])
        low, high = self._extremes(begins[:-1], begins[1:])
        # What held before the column holds at its start too, unless something changed just there.
        enters = after[:-1] == begins[:-1]
        low = np.where(enters, np.minimum(low, start), low)
        high = np.where(enters, np.maximum(high, start), high)
        before = self._value_after(begins[:-1])
        before[0] = start[0]
        return Columns(start, low, high, before, np.diff(begins))

    def changes_in(self, edges: Edges) -> tuple[int, int]:
        """Return the indexes of the first change between the outer edges and of that after them."""
        ends = np.array([edges.begins[0], edges.begins[-1]])
        first, last = self._changes_before(ends).tolist()
        return first, last

    def _changes_before(self, positions: Indexes) -> Indexes:
        """How many changes lie before each of some positions."""
        # With another type searchsorted would convert all positions of the signal.
        keys = np.clip(positions, -1, np.iinfo(np.int32).max).astype(np.int32)
        return np.searchsorted(self._positions, keys, side="left").astype(np.int64)

    def _value_after(self, changes: Indexes) -> Values:
        """The value after so many changes."""
        found = self._values[np.maximum(changes - 1, 0)]
        return np.where(changes > 0, found, self._first)

    def _extremes(self, first: Indexes, last: Indexes) -> tuple[Values, Values]:
        """Minimum and maximum of the values first..last-1 of each column; +-infinity of none."""
        bounds = np.iinfo(np.int64)
        low = np.full(len(first), bounds.max)
        high = np.full(len(first), bounds.min)
        first, last = first.copy(), np.maximum(last, first)
        for lows, highs in [(self._values, self._values), *self._levels]:
            top = len(lows) <= FACTOR
            inner_first = -(-first // FACTOR)
            inner_last = np.maximum(last // FACTOR, inner_first)
            head_end = last if top else np.minimum(inner_first * FACTOR, last)
            tail_start = last if top else np.maximum(inner_last * FACTOR, head_end)
            _take_extremes(lows, highs, (first, head_end), (low, high))
            _take_extremes(lows, highs, (tail_start, last), (low, high))
            first, last = inner_first, inner_last
            if top or not (first < last).any():
                break
        return low, high


def _take_extremes(
    lows: Values, highs: Values, runs: tuple[Indexes, Indexes], into: tuple[Values, Values]
) -> None:
    """Widen minima and maxima by short runs of values; an empty run changes nothing."""
    begin, end = runs
    some = np.flatnonzero(begin < end)
    if not len(some):
        return
    begin, end = begin[some], end[some] - 1
    # A run that is shorter than others repeats its last value, which no extreme minds. A column of
    # the result is a run: numpy takes extremes along the first axis much faster.
    at = np.minimum(begin + np.arange(int((end - begin).max()) + 1)[:, None], end)
    low, high = into
    held = lows.take(at)
    low[some] = np.minimum(low[some], held.min(axis=0))
    held = held if highs is lows else highs.take(at)
    high[some] = np.maximum(high[some], held.max(axis=0))


class Scale(NamedTuple):
    """Values laid over rows of pixels, upwards.

    Attributes:
        low: The value in the middle of the lowest row.
        high: The value in the middle of the highest row.
        rows: How many rows there are.
    """

    low: float
    high: float
    rows: int

    def row_of(self, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return the row of each value, 0 at the top; values beyond the ends get the end rows."""
        span = max(self.high - self.low, 1e-9)
        share = (self.high - np.asarray(values, np.float64)) / span
        rows = np.rint(share * (self.rows - 1)).astype(np.int64)
        return np.clip(rows, 0, self.rows - 1)


def mask_of(columns: Columns, scale: Scale, thick: int = 1) -> Mask:
    """Return a picture of a signal: for each pixel nothing, the area under the line, or the line.

    A column's line goes from its least value to its greatest, and from where the line was before.

    Args:
        columns: The signal.
        scale: Values to rows.
        thick: Thickness of the line in pixels, at least 1.

    Returns:
        Shape (scale.rows, columns); ``NOTHING``, ``AREA``, ``BAND`` and ``LINE``.
    """
    top = scale.row_of(np.maximum(columns.high, columns.before))
    bottom = scale.row_of(np.minimum(columns.low, columns.before))
    base = scale.row_of(columns.low)
    # A step is as wide as the line is thick: columns to the left of it take part in it.
    for _ in range(1, thick):
        top[:-1] = np.minimum(top[:-1], top[1:])
        bottom[:-1] = np.maximum(bottom[:-1], bottom[1:])
    short = np.maximum(bottom + thick - scale.rows, 0)
    first, last = (top - short).astype(np.int16), (bottom + thick - 1).astype(np.int16)
    rows = np.arange(scale.rows, dtype=np.int16)[:, None]
    mask: npt.NDArray[np.uint8] = (rows > base.astype(np.int16)).view(np.uint8)
    line = ((rows >= first) & (rows <= last)).view(np.uint8)
    mask = np.maximum(mask, line * np.uint8(LINE))
    many = columns.changes > _MANY
    if many.any():
        # A band is one less than a line; where there are few changes it ends before it begins.
        first = np.where(many, first + np.int16(thick), np.int16(1))
        last = np.where(many, last - np.int16(thick), np.int16(0))
        mask -= ((rows >= first) & (rows <= last)).view(np.uint8)
    return mask


def corners(
    steps: Steps, changes: tuple[int, int], ends: tuple[float, float], at: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], Values]:
    """Return the corners of a signal's line between two values of an axis.

    Args:
        steps: The signal.
        changes: Indexes of the first change in view and of that after the last.
        ends: Where the line begins and ends, on the axis.
        at: Where those changes lie on the axis, shape (changes,).

    Returns:
        Places on the axis and values, each of shape (2 * changes + 2,).
    """
    first, last = changes
    entering = int(steps.values[first - 1]) if first > 0 else steps.first
    held = np.concatenate(([entering], steps.values[first:last])).astype(np.int64)
    x = np.concatenate(([ends[0]], np.repeat(at, 2), [ends[1]]))
    return x, np.repeat(held, 2)
