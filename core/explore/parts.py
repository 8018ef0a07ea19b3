"""A search cut into parts that know nothing of each other.

How it is cut does not depend on how many processes there are, and each part has a table of its own,
so the counts are the same on every machine. What is lost is that a part cannot give up where only
another one has been.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from core.explore.budget import pack
from core.explore.frontier import Starts
from core.explore.reduction import Reduction
from core.explore.request import ExploreRequest
from core.explore.search import Pace, Search
from core.explore.subject import Subject
from core.explore.table import SeenStates
from core.explore.tally import Tally

RUNS_ALONE = 2_000
"""A search of so many runs is over before another process has started."""

PARTS = 16
PART_STATES = 1_000_000
"""The table of a part: there are as many at once as there are processes."""


class Part(msgspec.Struct, frozen=True):
    """A part of a search, to be done anywhere.

    Attributes:
        number: Counts from 0.
        starts: Where it begins.
        touched: Who touches what, as far as is known.
        ceiling: The most its runs may spend.
    """

    number: int
    starts: Starts
    touched: dict[int, frozenset[int]]
    ceiling: int | None = None


class PartDone(msgspec.Struct, frozen=True):
    """What a part has come to.

    Attributes:
        number: The part's.
        tally: Its counts and counterexamples.
        pace: Whether it went to its end.
        touched: Who touches what, where it found more than it knew.
    """

    number: int
    tally: Tally
    pace: Pace
    touched: dict[int, frozenset[int]] = {}


Halted = Callable[[Search], bool]
"""Asked between runs with what is searching; True ends it."""


def cut(waiting: Starts, touched: dict[int, frozenset[int]], ceiling: int | None) -> list[Part]:
    """Cut starts into parts: neighbours stay together, as they come through the same states."""
    parts: list[Part] = []
    for number in range(PARTS):
        starts = {}
        for left, some in waiting.items():
            first, last = (len(some) * at // PARTS for at in (number, number + 1))
            if first < last:
                starts[left] = some[first:last]
        if starts:
            parts.append(Part(len(parts), starts, touched, ceiling))
    return parts


def search_for(
    subject: Subject, request: ExploreRequest, reduction: Reduction, part: Part | None = None
) -> Search:
    """Return the search that a request asks for, or one part of it."""
    return Search(
        subject,
        pack(request.bound),
        starts=None if part is None else part.starts,
        seen=SeenStates(PART_STATES) if request.pruning else None,
        reduction=reduction if request.reduction else None,
        ceiling=None if part is None else part.ceiling,
        first=request.first,
    )


def do_part(subject: Subject, request: ExploreRequest, part: Part, halted: Halted) -> PartDone:
    """Do one part."""
    reduction = Reduction(part.touched)
    search = search_for(subject, request, reduction, part)
    pace = search.go(halted=lambda: halted(search))
    touched = reduction.known() if pace is Pace.GREW else {}
    return PartDone(part.number, search.tally, pace, touched)
