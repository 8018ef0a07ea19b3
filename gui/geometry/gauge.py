"""Where the parts of a stack gauge lie: bytes from the top of the stack downward."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

KIB = 1024
_TICK_STEPS = (KIB, 2 * KIB, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB)


class Segment(NamedTuple):
    """Neighbouring frames of one subsystem.

    Attributes:
        subsystem: Whose frames they are.
        first: Index of its outermost frame.
        n_frames: How many frames it is.
        start_bytes: Stack bytes in use before it.
        end_bytes: Stack bytes in use with it.
    """

    subsystem: str
    first: int
    n_frames: int
    start_bytes: int
    end_bytes: int


class Tick(NamedTuple):
    """A mark on the scale."""

    at_bytes: int
    label: str
    major: bool


class Scale(NamedTuple):
    """The bar: ``thread_bytes`` on ``height_px`` pixels below ``top_px``."""

    top_px: float
    height_px: float
    thread_bytes: int

    def y(self, at_bytes: float) -> float:
        """Return the height of a byte; bytes past the end lie below the bar."""
        return self.top_px + self.height_px * at_bytes / max(1, self.thread_bytes)

    def bytes_at(self, y_px: float) -> int:
        """Return the byte at a height."""
        return round((y_px - self.top_px) * self.thread_bytes / max(1.0, self.height_px))


def segments(frames: Iterable[tuple[str, int]]) -> list[Segment]:
    """Return the fill of the bar.

    Args:
        frames: Subsystem and stack bytes of each frame, outermost first.

    Returns:
        Segments from the outermost frame on, without gaps, that sum to the bytes in use.
    """
    found: list[Segment] = []
    used = 0
    for at, (subsystem, stack_bytes) in enumerate(frames):
        end = used + stack_bytes
        if found and found[-1].subsystem == subsystem:
            found[-1] = found[-1]._replace(n_frames=found[-1].n_frames + 1, end_bytes=end)
        else:
            found.append(Segment(subsystem, at, 1, used, end))
        used = end
    return found


def ticks(scale: Scale, label_px: float, mark_px: float = 4.0) -> list[Tick]:
    """Return the marks of a scale: as fine as they can be drawn, labels as many as can be read.

    Args:
        scale: The bar.
        label_px: Height of a label.
        mark_px: Least distance of two marks.
    """
    a_byte = scale.height_px / max(1, scale.thread_bytes)
    minor = next((step for step in _TICK_STEPS if step * a_byte >= mark_px), scale.thread_bytes)
    major = next(
        (step for step in _TICK_STEPS if step >= minor and step * a_byte >= 1.6 * label_px),
        scale.thread_bytes,
    )
    # 4 KiB are what kernel people count stacks in; finer labels only where there is ample room.
    major = max(major, min(4 * KIB, scale.thread_bytes))
    return [
        Tick(at, _size(at) if at % major == 0 else "", at % major == 0)
        for at in range(0, scale.thread_bytes + 1, max(1, minor))
    ]


def _size(at_bytes: int) -> str:
    return f"{at_bytes // KIB} KiB" if at_bytes else "0"


def clear_of(wanted_px: float, taken_px: Iterable[float], height_px: float) -> bool:
    """Return whether a label of some height fits beside others centred on their lines."""
    return all(abs(wanted_px - other) >= height_px for other in taken_px)


def jagged(left: float, right: float, y_px: float, tooth_px: float) -> list[tuple[float, float]]:
    """Return the points of a torn edge from left to right around a height."""
    teeth = max(2, round((right - left) / max(1.0, 1.6 * abs(tooth_px))))
    step = (right - left) / teeth
    # Two depths in turn, so that the edge looks torn and not sawn.
    depths = (0.0, 0.55, -0.25, 0.9, -0.55, 0.35)
    inner = [
        (left + at * step, y_px + depths[at % len(depths)] * tooth_px) for at in range(1, teeth)
    ]
    return [(left, y_px), *inner, (right, y_px)]


class GaugeSizes(NamedTuple):
    """Lengths of a gauge at one scale, in pixels."""

    header_px: int
    digits_px: int
    line_px: int
    bar_px: int
    left_px: int
    guard_px: int
    end_px: int
    gap_px: int


class GaugeParts(NamedTuple):
    """Where the parts of a gauge lie; every pair is top and height.

    Attributes:
        digits: The large number.
        of: What it is compared with.
        note: What THREAD_SIZE is made of, or how much is too much.
        bar: THREAD_SIZE.
        guard: The guard page below the bar.
        bar_left_px: Left edge of the bar.
        labels_left_px: Left edge of the labels right of the bar.
    """

    digits: tuple[float, float]
    of: tuple[float, float]
    note: tuple[float, float]
    bar: tuple[float, float]
    guard: tuple[float, float]
    bar_left_px: float
    labels_left_px: float


def gauge_parts(height_px: float, sizes: GaugeSizes) -> GaugeParts:
    """Return where the parts of a gauge lie, from top to bottom; the bar takes what is left.

    Args:
        height_px: Height of the view.
        sizes: Lengths in force.
    """
    digits_top = sizes.header_px + sizes.gap_px
    of_top = digits_top + sizes.digits_px
    note_top = of_top + sizes.line_px
    bar_top = note_top + sizes.line_px + sizes.gap_px
    bottom = height_px - sizes.gap_px - sizes.end_px
    bar_height = max(1.0, bottom - sizes.guard_px - bar_top)
    return GaugeParts(
        (digits_top, sizes.digits_px),
        (of_top, sizes.line_px),
        (note_top, sizes.line_px),
        (bar_top, bar_height),
        (bar_top + bar_height, sizes.guard_px),
        sizes.left_px,
        sizes.left_px + sizes.bar_px + sizes.gap_px,
    )
