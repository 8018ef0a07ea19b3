"""Where the cards of a call stack lie: the outermost on top, the newest at the bottom.

Cards are as large as there is room for, from the newest upward, so that a growing stack sinks
into the distance as it does on the way down a well. Only where not even single lines fit are old
frames folded into a stripe. What lies below the newest card (a guard's barrier, a guard page) is
the *tail*.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

HEAD_CARDS = 1
"""Outermost frames that stay above a fold: where the stack comes from."""
MOST_INDENTS = 6
"""Levels further in lie no further right."""
FEW_LINES = 3
"""With room for fewer lines than this the newest card and the tail give up theirs."""
LEAST_FOLDED = 3
"""Fewer frames than this are not worth a stripe."""


class Density(IntEnum):
    """How much a card says."""

    DENSE = 0
    COMPACT = 1
    ROOMY = 2


class Box(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The edge after the last pixel."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The edge below the last pixel."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """The horizontal centre line."""
        return self.top + self.height / 2

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies inside."""
        return self.left <= x < self.right and self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths at one scale, in pixels.

    Attributes:
        card_px: Height of a card by density.
        gap_px: Space below a card by density.
        strip_px: What the newest card has more: a line that says what it is doing.
        fold_px: Height of the stripe that stands for folded frames.
        separator_px: Room above a card with which an interrupt begins.
    """

    card_px: tuple[int, int, int]
    gap_px: tuple[int, int, int]
    strip_px: int
    fold_px: int
    separator_px: int = 0

    def pitch_px(self, density: Density) -> int:
        """Return the height of a card and the space below it."""
        return self.card_px[density] + self.gap_px[density]


class Tail(NamedTuple):
    """The height of what lies below the newest card: what it needs, wants and could use."""

    least_px: int = 0
    wanted_px: int = 0
    most_px: int = 0


class Slot(NamedTuple):
    """The place of a card in the content."""

    number: int
    top_px: int
    height_px: int
    density: Density


class Fold(NamedTuple):
    """The stripe that stands for frames from ``first`` on."""

    first: int
    n_frames: int
    top_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything lies in the content, which is ``height_px`` tall."""

    slots: tuple[Slot, ...]
    fold: Fold | None
    tail_top_px: int
    tail_height_px: int

    @property
    def height_px(self) -> int:
        """Height of the content."""
        return self.tail_top_px + self.tail_height_px

    def hit(self, y_px: float) -> int | None:
        """Return the index of the card at a height of the content, None beside the cards."""
        at = bisect_right(self.slots, y_px, key=lambda slot: slot.top_px) - 1
        if at < 0:
            return None
        slot = self.slots[at]
        return slot.number if y_px < slot.top_px + slot.height_px else None

    def hit_fold(self, y_px: float) -> bool:
        """Return whether a height of the content lies on the stripe of folded frames."""
        fold = self.fold
        return fold is not None and fold.top_px <= y_px < fold.top_px + fold.height_px

    def slot_of(self, index: int) -> Slot | None:
        """Return the place of a card, None where it is folded away."""
        at = bisect_right(self.slots, index, key=lambda slot: slot.number) - 1
        return self.slots[at] if at >= 0 and self.slots[at].number == index else None


