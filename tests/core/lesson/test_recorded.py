"""Steps that show a recording: which one, where in it, and what can be asked about it."""

from pathlib import Path

import pytest

from core.errors import LessonError
from core.lesson.check import problems, problems_of
from core.lesson.positions import position_of
from core.lesson.questions import answers_in
from core.lesson.recorded import named, path_of, placed
from core.lesson.resolved import ResolvedStep, resolve
from core.lesson.runs import shown_by
from core.lesson.text import step_text
from core.recording.examples import EXAMPLES
from tests.core.lesson.samples import lesson

RECURSION = next(each.path for each in EXAMPLES if each.name == "recursion")


def only(text: str, folder: Path | None = None) -> ResolvedStep:
    return resolve(lesson(text), folder)[0]


def played(text: str = "", workspace: str = "live", recording: str = "recursion") -> ResolvedStep:
    return only(f'workspace = "{workspace}"\nrecording = "{recording}"\n{text}')


def asked(about: str, more: str = "", **where: str) -> str:
    question = f'[[steps.questions]]\nabout = "{about}"\nask = "?"\n{more}'
    step = played(question, **where)
    return answers_in(step, shown_by(step), 1).free


# -- which one ------------------------------------------------------------------------------------


def test_live_and_timeline_show_what_was_shown_or_named_last() -> None:
    steps = resolve(
        lesson(
            'scenario = "mail-chain"',
            'workspace = "recordings"\nrecording = "recursion"',
            'workspace = "timeline"',
            'workspace = "layout"\nlayout = "debian-6.1-amd64"',
            "",
            'workspace = "compare"\nlanes = ["none", "bit1"]',
            "",
            'recording = "guard_hits"',
            'scenario = "mail-chain"\nguard = "none"',
        )
    )
    assert not any(step.problem for step in steps)
    assert [step.recording if step.shows_recording else step.scenario for step in steps] == [
        "mail-chain", "recursion", "recursion", "mail-chain", "recursion", "mail-chain",
        "mail-chain", "guard_hits", "mail-chain",
    ]  # fmt: skip
    assert [step.is_run for step in steps] == [
        True, False, False, False, False, True, True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('scenario = "mail-chain"\nrecording = "recursion"', "names both"),
        ('recording = "recursion"\nguard = "none"', "with another guard"),
        ('recording = "recursion"\nsettings = { size = 64 }', "with another settings"),
        ('workspace = "compare"\nrecording = "recursion"', "cannot be shown in compare"),
        ('recording = "recursoin"', "did you mean recursion"),
        ('workspace = "recordings"', "no recording is named"),
        ('recording = "boot_dump"', "nothing to play"),
        ('recording = "crash"\nworkspace = "timeline"', 'workspace = "recordings"'),
        ('recording = "recursion"\nview = "time"', "no view 'time'"),
        ('workspace = "recordings"\nrecording = "boot_dump"\nview = "time"', "no order"),
        ('workspace = "recordings"\nrecording = "boot_dump"\nview = "sandwich"', "whose callers"),
    ],
)
def test_what_no_step_can_show_is_said(text: str, problem: str) -> None:
    (found,) = problems_of(only(text))
    assert problem in found.sentence


