"""Puts a step of a lesson on the stage: opens its run, goes to its place, points at what counts.

What takes time (a long run, lanes, a recording) is finished when it is at hand; until then the
step is ``pending``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import LessonError, OwnerscopeError
from core.lesson.positions import position_of, span_of
from core.lesson.runs import Shown, check_order
from gui.expected import Expected
from gui.lesson_reading import LessonReading
from gui.lesson_recording_look import look_at
from gui.lesson_runs import LessonRuns
from gui.runner import PROBE_EVENTS
from gui.widgets.pointer import wanted as wanted_of

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from core.trace.trace import Trace
    from gui.compare_session import CompareSession
    from gui.lesson_hall import Hall
    from gui.lesson_recordings import Kept
    from gui.lesson_runs import Wanted


class LessonStage(QObject):
    """Shows steps in a window.

    Args:
        controller: The window, its one session and the clock.
        comparison: The Compare workspace's session.

    Attributes:
        runs: The runs at hand.
        reading: The recordings at hand.
        what: What the step is about: its run, the lanes' runs, its recording or its layout.
        position: Where the step is in it.
        played: First and last position of what plays by itself, None where nothing does.
        held: It waits: somebody is to answer first what it would show.

    Signals:
        shown: The step is there.
        failed: It cannot be shown; carries a sentence that names it.
    """

    shown = Signal()
    failed = Signal(str)

    def __init__(
        self, controller: Hall, comparison: CompareSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._controller, self._comparison = controller, comparison
        self.runs = LessonRuns(self)
        self.reading = LessonReading(controller, self)
        self.reading.there.connect(self._recording_there)
        self.reading.failed.connect(self._give_up)
        self.runs.made_ahead.connect(self._expect)
        comparison.at_hand = self.runs.find
        self.what = Shown()
        self.position = -1
        self.played: tuple[int, int] | None = None
        self.held = False
        self._pending: ResolvedStep | None = None
        self._ahead: ResolvedStep | None = None
        self._wanted: Wanted | None = None
        controller.session.trace_changed.connect(self._run_there)
        controller.session.failed.connect(self._give_up)
        # Not when the traces change: the views of the comparison take them first.
        comparison.run_ended.connect(self._lanes_there)
        comparison.failed.connect(self._give_up)

    @property
    def pending(self) -> bool:
        """Whether a step is still to be finished."""
        return self._pending is not None

    # -- showing --------------------------------------------------------------------------

    def show(self, step: ResolvedStep) -> None:
        """Show a step; ``shown`` or ``failed`` follows, at once where it takes no time."""
        self._controller.playback.pause()
        self._ahead = None
        self.what, self.position, self.played = Shown(), -1, None
        self._pending = step
        self.reading.wait_no_more()
        try:
            if step.problem:
                raise LessonError(step.problem)
            if step.is_run:
                self._show_run(step)
            elif step.workspace == "layout":
                self._show_layout(step)
            else:
                self._show_recording(step)
        except OwnerscopeError as error:
            self._give_up(_named(step, str(error)))

    def leave(self) -> None:
        """Wait for nothing any more, and point at nothing."""
        self._pending = self._ahead = None
        self._controller.session.highlight(())
        self._comparison.release(following=self._controller.window.workspace == "compare")
        if not self._controller.plays_with_layouts:
            self._controller.layouts.point(())
            self._controller.plays_with_layouts = True
        self.runs.forget()
        self.reading.leave()

    def _give_up(self, sentence: str) -> None:
        step, self._pending = self._pending, None
        if step is not None:
            self._controller.session.highlight(())
            self._comparison.release(following=self._controller.window.workspace == "compare")
            self.failed.emit(_named(step, sentence))

    def _finish(self, step: ResolvedStep) -> None:
        """Point, show the workspace and let it play; its run is at hand and in place."""
        self._pending = None
        controller = self._controller
        controller.session.highlight(step.step.highlights)
        self._turn_to(step)
        self._comparison.release(following=step.workspace == "compare")
        self._zoom(step)
        self.shown.emit()
        if not self.held:
            self.play(step)

    def _turn_to(self, step: ResolvedStep) -> None:
        window = self._controller.window
        if window.workspace != step.workspace:
            window.show_workspace(step.workspace)

    # -- a run ----------------------------------------------------------------------------

    def _show_run(self, step: ResolvedStep) -> None:
        session = self._controller.session
        wanted = self.runs.wanted(step.scenario, step.settings, step.overrides)
        self._wanted = wanted
        made = self.runs.get(wanted)
        comparing = step.workspace == "compare"
        # Otherwise the lanes of before would run on what is opened now.
        self._comparison.hold()
        session.set_essential_only(step.essential)
        if made is None:
            session.open_source(wanted.source, wanted.settings, wanted.overrides)
            return
        at = -1 if comparing else position_of(step.step.position, made.trace, where=step.where)
        # First, so that only what is looked at has to follow the run at once.
        self._turn_to(step)
        if made.trace is not session.trace:
            made_from = wanted.source, wanted.settings, wanted.overrides
            self._pending = None
            session.open_run(made.plan, made.trace, made_from, at)
            self._pending = step
        self._place(step, made.trace)

    def _run_there(self) -> None:
        session, step, wanted = self._controller.session, self._pending, self._wanted
        if step is None or wanted is None or not step.is_run or session.trace is None:
            return
        if session.plan is not None:
            self.runs.keep(wanted, session.plan, session.trace)
        self._place(step, session.trace)

    def _place(self, step: ResolvedStep, trace: Trace) -> None:
        """Go to the step's place in its run, which is at hand."""
        try:
            if step.workspace == "compare":
                self._show_lanes(step)
                return
            if self.what.trace is not trace:
                self.what = Shown(trace)
            self.position = position_of(step.step.position, trace, where=step.where)
            self.played = _played(step, trace)
            if self.played is not None:
                self.position = self.played[0]
        except OwnerscopeError as error:
            self._give_up(str(error))
            return
        self._controller.session.seek(self.position)
        self._finish(step)

    def _show_lanes(self, step: ResolvedStep) -> None:
        comparison = self._comparison
        if comparison.is_shown(step.lanes):
            self._lanes_there()
        else:
            comparison.set_lanes(step.lanes)

    def _lanes_there(self) -> None:
        step, comparison = self._pending, self._comparison
        if step is None or step.workspace != "compare" or not comparison.is_shown(step.lanes):
            return
        assert comparison.alignment is not None
        traces = comparison.traces
        try:
            position = position_of(step.step.position, traces[0], traces[1:], where=step.where)
        except OwnerscopeError as error:
            self._give_up(str(error))
            return
        self.what, self.position = Shown(traces[0], tuple(traces[1:])), position
        comparison.seek(comparison.alignment.moment_of(0, position) if position >= 0 else -1)
        self._finish(step)

    def _zoom(self, step: ResolvedStep) -> None:
        trace = self.what.trace
        if step.workspace != "timeline" or trace is None:
            return
        viewport = self._controller.viewport
        try:
            viewport.show_positions(*span_of(step.step.zoom, trace, what="a zoom"))
        except LessonError:
            viewport.fit()

    def play(self, step: ResolvedStep) -> None:
        """Let play what plays by itself."""
        if self.played is None or step.step.play is None:
            return
        playback = self._controller.playback
        if self._controller.window.themes.motion:
            playback.set_speed(step.step.play.speed)
            playback.play_to(self.played[1])
        else:
            self._controller.session.seek(self.played[1])

    # -- a layout, a recording ------------------------------------------------------------

    def _show_layout(self, step: ResolvedStep) -> None:
        controller = self._controller
        # What Live plays is not to change behind a step about a layout.
        controller.plays_with_layouts = False
        layouts = controller.layouts
        asking = (step.field, step.place) if step.field else None
        if step.layout and layouts.opened != step.layout and not layouts.open(step.layout, asking):
            return
        if step.field and (layouts.field_text, layouts.place) != (step.field, step.place):
            layouts.ask(step.field, step.place)
        members = wanted_of(step.step.highlights, "member")
        layouts.point(members)
        layouts.select(next(iter(members), ""))
        if self._pending is not None:
            self.what = Shown(analysis=layouts.analysis)
            self._finish(step)

    def _show_recording(self, step: ResolvedStep) -> None:
        kept = self.reading.get(step)
        if kept is not None:
            self._recording_there(kept)

    def _recording_there(self, kept: Kept) -> None:
        step = self._pending
        if step is None or not step.shows_recording:
            return
        recording = kept.recording
        try:
            check_order(step, recording)
            self.what = Shown(recording.trace, recording=recording)
            if step.workspace == "recordings":
                look_at(self._controller.recordings, step, kept)
                self._finish(step)
            elif recording.trace is not None:
                self._play_recorded(step, recording.trace, Path(recording.name))
        except OwnerscopeError as error:
            self._give_up(str(error))

    def _play_recorded(self, step: ResolvedStep, trace: Trace, file: Path) -> None:
        session = self._controller.session
        self._comparison.hold()
        session.set_essential_only(step.essential)
        if trace is not session.trace:
            at = position_of(step.step.position, trace, where=step.where)
            session.open_recorded(trace, file, at)
        self._place(step, trace)

    # -- ahead ----------------------------------------------------------------------------

    def prepare(self, step: ResolvedStep) -> None:
        """Make what a step will need, as far as that is known and takes no notice."""
        if step.problem:
            return
        self._controller.window.build_workspace(step.workspace)
        if step.shows_recording:
            self.reading.prepare(step)
        elif step.workspace == "layout":
            layouts = self._controller.layouts
            field, place = (
                (step.field, step.place) if step.field else (layouts.field_text, layouts.place)
            )
            layouts.prepare(step.layout, field, place)
        if step.is_run:
            try:
                wanted = self.runs.wanted(step.scenario, step.settings, step.overrides)
                self.runs.prepare(wanted)
                if step.workspace == "compare":
                    self._prepare_lanes(step, wanted)
                else:
                    self._ahead = step
                    self._expect()
            except OwnerscopeError:
                return  # it is said when the step is shown

    def _expect(self) -> None:
        """Let the views prepare for the next step's place, once its run is at hand."""
        step = self._ahead
        if step is None:
            return
        wanted = self.runs.wanted(step.scenario, step.settings, step.overrides)
        made = self.runs.find(wanted.source, wanted.settings, wanted.overrides)
        if made is None:
            return
        self._ahead = None
        if len(made.trace) > PROBE_EVENTS:
            return  # it would hold up what is looked at now
        try:
            position = position_of(step.step.position, made.trace, where=step.where)
        except OwnerscopeError:
            return  # it is said when the step is shown
        played = _played(step, made.trace)
        if played is not None:
            position = played[0 if self._controller.window.themes.motion else 1]
        self._controller.session.expected.emit(Expected(made.trace, position, step.essential))

    def _prepare_lanes(self, step: ResolvedStep, wanted: Wanted) -> None:
        from core.compare.differences import differences

        lanes = [
            self.runs.get(replace(wanted, overrides=lane.overrides(step.overrides)))
            for lane in step.lanes
        ]
        made = [lane for lane in lanes if lane is not None]
        if len(made) == len(lanes):
            differences([lane.trace for lane in made], [lane.plan for lane in made])


def _played(step: ResolvedStep, trace: Trace) -> tuple[int, int] | None:
    """Return the part that plays by itself; None for none, or one that is not there."""
    play = step.step.play
    if play is None:
        return None
    try:
        first, last = position_of(play.start, trace), position_of(play.end, trace)
    except LessonError:
        return None
    return (first, last) if first <= last else None


def _named(step: ResolvedStep, sentence: str) -> str:
    """Return a sentence that names the step, once."""
    return sentence if sentence.startswith(step.where) else f"{step.where}: {sentence}"
