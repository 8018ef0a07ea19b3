"""How a lesson points at something: a ring, and an arrow whose tip touches it; or a whole panel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QRegion,
)
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme, ThemeManager

_NARROW = 6.0
"""An arrow beside a place less than so many times its size would cover what it points at."""

_ROOMY = 5.0
"""A ring goes inside of a place that is larger than so many times its line."""


def wanted(highlights: Iterable[str], kind: str) -> tuple[str, ...]:
    """Return what highlights name of a kind: of ``function:kmalloc`` and "function" kmalloc."""
    found = (each.partition(":") for each in highlights)
    return tuple(name for its_kind, _, name in found if its_kind == kind)


def ring_around(box: QRectF, line_px: float, room: QRectF | None = None) -> QRectF:
    """Return where the middle of a ring's line goes.

    Args:
        box: The place it is around.
        line_px: How thick it is.
        room: What it is drawn in: it stays whole in there, over the edge of what it is around.
    """
    ring = box.adjusted(-line_px / 2, -line_px / 2, line_px / 2, line_px / 2)
    if room is None:
        return ring
    half = line_px / 2
    return ring.intersected(room.adjusted(half, half, -half, -half))


def low_ring(box: QRectF, line_px: float) -> tuple[QRectF, ...]:
    """Return the strips of a ring that covers no text in a low row, and none beside it.

    Names stand on the foot of such a row, with their underscores: below there is a line as thin as
    the gap to the next row, and the ends are thick instead.

    Args:
        box: The place.
        line_px: How thick the line of a ring is elsewhere.
    """
    top = min(line_px, max(1.0, box.height() / 6 - 1))
    side = min(1.5 * line_px, box.width() / 2)
    x, y, wide, high = box.x(), box.y(), box.width(), box.height()
    return (
        QRectF(x, y, wide, top),
        QRectF(x, y, side, high),
        QRectF(box.right() - side, y, side, high),
        QRectF(x, box.bottom(), wide, 1.0),
    )


def outline_around(boxes: Sequence[QRectF], out_px: float) -> QPainterPath:
    """Return one outline around boxes of which each goes on in the next, as words in lines do.

    Args:
        boxes: From the top down; what is between two that lie under each other belongs to them.
        out_px: How far outside of them it is.
    """
    pieces: list[QRectF] = []
    for box in boxes:
        grown = box.adjusted(-out_px, -out_px, out_px, out_px)
        last = pieces[-1] if pieces else grown
        left, right = max(last.left(), grown.left()), min(last.right(), grown.right())
        if grown.top() < last.top() or left >= right:
            pieces.append(grown)
        elif (last.left(), last.right()) == (grown.left(), grown.right()):
            pieces[-1:] = [last.united(grown)]
        else:
            pieces += [QRectF(QPointF(left, last.top()), QPointF(right, grown.bottom())), grown]
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for piece in pieces:
        path.addRect(piece)
    return path.simplified()


def arrow_at(ring: QRectF, half_px: float, room: QRectF | None = None) -> list[QPointF]:
    """Return the corners of an arrow at a ring, its tip first.

    It is at the right end; below a narrow place, and below the right end where that is at the edge
    of the room.
    """
    narrow = ring.width() < _NARROW * half_px
    x, y = ring.right() - half_px * 0.9, ring.center().y()
    at_edge = room is not None and x + 1.5 * half_px > room.right()
    if not narrow and not at_edge:
        beside = [(x, y), (x + 1.5 * half_px, y - half_px), (x + 1.5 * half_px, y + half_px)]
        return [QPointF(*corner) for corner in beside]
    x = ring.center().x() if narrow else ring.right() - 3 * half_px
    y = ring.bottom() + 1
    below = [(x, y), (x - half_px, y + 1.5 * half_px), (x + half_px, y + 1.5 * half_px)]
    return [QPointF(*corner) for corner in below]


def draw_pointer(
    painter: QPainter,
    box: QRectF,
    theme: Theme,
    metrics: Metrics,
    *,
    arrow: bool = True,
    room: QRectF | None = None,
    inside: bool = False,
) -> None:
    """Draw a ring around a place, and an arrow at its right end, or below a narrow one.

    Args:
        painter: Where to; its pen and brush are left changed.
        box: The place.
        theme: The theme in force.
        metrics: The sizes in force.
        arrow: Whether there is an arrow; where many places are meant one arrow is enough.
        room: What the ring is to stay in, None where nothing cuts it.
        inside: Whether it stays in the place itself, where that is large enough for it: there are
            others beside it.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = _line_px(metrics)
    radius = min(metrics.px(8), box.height() / 3)
    ring = ring_around(box, line, room)
    path = QPainterPath()
    if inside and min(box.width(), box.height()) > _ROOMY * line:
        ring = box.adjusted(line, line, -line, -line)
        radius = 0.0
    path.addRoundedRect(ring, radius, radius)
    _draw_ring(painter, path, line, theme)
    if arrow:
        _draw_arrow(painter, ring, theme, metrics, room)


