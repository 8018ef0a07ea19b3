"""The sums of all rows at regular places of the axis: what a look at a whole long run needs.

Where a column of pixels is many cells wide, its edges may as well be edges of cells. They move by
an eighth of a pixel at most, and a frame reads one block of memory instead of searching every
row. What the columns then cover between those edges is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]

CELLS_A_COLUMN = 4
"""From so many cells a column on the overview serves."""
CELLS_IN_MOTION = 1.5
"""The same while a view moves: edges are a third of a column off at most, and never coincide."""
LEAST_SPANS = 500_000
"""With fewer spans searching is fast enough at any zoom."""
_BYTES_A_SPAN = 8
_MOST_CELLS, _LEAST_CELLS = 1 << 17, 1 << 12
_CHUNK_CELLS = 1 << 13
_COARSE = 8


class AtEdges(NamedTuple):
    """What lies before some places of the axis, for every row.

    Attributes:
        spans: The span at each place or before it, one less than the row's first where none
            began yet, shape (places, rows), int32.
        sums: How much lies before it, in units of the axis, a column of sums after the other,
            shape (places, columns), unsigned: differences are right, the values may have wrapped.
    """

    spans: npt.NDArray[np.int32]
    sums: npt.NDArray[np.uint32]


class Overview:
    """``AtEdges`` at regular cells of the axis.

    Args:
        first: Where the axis begins, a whole number.
        last: Where it ends.
        n_spans: How many spans there are in all: memory is kept in proportion.
        n_columns: Columns of sums and rows together.
        ask: Returns what lies before some whole places.
    """

    def __init__(
        self,
        first: int,
        last: int,
        n_spans: int,
        n_columns: int,
        ask: Callable[[Floats], AtEdges],
    ) -> None:
        wanted = max(1, _BYTES_A_SPAN * n_spans // (4 * n_columns))
        cells = min(_MOST_CELLS, 1 << (wanted.bit_length() - 1))
        self.first = first
        self.step = max(1, -(-(last - first) // cells))
        self.cells = -(-(last - first) // (self.step * _COARSE)) * _COARSE
        self.is_of_use = self.cells >= _LEAST_CELLS
        self._at: AtEdges | None = None
        if self.is_of_use:
            places = first + np.arange(self.cells + 1, dtype=np.float64) * self.step
            parts = [
                ask(places[start : start + _CHUNK_CELLS])
                for start in range(0, len(places), _CHUNK_CELLS)
            ]
            self._at = AtEdges(*(np.concatenate(each) for each in zip(*parts, strict=True)))
            # Of any other order every ``take`` would copy all of it first.
            assert all(each.flags.c_contiguous for each in self._at)
            # A look at all of the run needs few of them: kept apart, they stay in a cache.
            spans, sums = self._at
            self._coarse = AtEdges(spans[::_COARSE].copy(), sums[::_COARSE].copy())

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        if self._at is None:
            return 0
        return sum(each.nbytes for each in (*self._at, *self._coarse))

    def serves(self, edges: Floats, cells: float) -> bool:
        """Whether columns are so many cells wide."""
        width = (edges[-1] - edges[0]) / (len(edges) - 1)
        return self.is_of_use and width >= cells * self.step

    def snapped(self, edges: Floats) -> tuple[Floats, AtEdges]:
        """Return the edges of cells nearest to some edges, and what lies before them."""
        assert self._at is not None
        at, step = self._at, self.step
        width = (edges[-1] - edges[0]) / (len(edges) - 1)
        if width >= CELLS_A_COLUMN * step * _COARSE:
            at, step = self._coarse, step * _COARSE
        cell = np.rint((edges - self.first) / step).astype(np.intp)
        cell = np.clip(cell, 0, len(at.spans) - 1)
        places = self.first + cell.astype(np.float64) * step
        return places, AtEdges(at.spans.take(cell, axis=0), at.sums.take(cell, axis=0))
