"""A profile as a tree of calls: what flame graphs, icicles and flame charts are drawn from.

A node is a path of functions by name. Nodes are numbered level by level, and within a level from
left to right; so the children of a node, and of neighbouring nodes, are slices, and what lies at a
place of a level is found by one search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from core.recording.profile import UNKNOWN, Ints, Longs, StackProfile
from core.recording.questions.trie import Levels, Trie, flipped, trie_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = TypeVar("Numbers", Longs, Floats)
Order = Literal["name", "heavy", "time"]

ORDERS: tuple[Order, ...] = ("name", "heavy", "time")
WHOLE = "all"
"""What the root is called: everything the profile holds."""
LANDMARK = 16
GONE_SHARE = 0.1
"""Frames that only the base has take at most so much of the width that all others take."""


@dataclass(frozen=True, eq=False)
class CallTree:
    """Calls, each with what the records below it weigh.

    Attributes:
        names: Function names.
        modules: The module of each function; empty for the kernel itself.
        weight: Which weight it is of.
        order: How children of a node are sorted: "name", "heavy" or "time".
        inverted: Whether callers stand below their callees.
        name: Number of each node's function, shape (nodes,). The root has -1, or where all stacks
            begin with the same function and it was asked for, that one (``rooted``).
        parent: The node above, -1 for the root.
        levels: Where each level begins, and the end, shape (levels + 1,).
        self_weight: What the records weigh whose stack ends here, shape (nodes,).
        total: What all records below weigh, with this node's own.
        base: What ``total`` is in the profile it is compared with; None without one.
        x: Where each node begins, in units of the weight; rising within a level.
        width: How far it reaches: its total, and room for frames that only the base has.
    """

    names: tuple[str, ...]
    modules: tuple[str, ...]
    weight: str
    order: Order
    inverted: bool
    name: Ints
    parent: Ints
    levels: Longs
    self_weight: Longs
    total: Longs
    base: Longs | None
    x: Floats
    width: Floats

    @classmethod
    def of(
        cls,
        profile: StackProfile,
        weight: str,
        base: StackProfile | None = None,
        order: Order = "heavy",
        *,
        inverted: bool = False,
    ) -> CallTree:
        """Build the tree of a profile.

        Args:
            profile: The records.
            weight: A weight; where the profile has no such one the tree is empty.
            base: What it is compared with. Frames that only it has are kept, with a total of 0.
                In the order of time nothing stands beside the same of another run: there it takes
                no part.
            order: "heavy" puts the heaviest child left, "name" sorts by name. "time" merges only
                what follows one another: records by ``ts_ns``, else as the file has them.
            inverted: Begin with the innermost frame and go to its callers.
        """
        both = [profile] if base is None or order == "time" else [profile, base]
        names, modules, numbers = _shared_names(both)
        sides = [
            _Side.of(each, own, weight, inverted=inverted, in_time=order == "time")
            for each, own in zip(both, numbers, strict=True)
        ]
        trie, weights, x = (
            _in_time(profile, sides[0], weight) if order == "time" else _grouped(sides)
        )
        own, *others = weights
        total = _summed_up(trie, own)
        base_total = _summed_up(trie, others[0]) if others else None
        width = _widths(trie, own, total, others[0] if others else None)
        if order == "heavy":
            trie, new = _left_heavy(trie, width)
            own, total, width = own[new], total[new], width[new]
            base_total = base_total[new] if base_total is not None else None
        return cls(
            names, modules, weight, order, inverted, trie.value.astype(np.int32),
            trie.parent.astype(np.int32), trie.levels, own, total, base_total,
            _positions(trie, width) if x is None else x, width,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.parent)

    @property
    def rooted(self) -> CallTree:
        """The same without its root, where that has one child that everything begins with."""
        if self.depth < 2 or self.levels[2] != 2 or self.self_weight[0]:
            return self
        parent = np.maximum(self.parent[1:] - 1, -1)
        base = self.base[1:] if self.base is not None else None
        return replace(
            self, name=self.name[1:], parent=parent, levels=self.levels[1:] - 1,
            self_weight=self.self_weight[1:], total=self.total[1:], base=base,
            x=self.x[1:], width=self.width[1:],
        )  # fmt: skip

    @property
    def depth(self) -> int:
        """How many levels there are, with the root's."""
        return len(self.levels) - 1

    @cached_property
    def depths(self) -> Ints:
        """The level of each node; 0 for the root."""
        return np.repeat(np.arange(self.depth, dtype=np.int32), np.diff(self.levels))

    @cached_property
    def children(self) -> Longs:
        """Where the children of each node begin, and the end, shape (nodes + 1,)."""
        bounds = np.searchsorted(self.parent, np.arange(len(self) + 1), side="left")
        return bounds.astype(np.int64)

    @cached_property
    def landmarks(self) -> list[Floats]:
        """Every 16th place of each level: a search in them stays in the processor's cache."""
        return [self.x[self.level(depth)][::LANDMARK].copy() for depth in range(self.depth)]

    @property
    def whole(self) -> int:
        """What all records weigh."""
        return int(self.total[0])

    @property
    def is_empty(self) -> bool:
        """Whether nothing weighs anything."""
        return not self.width[0] > 0

    # -- single nodes -------------------------------------------------------------------------

    def name_of(self, node: int) -> str:
        """Return a node's function."""
        return self.names[self.name[node]] if self.name[node] >= 0 else WHOLE

    def module_of(self, node: int) -> str:
        """Return the module of a node's function; empty for the kernel and for the root."""
        return self.modules[self.name[node]] if self.name[node] >= 0 else ""

    def children_of(self, node: int) -> range:
        """Return the nodes below a node, from left to right."""
        return range(int(self.children[node]), int(self.children[node + 1]))

    def level(self, depth: int) -> slice:
        """Return the nodes of a level."""
        return slice(int(self.levels[depth]), int(self.levels[depth + 1]))

    def end(self, node: int) -> float:
        """Return where a node's width ends."""
        return float(self.x[node] + self.width[node])

    def path(self, node: int) -> list[int]:
        """Return the nodes from the root to a node, both with it."""
        nodes = [node]
        while nodes[-1] > 0:
            nodes.append(int(self.parent[nodes[-1]]))
        return nodes[::-1]

    def path_names(self, node: int) -> list[str]:
        """Return the functions from the root's child to a node."""
        return [self.name_of(each) for each in self.path(node)[1:]]

    def find(self, names: Sequence[str]) -> int | None:
        """Return the first node on a path of functions, None where there is none."""
        numbers = {name: number for number, name in enumerate(self.names)}
        node = 0
        for name in names:
            wanted = numbers.get(name)
            below = self.children_of(node)
            found = np.flatnonzero(self.name[below.start : below.stop] == wanted)
            if wanted is None or not len(found):
                return None
            node = below.start + int(found[0])
        return node

    # -- sums ---------------------------------------------------------------------------------

    def having(self, functions: Flags) -> Flags:
        """Return which nodes are one of some functions, given by name number; "all" is none."""
        flags: Flags = np.append(functions, False).take(self.name, mode="wrap")
        return flags

    def held_by(self, functions: Flags) -> int:
        """Return what the records weigh that have one of some functions on their stack.

        A record counts once, however often they are on its stack: only outermost nodes count.
        """
        hit = self.having(functions)
        below = np.zeros(len(self), np.bool_)
        for depth in range(1, self.depth):
            level = self.level(depth)
            above = self.parent[level]
            below[level] = below[above] | hit[above]
        return int(self.total[hit & ~below].sum())

    def by_name(self) -> tuple[Longs, Longs]:
        """Return own and total weight of each function, each shape (names,).

        A function that is on a stack several times has its records in the total once.
        """
        named = self.name >= 0
        own = np.bincount(self.name[named], self.self_weight[named], len(self.names))
        outer = named & ~self._repeats()
        total = np.bincount(self.name[outer], self.total[outer], len(self.names))
        return own.astype(np.int64), total.astype(np.int64)

    def _repeats(self) -> Flags:
        """Return which nodes have their function above them already."""
        repeats = np.zeros(len(self), np.bool_)
        ancestor = self.parent.copy()
        open_nodes = np.flatnonzero(ancestor >= 0)
        while len(open_nodes):
            above = ancestor[open_nodes]
            same = self.name[above] == self.name[open_nodes]
            repeats[open_nodes[same]] = True
            ancestor[open_nodes] = self.parent[above]
            open_nodes = open_nodes[~same & (self.parent[above] >= 0)]
        return repeats


