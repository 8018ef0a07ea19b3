"""Painting the guard's word: bits, names, what travels, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from core.trace.guard_word import Moment, Phase, Verdict
from gui.covered import MARK
from gui.geometry.easing import ease_out
from gui.geometry.stack import Box
from gui.geometry.word import Label, Picture, Sizes, field_powers
from gui.widgets.word_bits import BitPainter, rect_of

if TYPE_CHECKING:
    from core.trace.info import GuardInfo
    from gui.theme import Metrics, Role, Theme

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_VERBS = {
    Phase.LOADED: "load",
    Phase.TESTED: "test",
    Phase.REFUSED: "test",
    Phase.MODIFIED: "modify",
    Phase.STORED: "store",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything one painting shows.

    Attributes:
        guard: The guard.
        picture: Where things lie.
        moment: What memory and register hold.
        verdict: What it comes to.
        owner: Whose task_struct it is.
        result_font: Font of the verdict.
        lost_bits: The bits of another context that the last store undid.
        worker: Whose copy the register holds.
        asked: Whether a lesson asks what the guard's bits hold.
    """

    guard: GuardInfo
    picture: Picture
    moment: Moment
    verdict: Verdict
    owner: str
    result_font: QFont
    lost_bits: int = 0
    worker: str = "current"
    asked: bool = False


def sizes_of(metrics: Metrics, result_px: float) -> Sizes:
    """Return the drawing's lengths at a scale."""
    return Sizes(
        cell_height_px=metrics.px(26),
        line_px=QFontMetricsF(metrics.mono("caption")).height(),
        gap_px=metrics.px(4),
        channel_px=metrics.px(34),
        result_px=result_px,
    )


