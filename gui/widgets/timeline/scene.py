"""The picture of the calls in view: what moves with the view, drawn once for every look at it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPixmap, QStaticText

from gui.geometry.axis import Axis
from gui.geometry.span_overview import CELLS_A_COLUMN, CELLS_IN_MOTION
from gui.geometry.timeline import LEVEL_STEPS, Coverage, SpanIndex
from gui.geometry.timeline_rows import RowLayout, baseline_in
from gui.geometry.wide_spans import WideSpans, spans_in_view, wide_spans
from gui.widgets.timeline.colours import Palette, rgb

if TYPE_CHECKING:
    from core.trace.index import Positions
    from core.trace.trace import Trace
    from gui.theme import Metrics, Theme

FEW_SPANS = 300
"""Up to so many spans in view are each drawn as themselves, in the rows that have fewest."""
MOST_POINTED = 12
"""A lesson that points at more calls points at none."""
MOST_LABELS = 100
MANY_CELLS = 10_000
"""From so many pixels to work out on, a picture that moves is half as fine."""
_WIDE_PX = 30.0
"""From this width on a call of a crowded row is a rectangle of its own: it can carry a name."""
_LABEL_PX = 30
"""Least width of a rectangle that carries a name, at the scale of 1."""
_LEAST_TEXT_PX = 8
"""Where rows are low their names are smaller, down to this many pixels."""
_LEAST_SHARE = np.float32(0.2)
"""What little covers a column is shown as if it covered so much of it."""


class Look(NamedTuple):
    """How things look: theme, sizes and the calls' colours."""

    theme: Theme
    metrics: Metrics
    palette: Palette


def coverage_image(seen: Coverage, look: Look) -> QImage:
    """Return a coverage as a picture: a pixel a column, a line a row, on the surface's colour."""
    palette, back = look.palette, rgb(look.theme.surface)
    # Slots a row does not use have no coverage; any colour will do for them.
    colours = palette.table[np.maximum(seen.categories, 0)].transpose(1, 2, 0)
    total = seen.busy.sum(axis=0)
    some = np.maximum(total, np.float32(1e-6))
    tint = np.minimum(seen.nested * (palette.level_share / some), np.float32(1.0))
    shown = np.minimum(np.maximum(total, _LEAST_SHARE), 1.0, dtype=np.float32)
    shown[total <= 1e-6] = 0.0
    # Red, green and blue by row and column: calls, then what levels stir in, then the ground.
    mixed = np.matmul(colours, seen.busy.transpose(1, 0, 2))
    mixed *= (shown * (1 - tint) / some)[:, None]
    mixed += (shown * tint)[:, None] * palette.tint_table[:, None]
    mixed += (1 - shown)[:, None] * back[:, None]
    packed = np.empty((*total.shape, 4), np.uint8)
    packed[..., 2::-1] = mixed.transpose(0, 2, 1)
    packed[..., 3] = 255
    return image_of(packed)


def image_of(packed: npt.NDArray[np.uint8]) -> QImage:
    """Return blue, green, red and 255 from 0 to 255, shape (lines, columns, 4), as a picture."""
    lines, columns = packed.shape[:2]
    image = QImage(packed.data, columns, lines, columns * 4, QImage.Format.Format_RGB32)
    # The picture must outlive the array.
    return image.copy()


