"""The one mutable object: what is open, where the cursor is, which guard runs.

Every way to move ends in ``seek``. Panels hear the signals, call the methods and never know each
other.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError
from core.scenario.loader import ScenarioText, Value, checked, open_scenario
from gui.cursor import Cursor
from gui.stops import Stops

if TYPE_CHECKING:
    from core.scenario.run import Overrides, Plan
    from core.scenario.schema import Parameter
    from core.trace.index import Positions
    from core.trace.trace import Frame, State, Trace
    from gui.cursor import Places
    from gui.runner import Runner

    MadeFrom = tuple[ScenarioText | None, dict[str, Value], Overrides]


class Cuts(NamedTuple):
    """Calls of a recorded run that another guard would have cut.

    Attributes:
        guard: What the guard is called.
        positions: Positions of the calls, rising, int32.
    """

    guard: str
    positions: Positions


class Session(Cursor):
    """What is open and where the cursor is.

    Attributes:
        made_from: The scenario, parameters and overrides of the run at hand; those in force may
            be of a run that is still under way.
        recorded_in: The file that the run at hand was recorded in; None for one that was not.

    Signals:
        source_changed: Another scenario, or other parameters or overrides.
        trace_changed: Another run is at hand; the position is set already.
        position_changed: The cursor moved; carries the position.
        essential_changed: "Essential frames only" was switched.
        range_changed: Another part of the run is selected, or none.
        cuts_changed: Other calls are marked as those that another guard would have cut.
        frame_selected: A frame of ``frames()`` was chosen to look at (its index), or None.
        highlights_changed: Views are to point at something else (``Step.highlights`` of a lesson).
        expected: The cursor will probably go to a place (an ``Expected``); there is time to
            prepare for it.
        run_started: A run went to the worker.
        run_progressed: Events so far and the budget of the run under way.
        run_ended: The run under way is over, however it ended.
        failed: A sentence about something the user can fix.
        warned: A sentence about the run that was not known before it (the plan has those).
    """

    source_changed = Signal()
    range_changed = Signal()
    cuts_changed = Signal()
    frame_selected = Signal(object)
    highlights_changed = Signal()
    expected = Signal(object)
    run_started = Signal()
    run_progressed = Signal(int, int)
    run_ended = Signal()
    failed = Signal(str)
    warned = Signal(str)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        from core.scenario.run import Overrides

        self._runner = runner
        self.source: ScenarioText | None = None
        self.settings: dict[str, Value] = {}
        self.overrides: Overrides = Overrides()
        self._own_layout: str | None = None
        self.plan: Plan | None = None
        self.trace: Trace | None = None
        self.made_from: MadeFrom = (None, {}, self.overrides)
        self.recorded_in: Path | None = None
        self.selected_frame: int | None = None
        self.range: tuple[int, int] | None = None
        self.cuts: Cuts | None = None
        self.highlights: tuple[str, ...] = ()
        self._state: State | None = None
        self.stops = Stops(self)
        runner.finished.connect(self._take)
        runner.failed.connect(self._run_failed)
        runner.progressed.connect(self.run_progressed)
        runner.started.connect(self.run_started)

    # -- what is open ---------------------------------------------------------------------

    def open(self, name_or_path: str) -> bool:
        """Open a scenario and run it; what was open stays open if that fails."""
        try:
            source = open_scenario(name_or_path)
            source.parameters()
        except OwnerscopeError as error:
            self.failed.emit(str(error))
            return False
        before = self.source, self.settings, self.overrides
        self.source, self.settings = source, {}
        self.overrides = type(self.overrides)(layout=self._own_layout)
        return self._replan(before)

    def open_source(
        self, source: ScenarioText, settings: dict[str, Value], overrides: Overrides
    ) -> bool:
        """Open a scenario that is at hand as text and run it, as ``open`` does."""
        before = self.source, self.settings, self.overrides
        self.source, self.settings, self.overrides = source, settings, overrides
        return self._replan(before)

    def open_run(self, plan: Plan, trace: Trace, made_from: MadeFrom, position: int) -> None:
        """Show a run that was made of a scenario before, at a position, as if it had just run."""
        self.cancel()
        self.source, self.settings, self.overrides = made_from
        self.plan = plan
        self.source_changed.emit()
        self._take(trace, position)

    def open_recorded(self, trace: Trace, file: Path, position: int = -1) -> None:
        """Show a run that was recorded: it can be looked at, and nothing about it be changed."""
        self.cancel()
        self.source, self.settings, self.overrides = None, {}, type(self.overrides)()
        self.plan = None
        self.source_changed.emit()
        self._take(trace, position, file)

    def open_saved(
        self,
        trace: Trace,
        source: ScenarioText | None,
        settings: dict[str, Value],
        overrides: Overrides,
    ) -> None:
        """Show a run that was made before; with its scenario it can be changed and run again."""
        from core.scenario.run import plan

        self.cancel()
        self.source, self.settings, self.overrides = source, settings, overrides
        self.plan, problem = None, ""
        try:
            self.plan = plan(source, settings, overrides) if source is not None else None
        except OwnerscopeError as error:
            problem = f"this run can be looked at, but not run again: {error}"
        self.source_changed.emit()
        self._take(trace)
        if problem:
            self.warned.emit(problem)

    def reload(self) -> bool:
        """Read the open scenario's file again, keeping the parameters it still has."""
        if self.source is None:
            return False
        try:
            source = open_scenario(self.source.where)
            known = source.parameters()
        except OwnerscopeError as error:
            self.failed.emit(str(error))
            return False
        before = self.source, self.settings, self.overrides
        self.source = source
        self.settings = {
            name: value for name, value in self.settings.items() if _still_fits(known, name, value)
        }
        return self._replan(before)

    def set_parameter(self, name: str, value: Value) -> bool:
        """Set a parameter of the scenario and run it again."""
        if self.source is not None and value == self.parameter(name):
            return True
        before = self.source, self.settings, self.overrides
        self.settings = {**self.settings, name: value}
        return self._replan(before)

    def parameter(self, name: str) -> Value:
        """Return a parameter's value in force, an empty text where there is no such parameter."""
        known = self.source.parameters() if self.source is not None else {}
        return self.settings.get(name, known[name].default) if name in known else ""

    def override(self, **changes: str | int | None) -> bool:
        """Change guard, max_depth, arch, kernel or layout and run again; None undoes one."""
        before = self.source, self.settings, self.overrides
        self.overrides = replace(self.overrides, **changes)  # type: ignore[arg-type]
        return self._replan(before)

    def play_with_layout(self, name_or_path: str) -> bool:
        """Use a task_struct for this scenario and those that are opened after it."""
        before, self._own_layout = self._own_layout, name_or_path
        if self.override(layout=name_or_path):
            return True
        self._own_layout = before
        return False

    def rerun(self) -> None:
        """Run what is open again."""
        if self.plan is not None and self.source is not None:
            self._runner.run(self.plan, self.source, self.settings, self.overrides)

    def cancel(self) -> None:
        """Stop the run under way; the trace at hand stays."""
        if self._runner.cancel():
            self.run_ended.emit()

    def _replan(self, before: tuple[ScenarioText | None, dict[str, Value], Overrides]) -> bool:
        from core.scenario.run import plan

        if self.source is None:
            self.source, self.settings, self.overrides = before
            self.failed.emit(
                "this run was saved without its scenario; open a scenario to change what runs"
            )
            self.source_changed.emit()
            return False
        try:
            self.plan = plan(self.source, self.settings, self.overrides)
        except OwnerscopeError as error:
            self.source, self.settings, self.overrides = before
            # In the window nobody typed an option.
            self.failed.emit(str(error).removeprefix("--set ").removeprefix("--"))
            self.source_changed.emit()
            return False
        self.source_changed.emit()
        self.rerun()
        return True

    def _take(
        self, trace: Trace, position: int | None = None, recorded_in: Path | None = None
    ) -> None:
        self.position = self._same_moment(trace) if position is None else position
        self.trace = trace
        self.made_from = self.source, self.settings, self.overrides
        self.recorded_in = recorded_in
        self._state = None
        self.selected_frame = None
        ranged, self.range = self.range is not None, None
        self.cuts = None
        self.trace_changed.emit()
        if ranged:
            self.range_changed.emit()
        self.position_changed.emit(self.position)
        self.run_ended.emit()
        known = self.plan.warnings if self.plan is not None else ()
        for warning in trace.info.warnings:
            if warning not in known:
                self.warned.emit(warning)

    def _same_moment(self, trace: Trace) -> int:
        """Where the cursor goes in another run of what is open: to the same point of the story.

        The end stays the end and a marker the marker of the same number, so that a changed guard
        shows at once what became of the moment. Another scenario begins at its start.
        """
        from core.trace.filters import marker_positions

        old = self.trace
        if old is None or self.position < 0 or old.info.scenario != trace.info.scenario:
            return -1
        last = len(trace) - 1
        if self.position == len(old) - 1:
            return last
        before, now = marker_positions(old).tolist(), marker_positions(trace).tolist()
        if self.position in before:
            at = before.index(self.position)
            return now[at] if at < len(now) else last
        return min(self.position, last)

    def _run_failed(self, sentence: str) -> None:
        self.run_ended.emit()
        self.failed.emit(sentence)

    # -- the cursor -----------------------------------------------------------------------

    def _left(self) -> None:
        self._state = None

    def _markers(self) -> Places:
        from core.trace.filters import marker_positions

        assert self.trace is not None
        return marker_positions(self.trace)

    def _essential(self) -> Places:
        from core.trace.filters import essential_positions

        assert self.trace is not None
        return essential_positions(self.trace)

    def _stepped(self, name: str) -> int:
        from core.trace import stepping

        to: int = getattr(stepping, name)(self.trace, self.position)
        return to

    def state(self) -> State | None:
        """Return the state at the cursor, None where nothing is open."""
        if self._state is None and self.trace is not None:
            self._state = self.trace.state_at(self.position)
        return self._state

    def frames(self) -> tuple[Frame, ...]:
        """Return the stack at the cursor, only the mail's chain if that is wanted."""
        state = self.state()
        if state is None:
            return ()
        if self.essential_only:
            return tuple(frame for frame in state.frames if frame.function.essential)
        return state.frames

    def select_frame(self, index: int | None) -> None:
        """Choose a frame of ``frames()`` to look at; None follows the innermost one."""
        if index != self.selected_frame:
            self.selected_frame = index
            self.frame_selected.emit(index)

    def highlight(self, what: tuple[str, ...]) -> None:
        """Let the views point at something, written as ``Step.highlights`` of a lesson is."""
        if what != self.highlights:
            self.highlights = what
            self.highlights_changed.emit()

    # -- a part of the run ----------------------------------------------------------------

    def select_range(self, first: int, last: int) -> None:
        """Select the events from one position to another; what counts, counts only these."""
        if self.trace is None or not len(self.trace):
            return
        end = len(self.trace) - 1
        ends = sorted(max(0, min(position, end)) for position in (first, last))
        if self.range != (ends[0], ends[1]):
            self.range = ends[0], ends[1]
            self.range_changed.emit()

    def mark_cuts(self, cuts: Cuts | None) -> None:
        """Mark the calls that another guard would have cut, until another run is at hand."""
        self.cuts = cuts
        self.cuts_changed.emit()

    def begin_range(self) -> None:
        """Let the selected part begin at the cursor; without one it goes on to the end."""
        last = len(self.trace or ()) - 1
        end = self.range[1] if self.range is not None and self.range[1] >= self.position else last
        self.select_range(self.position, end)

    def end_range(self) -> None:
        """Let the selected part end at the cursor; without one it begins with the run."""
        start = self.range[0] if self.range is not None and self.range[0] <= self.position else 0
        self.select_range(start, self.position)

    def clear_range(self) -> None:
        """Select nothing: what counts, counts up to the cursor again."""
        if self.range is not None:
            self.range = None
            self.range_changed.emit()


def _still_fits(known: dict[str, Parameter], name: str, value: Value) -> bool:
    if name not in known:
        return False
    try:
        checked(name, known[name], value)
    except OwnerscopeError:
        return False
    return True
