"""Where the saves of page events lie: the first row at the top, what each caused below it.

A save is as wide as all that hangs below it, so that rows which double halve their boxes. What is
narrower than a pixel is merged with its neighbours into a bar that says how many it stands for:
nothing disappears.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from core.trace.index import Positions
    from core.trace.save_tree import SaveTree

Widths = Literal["equal", "events", "ns"]
"""What the widths say: all leaves alike, or what each save cost with all below it."""

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
_WHOLE_PX = 1.0
"""What is at least this wide is a box of its own."""


class Box(NamedTuple):
    """One save, or neighbours too narrow to be told apart.

    Attributes:
        nodes: The saves it stands for (indexes of the ``SaveTree``), in order.
        level: Their level.
        left: Left edge in pixels.
        top: Top edge.
        width: Width, at least 1.
        height: Height.
    """

    nodes: tuple[int, ...]
    level: int
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The bottom edge."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """The middle from left to right."""
        return self.left + self.width / 2

    def has(self, x: float, y: float) -> bool:
        """Return whether a point lies in it."""
        return self.left <= x < self.right and self.top <= y < self.bottom


class Row(NamedTuple):
    """One level of what is drawn, with its counts."""

    level: int
    top: float
    height: float
    saves: int
    unwinds: int
    hits: int
    failures: int

    @property
    def label(self) -> str:
        """What the row holds, as in "4 hits" or "2 saves, 1 hit"."""
        if self.hits == self.saves:
            return counted(self.hits, "hit")
        if self.failures == self.saves:
            return counted(self.failures, "failure")
        parts = [counted(self.saves, "save")]
        if self.hits:
            parts.append(counted(self.hits, "hit"))
        if self.failures:
            parts.append(counted(self.failures, "failure"))
        return ", ".join(parts)


class Area(NamedTuple):
    """The room for boxes: its left, top and width, a row's height and what lies between rows."""

    left: float
    top: float
    width: float
    row: float
    gap: float


class Layout(NamedTuple):
    """Boxes in the order in which they are drawn, and the rows they stand in."""

    boxes: tuple[Box, ...]
    rows: tuple[Row, ...]

    @property
    def bottom(self) -> float:
        """The bottom edge of the last row."""
        return self.rows[-1].top + self.rows[-1].height if self.rows else 0.0

    def box_at(self, x: float, y: float) -> Box | None:
        """Return the box that is seen at a point: the one drawn last."""
        return next((box for box in reversed(self.boxes) if box.has(x, y)), None)

    def box_of(self, node: int) -> Box | None:
        """Return the box a save is in."""
        return next((box for box in self.boxes if node in box.nodes), None)


def counted(number: int, name: str) -> str:
    """Return a number of things in words."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def layout(tree: SaveTree, tops: Sequence[int], area: Area, widths: Widths = "equal") -> Layout:
    """Lay out the trees of some page events side by side.

    Args:
        tree: The saves of the run.
        tops: The top-level saves whose trees are drawn, in order.
        area: The room; it grows downwards as far as there are levels.
        widths: What the widths say.

    Returns:
        A box for each save, or for several that would be narrower than a pixel; wide boxes come
        before merged ones, which are drawn over their edges.
    """
    rows = tree.rows(np.array(tops, np.int32))
    if not rows:
        return Layout((), ())
    wide, narrow, drawn = [], [], []
    left: Numbers = np.array([area.left])
    width: Numbers = np.array([float(area.width)])
    places = _parent_places(tree, rows)
    weights = _weights(tree, rows, places, widths)
    whole: Numbers = np.array([weights[0].sum()])
    top = area.top
    for row, parent, weight in zip(rows, places, weights, strict=True):
        left, width = _share_out(left, width, whole, parent, weight)
        whole = weight
        level = int(tree.level[row[0]])
        place = (level, top, area.row)
        own, merged = _boxes(row, left, width, place)
        wide += own
        narrow += merged
        drawn.append(_row_of(tree, row, place))
        top += area.row + area.gap
    return Layout((*wide, *narrow), tuple(drawn))


def _parent_places(tree: SaveTree, rows: list[Positions]) -> list[Places]:
    """Where in the row above each save's parent stands; the first row hangs below one place."""
    found = [np.zeros(len(rows[0]), np.int64)]
    for above, row in pairwise(rows):
        order = np.argsort(above)
        found.append(order[np.searchsorted(above[order], tree.parent[row])])
    return found


