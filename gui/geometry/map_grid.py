"""Where the bytes of a struct lie in a drawing: rows of cache lines, cells, and back to bits.

A row is a cache line, or a part of one where a whole one would be too narrow to read. The
overview has its lines in columns, as a newspaper has, so that the whole struct is seen at once.
Nothing here grows with the struct's size but the rows that hold bitfields.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from gui.geometry.stack import Box
from gui.geometry.struct_map import Contents, Kind

MOST_COLUMNS = 16
NAME_SLACK_PX = 2
"""How much lower than its line of text a row may be: what is above and below the letters."""


class Zoom(IntEnum):
    """How near the map is looked at."""

    OVERVIEW = 0
    NAMES = 1
    TYPES = 2
    BITS = 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths at one scale, in pixels.

    Attributes:
        char_px: Width of a character of the names.
        margin_px: Air around everything, and between columns.
        line_px: Height of a line of small text.
        least_row_px: Least height of a row in the overview.
        byte_px: Least width of a byte, by zoom from NAMES on.
        row_px: Height of a row, by zoom from NAMES on.
        tall_px: What a row has more at BITS where names of bits stand upright in it.
    """

    char_px: float
    margin_px: float
    line_px: float
    least_row_px: float
    byte_px: tuple[float, float, float]
    row_px: tuple[float, float, float]
    tall_px: float


