"""What the Explore workspace says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.explore.estimate import Estimate
from core.explore.properties import PROPERTIES
from core.explore.result import (
    Bound,
    Counterexample,
    Exploration,
    GraphNode,
    Progress,
    PropertyResult,
    StateGraph,
)
from gui.widgets.explore import words
from tests.gui.explored import broken, verified


def test_verdicts_are_sentences_a_lecturer_can_read_out() -> None:
    assert words.verdict_of(verified()).sentence == (
        "Verified: no bad outcome in 41,872 runs, at most 2 interrupts and 2 switches."
    )
    told = words.verdict_of(broken())
    assert told == (
        "danger",
        "Counterexample: the guard stays set after one switch.",
        "The guard's bit stays set.",
        "",
    )


def test_what_was_stopped_is_no_proof() -> None:
    told = words.verdict_of(verified(1, complete=False))
    assert told.kind == "warning"
    assert told.sentence == "Not finished: no bad outcome in the 1 run tried before it was stopped."
    assert "no proof" in told.note
    assert "shorter" in words.verdict_of(broken(complete=False)).note


def test_the_verdict_is_about_the_cheapest_counterexample() -> None:
    dear = Counterexample(("1 cpu 1",), 10, 2, 1)
    cheap = Counterexample((), 400, 0, 0)
    results = (
        PropertyResult("guard-clear", holds=False, counterexample=dear),
        PropertyResult("no-deadlock", holds=False, counterexample=cheap),
        PropertyResult("termination", holds=False),
    )
    found = Exploration("x", Bound(), 1, 1, 0, 0.1, "counterexample", results)
    assert (
        words.verdict_of(found).sentence
        == "Counterexample: a deadlock without a switch or an interrupt."
    )
    assert words.cheapest(verified()) is None


def test_every_property_has_words_of_its_own() -> None:
    for name in PROPERTIES:
        assert words.property_title(name) != words.property_title("")
        assert "“" not in words.broken_words(name)
    assert words.property_title("brand-new") == "Brand new"
    assert words.broken_words("brand-new") == "“brand new” does not hold"


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("5 interrupt nic", ("Point 5", "interrupt nic comes")),
        ("9 cpu 1", ("Point 9", "CPU 1 goes on")),
        ("4 cpu 1 chrt/41", ("Point 4", "chrt/41 goes on, on CPU 1")),
        ("12 preempt kworker/17", ("Point 12", "kworker/17 takes over this CPU")),
        ("14 fail", ("Point 14", "the allocation fails")),
        ("15 migrate sh/40 1", ("Point 15", "sh/40 moves to CPU 1")),
        ("16 whatever", ("Point 16", "whatever")),
    ],
)
def test_choices_are_said_in_words(choice: str, said: tuple[str, str]) -> None:
    assert words.choice_words(choice) == said


def test_the_way_of_a_choice() -> None:
    assert [words.way_of(each) for each in ("5 interrupt nic", "14 fail", "3")] == [
        "interrupt", "fail", "go_on",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "under a second"), (1.25, "1.2 s"), (12.3, "12 s"), (89, "89 s"), (95, "2 minutes"),
        (3 * 3600, "3 hours"), (5 * 86400, "5 days"), (9e9, "285 years"),
    ],
)  # fmt: skip
def test_durations(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@given(st.integers(0, 10**15))
def test_rounded_numbers_have_two_digits_and_are_near(n: int) -> None:
    got = words.rounded(n)
    assert abs(got - n) <= n * 0.051
    assert len(str(got).rstrip("0")) <= 2 or n < 100


def test_estimates() -> None:
    assert words.estimate_words(None) == ""
    assert words.estimate_words(Estimate(41_872, 12.3)) == "about 42,000 runs, 12 s"
    assert words.estimate_words(Estimate(1, 0.01, exact=True)) == "1 run, under a second"
    assert "about 12,000,000 runs and 50 minutes" in words.doubt_words(Estimate(12_041_000, 3_010))


def test_bounds_and_lists() -> None:
    assert words.bound_words(Bound(1, 0, 0)) == "0 interrupts and 1 switch"
    assert words.bound_words(Bound(2, 1, 1)) == "1 interrupt, 2 switches and 1 failed allocation"
    assert words.listed([]) == ""


def test_pages_that_lose_their_owner_are_told_with_the_reason() -> None:
    assert words.lost_words(verified()) == (
        "Pages that lose their owner, at most in one run: 2 in an interrupt."
    )
    assert words.lost_words(broken()) == ""


def test_progress() -> None:
    told = Progress(1_200, 300, 700, 41, 1, 0.5)
    assert words.progress_words(None, stopping=False) == "Exploring…"
    assert "1,200 runs so far" in words.progress_words(told, stopping=False)
    assert "kept" in words.progress_words(told, stopping=True)
    found = Progress(1, 1, 0, 0, 0, 0.0, ("guard-clear",))
    assert "counterexample" in words.progress_words(found, stopping=False)


def test_states() -> None:
    nodes = (
        GraphNode(0, "", "", ()),
        GraphNode(1, "completed", "", ()),
        GraphNode(2, "completed", "guard-clear", ("1 cpu 1",)),
        GraphNode(3, "deadlock", "", ()),
        GraphNode(4, "pruned", "", ()),
    )
    graph = StateGraph(nodes, ())
    assert [words.outcome_of(graph, node) for node in range(5)] == [
        "goes on", "ended well", "ended badly", "ended badly", "seen before",
    ]  # fmt: skip
    assert words.state_words(graph, 0) == "The start; the run goes on"
    assert words.state_words(graph, 1) == "State 1, 1 point from the start; the run ended well"
    assert words.state_words(graph, 2).endswith("the run ended badly: the guard stays set")
    assert words.state_words(graph, 3).endswith("the run ended badly: deadlock")
