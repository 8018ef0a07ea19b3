"""Where the time goes, event by event."""

from __future__ import annotations

import pytest

from core.scenario.loader import bundled
from core.trace.events import Kind
from core.trace.save_time import save_times
from tests.runs import bundled_run, run_scenario

GUARDS_OWN = {Kind.LOADED, Kind.MODIFIED, Kind.STORED, Kind.TESTED, Kind.SHORT_CIRCUITED}


@pytest.mark.parametrize("name", bundled())
def test_every_event_goes_to_the_guard_or_a_save_or_neither(name: str) -> None:
    trace = bundled_run(name)
    guard_ns = save_ns = 0
    for at in range(len(trace)):
        site = trace.site(at)
        returned = site.kind is Kind.RETURNED and trace.function(at).name == "save_stack"
        if (site.kind in GUARDS_OWN and not site.fact("of")) or site.label == "scan":
            guard_ns += site.cost_ns
        elif returned or "save_stack" in trace.names_at(at):
            save_ns += site.cost_ns
    times = save_times(trace)
    assert (times.guard_ns, times.save_ns) == (guard_ns, save_ns)
    assert times.total_ns == trace.clock_ns(len(trace) - 1)


def test_without_a_guard_there_is_nothing_to_pay_for_it() -> None:
    assert save_times(run_scenario("quiet-kmalloc", guard="none")).guard_ns == 0


def test_one_level_more_costs_more_in_saves_and_in_the_guard() -> None:
    one, two = (save_times(run_scenario("depth-law", max_depth=depth)) for depth in (1, 2))
    assert two.save_ns > 2 * one.save_ns
    assert two.guard_ns > 2 * one.guard_ns
