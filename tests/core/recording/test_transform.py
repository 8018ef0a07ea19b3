"""Stacks with frames hidden, recursion collapsed, or cut: against loops over lists of names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.questions.transform import callees, callers, collapse_recursion, hide, keep

STACKS = st.lists(st.lists(st.sampled_from("abcd"), max_size=7), max_size=12)


def profile_of(*stacks: str | list[str]) -> StackProfile:
    """Make a record of each stack; the n-th weighs n + 1 pages, and no two offsets are alike."""
    builder = ProfileBuilder(ProfileInfo("test"))
    for number, stack in enumerate(stacks):
        names = stack.split(";") if isinstance(stack, str) and stack else stack
        builder.add([Frame(name, f"{name}+{at}") for at, name in enumerate(names)],
                    weights={"pages": number + 1})  # fmt: skip
    return builder.build()


def rows(profile: StackProfile) -> list[tuple[str, int]]:
    """Return the records as text and pages."""
    pages = profile.weights["pages"].tolist() if len(profile) else []
    stacks = [";".join(profile.stacks.names_of(stack)) for stack in profile.stack.tolist()]
    return list(zip(stacks, pages, strict=True))


def different(profile: StackProfile) -> bool:
    """Whether no two stacks are of the same frames."""
    stacks = [tuple(profile.stacks.ids_of(at).tolist()) for at in range(len(profile.stacks))]
    return len(set(stacks)) == len(stacks)


def expected(
    stacks: list[list[str]], change: Callable[[list[str]], list[str] | None]
) -> list[tuple[str, int]]:
    changed = [(change(stack), number + 1) for number, stack in enumerate(stacks)]
    return [(";".join(stack), pages) for stack, pages in changed if stack is not None]


def test_what_a_hidden_function_called_moves_up() -> None:
    hidden = hide(profile_of("a;b;c", "a;c", "b"), "b")
    assert rows(hidden) == [("a;c", 1), ("a;c", 2), ("", 3)]


def test_several_functions_are_hidden_at_once_or_by_a_pattern() -> None:
    profile = profile_of("start;ksys_read;vfs_read;alloc")
    assert rows(hide(profile, ("start", "alloc"))) == [("ksys_read;vfs_read", 1)]
    assert rows(hide(profile, re.compile("read$"))) == [("start;alloc", 1)]
    assert rows(hide(profile, "read")) == rows(profile)


def test_frames_with_the_same_text_become_one_stack() -> None:
    builder = ProfileBuilder(ProfileInfo("test"))
    for names in ("axc", "ac", "ayc"):
        builder.add([Frame(name, name) for name in names])
    hidden = hide(builder.build(), {"x", "y"})
    assert len(hidden.stacks) == 1
    assert hidden.stack.tolist() == [0, 0, 0]


def test_a_recursion_is_one_call() -> None:
    collapsed = collapse_recursion(
        profile_of("a;a;a;b", "alloc;owner;save;alloc;owner;save;depot", "a;b;c;b;a;d", "a;b")
    )
    assert rows(collapsed) == [("a;b", 1), ("alloc;owner;save;depot", 2), ("a;d", 3), ("a;b", 4)]


def test_callers_and_callees_meet_at_the_outermost_call() -> None:
    profile = profile_of("a;f;b;f;c", "f", "a;c", "x;f")
    assert rows(callers(profile, "f")) == [("a;f", 1), ("f", 2), ("x;f", 4)]
    assert rows(callees(profile, "f")) == [("f;b;f;c", 1), ("f", 2), ("f", 4)]


@given(STACKS)
def test_hiding_is_leaving_out(stacks: list[list[str]]) -> None:
    hidden = hide(profile_of(*stacks), {"b", "d"})
    assert rows(hidden) == expected(stacks, lambda stack: [n for n in stack if n not in "bd"])
    assert different(hidden)


@given(STACKS)
def test_keeping_is_picking_records(stacks: list[list[str]]) -> None:
    kept = rows(keep(profile_of(*stacks), "c"))
    assert kept == expected(stacks, lambda stack: stack if "c" in stack else None)


@given(STACKS)
def test_a_collapsed_stack_is_what_popping_leaves(stacks: list[list[str]]) -> None:
    def popped(stack: list[str]) -> list[str]:
        left: list[str] = []
        for name in stack:
            left = [*left[: left.index(name)], name] if name in left else [*left, name]
        return left

    collapsed = collapse_recursion(profile_of(*stacks))
    assert rows(collapsed) == expected(stacks, popped)
    assert all(max(Counter(popped(s)).values(), default=1) == 1 for s in stacks)
    assert rows(collapse_recursion(collapsed)) == rows(collapsed)
    assert different(collapsed)


@given(STACKS)
def test_cutting_gives_both_halves_of_each_stack(stacks: list[list[str]]) -> None:
    profile = profile_of(*stacks)
    above = [stack.partition("c")[0] for stack, _ in rows(callers(profile, "c"))]
    below = [stack for stack, _ in rows(callees(profile, "c"))]
    assert [x + y for x, y in zip(above, below, strict=True)] == [
        ";".join(stack) for stack in stacks if "c" in stack
    ]
    assert callers(profile, "c").total("pages") == keep(profile, "c").total("pages")
