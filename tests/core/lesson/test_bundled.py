"""Every step of every bundled lesson is run: all it shows exists, all it asks has one answer."""

import re
from importlib import resources

import pytest

from core.lesson.check import problems_of
from core.lesson.loader import bundled, lesson_text, open_lesson, parse
from core.lesson.questions import answers_in
from core.lesson.resolved import ResolvedStep, resolve
from core.lesson.runs import shown_by
from core.lesson.text import step_text

ALL = {
    f"{name}-{step.number}": step
    for name in bundled()
    for step in resolve(open_lesson(name).lesson)
}
STEPS = [pytest.param(step, id=name) for name, step in ALL.items()]
ASKING = [pytest.param(step, id=name) for name, step in ALL.items() if step.step.questions]


def test_the_eight_lessons_are_there_in_order() -> None:
    assert bundled() == (
        "one-bit",
        "too-late",
        "three-ways",
        "depth-law",
        "strictly-current",
        "ia64-depth-two",
        "field-cost",
        "real-recordings",
    )
    folder = resources.files("resources.lessons")
    files = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    assert files == sorted(f"{name}.toml" for name in bundled())


@pytest.mark.parametrize("name", bundled())
def test_a_lesson_is_named_as_its_file_and_asks_something(name: str) -> None:
    lesson = open_lesson(name).lesson
    assert lesson.name == name
    assert lesson.about.endswith(".")
    assert 2 <= sum(len(step.questions) for step in lesson.steps) <= 4
    assert parse(lesson_text(lesson), where=name).lesson == lesson


@pytest.mark.parametrize("step", STEPS)
def test_a_step_opens_and_shows_what_it_says(step: ResolvedStep) -> None:
    assert list(problems_of(step)) == []


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_said_in_full_and_read_aloud(step: ResolvedStep) -> None:
    assert 40 <= len(re.findall(r"\S+", step.step.text)) <= 130
    assert step.step.notes.strip()
    assert "!" not in step.step.text.replace("!=", "")
    text = step_text(step)
    assert text.startswith(f"{step.number}. {step.title}\n\n")
    assert "cannot be shown" not in text and "cannot be answered" not in text
    assert "\n\nShown: " in text


@pytest.mark.parametrize("step", ASKING)
def test_a_question_has_exactly_one_right_answer(step: ResolvedStep) -> None:
    shown = shown_by(step)
    for number, question in enumerate(step.step.questions, 1):
        answers = answers_in(step, shown, number)
        assert answers == answers_in(step, shown, number)
        assert len(set(answers.choices)) == len(answers.choices) >= 2
        right = [at for at in range(len(answers.choices)) if answers.accepts(at)]
        assert right == [answers.right]
        assert answers.choices[right[0]] == answers.free
        assert question.explain


def test_no_step_gives_its_own_answer_away() -> None:
    for step in ALL.values():
        for number, question in enumerate(step.step.questions, 1):
            if question.about in ("bytes", "growth"):
                answers = answers_in(step, shown_by(step), number)
                assert answers.free not in step.step.text


def test_no_step_says_the_number_that_is_asked_for_next() -> None:
    for name in bundled():
        said = ""
        for step in resolve(open_lesson(name).lesson):
            said += step.step.text
            for number, question in enumerate(step.step.questions, 1):
                if question.about == "saves":
                    answer = answers_in(step, shown_by(step), number).free
                    assert len(answer) < 2 or not re.search(rf"\b{answer}\b", said), answer


def test_no_question_tells_how_the_run_ends_that_another_asks() -> None:
    tells = re.compile("break|overflow|full|crash|deadlock|stuck|complete|memory")
    for step in ALL.values():
        asked = step.step.questions
        if any(question.about == "outcome" for question in asked):
            assert not [each.ask for each in asked if tells.search(each.ask)]
