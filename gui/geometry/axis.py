"""One horizontal axis: what part of a run is in view, and where a value of it lies in pixels.

The unit is the axis's own: events where every event is equally wide, nanoseconds where time is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Value = TypeVar("Value", float, npt.NDArray[np.float64])


@dataclass(frozen=True, slots=True)
class View:
    """A part of an axis, from ``first`` up to ``last``."""

    first: float
    last: float

    @property
    def width(self) -> float:
        """How much of the axis it shows."""
        return self.last - self.first

    def within(self, bounds: View, least: float) -> View:
        """Return this view moved, and where needed narrowed, so that it lies within bounds.

        Args:
            bounds: The whole axis.
            least: The smallest width a view may have.
        """
        width = min(max(self.width, least), bounds.width)
        first = min(max(self.first, bounds.first), bounds.last - width)
        return View(first, first + width)

    def zoomed(self, factor: float, at: float) -> View:
        """Return the view with ``factor`` times its width; ``at`` stays where it is."""
        return View(at - (at - self.first) * factor, at + (self.last - at) * factor)

    def panned(self, share: float) -> View:
        """Return the view moved by a share of its width."""
        step = self.width * share
        return View(self.first + step, self.last + step)

    def holds(self, other: View) -> bool:
        """Whether another view lies wholly inside."""
        return self.first <= other.first and other.last <= self.last


@dataclass(frozen=True, slots=True)
class Axis:
    """A view laid over pixels.

    Attributes:
        view: What is shown.
        left: Pixel of the view's first value.
        width: Pixels from the first to the last value.
    """

    view: View
    left: float
    width: float

    def x_of(self, value: Value) -> Value:
        """Return where a value lies, in pixels."""
        return self.left + (value - self.view.first) * (self.width / self.view.width)

    def value_at(self, x: Value) -> Value:
        """Return the value at a pixel."""
        return self.view.first + (x - self.left) * (self.view.width / self.width)

    @property
    def pixels_a_unit(self) -> float:
        """How wide one unit is."""
        return self.width / self.view.width

    def edges(self, columns: int) -> npt.NDArray[np.float64]:
        """Return the values at the edges of so many equal columns, shape (columns + 1,)."""
        return np.linspace(self.view.first, self.view.last, columns + 1)


def tick_step(span: float, most: int) -> float:
    """Return the step of round numbers (1, 2, 5, 10, ...) that gives at most so many ticks.

    Args:
        span: How much of the axis is in view.
        most: Most ticks wanted, at least 1.
    """
    wanted = span / max(1, most)
    power = 10.0 ** np.floor(np.log10(wanted)) if wanted > 0 else 1.0
    return float(next(step for m in (1, 2, 5, 10) if (step := m * power) >= wanted * 0.999999))
