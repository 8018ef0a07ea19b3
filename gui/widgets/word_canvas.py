"""The drawing of the guard's word: as tall as it needs, with what moves seen moving."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, QVariantAnimation
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.trace.guard_word import Moment, Phase, Verdict, verdict_of
from gui.covered import ASKED, MARK
from gui.geometry.word import Cell, Picture, field_powers, is_number, picture_of
from gui.theme import ThemeManager
from gui.widgets.pointer import draw_pointer
from gui.widgets.word_bits import rect_of
from gui.widgets.word_paint import Scene, WordPainter, result_font, result_height_px, sizes_of

if TYPE_CHECKING:
    from core.trace.info import GuardInfo
    from core.trace.word_history import LostUpdate
    from gui.theme import Metrics

MOTION_MS = 280
_LOW_CHANNEL = 0.7
"""Height of the arrows where room is short, as a share of the ordinary one."""
_MOVING = (Phase.LOADED, Phase.MODIFIED, Phase.STORED)


def lost_words(fields: str, lost_by: str, kept_by: str) -> str:
    """Return what is said where an update is lost: both writers, and the bits."""
    return f"lost update: {fields} of {lost_by} undone by {kept_by}"


class WordCanvas(QWidget):
    """Paints the word; as tall as it needs at its width."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self._themes = themes
        self.scene: Scene | None = None
        self._position = -1
        self._laid_out: tuple[GuardInfo, int, QSize, Metrics] | None = None
        self._room = QSize()
        self._lost: LostUpdate | None = None
        self._results: tuple[str, ...] = ()
        self._used: tuple[str, ...] = ()
        self.worker = "current"
        self.pointed = self.asked = False
        self.motion = QVariantAnimation(self)
        self.motion.setStartValue(0.0)
        self.motion.setEndValue(1.0)
        self.motion.valueChanged.connect(self.update)

    def dress(self) -> None:
        """Take on the theme and the scale in force."""
        if not self._themes.motion:
            self.motion.stop()
        if self.scene is not None:
            self._lay_out(self.scene.guard, self.scene.moment, self.scene.owner)
        self.update()

    def point(self, *, on: bool) -> None:
        """Point at the guard's bits."""
        if on != self.pointed:
            self.pointed = on
            self.update()

    def cover(self, *, on: bool) -> None:
        """Leave out what the guard's bits hold: a lesson asks for it."""
        if on != self.asked:
            self.asked = on
            self.dress()

    def set_room(self, room: QSize) -> None:
        """Leave the neighbours' names out where the drawing with them is taller than this."""
        if room != self._room:
            self._room = room
            self.dress()

    def show_moment(
        self,
        guard: GuardInfo,
        moment: Moment,
        owner: str,
        position: int,
        lost: LostUpdate | None = None,
    ) -> None:
        """Show a moment; what moved is seen moving where the cursor went one event on."""
        onward = self.scene is not None and position == self._position + 1
        self._position, self._lost = position, lost
        self._lay_out(guard, moment, owner)
        self.motion.stop()
        duration_ms = self._themes.duration_ms(MOTION_MS)
        if onward and moment.phase in _MOVING and duration_ms and self.isVisible():
            self.motion.setDuration(duration_ms)
            self.motion.start()
        self.update()

    def _lay_out(self, guard: GuardInfo, moment: Moment, owner: str) -> None:
        metrics, width, scene = self._themes.metrics, max(self.width(), 1), self.scene
        now = guard, width, self._room, metrics
        if scene is not None and self._laid_out == now:
            self.scene = replace(scene, moment=moment, owner=owner)
            self._judge(moment, guard)
            return
        self._laid_out = now
        # Chosen for the room without a scroll bar: one that is there, and makes the word narrower
        # and taller, must not keep itself there.
        wide, most = max(self._room.width(), 1), self._room.height()
        heights = [
            _height_px(self._picture(guard, wide, neighbours=names)[0]) for names in (True, False)
        ]
        # Memory and register seen at once tell more than the neighbours' names.
        names = heights[0] <= most
        picture, font = self._picture(guard, width, neighbours=names)
        self.scene = Scene(guard, picture, moment, verdict_of(moment, guard), owner, font)
        self._judge(moment, guard)
        fitting = heights[0] if names else heights[1]
        self.setMinimumHeight(fitting if fitting <= most else _height_px(picture))

    def _judge(self, moment: Moment, guard: GuardInfo) -> None:
        """Say what the moment comes to; an update that is lost before everything else."""
        assert self.scene is not None
        lost = self._lost
        if lost is None:
            verdict = verdict_of(moment, guard)
        else:
            verdict = Verdict(lost_words(lost.fields, lost.lost_by, lost.kept_by), "danger")
        bits = lost.bits if lost is not None else 0
        if self.asked:
            verdict = Verdict(f"{guard.field} = {MARK}")
        self.scene = replace(
            self.scene, verdict=verdict, lost_bits=bits, worker=self.worker, asked=self.asked
        )

    def take(self, results: tuple[str, ...], used: tuple[str, ...] = ()) -> None:
        """Make ready for a run.

        Args:
            results: What it may come to beside what every run can: there is to be room for it.
            used: The neighbours that matter in it: named where the others have no room.
        """
        self._results, self._used = results, used
        self._laid_out, self._lost = None, None

    def prepare(self, guard: GuardInfo, results: tuple[str, ...], used: tuple[str, ...]) -> None:
        """Arrange the word of a run ahead, see ``take``."""
        for width in {max(self._room.width(), 1), max(self.width(), 1)}:
            for neighbours in (True, False):
                _arranged(guard, width, self._themes.metrics, results, used, neighbours=neighbours)

    def _picture(
        self, guard: GuardInfo, width_px: int, *, neighbours: bool
    ) -> tuple[Picture, QFont]:
        """Where everything lies at a width, and the font of the result."""
        also = self._results, self._used
        return _arranged(guard, width_px, self._themes.metrics, *also, neighbours=neighbours)

    def sizeHint(self) -> QSize:
        """Return room for the whole word."""
        return QSize(self._themes.metrics.px(400), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the bits out for another width."""
        super().resizeEvent(event)
        self.dress()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the word as it is now."""
        scene = self.scene
        if scene is None:
            return
        still = self.motion.state() is QVariantAnimation.State.Stopped
        arrived = 1.0 if still else float(self.motion.currentValue())
        with QPainter(self) as painter:
            WordPainter(painter, self._themes.theme, self._themes.metrics).paint(scene, arrived)
            if self.pointed:
                place = field_rect(scene)
                theme, metrics = self._themes.theme, self._themes.metrics
                draw_pointer(painter, place, theme, metrics, room=QRectF(self.rect()))

    def event(self, event: QEvent) -> bool:
        """Tell what the bit under the mouse is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            scene = self.scene
            cell = scene.picture.cell_at(event.pos().x(), event.pos().y()) if scene else None
            if scene is not None and cell is not None:
                asked = self.asked and cell.power in field_powers(scene.guard)
                text = ASKED if asked else bit_text(scene.guard, scene.moment, cell)
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)


@lru_cache(maxsize=64)  # a lesson goes to and fro between a few guards
def _arranged(
    guard: GuardInfo,
    width_px: int,
    metrics: Metrics,
    results: tuple[str, ...],
    used: tuple[str, ...],
    *,
    neighbours: bool,
) -> tuple[Picture, QFont]:
    text = QFontMetricsF(metrics.mono("caption", bold=True))
    longest = [*_longest_results(guard), *results]
    font = result_font(metrics, longest, width_px)
    sizes = sizes_of(metrics, result_height_px(metrics, longest, font, width_px))
    if not neighbours:
        sizes = replace(sizes, channel_px=sizes.channel_px * _LOW_CHANNEL)
    picture = picture_of(
        guard, width_px, sizes, text.horizontalAdvance, neighbours=neighbours, also=used
    )
    return picture, font


def field_rect(scene: Scene) -> QRectF:
    """Return what is pointed at: where the guard's bits are in memory."""
    powers, place = field_powers(scene.guard), QRectF()
    for cell in scene.picture.memory:
        if cell.power in powers:
            place = place.united(rect_of(cell.box))
    if is_number(scene.guard):
        # As wide as the drawing: a ring would cut through the numbers at its ends.
        return place
    # With the bits' numbers below them.
    low = max((number.baseline for number in scene.picture.numbers), default=place.bottom())
    place.setBottom(max(place.bottom(), low + 2))
    return place


def _height_px(picture: Picture) -> int:
    return round(picture.height_px) + 1


def bit_text(guard: GuardInfo, moment: Moment, cell: Cell) -> str:
    """Return what a tool tip says about a bit."""
    name = guard.word_fields[cell.field].name if cell.field >= 0 else "no field"
    text = f"bit {cell.bit}: {name}\n{moment.memory >> cell.power & 1} in memory"
    if moment.register is not None:
        text += f", {moment.register >> cell.power & 1} in the register"
    return text


def _longest_results(guard: GuardInfo) -> list[str]:
    largest = (1 << min(guard.bit_size, 8)) - 1
    widest = Moment(Phase.REFUSED, (), 0, 0, largest, largest)
    wrapped = Moment(Phase.MODIFIED, (), 0, 0, 0, largest, wrapped=True)
    modified = Moment(Phase.MODIFIED, (), 0, 0, largest, largest)
    return [verdict_of(moment, guard).text for moment in (widest, wrapped, modified)]
