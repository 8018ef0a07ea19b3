"""How full the stack was, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

from PySide6.QtGui import QColor

from core.trace.histogram import By, Histogram, histogram
from core.trace.plotted import Limit, plotted_signals
from gui.widgets.controls import Segments
from gui.widgets.plots.keys import Key
from gui.widgets.plots.series import role_of
from gui.widgets.plots.small import SmallPlot, Stop
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.trace.plotted import PlottedSignal
    from core.trace.trace import Trace
    from gui.session import Session
    from gui.theme import ThemeManager

_LIMIT_REACH = 3
"""A limit so many times above the peak is told, not drawn."""
_ROOM = 1.08


class StackHistogram(SmallPlot):
    """A histogram of the bytes in use on the stack, over the run or its selected part.

    Args:
        session: What is open.
        themes: The theme in force.
    """

    title = "How full the stack was"
    file_name = "stack-histogram"
    bottom, left = "bytes of stack in use", "share of the run, %"
    zooms = True

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        self._session = session
        self.by: By = "events"
        self._signal: tuple[Trace, PlottedSignal] | None = None
        self.histogram: Histogram | None = None
        super().__init__(themes)
        options = (
            ("events", "By events", "Every event counts the same"),
            (
                "time",
                "By time",
                "An event counts as long as it lasts on the clock: simulated, or recorded",
            ),
        )
        self.choice = Segments(options, themes, self.weigh_by)
        self.choice.show_value(self.by)
        self.extras.addWidget(self.choice)
        self.extras.addStretch()
        session.trace_changed.connect(self._changed)
        session.range_changed.connect(self._changed)

    def weigh_by(self, by: str) -> None:
        """Count events, or simulated time."""
        self.by = next(each for each in get_args(By) if each == by)
        self.choice.show_value(self.by)
        self._changed()

    def start(self) -> None:
        """Count, if there is something new to be counted."""
        if self.histogram is None:
            self._count()

    def _changed(self) -> None:
        self.histogram = None
        if self.isVisible():
            self._count()
            self.at = -1
            self.refill()

    def _count(self) -> None:
        trace = self._session.trace
        if trace is None or not len(trace):
            return
        if self._signal is None or self._signal[0] is not trace:
            self._signal = trace, plotted_signals(trace)[0]
        first, last = self._session.range or (0, len(trace) - 1)
        self.histogram = histogram(trace, self._signal[1].signal, first, last, self.by)

    def _limit(self) -> Limit | None:
        return self._signal[1].limit if self._signal is not None else None

    # -- what is plotted ------------------------------------------------------------------

    def fill(self, item: Any) -> None:
        """Draw a bar a bin, the peak, and THREAD_SIZE where it is near."""
        import pyqtgraph as pg

        found, theme = self.histogram, self.themes.theme
        if found is None:
            return
        role = role_of("stack_bytes", theme)
        shares = [100 * found.share(at) for at in range(len(found.weights))]
        lefts = [at * found.width for at in range(len(shares))]
        item.addItem(
            pg.BarGraphItem(
                x0=lefts, width=found.width, height=shares, y0=0,
                brush=QColor(role.colour), pen=self.pen(theme.surface, 1),
            )
        )  # fmt: skip
        self._upright(item, found.peak, theme.accent_ink)
        limit, end = self._limit(), float(max(lefts[-1] + found.width, found.peak))
        if limit is not None and self._near(limit):
            self._upright(item, limit.value, theme.danger.ink)
            end = max(end, float(limit.value))
        box = item.getViewBox()
        box.setLimits(xMin=-end * 0.02, xMax=end * _ROOM, yMin=0, minXRange=found.width)
        item.setXRange(-end * 0.02, end * _ROOM, padding=0)
        item.setYRange(0, max(*shares, 1e-9) * _ROOM, padding=0)

    def _near(self, limit: Limit) -> bool:
        assert self.histogram is not None
        return limit.value <= _LIMIT_REACH * max(1, self.histogram.peak)

    def _upright(self, item: Any, at: int, colour: str) -> None:
        import pyqtgraph as pg

        item.addItem(pg.InfiniteLine(at, angle=90, pen=self.pen(colour, 2)), ignoreBounds=True)

    def stops(self) -> Sequence[Stop]:
        """Return a stop a bin."""
        found = self.histogram
        if found is None:
            return []
        return [
            Stop((at + 0.5) * found.width, self._said(found, at))
            for at in range(len(found.weights))
        ]

    def _said(self, found: Histogram, at: int) -> str:
        first, last = at * found.width, (at + 1) * found.width - 1
        weight = int(found.weights[at])
        much = time_text(weight) if self.by == "time" else f"{weight:,} events"
        span = f"{first:,} to {last:,}" if last > first else f"{first:,}"
        return f"{span} bytes: {found.share(at):.1%}, {much}."

    def keys_now(self) -> Sequence[Key]:
        """Return what the bars and the lines mean."""
        theme, limit = self.themes.theme, self._limit()
        if self.histogram is None:
            return ()
        peak = f"peak {self.histogram.peak:,} bytes"
        keys = [
            Key("bar", self._weighed(), role_of("stack_bytes", theme).colour),
            Key("line", peak, theme.accent_ink),
        ]
        if limit is not None and self._near(limit):
            keys.append(Key("line", f"{limit.label} {limit.value:,} bytes", theme.danger.ink))
        return keys

    def _weighed(self) -> str:
        return "share of time" if self.by == "time" else "share of events"

    def caption_now(self) -> str:
        """Return what was counted, and how far the limit is."""
        trace, limit = self._session.trace, self._limit()
        if self.histogram is None or trace is None:
            return "Open a scenario to see how full its stack gets."
        chosen = self._session.range
        said = f"All {len(trace):,} events."
        if chosen is not None:
            said = f"Events {chosen[0] + 1:,} to {chosen[1] + 1:,}: the selected part of the run."
        if len(trace.info.tasks) > 1:
            said += " The stack of the task that runs."
        if limit is not None and not self._near(limit):
            times = limit.value / max(1, self.histogram.peak)
            said += f" {limit.label} is {limit.value:,} bytes, {times:,.1f} times the peak."
        return said

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return a row a bin."""
        head = ("from_bytes", "to_bytes", "ns" if self.by == "time" else "events", "share")
        found = self.histogram
        if found is None:
            return head, ()
        return head, [
            (
                at * found.width,
                (at + 1) * found.width - 1,
                int(found.weights[at]),
                f"{found.share(at):.6f}",
            )
            for at in range(len(found.weights))
        ]
