"""Two buttons over the map for those who do not know its keys: nearer, and further off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from gui.geometry.map_grid import Zoom

if TYPE_CHECKING:
    from gui.theme import ThemeManager

_RADIUS_PX = 4


class ZoomButtons(QWidget):
    """Minus and plus.

    Args:
        themes: The theme in force.
        zoom_by: Called with -1 or 1.
        parent: The Qt parent.
    """

    def __init__(
        self, themes: ThemeManager, zoom_by: Callable[[int], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.further, self.nearer = _Sign(themes, plus=False), _Sign(themes, plus=True)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for button, step in ((self.further, -1), (self.nearer, 1)):
            button.clicked.connect(partial(_clicked, zoom_by, step))
            row.addWidget(button)
        self.further.setToolTip("See more at once (−); 0 shows the whole struct")
        self.nearer.setToolTip("Look nearer (+): names, types, bits")
        self.further.setAccessibleName("See more of the struct at once")
        self.nearer.setAccessibleName("Look nearer")

    def show_zoom(self, zoom: Zoom) -> None:
        """Offer only what there is."""
        self.further.setEnabled(zoom > Zoom.OVERVIEW)
        self.nearer.setEnabled(zoom < Zoom.BITS)

    def dress(self, height_px: int, gap_px: int) -> None:
        """Take on the scale in force, in a line of the head."""
        self._row.setSpacing(gap_px)
        for button in (self.further, self.nearer):
            button.setFixedSize(round(height_px * 1.3), height_px)
            button.update()
        self.adjustSize()


class _Sign(QAbstractButton):
    """A button that says + or −; the keys of the map do the same."""

    def __init__(self, themes: ThemeManager, *, plus: bool) -> None:
        super().__init__()
        self._themes, self._plus = themes, plus
        # The map has the keyboard, and + and - of its own.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return the size it was given."""
        return self.minimumSize()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the sign on its plate."""
        theme, metrics, on = self._themes.theme, self._themes.metrics, self.isEnabled()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.outline if on else theme.border), 1))
            painter.setBrush(QColor(theme.hover if on and self.underMouse() else theme.surface))
            plate = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(plate, metrics.px(_RADIUS_PX), metrics.px(_RADIUS_PX))
            painter.setPen(QPen(QColor(theme.text if on else theme.disabled), metrics.px(1.5)))
            middle, half = plate.center(), metrics.px(4)
            painter.drawLine(middle - QPointF(half, 0), middle + QPointF(half, 0))
            if self._plus:
                painter.drawLine(middle - QPointF(0, half), middle + QPointF(0, half))


def _clicked(zoom_by: Callable[[int], object], step: int, _checked: bool = False) -> None:
    zoom_by(step)
