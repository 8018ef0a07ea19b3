"""A layout in rows: what does not fit beside the rest goes below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


def flow_rows(widths: Sequence[int], room: int, gap: int) -> list[list[int]]:
    """Return which items stand in which row, in order, as many to a row as fit; none is dropped."""
    rows: list[list[int]] = []
    used = room + 1
    for at, width in enumerate(widths):
        if used + gap + width > room:
            rows.append([])
            used = -gap
        rows[-1].append(at)
        used += gap + width
    return rows


class FlowLayout(QLayout):
    """Items in rows, as many to a row as fit; the last one stands at the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.gaps = 12, 8
        self._heights: dict[tuple[int, tuple[int, int]], int] = {}
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item at the end."""
        self._items.append(item)
        self._heights.clear()

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, at: int) -> QLayoutItem | None:
        """Return an item."""
        return self._items[at] if 0 <= at < len(self._items) else None

    def takeAt(self, at: int) -> QLayoutItem | None:
        """Give an item away."""
        self._heights.clear()
        return self._items.pop(at) if 0 <= at < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Say that a narrow bar is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows."""
        asked = width, self.gaps
        if asked not in self._heights:
            self._heights[asked] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[asked]

    def invalidate(self) -> None:
        """Forget the heights: something in here wants other room."""
        self._heights.clear()
        super().invalidate()

    def sizeHint(self) -> QSize:
        """Return room for one row."""
        sizes = [item.sizeHint() for item in self._shown()]
        wide = sum(size.width() for size in sizes) + self.gaps[0] * (len(sizes) - 1)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """Return room for the widest item."""
        sizes = [item.sizeHint() for item in self._shown()]
        wide = max((size.width() for size in sizes), default=0)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, *, move: bool) -> int:
        items, (across, down) = self._shown(), self.gaps
        top = rect.top()
        for row in flow_rows([item.sizeHint().width() for item in items], rect.width(), across):
            left = rect.left()
            tall = max(items[at].sizeHint().height() for at in row)
            for at in row:
                size = items[at].sizeHint()
                if at == len(items) - 1:
                    left = max(left, rect.right() + 1 - size.width())
                if move:
                    items[at].setGeometry(QRect(QPoint(left, top), QSize(size.width(), tall)))
                left += size.width() + across
            top += tall + down
        return top - down - rect.top() if items else 0


class Nothing(QWidget):
    """What stands at the right end of a row, so that all before it begin at the left."""

    def sizeHint(self) -> QSize:
        """Return no room."""
        return QSize(0, 0)
