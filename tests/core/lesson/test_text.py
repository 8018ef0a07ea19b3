"""A step as plain text."""

from core.lesson.resolved import resolve
from core.lesson.text import plain, step_text
from tests.core.lesson.samples import lesson, step


def test_marks_go_and_names_stay() -> None:
    assert plain("# Head\n\n**Bold**, *so* and `__set_page_owner__` at [here](x)") == (
        "Head\n\nBold, so and __set_page_owner__ at here"
    )
    assert plain("**`dummy_handle`** and *two\nlines*") == "dummy_handle and two\nlines"
    assert plain("2 * 3 * 4 and a_b_c") == "2 * 3 * 4 and a_b_c"


def test_a_table_is_said_row_by_row() -> None:
    table = (
        "Before\n\n| depth | calls | hits |\n|---|---|---|\n| 1 | 3 | 2 |\n| 2 | 7 | 4 |\n\nAfter"
    )
    assert plain(table) == ("Before\n\ndepth 1: calls 3, hits 2\ndepth 2: calls 7, hits 4\n\nAfter")
    assert plain("| a |\n|---|\n| 1 |") == "a 1"


def test_a_run_says_where_it_is() -> None:
    text = step_text(
        step(
            'text = "**Look.**"\nposition = "first short-circuit"\n'
            '[[steps.questions]]\nabout = "bit"\nask = "What does `it` say?"\nexplain = "Set."'
        )
    )
    assert text == (
        "1. Step 1\n\nLook.\n\nShown: save_stack tests in_page_owner: it is 1, so it returns "
        "dummy_handle without unwinding. Event 36 of 116, 24 frames on the stack, the innermost "
        "save_stack, 4,216 bytes in use, in_page_owner is 1.\n\n"
        "Question: What does it say?\n  a) 0\n  b) 1\nAnswer: b) 1. Set."
    )


def test_answers_may_be_left_out() -> None:
    asked = step('[[steps.questions]]\nabout = "outcome"\nask = "How?"')
    assert "Answer" in step_text(asked)
    assert "Answer" not in step_text(asked, answers=False)


def test_what_is_shown_does_not_tell_an_answer_that_is_left_out() -> None:
    bit = step('position = "end"\n[[steps.questions]]\nabout = "bit"\nask = "?"')
    assert "in_page_owner is 0" in step_text(bit)
    assert "in_page_owner is 0" not in step_text(bit, answers=False)
    growth = step(
        'workspace = "layout"\nlayout = "debian-6.1-amd64"\nfield = "uint"\n'
        '[[steps.questions]]\nabout = "growth"\nask = "?"'
    )
    assert "at byte 5,312 it grows by 0 bytes" in step_text(growth)
    assert "at byte 5,312.\n" in step_text(growth, answers=False)


def test_lanes_layouts_and_recordings_say_what_they_are() -> None:
    compared = step('workspace = "compare"\nlanes = ["none", "bit1"]\nposition = "end"')
    assert "no guard overflows its stack, 1-bit field completes" in step_text(compared)
    layout = step('workspace = "layout"\nlayout = "debian-6.1-amd64"\nfield = "uint"')
    assert "9,792 bytes, 5 of them in a slab of order 3" in step_text(layout)
    assert "it grows by 0 bytes" in step_text(layout)
    crash = step('workspace = "recordings"\nrecording = "crash"')
    assert "Shown: kernel log with 1 call trace." in step_text(crash)


def test_a_step_that_cannot_be_shown_still_has_its_text() -> None:
    broken, asked = resolve(
        lesson(
            'text = "Words."\nscenario = "gone"',
            'scenario = "mail-chain"\nguard = "none"\n'
            '[[steps.questions]]\nabout = "bit"\nask = "Which?"',
        )
    )
    assert step_text(broken).startswith("1. Step 1\n\nWords.\n\nThis step cannot be shown: step 1")
    assert "It cannot be answered: step 2 (Step 2), question 1" in step_text(asked)
