"""What a mouse does to frames: it zooms, holds the view, looks into a frame, asks and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip

from gui.widgets.flame.words import frame_lines
from gui.widgets.tip import tip_html
from gui.widgets.wheel import COARSER, FINER, ZOOM_STEP, notches

if TYPE_CHECKING:
    from gui.theme import ThemeManager
    from gui.widgets.flame.canvas import FlameCanvas

_DRAG_PX = 4.0
_SIDEWAYS_SHARE = 0.1


class Hand:
    """The wheel zooms where the mouse is, a drag moves the view, a click looks into a frame.

    Args:
        canvas: The frames.
        themes: The theme in force.
    """

    def __init__(self, canvas: FlameCanvas, themes: ThemeManager) -> None:
        self._canvas, self._themes = canvas, themes
        self._pressed: QPointF | None = None
        self._panning = False

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom where the mouse is; sideways it moves, with Alt it scrolls."""
        canvas = self._canvas
        turned, sideways = notches(event)
        held = event.modifiers()
        if held & Qt.KeyboardModifier.AltModifier:
            up = turned or sideways
            canvas.scroll_by((up if canvas.upward else -up) * canvas.rows.row * 3)
        elif abs(sideways) > abs(turned):
            canvas.pan_by(-sideways * _SIDEWAYS_SHARE)
        elif turned:
            if held & Qt.KeyboardModifier.ShiftModifier:
                turned *= COARSER
            elif held & Qt.KeyboardModifier.ControlModifier:
                turned *= FINER
            canvas.zoom_by(ZOOM_STEP**turned, event.position().x() / max(1, canvas.width()))
        event.accept()

    def press(self, event: QMouseEvent) -> None:
        """Take hold of the view."""
        if event.button() is not Qt.MouseButton.LeftButton or self._canvas.tree is None:
            event.ignore()
            return
        self._pressed, self._panning = event.position(), False

    def move(self, event: QMouseEvent) -> None:
        """Move the view that was taken hold of, or say what lies under the mouse."""
        if self._pressed is None:
            self._hover(event)
            return
        canvas = self._canvas
        moved = event.position() - self._pressed
        if not self._panning and abs(moved.x()) + abs(moved.y()) >= _DRAG_PX:
            self._panning = True
            canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._panning:
            self._pressed = event.position()
            canvas.pan_by(-moved.x() / max(1, canvas.width()))
            canvas.scroll_by(moved.y() if canvas.upward else -moved.y())

    def release(self, event: QMouseEvent) -> None:
        """Let go; a click without a drag looks into the frame there."""
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        panned, self._pressed, self._panning = self._panning, None, False
        self._canvas.unsetCursor()
        node = None if panned else self._node_at(event.position())
        if node is not None:
            self._canvas.focus_node(node, reveal=False)
            self._canvas.look_into(node)

    def double_click(self, event: QMouseEvent) -> None:
        """Tell that the frame that has been clicked was meant."""
        if event.button() is Qt.MouseButton.LeftButton and self._canvas.focused >= 0:
            self._canvas.activated.emit(self._canvas.focused)

    def ask(self, event: QContextMenuEvent) -> None:
        """Ask for a menu for the frame at the mouse, or for the focused one."""
        by_mouse = event.reason() is not QContextMenuEvent.Reason.Keyboard
        focused = self._canvas.focused if self._canvas.focused >= 0 else None
        node = self._node_at(QPointF(event.pos())) if by_mouse else focused
        if node is None:
            event.ignore()
            return
        self.ask_menu(node, event.globalPos() if by_mouse else None)

    def ask_menu(self, node: int, where: QPoint | None = None) -> None:
        """Ask for a menu for a frame, in its middle where no place is given."""
        canvas, scene = self._canvas, self._canvas.scene()
        if where is None and scene is not None:
            rect = scene.rect_of(node) or QRectF(canvas.rect())
            where = canvas.mapToGlobal(rect.center().toPoint())
        canvas.focus_node(node, reveal=False)
        canvas.menu_asked.emit(node, where)

    def leave(self) -> None:
        """Forget the mouse."""
        QToolTip.hideText()
        self._canvas.hover_over(-1)

    def _node_at(self, point: QPointF) -> int | None:
        scene = self._canvas.scene()
        return scene.node_at(point) if scene is not None else None

    def _hover(self, event: QMouseEvent) -> None:
        canvas, scene = self._canvas, self._canvas.scene()
        node = self._node_at(event.position())
        canvas.hover_over(-1 if node is None else node)
        if scene is None or node is None:
            QToolTip.hideText()
            return
        together = scene.together_at(event.position())
        if scene.rect_of(node) is not None and self._width_px(node) > 1.0:
            together = 1
        lines = frame_lines(
            scene.tree, node, together=together, theme=self._themes.theme,
            offsets=canvas.offsets_of(scene.tree.name_of(node)),
        )  # fmt: skip
        QToolTip.showText(event.globalPosition().toPoint(), tip_html(lines), canvas)

    def _width_px(self, node: int) -> float:
        zoom = self._canvas.zoom
        assert zoom is not None
        return zoom.span(node).width / zoom.view.width * self._canvas.width()
