"""Who looks on while a search goes on, for a picture of what it comes through."""

from __future__ import annotations

from typing import Protocol

from core.explore.starts import Start
from core.explore.subject import RunEnd
from core.kernel.choices import Point


class Watcher(Protocol):
    """Sees the states a search comes through."""

    def begins(self, start: Start) -> None:
        """A run begins."""

    def comes_to(self, point: Point, fingerprint: int) -> None:
        """The run is at a point that is its last deviation or behind it."""

    def ends(self, end: RunEnd) -> None:
        """The run ended."""
