"""One cursor over several runs: it moves through the moments of their alignment.

It can be played and stepped like the session's cursor over one run, so the clock, the transport and
the commands drive it as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.cursor import Cursor

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from core.compare.alignment import Alignment
    from core.trace.events import Kind
    from core.trace.info import TraceInfo
    from core.trace.trace import Trace
    from gui.cursor import Places

    MomentArray = npt.NDArray[np.int64]


class Moments:
    """The moments of some aligned runs, as the clock and the transport ask for them.

    Args:
        traces: The runs, one a lane.
        alignment: Their common axis.
    """

    def __init__(self, traces: Sequence[Trace], alignment: Alignment) -> None:
        self.traces = tuple(traces)
        self.alignment = alignment

    @property
    def info(self) -> TraceInfo:
        """What the runs came from; what differs between lanes is the first one's."""
        return self.traces[0].info

    def __len__(self) -> int:
        return self.alignment.moments

    def kind(self, moment: int) -> Kind:
        """Return what a moment is held like: the weightiest thing that a lane does in it."""
        from core.trace.events import Kind
        from gui.playback import HOLD

        parting = self.alignment.parting_at(moment)
        if parting is not None and parting.moment == moment:
            return Kind.SHORT_CIRCUITED
        here, before = (self.alignment.positions_at(each) for each in (moment, moment - 1))
        kinds = [
            trace.kind(now)
            for trace, now, then in zip(self.traces, here, before, strict=True)
            if now != then
        ]
        return max(kinds, key=lambda kind: HOLD.get(kind, 1.0), default=Kind.STEPPED)

    @cached_property
    def markers(self) -> MomentArray:
        """Moments of a short-circuit, a warning or an end in any lane, and of partings, rising."""
        import numpy as np

        from core.trace.filters import marker_positions

        found = [self._moments_of(lane, marker_positions(t)) for lane, t in enumerate(self.traces)]
        return np.unique(np.concatenate([*found, self.alignment.parting_moments]))

    @cached_property
    def essential(self) -> MomentArray:
        """Moments at which something happens in the mail's chain in any lane, rising."""
        import numpy as np

        from core.trace.filters import essential_positions

        traces = enumerate(self.traces)
        found = [self._moments_of(lane, essential_positions(trace)) for lane, trace in traces]
        return np.unique(np.concatenate([*found, self.alignment.parting_moments]))

    def _moments_of(self, lane: int, positions: npt.NDArray[np.int32]) -> MomentArray:
        return self.alignment.moments_of(lane, positions)


class NoStops:
    """The stops of a comparison: breakpoints belong to a single run, so there are none."""

    def next(self, _moment: int) -> int | None:
        """Return the stop after a moment: none."""
        return None

    def previous(self, _moment: int) -> int | None:
        """Return the stop before a moment: none."""
        return None

    def at(self, _moment: int) -> None:
        """Return the stop at a moment: none."""


class MomentCursor(Cursor):
    """Where all lanes of a comparison are; its places are moments.

    Attributes:
        trace: The moments to move in, None where there are no runs.
        stops: What playing stops at.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trace: Moments | None = None
        self.stops = NoStops()

    def take(self, moments: Moments | None, position: int) -> None:
        """Move in other moments from now on, beginning at one of them. Nothing is told yet."""
        self.trace = moments
        self.position = max(-1, min(position, len(moments or ()) - 1))

    def _markers(self) -> Places:
        assert self.trace is not None
        return self.trace.markers

    def _essential(self) -> Places:
        assert self.trace is not None
        return self.trace.essential

    def next_parting(self) -> bool:
        """To where the lanes part next; False where they do not any more, and nothing moves."""
        return self._to_parting(1)

    def previous_parting(self) -> bool:
        """To where the lanes parted before; False where they did not, and nothing moves."""
        return self._to_parting(-1)

    def _to_parting(self, way: int) -> bool:
        if self.trace is None:
            return False
        at = self.trace.alignment.parting_moments
        found = at[at > self.position] if way > 0 else at[at < self.position]
        if len(found):
            self.seek(int(found[0 if way > 0 else -1]))
        return bool(len(found))

    def _stepped(self, name: str) -> int:
        """Return the nearest moment at which one of the lanes has made such a step."""
        from core.trace import stepping

        assert self.trace is not None
        alignment, step = self.trace.alignment, getattr(stepping, name)
        positions = alignment.positions_at(self.position)
        targets = [
            alignment.moment_of(lane, step(trace, position))
            for lane, (trace, position) in enumerate(zip(self.trace.traces, positions, strict=True))
        ]
        if name.endswith("_back"):
            earlier = [target for target in targets if target < self.position]
            return max(earlier, default=self.position - 1)
        later = [target for target in targets if target > self.position]
        return min(later, default=self.position + 1)
