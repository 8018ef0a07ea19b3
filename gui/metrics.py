"""Sizes and fonts at a scale; nothing else in the window names a size of a font."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

TextStep = Literal["caption", "body", "title", "heading", "display"]

SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
TEXT_PX: Mapping[TextStep, int] = MappingProxyType(
    {"caption": 11, "body": 13, "title": 15, "heading": 20, "display": 28}
)
_MONO_FAMILIES = ("JetBrains Mono", "Fira Code", "DejaVu Sans Mono")
_UI_FAMILIES = ("Inter", "Adwaita Sans", "Noto Sans", "Cantarell", "Ubuntu", "Open Sans")
_ANY_STYLE = QFont.StyleHint.AnyStyle
_NO_CHOICE = ("sans", "sans serif", "sans-serif", "dejavu sans", "")
"""What a desktop without an opinion calls its font."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes at one scale. Content grows with the scale, the frame around it at half that rate.

    The frame (menus, toolbars, bars) is a means: at 300 % for a lecture hall it must not push
    the call stack off the projector.
    """

    scale: float = 1.0
    ui_family: str = "sans-serif"
    mono_family: str = "monospace"

    def px(self, size: float) -> int:
        """Return a content size in device-independent pixels, at least 1."""
        return max(1, round(size * self.scale))

    def chrome(self, size: float) -> int:
        """Return a size of the frame in device-independent pixels, at least 1."""
        return max(1, round(size * (1 + (self.scale - 1) / 2)))

    @lru_cache(maxsize=32)  # noqa: B019 - there are as many as scales
    def frame(self) -> Metrics:
        """Return the sizes of the frame, for what is drawn as content but stands in the frame."""
        return replace(self, scale=1 + (self.scale - 1) / 2)

    def ui(self, step: TextStep = "body", *, bold: bool = False) -> QFont:
        """Return the interface font."""
        return self._font(self.ui_family, step, bold)

    def mono(self, step: TextStep = "body", *, bold: bool = False) -> QFont:
        """Return the font of identifiers, addresses and source."""
        return self._font(self.mono_family, step, bold, QFont.StyleHint.Monospace)

    def _font(
        self, family: str, step: TextStep, bold: bool, hint: QFont.StyleHint = _ANY_STYLE
    ) -> QFont:
        # A copy: callers change what they get. Views ask for some fonts in every frame.
        return QFont(_font(family, self.px(TEXT_PX[step]), bold, hint))


@lru_cache(maxsize=256)
def _font(family: str, size_px: int, bold: bool, hint: QFont.StyleHint) -> QFont:
    font = QFont(family)
    font.setStyleHint(hint)
    font.setPixelSize(size_px)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def nearest_scale(scale: float) -> float:
    """Return the step of ``SCALES`` nearest to a scale."""
    return min(SCALES, key=lambda step: abs(step - scale))


def ui_family() -> str:
    """Return the font of the interface: what the desktop names, else the first one installed."""
    system = QGuiApplication.font().family()
    # A desktop that names a real font knows its user better than a list does.
    return system if system.lower() not in _NO_CHOICE else _installed(_UI_FAMILIES, system)


def mono_family() -> str:
    """Return the font of identifiers, addresses and source."""
    return _installed(_MONO_FAMILIES, "monospace")


@lru_cache(maxsize=8)
def _installed(wanted: tuple[str, ...], otherwise: str) -> str:
    return next((name for name in wanted if QFontDatabase.hasFamily(name)), otherwise)
