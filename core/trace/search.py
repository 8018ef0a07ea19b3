"""Finding the calls of functions whose names match a pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from core.errors import PatternError
from core.trace.events import SITE_MASK, Kind
from core.trace.index import Positions
from core.trace.trace import Trace


@dataclass(frozen=True)
class Hits:
    """The calls that a pattern found.

    Attributes:
        pattern: What was looked for.
        functions: Names of the functions that match and are called in the run, sorted.
        positions: Positions of all their calls, int32, rising.
    """

    pattern: str
    functions: tuple[str, ...]
    positions: Positions

    def __len__(self) -> int:
        return len(self.positions)

    def next_hit(self, position: int) -> int | None:
        """Return the first hit after a position, None where there is none."""
        at = int(np.searchsorted(self.positions, np.int32(position), side="right"))
        return int(self.positions[at]) if at < len(self.positions) else None

    def previous_hit(self, position: int) -> int | None:
        """Return the last hit before a position, None where there is none."""
        at = int(np.searchsorted(self.positions, np.int32(position), side="left"))
        return int(self.positions[at - 1]) if at else None

    def number_at(self, position: int) -> int:
        """Return how many hits there are up to a position, itself included."""
        return int(np.searchsorted(self.positions, np.int32(position), side="right"))


NOTHING = Hits("", (), np.empty(0, np.int32))
"""What an empty pattern finds."""


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern ready to use; upper and lower case differ only where it has capitals.

    Raises:
        PatternError: It is no regular expression; says at which column.
    """
    # The capital of \\B or \\W is no letter that is looked for.
    has_capitals = any(letter.isupper() for letter in re.sub(r"\\.", "", pattern))
    try:
        return re.compile(pattern, 0 if has_capitals else re.IGNORECASE)
    except re.error as error:
        where = f"column {error.pos + 1}" if error.pos is not None else ""
        raise PatternError(
            f"expected a regular expression: {error.msg}",
            where=where,
            advice="put \\ before a sign that is meant as it stands",
        ) from None
    except (OverflowError, RecursionError):
        raise PatternError(
            "expected a regular expression: it is too large", advice="look for less"
        ) from None


def search(trace: Trace, pattern: str) -> Hits:
    """Return all calls of functions whose name a regular expression matches somewhere.

    Args:
        trace: The run.
        pattern: A regular expression; an empty one finds nothing.

    Raises:
        PatternError: It is no regular expression.
    """
    if not pattern:
        return NOTHING
    wanted = compiled(pattern)
    names = {function.name for function in trace.functions}
    return _calls(trace, pattern, {name for name in names if wanted.search(name)})


def calls_of(trace: Trace, function: str) -> Hits:
    """Return all calls of one function, by its whole name."""
    return _calls(trace, function, {function})


def _calls(trace: Trace, pattern: str, names: set[str]) -> Hits:
    sites = np.array(
        [
            site.kind is Kind.CALLED and trace.functions[site.function].name in names
            for site in trace.sites
        ],
        np.bool_,
    )
    # Clipping costs nothing and spares numpy a slower check of each number.
    found = np.take(sites, trace.codes & np.uint32(SITE_MASK), mode="clip")
    positions = np.flatnonzero(found).astype(np.int32)
    # A function that is declared but not called is not in the run.
    called = np.unique(trace.codes[positions] & SITE_MASK).tolist()
    matched = {trace.functions[trace.sites[site].function].name for site in called}
    return Hits(pattern, tuple(sorted(matched)), positions)
