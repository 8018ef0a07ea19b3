"""Where states stand, what is in view of them, and how one goes from one to another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.geometry.state_camera import MOST_ZOOM, Camera, View, fitted, nearest
from gui.geometry.state_graph import (
    Edge,
    Placed,
    crossings,
    neighbour,
    path_to,
    place,
    spread,
)
from tests.gui.explored import two_tasks

Graph = tuple[list[int], list[Edge]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Depths of states, and steps of any direction between them."""
    depths = [0, *draw(st.lists(st.integers(0, 9), max_size=30))]
    states = st.integers(0, len(depths) - 1)
    return depths, draw(st.lists(st.tuples(states, states), max_size=60, unique=True))


def crossing_pairs(columns: tuple[tuple[int, ...], ...], edges: list[Edge]) -> int:
    where = {
        node: (at, row) for at, column in enumerate(columns) for row, node in enumerate(column)
    }
    short = [e for e in edges if where[e[1]][0] == where[e[0]][0] + 1]
    return sum(
        where[one[0]][0] == where[other[0]][0]
        and (where[one[0]][1] - where[other[0]][1]) * (where[one[1]][1] - where[other[1]][1]) < 0
        for at, one in enumerate(short)
        for other in short[at + 1 :]
    )


@given(graphs())
def test_states_of_a_column_keep_apart_and_in_order(graph: Graph) -> None:
    placed = place(*graph)
    for column in placed.columns:
        assert all(
            placed.ys[lower] - placed.ys[upper] >= 1 - 1e-9 for upper, lower in pairwise(column)
        )


@given(graphs())
def test_every_state_stands_in_one_column_and_at_the_edge_of_the_room(graph: Graph) -> None:
    placed = place(*graph)
    assert sorted(node for column in placed.columns for node in column) == list(
        range(len(graph[0]))
    )
    assert all(placed.xs[node] == at for at, c in enumerate(placed.columns) for node in c)
    assert min(placed.ys) == 0
    assert placed.height == max(placed.ys)
    assert placed.width == len(placed.columns) - 1


@given(graphs())
def test_a_step_that_goes_deeper_goes_right_and_one_of_them_only_a_column(graph: Graph) -> None:
    depths, edges = graph
    placed = place(depths, edges)
    for node in range(len(depths)):
        leading = [start for start, end in edges if end == node and depths[start] < depths[node]]
        far = [placed.xs[node] - placed.xs[start] for start in leading]
        assert min(far, default=placed.xs[node] + 1) == 1


@given(graphs())
def test_the_same_states_stand_at_the_same_places(graph: Graph) -> None:
    assert place(*graph) == place(*graph)


@given(graphs())
def test_crossings_are_counted_as_pairs_and_sweeps_never_add_any(graph: Graph) -> None:
    depths, edges = graph
    placed = place(depths, edges)
    found = crossings(placed.columns, edges)
    assert found == crossing_pairs(placed.columns, edges)
    as_given = tuple(tuple(sorted(column)) for column in placed.columns)
    assert found <= crossings(as_given, edges)


def test_a_ladder_that_is_twisted_is_untwisted() -> None:
    depths = [0, 0, 0, 1, 1, 1]
    placed = place(depths, [(0, 5), (1, 4), (2, 3)])
    assert crossings(placed.columns, [(0, 5), (1, 4), (2, 3)]) == 0
    assert [placed.ys[0], placed.ys[1], placed.ys[2]] == [placed.ys[5], placed.ys[4], placed.ys[3]]


def test_a_chain_is_straight() -> None:
    placed = place(range(50), list(pairwise(range(50))))
    assert set(placed.ys) == {0.0}
    assert placed.xs == tuple(map(float, range(50)))


def test_nothing_takes_no_room() -> None:
    placed = place([], [])
    assert placed == Placed((), (), ())
    assert (placed.width, placed.height) == (0, 0)


@given(st.lists(st.floats(-50, 50), max_size=30))
def test_spread_places_keep_their_order_and_their_middle(wanted: list[float]) -> None:
    got = spread(wanted)
    assert len(got) == len(wanted)
    assert all(lower - upper >= 1 - 1e-6 for upper, lower in pairwise(got))
    assert sum(got) == pytest.approx(sum(wanted), abs=1e-6)


