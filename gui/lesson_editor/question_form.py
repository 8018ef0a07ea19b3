"""The questions of a step; the answer is the run's, and nobody types it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.errors import LessonError
from core.lesson.schema import Question
from gui.lesson_editor.fields import Caption, ChoiceField, Choices, LineField, captioned, small
from gui.lesson_editor.places import known_functions, known_positions

if TYPE_CHECKING:
    from gui.lesson_editor.checker import Checker
    from gui.lesson_editor.document import EditedLesson
    from gui.theme import ThemeManager

_WORDS = {
    "function": "The next function called",
    "bit": "The value of the guard's field",
    "outcome": "How the run ends",
    "bytes": "Bytes of stack in use",
    "saves": "Saves on the stack",
    "hits": "Short-circuits of the run",
    "growth": "By how much the struct grows",
    "depth": "Calls on the stack",
    "calls": "Calls of a function",
    "records": "Records with a function",
}
_OF_FUNCTION = ("calls", "records")
"""What is asked of a function that the question names."""
_ASK = {
    "function": "Which function is called next?",
    "bit": "What is the guard's field now?",
    "outcome": "How does it end?",
    "bytes": "How many bytes of stack are in use?",
    "saves": "How many saves are on the stack?",
    "hits": "How often does the guard step in?",
    "growth": "By how many bytes does task_struct grow?",
    "depth": "How many calls are on the stack?",
    "calls": "How often is it called?",
    "records": "How many records have it on their stack?",
}


def kinds() -> list[tuple[str, str]]:
    """Return what can be asked about, with words for it."""
    known = get_args(get_type_hints(Question)["about"])
    return [(about, _WORDS.get(about, about)) for about in known]


class QuestionCard(QFrame):
    """Edits one question.

    Args:
        edited: The lesson.
        checker: Knows the run.
        number: Which question of the step, from 0.
        themes: The theme in force.
    """

    def __init__(
        self, edited: EditedLesson, checker: Checker, number: int, themes: ThemeManager
    ) -> None:
        super().__init__()
        self._edited, self._checker, self.number = edited, checker, number
        self.about = Choices("Asked about", kinds(), self._set_about)
        self.ask = LineField("Question", "", lambda text: self._set(ask=text))
        self.position = ChoiceField(
            "Position of the answer",
            "where the step is",
            lambda text: self._set(position=text.strip()),
        )
        self.function = ChoiceField(
            "Function asked about", "save_stack …", lambda text: self._set(function=text.strip())
        )
        self.choices = QSpinBox(minimum=0, maximum=6)
        self.choices.setAccessibleName("Number of choices, 0 for a free answer")
        self.choices.setSpecialValueText("free")
        small(self.choices, 4)
        self.choices.valueChanged.connect(lambda value: self._set(choices=value))
        self.explain = LineField("Explanation", "Said once it is answered",
                                 lambda text: self._set(explain=text))  # fmt: skip
        self.answer = QLabel(wordWrap=True)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.remove_button = QPushButton("Remove")
        self.remove_button.setAutoDefault(False)
        self.remove_button.setAccessibleName(f"Remove question {number + 1}")
        self.remove_button.clicked.connect(self._remove)
        self._arrange(themes)
        self.show_question()

    def _arrange(self, themes: ThemeManager) -> None:
        column, head, row = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        head.addWidget(Caption(f"Question {self.number + 1}", themes), 1)
        head.addWidget(self.remove_button)
        row.addWidget(captioned("Answer true at", self.position, themes), 1)
        row.addWidget(captioned("Choices", self.choices, themes))
        column.addLayout(head)
        column.addWidget(self.about)
        self._function = captioned("Of which function", self.function, themes)
        column.addWidget(self._function)
        column.addWidget(self.ask)
        column.addLayout(row)
        column.addWidget(self.explain)
        column.addWidget(captioned("Answer, from the run", self.answer, themes))
        column.setContentsMargins(0, 6, 0, 6)

    @property
    def question(self) -> Question | None:
        """The question, None where the step has it no more."""
        step = self._edited.step
        asked = step.questions if step is not None else ()
        return asked[self.number] if self.number < len(asked) else None

    def show_question(self) -> None:
        """Show the question as it is now."""
        question = self.question
        if question is None:
            return
        self.about.show_value(question.about)
        self.ask.show_text(question.ask)
        if self.position.text().strip() != question.position:
            self.position.show_text(question.position)
        self._function.setVisible(question.about in _OF_FUNCTION)
        if self.function.text().strip() != question.function:
            self.function.show_text(question.function)
        if self.choices.value() != question.choices:
            self.choices.setValue(question.choices)
        self.explain.show_text(question.explain)
        self.show_answer()

    def show_answer(self) -> None:
        """Show what the run answers, as far as it has run."""
        from core.lesson.questions import answers_in

        index = self._edited.current
        step, shown = self._checker.step(index), self._checker.shown(index)
        if step is None or shown is None or self.question is None:
            self.answer.setText("…")
            return
        self.position.offer(known_positions(shown))
        self.function.offer(known_functions(shown))
        try:
            answers = answers_in(step, shown, self.number + 1)
        except LessonError as error:
            self.answer.setText(str(error).removeprefix(step.where).lstrip(", :"))
            return
        others = [each for at, each in enumerate(answers.choices) if at != answers.right]
        wrong = f"  (not {', '.join(others)})" if others else ""
        self.answer.setText(f"{answers.free}{wrong}")

    def _set(self, **changes: Any) -> None:
        step, question = self._edited.step, self.question
        if step is None or question is None:
            return
        changed = msgspec.structs.replace(question, **changes)
        asked = (*step.questions[: self.number], changed, *step.questions[self.number + 1 :])
        self._edited.set_step(questions=asked)

    def _set_about(self, about: str) -> None:
        question = self.question
        # A question in the program's own words goes with what is asked about.
        own = question is None or question.ask not in _ASK.values()
        self._set(about=about, **({} if own else {"ask": _ASK.get(about, "")}))

    def _remove(self) -> None:
        step = self._edited.step
        if step is not None:
            asked = (*step.questions[: self.number], *step.questions[self.number + 1 :])
            self._edited.end_typing()
            self._edited.set_step(questions=asked)
            self._edited.end_typing()


class QuestionForm(QWidget):
    """Edits the questions of the step in hand.

    Args:
        edited: The lesson.
        checker: Knows what the steps show.
        themes: The theme in force.
    """

    def __init__(self, edited: EditedLesson, checker: Checker, themes: ThemeManager) -> None:
        super().__init__()
        self._edited, self._checker, self._themes = edited, checker, themes
        self.cards: list[QuestionCard] = []
        self.add_button = QPushButton("Ask a question")
        self.add_button.setAutoDefault(False)
        self.add_button.setToolTip("The class predicts; the run answers")
        self.add_button.clicked.connect(self.add)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.add_button)
        self._column.setContentsMargins(0, 0, 0, 0)
        edited.changed.connect(self.show_step)
        edited.current_changed.connect(self.show_step)
        checker.checked.connect(self._show_answers)
        self.show_step()

    def add(self) -> None:
        """Ask one more question."""
        step = self._edited.step
        if step is not None:
            about: Literal["growth", "function"]
            about = "growth" if step.workspace == "layout" else "function"
            asked = Question(about=about, ask=_ASK[about])
            self._edited.end_typing()
            self._edited.set_step(questions=(*step.questions, asked))
            self._edited.end_typing()

    def show_step(self, *_: object) -> None:
        """Show the questions of the step in hand."""
        step = self._edited.step
        count = len(step.questions) if step is not None else 0
        while len(self.cards) > count:
            card = self.cards.pop()
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self.cards) < count:
            card = QuestionCard(self._edited, self._checker, len(self.cards), self._themes)
            self._column.insertWidget(len(self.cards), card)
            self.cards.append(card)
        for card in self.cards:
            card.show_question()

    def _show_answers(self, index: int) -> None:
        if index == self._edited.current:
            for card in self.cards:
                card.show_answer()
