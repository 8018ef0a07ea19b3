"""One lane over another: what both did, and what only one of them did.

Each row of the picture has two halves: the calls of the first lane in the upper one, those of the
second in the lower one. So a place tells whose a call is, and not the colour alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gui.geometry.compare_strips import Strip
from gui.geometry.timeline import Bytes

Moments = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.intp]
Marks = npt.NDArray[np.bool_]

BOTH, ONLY = 0, 1
"""The categories of an overlay's spans."""


class Shared(NamedTuple):
    """Which calls two lanes have in common.

    Attributes:
        first: Indexes of the first lane's calls that the second one made as well.
        second: The same calls in the second lane, in the same order.
    """

    first: Numbers
    second: Numbers


def shared_calls(calls: tuple[Moments, Moments], apart: tuple[Marks, Marks]) -> Shared:
    """Pair the calls that two lanes made together.

    Where lanes are together they make the same calls in the same order: the n-th of one is the
    n-th of the other.

    Args:
        calls: The positions of the calls of each lane, in any order.
        apart: Whether each was made where the lanes have parted, or where the other one is over.
    """
    together = [
        np.flatnonzero(~marks)[np.argsort(positions[~marks], kind="stable")]
        for positions, marks in zip(calls, apart, strict=True)
    ]
    count = min(map(len, together))
    return Shared(together[0][:count], together[1][:count])


def shared_ends(
    starts: Moments, ends: Moments, own: Numbers, others_ends: Moments, same: Marks
) -> Moments:
    """Return up to where each call of a lane is the other lane's too.

    Args:
        starts: Where the lane's calls begin.
        ends: Where they end.
        own: Those that the other lane made as well.
        others_ends: Where the other lane's ended, for each of ``own``.
        same: Whether both ended together, for each of ``own``.

    Returns:
        The start of a call that is the lane's own, the end of one that both made and ended
        together, and else where the first of the two ended.
    """
    until = starts.copy()
    first_end = np.clip(others_ends, starts[own], ends[own])
    until[own] = np.where(same, ends[own], first_end)
    return until


def half_strip(starts: Moments, ends: Moments, until: Moments, rows: Numbers) -> Strip:
    """Return the spans of one half of the overlay.

    Args:
        starts: Where the lane's calls begin.
        ends: Where they end.
        until: Up to where each is the other lane's too.
        rows: The row of each.
    """
    both, only = until > starts, ends > until
    begin = np.concatenate((starts[both], until[only]))
    end = np.concatenate((until[both], ends[only]))
    row = np.concatenate((rows[both], rows[only]))
    kinds = np.repeat(np.array([BOTH, ONLY], np.uint8), [both.sum(), only.sum()])
    order = np.lexsort((begin, row))
    bounds = np.searchsorted(row[order], np.arange(int(rows.max(initial=-1)) + 2))
    slices = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
    return Strip(begin[order], end[order], kinds[order], slices)


def weave(upper: Bytes, lower: Bytes, background: npt.NDArray[np.uint8], glow: float) -> Bytes:
    """Return a picture whose rows are, by turns, those of two halves.

    Where a half is empty the other one shows in it faintly: rows a pixel high would else be
    stripes.

    Args:
        upper: Shape (rows, columns, 4).
        lower: The same shape.
        background: The colour of an empty place, shape (3,), as in the halves.
        glow: How much of a half shows in the empty other one, 0 to 1.
    """
    woven = np.empty((2 * len(upper), *upper.shape[1:]), np.uint8)
    woven[0::2], woven[1::2] = upper, lower
    for own, other in ((woven[0::2], lower), (woven[1::2], upper)):
        empty = (own[..., :3] == background).all(axis=-1)
        mixed = other[..., :3] * glow + background * (1.0 - glow)
        own[empty, :3] = mixed[empty].astype(np.uint8)
    return woven
