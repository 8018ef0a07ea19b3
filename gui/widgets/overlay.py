"""A card over a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from gui.widgets.keyboard import focus_home

if TYPE_CHECKING:
    from gui.theme import ThemeManager


class Overlay(QWidget):
    """A card over a dimmed window. Esc and a click beside the card close it.

    While it is open its keys stay inside, and the focus goes back to where it was when it closes.

    Args:
        host: The window to lie over.
        themes: The theme in force.
        width: Widest the card gets, at 100 %.
        height: Tallest the card gets, at 100 %; 0 is as tall as its content.
    """

    closed = Signal()

    def __init__(self, host: QWidget, themes: ThemeManager, width: int, height: int = 0) -> None:
        super().__init__(host)
        self.themes = themes
        self._host = host
        self._widest, self._tallest = width, height
        self._focus_before: QWidget | None = None
        self.card = QFrame(self)
        self.card.setObjectName("card")
        self.column = QVBoxLayout(self.card)
        themes.changed.connect(self._dress_open)
        self.hide()

    def open(self) -> None:
        """Show the card over the window as it is now."""
        if not self.isVisible():
            self._focus_before = QApplication.focusWidget()
            self._host.installEventFilter(self)
        self.dress()
        self.column.activate()
        self.place()
        self.raise_()
        self.show()

    def close_card(self) -> None:
        """Hide the card and give the focus back."""
        if self.isVisible():
            self._host.removeEventFilter(self)
            self.hide()
            before = self._focus_before
            if before is not None and shiboken6.isValid(before) and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                focus_home(self._host)
            self.closed.emit()

    def dress(self) -> None:
        """Take on the theme and the scale in force; called when it opens, and while it is open."""

    def tab_stops(self) -> list[QWidget]:
        """Return what the Tab key goes through, in order."""
        return []

    def _dress_open(self) -> None:
        if self.isVisible():
            self.dress()
            self.place()

    def place(self) -> None:
        """Fit the overlay to the window and the card into the overlay."""
        self.setGeometry(self._host.rect())
        metrics = self.themes.metrics
        margin = metrics.chrome(24)
        width = min(metrics.px(self._widest), self.width() - 2 * margin)
        top = min(metrics.chrome(88), self.height() // 8)
        tallest = self.height() - top - margin
        wanted = metrics.px(self._tallest) if self._tallest else self.card.sizeHint().height()
        self.card.setGeometry((self.width() - width) // 2, top, width, min(wanted, tallest))
        self.update()

    def event(self, event: QEvent) -> bool:
        """Keep plain keys from the commands of the window behind."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = Qt.KeyboardModifier
            if not event.modifiers() & (held.ControlModifier | held.AltModifier):
                event.accept()
                return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the window."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc; nothing else reaches the window behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close on a click beside the card."""
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_card()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go round inside the card."""
        if not self.isVisible():
            return super().focusNextPrevChild(forward)
        stops = [stop for stop in self.tab_stops() if stop.isVisible() and stop.isEnabled()]
        here = self.focusWidget()
        if stops:
            at = stops.index(here) + (1 if forward else -1) if here in stops else 0
            reason = Qt.FocusReason
            why = reason.TabFocusReason if forward else reason.BacktabFocusReason
            stops[at % len(stops)].setFocus(why)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim the window and lay a soft shadow under the card."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(8, 10, 16, 150 if self.themes.theme.dark else 70))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 7 if self.themes.theme.dark else 2))
            card = QRectF(self.card.geometry())
            for spread in range(1, 25):
                grown = card.adjusted(-spread, -spread + 8, spread, spread + 8)
                painter.drawRoundedRect(grown, 12 + spread, 12 + spread)
