"""Cards on their way to where they belong. No Qt: the widget hands in the time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gui.geometry.easing import approach
from gui.geometry.stack import Density
from gui.widgets.stack.scene import CardLook

TAU_MS = 60.0
"""Time constant of all movement: after 180 ms a card is where it belongs to 95 %."""
_SEEN = 0.02
"""Nearer than this to invisible or fully there counts as arrived."""

FOLD_KEY = -2
"""The stripe of folded frames moves like a card."""


class Place(NamedTuple):
    """Where a card belongs.

    Attributes:
        key: The call, or ``FOLD_KEY``.
        number: Number of the card on the stack; of the first folded one for the stripe.
        look: What it shows; None for the stripe.
        top_px: In the content.
        height_px: With the newest card's strip.
        density: How much it says.
    """

    key: int
    number: int
    look: CardLook | None
    top_px: float
    height_px: float
    density: Density


@dataclass(slots=True)
class Mover:
    """A card and where it is now.

    Attributes:
        place: Where it belongs.
        top_px: Where it is.
        height_px: How tall it is.
        shown: 0 is not there, 1 is fully there.
        leaving: It has returned and slides out.
    """

    place: Place
    top_px: float
    height_px: float
    shown: float
    leaving: bool = False


class Stage:
    """All cards, the scroll offset, and how they move.

    Every value approaches its target exponentially, so targets may change at any time and at any
    rate: nothing queues up and everything always converges.
    """

    def __init__(self) -> None:
        self.movers: dict[int, Mover] = {}
        self.leavers: list[Mover] = []
        self.offset_px = 0.0
        self.offset_target_px = 0.0

    @property
    def moving(self) -> bool:
        """Whether anything is not yet where it belongs."""
        return (
            bool(self.leavers)
            or self.offset_px != self.offset_target_px
            or any(
                mover.shown < 1
                or mover.top_px != mover.place.top_px
                or mover.height_px != mover.place.height_px
                for mover in self.movers.values()
            )
        )

    def set_places(
        self, places: Sequence[Place], *, slide: bool, staying: Collection[int] = ()
    ) -> None:
        """Tell every card where it belongs; cards that are no longer named leave.

        Args:
            places: Outermost first.
            slide: Cards come and go sliding; otherwise they are there, or gone, at once.
            staying: Calls on the stack before and after. Their cards come and go only because
                they are folded away or unfolded: out of the stripe and into it, not sliding.
        """
        before, self.movers = self.movers, {}
        stripe = before.get(FOLD_KEY)
        for place in places:
            mover = before.pop(place.key, None)
            if mover is None:
                calm = not slide or place.key in staying
                mover = Mover(place, place.top_px, place.height_px, 1.0 if calm else 0.0)
                if slide and calm and stripe is not None:
                    mover.top_px = stripe.top_px
            mover.place = place
            self.movers[place.key] = mover
        if not slide:
            self.leavers.clear()
            return
        gone = [mover for key, mover in before.items() if key not in staying and key != FOLD_KEY]
        for mover in gone:
            mover.leaving = True
        # A call at the same place takes the room of one that is still leaving.
        tops = {place.top_px for place in places}
        self.leavers = [m for m in (*self.leavers, *gone) if m.place.top_px not in tops]

    def settle(self) -> None:
        """Put everything where it belongs, at once."""
        self.leavers.clear()
        for mover in self.movers.values():
            mover.top_px, mover.height_px = mover.place.top_px, mover.place.height_px
            mover.shown = 1.0
        self.offset_px = self.offset_target_px

    def advance(self, elapsed_ms: float) -> None:
        """Move everything on by some time."""
        for mover in self.movers.values():
            place = mover.place
            mover.top_px = approach(mover.top_px, place.top_px, elapsed_ms, TAU_MS)
            mover.height_px = approach(mover.height_px, place.height_px, elapsed_ms, TAU_MS)
            mover.shown = approach(mover.shown, 1.0, elapsed_ms, TAU_MS, _SEEN)
        for mover in self.leavers:
            mover.shown = approach(mover.shown, 0.0, elapsed_ms, TAU_MS, _SEEN)
        self.leavers = [mover for mover in self.leavers if mover.shown > 0]
        self.offset_px = approach(self.offset_px, self.offset_target_px, elapsed_ms, TAU_MS)
