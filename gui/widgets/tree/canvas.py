"""The tree of one page event, to look at and to move in."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.geometry.save_tree import (
    Area,
    Box,
    Layout,
    Widths,
    happened_until,
    layout,
    neighbour,
    row_height,
)
from gui.widgets.own_keys import claims
from gui.widgets.raster import is_raster
from gui.widgets.tip import tip_html
from gui.widgets.tree.paint import Marks, Scene, paint_marks, paint_scene, side_width
from gui.widgets.tree.words import box_tip, spoken

if TYPE_CHECKING:
    from core.trace.save_tree import SaveTree
    from core.trace.trace import Trace
    from gui.theme import ThemeManager

_ROOM_PX, _LEAST_ROW_PX, _MOST_ROW_PX, _GAP_PX, _PAD_PX = 300, 17, 46, 9, 10
_LEAST_PX = 160
_MOST_SIDE = 0.4
"""What the rows hold takes no more than this part of the width."""
_WAYS = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
}
_JUMPS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TURNS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class TreeCanvas(QWidget):
    """Draws a page event as a tree. A click or Enter asks for a save, the arrows move in it.

    Args:
        themes: The theme in force.
    """

    selected = Signal(int)
    """The keyboard went to a save."""
    asked_for = Signal(int)
    """The user wants to go to a save."""
    turned = Signal(int)
    """The user wants the next page event (1) or the one before (-1)."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self._trace: Trace | None = None
        self._tree: SaveTree | None = None
        self._tops: list[int] = []
        self._widths: Widths = "equal"
        self._layout: Layout | None = None
        self._drawn: tuple[QPixmap, QPixmap] | None = None
        self._side_px = 0.0
        self._hovered: Box | None = None
        self._path: frozenset[int] = frozenset()
        self._position, self._current, self.node = -1, -1, -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Recursion tree")

    # -- what is shown --------------------------------------------------------------------

    def show_event(self, trace: Trace | None, tree: SaveTree | None, tops: list[int]) -> None:
        """Show the trees of some top-level saves; none where there is nothing to show."""
        self._trace, self._tree = trace, tree
        if tops != self._tops or tree is None:
            self._hovered = None
        self._tops = tops
        self._dirty()

    def show_widths(self, widths: Widths) -> None:
        """Let the widths say something else."""
        self._widths = widths
        self._dirty()

    def show_cursor(self, position: int, current: int, node: int) -> None:
        """Show where the cursor is.

        Args:
            position: The position.
            current: The save it is in, -1 for none.
            node: The save that is looked at.
        """
        tree = self._tree
        self._position, self._current = position, current
        self._path = frozenset(tree.path(current) if tree is not None and current >= 0 else ())
        self.select(node)
        self.update()

    def select(self, node: int) -> None:
        """Look at a save."""
        self.node = node
        if self._trace is not None and self._tree is not None and node >= 0:
            self.setAccessibleDescription(spoken(self._trace, self._tree, node))
        else:
            self.setAccessibleDescription("No save.")
        self.update()

    def layout_now(self) -> Layout:
        """Return where the boxes are for the size as it is."""
        if self._layout is None:
            if self._tree is None or not self._tops:
                return Layout((), ())
            metrics = self._themes.metrics
            pad, gap = metrics.px(_PAD_PX), metrics.px(_GAP_PX)
            # What the rows hold decides how much room is left for the boxes.
            rows = layout(self._tree, self._tops, Area(0, 0, 1, 1, 0)).rows
            row = row_height(
                metrics.px(_ROOM_PX), len(rows), gap, metrics.px(_LEAST_ROW_PX),
                metrics.px(_MOST_ROW_PX),
            )  # fmt: skip
            self._side_px = min(side_width(metrics, rows) + pad, self.width() * _MOST_SIDE)
            room = max(1.0, self.width() - self._side_px - pad)
            area = Area(self._side_px, pad, room, row, gap)
            self._layout = layout(self._tree, self._tops, area, self._widths)
        return self._layout

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        self._dirty()

    def _dirty(self) -> None:
        self._layout, self._drawn = None, None
        pad = self._themes.metrics.px(_PAD_PX)
        self.setFixedHeight(max(1, round(self.layout_now().bottom) + pad))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for some boxes side by side."""
        return QSize(self._themes.metrics.px(480), self.height())

    def minimumSizeHint(self) -> QSize:
        """Return the least: bars, however large the text is."""
        return QSize(_LEAST_PX, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the boxes out anew."""
        super().resizeEvent(event)
        self._layout, self._drawn, self._hovered = None, None, None

    # -- what the user does ---------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move in the tree from the commands of the window."""
        mine = (*_WAYS, *_JUMPS, *_TURNS)
        return claims(event, mine, plain=True) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the tree, or go to the save one is at."""
        key = Qt.Key(event.key())
        if self._tree is None or self.node < 0:
            super().keyPressEvent(event)
        elif key in _WAYS:
            node = neighbour(self._tree, self._tops, self.node, _WAYS[key])
            self.select(node)
            self.selected.emit(node)
            if QAccessible.isActive():
                told = QAccessibleAnnouncementEvent(self, self.accessibleDescription())
                QAccessible.updateAccessibility(told)
        elif key in _JUMPS:
            self.asked_for.emit(self.node)
        elif key in _TURNS:
            self.turned.emit(_TURNS[key])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the save under the mouse."""
        box = self._box_under(event.position())
        if event.button() is Qt.MouseButton.LeftButton and box is not None:
            self.asked_for.emit(box.nodes[0])
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what lies under the mouse."""
        box = self._box_under(event.position())
        if box != self._hovered:
            self._hovered = box
            self.update()
        shape = Qt.CursorShape
        self.setCursor(shape.PointingHandCursor if box is not None else shape.ArrowCursor)
        if box is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self.tip(box), self)
        else:
            QToolTip.hideText()

    def tip(self, box: Box) -> str:
        """Return what is said about a box, as rich text."""
        assert self._trace is not None
        assert self._tree is not None
        return tip_html(box_tip(self._trace, self._tree, box))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the mouse."""
        self._hovered = None
        QToolTip.hideText()
        self.update()
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def _box_under(self, point: QPointF) -> Box | None:
        return self.layout_now().box_at(point.x(), point.y())

    # -- painting -------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the tree, and the ring that says the keyboard is here."""
        theme, metrics = self._themes.theme, self._themes.metrics
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.surface))
            drawn = self.layout_now()
            if self._tree is not None and drawn.rows:
                scene = Scene(self._tree, drawn, theme, metrics, self._side_px)
                self._paint_tree(painter, scene)
                node = self.node if self.hasFocus() else -1
                paint_marks(painter, scene, Marks(self._path, self._current, node, self._hovered))
            if self.hasFocus():
                thick = metrics.px(2)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.focus), thick))
                inset = thick / 2
                painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))

    def _paint_tree(self, painter: QPainter, scene: Scene) -> None:
        """Draw what is to come, and over it in each row what has begun."""
        raster = is_raster(painter)
        self._put(painter, scene, begun=False, raster=raster)
        region = QRegion()
        edges = happened_until(scene.tree, scene.layout, self._position)
        for row, edge in zip(scene.layout.rows, edges, strict=True):
            top = int(row.top)
            region += QRegion(0, top, round(edge), ceil(row.top + row.height) - top)
        painter.save()
        painter.setClipRegion(region)
        self._put(painter, scene, begun=True, raster=raster)
        painter.restore()

    def _put(self, painter: QPainter, scene: Scene, *, begun: bool, raster: bool) -> None:
        if not raster:
            painter.save()
            paint_scene(painter, scene, begun=begun)
            painter.restore()
            return
        if self._drawn is None or self._drawn[0].devicePixelRatio() != self.devicePixelRatioF():
            self._drawn = self._picture(scene, begun=False), self._picture(scene, begun=True)
        painter.drawPixmap(0, 0, self._drawn[begun])

    def _picture(self, scene: Scene, *, begun: bool) -> QPixmap:
        ratio = self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(QColor(scene.theme.surface))
        with QPainter(made) as painter:
            paint_scene(painter, scene, begun=begun)
        return made
