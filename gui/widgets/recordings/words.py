"""How weights and sizes of recordings are written, and what fields look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.widgets.controls import CONTROL_PX
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.recording.profile import StackProfile
    from gui.theme import ThemeManager

WEIGHTS = {"pages": "Pages", "bytes": "Bytes", "ns": "Self time"}


def field_sheet(themes: ThemeManager, wrong: bool) -> str:
    """Return the style of a field in the bar, as high as the controls beside it.

    The height stands here: one that is set on the widget is lost to the application's style.
    """
    px = themes.metrics.frame().px
    edge = 2 if wrong else 1
    border = f"border: 2px solid {themes.theme.danger.colour};" if wrong else ""
    height = px(CONTROL_PX)
    return (
        f"QLineEdit {{ padding: 0 {px(8) - edge}px; min-height: {height - 2 * edge}px; "
        f"max-height: {height - 2 * edge}px; {border} }} "
        f"QLineEdit:focus {{ min-height: {height - 4}px; max-height: {height - 4}px; }}"
    )


def size_text(size_bytes: int) -> str:
    """Return a size as people read it: 512 B, 3.81 MiB, 31.3 GiB."""
    for unit, shift in (("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if abs(size_bytes) >= 1 << shift:
            return f"{size_bytes / (1 << shift):.3g} {unit}"
    return f"{size_bytes:,} B"


def weight_name(weight: str, profile: StackProfile | None) -> str:
    """Return what a weight is called; records by what the file calls them."""
    if weight in WEIGHTS:
        return WEIGHTS[weight]
    unit = profile.info.unit if profile is not None else weight
    return unit.capitalize()


def weight_text(value: int, weight: str) -> str:
    """Return a weight as people read it."""
    if weight == "bytes":
        return size_text(value)
    if weight == "ns":
        return time_text(value) if value >= 0 else f"−{time_text(-value)}"
    return f"{value:,}"


def share_text(share: float) -> str:
    """Return a share in percent; what is little is not nothing."""
    if 0 < abs(share) < 0.001:
        return "< 0.1 %"
    return f"{share:.1%}".replace("%", " %")
