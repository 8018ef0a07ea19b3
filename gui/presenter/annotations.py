"""What is drawn over a step: strokes that belong to it, and the tool in hand.

Points are shares of the picture, 0 to 1, and widths shares of its height, so that the audience's
screen and the speaker's small mirror draw the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, QPointF, Signal

WIDTHS = (0.003, 0.005, 0.009, 0.016)
"""Of a stroke, as shares of the height."""
RADII = (0.08, 0.12, 0.17, 0.24, 0.34)
"""Of the spotlight, as shares of the height."""
FACTORS = (2.0, 2.5, 3.0, 4.0)
"""How much larger the magnifier draws."""
LENS_RADIUS = 0.2
"""Of the magnifier, as a share of the height."""
COLOURS = ("danger", "accent", "ok", "warning", "text")
"""What a stroke is drawn in: names that ``ink`` of the layer looks up in the theme."""
_MOST_UNDONE = 200


class Tool(Enum):
    """What the pointer does."""

    NONE = "none"
    PEN = "pen"
    SPOTLIGHT = "spotlight"
    MAGNIFIER = "magnifier"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line drawn in one go.

    Attributes:
        points: Shares of the picture.
        pressures: 0 to 1, one for each point; a mouse presses with 1.
        colour: One of ``COLOURS``.
        width: A share of the height.
    """

    points: tuple[QPointF, ...]
    pressures: tuple[float, ...]
    colour: str
    width: float


class Annotations(QObject):
    """The strokes of each step of a lesson, and the tool in hand.

    Signals:
        changed: Something else is to be drawn.
        tool_changed: Another tool is in hand.
    """

    changed = Signal()
    tool_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._states: dict[int, list[tuple[Stroke, ...]]] = {}
        self._step = 0
        self._points: list[QPointF] = []
        self._pressures: list[float] = []
        self._sizes = {Tool.PEN: 1, Tool.SPOTLIGHT: 2, Tool.MAGNIFIER: 0}
        self._colour = 0
        self.tool = Tool.NONE
        self.pointer: QPointF | None = None
        """Where the pointer is; None where it is not over the picture."""
        self.dot = False
        """Whether the audience sees a dot at the pointer: it is the speaker's, in the mirror."""

    # -- tools ------------------------------------------------------------------------------------

    def take(self, tool: Tool) -> None:
        """Take a tool in hand; the one in hand is put away."""
        self.end()
        self.tool = Tool.NONE if tool is self.tool else tool
        self.tool_changed.emit()
        self.changed.emit()

    def put_away(self) -> bool:
        """Put the tool away; return whether there was one."""
        if self.tool is Tool.NONE:
            return False
        self.take(self.tool)
        return True

    @property
    def colour(self) -> str:
        """The pen's colour, one of ``COLOURS``."""
        return COLOURS[self._colour]

    def next_colour(self) -> None:
        """Let the pen draw in the next colour."""
        self._colour = (self._colour + 1) % len(COLOURS)
        self.tool_changed.emit()

    def choose_colour(self, name: str) -> None:
        """Let the pen draw in a colour."""
        self._colour = COLOURS.index(name)
        self.tool_changed.emit()

    @property
    def width(self) -> float:
        """The pen's width."""
        return WIDTHS[self._sizes[Tool.PEN]]

    @property
    def radius(self) -> float:
        """The spotlight's radius."""
        return RADII[self._sizes[Tool.SPOTLIGHT]]

    @property
    def factor(self) -> float:
        """How much larger the magnifier draws."""
        return FACTORS[self._sizes[Tool.MAGNIFIER]]

    def resize(self, steps: int) -> None:
        """Make the tool in hand larger or smaller; without one it is the pen's width."""
        tool = Tool.PEN if self.tool is Tool.NONE else self.tool
        known: dict[Tool, Sequence[float]] = {
            Tool.PEN: WIDTHS, Tool.SPOTLIGHT: RADII, Tool.MAGNIFIER: FACTORS,
        }  # fmt: skip
        at = self._sizes[tool] + steps
        self._sizes[tool] = max(0, min(at, len(known[tool]) - 1))
        self.tool_changed.emit()
        self.changed.emit()

    def point_at(self, point: QPointF | None, *, dot: bool = False) -> None:
        """Move the pointer, or take it away."""
        self.pointer, self.dot = point, dot and point is not None
        self.changed.emit()

    # -- strokes ----------------------------------------------------------------------------------

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes of the step, with the one being drawn."""
        done = self._states.get(self._step, [()])[-1]
        return (*done, self._stroke()) if self._points else done

    def begin(self, point: QPointF, pressure: float = 1.0) -> None:
        """Put the pen down."""
        self.end()
        self._points, self._pressures = [point], [pressure]
        self.changed.emit()

    def extend(self, point: QPointF, pressure: float = 1.0) -> None:
        """Draw on to a point, where the pen is down."""
        if self._points:
            self._points.append(point)
            self._pressures.append(pressure)
            self.changed.emit()

    def end(self) -> None:
        """Lift the pen."""
        if self._points:
            stroke = self._stroke()
            self._points, self._pressures = [], []
            self._keep((*self.strokes, stroke))

    def undo(self) -> None:
        """Take the last stroke back, or the last clearing."""
        self._points, self._pressures = [], []
        states = self._states.get(self._step, [()])
        if len(states) > 1:
            states.pop()
        self.changed.emit()

    def clear(self) -> None:
        """Take all strokes of the step away; ``undo`` brings them back."""
        self.end()
        if self.strokes:
            self._keep(())

    def show_step(self, step: int) -> None:
        """Show the strokes of another step."""
        self.end()
        self._step = step
        self.changed.emit()

    def forget(self) -> None:
        """Forget the strokes of all steps: the lesson is over."""
        self._states, self._points, self._pressures = {}, [], []
        self.pointer, self.dot = None, False
        if not self.put_away():
            self.changed.emit()

    def _stroke(self) -> Stroke:
        return Stroke(tuple(self._points), tuple(self._pressures), self.colour, self.width)

    def _keep(self, strokes: tuple[Stroke, ...]) -> None:
        states = self._states.setdefault(self._step, [()])
        states.append(strokes)
        del states[:-_MOST_UNDONE]
        self.changed.emit()
