"""The list of scenarios: a title over a sentence, under headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from core.scenario.loader import bundled
from gui.icons import pixmap
from gui.widgets.scenario.entries import Entry

if TYPE_CHECKING:
    from gui.theme import Metrics, ThemeManager

ENTRY = Qt.ItemDataRole.UserRole
"""Where a row keeps its ``Entry``; a heading has none."""
_Index = QModelIndex | QPersistentModelIndex
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_MAY_BREAK = "\u200b"


class ScenarioList(QListWidget):
    """The scenarios that match, under the headings of their kinds.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._all: list[tuple[str, Sequence[Entry]]] = []
        self._current = ""
        self._words: list[str] = []
        self.setItemDelegate(_RowPainter(self, themes))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        # Not on a click: the arrows and the space bar go on moving in the run.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setAccessibleName("Scenarios")

    def load(self, shipped: Sequence[Entry], own: Sequence[Entry]) -> None:
        """Take other entries."""
        self._all = [("Your files", own), ("Scenarios", shipped)]
        self._fill()

    def filter(self, text: str) -> None:
        """Keep what has every word."""
        self._words = text.lower().split()
        self._fill()

    def _fill(self) -> None:
        self.clear()
        for heading, entries in self._all:
            found = [entry for entry in entries if entry.matches(self._words)]
            if found:
                item = QListWidgetItem(heading, self)
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            for entry in found:
                item = QListWidgetItem(entry.title, self)
                item.setData(ENTRY, entry)
                item.setToolTip(entry.where)
        self.go_to_current()

    def entries(self) -> list[Entry]:
        """Return the entries shown, in order."""
        rows = (self.item(row).data(ENTRY) for row in range(self.count()))
        return [entry for entry in rows if isinstance(entry, Entry)]

    def show_current(self, where: str) -> bool:
        """Mark the scenario that is open; return whether it is among all there are."""
        self._current = _same_for_all(where)
        self.go_to_current()
        return any(self.is_current(entry) for _, entries in self._all for entry in entries)

    def is_current(self, entry: Entry) -> bool:
        """Return whether an entry is what is open."""
        return bool(self._current) and _same_for_all(entry.where) == self._current

    def go_to_current(self) -> None:
        """Go to what is open, or while the user looks for something to the first that matches."""
        target = None
        for row in range(self.count()):
            item, entry = self.item(row), self.item(row).data(ENTRY)
            if isinstance(entry, Entry):
                opened = self.is_current(entry)
                note = ", open now" if opened else ""
                spoken = f"{entry.title}{note}. {entry.shows}"
                item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
                if target is None or (opened and not self._words):
                    target = item
        if target is not None:
            self.setCurrentItem(target)
            self.scrollToItem(target)

    def step(self, way: int) -> None:
        """Go to the next entry up or down, over headings."""
        row = self.currentRow() + way
        while 0 <= row < self.count():
            if self.item(row).flags() & Qt.ItemFlag.ItemIsEnabled:
                self.setCurrentRow(row)
                return
            row += way

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the texts anew."""
        super().resizeEvent(event)
        self.doItemsLayout()
        self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, or that there are none."""
        super().paintEvent(event)
        if not self.count() and self._words:
            px = self._themes.metrics.chrome
            with QPainter(self.viewport()) as painter:
                painter.setFont(self._themes.metrics.frame().ui())
                painter.setPen(QColor(self._themes.theme.muted))
                room = self.viewport().rect().adjusted(px(12), px(20), -px(12), 0)
                painter.drawText(room, _WRAP, f"No scenario has “{' '.join(self._words)}”.")


