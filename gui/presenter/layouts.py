"""The view of a struct before an audience: its map, the storage word, and what a field costs.

What a field costs takes the place of the word in a step that points at it: a slab is seen there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.lesson.covered import COST
from gui.geometry.columns import slab_text
from gui.theme import TEXT_PX
from gui.widgets.cover import Cover
from gui.widgets.layout.bits import StorageWordView
from gui.widgets.layout.bits_word import words_of
from gui.widgets.layout.map import StructMap
from gui.widgets.layout.staircase import StaircaseView
from gui.widgets.layout.verdict import VerdictView

if TYPE_CHECKING:
    from gui.layout_session import LayoutSession
    from gui.presenter.hall import HallThemes

_MAP_SHARE, _WORD_SHARE = 64, 36
"""Percent of the height, where the word is below the map."""
_COST_SHARE = 120
"""What the cost gets beside them: more than half of the height."""
PANELS = ("map", "word", "cost")
"""The panels of Layout that there are here, as ``core.lesson.panels`` has them."""


class HallCost(QWidget):
    """What the field costs: in a sentence, in a slab, and as a staircase.

    Args:
        session: Whose answer it is.
        themes: The look of the hall.
    """

    def __init__(self, session: LayoutSession, themes: HallThemes) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.verdict, self.slab = VerdictView(session, themes), QLabel(wordWrap=True)
        self.slab.setTextFormat(Qt.TextFormat.PlainText)
        self.staircase = StaircaseView(session, themes)
        # Nobody waits for it when the step is shown.
        self.staircase.make_plot()
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setAccessibleName("What the field costs")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.verdict)
        self._column.addWidget(self.slab)
        self._column.addWidget(self.staircase, 1)
        session.answer_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._show()
        self._dress()

    def _show(self) -> None:
        analysis, answer = self._session.analysis, self._session.priced
        self.verdict.show_answer()
        there = analysis is not None and answer is not None
        self.slab.setText(slab_text(analysis, answer) if analysis and answer else "")
        self.slab.setVisible(there)

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        pad = metrics.px(12)
        self._column.setContentsMargins(pad, metrics.px(10), pad, metrics.px(4))
        self._column.setSpacing(metrics.px(6))
        self.verdict.dress()
        self.slab.setStyleSheet(f"color: {theme.text}; font-size: {metrics.px(TEXT_PX['body'])}px")


class HallLayout(QWidget):
    """A struct as a step looks at it.

    Args:
        session: What is open.
        themes: The look of the hall.
    """

    def __init__(self, session: LayoutSession, themes: HallThemes) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.map, self.word = StructMap(session, themes), StorageWordView(session, themes)
        self.cost: HallCost | None = None
        self._cover: Cover | None = None
        self._wanted: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.map, _MAP_SHARE)
        self._column.addWidget(self.word, _WORD_SHARE)
        for changed in (session.layout_changed, session.answer_changed, session.member_selected):
            changed.connect(self._show_word)
        self._show_word()

    def prepare_panels(self, names: tuple[str, ...]) -> QWidget | None:
        """Make what a step will point at; return it where it was made just now."""
        if "cost" not in names or self._cover is not None:
            return None
        session = self._session
        self.cost = HallCost(session, self._themes)
        self._cover = Cover(self.cost, session.covered, COST, self._themes)
        self._cover.hide()
        self._column.addWidget(self._cover, _COST_SHARE)
        return self._cover

    def show_panels(self, names: tuple[str, ...]) -> QWidget | None:
        """Show the panels that a step points at; return what was made for it just now."""
        made = self.prepare_panels(names)
        self._wanted = names
        if self._cover is not None:
            self._cover.setVisible("cost" in names)
        self._show_word()
        return made

    def _show_word(self, *_: object) -> None:
        hidden = "cost" in self._wanted and "word" not in self._wanted
        # The word itself follows when it is seen.
        self.word.setVisible(bool(words_of(self._session)) and not hidden)
