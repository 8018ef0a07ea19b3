"""The lesson that runs in a window: its steps, which of them is shown, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import OwnerscopeError
from core.lesson.runs import Shown
from gui.lesson_cover import LessonCover
from gui.lesson_stage import LessonStage
from gui.lesson_watch import LessonWatch
from gui.widgets.arrange import lay_out_now
from gui.widgets.in_sight import together

if TYPE_CHECKING:
    from core.lesson.loader import LessonText
    from core.lesson.questions import Answers
    from core.lesson.resolved import ResolvedStep
    from core.lesson.schema import Question
    from gui.compare_session import CompareSession
    from gui.lesson_hall import Hall

AHEAD_MS = 120
"""How long a step has been there before the next one is prepared."""


@dataclass(frozen=True)
class Asked:
    """A question of the step that is shown.

    Attributes:
        question: As the lesson has it.
        answers: The choices and the right answer, taken from the run; None where there is none.
        problem: Why there is none, as a sentence.
        given: What was answered; empty where nothing was.
        right: Whether that is right; None before an answer.
        revealed: Whether the right answer is in sight.
    """

    question: Question
    answers: Answers | None = None
    problem: str = ""
    given: str = ""
    right: bool | None = None
    revealed: bool = False

    @property
    def answer(self) -> str:
        """The right answer."""
        answers = self.answers
        if answers is None:
            return ""
        return answers.free if answers.right is None else answers.choices[answers.right]


class LessonSession(QObject):
    """The lesson under way, None where there is none.

    Args:
        controller: The window, its session and its clock.
        comparison: The Compare workspace's session.

    Attributes:
        opened: The lesson with where it was read from.
        steps: Its steps, each with what it takes over from those before.
        index: Which of them is shown, -1 where none is.
        away: The user changed something since the step was shown.
        problem: What cannot be shown of the step, as a sentence that names it; else empty.
        unseen: The same where nothing of it can be.

    Signals:
        lesson_changed: Another lesson runs, or none.
        step_changed: Another step is shown, or the same one again; carries its index.
        away_changed: The user left the step, or is back.
        answered: Number of the question, and whether the answer was right.
        question_changed: A question is answered or its answer in sight; carries its number.
        failed: Index of the step that cannot be shown, and why.
    """

    lesson_changed = Signal()
    step_changed = Signal(int)
    away_changed = Signal(bool)
    answered = Signal(int, bool)
    question_changed = Signal(int)
    failed = Signal(int, str)

    def __init__(
        self, controller: Hall, comparison: CompareSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.stage = LessonStage(controller, comparison, self)
        self._watch = LessonWatch(controller, comparison, self.stage, self)
        self.opened: LessonText | None = None
        self.steps: tuple[ResolvedStep, ...] = ()
        self.index = -1
        self.away = False
        self.problem = self.unseen = ""
        self._asked: dict[int, tuple[Asked, ...]] = {}
        self._later = QTimer(self, singleShot=True, interval=AHEAD_MS)
        self._later.timeout.connect(self._prepare)
        self.stage.shown.connect(self._shown)
        self.stage.failed.connect(self._cannot_show)
        self._watch.changed.connect(self._look_away)
        self.cover = LessonCover(self, controller, comparison)

    # -- the lesson -----------------------------------------------------------------------

    @property
    def lesson(self) -> LessonText | None:
        """The lesson under way, as ``open`` got it."""
        return self.opened

    @property
    def step(self) -> ResolvedStep | None:
        """The step that is shown."""
        return self.steps[self.index] if 0 <= self.index < len(self.steps) else None

    @property
    def running(self) -> bool:
        """Whether a lesson is under way."""
        return self.opened is not None

    def open(self, lesson: LessonText, index: int = 0) -> None:
        """Begin a lesson, at its first step or another one."""
        from core.lesson.resolved import resolve

        self.stage.leave()
        self.opened, self.steps, self.index = lesson, resolve(lesson.lesson, lesson.folder), -1
        self._asked.clear()
        self.lesson_changed.emit()
        self.show_step(index)

    def close(self) -> None:
        """End the lesson; what is shown stays as it is."""
        if self.opened is None:
            return
        self._later.stop()
        self._watch.forget()
        self.stage.leave()
        self.opened, self.steps, self.index = None, (), -1
        self.problem = self.unseen = ""
        self._asked.clear()
        self._set_away(away=False)
        self.lesson_changed.emit()

    # -- its steps ------------------------------------------------------------------------

    def show_step(self, index: int) -> None:
        """Show a step; out of range is brought into range."""
        if not self.steps:
            return
        self.index = max(0, min(index, len(self.steps) - 1))
        self.problem = self.unseen = ""
        self._watch.forget()
        with together():
            self.stage.show(self.steps[self.index])
            # Not before: who hears of it asks for the questions, which need what the step shows.
            self._set_away(away=False)
            self.step_changed.emit(self.index)
        lay_out_now()
        self._later.start()

    def next(self) -> bool:
        """Show the next step; False where this is the last one."""
        return self._move(1)

    def previous(self) -> bool:
        """Show the step before; False where this is the first one."""
        return self._move(-1)

    def _move(self, by: int) -> bool:
        if not 0 <= self.index + by < len(self.steps):
            return False
        self.show_step(self.index + by)
        return True

    def first(self) -> None:
        """Show the first step."""
        self.show_step(0)

    def last(self) -> None:
        """Show the last step."""
        self.show_step(len(self.steps) - 1)

    def back_to_step(self) -> None:
        """Show the step as it was, whatever has been changed since."""
        self.show_step(self.index)

    def _shown(self) -> None:
        step = self.steps[self.index]
        self._watch.remember(step)
        missing = self._missing(step)
        if missing:
            self._failed(missing)

    def _missing(self, step: ResolvedStep) -> str:
        from core.lesson.check import left_out

        written = step.step
        parts = (written.highlights, written.zoom, written.play, written.view)
        return left_out(step, self.stage.what) if any(parts) else ""

    def _cannot_show(self, sentence: str) -> None:
        self.unseen = sentence
        self._failed(sentence)

    def _failed(self, sentence: str) -> None:
        self.problem = sentence
        self.failed.emit(self.index, sentence)

    def _look_away(self, away: bool) -> None:
        self._set_away(away=away)

    def _set_away(self, *, away: bool) -> None:
        if away != self.away:
            self.away = away
            self.away_changed.emit(away)

    def _prepare(self) -> None:
        if 0 <= self.index + 1 < len(self.steps):
            self.stage.prepare(self.steps[self.index + 1])

    # -- its questions --------------------------------------------------------------------

    @property
    def questions(self) -> tuple[Asked, ...]:
        """The questions of the step that is shown, with what was answered."""
        step = self.step
        if step is None or not step.step.questions or self.stage.what == Shown():
            return ()
        if self.index not in self._asked:
            numbers = range(1, len(step.step.questions) + 1)
            self._asked[self.index] = tuple(self._ask(step, number) for number in numbers)
        return self._asked[self.index]

    def _ask(self, step: ResolvedStep, number: int) -> Asked:
        from core.lesson.questions import answers_in

        question = step.step.questions[number - 1]
        try:
            return Asked(question, answers_in(step, self.stage.what, number))
        except OwnerscopeError as error:
            return Asked(question, problem=str(error))

    def answer(self, question: int, choice: int | str) -> None:
        """Answer a question, with the number of a choice or in words; the answer is in sight then.

        A question that was answered, or whose answer is in sight, is answered no more.
        """
        asked = self.questions[question]
        if asked.answers is None or asked.revealed:
            return
        given = asked.answers.choices[choice] if isinstance(choice, int) else choice.strip()
        right = asked.answers.accepts(choice)
        self._put(question, replace(asked, given=given, right=right, revealed=True))
        self.answered.emit(question, right)

    def reveal(self, question: int) -> None:
        """Bring the right answer in sight without one."""
        asked = self.questions[question]
        if not asked.revealed:
            self._put(question, replace(asked, revealed=True))

    def ask_again(self) -> None:
        """Ask all questions as if nobody had heard the answers: here is another class."""
        here = range(len(self._asked.get(self.index, ())))
        self._asked.clear()
        for question in here:
            self.question_changed.emit(question)

    def _put(self, question: int, asked: Asked) -> None:
        known = self._asked[self.index]
        self._asked[self.index] = (*known[:question], asked, *known[question + 1 :])
        self.question_changed.emit(question)
