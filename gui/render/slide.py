"""A view as a slide: a line that says what it is on top, what happened at the foot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from gui.render.still_themes import StillThemes

_TITLE_PX = 40


class Slide(QWidget):
    """Widgets below each other, under a title; it is never on a screen.

    Args:
        themes: How it looks.
        title: The line on top, empty for none.
        subtitle: What stands at its right, as far as there is room.
    """

    def __init__(self, themes: StillThemes, title: str, subtitle: str = "") -> None:
        super().__init__()
        self._themes, self._title, self._subtitle = themes, title, subtitle
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._settle: list[Callable[[], object]] = []
        themes.dress(self)
        self._column = QVBoxLayout(self)
        top = themes.metrics.px(_TITLE_PX) if title else 0
        self._column.setContentsMargins(0, top, 0, 0)
        self._column.setSpacing(0)
        self._column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)

    @property
    def title(self) -> str:
        """The line on top."""
        return self._title

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Put a widget below those that are there."""
        self._column.addWidget(widget, stretch)

    def show_at(self, width: int, height: int) -> None:
        """Take on a size and let every widget find its place."""
        self._themes.dress_children(self)
        self.resize(width, height)
        self.show()
        self._lay_out()

    def settles(self, settle: Callable[[], object]) -> None:
        """Call something before each drawing that lets a view be what it is at rest."""
        self._settle.append(settle)

    def settle(self) -> None:
        """Let every view be what it is at rest: nothing here moves by itself."""
        for settle in self._settle:
            settle()
        self._lay_out()

    def _lay_out(self) -> None:
        for child in (self, *self.findChildren(QWidget)):
            layout = child.layout()
            if layout is not None:
                layout.activate()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the title."""
        theme, metrics = self._themes.theme, self._themes.metrics
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.window))
            if not self._title:
                return
            pad, font = metrics.px(14), metrics.ui("title", bold=True)
            line = QRectF(pad, 0, self.width() - 2 * pad, metrics.px(_TITLE_PX))
            painter.setFont(font)
            painter.setPen(QColor(theme.text))
            measure = QFontMetricsF(font)
            shown = measure.elidedText(self._title, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
            line.setLeft(line.left() + measure.horizontalAdvance(shown) + 2 * pad)
            small = metrics.ui("body")
            if QFontMetricsF(small).horizontalAdvance(self._subtitle) <= line.width():
                painter.setFont(small)
                painter.setPen(QColor(theme.muted))
                right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
                painter.drawText(line, right, self._subtitle)
