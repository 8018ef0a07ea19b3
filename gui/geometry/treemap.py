"""Weights as areas: a squarified treemap.

Rectangles are laid in rows along the shorter side of the room that is left; a row takes another
one as long as that makes its worst rectangle squarer (Bruls, Huizing and van Wijk, 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle, in any unit.

    Attributes:
        x: Its left edge.
        y: Its top.
        width: How wide it is.
        height: How high it is.
    """

    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point lies in it; a common edge belongs to the box after it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


def squarified(weights: Sequence[float], room: Box) -> list[Box]:
    """Return a box for each weight, areas in proportion, together as large as the room.

    Args:
        weights: In any order, none negative; squarest where they fall. A weight of 0 has a box
            without an area.
        room: What is shared.
    """
    total = float(sum(weights))
    if total <= 0 or room.width <= 0 or room.height <= 0:
        return [Box(room.x, room.y, 0.0, 0.0) for _ in weights]
    scale = room.width * room.height / total
    areas = [weight * scale for weight in weights]
    boxes: list[Box] = []
    at = 0
    while at < len(areas):
        side = min(room.width, room.height)
        end = _row_end(areas, at, side)
        row, room = _row(areas[at:end], room, last=end == len(areas))
        boxes += row
        at = end
    return boxes


def box_at(boxes: Sequence[Box], x: float, y: float) -> int:
    """Return the number of the box a point lies in, -1 for none."""
    return next((number for number, box in enumerate(boxes) if box.holds(x, y)), -1)


def _row_end(areas: Sequence[float], first: int, side: float) -> int:
    """Return where the row that begins with an area ends: before it would become less square."""
    total = areas[first]
    least = most = areas[first]
    end = first + 1
    best = _worst(total, least, most, side)
    while end < len(areas):
        area = areas[end]
        wider = _worst(total + area, min(least, area), max(most, area), side)
        if wider > best:
            break
        total, least, most, best = total + area, min(least, area), max(most, area), wider
        end += 1
    return end


def _worst(total: float, least: float, most: float, side: float) -> float:
    """Return the largest ratio of sides in a row of some areas along a side."""
    if total <= 0 or least <= 0 or side <= 0:
        return float("inf")
    square = total * total
    return max(side * side * most / square, square / (side * side * least))


def _row(areas: Sequence[float], room: Box, *, last: bool) -> tuple[list[Box], Box]:
    """Return the boxes of a row at the edge of a room, and the room that is left."""
    total = sum(areas)
    upright = room.width >= room.height
    side, across = (room.height, room.width) if upright else (room.width, room.height)
    thick = across if last else min(across, total / side if side > 0 else 0.0)
    boxes, along = [], 0.0
    for number, area in enumerate(areas):
        # The last one ends at the edge, whatever rounding did to those before.
        rest = side - along
        length = rest if number == len(areas) - 1 else min(rest, area / thick if thick else 0.0)
        if upright:
            boxes.append(Box(room.x, room.y + along, thick, length))
        else:
            boxes.append(Box(room.x + along, room.y, length, thick))
        along += length
    if upright:
        left = Box(room.x + thick, room.y, max(0.0, room.width - thick), room.height)
    else:
        left = Box(room.x, room.y + thick, room.width, max(0.0, room.height - thick))
    return boxes, left
