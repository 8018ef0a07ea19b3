"""What a search finds in a tree of calls, and which hit comes next."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.recording.questions.transform import matching
from core.trace.search import compiled

if TYPE_CHECKING:
    from core.recording.questions.call_tree import CallTree, Flags


class TreeSearch:
    """The functions of a tree that a pattern finds. Each answer is worked out when it is asked for.

    Args:
        tree: The calls.
        pattern: A regular expression.
    """

    def __init__(self, tree: CallTree, pattern: str) -> None:
        self._tree, self._pattern = tree, pattern

    @cached_property
    def found_names(self) -> Flags:
        """Which of the tree's ``names`` are found, shape (names,)."""
        return matching(self._tree.names, compiled(self._pattern))

    @cached_property
    def hits(self) -> Flags:
        """Which nodes of the tree are found, shape (nodes,)."""
        return self._tree.having(self.found_names)

    @cached_property
    def share(self) -> float:
        """How much of the whole has a found function on its stack, 0 to 1."""
        whole = self._tree.whole
        return self._tree.held_by(self.found_names) / whole if whole else 0.0

    @cached_property
    def in_order(self) -> list[int]:
        """The found nodes from left to right, outer ones first."""
        nodes = np.flatnonzero(self.hits)
        order: list[int] = nodes[np.lexsort((nodes, self._tree.x[nodes]))].tolist()
        return order

    def number_of(self, node: int) -> int:
        """Return which hit a node is, counted from 1; 0 for none."""
        return self.in_order.index(node) + 1 if node in self.in_order else 0

    def beside(self, node: int, way: int) -> int | None:
        """Return the hit after a node, or before it; round the end it goes on at the other one.

        Args:
            node: A node, be it a hit or not; -1 for none.
            way: 1 for the next one, -1 for the one before.
        """
        order = self.in_order
        if not order:
            return None
        if node in order:
            at = order.index(node) + way
        elif node >= 0:
            here = (float(self._tree.x[node]), node)
            after = sum((float(self._tree.x[hit]), hit) < here for hit in order)
            at = after if way > 0 else after - 1
        else:
            at = 0 if way > 0 else -1
        return order[at % len(order)]
