"""What the audience sees, small, for the speaker to point at and to draw on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.presenter.geometry import fitted
from gui.presenter.layer import AnnotationLayer

if TYPE_CHECKING:
    from gui.presenter.annotations import Annotations
    from gui.presenter.hall import HallThemes


class Mirror(QWidget):
    """A picture of the audience's screen with what is drawn over.

    Args:
        notes: What is drawn over.
        themes: The look of the hall.
    """

    def __init__(self, notes: Annotations, themes: HallThemes) -> None:
        super().__init__()
        self._themes = themes
        self._picture = QPixmap()
        self._blank = ""
        self.layer = AnnotationLayer(notes, themes, self._enlarged, self, mirror=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What the audience sees")

    def show_picture(self, picture: QPixmap, blank: str = "") -> None:
        """Show another picture; ``blank`` is the colour of a screen with nothing on it."""
        self._picture, self._blank = picture, blank
        self.layer.picture_size = picture.size()
        self.layer.update()
        self.update()

    def _enlarged(self, source: QRectF, size: QSize) -> QPixmap | None:
        area = self.layer.area
        if self._picture.isNull() or area.isEmpty():
            return None
        share = self._picture.width() / area.width()
        part = QRectF(
            (source.left() - area.left()) * share, (source.top() - area.top()) * share,
            source.width() * share, source.height() * share,
        )  # fmt: skip
        return self._picture.copy(part.toRect()).scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )

    def sizeHint(self) -> QSize:
        """Return a size at which text can still be read."""
        return QSize(640, 360)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which the step can still be told."""
        return QSize(240, 135)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the sheet cover it."""
        super().resizeEvent(event)
        self.layer.setGeometry(self.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture in the middle, with a frame."""
        theme, area = self._themes.theme, fitted(self._picture.size(), QRectF(self.rect()))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(area.toRect(), self._picture)
            if self._blank:
                shade = QColor(self._blank)
                shade.setAlphaF(0.8)
                painter.fillRect(area, shade)
                painter.setPen(QColor("#FFFFFF" if self._blank == "black" else "#000000"))
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, f"The screen is {self._blank}")
            painter.setPen(QColor(theme.outline))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
