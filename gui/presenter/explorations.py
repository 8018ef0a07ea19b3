"""An exploration before an audience: the answer, what was checked, and the states.

Nobody scrolls there: where there is too little room for all, what matters least is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.explore.graph_panel import GraphPanel
from gui.widgets.explore.property_list import PropertyList
from gui.widgets.explore.verdict import VerdictBanner

if TYPE_CHECKING:
    from gui.explore_session import ExploreSession
    from gui.presenter.hall import HallThemes

_STATES_PX = 150
"""Least height of the picture at a scale of 1; in less its signs could not be told apart."""


class HallExploration(QWidget):
    """What was explored.

    Args:
        exploring: The answer, and how far it is.
        themes: The look of the hall.
    """

    changed = Signal()
    """It shows something else."""

    def __init__(self, exploring: ExploreSession, themes: HallThemes) -> None:
        super().__init__()
        self._exploring, self._themes = exploring, themes
        self._wanted: tuple[str, ...] = ()
        self.verdict = VerdictBanner(exploring, themes)
        self.properties = PropertyList(exploring, themes)
        self.states = GraphPanel(exploring, themes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for view in (self.verdict, self.properties):
            column.addWidget(view)
        column.addWidget(self.states, 1)
        for changed in (exploring.started, exploring.ended, exploring.result_changed):
            changed.connect(self._show)
        themes.changed.connect(self._share)
        self._show()

    def show_panels(self, names: tuple[str, ...]) -> None:
        """Point at panels: where there is little room they stay."""
        if names != self._wanted:
            self._wanted = names
            self._share()

    def _show(self) -> None:
        exploring = self._exploring
        self.verdict.setVisible(exploring.result is not None or exploring.busy)
        self._share()
        self.changed.emit()

    def _share(self) -> None:
        """Show what there is room for: the properties, or the picture where a step is about it."""
        listed = self.properties.sizeHint().height()
        self.properties.setMinimumHeight(listed)
        pictured = max(self.states.minimumSizeHint().height(), self._themes.metrics.px(_STATES_PX))
        for brief in (False, True):
            self.verdict.set_brief(brief)
            room = self.height() - listed - self._said()
            if room >= pictured:
                break
        of_states = "states" in self._wanted and "table" not in self._wanted
        self.states.setVisible(room >= pictured or of_states)
        self.properties.setVisible(room >= pictured or not of_states)

    def _said(self) -> int:
        """Return how high the answer is."""
        layout = self.verdict.layout()
        if self.verdict.isHidden() or layout is None:
            return 0
        layout.invalidate()
        return max(0, layout.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See again what there is room for."""
        super().resizeEvent(event)
        self._share()
