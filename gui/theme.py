"""What is in force: the theme, the scale, and what Qt wears of them.

Views ask here, and here alone, for colours (``gui.colours``) and sizes (``gui.metrics``).
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import lru_cache
from string import Template

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from gui.colours import (
    CONTRAST,
    DARK,
    LIGHT,
    PATTERNS,
    Role,
    Theme,
    contrast,
    hues,
    ink_on,
    luminance,
    mix,
)
from gui.icons import ICON_FOLDER
from gui.metrics import (
    SCALES,
    TEXT_PX,
    Metrics,
    TextStep,
    mono_family,
    nearest_scale,
    ui_family,
)
from gui.settings import Choice, Settings, known_choice

__all__ = [
    "CONTRAST", "DARK", "LIGHT", "PATTERNS", "SCALES", "TEXT_PX", "Choice", "Metrics", "Role",
    "TextStep", "Theme", "ThemeManager", "contrast", "hues", "ink_on", "luminance", "mix",
    "palette", "style_sheet",
]  # fmt: skip


def palette(theme: Theme) -> QPalette:
    """Return the theme as Qt's palette, for what the style sheet does not reach."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    for key, colour in {
        role.Window: theme.window, role.WindowText: theme.text, role.Base: theme.surface,
        role.AlternateBase: theme.sunken, role.Text: theme.text, role.Button: theme.raised,
        role.ButtonText: theme.text, role.BrightText: theme.danger.ink,
        role.ToolTipBase: theme.raised, role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted, role.Highlight: theme.selection,
        role.HighlightedText: theme.on_selection, role.Accent: theme.accent,
        role.Link: theme.accent_ink, role.LinkVisited: theme.accent_ink, role.Light: theme.raised,
        role.Midlight: theme.border, role.Mid: theme.border, role.Dark: theme.outline,
        role.Shadow: "#000000",
    }.items():  # fmt: skip
        made.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(group.Disabled, key, QColor(theme.disabled))
    return made


def style_sheet(theme: Theme, metrics: Metrics) -> str:
    """Return the application's style sheet: the template with colours and sizes filled in.

    In the template ``8px`` is a content size and ``8cpx`` a size of the frame, both at 100 %;
    ``1px`` stays one pixel, a hairline is a hairline in every lecture hall.
    """
    outcomes = {f"{r.name}_ink": r.ink for r in (theme.ok, theme.info, theme.warning, theme.danger)}
    return _sized_template(metrics).substitute(
        {key: getattr(theme, key) for key in theme.__slots__}, **outcomes
    )


@lru_cache(maxsize=16)
def _sized_template(metrics: Metrics) -> Template:
    """Return the template with its sizes filled in: every window and every picture asks for it."""

    def size(found: re.Match[str]) -> str:
        radius, number, unit = found[1] or "", float(found[2]), found[3]
        grown = (metrics.frame() if unit == "cpx" else metrics).scale * number
        # Qt draws no corner at all where the radius is more than half the box: round it down.
        kept = number if number <= 1 else math.floor(grown) if radius else round(grown)
        return f"{radius}{kept:.0f}px"

    text = (ICON_FOLDER / "controls" / "controls.qss").read_text(encoding="utf-8")
    sized = re.sub(r"(border-radius: )?\b([\d.]+)(c?px)\b", size, text)
    return Template(sized)


class ThemeManager(QObject):
    """Which theme, scale and motion are in force. The application is dressed before ``changed``.

    Args:
        settings: Where the user's choices are kept; None keeps nothing.
        parent: The Qt parent.
    """

    changed = Signal()

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._choice: Choice = settings.theme if settings else "system"
        self._motion = settings.motion if settings else True
        scale = settings.scale if settings else 1.0
        self._metrics = Metrics(nearest_scale(scale), ui_family(), mono_family())
        QDir.setSearchPaths("controls", [str(ICON_FOLDER / "controls")])
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        QApplication.setStyle("Fusion")
        self._theme = self._wanted()
        self._dress()

    @property
    def theme(self) -> Theme:
        """The theme in force."""
        return self._theme

    @property
    def metrics(self) -> Metrics:
        """The sizes in force."""
        return self._metrics

    @property
    def choice(self) -> Choice:
        """What the user chose: a theme, or to follow the system."""
        return self._choice

    @property
    def motion(self) -> bool:
        """Whether things may move; off means every change is shown at once."""
        return self._motion

    def duration_ms(self, wanted_ms: int) -> int:
        """Return how long an animation may last: 0 where motion is off."""
        return wanted_ms if self._motion else 0

    def choose(self, choice: str) -> None:
        """Use the light, the dark or the high-contrast theme, or follow the system."""
        self._choice = known_choice(choice)
        if self._settings:
            self._settings.theme = self._choice
        self._apply()

    def set_scale(self, scale: float) -> None:
        """Use the step of ``SCALES`` nearest to ``scale``."""
        self._metrics = replace(self._metrics, scale=nearest_scale(scale))
        if self._settings:
            self._settings.scale = self._metrics.scale
        self._apply()

    def zoom(self, steps: int) -> None:
        """Go up (positive) or down the scale; 0 goes back to 100 %."""
        at = SCALES.index(self._metrics.scale) + steps
        self.set_scale(SCALES[max(0, min(at, len(SCALES) - 1))] if steps else 1.0)

    def set_motion(self, motion: bool) -> None:
        """Allow or forbid movement."""
        self._motion = motion
        if self._settings:
            self._settings.motion = motion
        self.changed.emit()

    def _wanted(self) -> Theme:
        if self._choice == "system":
            scheme = QGuiApplication.styleHints().colorScheme()
            return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        return {"dark": DARK, "contrast": CONTRAST}.get(self._choice, LIGHT)

    def _follow_system(self) -> None:
        if self._wanted() is not self._theme:
            self._apply()

    def _apply(self) -> None:
        self._theme = self._wanted()
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        # Each of them goes to every widget there is.
        colours, font = palette(self._theme), self._metrics.ui()
        if app.palette() != colours:
            app.setPalette(colours)
        if app.font() != font:
            app.setFont(font)
        sheet = style_sheet(self._theme, self._metrics)
        if app.styleSheet() != sheet:  # and takes half a millisecond to put on
            app.setStyleSheet(sheet)
