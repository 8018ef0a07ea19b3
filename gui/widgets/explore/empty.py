"""What the Explore workspace says while nothing was explored yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gui.icons import icon, pixmap
from gui.widgets.arrange import scrolled

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_WHAT = (
    "Every order in which interrupts, switches and failures can come within the bounds is tried, "
    "and either nothing bad can happen, or the shortest run in which it does comes back to be "
    "played."
)
_WIDE_PX, _LEAST_PX = 540, 160


class EmptyState(QWidget):
    """What exploring is, and the button.

    Args:
        themes: The theme in force.
    """

    asked = Signal()
    """The user wants to explore."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.sign, self.head = QLabel(), QLabel("Try every interleaving", wordWrap=True)
        self.what = QLabel(_WHAT, wordWrap=True)
        self.button = QPushButton("Explore")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.asked)
        inside = QWidget()
        self._column, outer = QVBoxLayout(inside), QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside, "Nothing explored yet"))
        centre = Qt.AlignmentFlag.AlignHCenter
        self._column.addStretch(1)
        for widget in (self.sign, self.head, self.what, self.button):
            self._column.addWidget(widget, 0, centre)
        self._column.addStretch(2)
        self.head.setAlignment(centre)
        self.what.setAlignment(centre)
        self.setAccessibleName("Nothing explored yet")
        themes.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px = metrics.px
        self._column.setSpacing(px(12))
        self._column.setContentsMargins(px(24), px(24), px(24), px(24))
        self.sign.setPixmap(pixmap("explore", theme.muted, px(56), self.devicePixelRatioF()))
        self.head.setFont(metrics.ui("heading", bold=True))
        self.what.setFont(metrics.ui("title"))
        self.what.setStyleSheet(f"color: {theme.muted}")
        self._fit()
        side = px(16)
        self.button.setIcon(icon("explore", theme, side, ratio=self.devicePixelRatioF()))
        self.button.setIconSize(QSize(side, side))
        self.button.setFont(metrics.ui())
        self.button.setMinimumWidth(px(200))

    def _fit(self) -> None:
        """Break the lines where the window ends, if it is narrow."""
        px = self._themes.metrics.px
        wide = max(px(_LEAST_PX), min(px(_WIDE_PX), self.width() - 2 * px(24) - px(16)))
        for label in (self.head, self.what):
            # Said here, as a layout that aligns a label does not ask how high it gets.
            label.setFixedSize(wide, label.heightForWidth(wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._fit()
