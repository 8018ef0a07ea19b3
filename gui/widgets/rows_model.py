"""Qt models of tables: things in rows, and columns that have a head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

if TYPE_CHECKING:
    from gui.theme import ThemeManager

Index = QModelIndex | QPersistentModelIndex

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_ROLES = Qt.ItemDataRole


class Head(NamedTuple):
    """What stands above a column.

    Attributes:
        text: The words.
        tip: More of them, for the tool tip.
        side: Where head and cells stand; None leaves that to the view.
    """

    text: str
    tip: str = ""
    side: Qt.AlignmentFlag | None = None


class RowsModel(QAbstractTableModel):
    """Things, a row each; ``data`` says what of a thing stands in a column.

    Args:
        themes: The theme in force.
        parent: The Qt parent.
    """

    def __init__(self, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._themes = themes

    def _length(self) -> int:
        """Return how many things there are."""
        raise NotImplementedError

    def _heads(self) -> Sequence[Head]:
        """Return the heads of the columns."""
        raise NotImplementedError

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many rows there are."""
        return 0 if parent.isValid() else self._length()

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._heads())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLES.DisplayRole
    ) -> Any:
        """Return a column's head, its tip or its side."""
        heads = self._heads()
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(heads):
            return None
        head = heads[section]
        if role == _ROLES.DisplayRole:
            return head.text
        if role == _ROLES.ToolTipRole:
            return head.tip or None
        return head.side if role == _ROLES.TextAlignmentRole else None

    def _say_all_changed(self) -> None:
        """Let views show every cell anew."""
        if self._length():
            last = self.index(self._length() - 1, len(self._heads()) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
