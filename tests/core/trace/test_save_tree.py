"""The forest of saves is what a walk through the events, one by one, finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scenario.loader import bundled
from core.trace.events import Kind
from core.trace.save_law import law, law_of
from core.trace.save_tree import Asker, Outcome, SaveTree, save_tree
from core.trace.trace import Trace
from tests.core.trace.made_traces import (
    LIST,
    RESET,
    SAVE,
    Maker,
    page_owner_traces,
    random_traces,
)
from tests.runs import bundled_run, counts, run_scenario

COLUMNS = (
    "call", "end", "parent", "level", "asker", "outcome", "task", "events", "ns", "frames",
    "all_saves", "all_unwinds", "all_hits", "all_events", "all_ns", "all_frames",
)  # fmt: skip


class Walk:
    """Goes through the events of a run with a stack for each task, as a reader would."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.nodes: list[dict[str, Any]] = []
        self.stacks: dict[int, list[tuple[str, int, int]]] = {}  # name, call, node
        self.saved: dict[int, int] = {}  # by call of the asker: its save
        for position in range(len(trace)):
            self._step(position)
        for node in self.nodes:
            if node["end"] < 0:
                node["end"], node["outcome"] = len(trace) - 1, Outcome.UNFINISHED
        for node in self.nodes:
            node |= {f"all_{name}": value for name, value in self._sums(node).items()}

    def _step(self, position: int) -> None:
        trace, site = self.trace, self.trace.site(position)
        name, task = trace.functions[site.function].name, trace.task_at(position)
        stack = self.stacks.setdefault(task, [])
        if site.kind is Kind.CALLED:
            node = self._new(position, task, stack) if name == SAVE else -1
            stack.append((name, position, node))
        inside = self._inside(stack)
        if inside >= 0 and stack:
            self._note(self.nodes[inside], site, name, position)
        owner = next((self.nodes[n] for f, _, n in reversed(stack) if f == SAVE), None)
        if owner is not None:
            owner["events"] += 1
            owner["ns"] += site.cost_ns
            owner["frames"] += site.kind is Kind.FRAME_UNWOUND
        if site.kind is Kind.RETURNED:
            _, _, node = stack.pop()
            if name == SAVE:
                self.nodes[node]["end"] = position

    def _new(self, position: int, task: int, stack: list[tuple[str, int, int]]) -> int:
        asker, parent = Asker.ALLOC, -1
        if stack and stack[-1][0] == RESET:
            asker = Asker.FREE
        for at in range(len(stack) - 1, -1, -1):
            if stack[at][0] == SAVE:
                parent = stack[at][2]
                break
            if stack[at][0] == LIST:
                asker = Asker.LIST
                parent = self.saved.get(stack[at - 1][1], -1) if at else -1
                break
        if stack:
            self.saved.setdefault(stack[-1][1], len(self.nodes))
        self.nodes.append(
            {
                "call": position, "end": -1, "parent": parent, "task": task, "asker": asker,
                "level": self.nodes[parent]["level"] + 1 if parent >= 0 else 1,
                "outcome": Outcome.KNOWN, "events": 0, "ns": 0, "frames": 0, "walked": False,
                "hit": False,
            }
        )  # fmt: skip
        return len(self.nodes) - 1

    def _inside(self, stack: list[tuple[str, int, int]]) -> int:
        """The save that an event says something about: none while a list is at work."""
        for name, _, node in reversed(stack):
            if name in (SAVE, LIST):
                return node
        return -1

    def _note(self, node: dict[str, Any], site: Any, name: str, position: int) -> None:
        if site.kind is Kind.WALK_STARTED:
            node["walked"] = True
        elif site.kind is Kind.SHORT_CIRCUITED:
            node["hit"] = True
            node["outcome"] = Outcome.SCAN_HIT if node["walked"] else Outcome.HIT
        elif site.kind is Kind.DEPOT_STORED:
            node["outcome"] = Outcome.STORED
        elif site.kind is Kind.STEPPED and site.label == "fail" and name == SAVE:
            node["outcome"] = Outcome.FAILED

    def _sums(self, node: dict[str, Any]) -> dict[str, int]:
        me = self.nodes.index(node)
        below = [self._sums(each) for each in self.nodes if each["parent"] == me]
        mine = {
            "saves": 1, "unwinds": int(node["walked"]), "hits": int(node["hit"]),
            "events": node["events"], "ns": node["ns"], "frames": node["frames"],
        }  # fmt: skip
        return {name: value + sum(each[name] for each in below) for name, value in mine.items()}


