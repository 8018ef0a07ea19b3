from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest

from core.errors import ScenarioError
from core.explore.explore import Ticker, explore
from core.explore.request import ExploreRequest
from core.explore.result import Bound, Exploration, Progress
from tests.core.explore.toys import make_toy


def ask(where: str, **changes: Any) -> ExploreRequest:
    request = ExploreRequest(where=where, text="", jobs=1)
    return msgspec.structs.replace(request, **changes)


def broken(done: Exploration) -> dict[str, tuple[str, ...]]:
    return {
        each.name: each.counterexample.choices
        for each in done.properties
        if each.counterexample is not None
    }


def test_a_proof_counts_its_runs() -> None:
    done = explore(ask("locked-update"), make_toy)
    assert (done.verdict, done.complete) == ("verified", True)
    assert (done.runs, done.states, done.pruned) == (3, 2, 1)
    assert all(each.holds for each in done.properties)


def test_a_counterexample_says_what_happens_where() -> None:
    done = explore(ask("lost-update"), make_toy)
    assert done.verdict == "counterexample"
    assert done.complete
    assert broken(done) == {"no-lost-update": ("1 cpu 1",)}
    lost = done.properties[1].counterexample
    assert lost is not None
    assert (lost.events, lost.switches, lost.interrupts, lost.event) == (4, 1, 0, 4)


def test_the_first_counterexample_ends_it_where_that_is_wanted() -> None:
    whole = explore(ask("middling"), make_toy)
    first = explore(ask("middling", first=True), make_toy)
    assert broken(first) == broken(whole)
    assert first.runs < whole.runs
    assert (whole.complete, first.complete) == (True, False)


def test_stopping_keeps_what_was_found() -> None:
    done = explore(ask("middling"), make_toy, Ticker(halted=lambda: True))
    assert done.verdict == "counterexample"
    assert not done.complete
    assert done.runs <= 16
    done = explore(ask("busy", bound=Bound(0, 1, 0)), make_toy, Ticker(halted=lambda: True))
    assert (done.verdict, done.complete) == ("incomplete", False)


def test_progress_is_told_no_oftener_than_the_clock_allows() -> None:
    told: list[Progress] = []
    times = iter(number / 100 for number in range(1_000_000))
    done = explore(ask("middling"), make_toy, Ticker(told.append, clock=lambda: next(times)))
    assert told
    assert [each.runs for each in told] == sorted(each.runs for each in told)
    assert told[-1].runs <= done.runs
    steps = [later.seconds - sooner.seconds for sooner, later in pairwise(told)]
    assert min(steps) > 0.0399
    assert told[-1].broken == ("no-lost-update",)


def test_a_bound_that_is_none() -> None:
    with pytest.raises(ScenarioError, match="--irqs: expected a number from 0 to 100, got -1"):
        explore(ask("lost-update", bound=Bound(1, -1, 0)), make_toy)
    with pytest.raises(ScenarioError, match=r"--preemptions: .*got 101"):
        explore(ask("lost-update", bound=Bound(101, 0, 0)), make_toy)
