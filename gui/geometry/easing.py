"""How a value moves to where it should be, as functions of time alone."""

from __future__ import annotations

from math import exp

ARRIVED_PX = 0.5
"""Nearer than this a moving value is where it should be."""


def approach(
    value: float, target: float, elapsed_ms: float, tau_ms: float, near: float = ARRIVED_PX
) -> float:
    """Return a value on its way to a target that may itself move at any time.

    The distance falls by the factor e every ``tau_ms``. The way there has no memory, so many
    short steps end where one long step does, and targets that change faster than the value
    arrives never pile up.

    Args:
        value: Where it is.
        target: Where it should be.
        elapsed_ms: Time since it was at ``value``.
        tau_ms: Time constant; 0 jumps.
        near: Closer than this counts as arrived.
    """
    if tau_ms <= 0:
        return target
    moved = target + (value - target) * exp(-max(0.0, elapsed_ms) / tau_ms)
    return target if abs(moved - target) < near else moved


def share(elapsed_ms: float, duration_ms: float) -> float:
    """Return how much of a duration is over, 0 to 1; a duration of 0 is over at once."""
    if duration_ms <= 0:
        return 1.0
    return min(1.0, max(0.0, elapsed_ms / duration_ms))


def ease_out(at: float) -> float:
    """Return a motion that starts fast and ends gently (cubic); 0 and 1 stay."""
    return 1 - (1 - at) ** 3


def ease_out_back(at: float) -> float:
    """Return a motion that overshoots by a tenth and comes back; 0 and 1 stay."""
    overshoot = 1.70158
    left = at - 1
    return 1 + (overshoot + 1) * left**3 + overshoot * left**2
