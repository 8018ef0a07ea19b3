"""Where the axis of the timeline and of the plots under it begins and ends.

Both lie on one axis, so both leave the same room on the left for labels and on the right.
"""

from __future__ import annotations

GUTTER_PX = 132
"""Room on the left for labels, in pixels at the scale of 1."""
RIGHT_PX = 14
"""Room on the right, in pixels at the scale of 1."""
