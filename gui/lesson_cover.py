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
            lessons.stage.shown, lessons.step_changed, lessons.question_changed,
            lessons.away_changed, lessons.lesson_changed, lessons.failed,
        ):  # fmt: skip
            changed.connect(self.renew)

    def renew(self, *_: object) -> None:
        """Cover what is to be covered now, and nothing else."""
        from core.lesson.covered import covered

        step = self._lessons.step
        places = covered(self._open()) if step is not None else frozenset()
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

    def _open(self) -> Iterator[tuple[Question, bool]]:
        """Yield the questions nobody has answered, and whether the answer is true at the cursor."""
        if self._lessons.away:
            return
        for asked in self._lessons.questions:
            if asked.answers is not None and not asked.revealed:
                yield asked.question, self._is_here(asked.question)

    def _is_here(self, question: Question) -> bool:
        from core.lesson.positions import position_of

        stage = self._lessons.stage
        if not question.position or stage.what.trace is None:
            return True
        try:
            at = position_of(question.position, stage.what.trace, stage.what.others)
        except OwnerscopeError:
            return False
        return at == stage.position