def _weights(
    tree: SaveTree, rows: list[Positions], places: list[Places], widths: Widths
) -> list[Numbers]:
    """How wide each save wants to be, beside its neighbours and its parent."""
    if widths != "equal":
        column = tree.all_events if widths == "events" else tree.all_ns
        return [column[row].astype(np.float64) for row in rows]
    leaves: list[Numbers] = [np.zeros(len(row)) for row in rows]
    for at in range(len(rows) - 1, -1, -1):
        if at + 1 < len(rows):
            np.add.at(leaves[at], places[at + 1], leaves[at + 1])
        leaves[at][leaves[at] == 0] = 1.0
    return leaves


def _share_out(
    left: Numbers, width: Numbers, whole: Numbers, parent: Places, weight: Numbers
) -> tuple[Numbers, Numbers]:
    """Give each save its share of the room below its parent.

    What a parent costs itself stays free at its right, so that a pixel is worth the same anywhere.
    """
    share = weight / np.where(whole > 0, whole, 1.0)[parent]
    # Where nothing costs anything, all are alike.
    children = np.bincount(parent, minlength=len(left))
    share = np.where(whole[parent] > 0, share, 1.0 / children[parent])
    before = np.cumsum(share) - share
    first = np.concatenate(([True], parent[1:] != parent[:-1])) if len(parent) else parent > 0
    starts = before[first]
    before = before - np.repeat(starts, np.diff([*np.flatnonzero(first), len(parent)]))
    return left[parent] + width[parent] * before, width[parent] * share


def _boxes(
    row: Positions, left: Numbers, width: Numbers, place: tuple[int, float, float]
) -> tuple[list[Box], list[Box]]:
    """The boxes of a row: those of a save each, and those of several."""
    level, top, height = place
    own, merged = [], []
    alone = width >= _WHOLE_PX
    for node, x, wide in zip(row[alone].tolist(), left[alone], width[alone], strict=True):
        own.append(Box((node,), level, float(x), top, float(wide), height))
    thin = np.flatnonzero(~alone)
    if len(thin):
        pixel = np.floor(left[thin] + width[thin] / 2)
        ends = np.flatnonzero(np.diff(pixel)) + 1
        for part in np.split(thin, ends):
            x = float(np.floor(left[part[0]] + width[part[0]] / 2))
            merged.append(Box(tuple(row[part].tolist()), level, x, top, 1.0, height))
    return own, merged


def _row_of(tree: SaveTree, row: Positions, place: tuple[int, float, float]) -> Row:
    level, top, height = place
    return Row(
        level,
        top,
        height,
        saves=len(row),
        unwinds=int((tree.walk_at[row] >= 0).sum()),
        hits=int((tree.hit_at[row] >= 0).sum()),
        failures=int((tree.fail_at[row] >= 0).sum()),
    )


def happened_until(tree: SaveTree, drawn: Layout, position: int) -> tuple[float, ...]:
    """Return for each row the right edge of what has begun by a position, 0 where nothing has.

    A row is in the order of its calls, so what has begun lies at its left.
    """
    edges = dict.fromkeys((row.level for row in drawn.rows), 0.0)
    for box in drawn.boxes:
        if tree.call[box.nodes[0]] <= position:
            edges[box.level] = max(edges[box.level], box.right)
    return tuple(edges.values())


def row_height(room: float, levels: int, gap: float, least: float, most: float) -> float:
    """Return how high a row is where so many shall fit, within bounds."""
    if levels < 1:
        return most
    return max(least, min(most, (room - gap * (levels - 1)) / levels))


def neighbour(tree: SaveTree, tops: Sequence[int], node: int, way: str) -> int:
    """Return the save an arrow key leads to; the same one where there is none that way.

    Args:
        tree: The saves of the run.
        tops: The top-level saves that are drawn.
        node: Where one is.
        way: ``up`` to the parent, ``down`` to the first child, ``left`` and ``right`` along the
            row, ``first`` and ``last`` to its ends.
    """
    if way == "up":
        parent = int(tree.parent[node])
        return parent if parent >= 0 else node
    if way == "down":
        children = tree.children(node)
        return int(children[0]) if len(children) else node
    row = next(row for row in tree.rows(np.array(tops, np.int32)) if node in row).tolist()
    at = row.index(node)
    to = {"left": at - 1, "right": at + 1, "first": 0, "last": len(row) - 1}[way]
    return int(row[max(0, min(to, len(row) - 1))])
