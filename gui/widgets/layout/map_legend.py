"""What the colours and patterns of the map mean, on one line where there is room."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.geometry.struct_map import Contents, Kind
from gui.widgets.flow import flow_rows
from gui.widgets.stack.style import CENTRED, LEFT

if TYPE_CHECKING:
    from gui.widgets.layout.map_style import MapStyle


class Entry(Enum):
    """What the legend explains, by its words."""

    MEMBER = "member"
    BITFIELD = "bitfield"
    HOLE = "hole"
    PADDING = "padding"
    CANDIDATE = "new field"
    MOVED = "moved"


_KINDS = {
    Entry.MEMBER: Kind.PLAIN,
    Entry.BITFIELD: Kind.BITFIELD,
    Entry.HOLE: Kind.HOLE,
    Entry.PADDING: Kind.PADDING,
    Entry.CANDIDATE: Kind.CANDIDATE,
    Entry.MOVED: Kind.PLAIN,
}


def present(contents: Contents) -> frozenset[Entry]:
    """Return what of the legend there is in a struct."""
    kinds = {span.kind for span in contents.spans}
    if Kind.BIT_HOLE in kinds:
        kinds.add(Kind.HOLE)
    found = {entry for entry, kind in _KINDS.items() if kind in kinds}
    if not any(span.moved for span in contents.spans):
        found.discard(Entry.MOVED)
    return frozenset(found)


class Legend:
    """The legend's entries in a width.

    Args:
        style: Theme and scale.
        width_px: Room there is.
        there: What the struct has; where not all entries fit one row, only these are shown.
    """

    def __init__(self, style: MapStyle, width_px: float, there: Collection[Entry]) -> None:
        self._style = style
        self._gap = style.px(14)
        room = max(1, int(width_px))
        self.entries = tuple(Entry)
        self.rows = self._rows_in(room)
        if len(self.rows) > 1:
            self.entries = tuple(entry for entry in Entry if entry in there)
            self.rows = self._rows_in(room)
        self.row_px = style.small.metrics.height() + style.px(6)

    @property
    def width_px(self) -> int:
        """Width of the widest row."""
        widths = [self._width(entry) for entry in self.entries]
        rows = ([widths[at] for at in row] for row in self.rows)
        return max((sum(row) + self._gap * (len(row) - 1) for row in rows), default=0)

    @property
    def height_px(self) -> int:
        """Height of all rows."""
        return self.row_px * len(self.rows)

    def paint(self, painter: QPainter, left: float, top: float) -> None:
        """Paint the legend from a point on."""
        for row in self.rows:
            x = left
            for at in row:
                self._entry(painter, self.entries[at], x, top)
                x += self._width(self.entries[at]) + self._gap
            top += self.row_px

    def _rows_in(self, room: int) -> list[list[int]]:
        return flow_rows([self._width(entry) for entry in self.entries], room, self._gap)

    def _swatch_px(self) -> tuple[int, int]:
        return self._style.px(18), self._style.px(12)

    def _width(self, entry: Entry) -> int:
        return self._swatch_px()[0] + self._style.px(5) + self._style.small.width(entry.value)

    def _entry(self, painter: QPainter, entry: Entry, left: float, top: float) -> None:
        style, theme, (wide, high) = self._style, self._style.theme, self._swatch_px()
        rect = QRectF(round(left), round(top + (self.row_px - high) / 2), wide, high)
        kind = _KINDS[entry]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(rect, style.ground(kind, 1))
        hatch = style.hatch(painter, kind)
        if hatch is not None:
            painter.fillRect(rect, hatch)
        if entry is Entry.MEMBER:
            half = rect.adjusted(0, 0, -wide / 2, 0)
            painter.fillRect(half, style.ground(kind, 0))
        elif entry is Entry.BITFIELD:
            quarter = wide / 4
            for at in (0, 2):
                bit = QRectF(rect.left() + at * quarter, rect.top(), quarter, high)
                painter.fillRect(bit, style.ground(kind, 0))
        elif entry is Entry.MOVED:
            painter.fillRect(QRectF(rect.left(), rect.top(), wide, style.stripe_px), style.moved)
        painter.setPen(QPen(QColor(theme.outline), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.setFont(style.small_bold.font if entry is Entry.CANDIDATE else style.small.font)
        if entry is Entry.CANDIDATE:
            painter.setPen(QColor(style.guard.on_colour))
            painter.drawText(rect, CENTRED, style.guard.glyph)
        elif entry is Entry.MOVED:
            painter.setPen(QColor(theme.text))
            painter.drawText(rect.adjusted(0, style.stripe_px, 0, 0), CENTRED, "→")
        painter.setPen(QColor(theme.text))
        painter.setFont(style.small.font)
        x = rect.right() + style.px(5)
        room = QRectF(x, top, style.small.width(entry.value) + 2, self.row_px)
        painter.drawText(room, LEFT, entry.value)
