"""Where the lanes and rows of a timeline lie, from the top down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import NamedTuple


class Lane(NamedTuple):
    """One task's stack over time, or what a CPU ran.

    Attributes:
        task: Number of the task; -1 for the first CPU, -2 for the second, and so on.
        first_row: Number of its first row among all rows that hold spans.
        n_rows: How many rows it has; a CPU's lane has none of its own.
        top: Its upper edge in pixels, its head included.
        bottom: Its lower edge.
    """

    task: int
    first_row: int
    n_rows: int
    top: float
    bottom: float

    @property
    def cpu(self) -> int:
        """Number of the CPU, -1 for a task's lane."""
        return -1 - self.task if self.task < 0 else -1


@dataclass(frozen=True, slots=True)
class Sizes:
    """Heights in pixels.

    Attributes:
        row: A row of spans as it is to be read.
        least_row: The lowest a row may get where all have to fit.
        head: The head of a lane.
        gap: Between two lanes.
        strip: The lane of a CPU.
    """

    row: float
    least_row: float
    head: float
    gap: float
    strip: float


@dataclass(frozen=True, slots=True)
class RowLayout:
    """Lanes one above the other, before scrolling.

    Attributes:
        lanes: The lanes, those of CPUs first.
        row: Height of a row.
        head: Height of the head of a task's lane.
        height: Height of all lanes together.
    """

    lanes: tuple[Lane, ...]
    row: float
    head: float
    height: float

    def top_of(self, row: int) -> float:
        """Return the upper edge of a row."""
        lane = self.lane_of(row)
        return lane.top + self.head + (row - lane.first_row) * self.row

    def lane_of(self, row: int) -> Lane:
        """Return the lane a row belongs to."""
        return next(
            lane for lane in self.lanes if lane.first_row <= row < lane.first_row + lane.n_rows
        )

    def row_at(self, y: float) -> int | None:
        """Return the row at a height, None between rows."""
        for lane in self.lanes:
            first = lane.top + self.head
            if first <= y < first + lane.n_rows * self.row:
                return lane.first_row + int((y - first) // self.row)
        return None

    def rows_between(self, top: float, bottom: float) -> list[int]:
        """Return the rows that can be seen between two heights."""
        return [
            row
            for lane in self.lanes
            for row in range(lane.first_row, lane.first_row + lane.n_rows)
            if self.top_of_lane_row(lane, row) < bottom
            and self.top_of_lane_row(lane, row) + self.row > top
        ]

    def top_of_lane_row(self, lane: Lane, row: int) -> float:
        """Return the upper edge of a row of a lane that is at hand."""
        return lane.top + self.head + (row - lane.first_row) * self.row


_READABLE_SHARE = 0.7
"""Of the height in which a row is best read: low, but its name can be read."""
UNDERSCORE_EM = 0.3
"""How far an underscore reaches below the baseline, as a share of the text's size."""


def baseline_in(high: float, ascent: float, text_px: float) -> float:
    """Return where the baseline of a name lies in a row, so that its underscores are on the row.

    Without them ``__alloc_pages`` reads as another function.

    Args:
        high: Height of the row's colour.
        ascent: Height of the font above its baseline.
        text_px: Size of the text.
    """
    middle = (high + ascent - UNDERSCORE_EM * text_px) / 2
    return min(middle, floor(high - UNDERSCORE_EM * text_px))


def lay_rows(
    rows_by_task: Sequence[int], room: float, sizes: Sizes, *, fit: bool, cpus: int | None = None
) -> RowLayout:
    """Lay the lanes out.

    Args:
        rows_by_task: How many rows each task's stack needs, by task.
        room: The height there is.
        sizes: Heights.
        fit: Whether the rows may get lower so that all of them fit.
        cpus: How many CPUs have a lane; None is one where there are several tasks.
    """
    strips = int(len(rows_by_task) > 1) if cpus is None else cpus
    head = sizes.head if strips else 0.0
    fixed = len(rows_by_task) * (head + sizes.gap) + strips * (sizes.strip + sizes.gap)
    rows = sum(rows_by_task)
    row = sizes.row
    if fit and rows:
        wanted = (room - fixed) / rows
        # Whole pixels look best, but below two of them every part of one counts.
        row = max(sizes.least_row, min(sizes.row, floor(wanted) if wanted >= 2 else wanted))
        if room + sizes.gap < fixed + rows * row:
            # They have to be scrolled anyway, so they may as well be readable.
            row = max(row, sizes.row * _READABLE_SHARE)
    lanes = []
    top = 0.0
    for cpu in range(strips):
        lanes.append(Lane(-1 - cpu, 0, 0, top, top + sizes.strip))
        top += sizes.strip + sizes.gap
    first = 0
    for task, count in enumerate(rows_by_task):
        bottom = top + head + count * row
        lanes.append(Lane(task, first, count, top, bottom))
        top = bottom + sizes.gap
        first += count
    return RowLayout(tuple(lanes), row, head, max(0.0, top - sizes.gap))
