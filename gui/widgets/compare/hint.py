"""What to press where nothing has happened yet, in the middle of a lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

if TYPE_CHECKING:
    from gui.theme import Theme
    from gui.widgets.compare.column_paint import ColumnStyle

Hint = tuple[str, str]
"""A key as it is written, and what it does."""
_CENTRE = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_LINE_PX, _CAP_PX = 30, 22


def paint_hints(
    painter: QPainter, style: ColumnStyle, room: QRectF, title: str, hints: Sequence[Hint]
) -> None:
    """Draw a line of text and the keys below it, as many as there is room for.

    Args:
        painter: Where to; antialiasing is on.
        style: How it looks.
        room: Where there is room.
        title: What the first line says.
        hints: Keys and what they do; all begin at the same place.
    """
    theme, px = style.theme, style.px
    line = px(_LINE_PX)
    lines = min(1 + len(hints), int(room.height() // line))
    if lines < 1:
        return
    top = room.center().y() - lines * line / 2
    painter.setFont(style.body)
    painter.setPen(QColor(theme.muted))
    said = style.cut(style.body, title, room.width() - px(24))
    painter.drawText(QRectF(room.left(), top, room.width(), line), _CENTRE, said)
    caps = max((style.wide(style.strong_caption, key) for key, _ in hints), default=0) + px(16)
    texts = max((style.wide(style.body, words) for _, words in hints), default=0)
    wide = min(caps + px(8) + texts, room.width() - px(24))
    left = room.center().x() - wide / 2
    for at, (key, words) in enumerate(hints[: lines - 1]):
        row = QRectF(left, top + (1 + at) * line, wide, line)
        _cap(painter, style, theme, QRectF(row.left(), row.top(), caps, line), key)
        text = row.adjusted(caps + px(8), 0, 0, 0)
        painter.setFont(style.body)
        painter.setPen(QColor(theme.text))
        painter.drawText(text, _LEFT, style.cut(style.body, words, text.width()))


def _cap(painter: QPainter, style: ColumnStyle, theme: Theme, place: QRectF, key: str) -> None:
    """Draw a key, as wide as it needs, at the right end of a place."""
    wide, tall = style.wide(style.strong_caption, key) + style.px(16), style.px(_CAP_PX)
    cap = QRectF(place.right() - wide, place.center().y() - tall / 2, wide, tall)
    painter.setPen(QPen(QColor(theme.outline), 1))
    painter.setBrush(QColor(theme.window))
    painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), style.px(4), style.px(4))
    painter.setFont(style.strong_caption)
    painter.setPen(QColor(theme.text))
    painter.drawText(cap, _CENTRE, key)
