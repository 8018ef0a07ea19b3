"""Painting the map of a struct: ruler, cells, names, marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QStaticText

from gui.geometry.map_grid import Grid, Zoom
from gui.geometry.struct_map import Contents, Kind
from gui.widgets.layout.map_display import MOST_LABELS, Display, display_of
from gui.widgets.pointer import draw_pointer_around, outline_around
from gui.widgets.stack.style import CENTRED, LEFT, RIGHT

if TYPE_CHECKING:
    from gui.widgets.layout.map_style import MapStyle

HEADER_LINES = 1.5
"""Height of the strip over the rows, in lines of text."""
_LEAST_MARK_PX = 3


@dataclass(frozen=True, slots=True)
class Marks:
    """What lies over the map and comes and goes.

    Attributes:
        selected: Index of the selected span, -1 for none.
        hovered: Index of the span under the mouse, -1 for none.
        focused: Whether the map has the keyboard.
        drop_bit: Where a dragged field would go, -1 while nothing is dragged.
        drop_text: What is said about it.
        drop_allowed: Whether it may go there.
        drop_at: Where the mouse is, in pixels of the view.
        pointed: Indexes of the spans that a lesson points at.
    """

    selected: int = -1
    hovered: int = -1
    focused: bool = False
    drop_bit: int = -1
    drop_text: str = ""
    drop_allowed: bool = True
    drop_at: tuple[float, float] = (0, 0)
    pointed: tuple[int, ...] = ()


class MapPainter:
    """Paints a part of a map.

    Args:
        contents: What fills the struct.
        grid: The rows.
        style: Theme and scale.
        scroll_px: How far down the content the view begins.
        size: Width and height of the view.
        most_labels: More texts than this are left out.
    """

    def __init__(
        self,
        contents: Contents,
        grid: Grid,
        style: MapStyle,
        scroll_px: float,
        size: tuple[float, float],
        most_labels: int = MOST_LABELS,
    ) -> None:
        self._grid, self._style, self._size = grid, style, size
        self._scroll_px, self._height_px = scroll_px, size[1]
        self.display: Display = display_of(contents, grid, style, scroll_px, size[1], most_labels)
        self._ruler = self._ruler_texts()

    def paint(self, painter: QPainter, marks: Marks) -> None:
        """Paint everything but the header."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_ruler(painter)
        self._fills(painter)
        self._labels(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._candidate(painter)
        if marks.hovered >= 0:
            self._outline(painter, marks.hovered, QColor(self._style.theme.outline), 1)
        if marks.selected >= 0:
            self._selection(painter, marks.selected)
        for index in marks.pointed:
            rects = self._rects_of(index)
            draw_pointer_around(painter, rects, self._style.theme, self._style.metrics)
        if marks.drop_bit >= 0:
            self._drop(painter, marks)

    # -- cells ------------------------------------------------------------------------------------

    def _fills(self, painter: QPainter) -> None:
        style, display = self._style, self.display
        painter.setPen(Qt.PenStyle.NoPen)
        for (kind, shade), rects in display.fills.items():
            painter.setBrush(style.ground(kind, shade))
            painter.drawRects(rects)
            hatch = style.hatch(painter, kind)
            if hatch is not None:
                painter.setBrush(hatch)
                painter.drawRects(rects)
        if display.ticks:
            painter.setBrush(QColor(style.theme.outline))
            painter.drawRects(display.ticks)
        if display.moved:
            painter.setBrush(style.moved)
            painter.drawRects(display.moved)

    def _labels(self, painter: QPainter) -> None:
        style, theme = self._style, self._style.theme
        painter.setFont(style.name.font)
        text = QColor(theme.text)
        for label in self.display.labels:
            if label.kind is Kind.CANDIDATE:
                continue
            if label.kind.is_gap or label.plate >= 0:
                # Stripes and letters do not go together.
                wide, high = len(label.text) * style.char_px, style.name.metrics.height()
                room = QRect(round(label.x) - 2, round(label.y), round(wide) + 4, high)
                painter.fillRect(room, style.ground(label.kind, max(0, label.plate)))
            quiet = label.quiet and label.kind is not Kind.BITFIELD
            painter.setPen(style.quiet if quiet else text)
            self._text(painter, label.text, label.x, label.y, upright=label.upright)

    def _text(self, painter: QPainter, text: str, x: float, y: float, *, upright: bool) -> None:
        if not upright:
            painter.drawStaticText(QPointF(round(x), round(y)), self._style.text(text))
            return
        painter.save()
        painter.translate(round(x), round(y))
        painter.rotate(-90)
        painter.drawText(QPointF(0, self._style.name.metrics.ascent()), text)
        painter.restore()

    # -- the new field ----------------------------------------------------------------------------

    def _candidate(self, painter: QPainter) -> None:
        style, role, px = self._style, self._style.guard, self._style.px
        labelled = False
        for rect in self.display.candidate:
            wide = max(rect.width(), px(_LEAST_MARK_PX))
            cell = QRectF(rect.center().x() + 0.5 - wide / 2, rect.top(), wide, rect.height())
            halo = px(1.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.theme.surface))
            painter.drawRect(cell.adjusted(-halo, -halo, halo, halo))
            painter.setBrush(QColor(role.colour))
            painter.drawRect(cell)
        painter.setFont(style.name.font)
        for label in self.display.labels:
            if label.kind is Kind.CANDIDATE:
                painter.setPen(QColor(role.on_colour))
                self._text(painter, label.text, label.x, label.y, upright=label.upright)
                labelled = True
        if self.display.candidate and not labelled:
            self._flag(painter, self.display.candidate[0])

    def _flag(self, painter: QPainter, rect: QRect) -> None:
        """The guard's letter: in the field, or in a disc over one too small to carry it."""
        style, role, px = self._style, self._style.guard, self._style.px
        size = style.small_bold.metrics.height() + px(2)
        if rect.width() >= size and rect.height() >= size - px(2):
            painter.setPen(QColor(role.on_colour))
            painter.setFont(style.small_bold.font)
            painter.drawText(QRectF(rect), CENTRED, role.glyph)
            return
        middle, foot = rect.center().x() + 0.5, rect.top() - px(3)
        if foot - size < 0:
            foot = rect.bottom() + px(3) + size
        disc = QRectF(middle - size / 2, foot - size, size, size)
        painter.setPen(QPen(QColor(style.theme.surface), px(1.5)))
        painter.setBrush(QColor(role.colour))
        painter.drawEllipse(disc)
        painter.setPen(QColor(role.on_colour))
        painter.setFont(style.small_bold.font)
        painter.drawText(disc, CENTRED, role.glyph)

    # -- marks ------------------------------------------------------------------------------------

    def _rects_of(self, index: int) -> list[QRectF]:
        found = []
        least = self._style.px(_LEAST_MARK_PX)
        for cell in self.display.cells:
            if cell.span == index:
                box = cell.box
                wide = max(box.width, least)
                left = box.left + (box.width - wide) / 2
                found.append(QRectF(left, round(box.top - self._scroll_px), wide, box.height))
        return found

    def _outline(self, painter: QPainter, index: int, colour: QColor, wide: float) -> None:
        painter.setPen(QPen(colour, wide))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        out = wide / 2
        for rect in self._rects_of(index):
            painter.drawRect(rect.adjusted(-out, -out, out, out))

    def _selection(self, painter: QPainter, index: int) -> None:
        """A ring with a light edge around all of its rows, seen on every ground."""
        theme, px = self._style.theme, self._style.px
        wide = max(2, px(2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outline = outline_around(self._rects_of(index), wide / 2)
        for edge, colour in ((2 * wide, theme.surface), (wide, theme.focus)):
            painter.setPen(QPen(QColor(colour), edge, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawPath(outline)

    def _drop(self, painter: QPainter, marks: Marks) -> None:
        """Where the dragged field would go, and the words for it beside the mouse."""
        style, theme, px = self._style, self._style.theme, self._style.px
        role = style.guard if marks.drop_allowed else theme.danger
        row, x = self._grid.x_of(marks.drop_bit, ends=True)
        top = self._grid.top(row) - self._scroll_px
        bottom = top + self._grid.height(row)
        reach = px(4)
        painter.setPen(QPen(QColor(theme.surface), px(6)))
        painter.drawLine(QPointF(x, top - reach), QPointF(x, bottom + reach))
        painter.setPen(QPen(QColor(role.ink), px(3)))
        painter.drawLine(QPointF(x, top - reach), QPointF(x, bottom + reach))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(role.ink))
        for tip, way in ((top, -1), (bottom, 1)):
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(x, tip),
                        QPointF(x - reach * 1.5, tip + way * reach * 1.8),
                        QPointF(x + reach * 1.5, tip + way * reach * 1.8),
                    ]
                )
            )
        self._drop_words(painter, marks)

    def _drop_words(self, painter: QPainter, marks: Marks) -> None:
        style, theme, px = self._style, self._style.theme, self._style.px
        role = style.guard if marks.drop_allowed else theme.danger
        pad, (width_px, height_px) = px(8), self._size
        most = max(px(80), min(px(420), round(width_px) - 4 * pad))
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        text = f"{role.glyph}  {marks.drop_text}"
        room = style.body.metrics.boundingRect(QRect(0, 0, most, 10_000), flags, text)
        plate = QRectF(0, 0, room.width() + 2 * pad, room.height() + pad)
        x, y = marks.drop_at
        plate.moveTo(
            max(0.0, min(x + px(16), width_px - plate.width())),
            max(0.0, min(y + px(18), height_px - plate.height())),
        )
        painter.setPen(QPen(QColor(role.ink), px(1.5)))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(plate, px(5), px(5))
        painter.setFont(style.body.font)
        painter.setPen(QColor(theme.text))
        painter.drawText(plate.adjusted(pad, pad / 2, -pad + 1, -pad / 2), flags, text)

    # -- ruler ------------------------------------------------------------------------------------

    def _ruler_texts(self) -> list[tuple[QPointF, QStaticText, bool]]:
        """The number of each cache line and the offset of each row, as many as have room.

        Each with the point of its top left corner, and whether it is an offset.
        """
        grid, style = self._grid, self._style
        high, margin = style.name.metrics.height(), style.sizes.margin_px
        step = 1
        while step * grid.row_px < high * 0.95:
            step *= 2
        made = []
        for rows in grid.rows_between(self._scroll_px, self._scroll_px + self._height_px):
            named = -1
            for row in rows:
                if row % grid.rows_a_column % step:
                    continue
                cells_px = grid.height(row) if step == 1 else grid.row_px
                y = round(grid.top(row) - self._scroll_px + (cells_px - high) / 2)
                offset = str(row * grid.row_bytes)
                right = grid.left(row) - 0.8 * margin
                x = round(right - len(offset) * style.char_px)
                made.append((QPointF(x, y), style.text(offset), True))
                # A line is numbered where it begins, and at the top of the view.
                line = row // grid.rows_a_line
                if y >= 0 and (row % grid.rows_a_line == 0 or named < 0):
                    named = line
                    left = round(grid.left(row) - grid.ruler_px + margin)
                    made.append((QPointF(left, y), style.text(str(line)), False))
        return made

    def _draw_ruler(self, painter: QPainter) -> None:
        painter.setFont(self._style.name.font)
        inks = (QColor(self._style.theme.muted), QColor(self._style.theme.text))
        for offsets in (False, True):
            painter.setPen(inks[offsets])
            for at, text, is_offset in self._ruler:
                if is_offset is offsets:
                    painter.drawStaticText(at, text)


