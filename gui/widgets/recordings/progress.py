"""A file being read: how far, how fast, and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.icons import icon
from gui.widgets.recordings.words import size_text
from gui.widgets.source import ElidedLabel

if TYPE_CHECKING:
    from gui.recording_session import RecordingSession
    from gui.theme import ThemeManager

PATIENCE_MS = 500
"""A file that is read sooner shows nothing: a flash would only disturb."""
_LEAST_SECONDS = 0.05
_WIDE_PX = 520


class ReadingProgress(QWidget):
    """A card that floats at the foot of another widget while a file is read.

    Args:
        session: What reads, and stops it.
        themes: The theme in force.
        over: What to float over.
        patience_ms: How long a file must take before it shows.
        clock: Seconds; for the speed.
    """

    def __init__(
        self,
        session: RecordingSession,
        themes: ThemeManager,
        over: QWidget,
        patience_ms: int = PATIENCE_MS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(over)
        self._themes, self._over, self._clock = themes, over, clock
        self._name, self._began, self._read, self._total = "", 0.0, 0, 0
        self.text = ElidedLabel()
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.setToolTip("Stop reading; what was open stays  (Esc)")
        self.cancel_button.clicked.connect(session.cancel)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.cancel_button)
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._patience.timeout.connect(self._appear)
        session.reading_started.connect(self._start)
        session.progressed.connect(self._progress)
        session.reading_ended.connect(self._end)
        themes.changed.connect(self._dress)
        over.installEventFilter(self)
        self.setAccessibleName("Reading a recording")
        self.hide()
        self._dress()
        if session.reader.path is not None:
            # The first file is read while the workspace is built for it.
            self._start(session.reader.path)

    @property
    def share(self) -> float:
        """How much of the file is read, 0 to 1."""
        return min(1.0, self._read / self._total) if self._total else 0.0

    def _start(self, path: Path) -> None:
        self._name, self._began = path.name, self._clock()
        self._read = self._total = 0
        self._patience.start()
        self._say()

    def _progress(self, read: int, total: int) -> None:
        self._read, self._total = read, total
        self._say()

    def _end(self) -> None:
        self._patience.stop()
        self.hide()

    def _appear(self) -> None:
        self._place()
        self.show()
        self.raise_()

    def words(self) -> str:
        """Return how far it is and how fast: of the file as it lies on the disk, packed or not."""
        if not self._read:
            return f"Reading {self._name}…"
        parts = [f"{size_text(self._read)} of {size_text(self._total)}"]
        if not self._total:
            parts = [size_text(self._read)]
        seconds = self._clock() - self._began
        if self._total and self._read >= self._total:
            parts.append("putting it in order…")
        elif seconds >= _LEAST_SECONDS:
            parts.append(f"{self._read / seconds / 1e6:,.3g} MB/s")
        return f"{self._name}   ·   {'   ·   '.join(parts)}"

    def _say(self) -> None:
        self.text.set_text(self.words())
        self.setAccessibleDescription(self.words())
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of what it floats over."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        px, host = self._themes.metrics.chrome, self._over
        edge, height = px(16), self._row.sizeHint().height()
        width = max(1, min(px(_WIDE_PX), host.width() - 2 * edge))
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
            painter.setPen(QPen(QColor(theme.outline), 1))
            painter.drawRoundedRect(card, px(10), px(10))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.pressed))
            painter.drawRoundedRect(groove, thick / 2, thick / 2)
            groove.setWidth(max(thick, groove.width() * self.share))
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(groove, thick / 2, thick / 2)
