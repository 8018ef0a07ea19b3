"""The look of what is projected: the user's theme at the size of a lecture hall."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QWidget

from gui.theme import DARK, Choice, Metrics, Theme, ThemeManager, palette, style_sheet

_DESIGNED_PX = (1920, 1080)
_DESIGNED_SCALE = 1.6
"""Text and drawings are this much larger on a projector of that many pixels."""
_LEAST, _MOST = 0.6, 4.0


def hall_scale(size: QSize) -> float:
    """Return how large things are drawn on a screen, so that a hall sees the same on any."""
    share = min(size.width() / _DESIGNED_PX[0], size.height() / _DESIGNED_PX[1])
    return max(_LEAST, min(_DESIGNED_SCALE * share, _MOST))


class HallThemes(ThemeManager):
    """What the views of a hall take for the window's theme.

    A hall is dark where the user has no wish of their own. The application itself stays as it is:
    a window of the hall is dressed with ``dress``.

    Args:
        base: The theme of the window.
        parent: The Qt parent.
        factor: How much larger than in the window.
        dark: Whether it is dark where the user follows the system.
    """

    def __init__(
        self,
        base: ThemeManager,
        parent: QObject | None = None,
        factor: float = 1.0,
        *,
        dark: bool = True,
    ) -> None:
        QObject.__init__(self, parent)
        self._base, self._factor, self._always_dark = base, factor, dark
        base.changed.connect(self.changed)

    def smaller(self, share: float, parent: QObject | None = None) -> HallThemes:
        """Return the same look with everything so much smaller, for views of many rows."""
        return HallThemes(self._base, parent, self._factor * share, dark=self._always_dark)

    @property
    def theme(self) -> Theme:
        """The theme in force in the hall."""
        follows = self._base.choice == "system" and self._always_dark
        return DARK if follows else self._base.theme

    @property
    def metrics(self) -> Metrics:
        """The sizes in force in the hall."""
        metrics = self._base.metrics
        return replace(metrics, scale=max(_LEAST, min(metrics.scale * self._factor, _MOST)))

    @property
    def choice(self) -> Choice:
        """What the user chose."""
        return self._base.choice

    @property
    def motion(self) -> bool:
        """Whether things may move; without it one step is cut to the next."""
        return self._base.motion

    def set_factor(self, factor: float) -> None:
        """Draw everything so many times as large as in the window."""
        if abs(factor - self._factor) > 0.01:
            self._factor = factor
            self.changed.emit()

    def duration_ms(self, wanted_ms: int) -> int:
        """Return how long an animation may last: 0 where motion is off."""
        return self._base.duration_ms(wanted_ms)

    def choose(self, choice: str) -> None:
        """Use another theme, in the window too."""
        self._base.choose(choice)

    def set_scale(self, scale: float) -> None:
        """Use another scale, in the window too."""
        self._base.set_scale(scale)

    def zoom(self, steps: int) -> None:
        """Go up or down the scale, in the window too."""
        self._base.zoom(steps)

    def set_motion(self, motion: bool) -> None:
        """Allow or forbid movement, in the window too."""
        self._base.set_motion(motion)

    def dress(self, window: QWidget) -> None:
        """Put the theme on a window, whatever the application wears."""
        window.setPalette(palette(self.theme))
        window.setFont(self.metrics.ui())
        window.setStyleSheet(style_sheet(self.theme, self.metrics))