def agrees(trace: Trace) -> None:
    tree, walk = SaveTree(trace), Walk(trace)
    for column in COLUMNS:
        found = getattr(tree, column).tolist()
        assert found == [node[column] for node in walk.nodes], column


@given(trace=page_owner_traces())
def test_the_laws_of_any_run_of_page_owner(trace: Trace) -> None:
    agrees(trace)
    tree = SaveTree(trace)
    a_forest_holds_together(tree)
    the_node_at_a_position_is_the_innermost_open_save(trace, tree)


@pytest.mark.parametrize("name", bundled())
def test_it_is_what_a_walk_finds_in_every_scenario(name: str) -> None:
    agrees(bundled_run(name))


@given(
    name=st.sampled_from(["depth-law", "two-tasks"]),
    guard=st.sampled_from(["uint", "bit1", "bit2", "scan"]),
    max_depth=st.integers(1, 3),
    events=st.integers(1, 3),
)
def test_it_is_what_a_walk_finds_under_every_guard(
    name: str, guard: str, max_depth: int, events: int
) -> None:
    trace = run_scenario(name, {"events": events}, guard=guard, max_depth=max_depth)
    if len(trace) < 4000:
        agrees(trace)
    tree = SaveTree(trace)
    total = counts(trace)
    assert len(tree) == total["save_stack_calls"]
    assert tree.frames.sum() == total["frames_unwound"]
    assert tree.all_hits[tree.tops].sum() == total["guard_hits"]


@given(trace=random_traces())
def test_nonsense_is_taken_too(trace: Trace) -> None:
    tree = SaveTree(trace)
    assert len(tree) == counts(trace)["save_stack_calls"] if len(trace) else not len(tree)
    assert (tree.parent < np.arange(len(tree))).all()
    assert tree.frames.sum() <= len(trace)


def test_a_list_item_of_nobody_hangs_below_nobody() -> None:
    maker = Maker()
    for name in (SAVE, LIST):
        maker.call(name)
        if name == LIST:
            maker.call("kmalloc")
            maker.call(SAVE)
            maker.back()
            maker.back()
        maker.back()
    tree = SaveTree(maker.trace())
    assert tree.parent.tolist() == [-1, -1]
    assert tree.asker.tolist() == [Asker.ALLOC, Asker.LIST]


def a_forest_holds_together(tree: SaveTree) -> None:
    seen = [int(node) for top in tree.tops for node in tree.tree(int(top))]
    assert sorted(seen) == list(range(len(tree)))
    for node in range(len(tree)):
        children = tree.children(node).tolist()
        assert children == [n for n in range(len(tree)) if tree.parent[n] == node]
        assert tree.path(node)[0] == tree.top_level_of(node)
        assert len(tree.path(node)) == tree.level[node]
        assert tree.all_saves[node] == 1 + sum(tree.all_saves[each] for each in children)
    rows = tree.by_level()
    assert sum(row.saves for row in rows) == len(tree)


def the_node_at_a_position_is_the_innermost_open_save(trace: Trace, tree: SaveTree) -> None:
    for position in range(-1, len(trace)):
        calls = [c for c in trace.calls_at(position) if trace.function(c).name in (SAVE, LIST)]
        node = tree.node_at(position)
        if not calls:
            assert node == -1
        elif trace.function(calls[-1]).name == SAVE:
            assert tree.call[node] == calls[-1]
        else:
            assert trace.parents[tree.call[node]] == trace.parents[calls[-1]]


