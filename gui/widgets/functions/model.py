"""Functions as a Qt model: a function a row, and the filter in front of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import (
    QObject,
    QRegularExpression,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor

from gui.widgets.layout.member_model import SORT_ROLE, plain_tip
from gui.widgets.rows_model import LEFT, RIGHT, Head, Index, RowsModel
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.trace.function_table import FunctionRow
    from gui.theme import Role, ThemeManager

SHARE_ROLE = SORT_ROLE + 1
"""How much of the column's largest value a cell is, 0 to 1; nothing where it has no bar."""
TINT_ROLE = SORT_ROLE + 2
"""The colour of that bar."""


_ROLES = Qt.ItemDataRole


class Column(IntEnum):
    """The columns, by their number."""

    FUNCTION = 0
    TIME = 1
    SELF_TIME = 2
    CALLS = 3
    EVENTS = 4
    SELF_EVENTS = 5
    PEAK = 6
    SUBSYSTEM = 7


class _About(NamedTuple):
    """A column: its head, its tip, its text and the number it is about."""

    head: str
    tip: str
    text: Callable[[FunctionRow], str]
    key: Callable[[FunctionRow], Any]


_ABOUT = {
    Column.FUNCTION: _About(
        "Function",
        "Enter or a double click goes to its next call after the cursor",
        lambda row: row.function.name,
        lambda row: row.function.name.lower(),
    ),
    Column.TIME: _About(
        "Time",
        "Time while it was on the stack, simulated or recorded; recursion is counted once",
        lambda row: time_text(row.ns),
        lambda row: row.ns,
    ),
    Column.SELF_TIME: _About(
        "Self time",
        "Time in itself, simulated or recorded, without what it called",
        lambda row: time_text(row.self_ns),
        lambda row: row.self_ns,
    ),
    Column.CALLS: _About(
        "Calls",
        "Calls that overlap the range",
        lambda row: f"{row.calls:,}",
        lambda row: row.calls,
    ),
    Column.EVENTS: _About(
        "Events",
        "Events while it was on the stack; recursion is counted once",
        lambda row: f"{row.events:,}",
        lambda row: row.events,
    ),
    Column.SELF_EVENTS: _About(
        "Self events",
        "Its own events, without those of what it called",
        lambda row: f"{row.self_events:,}",
        lambda row: row.self_events,
    ),
    Column.PEAK: _About(
        "Peak stack",
        "The most stack bytes in use when it was called, its own frame included",
        lambda row: f"{row.peak_bytes:,} B" if row.peak_bytes else "–",
        lambda row: row.peak_bytes,
    ),
    Column.SUBSYSTEM: _About(
        "Subsystem",
        "The part of the kernel it belongs to",
        lambda row: row.function.subsystem,
        lambda row: row.function.subsystem,
    ),
}
_TEXTS = (Column.FUNCTION, Column.SUBSYSTEM)
_BARS = (Column.TIME, Column.SELF_TIME)


_HEADS = tuple(
    Head(_ABOUT[column].head, _ABOUT[column].tip, LEFT if column in _TEXTS else RIGHT)
    for column in Column
)


def head_of(column: Column) -> str:
    """Return a column's head."""
    return _ABOUT[column].head


def cell_text(row: FunctionRow, column: Column) -> str:
    """Return what a cell says, but for the subsystem, which the theme names."""
    return _ABOUT[column].text(row)


class FunctionModel(RowsModel):
    """Functions, a row each.

    Args:
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(themes, parent)
        self.rows: Sequence[FunctionRow] = ()
        self._largest: dict[Column, int] = {}

    def show_rows(self, rows: Sequence[FunctionRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self._largest = {
            column: max((_ABOUT[column].key(row) for row in rows), default=0) for column in _BARS
        }
        self.endResetModel()

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
            key = _ABOUT[column].key(row)
            # Qt compares numbers of one type only.
            return float(key) if isinstance(key, int) else key
        if role == _ROLES.ToolTipRole:
            return plain_tip(self.facts(row))
        if role == _ROLES.AccessibleTextRole:
            return f"{head_of(column)}: {self._shown(row, column)}"
        return self._look(row, column, role)

    def _role(self, row: FunctionRow) -> Role:
        return self._themes.theme.role(row.function.subsystem)

    def _shown(self, row: FunctionRow, column: Column) -> str:
        if column is Column.SUBSYSTEM:
            return f"{self._role(row).glyph}  {self._role(row).label}"
        return cell_text(row, column)

    def _look(self, row: FunctionRow, column: Column, role: int) -> Any:
        theme, metrics = self._themes.theme, self._themes.metrics
        if role == _ROLES.TextAlignmentRole:
            return _HEADS[column].side
        if role == _ROLES.FontRole:
            return metrics.ui() if column is Column.SUBSYSTEM else metrics.mono()
        if role == SHARE_ROLE and column in _BARS:
            return _ABOUT[column].key(row) / max(1, self._largest[column])
        if role == TINT_ROLE:
            return QColor(self._role(row).colour)
        if role == _ROLES.ForegroundRole:
            return QColor(self._role(row).ink if column is Column.SUBSYSTEM else theme.text)
        return None

    def facts(self, row: FunctionRow) -> str:
        """Return all there is to say about a function, a line each."""
        function = row.function
        lines = [
            f"{function.name} ({self._role(row).label})",
            f"{row.calls:,} calls, {time_text(row.ns)} with what it called, "
            f"{time_text(row.self_ns)} itself",
            f"{row.events:,} events with what it called, {row.self_events:,} its own",
            f"at most {row.peak_bytes:,} bytes of stack in use when called, "
            f"{function.stack_bytes:,} of them its own"
            + (" (its frame is inferred)" if function.inferred else ""),
        ]
        return "\n".join([*lines, function.source] if function.source else lines)

    def dress(self) -> None:
        """Take on the theme in force."""
        self._say_all_changed()


class FunctionFilter(QSortFilterProxyModel):
    """Which of the functions are shown, and in which order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(SORT_ROLE)
        self._text = ""
        self._pattern: QRegularExpression | None = None

    @property
    def pattern_is_plain(self) -> bool:
        """Whether what was typed is no regular expression and is looked for as it stands."""
        return bool(self._text) and self._pattern is None

    def look_for(self, text: str) -> None:
        """Show functions whose name or subsystem has a text, or matches it as an expression."""
        pattern = QRegularExpression(text, QRegularExpression.PatternOption.CaseInsensitiveOption)
        self._pattern = pattern if text and pattern.isValid() else None
        self._text = text.lower()
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, _parent: Index) -> bool:
        """Return whether a row is shown."""
        model = self.sourceModel()
        assert isinstance(model, FunctionModel)
        if not self._text:
            return True
        texts = (
            str(model.index(source_row, Column.FUNCTION).data()),
            str(model.index(source_row, Column.SUBSYSTEM).data()),
        )
        return any(self._matches(text) for text in texts)

    def _matches(self, text: str) -> bool:
        if self._text in text.lower():
            return True
        return self._pattern is not None and self._pattern.match(text).hasMatch()
