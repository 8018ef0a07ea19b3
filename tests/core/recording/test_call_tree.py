"""Trees of calls, against sums over lists of names."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.questions.call_tree import GONE_SHARE, ORDERS, CallTree, Order

Weighed = list[tuple[str, int]]
WEIGHED = st.lists(
    st.tuples(st.text("abc", max_size=5).map(";".join), st.integers(0, 9)), max_size=15
)


def profile_of(stacks: Weighed, times: list[int] | None = None) -> StackProfile:
    builder = ProfileBuilder(ProfileInfo("test"))
    for at, (stack, pages) in enumerate(stacks):
        numbers = {"ts_ns": times[at]} if times is not None else None
        frames = [Frame(name, name, "ext4" if name == "c" else "") for name in stack.split(";")]
        builder.add(frames if stack else [], weights={"pages": pages}, numbers=numbers)
    return builder.build()


def tree_of(
    stacks: Weighed, order: Order = "heavy", base: Weighed | None = None, *, inverted: bool = False
) -> CallTree:
    other = profile_of(base) if base is not None else None
    return CallTree.of(profile_of(stacks), "pages", other, order, inverted=inverted)


def text(tree: CallTree, node: int = 0) -> str:
    """Return a node and all below it, as in ``all 3 (a 3 (b 1))``."""
    below = " ".join(text(tree, child) for child in tree.children_of(node))
    return f"{tree.name_of(node)} {tree.total[node]}" + (f" ({below})" if below else "")


def paths(tree: CallTree, column: np.ndarray) -> dict[str, int]:
    """Return a column by path; the paths of a grouped tree are different from each other."""
    return {";".join(tree.path_names(node)): int(column[node]) for node in range(len(tree))}


def sums(stacks: Weighed) -> Counter[str]:
    """Return what each beginning of the stacks weighs."""
    found: Counter[str] = Counter()
    for stack, pages in stacks:
        names = stack.split(";") if stack else []
        for depth in range(len(names) + 1):
            found[";".join(names[:depth])] += pages
    return found


MIXED: Weighed = [("a;b", 1), ("a;c;b", 5), ("b", 2), ("a;b", 1), ("b;a", 1), ("a", 2)]


def test_the_heaviest_child_is_left() -> None:
    assert text(tree_of(MIXED)) == "all 12 (a 9 (c 5 (b 5) b 2) b 3 (a 1))"


def test_children_are_sorted_by_name() -> None:
    assert text(tree_of(MIXED, "name")) == "all 12 (a 9 (b 2 c 5 (b 5)) b 3 (a 1))"


def test_a_chart_merges_only_what_follows_one_another() -> None:
    assert text(tree_of(MIXED, "time")) == (
        "all 12 (a 6 (b 1 c 5 (b 5)) b 2 a 1 (b 1) b 1 (a 1) a 2)"
    )


def test_a_chart_goes_by_time_and_keeps_the_gaps() -> None:
    profile = profile_of([("a;b", 2), ("a", 3), ("a;b", 4)], [30, 20, 10])
    tree = CallTree.of(profile, "pages", order="time")
    assert text(tree) == "all 9 (a 9 (b 4 b 2))"
    assert tree.x.tolist() == [0, 0, 0, 7]


def test_stacks_can_be_read_from_the_innermost_function() -> None:
    assert text(tree_of(MIXED, inverted=True)) == "all 12 (b 9 (c 5 (a 5) a 2) a 3 (b 1))"


def test_a_base_stands_beside_each_node_and_what_is_gone_stays() -> None:
    tree = tree_of([("a;b", 6), ("n", 4)], base=[("a;b", 2), ("a;x;y", 30), ("z", 10)])
    assert text(tree) == "all 10 (a 6 (b 6 x 0 (y 0)) n 4 z 0)"
    assert tree.base is not None
    assert paths(tree, tree.base) == {
        "": 42, "a": 32, "n": 0, "z": 10, "a;b": 2, "a;x": 30, "a;x;y": 30,
    }  # fmt: skip
    gone = {tree.name_of(node): tree.width[node] for node in range(len(tree))}
    assert gone["z"] == pytest.approx(10 * GONE_SHARE * 10 / 40)
    assert gone["x"] == pytest.approx(3 * gone["z"])
    assert tree.width[0] == pytest.approx(10 * (1 + GONE_SHARE))


def test_little_that_is_gone_keeps_its_weight() -> None:
    tree = tree_of([("a", 1000)], base=[("z", 10)])
    assert tree.width.tolist() == [1010, 1000, 10]


def test_modules_are_those_of_the_frames() -> None:
    tree = tree_of(MIXED)
    assert dict(zip(tree.names, tree.modules, strict=True)) == {"a": "", "b": "", "c": "ext4"}
    assert tree.module_of(0) == ""


def test_what_everything_begins_with_can_be_the_root() -> None:
    tree = tree_of([("a;b", 1), ("a;c;b", 5), ("a", 2)], base=[("a;d", 4)]).rooted
    assert text(tree) == "a 8 (c 5 (b 5) b 1 d 0)"
    assert tree.depth == 3
    assert tree.base is not None
    assert tree.base[0] == 4
    own, total = tree.by_name()
    assert (own[0], total[0], tree.held_by(named(tree, "a"))) == (2, 8, 8)
    for other in (tree_of(MIXED), tree_of([]), tree_of([("a", 1), ("", 1)])):
        assert other.rooted is other


def test_a_path_finds_its_node() -> None:
    tree = tree_of(MIXED)
    node = tree.find(["a", "c", "b"])
    assert node is not None
    assert tree.path_names(node) == ["a", "c", "b"]
    assert tree.find(["a", "x"]) is None
    assert tree.find(["a", "c", "b", "a"]) is None
    assert tree.find([]) == 0


def test_a_profile_without_the_weight_is_an_empty_tree() -> None:
    for order in ORDERS:
        tree = CallTree.of(profile_of(MIXED), "bytes", order=order)
        assert tree.is_empty
        assert text(tree) == "all 0"
        assert not CallTree.of(profile_of(MIXED), "pages", order=order).is_empty


def named(tree: CallTree, names: str) -> np.ndarray:
    return np.array([name in names for name in tree.names], np.bool_)


def test_records_that_hold_a_function_twice_count_once() -> None:
    tree = tree_of([("b;a;b", 4), ("a;b", 2), ("a", 1)])
    assert tree.held_by(named(tree, "b")) == 6
    own, total = tree.by_name()
    assert dict(zip(tree.names, zip(own.tolist(), total.tolist(), strict=True), strict=True)) == {
        "a": (1, 7), "b": (6, 6),
    }  # fmt: skip


@given(WEIGHED, st.sampled_from(ORDERS), st.booleans())
def test_nodes_lie_inside_their_parents_and_beside_each_other(
    stacks: Weighed, order: Order, inverted: bool
) -> None:
    tree = tree_of(stacks, order, inverted=inverted)
    assert tree.whole == sum(pages for _, pages in stacks)
    for node in range(len(tree)):
        children = tree.children_of(node)
        assert all(tree.parent[child] == node for child in children)
        below = sum(int(tree.total[child]) for child in children)
        assert tree.total[node] == tree.self_weight[node] + below
        at = tree.x[node]
        for child in children:
            assert tree.depths[child] == tree.depths[node] + 1
            assert tree.x[child] >= at
            at = tree.end(child)
        assert at <= tree.end(node)


@given(WEIGHED, WEIGHED, st.sampled_from(["name", "heavy"]))
def test_weights_are_those_of_the_stacks_that_begin_so(
    stacks: Weighed, base: Weighed, order: Order
) -> None:
    tree = tree_of(stacks, order, base)
    assert tree.base is not None
    new, old = sums(stacks), sums(base)
    wanted = {path: (new[path], old[path]) for path in new | old if new[path] or old[path]}
    found, before = paths(tree, tree.total), paths(tree, tree.base)
    found.setdefault("", 0)
    wanted.setdefault("", (0, 0))
    assert {path: (found[path], before[path]) for path in found} == wanted
    assert (tree.width[1:] > 0).all()


@given(WEIGHED, st.lists(st.integers(0, 9), min_size=15, max_size=15))
def test_a_chart_shows_at_each_place_the_stack_of_that_record(
    stacks: Weighed, times: list[int]
) -> None:
    tree = CallTree.of(profile_of(stacks, times[: len(stacks)]), "pages", order="time")
    at = 0
    in_time = sorted(zip(times, stacks, strict=False), key=lambda row: row[0])
    for _, (stack, pages) in in_time:
        for place in range(at, at + pages):
            here = [n for n in range(1, len(tree)) if tree.x[n] <= place < tree.end(n)]
            assert ";".join(map(tree.name_of, here)) == stack
        at += pages


@given(WEIGHED, st.sampled_from("abc"))
def test_what_is_held_is_the_sum_over_records(stacks: Weighed, name: str) -> None:
    tree = tree_of(stacks)
    wanted = sum(pages for stack, pages in stacks if name in stack)
    assert tree.held_by(named(tree, name)) == wanted
    if name in tree.names:
        own, total = tree.by_name()
        at = tree.names.index(name)
        assert total[at] == wanted
        assert own[at] == sum(pages for stack, pages in stacks if stack[-1:] == name)
