"""The properties as a list: a sign, the name, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gui.icons import pixmap
from gui.widgets.explore.property_model import BROKEN, KINDS, SIGNS, PropertyModel
from gui.widgets.own_keys import claims

if TYPE_CHECKING:
    from gui.explore_session import ExploreSession
    from gui.theme import ThemeManager

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ROW_PX, _SIGN_PX, _PAD_PX = 32, 18, 10


class PropertyList(QListView):
    """Choose one to see its counterexample; Enter or a double click plays it.

    Args:
        session: The question and its answer.
        themes: The theme in force.
    """

    wanted = Signal()
    """The user wants to see the chosen one's counterexample played."""

    def __init__(self, session: ExploreSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self._syncing = False
        self.properties = PropertyModel(session, self)
        self.setModel(self.properties)
        self.setItemDelegate(_Rows(themes, self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Properties")
        self.selectionModel().currentChanged.connect(self._choose)
        self.doubleClicked.connect(lambda _index: self.wanted.emit())
        self.properties.modelReset.connect(self._follow)
        session.selection_changed.connect(self._follow)
        themes.changed.connect(self._dress)
        self._dress()
        self._follow()

    def _choose(self, now: QModelIndex, _before: QModelIndex) -> None:
        if not self._syncing and now.isValid():
            self._session.select(self.properties.rows[now.row()].name)

    def _follow(self) -> None:
        """Mark the property that is looked at."""
        row = self.properties.row_of(self._session.selected)
        self._syncing = True
        if row < 0:
            self.selectionModel().clear()
        else:
            # A list that gets the keyboard has a current row, which is not selected yet.
            chosen = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self.properties.index(row), chosen)
        self._syncing = False

    def event(self, event: QEvent) -> bool:
        """Keep Enter from the commands of the window."""
        return claims(event, _ENTER, plain=True) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play on Enter."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self.wanted.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return room for all rows."""
        px = self._themes.metrics.px
        rows = max(1, self.properties.rowCount())
        return QSize(px(300), rows * px(_ROW_PX) + px(6))

    def minimumSizeHint(self) -> QSize:
        """Return room for some rows."""
        px = self._themes.metrics.px
        return QSize(px(200), px(_ROW_PX) * 3)

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        self.setFont(metrics.ui())
        # A frame that grew with the focus would be painted over by the rows.
        self.setStyleSheet(
            f"QListView {{ border: {metrics.px(2)}px solid {theme.surface}; border-radius: 0; }}"
            f"QListView:focus {{ border-color: {theme.focus}; }}"
        )
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()


class _Rows(QStyledItemDelegate):
    """Draws the rows."""

    def __init__(self, themes: ThemeManager, parent: PropertyList) -> None:
        super().__init__(parent)
        self._themes = themes

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of a row; the list gives the width."""
        px = self._themes.metrics.px
        return QSize(px(60), px(_ROW_PX))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a row: the sign, the title, and the state at the right."""
        model = index.model()
        assert isinstance(model, PropertyModel)
        theme, metrics = self._themes.theme, self._themes.metrics
        px, row = metrics.px, model.rows[index.row()]
        role = getattr(theme, KINDS[row.state])
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        cell: QRect = option.rect
        if chosen or hovered:
            painter.fillRect(cell, QColor(theme.selection if chosen else theme.hover))
        side, pad = px(_SIGN_PX), px(_PAD_PX)
        ratio = painter.device().devicePixelRatioF()
        ink = theme.on_selection if chosen else role.ink
        sign = pixmap(SIGNS[row.state], ink, side, ratio)
        painter.drawPixmap(cell.left() + pad, cell.center().y() - side // 2, sign)
        font = metrics.ui(bold=row.state == BROKEN)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        wide = QFontMetrics(font).horizontalAdvance(row.state)
        inside = cell.adjusted(2 * pad + side, 0, -pad, 0)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(inside, middle | int(Qt.AlignmentFlag.AlignRight), row.state)
        painter.setPen(QColor(theme.on_selection if chosen else theme.text))
        inside.setRight(inside.right() - wide - pad)
        mode = Qt.TextElideMode.ElideRight
        title = QFontMetrics(font).elidedText(str(index.data()), mode, inside.width())
        painter.drawText(inside, middle, title)