class WordPainter:
    """Paints a scene with a theme at a scale."""

    def __init__(self, painter: QPainter, theme: Theme, metrics: Metrics) -> None:
        self._arrived = 1.0
        self._painter, self._theme, self._metrics = painter, theme, metrics
        self._guard_role = theme.role("guard")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paint(self, scene: Scene, arrived: float = 1.0) -> None:
        """Paint everything; ``arrived`` is how much of the motion is over, 0 to 1."""
        self._arrived = arrived
        picture, moment, digits = scene.picture, scene.moment, scene.guard.unit_bytes * 2
        self._track(scene)
        values = [
            "" if word is None else f"0x{MARK * digits if scene.asked else f'{word:0{digits}x}'}"
            for word in (moment.memory, moment.register)
        ]
        self._caption(picture.memory_caption, "memory", scene.owner, values[0])
        held = moment.register is not None
        what = f"the copy that {scene.worker} works on" if held else "no copy at the moment"
        self._caption(picture.register_caption, "register", what, values[1])
        self._labels(scene)
        self._numbers(scene)
        storing = moment.phase is Phase.STORED
        memory = moment.memory
        if storing and self._arrived < 1:
            memory ^= moment.changed
        bits = self._bits(scene)
        bits.paint(picture.memory, memory, moment.changed if storing else 0, scene.lost_bits)
        on_its_way = moment.phase is Phase.LOADED and arrived < 1
        held_word = None if on_its_way else moment.register
        modified = moment.changed if moment.phase is Phase.MODIFIED else 0
        bits.paint(picture.register, held_word, modified)
        self._channel(scene)
        self._travel(scene)
        self._result(scene)

    def _bits(self, scene: Scene) -> BitPainter:
        painter, theme, metrics = self._painter, self._theme, self._metrics
        guard, arrived = scene.guard, self._arrived
        return BitPainter(painter, theme, metrics, guard, arrived, asked=scene.asked)

    # -- lines of text ------------------------------------------------------------------------

    def _caption(self, box: Box, name: str, what: str, value: str) -> None:
        painter, theme, metrics = self._painter, self._theme, self._metrics
        painter.setFont(metrics.mono("caption", bold=True))
        right = painter.fontMetrics().horizontalAdvance(value)
        painter.setPen(QColor(theme.text))
        painter.drawText(rect_of(box), _RIGHT, value)
        painter.setFont(metrics.ui("caption", bold=True))
        painter.drawText(rect_of(box), _LEFT, name)
        left = painter.fontMetrics().horizontalAdvance(name) + metrics.px(7)
        painter.setFont(metrics.ui("caption"))
        painter.setPen(QColor(theme.muted))
        room = box.width - left - right - metrics.px(8)
        shown = painter.fontMetrics().elidedText(what, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(rect_of(box).adjusted(left, 0, 0, 0), _LEFT, shown)

    def _numbers(self, scene: Scene) -> None:
        painter, powers = self._painter, field_powers(scene.guard)
        own = {cell.bit for cell in scene.picture.memory if cell.power in powers}
        for number in scene.picture.numbers:
            guards = number.bit in own
            painter.setFont(self._metrics.mono("caption", bold=guards))
            painter.setPen(QColor(self._guard_role.ink if guards else self._theme.muted))
            text = str(number.bit)
            half = painter.fontMetrics().horizontalAdvance(text) / 2
            painter.drawText(QPointF(number.x - half, number.baseline), text)

    def _labels(self, scene: Scene) -> None:
        for label in scene.picture.labels:
            guards = label.text == scene.guard.field
            self._label(label, scene.picture.label_share, guards=guards)

    def _label(self, label: Label, share: float, *, guards: bool) -> None:
        painter, theme, metrics = self._painter, self._theme, self._metrics
        ink = QColor(self._guard_role.ink if guards else theme.muted)
        line = QColor(self._guard_role.colour if guards else theme.outline)
        painter.setPen(QPen(line, metrics.px(2) if guards else 1))
        foot = label.y + metrics.px(5)
        inset = min(metrics.px(2), (label.right - label.left) / 6)
        painter.drawPolyline(
            [
                QPointF(label.left + inset, foot + metrics.px(2)),
                QPointF(label.left + inset, foot),
                QPointF(label.right - inset, foot),
                QPointF(label.right - inset, foot + metrics.px(2)),
            ]
        )
        font = metrics.mono("caption", bold=guards)
        font.setPixelSize(max(1, int(font.pixelSize() * share)))
        text = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(ink)
        painter.save()
        painter.translate(label.x, label.y)
        painter.rotate(label.angle)
        width = text.horizontalAdvance(label.text)
        if label.angle == 0:
            painter.drawText(QPointF(-width / 2, -text.descent()), label.text)
        else:
            # The middle of the letters, not their baseline, points at the bit.
            down = text.xHeight() / 2
            painter.drawText(QPointF(-width if label.ends_here else 0.0, down), label.text)
        painter.restore()

    # -- between memory and register ------------------------------------------------------------

    def _track(self, scene: Scene) -> None:
        """A soft band that ties the field in memory to the field in the register."""
        channel = scene.picture.channel
        if channel.width > scene.picture.result.width / 2:
            return
        powers = field_powers(scene.guard)
        tops = [cell.box.top for cell in scene.picture.memory if cell.power in powers]
        ends = [cell.box.bottom for cell in scene.picture.register if cell.power in powers]
        band = QRectF(channel.left, min(tops), channel.width, max(ends) - min(tops))
        self._painter.fillRect(band, QColor(self._guard_role.soft))

    def _channel(self, scene: Scene) -> None:
        """The arrow down for a load, up for a store, and the steps with the present one bold."""
        phase, channel = scene.moment.phase, scene.picture.channel
        middle = channel.left + channel.width / 2
        if phase in (Phase.LOADED, Phase.STORED):
            self._arrow(middle, channel, down=phase is Phase.LOADED)
        else:
            pen = QPen(QColor(self._theme.outline), 1, Qt.PenStyle.DotLine)
            self._painter.setPen(pen)
            pad = self._metrics.px(4)
            self._painter.drawLine(
                QPointF(middle, channel.top + pad), QPointF(middle, channel.bottom - pad)
            )
        self._steps(scene, middle)

    def _arrow(self, x: float, channel: Box, *, down: bool) -> None:
        painter, metrics = self._painter, self._metrics
        head, pad = metrics.px(7), metrics.px(2)
        top, bottom = channel.top + pad, channel.bottom - pad
        colour = QColor(self._theme.accent_ink)
        painter.setPen(QPen(colour, metrics.px(2.5)))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        tip, back = (bottom, bottom - head) if down else (top, top + head)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(
            QPolygonF(
                [QPointF(x, tip), QPointF(x - head * 0.7, back), QPointF(x + head * 0.7, back)]
            )
        )

    def _steps(self, scene: Scene, middle: float) -> None:
        """Load → modify → store, beside the arrow; only the present one where room is short."""
        steps, phase = scene.moment.steps, scene.moment.phase
        metrics, channel = self._metrics, scene.picture.channel
        gap, clear = metrics.px(6), max(metrics.px(14), channel.width / 2 + metrics.px(6))
        left_room, right_room = middle - clear, scene.picture.result.width - middle - clear
        for shown in (steps, tuple(step for step in steps if step is phase)):
            parts = [("→", False)] * max(0, 2 * len(shown) - 1)
            parts[::2] = [(_VERBS[step], step is phase) for step in shown]
            fonts = [metrics.ui("caption", bold=bold) for _, bold in parts]
            widths = [
                QFontMetricsF(font).horizontalAdvance(text)
                for (text, _), font in zip(parts, fonts, strict=True)
            ]
            total = sum(widths) + gap * max(0, len(parts) - 1)
            if total <= max(left_room, right_room):
                break
        left = left_room - total if left_room >= right_room else middle + clear
        for (text, bold), font, width in zip(parts, fonts, widths, strict=True):
            self._painter.setFont(font)
            self._painter.setPen(QColor(self._theme.accent_ink if bold else self._theme.muted))
            box = QRectF(left, channel.top, width + 1, channel.height)
            self._painter.drawText(box, _LEFT, text)
            left += width + gap

    def _travel(self, scene: Scene) -> None:
        """The word on its way between memory and register."""
        phase, arrived = scene.moment.phase, self._arrived
        if phase not in (Phase.LOADED, Phase.STORED) or arrived >= 1:
            return
        word = scene.moment.register
        travel = scene.picture.travel_px
        down = ease_out(arrived) if phase is Phase.LOADED else 1 - ease_out(arrived)
        painter = self._painter
        painter.save()
        painter.setOpacity(0.92)
        painter.translate(0, travel * down)
        self._bits(scene).paint(scene.picture.memory, word)
        painter.restore()

    # -- what it comes to -----------------------------------------------------------------------

    def _result(self, scene: Scene) -> None:
        painter, metrics, theme = self._painter, self._metrics, self._theme
        rect = rect_of(scene.picture.result)
        verdict, pad = scene.verdict, metrics.px(8)
        role: Role | None = {
            "guard": self._guard_role,
            "warning": theme.warning,
            "danger": theme.danger,
        }.get(verdict.tone)
        painter.setPen(Qt.PenStyle.NoPen)
        solid = verdict.tone == "danger"
        ground = theme.window if role is None else role.colour if solid else role.soft
        ink = theme.text if role is None else role.on_colour if solid else role.ink
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(rect, metrics.px(5), metrics.px(5))
        left = rect.left() + pad
        if role:
            bar = QRectF(rect.left(), rect.top(), metrics.px(3), rect.height())
            painter.fillRect(bar, QColor(role.colour))
            painter.setPen(QColor(ink))
            painter.setFont(metrics.ui("body", bold=True))
            glyph = QRectF(left, rect.top(), metrics.px(14), rect.height())
            painter.drawText(glyph, Qt.AlignmentFlag.AlignCenter, role.glyph)
            left = glyph.right() + pad
        font = QFont(scene.result_font)
        font.setBold(role is not None)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        text = QRectF(left, rect.top(), rect.right() - pad - left, rect.height())
        painter.drawText(text, _LEFT | Qt.TextFlag.TextWordWrap, verdict.text)


def result_font(metrics: Metrics, texts: Iterable[str], width_px: float) -> QFont:
    """Return the font of results: smaller where a single word would not fit its line."""
    font = metrics.mono("body", bold=True)
    words = {word for text in texts for word in text.split()}
    widest = max(QFontMetricsF(font).horizontalAdvance(word) for word in words)
    room = max(1.0, width_px - _result_inset(metrics))
    font.setPixelSize(max(1, int(font.pixelSize() * min(1.0, room / widest))))
    return font


def result_height_px(metrics: Metrics, texts: Iterable[str], font: QFont, width_px: float) -> float:
    """Return what the tallest of some results takes in a drawing of a width."""
    text, room = QFontMetricsF(font), QRectF(0, 0, width_px - _result_inset(metrics), 10_000)
    flags = Qt.TextFlag.TextWordWrap
    return max(text.boundingRect(room, flags, each).height() for each in texts) + metrics.px(12)


def _result_inset(metrics: Metrics) -> int:
    return 3 * metrics.px(8) + metrics.px(14)