def tall_image(
    picture: QImage, lines: slice, width: int, high: int, gap: int, back: QColor
) -> QImage:
    """Return some lines of a picture, each so many pixels high and with a gap under it.

    The image is used again for the next one of its size: draw it at once.

    Args:
        picture: A pixel a column, a line a row.
        lines: Which lines of it.
        width: Pixels from the left edge to the right one; columns share them alike.
        high: Pixels from a line to the next one.
        gap: How many of them are the gap.
        back: What the gap shows.
    """
    flat = np.frombuffer(picture.constBits(), np.uint32).reshape(picture.height(), -1)[lines]
    if flat.shape[1] != width:
        flat = flat.repeat(-(-width // flat.shape[1]), axis=1)[:, :width]
    count, columns = flat.shape
    image = _canvas(columns, count * high)
    tall = np.frombuffer(image.bits(), np.uint32).reshape(count, high, columns)
    tall[:, : high - gap] = flat[:, None]
    tall[:, high - gap :] = back.rgba()
    return image


@lru_cache(maxsize=4)
def _canvas(columns: int, lines: int) -> QImage:
    """Return an image to draw in: fresh memory each frame would cost more than the drawing."""
    return QImage(columns, lines, QImage.Format.Format_RGB32)


def crowded_rows(counts: Sequence[int]) -> list[int]:
    """Return which rows hold too many calls in view to draw each; the fullest ones, in order.

    Args:
        counts: Calls in view by row.
    """
    left = FEW_SPANS
    crowded = []
    for at in sorted(range(len(counts)), key=lambda at: counts[at]):
        left -= counts[at]
        if left < 0:
            crowded.append(at)
    return sorted(crowded)


class TimelineScene:
    """The rows in view, drawn for one size, view and theme.

    Args:
        trace: The run.
        calls: Position of the call of each span.
        index: The calls on the axis.
        layout: Where the rows lie.
        axis: What is in view, and where.
        scroll: How far down the rows are scrolled, in pixels.
        height: The height there is for rows.
        look: Theme, sizes, colours.
        ratio: Device pixels a pixel.
        moves: Whether the view moves: a crowded picture then has columns twice as wide.

    Attributes:
        rows: The rows that can be seen, from the top.
        wide: The calls drawn as rectangles.
        each: Whether every call in view is one of them.
        column_px: How many device pixels a column of crowded rows is wide.
    """

    def __init__(
        self,
        trace: Trace,
        calls: Positions,
        index: SpanIndex,
        layout: RowLayout,
        axis: Axis,
        scroll: float,
        height: float,
        look: Look,
        ratio: float,
        *,
        moves: bool = False,
    ) -> None:
        self._trace, self._calls, self._index, self._layout = trace, calls, index, layout
        self._axis, self._scroll, self._look, self._ratio = axis, scroll, look, ratio
        self.rows = layout.rows_between(scroll, scroll + height)
        self._height = height
        view = axis.view
        slices = [index.in_view(row, view.first, view.last) for row in self.rows]
        self._crowded = crowded_rows([last - first for first, last in slices])
        self.each = not self._crowded
        self._width = max(1, round(axis.width * ratio))
        large = len(self._crowded) * self._width >= MANY_CELLS
        self.column_px = 2 if moves and large else 1
        self._coverage = self._covered()
        self.wide = self._found(slices)

    @cached_property
    def pixmap(self) -> QPixmap:
        """The picture, transparent where nothing is."""
        right = self._axis.left + self._axis.width
        made = QPixmap(int(right * self._ratio) + 1, max(1, int(self._height * self._ratio)))
        made.setDevicePixelRatio(self._ratio)
        made.fill(Qt.GlobalColor.transparent)
        with QPainter(made) as painter:
            self.paint(painter)
        return made

    def _covered(self) -> Coverage | None:
        """Return the coverage of the crowded rows, None where there are none."""
        if not self._crowded:
            return None
        columns = -(-self._width // self.column_px)
        # A last column that is only half in view lies half outside it.
        view = self._axis.view
        reach = view.width * columns * self.column_px / self._width
        edges = np.linspace(view.first, view.first + reach, columns + 1)
        cells = CELLS_A_COLUMN if self.column_px == 1 else CELLS_IN_MOTION
        return self._index.coverage([self.rows[at] for at in self._crowded], edges, cells)

    def _found(self, slices: list[tuple[int, int]]) -> WideSpans:
        """Return the calls to draw as rectangles: of crowded rows only the wide ones."""
        crowded = set(self._crowded)
        few = [each if at not in crowded else (0, 0) for at, each in enumerate(slices)]
        found = spans_in_view(self._index, few, self._axis)
        if self._coverage is None:
            return found
        wide = wide_spans(self._index, self._coverage, self._axis, _WIDE_PX)
        rows = np.array(self._crowded, np.intp)[wide.rows]
        pairs = zip(found, wide._replace(rows=rows), strict=True)
        return WideSpans(*(np.concatenate(pair) for pair in pairs))

    @cached_property
    def rects(self) -> list[QRectF]:
        """Where each call of ``wide`` is drawn; even an empty one is a pixel wide."""
        wide = self.wide
        tops = np.array([self._layout.top_of(row) for row in self.rows]) - self._scroll
        width = wide.right - wide.left
        width = np.maximum(width - (width > 3), 1.0)
        high = self._layout.row - (1.0 if self._layout.row >= 6 else 0.0)
        return [
            QRectF(left, top, across, high)
            for left, top, across in zip(
                wide.left.tolist(), tops[wide.rows].tolist(), width.tolist(), strict=True
            )
        ]

    def boxes_of(self, names: tuple[str, ...]) -> list[QRectF]:
        """Return where calls of some functions are drawn, the widest first; at most a few."""
        width = self.wide.right - self.wide.left
        widest = np.argsort(-width, kind="stable")[:MOST_LABELS].tolist()
        calls = self._calls[self.wide.spans].tolist()

        def is_meant(at: int) -> bool:
            function = self._trace.function(calls[at])
            return function.name in names or function.essential in names

        return [self.rects[at] for at in widest if is_meant(at)][:MOST_POINTED]

    def paint(self, painter: QPainter) -> None:
        """Paint the calls; the origin is the left end of the first line of rows."""
        if self._coverage is not None and self.rows:
            self._draw_coverage(painter, coverage_image(self._coverage, self._look))
        self._draw_rects(painter)
        self._draw_labels(painter)

    def _draw_coverage(self, painter: QPainter, image: QImage) -> None:
        """Draw the crowded rows: those that lie next to each other at once."""
        tops = [self._layout.top_of(self.rows[at]) - self._scroll for at in self._crowded]
        first = 0
        for line, top in enumerate(tops):
            ends = line + 1 == len(tops) or tops[line + 1] - top > self._layout.row
            if ends:
                self._draw_block(painter, image, slice(first, line + 1), tops[first])
                first = line + 1

    def _draw_block(self, painter: QPainter, image: QImage, lines: slice, top: float) -> None:
        """Draw some lines of a picture: pixel for pixel where rows are whole pixels high."""
        axis, row, ratio = self._axis, self._layout.row, self._ratio
        high, count = row * ratio, lines.stop - lines.start
        if high != int(high):
            target = QRectF(axis.left, top, axis.width, row * count)
            painter.drawImage(
                target, image, QRectF(0, lines.start, self._width / self.column_px, count)
            )
            return
        gap = round(ratio) if row >= 6 else 0
        tall = tall_image(
            image, lines, self._width, int(high), gap, QColor(self._look.theme.surface)
        )
        tall.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(axis.left, top), tall)

    def _draw_rects(self, painter: QPainter) -> None:
        rects = self.rects
        levels = np.minimum(self._index.levels[self.wide.spans], LEVEL_STEPS + 1).astype(np.intp)
        keys = self._index.categories[self.wide.spans] * np.intp(8) + levels
        painter.setPen(Qt.PenStyle.NoPen)
        for key in np.unique(keys).tolist():
            painter.setBrush(self._look.palette.fill(key // 8, key % 8).colour)
            painter.drawRects([rects[at] for at in np.flatnonzero(keys == key).tolist()])

    def _draw_labels(self, painter: QPainter) -> None:
        metrics = self._look.metrics
        # Bold: in a small regular text underscores are half a pixel thick.
        font = metrics.mono("caption", bold=True)
        text_px = min(font.pixelSize(), int(self._layout.row) - 2)
        if text_px < _LEAST_TEXT_PX:
            return
        font.setPixelSize(text_px)
        measure = QFontMetricsF(font)
        # Every letter of this font is as wide as any other.
        letter, pad = measure.horizontalAdvance("m"), metrics.px(4)
        high = self._layout.row - (1.0 if self._layout.row >= 6 else 0.0)
        down = baseline_in(high, measure.ascent(), text_px) - measure.ascent()
        painter.setFont(font)
        width = self.wide.right - self.wide.left
        (labelled,) = np.nonzero(width >= metrics.px(_LABEL_PX))
        labelled = labelled[np.argsort(-width[labelled], kind="stable")][:MOST_LABELS]
        spans = self.wide.spans[labelled]
        letters = ((width[labelled] - pad - 2) / letter).astype(np.intp).tolist()
        kinds, levels = self._index.categories[spans].tolist(), self._index.levels[spans].tolist()
        calls, function = self._calls[spans].tolist(), self._trace.function
        fill = self._look.palette.fill
        key, pen = font.key(), None
        for number, at in enumerate(labelled.tolist()):
            name, room = function(calls[number]).name, letters[number]
            if room < min(len(name), 3):
                continue
            ink = fill(kinds[number], levels[number]).ink
            if ink is not pen:
                painter.setPen(ink)
                pen = ink
            text = name if len(name) <= room else name[: room - 1] + "…"
            rect = self.rects[at]
            painter.drawStaticText(
                QPointF(rect.left() + pad, rect.top() + down), _static(text, key)
            )


@lru_cache(maxsize=4096)
def _static(text: str, _font: str) -> QStaticText:
    """Return a text ready to be drawn, laid out once for each font."""
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    return made
