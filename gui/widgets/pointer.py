"""How a lesson points at something: a ring, and an arrow whose tip touches it; or a whole panel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QRegion
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.theme import Metrics, Theme, ThemeManager

_NARROW = 6.0
"""An arrow beside a place less than so many times its size would cover what it points at."""


def wanted(highlights: Iterable[str], kind: str) -> tuple[str, ...]:
    """Return what highlights name of a kind: of ``function:kmalloc`` and "function" kmalloc."""
    found = (each.partition(":") for each in highlights)
    return tuple(name for its_kind, _, name in found if its_kind == kind)


def draw_pointer(
    painter: QPainter, box: QRectF, theme: Theme, metrics: Metrics, *, arrow: bool = True
) -> None:
    """Draw a ring around a place, and an arrow at its right end, or below a narrow one.

    Args:
        painter: Where to; its pen and brush are left changed.
        box: The place.
        theme: The theme in force.
        metrics: The sizes in force.
        arrow: Whether there is an arrow; where many places are meant one arrow is enough.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = max(2.0, metrics.px(5) / 2)
    radius = min(metrics.px(8), box.height() / 3)
    ring = box.adjusted(-line / 2, -line / 2, line / 2, line / 2)
    # A rim of the ground's colour parts the ring from whatever is beside it.
    for width, colour in ((2 * line, theme.surface), (line, theme.focus)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawRoundedRect(ring, radius, radius)
    if arrow:
        _draw_arrow(painter, ring, theme, metrics)


def _draw_arrow(painter: QPainter, ring: QRectF, theme: Theme, metrics: Metrics) -> None:
    half = min(float(metrics.px(9)), ring.height() / 2 + metrics.px(3))
    if ring.width() < _NARROW * half:
        x, y = ring.center().x(), ring.bottom() + 1
        corners = [(x, y), (x - half, y + 1.5 * half), (x + half, y + 1.5 * half)]
    else:
        x, y = ring.right() - half * 0.9, ring.center().y()
        corners = [(x, y), (x + 1.5 * half, y - half), (x + 1.5 * half, y + half)]
    arrow = QPolygonF([QPointF(*corner) for corner in corners])
    painter.setPen(QPen(QColor(theme.surface), 2, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QColor(theme.focus))
    painter.drawPolygon(arrow)
    painter.setBrush(Qt.BrushStyle.NoBrush)


class PanelRing(QWidget):
    """A ring around a whole panel, drawn inside of its edges: nothing moves for it.

    Args:
        panel: What is pointed at.
        themes: The theme in force.
    """

    def __init__(self, panel: QWidget, themes: ThemeManager) -> None:
        super().__init__(panel)
        self._panel, self._themes = panel, themes
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("The lesson points at this panel")
        panel.installEventFilter(self)
        themes.changed.connect(self._fit)
        self._fit()
        self.show()

    @property
    def line_px(self) -> float:
        """How thick the ring is."""
        return max(2.0, self._themes.metrics.px(5) / 2)

    def remove(self) -> None:
        """Point no more."""
        self._panel.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay around the panel, and over what it gets later."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ChildAdded, QEvent.Type.Show):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        self.setGeometry(self._panel.rect())
        edge = round(2 * self.line_px) + 2
        inside = self.rect().adjusted(edge, edge, -edge, -edge)
        # What is inside of the ring is painted as if there were none.
        self.setMask(QRegion(self.rect()) - QRegion(inside))
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring."""
        theme, metrics, line = self._themes.theme, self._themes.metrics, self.line_px
        box = QRectF(self.rect()).adjusted(1.5 * line, 1.5 * line, -1.5 * line, -1.5 * line)
        with QPainter(self) as painter:
            draw_pointer(painter, box, theme, metrics, arrow=False)
