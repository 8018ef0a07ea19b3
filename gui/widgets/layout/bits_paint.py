"""Painting a storage word whose bits belong to somebody but have no value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.geometry.struct_map import Kind
from gui.geometry.word import NUMBER_BITS, Cell, Picture, moved, picture_of, unnamed_runs
from gui.widgets.layout.bits_word import StorageWord, kind_of
from gui.widgets.layout.map_style import MapStyle
from gui.widgets.word_bits import rect_of
from gui.widgets.word_paint import WordPainter, sizes_of

if TYPE_CHECKING:
    from core.layout.model import NamedBit
    from core.trace.info import GuardInfo
    from gui.geometry.stack import Box
    from gui.theme import Metrics, Theme


@dataclass(frozen=True, slots=True)
class WordPicture:
    """Where a word's bits lie.

    Attributes:
        picture: Bits, names and numbers; None where nobody has any of the bits.
        guard: The word as the drawing of the guard's word knows it.
        width_px: Width of the drawing.
        height_px: Height of the drawing.
        bits_top: Where the bits begin.
    """

    picture: Picture | None
    guard: GuardInfo | None
    width_px: float
    height_px: float
    bits_top: float

    def bit_at(self, x: float, y: float) -> int:
        """Return the number of the bit at a point, -1 for none."""
        cells = self.picture.memory if self.picture is not None else ()
        return next((cell.bit for cell in cells if cell.box.contains(x, y)), -1)


def bits_of(word: StorageWord, where: WordPicture, name: str) -> Box | None:
    """Return where the bits of a member are in the drawing of a word, None where it has none."""
    runs = [run for run in word.bits if run.name == name]
    cells = where.picture.memory if where.picture is not None else ()
    boxes = [cell.box for cell in cells for run in runs if _has(run, cell.bit)]
    if not boxes:
        return None
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    return boxes[0]._replace(left=left, width=right - left)


@lru_cache(maxsize=128)
def word_picture(
    word: StorageWord,
    width_px: float,
    metrics: Metrics,
    *,
    neighbours: bool = True,
    also: tuple[str, ...] = (),
) -> WordPicture:
    """Return where the bits of a word lie in a drawing of a width.

    The same few words are tried at the same few widths until they fit, over and over.

    Args:
        word: The word.
        width_px: Width of the drawing.
        metrics: Sizes.
        neighbours: Whether all members are named; without, only the one it is about.
        also: Members that are named in any case, as far as there is room.
    """
    from core.trace.info import GuardInfo, NamedField

    sizes = sizes_of(metrics, 0)
    named = tuple(
        NamedField(run.name, run.bit_offset, run.bit_size) for run in word.bits if run.name
    )
    if not named:
        return WordPicture(None, None, width_px, sizes.cell_height_px, 0)
    first, size = word.field_bits
    if not size:
        first, size = named[0].bit_offset, named[0].bit_size
    # A space has a width, and is what a word without the field is labelled with.
    field = word.field or " "
    guard = GuardInfo(
        "", 0, field, word.byte_offset, word.unit_bytes, first, size, word.big_endian, named
    )
    advance = QFontMetricsF(metrics.mono("caption", bold=True)).horizontalAdvance
    picture = picture_of(guard, width_px, sizes, advance, neighbours=neighbours, also=also)
    # The drawing of the guard's word begins with a line of text that this one has no use for.
    lift = picture.memory_caption.height
    bits_top = picture.memory[0].box.top
    bottom = bits_top + sizes.cell_height_px + sizes.line_px
    raised = Picture(
        moved(picture.memory, bits_top - lift),
        picture.register,
        tuple(label._replace(y=label.y - lift) for label in picture.labels if label.text.strip()),
        picture.label_share,
        tuple(n._replace(baseline=n.baseline - lift) for n in picture.numbers),
        picture.memory_caption,
        picture.register_caption,
        picture.channel,
        picture.result,
    )
    return WordPicture(raised, guard, width_px, bottom - lift, bits_top - lift)


def paint_word(
    painter: QPainter, word: StorageWord, picture: WordPicture, theme: Theme, metrics: Metrics
) -> None:
    """Paint a word from the painter's origin on."""
    _OwnersPainter(painter, theme, metrics).paint_owners(word, picture)


