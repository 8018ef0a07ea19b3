"""The lesson editor: a window beside the program, so that what is recorded stays in sight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.errors import OwnerscopeError
from gui.lesson_editor.checker import Checker
from gui.lesson_editor.lesson_form import LessonForm
from gui.lesson_editor.question_form import QuestionForm
from gui.lesson_editor.record import RUN_FIELDS
from gui.lesson_editor.step_list import StepList
from gui.lesson_editor.step_model import StepModel
from gui.lesson_editor.tools import EditorTools
from gui.lesson_editor.view_form import ViewForm
from gui.lesson_editor.words_form import WordsForm
from gui.widgets.arrange import scrolled, splitter
from gui.widgets.ask import ask_where
from gui.widgets.flow import FlowLayout
from gui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from core.lesson.schema import Step
    from gui.lesson_editor.document import EditedLesson
    from gui.theme import ThemeManager
    from gui.widgets.message_bar import Message

KINDS = "Lessons (*.toml)"
COMFORTABLE = QSize(1200, 780)
_LEFT_SHARE, _MIDDLE_SHARE, _RIGHT_SHARE = 26, 44, 30
_BESIDE_PX = 760
"""From this width on, at the scale of 1, what a step shows stands beside its words."""
_TOOLS = (("duplicate", "copy"), ("remove", "remove"), ("up", "move-up"), ("down", "move-down"),
          ("undo", "undo"), ("redo", "redo"))  # fmt: skip


class LessonEditor(QWidget):
    """Edits one lesson.

    Args:
        edited: The lesson.
        themes: The theme in force.
        take: Returns what is in view in the program as a step, or raises.
        parent: The Qt parent; the editor is a window of its own all the same.

    Signals:
        preview_wanted: A step (its index) is to be shown in the program.
        handout_wanted: The lesson is to be exported.
        saved: The lesson was written (its path).
        closed: The editor is gone.
    """

    preview_wanted = Signal(int)
    handout_wanted = Signal()
    saved = Signal(object)
    closed = Signal()

    def __init__(
        self,
        edited: EditedLesson,
        themes: ThemeManager,
        take: Callable[[], Step],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.edited, self._themes, self._take = edited, themes, take
        edited.setParent(self)
        self._said_unsaved: Message | None = None
        self._discarded = False
        self.checker = Checker(edited, self)
        self.model = StepModel(edited, self)
        self.messages = MessageBar(themes)
        self.list = StepList(edited, self.model, themes)
        self.lesson_form = LessonForm(edited, themes)
        self.words = WordsForm(edited, themes)
        self.view_form = ViewForm(edited, self.checker, themes)
        self.questions = QuestionForm(edited, self.checker, themes)
        self.problem = QLabel(wordWrap=True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setAccessibleName("What is wrong with this step")
        self.tools = EditorTools(self, themes)
        self._make_actions()
        self._arrange()
        self._connect()
        self.tools.dress()
        self._dress()
        self._tell()
        self.resize(COMFORTABLE)

    # -- building -------------------------------------------------------------------------

    def _make_actions(self) -> None:
        tools, edited = self.tools, self.edited
        tools.add_undo(edited.undo, edited.end_typing)
        tools.add(
            (
                ("save", "Save", "Ctrl+S", self.save),
                ("save_as", "Save as…", "Ctrl+Shift+S", self.save_as),
                ("record", "Record the current view", "Ctrl+R", self.record),
                ("preview", "Show in the program", "F5", self.preview),
                ("handout", "Export handout…", "Ctrl+E", self.handout_wanted.emit),
                ("duplicate", "Duplicate", "Ctrl+D", edited.duplicate),
                ("remove", "Remove", "Ctrl+Backspace", self.remove),
                ("up", "Move up", "Alt+Up", lambda: self._move(-1)),
                ("down", "Move down", "Alt+Down", lambda: self._move(1)),
            )
        )

    def _arrange(self) -> None:
        bar, row = QWidget(), QHBoxLayout()
        flow = FlowLayout(bar)
        flow.addWidget(self.tools.button("record", "plus", first=True))
        for name, sign in (("preview", "eye"), ("save", ""), ("save_as", ""), ("handout", "")):
            flow.addWidget(self.tools.button(name, sign))
        row.addWidget(bar, 1)
        words = scrolled(self.words, "Words of the step")
        self.forms = splitter(Qt.Orientation.Horizontal, words, self._right())
        self._columns = splitter(Qt.Orientation.Horizontal, self._left(), self.forms)
        rest = _MIDDLE_SHARE + _RIGHT_SHARE
        for parts, shares in (
            (self.forms, (_MIDDLE_SHARE, _RIGHT_SHARE)), (self._columns, (_LEFT_SHARE, rest)),
        ):  # fmt: skip
            for at, share in enumerate(shares):
                parts.setStretchFactor(at, share)
            parts.setSizes([share * 12 for share in shares])
        whole = QVBoxLayout(self)
        whole.addWidget(self.messages)
        whole.addLayout(row)
        whole.addWidget(self._columns, 1)
        whole.setContentsMargins(0, 0, 0, 0)
        self._whole, self._head = whole, row

    def _left(self) -> QWidget:
        left, tools = QWidget(), QHBoxLayout()
        for name, sign in _TOOLS:
            tools.addWidget(self.tools.tool(name, sign))
        tools.addStretch(1)
        column = QVBoxLayout(left)
        column.addWidget(self.lesson_form)
        column.addWidget(self.list, 1)
        column.addLayout(tools)
        self._left_column = column
        return left

    def _right(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        for widget in (self.problem, self.view_form, self.questions):
            column.addWidget(widget)
        column.addStretch(1)
        self._right_column = column
        area = scrolled(inside, "What the step shows")
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _connect(self) -> None:
        edited = self.edited
        edited.changed.connect(self._tell)
        edited.current_changed.connect(self._tell)
        edited.path_changed.connect(self._tell)
        edited.undo.cleanChanged.connect(self._tell)
        self.checker.checked.connect(self._tell)
        self.view_form.retake_wanted.connect(self.retake)
        self.list.doubleClicked.connect(lambda _index: self.preview())
        self._themes.changed.connect(self._dress)

    # -- what can be done -----------------------------------------------------------------

    def record(self) -> bool:
        """Put the current view behind the step in hand; say why not where that is impossible."""
        try:
            step = self._take()
        except OwnerscopeError as error:
            self.messages.error(error)
            return False
        self.edited.add(step)
        self.words.title.setFocus(Qt.FocusReason.OtherFocusReason)
        self.words.title.selectAll()
        return True

    def retake(self) -> None:
        """Let the step in hand show the current view; its words stay."""
        try:
            step = self._take()
        except OwnerscopeError as error:
            self.messages.error(error)
            return
        self.edited.end_typing()
        self.edited.set_step(**{name: getattr(step, name) for name in RUN_FIELDS})
        self.edited.end_typing()

    def preview(self) -> None:
        """Show the step in hand in the program."""
        self.preview_wanted.emit(self.edited.current)

    def remove(self) -> None:
        """Remove the step in hand."""
        step = self.edited.step
        if step is not None and self.edited.remove():
            self.messages.info(f"Removed: {step.title}", ("Undo", self.edited.undo.undo))

    def _move(self, by: int) -> None:
        self.edited.move(self.edited.current, self.edited.current + by)

    # -- the file -------------------------------------------------------------------------

    def save(self) -> bool:
        """Write the lesson to its file; ask for one where it has none."""
        return self.save_to(self.edited.path) if self.edited.path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask for a file, and write the lesson to it."""
        name = f"{self.edited.lesson.name}.toml"
        path = ask_where(self, "Save the lesson", name, KINDS)
        return path is not None and self.save_to(path)

    def save_to(self, path: Path) -> bool:
        """Write the lesson to a file; say so where that fails."""
        try:
            self.edited.save(path)
        except OwnerscopeError as error:
            self._forget_unsaved()
            self._said_unsaved = self.messages.error(error)
            return False
        self._forget_unsaved()
        self.messages.ok(f"Saved: {path}")
        self.saved.emit(path)
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about what was not saved; nothing is in the way meanwhile."""
        if self.edited.unsaved and not self._discarded:
            event.ignore()
            self.ask_about_changes()
            return
        self.checker.stop()
        super().closeEvent(event)
        self.closed.emit()

    def ask_about_changes(self) -> None:
        """Ask whether changes are to be saved before the editor goes."""
        self._forget_unsaved()
        self._said_unsaved = self.messages.warning(
            f"“{self.edited.lesson.title}” has changes that are not saved.",
            ("Save and close", self._save_and_close),
            ("Close without saving", self.discard),
        )
        self.raise_()
        self.activateWindow()

    def _forget_unsaved(self) -> None:
        asked, self._said_unsaved = self._said_unsaved, None
        if asked is not None and asked in self.messages.messages:
            asked.dismiss()

    def _save_and_close(self) -> None:
        self._said_unsaved = None
        if self.save():
            self.close()

    def discard(self) -> None:
        """Close without saving."""
        self._said_unsaved, self._discarded = None, True
        self.close()

    # -- how it looks ---------------------------------------------------------------------

    def _tell(self, *_: object) -> None:
        """Show what the lesson is called, whether it is saved, and what is wrong."""
        edited = self.edited
        where = edited.path.name if edited.path is not None else "not saved yet"
        self.setWindowTitle(f"{edited.lesson.title}[*] — {where}")
        self.setWindowModified(edited.unsaved)
        actions = self.tools.actions
        actions["remove"].setEnabled(len(edited.steps) > 1)
        actions["up"].setEnabled(edited.current > 0)
        actions["down"].setEnabled(edited.current + 1 < len(edited.steps))
        actions["save"].setEnabled(edited.unsaved or edited.path is None)
        problems = self.checker.problems()
        self.model.set_problems(problems)
        wrong = problems.get(edited.current, "")
        self.problem.setText(wrong)
        self.problem.setVisible(bool(wrong))

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px = metrics.chrome
        role = theme.warning
        self.problem.setStyleSheet(
            f"background: {role.soft}; color: {role.ink}; padding: {px(8)}px; border-radius: 6px"
        )
        self._head.setContentsMargins(px(12), px(8), px(12), px(4))
        for column in (self._left_column, self._right_column):
            column.setContentsMargins(px(12), px(4), px(12), px(12))
            column.setSpacing(px(10))
        self._fit_forms()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._fit_forms()

    def _fit_forms(self) -> None:
        """Put what a step shows beside its words, or below them where the window is narrow."""
        beside = self.width() >= self._themes.metrics.px(_BESIDE_PX)
        way = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if way != self.forms.orientation():
            self.forms.setOrientation(way)
            self.forms.setSizes([_MIDDLE_SHARE * 12, _RIGHT_SHARE * 12])

    def fit_screen(self) -> None:
        """Be no larger than the screen."""
        room = QGuiApplication.primaryScreen().availableSize()
        self.resize(self.size().boundedTo(room))
