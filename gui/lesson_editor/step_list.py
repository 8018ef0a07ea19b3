"""The list of steps: drag one to where it belongs, or move it with Alt and the arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gui.icons import pixmap
from gui.lesson_editor.step_model import PROBLEM, STEP, StepModel, subtitle

if TYPE_CHECKING:
    from gui.lesson_editor.document import EditedLesson
    from gui.theme import TextStep, ThemeManager


_Index = QModelIndex | QPersistentModelIndex
_PAD_PX, _NUMBER_PX, _SIGN_PX = 8, 26, 16


class StepList(QListView):
    """The steps of the edited lesson; the one in hand is the current row.

    Args:
        edited: The lesson.
        model: Its steps as rows.
        themes: The theme in force.
    """

    def __init__(self, edited: EditedLesson, model: StepModel, themes: ThemeManager) -> None:
        super().__init__()
        self._edited = edited
        self.setModel(model)
        self.setItemDelegate(_RowPainter(themes, self))
        self.setAccessibleName("Steps")
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.selectionModel().currentRowChanged.connect(self._choose)
        edited.changed.connect(self.follow)
        edited.current_changed.connect(self.follow)
        themes.changed.connect(self.scheduleDelayedItemsLayout)
        self.follow()

    def _choose(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self._edited.select(index.row())

    def follow(self, *_: object) -> None:
        """Show which step is in hand."""
        index = self.model().index(self._edited.current, 0)
        if index.isValid() and index != self.currentIndex():
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(index, flag)
            self.scrollTo(index)


class _RowPainter(QStyledItemDelegate):
    """Draws a number, a title over where it is shown, and a sign where something is wrong."""

    def __init__(self, themes: ThemeManager, view: StepList) -> None:
        super().__init__(view)
        self._themes = themes

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Return room for two lines."""
        metrics = self._themes.metrics
        lines = QFontMetrics(metrics.ui()).height() + QFontMetrics(metrics.ui("caption")).height()
        return QSize(metrics.px(120), lines + 2 * metrics.px(_PAD_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a row."""
        theme, metrics = self._themes.theme, self._themes.metrics
        px, state = metrics.px, option.state
        rect: QRect = option.rect
        step, problem = index.data(STEP), index.data(PROBLEM)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = rect.adjusted(2, 1, -2, -1)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection if chosen else theme.hover))
            painter.drawRoundedRect(inside, px(6), px(6))
        if chosen and state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.focus), 2))
            painter.drawRoundedRect(inside.adjusted(1, 1, -1, -1), px(6), px(6))
        text = inside.adjusted(
            px(_NUMBER_PX + _PAD_PX), px(_PAD_PX) - 1, -px(_PAD_PX), -px(_PAD_PX)
        )
        if problem:
            side = px(_SIGN_PX)
            sign = pixmap("warning", theme.warning.ink, side, painter.device().devicePixelRatio())
            painter.drawPixmap(text.right() - side, rect.center().y() - side // 2, sign)
            text.setRight(text.right() - side - px(6))
        ink = theme.on_selection if chosen else theme.text
        number = QRect(inside.left(), text.top(), px(_NUMBER_PX), text.height())
        flag = Qt.AlignmentFlag
        self._draw(painter, number, str(index.row() + 1), theme.muted, "body", flag.AlignRight)
        self._draw(painter, text, step.title or "Untitled", ink, "body", flag.AlignLeft)
        below = text.adjusted(0, QFontMetrics(metrics.ui()).height(), 0, 0)
        self._draw(painter, below, subtitle(step), theme.muted, "caption", flag.AlignLeft)
        painter.restore()

    def _draw(
        self,
        painter: QPainter,
        room: QRect,
        text: str,
        ink: str,
        size: TextStep,
        align: Qt.AlignmentFlag,
    ) -> None:
        font = self._themes.metrics.ui(size)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(room, align | Qt.AlignmentFlag.AlignTop, shown)
