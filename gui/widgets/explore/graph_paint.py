"""Draws a state space: steps first, states over them, and the way to the one that is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from gui.geometry.state_camera import View
from gui.geometry.state_graph import Placed, path_to, place
from gui.widgets.explore.graph_style import GO_ON, KINDS, draw_state, grown, step_colour, step_pen
from gui.widgets.explore.words import ENDED_BADLY, outcome_of

if TYPE_CHECKING:
    from core.explore.result import StateGraph
    from gui.theme import Theme

LEAST_RADIUS_PX, MOST_RADIUS_PX = 1.6, 13.0
_BEND = 0.35


class Scene(NamedTuple):
    """A state space, placed.

    Attributes:
        graph: The states and steps.
        placed: Where they stand.
        edges: The steps as pairs of states.
        outcomes: What became of a run in each state.
    """

    graph: StateGraph
    placed: Placed
    edges: tuple[tuple[int, int], ...]
    outcomes: tuple[str, ...]


def scene_of(graph: StateGraph) -> Scene:
    """Return a state space as it is drawn."""
    edges = tuple((edge.start, edge.end) for edge in graph.edges)
    return Scene(
        graph,
        place([node.depth for node in graph.nodes], edges),
        edges,
        tuple(outcome_of(graph, node) for node in range(len(graph.nodes))),
    )


def in_order(outcomes: Iterable[str]) -> list[str]:
    """Return each outcome once, as they are drawn: always alike, what ended badly on top."""
    return sorted(set(outcomes), key=lambda outcome: (outcome == ENDED_BADLY, outcome))


def radius_in(view: View, scale: float) -> float:
    """Return how large states are in a view, at a scale of the window."""
    return max(LEAST_RADIUS_PX, min(view.radius, MOST_RADIUS_PX * scale))


class GraphPainter:
    """Draws a scene in a view.

    Args:
        scene: What.
        view: Where in the picture.
        theme: The theme in force.
        scale: Of the window: 1 at 100 %.
    """

    def __init__(self, scene: Scene, view: View, theme: Theme, scale: float) -> None:
        self._scene, self._view, self._theme, self._scale = scene, view, theme, scale
        self.radius = radius_in(view, scale)
        self._points = [
            QPointF(*view.point(x, y))
            for x, y in zip(scene.placed.xs, scene.placed.ys, strict=True)
        ]

    def paint(self, painter: QPainter, *, as_shapes: bool = False) -> None:
        """Draw everything that nobody looks at in particular.

        Args:
            painter: Where to.
            as_shapes: Draw each state as a shape, for a drawing; stamps are several times as fast.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_steps(painter)
        for outcome in in_order(self._scene.outcomes):
            places = [
                point
                for point, own in zip(self._points, self._scene.outcomes, strict=True)
                if own == outcome
            ]
            if as_shapes:
                for at in places:
                    draw_state(painter, self._theme, outcome, at.x(), at.y(), self.radius)
            else:
                self._stamp(painter, outcome, places)
        if self._points:
            self._ring(painter, 0, self._theme.accent, 1.45)

    def _stamp(self, painter: QPainter, outcome: str, places: list[QPointF]) -> None:
        ratio, half = painter.device().devicePixelRatioF(), ceil(self.radius * 2) + 1
        stamp = QPixmap(QSize(1, 1) * ceil(2 * half * ratio))
        stamp.setDevicePixelRatio(ratio)
        stamp.fill(Qt.GlobalColor.transparent)
        with QPainter(stamp) as once:
            once.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_state(once, self._theme, outcome, half, half, self.radius)
        corner = QPointF(half, half)
        for at in places:
            painter.drawPixmap(at - corner, stamp)

    def _paint_steps(self, painter: QPainter) -> None:
        straight: dict[str, list[QLineF]] = {}
        bent: dict[str, QPainterPath] = {}
        for edge in self._scene.graph.edges:
            kind = KINDS.get(edge.way, GO_ON)
            start, end = self._points[edge.start], self._points[edge.end]
            if self._is_straight(edge.start, edge.end):
                straight.setdefault(kind, []).append(QLineF(start, end))
            else:
                self._bend(bent.setdefault(kind, QPainterPath()), edge.start, edge.end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        wide = max(0.8, min(2.2 * self._scale, self.radius * 0.32))
        for kind in dict.fromkeys((GO_ON, *straight, *bent)):
            painter.setPen(step_pen(self._theme, kind, wide))
            painter.drawLines(straight.get(kind, []))
            if kind in bent:
                painter.drawPath(bent[kind])

    def _is_straight(self, start: int, end: int) -> bool:
        xs = self._scene.placed.xs
        return xs[end] == xs[start] + 1

    def _bend(self, path: QPainterPath, start: int, end: int) -> None:
        """Draw a step that goes further, or back, in a bow around what lies between."""
        one, two = self._points[start], self._points[end]
        path.moveTo(one)
        if start == end:
            loop = self.radius * 3
            path.cubicTo(one + QPointF(loop, -loop), one + QPointF(-loop, -loop), one)
            return
        far = abs(two.x() - one.x()) * 0.12 + self._view.down * _BEND
        lift = QPointF(0, -far if two.y() <= one.y() else far)
        third = (two - one) / 3
        path.cubicTo(one + third + lift, two - third + lift, two)

    def paint_way(self, painter: QPainter, node: int) -> None:
        """Draw the way to a state in strong lines, and a ring around the state."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, scene = self._theme, self._scene
        wide = max(2.0, min(4.5 * self._scale, self.radius * 0.6))
        way = path_to(scene.edges, node)
        for at in way:
            start, end = scene.edges[at]
            kind = KINDS.get(scene.graph.edges[at].way, GO_ON)
            path = QPainterPath()
            if self._is_straight(start, end):
                path.moveTo(self._points[start])
                path.lineTo(self._points[end])
            else:
                self._bend(path, start, end)
            colour = theme.text if kind == GO_ON else step_colour(theme, kind)
            painter.setPen(
                QPen(QColor(colour), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
        for passed in (0, *(scene.edges[at][1] for at in way)):
            point = self._points[passed]
            draw_state(painter, theme, scene.outcomes[passed], point.x(), point.y(), self.radius)
        self._ring(painter, node, theme.focus, 1.9)

    def paint_hover(self, painter: QPainter, node: int) -> None:
        """Draw a ring around the state under the mouse."""
        self._ring(painter, node, self._theme.text, 1.7)

    def _ring(self, painter: QPainter, node: int, colour: str, factor: float) -> None:
        own = max(grown(self._scene.outcomes[node], self.radius) * factor, 5 * self._scale)
        point = self._points[node]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), max(1.5, 2 * self._scale)))
        painter.drawEllipse(QRectF(point.x() - own, point.y() - own, 2 * own, 2 * own))
