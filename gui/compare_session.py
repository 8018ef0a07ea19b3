"""What the Compare workspace is about: one scenario, two to four lanes, and one cursor for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Unpack

from PySide6.QtCore import QObject, Signal

from core.compare.lanes import PRESETS, Lane, LaneChanges, labels, preset
from core.errors import OwnerscopeError
from gui.compare_cursor import MomentCursor, Moments
from gui.compare_lane import LETTERS, LaneSession
from gui.compare_runs import LaneRuns
from gui.runner import Runner

if TYPE_CHECKING:
    from core.compare.alignment import Alignment
    from core.scenario.loader import ScenarioText, Value
    from core.scenario.run import Overrides, Plan
    from core.trace.trace import Trace
    from gui.session import Session

AtHand = Callable[["ScenarioText", "dict[str, Value]", "Overrides"], "tuple[Plan, Trace] | None"]
FEWEST, MOST = 2, len(LETTERS)
"""How many lanes there can be."""


@dataclass(frozen=True)
class _Wish:
    """What shall be compared: on what, and the lanes."""

    source: ScenarioText
    settings: dict[str, Value]
    base: Overrides
    lanes: tuple[Lane, ...]
    plans: dict[Overrides, Plan] = field(default_factory=dict)
    traces: dict[Overrides, Trace] = field(default_factory=dict)
    """The runs that are at hand already."""

    def overrides(self) -> list[Overrides]:
        return [lane.overrides(self.base) for lane in self.lanes]

    def same_work(self, other: _Wish | None) -> bool:
        return (
            other is not None
            and self.source.text == other.source.text
            and self.source.where == other.source.where
            and self.settings == other.settings
        )


class CompareSession(QObject):
    """Lanes side by side, on the scenario, parameters and layout that are open in Live.

    Attributes:
        lanes: What each lane changes about the scenario; those wanted, while they are run.
        views: The lanes as sessions of their own, for the views of a single run.
        cursor: The one cursor; ``moment``, ``seek`` and ``step`` are its own.
        alignment: The common axis of the runs at hand, None where there are none.
        at_hand: Returns plan and run of a scenario where somebody else has made it, else None.

    Signals:
        lanes_changed: Other lanes are wanted, or wanted no more.
        traces_changed: Other runs are at hand; all lanes and the moment are set already.
        moment_changed: The cursor moved; carries the moment.
        run_started: A run went to a worker.
        run_progressed: Events so far and the budget, over all lanes that are to run.
        run_ended: The runs under way are over, however they ended.
        failed: A sentence about something the user can fix.
        highlights_changed: A lesson points at something else.
    """

    highlights_changed = Signal()
    lanes_changed = Signal()
    traces_changed = Signal()
    moment_changed = Signal(int)
    run_started = Signal()
    run_progressed = Signal(int, int)
    run_ended = Signal()
    failed = Signal(str)

    def __init__(
        self, session: Session, runner: Runner | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._followed = self._stale = self._held = False
        self.lanes: tuple[Lane, ...] = PRESETS[0].lanes
        self.views: tuple[LaneSession, ...] = ()
        self.cursor = MomentCursor(self)
        self.alignment: Alignment | None = None
        self._shown: _Wish | None = None
        self._wish: _Wish | None = None
        # Of what is shown; what is wished for is kept apart until all of it has run.
        self._plans: dict[Overrides, Plan] = {}
        self._traces: dict[Overrides, Trace] = {}
        self.at_hand: AtHand = lambda _source, _settings, _overrides: None
        self._runs = LaneRuns(runner or Runner(self), self)
        self._runs.started.connect(self.run_started)
        self._runs.progressed.connect(self.run_progressed)
        self._runs.finished.connect(self._show)
        self._runs.failed.connect(self._run_failed)
        self.cursor.position_changed.connect(self._place_lanes)
        self.cursor.essential_changed.connect(self._share_essential)
        session.source_changed.connect(self._source_changed)
        session.highlights_changed.connect(self.highlights_changed)
        session.essential_changed.connect(self.cursor.set_essential_only)
        self.cursor.set_essential_only(session.essential_only)

    # -- what is compared -----------------------------------------------------------------

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The runs at hand, one a lane."""
        return self.cursor.trace.traces if self.cursor.trace is not None else ()

    @property
    def highlights(self) -> tuple[str, ...]:
        """What a lesson points at."""
        return self._session.highlights

    @property
    def labels(self) -> tuple[str, ...]:
        """What tells the lanes at hand apart."""
        return tuple(view.label for view in self.views)

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans of the lanes at hand."""
        return tuple(view.plan for view in self.views if view.plan is not None)

    @property
    def busy(self) -> bool:
        """Whether lanes are still to be run."""
        return self._wish is not None

    def is_shown(self, lanes: Sequence[Lane]) -> bool:
        """Whether these lanes are at hand, on what is open in Live now."""
        shown = self._shown
        if shown is None or self.busy or self._session.source is None:
            return False
        wish = self._wished(tuple(lanes))
        return wish.same_work(shown) and (wish.base, wish.lanes) == (shown.base, shown.lanes)

    def hold(self) -> None:
        """Follow nothing until ``release``: somebody is about to say what is to be compared."""
        self._held, self._followed = True, False

    def release(self, *, following: bool) -> None:
        """Follow what is open in Live again, or do not."""
        self._held = False
        self.follow(following)

    def follow(self, on: bool) -> None:
        """Follow what is open in Live, as long as the comparison is looked at."""
        self._followed = on and not self._held
        if self._followed and (self._stale or (self._shown is None and not self.busy)):
            self._compare(self.lanes, loosen=True)

    def set_lanes(self, lanes: Sequence[Lane]) -> bool:
        """Compare other lanes; what was there stays if one of them cannot be.

        Raises:
            ValueError: They are fewer than two or more than four.
        """
        if not FEWEST <= len(lanes) <= MOST:
            raise ValueError(f"{FEWEST} to {MOST} lanes, not {len(lanes)}")
        return self._compare(tuple(lanes))

    def choose_preset(self, name: str) -> bool:
        """Compare the lanes of a preset."""
        return self.set_lanes(preset(name).lanes)

    def add_lane(self, lane: Lane | None = None) -> bool:
        """Add a lane, a copy of the last one if none is given; False where there are four."""
        if len(self.lanes) >= MOST:
            return False
        return self.set_lanes((*self.lanes, lane or self.lanes[-1]))

    def remove_lane(self, number: int) -> bool:
        """Take a lane away; False where only two are left."""
        if len(self.lanes) <= FEWEST:
            return False
        return self.set_lanes(self.lanes[:number] + self.lanes[number + 1 :])

    def change_lane(self, number: int, **changes: Unpack[LaneChanges]) -> bool:
        """Change guard, max_depth, kernel or arch of a lane; None leaves it to the scenario."""
        changed = replace(self.lanes[number], **changes)
        return self.set_lanes((*self.lanes[:number], changed, *self.lanes[number + 1 :]))

    def _source_changed(self) -> None:
        self._stale = True
        if self._followed:
            self._compare(self.lanes, loosen=True)

    def _compare(
        self, lanes: tuple[Lane, ...], *, loosen: bool = False, again: bool = False
    ) -> bool:
        """Plan all lanes, then run those whose run is not at hand.

        Args:
            lanes: What is wanted.
            loosen: A lane that cannot be on another scenario gives up its kernel and architecture.
            again: Runs at hand do not count.
        """
        if self._session.source is None:
            return False
        wish = self._wished(lanes)
        if self._give_up():
            self.run_ended.emit()
        if again or not wish.same_work(self._shown):
            known, traces = {}, {}
        else:
            known, traces = self._plans, self._traces
        if not again:
            known, traces = self._with_those_at_hand(wish, known, traces)
        try:
            plans = self._planned(wish, known)
        except OwnerscopeError as error:
            bare = tuple(replace(lane, kernel=None, arch=None) for lane in lanes)
            if loosen and bare != lanes:
                return self._compare(bare)
            self.failed.emit(str(error).removeprefix("--set ").removeprefix("--"))
            self.lanes_changed.emit()
            return False
        self._stale = False
        self._wish = replace(wish, plans=plans, traces=traces)
        self.lanes = lanes
        self.lanes_changed.emit()
        wanted = {each: plans[each] for each in plans if each not in traces}
        self._runs.run(wish.source, wish.settings, wanted)
        return True

    def _with_those_at_hand(
        self, wish: _Wish, plans: dict[Overrides, Plan], traces: dict[Overrides, Trace]
    ) -> tuple[dict[Overrides, Plan], dict[Overrides, Trace]]:
        """Return plans and runs, with those that somebody else has made already."""
        for overrides in wish.overrides():
            made = None
            if overrides not in traces:
                made = self.at_hand(wish.source, wish.settings, overrides)
            if made is not None:
                plans = {**plans, overrides: made[0]}
                traces = {**traces, overrides: made[1]}
        return plans, traces

    def _wished(self, lanes: tuple[Lane, ...]) -> _Wish:
        session = self._session
        assert session.source is not None
        return _Wish(session.source, dict(session.settings), session.overrides, lanes)

    @staticmethod
    def _planned(wish: _Wish, known: dict[Overrides, Plan]) -> dict[Overrides, Plan]:
        from core.scenario.run import plan

        return {
            overrides: known.get(overrides) or plan(wish.source, wish.settings, overrides)
            for overrides in dict.fromkeys(wish.overrides())
        }

    # -- running --------------------------------------------------------------------------

    def rerun(self) -> None:
        """Run all lanes again."""
        if not self.busy:
            self._compare(self.lanes, again=True)

    def cancel(self) -> None:
        """Stop the runs under way; what was there stays."""
        if self._give_up():
            self.lanes_changed.emit()
            self.run_ended.emit()

    def _give_up(self) -> bool:
        """Want again what is shown; False where nothing else was wanted."""
        if self._wish is None:
            return False
        self._runs.cancel()
        self._wish = None
        if self._shown is not None:
            self.lanes = self._shown.lanes
        return True

    def _run_failed(self, overrides: Overrides | None, sentence: str) -> None:
        made_with = self._wish.overrides() if self._wish is not None else []
        lane = f"lane {LETTERS[made_with.index(overrides)]}: " if overrides in made_with else ""
        self._give_up()
        self.lanes_changed.emit()
        self.run_ended.emit()
        self.failed.emit(lane + sentence)

    # -- what came of it ------------------------------------------------------------------

    def _show(self) -> None:
        from core.compare.alignment import Alignment

        wish, self._wish = self._wish, None
        if wish is None:
            return
        keys = wish.overrides()
        known = wish.traces | self._runs.traces
        traces = tuple(known[key] for key in keys)
        # What no lane needs any more is not kept: runs are large.
        self._traces, self._runs.traces = {key: known[key] for key in keys}, {}
        self._plans = wish.plans
        alignment = Alignment(traces)
        moment = self._same_moment(wish, alignment)
        self._shown, self.alignment = wish, alignment
        self.cursor.take(Moments(traces, alignment), moment)
        self._fit_views(len(traces))
        names = labels(traces)
        positions = alignment.positions_at(self.cursor.position)
        for view, key, trace, name, position in zip(
            self.views, keys, traces, names, positions, strict=True
        ):
            view.take(self._plans[key], trace, name, position)
        self.traces_changed.emit()
        self.cursor.trace_changed.emit()
        self.cursor.position_changed.emit(self.cursor.position)
        self.run_ended.emit()

    def _fit_views(self, count: int) -> None:
        """Have a session for each lane; those that are there stay."""
        made = list(self.views[:count])
        for number in range(len(made), count):
            view = LaneSession(number, self)
            view.set_essential_only(self.cursor.essential_only)
            view.wanted.connect(self.seek_in)
            made.append(view)
        for gone in self.views[count:]:
            gone.deleteLater()
        self.views = tuple(made)

    def _same_moment(self, wish: _Wish, alignment: Alignment) -> int:
        """Where the cursor goes among other lanes: to the same point of the same operation.

        The first time, and on another scenario, that is where the lanes part first: it is what
        one compares them for.
        """
        old, moment = self.alignment, self.cursor.position
        before = self._shown.source.where if self._shown is not None else None
        if old is None or before != wish.source.where:
            return int(alignment.parting_moments[0]) if len(alignment.parting_moments) else -1
        if moment < 0:
            return -1
        if moment == old.moments - 1:
            return alignment.moments - 1
        operation = old.operation_at(moment)
        if operation >= len(alignment.operation_moments):
            return alignment.moments - 1
        parted = old.parting_at(moment)
        here = alignment.parting_operations.tolist()
        if parted is not None and parted.moment == moment and operation in here:
            return int(alignment.parting_moments[here.index(operation)])
        gone = moment - int(old.operation_moments[operation])
        later = alignment.operation_moments[operation + 1 :]
        end = int(later[0]) if len(later) else alignment.moments
        return min(int(alignment.operation_moments[operation]) + gone, end - 1)

    # -- the cursor -----------------------------------------------------------------------

    @property
    def moment(self) -> int:
        """The moment all lanes are at; -1 before the runs."""
        return self.cursor.position

    def seek(self, moment: int) -> None:
        """Move all lanes to a moment."""
        self.cursor.seek(moment)

    def seek_in(self, number: int, position: int) -> None:
        """Move all lanes to the moment at which one of them has come to a position."""
        if self.alignment is not None:
            self.cursor.seek(self.alignment.moment_of(number, position))

    def step(self, count: int) -> None:
        """Move by so many moments."""
        self.cursor.step(count)

    def next_parting(self) -> bool:
        """To where the lanes part next; False where they do not any more."""
        return self.cursor.next_parting()

    def previous_parting(self) -> bool:
        """To where the lanes parted before; False where they did not."""
        return self.cursor.previous_parting()

    def next_marker(self) -> None:
        """To the next short-circuit, warning, end or parting of any lane."""
        self.cursor.next_marker()

    def previous_marker(self) -> None:
        """To the short-circuit, warning, end or parting before."""
        self.cursor.previous_marker()

    @property
    def parted(self) -> bool:
        """Whether the lanes have parted in the operation at the cursor."""
        return self.alignment is not None and self.alignment.parting_at(self.moment) is not None

    def waits(self, number: int) -> bool:
        """Whether a lane stands still at the cursor while another one moves."""
        alignment, moment = self.alignment, self.moment
        if alignment is None or moment < 0:
            return False
        before, now = alignment.positions_at(moment - 1), alignment.positions_at(moment)
        return before[number] == now[number]

    def _place_lanes(self, moment: int) -> None:
        if self.alignment is None:
            return
        for view, position in zip(self.views, self.alignment.positions_at(moment), strict=True):
            view.place(position)
        self.moment_changed.emit(moment)

    def _share_essential(self, on: bool) -> None:
        for view in self.views:
            view.set_essential_only(on)
        self._session.set_essential_only(on)
