"""Which part of the stack is in view, and which card is chosen. No Qt."""

from __future__ import annotations

from collections.abc import Collection

from gui.geometry.stack import (
    Arrangement,
    Density,
    Tail,
    arrange,
    clamp_offset,
    follow_offset,
    offset_to_show,
)
from gui.widgets.stack.motion import FOLD_KEY, Place, Stage
from gui.widgets.stack.scene import Scene
from gui.widgets.stack.style import Style


class Board:
    """A scene, where its cards belong, and where they are.

    Args:
        style: Theme and scale in force.

    Attributes:
        scene: What is shown.
        arrangement: Where it belongs.
        stage: Where it is now.
        selected: Call of the chosen card, -1 for none.
        following: The newest card is kept in view; otherwise the reader scrolls, and nothing
            is folded.
        viewport_px: Height there is, air at both ends not included.
    """

    def __init__(self, style: Style) -> None:
        self.style = style
        self.scene = Scene()
        self.arrangement = Arrangement((), None, 0, 0)
        self.stage = Stage()
        self.selected = -1
        self.following = True
        self.viewport_px = 0
        self._browse_px = 0

    @property
    def air_px(self) -> int:
        """Space above the outermost and below the newest card."""
        return self.style.px(8)

    def resize(self, height_px: int, style: Style) -> None:
        """Take on a height below the header, and a style; everything jumps to its place."""
        self.style = style
        self.viewport_px = max(0, height_px - 2 * self.air_px)
        self.rearrange(slide=False)

    def coming_and_going(self, scene: Scene) -> int:
        """Return how many cards another scene would add and take away."""
        return len({card.call for card in self.scene.cards} ^ {card.call for card in scene.cards})

    def show(self, scene: Scene, *, slide: bool) -> None:
        """Show another scene.

        Args:
            scene: What is shown from now on.
            slide: Cards go to their places; otherwise they are there at once.
        """
        before = self.scene
        self.scene = scene
        if self.index_of(self.selected) < 0:
            self.selected = -1
        staying = {card.call for card in before.cards} & {card.call for card in scene.cards}
        self._rearrange(staying, slide=slide)
        if not slide:
            self.stage.settle()

    def rearrange(self, *, slide: bool) -> None:
        """Find new places for the same scene."""
        self._rearrange({card.call for card in self.scene.cards}, slide=slide)
        if not slide:
            self.stage.settle()

    def _rearrange(self, staying: Collection[int], *, slide: bool) -> None:
        self.arrangement = self._arranged(self.scene)
        places = _places(self.scene, self.arrangement)
        self.stage.set_places(places, slide=slide, staying=staying)
        if self.following:
            offset = follow_offset(self.arrangement, self.viewport_px)
        else:
            offset = clamp_offset(self.arrangement, self.viewport_px, self._browse_px)
            self._browse_px = offset
        self.stage.offset_target_px = offset - self.air_px

    def _arranged(self, scene: Scene) -> Arrangement:
        barrier = scene.barrier
        tail = Tail()
        if barrier is not None:
            tail = self.style.tail(barrier.kind, len(barrier.avoided))
        return arrange(
            len(scene.cards),
            scene.newest_level,
            self.style.sizes,
            self.viewport_px,
            tail,
            may_fold=self.following,
            separators=[at for at, card in enumerate(scene.cards) if card.separator],
        )

    # -- the reader's moves -----------------------------------------------------------------

    def follow(self, *, slide: bool) -> None:
        """Keep the newest card in view again, with no card chosen."""
        self.selected = -1
        self.following = True
        self.rearrange(slide=slide)

    def select(self, index: int, *, slide: bool) -> None:
        """Choose a card and bring it into view; out of range chooses none."""
        if not 0 <= index < len(self.scene.cards):
            self.selected = -1
            return
        self.selected = self.scene.cards[index].call
        if self.following and self._in_view(index):
            return
        self._unfold()
        self._browse_px = offset_to_show(self.arrangement, self.viewport_px, self._browse_px, index)
        self.rearrange(slide=slide)

    def scroll_by(self, distance_px: float, *, slide: bool) -> bool:
        """Look at older frames (negative) or newer ones; at the newest, follow again.

        Returns:
            Whether there was anything to scroll.
        """
        if self.following:
            folds = self.arrangement.fold is not None
            if distance_px >= 0 or not (folds or follow_offset(self.arrangement, self.viewport_px)):
                return False
            self._unfold()
        lowest = follow_offset(self.arrangement, self.viewport_px)
        self._browse_px = round(self._browse_px + distance_px)
        if distance_px > 0 and self._browse_px >= lowest:
            self.follow(slide=slide)
        else:
            self.rearrange(slide=slide)
        return True

    def unfold_at(self, index: int, *, slide: bool) -> None:
        """Show every frame, from a card on."""
        self._unfold()
        slot = self.arrangement.slot_of(index)
        if slot is not None:
            self._browse_px = slot.top_px
        self.rearrange(slide=slide)

    def _in_view(self, index: int) -> bool:
        slot = self.arrangement.slot_of(index)
        if slot is None:
            return False
        top = slot.top_px - follow_offset(self.arrangement, self.viewport_px)
        return top >= 0 and top + slot.height_px <= self.viewport_px

    def _unfold(self) -> None:
        if not self.following:
            return
        self.following = False
        self.arrangement = self._arranged(self.scene)
        self._browse_px = follow_offset(self.arrangement, self.viewport_px)

    # -- finding cards ------------------------------------------------------------------------

    def index_of(self, call: int) -> int:
        """Return the index of a call's card, -1 where it is not on the stack."""
        cards = self.scene.cards
        return next((at for at, card in enumerate(cards) if card.call == call), -1)

    def content_y(self, y_px: float) -> float:
        """Return the height in the content of a height below the header."""
        return y_px + self.stage.offset_px

    def describe(self) -> str:
        """Return what is shown and chosen, in words."""
        said = self.scene.describe()
        at = self.index_of(self.selected)
        if at >= 0:
            name = self.scene.cards[at].look.name
            said = f"Selected: {name}, frame {at + 1} of {len(self.scene.cards)}. {said}"
        return said


def _places(scene: Scene, arrangement: Arrangement) -> list[Place]:
    """Where each card belongs, the stripe of folded frames among them."""
    places = [
        Place(
            scene.cards[slot.number].call,
            slot.number,
            scene.cards[slot.number].look,
            slot.top_px,
            slot.height_px,
            slot.density,
        )
        for slot in arrangement.slots
    ]
    fold = arrangement.fold
    if fold is not None:
        stripe = Place(FOLD_KEY, fold.first, None, fold.top_px, fold.height_px, Density.DENSE)
        places.insert(fold.first, stripe)
    return places
