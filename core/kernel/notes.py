"""What an observer writes down about a run: what went wrong in it, whoever asks later.

The simulated kernel does not act on any of it. Properties of explored runs are read off here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BY_DESIGN = "short-circuited by design"
IN_INTERRUPT = "in an interrupt that came amid a save"
FALSE_HIT = "short-circuited though its task was in no save"
NO_HANDLE = "the depot gave no handle"


@dataclass(slots=True)
class Remark:
    """One thing that went wrong: where in the trace, and the sentence."""

    event: int
    sentence: str


@dataclass(slots=True)
class Notes:
    """All remarks of a run.

    Attributes:
        lost_updates: Stores that undid another context's.
        stuck: Guards that are set while no save is in progress.
        false_hits: Short-circuits in a context that was in no save.
        too_deep: Saves past the guard's maximum depth.
        failed: Pages whose handle is failure_handle.
        owners_lost: Pages that lost their owner, by reason.
        first_loss: Position of the event at which the first one did, -1 for none.
    """

    lost_updates: list[Remark] = field(default_factory=list)
    stuck: list[Remark] = field(default_factory=list)
    false_hits: list[Remark] = field(default_factory=list)
    too_deep: list[Remark] = field(default_factory=list)
    failed: list[Remark] = field(default_factory=list)
    owners_lost: dict[str, int] = field(default_factory=dict)
    first_loss: int = -1

    def lose_owner(self, reason: str, event: int) -> None:
        """Count a page that lost its owner at an event."""
        if self.first_loss < 0:
            self.first_loss = event
        self.owners_lost[reason] = self.owners_lost.get(reason, 0) + 1

    def clear(self) -> None:
        """Forget everything."""
        for remarks in (
            self.lost_updates,
            self.stuck,
            self.false_hits,
            self.too_deep,
            self.failed,
        ):
            remarks.clear()
        self.owners_lost.clear()
        self.first_loss = -1
