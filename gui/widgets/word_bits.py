"""Painting the bits of the guard's storage unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gui.covered import MARK
from gui.geometry.word import Cell, field_powers, is_number, unnamed_runs

if TYPE_CHECKING:
    from core.trace.info import GuardInfo
    from gui.geometry.stack import Box
    from gui.theme import Metrics, Theme


class _Digit(NamedTuple):
    """A font of one digit: half of its width, and how far below the middle its line is."""

    font: QFont
    half_px: float
    low_px: float


class BitPainter:
    """Paints rows of bits.

    Args:
        painter: Where to; antialiasing is on.
        theme: The colours.
        metrics: The sizes.
        guard: Whose field is emphasised.
        arrived: How much of the motion is over, 0 to 1.
        asked: Whether a lesson asks what the guard's bits hold.
    """

    def __init__(
        self,
        painter: QPainter,
        theme: Theme,
        metrics: Metrics,
        guard: GuardInfo,
        arrived: float,
        *,
        asked: bool = False,
    ) -> None:
        self._asked = asked
        self._painter, self._theme, self._metrics = painter, theme, metrics
        self._guard, self._arrived = guard, arrived
        self._guard_role = theme.role("guard")
        self._fonts: dict[tuple[bool, int], _Digit] = {}

    def paint(
        self, cells: tuple[Cell, ...], word: int | None, changed: int = 0, lost: int = 0
    ) -> None:
        """Paint the bits of a word; None is an empty register.

        ``changed`` are the bits to mark, and ``lost`` those that another context wrote in vain.
        """
        powers = field_powers(self._guard)
        if self._asked:
            hidden = sum(1 << power for power in powers)
            changed, lost = changed & ~hidden, lost & ~hidden
        for count, box in unnamed_runs(cells):
            self._unnamed(count, box, empty=word is None)
        if is_number(self._guard):
            self._number(cells, word)
        for cell in cells:
            if cell.field >= 0 or (word is not None and word >> cell.power & 1):
                guards = cell.power in powers
                self._cell(cell, word, guards=guards, framed=not is_number(self._guard))
        edges = (cells[0].box.left, cells[-1].box.right)
        for cell in cells:
            if changed >> cell.power & 1:
                self._flash(cell, edges)
            if lost >> cell.power & 1:
                self._cross_out(cell, edges)

    def _unnamed(self, count: int, box: Box, *, empty: bool) -> None:
        """Bits that no field has, as one block."""
        painter, theme, metrics = self._painter, self._theme, self._metrics
        rect = rect_of(box).adjusted(0.5, 0.5, -1.5, -0.5)
        pen = QPen(QColor(theme.border), 1)
        pen.setStyle(Qt.PenStyle.DotLine if empty else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.surface if empty else theme.window))
        painter.drawRoundedRect(rect, metrics.px(2), metrics.px(2))
        if empty:
            return
        painter.setFont(metrics.ui("caption"))
        painter.setPen(QColor(theme.muted))
        text = f"{count} bits"
        if painter.fontMetrics().horizontalAdvance(text) > rect.width():
            text = str(count)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _number(self, cells: tuple[Cell, ...], word: int | None) -> None:
        """The frame of a field that is read as a number, with its bytes set apart."""
        painter, metrics, role = self._painter, self._metrics, self._guard_role
        last = cells[-1].box
        rect = QRectF(0, last.top, last.right, last.height).adjusted(0.5, 0.5, -0.5, -0.5)
        pen = QPen(QColor(role.colour), metrics.px(1.5))
        pen.setStyle(Qt.PenStyle.DotLine if word is None else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(QColor(self._theme.surface if word is None else role.soft))
        painter.drawRoundedRect(rect, metrics.px(3), metrics.px(3))
        painter.setPen(QPen(QColor(role.colour), 1))
        for cell in cells[1:] if word is not None else ():
            if cell.power % 8 == 7:
                painter.drawLine(
                    QPointF(cell.box.left, rect.top()), QPointF(cell.box.left, rect.bottom())
                )

    def _cell(self, cell: Cell, word: int | None, *, guards: bool, framed: bool) -> None:
        painter, metrics = self._painter, self._metrics
        value = None if word is None else word >> cell.power & 1
        asked = guards and self._asked and value is not None
        if asked:
            value = 0  # it looks like no value in particular
        fill, ink, edge = self._colours(value, guards=guards)
        rect = rect_of(cell.box).adjusted(0.5, 0.5, -0.5, -0.5)
        if framed or value:
            pen = QPen(QColor(edge), metrics.px(1.5) if guards else 1)
            pen.setStyle(Qt.PenStyle.DotLine if value is None else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            painter.setBrush(QColor(fill))
            painter.drawRoundedRect(rect, metrics.px(2), metrics.px(2))
        if value is None:
            return
        digit = self._digit(bold=value == 1, most_px=int(cell.box.width * 1.4))
        painter.setFont(digit.font)
        painter.setPen(QColor(ink))
        text = MARK if asked else str(value)
        left = cell.box.left + cell.box.width / 2 - digit.half_px
        painter.drawText(QPointF(left, cell.box.middle + digit.low_px), text)

    def _digit(self, *, bold: bool, most_px: int) -> _Digit:
        """Return the font of a bit, no larger than a size: a word has a few of them."""
        known = self._fonts.get((bold, most_px))
        if known is None:
            font = self._metrics.mono("body", bold=bold)
            font.setPixelSize(max(1, min(font.pixelSize(), most_px)))
            size = QFontMetricsF(font)
            half_px, low_px = size.horizontalAdvance("0") / 2, size.ascent() - size.height() / 2
            known = self._fonts[bold, most_px] = _Digit(font, half_px, low_px)
        return known

    def _colours(self, value: int | None, *, guards: bool) -> tuple[str, str, str]:
        """Fill, ink and edge of a bit."""
        theme, role = self._theme, self._guard_role
        if value is None:
            return theme.surface, theme.muted, role.colour if guards else theme.border
        if guards and value:
            return role.colour, role.on_colour, role.colour
        if guards:
            return role.soft, role.ink, role.colour
        if value:
            return theme.pressed, theme.text, theme.outline
        return theme.raised, theme.muted, theme.border

    def _flash(self, cell: Cell, edges: tuple[float, float]) -> None:
        """A ring around a bit that has just changed; it glows while the motion lasts."""
        painter, metrics, left = self._painter, self._metrics, 1 - self._arrived
        rect = rect_of(cell.box)
        if left > 0:
            glow = QColor(self._theme.accent)
            glow.setAlphaF(0.55 * left)
            spread = metrics.px(7) * left
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(glow)
            grown = rect.adjusted(-spread, -spread, spread, spread)
            painter.drawRoundedRect(grown, metrics.px(4), metrics.px(4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.accent_ink), metrics.px(2)))
        ring = mark_around(cell, edges, metrics.px(2))
        painter.drawRoundedRect(ring, metrics.px(3), metrics.px(3))

    def _cross_out(self, cell: Cell, edges: tuple[float, float]) -> None:
        """A bit that is lost: ringed and crossed out in the colour of danger."""
        painter, metrics = self._painter, self._metrics
        rect = mark_around(cell, edges, metrics.px(2.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.danger.ink), metrics.px(2.5)))
        painter.drawRoundedRect(rect, metrics.px(3), metrics.px(3))
        painter.drawLine(rect.bottomLeft(), rect.topRight())


def mark_around(cell: Cell, edges: tuple[float, float], line_px: float) -> QRectF:
    """Return where a ring around a bit goes: nothing of it is cut at the ends of the word.

    Args:
        cell: The bit.
        edges: Where the word begins and ends.
        line_px: How thick the line is.
    """
    ring = rect_of(cell.box).adjusted(-1, -1, 1, 1)
    ring.setLeft(max(ring.left(), edges[0] + line_px / 2))
    ring.setRight(min(ring.right(), edges[1] - line_px / 2))
    return ring


def rect_of(box: Box) -> QRectF:
    """Return a box as Qt's painter takes it."""
    return QRectF(box.left, box.top, box.width, box.height)
