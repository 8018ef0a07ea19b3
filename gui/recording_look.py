"""How a recording is looked at: the names of orders, views and colourings, and a first look."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.recording.questions.call_tree import Order

TIME: Order = "time"
HEAVY: Order = "heavy"
NAME: Order = "name"
ORDERS = (TIME, HEAVY, NAME)
"""How what was called by the same function is ordered: as it came, heaviest first, by name."""

FLAME, SANDWICH = "flame", "sandwich"
VIEWS = (FLAME, SANDWICH)

BY_SUBSYSTEM, BY_MODULE, BY_FUNCTION, BY_DIFFERENCE = "subsystem", "module", "function", "diff"
COLOURINGS = (BY_SUBSYSTEM, BY_MODULE, BY_FUNCTION, BY_DIFFERENCE)
"""What a colour says; the last one where there is something to compare with, and then at first."""


class Look(NamedTuple):
    """How a recording is looked at when it is opened.

    Attributes:
        order: One of ``ORDERS``.
        view: One of ``VIEWS``.
        search: The functions that are looked for, as a regular expression that is one.
        function: The function that is selected.
    """

    order: Order = HEAVY
    view: str = FLAME
    search: str = ""
    function: str = ""
