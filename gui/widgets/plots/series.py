"""One plotted value with what drawing it takes: the pyramid, the scale, the lines worth a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.geometry.steps import Pyramid

if TYPE_CHECKING:
    from core.trace.plotted import Limit, PlottedSignal
    from core.trace.signals import StepSignal
    from gui.theme import Role, Theme

_LIMIT_REACH = 3.0
"""A limit so many times above everything would flatten the plot: it is left out."""
_AWAY_FROM_ZERO = 0.6
"""A plot that stays above this share of its highest value does not begin at zero."""
_ROOM = 0.06
"""Room above the highest value, as a share of what is shown."""
_ROLES = {
    "stack_bytes": "caller",
    "stack_depth": "caller",
    "recursion": "page_owner",
    "guard_value": "guard",
    "depot_pages": "depot",
    "owners_lost": "danger",
    "pages_in_use": "allocator",
}


@dataclass(frozen=True, slots=True)
class Series:
    """A plotted value, ready to be drawn.

    Attributes:
        plotted: What it is.
        pyramid: Its least and greatest values at any zoom.
        low: The value at the bottom of the plot.
        high: The value at the top.
        limit: The limit that is drawn, None where it is out of reach.
    """

    plotted: PlottedSignal
    pyramid: Pyramid
    low: float
    high: float
    limit: Limit | None

    @property
    def signal(self) -> StepSignal:
        """The value over positions."""
        return self.plotted.signal

    @property
    def is_constant(self) -> bool:
        """Whether it never changes in this run."""
        return not len(self.signal.positions)

    @property
    def from_zero(self) -> bool:
        """Whether the bottom is zero: only then does the area under the line mean something."""
        return self.low == 0

    def text_at(self, position: int) -> str:
        """Return the value after an event, with its unit."""
        return value_text(self.signal.value_at(position), self.plotted.unit)


def series_of(plotted: PlottedSignal) -> Series:
    """Return a value ready to be drawn: this builds its signal."""
    pyramid = Pyramid(plotted.signal)
    lowest, highest = min(0, pyramid.lowest), pyramid.highest
    limit = plotted.limit
    if limit is not None and not 0 < limit.value <= _LIMIT_REACH * highest:
        limit = None
    if pyramid.lowest > _AWAY_FROM_ZERO * highest and limit is None:
        lowest = pyramid.lowest
    top = max(highest, limit.value if limit is not None else highest)
    span = max(1.0, float(top - lowest))
    low = float(lowest) if lowest <= 0 else lowest - span * _ROOM
    return Series(plotted, pyramid, low, top + span * _ROOM, limit)


def value_text(value: int, unit: str) -> str:
    """Return a value as people read it."""
    return f"{value:,} {_one_of(unit) if value == 1 else unit}".rstrip()


def _one_of(unit: str) -> str:
    return unit.removesuffix("s")


def role_of(name: str, theme: Theme) -> Role:
    """Return the role whose colours a plotted value has."""
    found = _ROLES.get(name.partition("/")[0], "caller")
    return theme.danger if found == "danger" else theme.role(found)
