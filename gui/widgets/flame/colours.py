"""What colours the frames of a flame graph: subsystem, module, function, or what has changed.

A colour is never the only sign: a frame that is wide enough says its name, in a comparison with
its change in front, and the tool tip says everything.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from gui.theme import contrast, hues, ink_on, mix

if TYPE_CHECKING:
    from core.recording.questions.call_tree import CallTree
    from gui.geometry.flame import Numbers
    from gui.theme import Theme

Table = npt.NDArray[np.uint32]

PLAIN, FADED, DIMMED, HIT = range(4)
"""As itself, above what is looked into, no hit of a search, a hit."""
HUES, _STEP = 12, 11
STEPS = 8
"""In so many steps a change is more and more coloured, each way."""
_FADED_SHARE, _DIMMED_SHARE = 0.5, 0.22
_SOFT_SHARE = {False: 0.42, True: 0.5}
"""How much of its hue a function has that belongs to no subsystem of its own."""
_READABLE = 4.5


@cache
def subsystem_name(name: str, module: str) -> str:
    """Return what a function belongs to, inferred from its name where that is not certain."""
    from core.recording.questions.subsystem import OTHER, subsystem_of

    found = subsystem_of([name], module)
    return "kernel" if found == OTHER else found


@cache
def role_name(name: str) -> str:
    """Return the role of a function whose subsystem its name makes certain, else ``caller``."""
    from core.recording.calls.functions import recorded_function

    return recorded_function(name).subsystem


class Meaning(NamedTuple):
    """A colour and what it says; no label where it says nothing but "the same"."""

    fill: str
    label: str


class FlameColours:
    """The colours of a tree's frames in one theme.

    Args:
        theme: The theme.
        tree: The frames.
        colouring: What colours say.
        normalised: Whether a comparison is one of shares.
    """

    def __init__(
        self, theme: Theme, tree: CallTree, colouring: str, *, normalised: bool = False
    ) -> None:
        self.theme, self._tree = theme, tree
        self._scale = 1.0
        self._compares = colouring == "diff" and tree.base is not None
        if self._compares:
            assert tree.base is not None
            if normalised and tree.base[0]:
                self._scale = tree.whole / int(tree.base[0])
            self._meanings, self._of_name = _change_fills(theme), np.zeros(0, np.intp)
        else:
            self._meanings, self._of_name = _fills(theme, tree, colouring)
        fills = [meaning.fill for meaning in self._meanings]
        kinds = [
            fills,
            [mix(fill, theme.surface, _FADED_SHARE) for fill in fills],
            [mix(fill, theme.surface, _DIMMED_SHARE) for fill in fills],
            fills if self._compares else [theme.accent] * len(fills),
        ]
        inks = [[_ink(theme, kind, fill) for fill in row] for kind, row in enumerate(kinds)]
        self.fills: Table = np.array([[rgb(fill) for fill in row] for row in kinds], np.uint32)
        self.inks = [[QColor(ink) for ink in row] for row in inks]
        numbers = {ink: at for at, ink in enumerate(sorted({i for row in inks for i in row}))}
        self.ink_numbers = np.array([[numbers[ink] for ink in row] for row in inks], np.intp)
        self.ink_colours = [QColor(ink) for ink in numbers]

    @cached_property
    def legend(self) -> list[Meaning]:
        """What colours mean, what takes most of the picture first; empty where that says nothing.

        A comparison goes from less to more.
        """
        told = [meaning for meaning in self._meanings if meaning.label]
        if self._compares:
            return told
        tree = self._tree
        area = np.bincount(self._of_name[tree.name], tree.width, len(self._meanings))
        order = np.argsort(-area, kind="stable").tolist()
        return [self._meanings[at] for at in order if self._meanings[at].label]

    def indices(self, nodes: Numbers) -> Numbers:
        """Return which of the colours each of some nodes has."""
        if not self._compares:
            found: Numbers = self._of_name[self._tree.name[nodes]]
            return found
        changes = self.changes(nodes)
        steps: Numbers = np.rint(changes * STEPS).astype(np.intp) + STEPS
        return steps

    def changes(self, nodes: Numbers) -> npt.NDArray[np.float64]:
        """Return the change of nodes as a share of the larger of both: -1 gone, 1 new."""
        base = self._tree.base
        assert base is not None
        new = self._tree.total[nodes].astype(np.float64)
        old = base[nodes] * self._scale
        share: npt.NDArray[np.float64] = (new - old) / np.maximum(np.maximum(new, old), 1e-300)
        return share


def rgb(colour: str) -> int:
    """Return ``#rrggbb`` as a pixel of a picture."""
    return 0xFF000000 | int(colour[1:], 16)


