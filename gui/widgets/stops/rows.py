"""The list of stops: drawn as two lines a stop, worked with the mouse and the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gui.geometry.stop_row import Part, StopRow, row_height, stop_row
from gui.icons import pixmap
from gui.widgets.own_keys import claims
from gui.widgets.stops.model import StopRole

if TYPE_CHECKING:
    from core.trace.stops import Stop
    from gui.theme import Role, ThemeManager

_OWN_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class StopList(QListView):
    """The stops, one a row.

    Signals:
        removed: The user wants a stop away.
        gone_to: The user wants to go to a stop's next hit (1) or the one before (-1).

    Args:
        themes: The theme in force.
    """

    removed = Signal(object)
    gone_to = Signal(object, int)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.setItemDelegate(_Row(themes, self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Stops")
        self.setAccessibleDescription(
            "Space turns a stop on or off, Delete takes it away, Enter goes to its next hit"
        )
        self.hovered: tuple[int, Part] | None = None

    def layout_of(self, index: QModelIndex) -> StopRow:
        """Return where the parts of a row lie in the viewport."""
        return _layout(self.visualRect(index), self._themes)

    # -- mouse ----------------------------------------------------------------------------

    def _at(self, event: QMouseEvent) -> tuple[QModelIndex, Part] | None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        return (index, self.layout_of(index).part_at(point)) if index.isValid() else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would be on."""
        super().mouseMoveEvent(event)
        found = self._at(event)
        hovered = (found[0].row(), found[1]) if found is not None else None
        if hovered != self.hovered:
            self.hovered = hovered
            on_text = hovered is None or hovered[1] == "text"
            shape = Qt.CursorShape.ArrowCursor if on_text else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        super().leaveEvent(event)
        self.hovered = None
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Turn a stop on or off, or take it away."""
        super().mouseReleaseEvent(event)
        found = self._at(event)
        if found is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        index, part = found
        if part == "check":
            self._toggle(index)
        elif part == "remove":
            self.removed.emit(index.data(StopRole.STOP))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the next hit."""
        found = self._at(event)
        if found is not None and found[1] == "text":
            self.gone_to.emit(found[0].data(StopRole.STOP), 1)

    # -- keyboard -------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the list's own keys from the commands."""
        if self.currentIndex().isValid() and claims(event, _OWN_KEYS):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the stop on or off, take it away, or go to one of its hits."""
        index, key = self.currentIndex(), event.key()
        if not index.isValid() or key not in _OWN_KEYS:
            super().keyPressEvent(event)
            return
        stop: Stop = index.data(StopRole.STOP)
        if key == Qt.Key.Key_Space:
            self._toggle(index)
        elif key == Qt.Key.Key_Delete:
            self.removed.emit(stop)
        else:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.gone_to.emit(stop, -1 if back else 1)

    def _toggle(self, index: QModelIndex) -> None:
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        now = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
        self.model().setData(index, now, Qt.ItemDataRole.CheckStateRole)

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        # The row that is chosen carries the ring.
        self.setStyleSheet("QListView, QListView:focus { border: none; border-radius: 0; }")
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


def _heights(themes: ThemeManager) -> tuple[int, int]:
    metrics = themes.metrics
    return (
        QFontMetrics(metrics.ui()).height(),
        QFontMetrics(metrics.ui("caption")).height() + metrics.px(1),
    )


def _layout(row: QRect, themes: ThemeManager) -> StopRow:
    return stop_row(row, *_heights(themes), themes.metrics.scale)


class _Row(QStyledItemDelegate):
    """Draws a stop."""

    def __init__(self, themes: ThemeManager, view: StopList) -> None:
        super().__init__(view)
        self._themes, self._view = themes, view

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return room for two lines."""
        return QSize(0, row_height(*_heights(self._themes), self._themes.metrics.scale))

    def editorEvent(
        self,
        _event: QEvent,
        _model: QAbstractItemModel,
        _option: QStyleOptionViewItem,
        _index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Leave the mouse to the list, which knows where the check box is drawn."""
        return False

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the edge in the subsystem's colour, the check box, two lines and the button."""
        theme, parts = self._themes.theme, _layout(option.rect, self._themes)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        name, stop = index.data(StopRole.SUBSYSTEM), index.data(StopRole.STOP)
        outcomes = {"warning": theme.warning, "danger": theme.danger}
        role: Role = outcomes.get(name) or theme.role(name)
        painter.save()
        painter.fillRect(parts.bar, QColor(role.colour if stop.enabled else theme.border))
        self._paint_ground(painter, option.rect, parts, index, chosen)
        self._paint_check(painter, parts.check, stop.enabled)
        self._paint_words(painter, parts, index, chosen)
        self._paint_remove(painter, parts.remove, index.row())
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        row: QRect,
        parts: StopRow,
        index: QModelIndex | QPersistentModelIndex,
        chosen: bool,
    ) -> None:
        theme, hovered = self._themes.theme, self._view.hovered
        if chosen and self._view.hasFocus():
            ground = theme.selection
        elif index.data(StopRole.STOPPED_HERE):
            ground = theme.accent_soft
        elif hovered is not None and hovered[0] == index.row():
            ground = theme.hover
        else:
            ground = theme.surface
        painter.fillRect(row.adjusted(parts.bar.width(), 0, 0, 0), QColor(ground))
        painter.fillRect(parts.bar.right() + 1, row.bottom(), row.width(), 1, QColor(theme.border))
        if chosen and self._view.hasFocus():
            thick = self._themes.metrics.px(2)
            painter.setPen(QPen(QColor(theme.focus), thick))
            ring = QRectF(row).adjusted(parts.bar.width(), 0, 0, 0)
            painter.drawRect(ring.adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2))

    def _paint_check(self, painter: QPainter, box: QRect, on: bool) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.accent if on else theme.outline), 1))
        painter.setBrush(QColor(theme.accent if on else theme.surface))
        inside = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inside, metrics.px(4), metrics.px(4))
        if on:
            side = box.width() - 2 * metrics.px(2)
            mark = pixmap("check", theme.on_accent, side, self._view.devicePixelRatioF())
            painter.drawPixmap(box.left() + metrics.px(2), box.top() + metrics.px(2), mark)

    def _paint_words(
        self,
        painter: QPainter,
        parts: StopRow,
        index: QModelIndex | QPersistentModelIndex,
        chosen: bool,
    ) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        stop, stopped = index.data(StopRole.STOP), index.data(StopRole.STOPPED_HERE)
        strong = theme.on_selection if chosen and self._view.hasFocus() else theme.text
        lines = (
            (parts.sentence, metrics.ui(), Qt.ItemDataRole.DisplayRole,
             strong if stop.enabled else theme.muted),
            (parts.detail, metrics.ui("caption"), StopRole.DETAIL,
             theme.accent_ink if stopped else theme.muted),
        )  # fmt: skip
        for rect, font, role, ink in lines:
            painter.setFont(font)
            painter.setPen(QColor(ink))
            text = painter.fontMetrics().elidedText(
                str(index.data(role)), Qt.TextElideMode.ElideRight, rect.width()
            )
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_remove(self, painter: QPainter, button: QRect, row: int) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        side, over = metrics.px(14), self._view.hovered == (row, "remove")
        middle = button.center()
        if over:
            around = QRectF(button).adjusted(metrics.px(3), 0, -metrics.px(3), 0)
            around.setTop(middle.y() - around.width() / 2)
            around.setHeight(around.width())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.pressed))
            painter.drawRoundedRect(around, metrics.px(5), metrics.px(5))
        ink = theme.text if over else theme.muted
        mark = pixmap("close", ink, side, self._view.devicePixelRatioF())
        painter.drawPixmap(middle.x() - side // 2 + 1, middle.y() - side // 2 + 1, mark)
