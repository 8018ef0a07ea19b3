"""Over the calls: interrupts and waits where they lie on the stacks, and tasks that migrate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.geometry.timeline_cpus import MERGED
from gui.widgets.timeline.cpu_lanes import each, hatch

if TYPE_CHECKING:
    from gui.widgets.timeline.cpu_places import CpuPlaces
    from gui.widgets.timeline.model import TimelineModel
    from gui.widgets.timeline.view import TimelineView

_MOST_OVER_CALLS = 60
"""Above so many interrupts or waits in view they are shown on the lanes of CPUs only."""
_MOST_MIGRATIONS = 60
_TINT = 34


def draw_over_calls(
    painter: QPainter, view: TimelineView, model: TimelineModel, area: QRectF
) -> None:
    """Draw interrupts and waits where they lie on the stacks, and migrations between lanes."""
    places = model.cpus
    if places is None:
        return
    _tint_interrupts(painter, view, model, places, area)
    _hatch_waits(painter, view, model, places, area)
    if places.trace.cpus.several:
        _draw_migrations(painter, view, places, area)


def _row_box(
    view: TimelineView, model: TimelineModel, position: int, area: QRectF
) -> tuple[float, float] | None:
    """From the row of the innermost call at a position to the foot of its lane."""
    spans = model.spans
    row = spans.row_at(position) if spans is not None else None
    if row is None:
        return None
    above = area.top() - view.scrolled
    return above + view.lanes.top_of(row), above + view.lanes.lane_of(row).bottom


def _tint_interrupts(
    painter: QPainter, view: TimelineView, model: TimelineModel, places: CpuPlaces, area: QRectF
) -> None:
    bands = places.all_interrupts.in_view(view.axis, _MOST_OVER_CALLS)
    if not len(bands) or bands.numbers[0] == MERGED:
        return
    spans, role = places.trace.cpus.interrupts, view.look.theme.role("interrupt")
    tint = QColor(role.colour)
    tint.setAlpha(_TINT)
    edge = max(2.0, view.look.metrics.px(2))
    for number, left, right in each(bands):
        entry = min(int(spans.starts[number]) + 1, len(places.trace) - 1)
        found = _row_box(view, model, entry, area)
        if found is None:
            continue
        top, foot = found
        rect = QRectF(left, top, max(1.5, right - left), foot - top)
        painter.fillRect(rect, tint)
        painter.fillRect(QRectF(left, top - edge, rect.width(), edge), QColor(role.colour))
        painter.setPen(QPen(QColor(role.colour), 1))
        painter.drawLine(QLineF(left, top, left, foot))
        painter.drawLine(QLineF(rect.right(), top, rect.right(), foot))


def _hatch_waits(
    painter: QPainter, view: TimelineView, model: TimelineModel, places: CpuPlaces, area: QRectF
) -> None:
    bands = places.all_waits.in_view(view.axis, _MOST_OVER_CALLS)
    if not len(bands) or bands.numbers[0] == MERGED:
        return
    spans = places.trace.cpus.lock_waits
    for number, left, right in each(bands):
        found = _row_box(view, model, int(spans.starts[number]), area)
        if found is not None:
            # Below the name of the function that spins: it is to stay readable.
            row, top = view.lanes.row, found[0]
            rect = QRectF(left, top + row * 0.75, max(1.5, right - left), row * 0.6)
            hatch(painter, view, rect)


def _draw_migrations(
    painter: QPainter, view: TimelineView, places: CpuPlaces, area: QRectF
) -> None:
    """Draw an arrow from the CPU that a task left to the one it goes on."""
    trace, axis = places.trace, view.axis
    cpus, at = trace.cpus, trace.cpus.migrations
    seen = places.migrations.between(axis.view.first, axis.view.last)
    if not 0 < len(seen) <= _MOST_MIGRATIONS:
        return
    xs = axis.x_of(places.migrations.first)
    lanes = {lane.cpu: lane for lane in view.lanes.lanes if lane.cpu >= 0}
    above, colour = area.top() - view.scrolled, QColor(view.look.theme.info.ink)
    half = view.look.metrics.px(4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row in seen.tolist():
        position, x = int(at[row]), float(xs[row])
        to = lanes.get(cpus.cpu_at(position))
        before = cpus.last_event(trace.task_at(position), position - 1)
        source = lanes.get(cpus.cpu_at(before)) if before >= 0 else None
        if to is None or source is None:
            continue
        down = to.top > source.top
        start, end = (source.bottom, to.top) if down else (source.top, to.bottom)
        y0, y1 = above + start, above + end
        tip = y1 - half if down else y1 + half
        painter.setPen(QPen(colour, 2))
        painter.drawLine(QLineF(x, y0 - half if down else y0 + half, x, y1))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(
            QPolygonF([QPointF(x, y1), QPointF(x - half, tip), QPointF(x + half, tip)])
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
