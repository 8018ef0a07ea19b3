"""Where the parts of one stop in the list lie, and what the mouse is over."""

from __future__ import annotations

from typing import Literal, NamedTuple

from PySide6.QtCore import QPoint, QRect

BAR_PX, CHECK_PX, REMOVE_PX, GAP_PX = 3, 16, 28, 10
"""Width of the coloured edge, side of the check box, width of the button, and what is between."""

Part = Literal["check", "text", "remove"]


class StopRow(NamedTuple):
    """The parts of a row, in the row's own coordinates.

    Attributes:
        bar: The coloured edge.
        check: The check box as it is drawn.
        sentence: The first line of text.
        detail: The second line.
        remove: The button that takes the stop away, as wide as it can be hit.
    """

    bar: QRect
    check: QRect
    sentence: QRect
    detail: QRect
    remove: QRect

    def part_at(self, point: QPoint) -> Part:
        """Return what a point is on; the whole left edge belongs to the check box."""
        if point.x() >= self.remove.left():
            return "remove"
        return "check" if point.x() < self.sentence.left() else "text"


def row_height(sentence_px: int, detail_px: int, scale: float) -> int:
    """Return the height of a row with two lines of these heights."""
    return sentence_px + detail_px + round(scale * 14)


def stop_row(row: QRect, sentence_px: int, detail_px: int, scale: float) -> StopRow:
    """Lay out a row.

    Args:
        row: The row.
        sentence_px: Height of the first line.
        detail_px: Height of the second line.
        scale: Size of everything, 1 being 100 %.
    """
    bar, check, remove, gap = (round(scale * px) for px in (BAR_PX, CHECK_PX, REMOVE_PX, GAP_PX))
    left = row.left() + bar + gap
    top = row.top() + (row.height() - sentence_px - detail_px) // 2
    button = QRect(row.right() + 1 - remove, row.top(), remove, row.height())
    text = left + check + gap
    width = max(0, button.left() - gap // 2 - text)
    middle = row.top() + (row.height() - check) // 2
    return StopRow(
        QRect(row.left(), row.top(), bar, row.height()),
        QRect(left, middle, check, check),
        QRect(text, top, width, sentence_px),
        QRect(text, top + sentence_px, width, detail_px),
        button,
    )
