"""The overview of a run: what a hand takes hold of there, and what view comes of a drag."""

from __future__ import annotations

from typing import Literal

from gui.geometry.axis import Axis, View

Grip = Literal["left", "right", "window", "outside"]


def grip_at(whole: Axis, view: View, x: float, reach_px: float) -> Grip:
    """Return what lies at a point: an edge of the window, the window, or neither.

    A window too narrow for its edges is taken hold of as a whole.
    """
    left, right = whole.x_of(view.first), whole.x_of(view.last)
    if view.first <= whole.view.first and view.last >= whole.view.last:
        return "outside"  # all is in view: a drag begins a window
    if right - left > 3 * reach_px:
        if abs(x - left) <= reach_px:
            return "left"
        if abs(x - right) <= reach_px:
            return "right"
    spare = max(0.0, 2 * reach_px - (right - left)) / 2
    return "window" if left - spare <= x <= right + spare else "outside"


def dragged(grip: Grip, start: View, pressed: float, now: float, bounds: View) -> View:
    """Return the view that a drag makes.

    Args:
        grip: What was taken hold of.
        start: The view at the start of the drag.
        pressed: The value where it began.
        now: The value where it is.
        bounds: The whole axis.
    """
    moved = now - pressed
    if grip == "window":
        moved = min(max(moved, bounds.first - start.first), bounds.last - start.last)
        return View(start.first + moved, start.last + moved)
    if grip == "outside":
        first, last = sorted((pressed, now))
    else:
        other = start.last if grip == "left" else start.first
        moving = (start.first if grip == "left" else start.last) + moved
        first, last = sorted((moving, other))
    return View(max(first, bounds.first), min(last, bounds.last))
