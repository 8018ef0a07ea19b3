"""What a step of a bundled lesson stops at, where its position counts events from another one.

Such a position exists in nearly any run. What is said about it is true of one event only, so a
change of the model that moves the event is to be noticed here.
"""

import re
from collections.abc import Iterator

import pytest

from core.lesson.loader import bundled, open_lesson
from core.lesson.positions import position_of
from core.lesson.resolved import ResolvedStep, resolve
from core.lesson.runs import shown_by
from core.trace.explain import explain
from tests.runs import stack_at

_COUNTS = re.compile(r".+ [+-] \d+")

STOPS = {
    # The scan has walked, and finds nothing.
    ("too-late-9", "save_stack call 3 + 61"): (
        "__set_page_owner;save_stack",
        "save_stack compares 15 entries with its own return address: none matches.",
    ),
    # Two bits at 3 have had one added.
    ("three-ways-8", "save_stack call 4 + 5"): (
        "__set_page_owner;save_stack",
        "save_stack stores the word back: page_owner_depth is now 0.",
    ),
    # The first step of the assignment is done; the next one changes the register only.
    ("strictly-current-2", "save_stack call 1 + 3"): (
        "__set_page_owner;save_stack",
        "save_stack loads the word that holds in_page_owner: 0x00000000.",
    ),
    ("strictly-current-2", "save_stack call 1 + 4"): (
        "__set_page_owner;save_stack",
        "In a register: in_page_owner set; the field would be 1.",
    ),
    ("strictly-current-3", "save_stack call 1 + 3"): (
        "__set_page_owner;save_stack",
        "save_stack loads the word that holds in_page_owner: 0x00000000.",
    ),
    # The other CPU has written its bit of the word.
    ("strictly-current-3", "__sched_setscheduler call 1 + 5"): (
        "do_sched_setscheduler;__sched_setscheduler",
        "__sched_setscheduler stores the word of sh/40 back: sched_reset_on_fork is written, "
        "0x00000001.",
    ),
    ("strictly-current-4", "__sched_setscheduler call 1 + 5"): (
        "do_sched_setscheduler;__sched_setscheduler",
        "__sched_setscheduler stores the word of sh/40 back: sched_reset_on_fork is written, "
        "0x00000001.",
    ),
    # The waker has looked at on_rq, and is about to write.
    ("strictly-current-8", "ttwu_queue_wakelist call 1 + 3"): (
        "try_to_wake_up;ttwu_queue_wakelist",
        "on_rq is 0: all that the sleeper wrote to its bits came before, so the waker may write "
        "sched_remote_wakeup.",
    ),
    # The nested save has counted itself, and walks as well.
    ("ia64-depth-two-2", "save_stack call 2 + 6"): (
        "__set_page_owner;save_stack",
        "save_stack asks the unwinder for the stack.",
    ),
    # The frame whose script is missing.
    ("ia64-depth-two-3", "find_save_locs call 1 + 1"): (
        "unw_unwind;find_save_locs",
        "No script for this frame is cached: one is built.",
    ),
    # The script's lock is held, and no instruction of it is there.
    ("ia64-depth-two-4", "build_script call 1 + 2"): (
        "find_save_locs;build_script",
        "build_script takes the lock of the script for save_stack_trace.",
    ),
    ("ia64-depth-two-5", "build_script call 1 + 2"): (
        "find_save_locs;build_script",
        "build_script takes the lock of the script for save_stack_trace.",
    ),
    ("ia64-depth-two-6", "save_stack call 2 + 6"): (
        "__set_page_owner;save_stack",
        "save_stack asks the unwinder for the stack.",
    ),
    ("ia64-depth-two-7", "save_stack call 2 + 6"): (
        "__set_page_owner;save_stack",
        "save_stack asks the unwinder for the stack.",
    ),
    # The allocator has a page, and nobody has been asked for its owner yet.
    ("real-recordings-2", "__set_page_owner call 2 - 1"): (
        "__alloc_pages;get_page_from_freelist",
        "_raw_spin_trylock returns to get_page_from_freelist.",
    ),
    ("real-recordings-3", "__set_page_owner call 2 - 1"): (
        "__alloc_pages;get_page_from_freelist",
        "_raw_spin_trylock returns to get_page_from_freelist.",
    ),
}
"""Step and position: the innermost two functions, and what the program says of the event."""


def positions_of(step: ResolvedStep) -> Iterator[str]:
    """All that a step looks at as a moment; the edges of a zoom are none."""
    yield step.step.position
    if step.step.play is not None:
        yield from (step.step.play.start, step.step.play.end)
    yield from (question.position for question in step.step.questions)


COUNTED = {
    (f"{name}-{step.number}", position): step
    for name in bundled()
    for step in resolve(open_lesson(name).lesson)
    for position in positions_of(step)
    if _COUNTS.fullmatch(position)
}


def test_each_counted_position_is_known_here() -> None:
    assert set(COUNTED) == set(STOPS)


@pytest.mark.parametrize("where", STOPS, ids=" ".join)
def test_a_counted_position_is_at_the_event_it_is_meant_for(where: tuple[str, str]) -> None:
    shown = shown_by(COUNTED[where])
    assert shown.trace is not None
    at = position_of(where[1], shown.trace, shown.others)
    functions, sentence = STOPS[where]
    assert stack_at(shown.trace, at).endswith(functions)
    assert explain(shown.trace, at) == sentence
