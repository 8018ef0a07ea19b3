"""What stands over the rows of the map and does not scroll: title, legend, bytes of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.widgets.layout.map_legend import Legend, present
from gui.widgets.layout.map_paint import header_px, paint_header
from gui.widgets.stack.style import LEFT

if TYPE_CHECKING:
    from gui.geometry.map_grid import Grid
    from gui.widgets.layout.map_scene import MapScene
    from gui.widgets.layout.map_style import MapStyle
    from gui.widgets.layout.map_view import MapView

HEAD_SHARE = 0.4
"""How much of the height of a map its title and legend may take."""


class MapHead:
    """The head of a map in a width.

    Args:
        scene: What the map shows.
        style: Theme and scale.
        width_px: Width of the map.
        most_px: Height it may have; the legend is left out where that is too low, then the title.
        aside_px: Room at the right of the title that is left to others.

    Attributes:
        height_px: Height of all of it.
    """

    def __init__(
        self,
        scene: MapScene,
        style: MapStyle,
        width_px: int,
        most_px: float = float("inf"),
        aside_px: int = 0,
    ) -> None:
        self._scene, self._style, self._width_px = scene, style, width_px
        margin = style.sizes.margin_px
        self._room = width_px - 2 * margin - aside_px
        self.legend = Legend(style, width_px - 2 * margin, present(scene.contents))
        wide = style.small_bold.width(scene.title) + self.legend.width_px + 3 * margin
        self._beside = wide <= self._room and len(self.legend.rows) == 1
        strip, title = header_px(style), self.legend.row_px + style.px(6)
        both = title + (0 if self._beside else self.legend.height_px)
        self.has_legend = both + strip <= most_px
        self.has_title = self.has_legend or title + strip <= most_px
        self._upper_px = both if self.has_legend else title if self.has_title else 0
        self.height_px = self._upper_px + strip

    def paint(self, painter: QPainter, grid: Grid) -> None:
        """Paint it over a grid, from the painter's origin on."""
        style, margin, top = self._style, self._style.sizes.margin_px, self._style.px(3)
        painter.fillRect(QRectF(0, 0, self._width_px, self.height_px), QColor(style.theme.surface))
        row = self.legend.row_px
        if self.has_title:
            painter.setFont(style.small_bold.font)
            painter.setPen(QColor(style.theme.text))
            title = style.small_bold.cut(self._scene.title, self._room)
            painter.drawText(QRectF(margin, top, self._room, row), LEFT, title)
        if self.has_legend:
            left = margin + self._room - self.legend.width_px if self._beside else margin
            self.legend.paint(painter, left, top + (0 if self._beside else row))
        painter.save()
        painter.translate(0, self._upper_px)
        paint_header(painter, grid, style, self._width_px)
        painter.restore()


class HeadWidget(QWidget):
    """What stands over the rows and does not scroll; the mouse goes past it."""

    def __init__(self, view: MapView) -> None:
        super().__init__(view)
        self._view = view
        self.has_title = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def height_for(self, size: QSize) -> int:
        """Return how high it is on a map of a size."""
        made = self._made(size)
        self.has_title = made is not None and made.has_title
        return made.height_px if made is not None else 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it all."""
        made, grid = self._made(self._view.size()), self._view.grid
        if made is not None and grid is not None:
            with QPainter(self) as painter:
                made.paint(painter, grid)

    def _made(self, size: QSize) -> MapHead | None:
        scene, style = self._view.scene, self._view.style_now
        most_px = size.height() * HEAD_SHARE
        if scene is None:
            return None
        aside = self._view.buttons.width() + style.px(6)
        return MapHead(scene, style, size.width(), most_px, aside)
