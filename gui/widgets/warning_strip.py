"""A strip that says in full what one should know before a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from gui.icons import pixmap
from gui.widgets.controls import RADIUS_PX
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from gui.theme import ThemeManager


_ORDINARY_WORD = re.compile(r"[a-z]+(?=[ ,:;]|$)")


def capitalised(sentence: str) -> str:
    """Return a sentence with a capital, but for one that begins with an identifier."""
    if _ORDINARY_WORD.match(sentence):
        return sentence[0].upper() + sentence[1:]
    return sentence


class WarningStrip(QFrame):
    """What one should know before the run, in full."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignTop)
        self.text = WrappedLabel(textFormat=Qt.TextFormat.PlainText)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addWidget(self.text, 1)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show these sentences, or nothing."""
        self.text.setText("\n".join(f"{capitalised(each)}." for each in warnings))
        self.setAccessibleName(f"Warning: {self.text.text()}")
        self.setVisible(bool(warnings))

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        metrics, role = self._themes.metrics.frame(), self._themes.theme.warning
        px = metrics.px
        self._row.setContentsMargins(px(10), px(5), px(10), px(5))
        self._row.setSpacing(px(8))
        self._icon.setPixmap(pixmap("warning", role.ink, px(18), self.devicePixelRatioF()))
        self.text.setFont(metrics.ui())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Tint the strip."""
        role, radius = self._themes.theme.warning, self._themes.metrics.chrome(RADIUS_PX)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(role.colour), 1))
            painter.setBrush(QColor(role.soft))
            inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(inside, radius, radius)
