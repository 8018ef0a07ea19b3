"""The rows of the key help: a command, its keys as caps, and where the user changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from core.errors import OwnerscopeError
from gui.icons import icon
from gui.theme import ThemeManager
from gui.widgets.key_caps import CAP_PX, caps_width, draw_caps, label_of

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.commands import Command

_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R,
        Qt.Key.Key_unknown,
    }
)  # fmt: skip


def pressed_key(event: QKeyEvent) -> str:
    """Return the key a user pressed as portable text; empty for Shift and its like alone.

    Shift that only makes the character (``?``) is left out: it differs between keyboards.
    """
    if event.key() in _MODIFIERS:
        return ""
    held, text = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, event.text()
    if len(text) == 1 and text.isprintable() and not text.isalpha() and text != " ":
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(held.value | event.key()).toString()


class KeyChip(QAbstractButton):
    """One shortcut as key caps. A click waits for other keys; without a key it asks for one."""

    pressed_keys = Signal(str)
    removed = Signal()
    more = Signal()

    def __init__(self, themes: ThemeManager, key: str, owner: str) -> None:
        super().__init__()
        self._themes = themes
        self._label = label_of(QKeySequence(key))
        self.waiting = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{owner}: {self._label or 'no key'}")
        self.setToolTip(f"Change the key of “{owner}”")
        self.clicked.connect(lambda: self.wait(True))

    def wait(self, waiting: bool) -> None:
        """Begin or stop waiting for keys."""
        self.waiting = waiting
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the caps, or of the words shown instead."""
        metrics = self._themes.metrics
        words = self._words()
        inside = caps_width(self._label, metrics) if not words else metrics.px(12)
        if words:
            inside = max(inside + self.fontMetrics().horizontalAdvance(words), metrics.px(CAP_PX))
        return QSize(inside + metrics.px(6), metrics.px(CAP_PX + 6))

    def _words(self) -> str:
        return "Press keys…" if self.waiting else "" if self._label else "+"

    def event(self, event: QEvent) -> bool:
        """While waiting, take every key before a command does."""
        if self.waiting and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the awaited keys, or begin to change, remove or add."""
        key = event.key()
        if self.waiting:
            if key == Qt.Key.Key_Escape:
                self.wait(False)
            elif pressed := pressed_key(event):
                self.wait(False)
                self.pressed_keys.emit(pressed)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.wait(True)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key == Qt.Key.Key_Insert:
            self.more.emit()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop waiting when the user goes elsewhere."""
        self.wait(False)
        super().focusOutEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the caps, with a ring where the keyboard is."""
        theme, metrics = self._themes.theme, self._themes.metrics
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            if self.waiting or self.hasFocus():
                painter.setPen(QPen(QColor(theme.focus), 2))
                painter.setBrush(QColor(theme.accent_soft if self.waiting else theme.raised))
                painter.drawRoundedRect(ring, metrics.px(6), metrics.px(6))
            elif self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.hover))
                painter.drawRoundedRect(ring, metrics.px(6), metrics.px(6))
            if words := self._words():
                painter.setPen(QColor(theme.accent_ink if self.waiting else theme.muted))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            else:
                start = QPoint(metrics.px(3), self.height() // 2)
                draw_caps(painter, start, self._label, theme, metrics)


class KeyRow(QWidget):
    """A command and its keys. What the user changed can be taken back here."""

    failed = Signal(str)

    def __init__(self, themes: ThemeManager, registry: ActionRegistry, command: Command) -> None:
        super().__init__()
        self._themes, self._registry, self.command = themes, registry, command
        self.chips: list[KeyChip] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(themes.metrics.px(2))
        self._row.addWidget(QLabel(command.text))
        self._row.addStretch(1)
        self._undo: QToolButton | None = None
        self.refill()

    def refill(self) -> None:
        """Show the keys in force."""
        focused = [chip.hasFocus() for chip in self.chips]
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        if self._undo:
            self._undo.deleteLater()
            self._undo = None
        if self._registry.has_own_keys(self.command.id):
            self._undo = self._undo_button()
            self._row.addWidget(self._undo)
        self.chips = [self._chip(key) for key in self._registry.keys(self.command.id) or ("",)]
        if True in focused:
            self.chips[min(focused.index(True), len(self.chips) - 1)].setFocus()

    def _undo_button(self) -> QToolButton:
        button = QToolButton()
        side = self._themes.metrics.px(14)
        button.setIcon(icon("undo", self._themes.theme, side, ratio=self.devicePixelRatioF()))
        button.setIconSize(QSize(side, side))
        button.setFixedHeight(self._themes.metrics.px(CAP_PX + 6))
        button.setToolTip("Back to the built-in keys")
        button.setAccessibleName(f"{self.command.text}: back to the built-in keys")
        button.clicked.connect(lambda: self._try(self._registry.reset_keys, self.command.id))
        return button

    def _chip(self, key: str) -> KeyChip:
        chip = KeyChip(self._themes, key, self.command.text)
        chip.pressed_keys.connect(lambda pressed: self._replace(key, pressed))
        chip.removed.connect(lambda: self._replace(key, ""))
        chip.more.connect(self._add_chip)
        self._row.addWidget(chip)
        return chip

    def _add_chip(self) -> None:
        chip = self._chip("")
        self.chips.append(chip)
        chip.setFocus()
        chip.wait(True)

    def _replace(self, old: str, new: str) -> None:
        keys = list(self._registry.keys(self.command.id))
        at = keys.index(old) if old in keys else len(keys)
        keys[at : at + 1] = [new] if new else []
        self._try(self._registry.set_keys, self.command.id, keys)

    def _try(self, change: Callable[..., None], *arguments: object) -> None:
        try:
            change(*arguments)
        except OwnerscopeError as error:
            self.failed.emit(str(error))
        else:
            self.failed.emit("")

    def tab_stops(self) -> list[QWidget]:
        """Return what the Tab key goes through."""
        return [*self.chips, *([self._undo] if self._undo else [])]

    def matches(self, wanted: str) -> bool:
        """Return whether the command or one of its keys holds the text."""
        keys = " ".join(self._registry.key_labels(self.command.id))
        return wanted.lower() in f"{self.command.text} {keys}".lower()


class FamilyRow(QAbstractButton):
    """One row for commands alike, such as the ten digits. A click shows them one by one."""

    def __init__(self, themes: ThemeManager, registry: ActionRegistry, rows: list[KeyRow]) -> None:
        super().__init__()
        self._themes = themes
        labels = [registry.key_labels(row.command.id) for row in (rows[0], rows[-1])]
        self._ends = [label[0] if label else "" for label in labels]
        self.rows = rows
        self.setText(rows[0].command.family)
        self.setToolTip("Show them one by one, to change them")
        self.setAccessibleName(f"{self.text()}: {self._ends[0]} to {self._ends[1]}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self.unfold)

    def unfold(self) -> None:
        """Show the rows themselves."""
        self.hide()
        for row in self.rows:
            row.show()

    def sizeHint(self) -> QSize:
        """Return the height of a row."""
        return QSize(0, self._themes.metrics.px(CAP_PX + 6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, and the first and the last key at the right."""
        theme, metrics = self._themes.theme, self._themes.metrics
        middle, right = self.height() // 2, self.width() - metrics.px(3)
        with QPainter(self) as painter:
            painter.setPen(QColor(theme.text))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.text())
            for label in (self._ends[1], "…", self._ends[0]):
                right -= caps_width(label, metrics)
                draw_caps(painter, QPoint(right, middle), label, theme, metrics)
                right -= metrics.px(3)
            if self.hasFocus():
                painter.setPen(QPen(QColor(theme.focus), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
