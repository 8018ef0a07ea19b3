"""What is wrong with the steps of the edited lesson, found out while nothing else is to be done."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import OwnerscopeError

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from core.lesson.runs import Shown
    from gui.lesson_editor.document import EditedLesson

QUIET_MS = 300
"""Nothing is run before the user has stopped typing for so long."""
MOST_EVENTS = 1_000_000
"""A step whose run is longer is not checked: that takes a fifth of a second."""
MOST_BYTES = 4 << 20
"""Nor one whose recording is a larger file: reading it takes as long."""
_MOST_KEPT = 6
"""So many runs are kept: going from step to step and back costs none."""


class Checker(QObject):
    """Checks one step at a time, those that changed, the one in hand first.

    Args:
        edited: The lesson.
        parent: The Qt parent.
        quiet_ms: How long to wait after a change.

    Signals:
        checked: Something is known now of a step (its index), or the last problem went.
    """

    checked = Signal(int)

    def __init__(
        self, edited: EditedLesson, parent: QObject | None = None, quiet_ms: int = QUIET_MS
    ) -> None:
        super().__init__(parent)
        self._edited = edited
        self._known: dict[Hashable, tuple[str, ...]] = {}
        self._shown: dict[Hashable, Shown | None] = {}
        self._resolved: tuple[ResolvedStep, ...] = ()
        self._quiet = QTimer(self, singleShot=True, interval=quiet_ms)
        self._quiet.timeout.connect(self._work)
        edited.changed.connect(self.begin)
        edited.current_changed.connect(self.begin)
        edited.path_changed.connect(self.begin)
        self.begin()

    @property
    def busy(self) -> bool:
        """Whether some step has not been checked."""
        return self._quiet.isActive()

    def stop(self) -> None:
        """Check nothing more."""
        self._quiet.stop()

    def begin(self, *_: object) -> None:
        """Look at the lesson as it is now, a moment later."""
        from core.lesson.resolved import resolve

        self._resolved = resolve(self._edited.lesson, self._edited.folder)
        self._quiet.start()

    def step(self, index: int) -> ResolvedStep | None:
        """Return a step with what it takes over from those before."""
        return self._resolved[index] if 0 <= index < len(self._resolved) else None

    def problems(self) -> dict[int, str]:
        """Return what is wrong with which step (by index), as far as it is known."""
        told = {index: self._known.get(_key(step), ()) for index, step in self._all()}
        return {index: "\n".join(problems) for index, problems in told.items() if problems}

    def shown(self, index: int) -> Shown | None:
        """Return what a step shows, where that is known."""
        step = self.step(index)
        return self._shown.get(_run_key(step)) if step is not None else None

    def _all(self) -> list[tuple[int, ResolvedStep]]:
        return list(enumerate(self._resolved))

    def _work(self) -> None:
        """Check the next step that changed, and then let the window do something else."""
        current = self._edited.current
        order = sorted(self._all(), key=lambda each: each[0] != current)
        for index, step in order:
            known = _key(step) in self._known
            if not known or (index == current and _run_key(step) not in self._shown):
                self._check(step)
                self.checked.emit(index)
                self._quiet.start(0)
                return
        self._quiet.setInterval(QUIET_MS)
        self.checked.emit(current)

    def _check(self, step: ResolvedStep) -> None:
        from core.lesson.check import problems_of
        from core.lesson.runs import shown_by

        key = _run_key(step)
        shown: Shown | None = None
        wrong: list[str] = []
        try:
            if not (step.shows_recording and _is_large(step)):
                made = self._shown.pop(key, None) or shown_by(_short(step))
                shown = made if _is_whole(made) else None
            if shown is not None:
                wrong = [each.sentence for each in problems_of(step, shown)]
        except OwnerscopeError as error:
            wrong = [str(error)]
        self._shown[key] = shown
        while len(self._shown) > _MOST_KEPT:
            del self._shown[next(iter(self._shown))]
        self._known[_key(step)] = tuple(_without(each, step.where) for each in wrong)


def _short(step: ResolvedStep) -> ResolvedStep:
    """A run that is long is not run here: the window would stand still meanwhile."""
    budget = min(step.overrides.budget_events, MOST_EVENTS)
    return replace(step, overrides=replace(step.overrides, budget_events=budget))


def _is_large(step: ResolvedStep) -> bool:
    """Whether a step's recording is a file that takes long to read."""
    from core.lesson.recorded import path_of

    return path_of(step.recording, where=step.where).stat().st_size > MOST_BYTES


def _is_whole(shown: Shown) -> bool:
    cut = (t.info.outcome == "budget_exhausted" and len(t) >= MOST_EVENTS for t in shown.lanes)
    return not any(cut)


def _without(sentence: str, where: str) -> str:
    """Beside the step it need not say which step."""
    told = sentence.removeprefix(where).lstrip(": ,")
    return told[:1].upper() + told[1:]


def _key(step: ResolvedStep) -> Hashable:
    # What is said of the step is no part of what can be wrong with it.
    written = step.step
    return (
        _run_key(step), written.position, written.zoom, written.highlights, written.play,
        written.questions, written.view, step.essential,
    )  # fmt: skip


def _run_key(step: ResolvedStep) -> Hashable:
    return (
        step.problem, step.workspace, step.scenario, tuple(sorted(step.settings.items())),
        step.overrides, step.lanes, step.recording, step.plays_recording, step.layout, step.field,
        step.place,
    )  # fmt: skip
