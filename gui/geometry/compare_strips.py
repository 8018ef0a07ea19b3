"""Lanes as strips on one axis of moments: where they lie, what they cover, where they wait.

A strip is an icicle: a row a depth of the call stack, the root at the top.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gui.geometry.axis import Axis
from gui.geometry.stack import Box
from gui.geometry.timeline import Bytes, Floats, Ints, SpanIndex

Px = Callable[[float], int]
Moments = npt.NDArray[np.int64]
Rgb = npt.NDArray[np.float32]

_GUTTER, _RIGHT, _RULER, _LEGEND, _GAP, _FOOT = 34, 12, 24, 20, 6, 4
_GHOST_SHARE = 1.6
"""The overlay is that much taller than a lane: it shows two."""
_DEEPER = 3
"""Lanes are cut at so many times the depth of the shallowest one: it must still be seen."""


@dataclass(frozen=True, slots=True)
class StripLayout:
    """Where everything lies in the view of strips.

    Attributes:
        ruler: Ticks and the marks of partings.
        lanes: A strip a lane.
        ghost: The overlay of two lanes, None where it is off.
        legend: What the overlay's colours mean, above it.
    """

    ruler: Box
    lanes: tuple[Box, ...]
    ghost: Box | None
    legend: Box | None

    @property
    def bottom(self) -> float:
        """The lower edge of the last strip."""
        return max(box.bottom for box in (self.ruler, *self.lanes, *filter(None, [self.ghost])))

    def lane_at(self, y: float) -> int | None:
        """Return the lane whose strip is at a height."""
        return next((n for n, b in enumerate(self.lanes) if b.top <= y < b.bottom), None)


def strip_layout(width: float, height: float, n_lanes: int, px: Px, *, ghost: bool) -> StripLayout:
    """Return where the strips lie.

    Args:
        width: Width of the view in pixels.
        height: Its height.
        n_lanes: How many lanes there are.
        px: Turns a size at the scale of 1 into pixels.
        ghost: Whether there is an overlay, above the lanes.
    """
    left, inner = px(_GUTTER), max(1.0, width - px(_GUTTER) - px(_RIGHT))
    ruler = Box(left, 0, inner, px(_RULER))
    gap, words = px(_GAP), px(_LEGEND) if ghost else 0
    shares = n_lanes + (_GHOST_SHARE if ghost else 0)
    gaps = gap * (n_lanes + ghost - 1)
    unit = max(4.0, (height - ruler.bottom - words - px(_FOOT) - gaps) / max(1.0, shares))
    top = ruler.bottom
    over = legend = None
    if ghost:
        legend = Box(left, top, inner, words)
        over = Box(left, legend.bottom, inner, unit * _GHOST_SHARE)
        top = over.bottom + gap
    lanes = []
    for _ in range(n_lanes):
        lanes.append(Box(left, top, inner, unit))
        top += unit + gap
    return StripLayout(ruler, tuple(lanes), over, legend)


def shown_rows(depths: Sequence[int]) -> int:
    """Return how many rows the strips have, all of them the same: depths can then be compared.

    Args:
        depths: How many rows each lane has.
    """
    if not depths:
        return 1
    return max(1, min(max(depths), _DEEPER * max(1, min(depths))))


def picked_rows(rows: int, room: int) -> list[int]:
    """Return the rows that are drawn where there are more than lines of pixels."""
    if rows <= room:
        return list(range(rows))
    picked: list[int] = np.unique(np.linspace(0, rows - 1, max(1, room)).astype(int)).tolist()
    return picked


# -- what is covered --------------------------------------------------------------------------


class Strip:
    """Spans by row, where a row may have none.

    Args:
        starts: Where each span begins; rising within a row, rows one after the other.
        ends: Where it ends.
        kinds: Its category.
        slices: First and last (exclusive) span of each row.
    """

    def __init__(
        self, starts: Ints, ends: Ints, kinds: Bytes, slices: Sequence[tuple[int, int]]
    ) -> None:
        filled = [(first, last) for first, last in slices if first < last]
        self.index = SpanIndex(starts, ends, kinds, np.zeros(len(starts), np.uint8), filled)
        places = np.cumsum([first < last for first, last in slices]) - 1
        self._places = [
            int(place) if first < last else None
            for place, (first, last) in zip(places, slices, strict=True)
        ]

    @property
    def n_rows(self) -> int:
        """How many rows there are, empty ones included."""
        return len(self._places)

    def place(self, row: int) -> int | None:
        """Return the number a row has in ``index``; None where it has no spans."""
        return self._places[row] if 0 <= row < len(self._places) else None

    def span_at(self, row: int, moment: float) -> int | None:
        """Return the span of a row at a moment, None where there is none."""
        place = self.place(row)
        return None if place is None else self.index.span_at(place, moment)

    def in_view(self, row: int, first: float, last: float) -> range:
        """Return the spans of a row that lie in a part of the axis."""
        place = self.place(row)
        return range(0) if place is None else range(*self.index.in_view(place, first, last))


def strip_image(
    strip: Strip, rows: Sequence[int], edges: Floats, colours: Rgb, background: Rgb
) -> Bytes:
    """Return a strip as pixels: each mixed from what its column covers.

    Args:
        strip: The spans.
        rows: The rows to draw, from the top; rows the strip does not have stay empty.
        edges: Edges of the columns in moments, shape (columns + 1,).
        colours: Red, green and blue by category, 0 to 255, shape (categories, 3).
        background: The colour where nothing is, shape (3,).

    Returns:
        Blue, green, red, alpha; shape (rows, columns, 4).
    """
    pixels = np.empty((len(rows), len(edges) - 1, 4), np.uint8)
    pixels[..., :3] = background[::-1].astype(np.uint8)
    pixels[..., 3] = 255
    first, last = float(edges[0]), float(edges[-1])
    drawn = [(at, row) for at, row in enumerate(rows) if strip.in_view(row, first, last)]
    if drawn:
        places = [at for at, _ in drawn]
        numbers = [place for _, row in drawn if (place := strip.place(row)) is not None]
        found = strip.index.coverage(numbers, edges)
        # Rows with fewer categories say -1 where they have none, and cover nothing with it.
        tints = colours[found.categories]
        # A call that covers a hundredth of a column is still there: it shows a little.
        rest = 1.0 - np.minimum(found.busy.sum(axis=0), 1.0)
        for channel, byte in enumerate((2, 1, 0)):
            mixed = rest * background[channel]
            for busy, tint in zip(found.busy, tints[..., channel], strict=True):
                mixed += busy * tint[:, None]
            pixels[places, :, byte] = np.minimum(mixed, 255.0)
    return pixels


def wait_runs(moments: Moments, total: int) -> tuple[Moments, Moments]:
    """Return where a lane waits: first moments and those after the last ones.

    Args:
        moments: The moments at which the lane's events happen, rising.
        total: How many moments there are.
    """
    if not len(moments):
        return np.zeros(1, np.int64), np.full(1, total, np.int64)
    after = np.append(moments[1:], total)
    idle = after - moments > 1
    return moments[idle] + 1, after[idle]


def covered_share(starts: Moments, ends: Moments, edges: Floats) -> Floats:
    """Return how much of each column some runs cover, 0 to 1.

    Args:
        starts: Where they begin, rising; they do not overlap.
        ends: Where they end.
        edges: Edges of the columns, shape (columns + 1,), rising and equally far apart.
    """
    if not len(starts):
        return np.zeros(len(edges) - 1)
    before = np.concatenate(([0], np.cumsum(ends - starts)))
    at = np.searchsorted(starts, edges, side="right") - 1
    run = np.maximum(at, 0)
    part = np.clip(np.minimum(edges, ends[run]) - starts[run], 0, None)
    covered = np.where(at < 0, 0.0, before[run] + part)
    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    share: Floats = np.clip(np.diff(covered) / width, 0.0, 1.0)
    return share


def faded(pixels: Bytes, share: Floats, background: Rgb, most: float) -> None:
    """Fade the columns of a strip towards its background where the lane waits, in place."""
    weight = (share * most).astype(np.float32)[None, :, None]
    mixed = pixels[..., :3] * (1 - weight) + background[::-1] * weight
    pixels[..., :3] = mixed.astype(np.uint8)


def wide_runs(
    starts: Moments, ends: Moments, axis: Axis, least_px: float
) -> list[tuple[float, float]]:
    """Return left and right of the runs that are at least so wide on the axis, cut to it."""
    view = axis.view
    first = int(np.searchsorted(ends, view.first, side="right"))
    last = int(np.searchsorted(starts, view.last, side="left"))
    # Only as many as fit side by side can be wide.
    wide = np.flatnonzero(ends[first:last] - starts[first:last] >= least_px / axis.pixels_a_unit)
    runs = []
    for at in (wide + first).tolist():
        left = max(axis.left, axis.x_of(float(starts[at])))
        right = min(axis.left + axis.width, axis.x_of(float(ends[at])))
        if right - left >= least_px:
            runs.append((left, right))
    return runs


def mark_xs(moments: Ints, axis: Axis) -> list[float]:
    """Return where marks stand, one a pixel at most: none disappears, however many there are.

    Args:
        moments: Where they are, rising.
        axis: The axis; a mark stands at the middle of its moment.
    """
    view = axis.view
    first = int(np.searchsorted(moments, np.ceil(view.first - 0.5), side="left"))
    last = int(np.searchsorted(moments, view.last, side="left"))
    if last <= first:
        return []
    if last - first <= 4 * axis.width:
        xs = axis.x_of(moments[first:last].astype(np.float64) + 0.5)
        few: list[float] = np.unique(np.floor(xs)).tolist()
        return few
    # More marks than pixels: ask each pixel whether there is one, not each mark where it is.
    edges = axis.edges(max(1, round(axis.width)))
    at = np.searchsorted(moments, np.ceil(edges - 0.5).astype(moments.dtype))
    many: list[float] = (np.floor(axis.left) + np.flatnonzero(np.diff(at))).tolist()
    return many


def joined(xs: Sequence[float], wide: float) -> list[tuple[float, float]]:
    """Return marks as runs of pixels, left and right; those that touch become one.

    Args:
        xs: Where the marks stand, rising.
        wide: How wide each is.
    """
    if not len(xs):
        return []
    at = np.asarray(xs, np.float64)
    (gaps,) = np.nonzero(np.diff(at) > wide)
    first, last = np.concatenate(([0], gaps + 1)), np.append(gaps, len(at) - 1)
    left, right = at[first] - wide / 2 + 0.5, at[last] + wide / 2 + 0.5
    return list(zip(left.tolist(), right.tolist(), strict=True))