def header_px(style: MapStyle) -> int:
    """Return the height of the strip over the rows."""
    return round(style.name.metrics.height() * HEADER_LINES)


def paint_header(painter: QPainter, grid: Grid, style: MapStyle, width_px: float) -> None:
    """Paint what the columns of the ruler are, and the bytes of a row."""
    theme, high = style.theme, header_px(style)
    margin = style.sizes.margin_px
    painter.fillRect(QRectF(0, 0, width_px, high), QColor(theme.surface))
    painter.setFont(style.name.font)
    painter.setPen(QColor(theme.muted))
    step = 1
    wide = (len(str(grid.row_bytes)) + 2.8) * style.char_px
    while step < grid.row_bytes and step * grid.byte_px < wide:
        step *= 2
    for column in range(grid.columns):
        left = column * grid.column_px
        box = QRectF(left + margin, 0, grid.ruler_px - 1.8 * margin, high)
        offset = "byte" if 9 * style.char_px <= box.width() else ""
        painter.drawText(box, RIGHT, offset)
        painter.drawText(box, LEFT, "line")
        for byte in range(0, grid.row_bytes, step):
            x = left + grid.ruler_px + byte * grid.byte_px
            painter.drawText(QRectF(x, 0, wide * 2, high), LEFT, f"+{byte}" if byte else "0")
            if grid.zoom is not Zoom.OVERVIEW:
                painter.fillRect(QRectF(round(x), high - 3, 1, 3), QColor(theme.outline))
    painter.fillRect(QRectF(0, high - 1, width_px, 1), QColor(theme.border))
