"""What a search has come to so far, and how parts of a search are put together."""

from __future__ import annotations

import msgspec

from core.explore.starts import Deviations


class Found(msgspec.Struct, frozen=True):
    """A run that breaks a property.

    Attributes:
        preemptions, irqs, failures: What it spent.
        events: Events of the run.
        deviations: Its choices.
        event: Position of the event that breaks the property.
        sentence: What happened.
    """

    preemptions: int
    irqs: int
    failures: int
    events: int
    deviations: Deviations
    event: int
    sentence: str

    @property
    def cost(self) -> int:
        """What it spent, all sorts together."""
        return self.preemptions + self.irqs + self.failures

    @property
    def rank(self) -> tuple[int, int, Deviations]:
        """What is better is smaller; a total order, so that parts can be merged in any order."""
        return self.cost, self.events, self.deviations


class Tally(msgspec.Struct):
    """Counts of a search, and the best counterexample of each property."""

    runs: int = 0
    states: int = 0
    pruned: int = 0
    depth: int = 0
    forgetful: bool = False
    owners_lost: dict[str, int] = {}
    found: dict[str, Found] = {}

    def lost(self, owners: dict[str, int]) -> None:
        """Keep the most pages of each reason."""
        for reason, pages in owners.items():
            if pages > self.owners_lost.get(reason, 0):
                self.owners_lost[reason] = pages

    def better(self, name: str, found: Found) -> None:
        """Keep a counterexample if it is better than the one there is."""
        best = self.found.get(name)
        if best is None or found.rank < best.rank:
            self.found[name] = found

    def add(self, other: Tally) -> None:
        """Add what a part has come to; states that two parts met are counted in both."""
        self.runs += other.runs
        self.states += other.states
        self.pruned += other.pruned
        self.depth = max(self.depth, other.depth)
        self.forgetful |= other.forgetful
        self.lost(other.owners_lost)
        for name, found in other.found.items():
            self.better(name, found)
