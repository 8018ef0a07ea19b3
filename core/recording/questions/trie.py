"""Stacks that begin alike, put together: each different beginning of a stack is a node."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.recording.profile import Ints, Longs


class Trie(NamedTuple):
    """Nodes, level after level; node 0 is the root, the beginning that all stacks share.

    Attributes:
        parent: The node above, rising within the array; -1 for the root.
        value: What the node adds to its parent; -1 for the root.
        levels: Where each level begins, and the end, shape (levels + 1,).
        end: The node where each stack ends; the same for equal stacks, shape (stacks,).
    """

    parent: Longs
    value: Longs
    levels: Longs
    end: Longs


class Levels:
    """Collects the nodes of a trie level by level.

    Args:
        stacks: How many stacks there are.
    """

    def __init__(self, stacks: int) -> None:
        self._parents = [np.array([-1], np.int64)]
        self._values = [np.array([-1], np.int64)]
        self._bounds = [0, 1]
        self.node = np.zeros(stacks, np.int64)
        """The node where each stack is now; it stays where the stack ends."""

    @property
    def n_nodes(self) -> int:
        """How many nodes there are so far."""
        return self._bounds[-1]

    def add(self, parents: Longs, values: Longs) -> None:
        """Add the nodes of the next level."""
        self._parents.append(parents)
        self._values.append(values)
        self._bounds.append(self.n_nodes + len(parents))

    def done(self) -> Trie:
        """Return what was collected."""
        parent, value = np.concatenate(self._parents), np.concatenate(self._values)
        return Trie(parent, value, np.array(self._bounds, np.int64), self.node)


def trie_of(values: Ints | Longs, bounds: Longs) -> Trie:
    """Put stacks together; nodes of one parent are sorted by value.

    Each level is one sort of the stacks that reach it, so the work is that of sorting all frames.

    Args:
        values: What the stacks are made of, not negative, stack after stack, root first.
        bounds: Where each stack begins, and the end, shape (stacks + 1,).
    """
    depths = np.diff(bounds)
    # The deepest first: the stacks that reach a level are then a slice.
    order = np.argsort(-depths, kind="stable")
    starts, depths = bounds[:-1][order], depths[order]
    levels = Levels(len(order))
    kinds = int(values.max(initial=0)) + 1
    node = np.zeros(len(order), np.int64)
    reaching = np.searchsorted(-depths, -np.arange(1, int(depths.max(initial=0)) + 1), "right")
    for depth, count in enumerate(reaching.tolist()):
        keys = node[:count] * kinds + values[starts[:count] + depth]
        different, which = np.unique(keys, return_inverse=True)
        node[:count] = levels.n_nodes + which
        parents, added = np.divmod(different, kinds)
        levels.add(parents, added)
    levels.node[order] = node
    return levels.done()


def flipped(values: Ints, bounds: Longs) -> Ints:
    """Return the same stacks, the innermost frame first."""
    of_stack = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    back: Ints = values[bounds[of_stack] + bounds[of_stack + 1] - 1 - np.arange(len(values))]
    return back
