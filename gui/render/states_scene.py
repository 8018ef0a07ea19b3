"""Every order of a scenario's events as a picture: what came of it, and the states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from core.errors import RenderError
from gui.explore_asking import MOST_DRAWN
from gui.render.still_themes import StillThemes

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from core.explore.result import Exploration
    from gui.render.request import PictureRequest
    from gui.render.scenes import Scene


class StatesScene:
    """What was explored, drawn as the window exports it.

    Args:
        found: The answer.
        request: How it looks.
    """

    length = 0

    def __init__(self, found: Exploration, request: PictureRequest) -> None:
        from gui.widgets.explore.graph_paint import scene_of
        from gui.widgets.explore.words import cheapest, verdict_of, where_broken

        graph = found.graph
        drawn = graph is not None and 0 < len(graph.nodes) <= MOST_DRAWN
        self._states = scene_of(graph) if graph is not None and drawn else None
        self._node = where_broken(graph, cheapest(found)) if graph is not None and drawn else -1
        self._verdict = verdict_of(found)
        self._themes = StillThemes(request.theme)
        self._scale, self.size = request.scale, request.size
        self.title = request.title or self._verdict.sentence

    def draw(self, painter: QPainter, position: int) -> None:
        """Draw it; nothing moves."""
        from gui.widgets.explore.graph_export import draw

        del position
        size = QSize(*(round(side / self._scale) for side in self.size))
        painter.save()
        painter.scale(self._scale, self._scale)
        draw(painter, self._states, self._verdict, self._node, self._themes, size)
        painter.restore()


def states_scene(request: PictureRequest) -> Scene:
    """Return the states of what was explored.

    Raises:
        OwnerscopeError: Nothing was.
    """
    if request.explored is None:
        raise RenderError("only a step of a lesson that explores has states to draw")
    return StatesScene(request.explored, request)
