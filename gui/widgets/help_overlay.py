"""The key help: every key in force, and where the user changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import OwnerscopeError
from gui.icons import icon
from gui.theme import ThemeManager
from gui.widgets import CAP_PX, Overlay, caps_width, draw_caps, label_of

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.commands import Command

_HINT = "Click a key to change it. Delete takes it away, Insert adds another."
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


class HelpOverlay(Overlay):
    """All commands by group with their keys; a key that is clicked can be changed.

    Args:
        host: The window to lie over.
        themes: The theme in force.
        registry: Where the commands are.
    """

    def __init__(self, host: QWidget, themes: ThemeManager, registry: ActionRegistry) -> None:
        super().__init__(host, themes, 900, 640)
        self._registry = registry
        self.rows: dict[str, KeyRow] = {}
        self._sections: list[tuple[QLabel, list[KeyRow]]] = []
        self._families: list[FamilyRow] = []
        self.field = QLineEdit(placeholderText="Search commands and keys")
        self.field.setAccessibleName("Search commands and keys")
        self.field.textChanged.connect(self._filter)
        title = QLabel("Keys")
        title.setObjectName("cardTitle")
        self.problem = QLabel(_HINT)
        self._reset = QPushButton("Reset all keys")
        self._reset.clicked.connect(registry.reset_all_keys)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._head, self._foot = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(title)
        self._head.addStretch(1)
        self._head.addWidget(self.field)
        self._foot.addWidget(self.problem, 1)
        self._foot.addWidget(self._reset)
        self.column.addLayout(self._head)
        self.column.addWidget(self._scroll, 1)
        self.column.addLayout(self._foot)
        registry.keys_changed.connect(self._keys_changed)

    def open(self) -> None:
        """Show the keys in force now."""
        self.field.clear()
        super().open()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def dress(self) -> None:
        """Take on the theme and the scale in force, and the keys."""
        self._fill()
        self._filter(self.field.text())
        self._say("")

    def tab_stops(self) -> list[QWidget]:
        """Return the field, the keys row by row, and the button."""
        rows = [stop for row in self.rows.values() for stop in row.tab_stops()]
        return [self.field, *self._families, *rows, self._reset]

    def _fill(self) -> None:
        px = self.themes.metrics.px
        self.column.setContentsMargins(px(20), px(16), px(20), px(14))
        self.column.setSpacing(px(12))
        self.field.setFixedWidth(px(280))
        self.rows, self._sections, self._families = {}, [], []
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(0, 0, px(12), 0)
        columns.setSpacing(px(40))
        groups = self._registry.groups()
        half, done = sum(len(commands) + 2 for commands in groups.values()) / 2, 0
        sides = QVBoxLayout(), QVBoxLayout()
        for name, commands in groups.items():
            self._add_section(sides[0 if done < half * 0.8 else 1], name, commands)
            done += len(commands) + 2
        for side in sides:
            side.setSpacing(px(1))
            side.addStretch(1)
            columns.addLayout(side, 1)
        self._scroll.setWidget(content)
        content.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)
        self._reset.setEnabled(any(map(self._registry.has_own_keys, self.rows)))

    def _add_section(self, side: QVBoxLayout, name: str, commands: Iterable[Command]) -> None:
        px = self.themes.metrics.px
        title = QLabel(name.upper())
        title.setObjectName("sectionTitle")
        title.setContentsMargins(0, 0 if not side.count() else px(16), 0, px(2))
        side.addWidget(title)
        rows = []
        families: dict[str, list[KeyRow]] = {}
        for command in commands:
            row = self.rows[command.id] = KeyRow(self.themes, self._registry, command)
            row.failed.connect(self._say)
            rows.append(row)
            side.addWidget(row)
            if command.family:
                families.setdefault(command.family, []).append(row)
        for members in families.values():
            if not any(self._registry.has_own_keys(row.command.id) for row in members):
                family = FamilyRow(self.themes, self._registry, members)
                side.insertWidget(side.indexOf(members[0]), family)
                self._families.append(family)
        self._sections.append((title, rows))

    def _filter(self, wanted: str) -> None:
        for title, rows in self._sections:
            for row in rows:
                row.setVisible(row.matches(wanted))
            title.setVisible(any(row.matches(wanted) for row in rows))
        for family in self._families:
            family.setVisible(not wanted)
            for row in family.rows:
                row.setVisible(bool(wanted) and row.matches(wanted))

    def _say(self, problem: str) -> None:
        self.problem.setText(f"{problem[:1].upper()}{problem[1:]}." if problem else _HINT)
        self.problem.setObjectName("problem" if problem else "hint")
        self.problem.style().polish(self.problem)

    def _keys_changed(self, command_id: str) -> None:
        for row in [self.rows[command_id]] if command_id in self.rows else self.rows.values():
            row.refill()
        self._reset.setEnabled(any(map(self._registry.has_own_keys, self.rows)))
        self._say("")
