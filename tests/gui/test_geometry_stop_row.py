"""A stop's row: its parts fill it, stay inside and do not overlap, at any size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect

from gui.geometry.stop_row import row_height, stop_row

SCALES = st.sampled_from([0.8, 1.0, 1.5, 2.0, 3.0])


@given(
    left=st.integers(0, 50), top=st.integers(-90, 900), width=st.integers(200, 900), scale=SCALES
)
def test_the_parts_lie_side_by_side_inside_the_row(
    left: int, top: int, width: int, scale: float
) -> None:
    lines = round(16 * scale), round(13 * scale)
    width = max(width, round(70 * scale))
    row = QRect(left, top, width, row_height(*lines, scale))
    parts = stop_row(row, *lines, scale)
    for part in parts:
        assert row.contains(part) or part.width() == 0
    assert parts.bar.right() < parts.check.left()
    assert parts.check.right() < parts.sentence.left()
    assert parts.sentence.right() < parts.remove.left()
    assert parts.sentence.bottom() < parts.detail.top() + 1
    assert parts.remove.right() == row.right()


def test_a_point_belongs_to_what_is_drawn_there() -> None:
    parts = stop_row(QRect(0, 40, 356, 43), 16, 13, 1.0)
    assert parts.part_at(parts.check.center()) == "check"
    assert parts.part_at(QPoint(0, 60)) == "check"
    assert parts.part_at(parts.sentence.center()) == "text"
    assert parts.part_at(parts.detail.topLeft()) == "text"
    assert parts.part_at(parts.remove.center()) == "remove"
    assert parts.part_at(parts.remove.topLeft()) == "remove"
