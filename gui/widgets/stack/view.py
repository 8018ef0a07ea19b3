"""The call stack as cards, the outermost on top and the newest at the bottom.

Kernel stacks grow down, and so does this one: what the guard spares the kernel lies below its
barrier, where it would have come, and the end of the stack lies at the bottom.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gui.geometry.stack import Density
from gui.widgets.stack.canvas import StackCanvas
from gui.widgets.stack.words import card_tip

if TYPE_CHECKING:
    from gui.session import Session
    from gui.theme import ThemeManager

_LINES_A_NOTCH = 3
_NOTCH = 120
"""Qt's angle of one step of an ordinary wheel."""
_PAGE = 0.85


class StackView(StackCanvas):
    """The stack at the cursor.

    The arrow keys choose a card, Enter seeks to its call, the wheel and PageUp/PageDown look at
    older frames, Esc goes back to following the newest.

    Args:
        session: What is shown; the view hears its signals.
        theme_manager: Theme, scale and motion in force.
        clock: Seconds; only differences count.
        parent: The Qt parent.
    """

    def __init__(
        self,
        session: Session,
        theme_manager: ThemeManager,
        clock: Callable[[], float] = monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, theme_manager, clock, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # -- choosing and scrolling ---------------------------------------------------------------

    def select(self, index: int) -> None:
        """Choose a card and bring it into view; -1 chooses none."""
        self._refresh_if_stale()
        self._board.select(index, slide=self._themes.motion)
        self._session.select_frame(index if index >= 0 else None)
        self._told()

    def follow(self) -> None:
        """Keep the newest card in view again, with no card chosen."""
        self._board.follow(slide=self._themes.motion)
        self._session.select_frame(None)
        self._told()

    def scroll_by(self, distance_px: float) -> bool:
        """Look at older frames (negative) or newer ones; return whether there was any way."""
        moved = self._board.scroll_by(distance_px, slide=self._themes.motion)
        self._told()
        return moved

    def index_at(self, point: QPoint) -> int:
        """Return the index of the card at a point of the view, -1 beside the cards."""
        picture = self._picture
        below = point.y() - picture.style.header_px
        found = self.arrangement.hit(self._board.content_y(below)) if below >= 0 else None
        if found is None:
            return -1
        left = picture.card_left(self.scene.cards[found].look.level)
        return found if left <= point.x() < picture.card_right else -1

    def _seek_to(self, index: int) -> None:
        cards = self.scene.cards
        if cards:
            call = cards[index if index >= 0 else len(cards) - 1].call
            self.follow()
            self._session.seek(call)

    def _key_action(self, key: int) -> Callable[[], object] | None:
        """What a key would do now, None where it is somebody else's."""
        last = len(self._board.scene.cards) - 1
        at = self.selected if self.selected >= 0 else last
        page = self._board.viewport_px * _PAGE
        free = self._board.following and self._board.selected < 0
        actions: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Up: lambda: self.select(max(0, at - 1)),
            Qt.Key.Key_Down: lambda: self.select(min(last, at + 1)),
            Qt.Key.Key_PageUp: lambda: self.scroll_by(-page),
            Qt.Key.Key_PageDown: lambda: self.scroll_by(page),
        }
        if not free:
            actions[Qt.Key.Key_Escape] = self.follow
        if self.selected >= 0:
            actions[Qt.Key.Key_Return] = actions[Qt.Key.Key_Enter] = lambda: self._seek_to(at)
        return actions.get(key) if last >= 0 else None

    # -- Qt -----------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Claim the view's own keys before commands get them, and show tool tips."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _plain(event) and self._key_action(event.key()) is not None:
                event.accept()
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event)
            return True
        return super().event(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        at = self.index_at(event.pos())
        if at < 0:
            QToolTip.hideText()
            return
        tip = card_tip(self.scene.cards[at].look, self._session.trace)
        QToolTip.showText(event.globalPos(), tip, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, seek, scroll, or go back to following."""
        action = self._key_action(event.key()) if _plain(event) else None
        if action is None:
            super().keyPressEvent(event)
            return
        action()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a card, unfold the stripe, or go back to the newest card."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        point = event.position().toPoint()
        below = point.y() - self._picture.style.header_px
        fold = self.arrangement.fold
        if not self.following and self._picture.follow_box().contains(point.x(), point.y()):
            self.follow()
        elif fold is not None and self.arrangement.hit_fold(self._board.content_y(below)):
            self._board.unfold_at(fold.first, slide=self._themes.motion)
            self._told()
        else:
            self.select(self.index_at(point))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Seek to the call of a card."""
        at = self.index_at(event.position().toPoint())
        if at >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._seek_to(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which card a click would choose."""
        at = self.index_at(event.position().toPoint())
        self._hover(self.scene.cards[at].call if at >= 0 else -1)

    def leaveEvent(self, _event: QEvent) -> None:
        """Show no card as under the mouse any more."""
        self._hover(-1)

    def _hover(self, call: int) -> None:
        if call != self._picture.hovered:
            self._picture.hovered = call
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look at older or newer frames."""
        pixels = event.pixelDelta().y()
        line = self._picture.style.sizes.pitch_px(Density.DENSE)
        distance = pixels or event.angleDelta().y() / _NOTCH * _LINES_A_NOTCH * line
        if event.modifiers() or not distance or not self.scroll_by(-distance):
            event.ignore()


def _plain(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return held == Qt.KeyboardModifier.NoModifier