def test_a_recording_lies_beside_the_lesson(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    copy = tmp_path / "logs" / "boot.zst"
    copy.write_bytes(RECURSION.read_bytes())
    text = 'recording = "logs/boot.zst"\nposition = "first short-circuit"'
    assert problems(lesson(text), tmp_path) == []
    assert only(text, tmp_path).recording == str(copy)
    assert "there is no recording" in problems(lesson(text))[0].sentence
    assert named(copy, tmp_path) == "logs/boot.zst"
    assert placed(named(copy, tmp_path), tmp_path) == str(copy)
    assert named(copy, tmp_path / "elsewhere") == str(copy)
    assert named(RECURSION, tmp_path) == "recursion"
    assert placed("recursion", tmp_path) == "recursion"


@pytest.mark.parametrize("name", ["x\0y", "a" * 5000, "/", "."])
def test_a_name_that_no_file_has_is_no_recording(name: str) -> None:
    with pytest.raises(LessonError, match="there is no recording"):
        path_of(name)


def test_a_file_that_is_no_recording_is_said_with_the_step(tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_text("Roses are red.\n")
    (found,) = problems(lesson('recording = "poem.txt"'), tmp_path)
    assert found.sentence.startswith("step 1 (Step 1)")
    assert "no format" in found.sentence


# -- where in it ----------------------------------------------------------------------------------


def test_positions_are_found_in_a_recording() -> None:
    trace = shown_by(played()).trace
    assert trace is not None
    hit = position_of("first short-circuit", trace)
    assert trace.names_at(hit)[-1] == "save_stack"
    assert position_of("save_stack call 2", trace) == hit - 1
    assert position_of(str(hit + 1), trace) == hit
    assert position_of("first short-circuit - 1", trace) == hit - 1
    assert position_of("end", trace) == len(trace) - 1
    deepest = position_of("deepest", trace)
    depths = [len(trace.calls_at(at)) for at in range(len(trace))]
    assert depths[deepest] == max(depths)
    assert depths.index(max(depths)) == deepest


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("before overflow", "does not tell the bytes"),
        ("first interrupt", "0 times in this recording"),
        ("depot_alloc_stack call 1", "never called in this recording"),
        ("99999", "the recording has 674 events"),
    ],
)
def test_what_a_recording_cannot_know_is_no_place_in_it(text: str, problem: str) -> None:
    trace = shown_by(played()).trace
    assert trace is not None
    with pytest.raises(LessonError, match=problem):
        position_of(text, trace)


def test_all_that_a_step_points_at_is_checked_in_a_recording() -> None:
    step = played(
        'position = "first short-circuit"\nzoom = ["save_stack call 1", "end"]\n'
        'play = { start = "save_stack call 1", end = "first short-circuit" }\n'
        'highlights = ["function:save_stack", "frame:6", "frame:7", "bits", "lane:2"]',
        "timeline",
    )
    assert [each.what for each in problems_of(step)] == [
        "highlight 3",
        "highlight 4",
        "highlight 5",
    ]


# -- what can be asked ----------------------------------------------------------------------------


def test_questions_are_answered_from_the_recording() -> None:
    hit = 'position = "first short-circuit"\n'
    assert asked("saves", hit) == "2"
    assert asked("depth", hit) == "6"
    assert asked("hits") == "1"
    assert asked("function", 'position = "save_stack call 1"') == "stack_trace_save"
    assert asked("calls", 'function = "save_stack"') == "3"
    dump = {"workspace": "recordings", "recording": "boot_dump"}
    assert asked("records", 'function = "register_dummy_stack"', **dump) == "3"
    assert asked("records", 'function = "register_early_stack"', **dump) == "4,611"


@pytest.mark.parametrize(
    ("about", "more", "problem"),
    [
        ("bit", "", "does not tell the guard's bits"),
        ("bytes", "", "does not tell the bytes"),
        ("outcome", "", "does not tell how"),
        ("records", 'function = "save_stack"', "only a recording without order"),
        ("calls", "", "which function"),
        ("calls", 'function = "save_stak"', "did you mean save_stack"),
    ],
)
def test_what_a_recording_does_not_tell_is_no_question(about: str, more: str, problem: str) -> None:
    with pytest.raises(LessonError, match=problem):
        asked(about, more)


def test_wrong_answers_are_other_ones() -> None:
    step = played('[[steps.questions]]\nabout = "calls"\nfunction = "save_stack"\nask = "?"')
    answers = answers_in(step, shown_by(step), 1)
    assert len(set(answers.choices)) == 4
    assert answers.right is not None
    assert answers.choices[answers.right] == "3"


def test_a_recorded_run_is_told_in_words_without_what_it_does_not_know() -> None:
    text = step_text(played('position = "first short-circuit"'))
    assert "6 frames on the stack, the innermost save_stack" in text
    assert "bytes" not in text


def test_a_file_without_tasks_names_the_cpu_alone() -> None:
    trace = shown_by(played()).trace
    assert trace is not None
    assert [task.label for task in trace.info.tasks] == ["cpu 0"]
    both = shown_by(played(recording="guard_hits")).trace
    assert both is not None
    assert [task.label for task in both.info.tasks] == ["sh/40", "busybox/181"]
