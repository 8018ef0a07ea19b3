"""How long the lesson has been going on."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

Clock = Callable[[], float]


class TalkTimer:
    """Counts seconds, can be paused and set back.

    Args:
        clock: Seconds; only differences count.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._before = 0.0
        self._since: float | None = None

    @property
    def running(self) -> bool:
        """Whether it counts."""
        return self._since is not None

    @property
    def elapsed_s(self) -> float:
        """Seconds counted so far."""
        return self._before + (self._clock() - self._since if self._since is not None else 0.0)

    def start(self) -> None:
        """Count on."""
        if self._since is None:
            self._since = self._clock()

    def pause(self) -> None:
        """Stop counting; what was counted stays."""
        self._before, self._since = self.elapsed_s, None

    def toggle(self) -> None:
        """Pause or count on."""
        if self.running:
            self.pause()
        else:
            self.start()

    def reset(self) -> None:
        """Count from nothing; it goes on where it went."""
        self._before = 0.0
        if self._since is not None:
            self._since = self._clock()


def minutes_text(seconds: float) -> str:
    """Return a duration as 4:07 or 1:02:09."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
