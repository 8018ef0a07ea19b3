"""Where the states of a small state space stand: in columns, few crossings, chains straight.

Pure and deterministic: the same states and steps always stand at the same places. Places are in
units: one to the next column, at least one between two states of a column.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import NamedTuple

_ORDER_SWEEPS = 4
_STRAIGHTEN_SWEEPS = 6

Edge = tuple[int, int]


class Placed(NamedTuple):
    """A state space as it is drawn.

    Attributes:
        xs: Across, one a state, from 0.
        ys: Down, one a state, from 0.
        columns: The states of each column, from the top.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    columns: tuple[tuple[int, ...], ...]

    @property
    def width(self) -> float:
        """How far the last column is from the first."""
        return max(self.xs, default=0.0)

    @property
    def height(self) -> float:
        """How far the lowest state is from the highest."""
        return max(self.ys, default=0.0)


def place(depths: Sequence[int], edges: Sequence[Edge]) -> Placed:
    """Return where states stand.

    Args:
        depths: How deep each state is: a step goes right where it goes deeper. Depths that nobody
            has, or that no step needs, take no room.
        edges: Steps, as pairs of states.
    """
    column_of = _columns(depths, edges)
    columns: list[list[int]] = [[] for _ in range(max(column_of, default=-1) + 1)]
    for node, column in enumerate(column_of):
        columns[column].append(node)
    before: list[list[int]] = [[] for _ in depths]
    after: list[list[int]] = [[] for _ in depths]
    for start, end in edges:
        if column_of[start] < column_of[end]:
            before[end].append(start)
            after[start].append(end)
    columns = _ordered(columns, column_of, before, after)
    ys = _straightened(columns, before, after)
    top = min(ys, default=0.0)
    return Placed(
        tuple(float(at) for at in column_of),
        tuple(y - top for y in ys),
        tuple(tuple(column) for column in columns),
    )


def _columns(depths: Sequence[int], edges: Sequence[Edge]) -> list[int]:
    """Return each state's column: one behind the last of those that lead to it from less deep."""
    leading: dict[int, list[int]] = {}
    for start, end in edges:
        if depths[start] < depths[end]:
            leading.setdefault(end, []).append(start)
    found = [0] * len(depths)
    for node in sorted(range(len(depths)), key=lambda node: depths[node]):
        found[node] = 1 + max((found[each] for each in leading.get(node, ())), default=-1)
    return found


def crossings(columns: Sequence[Sequence[int]], edges: Sequence[Edge]) -> int:
    """Return how often steps between neighbouring columns cross.

    Args:
        columns: The states of each column, from the top.
        edges: Steps, as pairs of states; those that go further or back are not counted.
    """
    where = {
        node: (at, row) for at, column in enumerate(columns) for row, node in enumerate(column)
    }
    gaps: list[list[tuple[int, int]]] = [[] for _ in columns]
    for start, end in edges:
        (left, row), (right, to) = where[start], where[end]
        if right == left + 1:
            gaps[left].append((row, to))
    found = 0
    for gap in gaps:
        seen: list[int] = []
        for _, to in sorted(gap):
            # Those that began higher and end lower cross this one.
            found += len(seen) - _at_most(seen, to)
            insort(seen, to)
    return found


def _at_most(rising: list[int], value: int) -> int:
    return bisect_left(rising, value + 1)


# -- the order within a column --------------------------------------------------------------------


def _ordered(
    columns: list[list[int]],
    column_of: Sequence[int],
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
) -> list[list[int]]:
    """Order each column by where its neighbours stand; of all sweeps the best is kept."""
    edges = [(start, end) for start, ends in enumerate(after) for end in ends]
    best, fewest = [list(column) for column in columns], crossings(columns, edges)
    rows = [0.0] * len(column_of)
    for column in columns:
        _number(column, rows)
    for sweep in range(_ORDER_SWEEPS):
        forward = sweep % 2 == 0
        near = before if forward else after
        for column in columns if forward else reversed(columns):
            own = {node: rows[node] for node in column}
            wanted = {
                node: _mean([rows[each] for each in near[node]], own[node]) for node in column
            }
            column.sort(key=lambda node: (wanted[node], own[node]))
            _number(column, rows)
        now = crossings(columns, edges)
        if now < fewest:
            best, fewest = [list(column) for column in columns], now
    return best


def _number(column: Sequence[int], rows: list[float]) -> None:
    """Give a column's states their rows, around the middle: columns differ in length."""
    for row, node in enumerate(column):
        rows[node] = row - (len(column) - 1) / 2


def _mean(values: Sequence[float], otherwise: float) -> float:
    return math.fsum(values) / len(values) if values else otherwise


# -- how far down ---------------------------------------------------------------------------------


def _straightened(
    columns: Sequence[Sequence[int]],
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
) -> list[float]:
    """Return how far down states stand: near their neighbours, in order, one unit apart or more."""
    ys = [0.0] * sum(map(len, columns))
    for column in columns:
        _number(column, ys)
    for sweep in range(_STRAIGHTEN_SWEEPS):
        forward = sweep % 2 == 0
        near = before if forward else after
        for column in columns if forward else reversed(columns):
            wanted = [_mean([ys[each] for each in near[node]], ys[node]) for node in column]
            for node, y in zip(column, spread(wanted), strict=True):
                ys[node] = y
    return ys


def spread(wanted: Sequence[float]) -> list[float]:
    """Return places in the same order, one unit apart or more, as near to the wanted as can be.

    Nearest in the sense of least squares: places that would overlap share their mean (the pool
    adjacent violators algorithm, on what is left when each has its unit).
    """
    pools: list[tuple[float, int]] = []
    for at, place_wanted in enumerate(wanted):
        total, count = place_wanted - at, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            more, many = pools.pop()
            total, count = total + more, count + many
        pools.append((total, count))
    means = [total / count for total, count in pools for _ in range(count)]
    return [mean + at for at, mean in enumerate(means)]


# -- finding and going ----------------------------------------------------------------------------


def neighbour(placed: Placed, edges: Sequence[Edge], node: int, way: str) -> int:
    """Return where an arrow goes from a state: the same state where there is nothing.

    Args:
        placed: The states.
        edges: Steps, as pairs of states.
        node: From where.
        way: ``right`` along a step, ``left`` back along one, ``up`` and ``down`` in the column.
    """
    if way in ("up", "down"):
        column = placed.columns[int(placed.xs[node])]
        at = column.index(node) + (1 if way == "down" else -1)
        return column[at] if 0 <= at < len(column) else node
    if way == "left":
        found = [
            start for start, end in edges if end == node and placed.xs[start] < placed.xs[node]
        ]
    else:
        found = [end for start, end in edges if start == node and placed.xs[end] > placed.xs[node]]
    near = placed.ys[node]
    return min(found, key=lambda each: (abs(placed.ys[each] - near), each), default=node)


def path_to(edges: Sequence[Edge], node: int) -> list[int]:
    """Return the steps (their indexes) on the way to a state on which it was first come to."""
    first: dict[int, int] = {}
    for at, (_, end) in enumerate(edges):
        first.setdefault(end, at)
    found: list[int] = []
    seen = {node}
    while node and node in first:
        found.append(first[node])
        node = edges[first[node]][0]
        if node in seen:
            break
        seen.add(node)
    return found[::-1]
