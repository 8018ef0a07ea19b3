"""Where the cursor will probably go next, so that what takes time is worked out before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.trace.trace import Frame, State, Trace


class Expected(NamedTuple):
    """A place in a run, as a session knows the one that its cursor is at.

    Attributes:
        trace: The run.
        position: The place.
        essential_only: Whether only the mail's chain will be shown.
        covered: What will not be said; nobody knows yet.
    """

    trace: Trace
    position: int
    essential_only: bool
    covered: frozenset[str] = frozenset()

    def state(self) -> State:
        """Return the state there."""
        return self.trace.state_at(self.position)

    def frames(self) -> tuple[Frame, ...]:
        """Return the stack there, only the mail's chain if that will be shown."""
        frames = self.trace.frames_at(self.position)
        if self.essential_only:
            return tuple(frame for frame in frames if frame.function.essential)
        return tuple(frames)
