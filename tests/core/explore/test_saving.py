from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.errors import ScenarioError
from core.explore.explore import explore
from core.explore.request import ExploreRequest
from core.explore.result import Bound, PropertyResult
from core.explore.saving import save, scenario_text
from core.explore.words import simplest
from core.scenario.loader import fill, open_scenario, parse
from core.scenario.run import plan, run


def request_for(name: str, **changes: Any) -> ExploreRequest:
    source = open_scenario(name)
    return ExploreRequest(where=source.where, text=source.text, jobs=1, **changes)


def lost_update() -> tuple[ExploreRequest, PropertyResult]:
    request = request_for("wrong-word", guard="bit2", kernel="5.12")
    result = simplest(explore(request))
    assert result is not None
    return request, result


def test_a_saved_counterexample_opens_and_plays(tmp_path: Path) -> None:
    request, result = lost_update()
    assert result.counterexample is not None
    path = tmp_path / "lost.toml"
    save(path, request, result)
    source = open_scenario(path)
    scenario = fill(source)
    assert scenario.guard.design == "bit2"
    assert scenario.kernel.version == "5.12"
    assert scenario.schedule.policy == "run_on"
    assert scenario.schedule.choices == result.counterexample.choices
    assert scenario.explore.properties == (result.name,)
    assert "with 1 switch" in scenario.shows
    trace = run(plan(source))
    assert len(trace) == result.counterexample.events
    assert trace.kind(result.counterexample.event).name == "LOST_UPDATE"


def test_exploring_a_saved_counterexample_finds_it_again() -> None:
    request, result = lost_update()
    text = scenario_text(request, result)
    again = explore(ExploreRequest(where="again", text=text, jobs=1, bound=Bound(1, 0, 0)))
    assert [each.name for each in again.properties] == [result.name]
    assert again.properties[0].counterexample == result.counterexample


def test_parameters_are_written_down_as_they_were_set() -> None:
    request = request_for("depth-law", settings={"events": "7"})
    held = explore(request)
    broken = PropertyResult("x", False, None)
    with pytest.raises(ScenarioError, match="x holds"):
        scenario_text(request, broken)
    assert held.verdict == "verified"


def test_what_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    request, result = lost_update()
    with pytest.raises(ScenarioError, match="cannot write the counterexample"):
        save(tmp_path / "no" / "such" / "folder.toml", request, result)


def test_the_name_is_one_that_scenarios_may_have() -> None:
    request, result = lost_update()
    assert (
        fill(parse(scenario_text(request, result), where="x")).name == "wrong-word-" + result.name
    )
