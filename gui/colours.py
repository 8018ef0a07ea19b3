"""Every colour of the window, by what it means; nothing else in the window names one.

Colours are chosen by what a thing *is* (a role such as ``depot``), never by how it looks. The roles
start from Okabe and Ito's palette and are tuned for each theme so that (a) text on a role reaches
4.5:1, (b) a role stands out 3:1 from the surfaces around it, (c) any two roles stay apart for
readers with protanopia, deuteranopia or tritanopia. A role also carries a letter and a pattern, so
that colour is never the only sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

PATTERNS: Mapping[str, Qt.BrushStyle] = MappingProxyType(
    {
        "solid": Qt.BrushStyle.SolidPattern,
        "dots": Qt.BrushStyle.Dense6Pattern,
        "dense": Qt.BrushStyle.Dense4Pattern,
        "horizontal": Qt.BrushStyle.HorPattern,
        "vertical": Qt.BrushStyle.VerPattern,
        "cross": Qt.BrushStyle.CrossPattern,
        "rising": Qt.BrushStyle.BDiagPattern,
        "falling": Qt.BrushStyle.FDiagPattern,
        "lattice": Qt.BrushStyle.DiagCrossPattern,
    }
)


@lru_cache(maxsize=1024)
def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` as WCAG 2 defines it, 0 to 1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2 contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def mix(colour: str, into: str, share: float) -> str:
    """Return ``into`` with ``share`` (0 to 1) of ``colour`` stirred in."""
    pairs = ((int(colour[i : i + 2], 16), int(into[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(b + (a - b) * share):02X}" for a, b in pairs)


def ink_on(colour: str) -> str:
    """Return the colour of text on a fill: white or nearly black, whichever reads better."""
    return max(("#FFFFFF", "#0B0E13"), key=lambda ink: contrast(ink, colour))


@dataclass(frozen=True, slots=True)
class Role:
    """How one meaning looks in one theme. All colours are ``#rrggbb``.

    Attributes:
        name: The meaning: a subsystem of ``core.trace.events.Function``, or an outcome.
        label: What a legend calls it.
        colour: The fill, at least 3:1 on the theme's surfaces.
        on_colour: Text and icons on ``colour``, at least 4.5:1.
        soft: A tint for large areas; ``Theme.text`` and ``ink`` are readable on it.
        ink: The colour as text on a surface or on ``soft``, at least 4.5:1.
        glyph: One character that says the same without colour.
        pattern: A key of ``PATTERNS`` that says the same without colour.
    """

    name: str
    label: str
    colour: str
    on_colour: str
    soft: str
    ink: str
    glyph: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of the window, by meaning. All colours are ``#rrggbb``.

    Attributes:
        window: Behind menus, toolbars and bars. surface: behind content. raised: cards, popups.
        sunken: Wells such as a code listing. border: hairlines, decoration only.
        outline: The edge of a control, at least 3:1. accent: the primary button, selections.
        accent_ink: The accent as text. focus: the ring around what has the keyboard.
        only_a: What only the first of two runs did. only_b: what only the second one did.
        roles: The subsystems by name; read them with ``role``.
    """

    name: str
    dark: bool
    window: str
    surface: str
    raised: str
    sunken: str
    hover: str
    pressed: str
    text: str
    muted: str
    disabled: str
    border: str
    outline: str
    accent: str
    on_accent: str
    accent_ink: str
    accent_soft: str
    focus: str
    selection: str
    on_selection: str
    ok: Role
    info: Role
    warning: Role
    danger: Role
    only_a: Role
    only_b: Role
    roles: Mapping[str, Role]

    def role(self, name: str) -> Role:
        """Return a subsystem's role; an unknown subsystem looks like a base frame."""
        return self.roles.get(name) or self.roles["caller"]


_SUBSYSTEMS = {
    "allocator": ("Page allocator", "A", "solid"),
    "slab": ("Slab", "S", "horizontal"),
    "page_owner": ("page_owner", "P", "rising"),
    "unwinder": ("Unwinder", "U", "vertical"),
    "depot": ("Stack depot", "D", "cross"),
    "guard": ("Guard", "G", "lattice"),
    "interrupt": ("Interrupt", "I", "falling"),
    "caller": ("Caller", "C", "dots"),
    "lock": ("Lock", "L", "dense"),
}
_OUTCOMES = {
    "ok": ("Fine", "✓", "solid"),
    "info": ("Note", "i", "horizontal"),
    "warning": ("Warning", "!", "rising"),
    "danger": ("Stopped", "×", "lattice"),
}

_SIDES = {
    "only_a": ("Only the first", "▀", "rising"),
    "only_b": ("Only the second", "▄", "falling"),
}


