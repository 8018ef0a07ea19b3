"""The members of a struct as a Qt model, and the filter in front of it."""

from __future__ import annotations

import html
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

from gui.widgets.layout.member_rows import Row, RowKind
from gui.widgets.rows_model import LEFT, RIGHT, Head, Index, RowsModel

if TYPE_CHECKING:
    from gui.theme import ThemeManager

SORT_ROLE = Qt.ItemDataRole.UserRole
"""What a column is sorted by: numbers as numbers."""
POINTED_ROLE = SORT_ROLE + 1
"""Whether a lesson points at the row."""

_ROLES = Qt.ItemDataRole
_MOST_TEXT = 400
"""Longer types than this nobody reads; a damaged file may have a megabyte of one."""


class Column(IntEnum):
    """The columns, by their number."""

    OFFSET = 0
    SIZE = 1
    NAME = 2
    TYPE = 3
    LINE = 4
    ALIGN = 5
    GAP = 6
    MOVES = 7


class _About(NamedTuple):
    """A column: its head, its tip, its text and what it is sorted by."""

    head: str
    tip: str
    text: Callable[[Row, int], str]
    key: Callable[[Row, int], Any]


_ABOUT = {
    Column.OFFSET: _About(
        "Offset",
        "Byte from the start of the struct; of a bitfield its storage unit and the bit in it",
        lambda row, _line: row.offset_text,
        lambda row, _line: row.offset_bits,
    ),
    Column.SIZE: _About(
        "Size",
        "In bytes; of a bitfield in bits",
        lambda row, _line: row.size_text,
        lambda row, _line: row.size_bits,
    ),
    Column.NAME: _About(
        "Member",
        "In order of declaration; what anonymous structs and unions hold is indented",
        lambda row, _line: "  " * row.depth + row.title,
        lambda row, _line: row.title.lower(),
    ),
    Column.TYPE: _About(
        "Type",
        "As a cast would have it; Enter opens a struct",
        lambda row, _line: row.type_name[:_MOST_TEXT],
        lambda row, _line: row.type_name.lower()[:_MOST_TEXT],
    ),
    Column.LINE: _About(
        "Line",
        "The cache lines it touches, from 0",
        lambda row, line_bytes: row.line_text(line_bytes),
        lambda row, line_bytes: row.lines(line_bytes)[0],
    ),
    Column.ALIGN: _About(
        "Align",
        "Alignment in bytes; ≥ where the source tells only the least it can be",
        lambda row, _line: row.align_text,
        lambda row, _line: row.align_bytes,
    ),
    Column.GAP: _About(
        "Hole after",
        "What is unused between it and what comes next",
        lambda row, _line: row.gap_text,
        lambda row, _line: row.gap_bits,
    ),
    Column.MOVES: _About(
        "Moves",
        "Where it stands with the new field in",
        lambda row, _line: row.move_text.removeprefix(f"{row.offset_text} "),
        lambda row, _line: row.moved_to_bits - row.offset_bits if row.moved_to_bits >= 0 else -1,
    ),
}
_RIGHT = frozenset((Column.OFFSET, Column.SIZE, Column.LINE, Column.ALIGN))


_HEADS = tuple(
    Head(_ABOUT[column].head, _ABOUT[column].tip, RIGHT if column in _RIGHT else LEFT)
    for column in Column
)


def cell_text(row: Row, column: Column, line_bytes: int) -> str:
    """Return what a cell says."""
    return _ABOUT[column].text(row, line_bytes)


def heads() -> tuple[str, ...]:
    """Return the heads of the columns."""
    return tuple(head.text for head in _HEADS)


