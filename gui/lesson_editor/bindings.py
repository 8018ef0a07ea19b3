"""Making lessons in a window: new ones, changed ones, steps recorded, handouts exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFileDialog

from core.errors import OwnerscopeError
from gui.handout.job import HandoutJob, HandoutProgress
from gui.widgets.ask import ask_where

if TYPE_CHECKING:
    from core.lesson.schema import Lesson, Step
    from gui.compare_session import CompareSession
    from gui.lesson_bindings import LessonParts
    from gui.lesson_editor.document import EditedLesson
    from gui.lesson_editor.editor import LessonEditor
    from gui.window import MainWindow

LESSONS = "lessons"
"""The workspace in which one chooses a lesson; it shows no run."""
HANDOUTS = "Page (*.html);;Paper (*.pdf)"
OPENS = "Lessons (*.toml);;Everything (*)"


class LessonEditing(QObject):
    """The editor of a window, made when it is first wanted, and handouts.

    Args:
        parts: What lessons are made of in the window.
        comparison: The Compare workspace's session.

    Attributes:
        editor: The editor, None where none is open.
        job: The handout under way.
    """

    def __init__(self, parts: LessonParts, comparison: CompareSession) -> None:
        super().__init__(parts)
        self._parts, self.comparison, self._window = parts, comparison, parts.window
        self.editor: LessonEditor | None = None
        self.job = HandoutJob(self)
        # Where handouts are asked for: that is where it is said what came of them.
        self._host: MainWindow | LessonEditor = self._window
        self._progress: HandoutProgress | None = None
        self._before = "live"
        self.job.failed.connect(self._handout_failed)
        self.job.finished.connect(self._handout_written)
        self._window.installEventFilter(self)
        connect = self._window.registry.connect
        connect("lesson.new", self.new)
        connect("lesson.edit", self.edit)
        connect("lesson.open", self.open)
        connect("lesson.record", self.record)
        connect("lesson.handout", self.export_chosen)
        self._window.workspace_shown.connect(self._remember)
        parts.chosen_changed.connect(self._enable)
        self._enable()

    def _enable(self) -> None:
        for command in ("lesson.edit", "lesson.handout"):
            self._window.registry.set_enabled(command, self._parts.chosen is not None)

    # -- the editor -----------------------------------------------------------------------

    def new(self) -> None:
        """Begin a lesson with what is in view as its first step."""
        from gui.lesson_editor.document import EditedLesson, new_lesson

        step = self._taken()
        if step is not None and self._may_replace():
            self._show(EditedLesson(new_lesson(step)))

    def edit(self) -> None:
        """Edit the lesson that is looked at; one that the program ships as a copy."""
        from gui.lesson_editor.document import EditedLesson

        chosen = self._parts.chosen
        if chosen is not None and self._may_replace():
            self._show(EditedLesson.of(chosen))
            if self.editor is not None and self.editor.edited.path is None:
                self.editor.messages.info("This is a copy: the lesson that came along stays.")

    def open(self) -> None:
        """Ask for a lesson's file and look at it."""
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open a lesson", "", OPENS)
        if chosen:
            self._parts.open_file(Path(chosen))

    def record(self) -> None:
        """Put what is in view behind the step in hand, or begin a lesson with it."""
        if self.editor is None:
            self.new()
        elif self.editor.record():
            count = len(self.editor.edited.steps)
            self._window.messages.ok(
                f"Recorded as step {self.editor.edited.current + 1} of {count}"
            )

    def _taken(self) -> Step | None:
        try:
            return self.take()
        except OwnerscopeError as error:
            self._window.messages.error(error)
            return None

    def take(self) -> Step:
        """Return what is in view as a step.

        Raises:
            LessonError: A lesson could not show it again.
        """
        from gui.lesson_editor.record import record

        folder = self.editor.edited.folder if self.editor is not None else None
        return record(self._parts.controller, self.comparison, self._looked_at(), folder)

    def _looked_at(self) -> str:
        """The workspace in front; from Lessons, where one works with the editor, the one before."""
        return self._before

    def _remember(self, workspace: str) -> None:
        if workspace != LESSONS:
            self._before = workspace

    def _may_replace(self) -> bool:
        """Whether another lesson can be edited; else the open one asks about its changes."""
        editor = self.editor
        if editor is None:
            return True
        # It goes by itself where there is nothing to lose.
        return editor.close()

    def _show(self, edited: EditedLesson) -> None:
        from gui.lesson_editor.editor import LessonEditor

        editor = self.editor = LessonEditor(edited, self._window.themes, self.take, self._window)
        editor.closed.connect(self._gone)
        editor.preview_wanted.connect(self._preview)
        editor.handout_wanted.connect(lambda: self.export(edited.lesson, editor, edited.folder))
        editor.saved.connect(self._saved)
        editor.fit_screen()
        editor.show()

    def _saved(self, path: Path) -> None:
        """Show the lesson in Lessons as it is now; what is in front stays in front."""
        if self._parts.choose(str(path)):
            self._parts.remember(path)

    def _gone(self) -> None:
        editor, self.editor = self.editor, None
        if editor is None:
            return
        if self._host is editor:
            self.job.cancel()
            self._host, self._progress = self._window, None
        editor.deleteLater()

    def _preview(self, index: int) -> None:
        """Show a step in the program, as a lesson that runs."""
        from core.lesson.loader import LessonText, lesson_text

        editor = self.editor
        if editor is None:
            return
        lesson = editor.edited.lesson
        path = editor.edited.path
        where = str(path) if path is not None else lesson.title
        try:
            self._parts.session.open(LessonText(where, lesson_text(lesson), lesson), index)
        except OwnerscopeError as error:
            editor.messages.error(error)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the window open while the editor has something to lose."""
        if watched is not self._window or event.type() != QEvent.Type.Close:
            return False
        editor = self.editor
        if editor is None or editor.close():
            return False
        event.ignore()
        return True

    # -- handouts -------------------------------------------------------------------------

    def export_chosen(self) -> None:
        """Export the lesson that is looked at."""
        if self._parts.chosen is not None:
            chosen = self._parts.chosen
            self.export(chosen.lesson, self._window, chosen.folder)

    def export(
        self, lesson: Lesson, host: MainWindow | LessonEditor, folder: Path | None = None
    ) -> None:
        """Ask for a file and write the lesson's handout to it.

        Args:
            lesson: The lesson.
            host: Where it was asked for.
            folder: Where the lesson's file is.
        """
        path = ask_where(host, "Export handout", f"{lesson.name}.html", HANDOUTS)
        if path is not None:
            self.export_to(lesson, path, host, folder)

    def _handout_written(self, path: Path) -> None:
        self._host.messages.ok(f"Written: {path}")

    def _handout_failed(self, sentence: str) -> None:
        self._host.messages.error(sentence)

    def export_to(
        self,
        lesson: Lesson,
        path: Path,
        host: MainWindow | LessonEditor,
        folder: Path | None = None,
    ) -> None:
        """Write a lesson's handout to a file."""
        self.job.cancel()
        if self._progress is None or host is not self._host:
            centre = self._window.centralWidget()
            over = centre if host is self._window else host
            self._progress = HandoutProgress(self.job, self._window.themes, over or host)
        self._host = host
        self.job.start(lesson, path, folder=folder)


def add_lesson_editing(parts: LessonParts, comparison: CompareSession) -> LessonEditing:
    """Offer the editor and handouts in a window.

    Args:
        parts: What lessons are made of in the window.
        comparison: The Compare workspace's session.
    """
    return LessonEditing(parts, comparison)
