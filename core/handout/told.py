"""From a lesson to what its handout says: what each step shows in words, and what was asked."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from core.errors import LessonError
from core.handout.model import Asked, Page
from core.lesson.check import left_out
from core.lesson.positions import position_of
from core.lesson.questions import answers_in
from core.lesson.runs import Shown, shown_by
from core.lesson.text import state_sentence

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep

_MOST_NAMES = 12
"""As many frames as a sentence can name."""


class Showing:
    """What steps show, made once for all steps that show the same."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._shown = Shown()

    def of(self, step: ResolvedStep) -> Shown:
        """Return what a step shows.

        Raises:
            LessonError: It does not exist.
        """
        key = (
            step.workspace, step.scenario, tuple(sorted(step.settings.items())), step.overrides,
            step.lanes, step.recording, step.plays_recording, step.layout, step.field, step.place,
        )  # fmt: skip
        if step.problem or key != self._key:
            # Steps that show the same mostly follow each other; one run is kept, not all of them.
            self._key, self._shown = None, Shown()
            self._shown = shown_by(step)
            self._key = key
        return self._shown


def page_of(step: ResolvedStep, shown: Shown) -> Page:
    """Return a step's text, what it shows in words, and its questions; no picture."""
    try:
        alt, caption = _alt(step, shown), state_sentence(step, shown)
    except LessonError as error:
        return broken_page(step, str(error))
    asked: list[Asked] = []
    missing = [left_out(step, shown)]
    for number in range(1, len(step.step.questions) + 1):
        try:
            asked.append(_asked(step, shown, number))
        except LessonError as error:
            missing.append(str(error))
    written = step.step
    return Page(
        step.title, written.text, written.notes, alt, caption, asked=tuple(asked),
        left_out=". ".join(filter(None, missing)),
    )  # fmt: skip


def broken_page(step: ResolvedStep, problem: str) -> Page:
    """Return the page of a step that cannot be shown: its text, and why."""
    return Page(step.title, step.step.text, step.step.notes, problem=problem)


def _asked(step: ResolvedStep, shown: Shown, number: int) -> Asked:
    question = step.step.questions[number - 1]
    answers = answers_in(step, shown, number)
    return Asked(question.ask, answers.choices, answers.free, question.explain)


def _alt(step: ResolvedStep, shown: Shown) -> str:
    """Return what a step shows, with the stack as a person sees it who sees the picture."""
    sentence = state_sentence(step, shown)
    if shown.trace is None or len(shown.lanes) > 1 or step.workspace != "live":
        return sentence
    position = position_of(step.step.position, shown.trace, shown.others, where=step.where)
    functions = [frame.function for frame in shown.trace.frames_at(position)]
    names = [each.essential if step.essential else each.name for each in functions]
    names = [name for name in names if name]
    if not names:
        return sentence
    more = len(names) - _MOST_NAMES
    first = f"{more:,} more, " if more > 0 else ""
    return f"{sentence} On the stack, outermost first: {first}{', '.join(names[-_MOST_NAMES:])}."
