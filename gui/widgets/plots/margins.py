"""Where the axis of the timeline and of the plots under it begins and ends.

Both lie on one axis, so both leave the same room on the left for labels and on the right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.geometry.axis import Axis, View

if TYPE_CHECKING:
    from gui.theme import Metrics

GUTTER_PX = 132
"""Room on the left for labels, in pixels at the scale of 1."""
RIGHT_PX = 14
"""Room on the right, in pixels at the scale of 1."""


def axis_across(view: View, width_px: float, metrics: Metrics) -> Axis:
    """Return where a part of the run lies in a widget of some width."""
    left, right = metrics.px(GUTTER_PX), metrics.px(RIGHT_PX)
    return Axis(view, float(left), max(1.0, float(width_px - left - right)))
