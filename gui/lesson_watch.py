"""Tells whether what is shown is still the step, or the user has changed something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from gui.compare_session import CompareSession
    from gui.lesson_hall import Hall
    from gui.lesson_stage import LessonStage

    What = tuple[object, ...]


class LessonWatch(QObject):
    """Remembers what a step looked like, and compares.

    Args:
        controller: The window, its session and its clock.
        comparison: The Compare workspace's session.
        stage: Where the step was put.

    Signals:
        changed: Whether what is shown is another thing than the step.
    """

    changed = Signal(bool)

    def __init__(
        self,
        controller: Hall,
        comparison: CompareSession,
        stage: LessonStage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller, self._comparison, self._stage = controller, comparison, stage
        self._step: ResolvedStep | None = None
        self._was: What = ()
        self._layouts = self._recordings = False
        session = controller.session
        for signal in (
            session.position_changed, session.source_changed, session.trace_changed,
            session.essential_changed, controller.window.workspace_shown,
            comparison.moment_changed, comparison.lanes_changed,
        ):  # fmt: skip
            signal.connect(self._compare)

    def forget(self) -> None:
        """Compare with nothing, as while another step is on its way."""
        self._step = None

    def remember(self, step: ResolvedStep) -> None:
        """What is shown now is the step."""
        if step.workspace == "layout" and not self._layouts:
            self._layouts = True
            for signal in (
                self._controller.layouts.layout_changed, self._controller.layouts.answer_changed,
            ):  # fmt: skip
                signal.connect(self._compare)
        if step.workspace == "recordings" and not self._recordings:
            self._recordings = True
            for signal in (
                self._controller.recordings.recording_changed,
                self._controller.recordings.look_changed,
                self._controller.recordings.filter_changed,
            ):
                signal.connect(self._compare)
        self._step = step
        self._was = self._what()

    def _compare(self, *_: object) -> None:
        if self._step is not None:
            self.changed.emit(self._what() != self._was)

    def _what(self) -> What:
        """Return what tells a step from something else, as far as its workspace shows it."""
        assert self._step is not None
        controller, session = self._controller, self._controller.session
        workspace: object = controller.window.workspace
        source = session.source.where if session.source is not None else ""
        if session.source is None and session.trace is not None:
            source = session.trace.info.scenario  # one that was recorded, or saved without it
        run: What = (source, session.settings, session.overrides, session.essential_only)
        if self._step.workspace == "compare":
            return workspace, run, self._comparison.lanes, self._comparison.moment
        if self._step.workspace == "layout":
            layouts = controller.layouts
            return workspace, layouts.opened, layouts.field_text, layouts.place
        if self._step.workspace == "recordings":
            recordings = controller.recordings
            shown = recordings.filter, recordings.hidden, recordings.kept, recordings.inverted
            return workspace, recordings.title, recordings.order, recordings.view, shown
        return workspace, run, self._place()

    def _place(self) -> int:
        """Return the cursor's position; all of what plays by itself is one place."""
        position, played = self._controller.session.position, self._stage.played
        if played is not None and played[0] <= position <= played[1]:
            return played[0]
        return position
