"""Covers what would answer the question of a step, as long as nobody has answered it.

One rule for the program's window and for the audience's: both show the same sessions, and the views
ask these what is covered. Whoever leaves the step plays around, and sees everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.errors import OwnerscopeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.lesson.schema import Question
    from gui.compare_session import CompareSession
    from gui.covered import Covered
    from gui.lesson_hall import Hall
    from gui.lesson_session import LessonSession


class LessonCover(QObject):
    """Follows a lesson.

    Args:
        lessons: The lesson under way.
        controller: The window and what its workspaces are about.
        comparison: The Compare workspace's session.
    """

    def __init__(
        self, lessons: LessonSession, controller: Hall, comparison: CompareSession
    ) -> None:
        super().__init__(lessons)
        self._lessons, self._controller, self._comparison = lessons, controller, comparison
        self._used: list[Covered] = []
        for changed in (
            lessons.stage.shown, lessons.step_changed, lessons.away_changed,
            lessons.lesson_changed, lessons.failed,
        ):  # fmt: skip
            changed.connect(self.renew)
        lessons.question_changed.connect(self._go_on)

    def renew(self, *_: object) -> None:
        """Cover what is to be covered now, and nothing else."""
        from core.lesson.covered import covered

        step = self._lessons.step
        asked = tuple(self._open())
        places = covered((question, self._is_here(question)) for question in asked)
        self._hold(asked)
        here = self._covered_of(step.workspace) if step is not None and places else None
        for each in self._used:
            if each is not here:
                each.cover(frozenset())
        if here is not None:
            if here not in self._used:
                self._used.append(here)
            here.cover(places)

    def _covered_of(self, workspace: str) -> Covered:
        if workspace == "compare":
            return self._comparison.cursor.covered
        if workspace == "layout":
            return self._controller.layouts.covered
        if workspace == "recordings":
            return self._controller.recordings.covered
        return self._controller.session.covered

    def _hold(self, asked: tuple[Question, ...]) -> None:
        """Let what plays by itself wait as long as it would play to an answer."""
        stage = self._lessons.stage
        played = stage.played
        places = [self._place(question) for question in asked if question.position]
        stage.held = played is not None and any(played[0] < at <= played[1] for at in places)

    def _go_on(self) -> None:
        """Show what was answered, and play what waited for it."""
        stage, step = self._lessons.stage, self._lessons.step
        held = stage.held
        self.renew()
        if held and not stage.held and step is not None and not self._lessons.away:
            stage.play(step)

    def _open(self) -> Iterator[Question]:
        """Yield the questions nobody has answered."""
        if self._lessons.away or self._lessons.step is None:
            return
        for asked in self._lessons.questions:
            if asked.answers is not None and not asked.revealed:
                yield asked.question

    def _is_here(self, question: Question) -> bool:
        """Whether the answer is true at the cursor."""
        return not question.position or self._place(question) in (self._lessons.stage.position, -2)

    def _place(self, question: Question) -> int:
        """Return where in the run the answer is true, -2 where there is no run."""
        from core.lesson.positions import position_of

        what = self._lessons.stage.what
        if what.trace is None:
            return -2
        try:
            return position_of(question.position, what.trace, what.others)
        except OwnerscopeError:
            return -2
