"""What stands on the staircase: the storages, the next rise, the cursor; and where labels go.

Painted over the plot in pixels, so that texts keep their size whatever part of it is in view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from gui.geometry.columns import count_text, rise_text, storage_name

if TYPE_CHECKING:
    from core.layout.analysis import Answer
    from core.layout.staircase import Step
    from core.layout.what_if import PlacedField
    from gui.theme import Metrics, Role, Theme

ToPixels = Callable[[float, float], QPointF]
"""From bytes added and bytes a task to a point of the painting."""

_PAD_PX, _GAP_PX, _GLYPH_PX, _DOT_PX = 6, 4, 4, 3
_RIDGE_PX = 26
"""How far above or below its point a label begins."""


class Mark(NamedTuple):
    """A point of the staircase with a name.

    Attributes:
        x: Bytes added.
        y: Bytes a task.
        glyph: What stands before the label: ``circle``, ``square``, ``diamond``, ``rise``.
        text: The label.
        role: Name of the theme's role or outcome that colours it.
        short: What the label says where there is no room for all of it; empty for the same.
    """

    x: float
    y: float
    glyph: str
    text: str
    role: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Annotations:
    """All that is painted over the curve.

    Attributes:
        marks: The storages and the next rise.
        cursor: Where the cursor stands; None where there is none.
        readout: What is said about the step the cursor or the mouse is on.
    """

    marks: tuple[Mark, ...] = ()
    cursor: Step | None = None
    readout: str = ""


@dataclass(slots=True)
class Placed:
    """A label that has found its place."""

    rect: QRectF
    point: QPointF
    mark: Mark = field(repr=False)


_GLYPHS = {"uint": "square", "bit1": "circle", "bit2": "diamond"}


def marks_of(
    answers: Sequence[Answer], steps: Sequence[Step], each: str = "a task"
) -> tuple[Mark, ...]:
    """Return where fields stand, those at one point under one label, and the next rise.

    A bitfield that takes bits nobody used adds no byte; one that opens a new storage unit adds
    that unit.

    Args:
        answers: The answers about the fields.
        steps: The staircase.
        each: What a slab is full of.
    """
    from core.layout.staircase import next_rise

    points: dict[tuple[int, int], list[PlacedField]] = {}
    for answer in answers:
        point = added_bytes(answer), answer.after.bytes_per_task
        points.setdefault(point, []).append(answer.what_if.field)
    marks = [
        Mark(x, y, _glyph(here[0]), " and ".join(map(_called, here)), "guard")
        for (x, y), here in points.items()
    ]
    rise = next_rise(tuple(steps), 0) if steps else None
    if rise is not None:  # first: it is the label that must find a place
        added = f"+{count_text(rise.added_bytes, 'byte')}"
        text, short = (
            f"{added}: {rise_text(rise, steps[0], each)}",
            f"{added}: {count_text(rise.objects, 'object')}",
        )
        marks.insert(0, Mark(rise.added_bytes, rise.bytes_per_task, "rise", text, "warning", short))
    return tuple(marks)


def _glyph(placed: PlacedField) -> str:
    return _GLYPHS.get(placed.field.asked, "square")


def _called(placed: PlacedField) -> str:
    return storage_name(placed.field.asked, placed.field.declaration.rstrip(";"))


def added_bytes(answer: Answer) -> int:
    """Return how many bytes a field adds where it stands: none if it takes unused bits."""
    what_if = answer.what_if
    placed = what_if.field.field
    if not placed.is_bitfield:
        return placed.size_bits // 8
    opens_a_unit = what_if.growth.best > 0
    return placed.unit_bytes if opens_a_unit else 0


def place_labels(
    wanted: Sequence[tuple[QPointF, float, float]], area: QRectF, gap: float, ridge: float
) -> list[QRectF]:
    """Return rectangles for labels near their points that neither overlap nor leave the area.

    A label that finds no place has none: a null rectangle.

    Args:
        wanted: For each label its point, its width and its height.
        area: Where labels may be.
        gap: Least distance between two.
        ridge: Distance from the point to a label above or below it.
    """
    placed: list[QRectF] = []
    for point, natural, height in wanted:
        width = min(natural, area.width())
        right = max(area.left(), area.right() - width)
        lefts = [min(max(x, area.left()), right) for x in (point.x() - gap, point.x() - width)]
        tops = [point.y() + ridge, point.y() - ridge - height]
        # Then further and further down and up, a label's height at a time, and at the edges.
        for turn in range(1, 12):
            tops += [tops[0] + turn * (height + gap), tops[1] - turn * (height + gap)]
        tops += [area.bottom() - height, area.top()]
        rects = [QRectF(left, top, width, height) for left in lefts for top in tops]
        inside = [rect for rect in rects if area.contains(rect)]
        free = [
            rect
            for rect in inside
            if not any(rect.adjusted(-gap, -gap, gap, gap).intersects(each) for each in placed)
        ]
        placed.append(free[0] if free else QRectF())
    return placed


class StaircasePainter:
    """Paints annotations over a plot.

    Args:
        theme: The theme in force.
        metrics: The sizes in force.
    """

    def __init__(self, theme: Theme, metrics: Metrics) -> None:
        self._theme, self._metrics = theme, metrics
        self._font = QFontMetrics(metrics.ui("caption"))

    def labels(self, marks: Sequence[Mark], area: QRectF, to_pixels: ToPixels) -> list[Placed]:
        """Return the labels of the marks in view, where they go."""
        px, shown = self._metrics.px, []
        inside = area.adjusted(px(_GAP_PX), px(_GAP_PX), -px(_GAP_PX), -px(_GAP_PX))
        for mark in marks:
            point = to_pixels(mark.x, mark.y)
            if area.adjusted(-1, -1, 1, 1).contains(point):
                cut = mark.short and self._width(mark.text) > inside.width()
                shown.append((mark._replace(text=mark.short) if cut else mark, point))
        tall = float(self._font.height() + px(_GAP_PX))
        wanted = [(point, self._width(mark.text), tall) for mark, point in shown]
        rects = place_labels(wanted, inside, px(_GAP_PX), px(_RIDGE_PX))
        return [Placed(rect, point, mark) for (mark, point), rect in zip(shown, rects, strict=True)]

    def _width(self, text: str) -> float:
        """Return how wide a label is that says all of a text."""
        words = self._font.horizontalAdvance(text)
        return words + 2.0 * self._metrics.px(_PAD_PX) + self._text_left()

    def paint(
        self, painter: QPainter, notes: Annotations, area: QRectF, to_pixels: ToPixels
    ) -> None:
        """Paint everything.

        Args:
            painter: Where to.
            notes: What.
            area: The plot's inside, in the painter's pixels.
            to_pixels: The way from numbers to the painter's pixels.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._metrics.ui("caption"))
        if notes.cursor is not None:
            self._cursor(painter, notes.cursor, area, to_pixels)
        labels = self.labels(notes.marks, area, to_pixels)
        for label in labels:
            self._leader(painter, label)
        for label in labels:
            if not label.rect.isNull():
                self._label(painter, label)
        if notes.readout:
            self._readout(painter, notes.readout, area)

    def _role(self, name: str) -> Role:
        return self._theme.warning if name == "warning" else self._theme.role(name)

    def _leader(self, painter: QPainter, label: Placed) -> None:
        """Paint the point on the curve and the line from it to its label."""
        colour, dot = QColor(self._role(label.mark.role).colour), self._metrics.px(_DOT_PX)
        painter.setPen(QPen(colour, self._metrics.px(1)))
        if not label.rect.isNull():
            painter.drawLine(label.point, QPointF(label.point.x(), label.rect.center().y()))
        painter.setPen(QPen(QColor(self._theme.surface), 1))
        painter.setBrush(colour)
        painter.drawEllipse(label.point, dot, dot)

    def _text_left(self) -> int:
        """Return how far the text stands from the glyph's left."""
        return 2 * self._metrics.px(_GLYPH_PX) + self._metrics.px(_GAP_PX)

    def _label(self, painter: QPainter, label: Placed) -> None:
        role, px = self._role(label.mark.role), self._metrics.px
        painter.setPen(QPen(QColor(role.colour), 1))
        painter.setBrush(QColor(role.soft))
        painter.drawRoundedRect(label.rect, px(4), px(4))
        half = px(_GLYPH_PX)
        middle = QPointF(label.rect.left() + px(_PAD_PX) + half, label.rect.center().y())
        self._glyph(painter, middle, label.mark, half)
        painter.setPen(QColor(self._theme.text))
        room = label.rect.adjusted(px(_PAD_PX) + self._text_left(), 0, -px(2), 0)
        cut = self._font.elidedText(
            label.mark.text, Qt.TextElideMode.ElideRight, int(room.width() + 1)
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)

    def _glyph(self, painter: QPainter, at: QPointF, mark: Mark, half: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._role(mark.role).colour))
        if mark.glyph == "circle":
            painter.drawEllipse(at, half, half)
        elif mark.glyph == "square":
            painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
        else:
            painter.drawPolygon(_diamond(at, half) if mark.glyph == "diamond" else _up(at, half))

    def _cursor(self, painter: QPainter, step: Step, area: QRectF, to_pixels: ToPixels) -> None:
        point = to_pixels(step.added_bytes, step.bytes_per_task)
        if not area.left() - 1 <= point.x() <= area.right() + 1:
            return
        painter.setPen(QPen(QColor(self._theme.focus), self._metrics.px(1.5)))
        painter.drawLine(QPointF(point.x(), area.top()), QPointF(point.x(), area.bottom()))
        painter.setBrush(QColor(self._theme.surface))
        painter.setPen(QPen(QColor(self._theme.focus), self._metrics.px(2)))
        painter.drawEllipse(point, self._metrics.px(5), self._metrics.px(5))

    def _readout(self, painter: QPainter, text: str, area: QRectF) -> None:
        pad = self._metrics.px(_PAD_PX)
        wrapped = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
        room = area.adjusted(2 * pad, 2 * pad, -2 * pad, 0)
        box = QRectF(self._font.boundingRect(room.toRect(), wrapped, text))
        box.moveTopRight(room.topRight())
        card = box.adjusted(-pad, -pad / 2, pad, pad / 2)
        painter.setPen(QPen(QColor(self._theme.outline), 1))
        painter.setBrush(QColor(self._theme.raised))
        painter.drawRoundedRect(card, self._metrics.px(4), self._metrics.px(4))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(box, wrapped, text)


def _diamond(at: QPointF, half: float) -> QPolygonF:
    tall = half * 1.3
    return QPolygonF(
        [
            QPointF(at.x(), at.y() - tall), QPointF(at.x() + tall, at.y()),
            QPointF(at.x(), at.y() + tall), QPointF(at.x() - tall, at.y()),
        ]
    )  # fmt: skip


def _up(at: QPointF, half: float) -> QPolygonF:
    """Return a triangle that points up."""
    return QPolygonF(
        [
            QPointF(at.x(), at.y() - half), QPointF(at.x() + half, at.y() + half),
            QPointF(at.x() - half, at.y() + half),
        ]
    )  # fmt: skip
