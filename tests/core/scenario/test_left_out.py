"""Choices that no longer fit: an error in the file as it is, a warning once something changed."""

from __future__ import annotations

import pytest

from core.errors import ScenarioError
from tests.core.scenario.two_cpus import two_cpus
from tests.runs import bundled_run, run_scenario


def test_a_choice_that_cannot_happen_is_an_error_in_the_file_as_it_is() -> None:
    with pytest.raises(ScenarioError, match="choice 3 does not fit the scenario: 'cpu 0'"):
        two_cpus("3 cpu 0")
    with pytest.raises(ScenarioError, match="choice 99 does not fit the scenario: the run ended"):
        two_cpus("99 cpu 1")


def test_it_is_left_out_where_the_user_changed_something() -> None:
    trace = two_cpus("3 cpu 0", "99 cpu 1", max_depth=1)
    assert trace.info.outcome == "completed"
    assert trace.info.warnings == (
        "the choices '3 cpu 0', '99 cpu 1' do not fit what was changed about the scenario and were "
        "left out; exploring it finds others",
    )
    (warning,) = two_cpus("3 cpu 0", word="current").info.warnings
    assert warning.startswith("the choice '3 cpu 0' does not fit what was changed")


def test_what_fits_is_kept_and_nothing_is_said() -> None:
    assert two_cpus("3 cpu 1", max_depth=1).info.warnings == ()


def test_a_run_that_is_cut_short_is_no_misfit() -> None:
    trace = two_cpus("3 cpu 1", budget_events=10)
    assert (trace.info.outcome, trace.info.warnings) == ("budget_exhausted", ())


@pytest.mark.parametrize("guard", ["none", "scan", "uint", "bit2", "atomic", "percpu", "gfp"])
@pytest.mark.parametrize("name", ["interrupt-in-a-save", "state-moves", "wrong-word"])
def test_every_guard_can_be_tried_on_a_run_with_choices(name: str, guard: str) -> None:
    assert bundled_run(name).info.warnings == ()
    assert run_scenario(name, guard=guard).info.outcome == "completed"
