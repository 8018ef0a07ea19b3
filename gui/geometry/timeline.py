"""Spans on a pixel grid: how much of each column each kind of call covers, exactly.

A row of spans that do not overlap is kept as sums: how much of each category lies before each
span. The coverage of a column is then a difference of two sums and two parts of spans, whether
the column holds a tenth of a call or a million calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gui.geometry.span_overview import CELLS_A_COLUMN, LEAST_SPANS, AtEdges, Overview

Ints = npt.NDArray[np.int32] | npt.NDArray[np.int64]
Sums = npt.NDArray[np.unsignedinteger[Any]]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Shares = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.intp]
Marks = npt.NDArray[np.bool_]

_WHOLE_COLUMNS = 64
"""From so many units a column on, columns begin at whole units: a 128th of a pixel off at most."""
_STRIDE = 16
"""Every so many spans of a row one start is kept apart, for the first part of a search."""
_LIMITS = {4: (-(1 << 31), (1 << 31) - 1), 8: (-(1 << 62), 1 << 62)}
"""By size of a whole number in bytes: what values are brought within."""
LEVEL_STEPS = 3
"""Recursion levels are told apart up to this many above the first."""


class Coverage(NamedTuple):
    """What some rows show in a grid of columns.

    Attributes:
        categories: The categories that occur in each row, -1 where a row has fewer, shape
            (slots, rows).
        busy: Share of each column that they cover, 0 to 1, shape (slots, rows, columns).
        nested: Share of each column covered, weighted by the recursion level, shape (rows,
            columns); 0 where only calls of the first level are.
        spans: The span at each edge of a column or before it, one less than the row's first where
            none began yet, shape (rows, columns + 1).
        edges: The edges of the columns, shape (columns + 1,).
        rows: Numbers of the rows, shape (rows,).
    """

    categories: npt.NDArray[np.int16]
    busy: Shares
    nested: Shares
    spans: Numbers
    edges: Floats
    rows: Numbers


@dataclass(frozen=True, slots=True)
class _Row:
    """A slice of the spans, and where its sums lie.

    ``columns`` numbers stand for a span in ``SpanIndex._sums`` from ``offset`` on: what lies
    before it of each category, and then weighted by level where the row has any.
    """

    first: int
    last: int
    categories: tuple[int, ...]
    has_levels: bool
    offset: int
    coarse: Ints

    @property
    def columns(self) -> int:
        return len(self.categories) + self.has_levels


class SpanIndex:
    """Rows of spans, ready to be drawn at any zoom.

    Args:
        starts: Where each span begins, in units of the axis; rising within a row.
        ends: Where it ends; at most where the next one of the row begins.
        categories: The category of each span.
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
        # Sums may wrap: a difference is right as long as no column is wider than the type.
        extent = int(ends.max()) - int(starts.min()) if len(starts) else 0
        sum_type = np.uint32 if extent * LEVEL_STEPS < 1 << 32 else np.uint64
        self._rows: list[_Row] = []
        offset = 0
        for first, last in rows:
            found = np.flatnonzero(np.bincount(categories[first:last], minlength=1)).tolist()
            nested = bool((levels[first:last] > 1).any())
            coarse = starts[first:last:_STRIDE].copy()
            self._rows.append(_Row(first, last, tuple(found), nested, offset, coarse))
            offset += (last - first) * self._rows[-1].columns
        self._sums: Sums = np.zeros(offset, sum_type)
        for row in self._rows:
            self._sum_up(row)

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def firsts(self) -> Numbers:
        """The first span of each row."""
        return np.array([row.first for row in self._rows], np.intp)

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def nbytes(self) -> int:
        """Memory of the columns and the sums in bytes."""
        columns = (self.starts, self.ends, self.categories, self.levels, self._sums)
        extra = self.overview.nbytes if self.overview is not None else 0
        return sum(column.nbytes for column in columns) + extra

    def _sum_up(self, row: _Row) -> None:
        own = slice(row.first, row.last)
        durations: Sums = (self.ends[own] - self.starts[own]).astype(self._sums.dtype)
        size = (row.last - row.first) * row.columns
        sums = self._sums[row.offset : row.offset + size].reshape(-1, row.columns)
        for column, kind in enumerate(row.categories):
            alone = len(row.categories) == 1
            _sum_before(
                durations if alone else durations * (self.categories[own] == kind), sums[:, column]
            )
        if row.has_levels:
            _sum_before(durations * _weights(self.levels[own]), sums[:, -1])

    # -- single spans ---------------------------------------------------------------------

    def in_view(self, row: int, first: float, last: float) -> tuple[int, int]:
        """Return the spans of a row that lie in a part of the axis, as a slice."""
        kept = self._rows[row]
        own = slice(kept.first, kept.last)
        begin = int(self.ends[own].searchsorted(_floor(first, self.ends), side="right"))
        end = int(self.starts[own].searchsorted(_floor(ceil(last), self.starts), side="left"))
        return kept.first + begin, kept.first + max(begin, end)

    def span_at(self, row: int, value: float) -> int | None:
        """Return the span of a row that covers a value, None where none does."""
        span = self._before(row, value)
        return span if span >= self._rows[row].first and value < self.ends[span] else None

    def nearest(self, row: int, value: float, reach: float) -> int | None:
        """Return the span at a value, or else the nearest one no further than ``reach``."""
        kept, at = self._rows[row], self._before(row, value)
        near = [
            (distance, span)
            for span in (at, at + 1)
            if kept.first <= span < kept.last and (distance := self._distance(span, value)) <= reach
        ]
        return min(near)[1] if near else None

    def _before(self, row: int, value: float) -> int:
        kept = self._rows[row]
        starts = self.starts[kept.first : kept.last]
        return kept.first + int(starts.searchsorted(_floor(value, starts), side="right")) - 1

    def _distance(self, span: int, value: float) -> float:
        return max(float(self.starts[span]) - value, value - float(self.ends[span]), 0.0)

    # -- a grid of columns ----------------------------------------------------------------

    def coverage(
        self, rows: Sequence[int], edges: Floats, cells: float = CELLS_A_COLUMN
    ) -> Coverage:
        """Return what some rows cover of columns of equal width.

        Args:
            rows: Numbers of the rows.
            edges: The columns' edges in units of the axis, shape (columns + 1,), rising.
            cells: From so many cells of the overview a column its edges are good enough.
        """
        overview = self.overview
        if overview is not None and len(rows) and overview.serves(edges, cells):
            return self._from_overview(rows, edges, overview)
        # Rows with many categories first: those that have a further one are then the first rows.
        kept = [self._rows[row] for row in rows]
        order = np.argsort([-len(row.categories) for row in kept], kind="stable")
        kept = [kept[at] for at in order]
        width = (edges[-1] - edges[0]) / (len(edges) - 1)
        if width >= _WHOLE_COLUMNS:
            # Whole units are near enough, and whole numbers are half the work.
            edges = np.rint(edges)
        spans = self._spans_at(kept, edges)
        grid = self._grid(kept, spans, edges, whole=width >= _WHOLE_COLUMNS)
        categories = self._categories_of(kept)
        busy = np.zeros((*categories.shape, len(edges) - 1), np.float32)
        for slot, own in enumerate(categories):
            having = int(np.count_nonzero(own >= 0))
            kinds = grid.kinds[:having] == own[:having, None].astype(np.uint8)
            busy[slot, order[:having]] = self._share(grid, slice(having), np.intp(slot), kinds)
        nested = np.zeros(busy.shape[1:], np.float32)
        (deep,) = np.nonzero([row.has_levels for row in kept])
        if len(deep):
            last = _column(kept[at].columns - 1 for at in deep)
            weights = _weights(self.levels.take(grid.safe[deep]))
            nested[order[deep]] = self._share(grid, deep, last, weights)
        back = np.argsort(order, kind="stable")
        np.clip(busy, 0.0, 1.0, out=busy)
        numbers = np.array(rows, np.intp)
        return Coverage(categories[:, back], busy, nested, spans[back], edges, numbers)

    def _grid(self, rows: list[_Row], spans: Numbers, edges: Floats, *, whole: bool) -> _Grid:
        """Return what every sum over some rows needs of the spans at the edges."""
        safe = np.maximum(spans, _column(row.first for row in rows))
        wanted = edges.astype(self.ends.dtype) if whole else edges
        part: npt.NDArray[Any] = np.minimum(wanted, self.ends.take(safe))
        part -= self.starts.take(safe)
        # Before the first span of a row its part is negative.
        np.maximum(part, 0, out=part)
        if whole:
            part = part.astype(self._sums.dtype)
        places = safe * _column(row.columns for row in rows)
        places += _column(row.offset - row.first * row.columns for row in rows)
        scale = 1.0 / np.maximum(np.diff(edges), 1e-9)
        return _Grid(safe, part, self.categories.take(safe), places, scale.astype(np.float32))

    def _share(
        self, grid: _Grid, rows: slice | Numbers, column: Numbers | np.intp, weights: Bytes | Marks
    ) -> Shares:
        """Return how much of one column of sums each column of pixels holds, as a share of it."""
        before = self._sums.take(grid.places[rows] + column)
        part = grid.part[rows] * weights
        if part.dtype == before.dtype:
            before += part
            share: Shares = np.diff(before, axis=1).astype(np.float32)
        else:
            share = np.diff(before, axis=1).astype(np.float32)
            share += np.diff(part, axis=1).astype(np.float32)
        share *= grid.scale
        return share

    @cached_property
    def overview(self) -> Overview | None:
        """The sums at regular places, where there are spans enough to make it worth its memory."""
        if len(self) < LEAST_SPANS or self._sums.dtype != np.uint32:
            return None  # and it keeps its sums in 32 bits
        first, last = int(self.starts.min()), int(self.ends.max())
        columns = sum(row.columns for row in self._rows) + len(self._rows)
        made = Overview(first, last, len(self), columns, self._before_places)
        return made if made.is_of_use else None

    def _before_places(self, places: Floats) -> AtEdges:
        """Return what lies before some whole places, for every row."""
        spans = self._spans_at(self._rows, places)
        sums = []
        for row, at in zip(self._rows, spans, strict=True):
            safe = np.maximum(at, row.first)
            part = np.minimum(places, self.ends.take(safe)) - self.starts.take(safe)
            part = np.where(at < row.first, 0, part).astype(np.int64)
            kinds = self.categories.take(safe)
            for column, kind in enumerate(row.categories):
                own = self._sums.take(row.offset + (safe - row.first) * row.columns + column)
                sums.append((own + part * (kinds == kind)).astype(np.uint32))
            if row.has_levels:
                last = row.columns - 1
                own = self._sums.take(row.offset + (safe - row.first) * row.columns + last)
                sums.append((own + part * _weights(self.levels.take(safe))).astype(np.uint32))
        return AtEdges(spans.T.astype(np.int32, order="C"), np.stack(sums, axis=1))

    def _from_overview(self, rows: Sequence[int], edges: Floats, overview: Overview) -> Coverage:
        places, at = overview.snapped(edges)
        kept = [self._rows[row] for row in rows]
        numbers = np.array(rows, np.intp)
        firsts = np.cumsum([0, *(row.columns for row in self._rows)])[numbers]
        scale = (1.0 / np.maximum(np.diff(places), 1.0)).astype(np.float32)
        share = np.diff(at.sums, axis=0).T.astype(np.float32) * scale
        categories = self._categories_of(kept)
        busy = np.zeros((len(categories), len(kept), share.shape[1]), np.float32)
        for slot, own in enumerate(categories):
            (having,) = np.nonzero(own >= 0)
            busy[slot, having] = share[firsts[having] + slot]
        nested = np.zeros(busy.shape[1:], np.float32)
        for row_number, row in enumerate(kept):
            if row.has_levels:
                nested[row_number] = share[firsts[row_number] + row.columns - 1]
        spans = at.spans.T[numbers].astype(np.intp)
        np.clip(busy, 0.0, 1.0, out=busy)
        return Coverage(categories, busy, nested, spans, places, numbers)

    @staticmethod
    def _categories_of(rows: list[_Row]) -> npt.NDArray[np.int16]:
        """Return the categories of each row, -1 where a row has fewer, shape (slots, rows)."""
        slots = max((len(row.categories) for row in rows), default=0)
        categories = np.full((slots, len(rows)), -1, np.int16)
        for at, row in enumerate(rows):
            categories[: len(row.categories), at] = row.categories
        return categories

    def _spans_at(self, rows: list[_Row], edges: Floats) -> Numbers:
        """Return the span at or before each edge; one less than the row's first for none."""
        spans = np.empty((len(rows), len(edges)), np.intp)
        wanted = _whole(edges, self.starts)
        crowded = []
        for at, row in enumerate(rows):
            starts = self.starts[row.first : row.last]
            first, last = np.searchsorted(starts, wanted[[0, -1]], side="right").tolist()
            if last - first < len(edges):
                # Few begin in view: it is cheaper to look where each of them begins.
                began = np.searchsorted(edges, starts[first:last], side="left")
                np.cumsum(np.bincount(began, minlength=len(edges)), out=spans[at])
                spans[at] += row.first + first - 1
            else:
                found = np.searchsorted(row.coarse, wanted, side="right") - 1
                np.multiply(found, _STRIDE, out=spans[at])
                spans[at] += row.first
                crowded.append(at)
        if crowded:
            spans[crowded] = self._refined([rows[at] for at in crowded], spans[crowded], wanted)
        return spans

    def _refined(
        self, rows: list[_Row], spans: Numbers, wanted: npt.NDArray[np.signedinteger]
    ) -> Numbers:
        """Search on between every 16th span, in all rows at once: a few passes, all in cache."""
        first, last = _column(row.first for row in rows), _column(row.last - 1 for row in rows)
        none = spans < first
        spans = np.maximum(spans, first)
        step = _STRIDE // 2
        while step:
            ahead = np.minimum(spans + step, last)
            spans += np.where(self.starts.take(ahead) <= wanted, ahead - spans, 0)
            step //= 2
        return np.where(none, first - 1, spans)


