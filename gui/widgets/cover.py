"""A sheet in front of a panel that would give away what a lesson asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.covered import ASKED, MARK

if TYPE_CHECKING:
    from gui.covered import Covered
    from gui.theme import ThemeManager


class Sheet(QWidget):
    """A mark, and why there is nothing else to see.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.setAccessibleName(ASKED)
        self.setToolTip(ASKED)
        themes.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for nothing: the room is that of the panel."""
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Ask for nothing."""
        return QSize(0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the mark over the words."""
        theme, metrics = self._themes.theme, self._themes.metrics
        mark, words = metrics.ui("display", bold=True), metrics.ui("body")
        flags, middle = Qt.AlignmentFlag, self.rect().center().y()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.surface))
            painter.setPen(QColor(theme.muted))
            painter.setFont(mark)
            above = QRect(self.rect())
            above.setBottom(middle)
            painter.drawText(above, flags.AlignHCenter | flags.AlignBottom, MARK)
            painter.setFont(words)
            below = self.rect().adjusted(metrics.px(12), 0, -metrics.px(12), 0)
            below.setTop(middle + metrics.px(4))
            wrapped = flags.AlignHCenter | flags.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(below, wrapped, ASKED)


class Cover(QStackedWidget):
    """A widget, or a sheet in its room while what it says is asked for.

    What is covered is hidden, so that a screen reader does not read it either.

    Args:
        content: The widget.
        covered: What is covered at present.
        place: Which place the widget is (``core.lesson.covered``), empty for none.
        themes: The theme in force.
    """

    def __init__(
        self, content: QWidget, covered: Covered, place: str, themes: ThemeManager
    ) -> None:
        super().__init__()
        self._content, self._covered, self._place = content, covered, place
        self.sheet = Sheet(themes)
        self.addWidget(content)
        self.addWidget(self.sheet)
        covered.changed.connect(self._renew)
        self._renew()

    @property
    def is_down(self) -> bool:
        """Whether the sheet is in front."""
        return self.currentWidget() is self.sheet

    def set_place(self, place: str) -> None:
        """Say which place the widget is from now on."""
        self._place = place
        self._renew()

    def _renew(self) -> None:
        down = self._place in self._covered
        self.setCurrentWidget(self.sheet if down else self._content)
