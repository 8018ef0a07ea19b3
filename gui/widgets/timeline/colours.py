"""What colours the calls of a timeline: by the subsystem they belong to, or by their function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from core.trace.events import SITE_MASK, Kind
from gui.geometry.timeline import LEVEL_STEPS
from gui.theme import Theme, hues, ink_on, mix

if TYPE_CHECKING:
    from core.trace.trace import Trace

Colouring = Literal["subsystem", "function"]
Number = TypeVar("Number", int, npt.NDArray[np.int32])
HUES = 12
_HUE_STEP, _FIRST_HUE = 5, 7
"""Colours that say nothing but "the same"."""
_LEVEL_SHARE = 0.17
"""How much a recursion level stirs in of the text's colour."""


def categories_of(trace: Trace, colouring: Colouring, theme: Theme) -> npt.NDArray[np.uint8]:
    """Return the category of a call by its site number.

    With "subsystem" it is the subsystem's place among the theme's roles; with "function" one of
    twelve, far apart for functions that are called one after the other.
    """
    roles = list(theme.roles)
    if colouring == "function":
        order = _by_first_call(trace)
        return np.array([hue_of(order.get(site.function, 0)) for site in trace.sites], np.uint8)
    subsystems = [f.subsystem if f.subsystem in theme.roles else "caller" for f in trace.functions]
    return np.array([roles.index(subsystems[site.function]) for site in trace.sites], np.uint8)


def hue_of(number: Number) -> Number:
    """Return one of the hues: no two that follow each other are alike, and none is red first."""
    return (number * _HUE_STEP + _FIRST_HUE) % HUES


def _by_first_call(trace: Trace) -> dict[int, int]:
    """Number the functions in the order in which they are called first."""
    calls = [at for at, site in enumerate(trace.sites) if site.kind is Kind.CALLED]
    _, firsts = np.unique(trace.codes & SITE_MASK, return_index=True)
    first_of = dict(zip((trace.codes[firsts] & SITE_MASK).tolist(), firsts.tolist(), strict=True))
    called = sorted((at for at in calls if at in first_of), key=lambda at: first_of[at])
    return {trace.sites[at].function: number for number, at in enumerate(called)}


@dataclass(frozen=True, slots=True)
class Fill:
    """How one category looks at one recursion level."""

    colour: QColor
    ink: QColor


class Palette:
    """The colours of all categories at every recursion level, in one theme."""

    def __init__(self, theme: Theme, colouring: Colouring) -> None:
        if colouring == "subsystem":
            names = [role.colour for role in theme.roles.values()]
        else:
            names = list(hues(theme, HUES))
        self.tint = theme.text
        self.fills = [
            [_fill(mix(theme.text, name, _LEVEL_SHARE * level)) for name in names]
            for level in range(LEVEL_STEPS + 1)
        ]
        self.table = np.array([_rgb(name) for name in names], np.float32)

    def fill(self, category: int, level: int) -> Fill:
        """Return how a call of a category at a recursion level looks."""
        return self.fills[min(max(level - 1, 0), LEVEL_STEPS)][category]

    @property
    def tint_table(self) -> npt.NDArray[np.float32]:
        """The colour that levels stir in, as red, green and blue."""
        return np.array(_rgb(self.tint), np.float32)

    @property
    def level_share(self) -> float:
        """How much of the tint a recursion level stirs in."""
        return _LEVEL_SHARE


def _fill(colour: str) -> Fill:
    return Fill(QColor(colour), QColor(ink_on(colour)))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def rgb(colour: str) -> npt.NDArray[np.float32]:
    """Return ``#rrggbb`` as three numbers from 0 to 255."""
    return np.array(_rgb(colour), np.float32)
