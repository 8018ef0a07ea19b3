from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.layout.analysis import Question
from core.layout.staircase import at, next_rise, staircase
from tests.core.layout.kernels import analysis

DEBIAN = analysis("x86_64-debian-amd64", Question(xstate_bytes=832))


def test_the_next_step_on_debian_amd64() -> None:
    steps = staircase(DEBIAN)
    assert (steps[0].added_bytes, steps[0].sizeof, steps[0].objects) == (0, 9792, 5)
    rise = next_rise(steps, 4)
    assert rise is not None
    assert (rise.added_bytes, rise.objects, rise.bytes_per_task) == (41, 4, 8192)
    assert at(steps, 40).objects == 5
    assert at(steps, 41).objects == 4


@given(
    file_tag=st.sampled_from(["arm64-debian-arm64", "i386-defconfig", "s390x-tinyconfig"]),
    added=st.integers(1, 600),
    place=st.sampled_from(["v1", "end", "grpend", "after:comm", "before:se"]),
)
def test_a_step_is_what_an_array_of_so_many_bytes_does(
    file_tag: str, added: int, place: str
) -> None:
    found = analysis(file_tag)
    steps = staircase(found, place)
    what_if = found.ask(f"char x[{added}]", place).what_if
    assert at(steps, added).sizeof == what_if.sizeof_after.best


@pytest.mark.parametrize("most", [0, 1, 64])
def test_it_ends_where_it_is_told_to(most: int) -> None:
    steps = staircase(DEBIAN, most_bytes=most)
    assert all(step.added_bytes <= most for step in steps)
