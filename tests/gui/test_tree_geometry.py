"""Where the saves of page events lie, and that a hit test agrees with what is drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.trace.save_tree import SaveTree, save_tree
from core.trace.trace import Trace
from gui.geometry.save_tree import (
    Area,
    Box,
    Layout,
    Widths,
    happened_until,
    layout,
    neighbour,
    row_height,
)
from tests.core.trace.made_traces import page_owner_traces
from tests.runs import bundled_run, run_scenario

AREA = Area(left=40, top=10, width=640, row=24, gap=6)
WIDTHS: tuple[Widths, ...] = ("equal", "events", "ns")


def law_tree(max_depth: int, events: int = 2) -> SaveTree:
    return save_tree(run_scenario("depth-law", {"events": events}, max_depth=max_depth))


def places(found: Layout) -> dict[int, Box]:
    return {node: box for box in found.boxes for node in box.nodes}


@pytest.mark.parametrize("max_depth", [1, 2, 3, 4])
def test_each_level_halves_the_boxes(max_depth: int) -> None:
    tree = law_tree(max_depth)
    found = layout(tree, [int(tree.tops[0])], AREA)
    assert [row.saves for row in found.rows] == [2**level for level in range(max_depth + 1)]
    assert [row.level for row in found.rows] == [*range(1, max_depth + 2)]
    for row in found.rows:
        boxes = [box for box in found.boxes if box.level == row.level]
        assert [box.width for box in boxes] == pytest.approx([640 / len(boxes)] * len(boxes))
    assert found.rows[-1].hits == 2**max_depth
    assert found.rows[-1].top == 10 + max_depth * 30
    assert found.bottom == found.rows[-1].top + 24


@given(
    trace=page_owner_traces(),
    widths=st.sampled_from(WIDTHS),
    room=st.floats(3, 900),
    several=st.booleans(),
)
def test_nothing_disappears_and_children_lie_below_their_parents(
    trace: Trace, widths: Widths, room: float, several: bool
) -> None:
    tree = SaveTree(trace)
    tops = tree.tops.tolist() if several else tree.tops[:1].tolist()
    found = layout(tree, tops, AREA._replace(width=room), widths)
    drawn = sorted(node for box in found.boxes for node in box.nodes)
    wanted = sorted(int(node) for top in tops for node in tree.tree(top))
    assert drawn == wanted
    boxes = places(found)
    for node, box in boxes.items():
        assert box.level == tree.level[node]
        assert box.width >= 1
        assert box.left >= AREA.left - 1
        assert box.right <= AREA.left + room + 1
        parent = int(tree.parent[node])
        if parent in boxes:
            above = boxes[parent]
            assert box.top == above.bottom + AREA.gap
            assert above.left - 1 <= box.left
            assert box.right <= above.right + 1
    for row in found.rows:
        # Saves apart never overlap; merged ones have a pixel each.
        whole = sorted(
            (box.left, box.right)
            for box in found.boxes
            if box.level == row.level and len(box.nodes) == 1 and box.width > 1
        )
        assert all(a[1] <= b[0] + 1e-6 for a, b in pairwise(whole))
        merged = [b.left for b in found.boxes if b.level == row.level and len(b.nodes) > 1]
        assert len(set(merged)) == len(merged)


def painted(
    found: Layout, size: tuple[int, int]
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Draw the boxes one over the other, sampled in the middle of each quarter pixel."""
    wide, high = size
    canvas = np.full((high, wide * 4), -1)
    for number, box in enumerate(found.boxes):
        x, y = (np.arange(wide * 4) + 0.5) / 4, np.arange(high) + 0.5
        inside_x = (x >= box.left) & (x < box.right)
        inside_y = (y >= box.top) & (y < box.bottom)
        canvas[np.ix_(inside_y, inside_x)] = number
    return canvas


