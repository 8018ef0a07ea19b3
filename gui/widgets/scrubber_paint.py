"""The parts of the scrubber that stay while the playhead moves, painted once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.covered import MARK
from gui.geometry.scrubber import HIT, STOP, WARNING, Mark, StackOutline, Track, marks
from gui.theme import Role, Theme, mix

if TYPE_CHECKING:
    from gui.geometry.scrubber import Positions
    from gui.theme import ThemeManager

EDGE_PX, LANE_PX, OUTLINE_PX, LINE_PX, SYMBOL_PX = 6, 14, 26, 4, 11
"""Heights from the top down, and the size of a mark, at the scale of 1."""
_DIAMOND = ((0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0))
_TRIANGLE = ((0.0, -1.1), (1.2, 0.95), (-1.2, 0.95))


class ScrubberScene:
    """What stays while the playhead moves: the outline, as played and as to come, and the marks."""

    def __init__(
        self,
        widget: QWidget,
        track: Track,
        themes: ThemeManager,
        lanes: Sequence[Positions],
        outline: StackOutline | None,
    ) -> None:
        self.key = (widget.width(), widget.devicePixelRatioF())
        self._size, self._ratio = widget.size(), widget.devicePixelRatioF()
        self._theme, self._px = themes.theme, themes.metrics.chrome
        self._track = track
        px = self._px
        self.top = float(px(EDGE_PX))
        self._foot = self.top + px(LANE_PX)
        self.line = self._foot + px(OUTLINE_PX) + px(LINE_PX) / 2
        self._columns = max(1, round(self._track.width * self._ratio))
        columns = max(1, round(self._track.width))
        self.marks = marks(self._track, lanes, columns, px(SYMBOL_PX))
        theme, window = self._theme, self._theme.window
        bars = self._bars_of(outline)
        self.past = self._drawn_outline(
            bars, (mix(theme.accent, window, 0.35), mix(theme.accent, window, 0.55)), theme.accent
        )
        self.future = self._drawn_outline(
            bars, (mix(theme.muted, window, 0.2), mix(theme.muted, window, 0.36)), theme.disabled
        )
        self.symbols = self._drawn_symbols()
        self.symbol_px = px(SYMBOL_PX) / 2
        self._font = themes.metrics.frame().ui("body", bold=True)

    def draw_asked(self, painter: QPainter, rest: QRectF) -> None:
        """Draw the rest of the track as one that nobody knows yet."""
        end = self._track.left + self._track.width
        pen = QPen(QColor(self._theme.muted), self._px(2), Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(rest.left(), self.line), QPointF(end, self.line))
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(self._font)
        place = QRectF(rest.left(), self._foot, end - rest.left(), self._px(OUTLINE_PX))
        if place.width() > 3 * self.symbol_px:
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, MARK)

    def _blank(self) -> QPixmap:
        image = QPixmap(self._size * self._ratio)
        image.setDevicePixelRatio(self._ratio)
        image.fill(Qt.GlobalColor.transparent)
        return image

    def _bars_of(self, outline: StackOutline | None) -> tuple[list[QRectF], ...]:
        """The most of every column and the least, the one drawn over the other."""
        if outline is None or not outline.peak:
            return ()
        least, most = outline.columns(self._columns)
        return self._bars(most, outline.peak), self._bars(least, outline.peak)

    def _bars(self, heights: list[int], peak: int) -> list[QRectF]:
        """Columns of the same height are one bar: short runs have many of them."""
        step, room = self._track.width / len(heights), self._px(OUTLINE_PX)
        bars, left = [], self._track.left
        for height, columns in groupby(heights):
            wide = step * sum(1 for _ in columns)
            if height:
                high = room * height / peak
                bars.append(QRectF(left, self.line - high, wide, high))
            left += wide
        return bars

    def _drawn_outline(
        self, bars: tuple[list[QRectF], ...], colours: tuple[str, str], line: str
    ) -> QPixmap:
        image, track = self._blank(), self._track
        with QPainter(image) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            for rects, colour in zip(bars, colours, strict=False):
                painter.setBrush(QColor(colour))
                painter.drawRects(rects)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(line))
            thick = self._px(LINE_PX)
            bar = QRectF(track.left, self.line - thick / 2, track.width, thick)
            painter.drawRoundedRect(bar, thick / 2, thick / 2)
        return image

    def _drawn_symbols(self) -> QPixmap:
        image = self._blank()
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for mark in self.marks:
                self._draw_mark(painter, mark, _role_of(self._theme, mark.lane))
        return image

    def _draw_mark(self, painter: QPainter, mark: Mark, role: Role) -> None:
        px, colour = self._px, QColor(role.colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if mark.bar:
            height = px(LANE_PX - 2) * mark.bar
            wide = max(1.0, min(float(px(4)), mark.room * 0.5))
            # A lane full of bars must not outshine the run itself.
            painter.setBrush(QColor(mix(role.colour, self._theme.window, 0.75)))
            painter.drawRect(QRectF(mark.x - wide / 2, self._foot - px(2) - height, wide, height))
            return
        stem = QColor(role.colour)
        stem.setAlpha(90)
        painter.fillRect(QRectF(mark.x - 0.5, self._foot - px(2), 1, self.line - self._foot), stem)
        middle, half = self.top + px(LANE_PX) / 2 - px(1), px(SYMBOL_PX) / 2
        # A rim in the colour behind keeps a symbol apart from bars and symbols under it.
        painter.setPen(QPen(QColor(self._theme.window), px(2)))
        if mark.lane == STOP:
            arm = half * 0.8
            for pen in (QPen(QColor(self._theme.window), px(6)), QPen(colour, px(3))):
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                for way in (1, -1):
                    painter.drawLine(
                        QPointF(mark.x - arm, middle - way * arm),
                        QPointF(mark.x + arm, middle + way * arm),
                    )
        else:
            corners = _DIAMOND if mark.lane == HIT else _TRIANGLE
            shape = [QPointF(mark.x + x * half, middle + y * half) for x, y in corners]
            painter.drawPolygon(QPolygonF(shape))


def _role_of(theme: Theme, lane: int) -> Role:
    return {HIT: theme.role("guard"), WARNING: theme.warning, STOP: theme.danger}[lane]
