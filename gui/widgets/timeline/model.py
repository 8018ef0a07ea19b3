"""What a timeline shows of the session's run: its spans, ready for the axis in force, its marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from core.trace.call_spans import CallSpans
from core.trace.events import Kind
from gui.geometry.scrubber import marker_lanes
from gui.geometry.timeline import Ints, SpanIndex
from gui.widgets.timeline.colours import Colouring, categories_of

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.geometry.scrubber import Positions
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.viewport import Viewport

SWITCH = 3
"""The lane of task switches, after those of ``gui.geometry.scrubber``."""


class TimelineModel(QObject):
    """The spans of the session's run and where its marks are, kept for the axis in force.

    Args:
        session: Whose run it is.
        viewport: What part of it is in view, and on which axis.
        themes: For the categories' order.
        parent: The Qt parent.
    """

    changed = Signal()
    """Another run, another axis or other colours: draw everything anew."""

    def __init__(
        self,
        session: Session,
        viewport: Viewport,
        themes: ThemeManager,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._viewport, self._themes = session, viewport, themes
        self.colouring: Colouring = "subsystem"
        self._trace: Trace | None = None
        self._spans: CallSpans | None = None
        self._indexes: dict[tuple[str, str], SpanIndex] = {}
        self._marks: dict[str, list[tuple[Positions, npt.NDArray[np.float64]]]] = {}
        session.trace_changed.connect(self._take_trace)
        self._take_trace()

    @property
    def trace(self) -> Trace | None:
        """The run that is shown."""
        return self._trace

    @property
    def spans(self) -> CallSpans | None:
        """Its calls, None where nothing is open."""
        if self._spans is None and self._trace is not None:
            self._spans = CallSpans(self._trace)
        return self._spans

    @property
    def index(self) -> SpanIndex | None:
        """Its calls on the axis in force, in the colours in force."""
        spans = self.spans
        if spans is None or self._trace is None:
            return None
        key = self._viewport.mode, self.colouring
        made = self._indexes.get(key)
        if made is None:
            made = self._indexes[key] = self._made_index(spans, self._trace)
        return made

    def _made_index(self, spans: CallSpans, trace: Trace) -> SpanIndex:
        categories = spans.by_site(categories_of(trace, self.colouring, self._themes.theme))
        rows = [(row.first, row.last) for row in spans.rows]
        starts, ends = self._on_axis(spans, trace)
        return SpanIndex(starts, ends, categories, spans.levels, rows)

    def _on_axis(self, spans: CallSpans, trace: Trace) -> tuple[Ints, Ints]:
        if self._viewport.mode == "order":
            return spans.calls, spans.ends
        other = [
            index
            for (mode, what), index in self._indexes.items()
            if mode == "time" and what != "runs"
        ]
        if other:
            return other[0].starts, other[0].ends
        last = int(self._viewport.bounds.last)
        after = trace.clock.all(np.arange(len(trace), dtype=np.int32))
        times: Ints = np.append(after, np.int64(last))
        if last < np.iinfo(np.int32).max:
            times = times.astype(np.int32)
        return times[spans.calls], times[spans.ends]

    @property
    def runs(self) -> SpanIndex | None:
        """What the CPU ran, a span each time between two switches; the category is the task."""
        trace = self._trace
        if trace is None or len(trace.info.tasks) < 2:
            return None
        key = self._viewport.mode, "runs"
        if key not in self._indexes:
            at = np.array([at for at, _ in trace.task_switches] + [len(trace)], np.int64)
            tasks = np.array([task for _, task in trace.task_switches], np.int64)
            if self._viewport.mode == "time":
                at[:-1] = trace.clock.at(at[:-1])
                at[0], at[-1] = 0, int(self._viewport.bounds.last)
            none = np.zeros(len(tasks), np.uint8)
            self._indexes[key] = SpanIndex(
                at[:-1], at[1:], (tasks % 255).astype(np.uint8), none, [(0, len(tasks))]
            )
        return self._indexes[key]

    @property
    def marks(self) -> list[tuple[Positions, npt.NDArray[np.float64]]]:
        """By lane, the positions of marks and the middle of their places on the axis."""
        mode = self._viewport.mode
        if mode not in self._marks and self._trace is not None:
            lanes = [*marker_lanes(self._trace), self._trace.positions(Kind.TASK_SWITCHED)]
            self._marks[mode] = [(found, self.values_in_places(found)) for found in lanes]
        return self._marks.get(mode, [])

    def values_in_places(self, positions: Positions) -> npt.NDArray[np.float64]:
        """Return the middle of each position's place on the axis."""
        if self._viewport.mode == "order" or self._trace is None:
            return positions.astype(np.float64) + 0.5
        clock = self._trace.clock
        last = len(self._trace) - 1
        after = clock.at(np.minimum(positions + 1, last)).astype(np.float64)
        after[positions == last] = self._viewport.bounds.last
        after += clock.at(positions)
        return after / 2

    def set_colouring(self, colouring: str) -> None:
        """Colour calls by their "subsystem" or by their "function"."""
        chosen: Colouring = "function" if colouring == "function" else "subsystem"
        if chosen != self.colouring:
            self.colouring = chosen
            self.changed.emit()

    def _take_trace(self) -> None:
        self._trace = self._session.trace
        self._spans = None
        self._indexes, self._marks = {}, {}
        self.changed.emit()
