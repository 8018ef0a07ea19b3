"""The picture of a small state space: point at a state, choose it, play the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gui.geometry.state_camera import Camera, nearest
from gui.geometry.state_graph import Placed, neighbour
from gui.widgets.explore.graph_paint import GraphPainter, Scene, radius_in
from gui.widgets.explore.words import choice_words, state_words
from gui.widgets.own_keys import claims
from gui.widgets.wheel import COARSER, FINER, ZOOM_STEP, notches

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_ARROWS = {
    Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down",
}  # fmt: skip
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEYS = (*_ARROWS, *_ENTER, Qt.Key.Key_Home)
_EDGE_PX, _WIDEST_PX, _REACH_PX = 28, 90, 12


class GraphView(QWidget):
    """A state space that can be zoomed and panned.

    Args:
        themes: The theme in force.
    """

    chosen = Signal(int)
    """The user looks at a state, or at none (-1)."""
    wanted = Signal(int)
    """The user wants to see the way to a state played."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.scene: Scene | None = None
        self.node, self.hovered = -1, -1
        self.camera = Camera()
        self._pressed: QPointF | None = None
        self._panned = False
        self._ground: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("State space")
        themes.changed.connect(self._take_room)

    # -- what is shown --------------------------------------------------------------------

    def show_scene(self, scene: Scene | None) -> None:
        """Show another state space, all of it."""
        self.scene, self.node, self.hovered = scene, -1, -1
        self.camera.show(scene.placed if scene is not None else Placed((), (), ()))
        self._take_room()
        size = (len(scene.graph.nodes), len(scene.edges)) if scene is not None else (0, 0)
        self.setAccessibleDescription("{:,} states, {:,} steps".format(*size))

    def show_node(self, node: int) -> None:
        """Look at a state, at none with -1."""
        if self.scene is None or node == self.node:
            return
        self.node = node if node < len(self.scene.graph.nodes) else -1
        if self.node >= 0:
            self._bring_into_view(self.node)
            words = state_words(self.scene.graph, self.node)
            self.setAccessibleDescription(words)
            if self.hasFocus():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
        self.update()

    def words(self, node: int) -> str:
        """Return what a state says in full, with the choices that lead to it."""
        if self.scene is None:
            return ""
        choices = self.scene.graph.nodes[node].choices
        told = (f"{where}: {what}" for where, what in map(choice_words, choices))
        return "\n".join((state_words(self.scene.graph, node), *told))

    # -- what is in view ------------------------------------------------------------------

    def whole(self) -> None:
        """Show everything."""
        self.camera.whole()
        self._renew()

    def back(self) -> None:
        """Go back to what was in view before."""
        self.camera.back()
        self._renew()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Go ``factor`` times as close, around a point or the state that is looked at."""
        if self.scene is not None:
            where = at or self._middle()
            self.camera.zoom_by(factor, where.x(), where.y())
            self._renew()

    def _middle(self) -> QPointF:
        if self.node >= 0 and self.rect().contains(self.point_of(self.node).toPoint()):
            return self.point_of(self.node)
        return QPointF(self.width() / 2, self.height() / 2)

    def pan_by(self, share: float) -> None:
        """Move by a share of the width."""
        self.camera.move(-share * self.width(), 0)
        self._renew()

    def point_of(self, node: int) -> QPointF:
        """Return where a state is drawn."""
        assert self.scene is not None
        placed = self.scene.placed
        return QPointF(*self.camera.view.point(placed.xs[node], placed.ys[node]))

    def _bring_into_view(self, node: int) -> None:
        if self.camera.is_whole:
            return
        point, edge = self.point_of(node), self._themes.metrics.px(_EDGE_PX)
        across = min(max(point.x(), edge), max(edge, self.width() - edge)) - point.x()
        down = min(max(point.y(), edge), max(edge, self.height() - edge)) - point.y()
        if across or down:
            self.camera.move(across, down, remember=False)
            self._renew()

    def _take_room(self) -> None:
        px = self._themes.metrics.px
        self.camera.take_room(self.width(), self.height(), px(_EDGE_PX), px(_WIDEST_PX))
        self._renew()

    def _renew(self) -> None:
        self._ground = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show in another size what was shown."""
        super().resizeEvent(event)
        self._take_room()

    # -- mouse ----------------------------------------------------------------------------

    def node_at(self, place: QPointF) -> int:
        """Return the state at a point, -1 for none."""
        if self.scene is None:
            return -1
        metrics = self._themes.metrics
        view = self.camera.view
        reach = max(radius_in(view, metrics.scale) * 1.5, metrics.px(_REACH_PX))
        return nearest(self.scene.placed, view, place.x(), place.y(), reach)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan, or to choose."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._panned = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while the button is held, else point at a state."""
        if self._pressed is None:
            self._hover(self.node_at(event.position()))
            return
        far = event.position() - self._pressed
        if self._panned or far.manhattanLength() >= QApplication.startDragDistance():
            self.camera.move(far.x(), far.y(), remember=not self._panned)
            self._panned, self._pressed = True, event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._renew()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the state under the mouse, unless it was dragged."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._pressed is not None and not self._panned:
            self.chosen.emit(self.node_at(event.position()))
        self._pressed = None
        self._hover(self.node_at(event.position()), again=True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Play the way to a state; beside the states, show everything."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        node = self.node_at(event.position())
        if node >= 0:
            self.wanted.emit(node)
        else:
            self.whole()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the mouse is; finer with Ctrl, coarser with Shift."""
        turned, sideways = notches(event)
        held = event.modifiers()
        if held & Qt.KeyboardModifier.ShiftModifier:
            turned = (turned or sideways) * COARSER
        elif held & Qt.KeyboardModifier.ControlModifier:
            turned *= FINER
        if turned:
            self.zoom_by(ZOOM_STEP**-turned, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, node: int, *, again: bool = False) -> None:
        if node != self.hovered or again:
            self.hovered = node
            hand = Qt.CursorShape.PointingHandCursor
            self.setCursor(hand if node >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    # -- keys -----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Tell what is under the mouse, and keep the arrows from the commands of the window."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            node = self.node_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words(node) if node >= 0 else "", self)
            return True
        return claims(event, _KEYS, plain=True) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from state to state with the arrows, to the start with Home, play with Enter."""
        key = Qt.Key(event.key())
        if self.scene is None or not self.scene.graph.nodes:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            placed, edges, here = self.scene.placed, self.scene.edges, self.node
            self.chosen.emit(neighbour(placed, edges, here, _ARROWS[key]) if here >= 0 else 0)
        elif key == Qt.Key.Key_Home:
            self.chosen.emit(0)
        elif key in _ENTER and self.node >= 0:
            self.wanted.emit(self.node)
        else:
            super().keyPressEvent(event)

    # -- look -----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a fair size; it takes what there is."""
        px = self._themes.metrics.px
        return QSize(px(520), px(320))

    def minimumSizeHint(self) -> QSize:
        """Return what a small picture needs."""
        px = self._themes.metrics.px
        return QSize(px(160), px(100))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the states, then what is looked at."""
        theme, metrics = self._themes.theme, self._themes.metrics
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.surface))
            if self.scene is None:
                return
            drawn = GraphPainter(self.scene, self.camera.view, theme, metrics.scale)
            painter.drawPixmap(0, 0, self._whole(drawn))
            if self.node >= 0:
                drawn.paint_way(painter, self.node)
            if self.hovered >= 0:
                drawn.paint_hover(painter, self.hovered)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.focus), metrics.px(2)))
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _whole(self, drawn: GraphPainter) -> QPixmap:
        """Return all states and steps, drawn once for as long as the view stays."""
        if self._ground is None:
            ratio = self.devicePixelRatioF()
            ground = QPixmap(self.size() * ratio)
            ground.setDevicePixelRatio(ratio)
            ground.fill(QColor(self._themes.theme.surface))
            with QPainter(ground) as painter:
                drawn.paint(painter)
            self._ground = ground
        return self._ground