class _Grid(NamedTuple):
    """What all sums of a coverage need, for the span at each edge of a column.

    Attributes:
        safe: The span, or the row's first where none began yet.
        part: How much of it lies before the edge, in units of the axis.
        kinds: Its category.
        places: Where its sums begin.
        scale: Shares of a column a unit of the axis, by column.
    """

    safe: Numbers
    part: npt.NDArray[Any]
    kinds: Bytes
    places: Numbers
    scale: Shares


def _column(numbers: Iterable[int]) -> Numbers:
    """Return numbers, one a row, as a column."""
    return np.fromiter(numbers, np.intp)[:, None]


def _weights(levels: Bytes) -> Bytes:
    """How much a recursion level tints: nothing up to the first."""
    weights: Bytes = np.minimum(np.maximum(levels, 1) - 1, LEVEL_STEPS).astype(np.uint8)
    return weights


def _sum_before(values: Sums, out: Sums) -> None:
    """Write what comes before each value, summed up, into ``out``."""
    np.cumsum(values[:-1], out=out[1:], dtype=out.dtype)


def _floor(value: float, like: Ints) -> np.signedinteger[Any]:
    """Return one value rounded down in the type of ``like``."""
    low, high = _LIMITS[like.dtype.itemsize]
    return like.dtype.type(min(max(floor(value), low), high))


def _whole(values: Floats, like: Ints) -> npt.NDArray[np.signedinteger]:
    """Return values rounded down in the type of ``like``: searching converts no array then."""
    return np.clip(np.floor(values), *_LIMITS[like.dtype.itemsize]).astype(like.dtype)
