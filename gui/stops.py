"""Where playing stops: the stops of what is open, and their hits in the run at hand.

A scenario brings its stops along; what the user changes is kept for that scenario and takes their
place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import ScenarioError
from core.scenario.loader import bundled

if TYPE_CHECKING:
    from core.scenario.loader import ScenarioText
    from core.trace.index import Positions
    from core.trace.stops import Stop
    from core.trace.trace import Trace
    from gui.session import Session
    from gui.settings import Settings


class Stops(QObject):
    """The stops of a session, in the order in which they were added.

    Signals:
        changed: Other stops, or the same ones in another run: hits have to be asked for again.

    Args:
        session: Whose run they stop; it owns this object.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._settings: Settings | None = None
        self._listed: tuple[Stop, ...] = ()
        self._saved: ScenarioText | None = None
        self._of: tuple[str, tuple[str, ...]] | None = None
        self._trace: Trace | None = None
        self._hits: dict[Stop, Positions] = {}
        self._merged: Positions | None = None
        session.source_changed.connect(self._take_source)
        session.trace_changed.connect(self.changed)

    def keep_in(self, settings: Settings) -> None:
        """Remember the user's stops in these settings, and take those that are there."""
        self._settings = settings
        self._of = None
        if self._session.source is not None:
            self._take_source()

    # -- which there are ------------------------------------------------------------------

    @property
    def listed(self) -> tuple[Stop, ...]:
        """All stops, those that are off too."""
        return self._listed

    @property
    def of_scenario(self) -> tuple[Stop, ...]:
        """The stops that the open scenario brings along."""
        return _stops_of(self._own_texts())

    def add(self, stop: Stop) -> None:
        """Add a stop and turn it on; one that is there already is only turned on."""
        stop = stop.switched(True)
        at = self._index(stop)
        if at is None:
            self.replace((*self._listed, stop))
        else:
            self.replace((*self._listed[:at], stop, *self._listed[at + 1 :]))

    def remove(self, stop: Stop) -> None:
        """Take a stop away."""
        self.replace(tuple(each for each in self._listed if not each.same_as(stop)))

    def toggle(self, stop: Stop) -> None:
        """Turn a stop of the list on or off."""
        self.replace(
            tuple(
                each.switched(not each.enabled) if each.same_as(stop) else each
                for each in self._listed
            )
        )

    def toggle_function(self, name: str) -> None:
        """Add a stop at each call of a function, or take it away where it is there and on."""
        from core.trace.stops import Stop

        stop = Stop("function", name)
        if stop in self._listed:
            self.remove(stop)
        else:
            self.add(stop)

    def toggle_here(self) -> None:
        """Do so for the function of the frame that is selected, or of the innermost one."""
        frames, selected = self._session.frames(), self._session.selected_frame
        if frames:
            at = selected if selected is not None and selected < len(frames) else -1
            self.toggle_function(frames[at].function.name)

    def clear(self) -> None:
        """Take all stops away."""
        self.replace(())

    def replace(self, stops: Iterable[Stop], *, remember: bool = True) -> None:
        """Put other stops in the place of all.

        Args:
            stops: The new ones.
            remember: Whether they become the user's own for the open scenario.
        """
        listed = tuple(stops)
        if listed == self._listed:
            return
        self._listed = listed
        self._merged = None
        if remember:
            self._remember()
        self.changed.emit()

    def show_saved(self, stops: Iterable[Stop]) -> None:
        """Show the stops of a saved run; the user's own for its scenario stay what they are."""
        self._saved, self._of = self._session.source, None
        self.replace(stops, remember=False)

    def _index(self, stop: Stop) -> int | None:
        return next((at for at, each in enumerate(self._listed) if each.same_as(stop)), None)

    # -- what the scenario says, and what the user keeps --------------------------------------

    def _own_texts(self) -> tuple[str, ...]:
        plan = self._session.plan
        return plan.scenario.stops if plan is not None else ()

    def _take_source(self) -> None:
        """Take the stops of a scenario that was opened, or whose list was edited in its file."""
        source = self._session.source
        if source is None:
            # A saved run without its scenario: nothing says what to stop at.
            self._of = None
            self.replace((), remember=False)
            return
        if source is self._saved:
            return  # the saved run with another guard, say: its stops stay
        self._saved = None
        of = source.where, self._own_texts()
        if of == self._of:
            return
        self._of = of
        kept = self._settings.stops(scenario_key(source.where)) if self._settings else None
        self.replace(_stops_of(of[1] if kept is None else kept), remember=False)

    def _remember(self) -> None:
        from core.trace.stops import format_stop

        source = self._session.source
        if self._settings is None or source is None or source is self._saved:
            return
        texts = [format_stop(stop) for stop in self._listed]
        own = [format_stop(stop) for stop in self.of_scenario]
        self._settings.set_stops(scenario_key(source.where), None if texts == own else texts)

    # -- where they stop ------------------------------------------------------------------

    def hits(self) -> Positions:
        """Return all positions at which playing stops, rising, each once."""
        import numpy as np

        self._follow_trace()
        if self._merged is None:
            found = [self.hits_of(stop) for stop in self._listed if stop.enabled]
            self._merged = (
                np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int32)
            )
        return self._merged

    def hits_of(self, stop: Stop) -> Positions:
        """Return the positions of one stop, on or off, rising."""
        import numpy as np

        from core.trace.stops import positions

        self._follow_trace()
        if self._trace is None:
            return np.empty(0, dtype=np.int32)
        key = stop.switched(True)
        if key not in self._hits:
            self._hits[key] = positions(self._trace, key)
        return self._hits[key]

    def count(self, stop: Stop) -> int:
        """Return how often a stop is hit in the run at hand."""
        return len(self.hits_of(stop))

    def next(self, position: int) -> int | None:
        """Return the first position after another at which playing stops, None without one."""
        from core.trace.stops import after

        return after(self.hits(), position)

    def previous(self, position: int) -> int | None:
        """Return the last position before another at which playing stops, None without one."""
        from core.trace.stops import before

        return before(self.hits(), position)

    def at(self, position: int) -> Stop | None:
        """Return the first stop that is on and is hit at a position, None where none is."""
        from core.trace.stops import before

        for stop in self._listed:
            if stop.enabled and before(self.hits_of(stop), position + 1) == position:
                return stop
        return None

    def _follow_trace(self) -> None:
        """Forget the hits in a run that is no longer at hand."""
        if self._trace is not self._session.trace:
            self._trace = self._session.trace
            self._hits.clear()
            self._merged = None


def scenario_key(where: str) -> str:
    """Return what a scenario's stops are kept under: its name, or the whole path of its file."""
    return where if where in bundled() else str(Path(where).absolute())


def _stops_of(texts: Sequence[str]) -> tuple[Stop, ...]:
    """Return the stops among some texts: what the settings hold may be from another version."""
    from core.trace.stops import parse_stop

    found: list[Stop] = []
    for text in texts:
        try:
            stop = parse_stop(text)
        except ScenarioError:
            continue
        if not any(stop.same_as(each) for each in found):
            found.append(stop)
    return tuple(found)
