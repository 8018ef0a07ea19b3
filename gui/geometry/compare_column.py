"""Where the parts of a lane's column lie: its head, its call stack, and what it is doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gui.geometry.stack import Box

Px = Callable[[float], int]

PITCHES = (30, 26, 22, 19)
"""Heights of a row at the scale of 1, the largest that has room for all is taken."""
_PAD = 12
_TITLE, _STATE, _WORD, _BAR, _GAP = 28, 20, 26, 18, 6
_FOOT, _LOW_FOOT = 38, 26
_BADGE = 24
_LOW, _LOWEST = 280, 190
"""Columns lower than these, at the scale of 1, leave out the stack's bar and the event's number,
and then also what the lane is doing."""
STOP_ROWS = 1
"""Rows kept free below the newest frame, for the guard's barrier or the end of the run."""


@dataclass(frozen=True, slots=True)
class ColumnParts:
    """The parts of a column.

    Attributes:
        badge: The lane's letter.
        title: Its label and how its run ends.
        state: Whether it has parted, and its event; of no height in a low column.
        word: The guard's value.
        bar: The stack in use; of no height in a low column.
        rows: The frames.
        foot: What the lane is doing; of no height in the lowest columns.
        pitch_px: Height of a row.
        room: How many rows there are.
    """

    badge: Box
    title: Box
    state: Box
    word: Box
    bar: Box
    rows: Box
    foot: Box
    pitch_px: float
    room: int

    def row(self, at: int) -> Box:
        """Return the place of a row."""
        return Box(self.rows.left, self.rows.top + at * self.pitch_px, self.rows.width,
                   self.pitch_px)  # fmt: skip

    def row_at(self, x: float, y: float) -> int | None:
        """Return the row at a point, None beside the rows."""
        if not self.rows.contains(x, y):
            return None
        at = int((y - self.rows.top) / self.pitch_px)
        return at if at < self.room else None


def column_parts(width: float, height: float, px: Px, wanted_rows: int) -> ColumnParts:
    """Return the parts of a column of a size.

    Args:
        width: Its width in pixels.
        height: Its height in pixels.
        px: Turns a size at the scale of 1 into pixels.
        wanted_rows: How many frames there are to show, at most.
    """
    low = height < px(_LOW)
    pad, inner = px(_PAD), max(1.0, width - 2 * px(_PAD))
    top: float = px(8)

    def line(size: float) -> Box:
        nonlocal top
        made = Box(pad, top, inner, px(size) if size else 0)
        top += made.height
        return made

    title = line(_TITLE)
    badge = Box(pad, title.middle - px(_BADGE) / 2, px(_BADGE), px(_BADGE))
    title = Box(badge.right + px(8), title.top, max(1.0, inner - badge.width - px(8)), title.height)
    state, word, bar = line(0 if low else _STATE), line(_WORD), line(0 if low else _BAR)
    top += px(_GAP)
    foot_px = px(_LOW_FOOT if low else _FOOT) if height >= px(_LOWEST) else 0
    foot = Box(0, height - foot_px, width, foot_px)
    rows = Box(0, top, width, max(1.0, foot.top - px(4) - top))
    pitch = _pitch(rows.height, px, wanted_rows + STOP_ROWS)
    room = max(1, int(rows.height / pitch) - STOP_ROWS)
    return ColumnParts(badge, title, state, word, bar, rows, foot, pitch, room)


def _pitch(height: float, px: Px, rows: int) -> float:
    for size in PITCHES:
        if px(size) * rows <= height:
            return px(size)
    # As many as there is room for, and what is left over is shared out among them.
    least = px(PITCHES[-1])
    return max(least, height // max(1, height // least))
