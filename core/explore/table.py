"""States that were seen, and with how much left to spend."""

from __future__ import annotations

from core.explore.budget import covers

MOST_STATES = 4_000_000
"""About 100 bytes each; what does not fit is not remembered, and explored again where it recurs."""


class SeenStates:
    """States by fingerprint, each with the budgets it was seen with.

    A state that was seen with at least as much of each sort left needs no second look: whatever can
    still happen was tried then, or waits to be tried.

    Args:
        most: How many states are remembered.
    """

    __slots__ = ("_more", "_most", "_seen", "full")

    def __init__(self, most: int = MOST_STATES) -> None:
        self._most = most
        self._seen: dict[int, int] = {}
        self._more: dict[int, tuple[int, ...]] = {}
        self.full = False

    def __len__(self) -> int:
        return len(self._seen)

    def known(self, fingerprint: int, budget: int) -> bool:
        """Return whether a state was seen with this budget or more; from now on it was.

        Args:
            fingerprint: The state.
            budget: What is left, as ``core.explore.budget`` packs it.
        """
        seen = self._seen
        before = seen.get(fingerprint)
        if before is None:
            if len(seen) < self._most:
                seen[fingerprint] = budget
            else:
                self.full = True
            return False
        if before >= budget and covers(before, budget):
            return True
        return self._compare(fingerprint, before, budget)

    def _compare(self, fingerprint: int, before: int, budget: int) -> bool:
        """Compare with all budgets a state was seen with: more of one may be less of another."""
        more = self._more.get(fingerprint, ())
        if any(covers(other, budget) for other in more):
            return True
        if covers(budget, before):
            self._seen[fingerprint] = budget
            kept = tuple(other for other in more if not covers(budget, other))
        else:
            kept = (*(other for other in more if not covers(budget, other)), budget)
        if kept:
            self._more[fingerprint] = kept
        elif more:
            del self._more[fingerprint]
        return False
