"""What a timeline shows of the session's run: its spans, ready for the axis in force, its marks."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from core.trace.call_spans import CallSpans
from core.trace.events import SITE_MASK, Kind
from gui.geometry.scrubber import marker_lanes
from gui.geometry.timeline import Ints, SpanIndex
from gui.widgets.timeline.colours import Colouring, categories_of, hue_of
from gui.widgets.timeline.cpu_places import CpuPlaces, Turns

if TYPE_CHECKING:
    from core.trace.search import Hits
    from core.trace.trace import Trace
    from gui.geometry.scrubber import Positions
    from gui.session import Session
    from gui.theme import Theme, ThemeManager
    from gui.viewport import Viewport

    Key = tuple[str, str, bool]
    """Axis, colouring, and whether only the mail's chain."""

SWITCH, INTERRUPT, CUT, LOST = 3, 4, 5, 6
"""The lanes of task switches, interrupts, cuts and lost updates, after those of
``gui.geometry.scrubber``."""
RUNS = "runs"
AT_ONCE_EVENTS = 1_000_000
"""Longer runs are prepared beside the window: it goes on while they are."""


def interrupts(trace: Trace) -> Positions:
    """Return the positions at which an interrupt came: its functions' calls from other ones."""
    if len(told := trace.positions(Kind.INTERRUPTED)):
        return told
    comes = np.array(
        [s.kind is Kind.CALLED and _is_interrupt(trace, s.function) for s in trace.sites], np.bool_
    )
    calls = np.flatnonzero(comes[trace.codes & SITE_MASK])
    parents = trace.parents[calls]
    nested = (parents >= 0) & comes[trace.codes[np.maximum(parents, 0)] & SITE_MASK]
    came: Positions = calls[~nested].astype(np.int32)
    return came


def switches(trace: Trace) -> Positions:
    """Return where a task was switched to; that another CPU goes on is no switch."""
    at = trace.positions(Kind.TASK_SWITCHED)
    if not trace.cpus.several:
        return at
    switched = np.array([site.fact("how") != "interleave" for site in trace.sites], np.bool_)
    found: Positions = at[switched[trace.codes[at] & SITE_MASK]]
    return found


def _is_interrupt(trace: Trace, function: int) -> bool:
    return trace.functions[function].subsystem == "interrupt"


