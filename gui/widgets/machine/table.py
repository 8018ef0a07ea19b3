"""The table that things are shown in: one row is selected, Enter or a double click goes to it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from gui.geometry.machine import Box, filled
from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.machine.model import CHANGED, SHARE_ROLE, HeldModel

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PAD_PX = 24


class HeldTable(CopyTable):
    """A table of things.

    Args:
        model: The things.
        themes: The theme in force.
        stretched: The column that gets the room that is left.
    """

    selected = Signal(object)
    """The user selected a thing, or none (None)."""
    activated_thing = Signal(object)
    """The user wants to go to the event that made a thing."""

    def __init__(self, model: HeldModel[Any], themes: ThemeManager, stretched: int = 0) -> None:
        super().__init__(themes)
        self._held, self._stretched = model, stretched
        self._syncing = False
        self._followed = -1
        self.setSortingEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setModel(model)
        self.selectionModel().currentRowChanged.connect(self._chosen)
        self.doubleClicked.connect(self._activate)
        self.resized.connect(self.fit_columns)
        self.resized.connect(lambda: self.show_row(self._followed))

    def _chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        self._followed = now.row()
        if not self._syncing:
            self.selected.emit(self.thing_at(now))

    def _activate(self, index: QModelIndex) -> None:
        if index.isValid():
            self.activated_thing.emit(self.thing_at(index))

    def thing_at(self, index: QModelIndex) -> Any:
        """Return the thing in the row of an index, None where there is none."""
        return self._held.thing(index.row()) if index.isValid() else None

    @property
    def current(self) -> Any:
        """The selected thing, None where none is."""
        return self.thing_at(self.currentIndex())

    def choose(self, row: int) -> None:
        """Select a row without telling anybody, none for -1."""
        self._syncing = True
        if row < 0 or row >= self._held.rowCount():
            self.selectionModel().clear()
        else:
            self.setCurrentIndex(self._held.index(row, 0))
        self._syncing = False

    def is_current(self, key: Hashable) -> bool:
        """Return whether the thing with a key is the selected one."""
        return self.current is not None and self._held.key(self.current) == key

    def show_row(self, row: int) -> None:
        """Scroll a row into view, and again when there is more or less room."""
        self._followed = row
        if 0 <= row < self._held.rowCount():
            self.scrollTo(self._held.index(row, 0))

    def event(self, event: QEvent) -> bool:
        """Keep Enter from the commands of the window."""
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and event.key() in _ENTER:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the thing on Enter, let go of it on Escape."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._activate(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape and self.currentIndex().isValid():
            self.choose(-1)
            self.selected.emit(None)
        else:
            super().keyPressEvent(event)

    # -- how it looks ---------------------------------------------------------------------

    def dress(self) -> None:
        """Take on the theme in force."""
        super().dress()
        self._held.dress()
        self.fit_columns()

    def fit_columns(self) -> None:
        """Make columns as wide as their longest worthwhile text, one as wide as there is room."""
        metrics, header = self._themes.metrics, self.horizontalHeader()
        widths = []
        for at, column in enumerate(self._held.columns):
            font = QFontMetrics(metrics.mono() if column.mono else metrics.ui())
            head = QFontMetrics(metrics.ui()).horizontalAdvance(column.head)
            sample = column.sample if at else f"{CHANGED} {column.sample}"
            widths.append(max(font.horizontalAdvance(sample), head) + metrics.px(_PAD_PX))
        left = self.viewport().width() - sum(widths)
        least = metrics.px(60)
        widths[self._stretched] = max(least, widths[self._stretched] + left)
        for at, width in enumerate(widths):
            header.resizeSection(at, width)


class BarDelegate(QStyledItemDelegate):
    """Draws how much is left behind the text of a cell.

    Args:
        role: The role whose colour the bar has.
        themes: The theme in force.
        parent: The table.
    """

    def __init__(self, role: str, themes: ThemeManager, parent: HeldTable) -> None:
        super().__init__(parent)
        self._role, self._themes = role, themes

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell, and the bar at its foot."""
        tint = index.data(Qt.ItemDataRole.BackgroundRole)
        cell = QRectF(option.rect)
        if tint is not None:
            painter.fillRect(cell, tint)
        super().paint(painter, option, index)
        share = index.data(SHARE_ROLE)
        if share is None:
            return
        theme, px = self._themes.theme, self._themes.metrics.px
        inset, thick = px(8), px(3)
        whole = Box(cell.left() + inset, cell.bottom() - thick, cell.width() - 2 * inset, thick)
        part = filled(whole, round(share * 1000), 1000, px(2))
        painter.fillRect(QRectF(*whole), QColor(theme.border))
        painter.fillRect(QRectF(*part), QColor(theme.role(self._role).colour))
