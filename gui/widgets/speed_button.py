"""The speed as a button with a menu of all speeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from gui.icons import icon
from gui.playback import EVENTS_A_SECOND, SPEEDS

if TYPE_CHECKING:
    from gui.actions import ActionRegistry
    from gui.playback import Playback
    from gui.theme import ThemeManager


def speed_label(speed: float) -> str:
    """Return a speed as people say it: 1×."""
    return f"{speed:,g}×"


class SpeedButton(QToolButton):
    """The speed, and a menu of all of them.

    Args:
        playback: Whose speed.
        registry: Where the keys for slower and faster are.
        themes: The theme in force.
    """

    def __init__(self, playback: Playback, registry: ActionRegistry, themes: ThemeManager) -> None:
        super().__init__()
        self._playback, self._registry, self._themes = playback, registry, themes
        self._group = QActionGroup(self)
        menu = QMenu(self)
        for speed in SPEEDS:
            pace = f"{speed * EVENTS_A_SECOND:,g} events a second"
            action = menu.addAction(f"{speed_label(speed)}\t{pace}")
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, speed=speed: playback.set_speed(speed))
            self._group.addAction(action)
        menu.addSeparator()
        menu.addAction(registry.action("speed.slower"))
        menu.addAction(registry.action("speed.faster"))
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        playback.speed_changed.connect(self._show)
        registry.keys_changed.connect(self._show)
        themes.changed.connect(self._dress)
        self._dress()

    def _show(self) -> None:
        speed = self._playback.speed
        self._group.actions()[SPEEDS.index(speed)].setChecked(True)
        self.setText(speed_label(speed))
        self.setAccessibleName(f"Speed {speed_label(speed)}")
        keys = [
            *self._registry.key_labels("speed.slower"),
            *self._registry.key_labels("speed.faster"),
        ]
        self.setToolTip("Speed" + (f"  ({' '.join(keys)})" if keys else ""))

    def _dress(self) -> None:
        metrics, theme = self._themes.metrics, self._themes.theme
        font = metrics.frame().ui()
        self.setFont(font)
        side, ratio = metrics.chrome(20), self.devicePixelRatioF()
        self.setIconSize(QSize(1, 1) * side)
        self.setIcon(icon("gauge", theme, side, ratio=ratio))
        # As wide as its widest text: nothing beside it moves when the speed changes.
        widest = max(self.fontMetrics().horizontalAdvance(speed_label(speed)) for speed in SPEEDS)
        self.setFixedWidth(widest + side + metrics.chrome(26))
        self._show()
