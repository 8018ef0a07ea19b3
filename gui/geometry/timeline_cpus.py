"""Stretches on the lanes of CPUs: which of them are in view, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from gui.geometry.axis import Axis

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
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
    """Stretches on an axis.

    Attributes:
        numbers: Number of each stretch, shape (n,).
        first: Where each begins in units of the axis, rising.
        last: Where it ends.
    """

    numbers: Numbers
    first: Floats
    last: Floats

    def in_view(self, axis: Axis, most: int) -> Bands:
        """Return the stretches in view; more than ``most`` of them are merged by column."""
        view = axis.view
        until = int(np.searchsorted(self.first, view.last, side="left"))
        (seen,) = np.nonzero(self.last[:until] > view.first)
        left_end, right_end = axis.left, axis.left + axis.width
        left = np.clip(axis.x_of(self.first[seen]), left_end, right_end)
        right = np.clip(axis.x_of(self.last[seen]), left_end, right_end)
        if len(seen) <= most:
            return Bands(self.numbers[seen], left, right)
        return merged(left, right, axis)


def merged(left: Floats, right: Floats, axis: Axis) -> Bands:
    """Return bands by whole pixel columns: what touches becomes one.

    Args:
        left: Left edges in pixels.
        right: Right edges in pixels.
        axis: Where the columns lie.
    """
    columns = int(np.ceil(axis.width)) + 1
    begin = np.clip((left - axis.left).astype(np.intp), 0, columns - 1)
    end = np.clip(np.ceil(right - axis.left).astype(np.intp), begin + 1, columns)
    change = np.bincount(begin, minlength=columns + 1) - np.bincount(end, minlength=columns + 1)
    covered = np.concatenate(([0], (np.cumsum(change) > 0).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(covered))
    starts, ends = edges[::2].astype(np.float64), edges[1::2].astype(np.float64)
    return Bands(np.full(len(starts), MERGED, np.intp), axis.left + starts, axis.left + ends)