@pytest.mark.parametrize("max_depth", [1, 2, 3, 4])
def test_levels_double(max_depth: int) -> None:
    trace = run_scenario("depth-law", {"events": 5}, guard="uint", max_depth=max_depth)
    rows = save_tree(trace).by_level()
    assert [row.saves for row in rows] == [5 * 2**level for level in range(max_depth + 1)]
    assert [row.hits for row in rows] == [0] * max_depth + [5 * 2**max_depth]
    assert [row.unwinds for row in rows] == [5 * 2**level for level in range(max_depth)] + [0]
    tree = save_tree(trace)
    assert tree.all_hits[tree.tops].tolist() == [2**max_depth] * 5
    law_here = law_of(trace)
    assert law_here is not None
    assert law_here.holds
    sentence = law(trace)
    assert sentence is not None
    saves, hits = 5 * (2 ** (max_depth + 1) - 1), 5 * 2**max_depth
    assert sentence.startswith(f"5 page events at maximum depth {max_depth}: ")
    assert f"= {saves} saves" in sentence
    assert f"= {hits} guard hits" in sentence


def test_a_range_counts_the_events_in_it() -> None:
    trace = run_scenario("depth-law", {"events": 4})
    tree = save_tree(trace)
    whole = tree.by_level()
    middle = len(trace) // 2 + 7
    before, after = tree.by_level(0, middle), tree.by_level(middle + 1)
    for row, one, other in zip(whole, before, after, strict=True):
        assert row[1:] == tuple(a + b for a, b in zip(one[1:], other[1:], strict=True))
    assert tree.by_level(5, 4) == [(level, 0, 0, 0, 0) for level in (1, 2, 3)]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("depot-growth", "12 page events at maximum depth 1 made 14 saves and not 36"),
        ("two-bit-wrap", "The run did not come to its end."),
        ("no-guard-overflow", "No guard ran, so there is no law"),
        ("mail-chain", "1 page event at maximum depth 1 made 2 saves and not 3"),
    ],
)
def test_where_the_law_does_not_hold_it_says_what_differs(name: str, part: str) -> None:
    sentence = law(bundled_run(name))
    assert sentence is not None
    assert part in sentence


def test_without_saves_there_is_no_law() -> None:
    assert law(bundled_run("page-owner-off")) is None
    assert save_tree(bundled_run("page-owner-off")).by_level() == []


def test_an_absurd_maximum_depth_is_told_as_a_power() -> None:
    sentence = law(run_scenario("depth-law", max_depth=100_000))
    assert sentence is not None
    assert "some 2^100000" in sentence
    assert len(sentence) < 400


def test_a_scan_has_no_maximum_depth() -> None:
    trace = run_scenario("depot-growth", guard="scan")
    tree = save_tree(trace)
    assert Outcome.SCAN_HIT in tree.outcome
    assert law(trace) == (
        "The scan has no maximum depth, so there is no law to hold it to. "
        "The recursion went 2 levels deep."
    )


def test_list_items_hang_below_the_save_their_stack_is_from() -> None:
    tree = save_tree(bundled_run("stack-list"))
    assert tree.asker.tolist() == [Asker.ALLOC, Asker.LIST] * 3
    assert tree.parent.tolist() == [-1, 0, -1, 2, -1, 4]
    assert tree.outcome.tolist() == [Outcome.STORED, Outcome.HIT] * 3


def test_failures_and_an_end_in_the_middle_are_told() -> None:
    assert Outcome.FAILED in save_tree(bundled_run("depot-failure")).outcome
    wrapped = save_tree(bundled_run("two-bit-wrap"))
    assert set(wrapped.outcome.tolist()) == {Outcome.UNFINISHED}
    assert wrapped.depth == 29


def test_the_page_event_at_a_position() -> None:
    tree = save_tree(run_scenario("depth-law", {"events": 3}))
    second = int(tree.tops[1])
    assert tree.top_at(-1) == -1
    assert tree.top_at(int(tree.call[second])) == second
    assert tree.top_at(int(tree.call[second]) - 1) == tree.tops[0]
    assert tree.top_at(int(tree.end[second])) == second
