"""How what surrounds the cards is drawn: ground, strip, rails, header, stripe and hints."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.geometry.stack import Box, Density, LevelRange
from gui.theme import Role, mix
from gui.widgets.key_caps import caps_width, draw_caps
from gui.widgets.stack.scene import HINTS, CardLook, Scene
from gui.widgets.stack.style import CENTRED, LEFT, RIGHT, Style, draw_pill, faded, qrect
from gui.widgets.stack.words import fold_words, plural


def draw_hover(painter: QPainter, style: Style, box: Box, density: Density) -> None:
    """Draw the edge of the card a click would choose."""
    painter.setPen(QPen(QColor(style.theme.outline), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = style.radius_px(density)
    painter.drawRoundedRect(qrect(box).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def draw_newest_ground(
    painter: QPainter, style: Style, box: Box, role: Role, density: Density
) -> None:
    """Draw the ground of the newest card: in its own colour, with a strong edge and a pointer."""
    theme = style.theme
    edge = max(2.0, style.px(2))
    painter.setPen(QPen(QColor(role.ink), edge))
    painter.setBrush(QColor(mix(role.colour, theme.raised, 0.14)))
    radius = style.radius_px(density)
    half = edge / 2
    painter.drawRoundedRect(qrect(box).adjusted(half, half, -half, -half), radius, radius)
    tip, reach = box.left + style.px(1), style.px(6 if style.narrow else 12)
    middle = box.top + style.sizes.card_px[density] / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(role.ink))
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(tip, middle),
                QPointF(tip - reach, middle - reach * 0.8),
                QPointF(tip - reach, middle + reach * 0.8),
            ]
        )
    )


def draw_strip(painter: QPainter, style: Style, box: Box, scene: Scene, left_px: float) -> None:
    """Draw what the newest card is doing: one word as a tag, then the rest of the sentence."""
    if box.height < style.sizes.strip_px * 0.6 or not scene.verb:
        return
    theme = style.theme
    role = style.role_of_verb(scene.verb, scene.cards[-1].look.subsystem)
    painter.setPen(QPen(faded(role.ink, 0.35), 1))
    painter.drawLine(
        QPointF(box.left + left_px, box.top), QPointF(box.right - style.px(10), box.top)
    )
    tag = style.caption_bold
    height = tag.metrics.height() + style.px(4)
    width = tag.width(scene.verb) + style.px(14)
    painter.setFont(tag.font)
    left_px = style.px(6) if style.narrow else left_px
    at = Box(box.left + left_px, box.middle - height / 2, width, height)
    draw_pill(painter, at, scene.verb, QColor(role.colour), QColor(role.on_colour))
    words = style.caption if style.narrow else style.body
    painter.setFont(words.font)
    painter.setPen(QColor(theme.text))
    left = at.right + style.px(8)
    room = box.right - left - style.px(10)
    painter.drawText(QRectF(left, box.top, room, box.height), LEFT, words.cut(scene.doing, room))


def draw_selection(painter: QPainter, style: Style, box: Box, density: Density) -> None:
    """Draw the ring around the card the arrow keys are on."""
    edge = max(2.0, style.px(2))
    out = style.px(2)
    painter.setPen(QPen(QColor(style.theme.focus), edge))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = style.radius_px(density) + out
    painter.drawRoundedRect(qrect(box).adjusted(-out, -out, out, out), radius, radius)


def draw_focus(painter: QPainter, style: Style, rect: QRectF) -> None:
    """Draw that the view has the keyboard: a line below its header."""
    edge = max(2.0, style.px(2))
    line = QRectF(rect.left(), rect.top() + style.header_px - edge, rect.width(), edge)
    painter.fillRect(line, QColor(style.theme.focus))


def draw_rail(painter: QPainter, style: Style, rail: LevelRange, cards_left_px: float) -> None:
    """Draw the mark that holds the cards of a recursion level together."""
    theme = style.theme
    ink = theme.role("page_owner")
    line = max(2.0, style.px(3))
    x = cards_left_px - style.rail_px
    painter.setPen(QPen(QColor(ink.colour), line, c=Qt.PenCapStyle.RoundCap))
    top, bottom = rail.top_px + line / 2, rail.bottom_px - line / 2
    painter.drawLine(QPointF(x, top), QPointF(x, max(top, bottom)))
    small = style.caption_bold
    words, height = f"level {rail.level}", rail.bottom_px - rail.top_px
    painter.setFont(small.font)
    painter.setPen(QColor(ink.ink))
    if style.narrow:
        return
    if height >= small.width(words) + style.px(8):
        painter.save()
        painter.translate(x - line, (rail.top_px + rail.bottom_px) / 2)
        painter.rotate(-90)
        high = small.metrics.height()
        painter.drawText(QRectF(-height / 2, -high, height, high), CENTRED, words)
        painter.restore()
    elif height >= small.metrics.ascent():
        room = QRectF(x - line - style.px(20), rail.top_px, style.px(20), height)
        painter.drawText(room, RIGHT, str(rail.level))


def draw_header(painter: QPainter, style: Style, width_px: int, scene: Scene, right: Box) -> None:
    """Draw what the view is, whose stack it shows, and the names of the columns.

    Args:
        painter: Where to.
        style: Theme and scale.
        width_px: Width of the view.
        scene: What is shown.
        right: The column of a frame's bytes; its right edge may be the view's last column.
    """
    theme, height = style.theme, style.header_px
    rect = QRectF(style.margin_px, 0, width_px - 2 * style.margin_px, height)
    if scene.title.startswith("CPU") and scene.runs:
        _draw_running(painter, style, width_px)
    painter.setFont(style.body_bold.font)
    painter.setPen(QColor(theme.text))
    painter.drawText(rect, LEFT, scene.title)
    left = rect.left() + style.body_bold.width(scene.title) + style.px(4 if style.narrow else 10)
    known = bool(scene.cards) and scene.cards[-1].look.used_bytes > 0
    shows_bytes = known and right.width > 0
    columns_left = right.left - style.px(20) if shows_bytes else rect.right()
    about = [scene.task, plural(len(scene.cards), "frame")] if scene.cards else [scene.task]
    about = about[:1] if style.narrow else about
    painter.setFont(style.caption.font)
    painter.setPen(QColor(theme.muted))
    room = columns_left - left - style.px(6)
    told = "  ·  ".join(filter(None, about))
    text = (
        style.caption.cut_middle(f"· {told}", room)
        if style.narrow
        else style.caption.cut(told, room)
    )
    painter.drawText(QRectF(left, 0, max(0.0, room), height), LEFT, text)
    if shows_bytes:
        painter.drawText(qrect(right).adjusted(-style.px(40), 0, 0, 0), RIGHT, "frame bytes")


def _draw_running(painter: QPainter, style: Style, width_px: int) -> None:
    """Draw that a CPU is the one on which the event at the cursor happened."""
    theme, edge = style.theme, max(2.0, style.px(3))
    painter.fillRect(QRectF(0, 0, width_px, style.header_px), QColor(theme.accent_soft))
    painter.fillRect(QRectF(0, 0, width_px, edge), QColor(theme.accent))


def draw_separator(painter: QPainter, style: Style, box: Box, words: str, alpha: float) -> None:
    """Draw the line with which an interrupt begins on the stack of whom it interrupted."""
    role, small = style.theme.role("interrupt"), style.caption_bold
    painter.setOpacity(alpha)
    painter.setPen(QPen(QColor(role.colour), max(1.0, style.px(2))))
    y = box.middle
    painter.drawLine(QPointF(box.left, y), QPointF(box.right, y))
    told = f"{role.glyph}  {words}"
    inset = style.px(8)
    if small.width(told) + 2 * inset > box.width:
        told = words.split(",", maxsplit=1)[0]
    told = small.cut_middle(told, box.width - 2 * inset)
    width, height = small.width(told) + 2 * inset, min(box.height - 2, small.metrics.height() + 4)
    painter.setFont(small.font)
    at = Box(box.left + (box.width - width) / 2, y - height / 2, width, height)
    draw_pill(painter, at, told, QColor(role.colour), QColor(role.on_colour))
    painter.setOpacity(1)


def draw_total_heading(painter: QPainter, style: Style, box: Box) -> None:
    """Draw the name of the column of running totals."""
    painter.setFont(style.caption.font)
    painter.setPen(QColor(style.theme.muted))
    painter.drawText(qrect(box), RIGHT, "in use")


def draw_fold(
    painter: QPainter, style: Style, box: Box, folded: tuple[CardLook, ...], alpha: float
) -> None:
    """Draw the stripe that stands for old frames there is no room for."""
    theme = style.theme
    painter.save()
    painter.setOpacity(alpha)
    painter.setPen(QPen(QColor(theme.outline), 1, Qt.PenStyle.DashLine))
    painter.setBrush(QColor(theme.sunken))
    radius = style.radius_px(Density.DENSE)
    painter.drawRoundedRect(qrect(box).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    words = fold_words(folded)
    painter.setFont(style.caption_bold.font)
    painter.setPen(QColor(theme.muted))
    painter.drawText(qrect(box), CENTRED, style.caption_bold.cut(words, box.width))
    painter.restore()


def draw_follow_button(painter: QPainter, style: Style, box: Box) -> None:
    """Draw the way back from scrolling to the newest card."""
    theme = style.theme
    painter.setFont(style.caption_bold.font)
    draw_pill(painter, box, FOLLOW_WORDS, QColor(theme.accent), QColor(theme.on_accent))


FOLLOW_WORDS = "↓  newest frame   Esc"


def draw_hint(
    painter: QPainter,
    rect: QRectF,
    style: Style,
    scene: Scene,
    keys: tuple[str, str],
) -> None:
    """Draw what to do where there is no card: with the keys to press before the run starts."""
    theme = style.theme
    painter.setPen(QColor(theme.muted))
    if scene.hint != "start":
        painter.setFont(style.body.font)
        painter.drawText(rect, CENTRED | Qt.TextFlag.TextWordWrap, HINTS[scene.hint])
        return
    rect = rect.adjusted(style.px(8), 0, -style.px(8), 0)
    # One block around the middle, that begins at the top where there is no room for it.
    lines = _key_lines(keys, rect.width(), style)
    gap, line_px = style.px(18), style.px(28)
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    words = style.titles[1] if rect.width() >= style.px(_WIDE_PX) else style.body
    painter.setFont(words.font)
    painter.setPen(QColor(theme.text))
    high = painter.boundingRect(rect, flags, _NOT_YET).height()
    whole = high + (gap + line_px * len(lines) if lines else 0)
    top = max(rect.top(), rect.center().y() - whole / 2 - style.px(14))
    painter.drawText(QRectF(rect.left(), top, rect.width(), high), flags, _NOT_YET)
    for at, line in enumerate(lines):
        left = rect.center().x() - _line_width(line, style) / 2
        middle = top + high + gap + line_px * (at + 0.5)
        _draw_key_line(painter, QPointF(left, middle), style, line)


_NOT_YET = "Nothing is on the stack yet"
_WIDE_PX = 200
"""From this width on there is room for a title, at 100 %."""


def _key_lines(keys: tuple[str, str], width: float, style: Style) -> list[tuple[str, ...]]:
    """Return "Press Space to play, . to step" in one line, or in two where it is narrow.

    The odd parts of a line are keys. There is no line where there are no keys: in a picture.
    """
    if not all(keys):
        return []
    parts = ("Press", keys[0], "to play,", keys[1], "to step")
    if _line_width(parts, style) <= width:
        return [parts]
    return [parts[:3], ("or", *parts[3:])]


def _part_widths(parts: tuple[str, ...], style: Style) -> list[float]:
    return [
        caps_width(part, style.metrics) if at % 2 else style.body.width(part)
        for at, part in enumerate(parts)
    ]


def _line_width(parts: tuple[str, ...], style: Style) -> float:
    return sum(_part_widths(parts, style)) + style.px(6) * (len(parts) - 1)


def _draw_key_line(painter: QPainter, start: QPointF, style: Style, parts: tuple[str, ...]) -> None:
    """Draw one line of words and keys from the middle of its left edge."""
    left, middle = start.x(), start.y()
    for at, (part, width) in enumerate(zip(parts, _part_widths(parts, style), strict=True)):
        if at % 2:
            where = QPoint(round(left), round(middle))
            draw_caps(painter, where, part, style.theme, style.metrics)
        else:
            painter.setFont(style.body.font)
            painter.setPen(QColor(style.theme.muted))
            line = QRectF(left, middle - style.px(14), width + 2, style.px(28))
            painter.drawText(line, LEFT, part)
        left += width + style.px(6)
