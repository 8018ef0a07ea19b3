"""Painting a lane's column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from gui.covered import MARK
from gui.theme import mix
from gui.widgets.raster import is_raster

if TYPE_CHECKING:
    from gui.geometry.compare_column import ColumnParts
    from gui.geometry.stack import Box
    from gui.theme import Metrics, Role, Theme
    from gui.widgets.compare.look import FrameLook, LaneLook

_FLAGS = Qt.AlignmentFlag
_LEFT = int(_FLAGS.AlignLeft | _FLAGS.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT = int(_FLAGS.AlignRight | _FLAGS.AlignVCenter | Qt.TextFlag.TextSingleLine)
_CENTRE = int(_FLAGS.AlignCenter | Qt.TextFlag.TextSingleLine)
_MOST_ROWS = 400
"""Pictures of rows that are kept."""
_LEAST_NAME_PX, _AROUND_PX = 54, 22
"""Of a lane's name, and around how its run ends, at 100 %."""
STATES = {
    "together": ("together", "muted"),
    "parted": ("parted", "accent"),
    "waits": ("waits", "muted"),
    "done": ("done", "muted"),
    "stopped": ("stopped", "danger"),
}


class ColumnStyle:
    """Fonts, sizes and colours of a column in one theme at one scale."""

    def __init__(self, theme: Theme, metrics: Metrics) -> None:
        self.theme, self.px = theme, metrics.px
        self.title = metrics.ui("title", bold=True)
        self.caption, self.strong_caption = metrics.ui("caption"), metrics.ui("caption", bold=True)
        self.body, self.mono = metrics.ui(), metrics.mono()
        self.mono_bold, self.mono_small = metrics.mono(bold=True), metrics.mono("caption")
        self._cut: dict[tuple[str, int, int], str] = {}
        self._metrics: dict[int, QFontMetricsF] = {}
        self._roles: dict[str, tuple[QColor, QColor, QColor]] = {}
        self._rows: dict[tuple[FrameLook, int, int, float], QPixmap] = {}

    def metrics_of(self, font: QFont) -> QFontMetricsF:
        """Return the sizes of a font of this style."""
        key = id(font)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(font)
        return self._metrics[key]

    def wide(self, font: QFont, text: str) -> float:
        """Return how wide a text is."""
        return self.metrics_of(font).horizontalAdvance(text)

    def cut(self, font: QFont, text: str, width: float) -> str:
        """Return a text shortened to a width."""
        key = (text, id(font), int(width))
        if key not in self._cut:
            if len(self._cut) > 4000:
                self._cut.clear()
            mode = Qt.TextElideMode.ElideRight
            self._cut[key] = self.metrics_of(font).elidedText(text, mode, max(0.0, width))
        return self._cut[key]

    def colours(self, subsystem: str) -> tuple[QColor, QColor, QColor]:
        """Return the fill, the tint of a shared and that of a parted row of a subsystem."""
        if subsystem not in self._roles:
            role, theme = self.theme.role(subsystem), self.theme
            self._roles[subsystem] = (
                QColor(role.colour),
                QColor(mix(role.colour, theme.surface, 0.07)),
                QColor(mix(role.colour, theme.surface, 0.24)),
            )
        return self._roles[subsystem]

    def row(self, frame: FrameLook, width: float, height: float, ratio: float) -> QPixmap:
        """Return the picture of a row: most rows stay what they are while the cursor moves."""
        key = (frame._replace(call=-1), int(width), int(height), ratio)
        if key not in self._rows:
            if len(self._rows) >= _MOST_ROWS:
                self._rows.clear()
            image = QPixmap(QSize(int(width), int(height)) * ratio)
            image.setDevicePixelRatio(ratio)
            image.fill(QColor(self.theme.surface))
            with QPainter(image) as painter:
                _paint_frame(painter, self, QRectF(0, 0, int(width), int(height)), frame)
            self._rows[key] = image
        return self._rows[key]


