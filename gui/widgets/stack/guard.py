"""How the guard's barrier is drawn: the short-circuit, what it spares, what it hands back."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gui.geometry.easing import ease_out, ease_out_back, share
from gui.geometry.stack import Box, CardParts, rows_that_fit
from gui.theme import Role
from gui.widgets.stack.scene import Barrier, CardLook
from gui.widgets.stack.style import (
    CENTRED,
    LEFT,
    RIGHT,
    Face,
    Style,
    draw_pill,
    faded,
    qrect,
    stripes,
)
from gui.widgets.stack.words import avoided_heading, plural

SLAM_MS = 280
"""How long the barrier takes to come down."""
PULSE_MS = 1100
"""How long the rings go out from it."""
GHOSTS_FROM_MS = 180
GHOSTS_MS = 420
ARRIVAL_MS = PULSE_MS
"""After this nothing about a barrier moves any more."""


def draw_guard(
    painter: QPainter, style: Style, box: Box, barrier: Barrier, since_ms: float
) -> None:
    """Draw the barrier of a short-circuit across the whole width, the heaviest mark there is.

    Args:
        painter: Where to.
        style: Theme and scale.
        box: The band when it has arrived.
        barrier: What it says.
        since_ms: Time since it came.
    """
    role = style.theme.role("guard")
    slam = ease_out_back(share(since_ms, SLAM_MS))
    grown = Box(box.left, box.top, box.width, max(1.0, box.height * slam))
    _draw_pulse(painter, style, grown, role, since_ms)
    rect = qrect(grown)
    painter.fillRect(rect, QColor(role.colour))
    edge = max(3.0, style.px(4))
    ink = QColor(role.on_colour)
    side = style.px(6 if style.narrow else 30)
    for left in (rect.left(), rect.right() - side):
        block = QRectF(left, rect.top(), side, rect.height())
        stripes(painter, block, ink, style.px(9))
    painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), edge), ink)
    painter.fillRect(QRectF(rect.left(), rect.bottom() - edge, rect.width(), edge), ink)
    inner = Box(
        grown.left + side, grown.top + edge, grown.width - 2 * side, grown.height - 2 * edge
    )
    painter.save()
    painter.setClipRect(qrect(inner), Qt.ClipOperation.IntersectClip)
    _draw_guard_words(painter, style, inner, barrier, role)
    painter.restore()


def _draw_pulse(painter: QPainter, style: Style, box: Box, role: Role, since_ms: float) -> None:
    if since_ms >= PULSE_MS:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ring in range(3):
        at = share(since_ms - ring * 160, PULSE_MS - 320)
        if not 0 < at < 1:
            continue
        reach = ease_out(at) * style.px(34)
        painter.setPen(QPen(faded(role.colour, 0.75 * (1 - at)), style.px(5)))
        for y in (box.top - reach, box.bottom + reach):
            painter.drawLine(QPointF(box.left, y), QPointF(box.right, y))


def _draw_guard_words(
    painter: QPainter, style: Style, box: Box, barrier: Barrier, role: Role
) -> None:
    ink = QColor(role.on_colour)
    height = min(box.height * 0.66, style.px(52))
    icon = Box(box.left + style.px(14), box.middle - height / 2, height * 0.86, height)
    if style.narrow:
        icon = Box(box.left - style.px(8), box.middle, 0, 0)
    else:
        draw_shield(painter, icon, ink, QColor(role.colour))
    left, right = icon.right + style.px(14), box.right - style.px(4 if style.narrow else 12)
    right = _draw_chip(painter, style, box, barrier, left, right, role)
    words = guard_words(style, box, barrier, left, right)
    flags = LEFT | Qt.TextFlag.TextDontClip
    painter.setPen(ink)
    painter.setFont(words.title.font)
    painter.drawText(qrect(words.title_box), flags | Qt.TextFlag.TextWordWrap, barrier.title)
    if words.detail_box is not None:
        painter.setFont(style.body.font)
        painter.drawText(qrect(words.detail_box), flags, barrier.detail)


class GuardWords(NamedTuple):
    """Where a barrier's words stand; without the detail where there is no room for it."""

    title: Face
    title_box: Box
    detail_box: Box | None


def guard_words(style: Style, box: Box, barrier: Barrier, left: float, right: float) -> GuardWords:
    """Return where the words of a barrier stand, on whole pixels and as tall as they really are.

    Args:
        style: Theme and scale.
        box: The band between its edges.
        barrier: What it says.
        left: Where the words may begin.
        right: Where they must end.
    """
    width = max(0, int(right - left))
    title, _ = style.title_lines(barrier.title, width)
    smaller = (face for face in style.titles[style.titles.index(title) :])
    # The lines of a font lie further apart than its height, and a large one may wrap once more.
    title = next((face for face in smaller if face.height_of(barrier.title, width) <= box.height),
                 style.titles[-1])  # fmt: skip
    tall = title.height_of(barrier.title, width)
    rows = barrier.detail.split("\n")
    gap = style.px(3)
    below = style.body.height_of(barrier.detail, width) if barrier.detail else 0
    fits = tall + gap + below <= box.height
    if not fits or max(map(style.body.width, rows)) > width:
        gap = below = 0
    top = int(box.middle - (tall + gap + below) / 2)
    detail = Box(left, top + tall + gap, width, below) if below else None
    return GuardWords(title, Box(left, top, width, tall), detail)