class Cell(NamedTuple):
    """A part of a span that lies in one row."""

    span: int
    row: int
    first_bit: int
    end_bits: int
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a map.

    Attributes:
        size_bits: Size of the struct.
        line_bytes: Size of a cache line.
        row_bytes: Bytes in a row.
        zoom: How near.
        columns: Columns of rows.
        rows_a_column: Rows in each but the last column.
        rows: All rows.
        ruler_px: Width of the ruler before each column, air included.
        column_px: From the left edge of a column to that of the next.
        byte_px: Width of a byte.
        row_px: From the top of a row to the next one of the same cache line.
        gap_px: Space below a row, part of ``row_px``.
        line_gap_px: Space between two cache lines, on top of that.
        tall: Rows that are taller, rising.
        tall_px: How much taller.
        top_px: Where the first row begins.
        margin_px: Air at the bottom.
    """

    size_bits: int
    line_bytes: int
    row_bytes: int
    zoom: Zoom
    columns: int
    rows_a_column: int
    rows: int
    ruler_px: float
    column_px: float
    byte_px: float
    row_px: float
    gap_px: float
    line_gap_px: float
    tall: tuple[int, ...]
    tall_px: float
    top_px: float
    margin_px: float

    @property
    def rows_a_line(self) -> int:
        """Rows that make up a cache line."""
        return self.line_bytes // self.row_bytes

    @property
    def height_px(self) -> float:
        """Height of the content."""
        return self._end(min(self.rows, self.rows_a_column) - 1) + self.margin_px

    @property
    def cells_px(self) -> float:
        """Width of a full row's cells."""
        return self.row_bytes * self.byte_px

    def top(self, row: int) -> float:
        """Return where a row begins, counted from the top of the content."""
        at = row % self.rows_a_column
        tall = bisect_left(self.tall, at) * self.tall_px if self.columns == 1 else 0
        return self.top_px + at * self.row_px + at // self.rows_a_line * self.line_gap_px + tall

    def height(self, row: int) -> float:
        """Return the height of a row's cells."""
        return self.row_px - self.gap_px + (self.tall_px if self.is_tall(row) else 0)

    def is_tall(self, row: int) -> bool:
        """Return whether names stand upright in a row."""
        at = bisect_left(self.tall, row)
        return at < len(self.tall) and self.tall[at] == row

    def left(self, row: int) -> float:
        """Return where a row's first byte begins."""
        return row // self.rows_a_column * self.column_px + self.ruler_px

    def _end(self, row: int) -> float:
        return self.top(row) + self.height(row) if row >= 0 else self.top_px

    # -- rows in view -----------------------------------------------------------------------------

    def rows_between(self, top_px: float, bottom_px: float) -> Iterator[range]:
        """Yield the rows that are seen between two heights of the content, by column."""
        first = self._row_in_column(top_px)
        last = self._row_in_column(bottom_px)
        for column in range(self.columns):
            start = column * self.rows_a_column
            stop = min(start + self.rows_a_column, self.rows)
            yield range(min(start + first, stop), min(start + last + 1, stop))

    def _row_in_column(self, y: float) -> int:
        rows = range(min(self.rows, self.rows_a_column))
        return max(0, bisect_right(rows, y, key=self.top) - 1)

    # -- cells ------------------------------------------------------------------------------------

    def cells(self, contents: Contents, rows: range) -> Iterator[Cell]:
        """Yield the cells of some rows, from left to right and down."""
        row_bits = self.row_bytes * 8
        bit_px = self.byte_px / 8
        spans = contents.spans
        for row in rows:
            begin = row * row_bits
            end = min(begin + row_bits, self.size_bits)
            left, top, height = self.left(row), self.top(row), self.height(row)
            # A member without a size may stand at the very end.
            for index in contents.touching(begin, end + (end == self.size_bits)):
                span = spans[index]
                first, last = max(span.first_bit, begin), min(span.end_bits, end)
                # Whole pixels, and the same ones for both neighbours: no seams, no blur.
                x = round(left + (first - begin) * bit_px)
                width = round(left + (last - begin) * bit_px) - x
                yield Cell(index, row, first, last, Box(x, top, width, height))

    def cells_of(self, contents: Contents, index: int, rows: range | None = None) -> list[Cell]:
        """Return the cells of one span, only those in some rows where these are given."""
        span = contents.spans[index]
        first = min(self.row_of(span.first_bit), max(0, self.rows - 1))
        last = self.row_of(max(span.first_bit, span.end_bits - 1))
        wanted = range(first, last + 1)
        if rows is not None:
            wanted = range(max(first, rows.start), min(last + 1, rows.stop))
        return [cell for cell in self.cells(contents, wanted) if cell.span == index]

    def row_of(self, bit: int) -> int:
        """Return the row of a bit."""
        return bit // (self.row_bytes * 8)

    def x_of(self, bit: int, *, ends: bool = False) -> tuple[int, float]:
        """Return the row and the x of a bit's left edge; ``ends`` puts a row's end in that row."""
        row_bits = self.row_bytes * 8
        row = min(bit // row_bits, max(0, self.rows - 1))
        if ends and bit and bit % row_bits == 0:
            row = bit // row_bits - 1
        return row, self.left(row) + (bit - row * row_bits) * self.byte_px / 8

    # -- back to bits -----------------------------------------------------------------------------

    def bit_at(self, x: float, y: float) -> int:
        """Return the bit at a point of the content, -1 beside the cells."""
        column = int(x // self.column_px) if self.column_px > 0 else 0
        inside = x - column * self.column_px - self.ruler_px
        if not 0 <= column < self.columns or not 0 <= inside < self.cells_px or y < self.top_px:
            return -1
        at = self._row_in_column(y)
        row = column * self.rows_a_column + at
        if row >= self.rows or y >= self.top(at) + self.height(row) + self.gap_px:
            return -1
        bit = row * self.row_bytes * 8 + int(inside * 8 / self.byte_px)
        return bit if bit < self.size_bits else -1

    def nearest_bit(self, x: float, y: float) -> int:
        """Return the bit nearest to a point: that of the row beside it, or of the last row."""
        column = max(0, min(self.columns - 1, int(x // max(1.0, self.column_px))))
        inside = x - column * self.column_px - self.ruler_px
        row = column * self.rows_a_column + self._row_in_column(y)
        bits = max(0, min(self.row_bytes * 8 - 1, int(inside * 8 / self.byte_px)))
        return max(0, min(row * self.row_bytes * 8 + bits, self.size_bits - 1))

    def line_at(self, x: float, y: float) -> int:
        """Return the cache line whose number in the ruler is at a point, -1 for none."""
        column = int(x // self.column_px) if self.column_px > 0 else 0
        if not 0 <= column < self.columns or x - column * self.column_px >= self.ruler_px:
            return -1
        if y < self.top_px or y >= self.height_px:
            return -1
        row = column * self.rows_a_column + self._row_in_column(y)
        return row // self.rows_a_line if row < self.rows else -1


def ruler_px(size_bytes: int, line_bytes: int, sizes: Sizes) -> float:
    """Return the width of the ruler: a line's number, its offset, and air around both."""
    lines = max(1, -(-size_bytes // line_bytes))
    digits = max(4, len(str(lines - 1))) + max(4, len(str(size_bytes)))
    return (digits + 1.5) * sizes.char_px + 2 * sizes.margin_px


def grid_of(
    contents: Contents, line_bytes: int, zoom: Zoom, width_px: float, height_px: float, sizes: Sizes
) -> Grid:
    """Return the rows of a struct in a view.

    Args:
        contents: What the struct is filled with.
        line_bytes: Size of a cache line.
        zoom: How near it is looked at.
        width_px: Width of the view.
        height_px: Height of the view; only the overview minds.
        sizes: Lengths at the scale in force.
    """
    size_bytes = contents.size_bits // 8
    ruler = ruler_px(size_bytes, line_bytes, sizes)
    if zoom is Zoom.OVERVIEW:
        return _overview(contents, line_bytes, ruler, (width_px, height_px), sizes)
    room = max(1.0, width_px - ruler - sizes.margin_px)
    row_bytes = line_bytes
    while row_bytes > 1 and row_bytes * sizes.byte_px[zoom - 1] > room:
        row_bytes //= 2
    rows = -(-size_bytes // row_bytes)
    byte_px = room / row_bytes
    whole = row_bytes == line_bytes
    tall = _tall_rows(contents, row_bytes, byte_px, sizes) if zoom is Zoom.BITS else ()
    margin = sizes.margin_px
    return Grid(
        contents.size_bits, line_bytes, row_bytes, zoom, 1, max(1, rows), rows, ruler,
        ruler + room + margin, byte_px, sizes.row_px[zoom - 1], max(2, round(margin / 5)),
        0 if whole else round(margin * 0.7), tall, sizes.tall_px, margin / 2, margin,
    )  # fmt: skip


def readable_zoom(
    contents: Contents, line_bytes: int, width_px: float, height_px: float, sizes: Sizes
) -> Zoom:
    """Return from how near to look at first: at the whole struct, if its rows can be named.

    Where they would be lower than a line of text, whoever looks for a member finds grey stripes;
    then names are worth more than seeing everything at once.

    Args:
        contents: What the struct is filled with.
        line_bytes: Size of a cache line.
        width_px: Width of the view.
        height_px: Height of the view.
        sizes: Lengths at the scale in force.
    """
    grid = grid_of(contents, line_bytes, Zoom.OVERVIEW, width_px, height_px, sizes)
    named = grid.row_px - grid.gap_px >= sizes.line_px - NAME_SLACK_PX
    return Zoom.OVERVIEW if named else Zoom.NAMES


def in_columns(
    contents: Contents, line_bytes: int, columns: int, size: tuple[float, float], sizes: Sizes
) -> Grid:
    """Return a grid of whole cache lines in so many columns, as tall as the view where it fits."""
    width_px, height_px = size
    size_bytes = contents.size_bits // 8
    ruler = ruler_px(size_bytes, line_bytes, sizes)
    lines = -(-size_bytes // line_bytes)
    rows = max(1, -(-lines // columns))
    margin = sizes.margin_px
    pitch = (width_px - margin) / columns
    byte_px = max(1.0, pitch - ruler) / line_bytes
    room = height_px - 1.5 * margin
    most = max(sizes.row_px[0], sizes.least_row_px)
    row_px = max(sizes.least_row_px, min(most, room / rows))
    # A whole number of pixels a row keeps all rows equal; what is left over stays below.
    row_px = float(int(row_px)) if row_px >= 3 else row_px
    gap = min(2.0, max(0.0, round(row_px / 8)))
    return Grid(
        contents.size_bits, line_bytes, line_bytes, Zoom.OVERVIEW, columns, rows, lines, ruler,
        pitch, byte_px, row_px, gap, 0, (), 0, margin / 2, margin,
    )  # fmt: skip


def _overview(
    contents: Contents, line_bytes: int, ruler: float, size: tuple[float, float], sizes: Sizes
) -> Grid:
    """The whole struct: as many columns as make rows and bytes as large as can be."""

    def legible(columns: int) -> tuple[bool, float]:
        grid = in_columns(contents, line_bytes, columns, size, sizes)
        # A byte of a third of its row's height looks right; the ruler must leave it room.
        fits = grid.height_px <= size[1]
        return fits, min(grid.row_px, grid.byte_px * 3)

    room = max(1, min(MOST_COLUMNS, int(size[0] // (ruler + sizes.margin_px * 3))))
    best = max(range(1, room + 1), key=lambda columns: (*legible(columns), -columns))
    return in_columns(contents, line_bytes, best, size, sizes)


def _tall_rows(contents: Contents, row_bytes: int, byte_px: float, sizes: Sizes) -> tuple[int, ...]:
    """Rows with a bitfield whose name does not fit over its bits."""
    rows = []
    for index in contents.members:
        span = contents.spans[index]
        wide = span.size_bits * byte_px / 8
        if _is_bits(contents, index) and len(span.label) * sizes.char_px > wide:
            rows.append(span.first_bit // (row_bytes * 8))
    return tuple(dict.fromkeys(rows))


def _is_bits(contents: Contents, index: int) -> bool:
    span = contents.spans[index]
    return span.kind is Kind.BITFIELD or (
        span.kind is Kind.CANDIDATE and span.member is not None and span.member.is_bitfield
    )
