"""A survey of kernels as a Qt model: a kernel a row, a storage a column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from core.layout.field import GUARD_FIELDS
from gui.geometry.columns import STORAGES, growth_text, interval_text
from gui.widgets.layout.member_model import SORT_ROLE, plain_tip
from gui.widgets.rows_model import LEFT, RIGHT, Head, Index, RowsModel

if TYPE_CHECKING:
    from core.layout.survey import FieldCost, SurveyRow
    from gui.theme import Role, Theme, ThemeManager


_ROLES = Qt.ItemDataRole
_LEVELS = ("ok", "warning", "danger")
"""Outcomes of the theme, by how much a field costs."""


class Column(IntEnum):
    """The columns, by their number."""

    KERNEL = 0
    UINT = 1
    BIT1 = 2
    BIT2 = 3
    BYTES = 4
    LEFT = 5
    OBJECTS = 6
    SIZEOF = 7
    HOLES = 8
    ARCH = 9

    @property
    def field(self) -> str:
        """The storage that the column is about; empty for the others."""
        at = self - Column.UINT
        return GUARD_FIELDS[at] if 0 <= at < len(GUARD_FIELDS) else ""


class _About(NamedTuple):
    """A column: its head, its tip, its text and what it is sorted by."""

    head: str
    tip: str
    text: Callable[[SurveyRow], str]
    key: Callable[[SurveyRow], Any]


_ABOUT = {
    Column.KERNEL: _About(
        "Kernel",
        "Enter or a double click opens it",
        lambda row: row.label,
        lambda row: row.label.lower(),
    ),
    Column.ARCH: _About("Arch", "Architecture", lambda row: row.arch, lambda row: row.arch),
    Column.SIZEOF: _About(
        "sizeof",
        "Size of task_struct in bytes",
        lambda row: f"{row.sizeof:,}",
        lambda row: row.sizeof,
    ),
    Column.HOLES: _About(
        "Holes",
        "Holes between members, and the bytes in them",
        lambda row: f"{row.holes} ({row.sum_holes:,} B)",
        lambda row: row.sum_holes,
    ),
    Column.OBJECTS: _About(
        "Per slab",
        "How many tasks share a slab",
        lambda row: f"{row.objects}",
        lambda row: row.objects,
    ),
    Column.BYTES: _About(
        "Bytes a task",
        "What a task costs, its share of the slab's waste included",
        lambda row: f"{row.bytes_per_task:,}",
        lambda row: row.bytes_per_task,
    ),
    Column.LEFT: _About(
        "Slab room",
        "What an object can still grow before a slab holds one fewer",
        lambda row: f"{row.growth_left:,}",
        lambda row: row.growth_left,
    ),
}


def level(row: SurveyRow, cost: FieldCost) -> str:
    """Return how much a field costs: ``ok``, ``warning`` (it may grow) or ``danger`` (it is paid).

    Args:
        row: The kernel.
        cost: The field in it.
    """
    if cost.growth is None:
        return "warning"
    if cost.bytes_per_task > row.bytes_per_task:
        return "danger"
    return "warning" if cost.growth.max > 0 else "ok"


def cost_text(row: SurveyRow, cost: FieldCost) -> str:
    """Return what a cell about a field says, without its sign."""
    if cost.growth is None:
        return "no answer"
    growth = cost.growth
    text = f"{growth.best:+,}" if growth.best else "0"
    if not growth.exact:
        text = f"{growth.min:,} to {growth.max:,}, likely {growth.best:,}"
    more = cost.bytes_per_task - row.bytes_per_task
    return f"{text}, {more:+,} a task" if more else text


def cost_tip(row: SurveyRow, cost: FieldCost) -> str:
    """Return what there is to say about a field in a kernel, as lines."""
    name = STORAGES.get(cost.field, cost.field)
    if cost.growth is None or cost.sizeof_after is None:
        return f"{name}: {cost.problem}"
    lines = [
        f"{name}: {growth_text(cost.growth)}",
        f"sizeof {interval_text(cost.sizeof_after)}",
        f"{row.bytes_per_task:,} bytes a task now, then {cost.bytes_per_task:,}",
        f"{row.objects} objects a slab now, then {cost.objects}",
    ]
    if cost.at_most_per_task > cost.bytes_per_task:
        lines.append(f"{cost.at_most_per_task:,} bytes a task at most")
    return "\n".join(lines)


class SurveyModel(RowsModel):
    """Kernels, a row each; more are put in as they are read.

    Args:
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(themes, parent)
        self.rows: list[SurveyRow] = []

    def put(self, row: SurveyRow, order: Sequence[str] = ()) -> None:
        """Put a kernel in; one of the same name is replaced.

        Args:
            row: The kernel.
            order: Names in the order that the rows shall have; others come last.
        """
        for at, old in enumerate(self.rows):
            if old.name == row.name:
                self.rows[at] = row
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(Column) - 1))
                return
        places = {name: place for place, name in enumerate(order)}
        mine = places.get(row.name, len(places))
        later = (at for at, old in enumerate(self.rows) if places.get(old.name, mine) > mine)
        at = next(later, len(self.rows))
        self.beginInsertRows(QModelIndex(), at, at)
        self.rows.insert(at, row)
        self.endInsertRows()

    def _length(self) -> int:
        return len(self.rows)

    def _heads(self) -> Sequence[Head]:
        return _HEADS

    def data(self, index: Index, role: int = _ROLES.DisplayRole) -> Any:
        """Return what a cell says, or how it looks."""
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row, column = self.rows[index.row()], Column(index.column())
        if role == _ROLES.DisplayRole:
            return self._shown(row, column)
        if role == SORT_ROLE:
            return _key(row, column)
        if role == _ROLES.ToolTipRole:
            return plain_tip(_tip(row, column))
        if role == _ROLES.AccessibleTextRole:
            return f"{head_of(column)}: {_tip(row, column)}".replace("\n", ", ")
        return self._look(row, column, role)

    def _shown(self, row: SurveyRow, column: Column) -> str:
        if row.problem:
            sign = self._themes.theme.danger.glyph
            return f"{sign} {row.problem}" if column is Column.KERNEL else ""
        cost = row.cost(column.field) if column.field else None
        if cost is not None:
            return f"{self._role(row, cost).glyph} {cost_text(row, cost)}"
        about = _ABOUT.get(column)
        return about.text(row) if about else ""

    def _role(self, row: SurveyRow, cost: FieldCost) -> Role:
        return _outcome(self._themes.theme, level(row, cost))

    def _look(self, row: SurveyRow, column: Column, role: int) -> Any:
        theme, metrics = self._themes.theme, self._themes.metrics
        if role == _ROLES.TextAlignmentRole:
            return _HEADS[column].side
        if role == _ROLES.FontRole:
            return metrics.ui() if column in (Column.KERNEL, Column.ARCH) else metrics.mono()
        cost = row.cost(column.field) if column.field else None
        if role == _ROLES.BackgroundRole and cost is not None:
            return QColor(self._role(row, cost).soft)
        if role == _ROLES.ForegroundRole:
            if row.problem:
                return QColor(theme.danger.ink)
            return QColor(self._role(row, cost).ink if cost is not None else theme.text)
        return None

    def dress(self) -> None:
        """Take on the theme in force."""
        self._say_all_changed()