def _ink(theme: Theme, kind: int, fill: str) -> str:
    if kind == DIMMED and contrast(theme.muted, fill) >= _READABLE:
        return theme.muted
    if contrast(theme.text, fill) >= _READABLE:
        return theme.text
    return ink_on(fill)


def _fills(theme: Theme, tree: CallTree, colouring: str) -> tuple[list[Meaning], Numbers]:
    """Return colours, and for each name (and last, for the root) the number of its own."""
    root = Meaning(mix(theme.outline, theme.surface, 0.35), "")
    look = {"module": _by_module, "function": _by_function}.get(colouring, _by_subsystem)
    meanings: dict[str, Meaning] = {root.fill: root}
    numbers: dict[str, int] = {root.fill: 0}
    of_name = []
    for name, module in zip(tree.names, tree.modules, strict=True):
        meaning = look(theme, name, module)
        meanings.setdefault(meaning.fill, meaning)
        of_name.append(numbers.setdefault(meaning.fill, len(numbers)))
    return list(meanings.values()), np.array([*of_name, 0], np.intp)


def _by_function(theme: Theme, name: str, _module: str) -> Meaning:
    return Meaning(_soft(theme, _hashed(theme, name)), "")


def _by_module(theme: Theme, _name: str, module: str) -> Meaning:
    return Meaning(_hashed(theme, module), module) if module else Meaning(_plain(theme), "kernel")


def _by_subsystem(theme: Theme, name: str, module: str) -> Meaning:
    """Strong colours for what the simulation knows too, soft ones for the rest of the kernel."""
    role, subsystem = role_name(name), subsystem_name(name, module)
    if role == "caller":
        role = subsystem
    if role in theme.roles:
        return Meaning(theme.role(role).colour, theme.role(role).label)
    if subsystem == "kernel":
        return Meaning(_plain(theme), "Other")
    label = subsystem[0].upper() + subsystem[1:]
    return Meaning(_soft(theme, _subsystem_hue(theme, subsystem)), label)


def area_fill(theme: Theme, by: str, name: str) -> str:
    """Return the colour of everything that belongs to a subsystem or module, as frames have it.

    Args:
        theme: The theme.
        by: ``subsystem`` or ``module``.
        name: Its name.
    """
    if name in ("kernel", "other"):
        return _plain(theme)
    if by == "module":
        return _hashed(theme, name)
    if name in theme.roles:
        return theme.role(name).colour
    return _soft(theme, _subsystem_hue(theme, name))


def _plain(theme: Theme) -> str:
    return mix(theme.role("caller").colour, theme.surface, 0.35)


def _soft(theme: Theme, hue: str) -> str:
    return mix(hue, theme.surface, _SOFT_SHARE[theme.dark])


def _subsystem_hue(theme: Theme, subsystem: str) -> str:
    """Return a subsystem's own hue; no two share one, and neighbours in the table are far apart."""
    from core.recording.questions.subsystem import NAMES

    if subsystem not in NAMES:
        return _hashed(theme, subsystem)
    wheel = _wheel(theme, len(NAMES))
    return wheel[NAMES.index(subsystem) * _STEP % len(wheel)]


def _hashed(theme: Theme, text: str) -> str:
    """Return a hue that is the same for the same text, in every run."""
    return _wheel(theme, HUES)[crc32(text.encode()) % HUES]


_WHEELS: dict[tuple[str, int], tuple[str, ...]] = {}


def _wheel(theme: Theme, n: int) -> tuple[str, ...]:
    """Return the theme's hues, worked out once and not for each function."""
    if (theme.name, n) not in _WHEELS:
        _WHEELS[theme.name, n] = hues(theme, n)
    return _WHEELS[theme.name, n]


def _change_fills(theme: Theme) -> list[Meaning]:
    """Return colours from all gone over no change to all new."""
    shares = [0.2 + 0.8 * step / STEPS for step in range(1, STEPS + 1)]
    calm = mix(theme.role("caller").colour, theme.surface, 0.3)
    less = [mix(theme.only_b.colour, calm, share) for share in reversed(shares)]
    more = [mix(theme.only_a.colour, calm, share) for share in shares]
    named = {0: "gone or less", STEPS: "the same", 2 * STEPS: "new or more"}
    return [Meaning(fill, named.get(at, "")) for at, fill in enumerate([*less, calm, *more])]
