"""The head of the speaker's window: time, and where in the lesson one is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gui.presenter.timer import TalkTimer, minutes_text

if TYPE_CHECKING:
    from gui.presenter.hall import HallThemes

_TICK_MS = 500


def small_button(text: str, tip: str, do: Callable[[], object]) -> QPushButton:
    """Return a button that leaves the keyboard where it is when it is clicked."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(do)
    return button


class SpeakerHead(QWidget):
    """Timer, clock, the number of the step, and what is special now.

    Args:
        themes: The look.
        timer: How long it has been going on.
        now: The time of day.
    """

    def __init__(self, themes: HallThemes, timer: TalkTimer, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._themes, self._timer, self._now = themes, timer, now
        self._minutes = 0
        self.clock_label, self.timer_label = QLabel(), QLabel()
        self.step_label, self.state_label = QLabel(), QLabel()
        self.pause_button = small_button("Pause", "Pause the timer", self.toggle_timer)
        self.reset_button = small_button("Reset", "Timer back to 0", self.reset_timer)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.timer_label, self.pause_button, self.reset_button):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        for widget in (self.state_label, self.step_label, self.clock_label):
            self._row.addWidget(widget)
        self._ticking = QTimer(self, interval=_TICK_MS)
        self._ticking.timeout.connect(self.tick)

    def plan(self, minutes: int) -> None:
        """Show how long the lesson is planned to take."""
        self._minutes = minutes
        self.tick()

    def show_step(self, number: int, of: int) -> None:
        """Show which step it is, from 1."""
        self.step_label.setText(f"{number} / {of}")
        self.step_label.setAccessibleName(f"Step {number} of {of}")

    def toggle_timer(self) -> None:
        """Pause the timer, or let it go on."""
        self._timer.toggle()
        self.tick()

    def reset_timer(self) -> None:
        """Set the timer back to 0."""
        self._timer.reset()
        self.tick()

    def tick(self) -> None:
        """Show what time it is."""
        theme, elapsed, running = self._themes.theme, self._timer.elapsed_s, self._timer.running
        self.clock_label.setText(f"{self._now():%H:%M}")
        self.clock_label.setAccessibleName(f"It is {self.clock_label.text()}")
        planned = f" of {self._minutes} min" if self._minutes else ""
        self.timer_label.setText(f"{minutes_text(elapsed)}{planned}")
        late = bool(self._minutes) and elapsed > self._minutes * 60
        ink = theme.danger.ink if late else theme.text if running else theme.muted
        self.timer_label.setStyleSheet(f"color: {ink}; background: transparent")
        said = "running" if running else "paused"
        self.timer_label.setAccessibleName(f"{self.timer_label.text()}, {said}")
        self.pause_button.setText("Pause" if running else "Go on")

    def set_ticking(self, ticking: bool) -> None:
        """Keep the time in sight up to date, or not."""
        (self._ticking.start if ticking else self._ticking.stop)()

    def dress(self) -> None:
        """Take on the look."""
        metrics, theme = self._themes.metrics, self._themes.theme
        self._row.setSpacing(metrics.px(14))
        self.timer_label.setFont(metrics.ui("display", bold=True))
        self.clock_label.setFont(metrics.ui("display"))
        self.clock_label.setStyleSheet(f"color: {theme.muted}; background: transparent")
        self.step_label.setFont(metrics.ui("heading", bold=True))
        self.step_label.setContentsMargins(metrics.px(10), 0, metrics.px(10), 0)
        self.state_label.setFont(metrics.ui("body", bold=True))
        self.state_label.setStyleSheet(f"color: {theme.warning.ink}; background: transparent")
        self.tick()
