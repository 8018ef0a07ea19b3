"""The curve of the staircase with its axes: the only place that knows the plotting library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from core.layout.staircase import Step
    from gui.theme import Metrics, Theme

MOST_BYTES = 1024
"""How far the axis goes: as far as ``core.layout.staircase.staircase`` looks."""
_LEAST_BYTES = 96
_ROOM_ABOVE = 1.22
"""Room over the highest step, for labels."""


class StaircasePlot:
    """A plot widget with the steps in it, made when it is needed: the import takes half a second.

    Args:
        hovered: Called with the bytes added under the mouse, or -1 off the plot.
        ranged: Called when another part is in view.
        paint_over: Paints over the plot, in the pixels of its viewport.
    """

    def __init__(
        self,
        hovered: Callable[[float], None],
        ranged: Callable[[], None],
        paint_over: Callable[[QPainter, QRectF], None],
    ) -> None:
        import pyqtgraph as pg

        self._hovered = hovered
        self.widget: Any = pg.PlotWidget(enableMenu=False)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.widget.hideButtons()
        self.widget.setFrameShape(self.widget.Shape.NoFrame)
        self._box = self.widget.getViewBox()
        # The wheel and the drag go along the axis of bytes; that of the cost always fits.
        self._box.setMouseEnabled(x=True, y=False)
        self._box.sigRangeChanged.connect(lambda *_range: ranged())
        self._curve = pg.PlotCurveItem(x=[0, 1], y=[0], stepMode="center", fillLevel=0)
        self.widget.addItem(self._curve)
        self.widget.getPlotItem().setLabel("bottom", "bytes added")
        self.widget.scene().sigMouseMoved.connect(self._hover)
        self.overlay = _Overlay(self.widget.viewport(), paint_over)

    def show_steps(self, steps: Sequence[Step], cost: str) -> None:
        """Draw other steps.

        Args:
            steps: The staircase.
            cost: What its height is, for the axis.
        """
        self.widget.getPlotItem().setLabel("left", cost)
        starts = [float(step.added_bytes) for step in steps]
        end = max(float(MOST_BYTES), starts[-1] + 1.0)
        self._curve.setData(x=[*starts, end], y=[step.bytes_per_task for step in steps])
        top = max(step.bytes_per_task for step in steps) * _ROOM_ABOVE
        self._box.setLimits(xMin=-end / 40, xMax=end * 1.02, minXRange=8, yMin=0, yMax=top)
        self._box.setYRange(0, top, padding=0)

    def show_to(self, most_bytes: float) -> None:
        """Show the steps from nothing added to so many bytes."""
        most = min(max(most_bytes, _LEAST_BYTES), MOST_BYTES)
        self._box.setXRange(-most / 40, most, padding=0)

    def see(self, added_bytes: float) -> None:
        """Bring a place of the axis into view."""
        low, high = self._box.viewRange()[0]
        if not low <= added_bytes <= high:
            half = (high - low) / 2
            self._box.setXRange(added_bytes - half, added_bytes + half, padding=0)

    def in_view(self) -> tuple[float, float]:
        """Return the first and the last byte added that are in view."""
        low, high = self._box.viewRange()[0]
        return low, high

    def zoom(self, factor: float) -> None:
        """Show so many times as much."""
        self._box.scaleBy(x=factor)

    def area(self) -> QRectF:
        """Return the inside of the plot, in the pixels of its viewport."""
        return QRectF(self.widget.mapFromScene(self._box.sceneBoundingRect()).boundingRect())

    def to_pixels(self, added_bytes: float, bytes_per_task: float) -> QPointF:
        """Return the pixel of the viewport for a point of the staircase."""
        at = self._box.mapViewToScene(QPointF(added_bytes, bytes_per_task))
        return QPointF(self.widget.viewportTransform().map(at))

    def render(self, painter: QPainter, target: QRectF) -> None:
        """Paint the curve and its axes."""
        self.widget.render(painter, target, self.widget.viewport().rect())

    def dress(self, theme: Theme, metrics: Metrics) -> None:
        """Take on a theme and a scale."""
        self.widget.setBackground(theme.surface)
        pen = QPen(QColor(theme.accent), metrics.px(2))
        pen.setCosmetic(True)
        self._curve.setPen(pen)
        self._curve.setBrush(QColor(theme.accent_soft))
        item = self.widget.getPlotItem()
        for side in ("bottom", "left"):
            axis = item.getAxis(side)
            axis.setPen(QColor(theme.outline))
            axis.setTextPen(QColor(theme.text))
            axis.setTickFont(metrics.ui("caption"))
            axis.label.setFont(metrics.ui("caption"))
            axis.setStyle(tickTextOffset=metrics.px(4))
            axis.enableAutoSIPrefix(False)
        # The last number of an axis stands half beyond its end.
        item.layout.setContentsMargins(0, metrics.px(8), metrics.px(16), 0)
        item.getAxis("left").setWidth(metrics.px(64))
        item.getAxis("bottom").setHeight(metrics.px(40))

    def _hover(self, at: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(at)
        self._hovered(self._box.mapSceneToView(at).x() if inside else -1.0)


class _Overlay(QWidget):
    """Lies over the plot and leaves the mouse to it."""

    def __init__(self, over: QWidget, paint: Callable[[QPainter, QRectF], None]) -> None:
        super().__init__(over)
        self._paint = paint
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(over.rect())
        over.installEventFilter(self)
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of what is below."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what lies over the plot."""
        with QPainter(self) as painter:
            self._paint(painter, QRectF(self.rect()))
