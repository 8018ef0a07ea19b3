"""All steps of a lesson at a glance, to go to one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QListView, QListWidget, QListWidgetItem, QWidget

from gui.presenter.hall import HallThemes
from gui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from gui.presenter.thumbnails import Thumbnails


class Overview(Overlay):
    """The steps as a grid; arrows and Enter choose one, Esc goes back.

    Args:
        host: The window it lies over.
        themes: The look.
        thumbnails: Pictures of the steps.
    """

    chosen = Signal(int)
    """A step was chosen (its index)."""

    def __init__(self, host: QWidget, themes: HallThemes, thumbnails: Thumbnails) -> None:
        super().__init__(host, themes, 1100, 620)
        self._thumbnails = thumbnails
        self.title, self.list = QLabel("Steps"), QListWidget()
        self.title.setObjectName("cardTitle")
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Steps of the lesson")
        self.column.addWidget(self.title)
        self.column.addWidget(self.list, 1)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        thumbnails.changed.connect(self._refresh)

    def show_steps(self, steps: tuple[ResolvedStep, ...], index: int) -> None:
        """Open with the steps of a lesson; the one in front is chosen."""
        self.list.clear()
        for at, step in enumerate(steps):
            item = QListWidgetItem(QIcon(self._thumbnails.get(at)), f"{at + 1}  {step.title}")
            item.setToolTip(step.title)
            self.list.addItem(item)
        self.open()
        self.list.setCurrentRow(index)
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def dress(self) -> None:
        """Take on the look."""
        px = self.themes.metrics.px
        self.column.setContentsMargins(px(18), px(14), px(18), px(14))
        self.column.setSpacing(px(10))
        icon = QSize(px(180), px(101))
        self.list.setIconSize(icon)
        self.list.setGridSize(QSize(icon.width() + px(16), icon.height() + px(34)))
        self.list.setFont(self.themes.metrics.ui("caption"))

    def tab_stops(self) -> list[QWidget]:
        """Return the grid."""
        return [self.list]

    def _choose(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        self.close_card()
        self.chosen.emit(row)

    def _refresh(self, index: int) -> None:
        item = self.list.item(index)
        if self.isVisible() and item is not None:
            item.setIcon(QIcon(self._thumbnails.get(index)))
