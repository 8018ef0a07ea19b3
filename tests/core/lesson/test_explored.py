"""A step that explores is told by what came of it, and nobody waits long for that."""

import pytest

from core.errors import LessonError
from core.lesson import explored as exploring
from core.lesson.explored import explored, told
from core.lesson.loader import bundled, open_lesson
from core.lesson.resolved import ResolvedStep, resolve
from core.lesson.text import step_text
from tests.core.lesson.samples import step

EXPLORES = [
    pytest.param(each, id=f"{name}-{each.number}")
    for name in bundled()
    for each in resolve(open_lesson(name).lesson)
    if each.workspace == "explore"
]


@pytest.mark.parametrize("one", EXPLORES)
def test_a_bundled_step_is_tried_in_full_and_says_so(one: ResolvedStep) -> None:
    found = explored(one)
    assert found.complete
    assert found.graph is not None
    assert f"Shown: {told(found)}" in step_text(one)
    assert "no bad" in one.step.text.replace("\n", " ") or found.verdict == "counterexample"


def test_the_shortest_way_to_break_it_is_told() -> None:
    found = explored(step('scenario = "wrong-word"\nworkspace = "explore"'))
    assert told(found).startswith("Broken in 41 runs, at most 1 interrupt and 2 switches: ")
    assert "A lost update: sh/40 stores the word it loaded before" in told(found)


def test_the_guard_of_the_step_is_the_one_that_is_tried() -> None:
    found = explored(step('scenario = "wrong-word"\nworkspace = "explore"\nword = "current"'))
    assert told(found) == "No bad outcome in 16 runs, at most 1 interrupt and 2 switches."


def test_a_long_search_is_given_up_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "MOST_RUNS", 16)
    exploring._explored.cache_clear()
    found = explored(step('scenario = "wrong-word"\nworkspace = "explore"'))
    exploring._explored.cache_clear()
    assert not found.complete
    assert found.runs < 41
    assert "it was stopped before all were tried" in told(found)


def test_what_cannot_be_explored_names_its_step() -> None:
    one = step('scenario = "mail-chain"\nworkspace = "explore"\nsettings = { nothing = 1 }')
    with pytest.raises(LessonError, match=r"^sample.*|^step 1"):
        explored(one)