def _draw_chip(
    painter: QPainter,
    style: Style,
    box: Box,
    barrier: Barrier,
    left: float,
    right: float,
    role: Role,
) -> float:
    """Draw what is handed back, with an arrow that turns; return where the words must end.

    The title says the same, so the chip is left out where the title needs its room.
    """
    words = f"↩ {barrier.chip}"
    font = style.names[1]
    width = font.width(words) + style.px(26)
    if right - left - width - style.px(14) < style.titles[1].width(barrier.title):
        return right
    height = font.metrics.height() + style.px(14)
    painter.setFont(font.font)
    at = Box(right - width, box.middle - height / 2, width, height)
    draw_pill(painter, at, words, QColor(role.on_colour), QColor(role.colour))
    return at.left - style.px(14)


def draw_shield(painter: QPainter, box: Box, fill: QColor, mark: QColor) -> None:
    """Draw a shield with a bar across it: no way through."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    middle = (left + right) / 2
    path = QPainterPath(QPointF(middle, top))
    path.lineTo(right, top + box.height * 0.14)
    shoulder, waist = top + box.height * 0.14, top + box.height * 0.62
    low, bulge = bottom - box.height * 0.1, box.width * 0.3
    path.cubicTo(right, waist, middle + bulge, low, middle, bottom)
    path.cubicTo(middle - bulge, low, left, waist, left, shoulder)
    path.closeSubpath()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(path, fill)
    bar = QRectF(left + box.width * 0.24, top + box.height * 0.38, box.width * 0.52,
                 box.height * 0.14)  # fmt: skip
    painter.fillRect(bar, mark)


def ghosts_shown(since_ms: float) -> float:
    """Return how far the frames that do not happen have faded in, 0 to 1."""
    return ease_out(share(since_ms - GHOSTS_FROM_MS, GHOSTS_MS))


def draw_ghosts(
    painter: QPainter, style: Style, box: Box, parts: CardParts, barrier: Barrier
) -> None:
    """Draw the frames that do not happen: dashed, fainter the further in they would lie."""
    theme = style.theme
    heading = avoided_heading(barrier.avoided_label, barrier.avoided)
    label = style.title_face(heading, box.width, "title")
    painter.setFont(label.font)
    painter.setPen(QColor(theme.role("guard").ink))
    words = label.cut(heading, box.width)
    painter.drawText(QRectF(box.left, box.top, box.width, style.label_px), LEFT, words)
    room = box.height - style.label_px
    rows, rest = rows_that_fit(room, style.ghost_px, len(barrier.avoided))
    top = box.top + style.label_px
    for at, look in enumerate(barrier.avoided[:rows]):
        painter.setOpacity(max(0.6, 1 - 0.05 * at))
        row = Box(box.left, top + at * style.ghost_px, box.width, style.ghost_px - style.px(3))
        _draw_ghost(painter, style, row, parts, look)
    painter.setOpacity(1)
    if rest and room >= style.ghost_px:
        painter.setFont(style.caption_bold.font)
        painter.setPen(QColor(theme.muted))
        row = Box(box.left, top + rows * style.ghost_px, box.width, style.ghost_px)
        again = ", then all of it again" if "without end" in barrier.avoided_label else ""
        words = f"⋮  {plural(rest, 'more frame')}{again}"
        painter.drawText(qrect(row).adjusted(parts.title.left, 0, 0, 0), LEFT, words)


def _draw_ghost(
    painter: QPainter, style: Style, row: Box, parts: CardParts, look: CardLook
) -> None:
    theme = style.theme
    radius = style.px(3)
    pen = QPen(QColor(theme.outline), max(1.0, style.px(1)), Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([4, 4])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(qrect(row).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.setPen(QColor(theme.muted))
    painter.setFont(style.caption_bold.font)
    tile = QRectF(row.left + parts.tile.left, row.top, parts.tile.width, row.height)
    painter.drawText(tile, CENTRED, theme.role(look.subsystem).glyph)
    painter.setFont(style.mono.font)
    name = QRectF(row.left + parts.title.left, row.top, parts.title.width, row.height)
    painter.drawText(name, LEFT, style.mono.cut(look.name, name.width()))
    if not parts.frame_bytes.width or not look.used_bytes:
        return
    painter.setFont(style.numbers[0].font)
    number = QRectF(row.left + parts.frame_bytes.left, row.top, parts.frame_bytes.width, row.height)
    painter.drawText(number, RIGHT, f"{look.stack_bytes:,}")


def draw_returned(painter: QPainter, style: Style, box: Box, barrier: Barrier) -> None:
    """Draw what the guard handed back, one event after the barrier."""
    role = style.theme.role("guard")
    rect = qrect(box)
    painter.fillRect(rect, QColor(role.soft))
    edge = max(2.0, style.px(3))
    painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), edge), QColor(role.colour))
    painter.fillRect(
        QRectF(rect.left(), rect.bottom() - edge, rect.width(), edge), QColor(role.colour)
    )
    height = box.height * 0.5
    icon = Box(
        box.left + style.px(4 if style.narrow else 44),
        box.middle - height / 2,
        height * 0.86,
        height,
    )
    draw_shield(painter, icon, QColor(role.ink), QColor(role.soft))
    painter.setPen(QColor(role.ink))
    left = icon.right + style.px(12)
    words = f"↩ {barrier.title}"
    title = style.title_face(words, box.right - left - style.px(12), "title")
    painter.setFont(title.font)
    painter.drawText(
        QRectF(left, box.top, box.right - left, box.height), LEFT,
        title.cut(words, box.right - left),
    )  # fmt: skip
