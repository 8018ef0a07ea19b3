"""The starts that wait to be tried, small enough for hundreds of millions of them.

A run leaves a start for each thing that could have happened instead, hundreds at a time, and all of
them begin as the run did. So they are kept together: the run's own start, and four bytes for each.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from core.explore.budget import total
from core.explore.starts import Start

Starts = dict[int, list[Start]]
"""Starts by what they have left to spend."""

INDEX_BITS = 11
"""Options of a point are numbered with so many bits, points with the rest of 32."""

MOST_OPTIONS = 1 << INDEX_BITS
_INDEX = MOST_OPTIONS - 1


class Frontier:
    """Starts by what they have left to spend; of equals the last one comes first.

    Args:
        starts: What waits at the beginning.

    Attributes:
        waiting: How many wait, by what they have left.
        made: How many there were so far, tried or not.
    """

    __slots__ = ("_bundles", "made", "waiting")

    def __init__(self, starts: Starts) -> None:
        self._bundles: dict[int, list[tuple[Start, array[int] | None]]] = {
            left: [(start, None) for start in some] for left, some in starts.items()
        }
        self.waiting = {left: len(some) for left, some in starts.items()}
        self.made = dict(self.waiting)

    def __len__(self) -> int:
        return sum(self.waiting.values())

    def add(self, left: int, start: Start, codes: Iterable[int]) -> None:
        """Add what could have happened instead in a run.

        Args:
            left: What those runs have left to spend.
            start: The run's own start.
            codes: Numbers of points, each with that of its option in the lowest bits.

        Raises:
            OverflowError: A number is too large for four bytes.
        """
        bundle = array("I", codes)
        self._bundles.setdefault(left, []).append((start, bundle))
        self.waiting[left] = self.waiting.get(left, 0) + len(bundle)
        self.made[left] = self.made.get(left, 0) + len(bundle)

    def take(self, left: int) -> Start:
        """Return the last start that was added with so much left; there must be one."""
        bundles = self._bundles[left]
        start, codes = bundles[-1]
        self.waiting[left] -= 1
        if codes is None:
            bundles.pop()
            return start
        code = codes.pop()
        if not codes:
            bundles.pop()
        return start, code >> INDEX_BITS, code & _INDEX

    def cheapest(self) -> int:
        """Return what those have left that spend the least, -1 where nobody waits."""
        return min((left for left, some in self.waiting.items() if some), key=_order, default=-1)

    def starts(self) -> Starts:
        """Return all that wait, one by one; those that spend the least first."""
        return {
            left: [start for bundle in self._bundles[left] for start in _unbundled(*bundle)]
            for left in sorted(self._bundles, key=_order)
        }


def _unbundled(start: Start, codes: array[int] | None) -> list[Start]:
    if codes is None:
        return [start]
    return [(start, each >> INDEX_BITS, each & _INDEX) for each in codes]


def _order(left: int) -> tuple[int, int]:
    """Order budgets: the most left first, and a fixed order among equals."""
    return -total(left), -left