class _Side(NamedTuple):
    """One of two profiles, as stacks of shared name numbers: those that weigh something, or all.

    Attributes:
        values: Name numbers, stack after stack.
        bounds: Where each stack begins, and the end.
        weights: What each stack weighs.
        kept: Number of each stack in the profile.
    """

    values: Ints
    bounds: Longs
    weights: Longs
    kept: Longs

    @classmethod
    def of(
        cls, profile: StackProfile, of_frame: Ints, weight: str, *, inverted: bool, in_time: bool
    ) -> _Side:
        """Take the stacks of a profile; in time those without weight part what is around them."""
        stacks = profile.stacks
        if weight in profile.weights:
            weights = profile.by_stack(weight)
        else:
            weights = np.zeros(len(stacks), np.int64)
        (kept,) = np.nonzero(weights >= 0 if in_time else weights > 0)
        depths = stacks.depths[kept]
        bounds = np.concatenate(([0], np.cumsum(depths))).astype(np.int64)
        places = np.repeat(stacks.bounds[kept] - bounds[:-1], depths) + np.arange(bounds[-1])
        values = of_frame[stacks.ids[places]]
        if inverted:
            values = flipped(values, bounds)
        return cls(values, bounds, weights[kept], kept)


def _shared_names(
    profiles: Sequence[StackProfile],
) -> tuple[tuple[str, ...], tuple[str, ...], list[Ints]]:
    """Return sorted names, their modules, and the name number of each frame of each profile."""
    module: dict[str, str] = {}
    for profile in profiles:
        for frame in profile.stacks.frames:
            module[frame.name] = module.get(frame.name) or frame.module
    names = tuple(sorted(module))
    number = {name: at for at, name in enumerate(names)}
    numbers = [
        np.array([number[frame.name] for frame in profile.stacks.frames], np.int32)
        for profile in profiles
    ]
    return names, tuple(module[name] for name in names), numbers