def _role(name: str, colour: str, base: Mapping[str, str]) -> Role:
    label, glyph, pattern = (_SUBSYSTEMS | _OUTCOMES | _SIDES)[name]
    on_colour = ink_on(colour)
    soft = mix(colour, base["surface"], 0.13)
    ink = colour
    while min(contrast(ink, soft), contrast(ink, base["window"])) < 4.6:
        ink = mix(base["text"], ink, 0.12)
    return Role(name, label, colour, on_colour, soft, ink, glyph, pattern)


def _theme(name: str, base: Mapping[str, str], colours: Mapping[str, str]) -> Theme:
    made = {key: _role(key, colour, base) for key, colour in colours.items()}
    parts: dict[str, Any] = {**base, **{key: made[key] for key in (*_OUTCOMES, *_SIDES)}}
    roles = MappingProxyType({key: made[key] for key in _SUBSYSTEMS})
    return Theme(name=name, dark=name != "light", roles=roles, **parts)


# fmt: off
LIGHT = _theme(
    "light",
    {
        "window": "#F4F5F8", "surface": "#FFFFFF", "raised": "#FFFFFF", "sunken": "#EDEFF3",
        "hover": "#E6E9EF", "pressed": "#DADEE7", "text": "#1A1F29", "muted": "#566070",
        "disabled": "#98A0AD", "border": "#DCE0E8", "outline": "#858E9C",
        "accent": "#5756D0", "on_accent": "#FFFFFF", "accent_ink": "#4A48C4",
        "accent_soft": "#E5E5FA", "focus": "#5756D0", "selection": "#DEDEF9",
        "on_selection": "#1A1F29",
    },
    {
        "allocator": "#1E63C0", "slab": "#1297C9", "page_owner": "#BE801E", "unwinder": "#005640",
        "depot": "#A03983", "guard": "#7A6B00", "interrupt": "#8B2500", "caller": "#83868D",
        "lock": "#262742",
        "ok": "#11734B", "info": "#2A62B8", "warning": "#A06400", "danger": "#C22B21",
        "only_a": "#C9440C", "only_b": "#1565B8",
    },
)
DARK = _theme(
    "dark",
    {
        "window": "#15181E", "surface": "#1B1F27", "raised": "#242A34", "sunken": "#101318",
        "hover": "#282E39", "pressed": "#323A47", "text": "#E7EAF0", "muted": "#A0A9B8",
        "disabled": "#667080", "border": "#2C333E", "outline": "#727D8E",
        "accent": "#6A68DC", "on_accent": "#FFFFFF", "accent_ink": "#B0AFFA",
        "accent_soft": "#2C2D52", "focus": "#9D9BF7", "selection": "#37386B",
        "on_selection": "#FFFFFF",
    },
    {
        "allocator": "#3F70D6", "slab": "#58D3FA", "page_owner": "#F38B00", "unwinder": "#66BD8F",
        "depot": "#A25C94", "guard": "#EFD126", "interrupt": "#D34300", "caller": "#8892A5",
        "lock": "#F2F0FE",
        "ok": "#4CC38A", "info": "#6FA8F5", "warning": "#F5B942", "danger": "#FF7A6B",
        "only_a": "#F2753F", "only_b": "#4FA0EE",
    },
)
CONTRAST = _theme(
    "contrast",
    {
        "window": "#000000", "surface": "#000000", "raised": "#0D0D0D", "sunken": "#000000",
        "hover": "#333333", "pressed": "#4D4D4D", "text": "#FFFFFF", "muted": "#E6E6E6",
        "disabled": "#A6A6A6", "border": "#8C8C8C", "outline": "#FFFFFF",
        "accent": "#C3C0FF", "on_accent": "#000000", "accent_ink": "#D8D6FF",
        "accent_soft": "#2C2D52", "focus": "#FFFFFF", "selection": "#37386B",
        "on_selection": "#FFFFFF",
    },
    {
        **{name: DARK.roles[name].colour for name in _SUBSYSTEMS},
        "ok": "#5FE0A0", "info": "#8CBBFF", "warning": "#FFCB5C", "danger": "#FF9488",
        "only_a": "#FF8A57", "only_b": "#6FB4F5",
    },
)
"""Everything that is read reaches 7:1, whatever stands behind it."""
# fmt: on


def hues(theme: Theme, n: int) -> tuple[str, ...]:
    """Return n colours that say nothing but "the same" and "another one", evenly round the wheel.

    Their lightness alternates, so that neighbours on the wheel differ in more than their hue.
    """
    light = (0.66, 0.52) if theme.dark else (0.46, 0.34)
    return tuple(
        QColor.fromHslF(at / n, 0.5, light[at % 2]).name(QColor.NameFormat.HexRgb).upper()
        for at in range(n)
    )
