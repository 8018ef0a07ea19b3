"""The recursion tree: the page event at the cursor as a tree of saves, and what levels cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gui.icons import icon
from gui.widgets.controls import CONTROL_PX, Segments, tip_button
from gui.widgets.elided import ElidedLabel
from gui.widgets.tree.canvas import TreeCanvas
from gui.widgets.tree.card import NodeCard
from gui.widgets.tree.levels import LevelTable

if TYPE_CHECKING:
    from core.trace.save_tree import SaveTree
    from gui.geometry.save_tree import Widths
    from gui.session import Session
    from gui.theme import ThemeManager

_WIDTHS = (
    ("equal", "Equal", "All guard hits and other last saves are equally wide"),
    ("events", "Events", "A save is as wide as the events it took with all below it"),
    ("ns", "Time", "A save is as wide as the time it took with all below it"),
)
_SIDE_BY_SIDE_PX = 760
_NOTHING_OPEN = "Open a scenario to see its saves as a tree."
_NO_SAVE = (
    "This run saves no stack: page_owner is off, or nothing asked for a page. "
    "There is no recursion to show."
)


class RecursionTree(QWidget):
    """The tree of the page event at the cursor, its saves in words, and all levels of the run.

    Args:
        session: Whose run it shows, and whose cursor goes to saves.
        themes: The theme in force.
    """

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.tree: SaveTree | None = None
        self.top = -1
        self._stale = True
        self.title = ElidedLabel()
        self.previous_button = tip_button("Page event before  (Page Up in the tree)")
        self.next_button = tip_button("Next page event  (Page Down in the tree)")
        self.widths = Segments(_WIDTHS, themes, self._choose_widths)
        self.canvas, self.card, self.levels = (
            TreeCanvas(themes),
            NodeCard(themes),
            LevelTable(themes),
        )
        self.levels_title, self.law_label = QLabel(), QLabel(wordWrap=True)
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._build()
        session.trace_changed.connect(self._changed)
        session.position_changed.connect(self._moved)
        session.range_changed.connect(self._show_levels)
        themes.changed.connect(self._dress)
        self._dress()
        self._take()

    def _build(self) -> None:
        self._head, turning = QBoxLayout(QBoxLayout.Direction.LeftToRight), QHBoxLayout()
        self._turning = turning
        turning.addWidget(self.previous_button)
        turning.addWidget(self.next_button)
        turning.addWidget(self.title, 1)
        self._head.addLayout(turning, 1)
        self._head.addWidget(self.widths, 0, Qt.AlignmentFlag.AlignLeft)
        content = QWidget()
        content.setBackgroundRole(QPalette.ColorRole.Base)
        self._column = QVBoxLayout(content)
        self._column.addWidget(self.canvas)
        self._below = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._below.addWidget(self.card, 1)
        self._table = QVBoxLayout()
        for widget in (self.levels_title, self.levels, self.law_label):
            self._table.addWidget(widget)
        self._table.addStretch(1)
        self._below.addLayout(self._table, 1)
        self._column.addLayout(self._below)
        self._column.addStretch(1)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(content)
        self._area.setAccessibleName("Recursion tree")
        self._build_pages()

    def _build_pages(self) -> None:
        """Put the tree and what is shown without one behind each other, and connect the parts."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self._area, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)
        self._page = page
        self.widths.show_value("equal")
        self.setFocusProxy(self.canvas)
        self.setAccessibleName("Recursion tree")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.previous_button.clicked.connect(lambda: self.turn(-1))
        self.next_button.clicked.connect(lambda: self.turn(1))
        self.canvas.asked_for.connect(self._go)
        self.canvas.selected.connect(self._look_at)
        self.canvas.turned.connect(self.turn)

    # -- what is shown --------------------------------------------------------------------

    def _changed(self) -> None:
        """Take another run, now or when it is first seen."""
        self._stale = True
        if self.isVisible():
            self._take()

    def showEvent(self, event: QShowEvent) -> None:
        """Take what has changed while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self._take()

    def _take(self) -> None:
        from core.trace.save_law import law
        from core.trace.save_tree import save_tree

        trace = self._session.trace
        self._stale, self.top = trace is not None and not self.isVisible(), -1
        if self._stale:
            return
        self.tree = None if trace is None else save_tree(trace)
        if trace is None or not self.tree:
            self.tree = None
            self.empty.setText(_NOTHING_OPEN if trace is None else _NO_SAVE)
            self.setAccessibleDescription(self.empty.text())
            self.canvas.show_event(None, None, [])
            self._pages.setCurrentWidget(self.empty)
            return
        self.law_label.setText(law(trace) or "")
        self._pages.setCurrentWidget(self._page)
        self._show_levels()
        self._moved(self._session.position)

    def _moved(self, position: int) -> None:
        """Follow the cursor: to its page event, and to the save it is in."""
        tree, trace = self.tree, self._session.trace
        if self._stale or tree is None or trace is None or not self.isVisible():
            self._stale = self._stale or tree is not None
            return
        current = tree.node_at(position)
        top = tree.top_at(position) if position >= 0 else -1
        if top < 0:
            top = int(tree.tops[0])
        if top != self.top:
            self.top = top
            self.canvas.show_event(trace, tree, [top])
            self._show_title()
        node = current if current >= 0 else self._last_begun(position)
        if node != self.canvas.node and self.canvas.height() > self._area.viewport().height():
            self._reveal(node)  # a tree that fits stays where the user scrolled to
        self.canvas.show_cursor(position, current, node)
        self.card.show_node(trace, tree, node)

    def _last_begun(self, position: int) -> int:
        """The save of the page event that was the last to begin, or its first one."""
        assert self.tree is not None
        nodes = self.tree.tree(self.top)
        begun = nodes[self.tree.call[nodes] <= position]
        return int(begun.max()) if len(begun) else self.top

    def _show_title(self) -> None:
        assert self.tree is not None
        tops = self.tree.tops
        at = int(np.searchsorted(tops, np.int32(self.top)))
        saves = int(self.tree.all_saves[self.top])
        self.title.set_text(
            f"Page event {at + 1:,} of {len(tops):,}",
            f"{saves:,} {'save' if saves == 1 else 'saves'} in its tree",
        )
        self.previous_button.setEnabled(at > 0)
        self.next_button.setEnabled(at < len(tops) - 1)
        self.setAccessibleDescription(self.title.whole)
        self._arrange()

    def _show_levels(self) -> None:
        if self.tree is None or self._stale:
            return
        chosen = self._session.range
        if chosen is None:
            self.levels.show_levels(self.tree.by_level())
            self.levels_title.setText("By level, whole run")
        else:
            self.levels.show_levels(self.tree.by_level(*chosen))
            self.levels_title.setText(
                f"By level, events {chosen[0] + 1:,} to {chosen[1] + 1:,} (range)"
            )

    # -- what the user does ---------------------------------------------------------------

    def turn(self, way: int) -> None:
        """Move the cursor to the next page event (1) or the one before (-1)."""
        if self.tree is None or self.top < 0:
            return
        tops = self.tree.tops
        at = int(np.searchsorted(tops, np.int32(self.top))) + way
        if 0 <= at < len(tops):
            self._session.seek(int(self.tree.call[tops[at]]))

    def _go(self, node: int) -> None:
        """Move the cursor to a save."""
        if self.tree is not None:
            self._session.seek(int(self.tree.call[node]))

    def _look_at(self, node: int) -> None:
        """Say what the keyboard is at; the cursor stays."""
        trace = self._session.trace
        if trace is not None and self.tree is not None:
            self.card.show_node(trace, self.tree, node)
            self._reveal(node)

    def _reveal(self, node: int) -> None:
        """Scroll as little as needed to have a save in view."""
        box = self.canvas.layout_now().box_of(node)
        if box is not None:
            margin = round(box.height) + self._themes.metrics.px(10)
            self._area.ensureVisible(0, round(box.top + box.height / 2), 0, margin)

    def _choose_widths(self, value: str) -> None:
        widths: Widths = "ns" if value == "ns" else "events" if value == "events" else "equal"
        self.canvas.show_widths(widths)

    # -- how it looks ---------------------------------------------------------------------

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        frame, ratio = metrics.frame(), self.devicePixelRatioF()
        pad, side = metrics.px(10), frame.px(16)
        self._head.setContentsMargins(pad, metrics.px(6), pad, metrics.px(6))
        self._head.setSpacing(metrics.px(6))
        self._turning.setSpacing(metrics.px(6))
        self._column.setContentsMargins(0, 0, 0, pad)
        self._below.setContentsMargins(pad, 0, pad, 0)
        self._below.setSpacing(metrics.px(14))
        self._table.setSpacing(metrics.px(6))
        for button, name in ((self.previous_button, "back"), (self.next_button, "forward")):
            button.setIcon(icon(name, theme, side, ratio=ratio))
            button.setIconSize(QSize(side, side))
            button.setFixedSize(frame.px(CONTROL_PX), frame.px(CONTROL_PX))
        self.title.setFont(metrics.ui(bold=True))
        self.levels_title.setFont(metrics.ui(bold=True))
        self.law_label.setFont(metrics.ui("caption"))
        self.law_label.setStyleSheet(f"color: {theme.text}")
        self.empty.setFont(metrics.ui())
        self.empty.setStyleSheet(f"color: {theme.muted}; padding: {metrics.px(24)}px")
        self.canvas.dress()
        self.card.dress()
        self.levels.dress()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the card and the table side by side where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        ways = QBoxLayout.Direction
        wide = self.width() >= self._themes.metrics.px(_SIDE_BY_SIDE_PX)
        self._below.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
        title = QFontMetrics(self.title.font()).horizontalAdvance(self.title.whole)
        buttons = 2 * self.next_button.width() + 4 * self._turning.spacing()
        spare = self._head.contentsMargins().left() + self._head.contentsMargins().right()
        fits = title + buttons + spare + self.widths.sizeHint().width() <= self.width()
        self._head.setDirection(ways.LeftToRight if fits else ways.TopToBottom)
