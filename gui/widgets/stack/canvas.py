"""The call stack on the screen: it follows the session's cursor and moves its cards there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import (
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from gui.geometry.easing import ease_out, share
from gui.geometry.stack import Arrangement
from gui.widgets.in_sight import InSight
from gui.widgets.pointer import wanted
from gui.widgets.stack.board import Board
from gui.widgets.stack.cards import CardPixmaps
from gui.widgets.stack.guard import ARRIVAL_MS
from gui.widgets.stack.paint import Picture, paint, prepare_cards
from gui.widgets.stack.scene import Card, Scene, SceneMaker
from gui.widgets.stack.style import Style

if TYPE_CHECKING:
    from core.trace.trace import State
    from gui.expected import Expected
    from gui.session import Session
    from gui.theme import ThemeManager

TICK_MS = 16
FAST_MS = 50.0
"""Moments that follow each other faster than this are shown as they are, without sliding."""
MOST_SLIDES = 8
"""More cards than this do not come or go one by one: the picture cross-fades."""
FADE_MS = 180
LONG_AGO_MS = -1e9


class StackCanvas(QWidget):
    """The stack at the cursor, without keys and mouse.

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
        super().__init__(parent)
        self._session, self._themes, self._clock = session, theme_manager, clock
        self._maker = SceneMaker(session)
        self._stale, self._missed = True, False
        self._came_ms = self._changed_ms = self._ticked_ms = LONG_AGO_MS
        self._before: QPixmap | None = None
        self._before_ms = LONG_AGO_MS
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Call stack")
        style = Style(theme_manager.theme, theme_manager.metrics)
        self._board = Board(style)
        pixmaps = CardPixmaps(style, self.devicePixelRatioF())
        self._picture = Picture(self._board, pixmaps, self.width(), self.height())
        session.trace_changed.connect(self._trace_changed)
        in_sight = InSight(self)
        for changed in (
            session.trace_changed, session.position_changed, session.essential_changed,
            session.covered.changed,
        ):  # fmt: skip
            changed.connect(self._outdate)
            in_sight.connect_to(changed, self._moment_changed)
        session.highlights_changed.connect(self._point)
        theme_manager.changed.connect(self._dress)

    # -- what is shown ------------------------------------------------------------------------

    @property
    def scene(self) -> Scene:
        """What is shown at the cursor."""
        self._refresh_if_stale()
        return self._board.scene

    @property
    def arrangement(self) -> Arrangement:
        """Where the cards belong."""
        self._refresh_if_stale()
        return self._board.arrangement

    @property
    def following(self) -> bool:
        """Whether the newest card is kept in view."""
        return self._board.following

    @property
    def moving(self) -> bool:
        """Whether anything is on its way; the view ticks only then."""
        return self._timer.isActive()

    @property
    def selected(self) -> int:
        """Index of the card the arrow keys are on, -1 for none."""
        return self._board.index_of(self._board.selected)

    def set_keys(self, play: str, step: str) -> None:
        """Say which keys play and step; the empty view names them."""
        self._picture.keys = (play, step)
        self.update()

    def draw(self, painter: QPainter) -> None:
        """Draw the view as it is now: on the screen or into an image."""
        self._refresh_if_stale()
        now = self._now_ms()
        self._picture.since_ms = now - self._came_ms
        paint(painter, self._picture, focused=self.hasFocus())
        if self._before is not None:
            painter.setOpacity(1 - ease_out(share(now - self._before_ms, FADE_MS)))
            painter.drawPixmap(0, 0, self._before)
            painter.setOpacity(1)

    def prepare(self, expected: Expected) -> None:
        """Draw the cards of a place where the cursor will probably be, for later."""
        board = Board(self._picture.style)
        board.viewport_px = self._board.viewport_px
        board.show(SceneMaker(expected).make(), slide=False)
        prepare_cards(replace(self._picture, board=board))

    def settle(self) -> None:
        """Put everything where it belongs, at once."""
        self._refresh_if_stale()
        self._board.stage.settle()
        self._before = None
        self._came_ms = LONG_AGO_MS
        self._timer.stop()
        self.update()

    # -- following the session ----------------------------------------------------------------

    def _now_ms(self) -> float:
        return self._clock() * 1000

    def _trace_changed(self) -> None:
        self._board.following = True

    def _outdate(self) -> None:
        self._stale = True
        self._missed = self._missed or not self.isVisible()

    def _moment_changed(self) -> None:
        if self._missed or not (self._stale and self.isVisible()):
            return  # what nobody saw is made up for when it is shown, and does not slide
        now = self._now_ms()
        fast = now - self._changed_ms < FAST_MS
        self._changed_ms = now
        self._refresh(slide=self._themes.motion and not fast)

    def _refresh_if_stale(self) -> None:
        if self._stale:
            self._refresh(slide=False)
            self.settle()

    def _refresh(self, *, slide: bool) -> None:
        """Make the scene at the cursor, and let its cards go to where they belong."""
        self._stale = self._missed = False
        before = self._board.scene.barrier
        scene = self._maker.make()
        moves = slide
        if slide and self._board.coming_and_going(scene) > MOST_SLIDES:
            moves = False
            self._fade_from_here()
        self._board.show(scene, slide=moves)
        self._point()
        if scene.barrier is not None and scene.barrier != before:
            self._came_ms = self._now_ms() if self._themes.motion else LONG_AGO_MS
        self._told()

    def _point(self) -> None:
        """Find the cards that a lesson points at."""
        if not self._stale:
            cards = self._board.scene.cards
            self._picture.pointed = pointed_calls(
                cards, self._session.state(), self._session.highlights
            )
            self.update()

    def _told(self) -> None:
        """Something was changed: say so, move if there is anything to move, and paint."""
        self.setAccessibleDescription(self._board.describe())
        if self._needs_ticks() and self.isVisible() and self._themes.motion:
            if not self._timer.isActive():
                self._ticked_ms = self._now_ms()
                self._timer.start()
        else:
            self._board.stage.settle()
            self._timer.stop()
        self.update()

    def _fade_from_here(self) -> None:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        with QPainter(pixmap) as painter:
            paint(painter, self._picture, focused=self.hasFocus())
        self._before, self._before_ms = pixmap, self._now_ms()

    def _dress(self) -> None:
        style = Style(self._themes.theme, self._themes.metrics, narrow=self._is_narrow())
        self._picture.pixmaps = CardPixmaps(style, self.devicePixelRatioF())
        self._fit()

    def _is_narrow(self) -> bool:
        """Whether there is room for little more than names."""
        return False

    def _fit(self) -> None:
        """Take on the size and the style in force; everything jumps to its place."""
        picture = self._picture
        picture.width_px, picture.height_px = self.width(), self.height()
        self._board.resize(self.height() - picture.style.header_px, picture.style)
        self._before = None
        self.updateGeometry()
        self._told()

    # -- motion -------------------------------------------------------------------------------

    def _needs_ticks(self) -> bool:
        has_barrier = self._board.scene.barrier is not None
        arriving = has_barrier and self._now_ms() - self._came_ms < ARRIVAL_MS
        return arriving or self._before is not None or self._board.stage.moving

    def tick(self) -> None:
        """Move everything to where the clock says it is; stop where nothing moves any more."""
        now = self._now_ms()
        self._board.stage.advance(now - self._ticked_ms)
        self._ticked_ms = now
        if self._before is not None and now - self._before_ms >= FADE_MS:
            self._before = None
        if not self._needs_ticks():
            self._timer.stop()
        self.update()

    # -- Qt -----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return room for a dozen cards."""
        px = self._themes.metrics.px
        return QSize(px(720), px(640))

    def minimumSizeHint(self) -> QSize:
        """Return room for the newest card and a few lines above it."""
        px = self._themes.metrics.px
        return QSize(min(px(320), 480), min(px(240), 360))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Find new places in the new size."""
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the cursor."""
        super().showEvent(event)
        self._refresh_if_stale()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing move that nobody sees."""
        super().hideEvent(event)
        self.settle()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the view."""
        if self._picture.pixmaps.ratio != self.devicePixelRatioF():
            self._dress()
        with QPainter(self) as painter:
            self.draw(painter)


def pointed_calls(
    cards: Sequence[Card], state: State | None, highlights: tuple[str, ...]
) -> tuple[int, ...]:
    """Return the calls of the cards that highlights name: by function, or by the frame's number.

    Args:
        cards: What is shown.
        state: What is on the stack, whether it is shown or not.
        highlights: As ``Step.highlights`` has them.
    """
    names, numbers = set(wanted(highlights, "function")), wanted(highlights, "frame")
    if not (names or numbers) or state is None:
        return ()
    calls = {str(at): frame.call for at, frame in enumerate(state.frames, 1)}
    meant = {calls.get(number) for number in numbers}
    return tuple(
        card.call
        for card in cards
        if card.call in meant or names & {card.look.name, card.look.kernel_name}
    )
