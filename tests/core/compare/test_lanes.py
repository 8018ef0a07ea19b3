"""Lanes in their order, the presets, and names that tell lanes apart."""

from __future__ import annotations

import pytest

from core.compare.lanes import (
    MOST_LANES,
    PRESETS,
    Lane,
    labels,
    lane_label,
    lanes_of,
    preset,
    shared_words,
)
from core.compare.reason import reason, reason_position
from core.compare.report import comparison_report
from core.compare.run import compare
from core.errors import ProfileError, ScenarioError
from core.scenario.loader import open_scenario
from core.scenario.report import report
from core.scenario.run import Overrides
from core.trace.events import Kind
from tests.core.compare.lanes import deep, guarded
from tests.runs import run_scenario


def test_guards_by_depths_by_kernels_by_architectures() -> None:
    lanes = lanes_of(["uint", "bit1"], [1, 2], ["6.1"], ["x86_64", "arm64"])
    assert lanes[:3] == (
        Lane("uint", 1, "6.1", "x86_64"),
        Lane("uint", 1, "6.1", "arm64"),
        Lane("uint", 2, "6.1", "x86_64"),
    )
    assert lanes[4] == Lane("bit1", 1, "6.1", "x86_64")
    assert len(lanes) == 8


def test_only_bits_have_a_word_to_choose() -> None:
    words = ["current", "serialized"]
    lanes = lanes_of(["uint", "bit1"], [1], words=words)
    assert lanes == (
        Lane("uint", 1),
        Lane("bit1", 1, word="current"),
        Lane("bit1", 1, word="serialized"),
    )
    assert lanes_of(words=["serialized"]) == (Lane(word="serialized"),)
    base = Overrides(word="serialized")
    assert [lane.overrides(base).word for lane in lanes] == [None, *words]
    with pytest.raises(ScenarioError, match="18 lanes"):
        lanes_of(["bit1"] * 9, words=words)


def test_nothing_given_leaves_the_scenario_as_it_is() -> None:
    assert lanes_of() == (Lane(),)
    assert lanes_of(["uint", "uint"]) == (Lane("uint"), Lane("uint"))
    base = Overrides(guard="bit2", max_depth=3, layout="debian-6.1-amd64", budget_events=7)
    assert Lane().overrides(base) == base
    changed = Lane("uint", kernel="5.12", arch="ia64").overrides(base)
    assert changed == Overrides("uint", 3, "ia64", "5.12", "debian-6.1-amd64", 7)


def test_too_many_lanes_are_refused_before_they_are_made() -> None:
    assert len(lanes_of(["uint"] * MOST_LANES)) == MOST_LANES
    with pytest.raises(ScenarioError, match="17 lanes are more than the 16"):
        lanes_of(["uint"] * 17)
    with pytest.raises(ScenarioError, match="1,000,000,000 lanes"):
        lanes_of(["uint"] * 1000, range(1, 1001), ["6.1"] * 1000)


def test_presets() -> None:
    assert [each.name for each in PRESETS][:3] == ["storages", "patch", "depths"]
    assert preset("storages").lanes == (Lane("uint"), Lane("bit1"), Lane("bit2"))
    assert [lane.max_depth for lane in preset("depths").lanes] == [1, 2, 3]
    assert [lane.guard for lane in preset("patch").lanes] == ["scan", "bit1"]
    assert all(2 <= len(each.lanes) <= 4 and each.about for each in PRESETS)


@pytest.mark.parametrize("name", [each.name for each in PRESETS])
def test_every_preset_has_lanes_that_names_tell_apart(name: str) -> None:
    found = compare(open_scenario("depot-growth"), {}, preset(name).lanes)
    assert len(set(found.labels)) == len(found.labels)
    assert not any("(" in label for label in found.labels)


def test_a_name_says_only_what_tells_lanes_apart() -> None:
    assert labels(guarded("depth-law", "uint", "bit1", "bit2")) == [
        "unsigned int",
        "1-bit field",
        "2-bit field",
    ]
    depths = deep("depth-law", 1, 2)
    assert labels(depths) == ["depth 1", "depth 2"]
    assert shared_words(depths) == "unsigned int, Linux 6.1, x86_64"
    mixed = [*depths, run_scenario("depth-law", guard="bit1", max_depth=1)]
    assert labels(mixed) == [
        "unsigned int, depth 1",
        "unsigned int, depth 2",
        "1-bit field, depth 1",
    ]
    without_depth = guarded("depot-growth", "scan", "bit2", max_depth=1)
    assert labels(without_depth) == ["backtrace scan", "2-bit field"]
    assert shared_words(without_depth) == "depth 1, Linux 6.1, x86_64"
    scan = [run_scenario("depot-growth", guard="scan", max_depth=n) for n in (1, 2)]
    assert labels(scan) == ["backtrace scan (1)", "backtrace scan (2)"]
    places = [run_scenario("depot-growth", kernel=k, arch=a) for k, a in (("6.1", "arm64"),) * 2]
    assert labels(places) == ["1-bit field (1)", "1-bit field (2)"]
    places[1] = run_scenario("depot-growth", kernel="6.12", arch="x86_64")
    assert labels(places) == ["Linux 6.1, arm64", "Linux 6.12, x86_64"]


