"""Messages under the toolbar: what is wrong and how to put it right, with no dialog in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QEnterEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.icons import icon, pixmap
from gui.theme import Role, ThemeManager
from gui.widgets.keyboard import focus_home

MAX_MESSAGES = 3
READING_MS = 6000
"""How long a note stays when nobody points at it."""

Button = tuple[str, Callable[[], object]]
"""What a button says, and what it does before the message goes."""


class Severity(Enum):
    """How bad it is: the name of the theme's role, and of the icon."""

    OK = ("ok", "success", "Done")
    INFO = ("info", "info", "Note")
    WARNING = ("warning", "warning", "Warning")
    ERROR = ("danger", "error", "Error")

    @property
    def fades(self) -> bool:
        """Whether it goes by itself. What a user must act on never does."""
        return self in (Severity.OK, Severity.INFO)


class Message(QWidget):
    """One message: an icon, a sentence that can be selected, buttons and a cross."""

    closed = Signal()

    def __init__(
        self, themes: ThemeManager, severity: Severity, text: str, buttons: Sequence[Button]
    ) -> None:
        super().__init__()
        self._themes = themes
        self.severity = severity
        self.text = text
        self._icon = QLabel()
        self._label = QLabel(text)
        self._label.setObjectName("messageText")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        flags = Qt.TextInteractionFlag
        self._label.setTextInteractionFlags(
            flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
        )
        self._close = QToolButton()
        self._close.setToolTip("Dismiss  (Esc)")
        self._close.setAccessibleName("Dismiss this message")
        self._close.clicked.connect(self.dismiss)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._label, 1)
        for name, action in buttons:
            self._row.addWidget(self._button(name, action))
        self._row.addWidget(self._close)
        self._timer = QTimer(self, singleShot=True, interval=READING_MS)
        self._timer.timeout.connect(self.dismiss)
        self._fades = severity.fades and not buttons
        self.setAccessibleName(f"{severity.value[2]}: {text}")
        self.dress()

    def _button(self, name: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(name)
        button.setAutoDefault(False)

        def press() -> None:
            self.dismiss()
            action()

        button.clicked.connect(press)
        return button

    @property
    def role(self) -> Role:
        """The colours of this severity."""
        role: Role = getattr(self._themes.theme, self.severity.value[0])
        return role

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        metrics, ratio = self._themes.metrics, self.devicePixelRatioF()
        side = metrics.px(18)
        self._icon.setPixmap(pixmap(self.severity.value[1], self.role.ink, side, ratio))
        self._close.setIcon(icon("close", self._themes.theme, side, ratio=ratio))
        self._close.setIconSize(QSize(side, side))
        self.setMinimumHeight(metrics.px(43))
        pad = metrics.px(6)
        self._row.setContentsMargins(metrics.px(16), pad, metrics.px(8), pad)
        self._row.setSpacing(metrics.px(10))
        self.update()

    def begin(self) -> None:
        """Begin to fade, where it does that: it is in sight now."""
        if self._fades:
            self._timer.start()

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self.closed.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while the user points at it."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Count again from the start."""
        if self._fades:
            self._timer.start()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Dismiss on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Tint the row, with a bar in full colour at its start."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self.role.soft))
            bar = QRect(0, 0, self._themes.metrics.px(4), self.height())
            painter.fillRect(bar, QColor(self.role.colour))
            painter.setPen(QColor(self._themes.theme.border))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class MessageBar(QWidget):
    """Up to three messages, the newest on top. Nothing here is modal.

    Args:
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self._shown: list[Message] = []
        self._held = False
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        themes.changed.connect(self._dress)
        self.hide()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is shown now, the newest first."""
        return tuple(self._shown)

    def show_message(
        self, severity: Severity, text: str, buttons: Sequence[Button] = ()
    ) -> Message:
        """Show a sentence. The same sentence again replaces the first one.

        Args:
            severity: Notes go by themselves; warnings and errors stay until dismissed.
            text: What happened and what to do, as plain text.
            buttons: What the user can do about it: pairs of a name and a function.

        Returns:
            The message; ``dismiss`` takes it away.
        """
        for message in [m for m in self._shown if m.text == text]:
            self._remove(message)
        while len(self._shown) >= MAX_MESSAGES:
            # The oldest goes, but a note before a problem.
            self._remove(min(reversed(self._shown), key=lambda m: not m.severity.fades))
        message = Message(self._themes, severity, text, buttons)
        message.closed.connect(lambda: self._remove(message))
        self._shown.insert(0, message)
        self._rows.insertWidget(0, message)
        if not self._held:
            self._bring(message)
        return message

    def hold(self) -> None:
        """Keep all messages back until ``release``: nothing is to pop up before an audience."""
        self._held = True
        self.hide()

    def release(self) -> None:
        """Show what was kept back."""
        if self._held:
            self._held = False
            for message in reversed(self._shown):
                self._bring(message)

    def _bring(self, message: Message) -> None:
        self.show()
        message.begin()
        self._announce(message)

    def ok(self, text: str, *buttons: Button) -> Message:
        """Say that something worked."""
        return self.show_message(Severity.OK, text, buttons)

    def info(self, text: str, *buttons: Button) -> Message:
        """Say something worth knowing."""
        return self.show_message(Severity.INFO, text, buttons)

    def warning(self, text: str, *buttons: Button) -> Message:
        """Say what may go wrong."""
        return self.show_message(Severity.WARNING, text, buttons)

    def error(self, error: Exception | str, *buttons: Button) -> Message:
        """Say what went wrong; the program's own errors already say what to do."""
        return self.show_message(Severity.ERROR, str(error), buttons)

    def dismiss_top(self) -> bool:
        """Take the newest message away; return whether there was one."""
        if self._shown:
            self._shown[0].dismiss()
            return True
        return False

    def clear(self) -> None:
        """Take all messages away."""
        for message in self.messages:
            self._remove(message)

    def _remove(self, message: Message) -> None:
        if message in self._shown:
            self._shown.remove(message)
            self._rows.removeWidget(message)
            if message.isAncestorOf(self.window().focusWidget() or self):
                # Qt would give it to what comes next, and the space bar would press that.
                focus_home(self)
            message.hide()
            message.deleteLater()
            self.setVisible(bool(self._shown) and not self._held)

    def _announce(self, message: Message) -> None:
        event = QAccessibleAnnouncementEvent(message, message.accessibleName())
        if not message.severity.fades:
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

    def _dress(self) -> None:
        for message in self._shown:
            message.dress()
