"""Where the bits of the guard's storage unit lie in a drawing.

The most significant bit is always at the left. Bit *numbers* are the layout's own: little endian
counts from the least significant bit, big endian from the most significant one. Bits without a
name share a narrow block, so that the named ones are as wide as can be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from math import asin, cos, degrees, radians, sin
from typing import TYPE_CHECKING, NamedTuple

from gui.geometry.stack import Box

if TYPE_CHECKING:
    from core.trace.info import GuardInfo

TextWidth = Callable[[str], float]

NUMBER_BITS = 8
"""A field wider than this is read as a number, not bit by bit."""

_UNNAMED_BLOCK = 2.6
"""Most that a run of bits without a name takes, in widths of a named bit."""
_FLATTEST, _STEEPEST = 48.0, 90.0
"""Degrees a name may be turned by."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths at one scale, in pixels.

    Attributes:
        cell_height_px: Height of a bit.
        line_px: Height of a line of small text.
        gap_px: A small distance.
        channel_px: Room for the arrows between memory and register.
        result_px: Room for what a moment comes to, under everything.
    """

    cell_height_px: float
    line_px: float
    gap_px: float
    channel_px: float
    result_px: float


class Cell(NamedTuple):
    """One bit: its number in the layout, its power of two, its field (an index, or -1)."""

    bit: int
    power: int
    field: int
    box: Box


class Label(NamedTuple):
    """A field's name over its bits.

    Attributes:
        text: The name.
        x: Where the text touches its bits.
        y: Its baseline there.
        angle: Degrees clockwise; 0 is level and centred on ``x``.
        ends_here: Whether a turned text ends at the point rather than begins.
        left: Left edge of the field's bits.
        right: Right edge of the field's bits.
    """

    text: str
    x: float
    y: float
    angle: float
    ends_here: bool
    left: float
    right: float


class Number(NamedTuple):
    """A bit number, centred under its cell."""

    bit: int
    x: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Where everything lies.

    Attributes:
        memory: The bits in task_struct, most significant first.
        register: The bits of the copy, in the same order.
        labels: Names over the memory's bits.
        label_share: Size of the names' text, 1 where there is room for the ordinary one.
        numbers: Bit numbers under the memory's bits.
        memory_caption: Line over the memory's bits.
        register_caption: Line over the register's bits.
        channel: Between the two, as wide as the guard's field.
        result: Under everything.
    """

    memory: tuple[Cell, ...]
    register: tuple[Cell, ...]
    labels: tuple[Label, ...]
    label_share: float
    numbers: tuple[Number, ...]
    memory_caption: Box
    register_caption: Box
    channel: Box
    result: Box

    @property
    def height_px(self) -> float:
        """Height of the content."""
        return self.result.bottom

    @property
    def travel_px(self) -> float:
        """How far down a bit goes from memory to the register."""
        return self.register[0].box.top - self.memory[0].box.top

    def cell_at(self, x: float, y: float) -> Cell | None:
        """Return the bit at a point."""
        return next((c for c in (*self.memory, *self.register) if c.box.contains(x, y)), None)


def picture_of(
    guard: GuardInfo,
    width_px: float,
    sizes: Sizes,
    text_width: TextWidth,
    *,
    neighbours: bool = True,
    also: Collection[str] = (),
) -> Picture:
    """Return where the bits of a storage unit lie in a drawing of a width.

    Args:
        guard: The guard; it must keep its state in a storage unit.
        width_px: Width of the drawing.
        sizes: Lengths at the scale in force.
        text_width: Width of a name or a number in pixels.
        neighbours: Whether the other fields of the word are named too; without, it is lower.
        also: Fields that are named without the others too, as far as there is room.
    """
    gap, line = sizes.gap_px, sizes.line_px
    row = _row(guard, width_px, sizes)
    if neighbours:
        labels, share, above_px = _labels(guard, row, sizes, text_width)
    else:
        labels, share, above_px = _level_labels(guard, row, sizes, text_width, also)
    memory_caption = Box(0, 0, width_px, line)
    top = memory_caption.bottom + gap + above_px
    numbers_end = top + sizes.cell_height_px + line
    channel_top = numbers_end + gap
    register_caption = Box(0, channel_top + sizes.channel_px, width_px, line)
    register_top = register_caption.bottom + gap
    left, right = _span(row, field_powers(guard))
    return Picture(
        memory=moved(row, top),
        register=moved(row, register_top),
        labels=tuple(label._replace(y=top - 2 * gap) for label in labels),
        label_share=share,
        numbers=tuple(_numbers(guard, row, numbers_end - gap / 2, text_width)),
        memory_caption=memory_caption,
        register_caption=register_caption,
        channel=Box(left, channel_top, right - left, sizes.channel_px),
        result=Box(0, register_top + sizes.cell_height_px + 2 * gap, width_px, sizes.result_px),
    )


