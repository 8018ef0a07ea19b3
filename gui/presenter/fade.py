"""The text of one step fades into that of the next; without motion it is a cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QPoint, QRect, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.presenter.hall import HallThemes

FADE_MS = 160


class Fade(QWidget):
    """A picture of what was there before, on its way out.

    Args:
        themes: Whether anything may move.
        parent: What it lies over.
    """

    def __init__(self, themes: HallThemes, parent: QWidget) -> None:
        super().__init__(parent)
        self._themes = themes
        self._over, self._before = parent, QPixmap()
        self._left = 0.0
        self._move = QVariantAnimation(self, startValue=1.0, endValue=0.0)
        self._move.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._move.valueChanged.connect(self._show)
        self._move.finished.connect(self.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether something is on its way out."""
        return self._move.state() is QVariantAnimation.State.Running

    def begin(self, what: QWidget) -> None:
        """Fade from what a widget shows now to what it is about to show."""
        duration = self._themes.duration_ms(FADE_MS)
        self.stop()
        if duration and what.width() > 0:
            self._before, self._left = self._picture(what), 1.0
            self.setGeometry(QRect(what.mapTo(self._over, QPoint(0, 0)), what.size()))
            self._move.setDuration(duration)
            self.show()
            self._move.start()

    def _picture(self, what: QWidget) -> QPixmap:
        """Return what a widget shows, on the ground it lies on."""
        ratio = self.devicePixelRatioF()
        made = QPixmap(what.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(QColor(self._themes.theme.surface))
        with QPainter(made) as painter:
            children = QWidget.RenderFlag.DrawChildren
            what.render(painter, QPoint(0, 0), renderFlags=children)
        return made

    def stop(self) -> None:
        """Be done at once."""
        self._move.stop()
        self.hide()

    def _show(self, left: float) -> None:
        self._left = left
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what is left of it."""
        with QPainter(self) as painter:
            painter.setOpacity(self._left)
            painter.drawPixmap(0, 0, self._before)