def arrange(
    count: int,
    newest_level: int,
    sizes: Sizes,
    viewport_px: int,
    tail: Tail = Tail(),  # noqa: B008 - a NamedTuple
    *,
    may_fold: bool = True,
    separators: Sequence[int] = (),
) -> Arrangement:
    """Return where the cards of a stack lie.

    Args:
        count: How many cards there are.
        newest_level: How many of the newest may never be folded away.
        sizes: Lengths in force.
        viewport_px: Height there is.
        tail: What lies below the newest card.
        may_fold: Whether old frames may be folded where there is no room for single lines.
        separators: The cards that need room for a line above them, rising.
    """
    viewport_px = max(0, viewport_px - len(separators) * sizes.separator_px)
    if count <= 0:
        return Arrangement((), None, 0, min(tail.most_px, max(tail.least_px, viewport_px)))
    others = count - 1
    focus, tail_px, room = _choose_focus(others, sizes, viewport_px, tail)
    spare = room - others * sizes.pitch_px(Density.DENSE)
    densities = [Density.DENSE] * others
    folded = 0
    if spare >= 0:
        more = max(0, min(spare, tail.most_px - tail_px, viewport_px // 2 - tail_px))
        tail_px += more
        _upgrade(densities, spare - more, sizes)
    elif may_fold:
        folded = _folded(others, newest_level - 1, room, sizes)
    return _stack_up([*densities, focus], folded, sizes, tail_px, frozenset(separators))


def _choose_focus(
    others: int, sizes: Sizes, viewport_px: int, tail: Tail
) -> tuple[Density, int, int]:
    """Return the newest card's density, the tail's height and the room left for the others.

    Before a frame is folded away the newest card gives up what it can. Where that does not save
    every frame it keeps it, unless hardly a line were left for the others: then the tail gives too.
    """
    wanted_px = max(tail.least_px, min(tail.wanted_px, viewport_px // 2))
    focus = _focus_density(sizes, viewport_px - tail.least_px)
    gap_px = sizes.gap_px[Density.ROOMY] if tail.most_px else 0
    choices = [
        (focus, wanted_px),
        (Density.COMPACT, wanted_px),
        (Density.COMPACT, (tail.least_px + wanted_px) // 2),
    ]
    rooms = [
        viewport_px - tail_px - sizes.card_px[density] - sizes.strip_px - gap_px
        for density, tail_px in choices
    ]
    pitch_px = sizes.pitch_px(Density.DENSE)
    last = len(choices) - 1
    otherwise = next((at for at in range(last) if rooms[at] >= FEW_LINES * pitch_px), last)
    at = next((at for at, room in enumerate(rooms[:2]) if room >= others * pitch_px), otherwise)
    return *choices[at], rooms[at]


def _focus_density(sizes: Sizes, room_px: int) -> Density:
    """The newest card is roomy unless that takes a third of the room."""
    roomy_px = sizes.card_px[Density.ROOMY] + sizes.strip_px
    return Density.ROOMY if roomy_px * 3 <= room_px else Density.COMPACT


def _upgrade(densities: list[Density], spare_px: int, sizes: Sizes) -> None:
    """Make cards larger, from the newest upward, as far as the spare room goes."""
    for better in (Density.COMPACT, Density.ROOMY):
        more_px = sizes.pitch_px(better) - sizes.pitch_px(Density(better - 1))
        for at in range(len(densities) - 1, -1, -1):
            if spare_px < more_px:
                return
            densities[at] = better
            spare_px -= more_px


def _folded(others: int, newest_level: int, room_px: int, sizes: Sizes) -> int:
    """How many frames go into the stripe: no more than needed, never the newest level's."""
    pitch = sizes.pitch_px(Density.DENSE)
    stripe = sizes.fold_px + sizes.gap_px[Density.DENSE]
    fit = (room_px - stripe) // pitch - HEAD_CARDS
    folded = others - HEAD_CARDS - max(fit, newest_level, 0)
    return folded if folded >= LEAST_FOLDED else 0


def _stack_up(
    densities: Sequence[Density],
    folded: int,
    sizes: Sizes,
    tail_px: int,
    separators: Collection[int],
) -> Arrangement:
    slots: list[Slot] = []
    fold: Fold | None = None
    top = 0
    last = len(densities) - 1
    owed = False
    for index, density in enumerate(densities):
        if folded and HEAD_CARDS <= index < HEAD_CARDS + folded:
            owed |= index in separators
            if fold is None:
                fold = Fold(index, folded, top, sizes.fold_px)
                top += sizes.fold_px + sizes.gap_px[Density.DENSE]
            continue
        if owed or index in separators:
            # The line of a folded card goes to the first one that is seen after it.
            top += sizes.separator_px
            owed = False
        height = sizes.card_px[density] + (sizes.strip_px if index == last else 0)
        slots.append(Slot(index, top, height, density))
        top += height + (sizes.gap_px[density] if index < last else 0)
    if tail_px:
        top += sizes.gap_px[Density.ROOMY]
    return Arrangement(tuple(slots), fold, top, tail_px)


def grid_of(count: int, width_px: int, least_px: int) -> tuple[int, int]:
    """Return into how many rows and columns views go that want a least width, evenly filled."""
    if count <= 0:
        return 0, 0
    fit = max(1, min(count, width_px // max(1, least_px)))
    rows = -(-count // fit)
    return rows, -(-count // rows)


# -- scrolling --------------------------------------------------------------------------------


def follow_offset(arrangement: Arrangement, viewport_px: int) -> int:
    """Return how far the content is scrolled so that the newest card can be seen."""
    offset = max(0, arrangement.height_px - viewport_px)
    if not arrangement.slots:
        return 0
    return min(offset, arrangement.slots[-1].top_px)


def clamp_offset(arrangement: Arrangement, viewport_px: int, offset_px: float) -> int:
    """Return a scroll offset brought into range."""
    return round(max(0.0, min(offset_px, follow_offset(arrangement, viewport_px))))


def offset_to_show(arrangement: Arrangement, viewport_px: int, offset_px: int, index: int) -> int:
    """Return the offset nearest to the present one at which a card lies inside the viewport."""
    slot = arrangement.slot_of(index)
    if slot is None:
        return offset_px
    lowest = slot.top_px + slot.height_px - viewport_px
    return max(0, min(max(offset_px, lowest), slot.top_px))


# -- beside and below the cards -----------------------------------------------------------------


class LevelRange(NamedTuple):
    """Neighbouring cards of one recursion level, as a rail marks them."""

    level: int
    top_px: float
    bottom_px: float


def level_ranges(cards: Iterable[tuple[int, float, float]]) -> list[LevelRange]:
    """Return the rails of the levels from 1 on.

    Args:
        cards: Level, top and bottom of each visible card, outermost first.
    """
    found: list[LevelRange] = []
    before = 0
    for level, top, bottom in cards:
        if level and level == before:
            found[-1] = found[-1]._replace(bottom_px=bottom)
        elif level:
            found.append(LevelRange(level, top, bottom))
        before = level
    return found


def indent_px(level: int, step_px: int) -> int:
    """Return how far right a level's cards lie: each level a step, up to a limit."""
    return step_px * min(level, MOST_INDENTS)


def rows_that_fit(room_px: float, row_px: int, count: int) -> tuple[int, int]:
    """Return how many rows are shown and how many a last row stands for.

    Args:
        room_px: Height there is.
        row_px: Height of a row.
        count: Rows there are.
    """
    fit = max(0, int(room_px // max(1, row_px)))
    if count <= fit:
        return count, 0
    shown = max(0, fit - 1)
    return shown, count - shown


def flow(left_px: float, right_px: float, widths: Iterable[int], gap_px: int) -> list[float]:
    """Return the left edges of chips side by side; those that do not fit are left out."""
    lefts: list[float] = []
    for width in widths:
        if left_px + width > right_px:
            break
        lefts.append(left_px)
        left_px += width + gap_px
    return lefts


class CardParts(NamedTuple):
    """The parts of a card, relative to its own corner."""

    band: Box
    tile: Box
    title: Box
    detail: Box
    frame_bytes: Box
    total_bytes: Box


def card_parts(
    width_px: float,
    height_px: float,
    density: Density,
    pad_px: int,
    frame_column_px: int,
    total_column_px: int,
) -> CardParts:
    """Return where the parts of a card lie; a narrow one has no running total, then no bytes.

    Args:
        width_px: Width of the card.
        height_px: Its height without the newest card's strip.
        density: How much it says.
        pad_px: Space between parts.
        frame_column_px: Width of the column of a frame's bytes.
        total_column_px: Width of the column of the running total.
    """
    band = Box(0, 0, pad_px * 0.6, height_px)
    edge = min(height_px - pad_px * (0.4, 0.7, 1.6)[density], height_px * 0.8)
    tile = Box(band.right + pad_px * 0.8, (height_px - edge) / 2, edge, edge)
    wide = width_px >= 4.5 * (frame_column_px + total_column_px)
    total_width = total_column_px if wide else 0
    total = Box(width_px - pad_px - total_width, 0, total_width, height_px)
    frame_width = frame_column_px if width_px >= 3.2 * frame_column_px else 0
    frame = Box(total.left - frame_width, 0, frame_width, height_px)
    left = tile.right + pad_px
    text_width = max(0.0, frame.left - pad_px - left)
    if density is Density.ROOMY:
        upper = height_px * 0.54
        title = Box(left, height_px * 0.06, text_width, upper - height_px * 0.06)
        detail = Box(left, upper, text_width, height_px * 0.36)
    else:
        title = detail = Box(left, 0, text_width, height_px)
    return CardParts(band, tile, title, detail, frame, total)


def narrow_card_parts(
    width_px: float, height_px: float, unit_px: int, frame_column_px: int
) -> CardParts:
    """Return where the parts of a card in a narrow column lie: the name before everything else.

    Args:
        width_px: Width of the card.
        height_px: Its height without the newest card's strip.
        unit_px: A small distance.
        frame_column_px: Width of the column of a frame's bytes.
    """
    band = Box(0, 0, unit_px, height_px)
    edge = min(3.5 * unit_px, height_px * 0.8) if width_px >= _TILE_UNITS * unit_px else 0
    tile = Box(band.right + 0.75 * unit_px * bool(edge), (height_px - edge) / 2, edge, edge)
    frame_width = frame_column_px if width_px >= 5 * frame_column_px else 0
    frame = Box(width_px - unit_px - frame_width, 0, frame_width, height_px)
    left = tile.right + unit_px
    text = Box(left, 0, max(0.0, frame.left - left), height_px)
    nothing = Box(frame.right, 0, 0, height_px)
    return CardParts(band, tile, text, text, frame, nothing)


_TILE_UNITS = 34