class _RowPainter(QStyledItemDelegate):
    """Draws a heading, or a title over the sentence that says what a scenario shows."""

    def __init__(self, view: ScenarioList, themes: ThemeManager) -> None:
        super().__init__(view)
        self._view, self._themes = view, themes
        self._measured_for: tuple[int, Metrics] | None = None
        self._heights: dict[Entry | str, int] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height the texts take at the list's width, which lists ask again and again."""
        width = self._view.viewport().width()
        if self._measured_for != (width, self._themes.metrics):
            self._measured_for = width, self._themes.metrics
            self._heights.clear()
        shown = index.data(ENTRY) or index.data()
        if shown not in self._heights:
            parts = self._parts(index, QRect(0, 0, width, 0))
            self._heights[shown] = parts[-1][0].bottom() + self._px(9)
        return QSize(width, self._heights[shown])

    def _px(self, size: float) -> int:
        return self._themes.metrics.chrome(size)

    def _parts(self, index: _Index, row: QRect) -> list[tuple[QRect, str, QFont, str]]:
        """Return the texts of a row: where, what, in which font and colour."""
        metrics, theme = self._themes.metrics.frame(), self._themes.theme
        entry, px = index.data(ENTRY), self._px
        inside = row.adjusted(px(14), px(8), -px(10), 0)
        if not isinstance(entry, Entry):
            entry = index.data()
            heading = inside.adjusted(-px(8), px(6), 0, 0)
            wanted = [(entry, metrics.ui("caption", bold=True), theme.muted)]
            return self._stacked(heading, wanted)
        small = metrics.ui()
        small.setPixelSize(px(12))
        title = theme.accent_ink if self._view.is_current(entry) else theme.text
        wanted = [(_breakable(entry.title), metrics.ui("body", bold=True), title)]
        if entry.shows:
            ink = theme.muted if entry.readable else theme.danger.ink
            wanted.append((_breakable(entry.shows), small, ink))
        if entry.place:
            wanted.append((_breakable(entry.place), metrics.mono("caption"), theme.muted))
        return self._stacked(inside, wanted)

    def _stacked(
        self, room: QRect, wanted: Sequence[tuple[str, QFont, str]]
    ) -> list[tuple[QRect, str, QFont, str]]:
        placed, top, tall = [], room.top(), 1 << 16
        for at, (text, font, colour) in enumerate(wanted):
            # The first line leaves room for the mark of what is open.
            width = room.width() - (self._px(20) if at == 0 else 0)
            bounds = QFontMetrics(font).boundingRect(0, 0, width, tall, _WRAP, text)
            placed.append((QRect(room.left(), top, width, bounds.height()), text, font, colour))
            top += bounds.height() + self._px(2)
        return placed

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a row."""
        theme, px, row = self._themes.theme, self._px, option.rect
        entry = index.data(ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Entry):
            self._draw_back(painter, option, self._view.is_current(entry))
        for rect, text, font, colour in self._parts(index, row):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(rect, _WRAP, text)
        if isinstance(entry, Entry) and self._view.is_current(entry):
            side, ratio = px(16), self._view.devicePixelRatioF()
            mark = pixmap("check", theme.accent_ink, side, ratio)
            painter.drawPixmap(QPoint(row.right() - px(10) - side, row.top() + px(8)), mark)
        painter.restore()

    def _draw_back(self, painter: QPainter, option: QStyleOptionViewItem, current: bool) -> None:
        theme, px, state = self._themes.theme, self._px, option.state
        card = QRectF(option.rect).adjusted(px(2), 1, -px(2), -1)
        chosen, under = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver
        back = theme.accent_soft if current else theme.hover if state & under else ""
        painter.setPen(Qt.PenStyle.NoPen)
        if back:
            painter.setBrush(QColor(back))
            painter.drawRoundedRect(card, px(6), px(6))
        if current:
            painter.setBrush(QColor(theme.accent))
            bar = QRectF(card.left(), card.top() + px(8), px(3), card.height() - px(16))
            painter.drawRoundedRect(bar, px(1.5), px(1.5))
        if state & chosen:
            # Where Enter goes: a ring, so that it is no second "current".
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.focus), px(1.5)))
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), px(6), px(6))


def _same_for_all(where: str) -> str:
    """Return a name for a scenario that is the same however its path was written."""
    return where if not where or where in bundled() else str(Path(where).resolve())


def _breakable(text: str) -> str:
    """Return a text that may wrap inside identifiers and paths, which have no spaces."""
    return text.replace("_", f"_{_MAY_BREAK}").replace("/", f"/{_MAY_BREAK}")
