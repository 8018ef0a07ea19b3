"""What all step plots share: the axis, the columns of the part in view, and what is under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF

from gui.geometry.axis import Axis
from gui.geometry.steps import Edges, order_edges, time_edges
from gui.widgets.plots.margins import axis_across

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.geometry.axis import View
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.viewport import Viewport


class PlotStage:
    """The axis that some plots lie on.

    Args:
        session: What is open.
        viewport: What part of it is in view.
        themes: The theme in force.
        width: Returns how wide the plots are with the bar that scrolls them, in pixels: the axis
            stays the timeline's whether that bar is there or not.
    """

    def __init__(
        self,
        session: Session,
        viewport: Viewport,
        themes: ThemeManager,
        width: Callable[[], float],
    ) -> None:
        self.session, self.viewport, self.themes = session, viewport, themes
        self._width = width
        self._edges: tuple[tuple[object, ...], Edges] | None = None

    def axis(self, width: float | None = None) -> Axis:
        """Return the axis as the timeline has it, of the plots or of a sheet of some width."""
        width = self._width() if width is None else width
        return axis_across(self.viewport.view, width, self.themes.metrics)

    def edges(self, columns: int) -> Edges:
        """Return the edges of so many equal columns of the part in view."""
        key = self.look, columns
        if self._edges is None or self._edges[0] != key:
            places = np.linspace(self.viewport.view.first, self.viewport.view.last, columns + 1)
            self._edges = key, self._found(places)
        return self._edges[1]

    def _found(self, places: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Edges:
        trace = self.session.trace
        if self.viewport.mode == "order" or trace is None:
            return order_edges(places)
        return time_edges(places, trace.clock)

    @property
    def look(self) -> tuple[Trace | None, str, View]:
        """What decides how a line looks: the run, the kind of axis, the part in view."""
        return self.session.trace, self.viewport.mode, self.viewport.view

    def playhead(self, axis: Axis, area: QRectF) -> QRectF | None:
        """Return the place of the cursor's event; None where it is out of view."""
        if self.session.trace is None:
            return None
        first, last = self.viewport.cell(self.session.position)
        return _between(axis, area, first, last)

    def selected(self, axis: Axis, area: QRectF) -> QRectF | None:
        """Return the selected part of the run; None where nothing selected is in view."""
        if self.session.range is None:
            return None
        first, last = self.session.range
        return _between(axis, area, self.viewport.value_of(first), self.viewport.cell(last)[1])

    def crosshair(self, axis: Axis) -> float | None:
        """Return where the mouse is; None where it is elsewhere or out of view."""
        value = self.viewport.crosshair
        if value is None or not axis.view.first <= value <= axis.view.last:
            return None
        return axis.x_of(value)

    def position_there(self) -> int | None:
        """Return the position under the mouse; None where it is elsewhere."""
        value = self.viewport.crosshair
        if value is None or self.session.trace is None:
            return None
        return self.viewport.position_at(value)


def _between(axis: Axis, area: QRectF, first: float, last: float) -> QRectF | None:
    if last < axis.view.first or first > axis.view.last:
        return None
    left, right = axis.x_of(first), axis.x_of(last)
    return QRectF(left, area.top(), max(0.0, right - left), area.height())
