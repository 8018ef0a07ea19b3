"""Fields of the editor: each tells what was typed, and leaves undoing to the lesson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QStringListModel, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QCompleter,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from gui.theme import ThemeManager

Typed = Callable[[str], object]
_SEPARATOR = ", "
_LEAST_LETTERS = 6
_ARROWS_PX = 44


def undoes(event: QEvent) -> bool:
    """Whether a field is asked if it wants a key that undoes: the lesson does that."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    keys = QKeySequence.StandardKey
    return event.matches(keys.Undo) or event.matches(keys.Redo)


class LineField(QLineEdit):
    """A line of text.

    Args:
        name: What a screen reader calls it.
        hint: What stands there as long as nothing does.
        typed: Called with what the user typed.
    """

    def __init__(self, name: str, hint: str, typed: Typed) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.textEdited.connect(typed)

    def show_text(self, text: str) -> None:
        """Show a text; the cursor stays where it is while the user types."""
        if text != self.text():
            at = self.cursorPosition()
            self.setText(text)
            self.setCursorPosition(min(at, len(text)))

    def event(self, event: QEvent) -> bool:
        """Let the lesson undo."""
        if undoes(event):
            event.ignore()
            return False
        return super().event(event)


class ChoiceField(LineField):
    """A line of text with what it can be to choose from, once or as a list.

    Args:
        name: What a screen reader calls it.
        hint: What stands there as long as nothing does.
        typed: Called with what the user typed or chose.
        several: Whether it is a list, separated by commas.
    """

    def __init__(self, name: str, hint: str, typed: Typed, *, several: bool = False) -> None:
        super().__init__(name, hint, typed)
        self._typed, self._several = typed, several
        self._known = QStringListModel(self)
        self.completions = QCompleter(self._known, self)
        self.completions.setFilterMode(Qt.MatchFlag.MatchContains)
        self.completions.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completions.setWidget(self)
        self.completions.activated.connect(self._take)
        self.textEdited.connect(self._complete)

    def offer(self, known: Sequence[str]) -> None:
        """Say what it can be."""
        if list(known) != self._known.stringList():
            self._known.setStringList(list(known))

    def _popup(self) -> QAbstractItemView:
        popup = self.completions.popup()
        assert popup is not None
        return popup

    def _part(self) -> str:
        """What is completed: all of it, or what stands behind the last comma."""
        text = self.text()[: self.cursorPosition()]
        return text.rpartition(",")[2].strip() if self._several else text

    def _complete(self, _text: str = "") -> None:
        self.completions.setCompletionPrefix(self._part())
        exact = self.completions.currentCompletion() == self._part()
        if not self.completions.completionCount() or exact:
            self._popup().hide()
            return
        self.completions.complete()

    def _take(self, chosen: str) -> None:
        text = chosen
        if self._several:
            before = self.text()[: self.cursorPosition()].rpartition(",")[0]
            after = self.text()[self.cursorPosition() :].partition(",")[2]
            parts = [part.strip() for part in (before, chosen, after)]
            text = _SEPARATOR.join(part for part in parts if part)
        self.setText(text)
        self._typed(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Offer everything on Down; leave an open list to its own keys."""
        popup = self._popup()
        takes = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        if popup.isVisible() and event.key() in takes:
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Down and not popup.isVisible():
            self.completions.setCompletionPrefix("" if not self._several else self._part())
            self.completions.complete()
            return
        super().keyPressEvent(event)


class TextField(QPlainTextEdit):
    """Text of several lines; Tab goes on to the next field.

    Args:
        name: What a screen reader calls it.
        hint: What stands there as long as nothing does.
        typed: Called with what the user typed.
        lines: How many lines it shows at least.
    """

    def __init__(self, name: str, hint: str, typed: Typed, lines: int = 3) -> None:
        super().__init__()
        self._typed, self._lines, self._showing = typed, lines, False
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.textChanged.connect(self._tell)
        self.fit()

    def show_text(self, text: str) -> None:
        """Show a text; the cursor stays where it is while the user types."""
        if text == self.toPlainText():
            return
        at = self.textCursor().position()
        self._showing = True
        self.setPlainText(text)
        self._showing = False
        cursor = self.textCursor()
        cursor.setPosition(min(at, len(text)))
        self.setTextCursor(cursor)

    def fit(self) -> None:
        """Take on the font in force."""
        high = QFontMetrics(self.font()).lineSpacing() * self._lines
        self.setMinimumHeight(high + 18)

    def _tell(self) -> None:
        if not self._showing:
            self._typed(self.toPlainText())

    def event(self, event: QEvent) -> bool:
        """Let the lesson undo."""
        if undoes(event):
            event.ignore()
            return False
        return super().event(event)


class Choices(QComboBox):
    """A choice among few, with a value and a text each; the wheel passes over it.

    Args:
        name: What a screen reader calls it.
        options: Value and text of each.
        chosen: Called with the value the user chose.
    """

    def __init__(
        self, name: str, options: Sequence[tuple[Any, str]], chosen: Callable[[Any], object]
    ) -> None:
        super().__init__()
        self._values = [value for value, _ in options]
        self.addItems([text for _, text in options])
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Its longest entry is not to make the form wider than the window.
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_LETTERS)
        self.activated.connect(lambda at: chosen(self._values[at]))

    def show_value(self, value: object) -> None:
        """Show what is chosen."""
        self.setCurrentIndex(self._values.index(value) if value in self._values else -1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what is scrolled unless the user is in the field."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Caption(QLabel):
    """A small heading over a field.

    Args:
        text: The heading.
        themes: The theme in force.
        buddy: The field.
    """

    def __init__(self, text: str, themes: ThemeManager, buddy: QWidget | None = None) -> None:
        super().__init__(text)
        self._themes = themes
        if buddy is not None:
            self.setBuddy(buddy)
        themes.changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        self.setFont(self._themes.metrics.ui("caption", bold=True))
        self.setStyleSheet(f"color: {self._themes.theme.muted}")


def small(spin: QAbstractSpinBox, letters: int) -> None:
    """Let a number take the room of so many letters: Qt gives it that of the largest there is."""
    wide = QFontMetrics(spin.font()).horizontalAdvance("0" * letters)
    spin.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    spin.setMinimumWidth(wide + _ARROWS_PX)


def captioned(text: str, field: QWidget, themes: ThemeManager) -> QWidget:
    """Return a field with its heading over it."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    column.addWidget(Caption(text, themes, field))
    column.addWidget(field)
    # Headings of fields side by side stand in one line, whatever their heights.
    column.addStretch(1)
    return made
