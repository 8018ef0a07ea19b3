"""Where the frames of a flame graph lie on the screen, and which one is under a point.

A picture is worked out a pixel at a time and not a frame at a time: which frames a pixel of a level
shows is one search in the places of that level, so a profile with a million frames costs no more
than the screen has pixels.
"""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.recording.questions.call_tree import LANDMARK, CallTree, Floats
from gui.geometry.axis import View

Numbers = npt.NDArray[np.intp]

NOTHING = -1
"""The node of a pixel in which no frame lies."""


class Cells(NamedTuple):
    """What each pixel of some levels shows.

    Attributes:
        depths: The levels, a row each.
        node: The node a pixel shows, ``NOTHING`` where there is none, shape (levels, pixels).
        first: The first node with a part of the pixel; means something only where there is one.
        last: The last one; not ``first`` where one pixel stands for several frames.
    """

    depths: range
    node: Numbers
    first: Numbers
    last: Numbers

    @property
    def pixels(self) -> int:
        """How wide the picture is."""
        return int(self.node.shape[1])

    def at(self, depth: int, pixel: int) -> int | None:
        """Return the node that is drawn at a pixel of a level."""
        if depth not in self.depths or not 0 <= pixel < self.pixels:
            return None
        node = int(self.node[depth - self.depths.start, pixel])
        return node if node != NOTHING else None

    def together(self, depth: int, pixel: int) -> int:
        """Return for how many frames a pixel stands."""
        if self.at(depth, pixel) is None:
            return 0
        row = depth - self.depths.start
        return int(self.last[row, pixel] - self.first[row, pixel]) + 1


def cells(tree: CallTree, seen: View, pixels: int, depths: range) -> Cells:
    """Return which frame each pixel of some levels shows.

    A pixel in which any part of any frame lies is never empty. It shows the first of the frames
    that lie wholly in it, so that what is small is not lost between what is large; where there is
    none, the frame over its middle.

    Args:
        tree: The frames.
        seen: What is in view, in units of the tree's width.
        pixels: How many pixels show it.
        depths: The levels to look at.
    """
    edges = np.linspace(seen.first, seen.last, pixels + 1)
    starts = tree.levels[depths.start : depths.stop, None]
    begins = _begins(tree, edges, depths)
    own, after = begins[:, :-1], begins[:, 1:]
    before, has_own = own - 1, own < after
    ends = _ends(tree, before)
    reaches = (before >= starts) & (ends > edges[:-1])
    # Of several that begin in a pixel the first one ends there too.
    inside = has_own & (_ends(tree, own) <= edges[1:])
    middle = (edges[:-1] + edges[1:]) / 2
    previous = reaches & ~inside & ((ends > middle) | ~has_own)
    node = np.where(previous, before, np.where(has_own, own, NOTHING))
    return Cells(depths, node, np.where(reaches, before, own), np.where(has_own, after - 1, before))


def _begins(tree: CallTree, edges: Floats, depths: range) -> Numbers:
    """Return by level and edge the first node that begins at the edge or after it."""
    found = np.empty((len(depths), len(edges)), np.intp)
    for row, depth in enumerate(depths):
        found[row] = tree.landmarks[depth].searchsorted(edges)
    starts = tree.levels[depths.start : depths.stop, None]
    lasts = tree.levels[depths.start + 1 : depths.stop + 1, None] - 1
    none = found == 0
    # The last node that is known to begin before the edge; then on in all levels at once.
    found = np.maximum(found - 1, 0) * LANDMARK + starts
    step = LANDMARK // 2
    while step:
        ahead = np.minimum(found + step, lasts)
        found = np.where(tree.x.take(ahead) < edges, ahead, found)
        step //= 2
    return np.where(none, starts, found + 1)


def _ends(tree: CallTree, nodes: Numbers) -> Floats:
    """Return where nodes end; for numbers of none anything."""
    ends: Floats = tree.x.take(nodes, mode="clip") + tree.width.take(nodes, mode="clip")
    return ends


class Runs(NamedTuple):
    """Frames as they are drawn: pixels side by side that show the same one.

    Attributes:
        row: Row of ``Cells``.
        begin: First pixel.
        end: Pixel after the last one.
        node: The frame.
    """

    row: Numbers
    begin: Numbers
    end: Numbers
    node: Numbers

    def pick(self, which: npt.NDArray[np.bool_] | Numbers) -> Runs:
        """Return some of them."""
        return Runs(*(column[which] for column in self))


def runs(found: Cells) -> Runs:
    """Return the frames that are drawn, row by row from left to right."""
    rows, pixels = found.node.shape
    if not rows or not pixels:
        return Runs(*(np.zeros(0, np.intp),) * 4)
    changes = np.ones((rows, pixels), np.bool_)
    np.not_equal(found.node[:, 1:], found.node[:, :-1], out=changes[:, 1:])
    (places,) = np.nonzero(changes.ravel())
    node = found.node.ravel()[places]
    lengths = np.diff(np.append(places, rows * pixels))
    row, begin = np.divmod(places, pixels)
    return Runs(row, begin, begin + lengths, node).pick(node != NOTHING)


class Rows(NamedTuple):
    """Where the levels lie, one above the other.

    Attributes:
        row: How high a level is.
        height: How high the view is.
        levels: How many levels there are.
        scrolled: How far the view was moved away from the root.
        upward: Whether the root is at the foot (a flame graph) and not on top (an icicle).
    """

    row: float
    height: float
    levels: int
    scrolled: float = 0.0
    upward: bool = False

    @property
    def most_scrolled(self) -> float:
        """How far the view can be moved."""
        return max(0.0, self.levels * self.row - self.height)

    @property
    def clamped(self) -> Rows:
        """The same, scrolled no further than there are levels."""
        return self._replace(scrolled=min(max(self.scrolled, 0.0), self.most_scrolled))

    def top_of(self, depth: int) -> float:
        """Return where a level begins."""
        if self.upward:
            return self.height - (depth + 1) * self.row + self.scrolled
        return depth * self.row - self.scrolled

    def depth_at(self, y: float) -> int | None:
        """Return the level at a height, None where there is none."""
        if self.upward:
            # A level owns its upper edge and not its lower one.
            at = ceil((self.height - y + self.scrolled) / self.row) - 1
        else:
            at = floor((y + self.scrolled) / self.row)
        return at if 0 <= at < self.levels else None

    @property
    def visible(self) -> range:
        """The levels of which some part is in view."""
        first = max(0, floor(self.scrolled / self.row))
        return range(first, min(self.levels, ceil((self.scrolled + self.height) / self.row)))

    def showing(self, depth: int, slack: float = 0.0) -> Rows:
        """Return the same, scrolled as little as needed to have a level in view."""
        near, far = depth * self.row - slack, (depth + 1) * self.row + slack
        scrolled = min(max(self.scrolled, far - self.height), near)
        return self._replace(scrolled=scrolled).clamped
