"""The properties that were asked for, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.widgets.explore.words import property_title

if TYPE_CHECKING:
    from gui.explore_session import ExploreSession

PENDING, HOLDS, HELD_SO_FAR, BROKEN = "not known yet", "holds", "held so far", "broken"
KINDS = {PENDING: "info", HOLDS: "ok", HELD_SO_FAR: "warning", BROKEN: "danger"}
"""The theme's role of each."""
SIGNS = {PENDING: "explore", HOLDS: "success", HELD_SO_FAR: "warning", BROKEN: "error"}
"""The icon of each: they differ in shape."""


class Row(NamedTuple):
    """A property and what became of it: one of the four above."""

    name: str
    state: str


class PropertyModel(QAbstractListModel):
    """One row a property.

    Args:
        session: The question and its answer.
        parent: The Qt parent.
    """

    def __init__(self, session: ExploreSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: tuple[Row, ...] = ()
        session.started.connect(self.renew)
        session.progressed.connect(self.renew)
        session.ended.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """Show what is known now."""
        found = tuple(self._found())
        if [row.name for row in found] != [row.name for row in self.rows]:
            self.beginResetModel()
            self.rows = found
            self.endResetModel()
        elif found != self.rows:
            self.rows = found
            self.dataChanged.emit(self.index(0), self.index(len(found) - 1))

    def _found(self) -> list[Row]:
        session, progress = self._session, self._session.progress
        if session.busy:
            broken = progress.broken if progress is not None else ()
            asked = session.asked.properties if session.asked is not None else ()
            return [Row(name, BROKEN if name in broken else PENDING) for name in asked]
        result = session.result
        if result is None:
            return []
        held = HOLDS if result.complete else HELD_SO_FAR
        return [Row(each.name, held if each.holds else BROKEN) for each in result.properties]

    def row_of(self, name: str) -> int:
        """Return in which row a property stands, -1 where it is none of them."""
        names = [row.name for row in self.rows]
        return names.index(name) if name in names else -1

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many properties there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a property's title, what became of it, or what it means."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return property_title(row.name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{property_title(row.name)}: {row.state}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return sentence_of(row.name)
        return None


def sentence_of(name: str) -> str:
    """Return what a property means."""
    from core.explore.properties import PROPERTIES

    return PROPERTIES.get(name, "")
