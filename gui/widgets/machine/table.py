"""The table that things are shown in: one row is selected, Enter or a double click goes to it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.geometry.machine import Box, filled
from gui.widgets.layout.copy_table import CopyTable
from gui.widgets.machine.model import CHANGED, HeldModel, Look
from gui.widgets.own_keys import claims

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PAD_PX, _INSET_PX, _BAR_PX = 24, 8, 3


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
        self.setItemDelegate(_Cells(themes, self))
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
        return claims(event, _ENTER) or super().event(event)

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
        """Make columns as wide as their longest worthwhile text, one as wide as there is room.

        What has no room at all goes out of sight; the details say it too.
        """
        metrics, header = self._themes.metrics, self.horizontalHeader()
        widths: dict[int, int] = {}
        for at, column in enumerate(self._held.columns):
            font = QFontMetrics(metrics.mono() if column.mono else metrics.ui())
            head = QFontMetrics(metrics.ui()).horizontalAdvance(column.head)
            sample = column.sample if at else f"{CHANGED} {column.sample}"
            widths[at] = max(font.horizontalAdvance(sample), head) + metrics.px(_PAD_PX)
        room = self.viewport().width()
        for at in sorted(widths, key=lambda at: -self._held.columns[at].spared):
            if sum(widths.values()) > room and self._held.columns[at].spared:
                del widths[at]
        widths[self._stretched] += max(0, room - sum(widths.values()))
        for at in range(len(self._held.columns)):
            self.setColumnHidden(at, at not in widths)
            if at in widths:
                header.resizeSection(at, widths[at])


class _Cells(QStyledItemDelegate):
    """Draws the cells: tint, bar and text, several times as fast as a style sheet does.

    Args:
        themes: The theme in force.
        parent: The table.
    """

    def __init__(self, themes: ThemeManager, parent: HeldTable) -> None:
        super().__init__(parent)
        self._themes = themes

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a cell."""
        model = index.model()
        assert isinstance(model, HeldModel)
        theme, px = self._themes.theme, self._themes.metrics.px
        look = model.look(index.row(), index.column())
        chosen = option.state & QStyle.StateFlag.State_Selected
        tint = theme.selection if chosen else look.tint
        if not tint and option.state & QStyle.StateFlag.State_MouseOver:
            tint = theme.hover
        cell: QRect = option.rect
        if tint:
            painter.fillRect(cell, QColor(tint))
        inside = cell.adjusted(px(_INSET_PX), 0, -px(_INSET_PX), 0)
        if look.share is not None:
            self._paint_bar(painter, inside, look)
        painter.setFont(look.font)
        painter.setPen(QColor(theme.on_selection if chosen and not look.special else look.ink))
        right = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(look.text, right, inside.width())
        painter.drawText(inside, int(look.side), text)

    def _paint_bar(self, painter: QPainter, inside: QRect, look: Look) -> None:
        """Draw how much is left, at the foot of the cell."""
        theme, px = self._themes.theme, self._themes.metrics.px
        thick = px(_BAR_PX)
        whole = Box(inside.left(), inside.bottom() + 1 - thick, inside.width(), thick)
        part = filled(whole, round((look.share or 0) * 1000), 1000, px(2))
        painter.fillRect(QRectF(*whole), QColor(theme.border))
        painter.fillRect(QRectF(*part), QColor(theme.role(look.bar).colour))
