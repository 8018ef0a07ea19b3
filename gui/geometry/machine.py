"""Where the depot's pools and the unwinder's scripts lie in their drawings: numbers in, boxes out.

Lengths are device-independent pixels; bytes are bytes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point lies in it; its right and lower edges are outside."""
        return self.x <= x < self.right and self.y <= y < self.bottom


# -- the depot ----------------------------------------------------------------------------------


class PoolSizes(NamedTuple):
    """The sizes that a drawing of pools is made with.

    Attributes:
        width: Room for all of it.
        label_px: Room for a pool's name, left of its bar.
        bar_px: Height of a bar.
        gap_px: Room between two bars.
        least_px: A record is drawn at least this wide, so that the newest is never lost.
    """

    width: float
    label_px: float
    bar_px: float
    gap_px: float
    least_px: float


@dataclass(frozen=True, slots=True)
class Pools:
    """Pools one below the other, each a bar as long as the others.

    Args:
        count: How many there are; the spare comes below them.
        spare: Whether there is one.
        pool_bytes: Bytes of a pool.
        sizes: The sizes to draw with.
    """

    count: int
    spare: bool
    pool_bytes: int
    sizes: PoolSizes

    @property
    def pitch_px(self) -> float:
        """From one bar to the next."""
        return self.sizes.bar_px + self.sizes.gap_px

    @property
    def height_px(self) -> float:
        """Height of the whole drawing."""
        rows = self.count + self.spare
        return max(0.0, rows * self.pitch_px - self.sizes.gap_px)

    def bar(self, row: int) -> Box:
        """Return the bar of a pool, or of the spare in the row after the last one."""
        left = self.sizes.label_px
        return Box(left, row * self.pitch_px, self._length_px, self.sizes.bar_px)

    @property
    def _length_px(self) -> float:
        return max(1.0, self.sizes.width - self.sizes.label_px)

    def part(self, row: int, first_byte: int, end_byte: int, *, seen: bool = False) -> Box:
        """Return where some bytes of a pool lie.

        Args:
            row: The pool's number.
            first_byte: The first of them, from the pool's start.
            end_byte: The one after the last.
            seen: Whether they get a least width, inside of the bar.
        """
        bar = self.bar(row)
        total = max(1, self.pool_bytes)
        left = bar.x + bar.width * min(first_byte, total) / total
        right = bar.x + bar.width * min(end_byte, total) / total
        width = right - left
        if seen and width < self.sizes.least_px:
            width = min(self.sizes.least_px, bar.width)
            left = min(left, bar.right - width)
        return Box(left, bar.y, width, bar.height)

    def rows_between(self, top: float, bottom: float) -> range:
        """Return the rows, the spare's among them, of which something lies between two heights."""
        first = max(0, int(top // self.pitch_px))
        end = min(self.count + self.spare, int(bottom // self.pitch_px) + 1)
        return range(first, max(first, end))

    def row_at(self, x: float, y: float) -> int:
        """Return the row of the bar at a point, -1 where there is none."""
        row = int(y // self.pitch_px) if y >= 0 else -1
        inside = 0 <= row < self.count + self.spare and self.bar(row).holds(x, y)
        return row if inside else -1

    def byte_at(self, x: float) -> int:
        """Return which byte of a pool lies at an x, inside of the pool."""
        share = (x - self.sizes.label_px) / self._length_px
        return max(0, min(self.pool_bytes - 1, int(share * self.pool_bytes)))


def runs(begins: Sequence[int], ends: Sequence[int]) -> list[tuple[int, int]]:
    """Return where records that lie side by side begin and end together.

    Args:
        begins: Where the records of a pool begin, rising.
        ends: Where each ends.
    """
    found: list[tuple[int, int]] = []
    for begin, end in zip(begins, ends, strict=True):
        if found and found[-1][1] == begin:
            found[-1] = found[-1][0], end
        else:
            found.append((begin, end))
    return found


def record_at_byte(offsets: Sequence[int], ends: Sequence[int], byte: int) -> int:
    """Return the index of the record that holds a byte, -1 where none does.

    Args:
        offsets: Where the records of a pool begin, rising.
        ends: Where each ends.
        byte: The byte, from the pool's start.
    """
    at = bisect_right(offsets, byte) - 1
    return at if at >= 0 and byte < ends[at] else -1


# -- the script cache ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cells:
    """Equal cells in rows, as many to a row as fit.

    Args:
        count: How many cells there are.
        width: Room for them.
        least_px: A cell is at least this wide.
        height_px: Height of a cell.
        gap_px: Room between two cells.
    """

    count: int
    width: float
    least_px: float
    height_px: float
    gap_px: float

    @property
    def columns(self) -> int:
        """Cells in a row: a power of two, so that the rows are easy to count."""
        fit = max(1, int((self.width + self.gap_px) // (self.least_px + self.gap_px)))
        return min(1 << (fit.bit_length() - 1), max(1, self.count))

    @property
    def total_px(self) -> float:
        """Height of all rows."""
        rows = -(-self.count // self.columns)
        return max(0.0, rows * (self.height_px + self.gap_px) - self.gap_px)

    @property
    def _cell_px(self) -> float:
        columns = self.columns
        return max(1.0, (self.width - self.gap_px * (columns - 1)) / columns)

    def cell(self, at: int) -> Box:
        """Return where a cell lies."""
        row, column = divmod(at, self.columns)
        wide = self._cell_px
        return Box(
            column * (wide + self.gap_px),
            row * (self.height_px + self.gap_px),
            wide,
            self.height_px,
        )

    def at(self, x: float, y: float) -> int:
        """Return the cell at a point, -1 where there is none."""
        column = int(x // (self._cell_px + self.gap_px))
        row = int(y // (self.height_px + self.gap_px))
        number = row * self.columns + column
        inside = 0 <= column < self.columns and row >= 0 and number < self.count
        return number if inside and self.cell(number).holds(x, y) else -1

    def neighbour(self, at: int, columns: int, rows: int) -> int:
        """Return the cell so many columns and rows away; at the edge it stays where it is."""
        to = at + columns + rows * self.columns
        return to if 0 <= to < self.count else at


# -- the freelist -------------------------------------------------------------------------------


def filled(bar: Box, part: int, whole: int, least_px: float) -> Box:
    """Return how much of a bar is filled by a part of a whole; any part at all is seen."""
    share = min(1.0, part / whole) if whole > 0 and part > 0 else 0.0
    width = max(bar.width * share, min(least_px, bar.width)) if share else 0.0
    return Box(bar.x, bar.y, width, bar.height)
