"""What a picture of a step is of."""

from __future__ import annotations

from core.compare.lanes import Lane
from core.lesson.resolved import resolve
from core.lesson.runs import shown_by
from core.lesson.schema import Lesson, Step
from gui.handout.pictures import request_of

TWO_COMPARISONS = Lesson(
    schema=1,
    name="lanes",
    title="Lanes",
    about="Two steps, one comparison.",
    steps=(
        Step(title="Words", text="Bits.", workspace="compare", scenario="mail-chain",
             lanes=("bit1:1:serialized", "none")),
        Step(title="Later", text="The same lanes.", workspace="compare", position="end"),
    ),
)  # fmt: skip


def test_lanes_are_those_of_the_step_before_and_keep_their_word() -> None:
    words, later = resolve(TWO_COMPARISONS)
    assert words.problem == later.problem == ""
    for step in (words, later):
        request = request_of(step, shown_by(step), (900, 600))
        assert request.lanes == (Lane("bit1", 1, word="serialized"), Lane("none", 1))
