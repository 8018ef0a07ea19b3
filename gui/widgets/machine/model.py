"""Things the machine holds as a Qt model; only the rows that are looked at are ever made."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from gui.theme import Role

if TYPE_CHECKING:
    from gui.theme import Theme, ThemeManager

Thing = TypeVar("Thing")
Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[int, int], Sequence[Thing]]

CHANGED = "●"
"""Stands before what the last event changed."""
SHARE_ROLE = Qt.ItemDataRole.UserRole + 1
"""How much of a bar is filled, 0 to 1; nothing where the cell has no bar."""
_WINDOW_ROWS = 32
_ROLES = Qt.ItemDataRole


@dataclass(frozen=True)
class Column(Generic[Thing]):
    """One column.

    Attributes:
        head: What stands above it.
        tip: What it means.
        text: What a cell says.
        right: Whether its texts are numbers, which stand at the right.
        role: How a thing is special, None for the usual colour of text.
        share: How much of the cell's bar is filled, None without a bar.
        bar: The role whose colour the bar has.
        mono: Whether its texts are identifiers or numbers.
        sample: The longest text that is worth its room.
        spared: Where there is no room, columns with a number go out of sight, the highest first.
    """

    head: str
    tip: str
    text: Callable[[Thing], str]
    right: bool = False
    role: Callable[[Theme, Thing], Role | None] | None = None
    share: Callable[[Thing], float] | None = None
    bar: str = ""
    mono: bool = True
    sample: str = ""
    spared: int = 0


class Look(NamedTuple):
    """How a cell is drawn.

    Attributes:
        text: What it says.
        ink: The colour of that.
        tint: The colour behind it, empty for none.
        special: Whether the ink says something.
        font: The font.
        side: Where in the cell it stands.
        share: How much of its bar is filled, None without a bar.
        bar: The role whose colour the bar has.
    """

    text: str
    ink: str
    tint: str
    special: bool
    font: QFont
    side: Qt.AlignmentFlag
    share: float | None
    bar: str


class HeldModel(QAbstractTableModel, Generic[Thing]):
    """Things, a row each.

    Args:
        columns: What is said about a thing.
        key: What a thing is known by while its state changes.
        changed: Whether the event at the cursor changed it.
        facts: All there is to say about it, a line each.
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(
        self,
        columns: Sequence[Column[Thing]],
        key: Callable[[Thing], Hashable],
        changed: Callable[[Thing], bool],
        facts: Callable[[Thing], Sequence[str]],
        themes: ThemeManager,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns, self.key, self.facts = tuple(columns), key, facts
        self._changed, self._themes = changed, themes
        self._count = 0
        self._fetch: Fetch[Thing] | None = None
        self._windows: dict[int, Sequence[Thing]] = {}
        self._looked_at: set[int] = set()
        self._sort: Hashable = None

    def show_things(self, count: int, fetch: Fetch[Thing], *, sort: Hashable = 0) -> None:
        """Show things as they are at another moment.

        Args:
            count: How many there are.
            fetch: Gives those in ``[first, last)``.
            sort: What they are. As long as it is the same, rows only come and go at the end.
        """
        if sort != self._sort:
            self.beginResetModel()
            self._take(count, fetch)
            self._sort = sort
            self.endResetModel()
            return
        before = {at: self._windows[at] for at in self._looked_at if at in self._windows}
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._take(count, fetch)
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._take(count, fetch)
            self.endRemoveRows()
        else:
            self._take(count, fetch)
        self._tell_changes(before)

    def _tell_changes(self, before: dict[int, Sequence[Thing]]) -> None:
        """Tell of the rows that somebody has looked at and that say something else now."""
        across = len(self.columns) - 1
        for window, things in before.items():
            first = window * _WINDOW_ROWS
            for at, thing in enumerate(things):
                row = first + at
                if row < self._count and self.thing(row) != thing:
                    self.dataChanged.emit(self.index(row, 0), self.index(row, across))

    def _take(self, count: int, fetch: Fetch[Thing]) -> None:
        self._count, self._fetch = count, fetch
        self._windows.clear()
        self._looked_at.clear()

    def thing(self, row: int) -> Thing:
        """Return the thing in a row."""
        window, at = divmod(row, _WINDOW_ROWS)
        things = self._windows.get(window)
        if things is None:
            assert self._fetch is not None
            first = window * _WINDOW_ROWS
            things = self._fetch(first, min(first + _WINDOW_ROWS, self._count))
            self._windows[window] = things
        self._looked_at.add(window)
        return things[at]

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many things there are."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLES.DisplayRole
    ) -> Any:
        """Return a column's head, its tip or its side."""
        across = orientation is Qt.Orientation.Horizontal
        if not across or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == _ROLES.DisplayRole:
            return column.head
        if role == _ROLES.ToolTipRole:
            return column.tip
        return _side(column) if role == _ROLES.TextAlignmentRole else None

    def data(self, index: Index, role: int = _ROLES.DisplayRole) -> Any:
        """Return what a cell says, or how it looks."""
        if not index.isValid() or not 0 <= index.row() < self._count:
            return None
        column, thing = self.columns[index.column()], self.thing(index.row())
        if role == _ROLES.DisplayRole:
            return self._marked(index.column(), thing)
        if role == _ROLES.AccessibleTextRole:
            changed = ", changed by the last event" if self._changed(thing) else ""
            return f"{column.head}: {column.text(thing)}{changed}"
        if role == _ROLES.ToolTipRole:
            return "\n".join(self.facts(thing))
        if role == SHARE_ROLE:
            return column.share(thing) if column.share is not None else None
        return self._look(column, thing, role)

    def _marked(self, column: int, thing: Thing) -> str:
        text = self.columns[column].text(thing)
        if column:
            return text
        return f"{CHANGED if self._changed(thing) else ' '} {text}"

    def _look(self, column: Column[Thing], thing: Thing, role: int) -> Any:
        theme = self._themes.theme
        if role == _ROLES.TextAlignmentRole:
            return _side(column)
        special = column.role(theme, thing) if column.role is not None else None
        if role == _ROLES.ForegroundRole:
            return QColor(special.ink if special is not None else theme.text)
        if role == _ROLES.BackgroundRole:
            tint = self._tint(thing, special)
            return QColor(tint) if tint else None
        return None

    def _tint(self, thing: Thing, special: Role | None) -> str:
        if self._changed(thing):
            return self._themes.theme.accent_soft
        return special.soft if special is not None else ""

    def look(self, row: int, column: int) -> Look:
        """Return all that is needed to draw a cell, at once."""
        about, thing, theme = self.columns[column], self.thing(row), self._themes.theme
        special = about.role(theme, thing) if about.role is not None else None
        return Look(
            self._marked(column, thing),
            special.ink if special is not None else theme.text,
            self._tint(thing, special),
            special is not None,
            self._fonts[about.mono],
            _side(about),
            about.share(thing) if about.share is not None else None,
            about.bar,
        )

    def dress(self) -> None:
        """Show every cell anew, in the theme in force."""
        metrics = self._themes.metrics
        self._fonts = {True: metrics.mono(), False: metrics.ui()}
        if self._count:
            last = self.index(self._count - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _side(column: Column[Any]) -> Qt.AlignmentFlag:
    flags = Qt.AlignmentFlag
    return (flags.AlignRight if column.right else flags.AlignLeft) | flags.AlignVCenter
