"""Small runs beside the one that is open."""

from __future__ import annotations

import pytest

from core.compare.probes import LAW_DEPTHS, PROBE_EVENTS, cost_of, law_point, less_work, probe
from core.scenario.loader import open_scenario
from core.scenario.measured import ALLOCATING, CONTROL
from core.scenario.run import Overrides
from tests.runs import run_scenario


@pytest.mark.parametrize("depth", LAW_DEPTHS)
def test_the_simulated_points_are_the_law(depth: int) -> None:
    point = law_point(depth)
    assert point.unwinds_each == 2**depth - 1
    assert point.calls == point.hits + point.unwinds


def test_the_measured_points_are_near_the_law() -> None:
    assert [run.max_depth for run in ALLOCATING] == [1, 2, 3, 4]
    for measured in ALLOCATING:
        law = 2**measured.max_depth - 1
        assert measured.unwinds_each == pytest.approx(law, rel=0.03)
        assert measured.deepest == measured.max_depth
        # What was counted while others counted is off by 20 to 100.
        assert abs(measured.calls - measured.hits - measured.unwinds) <= 120
    assert CONTROL.hits == 0


def test_a_probe_is_the_scenario_with_another_guard() -> None:
    source = open_scenario("depth-law")
    found = probe(source, {"events": 3}, Overrides(max_depth=2), "bit2")
    assert found == cost_of(run_scenario("depth-law", {"events": 3}, guard="bit2", max_depth=2))
    assert found is not None
    assert (found.design, found.max_depth, found.outcome) == ("bit2", 2, "completed")
    assert (found.saves, found.hits) == (21, 12)


def test_a_guard_that_fails_says_how() -> None:
    found = probe(open_scenario("mail-chain"), {}, Overrides(), "none")
    assert found is not None
    assert found.outcome == "stack_overflow"
    assert found.instructions == 0


def test_work_that_is_too_long_for_a_probe_is_no_answer() -> None:
    source = open_scenario("depth-law")
    assert probe(source, {"events": 10_000}, Overrides(), "uint") is None
    assert probe(source, {"events": 1}, Overrides(), "uint", PROBE_EVENTS) is not None


def test_what_cannot_run_is_no_answer() -> None:
    assert probe(open_scenario("mail-chain"), {}, Overrides(kernel="9.9"), "bit1") is None


def test_less_work_is_a_part_that_a_probe_can_run() -> None:
    source = open_scenario("depth-law")
    work = less_work(source, {"events": 12_000}, events=4_000_000)
    assert work is not None
    assert work.words == "45 of 12,000 page events"
    assert work.settings == {"events": 45}
    assert probe(source, work.settings, Overrides(), "uint") is not None
    less = work.less()
    assert less is not None
    assert (less.value, less.whole, less.settings) == (5, 12_000, {"events": 5})
    least = less.less()
    assert least is not None
    assert least.value == 1
    assert least.less() is None


def test_only_a_number_makes_less_work() -> None:
    assert less_work(open_scenario("smp-depth-two"), {}, 100_000) is None
    assert less_work(open_scenario("page-owner-off"), {}, 100_000) is None
    assert less_work(open_scenario("two-tasks"), {"events": 1}, 100_000) is None
    ia64 = less_work(open_scenario("ia64-as-coded"), {"allocations": 50}, 600_000)
    assert ia64 is not None
    assert (ia64.parameter, ia64.value) == ("allocations", 1)
