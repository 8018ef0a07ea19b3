"""The lanes of CPUs: who runs, interrupts, waits for locks, interrupts off, migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from core.trace.explain import task_name
from gui.geometry.timeline_cpus import MERGED, Bands
from gui.geometry.wide_spans import spans_in_view
from gui.theme import mix
from gui.widgets.timeline.colours import Palette, hue_of
from gui.widgets.timeline.scene import FEW_SPANS, Look, coverage_image

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.geometry.timeline import SpanIndex
    from gui.geometry.timeline_cpus import Placed
    from gui.geometry.timeline_rows import Lane
    from gui.theme import Theme
    from gui.widgets.timeline.cpu_places import CpuPlaces
    from gui.widgets.timeline.model import TimelineModel
    from gui.widgets.timeline.view import TimelineView

MOST_BANDS = 100
"""Above so many stretches in view they are merged by pixel columns."""
_REST_SHARE = 0.22
"""How much of its colour a task has while it keeps its CPU and another CPU goes on."""


def cpu_name(trace: Trace, cpu: int = 0) -> str:
    """Return what a lane of running tasks is called: a recording may be of several CPUs."""
    recording = trace.info.recording
    if recording is None:
        return f"CPU {cpu}"
    return f"{recording.cpus} CPUs" if recording.cpus > 1 else "CPU"


def draw_lane(
    painter: QPainter, view: TimelineView, model: TimelineModel, lane: Lane, area: QRectF
) -> None:
    """Draw everything that happens on a CPU."""
    trace, places = model.trace, model.cpus
    assert trace is not None
    top = area.top() + lane.top - view.scrolled
    strip = QRectF(area.left(), top, area.width(), lane.bottom - lane.top)
    by_task = view.look._replace(palette=_task_colours(view.look.theme))
    if places is not None and trace.cpus.several:
        _draw_tenures(painter, view, places, lane.cpu, strip, by_task)
    row = model.run_row(lane.cpu)
    if model.runs is not None and row is not None:
        _draw_runs(painter, view, model, model.runs, row, strip, by_task)
    if places is None:
        return
    _draw_waits(painter, view, places.waits[lane.cpu], strip)
    _draw_interrupts(painter, view, places, lane.cpu, strip)
    _draw_irqs_off(painter, view, places.irqs_off[lane.cpu], strip)


_COLOURS: dict[str, tuple[Theme, Palette]] = {}


def _task_colours(theme: Theme) -> Palette:
    """Return colours that tell tasks apart and mean nothing else, made once for a theme."""
    known = _COLOURS.get(theme.name)
    if known is None or known[0] is not theme:
        known = _COLOURS[theme.name] = theme, Palette(theme, "function")
    return known[1]


def _draw_tenures(
    painter: QPainter,
    view: TimelineView,
    places: CpuPlaces,
    cpu: int,
    strip: QRectF,
    by_task: Look,
) -> None:
    """Draw who has the CPU, faintly: strong is only where its own events are."""
    tenures, theme = places.trace.cpus.tenures, by_task.theme
    bands = places.tenures[cpu].in_view(view.axis, MOST_BANDS)
    if _fill_merged(painter, bands, strip, QColor(theme.border)):
        return
    for number, left, right in each(bands):
        colour = by_task.palette.fill(hue_of(int(tenures.tasks[number])), 1).colour.name()
        rect = QRectF(left, strip.top(), max(1.0, right - left - 1), strip.height())
        painter.fillRect(rect, QColor(mix(colour, theme.surface, _REST_SHARE)))


def _draw_runs(
    painter: QPainter,
    view: TimelineView,
    model: TimelineModel,
    runs: SpanIndex,
    row: int,
    strip: QRectF,
    look: Look,
) -> None:
    """Draw which task the CPU ran, each in its own colour."""
    trace, axis = model.trace, view.axis
    assert trace is not None
    kept = runs.in_view(row, axis.view.first, axis.view.last)
    if kept[1] - kept[0] > FEW_SPANS:
        seen = runs.coverage([row], axis.edges(max(1, round(axis.width))))
        painter.drawImage(strip, coverage_image(seen, look))
        return
    font = look.metrics.ui("caption")
    painter.setFont(font)
    measure = QFontMetricsF(font)
    wide, tasks, named_px = spans_in_view(runs, [kept], axis), model.run_tasks, look.metrics.px(40)
    for span, left, right in zip(
        wide.spans.tolist(), wide.left.tolist(), wide.right.tolist(), strict=True
    ):
        number = int(tasks[span])
        rect = QRectF(left, strip.top(), max(1.0, right - left - 1), strip.height())
        fill = look.palette.fill(hue_of(number), 1)
        painter.fillRect(rect, fill.colour)
        if right - left > named_px:
            painter.setPen(fill.ink)
            room = rect.adjusted(look.metrics.px(4), 0, 0, 0)
            # The end of a name is its pid.
            name = measure.elidedText(
                task_name(trace, number), Qt.TextElideMode.ElideMiddle, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)


def _draw_waits(painter: QPainter, view: TimelineView, placed: Placed, strip: QRectF) -> None:
    """Hatch where the CPU spins on a lock."""
    bands = placed.in_view(view.axis, MOST_BANDS)
    upper = QRectF(strip.left(), strip.top(), strip.width(), strip.height() * 0.3)
    if _fill_merged(painter, bands, upper, QColor(view.look.theme.role("lock").colour)):
        return
    for _, left, right in each(bands):
        hatch(painter, view, QRectF(left, strip.top(), right - left, strip.height()))


def _fill_merged(painter: QPainter, bands: Bands, strip: QRectF, colour: QColor) -> bool:
    """Fill the columns of merged stretches, all at once; return whether they are merged."""
    if not len(bands) or bands.numbers[0] != MERGED:
        return False
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRects(
        [
            QRectF(left, strip.top(), max(1.0, right - left), strip.height())
            for _, left, right in each(bands)
        ]
    )
    return True


def hatch(painter: QPainter, view: TimelineView, rect: QRectF) -> None:
    """Draw that somebody waits."""
    theme = view.look.theme
    role = theme.role("lock")
    ground = QColor(theme.surface)
    ground.setAlpha(150)
    painter.fillRect(rect, ground)
    painter.fillRect(rect, QBrush(QColor(role.colour), Qt.BrushStyle.BDiagPattern))
    painter.setPen(QPen(QColor(role.colour), 1))
    painter.drawLine(QLineF(rect.topLeft(), rect.bottomLeft()))


def _draw_interrupts(
    painter: QPainter, view: TimelineView, places: CpuPlaces, cpu: int, strip: QRectF
) -> None:
    """Draw interrupts over who they interrupt, a nested one lower."""
    look, trace = view.look, places.trace
    role, spans = look.theme.role("interrupt"), trace.cpus.interrupts
    font = look.metrics.ui("caption", bold=True)
    measure = QFontMetricsF(font)
    painter.setFont(font)
    bands = places.interrupts[cpu].in_view(view.axis, MOST_BANDS)
    lower = strip.adjusted(0, strip.height() * 0.2, 0, 0)
    if _fill_merged(painter, bands, lower, QColor(role.colour)):
        return
    for number, left, right in each(bands):
        level = int(spans.levels[number])
        high = strip.height() * (0.8 if level == 0 else 0.45)
        rect = QRectF(left, strip.bottom() - high, max(1.5, right - left - 1), high)
        painter.fillRect(rect, QColor(role.colour))
        if level:
            painter.setPen(QPen(QColor(role.on_colour), 1))
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        name = trace.info.interrupts[int(spans.numbers[number])].name
        if level == 0 and measure.horizontalAdvance(name) + 8 < rect.width():
            painter.setPen(QColor(role.on_colour))
            painter.drawText(rect.adjusted(4, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)


def _draw_irqs_off(painter: QPainter, view: TimelineView, placed: Placed, strip: QRectF) -> None:
    """Draw a thin line under the lane where the CPU takes no interrupts."""
    look = view.look
    high = max(2.0, look.metrics.px(2.5))
    top = strip.bottom() + look.metrics.px(1)
    colour, line = QColor(look.theme.role("interrupt").colour), QRectF(0, top, 0, high)
    bands = placed.in_view(view.axis, MOST_BANDS)
    if not _fill_merged(painter, bands, line, colour):
        for _, left, right in each(bands):
            painter.fillRect(QRectF(left, top, max(1.0, right - left), high), colour)


def each(bands: Bands) -> zip[tuple[int, float, float]]:
    """Number, left and right edge of each band."""
    return zip(bands.numbers.tolist(), bands.left.tolist(), bands.right.tolist(), strict=True)