@given(trace=page_owner_traces(), widths=st.sampled_from(WIDTHS), room=st.integers(3, 60))
def test_hit_tests_agree_with_what_is_drawn(trace: Trace, widths: Widths, room: int) -> None:
    tree = SaveTree(trace)
    found = layout(tree, tree.tops.tolist(), Area(2, 1, room, 3, 1), widths)
    canvas = painted(found, (room + 4, 28))
    for y in range(canvas.shape[0]):
        for x in range(0, canvas.shape[1], 3):
            box = found.box_at((x + 0.5) / 4, y + 0.5)
            number = canvas[y, x]
            assert box == (found.boxes[number] if number >= 0 else None)


def test_a_wide_tree_becomes_bars_that_say_how_many() -> None:
    tree = law_tree(7, events=1)
    found = layout(tree, [0], AREA._replace(width=100))
    last = [box for box in found.boxes if box.level == 8]
    assert sum(len(box.nodes) for box in last) == 128
    assert {box.width for box in last} == {1.0}
    assert len(last) == 100
    box = found.box_of(last[50].nodes[0])
    assert box == last[50]
    assert found.box_of(10**6) is None


def test_cost_makes_wider() -> None:
    tree = save_tree(bundled_run("depot-growth"))
    tops = tree.tops.tolist()
    boxes = places(layout(tree, tops, AREA, "ns"))
    widths = np.array([boxes[top].width for top in tops])
    assert widths == pytest.approx(640 * tree.all_ns[tops] / tree.all_ns[tops].sum())
    assert len({round(box.width) for box in places(layout(tree, tops, AREA)).values()}) == 1


def test_rows_say_what_they_hold() -> None:
    tree = law_tree(2)
    found = layout(tree, [0], AREA)
    assert [row.label for row in found.rows] == ["1 save", "2 saves", "4 hits"]
    failed = save_tree(bundled_run("depot-failure"))
    labels = [row.label for row in layout(failed, failed.tops.tolist(), AREA).rows]
    assert labels == ["5 saves, 2 failures", "2 hits"]


def test_nothing_to_draw() -> None:
    tree = save_tree(bundled_run("page-owner-off"))
    assert layout(tree, [], AREA) == Layout((), ())
    assert layout(tree, [], AREA).bottom == 0


def test_rows_fit_where_they_can() -> None:
    assert row_height(200, 4, 8, 12, 60) == 44
    assert row_height(200, 40, 8, 12, 60) == 12
    assert row_height(900, 2, 8, 12, 60) == 60
    assert row_height(900, 0, 8, 12, 60) == 60


def test_arrows_go_along_the_tree() -> None:
    tree = law_tree(2, events=1)
    assert neighbour(tree, [0], 0, "up") == 0
    child = neighbour(tree, [0], 0, "down")
    assert child == tree.children(0)[0]
    other = neighbour(tree, [0], child, "right")
    assert other == tree.children(0)[1]
    assert neighbour(tree, [0], other, "right") == other
    assert neighbour(tree, [0], other, "left") == child
    leaf = neighbour(tree, [0], child, "down")
    assert neighbour(tree, [0], leaf, "down") == leaf
    # Along the row, also to the children of another parent.
    assert neighbour(tree, [0], leaf, "last") == tree.children(other)[1]
    assert neighbour(tree, [0], tree.children(child)[1], "right") == tree.children(other)[0]
    assert neighbour(tree, [0], leaf, "first") == leaf
    assert neighbour(tree, [0], leaf, "up") == child


@given(
    name=st.sampled_from(["depth-law", "two-tasks", "depot-growth", "stack-list"]),
    widths=st.sampled_from(WIDTHS),
    share=st.floats(0, 1),
    top=st.integers(0, 3),
)
def test_what_has_begun_lies_at_the_left(name: str, widths: Widths, share: float, top: int) -> None:
    trace = bundled_run(name)
    tree = save_tree(trace)
    found = layout(tree, [int(tree.tops[top % len(tree.tops)])], AREA, widths)
    position = round(share * len(trace)) - 1
    edges = happened_until(tree, found, position)
    assert len(edges) == len(found.rows)
    for box in found.boxes:
        edge = edges[box.level - 1]
        begun = tree.call[box.nodes[0]] <= position
        assert (box.right <= edge) if begun else (box.left >= edge - 1e-6)
