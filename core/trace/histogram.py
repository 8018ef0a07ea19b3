"""How long a value of a run had which size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from core.trace.signals import StepSignal
    from core.trace.trace import Trace

By = Literal["events", "time"]
_STEPS = (1, 2, 4, 8)


class Histogram(NamedTuple):
    """Weights of equal bins that begin at 0.

    Attributes:
        width: Width of a bin; bin i holds values from ``i * width`` to below ``(i + 1) * width``.
        weights: Events, or simulated nanoseconds, shape (bins,).
        peak: The largest value there was.
    """

    width: int
    weights: npt.NDArray[np.int64]
    peak: int

    @property
    def total(self) -> int:
        """The weight of all bins together."""
        return int(self.weights.sum())

    def share(self, at: int) -> float:
        """Return what part of the whole a bin has, 0 to 1."""
        return int(self.weights[at]) / max(1, self.total)


def histogram(
    trace: Trace, signal: StepSignal, first: int, last: int, by: By, most_bins: int = 40
) -> Histogram:
    """Return how much of a part of a run a value spent where.

    Args:
        trace: The run.
        signal: A value of it that is never negative.
        first: The first position that counts, at least 0.
        last: The last one that counts.
        by: What a position weighs: 1, or the time until the next event.
        most_bins: How many bins there may be at most.
    """
    ends = np.array([first, last], np.int32)
    start, end = np.searchsorted(signal.positions, ends, side="right").tolist()
    held = np.concatenate(([signal.value_at(first)], signal.values[start:end])).astype(np.int64)
    begins = np.concatenate((ends[:1], signal.positions[start:end])).astype(np.int64)
    if by == "time":
        # The last event of a run has no next one: it lasts for no time.
        places = np.minimum(np.append(begins, last + 1), len(trace) - 1)
        spans = np.diff(trace.clock.all(places.astype(np.int32)))
    else:
        spans = np.diff(np.append(begins, last + 1))
    peak = int(held.max())
    width = bin_width(peak, most_bins)
    weights = np.bincount(held // width, weights=spans).astype(np.int64)
    return Histogram(width, weights, peak)


def bin_width(peak: int, most_bins: int) -> int:
    """Return a width of 1, 2, 4, 8 times a power of 16 that needs at most so many bins."""
    width, at = 1, 0
    while peak // width + 1 > most_bins:
        at += 1
        width = _STEPS[at % len(_STEPS)] * 16 ** (at // len(_STEPS))
    return width