def head_of(column: Column) -> str:
    """Return a column's head."""
    return STORAGES[column.field] if column.field else _ABOUT[column].head


def _head(column: Column) -> Head:
    about = _ABOUT.get(column)
    tip = about.tip if about else "What sizeof gains with it, and what that costs a task"
    left = column in (Column.KERNEL, Column.ARCH) or bool(column.field)
    return Head(head_of(column), tip, LEFT if left else RIGHT)


_HEADS = tuple(map(_head, Column))


def _outcome(theme: Theme, name: str) -> Role:
    role: Role = getattr(theme, name)
    return role


def _key(row: SurveyRow, column: Column) -> Any:
    """Return what a cell is sorted by: numbers as numbers, kernels without an answer first."""
    if column in (Column.KERNEL, Column.ARCH):
        return _ABOUT[column].key(row)
    cost = row.cost(column.field) if column.field else None
    # Qt compares numbers of one type only, and sorts no tuples.
    if cost is None:
        about = _ABOUT.get(column)
        return float(about.key(row)) if about and not row.problem else -1.0
    if cost.growth is None:
        return -1.0
    # What it costs a task first, then what sizeof gains.
    more = cost.bytes_per_task - row.bytes_per_task
    return more * 1e9 + cost.growth.best * 1e4 + cost.growth.max


def _tip(row: SurveyRow, column: Column) -> str:
    if row.problem:
        return row.problem
    cost = row.cost(column.field) if column.field else None
    if cost is not None:
        return cost_tip(row, cost)
    if column is Column.KERNEL:
        return "\n".join(part for part in (row.label, row.kernel, row.name) if part)
    about = _ABOUT.get(column)
    return about.text(row) if about else ""
