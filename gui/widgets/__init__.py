"""The window's widgets, and the few things they all share: keys, key caps and overlays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme, ThemeManager

CAP_PX = 20
"""Height of a key cap at 100 %."""


def label_of(key: QKeySequence) -> str:
    """Return a key as the platform writes it, arrows as arrows."""
    text = key.toString(QKeySequence.SequenceFormat.NativeText)
    return {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}.get(text, text)


_MOVES = frozenset(
    {
        Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home,
        Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    }
)  # fmt: skip
_EDITS = _MOVES | {Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter}


def keeps_key(widget: object, event: QKeyEvent, *, tabbed: bool = True) -> bool:
    """Return whether a focused widget needs a key itself, so that no command may take it.

    A field needs what it types, a button its space bar, a slider and a list their arrows.

    Args:
        widget: What has the focus.
        event: The key.
        tabbed: Whether the user went there by the Tab key. A choice that only was clicked leaves
            the space bar to the run: who made the choice with the mouse does not want its list.
    """
    held = Qt.KeyboardModifier
    if event.modifiers() & (held.ControlModifier | held.AltModifier | held.MetaModifier):
        return False
    key, types = event.key(), event.text() != "" and event.text().isprintable()
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        return not widget.isReadOnly() and (types or key in _EDITS)
    if isinstance(widget, QAbstractSpinBox | QComboBox):
        is_choice = isinstance(widget, QComboBox) and not widget.isEditable()
        opens = is_choice and key == Qt.Key.Key_Space
        return (types or key in _EDITS) and (tabbed or not opens)
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space
    if isinstance(widget, QAbstractItemView):
        return key in _MOVES or key == Qt.Key.Key_Space
    return isinstance(widget, QAbstractSlider | QTabBar) and key in _MOVES


class KeyGuard(QObject):
    """Keeps single-key commands away from the widget the user types into.

    It watches only the widget that has the focus: a filter on the whole application would see
    every event of every widget, which Python is too slow for.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)
        self._leaving = self._tabbed = False
        self._follow(None, app.focusWidget())

    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and shiboken6.isValid(old):
            old.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)
        self._tabbed, self._leaving = self._leaving, False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim a key for the focused widget before the commands are asked."""
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyPress:
            # The focus moves while this key is handled.
            self._leaving = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        kept = keeps_key(watched, event, tabbed=self._tabbed)
        if kept:
            event.accept()
        return kept


def cap_parts(label: str) -> list[str]:
    """Return the keys of one shortcut: ``Ctrl++`` is ``Ctrl`` and ``+``."""
    head = label[:-1].removesuffix("+")
    return [*filter(None, head.split("+")), label[-1]] if label.endswith("+") else label.split("+")


def caps_width(label: str, metrics: Metrics) -> int:
    """Return how wide ``draw_caps`` draws a shortcut, in pixels."""
    gap, widths = metrics.px(3), _cap_widths(label, metrics)
    return sum(widths) + gap * (len(widths) - 1)


def draw_caps(painter: QPainter, start: QPoint, label: str, theme: Theme, metrics: Metrics) -> int:
    """Draw a shortcut as key caps.

    Args:
        painter: Where to; its font and pen are left changed.
        start: The middle of the first cap's left edge.
        label: The shortcut as ``label_of`` writes it.
        theme: The theme in force.
        metrics: The sizes in force, ``frame()`` of them in a toolbar.

    Returns:
        The right edge of the last cap.
    """
    left, height = start.x(), metrics.px(CAP_PX)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(metrics.ui("caption"))
    for part, width in zip(cap_parts(label), _cap_widths(label, metrics), strict=True):
        cap = QRectF(left + 0.5, start.y() - height / 2 + 0.5, width - 1, height - 1)
        painter.setPen(QPen(QColor(theme.pressed), 1))
        painter.setBrush(QColor(theme.window))
        painter.drawRoundedRect(cap, metrics.px(4), metrics.px(4))
        painter.setPen(QColor(theme.text))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, part)
        left += width + metrics.px(3)
    return left - metrics.px(3)


def _cap_widths(label: str, metrics: Metrics) -> list[int]:
    font, height = QFontMetrics(metrics.ui("caption")), metrics.px(CAP_PX)
    pad = metrics.px(12)
    return [max(height, font.horizontalAdvance(part) + pad) for part in cap_parts(label)]


def focus_home(widget: QWidget) -> None:
    """Give the keyboard to what the window's workspace is about; somebody must have it."""
    home = getattr(widget.window(), "focus_home", None)
    if callable(home):
        home()


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
