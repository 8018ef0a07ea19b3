"""Spans on a pixel grid: how much of each column each kind of call covers, exactly.

A row of spans that do not overlap is kept as sums: how much of each category lies before each
span. The coverage of a column is then a difference of two sums and two parts of spans, whether
the column holds a tenth of a call or a million calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gui.geometry.axis import Axis

Ints = npt.NDArray[np.int32] | npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
MOST_CATEGORIES = 255
LEVEL_STEPS = 3
"""Recursion levels are told apart up to this many above the first."""


class RowCoverage(NamedTuple):
    """What one row shows in a grid of columns.

    Attributes:
        categories: The categories that occur in the row.
        busy: Share of each column covered by each of them, shape (columns, categories), 0 to 1.
        nested: Share of each column covered, weighted by the recursion level, shape (columns,);
            a column covered by calls of the first level alone is 0.
        spans: The span at each edge of a column or before it, -1 before the first, shape
            (columns + 1,).
    """

    categories: tuple[int, ...]
    busy: Floats
    nested: Floats
    spans: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Row:
    first: int
    last: int
    categories: tuple[int, ...]
    sums: npt.NDArray[np.uint32] | npt.NDArray[np.uint64]
    """What lies before each span: by category, and weighted by level where there are any."""
    has_levels: bool


class SpanIndex:
    """Rows of spans, ready to be drawn at any zoom.

    Args:
        starts: Where each span begins, in units of the axis; rising within a row.
        ends: Where it ends; at most where the next one of the row begins.
        categories: The category of each span, below 255.
        levels: The recursion level of each span; up to 1 is none.
        rows: First and last (exclusive) span of each row.
    """

    def __init__(
        self,
        starts: Ints,
        ends: Ints,
        categories: Bytes,
        levels: Bytes,
        rows: Sequence[tuple[int, int]],
    ) -> None:
        self.starts, self.ends = starts, ends
        self.categories, self.levels = categories, levels
        # Sums may wrap: a difference is right as long as a column is narrower than the type.
        extent = int(ends.max()) - int(starts.min()) if len(starts) else 0
        self._sum_type = np.uint32 if extent * (LEVEL_STEPS + 1) < 1 << 32 else np.uint64
        self._rows = [self._row(first, last) for first, last in rows]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def nbytes(self) -> int:
        """Memory of the columns and the sums in bytes."""
        columns = (self.starts, self.ends, self.categories, self.levels)
        return sum(column.nbytes for column in columns) + sum(r.sums.nbytes for r in self._rows)

    def _row(self, first: int, last: int) -> _Row:
        kinds = self.categories[first:last]
        found = np.flatnonzero(np.bincount(kinds, minlength=1))
        durations = (self.ends[first:last] - self.starts[first:last]).astype(self._sum_type)
        weights = _weights(self.levels[first:last])
        has_levels = bool(weights.any())
        sums = np.zeros((last - first, len(found) + has_levels), self._sum_type)
        for column, kind in enumerate(found.tolist()):
            own = durations if len(found) == 1 else np.where(kinds == kind, durations, 0)
            _sum_before(own, sums[:, column])
        if has_levels:
            _sum_before(durations * weights, sums[:, -1])
        return _Row(first, last, tuple(found.tolist()), sums, has_levels)

    def in_view(self, row: int, first: float, last: float) -> tuple[int, int]:
        """Return the spans of a row that lie in a part of the axis, as a slice."""
        kept = self._rows[row]
        starts, ends = self.starts[kept.first : kept.last], self.ends[kept.first : kept.last]
        begin = int(np.searchsorted(ends, _whole(first, ends), side="right"))
        end = int(np.searchsorted(starts, _whole(np.ceil(last), starts), side="left"))
        return kept.first + begin, kept.first + max(begin, end)

    def span_at(self, row: int, value: float) -> int | None:
        """Return the span of a row that covers a value, None where none does."""
        kept = self._rows[row]
        starts = self.starts[kept.first : kept.last]
        at = int(np.searchsorted(starts, _whole(value, starts), side="right")) - 1
        if at < 0 or value >= self.ends[kept.first + at]:
            return None
        return kept.first + at

    def nearest(self, row: int, value: float, reach: float) -> int | None:
        """Return the span at a value, or else the nearest one no further than ``reach``."""
        found = self.span_at(row, value)
        if found is not None:
            return found
        kept = self._rows[row]
        starts = self.starts[kept.first : kept.last]
        at = int(np.searchsorted(starts, _whole(value, starts), side="right")) - 1
        near = [
            (distance, span)
            for span in (kept.first + at, kept.first + at + 1)
            if kept.first <= span < kept.last and (distance := self._distance(span, value)) <= reach
        ]
        return min(near)[1] if near else None

    def _distance(self, span: int, value: float) -> float:
        return max(float(self.starts[span]) - value, value - float(self.ends[span]), 0.0)

    def coverage(self, row: int, edges: Floats) -> RowCoverage:
        """Return what a row covers of columns of equal width.

        Args:
            row: Number of the row.
            edges: The columns' edges in units of the axis, shape (columns + 1,), rising.
        """
        kept = self._rows[row]
        at = self._spans_at(kept, edges)
        span = np.maximum(at, 0)
        part = np.minimum(edges, self.ends.take(span + kept.first))
        part -= self.starts.take(span + kept.first)
        part[: int(np.searchsorted(at, 0))] = 0.0
        width = (edges[-1] - edges[0]) / (len(edges) - 1)
        busy = np.diff(kept.sums.take(span, axis=0), axis=0) / width
        share = part / width
        nested = np.zeros(len(busy))
        if kept.has_levels:
            weighted = share * _weights(self.levels.take(span + kept.first))
            nested = busy[:, -1] + np.diff(weighted)
            busy = busy[:, :-1]
        if len(kept.categories) == 1:
            busy[:, 0] += np.diff(share)
        else:
            kind = self.categories.take(span + kept.first)
            for column, category in enumerate(kept.categories):
                busy[:, column] += np.diff(share * (kind == category))
        # What is covered but for rounding is not to look empty, nor the other way round.
        np.clip(busy, 0.0, 1.0, out=busy)
        return RowCoverage(kept.categories, busy, nested, np.where(at < 0, -1, at + kept.first))

    def _spans_at(self, row: _Row, edges: Floats) -> npt.NDArray[np.intp]:
        """Return the span at or before each edge, counted from the row's first."""
        starts = self.starts[row.first : row.last]
        ends = _whole(edges[[0, -1]], starts)
        first, last = np.searchsorted(starts, ends, side="right").tolist()
        if last - first < len(edges):
            # Few begin in view: it is cheaper to look where each of them begins.
            scale = (len(edges) - 1) / (edges[-1] - edges[0])
            column = np.ceil((starts[first:last] - edges[0]) * scale).astype(np.intp)
            began = np.bincount(column, minlength=len(edges))[: len(edges)]
            return np.cumsum(began) + (first - 1)
        low = max(0, first - 1)
        inside = starts[low : last + 1]
        return np.searchsorted(inside, _whole(edges, starts), side="right") + (low - 1)


