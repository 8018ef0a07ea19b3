"""The overview over the timeline: the whole run on a few lines, and a window on what is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.geometry.axis import Axis, View
from gui.geometry.marks import visible_marks
from gui.geometry.minimap import Grip, dragged, grip_at
from gui.widgets.plots.margins import axis_across
from gui.widgets.timeline.colours import Palette
from gui.widgets.timeline.lanes import draw_hit_ticks
from gui.widgets.timeline.overlay import draw_bars, mark_colour
from gui.widgets.timeline.scene import Look, coverage_image
from gui.widgets.wheel import turn

if TYPE_CHECKING:
    from gui.search import Search
    from gui.session import Session
    from gui.theme import ThemeManager
    from gui.viewport import Viewport
    from gui.widgets.timeline.model import TimelineModel

HEIGHT_PX, PAD_PX, MARKS_PX = 58, 5, 9
_REACH_PX = 5.0
_CURSORS = {
    "left": Qt.CursorShape.SizeHorCursor,
    "right": Qt.CursorShape.SizeHorCursor,
    "window": Qt.CursorShape.OpenHandCursor,
    "outside": Qt.CursorShape.CrossCursor,
}


class Minimap(QWidget):
    """The whole run. A drag moves the window or its edges, or draws a new one.

    Args:
        session: What is shown.
        viewport: What is in view below.
        model: Its spans and marks.
        search: Whose hits are shown.
        themes: The theme in force.
    """

    def __init__(
        self,
        session: Session,
        viewport: Viewport,
        model: TimelineModel,
        search: Search,
        themes: ThemeManager,
    ) -> None:
        super().__init__()
        self._session, self._viewport, self._model = session, viewport, model
        self._search, self._themes = search, themes
        self._picture: QImage | None = None
        self._picture_key: object = None
        self._grip: Grip | None = None
        self._pressed, self._start = 0.0, View(0, 1)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Overview of the run")
        for changed in (
            viewport.changed, search.changed, session.range_changed, session.position_changed,
        ):  # fmt: skip
            changed.connect(self.update)
        for changed in (model.changed, themes.changed):
            changed.connect(self._renew)

    @property
    def axis(self) -> Axis:
        """The whole run, and where it lies in the widget."""
        return axis_across(self._viewport.bounds, self.width(), self._themes.metrics)

    def sizeHint(self) -> QSize:
        """Return room for the calls and the marks under them."""
        return QSize(self._themes.metrics.px(400), self._themes.metrics.chrome(HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:
        """Return the height it needs."""
        return QSize(self._themes.metrics.px(200), self.sizeHint().height())

    def _renew(self) -> None:
        self._picture = None
        self.updateGeometry()
        self.update()

    # -- the mouse ------------------------------------------------------------------------

    def _grip_at(self, x: float) -> Grip:
        return grip_at(self.axis, self._viewport.view, x, _REACH_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the window, of an edge of it, or begin a new one."""
        if event.button() is not Qt.MouseButton.LeftButton or self._session.trace is None:
            event.ignore()
            return
        self._grip = self._grip_at(event.position().x())
        self._pressed = self.axis.value_at(event.position().x())
        self._start = self._viewport.view
        if self._grip == "window":
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was taken hold of."""
        x = event.position().x()
        if self._grip is None:
            self.setCursor(_CURSORS[self._grip_at(x)])
            return
        now = self.axis.value_at(x)
        view = dragged(self._grip, self._start, self._pressed, now, self._viewport.bounds)
        if view.width * self.axis.pixels_a_unit >= 1:
            self._viewport.drag_to(view.first, view.last)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click beside the window brings it there."""
        if event.button() is not Qt.MouseButton.LeftButton or self._grip is None:
            return
        grip, self._grip = self._grip, None
        now = self.axis.value_at(event.position().x())
        if grip == "outside" and abs(now - self._pressed) * self.axis.pixels_a_unit < 3:
            self._viewport.move_to(now - self._viewport.view.width / 2)
        self.setCursor(_CURSORS[self._grip_at(event.position().x())])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole run."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._viewport.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom what is in view, around the point under the mouse."""
        turn(event, self.axis, self._viewport)

    # -- painting -------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the run for the new width."""
        super().resizeEvent(event)
        self._picture = None

    def _drawn(self) -> QImage | None:
        """Return the whole run, a line a row."""
        index = self._model.index
        if index is None or not len(index):
            return None
        if self._picture is None or self._picture_key != (index, self._viewport.mode):
            axis = self.axis
            columns = max(1, round(axis.width * self.devicePixelRatioF()))
            seen = index.coverage(range(index.n_rows), axis.edges(columns))
            palette = Palette(self._themes.theme, self._model.colouring)
            look = Look(self._themes.theme, self._themes.metrics, palette)
            self._picture = coverage_image(seen, look)
            self._picture_key = (index, self._viewport.mode)
        return self._picture

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the run, what is in view, the marks and the playhead."""
        theme, px, axis = self._themes.theme, self._themes.metrics.chrome, self.axis
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.window))
            picture = self._drawn()
            if picture is None:
                return
            foot = self.height() - px(PAD_PX) - px(MARKS_PX)
            area = QRectF(axis.left, px(PAD_PX), axis.width, foot - px(PAD_PX))
            painter.fillRect(area, QColor(theme.surface))
            smooth = picture.height() > area.height()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(area, picture)
            self._draw_marks(painter, axis, QRectF(axis.left, foot, axis.width, px(MARKS_PX)))
            band = QRectF(area.left(), area.top() - 3, area.width(), 7)
            draw_hit_ticks(painter, axis, self._search, self._model, band, theme)
            self._draw_window(painter, axis, area)
            self._draw_cursor(painter, axis, area)
            painter.setPen(QPen(QColor(theme.muted), 1))
            painter.setFont(self._themes.metrics.frame().ui("caption"))
            room = QRectF(px(12), area.top(), axis.left - px(20), area.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, "Whole run")

    def _draw_marks(self, painter: QPainter, axis: Axis, band: QRectF) -> None:
        # No room is enough for symbols here: all are bars.
        for lane in visible_marks(axis, self._model.marks, float("inf")):
            draw_bars(painter, lane, band, mark_colour(self._themes.theme, lane.lane), 255)

    def _draw_window(self, painter: QPainter, axis: Axis, area: QRectF) -> None:
        theme, view = self._themes.theme, self._viewport.view
        if self._session.range is not None:
            first, last = self._session.range
            left = axis.x_of(self._viewport.value_of(first))
            right = axis.x_of(self._viewport.cell(last)[1])
            painter.fillRect(
                QRectF(left, area.bottom() - 3, max(2.0, right - left), 3), QColor(theme.accent)
            )
        left, right = axis.x_of(view.first), axis.x_of(view.last)
        dim = QColor(theme.window)
        dim.setAlpha(165)
        painter.fillRect(QRectF(area.left(), area.top(), left - area.left(), area.height()), dim)
        painter.fillRect(QRectF(right, area.top(), area.right() - right, area.height()), dim)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        middle, half = (left + right) / 2, max(right - left, 3.0) / 2
        painter.drawRect(QRectF(middle - half, area.top() - 1, 2 * half, area.height() + 2))

    def _draw_cursor(self, painter: QPainter, axis: Axis, area: QRectF) -> None:
        x = axis.x_of(self._viewport.middle_of(self._session.position))
        painter.setPen(QPen(QColor(self._themes.theme.text), 1.5))
        painter.drawLine(QPointF(x, area.top() - 3), QPointF(x, area.bottom() + 3))