def paint_column(
    painter: QPainter,
    style: ColumnStyle,
    parts: ColumnParts,
    look: LaneLook,
    frames: Sequence[FrameLook],
    *,
    side: Role | None,
    chosen: int,
) -> None:
    """Draw a lane.

    Args:
        painter: Where to; antialiasing is on.
        style: How it looks.
        parts: Where everything lies.
        look: The head and the foot.
        frames: The rows from the top.
        side: The colour the lane has in the overlay, None where it takes no part in it.
        chosen: The row that the arrow keys are on, -1 for none.
    """
    _paint_title(painter, style, parts, look, side)
    if parts.state.height:
        _paint_state(painter, style, parts.state, look)
    _paint_word(painter, style, parts.word, look)
    if parts.bar.height:
        _paint_bar(painter, style, parts.bar, look)
    ratio = painter.device().devicePixelRatio()
    for at, frame in enumerate(frames):
        box = parts.row(at)
        if is_raster(painter):
            picture = style.row(frame, box.width, box.height, ratio)
            painter.drawPixmap(QPointF(box.left, box.top), picture)
        else:
            _paint_frame(painter, style, rect_of(box), frame)
        if at == chosen:
            _paint_ring(painter, style, box)
    _paint_parting(painter, style, parts, look, frames)
    if look.stop:
        _paint_stop(painter, style, parts.row(len(frames)), look)
    if parts.foot.height:
        said = f"{look.state}: {look.sentence}" if look.waiting and not parts.state.height else ""
        _paint_foot(painter, style, parts.foot, look, said or look.sentence)


def rect_of(box: Box) -> QRectF:
    """Return a box as Qt has it."""
    return QRectF(box.left, box.top, box.width, box.height)


def _text(painter: QPainter, rect: QRectF, flags: int, font: QFont, colour: str, text: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(rect, flags, text)


def pill(
    painter: QPainter, style: ColumnStyle, right: float, middle: float, text: str,
    fill: str, ink: str, edge: str = "",
) -> float:  # fmt: skip
    """Draw a word in a rounded box that ends at ``right``; return its left edge."""
    px = style.px
    wide, tall = style.wide(style.strong_caption, text) + px(14), px(19)
    box = QRectF(right - wide + 0.5, middle - tall / 2 + 0.5, wide - 1, tall - 1)
    smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(edge), 1) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, tall / 2, tall / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    _text(painter, box, _CENTRE, style.strong_caption, ink, text)
    return right - wide


# -- the head ---------------------------------------------------------------------------------


def _paint_title(
    painter: QPainter, style: ColumnStyle, parts: ColumnParts, look: LaneLook, side: Role | None
) -> None:
    theme, px = style.theme, style.px
    badge = rect_of(parts.badge)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(side.colour if side else theme.text))
    painter.drawRoundedRect(badge, px(6), px(6))
    ink = side.on_colour if side else theme.surface
    _text(painter, badge, _CENTRE, style.title, ink, look.letter)
    role: Role = getattr(theme, look.outcome_role)
    title = rect_of(parts.title)
    said = outcome_text(style, look, role.glyph, title.width())
    solid = look.over
    left = pill(
        painter, style, title.right(), title.center().y(), said,
        role.colour if solid else role.soft, role.on_colour if solid else role.ink,
        "" if solid else role.colour,
    )  # fmt: skip
    title.setRight(left - px(8))
    label = style.cut(style.title, look.label, title.width())
    _text(painter, title, _LEFT, style.title, theme.text, label)


def outcome_text(style: ColumnStyle, look: LaneLook, glyph: str, width: float) -> str:
    """Return how a run ended, as far as there is room beside what the lane is called."""
    said = f"{glyph} {look.outcome_word}" if look.outcome else MARK
    room = width - style.wide(style.strong_caption, said) - style.px(_AROUND_PX)
    if room >= max(style.px(_LEAST_NAME_PX), style.wide(style.title, look.label)):
        return said
    return glyph if look.outcome else MARK