@dataclass(frozen=True)
class _Work:
    """What is needed to prepare the calls of a run, without asking the window again.

    Attributes:
        trace: The run.
        key: Axis, colouring, and whether only the mail's chain.
        theme: For the categories' order.
        spans: The calls, if they are at hand.
        times: Where they begin and end in time, or where that axis ends; None for the order.
    """

    trace: Trace
    key: Key
    theme: Theme
    spans: CallSpans | None
    times: tuple[Ints, Ints] | int | None

    def done(self) -> tuple[CallSpans, SpanIndex]:
        """Do it."""
        spans = self.spans or CallSpans(self.trace, essential=self.key[2])
        colouring: Colouring = "function" if self.key[1] == "function" else "subsystem"
        categories = spans.by_site(categories_of(self.trace, colouring, self.theme))
        rows = [(row.first, row.last) for row in spans.rows]
        starts, ends = self._places(spans)
        index = SpanIndex(starts, ends, categories, spans.levels, rows)
        _ = index.overview  # it would else be made in the middle of the first look
        return spans, index

    def _places(self, spans: CallSpans) -> tuple[Ints, Ints]:
        if self.times is None:
            return spans.calls, spans.ends
        if not isinstance(self.times, int):
            return self.times
        after = self.trace.clock.all(np.arange(len(self.trace), dtype=np.int32))
        times: Ints = np.append(after, np.int64(self.times))
        if self.times < np.iinfo(np.int32).max:
            times = times.astype(np.int32)
        return times[spans.calls], times[spans.ends]


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
    _built = Signal(object, object, object)

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
        self._spans: dict[bool, CallSpans] = {}
        self._indexes: dict[Key, SpanIndex] = {}
        self._building: Key | None = None
        self._hits: tuple[Hits, str, npt.NDArray[np.float64]] | None = None
        self._marks: dict[str, list[tuple[Positions, npt.NDArray[np.float64]]]] = {}
        self._cpus: dict[str, CpuPlaces] = {}
        self._turned: Turns | None = None
        self._built.connect(self._take_built)
        session.trace_changed.connect(self._take_trace)
        session.essential_changed.connect(self.changed)
        session.cuts_changed.connect(self._take_cuts)
        self._take_trace()

    @property
    def trace(self) -> Trace | None:
        """The run that is shown."""
        return self._trace

    @property
    def building(self) -> bool:
        """Whether the calls of a long run are still being prepared."""
        return self._building is not None

    @property
    def spans(self) -> CallSpans | None:
        """Its calls, only the mail's chain if that is wanted; None where they are not at hand."""
        essential = self._session.essential_only
        if essential not in self._spans and self._trace is not None and self._is_short:
            self._spans[essential] = CallSpans(self._trace, essential=essential)
        return self._spans.get(essential)

    @property
    def index(self) -> SpanIndex | None:
        """Its calls on the axis in force, in the colours in force; None until they are ready."""
        key, trace = self._key(self.colouring), self._trace
        if key in self._indexes or trace is None:
            return self._indexes.get(key)
        work = _Work(trace, key, self._themes.theme, self._spans.get(key[2]), self._times(key))
        if self._is_short:
            self._spans[key[2]], self._indexes[key] = work.done()
            return self._indexes[key]
        # One at a time: when it is done, whoever still looks asks again.
        if self._building is None:
            self._building = key
            threading.Thread(target=self._build, args=(work,), daemon=True).start()
        return None

    @property
    def _is_short(self) -> bool:
        return self._trace is not None and len(self._trace) <= AT_ONCE_EVENTS

    def _build(self, work: _Work) -> None:
        """Prepare calls in a thread of their own: numpy lets the window's go on meanwhile."""
        done = work.done()
        with contextlib.suppress(RuntimeError):  # the window may be gone by then
            self._built.emit(work, *done)

    def _take_built(self, work: _Work, spans: CallSpans, index: SpanIndex) -> None:
        self._building = None
        if work.trace is self._trace:
            self._spans.setdefault(work.key[2], spans)
            self._indexes[work.key] = index
        self.changed.emit()

    def _key(self, what: str) -> Key:
        return self._viewport.mode, what, self._session.essential_only

    def _times(self, key: Key) -> tuple[Ints, Ints] | int | None:
        """Where calls begin and end in time, if that is known; else where the axis of time ends."""
        mode, _, essential = key
        if mode == "order":
            return None
        for (other, what, of), made in self._indexes.items():
            if (other, of) == (mode, essential) and what != RUNS:
                return made.starts, made.ends
        return int(self._viewport.bounds.last)

    @property
    def runs(self) -> SpanIndex | None:
        """What the CPU ran, a span each time between two switches; the category is a hue.

        A recording may have a thousand tasks: each with a category of its own would be as many
        sums for every frame.
        """
        trace = self._trace
        if trace is None or (len(trace.info.tasks) < 2 and trace.cpus.plain):
            return None
        key = self._viewport.mode, RUNS, False
        if key not in self._indexes:
            turns, starts = self._turns, trace.cpus.starts
            at = self.edges(np.append(starts, len(trace)).astype(np.int32)).astype(np.int64)
            if self._viewport.mode == "time":
                at[0] = 0
            none = np.zeros(len(turns.tasks), np.uint8)
            hues = hue_of(turns.tasks).astype(np.uint8)
            begin, end = at[:-1][turns.order], at[1:][turns.order]
            self._indexes[key] = SpanIndex(begin, end, hues, none, turns.rows)
        return self._indexes[key]

    @property
    def _turns(self) -> Turns:
        """Turns sorted by CPU, worked out once for a run."""
        assert self._trace is not None
        if self._turned is None:
            self._turned = Turns.of(self._trace.cpus)
        return self._turned

    def run_row(self, cpu: int) -> int | None:
        """Return the row of ``runs`` that is a CPU's, None where nothing ever ran there."""
        return self._turns.row_of.get(cpu)

    @property
    def run_tasks(self) -> npt.NDArray[np.int32]:
        """The task of each span of ``runs``."""
        return self._turns.tasks

    def edges(self, positions: Positions) -> npt.NDArray[np.float64]:
        """Return where on the axis some positions begin; ``len(trace)`` is its end."""
        trace, last = self._trace, self._viewport.bounds.last
        assert trace is not None
        if self._viewport.mode == "order":
            return positions.astype(np.float64)
        found = trace.clock.at(np.minimum(positions, len(trace) - 1)).astype(np.float64)
        found[positions >= len(trace)] = last
        return found

    @property
    def cpus(self) -> CpuPlaces | None:
        """What lies on the lanes of CPUs beside turns; None with one CPU and no interrupt."""
        trace, mode = self._trace, self._viewport.mode
        if trace is None or trace.cpus.plain:
            return None
        if mode not in self._cpus:
            self._cpus[mode] = CpuPlaces(trace, self.edges)
        return self._cpus[mode]

    @property
    def marks(self) -> list[tuple[Positions, npt.NDArray[np.float64]]]:
        """By lane, the positions of marks and the middle of their places on the axis."""
        mode = self._viewport.mode
        if mode not in self._marks and self._trace is not None:
            lost, cuts = self._trace.cpus.lost_updates, self._session.cuts
            cut = cuts.positions if cuts is not None else lost[:0]
            hits, warned, stops = marker_lanes(self._trace)
            # Lost updates have a mark of their own here.
            lanes = [hits, np.setdiff1d(warned, lost, assume_unique=True), stops]
            lanes += [switches(self._trace), interrupts(self._trace), cut, lost]
            self._marks[mode] = [(found, self.values_in_places(found)) for found in lanes]
        return self._marks.get(mode, [])

    def hit_values(self, hits: Hits) -> npt.NDArray[np.float64]:
        """Return where on the axis the calls begin that a search found."""
        mode = self._viewport.mode
        if self._hits is None or self._hits[0] is not hits or self._hits[1] != mode:
            self._hits = hits, mode, self._viewport.values_of(hits.positions)
        return self._hits[2]

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

    def _take_cuts(self) -> None:
        self._marks = {}
        self.changed.emit()

    def _take_trace(self) -> None:
        self._trace = self._session.trace
        self._spans = {}
        self._indexes, self._marks, self._hits = {}, {}, None
        self._cpus, self._turned = {}, None
        self.changed.emit()
