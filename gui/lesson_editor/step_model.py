"""The steps of the edited lesson as a list that can be dragged into another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from core.lesson.schema import Lesson, Step
    from gui.lesson_editor.document import EditedLesson

MIME = "application/x-ownerscope-lesson-step"
STEP, PROBLEM = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class StepModel(QAbstractListModel):
    """A row a step: number, title, where it is shown, and what is wrong with it.

    Args:
        edited: The lesson.
        parent: The Qt parent.
    """

    def __init__(self, edited: EditedLesson, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edited = edited
        self._steps: tuple[Step, ...] = edited.steps
        self._problems: dict[int, str] = {}
        edited.changed.connect(self._take)

    def set_problems(self, problems: Mapping[int, str]) -> None:
        """Say what is wrong with which steps (by index)."""
        changed = {
            row
            for row in {*self._problems, *problems}
            if self._problems.get(row) != problems.get(row)
        }
        self._problems = dict(problems)
        for row in changed:
            if row < len(self._steps):
                self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return how many steps there are."""
        return 0 if parent.isValid() else len(self._steps)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what is shown of a step."""
        if not index.isValid() or index.row() >= len(self._steps):
            return None
        step, problem = self._steps[index.row()], self._problems.get(index.row(), "")
        number, wrong = index.row() + 1, f". Problem: {problem}" if problem else ""
        told: dict[int, Any] = {
            Qt.ItemDataRole.DisplayRole: step.title,
            STEP: step,
            PROBLEM: problem,
            Qt.ItemDataRole.ToolTipRole: problem or subtitle(step),
            Qt.ItemDataRole.AccessibleTextRole: f"Step {number}: {step.title}. "
            f"{subtitle(step)}{wrong}",
        }
        return told.get(role)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """A step can be dragged, and dropped between others."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flag = Qt.ItemFlag
        return (
            flag.ItemIsSelectable
            | flag.ItemIsEnabled
            | flag.ItemIsDragEnabled
            | flag.ItemNeverHasChildren
        )

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802 - Qt's name
        """Steps are moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        """Return what a dragged step is."""
        return [MIME]

    def mimeData(self, indexes: Sequence[_Index]) -> QMimeData:  # noqa: N802 - Qt's name
        """Return the dragged step: its row, which means something here only."""
        data = QMimeData()
        rows = [index.row() for index in indexes]
        if rows:
            data.setData(MIME, str(rows[0]).encode("ascii"))
        return data

    def dropMimeData(  # noqa: N802 - Qt's name
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """Move the dragged step.

        Returns False always: to a view, True means that it has to take the row away itself.
        """
        if action != Qt.DropAction.MoveAction or not data.hasFormat(MIME):
            return False
        source = int(bytes(data.data(MIME).data()))
        before = row if row >= 0 else len(self._steps)
        if row < 0 and parent.isValid():
            before = parent.row()
        self._edited.move(source, before - 1 if before > source else before)
        return False

    def _take(self, _before: Lesson) -> None:
        """Tell views which rows came, went and changed: those between what stayed at both ends."""
        old, new = self._steps, self._edited.steps
        least = min(len(old), len(new))
        head = next((at for at in range(least) if old[at] is not new[at]), least)
        left = least - head
        tail = next((at for at in range(left) if old[-1 - at] is not new[-1 - at]), left)
        gone, came = len(old) - head - tail, len(new) - head - tail
        # Problems are told by rows, and rows have moved.
        self._problems = {row: text for row, text in self._problems.items() if row < head}
        if gone > came:
            self.beginRemoveRows(_ROOT, head + came, head + gone - 1)
            self._steps = new
            self.endRemoveRows()
        elif came > gone:
            self.beginInsertRows(_ROOT, head + gone, head + came - 1)
            self._steps = new
            self.endInsertRows()
        self._steps = new
        if head < len(new):
            self.dataChanged.emit(self.index(head), self.index(len(new) - 1))


def subtitle(step: Step) -> str:
    """Return where a step is shown, in a few words."""
    parts = [step.workspace.capitalize()]
    if step.workspace == "recordings":
        parts += [Path(step.recording).name, step.view]
    elif step.workspace == "layout":
        parts += [step.layout, step.field]
    else:
        played = step.scenario or Path(step.recording).name
        parts += [played, ", ".join(step.lanes) or step.guard, step.position]
    asked = len(step.questions)
    if asked:
        parts.append(f"{asked} question{'s' * (asked != 1)}")
    return " · ".join(part for part in parts if part)


def run_words(step: ResolvedStep) -> str:
    """Return what a step plays, opens or compares, in a few lines."""
    lines = [step.workspace.capitalize()]
    if step.shows_recording:
        return f"{lines[0]}: {Path(step.recording).name or 'no recording'}"
    if step.workspace == "layout":
        field = f", with {step.field}{f' at {step.place}' if step.place else ''}"
        return f"{lines[0]}: {step.layout or 'no kernel'}{field if step.field else ''}"
    said = step.overrides
    changes = {
        "guard": said.guard, "depth": said.max_depth, "Linux": said.kernel, "": said.arch,
        "layout": said.layout, "word": said.word, **step.settings,
    }  # fmt: skip
    told = [f"{name} {value}".strip() for name, value in changes.items() if value is not None]
    if step.workspace == "compare":
        told.append("lanes " + ", ".join(lane.guard or "as it is" for lane in step.lanes))
    run = f"{lines[0]}: {step.scenario or 'no scenario'}"
    return "\n".join([run, ", ".join(told)] if told else [run])
