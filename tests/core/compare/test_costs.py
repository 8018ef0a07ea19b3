"""How many instructions each guard takes."""

from __future__ import annotations

import pytest
from hypothesis import given

from core.compare.costs import guard_instructions
from core.trace.events import Kind
from core.trace.trace import Trace
from tests.core.compare.lanes import deep, random_lanes
from tests.examples import examples
from tests.runs import counts, run_scenario


def instructions_by_hand(trace: Trace) -> int:
    """The model, event by event."""
    total = 0
    for position in range(len(trace)):
        site = trace.site(position)
        if site.label == "scan" and site.kind is Kind.STEPPED:
            total += 2 * trace.argument(position)
        elif site.label == "scan" and site.kind is Kind.SHORT_CIRCUITED:
            total += 2 * (trace.argument(position) + 1)
        elif site.kind in (Kind.LOADED, Kind.MODIFIED, Kind.STORED):
            total += 1
        elif site.kind in (Kind.TESTED, Kind.SHORT_CIRCUITED):
            total += 2
    return total


def test_a_save_takes_nine_instructions_of_a_counter_and_a_hit_three() -> None:
    for trace, (saves, hits) in zip(deep("depth-law", 1, 2), ((8, 16), (24, 32)), strict=True):
        assert guard_instructions(trace) == 9 * saves + 3 * hits


@pytest.mark.parametrize("guard", ["atomic", "percpu"])
def test_a_counter_that_is_changed_in_one_instruction_takes_five_a_save(guard: str) -> None:
    trace = run_scenario("depth-law", guard=guard, max_depth=2)
    assert guard_instructions(trace) == 5 * 24 + 3 * 32


def test_the_flag_in_the_mask_is_tested_once_a_record_and_set_once_a_walk() -> None:
    trace = run_scenario("depot-growth", guard="gfp")
    assert trace.info.outcome == "completed"
    records = sum(
        trace.kind(at) is Kind.CALLED and trace.function(at).name == "__set_page_owner"
        for at in range(len(trace))
    )
    assert guard_instructions(trace) == 2 * records + counts(trace)["unwinds"]


def test_no_guard_takes_no_instruction() -> None:
    assert guard_instructions(run_scenario("depot-growth", guard="none")) == 0


def test_a_scan_compares_each_entry_up_to_the_one_that_matches() -> None:
    trace = run_scenario("depot-growth", guard="scan")
    matched = [trace.argument(int(position)) for position in trace.short_circuits]
    assert matched
    assert all(0 < entry < 16 for entry in matched)
    assert guard_instructions(trace) == instructions_by_hand(trace)


@examples(25)
@given(random_lanes())
def test_instructions_are_counted_as_the_model_says(traces: list[Trace]) -> None:
    for trace in traces:
        assert guard_instructions(trace) == instructions_by_hand(trace)