def _grouped(sides: list[_Side]) -> tuple[Trie, list[Longs], None]:
    """Put the stacks of all sides into one trie; return it and what ends in each node, by side."""
    offsets = np.cumsum([0, *(int(side.bounds[-1]) for side in sides)])
    bounds = [side.bounds[:-1] + at for side, at in zip(sides, offsets[:-1], strict=True)]
    values = np.concatenate([side.values for side in sides])
    trie = trie_of(values, np.concatenate([*bounds, offsets[-1:]]).astype(np.int64))
    weights, first = [], 0
    for side in sides:
        ends = trie.end[first : first + len(side.kept)]
        own = np.bincount(ends, side.weights, len(trie.parent))
        weights.append(own.astype(np.int64))
        first += len(side.kept)
    return trie, weights, None


def _in_time(profile: StackProfile, side: _Side, weight: str) -> tuple[Trie, list[Longs], Floats]:
    """Put together only what follows one another; return the nodes' own weights and places too.

    Records that weigh nothing are not drawn, but calls that they lie between are not one call.
    """
    rows, weights = _sequence(profile, side, weight)
    shared = _shared_prefixes(side, rows)
    (heavy,) = np.nonzero(weights > 0)
    if len(heavy):
        since = np.concatenate(([0], heavy[:-1] + 1))
        shared = np.minimum.reduceat(shared[: heavy[-1] + 1], since)
    rows, weights, shared = rows[heavy], weights[heavy], shared[: len(heavy)]
    starts, depths = side.bounds[rows], np.diff(side.bounds)[rows]
    before = np.concatenate(([0], np.cumsum(weights)))
    levels = Levels(len(rows))
    x = [np.zeros(1)]
    reaching = np.arange(len(rows))
    for depth in range(int(depths.max(initial=0))):
        reaching = reaching[depths[reaching] > depth]
        new = shared[reaching] <= depth
        begin = reaching[new]
        levels.add(levels.node[begin], side.values[starts[begin] + depth].astype(np.int64))
        first = levels.n_nodes - len(begin)
        levels.node[reaching] = first + np.cumsum(new) - 1
        x.append(before[begin].astype(np.float64))
    trie = levels.done()
    own = np.bincount(trie.end, weights, len(trie.parent)).astype(np.int64)
    return trie, [own], np.concatenate(x)


