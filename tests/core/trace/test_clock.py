"""The clock of many positions at once agrees with the clock of one."""

from __future__ import annotations

import numpy as np
import pytest

from core.trace.clock import SummedClock
from tests.runs import bundled_run, run_scenario


@pytest.mark.parametrize("name", ["mail-chain", "two-tasks", "depot-growth", "no-guard-overflow"])
def test_the_clock_of_every_position_is_the_sum_of_the_costs_up_to_it(name: str) -> None:
    trace = bundled_run(name)
    positions = np.arange(-1, len(trace), dtype=np.int32)
    costs = [trace.site(at).cost_ns for at in range(len(trace))]
    expected = np.concatenate(([0], np.cumsum(costs)))
    assert trace.clock.at(positions).tolist() == expected.tolist()
    assert trace.clock.all(positions[1:]).tolist() == expected[1:].tolist()
    assert trace.clock.end_ns == trace.clock_ns(len(trace) - 1) == expected[-1]


@pytest.mark.parametrize("name", ["mail-chain", "ia64-as-coded"])
def test_a_time_belongs_to_the_last_event_at_or_before_it(name: str) -> None:
    trace = bundled_run(name)
    clock = trace.clock
    whole = clock.at(np.arange(-1, len(trace), dtype=np.int32))
    times = np.arange(-2, clock.end_ns + 3, dtype=np.int64)
    expected = np.searchsorted(whole, times, side="right") - 2
    expected[times < 0] = -1
    assert clock.positions_at(times).tolist() == expected.tolist()


def test_positions_of_a_long_run_come_back_from_their_times() -> None:
    trace = run_scenario("depth-law", {"events": 500})
    positions = np.unique(np.linspace(0, len(trace) - 1, 5000).astype(np.int32))
    clock = SummedClock(trace)
    times = clock.all(positions)
    assert (clock.at(positions) == times).all()
    back = clock.positions_at(times)
    assert (back >= positions).all(), "events that take no time share one"
    assert (clock.at(back) == times).all()


def test_many_positions_are_asked_in_one_pass_or_in_parts() -> None:
    trace = run_scenario("depth-law", {"events": 200})
    clock = trace.clock
    whole = np.concatenate(([0], clock.all(np.arange(len(trace), dtype=np.int32))))
    rising = np.arange(-1, len(trace), 3, dtype=np.int32)
    assert (clock.at(rising) == whole[rising + 1]).all()
    mixed = np.random.default_rng(3).integers(-1, len(trace), 50_000)
    assert (clock.at(mixed) == whole[mixed + 1]).all()
    assert clock.at(np.empty(0, np.int32)).tolist() == []
