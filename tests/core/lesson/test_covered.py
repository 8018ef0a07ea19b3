"""What an open question covers, as data."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from core.lesson import covered as places
from core.lesson.covered import covered, covered_by
from core.lesson.schema import Question

ABOUTS = get_args(get_type_hints(Question)["about"])
KNOWN = {value for name, value in vars(places).items() if name.isupper() and isinstance(value, str)}


def asked(about: str) -> Question:
    return Question(about=about, ask="?")  # type: ignore[arg-type]


@pytest.mark.parametrize("about", ABOUTS)
def test_every_kind_of_question_covers_something_that_is_known(about: str) -> None:
    found = covered_by(asked(about), here=True)
    assert found
    assert found <= KNOWN


def test_what_is_true_at_the_cursor_is_covered_only_where_it_is_asked_there() -> None:
    for about, place in (("bit", places.BITS), ("bytes", places.BYTES), ("saves", places.SAVES)):
        assert place in covered_by(asked(about), here=True)
        assert place not in covered_by(asked(about), here=False)


def test_the_end_of_a_run_is_told_by_its_length_and_by_what_comes_after_the_cursor() -> None:
    assert covered_by(asked("outcome"), here=False) >= {
        places.OUTCOME, places.LENGTH, places.AHEAD, places.TOTALS,
    }  # fmt: skip
    assert places.LENGTH not in covered_by(asked("hits"), here=True)


def test_questions_of_a_step_are_covered_together() -> None:
    both = [(asked("bit"), True), (asked("growth"), True)]
    assert covered(both) == covered(both[:1]) | covered(both[1:])
    assert covered([]) == frozenset()
