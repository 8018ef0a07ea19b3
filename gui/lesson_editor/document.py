"""The lesson that is edited: every change can be undone, and nothing that was saved is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.errors import LessonError
from core.lesson import loader
from core.lesson.recorded import named, placed
from core.lesson.schema import Lesson, Step

if TYPE_CHECKING:
    from core.lesson.loader import LessonText

_COPY = " (copy)"
_MOST_TITLE = 80
_NO_MERGE = -1


def new_lesson(*steps: Step, title: str = "New lesson") -> Lesson:
    """Return a lesson of some steps."""
    return Lesson(schema=1, name=name_of(title), title=title, steps=steps)


def name_of(text: str) -> str:
    """Return the short name that a title or the name of a file stands for."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "lesson"


class EditedLesson(QObject):
    """A lesson with the step in hand, and every change undoable.

    Attributes:
        undo: The changes; it is clean where the file has just this lesson.
        path: The file; None as long as there is none, as for a copy of a bundled lesson.

    Signals:
        changed: The lesson is another one: carries the one before.
        current_changed: Another step is in hand (its index).
        path_changed: It is kept in another file.
    """

    changed = Signal(object)
    current_changed = Signal(int)
    path_changed = Signal()

    def __init__(
        self, lesson: Lesson, path: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.lesson, self.path, self.current = lesson, path, 0
        self.undo = QUndoStack(self)
        self._never_saved = path is None
        self._merges: dict[str, int] = {}

    @classmethod
    def of(cls, text: LessonText, parent: QObject | None = None) -> EditedLesson:
        """Return an opened lesson to edit; one that the program ships is edited as a copy."""
        if text.where not in loader.bundled():
            return cls(text.lesson, Path(text.where), parent)
        title = text.lesson.title[: _MOST_TITLE - len(_COPY)] + _COPY
        copied = msgspec.structs.replace(
            text.lesson, title=title, name=name_of(f"{text.lesson.name}-copy")
        )
        return cls(copied, None, parent)

    # -- what it is -----------------------------------------------------------------------

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps."""
        return self.lesson.steps

    @property
    def folder(self) -> Path | None:
        """Where its file is, None as long as there is none."""
        return self.path.absolute().parent if self.path is not None else None

    @property
    def step(self) -> Step | None:
        """The step in hand."""
        return self.steps[self.current] if self.current < len(self.steps) else None

    @property
    def unsaved(self) -> bool:
        """Whether there is something that closing would lose."""
        return not self.undo.isClean()

    def select(self, index: int) -> None:
        """Take a step in hand."""
        index = max(0, min(index, len(self.steps) - 1))
        if index != self.current:
            self.current = index
            self.current_changed.emit(index)

    # -- changes --------------------------------------------------------------------------

    def set_lesson(self, **changes: Any) -> None:
        """Change what is said of the whole lesson; typing in one field is one change."""
        what = ", ".join(changes)
        changed = msgspec.structs.replace(self.lesson, **changes)
        self._push(f"change the {what}", changed, self.current, f"lesson:{what}")

    def set_step(self, **changes: Any) -> None:
        """Change the step in hand; typing in one field is one change."""
        if self.step is None:
            return
        changed = msgspec.structs.replace(self.step, **changes)
        what = ", ".join(changes)
        steps = (*self.steps[: self.current], changed, *self.steps[self.current + 1 :])
        self._put(f"change the {what}", steps, self.current, f"step:{self.current}:{what}")

    def add(self, step: Step, at: int | None = None) -> None:
        """Put a step behind the one in hand, or at an index, and take it in hand."""
        index = self.current + 1 if at is None else at
        index = max(0, min(index, len(self.steps)))
        self._put("add a step", (*self.steps[:index], step, *self.steps[index:]), index)

    def duplicate(self) -> None:
        """Put a copy of the step in hand behind it."""
        if self.step is not None:
            index = self.current + 1
            steps = (*self.steps[:index], self.step, *self.steps[index:])
            self._put("duplicate the step", steps, index)

    def remove(self) -> bool:
        """Remove the step in hand; a lesson keeps one at least."""
        if len(self.steps) < 2:
            return False
        steps = (*self.steps[: self.current], *self.steps[self.current + 1 :])
        self._put("remove the step", steps, min(self.current, len(steps) - 1))
        return True

    def move(self, source: int, to: int) -> bool:
        """Move a step so that it has the index ``to`` afterwards, and take it in hand."""
        steps = list(self.steps)
        if not (0 <= source < len(steps) and 0 <= to < len(steps)) or source == to:
            return False
        steps.insert(to, steps.pop(source))
        self._put("move the step", tuple(steps), to)
        return True

    def end_typing(self) -> None:
        """Let what is typed from now on be a change of its own."""
        self._merges.clear()

    def _put(self, text: str, steps: tuple[Step, ...], current: int, merge: str = "") -> None:
        self._push(text, msgspec.structs.replace(self.lesson, steps=steps), current, merge)

    def _push(self, text: str, lesson: Lesson, current: int, merge: str = "") -> None:
        if lesson == self.lesson:
            return
        if merge not in self._merges:
            # Another kind of change ends the typing in the field before.
            self._merges = {merge: self.undo.index() + 1} if merge else {}
        number = self._merges.get(merge, _NO_MERGE)
        before, after = (self.lesson, self.current), (lesson, current)
        self.undo.push(_Change(text, before, after, number, self._show))

    def _show(self, lesson: Lesson, current: int) -> None:
        before, self.lesson = self.lesson, lesson
        moved, self.current = current != self.current, current
        self.changed.emit(before)
        if moved:
            self.current_changed.emit(current)

    # -- the file -------------------------------------------------------------------------

    def save(self, path: Path | None = None) -> None:
        """Write the lesson to its file, or to another one that is its file from then on.

        Raises:
            LessonError: It cannot be written, or could not be opened again; what was there stays.
        """
        target = path or self.path
        if target is None:
            raise LessonError("this lesson has no file yet", advice="save it as a file")
        before = lesson = self.lesson
        if target != self.path:
            steps = tuple(_carried(step, self.folder, target.parent) for step in lesson.steps)
            lesson = msgspec.structs.replace(lesson, name=name_of(target.stem), steps=steps)
        # What cannot be read again is not to take the place of what can.
        loader.parse(loader.lesson_text(lesson), where=str(target))
        loader.save(target, lesson)
        self.lesson = lesson
        self.path = target
        self._merges.clear()
        self.undo.setClean()
        self.path_changed.emit()
        if lesson.steps != before.steps:
            self.changed.emit(before)


def _carried(step: Step, before: Path | None, now: Path) -> Step:
    """Return a step that finds its recording from the folder its lesson is written to."""
    where = placed(step.recording, before)
    if not Path(where).is_absolute():
        return step
    return msgspec.structs.replace(step, recording=named(Path(where), now))


class _Change(QUndoCommand):
    """From one lesson to another; changes of one field in a row are one."""

    def __init__(
        self,
        text: str,
        before: tuple[Lesson, int],
        after: tuple[Lesson, int],
        number: int,
        show: Callable[[Lesson, int], None],
    ) -> None:
        super().__init__(text)
        self._before, self._after, self._number, self._show = before, after, number, show

    def id(self) -> int:
        """Return which changes are one with this."""
        return self._number

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        """Take a later change of the same field in."""
        if not isinstance(other, _Change) or self._number == _NO_MERGE:
            return False
        self._after = other._after
        return True

    def undo(self) -> None:
        """Show the lesson before."""
        self._show(*self._before)

    def redo(self) -> None:
        """Show the lesson after."""
        self._show(*self._after)
