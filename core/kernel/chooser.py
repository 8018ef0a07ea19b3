"""Everything that is left to chance goes through one chooser.

Playing, scripted lessons and exhaustive exploration are different choosers of the same run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.kernel.choices import Point


class Chooser(Protocol):
    """Answers the questions the simulated kernel cannot answer itself.

    Attributes:
        asks: Whether it wants to be asked at the choice points. A run that nobody asks about never
            comes to one, and is as fast as if there were none.
    """

    asks: bool

    def fails(self, what: str, number: int) -> bool:
        """Return whether the ``number``-th (from 1) allocation of a sort fails.

        ``what`` is "page", "kmalloc", "depot" or "trylock".
        """

    def next_task(self, runnable: Sequence[int], current: int) -> int:
        """Return which of the runnable tasks goes on, where tasks take turns."""

    def choose(self, point: Point) -> int:
        """Return the index of the option that happens at a point."""


class ScriptedChooser:
    """Fails the allocations it was told to and switches tasks in turn."""

    asks = False

    def __init__(self, failures: Mapping[str, Sequence[int]] | None = None) -> None:
        self._failures = {what: frozenset(numbers) for what, numbers in (failures or {}).items()}

    def fails(self, what: str, number: int) -> bool:
        """See ``Chooser``."""
        return number in self._failures.get(what, ())

    def next_task(self, runnable: Sequence[int], current: int) -> int:
        """Return the first runnable task after the current one, in turn."""
        later = [task for task in runnable if task > current]
        return later[0] if later else runnable[0]

    def choose(self, point: Point) -> int:
        """Let the first option happen."""
        del point
        return 0
