from __future__ import annotations

import itertools

import msgspec
import pytest

from core.explore.estimate import Estimate, duration, estimate, too_many
from core.explore.explore import explore
from core.explore.request import ExploreRequest
from core.explore.result import Bound
from tests.core.explore.toys import make_toy

BUSY = ExploreRequest(where="busy", text="", jobs=1)


def test_a_small_exploration_is_known_exactly() -> None:
    request = ExploreRequest(where="lost-update", text="", jobs=1)
    expected = estimate(request, make_toy)
    assert expected.exact
    assert expected.runs == explore(request, make_toy).runs


@pytest.mark.parametrize("bound", [Bound(1, 1, 0), Bound(2, 0, 0)])
def test_the_estimate_is_about_right(bound: Bound) -> None:
    request = msgspec.structs.replace(BUSY, bound=bound)
    still = itertools.repeat(0.0)
    expected = estimate(request, make_toy, clock=lambda: next(still))
    done = explore(request, make_toy)
    assert done.runs / 3 < expected.runs < done.runs * 3


def test_a_bound_without_measure_takes_ages() -> None:
    expected = estimate(msgspec.structs.replace(BUSY, bound=Bound(50, 50, 0)), make_toy)
    assert expected.runs == 10**15
    assert "more than 1,000,000,000,000,000 runs" in too_many(Bound(50, 50, 0), expected)


def test_only_what_takes_long_is_asked_for() -> None:
    assert too_many(Bound(), Estimate(10_000_000, 3000.0)) == ""
    assert too_many(Bound(), Estimate(20_000_000, 6000.0)) == (
        "2 switches, 1 interrupts and 0 failures come to about 20,000,000 runs, 100 minutes"
    )


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0.1, 30, 300, 7200 * 24, 1e15)] == [
        "a second",
        "30 seconds",
        "5 minutes",
        "2 days",
        "ages",
    ]
