from __future__ import annotations

import pytest

from core.errors import ScenarioError
from core.explore.explore import kernel_subject
from core.explore.request import ExploreRequest
from core.explore.result import Bound
from core.explore.sweep import label, possible, rows_of, verdicts
from core.scenario.loader import open_scenario


def base(name: str = "wrong-word") -> ExploreRequest:
    source = open_scenario(name)
    return ExploreRequest(where=source.where, text=source.text, jobs=1)


def test_a_row_for_each_combination() -> None:
    rows = rows_of(base(), ["guard=bit1,bit2", "max_depth=1,2", "irqs=0"])
    assert [label(row.values) for row in rows] == [
        "guard=bit1, max_depth=1, irqs=0",
        "guard=bit1, max_depth=2, irqs=0",
        "guard=bit2, max_depth=1, irqs=0",
        "guard=bit2, max_depth=2, irqs=0",
    ]
    assert (rows[3].request.guard, rows[3].request.max_depth) == ("bit2", 2)
    assert rows[3].request.bound == Bound(2, 0, 0)


def test_parameters_of_the_scenario_can_be_swept() -> None:
    rows = rows_of(base("depth-law"), ["events=5,6"])
    assert [row.request.settings for row in rows] == [{"events": "5"}, {"events": "6"}]


def test_what_does_not_fit_is_said_and_the_others_are_explored() -> None:
    rows = possible(rows_of(base(), ["guard=bit1,uint", "word=serialized"]), kernel_subject())
    assert [bool(row.problem) for row in rows] == [False, True]
    assert "guard uint has no bits" in rows[1].problem
    assert verdicts(rows) == ["incomplete"]
    with pytest.raises(ScenarioError, match="guard uint has no bits"):
        possible(rows_of(base(), ["guard=uint", "word=serialized"]), kernel_subject())


@pytest.mark.parametrize(
    ("axis", "problem"),
    [
        ("guard", "expected NAME=VALUE,VALUE"),
        ("guard=bit1,,bit2", "expected NAME=VALUE,VALUE"),
        ("guards=bit1", "did you mean guard"),
        ("max_depth=deep", "max_depth is a number"),
        ("irqs=" + ",".join(map(str, range(10_001))), "more than 10,000"),
    ],
)
def test_bad_axes(axis: str, problem: str) -> None:
    with pytest.raises(ScenarioError, match=problem):
        rows_of(base(), [axis])


def test_an_axis_twice() -> None:
    with pytest.raises(ScenarioError, match="guard is given twice"):
        rows_of(base(), ["guard=bit1", "guard=bit2"])
