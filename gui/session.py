"""The one mutable object: what is open, where the cursor is, which guard runs.

Every way to move ends in ``seek``. Panels hear the signals, call the methods and never know each
other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import OwnerscopeError
from core.scenario.loader import ScenarioText, Value, checked, open_scenario
from gui.stops import Stops

if TYPE_CHECKING:
    from core.scenario.run import Overrides, Plan
    from core.scenario.schema import Parameter
    from core.trace.trace import Frame, State, Trace
    from gui.runner import Runner

    MadeFrom = tuple[ScenarioText | None, dict[str, Value], Overrides]


class Session(QObject):
    """What is open and where the cursor is.

    Attributes:
        made_from: The scenario, parameters and overrides of the run at hand; those in force may
            be of a run that is still under way.

    Signals:
        source_changed: Another scenario, or other parameters or overrides.
        trace_changed: Another run is at hand; the position is set already.
        position_changed: The cursor moved; carries the position.
        essential_changed: "Essential frames only" was switched.
        range_changed: Another part of the run is selected, or none.
        frame_selected: A frame of ``frames()`` was chosen to look at (its index), or None.
        run_started: A run went to the worker.
        run_progressed: Events so far and the budget of the run under way.
        run_ended: The run under way is over, however it ended.
        failed: A sentence about something the user can fix.
        warned: A sentence about the run that was not known before it (the plan has those).
    """

    source_changed = Signal()
    trace_changed = Signal()
    position_changed = Signal(int)
    essential_changed = Signal(bool)
    range_changed = Signal()
    frame_selected = Signal(object)
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
        self.position = -1
        self.essential_only = False
        self.selected_frame: int | None = None
        self.range: tuple[int, int] | None = None
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

    def _take(self, trace: Trace) -> None:
        self.position = self._same_moment(trace)
        self.trace = trace
        self.made_from = self.source, self.settings, self.overrides
        self._state = None
        self.selected_frame = None
        ranged, self.range = self.range is not None, None
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

    def seek(self, position: int) -> None:
        """Move the cursor; every way to move ends here. Out of range is brought into range."""
        if self.trace is None:
            return
        position = max(-1, min(position, len(self.trace) - 1))
        if position != self.position:
            self.position = position
            self._state = None
            self.position_changed.emit(position)

    def step(self, count: int) -> None:
        """Move by so many events; with "essential frames only", by events of those frames."""
        self.seek(self.position_after(count))

    def position_after(self, count: int) -> int:
        """Return where ``step`` would go; it may lie outside of the run."""
        if self.trace is not None and self.essential_only:
            return self._essential_step(count)
        return self.position + count

    def _essential_step(self, count: int) -> int:
        from core.trace.filters import essential_positions

        assert self.trace is not None
        positions = essential_positions(self.trace)
        if not len(positions):
            return self.position
        at = int(positions.searchsorted(positions.dtype.type(self.position), side="left"))
        if count > 0 and (at == len(positions) or int(positions[at]) != self.position):
            at -= 1
        target = at + count
        if target < 0:
            return -1
        return int(positions[min(target, len(positions) - 1)])

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

    def set_essential_only(self, on: bool) -> None:
        """Show only the functions of the mail's chain, or all of them."""
        if on != self.essential_only:
            self.essential_only = on
            self.essential_changed.emit(on)

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

    def clear_range(self) -> None:
        """Select nothing: what counts, counts up to the cursor again."""
        if self.range is not None:
            self.range = None
            self.range_changed.emit()

    # -- moving as a debugger does ----------------------------------------------------------

    def step_in(self) -> None:
        """To the next call or return."""
        self._step_with("step_in")

    def step_over(self) -> None:
        """To the next event of this function."""
        self._step_with("step_over")

    def step_out(self) -> None:
        """To where this function has returned."""
        self._step_with("step_out")

    def step_in_back(self) -> None:
        """To the call or return before."""
        self._step_with("step_in_back")

    def step_over_back(self) -> None:
        """To the event before in this function."""
        self._step_with("step_over_back")

    def step_out_back(self) -> None:
        """To before this function was called."""
        self._step_with("step_out_back")

    def _step_with(self, name: str) -> None:
        from core.trace import stepping

        if self.trace is not None:
            self.seek(getattr(stepping, name)(self.trace, self.position))

    # -- markers --------------------------------------------------------------------------

    def next_marker(self) -> None:
        """To the next short-circuit, warning or end."""
        from core.trace.filters import marker_positions

        if self.trace is not None:
            later = marker_positions(self.trace)
            later = later[later > self.position]
            self.seek(int(later[0]) if len(later) else len(self.trace) - 1)

    def previous_marker(self) -> None:
        """To the short-circuit, warning or end before."""
        from core.trace.filters import marker_positions

        if self.trace is not None:
            earlier = marker_positions(self.trace)
            earlier = earlier[earlier < self.position]
            self.seek(int(earlier[-1]) if len(earlier) else -1)

    def seek_fraction(self, tenths: int) -> None:
        """To so many tenths of the run."""
        if self.trace is not None:
            self.seek(len(self.trace) * tenths // 10 - (tenths == 0))


def _still_fits(known: dict[str, Parameter], name: str, value: Value) -> bool:
    if name not in known:
        return False
    try:
        checked(name, known[name], value)
    except OwnerscopeError:
        return False
    return True