class _OwnersPainter(WordPainter):
    """Paints names and numbers as the guard's word has them, and bits by whose they are."""

    def paint_owners(self, word: StorageWord, where: WordPicture) -> None:
        """Paint everything."""
        style = MapStyle(self._theme, self._metrics)
        if where.picture is None or where.guard is None:
            self._nobody(word, where, style)
            return
        for label in where.picture.labels:
            own = word.is_candidate and label.text == word.field
            self._label(label, where.picture.label_share, guards=own)
        cells = where.picture.memory
        for count, box in unnamed_runs(cells):
            self._unused(count, rect_of(box), style)
        for index, run in enumerate(word.bits):
            if run.name:
                owned = [cell for cell in cells if _has(run, cell.bit)]
                self._owner(owned, word, index, style)
        first, size = word.field_bits
        for number in where.picture.numbers:
            own = word.is_candidate and first <= number.bit < first + size
            self._painter.setFont(self._metrics.mono("caption", bold=own))
            ink = self._guard_role.ink if own else self._theme.muted
            self._painter.setPen(QColor(ink))
            half = self._painter.fontMetrics().horizontalAdvance(str(number.bit)) / 2
            self._painter.drawText(QPointF(number.x - half, number.baseline), str(number.bit))

    def _nobody(self, word: StorageWord, where: WordPicture, style: MapStyle) -> None:
        """A word without a member, or one past the end of the struct."""
        rect = QRectF(0.5, 0.5, where.width_px - 1, where.height_px - 1)
        if word.bits:
            self._unused(word.unit_bytes * 8, rect, style)
        else:
            self._plate(rect, "past the end of the struct")

    def _unused(self, count: int, rect: QRectF, style: MapStyle) -> None:
        """Bits that nobody has, as one block."""
        self._painter.fillRect(rect, QColor(self._theme.surface))
        self._painter.fillRect(
            rect, style.hatch(self._painter, Kind.BIT_HOLE) or Qt.GlobalColor.gray
        )
        self._plate(rect, f"{count} bit{'' if count == 1 else 's'}")

    def _plate(self, rect: QRectF, text: str) -> None:
        """A frame with a text on a ground of its own, left out where there is no room for it."""
        painter, theme = self._painter, self._theme
        painter.setPen(QPen(QColor(theme.outline), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setFont(self._metrics.ui("caption"))
        wide = painter.fontMetrics().horizontalAdvance(text) + self._metrics.px(6)
        if wide > rect.width():
            return
        high = painter.fontMetrics().height()
        plate = QRectF(rect.center().x() - wide / 2, rect.center().y() - high / 2, wide, high)
        painter.fillRect(plate, QColor(theme.surface))
        painter.setPen(QColor(theme.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)

    def _owner(self, cells: list[Cell], word: StorageWord, index: int, style: MapStyle) -> None:
        """The bits of one member in the colours of the map; those of a large one as bytes."""
        painter, kind = self._painter, kind_of(word, word.bits[index])
        size = len(cells)
        step = 1 if size <= NUMBER_BITS else 8
        whole = rect_of(cells[0].box).united(rect_of(cells[-1].box)).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(self._theme.outline), 1))
        painter.setBrush(style.ground(kind, index % 2))
        painter.drawRect(whole)
        for cell in cells[1:]:
            if (cell.power + 1) % step == 0:
                x = round(cell.box.left) + 0.5
                painter.drawLine(QPointF(x, whole.top()), QPointF(x, whole.bottom()))
        first, own = word.field_bits
        if own and not word.is_candidate and word.bits[index].bit_offset == first:
            painter.setPen(QPen(QColor(self._theme.focus), self._metrics.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(whole.adjusted(1, 1, -1, -1))
        if kind is Kind.CANDIDATE and step == 1:
            font = self._metrics.mono("body", bold=True)
            font.setPixelSize(max(1, min(font.pixelSize(), int(whole.width() * 1.4))))
            painter.setFont(font)
            painter.setPen(QColor(self._guard_role.on_colour))
            painter.drawText(whole, Qt.AlignmentFlag.AlignCenter, self._guard_role.glyph)


def _has(run: NamedBit, bit: int) -> bool:
    return run.bit_offset <= bit < run.bit_offset + run.bit_size