def _weights(levels: Bytes) -> npt.NDArray[np.uint8]:
    """How much a recursion level tints: nothing up to the first."""
    return np.minimum(np.maximum(levels, 1) - 1, LEVEL_STEPS)


def _sum_before(values: npt.NDArray[np.unsignedinteger], out: npt.NDArray[np.unsignedinteger]) -> None:
    """Write what comes before each value, summed up, into ``out``."""
    np.cumsum(values[:-1], out=out[1:], dtype=out.dtype)


def _whole(values: Floats | float, like: Ints) -> npt.NDArray[np.signedinteger]:
    """Return values rounded down in the type of ``like``: searching converts no array then."""
    limits = np.iinfo(like.dtype)
    return np.clip(np.floor(values), limits.min, limits.max).astype(like.dtype)


class WideSpan(NamedTuple):
    """A span wide enough to be drawn as itself.

    Attributes:
        span: Its number.
        left: Its left edge in pixels, no further left than the axis.
        right: Its right edge in pixels, no further right than the axis.
    """

    span: int
    left: float
    right: float


def wide_spans(
    index: SpanIndex, row: RowCoverage, axis: Axis, edges: Floats, least_px: float
) -> list[WideSpan]:
    """Return the spans of a row that are at least so wide, from left to right.

    A span as wide as a column covers an edge of one, so the spans at the edges are all that need
    to be looked at.
    """
    at = row.spans
    covered = (at >= 0) & (edges < index.ends[np.maximum(at, 0)])
    found = at[covered]
    if not len(found):
        return []
    found = found[np.flatnonzero(np.diff(found, prepend=-2))]
    first, last = axis.left, axis.left + axis.width
    left = np.clip(axis.x_of(index.starts[found].astype(np.float64)), first, last)
    right = np.clip(axis.x_of(index.ends[found].astype(np.float64)), first, last)
    wide = right - left >= least_px
    return [
        WideSpan(span, x0, x1)
        for span, x0, x1 in zip(
            found[wide].tolist(), left[wide].tolist(), right[wide].tolist(), strict=True
        )
    ]
