"""What a step shows and does not exist is named; what is damaged never becomes a traceback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lesson.check import Problem, left_out, problems, problems_of
from core.lesson.runs import shown_by
from core.lesson.schema import Lesson, Question, Step
from tests.core.lesson.samples import lesson, step
from tests.examples import examples

LAYOUT = 'workspace = "layout"\nlayout = "debian-6.1-amd64"\nfield = "bit1"\nplace = "upstream"\n'


def _first(text: str) -> Problem:
    found = list(problems_of(step(text)))
    assert len(found) == 1, found
    return found[0]


def test_what_is_left_out_of_a_step_is_said_at_once() -> None:
    one = step('zoom = ["end"]\nhighlights = ["function:gone", "bits", "panel:gone"]')
    said = left_out(one, shown_by(one))
    assert said.startswith(
        "step 1 (Step 1): a zoom is two positions, the second after the first. And "
    )
    assert said.count("step 1") == 1
    assert "function:gone" in said and "panel:gone" in said
    right = step('highlights = ["bits"]')
    assert left_out(right, shown_by(right)) == ""


def test_a_step_that_is_right() -> None:
    assert not list(
        problems_of(
            step(
                'position = "first short-circuit"\nzoom = ["start", "end"]\n'
                'play = { end = "end" }\nhighlights = ["function:kmalloc", "function:save_stack",'
                ' "frame:3", "bits", "panel:word"]'
            )
        )
    )


@pytest.mark.parametrize(
    ("text", "what", "said"),
    [
        ('position = "999"', "position", "the run has 116 events"),
        ('zoom = ["end", "start"]', "zoom", "the second after the first"),
        ('zoom = ["end"]', "zoom", "two positions"),
        ('play = { start = "end", end = "start" }', "play", "ends before it starts"),
        ('play = { end = "kmaloc call 1" }', "play", "kmaloc is never called"),
        ('highlights = ["function:kmaloc"]', "highlight 1", "never called here; did you mean"),
        ('highlights = ["bits", "frame:1"]', "highlight 2", "the stack has 0 frames"),
        ('guard = "none"\nhighlights = ["bits"]', "highlight 1", "no guard here"),
        ('highlights = ["member:thread"]', "highlight 1", "no struct is shown"),
        ('highlights = ["lane:2"]', "highlight 1", "there are no lanes side by side here"),
        ('highlights = ["panel:cellar"]', "highlight 1", "cannot highlight panel:cellar"),
        ('highlights = ["stack"]', "highlight 1", "there is no highlight 'stack'"),
        ('highlights = ["bits:1"]', "highlight 1", "there is no highlight"),
        ("settings = { nothing = 1 }", "step", "has no parameter 'nothing'"),
        ('guard = "bit3"', "step", "there is no guard 'bit3'"),
        ('kernel = "9.9"', "step", "9.9"),
        (f'{LAYOUT}highlights = ["member:treads"]', "highlight 1", "no such member"),
        ('workspace = "layout"', "step", "no layout is named"),
        ('workspace = "layout"\nlayout = "debian"', "step", "no layout or file 'debian'"),
        (f'{LAYOUT}highlights = ["frame:1"]', "highlight 1", "there is no stack"),
        ('workspace = "recordings"\nrecording = "crush"', "step", "did you mean crash"),
        ('workspace = "compare"\nlanes = ["none", "bit"]', "step", "no guard 'bit' for a lane"),
    ],
)
def test_what_is_missing_is_named_with_its_step(text: str, what: str, said: str) -> None:
    problem = _first(text)
    assert (problem.step, problem.what) == (1, what)
    assert problem.sentence.startswith("step 1 (Step 1)")
    assert said in problem.sentence


def test_members_bits_and_functions_where_they_are() -> None:
    shown = f'{LAYOUT}highlights = ["member:in_page_owner", "member:in_memstall", "bits"]'
    assert not list(problems_of(step(shown)))
    dump = (
        'workspace = "recordings"\nrecording = "boot_dump"\n'
        'highlights = ["function:register_dummy_stack"]'
    )
    assert not list(problems_of(step(dump)))


def test_the_other_steps_are_still_checked() -> None:
    found = problems(lesson('scenario = "gone"', 'scenario = "mail-chain"', 'position = "117"'))
    assert [(problem.step, problem.what) for problem in found] == [(1, "step"), (3, "position")]


def test_a_question_that_cannot_be_answered() -> None:
    problem = _first('guard = "none"\n[[steps.questions]]\nabout = "bit"\nask = "?"')
    assert problem.what == "question 1"
    assert problem.sentence.startswith("step 1 (Step 1), question 1: ")


WORDS = st.sampled_from(
    ["", "mail-chain", "bit1", "uint:2", "first short-circuit", "end", "frame:2", "lane:²", "bits"]
) | st.text(max_size=8)


@examples(30)
@given(st.data())
def test_damaged_steps_are_problems_and_no_tracebacks(data: st.DataObject) -> None:
    def some(most: int) -> tuple[str, ...]:
        return tuple(data.draw(st.lists(WORDS, max_size=most)))

    broken = Step(
        title="Broken",
        scenario=data.draw(st.sampled_from(["mail-chain", "wrong-word"]) | WORDS),
        workspace=data.draw(
            st.sampled_from(["live", "timeline", "compare", "layout", "recordings", "explore"])
        ),
        guard=data.draw(WORDS),
        max_depth=data.draw(st.integers(0, 3)),
        kernel=data.draw(st.sampled_from(["", "6.1", "6.12", "x"])),
        arch=data.draw(st.sampled_from(["", "x86_64", "s390x"]) | WORDS),
        layout=data.draw(st.sampled_from(["", "debian-6.1-s390x"]) | WORDS),
        word=data.draw(WORDS),
        lanes=some(3),
        recording=data.draw(WORDS),
        field=data.draw(WORDS),
        place=data.draw(WORDS),
        position=data.draw(WORDS),
        zoom=some(2),
        highlights=some(3),
        questions=(Question(about=data.draw(st.sampled_from(["bit", "growth"])), ask="?"),),
    )
    whole = Lesson(schema=1, name="x", title="X", steps=(broken, Step(title="Next")))
    for problem in problems(whole):
        assert problem.sentence.startswith(f"step {problem.step} (")
        assert "\n" not in problem.sentence
