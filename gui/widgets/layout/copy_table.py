"""A table whose rows can be copied as text, with cells that may be tinted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

if TYPE_CHECKING:
    from gui.theme import ThemeManager


class Tinted(QStyledItemDelegate):
    """Draws a cell's own background, which the style sheet leaves out."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the tint, then the cell."""
        tint = index.data(Qt.ItemDataRole.BackgroundRole)
        chosen = option.state & QStyle.StateFlag.State_Selected
        if tint is not None and not chosen:
            painter.fillRect(option.rect, QBrush(tint))
        super().paint(painter, option, index)


class CopyTable(QTableView):
    """A table whose rows can be copied as text."""

    went_back = Signal()
    """The user wants to go back to the struct above."""
    resized = Signal()
    """There is another width for the columns: a table that was hidden learns it when shown."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.setItemDelegate(Tinted(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # A least height of its own would fix the rows there: Qt then leaves them at it.
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().hide()

    def dress(self) -> None:
        """Take on the scale in force."""
        metrics = self._themes.metrics
        line_px = QFontMetrics(metrics.mono()).height()
        self.verticalHeader().setDefaultSectionSize(line_px + metrics.px(6))
        self.horizontalHeader().setMinimumSectionSize(metrics.px(30))
        self.horizontalHeader().setFont(metrics.ui())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that there is another width."""
        super().resizeEvent(event)
        self.resized.emit()

    def selected_text(self) -> str:
        """Return the selected rows as aligned text, in the order they are shown."""
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        columns = range(self.model().columnCount())
        rows = [[str(self.model().index(row, at).data() or "") for at in columns] for row in chosen]
        if not rows:
            return ""
        widths = [max(len(row[at]) for row in rows) for at in columns]
        side, ways = Qt.ItemDataRole.TextAlignmentRole, Qt.Orientation.Horizontal
        sides = [self.model().headerData(at, ways, side) for at in columns]
        right = {at for at in columns if sides[at] and sides[at] & Qt.AlignmentFlag.AlignRight}
        return "\n".join(
            "  ".join(
                cell.rjust(width) if at in right else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        )

    def event(self, event: QEvent) -> bool:
        """Keep the keys for copying from the commands of the window."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected rows, or go back."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        elif event.key() == Qt.Key.Key_Backspace:
            self.went_back.emit()
        else:
            super().keyPressEvent(event)
