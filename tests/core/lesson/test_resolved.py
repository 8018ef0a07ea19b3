"""What a step takes over from the one before."""

import pytest

from core.compare.lanes import Lane
from core.errors import LessonError
from core.lesson.resolved import parse_lane, resolve
from tests.core.lesson.samples import lesson


def test_a_step_that_names_no_scenario_goes_on_with_the_one_before() -> None:
    one, two, three = resolve(
        lesson(
            'scenario = "mail-chain"\nsettings = { size = 100 }\nguard = "uint"\nmax_depth = 2',
            "settings = { allocations = 3 }\nmax_depth = 1",
            'scenario = "mail-chain"',
        )
    )
    assert (one.scenario, dict(one.settings)) == ("mail-chain", {"size": 100})
    assert dict(two.settings) == {"size": 100, "allocations": 3}
    assert (two.overrides.guard, two.overrides.max_depth) == ("uint", 1)
    assert three.overrides.guard is None and not three.settings


def test_essential_lanes_and_recording_stay() -> None:
    _, two, three = resolve(
        lesson(
            'scenario = "mail-chain"\nessential = true\nlanes = ["none"]\nworkspace = "compare"',
            'workspace = "compare"\nrecording = "crash"',
            "essential = false",
        )
    )
    assert two.essential and two.lanes == (Lane("none", 1),)
    assert three.recording == "crash" and not three.essential


def test_a_layout_of_a_layout_step_is_no_layout_of_a_run() -> None:
    _, two = resolve(
        lesson(
            'workspace = "layout"\nlayout = "debian-6.1-s390x"\nfield = "bit1"\nplace = "upstream"',
            'scenario = "mail-chain"',
        )
    )
    assert two.overrides.layout is None


def test_a_field_of_its_own_has_a_place_of_its_own() -> None:
    _, two, three = resolve(
        lesson(
            'workspace = "layout"\nlayout = "x"\nfield = "bit1"\nplace = "upstream"',
            'workspace = "layout"\nfield = "uint"',
            'workspace = "layout"\nplace = "end"',
        )
    )
    assert (two.field, two.place) == ("uint", "")
    assert (three.field, three.place, three.layout) == ("uint", "end", "x")


def test_a_scenario_that_is_gone_is_a_problem_of_its_step_alone() -> None:
    one, two, three = resolve(lesson('scenario = "mail-chian"', "", 'scenario = "mail-chain"'))
    assert one.problem.startswith(
        "step 1 (Step 1): there is no scenario 'mail-chian'; did you mean"
    )
    assert two.problem.startswith("step 2")
    assert not three.problem


def test_a_run_without_a_scenario_and_a_comparison_without_lanes() -> None:
    assert "no scenario is named" in resolve(lesson(""))[0].problem
    compared = resolve(lesson('scenario = "mail-chain"\nworkspace = "compare"'))[0]
    assert "no lanes are named" in compared.problem


def test_lanes_in_words() -> None:
    assert parse_lane("none") == Lane("none", 1)
    assert parse_lane("uint:3") == Lane("uint", 3)
    assert parse_lane("bit1:1:serialized") == Lane("bit1", 1, word="serialized")
    assert parse_lane("bit1::current") == Lane("bit1", 1, word="current")


@pytest.mark.parametrize("text", ["", "bits", "uint:0", "uint:x", "uint:²", "bit1:1:other"])
def test_lanes_that_are_none(text: str) -> None:
    with pytest.raises(LessonError, match="step 4"):
        parse_lane(text, where="step 4")