def _paint_state(painter: QPainter, style: ColumnStyle, box: Box, look: LaneLook) -> None:
    theme, px, rect = style.theme, style.px, rect_of(box)
    word, kind = STATES[look.state]
    fill, ink, edge = "", theme.muted, theme.border
    if kind == "accent":
        fill, ink, edge = theme.accent, theme.on_accent, ""
    elif kind == "danger":
        fill, ink, edge = theme.danger.soft, theme.danger.ink, theme.danger.colour
    left = pill(painter, style, rect.right(), rect.center().y(), word, fill, ink, edge)
    rect.setRight(left - px(6))
    event = style.cut(style.caption, look.event, rect.width())
    _text(painter, rect, _LEFT, style.caption, theme.muted, event)


def _paint_word(painter: QPainter, style: ColumnStyle, box: Box, look: LaneLook) -> None:
    theme, px, rect = style.theme, style.px, rect_of(box)
    if not look.value:
        _text(painter, rect, _LEFT, style.caption, theme.muted,
              style.cut(style.caption, look.field, rect.width()))  # fmt: skip
        return
    role = theme.danger if look.wrapped else theme.role("guard")
    right = rect.right()
    if look.wrapped:
        right = pill(painter, style, right, rect.center().y(), "wrapped",
                     theme.danger.colour, theme.danger.on_colour) - px(6)  # fmt: skip
    cells = [str(bit) for bit in look.bits] or [look.value]
    side = px(20)
    width = max(side, style.wide(style.mono_bold, max(cells, key=len)) + px(10))
    left = right - width * len(cells)
    for at, cell in enumerate(cells):
        cell_box = QRectF(left + at * width + 0.5, box.middle - side / 2 + 0.5, width - 1, side - 1)
        on = cell != "0"
        painter.setPen(QPen(QColor(role.colour), px(1.5)))
        painter.setBrush(QColor(role.colour if on else theme.surface))
        painter.drawRoundedRect(cell_box, px(3), px(3))
        ink = role.on_colour if on else role.ink
        _text(painter, cell_box, _CENTRE, style.mono_bold, ink, cell)
    rect.setRight(left - px(8))
    field = style.cut(style.mono, look.field, rect.width())
    _text(painter, rect, _LEFT, style.mono, role.ink, field)


def _paint_bar(painter: QPainter, style: ColumnStyle, box: Box, look: LaneLook) -> None:
    theme, px, rect = style.theme, style.px, rect_of(box)
    over = look.used_bytes > look.thread_bytes
    said = f"{look.used_bytes:,} of {look.thread_bytes:,} B"
    wide = style.wide(style.caption, f"{look.thread_bytes:,} of {look.thread_bytes:,} B")
    _text(painter, rect, _RIGHT, style.caption, theme.danger.ink if over else theme.muted, said)
    track = QRectF(rect.left(), box.middle - px(4), rect.width() - wide - px(10), px(8))
    if track.width() < px(24):
        return
    unit = track.width() / max(look.thread_bytes, 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.sunken))
    painter.drawRoundedRect(track, px(4), px(4))
    used = QRectF(track)
    used.setWidth(min(track.width(), max(px(2), look.used_bytes * unit)))
    painter.setBrush(QColor(theme.danger.colour if over else theme.accent))
    painter.drawRoundedRect(used, px(4), px(4))
    if look.reserved_bytes:
        # What task_struct takes of the same pages is no stack.
        painter.setBrush(QColor(theme.outline))
        used.setWidth(min(track.width(), look.reserved_bytes * unit))
        painter.drawRoundedRect(used, px(4), px(4))


# -- the stack --------------------------------------------------------------------------------


