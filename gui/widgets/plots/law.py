"""Unwinds against the maximum depth: what a real kernel counted beside what is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor

from core.compare.probes import LAW_DEPTHS, LAW_EVENTS, LawPoint, law_point
from core.scenario.measured import ALLOCATING, CONTROL, OFF_BY, SOURCE
from gui.widgets.plots.keys import Key
from gui.widgets.plots.small import SmallPlot, Stop

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_MEASURED = {run.max_depth: run for run in ALLOCATING}


class LawPlot(SmallPlot):
    """Each level more doubles the walks of an unwinder that allocates.

    The points are simulated one after the other while the plot is in sight.

    Args:
        themes: The theme in force.
    """

    title = "Unwinds for each page event, by maximum depth"
    file_name = "depth-law"
    bottom, left = "maximum depth", "unwinds a page event"

    def __init__(self, themes: ThemeManager) -> None:
        self.points: dict[int, LawPoint] = {}
        self._next = QTimer(singleShot=True, interval=0)
        self._next.timeout.connect(self._simulate)
        super().__init__(themes)

    def start(self) -> None:
        """Simulate what has not been simulated yet."""
        if len(self.points) < len(LAW_DEPTHS):
            self._next.start()

    def _simulate(self) -> None:
        depth = next((depth for depth in LAW_DEPTHS if depth not in self.points), None)
        if depth is None or not self.isVisible():
            return
        self.points[depth] = law_point(depth)
        self.refill()
        self.start()

    # -- what is plotted ------------------------------------------------------------------

    def fill(self, item: Any) -> None:
        """Draw the law as a line, and the points on it."""
        import pyqtgraph as pg

        theme, px = self.themes.theme, self.themes.metrics.px
        depths = list(LAW_DEPTHS)
        law = [log2(2**depth - 1) for depth in depths]
        item.addItem(pg.PlotCurveItem(depths, law, pen=self.pen(theme.muted, dashed=True)))
        simulated = [(p.max_depth, log2(p.unwinds_each)) for p in self.points.values()]
        item.addItem(
            # Without the cache symbols are drawn as shapes, which a drawing can have.
            pg.ScatterPlotItem(
                pos=simulated, symbol="o", size=px(9), pen=QColor(theme.surface),
                brush=QColor(theme.accent_ink), useCache=False,
            )
        )  # fmt: skip
        measured = [(run.max_depth, log2(run.unwinds_each)) for run in ALLOCATING]
        item.addItem(
            pg.ScatterPlotItem(
                pos=measured, symbol="d", size=px(17), pen=self.pen(self._measured_colour(), 2),
                brush=None, useCache=False,
            )
        )  # fmt: skip
        rows = range(7)
        item.getAxis("left").setTicks([[(row, f"{2**row}") for row in rows]])
        item.getAxis("bottom").setTicks([[(depth, str(depth)) for depth in depths]])
        item.getAxis("left").setGrid(40)
        item.setXRange(depths[0] - 0.4, depths[-1] + 0.4, padding=0)
        item.setYRange(-0.4, 6.4, padding=0)

    def _measured_colour(self) -> str:
        return self.themes.theme.warning.ink

    def stops(self) -> Sequence[Stop]:
        """Return one stop a depth."""
        return [Stop(depth, self._said(depth)) for depth in LAW_DEPTHS]

    def _said(self, depth: int) -> str:
        said = [f"Depth {depth}: the law says {2**depth - 1}"]
        if depth in self.points:
            point = self.points[depth]
            said.append(f"simulated {point.unwinds_each:g}")
        if depth in _MEASURED:
            run = _MEASURED[depth]
            said.append(f"measured {run.unwinds_each:.2f} ({run.unwinds:,} unwinds)")
        return ", ".join(said) + "."

    def keys_now(self) -> Sequence[Key]:
        """Return what line, dots and diamonds mean."""
        theme = self.themes.theme
        return (
            Key("dot", "simulated", theme.accent_ink),
            Key("diamond", "measured", self._measured_colour()),
            Key("dash", "2^L - 1", theme.muted),
        )

    def caption_now(self) -> str:
        """Return where the points come from."""
        return (
            f"Measured: {SOURCE}; unwinds divided by {CONTROL.calls:,}, the saves counted with an "
            f"unwinder that does not allocate. {OFF_BY} Simulated: the scenario depth-law with "
            f"{LAW_EVENTS} page events and an unsigned int. It holds only for such an unwinder."
        )

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return a row a depth; what was not measured is empty."""
        head = ("max_depth", "law", "simulated", "measured", "measured_unwinds", "measured_events")
        rows = []
        for depth in LAW_DEPTHS:
            point, run = self.points.get(depth), _MEASURED.get(depth)
            simulated = "" if point is None else f"{point.unwinds_each:g}"
            measured = (
                (f"{run.unwinds_each:.4f}", run.unwinds, CONTROL.calls) if run else ("", "", "")
            )
            rows.append((depth, 2**depth - 1, simulated, *measured))
        return head, rows
