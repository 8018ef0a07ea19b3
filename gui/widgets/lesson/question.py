"""A question of a lesson: predict first, then see."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.widgets.flow import FlowLayout
from gui.widgets.lesson.text import MarkdownLabel
from gui.widgets.wrapped import WrappedLabel

if TYPE_CHECKING:
    from gui.lesson_session import Asked
    from gui.theme import ThemeManager

RIGHT, WRONG, OPEN = "✓", "✗", "→"
"""Marks that say it without colour."""


def verdict_words(asked: Asked) -> str:
    """Return what is said once the answer is in sight."""
    if not asked.revealed:
        return ""
    if asked.right is None:
        return f"{OPEN} It is {asked.answer}."
    if asked.right:
        return f"{RIGHT} Right: {asked.answer}."
    return f"{WRONG} Not quite: it is {asked.answer}."


class QuestionView(QWidget):
    """A question with its choices, or a field for a free answer.

    Args:
        asked: The question.
        themes: The theme in force.

    Signals:
        answered: What was chosen (its number) or typed.
        reveal_wanted: The answer is wanted without one.
    """

    answered = Signal(object)
    reveal_wanted = Signal()

    def __init__(self, asked: Asked, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.asked = asked
        self.ask = MarkdownLabel(themes)
        self.verdict = WrappedLabel()
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.explain = MarkdownLabel(themes, "body")
        self.choices: list[QPushButton] = []
        self.field: QLineEdit | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.ask)
        self._answers = QWidget()
        self._column.addWidget(self._answers)
        self._column.addWidget(self.verdict)
        self._column.addWidget(self.explain)
        # Not before: a label of its own would be a window.
        self.ask.show_markdown(f"**{asked.question.ask}**")
        self.reveal = self._button("Show the answer")
        self.reveal.setFlat(True)
        kept = self.reveal.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # the choices are not to move when it goes
        self.reveal.setSizePolicy(kept)
        self.reveal.clicked.connect(self.reveal_wanted)
        self._offer(asked)
        themes.changed.connect(self.dress)
        self.dress()
        self.show_asked(asked)

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        # A click is not to take the keyboard from the picture.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _offer(self, asked: Asked) -> None:
        answers = asked.answers
        if answers is None:
            self._answers.hide()
        elif answers.right is None:
            row = QHBoxLayout(self._answers)
            row.setContentsMargins(0, 0, 0, 0)
            self.field = QLineEdit()
            self.field.setPlaceholderText("Your answer")
            self.field.setAccessibleName(f"Your answer to: {asked.question.ask}")
            self.field.returnPressed.connect(self._typed)
            row.addWidget(self.field, 1)
            row.addWidget(self.reveal)
        else:
            flow = FlowLayout(self._answers)
            for number, choice in enumerate(answers.choices):
                button = self._button(choice)
                button.clicked.connect(partial(self._chosen, number))
                self.choices.append(button)
                flow.addWidget(button)
            flow.addWidget(self.reveal)

    def _chosen(self, number: int) -> None:
        self.answered.emit(number)

    def _typed(self) -> None:
        if self.field is not None and self.field.text().strip():
            self.answered.emit(self.field.text())

    def show_asked(self, asked: Asked) -> None:
        """Show what was answered, and whether that is right."""
        self.asked = asked
        for number, button in enumerate(self.choices):
            assert asked.answers is not None
            choice = asked.answers.choices[number]
            mark = ""
            if asked.revealed:
                right = number == asked.answers.right
                mark = RIGHT if right else WRONG if choice == asked.given else ""
            button.setText(f"{mark} {choice}".strip())
            # Not disabled: what was chosen is still to be read.
            button.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, asked.revealed)
            button.setCheckable(mark == RIGHT)
            button.setChecked(mark == RIGHT)
            policy = Qt.FocusPolicy
            button.setFocusPolicy(policy.NoFocus if asked.revealed else policy.TabFocus)
        if self.field is not None:
            if not (self.field.isEnabled() or asked.revealed):
                self.field.clear()
            self.field.setEnabled(not asked.revealed)
        self.reveal.setVisible(not asked.revealed and asked.answers is not None)
        words = asked.problem or verdict_words(asked)
        self.verdict.setText(words)
        self.verdict.setAccessibleName(words)
        self.verdict.setVisible(bool(words))
        self.explain.show_markdown(asked.question.explain if asked.revealed else "")
        self.dress()
        if asked.revealed:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        role = theme.info
        if self.asked.right is not None:
            role = theme.ok if self.asked.right else theme.danger
        if self.asked.problem:
            role = theme.warning
        size = metrics.ui("title").pixelSize()
        self.verdict.setStyleSheet(f"color: {role.ink}; font-size: {size}px; font-weight: 600")
        self._column.setSpacing(metrics.px(6))