def _paint_frame(painter: QPainter, style: ColumnStyle, row: QRectF, frame: FrameLook) -> None:
    theme, px = style.theme, style.px
    pad = px(12)
    if frame.folded:
        painter.setPen(QPen(QColor(theme.outline), 1, Qt.PenStyle.DotLine))
        said = style.cut(style.strong_caption, frame.name, row.width() - 2 * pad)
        wide = style.wide(style.strong_caption, said) / 2 + px(10)
        middle = row.center()
        for start, end in ((row.left() + pad, middle.x() - wide),
                           (middle.x() + wide, row.right() - pad)):  # fmt: skip
            painter.drawLine(QPointF(start, middle.y()), QPointF(end, middle.y()))
        ink = theme.danger.ink if frame.wrapped else theme.muted
        font = style.strong_caption if frame.wrapped else style.caption
        _text(painter, row, _CENTRE, font, ink, said)
        return
    colour, shared, parted = style.colours(frame.subsystem)
    inside = row.adjusted(pad, 1, -pad, -1)
    painter.fillRect(inside, shared if frame.shared else parted)
    painter.fillRect(QRectF(inside.left(), inside.top(), px(4), inside.height()), colour)
    text = inside.adjusted(px(12), 0, -px(8), 0)
    if frame.note:
        ink = theme.muted
        if frame.wrapped:
            note = pill(painter, style, text.right() + px(4), text.center().y(), frame.note,
                        theme.danger.colour, theme.danger.on_colour)  # fmt: skip
        else:
            _text(painter, text, _RIGHT, style.mono_small, ink, frame.note)
            note = text.right() - style.wide(style.mono_small, frame.note)
        text.setRight(note - px(6))
    font = style.mono if frame.shared else style.mono_bold
    name = style.cut(font, frame.name, text.width())
    _text(painter, text, _LEFT, font, theme.muted if frame.shared else theme.text, name)


def _paint_ring(painter: QPainter, style: ColumnStyle, box: Box) -> None:
    """Draw the ring around the row that the arrow keys are on."""
    pad = style.px(12)
    painter.setPen(QPen(QColor(style.theme.focus), style.px(2)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect_of(box).adjusted(pad + 1, 2, -pad - 1, -2))


def _paint_parting(
    painter: QPainter, style: ColumnStyle, parts: ColumnParts, look: LaneLook,
    frames: Sequence[FrameLook],
) -> None:  # fmt: skip
    """Draw the line below which the frames are this lane's own, level where there is room."""
    shared = sum(frame.shared for frame in frames)
    if not look.apart or not shared:
        return
    y = parts.row(shared).top
    pen = QPen(QColor(style.theme.accent), style.px(2))
    pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.drawLine(QPointF(parts.rows.left, y), QPointF(parts.rows.right, y))


def _paint_stop(painter: QPainter, style: ColumnStyle, box: Box, look: LaneLook) -> None:
    """Draw what ends the stack: the guard's barrier, or the end of the run."""
    theme, px = style.theme, style.px
    role = theme.danger if look.stop == "danger" else theme.role("guard")
    inside = rect_of(box).adjusted(px(12), 3, -px(12), 0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(role.colour))
    painter.drawRoundedRect(inside, px(4), px(4))
    words = f"{role.glyph if look.stop == 'danger' else '⊣'} {look.stop_words}"
    text = style.cut(style.strong_caption, words, inside.width() - px(16))
    _text(painter, inside.adjusted(px(8), 0, 0, 0), _LEFT, style.strong_caption, role.on_colour,
          text)  # fmt: skip


def _paint_foot(painter: QPainter, style: ColumnStyle, box: Box, look: LaneLook, text: str) -> None:
    theme, px, rect = style.theme, style.px, rect_of(box)
    painter.fillRect(rect, QColor(theme.window))
    painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), QColor(theme.border))
    inside = rect.adjusted(px(12), px(3), -px(12), -px(3))
    font, colour = style.caption, theme.muted if look.waiting else theme.text
    lines = max(1, int(inside.height() // style.metrics_of(font).height()))
    if lines == 1:
        _text(painter, inside, _LEFT, font, colour, style.cut(font, text, inside.width()))
        return
    flags = int(_FLAGS.AlignLeft | _FLAGS.AlignVCenter | Qt.TextFlag.TextWordWrap)
    for share in (0.92, 0.8, 0.66):
        # Long names leave much of a line empty where they wrap.
        shown = style.cut(font, text, inside.width() * lines * share)
        if style.metrics_of(font).boundingRect(inside, flags, shown).height() <= rect.height():
            break
    _text(painter, inside, flags, font, colour, shown)