def field_powers(guard: GuardInfo) -> range:
    """Return the powers of two of the guard's bits in the word."""
    last = guard.bit_offset + (guard.bit_size - 1 if guard.big_endian else 0)
    low = _power(guard, last)
    return range(low, low + guard.bit_size)


def is_number(guard: GuardInfo) -> bool:
    """Return whether the guard's field is read as a number rather than bit by bit."""
    return guard.bit_size > NUMBER_BITS


def unnamed_runs(cells: Iterable[Cell]) -> list[tuple[int, Box]]:
    """Return the blocks of bits without a name: how many there are, and where."""
    runs = []
    for named, group in groupby(cells, key=lambda cell: cell.field >= 0):
        run = list(group)
        if not named:
            first, last = run[0].box, run[-1].box
            runs.append((len(run), first._replace(width=last.right - first.left)))
    return runs


def _power(guard: GuardInfo, bit: int) -> int:
    return guard.unit_bytes * 8 - 1 - bit if guard.big_endian else bit


def _fields_of(guard: GuardInfo) -> list[int]:
    """Return which field each bit is of, by the bit's number: an index, or -1."""
    of = [-1] * (guard.unit_bytes * 8)
    # Backwards: where two fields share a bit it is the first one's.
    for index, field in reversed(tuple(enumerate(guard.word_fields))):
        if field.name:
            end = min(field.bit_offset + field.bit_size, len(of))
            of[field.bit_offset : end] = [index] * (end - field.bit_offset)
    return of


def _row(guard: GuardInfo, width_px: float, sizes: Sizes) -> list[Cell]:
    """All bits, most significant first, with their top at 0."""
    n_bits = guard.unit_bytes * 8
    bits = range(n_bits) if guard.big_endian else range(n_bits - 1, -1, -1)
    field_of = _fields_of(guard)
    shares: list[float] = []
    for named, group in groupby(bits, key=lambda bit: field_of[bit] >= 0):
        run = len(list(group))
        shares += [1.0 if named else min(1.0, _UNNAMED_BLOCK / run)] * run
    unit_px = width_px / sum(shares)
    row, left = [], 0.0
    for bit, share in zip(bits, shares, strict=True):
        box = Box(left, 0, share * unit_px, sizes.cell_height_px)
        row.append(Cell(bit, _power(guard, bit), field_of[bit], box))
        left += share * unit_px
    return row


def moved(row: Iterable[Cell], top: float) -> tuple[Cell, ...]:
    """Return a row of bits at another height."""
    return tuple(
        Cell(bit, power, field, Box(box.left, top, box.width, box.height))
        for bit, power, field, box in row
    )


def _span(cells: Iterable[Cell], powers: range) -> tuple[float, float]:
    boxes = [cell.box for cell in cells if cell.power in powers]
    return min(box.left for box in boxes), max(box.right for box in boxes)


