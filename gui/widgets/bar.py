"""What the bars above views have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.theme import Theme


def fill_bar(bar: QWidget, theme: Theme) -> None:
    """Fill a bar, with a hairline below; for its ``paintEvent``."""
    with QPainter(bar) as painter:
        painter.fillRect(bar.rect(), QColor(theme.window))
        painter.fillRect(0, bar.height() - 1, bar.width(), 1, QColor(theme.border))
