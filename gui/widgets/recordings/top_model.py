"""The heaviest of a recording as a Qt model: functions, stacks, or the values of a dimension."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Qt

from gui.widgets.recordings.words import share_text, weight_name, weight_text
from gui.widgets.rows_model import RIGHT, Head, Index, RowsModel

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from core.recording.questions.query import Group
    from gui.theme import ThemeManager

MOST_ROWS = 5_000
"""A longer table nobody reads; the filter narrows it down."""
_ROLES = Qt.ItemDataRole
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""
_NONE = "(none)"
_MOST_SHOWN = 12
_TIP_FRAMES = 40

TITLES = {
    "function": "Function",
    "stack": "Stack",
    "comm": "Command",
    "pid": "Process",
    "tgid": "Thread group",
    "gfp": "GFP flags",
    "order": "Order",
    "memcg": "Control group",
    "module": "Module",
    "subsystem": "Subsystem",
    "type": "Migrate type",
    "special": "Special records",
    "innermost": "Innermost function",
    "root": "Root function",
    "cpu": "CPU",
    "event": "Event",
}
"""What groups are called; others by their own name."""


def title_of(by: str) -> str:
    """Return what a grouping is called."""
    return TITLES.get(by, by)


class _Column(NamedTuple):
    """A column of numbers: its head, the weight it shows, and of what."""

    head: str
    weight: str
    kind: str


class TopModel(RowsModel):
    """Groups of records, a row each.

    Args:
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(themes, parent)
        self.by = "function"
        self.groups: Sequence[Group] = ()
        self.known = 0
        self._heaviest: Sequence[Group] = ()
        self._columns: tuple[_Column, ...] = ()
        self._said: tuple[Head, ...] = (Head(title_of(self.by)),)
        self._total = 0
        self._weight = ""

    def show_profile(self, profile: StackProfile | None, by: str, weight: str) -> None:
        """Show the records of a profile in groups, none where it is None."""
        from core.recording.questions.query import Grouped

        self.beginResetModel()
        self.by, self._weight = by, weight
        self._heaviest, self.known, self._columns = (), 0, ()
        if profile is not None:
            grouped = Grouped(profile, by, weight)
            self._heaviest = list(islice(grouped.top(MOST_ROWS), MOST_ROWS))
            self.known, self._total = len(grouped), grouped.total
            own = [_Column("Own", weight, "own")] if by == "function" else []
            others = [
                _Column(weight_name(each, profile), each, "weights")
                for each in profile.weights
                if each != weight
            ]
            self._columns = (
                _Column(weight_name(weight, profile), weight, "weights"),
                _Column("Share", weight, "share"),
                *own,
                *others,
            )
        numbers = (Head(column.head, side=RIGHT) for column in self._columns)
        self._said = (Head(title_of(by)), *numbers)
        self.groups = self._heaviest
        self.endResetModel()

    def _length(self) -> int:
        return len(self.groups)

    def _heads(self) -> Sequence[Head]:
        return self._said

    def data(self, index: Index, role: int = _ROLES.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        group, at = self.groups[index.row()], index.column()
        if role == _ROLES.DisplayRole:
            return self.name(group) if not at else self._text(group, self._columns[at - 1])
        if role == _ROLES.ToolTipRole and not at:
            return self.tip(group)
        if role == _ROLES.TextAlignmentRole and at:
            return RIGHT
        if role == _ROLES.FontRole:
            return self._themes.metrics.mono()
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows; -1 goes back to the heaviest first."""
        self.layoutAboutToBeChanged.emit()
        falling = order is Qt.SortOrder.DescendingOrder
        if column < 0:
            self.groups = self._heaviest
        elif column == 0:
            self.groups = sorted(self._heaviest, key=lambda g: _natural(g.value), reverse=falling)
        elif column <= len(self._columns):
            said = self._columns[column - 1]
            key = self._number
            self.groups = sorted(self._heaviest, key=lambda g: key(g, said), reverse=falling)
        self.layoutChanged.emit()

    def name(self, group: Group) -> str:
        """Return what a row is called; a stack by its innermost functions."""
        if self.by != "stack":
            return group.value or _NONE
        names = group.value.split(";")[::-1]
        more = " …" if len(names) > _MOST_SHOWN else ""
        return " ← ".join(names[:_MOST_SHOWN]) + more if group.value else _NONE

    def numbers(self, column: int, most: int) -> set[str]:
        """Return what the first rows say in a column of numbers, as ``data`` does, but at once."""
        said = self._columns[column - 1]
        return {self._text(group, said) for group in self.groups[:most]}

    def tip(self, group: Group) -> str:
        """Return a stack line by line, innermost first; else the name."""
        if self.by != "stack":
            return group.value
        names = group.value.split(";")[::-1]
        more = [f"… {len(names) - _TIP_FRAMES} more"] if len(names) > _TIP_FRAMES else []
        return "\n".join(names[:_TIP_FRAMES] + more)

    def _number(self, group: Group, column: _Column) -> int:
        return (group.own if column.kind == "own" else group.weights)[column.weight]

    def _text(self, group: Group, column: _Column) -> str:
        number = self._number(group, column)
        if column.kind == "share":
            return share_text(number / self._total) if self._total else "–"
        return weight_text(number, column.weight)

    # -- to keep --------------------------------------------------------------------------

    def markdown(self, about: str) -> str:
        """Return the rows as they are shown, as a table in Markdown under a line about them."""
        heads = [self.headerData(at, Qt.Orientation.Horizontal) for at in range(self.columnCount())]
        lines = [about, "", f"| {' | '.join(heads)} |", "|---|" + "---:|" * len(self._columns)]
        for group in self.groups:
            value = (group.value or _NONE).replace("|", "\\|").replace("`", "'")
            cells = [f"`{value}`", *(self._text(group, each) for each in self._columns)]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"

    def csv(self) -> str:
        """Return the rows as they are shown as CSV, with plain numbers."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        kept = [each for each in self._columns if each.kind != "share"]
        heads = [f"own_{each.weight}" if each.kind == "own" else each.weight for each in kept]
        writer.writerow([self.by, *heads])
        for group in self.groups:
            value = f"'{group.value}" if group.value.startswith(_FORMULA) else group.value
            writer.writerow([value, *(self._number(group, each) for each in kept)])
        return buffer.getvalue()


def _natural(value: str) -> tuple[int, int, str]:
    """Return a key that sorts numbers as numbers, before all else."""
    if value.isdecimal() and value.isascii():
        return 0, int(value), ""
    return 1, 0, value.lower()
