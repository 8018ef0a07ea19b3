"""What the class is asked, with the answer taken from the run and wrong ones from it too.

What a recording cannot tell (bytes, bits, how it ended) is no question about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import LessonError, did_you_mean
from core.lesson.positions import calls_of, position_of
from core.lesson.resolved import ResolvedStep
from core.lesson.schema import Question
from core.trace.events import Kind

if TYPE_CHECKING:
    from core.lesson.runs import Shown
    from core.recording.profile import StackProfile
    from core.trace.events import Function
    from core.trace.trace import Trace

Found = tuple[str, Iterable[str]]
"""The right answer and wrong ones, the likeliest mistakes first."""

OUTCOMES = {
    "completed": "It completes",
    "stack_overflow": "The stack overflows",
    "deadlock": "It deadlocks",
    "out_of_memory": "Memory runs out",
    "budget_exhausted": "It goes on for ever",
}
"""How a run can end, in the words of an answer."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a question.

    Attributes:
        choices: What to choose from, each once; empty where the answer is free.
        right: Which of them is right; None where the answer is free.
        free: The right answer as text.
    """

    choices: tuple[str, ...]
    right: int | None
    free: str

    def accepts(self, answer: int | str) -> bool:
        """Whether an answer is right: the number of a choice, or what was typed."""
        if isinstance(answer, int):
            return answer == self.right
        return _bare(answer) == _bare(self.free)


def _bare(text: str) -> str:
    """What is left of an answer without what nobody would hold against it."""
    kept = text.strip().casefold().removesuffix("()").replace(",", "").replace("_", "")
    return " ".join(kept.removesuffix("bytes").removesuffix("byte").split())


def answers_of(
    question: Question, trace: Trace, position: int, *, essential: bool = False, where: str = ""
) -> Answers:
    """Return the answers to a question.

    Args:
        question: The question.
        trace: The run it is about.
        position: Where in the run the answer is true.
        essential: Whether only the functions of the mail's chain are shown, under its names.
        where: What errors begin with: the step.

    Raises:
        LessonError: The run has no answer to it.
    """
    if trace.info.recording is not None:
        _check_recorded(question.about, trace, where)
    if question.about == "function":
        right, wrong = _next_function(trace, position, essential, where)
    elif question.about == "calls":
        right, wrong = _calls(trace, question.function, where)
    elif question.about in _ABOUT:
        right, wrong = _ABOUT[question.about](trace, position, where)
    else:
        raise LessonError(f"a run has no answer about {question.about}", where=where)
    return _answers(question, right, wrong, where)


def _check_recorded(about: str, trace: Trace, where: str) -> None:
    """Refuse to answer from a recording what it does not tell, rather than with a nought."""
    if about in _NOT_RECORDED:
        raise LessonError(f"a recording does not tell {_NOT_RECORDED[about]}", where=where)
    recording = trace.info.recording
    if about == "hits" and recording is not None and recording.guard_hits is None:
        raise LessonError("this file cannot show guard hits", where=where)


def _answers(question: Question, right: str, wrong: Iterable[str], where: str) -> Answers:
    if not question.choices:
        return Answers((), None, right)
    choices = [right, *_first_others(right, wrong, question.choices - 1)]
    if len(choices) < 2:
        raise LessonError("the run offers no second answer to choose from", where=where)
    choices.sort(key=_order)
    return Answers(tuple(choices), choices.index(right), right)


def answers_in(resolved: ResolvedStep, shown: Shown, number: int) -> Answers:
    """Return the answers to a question of a step, whatever it shows.

    Args:
        resolved: The step.
        shown: What it shows.
        number: Which of its questions, from 1.

    Raises:
        LessonError: What it shows has no answer to it.
    """
    question = resolved.step.questions[number - 1]
    where = f"{resolved.where}, question {number}"
    if question.about == "growth":
        if shown.analysis is None or not resolved.field:
            raise LessonError("only a field in a layout makes a struct grow", where=where)
        growth = shown.analysis.ask(resolved.field, resolved.place).what_if.growth.best
        return _answers(question, *_growth(growth, shown.analysis.rules.line_bytes), where)
    if question.about == "records":
        profile = shown.recording.profile if shown.recording is not None else None
        if profile is None:
            raise LessonError("only a recording without order has records to count", where=where)
        return _answers(question, *_records(profile, question.function, where), where)
    if shown.trace is None:
        raise LessonError("only a run can answer a question", where=where)
    text = question.position or resolved.step.position
    position = position_of(text, shown.trace, shown.others, where=where)
    return answers_of(question, shown.trace, position, essential=resolved.essential, where=where)


def _records(profile: StackProfile, function: str, where: str) -> Found:
    import numpy as np

    names, number_of = profile.stacks.names
    if not function or function not in names:
        raise LessonError(_unknown(function, names), where=where)
    is_it = np.asarray(number_of) == names.index(function)
    frames = is_it[profile.stacks.ids]
    # How many of them are in the stacks before each one: the difference says whether one is in it.
    before = np.concatenate(([0], np.cumsum(frames)))
    bounds = profile.stacks.bounds
    has = before[bounds[1:]] > before[bounds[:-1]]
    return _counted(int(profile.by_stack("records")[has].sum()))


def _unknown(function: str, known: Iterable[str]) -> str:
    if not function:
        return "which function is asked about? write function = 'save_stack'"
    near = did_you_mean(function, known)
    advice = f"; {near}" if near.startswith("did you") else ""
    return f"it asks about {function[:80]}, which is not in what is shown{advice}"


def _growth(growth: int, line_bytes: int) -> Found:
    near = (0, 4, line_bytes, 1, 8, growth * 2, 4096)
    return _size(growth), map(_size, near)


def _first_others(right: str, wrong: Iterable[str], most: int) -> list[str]:
    others: list[str] = []
    for each in wrong:
        if len(others) < max(1, most) and each != right and each not in others:
            others.append(each)
    return others


def _order(choice: str) -> tuple[int, str]:
    """Numbers by size and words by letter: the place of an answer tells nothing."""
    digits = choice.partition(" byte")[0].replace(",", "")
    return (int(digits), "") if digits.isdecimal() else (0, choice.lower())


def _next_function(trace: Trace, position: int, essential: bool, where: str) -> Found:
    def name(function: Function) -> str:
        return function.essential if essential else function.name

    for at in range(position + 1, len(trace)):
        if trace.kind(at) is Kind.CALLED and name(trace.function(at)):
            here = [name(trace.function(call)) for call in reversed(trace.calls_at(position))]
            # Those on the stack first, from the innermost: what a person would guess.
            return name(trace.function(at)), filter(None, [*here, *_all_names(trace, name)])
    raise LessonError("nothing is called after this position", where=where)


def _all_names(trace: Trace, name: Callable[[Function], str]) -> list[str]:
    called = {site.function for site in trace.sites if site.kind == Kind.CALLED}
    return sorted({name(trace.functions[number]) for number in called})


def _bit(trace: Trace, position: int, where: str) -> Found:
    guard = trace.info.guard
    if not guard.unit_bytes:
        raise LessonError(f"guard {guard.design} keeps no field to ask about", where=where)
    value = guard.value_of(trace.word_at(position))
    most = (1 << guard.bit_size) - 1
    near = (value - 1, value + 1, 0, 1, 2, 3, value + 2)
    return str(value), (str(each) for each in near if 0 <= each <= most)


def _outcome(trace: Trace, position: int, where: str) -> Found:
    outcome = trace.info.outcome
    return OUTCOMES.get(outcome, outcome.replace("_", " ")), OUTCOMES.values()


def _bytes(trace: Trace, position: int, where: str) -> Found:
    frames = trace.frames_at(position)
    used = frames[-1].used_bytes if frames else 0
    last = frames[-1].function.stack_bytes if frames else 0
    largest = max((frame.function.stack_bytes for frame in frames), default=64)
    # One frame too few or too many, or one counted twice: the mistakes that people make.
    near = (used - last, used + last, used + largest, used - largest, used * 2, used + 64, 64)
    return _size(used), (_size(each) for each in near if each > 0)


def _size(size_bytes: int) -> str:
    return f"{size_bytes:,} byte{'' if size_bytes == 1 else 's'}"


def _saves(trace: Trace, position: int, where: str) -> Found:
    return _counted(sum(name == "save_stack" for name in trace.names_at(position)))


def _hits(trace: Trace, position: int, where: str) -> Found:
    return _counted(len(trace.short_circuits))


def _depth(trace: Trace, position: int, where: str) -> Found:
    return _counted(len(trace.calls_at(position)))


def _calls(trace: Trace, function: str, where: str) -> Found:
    calls = len(calls_of(trace, function)) if function else 0
    if not calls:
        raise LessonError(_unknown(function, _all_names(trace, _name)), where=where)
    return _counted(calls)


def _name(function: Function) -> str:
    return function.name


def _counted(count: int) -> Found:
    near = (count - 1, count + 1, count * 2, count // 2, count + 2, count + 3, count + 4)
    return f"{count:,}", (f"{each:,}" for each in near if each >= 0)


_ABOUT: dict[str, Callable[[Trace, int, str], Found]] = {
    "bit": _bit,
    "outcome": _outcome,
    "bytes": _bytes,
    "saves": _saves,
    "hits": _hits,
    "depth": _depth,
}
_NOT_RECORDED = {
    "bit": "the guard's bits",
    "bytes": "the bytes of its stacks",
    "outcome": "how the run ended",
}
"""What a recorded run has no answer about, as a sentence ends."""
