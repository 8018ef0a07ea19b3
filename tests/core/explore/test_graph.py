from __future__ import annotations

import pytest

from core.explore import graph
from core.explore.explore import explore
from core.explore.request import ExploreRequest
from core.explore.result import StateGraph
from tests.core.explore.toys import make_toy


def drawn(where: str, pruning: bool = True) -> StateGraph | None:
    request = ExploreRequest(where=where, text="", jobs=1, graph=True, pruning=pruning)
    return explore(request, make_toy).graph


def test_every_state_is_reached_from_the_start() -> None:
    space = drawn("lost-update")
    assert space is not None
    reached, more = {0}, True
    while more:
        found = {edge.end for edge in space.edges if edge.start in reached} - reached
        reached |= found
        more = bool(found)
    assert reached == set(range(len(space.nodes)))
    assert {edge.way for edge in space.edges} == {"go_on", "cpu"}


def test_ends_say_how_and_what_they_break_and_how_to_get_there() -> None:
    space = drawn("abba")
    assert space is not None
    ends = {(node.outcome, node.broken) for node in space.nodes if node.outcome}
    assert ends == {("completed", ""), ("deadlock", "no-deadlock")}
    stuck = next(node for node in space.nodes if node.outcome == "deadlock")
    assert stuck.choices == ("1 cpu 1",)
    assert all(space.nodes[edge.start].outcome == "" for edge in space.edges)


def test_there_is_none_of_a_large_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MOST_NODES", 5)
    assert drawn("lost-update") is None


def test_it_is_the_same_whether_the_search_prunes() -> None:
    assert drawn("lost-update", pruning=False) == drawn("lost-update")
