"""Frames on pixels, against looking at every frame for every pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.questions.call_tree import CallTree
from gui.geometry.axis import View
from gui.geometry.flame import NOTHING, Cells, Rows, cells, runs
from gui.geometry.flame_zoom import FlameZoom

Stacks = list[tuple[str, int]]

stacks = st.lists(
    st.tuples(st.text("abc", max_size=5), st.integers(1, 60)), min_size=1, max_size=40
)


def profile_of(made: Stacks) -> StackProfile:
    builder = ProfileBuilder(ProfileInfo())
    for path, weight in made:
        builder.add([Frame(name, name) for name in path], weights={"records": weight})
    return builder.build()


def tree_of(made: Stacks, base: Stacks | None = None, order: str = "heavy") -> CallTree:
    against = profile_of(base) if base is not None else None
    return CallTree.of(profile_of(made), "records", against, order)  # type: ignore[arg-type]


def whole_of(tree: CallTree) -> View:
    return View(0.0, float(tree.width[0]))


def touching(tree: CallTree, depth: int, pixel: View) -> list[int]:
    """Return the nodes of a level that have a part of a pixel, one after the other."""
    level = tree.level(depth)
    return [
        node
        for node in range(level.start, level.stop)
        if tree.x[node] < pixel.last and tree.end(node) > pixel.first
    ]


def shown_among(tree: CallTree, inside: list[int], pixel: View) -> int | None:
    """Return which of the nodes of a pixel it must show, None where it may be any."""
    for node in inside:
        if tree.x[node] >= pixel.first and tree.end(node) <= pixel.last:
            return node
    middle = (pixel.first + pixel.last) / 2
    return next((node for node in inside if tree.x[node] <= middle < tree.end(node)), None)


@given(stacks, st.integers(1, 70), st.floats(0, 0.9), st.floats(0.01, 1), st.booleans())
def test_each_pixel_shows_what_lies_in_it(
    made: Stacks, pixels: int, first: float, share: float, in_time: bool
) -> None:
    tree = tree_of(made, order="time" if in_time else "heavy")
    whole = tree.width[0]
    seen = View(first * whole, first * whole + share * whole)
    found = cells(tree, seen, pixels, range(tree.depth))
    edges = np.linspace(seen.first, seen.last, pixels + 1).tolist()
    for depth in range(tree.depth):
        for column in range(pixels):
            pixel = View(edges[column], edges[column + 1])
            inside = touching(tree, depth, pixel)
            node = found.at(depth, column)
            assert found.together(depth, column) == len(inside)
            if not inside:
                assert node is None
                continue
            assert node in inside
            assert found.first[depth, column] == inside[0]
            assert node == (shown_among(tree, inside, pixel) or node)


@given(stacks, stacks, st.integers(20, 90))
def test_nothing_disappears_not_even_what_only_the_base_has(
    made: Stacks, base: Stacks, pixels: int
) -> None:
    tree = tree_of(made, base)
    found = cells(tree, whole_of(tree), pixels, range(tree.depth))
    held = np.zeros(len(tree), np.bool_)
    drawn = found.node != NOTHING
    for first, last in zip(found.first[drawn].tolist(), found.last[drawn].tolist(), strict=True):
        held[first : last + 1] = True
    assert held.all()


@given(stacks, st.integers(5, 90), st.floats(0, 0.8), st.floats(0.05, 1))
def test_a_frame_of_two_pixels_is_drawn_where_it_lies(
    made: Stacks, pixels: int, first: float, share: float
) -> None:
    tree = tree_of(made)
    seen = View(first * tree.width[0], (first + share) * tree.width[0])
    found = runs(cells(tree, seen, pixels, range(tree.depth)))
    drawn = dict(zip(found.node.tolist(), zip(found.begin, found.end, strict=True), strict=True))
    assert len(drawn) == len(found.node)
    scale = pixels / seen.width
    for node in range(len(tree)):
        left = max(0.0, (float(tree.x[node]) - seen.first) * scale)
        right = min(float(pixels), (tree.end(node) - seen.first) * scale)
        if right - left >= 2:
            begin, end = drawn[node]
            assert abs(begin - left) <= 1
            assert abs(end - right) <= 1


def test_runs_are_the_pixels_of_a_picture_and_leave_out_what_is_empty() -> None:
    node = np.array([[0, 0, 0, 0], [1, 1, NOTHING, 2], [NOTHING] * 4])
    found = runs(Cells(range(5, 8), node, node, node))
    assert [column.tolist() for column in found] == [
        [0, 1, 1], [0, 0, 3], [4, 2, 4], [0, 1, 2],
    ]  # fmt: skip


def test_a_frame_of_a_hundredth_of_a_pixel_is_seen_and_hit() -> None:
    tree = tree_of([("a", 9_999), ("b", 1), ("c", 10_000)])
    b = tree.find(["b"])
    assert b is not None
    found = cells(tree, whole_of(tree), 200, range(1, 2))
    (columns,) = np.nonzero(found.node[0] == b)
    assert len(columns) == 1
    assert found.at(1, int(columns[0])) == b


def test_outside_of_the_view_nothing_is_hit() -> None:
    tree = tree_of([("ab", 5)])
    found = cells(tree, whole_of(tree), 100, range(1, 3))
    assert found.at(1, 50) is not None
    for depth, pixel in ((1, -1), (1, 100), (0, 50), (3, 50)):
        assert found.at(depth, pixel) is None
        assert found.together(depth, pixel) == 0


# -- levels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("upward", [False, True])
@pytest.mark.parametrize("scrolled", [0.0, 30.0, 100.0])
def test_levels_are_hit_where_they_are_drawn(upward: bool, scrolled: float) -> None:
    rows = Rows(20, 110, 11, scrolled, upward)
    seen = [
        depth for depth in range(11) if rows.top_of(depth) < 110 and rows.top_of(depth) + 20 > 0
    ]
    assert list(rows.visible) == seen
    for depth in seen:
        for down in (0, 10, 19.9):
            assert rows.depth_at(rows.top_of(depth) + down) == depth


def test_the_root_is_at_the_foot_or_on_top() -> None:
    assert Rows(20, 100, 3, upward=True).top_of(0) == 80
    assert Rows(20, 100, 3).top_of(0) == 0
    assert Rows(20, 100, 3).depth_at(70) is None
    assert Rows(20, 100, 3, upward=True).depth_at(30) is None


def test_scrolling_brings_a_level_into_view_and_no_further() -> None:
    rows = Rows(20, 100, 20)
    assert rows.showing(2).scrolled == 0
    far = rows.showing(10, slack=20)
    assert far.scrolled == 140
    assert far.showing(10).scrolled == 140
    assert far.showing(0).scrolled == 0
    assert rows.showing(19, slack=40).scrolled == rows.most_scrolled == 300


# -- zooming --------------------------------------------------------------------------------


@pytest.fixture
def zoom() -> FlameZoom:
    return FlameZoom(tree_of([("ab", 50), ("ac", 30), ("d", 20)]))


def test_looking_into_a_frame_and_back_out(zoom: FlameZoom) -> None:
    tree = zoom.tree
    a, c = tree.find(["a"]), tree.find(["a", "c"])
    assert a is not None
    assert c is not None
    assert zoom.into(a)
    assert zoom.into(c)
    assert (zoom.view, zoom.node) == (View(50, 80), c)
    assert not zoom.into(c)
    assert zoom.back()
    assert (zoom.view, zoom.node) == (View(0, 80), a)
    assert zoom.back()
    assert zoom.is_whole
    assert not zoom.back()


def test_zooming_keeps_what_is_under_the_mouse(zoom: FlameZoom) -> None:
    assert zoom.zoom(0.5, 40)
    assert zoom.view == View(20, 70)
    assert zoom.zoom(100, 40)
    assert zoom.is_whole


def test_a_movement_is_one_step_back(zoom: FlameZoom) -> None:
    zoom.zoom(0.5, 40)
    zoom.pan(0.1)
    zoom.zoom(0.5, 40)
    assert zoom.back()
    assert zoom.is_whole
    assert not zoom.back()


def test_who_leaves_a_frame_sideways_is_in_its_caller(zoom: FlameZoom) -> None:
    tree = zoom.tree
    b, a = tree.find(["a", "b"]), tree.find(["a"])
    assert b is not None
    zoom.into(b)
    zoom.zoom(0.5, 25)
    assert zoom.node == b
    zoom.pan(0.8)
    assert zoom.node == a
    zoom.pan(5)
    assert zoom.view.last == 100
    assert zoom.node == 0


@given(st.lists(st.tuples(st.floats(0.01, 10), st.floats(-5, 5), st.floats(0, 100)), max_size=20))
def test_the_view_stays_inside_and_in_the_frame_that_is_looked_into(
    moves: list[tuple[float, float, float]],
) -> None:
    zoom = FlameZoom(tree_of([("ab", 50), ("ac", 30), ("d", 20)]))
    zoom.into(2)
    for factor, share, at in moves:
        zoom.zoom(factor, at)
        zoom.pan(share)
        assert zoom.view.first >= 0
        assert zoom.view.last <= 100 + 1e-9
        assert zoom.view.width >= 10 - 1e-9
        span = zoom.span(zoom.node)
        assert span.first - 1e-6 <= zoom.view.first
        assert zoom.view.last <= span.last + 1e-6