def _sequence(profile: StackProfile, side: _Side, weight: str) -> tuple[Longs, Longs]:
    """Return the stacks (of the side) in time and their weights."""
    place = np.full(len(profile.stacks), -1, np.int64)
    place[side.kept] = np.arange(len(side.kept))
    rows, weights = place[profile.stack], profile.weights.get(weight)
    times = profile.numbers.get("ts_ns")
    if weights is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if times is not None and (times != UNKNOWN).any():
        order = np.argsort(times, kind="stable")
        rows, weights = rows[order], weights[order]
    return rows, weights


def _shared_prefixes(side: _Side, rows: Longs) -> Longs:
    """Return how many frames each stack of a sequence shares with the one before it."""
    shared = np.zeros(len(rows), np.int64)
    starts, depths = side.bounds[rows], np.diff(side.bounds)[rows]
    alike = np.arange(1, len(rows))
    depth = 0
    while len(alike):
        alike = alike[np.minimum(depths[alike], depths[alike - 1]) > depth]
        same = side.values[starts[alike] + depth] == side.values[starts[alike - 1] + depth]
        alike = alike[same]
        depth += 1
        shared[alike] = depth
    return shared


def _summed_up(trie: Trie, own: Numbers) -> Numbers:
    """Return each node's value with those of all nodes below it."""
    total = own.copy()
    for first, last in reversed(list(pairwise(trie.levels.tolist()[1:]))):
        parents = trie.parent[first:last]
        above = int(parents[0])
        below = np.bincount(parents - above, total[first:last])
        total[above : above + len(below)] += below.astype(own.dtype)
    return total


def _widths(trie: Trie, own: Longs, total: Longs, base: Longs | None) -> Floats:
    """Return how wide nodes are: what weighs nothing any more keeps a share of what it weighed."""
    if base is None:
        return total.astype(np.float64)
    gone = np.where(total == 0, base, 0).astype(np.float64)
    whole, all_gone = float(total[0]), float(gone.sum())
    scale = min(1.0, GONE_SHARE * whole / all_gone) if whole and all_gone else 1.0
    widths: Floats = _summed_up(trie, own + gone * scale)
    return widths


def _left_heavy(trie: Trie, width: Floats) -> tuple[Trie, Longs]:
    """Sort the children of each node by width; return the trie and the old number of each node."""
    old = np.arange(len(trie.parent))
    new = np.zeros(len(trie.parent), np.int64)
    parents = trie.parent.copy()
    bounds = trie.levels.tolist()
    for first, last in pairwise(bounds[1:]):
        above = new[trie.parent[first:last]]
        order = np.lexsort((trie.value[first:last], -width[first:last], above))
        old[first:last] = first + order
        new[first + order] = np.arange(first, last)
        parents[first:last] = above[order]
    return Trie(parents, trie.value[old], trie.levels, new[trie.end]), old


def _positions(trie: Trie, width: Floats) -> Floats:
    """Return where nodes begin: children from the left edge of their parent, side by side."""
    x = np.zeros(len(width))
    bounds = trie.levels.tolist()
    for first, last in pairwise(bounds[1:]):
        parents = trie.parent[first:last]
        before = np.cumsum(width[first:last]) - width[first:last]
        eldest = np.searchsorted(parents, parents, side="left")
        x[first:last] = x[parents] + before - before[eldest]
    return x
