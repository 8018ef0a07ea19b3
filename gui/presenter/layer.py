"""The sheet that strokes, spotlight, magnifier and the speaker's dot are drawn on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from gui.presenter.annotations import LENS_RADIUS, Annotations, Stroke, Tool
from gui.presenter.geometry import circle, dimmed, fitted, magnified, to_point, to_share

if TYPE_CHECKING:
    from gui.presenter.hall import HallThemes
    from gui.theme import Theme

_DIM = 0.78
"""How dark it is beside the spotlight."""
_DOT_RADIUS = 0.009
_HALO = 1.6
"""A stroke has an edge of the ground's colour, this much wider: it is seen on anything."""

Lens = Callable[[QRectF, QSize], QPixmap | None]
"""Draws a part of the picture (in its pixels) as large as a lens."""


class AnnotationLayer(QWidget):
    """Draws what is drawn over, and draws on where a pen is in hand.

    Args:
        notes: The strokes and the tool.
        themes: The look.
        lens: What the magnifier shows; None where there is nothing to enlarge.
        mirror: Whether it lies on the speaker's mirror: the pointer over it is the audience's dot.
        parent: What it lies over.
    """

    def __init__(
        self,
        notes: Annotations,
        themes: HallThemes,
        lens: Lens | None,
        parent: QWidget,
        *,
        mirror: bool = False,
    ) -> None:
        super().__init__(parent)
        self._notes, self._themes, self._lens, self._mirror = notes, themes, lens, mirror
        self.picture_size = QSize()
        """Of what lies under it; empty where that fills it."""
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TabletTracking)
        self.setAccessibleName("Drawn over the step")
        notes.changed.connect(self.update)
        notes.tool_changed.connect(self._follow_tool)
        self._follow_tool()

    @property
    def area(self) -> QRectF:
        """Where the picture lies, in pixels."""
        return fitted(self.picture_size, QRectF(self.rect()))

    def _follow_tool(self) -> None:
        in_hand = self._notes.tool is not Tool.NONE
        through = Qt.WidgetAttribute.WA_TransparentForMouseEvents
        self.setAttribute(through, not in_hand and not self._mirror)
        pen = self._notes.tool is Tool.PEN
        self.setCursor(Qt.CursorShape.CrossCursor if pen else Qt.CursorShape.ArrowCursor)
        self.update()

    # -- the hand ---------------------------------------------------------------------------------

    def _put(self, kind: QEvent.Type, at: QPointF, pressure: float, *, down: bool) -> None:
        notes, share = self._notes, to_share(at, self.area)
        types = QEvent.Type
        if kind in (types.MouseButtonPress, types.TabletPress) and notes.tool is Tool.PEN:
            notes.begin(share, pressure)
        elif kind in (types.MouseButtonRelease, types.TabletRelease):
            notes.end()
        elif down and notes.tool is Tool.PEN:
            notes.extend(share, pressure)
        notes.point_at(share, dot=self._mirror and notes.tool is Tool.NONE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the pen down."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._put(event.type(), event.position(), 1.0, down=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw, or move what follows the pointer."""
        down = bool(event.buttons() & Qt.MouseButton.LeftButton)
        self._put(event.type(), event.position(), 1.0, down=down)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lift the pen."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._put(event.type(), event.position(), 1.0, down=False)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw as hard as one presses."""
        down = event.buttons() != Qt.MouseButton.NoButton
        self._put(event.type(), event.position(), max(0.15, event.pressure()), down=down)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Take away what follows the pointer."""
        self._notes.point_at(None)
        super().leaveEvent(event)

    # -- painting ---------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw strokes first, then what follows the pointer."""
        notes, area, theme = self._notes, self.area, self._themes.theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for stroke in notes.strokes:
                paint_stroke(painter, stroke, area, theme)
            if notes.pointer is None:
                return
            if notes.tool is Tool.SPOTLIGHT:
                shade = QColor("#000000")
                shade.setAlphaF(_DIM)
                light = circle(notes.pointer, notes.radius, area)
                painter.fillPath(dimmed(area, light), shade)
            elif notes.tool is Tool.MAGNIFIER:
                self._paint_lens(painter, area, notes.pointer)
            elif notes.dot:
                painter.setPen(QPen(QColor("#FFFFFF"), 2))
                painter.setBrush(QColor("#E0202A"))
                painter.drawEllipse(circle(notes.pointer, _DOT_RADIUS, area))

    def _paint_lens(self, painter: QPainter, area: QRectF, pointer: QPointF) -> None:
        lens = circle(pointer, LENS_RADIUS, area)
        source = magnified(lens, self._notes.factor)
        picture = self._lens(source, lens.size().toSize()) if self._lens is not None else None
        if picture is None:
            return
        round_path = QPainterPath()
        round_path.addEllipse(lens)
        painter.save()
        painter.setClipPath(round_path)
        painter.drawPixmap(lens.toRect(), picture)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._themes.theme.accent), max(2.0, area.height() / 360)))
        painter.drawEllipse(lens)


def ink(name: str, theme: Theme) -> str:
    """Return the colour of the theme that a stroke's colour stands for."""
    colour = getattr(theme, name)
    return colour if isinstance(colour, str) else str(colour.colour)


def paint_stroke(painter: QPainter, stroke: Stroke, area: QRectF, theme: Theme) -> None:
    """Draw a stroke on an area; with an edge, so that it is seen on what has its own colour."""
    points = [to_point(point, area) for point in stroke.points]
    width = stroke.width * area.height()
    round_ends = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    solid = Qt.PenStyle.SolidLine
    for colour, factor in ((theme.surface, _HALO), (ink(stroke.colour, theme), 1.0)):
        pressed = min(stroke.pressures) < 1.0
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not pressed:
            painter.setPen(QPen(QColor(colour), width * factor, solid, *round_ends))
            _draw_line(painter, points)
            continue
        for at in range(max(1, len(points) - 1)):
            wide = width * factor * (0.3 + 1.2 * stroke.pressures[at])
            painter.setPen(QPen(QColor(colour), wide, solid, *round_ends))
            _draw_line(painter, points[at : at + 2])


def _draw_line(painter: QPainter, points: list[QPointF]) -> None:
    if len(points) == 1:
        painter.drawPoint(points[0])
        return
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    painter.drawPath(path)
