"""One step fades into the next; without motion it is a cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.presenter.hall import HallThemes

FADE_MS = 160


class Fade(QWidget):
    """The picture of the step before, over the new one, on its way out.

    Args:
        themes: Whether anything may move.
        parent: What it lies over.
    """

    def __init__(self, themes: HallThemes, parent: QWidget) -> None:
        super().__init__(parent)
        self._themes = themes
        self._before = QPixmap()
        self._left = 0.0
        self._move = QVariantAnimation(self, startValue=1.0, endValue=0.0)
        self._move.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._move.valueChanged.connect(self._show)
        self._move.finished.connect(self.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether a step is on its way out."""
        return self._move.state() is QVariantAnimation.State.Running

    def begin(self, before: QPixmap) -> None:
        """Fade from a picture to what is under it."""
        duration = self._themes.duration_ms(FADE_MS)
        self._move.stop()
        self.hide()
        if duration and not before.isNull():
            self._before, self._left = before, 1.0
            self._move.setDuration(duration)
            self.show()
            self._move.start()

    def stop(self) -> None:
        """Be done at once."""
        self._move.stop()
        self.hide()

    def _show(self, left: float) -> None:
        self._left = left
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what is left of the step before."""
        with QPainter(self) as painter:
            painter.setOpacity(self._left)
            painter.drawPixmap(self.rect(), self._before)
