"""The map of a struct: a row a cache line, a cell a member, and what lies unused between them.

The arrow keys go from member to member and from row to row, Ctrl and the wheel or + and - zoom, 0
shows the whole struct. The new field is dragged to another place, or moved with Alt and the arrows.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gui.geometry.map_grid import Zoom
from gui.geometry.struct_map import Kind
from gui.widgets.layout.map_scene import line_tip, spoken, tip
from gui.widgets.layout.map_view import MapView

if TYPE_CHECKING:
    from gui.theme import ThemeManager
    from gui.widgets.layout.map_scene import MapSession

_NOTCH = 120
"""Qt's angle of one step of an ordinary wheel."""
_GRAB_PX = 6
"""How far beside a narrow field a press still takes hold of it."""
_SCROLL_MS = 30
_MOST_TRIES = 64
"""Forbidden places that are passed before the field stays; each one asked about takes a while."""
_PLAIN = Qt.KeyboardModifier.NoModifier
_ZOOM_KEYS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}


class StructMap(MapView):
    """The map with keys and mouse.

    Args:
        session: What is shown; the view hears its signals.
        themes: Theme, scale and motion in force.
        parent: The Qt parent.
    """

    chosen = Signal(str)
    """A member was double-clicked, or Enter was pressed on it."""

    def __init__(
        self, session: MapSession, themes: ThemeManager, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, themes, parent)
        self._pressed: QPointF | None = None
        self._place = ""
        self._edge = QTimer(self, interval=_SCROLL_MS)
        self._edge.timeout.connect(self._scroll_at_edge)
        self._turned = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)

    @property
    def dragging(self) -> bool:
        """Whether the new field is being dragged."""
        return self.marks.drop_bit >= 0

    @property
    def place(self) -> str:
        """Where the dragged field would go."""
        return self._place

    # -- keys -------------------------------------------------------------------------------------

    def _key_action(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key would do now, None where it is somebody else's."""
        if self.scene is None:
            return None
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key())
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if held in (Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier):
            if key in moves and self._candidate_selected():
                return lambda: self.move_field(moves[key])
            return None
        if key in _ZOOM_KEYS and held in (_PLAIN, Qt.KeyboardModifier.ShiftModifier):
            return lambda: self.zoom_by(_ZOOM_KEYS[key])
        if held != _PLAIN:
            return None
        return self._plain_actions().get(key)

    def _plain_actions(self) -> dict[Qt.Key, Callable[[], object]]:
        assert self.scene is not None
        contents, name = self.scene.contents, self.session.selected
        most = len(contents.members)
        actions: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Left: lambda: self._go(contents.stepped(name, -1)),
            Qt.Key.Key_Right: lambda: self._go(contents.stepped(name, 1)),
            Qt.Key.Key_Up: lambda: self._go_rows(-1),
            Qt.Key.Key_Down: lambda: self._go_rows(1),
            Qt.Key.Key_PageUp: lambda: self._go_rows(-self.rows_a_page()),
            Qt.Key.Key_PageDown: lambda: self._go_rows(self.rows_a_page()),
            Qt.Key.Key_Home: lambda: self._go(contents.stepped("", 1)),
            Qt.Key.Key_End: lambda: self._go(contents.stepped("", -1 if most else 1)),
            Qt.Key.Key_0: lambda: self.set_zoom(Zoom.OVERVIEW),
        }
        if self.dragging:
            actions[Qt.Key.Key_Escape] = self._let_go
        if name:
            actions.setdefault(Qt.Key.Key_Escape, lambda: self.session.select(""))
            actions[Qt.Key.Key_Return] = lambda: self.chosen.emit(name)
            actions[Qt.Key.Key_Enter] = actions[Qt.Key.Key_Return]
        return actions

    def _go(self, name: str) -> None:
        if name:
            self.session.select(name)
            self.show_selected()

    def _go_rows(self, by: int) -> None:
        """Select the member under the same byte some rows on; over gaps, the next that way."""
        scene, grid = self.scene, self.grid
        if scene is None or grid is None:
            return
        contents = scene.contents
        at = contents.find(self.session.selected)
        if at is None:
            self._go(contents.stepped("", 1))
            return
        row_bits = grid.row_bytes * 8
        last = contents.size_bits - 1
        # From the row the member ends in, or one would never get past a large one.
        leaves = at.first_bit if by < 0 or at.end_bits == at.first_bit else at.end_bits - 1
        row = leaves // row_bits + by
        bit = max(0, min(row * row_bits + at.first_bit % row_bits, last))
        index = contents.index_at(bit)
        while 0 <= index < len(contents.spans) and contents.spans[index].kind.is_gap:
            index += 1 if by > 0 else -1
        if 0 <= index < len(contents.spans):
            self._go(contents.spans[index].key)
        else:
            self._go(contents.stepped("", -by))

    def _candidate_selected(self) -> bool:
        found = self.scene.contents.find(self.session.selected) if self.scene else None
        return found is not None and found.kind is Kind.CANDIDATE

    def move_field(self, by: int) -> None:
        """Move the new field before the next member (-1) or after it (1), past forbidden places."""
        if self.scene is None:
            return
        reason = ""
        for place, _ in islice(self.scene.contents.places_beyond(by), _MOST_TRIES):
            reason = self.session.can_place(place)
            if not reason:
                self.session.set_place(place)
                self.show_selected()
                return
        self.announce(reason or "The struct ends here")

    def event(self, event: QEvent) -> bool:
        """Claim the map's own keys before commands get them."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._key_action(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select, zoom, or move the new field."""
        action = self._key_action(event)
        if action is None:
            event.ignore()
            return
        action()

    # -- mouse ------------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        """Show tool tips."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self.viewport())
            else:
                QToolTip.hideText()
            return True
        if event.type() == QEvent.Type.Leave:
            self.mark(hovered=-1)
        return super().viewportEvent(event)

    def tip_at(self, point: QPointF) -> str:
        """Return what is said about a point of the view, empty for nothing."""
        if self.scene is None or self.grid is None or self.dragging:
            return ""
        index = self.index_at(point)
        if index >= 0:
            return tip(self.scene, index)
        line = self.grid.line_at(point.x(), point.y() + self.scroll_px)
        return line_tip(self.scene, line) if line >= 0 else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is under the mouse; the new field can be dragged from here."""
        if event.button() is not Qt.MouseButton.LeftButton or self.scene is None:
            event.ignore()
            return
        point = event.position()
        if self._near_field(point):
            self._pressed = point
            self.session.select(self.scene.contents.spans[self.scene.contents.candidate].key)
            return
        index = self.index_at(point)
        self.session.select(self.scene.contents.spans[index].key if index >= 0 else "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the new field, or show what a click would select."""
        point = event.position()
        if self._pressed is None:
            self.mark(hovered=self.index_at(point))
            over = self._near_field(point)
            shape = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            return
        far = (point - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self.dragging or far:
            self._drag(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop the new field."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        place, allowed = self._place, self.dragging and self.marks.drop_allowed
        self._let_go()
        if place and allowed:
            self.session.set_place(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose a member."""
        index = self.index_at(event.position())
        if self.scene is not None and index >= 0 and self.scene.contents.spans[index].names:
            self.chosen.emit(self.scene.contents.spans[index].key)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._turned += event.angleDelta().y()
        steps = int(self._turned / _NOTCH)
        if steps:
            self._turned -= steps * _NOTCH
            self.zoom_by(steps, event.position())
        event.accept()

    # -- dragging the new field -------------------------------------------------------------------

    def _near_field(self, point: QPointF) -> bool:
        if self.painted is None or self.scene is None:
            return False
        reach = self.themes.metrics.px(_GRAB_PX)
        hit = self.index_at(point)
        for rect in self.painted.display.candidate:
            if rect.contains(point.toPoint()):
                return True
            narrow = rect.width() < 2 * reach
            beside = rect.adjusted(-reach, 0, reach, 0).contains(point.toPoint())
            if narrow and beside:
                return True
        return hit >= 0 and hit == self.scene.contents.candidate

    def _drag(self, point: QPointF) -> None:
        if self.scene is None or self.grid is None:
            return
        x, y = point.x(), point.y() + self.scroll_px
        place, bit = self.scene.contents.place_at(self.grid.nearest_bit(x, y))
        if place != self._place or not self.dragging:
            self._place = place
            reason = self.session.can_place(place) if place else "There is no other member"
            words = reason or place.replace(":", " ", 1)
            self.mark(drop_bit=bit, drop_text=words, drop_allowed=not reason, hovered=-1)
        self.mark(drop_at=(x, point.y()))
        self.viewport().setCursor(
            Qt.CursorShape.ClosedHandCursor
            if self.marks.drop_allowed
            else Qt.CursorShape.ForbiddenCursor
        )
        if not self._edge.isActive():
            self._edge.start()

    def _scroll_at_edge(self) -> None:
        """Go on scrolling while the field is held at the upper or lower edge."""
        x, y = self.marks.drop_at
        reach = self.themes.metrics.px(24)
        over = min(0.0, y - reach) + max(0.0, y + reach - self.viewport().height())
        if self.dragging and over:
            before = self.scroll_px
            self.scroll_to(before + over)
            if self.scroll_px != before:
                self._drag(QPointF(x, y))

    def _let_go(self) -> None:
        self._pressed, self._place = None, ""
        self._edge.stop()
        self.viewport().unsetCursor()
        self.mark(drop_bit=-1, drop_text="")

    # -- Qt ---------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what is in view."""
        with QPainter(self.viewport()) as painter:
            self.draw(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out for another size."""
        super().resizeEvent(event)
        self.lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the map has the keyboard."""
        super().focusInEvent(event)
        self.mark(focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it has not."""
        super().focusOutEvent(event)
        self.mark(focused=False)

    def announce(self, text: str) -> None:
        """Say something that has no place on the map: in a tip, and to a screen reader."""
        self.setAccessibleDescription(f"{text}. {spoken(self.scene, self.session.selected)}")
        middle = self.viewport().rect().center()
        QToolTip.showText(self.viewport().mapToGlobal(middle), text, self.viewport())