@given(st.lists(st.floats(1, 9), max_size=20))
def test_places_that_are_apart_already_stay(gaps: list[float]) -> None:
    wanted = [sum(gaps[:at]) for at in range(len(gaps))]
    assert spread(wanted) == pytest.approx(wanted)


# -- what is in view ----------------------------------------------------------------------------


@given(graphs(), st.floats(50, 2_000), st.floats(50, 2_000))
def test_everything_fits_into_the_room(graph: Graph, width: float, height: float) -> None:
    placed = place(*graph)
    view = fitted(placed, width, height, 10, 90)
    for x, y in zip(placed.xs, placed.ys, strict=True):
        across, down = view.point(x, y)
        assert 9.9 <= across <= width - 9.9
        assert 9.9 <= down <= height - 9.9


@given(st.floats(0.1, 10), st.floats(-100, 900), st.floats(-100, 900), st.floats(0, 20))
def test_what_is_at_the_mouse_stays_there(factor: float, x: float, y: float, unit: float) -> None:
    view = View(12, 7, 30, 40)
    at = (x - view.left) / view.across, (y - view.top) / view.down
    assert view.zoomed(factor, x, y).point(*at) == pytest.approx((x, y))
    moved = view.moved(5, -3).point(unit, unit)
    assert moved == pytest.approx((view.point(unit, unit)[0] + 5, view.point(unit, unit)[1] - 3))


def camera() -> Camera:
    made = Camera()
    made.take_room(800, 600, 20, 90)
    made.show(place([0, 1, 1, 2], [(0, 1), (0, 2), (1, 3)]))
    return made


def test_a_camera_goes_back_step_by_step() -> None:
    made = camera()
    whole = made.view
    made.zoom_by(2, 100, 100)
    closer = made.view
    made.move(30, 0)
    made.move(5, 0, remember=False)
    assert not made.is_whole
    made.back()
    assert made.view == closer
    made.back()
    assert made.view == whole
    assert made.is_whole
    made.back()
    assert made.view == whole


def test_what_is_whole_stays_whole_in_another_room_and_what_is_not_stays() -> None:
    made = camera()
    made.take_room(400, 300, 20, 90)
    assert made.view == fitted(made.placed, 400, 300, 20, 90)
    made.zoom_by(3, 0, 0)
    view = made.view
    made.take_room(900, 700, 20, 90)
    assert made.view == view
    made.whole()
    assert made.view == fitted(made.placed, 900, 700, 20, 90)
    made.back()
    assert made.view == view


def test_one_zooms_only_so_far() -> None:
    made = camera()
    for _ in range(50):
        made.zoom_by(3, 0, 0)
    assert made.zoom == MOST_ZOOM
    view = made.view
    made.zoom_by(3, 0, 0)
    assert made.view == view


# -- finding and going --------------------------------------------------------------------------


def test_the_nearest_state_is_found_within_reach() -> None:
    made = camera()
    view, placed = made.view, made.placed
    x, y = view.point(placed.xs[2], placed.ys[2])
    assert nearest(placed, view, x + 3, y - 2, 12) == 2
    assert nearest(placed, view, x + 300, y + 300, 12) == -1


def test_arrows_go_along_steps_and_within_a_column() -> None:
    edges = [(0, 1), (0, 2), (1, 3)]
    placed = place([0, 1, 1, 2], edges)
    upper, lower = placed.columns[1]
    assert neighbour(placed, edges, 0, "right") in (1, 2)
    assert neighbour(placed, edges, upper, "down") == lower
    assert neighbour(placed, edges, lower, "down") == lower
    assert neighbour(placed, edges, lower, "up") == upper
    assert neighbour(placed, edges, 3, "left") == 1
    assert neighbour(placed, edges, 3, "right") == 3
    assert neighbour(placed, edges, 0, "left") == 0


def test_the_way_to_a_state_is_the_one_it_was_first_come_to() -> None:
    graph = two_tasks(3)
    edges = [(edge.start, edge.end) for edge in graph.edges]
    for node in range(len(graph.nodes)):
        way = [edges[at] for at in path_to(edges, node)]
        assert [start for start, _ in way] == [0, *(end for _, end in way[:-1])][: len(way)]
        assert not way or way[-1][1] == node
        assert len(way) == graph.nodes[node].depth


def test_a_circle_has_an_end() -> None:
    assert path_to([(1, 2), (2, 1)], 2) == [1, 0]
