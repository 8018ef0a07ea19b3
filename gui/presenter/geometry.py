"""Where on a picture of the audience's screen things lie. Nothing here paints."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainterPath


def to_share(point: QPointF, area: QRectF) -> QPointF:
    """Return a point as shares of an area, kept inside of it."""
    x = (point.x() - area.left()) / max(1.0, area.width())
    y = (point.y() - area.top()) / max(1.0, area.height())
    return QPointF(max(0.0, min(x, 1.0)), max(0.0, min(y, 1.0)))


def to_point(share: QPointF, area: QRectF) -> QPointF:
    """Return where shares of an area are, in pixels."""
    return QPointF(area.left() + share.x() * area.width(), area.top() + share.y() * area.height())


def circle(share: QPointF, radius: float, area: QRectF) -> QRectF:
    """Return the square around a circle.

    Args:
        share: The middle, as shares of the area.
        radius: As a share of the area's height.
        area: In pixels.
    """
    reach = radius * area.height()
    middle = to_point(share, area)
    return QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)


def dimmed(area: QRectF, light: QRectF) -> QPainterPath:
    """Return an area without a circle in it."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    path.addRect(area)
    hole = QPainterPath()
    hole.addEllipse(light)
    return path.subtracted(hole)


def magnified(lens: QRectF, factor: float) -> QRectF:
    """Return the part of a picture that a lens shows: its own middle, so many times smaller."""
    size = QSizeF(lens.width() / factor, lens.height() / factor)
    middle = lens.center()
    return QRectF(
        middle.x() - size.width() / 2, middle.y() - size.height() / 2, size.width(), size.height()
    )


def fitted(picture: QSize, area: QRectF) -> QRectF:
    """Return where a picture lies in an area: as large as fits, in its middle."""
    if picture.isEmpty() or area.isEmpty():
        return QRectF(area)
    size = QSizeF(picture).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left = area.left() + (area.width() - size.width()) / 2
    top = area.top() + (area.height() - size.height()) / 2
    return QRectF(QPointF(left, top), size)
