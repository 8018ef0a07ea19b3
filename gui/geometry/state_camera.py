"""What part of a state space is in view, and the ways there and back. Pure."""

from __future__ import annotations

from typing import NamedTuple

from gui.geometry.state_graph import Placed

MOST_ZOOM, LEAST_ZOOM = 60.0, 0.5
"""Against the view that shows everything."""
_MOST_STEPS = 50


class View(NamedTuple):
    """How units become pixels: ``pixel = unit * scale + shift``."""

    across: float
    down: float
    left: float
    top: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place is, in pixels."""
        return x * self.across + self.left, y * self.down + self.top

    def zoomed(self, factor: float, x: float, y: float) -> View:
        """Return the view ``factor`` times as close, with what is at a pixel staying there."""
        return View(
            self.across * factor,
            self.down * factor,
            x - (x - self.left) * factor,
            y - (y - self.top) * factor,
        )

    def moved(self, x: float, y: float) -> View:
        """Return the view with all moved by pixels."""
        return self._replace(left=self.left + x, top=self.top + y)

    @property
    def radius(self) -> float:
        """How large a state may be in pixels, so that it keeps off its neighbours."""
        return 0.36 * min(self.across, self.down)


def fitted(placed: Placed, width: float, height: float, edge: float, widest: float) -> View:
    """Return the view that shows all of it, in the middle.

    Args:
        placed: The states.
        width: Of the room, in pixels.
        height: Of the room.
        edge: Kept free at each side.
        widest: The most pixels for a unit: three states do not become balloons.
    """
    room = max(1.0, width - 2 * edge), max(1.0, height - 2 * edge)
    across = min(widest, room[0] / placed.width) if placed.width else widest
    down = min(widest, room[1] / placed.height) if placed.height else widest
    return View(
        across,
        down,
        (width - placed.width * across) / 2,
        (height - placed.height * down) / 2,
    )


def nearest(placed: Placed, view: View, x: float, y: float, within: float) -> int:
    """Return the state nearest to a pixel, -1 where none is within so many pixels."""
    best, found = within * within, -1
    for node in range(len(placed.xs)):
        across, down = view.point(placed.xs[node], placed.ys[node])
        far = (across - x) ** 2 + (down - y) ** 2
        if far <= best:
            best, found = far, node
    return found


class Camera:
    """A view of placed states, and where it was before.

    Attributes:
        placed: The states.
        view: What is in view.
        zoom: How close, 1 where everything is in view.
    """

    def __init__(self) -> None:
        self.placed = Placed((), (), ())
        self.view = View(1.0, 1.0, 0.0, 0.0)
        self.zoom = 1.0
        self._room = 1.0, 1.0, 0.0, 1.0
        self._moved = False
        self._before: list[tuple[View, float, bool]] = []

    @property
    def is_whole(self) -> bool:
        """Whether everything is in view, as large as it can be."""
        return not self._moved

    def show(self, placed: Placed) -> None:
        """Look at other states, at all of them."""
        self.placed = placed
        self._before.clear()
        self._fit()

    def take_room(self, width: float, height: float, edge: float, widest: float) -> None:
        """Use another room; what was whole stays whole. The arguments are those of ``fitted``."""
        self._room = width, height, edge, widest
        if self.is_whole:
            self._fit()

    def _fit(self) -> None:
        self.view, self.zoom, self._moved = fitted(self.placed, *self._room), 1.0, False

    def whole(self) -> None:
        """Show everything."""
        if not self.is_whole:
            self._remember()
            self._fit()

    def back(self) -> None:
        """Go back to what was in view before."""
        if self._before:
            self.view, self.zoom, self._moved = self._before.pop()
            if not self._moved:
                self._fit()  # the room may be another one by now

    def zoom_by(self, factor: float, x: float, y: float) -> None:
        """Go ``factor`` times as close; what is at a pixel stays there."""
        zoom = max(LEAST_ZOOM, min(MOST_ZOOM, self.zoom * factor))
        if zoom != self.zoom:
            self._remember()
            self.view, self.zoom = self.view.zoomed(zoom / self.zoom, x, y), zoom
            self._moved = True

    def move(self, x: float, y: float, *, remember: bool = True) -> None:
        """Move everything by pixels; a drag remembers only where it began."""
        if remember:
            self._remember()
        self.view, self._moved = self.view.moved(x, y), True

    def _remember(self) -> None:
        self._before.append((self.view, self.zoom, self._moved))
        del self._before[:-_MOST_STEPS]
