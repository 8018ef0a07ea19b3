"""A splitter whose handles can be seen and taken hold of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_HANDLE_PX = 7
_GRIP_PX = (44, 3)
"""Length and thickness of the grip in a handle, at the scale of 1."""


class GripHandle(QSplitterHandle):
    """A strip between two views, with a grip in its middle that lights up under the mouse."""

    def __init__(self, splitter: QSplitter, themes: ThemeManager) -> None:
        super().__init__(Qt.Orientation.Vertical, splitter)
        self._themes = themes
        self._near = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setToolTip("Drag to give one of the two more room")

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        super().enterEvent(event)
        self._near = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go dim again."""
        super().leaveEvent(event)
        self._near = False
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground, a line along each side, and the grip."""
        theme, metrics = self._themes.theme, self._themes.metrics
        long, thick = (metrics.chrome(size) for size in _GRIP_PX)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.hover if self._near else theme.window))
            for y in (0, self.height() - 1):
                painter.fillRect(QRectF(0, y, self.width(), 1), QColor(theme.border))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent if self._near else theme.outline))
            left, top = (self.width() - long) / 2, (self.height() - thick) / 2
            painter.drawRoundedRect(QRectF(left, top, long, thick), thick / 2, thick / 2)


class GripSplitter(QSplitter):
    """Views one below the other, with handles that can be seen; none can be dragged away.

    Args:
        themes: The theme in force.
        widgets: The views, from the top.
    """

    def __init__(self, themes: ThemeManager, *widgets: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._themes = themes
        for widget in widgets:
            self.addWidget(widget)
        self.setChildrenCollapsible(False)
        themes.changed.connect(self._dress)
        self._dress()

    def createHandle(self) -> QSplitterHandle:  # noqa: N802
        """Return a handle that can be seen."""
        return GripHandle(self, self._themes)

    def _dress(self) -> None:
        self.setHandleWidth(self._themes.metrics.chrome(_HANDLE_PX))
        for at in range(self.count()):
            self.handle(at).update()
