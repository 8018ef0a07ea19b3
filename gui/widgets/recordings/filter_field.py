"""The field in which records are picked, with the names that can be used in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.widgets.keyboard import focus_home
from gui.widgets.own_keys import claims
from gui.widgets.recordings.words import field_sheet

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager

_WORD = re.compile(r"[\w]*$")
_VALUE = re.compile(r"(\w+)\s*(?:=|!=|~|!~)\s*([^\s()\"']*)$")
_MOST_OFFERED = 200
_TIP = (
    "Records that match, as in:  order >= 2 and comm = sh\n"
    "function ~ ext4 and not module = nvme     age > 5s     special = dummy\n"
    "A word alone looks for a function. Enter shows what it picks, Esc goes back."
)


class FilterField(QWidget):
    """A filter over records; what is wrong with it stands below.

    Args:
        session: Whose records.
        themes: The theme in force.
    """

    def __init__(self, session: RecordingSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.field = _Field()
        self.count = QLabel()
        self.frames_button = QPushButton(flat=True)
        self.error = QLabel(wordWrap=True)
        self._column, self._row = QVBoxLayout(self), QHBoxLayout()
        self._row.addWidget(self.field, 1)
        self._row.addWidget(self.count)
        self._row.addWidget(self.frames_button)
        self._column.addLayout(self._row)
        self._column.addWidget(self.error)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.field.setToolTip(_TIP)
        self.field.setAccessibleName("Filter records")
        self.field.taken.connect(self._take)
        self.field.left.connect(self._leave)
        self.field.textEdited.connect(self._offer)
        self.field.textChanged.connect(self._cleared)
        self.frames_button.clicked.connect(session.show_all)
        session.recording_changed.connect(lambda: self._put(session.filter))
        session.filter_changed.connect(self._show)
        session.tree_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()
        self._show()

    def begin(self) -> None:
        """Let the user type over the filter."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _take(self) -> None:
        if self._session.set_filter(self.field.text()):
            focus_home(self)
            self._put(self._session.filter)

    def _leave(self) -> None:
        """Go back to the filter in force."""
        self.field.setText(self._session.filter)
        self._session.set_filter(self._session.filter)
        focus_home(self)

    def _cleared(self, text: str) -> None:
        """The cross in the field was clicked, or all was deleted: that is no filter."""
        if not text and self._session.filter:
            self._session.set_filter("")

    def _offer(self, text: str) -> None:
        """Offer the names that begin as what is typed, or the values of the one it follows."""
        self.field.offer(offers(self._session, text[: self.field.cursorPosition()]))

    def _show(self) -> None:
        session = self._session
        if not self.field.hasFocus() and not session.filter_error:
            self._put(session.filter)
        self.error.setVisible(bool(session.filter_error))
        self.error.setText(session.filter_error[:1].upper() + session.filter_error[1:])
        self.field.setStyleSheet(field_sheet(self._themes, bool(session.filter_error)))
        self.field.setAccessibleDescription(session.filter_error)
        self.field.setPlaceholderText(f"Filter: {example(session.profile)}")
        profile, shown = session.profile, session.shown
        text = ""
        if profile is not None and shown is not None and session.narrowed:
            text = f"{len(shown):,} of {len(profile):,}"
        self.count.setText(text)
        self._show_frames()

    def _show_frames(self) -> None:
        """Say how many functions are hidden or kept; a click shows all frames again."""
        session = self._session
        parts = []
        for functions, what in ((session.hidden, "hidden"), (session.kept, "kept")):
            if functions:
                parts.append(f"{len(functions)} {what}")
        self.frames_button.setVisible(bool(parts))
        self.frames_button.setText(f"{', '.join(parts)}  ✕")
        names = "\n".join((*session.hidden, *session.kept))
        self.frames_button.setToolTip(f"Show all frames again  (Shift+H)\n{names}")

    def _put(self, text: str) -> None:
        if self.field.text() != text:
            self.field.setText(text)

    def _dress(self) -> None:
        metrics, theme = self._themes.metrics.frame(), self._themes.theme
        self._row.setSpacing(metrics.px(8))
        self.field.setFont(metrics.mono())
        self.count.setFont(metrics.ui("caption"))
        self.count.setStyleSheet(f"color: {theme.muted}")
        self.frames_button.setFont(metrics.ui("caption"))
        self.frames_button.setStyleSheet(f"padding: 2px {metrics.px(6)}px; min-height: 0;")
        self.error.setFont(metrics.ui("caption"))
        self.error.setStyleSheet(f"color: {theme.danger.ink}")
        self._show()


def example(profile: StackProfile | None) -> str:
    """Return a filter as one could be typed for a recording, of names that it has."""
    parts = (("order", "order >= 2"), ("comm", "comm = sh"))
    known = {"order", "comm"} if profile is None else profile.dimensions.keys()
    return " and ".join(part for name, part in parts if name in known) or "function ~ alloc"


def offers(session: RecordingSession, typed: str) -> list[str]:
    """Return how the last word of a filter can go on: names, or the values of a name.

    Args:
        session: Whose records.
        typed: What stands before the cursor.
    """
    from core.recording.questions.query import dimension, names

    profile = session.profile
    if profile is None:
        return []
    value = _VALUE.search(typed)
    if value is not None:
        found = dimension(profile, value[1])
        begun = value[2].lower()
        known = found.values if found is not None else ()
        fitting = (each for each in known if each and begun in each.lower())
        return [_quoted(each) for _, each in zip(range(_MOST_OFFERED), fitting, strict=False)]
    begun = _word(typed).lower()
    if not begun:
        return []
    return [name for name in (*names(profile), "and", "or", "not") if name.startswith(begun)]


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s()\"']", value) else value


def _word(typed: str) -> str:
    found = _WORD.search(typed)
    return found[0] if found is not None else ""


class _Field(QLineEdit):
    """A line in which the word at the cursor is completed."""

    taken = Signal()
    """Enter."""
    left = Signal()
    """Esc."""

    def __init__(self) -> None:
        super().__init__(clearButtonEnabled=True)
        self._known = QStringListModel(self)
        self.list = QCompleter(self._known, self)
        self.list.setWidget(self)
        self.list.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.list.activated.connect(self._complete)

    def offer(self, words: list[str]) -> None:
        """Offer words below the field, none hides them."""
        self._known.setStringList(words)
        if words:
            self.list.complete()
        else:
            self._hide_list()

    def _hide_list(self) -> None:
        popup = self.list.popup()
        if popup is not None:
            popup.hide()

    def _complete(self, word: str) -> None:
        at = self.cursorPosition()
        typed, rest = self.text()[:at], self.text()[at:]
        value = _VALUE.search(typed)
        begun = value[2] if value is not None else _word(typed)
        head = typed[: len(typed) - len(begun)] + word + ("" if rest[:1] == " " else " ")
        self.setText(head + rest)
        self.setCursorPosition(len(head))

    def event(self, event: QEvent) -> bool:
        """Keep Esc and Enter from the commands of the window."""
        mine = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return claims(event, mine) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the filter on Enter, leave on Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._hide_list()
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