def test_the_word_is_told_where_one_lane_left_the_strictly_current_one() -> None:
    both = [run_scenario("depot-growth", word=word) for word in ("current", "serialized")]
    assert labels(both) == ["current word", "serialized word"]
    assert shared_words(both) == "1-bit field, depth 1, Linux 6.1, x86_64"
    assert "word" not in shared_words(both[:1])
    counter = run_scenario("depot-growth", guard="uint")
    assert labels([both[1], counter]) == ["1-bit field", "unsigned int"]
    assert "serialized word" in shared_words([both[1], counter])


def test_a_lane_has_a_name_before_it_has_run() -> None:
    assert lane_label(Lane()) == "as the scenario has it"
    assert lane_label(Lane("uint", 2, "5.12", "ia64")) == "unsigned int, depth 2, Linux 5.12, ia64"
    assert lane_label(Lane("scan", 2)) == "backtrace scan"
    assert lane_label(Lane(max_depth=3)) == "depth 3"
    assert lane_label(Lane("percpu", 2)) == "per-CPU counter, depth 2"
    assert lane_label(Lane("gfp", 2, word="serialized")) == "gfp flag"
    assert lane_label(Lane("bit1", word="serialized")) == "1-bit field, serialized word"


# -- running them -----------------------------------------------------------------------------


def test_the_same_lane_twice_is_run_once() -> None:
    found = compare(open_scenario("depth-law"), {"events": 2}, lanes_of(["uint", "bit1", "uint"]))
    first, other, again = found.traces
    assert first is again is not other
    assert found.labels == ["unsigned int (1)", "1-bit field", "unsigned int (2)"]


def test_lanes_are_what_a_run_of_each_gives() -> None:
    found = compare(
        open_scenario("depth-law"),
        {"events": 2},
        lanes_of(["uint"], [1, 2]),
        Overrides(kernel="6.12"),
    )
    for depth, trace in zip((1, 2), found.traces, strict=True):
        alone = run_scenario(
            "depth-law", {"events": 2}, guard="uint", max_depth=depth, kernel="6.12"
        )
        assert report(trace) == report(alone)


def test_one_impossible_lane_stops_all_before_they_run() -> None:
    with pytest.raises(ProfileError, match="ia64"):
        compare(
            open_scenario("depth-law"),
            {"events": 10_000_000},
            lanes_of(["uint"], [], ["6.12"], ["x86_64", "ia64"]),
        )


def test_the_report_of_a_comparison() -> None:
    found = compare(open_scenario("depth-law"), {"events": 150}, lanes_of(["uint"], [1, 2]))
    told = comparison_report(found)
    assert told["schema"] == 1
    assert told["lanes"] == [report(trace) for trace in found.traces]
    assert told["partings"] == 150
    assert len(told["parts_at"]) == 150
    first = found.alignment.partings[0]
    assert told["parts_at"][0] == {"events": list(first.events), "operation": 0}
    assert told["differences"][0] == {"measure": "save_stack_calls", "values": [450, 1050]}
    assert told["summary"] == found.summary
    same = comparison_report(compare(open_scenario("depth-law"), {}, lanes_of(["uint", "uint"])))
    assert (same["parts_at"], same["partings"]) == ([], 0)


# -- why they part ----------------------------------------------------------------------------


def test_the_reason_is_the_guards_decision() -> None:
    found = compare(open_scenario("depth-law"), {}, preset("storages").lanes)
    (parting,) = found.alignment.partings
    uint, bit1, _ = (reason(t, at) for t, at in zip(found.traces, parting.events, strict=True))
    assert "it is 2 and the maximum is 2, so it returns dummy_handle" in uint
    assert "it is 0 and the maximum is 2, so the save goes on" in bit1


def test_without_a_decision_the_reason_is_what_it_does() -> None:
    scan, flag = guarded("depot-growth", "scan", "bit1")
    found = compare(open_scenario("depot-growth"), {}, preset("patch").lanes)
    at_scan, at_flag = found.alignment.partings[0].events
    assert reason(scan, at_scan).startswith("save_stack calls stack_trace_save")
    assert flag.kind(reason_position(flag, at_flag)) is Kind.SHORT_CIRCUITED
    assert reason_position(flag, -1) == -1
    assert reason(flag, -1) == "Nothing has happened yet."
    # Nor is an earlier decision one: here the unwinder is on its way back.
    returned = next(
        position
        for position in range(at_flag)
        if flag.kind(position) is Kind.RETURNED
        and flag.function(position).name == "stack_trace_save"
    )
    assert Kind.TESTED in [flag.kind(position) for position in range(returned)]
    assert reason_position(flag, returned) == returned
    # An event that is no call or return is its own reason.
    assert reason_position(flag, at_flag - 1) == at_flag - 1
