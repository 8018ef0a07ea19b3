"""All levels of the recursion in a compact table with bars, and the law they keep or do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.geometry.save_tree import counted

if TYPE_CHECKING:
    from core.trace.save_tree import Level
    from gui.theme import ThemeManager

HEADS = ("Level", "Saves", "Unwinds", "Guard hits", "Failures")
_BAR_LEAST_PX = 40


class LevelTable(QWidget):
    """Saves, unwinds, guard hits and failures of each level.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.levels: Sequence[Level] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Saves by level")

    def show_levels(self, levels: Sequence[Level]) -> None:
        """Show other levels."""
        self.levels = levels
        told = (
            f"Level {row.level}: {counted(row.saves, 'save')}, {counted(row.unwinds, 'unwind')}, "
            f"{counted(row.hits, 'guard hit')}, {counted(row.failures, 'failure')}"
            for row in levels
        )
        self.setAccessibleDescription(". ".join(told))
        self.dress()

    def shown_heads(self) -> tuple[str, ...]:
        """Return the columns there are: failures only where there is one."""
        return HEADS if any(row.failures for row in self.levels) else HEADS[:-1]

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        self.setFixedHeight(self._line_px * (len(self.levels) + 1))
        self.updateGeometry()
        self.update()

    @property
    def _line_px(self) -> int:
        metrics = self._themes.metrics
        return QFontMetrics(metrics.mono()).height() + metrics.px(5)

    def sizeHint(self) -> QSize:
        """Return room for all columns and the bars."""
        metrics = self._themes.metrics
        return QSize(sum(self._widths()) + metrics.px(160), self.height())

    def minimumSizeHint(self) -> QSize:
        """Any width will do; bars go first."""
        return QSize(0, self.height())

    def _cells(self) -> list[tuple[str, ...]]:
        n = len(self.shown_heads())
        return [tuple(f"{number:,}" for number in row[:n]) for row in self.levels]

    def _widths(self) -> list[int]:
        metrics = self._themes.metrics
        mono, head = QFontMetrics(metrics.mono()), QFontMetrics(metrics.ui("caption"))
        columns = zip(self.shown_heads(), *self._cells(), strict=True)
        return [
            max(head.horizontalAdvance(name), *map(mono.horizontalAdvance, cells), 0)
            + metrics.px(14)
            for name, *cells in columns
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the heads, the numbers and a bar for each level."""
        theme, metrics = self._themes.theme, self._themes.metrics
        widths, line = self._widths(), self._line_px
        edges = [sum(widths[: at + 1]) for at in range(len(widths))]
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        with QPainter(self) as painter:
            painter.setFont(metrics.ui("caption"))
            painter.setPen(QColor(theme.muted))
            for name, edge, width in zip(self.shown_heads(), edges, widths, strict=True):
                painter.drawText(QRectF(edge - width, 0, width, line), right, name)
            painter.fillRect(QRectF(0, line - 1, self.width(), 1), QColor(theme.border))
            painter.setFont(metrics.mono())
            painter.setPen(QColor(theme.text))
            for at, cells in enumerate(self._cells(), 1):
                for cell, edge, width in zip(cells, edges, widths, strict=True):
                    painter.drawText(QRectF(edge - width, at * line, width, line), right, cell)
            self._bars(painter, edges[-1] + metrics.px(16), line)

    def _bars(self, painter: QPainter, left: float, line: int) -> None:
        """Draw each level's saves: those that walked, those that failed, those that were hits."""
        theme, metrics = self._themes.theme, self._themes.metrics
        room = self.width() - left - metrics.px(4)
        most = max((row.saves for row in self.levels), default=0)
        if room < metrics.px(_BAR_LEAST_PX) or not most:
            return
        owner, guard = theme.role("page_owner").colour, theme.role("guard").colour
        for at, row in enumerate(self.levels, 1):
            hits, failures = min(row.hits, row.saves), min(row.failures, row.saves)
            rest = max(0, row.saves - hits - failures)
            x = left
            for number, colour in ((rest, owner), (failures, theme.danger.colour), (hits, guard)):
                wide = max(1.0, room * number / most) if number else 0.0
                bar = QRectF(x, at * line + line * 0.22, wide, line * 0.56)
                painter.fillRect(bar, QColor(colour))
                x += wide
