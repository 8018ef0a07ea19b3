"""How the table of members points at rows: a ring around each, apart from what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem

from gui.widgets.layout.copy_table import Tinted
from gui.widgets.layout.member_model import POINTED_ROLE

if TYPE_CHECKING:
    from gui.theme import ThemeManager


class PointedRows(Tinted):
    """Draws a cell, and its part of the ring around a row that is pointed at.

    Args:
        header: Which columns there are, and in which order.
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, header: QHeaderView, themes: ThemeManager, parent: QObject) -> None:
        super().__init__(parent)
        self._header, self._themes = header, themes

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell, then the ring over it."""
        super().paint(painter, option, index)
        if not index.data(POINTED_ROLE):
            return
        cell, colour = option.rect, QColor(self._themes.theme.focus)
        line = max(2, round(self._themes.metrics.px(5) / 2))
        first, last = self._ends()
        sides = [
            QRect(cell.left(), cell.top(), cell.width(), line),
            QRect(cell.left(), cell.bottom() - line + 1, cell.width(), line),
        ]
        if index.column() == first:
            sides.append(QRect(cell.left(), cell.top(), line, cell.height()))
        if index.column() == last:
            sides.append(QRect(cell.right() - line + 1, cell.top(), line, cell.height()))
        for side in sides:
            painter.fillRect(side, colour)

    def _ends(self) -> tuple[int, int]:
        """Return the first and the last column in sight."""
        header = self._header
        shown = [
            column
            for place in range(header.count())
            if not header.isSectionHidden(column := header.logicalIndex(place))
        ]
        return (shown[0], shown[-1]) if shown else (-1, -1)
