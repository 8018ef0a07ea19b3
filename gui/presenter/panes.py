"""What a step says: its title, its text, and the question the class is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.presenter.markdown_view import STEPS, MarkdownView
from gui.widgets.lesson.text import FEATURES, plain

if TYPE_CHECKING:
    from core.lesson.questions import Answers
    from core.lesson.schema import Question
    from gui.presenter.hall import HallThemes

_SHORT_CHOICE = 22
LETTERS = "ABCDEFGHIJ"


class QuestionPane(QFrame):
    """A question, what to choose from, and once it is revealed the right answer.

    Args:
        themes: The look.
    """

    def __init__(self, themes: HallThemes) -> None:
        super().__init__()
        self._themes = themes
        self.ask, self.explain = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.ask.setTextFormat(Qt.TextFormat.RichText)
        self.explain.setTextFormat(Qt.TextFormat.RichText)
        self.rows: list[QLabel] = []
        self._question: Question | None = None
        self._answers: Answers | None = None
        self.revealed = False
        self._column = QVBoxLayout(self)
        self._choices = QGridLayout()
        self._columns = 1
        self._column.addWidget(self.ask)
        self._column.addLayout(self._choices)
        self._column.addWidget(self.explain)
        self.setObjectName("question")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_question(
        self, question: Question | None, answers: Answers | None, *, revealed: bool
    ) -> None:
        """Ask a question, or none; with ``revealed`` say the answer too."""
        self._question, self._answers, self.revealed = question, answers, revealed
        self.setVisible(question is not None)
        self.dress()

    def dress(self) -> None:
        """Take on the look, and say again what is asked."""
        metrics, theme = self._themes.metrics, self._themes.theme
        sheet = (
            f"#question {{ background: {theme.raised}; border: 2px solid {theme.accent};"
            f" border-radius: {metrics.px(10)}px }}"
        )
        if self.styleSheet() != sheet:
            self.setStyleSheet(sheet)
        pad = metrics.px(14)
        self._column.setContentsMargins(pad, metrics.px(10), pad, metrics.px(10))
        self._column.setSpacing(metrics.px(8))
        self._choices.setSpacing(metrics.px(5))
        self.ask.setFont(metrics.ui("title", bold=True))
        self.explain.setFont(metrics.ui("title"))
        for row in self.rows:
            self._choices.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        question, answers = self._question, self._answers
        if question is None:
            return
        self.ask.setText(_html(question.ask, self.ask.font()))
        self.explain.setText(_html(question.explain, self.explain.font()))
        self.explain.setVisible(self.revealed and bool(question.explain))
        for text, right in _lines(answers, revealed=self.revealed):
            self.rows.append(self._row(text, right))
        self._place_rows()
        spoken = [plain(question.ask), *(row.text() for row in self.rows)]
        self.setAccessibleName("Question")
        self.setAccessibleDescription(". ".join(spoken))

    def set_columns(self, columns: int) -> None:
        """Put the choices into so many columns, where they are short."""
        if columns != self._columns:
            self._columns = columns
            self._place_rows()

    def _place_rows(self) -> None:
        for row in self.rows:
            self._choices.removeWidget(row)
        longest = max((len(row.text()) for row in self.rows), default=0)
        columns = self._columns if longest <= _SHORT_CHOICE else 1
        for at, row in enumerate(self.rows):
            self._choices.addWidget(row, at // columns, at % columns)
            row.show()  # now: a layout would do it after the next paint
        for column in range(2):
            self._choices.setColumnStretch(column, 1 if column < columns else 0)

    def _row(self, text: str, right: bool | None) -> QLabel:
        metrics, theme = self._themes.metrics, self._themes.theme
        row = QLabel(text, wordWrap=True)
        row.setTextFormat(Qt.TextFormat.PlainText)
        row.setFont(metrics.mono("title", bold=right is True))
        back, ink = theme.sunken, theme.text
        if right:
            back, ink = theme.ok.colour, theme.ok.on_colour
        elif right is False:
            back, ink = theme.raised, theme.muted
        row.setStyleSheet(
            f"background: {back}; color: {ink}; border-radius: {metrics.px(6)}px;"
            f" padding: {metrics.px(4)}px {metrics.px(10)}px"
        )
        return row


def _html(markdown: str, font: QFont) -> str:
    """Return a text for a label; what looks like HTML in it is text."""
    document = QTextDocument()
    document.setDefaultFont(font)
    document.setMarkdown(markdown, FEATURES)
    return document.toHtml()


def _lines(answers: Answers | None, *, revealed: bool) -> list[tuple[str, bool | None]]:
    """Return the lines under a question, and whether each is right; None before anybody says."""
    if answers is None:
        return []
    if not answers.choices:
        return [(f"✓  {answers.free}", True)] if revealed else []
    lines: list[tuple[str, bool | None]] = []
    for at, choice in enumerate(answers.choices):
        right = at == answers.right if revealed else None
        lines.append((f"{'✓' if right else LETTERS[at]}  {choice}", right))
    return lines


class StepPane(QWidget):
    """Title, text and question of a step, beside its view or above it.

    Args:
        themes: The look.
    """

    def __init__(self, themes: HallThemes) -> None:
        super().__init__()
        self._themes = themes
        self.title = QLabel(wordWrap=True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.text = MarkdownView(themes)
        self.text.setAccessibleName("Text of the step")
        self.question = QuestionPane(themes)
        self._column, self._body = QVBoxLayout(self), QHBoxLayout()
        self._column.addWidget(self.title)
        self._column.addLayout(self._body, 1)
        self._body.addWidget(self.text, 1)
        self._body.addWidget(self.question)
        for box in (self._column, self._body):
            box.setContentsMargins(0, 0, 0, 0)
        self.wide = False

    def show_step(self, title: str, text: str) -> None:
        """Show what a step says."""
        self.title.setText(title)
        self.title.setAccessibleName(title)
        self.text.show_markdown(text)
        self.text.setAccessibleDescription(self.text.toPlainText())

    def arrange(self, *, wide: bool) -> None:
        """Put the question under the text, or beside it where the pane is wide."""
        self.wide = wide
        way = QBoxLayout.Direction
        self._body.setDirection(way.LeftToRight if wide else way.TopToBottom)
        self._body.setStretch(0, 55 if wide else 1)
        self._body.setStretch(1, 45 if wide else 0)
        self.question.set_columns(2 if wide else 1)
        self._body.setAlignment(
            self.question, Qt.AlignmentFlag.AlignTop if wide else Qt.AlignmentFlag(0)
        )

    def wanted_height(self, width: int, most: int) -> int:
        """Return how high it has to be where it is wide, in pixels: ``most`` where it can be.

        The largest text counts with which it is not higher than that.
        """
        metrics = self._themes.metrics
        asks = self.question.isVisibleTo(self)
        text = width * 55 // 100 if asks else width
        rest = self.title.heightForWidth(width) + self._column.spacing() + metrics.px(4)
        least = self.question.heightForWidth(width - text) + metrics.px(4) if asks else 0
        wanted = rest + least
        for step in STEPS if self.text.source_text else ():
            wanted = rest + max(least, self.text.height_for(text, step))
            if wanted <= most:
                break
        return wanted

    def dress(self) -> None:
        """Take on the look."""
        metrics, theme = self._themes.metrics, self._themes.theme
        self.title.setFont(metrics.ui("display", bold=True))
        self.title.setStyleSheet(f"color: {QColor(theme.text).name()}; background: transparent")
        self.text.setStyleSheet(
            f"background: transparent; color: {theme.text}; border: none; padding: 0"
        )
        self._column.setSpacing(metrics.px(12))
        self._body.setSpacing(metrics.px(20))
        self.question.dress()
        self.text.refit()
