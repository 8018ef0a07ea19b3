"""The picture of the state space with its title and legend, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui.explore_asking import MOST_DRAWN
from gui.widgets.elided import ElidedLabel
from gui.widgets.explore.graph_legend import GraphLegend
from gui.widgets.explore.graph_paint import scene_of
from gui.widgets.explore.graph_view import GraphView
from gui.widgets.explore.words import counted, where_broken

if TYPE_CHECKING:
    from core.explore.result import Exploration
    from gui.explore_session import ExploreSession
    from gui.theme import ThemeManager


class GraphPanel(QWidget):
    """Shows the state space where it is small enough.

    Args:
        session: The answer.
        themes: The theme in force.
    """

    def __init__(self, session: ExploreSession, themes: ThemeManager) -> None:
        super().__init__()
        self._session, self._themes = session, themes
        self.title, self.why = ElidedLabel(), QLabel(wordWrap=True)
        self.whole_button = QPushButton("Show all", flat=True)
        self.view, self.legend = GraphView(themes), GraphLegend(themes)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.why)
        self.why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._head, self._column = QHBoxLayout(), QVBoxLayout(self)
        self._head.addWidget(self.title, 1)
        self._head.addWidget(self.whole_button)
        self._column.addLayout(self._head)
        self._column.addWidget(self.stack, 1)
        self._column.addWidget(self.legend)
        self.whole_button.setAutoDefault(False)
        self.whole_button.setToolTip("Show all states  (F)")
        self.whole_button.clicked.connect(self.view.whole)
        self.view.chosen.connect(session.select_node)
        session.result_changed.connect(self._take)
        session.selection_changed.connect(self._follow)
        session.started.connect(self._take)
        session.ended.connect(self._take)
        themes.changed.connect(self._dress)
        self._shown: Exploration | None = None
        self._dress()
        self._take()

    def _take(self) -> None:
        """Show the states of the answer, or say why they are not shown."""
        result = self._session.result
        graph = result.graph if result is not None else None
        if result is not self._shown:
            self._shown = result
            drawn = graph is not None and 0 < len(graph.nodes) <= MOST_DRAWN
            scene = scene_of(graph) if graph is not None and drawn else None
            self.view.show_scene(scene)
            self.legend.show_scene(scene)
        scene = self.view.scene
        if scene is not None:
            nodes, edges = len(scene.graph.nodes), len(scene.edges)
            self.title.set_text(
                f"{counted(nodes, 'state', digits=True)} and {counted(edges, 'step', digits=True)}",
                "From the start at the left; choose a state to see the way to it, double click to "
                "play it",
            )
        else:
            self.title.set_text("States")
        self.why.setText(self._why())
        self.whole_button.setVisible(scene is not None)
        self.stack.setCurrentWidget(self.view if scene is not None else self.why)
        self._follow()

    def _why(self) -> str:
        session, result = self._session, self._session.result
        if session.busy and result is None:
            return "The picture comes when everything was tried."
        if result is None:
            return ""
        if result.states > MOST_DRAWN:
            return (
                f"{result.states:,} states are too many for a picture; up to {MOST_DRAWN:,} are "
                "drawn. Lower a bound to see them."
            )
        return "There is no picture of this exploration."

    def _follow(self) -> None:
        """Look at the state that was chosen, or at where the chosen property breaks."""
        session, scene = self._session, self.view.scene
        if scene is None:
            return
        node = session.node
        if node < 0 and session.selected:
            node = where_broken(scene.graph, session.property(session.selected))
        self.view.show_node(node)

    def _dress(self) -> None:
        theme, metrics = self._themes.theme, self._themes.metrics
        px = metrics.frame().px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._head.setContentsMargins(px(14), px(6), px(8), px(6))
        self.title.setFont(metrics.frame().ui(bold=True))
        self.whole_button.setFont(metrics.frame().ui())
        self.why.setFont(metrics.ui("title"))
        self.why.setContentsMargins(px(40), px(20), px(40), px(20))
        self.why.setStyleSheet(f"color: {theme.muted}")