def draw_low_pointer(painter: QPainter, box: QRectF, theme: Theme, metrics: Metrics) -> None:
    """Draw a ring around a row that is hardly higher than its text, and an arrow in front of it."""
    for strip in low_ring(box, _line_px(metrics)):
        painter.fillRect(strip, QColor(theme.focus))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.focus))
    painter.drawPolygon(QPolygonF(arrow_before(box)))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def arrow_before(box: QRectF) -> list[QPointF]:
    """Return the corners of an arrow in front of a low row and no higher than it, its tip first."""
    back = box.left() - box.height()
    corners = [(box.left(), box.center().y()), (back, box.top()), (back, box.bottom())]
    return [QPointF(*corner) for corner in corners]


def draw_pointer_around(
    painter: QPainter, boxes: Sequence[QRectF], theme: Theme, metrics: Metrics
) -> None:
    """Draw one ring around something that lies in several rows, and an arrow at the first.

    Args:
        painter: Where to; its pen and brush are left changed.
        boxes: Its part in each row, from the top down.
        theme: The theme in force.
        metrics: The sizes in force.
    """
    if len(boxes) < 2:
        for box in boxes:
            draw_pointer(painter, box, theme, metrics)
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = _line_px(metrics)
    _draw_ring(painter, outline_around(boxes, line / 2), line, theme)
    _draw_arrow(painter, ring_around(boxes[0], line), theme, metrics, None)


def _line_px(metrics: Metrics) -> float:
    return max(2.0, metrics.px(5) / 2)


def _draw_ring(painter: QPainter, path: QPainterPath, line_px: float, theme: Theme) -> None:
    # A rim of the ground's colour parts the ring from whatever is beside it.
    for width, colour in ((2 * line_px, theme.surface), (line_px, theme.focus)):
        painter.setPen(QPen(QColor(colour), width, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)


def _draw_arrow(
    painter: QPainter, ring: QRectF, theme: Theme, metrics: Metrics, room: QRectF | None
) -> None:
    half = min(float(metrics.px(9)), ring.height() / 2 + metrics.px(3))
    painter.setPen(QPen(QColor(theme.surface), 2, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QColor(theme.focus))
    painter.drawPolygon(QPolygonF(arrow_at(ring, half, room)))
    painter.setBrush(Qt.BrushStyle.NoBrush)


class PanelRing(QWidget):
    """A ring around a whole panel, drawn inside of its edges: nothing moves for it.

    Args:
        panel: What is pointed at.
        themes: The theme in force.
    """

    def __init__(self, panel: QWidget, themes: ThemeManager) -> None:
        super().__init__(panel)
        self._panel, self._themes = panel, themes
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("The lesson points at this panel")
        panel.installEventFilter(self)
        themes.changed.connect(self._fit)
        self._fit()
        self.show()

    @property
    def line_px(self) -> float:
        """How thick the ring is."""
        return _line_px(self._themes.metrics)

    def remove(self) -> None:
        """Point no more."""
        self._panel.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay around the panel, and over what it gets later."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ChildAdded, QEvent.Type.Show):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        self.setGeometry(self._panel.rect())
        edge = round(2 * self.line_px) + 2
        inside = self.rect().adjusted(edge, edge, -edge, -edge)
        # What is inside of the ring is painted as if there were none.
        self.setMask(QRegion(self.rect()) - QRegion(inside))
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring."""
        theme, metrics, line = self._themes.theme, self._themes.metrics, self.line_px
        box = QRectF(self.rect()).adjusted(1.5 * line, 1.5 * line, -1.5 * line, -1.5 * line)
        with QPainter(self) as painter:
            draw_pointer(painter, box, theme, metrics, arrow=False)