def plain_tip(text: str) -> str:
    """Return a tool tip that shows a text from a file as it is, whatever tags it has in it."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>")


class MemberModel(RowsModel):
    """Members, gaps and the new field, a row each.

    Args:
        themes: The theme in force.
        parent: The Qt parent.

    Attributes:
        pointed: The rows that a lesson points at, in its order.
    """

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(themes, parent)
        self.rows: tuple[Row, ...] = ()
        self.line_bytes = 64
        self._by_name: dict[str, int] = {}
        self._names: tuple[str, ...] = ()
        self.pointed: tuple[int, ...] = ()

    def show_rows(self, rows: tuple[Row, ...], line_bytes: int) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows, self.line_bytes = rows, line_bytes
        self._by_name = {}
        for at, row in enumerate(rows):
            if row.name:
                # The new field before a member of the same name: it is what one looks for.
                if row.kind is RowKind.CANDIDATE:
                    self._by_name[row.name] = at
                self._by_name.setdefault(row.name, at)
        self._find_pointed()
        self.endResetModel()

    def point(self, names: tuple[str, ...]) -> None:
        """Point at these members, as far as they are there, and at no others."""
        before, self._names = self.pointed, names
        self._find_pointed()
        for row in {*before, *self.pointed}:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    def _find_pointed(self) -> None:
        found = (self.row_of(name) for name in self._names)
        self.pointed = tuple(dict.fromkeys(row for row in found if row >= 0))

    def row_of(self, name: str) -> int:
        """Return the row of a member, -1 where there is none of that name."""
        return self._by_name.get(name, -1)

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
            key = _ABOUT[column].key(row, self.line_bytes)
            # Qt compares numbers of one type only.
            return float(key) if isinstance(key, int) else key
        if role == POINTED_ROLE:
            return index.row() in self.pointed
        if role in (_ROLES.ToolTipRole, _ROLES.AccessibleTextRole):
            return self._told(index.row(), column, role)
        return self._look(row, column, role)

    def _told(self, number: int, column: Column, role: int) -> str | None:
        facts = self.facts(self.rows[number])
        if role == _ROLES.ToolTipRole:
            return plain_tip(facts)
        pointed = ", the lesson points at it" if number in self.pointed else ""
        return facts.replace("\n", ", ") + pointed if column is Column.NAME else None

    def _shown(self, row: Row, column: Column) -> str:
        text = cell_text(row, column, self.line_bytes)
        if column is Column.NAME and row.kind is RowKind.CANDIDATE:
            return f"{'  ' * row.depth}{self._themes.theme.role('guard').glyph} {row.title}"
        return text

    def _look(self, row: Row, column: Column, role: int) -> Any:
        theme, metrics = self._themes.theme, self._themes.metrics
        is_new = row.kind is RowKind.CANDIDATE
        if role == _ROLES.TextAlignmentRole:
            return _HEADS[column].side
        if role == _ROLES.FontRole:
            return metrics.mono(bold=is_new and column is Column.NAME)
        if role == _ROLES.BackgroundRole and is_new:
            return QColor(theme.role("guard").soft)
        if role == _ROLES.ForegroundRole:
            if is_new:
                return QColor(theme.role("guard").ink)
            quiet = row.kind.is_gap or column is Column.TYPE or not row.name
            return QColor(theme.muted if quiet else theme.text)
        return None

    def facts(self, row: Row) -> str:
        """Return all there is to say about a row, a line each."""
        if row.kind.is_gap:
            return f"{row.title} at byte {row.offset_text}\ncache line {self._line(row)}"
        head = f"{row.title}: {row.type_name[:_MOST_TEXT]}"
        if row.kind is RowKind.CANDIDATE:
            head = f"new field {head}"
        lines = [
            head,
            f"byte {row.offset_text}, {row.amount_text}",
            f"cache line {self._line(row)}",
        ]
        if row.align_bytes:
            least = "" if row.align_known else "at least "
            lines.append(f"aligned to {least}{row.align_bytes}")
        if row.gap_bits:
            lines.append(f"{row.gap_text} unused after it")
        if row.moved_to_bits >= 0:
            lines.append(f"moves from {row.move_text.replace('→', 'to')}")
        return "\n".join(lines)

    def _line(self, row: Row) -> str:
        return row.line_text(self.line_bytes).replace("–", " to ")

    def dress(self) -> None:
        """Take on the theme in force."""
        self._say_all_changed()


class MemberFilter(QSortFilterProxyModel):
    """Which of the members are shown, and in which order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(SORT_ROLE)
        self.setDynamicSortFilter(True)
        self._text, self._gaps = "", True
        self._pattern: QRegularExpression | None = None

    @property
    def pattern_is_plain(self) -> bool:
        """Whether what was typed is no regular expression and is looked for as it stands."""
        return bool(self._text) and self._pattern is None

    def look_for(self, text: str) -> None:
        """Show members whose name or type has a text, or matches it as a regular expression."""
        pattern = QRegularExpression(text, QRegularExpression.PatternOption.CaseInsensitiveOption)
        self._pattern = pattern if text and pattern.isValid() else None
        self._text = text.lower()
        self.invalidate()

    def show_gaps(self, shown: bool) -> None:
        """Show or hide holes and padding."""
        self._gaps = shown
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, _parent: Index) -> bool:
        """Return whether a row is shown."""
        model = self.sourceModel()
        assert isinstance(model, MemberModel)
        row = model.rows[source_row]
        if row.kind.is_gap and not self._gaps:
            return False
        if not self._text:
            return True
        return any(self._matches(text) for text in (row.title, row.type_name[:_MOST_TEXT]))

    def _matches(self, text: str) -> bool:
        if self._text in text.lower():
            return True
        return self._pattern is not None and self._pattern.match(text).hasMatch()
