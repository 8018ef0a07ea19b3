"""How the whole call stack is drawn from a scene and the places of its cards."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gui.geometry.stack import Box, Density, card_parts, indent_px, level_ranges
from gui.widgets.pointer import draw_pointer
from gui.widgets.stack import draw, guard, stops
from gui.widgets.stack.board import Board
from gui.widgets.stack.cards import CardPixmaps, draw_ground, parts_of
from gui.widgets.stack.motion import FOLD_KEY, Mover, Stage
from gui.widgets.stack.scene import Barrier, Scene
from gui.widgets.stack.style import Style, faded

_LEAST_KEPT = 0.62
_BREAK_DEGREES = 0.7
_TEETH = 20
_RESTING = 0.42
"""How much of the ground lies over the stack of a CPU that rests: its text stays readable."""
_NARROW_STEPS = 80
"""A level's step to the right is no more than this part of the width."""


@dataclass(slots=True)
class Picture:
    """Everything a paint of the call stack needs.

    Attributes:
        board: What is shown and where.
        pixmaps: The cards' drawings, with the style in force.
        width_px: Width of the view.
        height_px: Its height.
        hovered: Call of the card under the mouse, -1 for none.
        since_ms: Time since the barrier came.
        keys: The keys that play and step, as the hint names them.
        pointed: Calls of the cards that a lesson points at.
    """

    board: Board
    pixmaps: CardPixmaps
    width_px: int
    height_px: int
    hovered: int = -1
    since_ms: float = 0.0
    keys: tuple[str, str] = ("Space", ".")
    pointed: tuple[int, ...] = ()

    @property
    def scene(self) -> Scene:
        """What is shown."""
        return self.board.scene

    @property
    def stage(self) -> Stage:
        """Where it is now."""
        return self.board.stage

    @property
    def style(self) -> Style:
        """Theme and scale in force."""
        return self.pixmaps.style

    def card_left(self, level: int) -> float:
        """Return the left edge of a level's cards."""
        style = self.style
        step = min(style.indent_step_px, self.width_px // _NARROW_STEPS)
        return style.margin_px + style.gutter_px + indent_px(level, step)

    @property
    def card_right(self) -> float:
        """The right edge of all cards."""
        barrier = self.scene.barrier
        link = self.style.link_px if barrier is not None and barrier.kind == "deadlock" else 0
        return self.width_px - self.style.margin_px - link

    def box_of(self, mover: Mover) -> Box:
        """Return where a card is now, in the view."""
        level = mover.place.look.level if mover.place.look is not None else 0
        left = self.card_left(level)
        top = self.style.header_px + mover.top_px - self.stage.offset_px
        return Box(left, top, max(1.0, self.card_right - left), mover.height_px)

    def newest(self) -> Mover | None:
        """Return the newest card."""
        cards = self.scene.cards
        return self.stage.movers.get(cards[-1].call) if cards else None

    def barrier_box(self) -> Box:
        """Return where what lies below the newest card is now; it hangs on that card."""
        newest, arrangement = self.newest(), self.board.arrangement
        top: float = self.style.header_px + self.board.air_px
        if newest is not None:
            top = self.box_of(newest).bottom + self.style.sizes.gap_px[Density.ROOMY]
        return Box(0, top, self.width_px, arrangement.tail_height_px)

    def follow_box(self) -> Box:
        """Return where the way back to the newest card lies while the view is scrolled."""
        style = self.style
        width = style.caption_bold.width(draw.FOLLOW_WORDS) + style.px(32)
        height = style.caption_bold.metrics.height() + style.px(14)
        left = (self.width_px - width) / 2
        return Box(left, self.height_px - height - style.px(10), width, height)


def paint(painter: QPainter, picture: Picture, *, focused: bool = False) -> None:
    """Draw the view; ``focused`` where it has the keyboard."""
    style, scene = picture.style, picture.scene
    rect = QRectF(0, 0, picture.width_px, picture.height_px)
    painter.fillRect(rect, QColor(style.theme.window))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_header(painter, picture)
    below = rect.adjusted(0, style.header_px, 0, 0)
    painter.save()
    painter.setClipRect(below)
    if not scene.cards and scene.barrier is None:
        draw.draw_hint(painter, below, style, scene, picture.keys)
    _paint_cards(painter, picture)
    _paint_barrier(painter, picture)
    if not picture.board.following:
        draw.draw_follow_button(painter, style, picture.follow_box())
    painter.restore()
    if not scene.runs:
        # Another CPU goes on: what stands here is as of this one's last event.
        painter.fillRect(below, faded(style.theme.window, _RESTING))
    _paint_pointed(painter, picture)
    if focused:
        draw.draw_focus(painter, style, rect)


def prepare_cards(picture: Picture) -> None:
    """Have the cards of a picture drawn, so that it is painted at once."""
    newest = picture.newest()
    for mover in picture.stage.movers.values():
        box, place = picture.box_of(mover), mover.place
        if place.look is not None and box.bottom >= 0 and box.top <= picture.height_px:
            ground = _has_own_ground(picture, mover, box, newest=mover is newest)
            picture.pixmaps.card(place.look, place.density, round(box.width), ground=ground)


def _has_own_ground(picture: Picture, mover: Mover, box: Box, *, newest: bool) -> bool:
    """Whether a card is drawn with its ground: one that grows or shrinks has another one."""
    return not newest and box.height == picture.style.sizes.card_px[mover.place.density]


def _paint_pointed(painter: QPainter, picture: Picture) -> None:
    """Point at what a lesson means: one arrow, at the newest of the cards meant."""
    style = picture.style
    movers = [picture.stage.movers.get(call) for call in picture.pointed]
    boxes = [picture.box_of(mover) for mover in movers if mover is not None]
    painter.save()
    painter.setClipRect(QRectF(0, style.header_px, picture.width_px, picture.height_px))
    for number, box in enumerate(boxes, 1):
        place = QRectF(box.left, box.top, box.width, box.height)
        draw_pointer(painter, place, style.theme, style.metrics, arrow=number == len(boxes))
    painter.restore()


def _paint_header(painter: QPainter, picture: Picture) -> None:
    style = picture.style
    left = picture.card_left(0)
    parts = parts_of(style, Density.DENSE, picture.card_right - left)
    frame, total = (
        Box(left + box.left, 0, box.width, style.header_px)
        for box in (parts.frame_bytes, parts.total_bytes)
    )
    draw.draw_header(painter, style, picture.width_px, picture.scene, frame)
    cards = picture.scene.cards
    if total.width and cards and cards[-1].look.used_bytes:
        draw.draw_total_heading(painter, style, total)
    painter.setPen(QPen(QColor(style.theme.border), 1))
    y = style.header_px - 0.5
    painter.drawLine(QPointF(0, y), QPointF(picture.width_px, y))


def _paint_cards(painter: QPainter, picture: Picture) -> None:
    style, stage = picture.style, picture.stage
    shown = [
        (mover, box)
        for mover in (*stage.leavers, *stage.movers.values())
        if (box := picture.box_of(mover)).bottom >= style.header_px and box.top <= picture.height_px
    ]
    newest = picture.newest()
    _paint_separators(painter, picture)
    for mover, box in shown:
        if mover is not newest:
            _paint_card(painter, picture, mover, box, newest=False)
    for rail in level_ranges(
        (mover.place.look.level, box.top, box.bottom)
        for mover, box in shown
        if mover.place.look is not None and not mover.leaving
    ):
        draw.draw_rail(painter, style, rail, picture.card_left(rail.level))
    if newest is not None:
        _paint_newest(painter, picture, newest)


def _paint_separators(painter: QPainter, picture: Picture) -> None:
    """Draw the lines with which interrupts begin; each hangs on its first card."""
    words = ""
    for card in picture.scene.cards:
        words = card.separator or words
        mover = picture.stage.movers.get(card.call) if words else None
        if mover is not None:
            box, height = picture.box_of(mover), picture.style.sizes.separator_px
            line = box._replace(top=box.top - height, height=height)
            draw.draw_separator(painter, picture.style, line, words, mover.shown)
            words = ""


def _paint_card(
    painter: QPainter, picture: Picture, mover: Mover, box: Box, *, newest: bool
) -> None:
    style, place = picture.style, mover.place
    look = place.look
    if look is None:
        folded = picture.scene.cards[place.number : place.number + _folded(picture)]
        draw.draw_fold(painter, style, box, tuple(card.look for card in folded), mover.shown)
        return
    if mover.shown < 1:
        painter.setOpacity(mover.shown)
        box = box._replace(left=box.left + style.px(56) * (1 - mover.shown))
    height = style.sizes.card_px[place.density]
    whole = _has_own_ground(picture, mover, box, newest=newest)
    if newest:
        role = style.theme.role(look.subsystem)
        if look.interrupt:
            role = style.theme.role("interrupt")
        draw.draw_newest_ground(painter, style, box, role, place.density)
    elif not whole:
        draw_ground(painter, style, box, look, place.density)
    picture.pixmaps.put_card(painter, box, look, place.density, ground=whole)
    if place.key == picture.hovered and not newest:
        draw.draw_hover(painter, style, box, place.density)
    if newest:
        strip = Box(box.left, box.top + height, box.width, box.height - height)
        left = parts_of(style, place.density, box.width).tile.left
        draw.draw_strip(painter, style, strip, picture.scene, left)
    if place.key == picture.board.selected:
        draw.draw_selection(painter, style, box, place.density)
    if mover.shown < 1:
        painter.setOpacity(1)


def _folded(picture: Picture) -> int:
    fold = picture.board.arrangement.fold
    return fold.n_frames if fold is not None else 0


def _paint_newest(painter: QPainter, picture: Picture, newest: Mover) -> None:
    """Draw the newest card; where the stack overflowed it breaks at the stack's last byte."""
    box = picture.box_of(newest)
    barrier = picture.scene.barrier
    if barrier is None or barrier.kind != "overflow" or barrier.kept_share >= 1:
        _paint_card(painter, picture, newest, box, newest=True)
        return
    style = picture.style
    beyond = _beyond_box(picture, barrier)
    edge = stops.torn_edge(style, beyond, picture.since_ms)
    _paint_beyond(painter, picture, barrier)
    below = stops.below_edge(edge, picture.height_px + picture.width_px)
    for broken_off in (False, True):
        painter.save()
        if broken_off:
            painter.setClipPath(below, Qt.ClipOperation.IntersectClip)
            painter.translate(box.left + style.px(8), box.top + style.px(3))
            painter.rotate(_BREAK_DEGREES)
            painter.translate(-box.left, -box.top)
        else:
            above = QRectF(0, 0, picture.width_px, beyond.bottom)
            clip = QPainterPath()
            clip.addRect(above)
            painter.setClipPath(clip - below, Qt.ClipOperation.IntersectClip)
        _paint_card(painter, picture, newest, box, newest=True)
        painter.restore()
    _paint_end_line(painter, picture, barrier)


def _paint_beyond(painter: QPainter, picture: Picture, barrier: Barrier) -> None:
    """Draw what lies past the end of the stack, anew only while it opens."""
    style, box = picture.style, _beyond_box(picture, barrier)
    room = picture.card_left(0)

    def draw_it(on: QPainter, at: Box, since_ms: float) -> None:
        edge = stops.torn_edge(style, at, since_ms)
        stops.draw_beyond(on, style, at, edge, barrier.beyond, room)

    if picture.since_ms < guard.SLAM_MS:
        draw_it(painter, box, picture.since_ms)
        return
    teeth = style.px(_TEETH)
    picture.pixmaps.put_block(
        painter, box._replace(top=box.top - teeth, height=box.height + teeth),
        "beyond", barrier.beyond,
        lambda on: draw_it(on, box._replace(top=teeth), guard.SLAM_MS),
    )  # fmt: skip


def _paint_end_line(painter: QPainter, picture: Picture, barrier: Barrier) -> None:
    """Draw the last byte of the stack, anew only while it is torn open."""
    style, box = picture.style, _beyond_box(picture, barrier)
    if picture.since_ms < guard.SLAM_MS:
        edge = stops.torn_edge(style, box, picture.since_ms)
        stops.draw_end_line(painter, style, edge)
        return
    teeth = style.px(_TEETH)
    edge = stops.torn_edge(style, box._replace(top=teeth), guard.SLAM_MS)
    around = box._replace(top=box.top - teeth, height=2 * teeth)
    picture.pixmaps.put_block(
        painter, around, "end", None, lambda on: stops.draw_end_line(on, style, edge)
    )


def _end_of_stack(picture: Picture, barrier: Barrier) -> float:
    """Where the stack's last byte lies: inside the newest card if that frame crosses it."""
    newest = picture.newest()
    if newest is None:
        return picture.barrier_box().top
    box = picture.box_of(newest)
    # Not above the name: what broke must still be readable.
    return box.top + box.height * max(_LEAST_KEPT, barrier.kept_share)


def _beyond_box(picture: Picture, barrier: Barrier) -> Box:
    top = _end_of_stack(picture, barrier)
    return Box(0, top, picture.width_px, max(0.0, picture.barrier_box().bottom - top))


def _paint_barrier(painter: QPainter, picture: Picture) -> None:
    barrier = picture.scene.barrier
    if barrier is None:
        return
    style, box = picture.style, picture.barrier_box()
    if barrier.kind == "guard":
        _paint_guard(painter, picture, barrier, box)
    elif barrier.kind == "returned":
        guard.draw_returned(painter, style, box, barrier)
    else:
        _paint_stop(painter, picture, barrier, box)


def _paint_guard(painter: QPainter, picture: Picture, barrier: Barrier, box: Box) -> None:
    style = picture.style
    band = box._replace(height=min(style.band_px, box.height))
    top = band.bottom + style.px(8)
    if box.bottom - top >= style.label_px:
        _paint_ghosts(painter, picture, barrier, top, box.bottom)
    guard.draw_guard(painter, style, band, barrier, picture.since_ms)


def _paint_ghosts(
    painter: QPainter, picture: Picture, barrier: Barrier, top: float, bottom: float
) -> None:
    style = picture.style
    left = picture.card_left(barrier.avoided[0].level if barrier.avoided else 0)
    room = Box(0, 0, max(1.0, picture.card_right - left), bottom - top)
    parts = card_parts(
        room.width, style.ghost_px, Density.DENSE, style.px(10),
        style.frame_column_px, style.total_column_px,
    )  # fmt: skip
    painter.setOpacity(guard.ghosts_shown(picture.since_ms))
    picture.pixmaps.put_block(
        painter, room._replace(left=left, top=top), "ghosts", barrier,
        lambda ghosts: guard.draw_ghosts(ghosts, style, room, parts, barrier),
    )  # fmt: skip
    painter.setOpacity(1)


def _paint_stop(painter: QPainter, picture: Picture, barrier: Barrier, box: Box) -> None:
    style, theme = picture.style, picture.style.theme
    role = theme.danger
    if barrier.kind == "overflow":
        if barrier.kept_share >= 1:
            _paint_beyond(painter, picture, barrier)
            _paint_end_line(painter, picture, barrier)
    elif barrier.kind == "deadlock":
        role = theme.role("lock")
        _paint_link(painter, picture, barrier)
    left = picture.card_left(0)
    width = box.width - left - style.margin_px
    plate = Box(left, box.top + style.px(8), width, box.height - style.px(16))
    solid = barrier.kind == "deadlock"
    stops.draw_stop_words(painter, style, plate, barrier, role, solid=solid)


def _paint_link(painter: QPainter, picture: Picture, barrier: Barrier) -> None:
    stage, newest = picture.stage, picture.newest()
    taker = stage.movers.get(barrier.taken_by) or stage.movers.get(FOLD_KEY)
    if newest is None or taker is None or barrier.taken_by < 0 or taker is newest:
        return
    start, end = picture.box_of(taker).middle, picture.box_of(newest).middle
    right = picture.card_right + picture.style.link_px
    stops.draw_link(painter, picture.style, start, end, picture.card_right, right)
