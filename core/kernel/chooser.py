"""Everything that is left to chance goes through one chooser.

Playing, scripted lessons and exhaustive exploration are different choosers of the same run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Chooser(Protocol):
    """Answers the questions the simulated kernel cannot answer itself."""

    def fails(self, what: str, number: int) -> bool:
        """Return whether the ``number``-th (from 1) allocation of a sort fails.

        ``what`` is "page", "kmalloc" or "depot".
        """

    def next_task(self, runnable: Sequence[int], current: int) -> int:
        """Return which of the runnable tasks goes on."""


class ScriptedChooser:
    """Fails the allocations it was told to and switches tasks in turn."""

    def __init__(self, failures: Mapping[str, Sequence[int]] | None = None) -> None:
        self._failures = {what: frozenset(numbers) for what, numbers in (failures or {}).items()}

    def fails(self, what: str, number: int) -> bool:
        """See ``Chooser``."""
        return number in self._failures.get(what, ())

    def next_task(self, runnable: Sequence[int], current: int) -> int:
        """Return the first runnable task after the current one, in turn."""
        later = [task for task in runnable if task > current]
        return later[0] if later else runnable[0]
