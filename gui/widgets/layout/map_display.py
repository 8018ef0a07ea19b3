"""The part of the map that is in view, sorted into what is drawn with one brush each.

Thousands of cells are drawn as a handful of lists of rectangles; that is what makes it fast. The
lists are in pixels of the view, so that they stay small however far down a huge struct they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect

from gui.geometry.map_grid import NAME_SLACK_PX, Cell, Grid, Zoom
from gui.geometry.struct_map import Contents, Kind, Span
from gui.widgets.layout.map_style import LEAST_CHARS

if TYPE_CHECKING:
    from gui.widgets.layout.map_style import MapStyle

MOST_LABELS = 500
"""More names than this nobody reads at once."""


_LEAST_IN_OVERVIEW = 5
_LEAST_CONTINUED = 6
"""Letters a cut name must keep, dots not counted."""
_NAME_EVERY = 8
"""Rows between the names on a member of many rows."""
_GAP_NAMES = {Kind.HOLE: "hole", Kind.BIT_HOLE: "hole", Kind.PADDING: "padding"}


class Label(NamedTuple):
    """A text in a cell, by the top left corner of its first letter.

    Attributes:
        text: What it says.
        x: Left edge, of an upright text the left edge of its letters' line.
        y: Top edge, of an upright text the bottom where it begins.
        kind: What the span is; tells the ink.
        quiet: Whether it is a lesser text: a continuation, a type.
        upright: Whether it is turned to read from the bottom up.
        plate: Shade of the plate it needs under it, -1 for none.
    """

    text: str
    x: float
    y: float
    kind: Kind
    quiet: bool = False
    upright: bool = False
    plate: int = -1


@dataclass(slots=True)
class Display:
    """What is in view.

    Attributes:
        cells: All cells in view.
        fills: Rectangles by what is drawn in them: kind and shade.
        moved: The stripes on members that have moved.
        ticks: Lines between the bytes or bits of a member, as flat rectangles.
        labels: The texts.
        candidate: The cells of the new field.
    """

    cells: list[Cell] = field(default_factory=list)
    fills: dict[tuple[Kind, int], list[QRect]] = field(default_factory=dict)
    moved: list[QRect] = field(default_factory=list)
    ticks: list[QRect] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    candidate: list[QRect] = field(default_factory=list)


def display_of(
    contents: Contents,
    grid: Grid,
    style: MapStyle,
    scroll_px: float,
    height_px: float,
    most_labels: int = MOST_LABELS,
) -> Display:
    """Return what is in view.

    Args:
        contents: What fills the struct.
        grid: The rows.
        style: Theme and scale.
        scroll_px: How far down the content the view begins.
        height_px: Height of the view.
        most_labels: More texts than this are left out.
    """
    made = Display()
    spans = contents.spans
    labels = _Labels(made, grid, style, contents, most_labels)
    for rows in grid.rows_between(scroll_px, scroll_px + height_px):
        for cell in grid.cells(contents, rows):
            box, span = cell.box, spans[cell.span]
            top = round(box.top - scroll_px)
            rect = QRect(int(box.left), top, int(box.width), round(box.bottom - scroll_px) - top)
            made.cells.append(cell)
            if span.kind is Kind.CANDIDATE:
                made.candidate.append(rect)
            elif rect.width() > 0:
                made.fills.setdefault((span.kind, span.shade), []).append(rect)
                # Where it begins now; on every row of a large member it would drown the rest.
                if span.moved and cell.first_bit == span.first_bit:
                    stripe = min(style.stripe_px, max(1, rect.height() // 3))
                    made.moved.append(QRect(rect.left(), rect.top(), rect.width(), stripe))
            labels.take(cell, span, rect)
        labels.flush()
    labels.name_blocks()
    return made


class _Labels:
    """Puts the texts into cells, and one text over bitfields that are too narrow for their own."""

    def __init__(
        self, made: Display, grid: Grid, style: MapStyle, contents: Contents, most: int
    ) -> None:
        self._most = most
        self._made, self._grid, self._style, self._contents = made, grid, style, contents
        self._line_px = style.name.metrics.height()
        self._run: list[QRect] = []
        self._row = -1
        self._first_row = -1
        self._blocks: dict[tuple[int, int], QRect] = {}
        self._bit_px = grid.byte_px / 8
        # A row that is lower than its text has none.
        self._any = grid.row_px - grid.gap_px >= self._line_px - NAME_SLACK_PX

    def take(self, cell: Cell, span: Span, rect: QRect) -> None:
        if len(self._made.labels) >= self._most:
            return
        if not self._any:
            self._block(cell, rect)
            return
        if self._first_row < 0:
            self._first_row = cell.row
        narrow = span.kind is Kind.BITFIELD and not self._names(cell, span, rect)
        if self._run and (not narrow or cell.row != self._row):
            self.flush()
        if narrow:
            self._row = cell.row
            self._run.append(rect)
        elif span.kind is not Kind.BITFIELD:
            self._names(cell, span, rect)

    def _names(self, cell: Cell, span: Span, rect: QRect) -> bool:
        """Put a cell's texts into it; return whether its name fits in some form."""
        if self._grid.zoom is Zoom.BITS:
            self._tick(cell, span, rect)
            if _is_bits(span) and self._grid.is_tall(cell.row):
                return self._upright(cell, span, rect)
        pad = self._style.pad_px
        room = rect.width() - 2 * pad
        first = cell.first_bit == span.first_bit
        text = self._text(cell, span, first=first)
        least = _LEAST_IN_OVERVIEW if self._grid.zoom is Zoom.OVERVIEW else LEAST_CHARS
        shown = self._style.cut(text, room, least if first else _LEAST_CONTINUED) if text else ""
        if not shown:
            return False
        lines = self._lines(span, rect, room) if first else []
        total = self._line_px * (1 + len(lines))
        y = rect.top() + (rect.height() - total) / 2
        quiet = not first or span.kind.is_gap
        self._put(shown, rect.left() + pad, y, span.kind, quiet=quiet)
        for number, line in enumerate(lines, 1):
            self._put(line, rect.left() + pad, y + number * self._line_px, span.kind, quiet=True)
        return True

    def _block(self, cell: Cell, rect: QRect) -> None:
        """Remember the whole rows of a large member: together they have room for its name."""
        if cell.end_bits - cell.first_bit == self._grid.row_bytes * 8:
            at = (cell.span, cell.row // self._grid.rows_a_column)
            self._blocks[at] = self._blocks[at].united(rect) if at in self._blocks else rect

    def name_blocks(self) -> None:
        """Name the members that fill rows too low for a text on their own."""
        for (index, _), rect in self._blocks.items():
            span = self._contents.spans[index]
            if rect.height() < self._line_px or span.kind is Kind.CANDIDATE:
                continue
            room = rect.width() - 2 * self._style.pad_px
            name = span.label or _GAP_NAMES[span.kind]
            both = f"{name}  {span.size_bits // 8:,}"
            fits = len(both) * self._style.char_px <= room
            shown = both if fits else self._style.cut(name, room, _LEAST_IN_OVERVIEW)
            if shown:
                y = rect.top() + (rect.height() - self._line_px) / 2
                x = rect.left() + self._style.pad_px
                self._made.labels.append(Label(shown, x, y, span.kind, plate=span.shade))

    def _text(self, cell: Cell, span: Span, *, first: bool) -> str:
        if span.kind.is_gap:
            return self._gap_text(cell, span, first=first)
        arrow = "→ " if span.moved else ""
        if first:
            return f"{arrow}{span.label}"
        # A member of many rows is not named in each of them.
        rows = cell.row - self._grid.row_of(span.first_bit)
        inside = cell.end_bits < span.end_bits and cell.row != self._first_row
        return "" if inside and rows > 1 and rows % _NAME_EVERY else f"… {span.label}"

    def _gap_text(self, cell: Cell, span: Span, *, first: bool) -> str:
        """How much is unused, with its name where there is room."""
        if not first:
            return ""
        room = (cell.box.width - 2 * self._style.pad_px) / self._style.char_px
        whole, bits = divmod(span.size_bits, 8)
        in_bits = bits or span.kind is Kind.BIT_HOLE
        number = f"{span.size_bits} bits" if in_bits else f"{whole:,}"
        for text in (f"{_GAP_NAMES[span.kind]} {number}", number):
            if len(text) <= room:
                return text
        return ""

    def _lines(self, span: Span, rect: QRect, room: int) -> list[str]:
        """The type and the size, where the row is high enough for a second line."""
        if self._grid.zoom < Zoom.TYPES or rect.height() < 2 * self._line_px:
            return []
        member = span.member
        if member is None or member.is_union:
            return []
        size = f":{member.size_bits}" if member.is_bitfield else f"{member.size_bits // 8}"
        shown = self._style.cut(f"{size} {member.type_name}", room)
        return [shown] if shown else []

    def _upright(self, cell: Cell, span: Span, rect: QRect) -> bool:
        """A name that stands in a bit, with the bit's number under it."""
        style, first = self._style, cell.first_bit == span.first_bit
        if not first:
            return True
        room, y = rect.height() - 2 * style.pad_px, rect.bottom() - style.pad_px
        unit_bits = (span.member.unit_bytes * 8 if span.member else 0) or 32
        number = str(span.first_bit % unit_bits)
        if rect.width() >= len(number) * style.char_px:
            x = rect.left() + (rect.width() - len(number) * style.char_px) / 2
            self._put(number, x, rect.bottom() + 1 - self._line_px - 1, span.kind, quiet=True)
            room, y = room - self._line_px, y - self._line_px
        arrow = "→ " if span.moved else ""
        shown = style.cut(f"{arrow}{span.label}", room)
        if shown and rect.width() >= self._line_px * 0.7:
            x = rect.left() + (rect.width() - self._line_px) / 2
            self._made.labels.append(Label(shown, x, y, span.kind, upright=True))
        return True

    def _tick(self, cell: Cell, span: Span, rect: QRect) -> None:
        """Marks between the bytes of a member, between the bits of a bitfield."""
        step = 1 if _is_bits(span) else 8
        low, high = min(self._style.px(8), max(2, rect.height() // 5)), rect.bottom() + 1
        first = -(-(cell.first_bit + 1) // step) * step
        for bit in range(first, cell.end_bits, step):
            x = rect.left() + round((bit - cell.first_bit) * self._bit_px)
            self._made.ticks.append(QRect(x, high - low, 1, low))

    def _put(self, text: str, x: float, y: float, kind: Kind, *, quiet: bool) -> None:
        self._made.labels.append(Label(text, x, y, kind, quiet))

    def flush(self) -> None:
        """One text over a run of bitfields that were too narrow."""
        run, self._run = self._run, []
        if not run:
            return
        whole = QRect(run[0].topLeft(), run[-1].bottomRight())
        room = whole.width() - 2 * self._style.pad_px
        noun = "field" if len(run) == 1 else "fields"
        for text in (f"{len(run)} bit{noun}", f"{len(run)} bits", str(len(run))):
            if len(text) * self._style.char_px <= room and len(run) > 1:
                x = whole.left() + (whole.width() - len(text) * self._style.char_px) / 2
                y = whole.top() + (whole.height() - self._line_px) / 2
                self._put(text, x, y, Kind.BITFIELD, quiet=True)
                return


def _is_bits(span: Span) -> bool:
    return span.member is not None and span.member.is_bitfield
