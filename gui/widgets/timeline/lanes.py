"""Around the calls: the heads of lanes, what the CPU ran, guard hits and search hits in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from core.trace.explain import explain
from gui.geometry.axis import Axis
from gui.geometry.marks import ticks_of
from gui.geometry.scrubber import HIT, STOP, WARNING, Mark
from gui.widgets.timeline import cpu_lanes, cpu_overlay, overlay
from gui.widgets.timeline.model import CUT, INTERRUPT, LOST, SWITCH

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.geometry.timeline_rows import Lane
    from gui.search import Search
    from gui.session import Cuts
    from gui.theme import Metrics, Theme
    from gui.widgets.timeline.model import TimelineModel
    from gui.widgets.timeline.view import TimelineView

_MOST_IN_PLACE = 30
"""Above so many guard hits in view they are marked above the calls only."""
_MARK_WORDS = {
    HIT: ("guard hit", "guard hits"),
    WARNING: ("warning", "warnings"),
    STOP: ("end of the run", "ends"),
    SWITCH: ("task switch", "task switches"),
    INTERRUPT: ("interrupt", "interrupts"),
    CUT: ("call that another guard would have cut", "calls that another guard would have cut"),
    LOST: ("lost update", "lost updates"),
}


def mark_lines(trace: Trace, mark: Mark, cuts: Cuts | None = None) -> list[str]:
    """Return what a mark stands for, in words.

    Args:
        trace: The run.
        mark: The mark.
        cuts: What is marked as cut by another guard, and which.
    """
    one, many = _MARK_WORDS[mark.lane]
    if mark.lane == CUT and cuts is not None:
        one, many = (f"{what} cut by: {cuts.guard}" for what in ("call", "calls"))
    head = f"{mark.markers:,} {many} here" if mark.markers > 1 else one.capitalize()
    first = "the first at event" if mark.markers > 1 else "Event"
    return [head, f"{first} {mark.first + 1:,}: {explain(trace, mark.first)}"]


def draw_empty(
    painter: QPainter, area: QRectF, model: TimelineModel, theme: Theme, metrics: Metrics
) -> None:
    """Say why there is nothing to see."""
    if model.trace is None:
        text = "No run is open yet."
    elif model.building:
        text = f"Preparing the calls of {len(model.trace):,} events…"
    else:
        text = "This run made no call at all."
    painter.setPen(QColor(theme.muted))
    painter.setFont(metrics.ui("body"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def draw_lanes(painter: QPainter, view: TimelineView, model: TimelineModel, area: QRectF) -> None:
    """Draw the gutter, the heads of lanes, what the CPU ran, guard hits in place, the focus."""
    trace = model.trace
    assert trace is not None
    look = view.look
    painter.save()
    painter.setClipRect(QRectF(0, area.top(), view.width(), area.height()))
    for lane in view.lanes.lanes:
        if lane.bottom < view.scrolled or lane.top > view.scrolled + area.height():
            continue
        _draw_head(painter, view, lane, area, trace)
        if lane.task < 0:
            cpu_lanes.draw_lane(painter, view, model, lane, area)
    cpu_overlay.draw_over_calls(painter, view, model, area)
    _draw_hits_in_place(painter, view, model, area)
    _draw_focus(painter, view, model, area, look.theme)
    painter.restore()


def _draw_head(
    painter: QPainter, view: TimelineView, lane: Lane, area: QRectF, trace: Trace
) -> None:
    theme, metrics = view.look.theme, view.look.metrics
    top, bottom = area.top() + lane.top - view.scrolled, area.top() + lane.bottom - view.scrolled
    painter.setPen(QPen(QColor(theme.border), 1))
    painter.drawLine(QLineF(0, bottom + 0.5, view.width(), bottom + 0.5))
    pad = metrics.px(12)
    room = QRectF(pad, max(top, area.top()), area.left() - 2 * pad, metrics.px(34))
    if lane.task < 0:
        name, about = cpu_lanes.cpu_name(trace, lane.cpu), ""
    else:
        task = trace.info.tasks[lane.task]
        name, about = task.label, f"{lane.n_rows} calls deep"
    for text, font, colour, flag in (
        (name, metrics.ui("body", bold=True), theme.text, Qt.AlignmentFlag.AlignTop),
        (about, metrics.ui("caption"), theme.muted, Qt.AlignmentFlag.AlignBottom),
    ):
        painter.setFont(font)
        painter.setPen(QColor(colour))
        # The end of a name is its pid.
        short = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
        if lane.task < 0 or bottom - room.top() > metrics.px(20):
            painter.drawText(room, flag, short)


def _draw_hits_in_place(
    painter: QPainter, view: TimelineView, model: TimelineModel, area: QRectF
) -> None:
    """Draw a line and a diamond where the guard ended a save, where there are not too many."""
    trace, spans = model.trace, model.spans
    if trace is None or spans is None or not model.marks:
        return
    axis, theme = view.axis, view.look.theme
    positions, values = model.marks[HIT]
    first, last = np.searchsorted(values, [axis.view.first, axis.view.last]).tolist()
    if not 0 < last - first <= _MOST_IN_PLACE:
        return
    colour, rim = QColor(theme.role("guard").colour), QColor(theme.surface)
    faint = QColor(colour)
    faint.setAlpha(120)
    half = min(view.look.metrics.px(5), view.lanes.row * 0.42)
    stands = []
    for position, value in zip(
        positions[first:last].tolist(), values[first:last].tolist(), strict=True
    ):
        row = spans.row_at(position)
        if row is not None:
            y = area.top() + view.lanes.top_of(row) - view.scrolled + view.lanes.row / 2
            stands.append(QPointF(axis.x_of(value), y))
    painter.setPen(QPen(faint, 1))
    painter.drawLines([QLineF(at.x(), area.top(), at.x(), at.y()) for at in stands])
    overlay.put_symbols(painter, HIT, stands, half, colour, rim)


def _draw_focus(
    painter: QPainter, view: TimelineView, model: TimelineModel, area: QRectF, theme: Theme
) -> None:
    """Ring the call on the focused row at the cursor."""
    span, index = view.focused_span(), model.index
    if span is None or index is None:
        return
    axis = view.axis
    left = max(axis.x_of(float(index.starts[span])), axis.left)
    right = min(axis.x_of(float(index.ends[span])), axis.left + axis.width)
    if right < left:
        return
    top = area.top() + view.lanes.top_of(view.row) - view.scrolled
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # Around the call and not over it: its name is to stay readable.
    ring = QRectF(left, top, max(2.0, right - left), view.lanes.row - 1).adjusted(-1, -1, 1, 1)
    painter.setPen(QPen(QColor(theme.focus), 2))
    painter.drawRect(ring)


def draw_hits(
    painter: QPainter, view: TimelineView, model: TimelineModel, search: Search, area: QRectF
) -> None:
    """Outline the calls in view of functions that are searched for."""
    scene, trace, spans = view.scene(), model.trace, model.spans
    if not search.pattern or search.hits is None or scene is None or trace is None:
        return
    assert spans is not None
    wanted = search.hits.functions
    painter.save()
    painter.setClipRect(area)
    pen = QPen(QColor(view.look.theme.accent), 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for at, span in enumerate(scene.wide.spans.tolist()):
        if trace.function(int(spans.calls[span])).name in wanted:
            rect = scene.rects[at].translated(0, area.top())
            painter.setPen(pen)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
    painter.restore()


def draw_hit_ticks(
    painter: QPainter, axis: Axis, search: Search, model: TimelineModel, band: QRectF, theme: Theme
) -> None:
    """Draw a tick in a band for every column that holds a hit of the search."""
    if not search.pattern or search.hits is None:
        return
    lines = [
        QLineF(axis.left + x + 0.5, band.top(), axis.left + x + 0.5, band.bottom())
        for x in ticks_of(axis, model.hit_values(search.hits)).tolist()
    ]
    painter.setPen(QPen(QColor(theme.accent), 1))
    painter.drawLines(lines)
