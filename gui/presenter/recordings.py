"""The view of a recording before an audience: its flame graph or sandwich, and what stands beside.

The panels of the Recordings workspace that a step points at share the width with the graph: one
looks from one to the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from core.lesson.covered import CALLS, TABLES
from gui.recording_look import SANDWICH
from gui.widgets.cover import Cover
from gui.widgets.flame.view import FlameView

if TYPE_CHECKING:
    from gui.presenter.hall import HallThemes
    from gui.recording_session import RecordingSession

_GRAPH_SHARE, _PANEL_SHARE = 55, 45
"""Percent of the width, where a step points at a panel."""


class HallRecording(QWidget):
    """A recording as a step looks at it.

    Args:
        session: What is open.
        themes: The look of the hall.
    """

    def __init__(self, session: RecordingSession, themes: HallThemes) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.graph = QStackedWidget()
        self.flame = FlameView(session, themes)
        self._sandwich: QWidget | None = None
        self.panels: dict[str, QWidget] = {}
        self.graph.addWidget(self.flame)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.graph, _GRAPH_SHARE)
        session.look_changed.connect(self._show_view)
        self._show_view()

    def show_panels(self, names: tuple[str, ...]) -> list[QWidget]:
        """Show the panels that a step points at, and return those made just now."""
        made = []
        for name in names:
            if name in _PANELS and name not in self.panels:
                panel = _PANELS[name](self._session, self._themes)
                self.panels[name] = panel
                self._row.addWidget(panel, _PANEL_SHARE)
                made.append(panel)
        for name, panel in self.panels.items():
            panel.setVisible(name in names)
        return made

    def _show_view(self) -> None:
        wanted = self._session.view == SANDWICH
        if wanted and self._sandwich is None:
            from gui.widgets.flame.sandwich import SandwichView

            self._sandwich = SandwichView(self._session, self._themes)
            self.graph.addWidget(self._sandwich)
        shown = self._sandwich if wanted else self.flame
        if shown is not None:
            self.graph.setCurrentWidget(shown)


def _table(session: RecordingSession, themes: HallThemes) -> QWidget:
    from gui.widgets.recordings.top import TopPanel

    return Cover(TopPanel(session, themes), session.covered, CALLS, themes)


def _treemap(session: RecordingSession, themes: HallThemes) -> QWidget:
    from gui.widgets.treemap.view import TreemapPanel

    return TreemapPanel(session, themes)


def _special(session: RecordingSession, themes: HallThemes) -> QWidget:
    from gui.widgets.recordings.notes import NotesPanel

    return Cover(NotesPanel(session, themes), session.covered, TABLES, themes)


def _what_if(session: RecordingSession, themes: HallThemes) -> QWidget:
    from gui.widgets.recordings.what_if import WhatIfPanel

    return Cover(WhatIfPanel(session, themes), session.covered, TABLES, themes)


_PANELS: dict[str, Callable[[RecordingSession, HallThemes], QWidget]] = {
    "table": _table,
    "treemap": _treemap,
    "special": _special,
    "what_if": _what_if,
}
"""The panels of Recordings, as ``core.lesson.panels`` has them."""
