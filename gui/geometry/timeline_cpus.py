"""Stretches on the lanes of CPUs: which of them are in view, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from gui.geometry.axis import Axis

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
_LEAST_COVERED = 1e-4
"""Sums are of whole events or nanoseconds; what is less than this is what rounding leaves."""
MERGED = -1
"""The number of a band that stands for several stretches."""


class Bands(NamedTuple):
    """Stretches in view, from the left.

    Attributes:
        numbers: Which stretch each is, ``MERGED`` where many became one, shape (n,).
        left: Left edges in pixels, none outside the axis.
        right: Right edges in pixels.
    """

    numbers: Numbers
    left: Floats
    right: Floats

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class Placed:
    """Stretches on an axis; they may lie in each other.

    Attributes:
        numbers: Number of each stretch, shape (n,).
        first: Where each begins in units of the axis, rising.
        last: Where it ends.
    """

    numbers: Numbers
    first: Floats
    last: Floats

    def in_view(self, axis: Axis, most: int) -> Bands:
        """Return the stretches in view; more than ``most`` of them are merged by pixel columns."""
        view = axis.view
        begin = int(np.searchsorted(self._reach, view.first, side="right"))
        end = int(np.searchsorted(self.first, view.last, side="left"))
        if end - begin > most:
            return self._merged(axis)
        seen = begin + np.flatnonzero(self.last[begin:end] > view.first)
        ends = axis.left, axis.left + axis.width
        left, right = (np.clip(axis.x_of(at[seen]), *ends) for at in (self.first, self.last))
        return Bands(self.numbers[seen], left, right)

    def between(self, first: float, last: float) -> Numbers:
        """Return the numbers of the stretches that begin in a part of the axis."""
        begin, end = np.searchsorted(self.first, [first, last]).tolist()
        return self.numbers[begin:end]

    def _merged(self, axis: Axis) -> Bands:
        """Return which pixel columns anything covers; what touches becomes one."""
        columns = max(1, round(axis.width))
        covered = np.diff(self._before(axis.edges(columns))) > _LEAST_COVERED
        edges = np.flatnonzero(np.diff(np.concatenate(([False], covered, [False]))))
        pixel = axis.width / columns
        places = (axis.left + edges * pixel).astype(np.float64)
        left, right = places[::2], places[1::2]
        return Bands(np.full(len(left), MERGED, np.intp), left, right)

    # -- sums: a frame costs the same for ten stretches and for a million ------------------------

    @cached_property
    def _reach(self) -> Floats:
        """How far the stretches up to each one reach."""
        return np.maximum.accumulate(self.last)

    @cached_property
    def _covered(self) -> Floats:
        """How much of the axis the stretches up to each one cover together."""
        before = np.concatenate(([-np.inf], self._reach[:-1]))
        return np.cumsum(np.maximum(0.0, self.last - np.maximum(self.first, before)))

    def _before(self, places: Floats) -> Floats:
        """How much of the axis before each place is covered."""
        at = np.searchsorted(self.first, places, side="right") - 1
        safe = np.maximum(at, 0)
        beyond = np.maximum(0.0, self._reach[safe] - places)
        found: Floats = np.where(at >= 0, self._covered[safe] - beyond, 0.0)
        return found
