"""Call stacks side by side: one grid of rows for all of them, so that what they share lies level.

The outermost frame is on top. Frames that all stacks share stand in the same rows; below them each
goes on by itself. Where there is no room for all, frames in the middle are folded into one row: of
the shared ones first, and in a stack of its own only where that is not enough. How much is folded
goes by the stack with the fewest frames of its own: a deep one makes room by itself, and does not
hide what the others are doing.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import takewhile
from typing import NamedTuple

HEAD_ROWS = 1
"""Shared frames that stay above a fold: where the stack comes from."""
_SHARED_KEPT = 3
"""Shared rows that are kept, however long the rest is: the first, a fold, and the last."""
_OWN_KEPT = 3
"""Rows of its own that a stack keeps at least, half the room where that is more."""
_LITTLE = 3
"""Up to this part of the room is little for a stack's own frames."""
_LEAST_FOLDED = 2
"""Fewer frames than this are not worth a fold."""


class StackRow(NamedTuple):
    """A row of one stack.

    Attributes:
        at: Number of the row, from the top.
        first: Index of its frame, of the first one where it is a fold.
        n_frames: How many frames it stands for.
        shared: Whether all stacks have them.
    """

    at: int
    first: int
    n_frames: int
    shared: bool

    @property
    def folded(self) -> bool:
        """Whether it stands for more than one frame."""
        return self.n_frames > 1


def shared_frames(stacks: Sequence[Sequence[Hashable]]) -> int:
    """Return how many of the outermost frames are the same in all stacks."""
    if not stacks:
        return 0
    shared = 0
    for frames in zip(*stacks, strict=False):
        if any(frame != frames[0] for frame in frames):
            break
        shared += 1
    return shared


def rows_needed(stacks: Sequence[Sequence[Hashable]]) -> int:
    """Return how many rows there are where nothing is folded."""
    return max(map(len, stacks), default=0)


def arrange_stacks(
    stacks: Sequence[Sequence[Hashable]], room: int, shared: int | None = None
) -> list[list[StackRow]]:
    """Return the rows of each stack.

    Args:
        stacks: The frames of each, outermost first.
        room: How many rows there is room for, at least 1.
        shared: How many outermost frames all have; counted where it is not given.

    Returns:
        The rows of each stack from the top. At most ``room`` of them, where ``room`` is at least 6;
        below that the newest frames still show and older ones are left out.
    """
    common = shared_frames(stacks) if shared is None else shared
    own = [len(stack) - common for stack in stacks]
    grid = _folded(common, _room_for_shared(common, own, room), HEAD_ROWS)
    return [_rows(count, common, grid, room) for count in own]


def _room_for_shared(common: int, own: Sequence[int], room: int) -> int:
    """How many rows the shared frames get: a few in any case.

    While all stacks have only little of their own, they get what the longest leaves, so that all
    stay level. A longer one makes room by itself, and the shortest stack counts.
    """
    least = min(common, _SHARED_KEPT, max(1, room - 1) if any(own) else room)
    most = max(own, default=0)
    left = most if most <= room // _LITTLE else min(own, default=0)
    return max(least, min(common, room - left))


def _rows(own: int, common: int, grid: list[tuple[int, int]], room: int) -> list[StackRow]:
    """Return the rows of a stack with ``own`` frames besides the shared ones."""
    wanted = min(own, max(_OWN_KEPT, room // 2))
    shared = _cut_short(grid, common, max(1, room - wanted))
    rows = [StackRow(at, first, count, True) for at, (first, count) in enumerate(shared)]
    below = _folded(own, max(1, room - len(shared)), HEAD_ROWS)
    rows += [
        StackRow(len(shared) + at, common + first, count, False)
        for at, (first, count) in enumerate(below)
    ]
    return rows


def _cut_short(grid: list[tuple[int, int]], common: int, rows: int) -> list[tuple[int, int]]:
    """Return the first of the shared rows, what is left of the frames folded into the last one."""
    if len(grid) <= rows:
        return grid
    # One fold is enough: what came after an earlier one goes into it.
    kept = list(takewhile(lambda row: row[1] == 1, grid[: rows - 1]))
    first = sum(count for _, count in kept)
    return [*kept, (first, common - first)]


def _folded(count: int, room: int, head: int) -> list[tuple[int, int]]:
    """Return first frame and number of frames of each row, at most ``room`` rows."""
    if count <= room:
        return [(at, 1) for at in range(count)]
    if room <= 0:
        return []
    if room == 1:
        return [(count - 1, 1)]
    kept_head = min(head, room - 2)
    tail = room - kept_head - 1
    folded = count - kept_head - tail
    assert folded >= _LEAST_FOLDED
    rows = [(at, 1) for at in range(kept_head)]
    rows.append((kept_head, folded))
    return rows + [(count - tail + at, 1) for at in range(tail)]
