"""One lane over another: pairs of calls, halves of rows."""

from __future__ import annotations

import numpy as np

from gui.geometry.compare_overlay import BOTH, ONLY, half_strip, shared_calls, shared_ends, weave


def array(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def test_calls_made_together_are_paired_in_order() -> None:
    found = shared_calls(
        (array(5, 1, 9), array(2, 7, 8)),
        (np.array([False, False, True]), np.array([False, True, False])),
    )
    assert found.first.tolist() == [1, 0]
    assert found.second.tolist() == [0, 2]


def test_a_call_is_shared_until_the_first_of_the_two_ends() -> None:
    starts, ends = array(0, 10, 20, 30), array(8, 18, 28, 38)
    until = shared_ends(
        starts, ends, np.array([0, 1, 2]), array(8, 14, 99), np.array([True, False, False])
    )
    assert until.tolist() == [8, 14, 28, 30]


def test_a_half_shows_what_both_did_and_what_one_did_alone() -> None:
    strip = half_strip(array(0, 3), array(9, 7), array(4, 3), np.array([0, 2]))
    index = strip.index
    found = [
        (int(index.categories[span]), int(index.starts[span]), int(index.ends[span]))
        for row in range(strip.n_rows)
        for span in strip.in_view(row, 0.0, 10.0)
    ]
    assert found == [(BOTH, 0, 4), (ONLY, 4, 9), (ONLY, 3, 7)]
    assert strip.place(1) is None
    assert strip.place(2) == 1


def test_halves_lie_by_turns_and_glow_in_each_other_where_one_is_empty() -> None:
    back = np.array([0, 0, 0], np.uint8)
    upper = np.zeros((1, 2, 4), np.uint8)
    lower = np.zeros((1, 2, 4), np.uint8)
    upper[0, 0, :3] = 200
    lower[0, :, :3] = 100
    woven = weave(upper, lower, back, 0.3)
    assert woven.shape == (2, 2, 4)
    assert woven[0, :, 0].tolist() == [200, 30]
    assert woven[1, :, 0].tolist() == [100, 100]
