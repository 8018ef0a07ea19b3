"""The save that is looked at, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.trace.save_tree import Asker, Outcome
from gui.widgets.elided import ElidedLabel
from gui.widgets.tree.words import (
    ASKERS,
    ENDINGS,
    asked_by,
    cost_text,
    ending_text,
    place_text,
    role_of,
    short_chain,
    tree_text,
)

if TYPE_CHECKING:
    from core.trace.save_tree import SaveTree
    from core.trace.trace import Trace
    from gui.theme import ThemeManager

_STACKED_PX, _LEAST_PX = 300, 120
_FACTS = ("Asked by", "For", "Ended", "Itself", "With all below")


class NodeCard(QWidget):
    """Who asked for a save, what became of it and what it cost.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._outcome = int(Outcome.KNOWN)
        self.title, self.badge = ElidedLabel(), QLabel()
        self.badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._names = {fact: QLabel(fact) for fact in _FACTS}
        self.values = {fact: QLabel(wordWrap=True) for fact in _FACTS}
        self._column, self._grid = QVBoxLayout(self), QGridLayout()
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addLayout(self._head)
        self._column.addLayout(self._grid)
        self._column.addStretch(1)
        for value in self.values.values():
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._stacked: bool | None = None
        self.setAccessibleName("The save that is looked at")

    def show_node(self, trace: Trace, tree: SaveTree, node: int) -> None:
        """Show a save."""
        self._outcome = int(tree.outcome[node])
        self.title.set_text(place_text(tree, node))
        role = role_of(self._themes.theme, self._outcome)
        self.badge.setText(f"{role.glyph}  {ENDINGS[Outcome(self._outcome)].short}")
        chain = asked_by(trace, tree, node)
        # A long name may be broken after an underscore, where a zero-width space stands.
        broken = re.sub(r"(?<=[a-z0-9])_(?=[a-z0-9])", "_\u200b", short_chain(chain))
        texts = (
            broken,
            ASKERS[Asker(int(tree.asker[node]))][2],
            ending_text(tree, node),
            cost_text(tree, node),
            tree_text(tree, node),
        )
        for fact, text in zip(_FACTS, texts, strict=True):
            if text != self.values[fact].text():
                self.values[fact].setText(text)
        self.values["Asked by"].setToolTip(" › ".join(chain))
        self._dress_badge()
        told = (f"{fact}: {text}" for fact, text in zip(_FACTS, texts, strict=True))
        self.setAccessibleDescription(
            f"{self.title.whole}. {'. '.join(told)}".replace("\u200b", "")
        )
        self.update()

    def _dress_badge(self) -> None:
        metrics, role = self._themes.metrics, role_of(self._themes.theme, self._outcome)
        solid = role.name != "page_owner"
        back, ink = (role.colour, role.on_colour) if solid else (role.soft, role.ink)
        self.badge.setStyleSheet(
            f"background: {back}; color: {ink}; border-radius: {metrics.px(4)}px;"
            f" padding: {metrics.px(2)}px {metrics.px(7)}px"
        )

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(12)
        self._column.setContentsMargins(pad + metrics.px(4), pad, pad, pad)
        self._column.setSpacing(metrics.px(8))
        self._head.setSpacing(metrics.px(8))
        self._grid.setHorizontalSpacing(metrics.px(12))
        self._grid.setVerticalSpacing(metrics.px(4))
        self.title.setFont(metrics.ui("body", bold=True))
        self.badge.setFont(metrics.ui("caption", bold=True))
        for fact in _FACTS:
            self._names[fact].setFont(metrics.ui("caption"))
            self._names[fact].setStyleSheet(f"color: {theme.muted}")
            mono = fact == "Asked by"
            self.values[fact].setFont(metrics.mono("caption") if mono else metrics.ui("caption"))
            self.values[fact].setStyleSheet(f"color: {theme.text}")
        self._dress_badge()
        self._arrange()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Return the least: facts below their names, broken into lines."""
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put facts below their names where there is no room beside them."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        stacked = self.width() < self._themes.metrics.px(_STACKED_PX)
        if stacked == self._stacked:
            return
        self._stacked = stacked
        ways = QBoxLayout.Direction
        self._head.setDirection(ways.TopToBottom if stacked else ways.LeftToRight)
        top = Qt.AlignmentFlag.AlignTop
        for at, fact in enumerate(_FACTS):
            row, column = (2 * at + 1, 0) if stacked else (2 * at, 1)
            self._grid.addWidget(self._names[fact], 2 * at, 0, top)
            self._grid.addWidget(self.values[fact], row, column, top)
        self._grid.setColumnStretch(0, int(stacked))
        self._grid.setColumnStretch(1, int(not stacked))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card, with the colour of how the save ended at its left."""
        theme, metrics = self._themes.theme, self._themes.metrics
        card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        with QPainter(self) as painter:
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.setBrush(QColor(theme.window))
            painter.drawRect(card)
            bar = QRectF(0, 0, metrics.px(3), self.height())
            painter.fillRect(bar, QColor(role_of(theme, self._outcome).colour))
