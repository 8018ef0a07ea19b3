"""Marks over an axis that zooms: what happened, gathered a column, and never lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gui.geometry.axis import Axis
from gui.geometry.scrubber import Mark, bar

if TYPE_CHECKING:
    from gui.geometry.scrubber import Positions

Values = npt.NDArray[np.float64]


def visible_marks(
    axis: Axis, lanes: Sequence[tuple[Positions, Values]], symbol_px: float
) -> list[Mark]:
    """Return the marks in view, lane by lane, each from left to right. None in view is lost.

    Args:
        axis: What is in view, and where.
        lanes: By lane, the rising positions of its markers and where on the axis they are.
        symbol_px: What a symbol takes; where marks are closer they become bars.
    """
    return [
        mark
        for lane, (positions, values) in enumerate(lanes)
        for mark in _lane(axis, lane, positions, values, symbol_px)
    ]


def _lane(
    axis: Axis, lane: int, positions: Positions, values: Values, symbol_px: float
) -> list[Mark]:
    view = axis.view
    first = int(np.searchsorted(values, view.first, side="left"))
    last = int(np.searchsorted(values, view.last, side="right"))
    if first == last:
        return []
    columns = max(1, round(axis.width))
    # The first mark of each column; values rise, so their columns need not be computed.
    starts = first + np.searchsorted(values[first:last], axis.edges(columns)[:-1], side="left")
    starts[0] = first
    counts = np.diff(starts, append=last)
    (used,) = np.nonzero(counts)
    found = [(int(starts[column]), int(counts[column])) for column in used]
    most = max(count for _, count in found)
    at = [
        axis.x_of(float(values[number]))
        if count == 1
        else axis.left + (column + 0.5) * axis.width / columns
        for column, (number, count) in zip(used.tolist(), found, strict=True)
    ]
    gaps = [float("inf"), *(b - a for a, b in pairwise(at)), float("inf")]
    return [
        Mark(
            x, lane, int(positions[number]), count,
            0.0 if room >= symbol_px else bar(count, most), room,
        )
        for x, (number, count), room in zip(at, found, map(min, pairwise(gaps)), strict=True)
    ]  # fmt: skip


def ticks_of(axis: Axis, values: Values) -> npt.NDArray[np.intp]:
    """Return the pixel columns that hold at least one value, rising and each once."""
    first, last = np.searchsorted(values, [axis.view.first, axis.view.last])
    shown = values[first:last]
    columns = np.floor((shown - axis.view.first) * axis.pixels_a_unit).astype(np.intp)
    return np.unique(np.clip(columns, 0, max(0, int(axis.width) - 1)))
