"""Frames to look at: zoomed by wheel and click, moved by hand, walked through with the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.geometry.flame import Rows
from gui.geometry.flame_zoom import FlameZoom
from gui.widgets.flame.colours import FlameColours
from gui.widgets.flame.hand import Hand
from gui.widgets.flame.hits import named
from gui.widgets.flame.paint import draw_frames
from gui.widgets.flame.scene import FlameLook, FlameScene
from gui.widgets.flame.words import spoken

if TYPE_CHECKING:
    from core.recording.questions.call_tree import CallTree, Flags
    from gui.theme import ThemeManager
    from gui.widgets.flame.scene import Counts

ROW_PX, MOST_ROW_PX = 20, 26
"""A level is higher where all of them fit in higher ones."""
REST_MS = 120
"""A view that has not moved for so long rests, and names small frames too."""
NOTHING_TO_SHOW = "No recording is open. Drop a file on the window, or open one."
IN_THE_MAKING = "Putting the calls in order…"
NOTHING_LEFT = "Nothing to show: no record is left by filter and frames, or none weighs anything."


class FlameCanvas(QWidget):
    """The frames of a tree.

    The wheel zooms where the mouse is, a drag moves the view, a click looks into a frame, Escape
    and Backspace go back. The arrows walk from frame to frame, Enter looks into one.

    Args:
        themes: The theme in force.
        title: What it is called, for a screen reader.

    Attributes:
        tree: The frames, None where there are none.
        zoom: What part of them is in view, None without a tree.
        focused: The node with the focus, -1 for none.
        hovered: The node under the mouse, -1 for none.
        found: Which names are looked for, by number; None without a search.
        offsets_of: Returns at which offsets a function was seen, for the tool tip.
    """

    view_changed = Signal()
    """Another part is in view, or another frame is looked into."""
    chosen = Signal(int)
    """A frame got the focus (its node)."""
    activated = Signal(int)
    """A frame was clicked twice (its node)."""
    menu_asked = Signal(int, QPoint)
    """A menu for a frame is asked for: the node, and where on the screen."""

    def __init__(self, themes: ThemeManager, title: str = "Flame graph") -> None:
        super().__init__()
        self._themes = themes
        self.tree: CallTree | None = None
        self.zoom: FlameZoom | None = None
        self.focused = -1
        self.hovered = -1
        self.upward = False
        self.empty_text = NOTHING_TO_SHOW
        self._scrolled = 0.0
        self._colouring, self._normalised = "subsystem", False
        self._colours: FlameColours | None = None
        self._pattern = ""
        self.found: Flags | None = None
        self.offsets_of: Callable[[str], Sequence[str]] = lambda _function: ()
        self._hits: Counts | None = None
        self._counts: Counts | None = None
        self._scene: FlameScene | None = None
        self._last_scene: FlameScene | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.settle)
        self._hand = Hand(self, themes)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)
        themes.changed.connect(self._dress)

    # -- what is shown --------------------------------------------------------------------

    def show_tree(self, tree: CallTree | None, *, growing: bool = False) -> None:
        """Show another tree; where it has the frame that was looked into, that stays so.

        Args:
            tree: The tree, None for nothing.
            growing: Whether there is none yet, but soon will be.
        """
        path = self._path_looked_into()
        self.tree = tree if tree is not None and not tree.is_empty else None
        self._last_scene = None
        nothing = IN_THE_MAKING if growing else NOTHING_TO_SHOW
        self.empty_text = nothing if tree is None else NOTHING_LEFT
        self.zoom = FlameZoom(self.tree) if self.tree is not None else None
        self.focused = self.hovered = -1
        self._colours = None
        self._find()
        node = self.tree.find(path) if self.tree is not None and path else None
        if node and self.zoom is not None:
            self.zoom.into(node)
        self._scrolled = self.rows.clamped.scrolled
        self._announce()
        self._moved()

    def _path_looked_into(self) -> list[str]:
        if self.tree is None or self.zoom is None:
            return []
        return self.tree.path_names(self.zoom.node)

    def look_for(self, pattern: str) -> None:
        """Let the functions that a pattern finds stand out; an empty one ends that."""
        self._pattern = pattern
        self._find()
        self.redraw()

    def _find(self) -> None:
        self.found = named(self.tree, self._pattern) if self.tree is not None else None
        if self.tree is None or self.found is None:
            self._hits = None
            return
        if self._counts is None or len(self._counts) != len(self.tree) + 1:
            self._counts = np.zeros(len(self.tree) + 1, np.int32)
        # Written into the same memory at each letter typed: new pages cost more than the sum.
        np.cumsum(self.tree.having(self.found), out=self._counts[1:])
        self._hits = self._counts

    def set_look(self, colouring: str, *, upward: bool, normalised: bool) -> None:
        """Say what colours mean, where the root is, and whether shares are compared."""
        if (colouring, normalised) != (self._colouring, self._normalised):
            self._colouring, self._normalised, self._colours = colouring, normalised, None
        if upward != self.upward:
            self.upward, self._scrolled = upward, 0.0
        self.redraw()

    @property
    def rows(self) -> Rows:
        """Where the levels lie."""
        levels = self.tree.depth if self.tree is not None else 0
        px = self._themes.metrics.px
        row = float(max(px(ROW_PX), min(px(MOST_ROW_PX), self.height() // max(1, levels))))
        return Rows(row, float(self.height()), levels, self._scrolled, self.upward)

    @property
    def look(self) -> FlameLook:
        """How frames look now."""
        assert self.tree is not None
        if self._colours is None:
            self._colours = FlameColours(
                self._themes.theme, self.tree, self._colouring, normalised=self._normalised
            )
        return FlameLook(self._themes.metrics, self._colours, self._hits, self._normalised)

    def scene(self) -> FlameScene | None:
        """Return the picture of what is in view, None where there is nothing."""
        if self.tree is None or self.zoom is None:
            return None
        if self._scene is None:
            self._scene = FlameScene(
                self.tree, self.zoom.view, self.zoom.node, self.rows, float(max(1, self.width())),
                self.look, self.devicePixelRatioF(), moves=self._rest.isActive(),
                before=self._last_scene,
            )  # fmt: skip
            self._last_scene = self._scene
        return self._scene

    def redraw(self) -> None:
        """Draw anew at the next look."""
        self._scene = None
        self.update()

    def settle(self) -> None:
        """Take the view as one that rests: the next picture has all names."""
        self._rest.stop()
        if self._scene is not None and self._scene.moves:
            self.redraw()

    def sizeHint(self) -> QSize:
        """Return room for two dozen levels."""
        px = self._themes.metrics.px
        return QSize(px(900), px(ROW_PX) * 24)

    def minimumSizeHint(self) -> QSize:
        """Return room for a handful of levels."""
        px = self._themes.metrics.px
        return QSize(px(160), px(ROW_PX) * 4)

    def _dress(self) -> None:
        self._colours = None
        self._scrolled = self.rows.clamped.scrolled
        self.updateGeometry()
        self.redraw()

    # -- moving ---------------------------------------------------------------------------

    def look_into(self, node: int) -> None:
        """Let a frame fill the width; 0 for the whole."""
        if self.zoom is not None and self.zoom.into(node):
            self._show_level(int(self.zoom.tree.depths[node]))
            self._moved()

    def back(self) -> bool:
        """Go where the view was before; out to the whole where there is no before."""
        if self.zoom is None or not (self.zoom.back() or self.zoom.out()):
            return False
        self._show_level(int(self.zoom.tree.depths[self.zoom.node]))
        self._moved()
        return True

    def zoom_by(self, factor: float, at: float | None = None) -> None:
        """Show ``factor`` times as much; the point stays, given as a share of the view's width."""
        if self.zoom is not None:
            view = self.zoom.view
            share = self._focus_share() if at is None else at
            if self.zoom.zoom(factor, view.first + share * view.width):
                self._glided()

    def pan_by(self, share: float) -> None:
        """Move the view by a share of its width."""
        if self.zoom is not None and self.zoom.pan(share):
            self._glided()

    def scroll_by(self, pixels: float) -> None:
        """Move away from the root (positive) or towards it."""
        rows = self.rows._replace(scrolled=self._scrolled + pixels).clamped
        if rows.scrolled != self._scrolled:
            self._scrolled = rows.scrolled
            self.redraw()

    def _focus_share(self) -> float:
        """Where the keyboard zooms: at the focused frame, else in the middle."""
        if self.focused < 0 or self.zoom is None:
            return 0.5
        span, view = self.zoom.span(self.focused), self.zoom.view
        middle = (max(span.first, view.first) + min(span.last, view.last)) / 2
        return min(max((middle - view.first) / view.width, 0.0), 1.0)

    def _show_level(self, depth: int) -> None:
        rows = self.rows
        self._scrolled = rows.showing(depth, min(2 * rows.row, rows.height / 4)).scrolled

    def _glided(self) -> None:
        self._rest.start()
        self._moved()

    def _moved(self) -> None:
        QToolTip.hideText()
        self.hovered = -1
        self.redraw()
        self.view_changed.emit()

    # -- the frame with the focus ---------------------------------------------------------

    def focus_node(self, node: int, *, reveal: bool = True) -> None:
        """Give a frame the focus, -1 for none, and bring it into view."""
        if self.tree is None or node >= len(self.tree):
            node = -1
        changed, self.focused = node != self.focused, node
        if node >= 0 and reveal:
            self._reveal(node)
        if changed:
            self._announce()
            self.update()
            self.chosen.emit(node)

    def _reveal(self, node: int) -> None:
        assert self.tree is not None
        assert self.zoom is not None
        before = self._scrolled
        self._show_level(int(self.tree.depths[node]))
        span, view = self.zoom.span(node), self.zoom.view
        if span.last <= view.first or span.first >= view.last:
            self.look_into(int(self.tree.parent[node]))
        elif self._scrolled != before:
            self.redraw()

    def _announce(self) -> None:
        if self.tree is None:
            self.setAccessibleDescription(self.empty_text)
        elif self.focused < 0:
            self.setAccessibleDescription("")
        else:
            self.setAccessibleDescription(spoken(self.tree, self.focused, self._themes.theme))

    def step(self, way: str) -> None:
        """Move the focus: to the "parent", the widest "child", or the frame "left" or "right"."""
        tree, zoom = self.tree, self.zoom
        if tree is None or zoom is None:
            return
        if self.focused < 0:
            self.focus_node(zoom.node)
            return
        node = self.focused
        if way == "parent":
            self.focus_node(max(0, int(tree.parent[node])))
        elif way == "child":
            below = zoom.children_in_view(node)
            if len(below):
                self.focus_node(int(below[np.argmax(tree.width[below])]))
        else:
            level = tree.level(int(tree.depths[node]))
            beside = node + (1 if way == "right" else -1)
            if level.start <= beside < level.stop and self._in_view(beside):
                self.focus_node(beside)

    def _in_view(self, node: int) -> bool:
        assert self.zoom is not None
        span, view = self.zoom.span(node), self.zoom.view
        return span.first < view.last and span.last > view.first

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the frames, look into one, or go back."""
        key, keys = event.key(), Qt.Key
        towards = {keys.Key_Up: "child", keys.Key_Down: "parent"}
        if not self.upward:
            towards = {keys.Key_Up: "parent", keys.Key_Down: "child"}
        towards |= {keys.Key_Left: "left", keys.Key_Right: "right"}
        if key in towards:
            self.step(towards[keys(key)])
        elif key in (keys.Key_Return, keys.Key_Enter) and self.focused >= 0:
            self.look_into(self.focused)
        elif key in (keys.Key_PageDown, keys.Key_PageUp):
            down = (key == keys.Key_PageDown) != self.upward
            self.scroll_by((1 if down else -1) * self.height() * 0.9)
        elif key == keys.Key_Home:
            self.look_into(0)
        elif key in (keys.Key_Escape, keys.Key_Backspace) and self.back():
            pass
        elif key == keys.Key_Menu and self.focused >= 0:
            self._hand.ask_menu(self.focused)
        else:
            super().keyPressEvent(event)

    # -- the mouse ------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the mouse is; sideways it moves, with Alt it scrolls."""
        self._hand.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the view."""
        self._hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the view that was taken hold of, or say what lies under the mouse."""
        self._hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click without a drag looks into the frame there."""
        self._hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell that the frame that has been clicked was meant."""
        self._hand.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu for the frame at the mouse, or for the focused one."""
        self._hand.ask(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hand.leave()
        super().leaveEvent(event)

    def hover_over(self, node: int) -> None:
        """Show that the mouse is over a frame, -1 for none."""
        if node != self.hovered:
            self.hovered = node
            self.update()

    # -- painting -------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep as much in view as there is room for."""
        super().resizeEvent(event)
        self._scrolled = self.rows.clamped.scrolled
        self.redraw()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show what has the keyboard."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it has not any more."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frames, and over them what has the focus."""
        with QPainter(self) as painter:
            self.draw(painter)

    def draw(self, painter: QPainter, *, as_shapes: bool = False) -> None:
        """Draw everything with a painter.

        Args:
            painter: Where to.
            as_shapes: Draw frames as shapes and text, without what only the screen shows.
        """
        if as_shapes:
            self.settle()
        draw_frames(painter, self, self._themes, as_shapes=as_shapes)
