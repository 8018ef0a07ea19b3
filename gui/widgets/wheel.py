"""What the wheel does on an axis: the same in the timeline, its overview and the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

    from gui.geometry.axis import Axis
    from gui.viewport import Viewport

ZOOM_STEP = 0.8
"""What a notch leaves of the width in view; it counts more with Shift and less with Ctrl."""
COARSER, FINER = 3.0, 0.25
_NOTCH = 120
_SIDEWAYS_SHARE = 0.1


def notches(event: QWheelEvent) -> tuple[float, float]:
    """Return how far the wheel was turned, up and to the left, in notches."""
    return event.angleDelta().y() / _NOTCH, event.angleDelta().x() / _NOTCH


def turn(event: QWheelEvent, axis: Axis, viewport: Viewport) -> None:
    """Zoom where the mouse is, or move where the wheel was turned sideways.

    Args:
        event: The turn.
        axis: Where values lie in the widget; a point outside of what is in view counts as its end.
        viewport: What is zoomed.
    """
    turned, sideways = notches(event)
    if abs(sideways) > abs(turned):
        viewport.pan(-sideways * _SIDEWAYS_SHARE)
    elif turned:
        held = event.modifiers()
        if held & Qt.KeyboardModifier.ShiftModifier:
            turned *= COARSER
        elif held & Qt.KeyboardModifier.ControlModifier:
            turned *= FINER
        view = viewport.view
        at = min(max(axis.value_at(event.position().x()), view.first), view.last)
        viewport.zoom(ZOOM_STEP**turned, at)
    event.accept()