def _labels(
    guard: GuardInfo, row: list[Cell], sizes: Sizes, text_width: TextWidth
) -> tuple[list[Label], float, float]:
    """The names, the size of their text, and the room they take above the bits."""
    spans: dict[int, tuple[float, float]] = {}
    for cell in row:
        if cell.field >= 0:
            left, _ = spans.setdefault(cell.field, (cell.box.left, cell.box.right))
            spans[cell.field] = (left, cell.box.right)
    width_px = row[-1].box.right
    # Names lean to where the bits without a name leave room.
    leftward = sum(left + right for left, right in spans.values()) > width_px * len(spans)
    pitch = min(right - left for left, right in spans.values())
    share = min(1.0, pitch / sizes.line_px)
    least = max(_FLATTEST, degrees(asin(min(1.0, sizes.line_px / pitch))))
    names = {field: guard.word_fields[field].name for field in spans}
    lengths = {field: text_width(name) * share for field, name in names.items()}
    middles = {field: (left + right) / 2 for field, (left, right) in spans.items()}
    turned = [f for f, (left, right) in spans.items() if lengths[f] > right - left]
    # One angle for all: names that are not parallel cross each other.
    rooms = ((lengths[f], middles[f] if leftward else width_px - middles[f]) for f in turned)
    angle = max((_turned(least, text_px, room_px) for text_px, room_px in rooms), default=0.0)
    labels, above_px = [], 0.0
    for field, (left, right) in spans.items():
        own, tall_px = (angle, 0.0) if field in turned else (0.0, sizes.line_px)
        if own:
            tall_px = lengths[field] * sin(radians(own)) + sizes.line_px * cos(radians(own))
        turn = own if leftward else -own
        labels.append(
            Label(names[field], middles[field], 0, turn, leftward and own > 0, left, right)
        )
        above_px = max(above_px, tall_px + 2 * sizes.gap_px)
    return labels, share, above_px


def _level_labels(
    guard: GuardInfo,
    row: list[Cell],
    sizes: Sizes,
    text_width: TextWidth,
    also: Collection[str],
) -> tuple[list[Label], float, float]:
    """The name of the guard's field, level over its bits, and others where they do not touch it."""
    width_px, text_px = row[-1].box.right, text_width(guard.field)
    share = min(1.0, width_px / text_px)
    spans = {guard.field: _span(row, field_powers(guard))}
    for cell in row:
        name = guard.word_fields[cell.field].name if cell.field >= 0 else ""
        if name in also and name != guard.field:
            left, _ = spans.setdefault(name, (cell.box.left, cell.box.right))
            spans[name] = (left, cell.box.right)
    labels: list[Label] = []
    taken: list[tuple[float, float]] = []
    for name, (left, right) in spans.items():
        long_px = text_width(name) * share
        starts = ((left + right - long_px) / 2, right - long_px, left)
        for start in (min(max(start, 0.0), max(0.0, width_px - long_px)) for start in starts):
            end = start + long_px
            free = all(end + sizes.gap_px <= low or start - sizes.gap_px >= high
                       for low, high in taken)  # fmt: skip
            if free and (start < right and end > left):
                labels.append(Label(name, start + long_px / 2, 0, 0.0, False, left, right))
                if name.strip():
                    taken.append((min(start, left), max(end, right)))
                break
    return labels, share, sizes.line_px + 2 * sizes.gap_px


def _turned(angle: float, text_px: float, room_px: float) -> float:
    """Turn a text up until it fits the room beside it."""
    while angle < _STEEPEST and text_px * cos(radians(angle)) > room_px:
        angle = min(_STEEPEST, angle + 1)
    return angle


def _numbers(
    guard: GuardInfo, row: list[Cell], baseline: float, text_width: TextWidth
) -> list[Number]:
    """Bit numbers: the guard's bits first, then the ends, then what has room."""
    powers = range(0) if is_number(guard) else field_powers(guard)
    guards = [cell for cell in row if cell.power in powers]
    byte_ends = [cell for cell in row if cell.bit % 8 in (0, 7)]
    named = [cell for cell in row if cell.field >= 0 and not is_number(guard)]
    gap = text_width("0") * 0.7
    taken: list[tuple[float, float]] = []
    numbers = []
    for cell in dict.fromkeys((*guards, row[0], row[-1], *byte_ends, *named)):
        half = text_width(str(cell.bit)) / 2
        middle = min(max(cell.box.left + cell.box.width / 2, half), row[-1].box.right - half)
        left, right = middle - half, middle + half
        if all(right + gap <= start or left - gap >= end for start, end in taken):
            taken.append((left, right))
            numbers.append(Number(cell.bit, middle, baseline))
    return sorted(numbers, key=lambda number: number.x)
