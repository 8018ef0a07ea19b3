"""The order in which a timeline is painted: ground, calls, lanes, ruler, marks, cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.widgets.pointer import draw_low_pointer, draw_pointer, wanted
from gui.widgets.timeline import lanes, overlay

if TYPE_CHECKING:
    from gui.theme import Theme
    from gui.widgets.timeline.scene import TimelineScene
    from gui.widgets.timeline.view import TimelineView

_TICK_PX, _THUMB_PX = 5, 5
_LOW_PX = 16
"""In rows lower than this, at 100 %, a ring would cover the names in the rows beside it."""
_SPILL_PX = 8
"""How far marks and the playhead's handle may stick out of the axis."""


def draw_timeline(
    painter: QPainter, view: TimelineView, scene: TimelineScene | None, *, anew: bool
) -> None:
    """Draw a timeline, or say why there is none.

    Args:
        painter: Where to.
        view: What is drawn.
        scene: The calls in view, None where there are none.
        anew: Draw the calls as shapes and text, not as the picture that is at hand.
    """
    look, area = view.look, view.area
    painter.fillRect(view.rect(), QColor(look.theme.surface))
    if scene is None:
        lanes.draw_empty(painter, QRectF(view.rect()), view.model, look.theme, look.metrics)
        return
    if anew:
        painter.save()
        painter.setClipRect(QRectF(0, area.top(), view.width(), area.height()))
        painter.translate(0, area.top())
        scene.paint(painter)
        painter.restore()
    else:
        painter.drawPixmap(QPointF(0, area.top()), scene.pixmap)
    lanes.draw_lanes(painter, view, view.model, area)
    lanes.draw_hits(painter, view, view.model, view.search, area)
    _draw_pointed(painter, view, scene, area)
    _draw_above(painter, view, area)
    painter.save()
    painter.setClipRect(area.adjusted(-_SPILL_PX, -area.top(), _SPILL_PX, 0))
    overlay.draw_marks(painter, view.marks(), view.strip, look.theme, view.symbol_px)
    _draw_cursor(painter, view, area)
    painter.restore()
    _draw_thumb(painter, view, area)


def _draw_pointed(
    painter: QPainter, view: TimelineView, scene: TimelineScene, area: QRectF
) -> None:
    """Point at the calls of the functions that a lesson means."""
    names = wanted(view.session.highlights, "function")
    if not names:
        return
    painter.save()
    painter.setClipRect(QRectF(0, area.top(), view.width(), area.height()))
    metrics = view.look.metrics
    for number, box in enumerate(scene.boxes_of(names)):
        place = box.translated(0, area.top())
        if place.height() < metrics.px(_LOW_PX):
            draw_low_pointer(painter, place, view.look.theme, metrics)
        else:
            draw_pointer(painter, place, view.look.theme, metrics, arrow=number == 0)
    painter.restore()


def _draw_above(painter: QPainter, view: TimelineView, area: QRectF) -> None:
    """Draw the ruler, the ticks of search hits, and what is selected over all of it."""
    look, axis, viewport = view.look, view.axis, view.viewport
    painter.fillRect(view.ruler.united(view.strip), QColor(look.theme.window))
    overlay.draw_ruler(painter, axis, viewport.mode, view.ruler, look.theme, look.metrics)
    ticks = QRectF(view.strip.left(), view.strip.top(), view.strip.width(), _TICK_PX)
    lanes.draw_hit_ticks(painter, axis, view.search, view.model, ticks, look.theme)
    selected = view.session.range
    if selected is not None:
        edges = (viewport.value_of(selected[0]), viewport.cell(selected[1])[1])
        whole = area.adjusted(0, -area.top(), 0, 0)
        overlay.draw_range(painter, (axis.x_of(edges[0]), axis.x_of(edges[1])), whole, look.theme)


def _draw_thumb(painter: QPainter, view: TimelineView, area: QRectF) -> None:
    """Draw which part of the rows is in sight, where not all of them are."""
    whole = view.lanes.height
    if whole <= area.height():
        return
    high = max(area.height() * area.height() / whole, 16.0)
    share = view.scrolled / max(1.0, whole - area.height())
    top = area.top() + share * (area.height() - high)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(view.look.theme.outline))
    painter.drawRoundedRect(QRectF(view.width() - _THUMB_PX - 2, top, _THUMB_PX, high), 2, 2)


def _draw_cursor(painter: QPainter, view: TimelineView, area: QRectF) -> None:
    """Draw the crosshair and the playhead."""
    theme, axis, viewport = view.look.theme, view.axis, view.viewport
    if viewport.crosshair is not None and not view.is_held:
        painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DashLine))
        x = axis.x_of(viewport.crosshair)
        painter.drawLine(QPointF(x, view.ruler.bottom()), QPointF(x, area.bottom()))
    first, last = viewport.cell(view.session.position)
    cell = (axis.x_of(first), axis.x_of(last))
    if cell[1] >= axis.left and cell[0] <= axis.left + axis.width:
        overlay.draw_playhead(painter, cell, view.ruler, area.bottom(), theme)


def draw_focus_ring(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """Draw the ring around what has the keyboard."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.focus), 2))
    painter.drawRect(area.adjusted(1, 1, -1, -1))
