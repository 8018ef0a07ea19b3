"""What work in progress looks like: a line of words, a bar below it, and the way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gui.icons import icon
from gui.theme import ThemeManager


class ProgressCard(QWidget):
    """A strip, or a card that floats at the foot of another widget, so that nothing moves.

    Whoever builds on it says what ``share`` is and how wide the card wants to be.

    Args:
        themes: The theme in force.
        text: Shows the words.
        patience_ms: How long work must last before it shows.
        over: What to float over; None for a strip.
        parent: The Qt parent of a strip.
    """

    def __init__(
        self,
        themes: ThemeManager,
        text: QLabel,
        patience_ms: int,
        over: QWidget | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(over or parent)
        self._themes, self._over, self.text = themes, over, text
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.cancel_button)
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._patience.timeout.connect(self._appear)
        themes.changed.connect(self._dress)
        if over is not None:
            over.installEventFilter(self)
        self.hide()
        self._dress()

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        raise NotImplementedError

    def wanted_width(self) -> int:
        """Return how wide the card is where there is room."""
        return self.sizeHint().width()

    def end(self) -> None:
        """The work is over, however it ended."""
        self._patience.stop()
        self.hide()

    def _appear(self) -> None:
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of what it floats over."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        px, host = self._themes.metrics.chrome, self._over
        if host is None:
            return
        edge, height = px(16), self._row.sizeHint().height()
        width = max(1, min(self.wanted_width(), host.width() - 2 * edge))
        self.setGeometry((host.width() - width) // 2, host.height() - height - edge, width, height)

    def _dress(self) -> None:
        metrics, theme = self._themes.metrics.frame(), self._themes.theme
        px = metrics.px
        self._row.setContentsMargins(px(16), px(8), px(8), px(8 + 6))
        self._row.setSpacing(px(12))
        self.text.setFont(metrics.ui())
        self.cancel_button.setFont(metrics.ui())
        side = px(16)
        self.cancel_button.setIcon(icon("cancel", theme, side, ratio=self.devicePixelRatioF()))
        self.cancel_button.setIconSize(QSize(side, side))
        if self.isVisible():
            self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card and the bar along its foot."""
        theme, px = self._themes.theme, self._themes.metrics.chrome
        card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        thick = px(4)
        groove = QRectF(px(12), self.height() - px(5) - thick, self.width() - px(24), thick)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(theme.raised))
            if self._over is not None:
                painter.setPen(QPen(QColor(theme.outline), 1))
                painter.drawRoundedRect(card, px(10), px(10))
            else:
                painter.fillRect(self.rect(), QColor(theme.window))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.pressed))
            painter.drawRoundedRect(groove, thick / 2, thick / 2)
            groove.setWidth(max(thick, groove.width() * self.share))
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(groove, thick / 2, thick / 2)
