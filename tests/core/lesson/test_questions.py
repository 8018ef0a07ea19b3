"""Questions and their answers, taken from runs."""

import pytest

from core.errors import LessonError
from core.lesson.positions import position_of
from core.lesson.questions import Answers, answers_in, answers_of
from core.lesson.runs import shown_by
from core.lesson.schema import Question
from tests.core.lesson.samples import step
from tests.runs import bundled_run, counts, run_scenario


def _ask(about: str, position: str, scenario: str = "mail-chain", **rest: object) -> Answers:
    trace = bundled_run(scenario)
    question = Question(about=about, ask="?", choices=int(str(rest.pop("choices", 4))))  # type: ignore[arg-type]
    return answers_of(
        question, trace, position_of(position, trace), essential=bool(rest.get("essential"))
    )


def test_the_next_function_by_its_own_name_and_by_the_mails() -> None:
    assert _ask("function", "build_script call 1").free == "kmem_cache_alloc_trace"
    shown = _ask("function", "build_script call 1", essential=True)
    assert shown.free == "kmalloc"
    assert shown.choices[shown.right or 0] == "kmalloc"
    assert "kmem_cache_alloc_trace" not in shown.choices


def test_the_value_of_the_field_and_what_it_could_be() -> None:
    assert _ask("bit", "first short-circuit") == Answers(("0", "1"), 1, "1")
    wrapped = _ask("bit", "first guard==3", "two-bit-wrap")
    assert wrapped == Answers(("0", "1", "2", "3"), 3, "3")


def test_outcome_saves_hits_and_bytes() -> None:
    assert _ask("outcome", "start", "no-guard-overflow").free == "The stack overflows"
    assert _ask("saves", "save_stack call 2").free == "2"
    law = bundled_run("depth-law")
    assert _ask("hits", "end", "depth-law").free == str(counts(law)["guard_hits"])
    used = _ask("bytes", "end", "no-guard-overflow")
    assert used.free == "16,456 bytes"
    assert sorted(used.choices, key=lambda text: int(text.split()[0].replace(",", ""))) == list(
        used.choices
    )


def test_a_free_answer_is_taken_as_people_write_it() -> None:
    free = _ask("bytes", "end", "no-guard-overflow", choices=0)
    assert free.choices == () and free.right is None
    assert free.accepts("16456") and free.accepts(" 16,456 Bytes ") and free.accepts("16_456")
    assert not free.accepts("16455") and not free.accepts(0)
    name = _ask("function", "start", choices=0)
    assert name.accepts(f"{name.free}()")


def test_as_many_choices_as_asked_for_where_there_are() -> None:
    for choices in range(2, 7):
        assert len(_ask("saves", "save_stack call 2", choices=choices).choices) == choices
    assert len(_ask("saves", "end", choices=1).choices) == 2


def test_what_a_run_cannot_answer_names_the_step() -> None:
    unguarded = run_scenario("mail-chain", guard="none")
    question = Question(about="bit", ask="?")
    with pytest.raises(LessonError, match="step 9: guard none keeps no field"):
        answers_of(question, unguarded, 3, where="step 9")
    with pytest.raises(LessonError, match="nothing is called after"):
        _ask("function", "end")
    with pytest.raises(LessonError, match="has no answer about growth"):
        _ask("growth", "end")


def test_the_growth_of_a_struct() -> None:
    text = '[[steps.questions]]\nabout = "growth"\nask = "?"'
    layout = 'workspace = "layout"\nlayout = "debian-6.1-amd64"\n'
    free = step(f'{layout}field = "uint"\n{text}')
    assert answers_in(free, shown_by(free), 1).free == "0 bytes"
    dear = step(f'{layout}field = "unsigned long x[8]"\nplace = "end"\n{text}')
    assert answers_in(dear, shown_by(dear), 1).free == "64 bytes"
    without = step(f"{layout}{text}")
    with pytest.raises(LessonError, match="question 1: only a field in a layout"):
        answers_in(without, shown_by(without), 1)


def test_a_layout_answers_no_question_about_a_run() -> None:
    asked = step(
        'workspace = "layout"\nlayout = "debian-6.1-amd64"\n'
        '[[steps.questions]]\nabout = "hits"\nask = "?"'
    )
    with pytest.raises(LessonError, match="only a run can answer"):
        answers_in(asked, shown_by(asked), 1)
