"""Weights as areas: in proportion, apart, filling the room, and found where they are drawn."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.geometry.treemap import Box, box_at, squarified

ROOM = Box(10.0, 20.0, 640.0, 400.0)
WEIGHTS = st.lists(st.integers(1, 10**6), min_size=1, max_size=60)
ROOMS = st.builds(
    Box, st.floats(-50, 50), st.floats(-50, 50), st.floats(20, 2000), st.floats(20, 2000)
)


@given(WEIGHTS, ROOMS)
def test_areas_are_in_proportion_and_fill_the_room(weights: list[int], room: Box) -> None:
    boxes = squarified(weights, room)
    area = room.width * room.height
    for weight, box in zip(weights, boxes, strict=True):
        expected = area * weight / sum(weights)
        assert box.width * box.height == pytest.approx(expected, rel=1e-6, abs=area * 1e-9)
    assert sum(box.width * box.height for box in boxes) == pytest.approx(area)


@given(WEIGHTS, ROOMS)
def test_boxes_lie_in_the_room_and_never_over_each_other(weights: list[int], room: Box) -> None:
    boxes = squarified(weights, room)
    slack = 1e-6 * max(room.width, room.height)
    for box in boxes:
        assert box.x >= room.x - slack
        assert box.y >= room.y - slack
        assert box.x + box.width <= room.x + room.width + slack
        assert box.y + box.height <= room.y + room.height + slack
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            tall = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert wide <= slack or tall <= slack


@given(WEIGHTS)
def test_a_point_is_found_in_the_box_that_is_drawn_there(weights: list[int]) -> None:
    boxes = squarified(weights, ROOM)
    for number, box in enumerate(boxes):
        if box.width > 1e-3 and box.height > 1e-3:
            middle = box.x + box.width / 2, box.y + box.height / 2
            assert box_at(boxes, *middle) == number


def test_beside_the_room_there_is_nothing() -> None:
    boxes = squarified([3, 2, 1], ROOM)
    assert box_at(boxes, ROOM.x - 1, ROOM.y + 5) == -1
    assert box_at(boxes, ROOM.x + 5, ROOM.y + ROOM.height + 1) == -1


def test_falling_weights_make_boxes_that_are_nearly_square() -> None:
    boxes = squarified([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    ratios = [max(box.width / box.height, box.height / box.width) for box in boxes]
    # The example of the paper that describes the method: nothing is worse than 25/9.
    assert max(ratios) <= 25 / 9 + 1e-9
    assert boxes[0] == Box(0, 0, 3, 2)


def test_nothing_weighs_nothing() -> None:
    assert squarified([], ROOM) == []
    assert [box.width for box in squarified([0, 0], ROOM)] == [0.0, 0.0]
    boxes = squarified([4, 0, 4, 0], ROOM)
    assert boxes[1].width * boxes[1].height == 0
    assert boxes[0].width * boxes[0].height == pytest.approx(ROOM.width * ROOM.height / 2)


def test_the_room_may_be_gone() -> None:
    assert all(box.width == 0 for box in squarified([1, 2], Box(0, 0, 0, 100)))


def test_heavier_means_larger() -> None:
    areas = [box.width * box.height for box in squarified([9, 5, 3, 1], ROOM)]
    assert all(one > other for one, other in pairwise(areas))
