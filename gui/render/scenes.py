"""The views of the window as scenes: a moment of a run, drawn at a size with any painter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from core.errors import RenderError, did_you_mean
from gui.render.request import STATES, VIEWS

if TYPE_CHECKING:
    from gui.cursor import Cursor
    from gui.render.request import PictureRequest
    from gui.render.slide import Slide


class Scene(Protocol):
    """A view of a run at any of its moments."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    @property
    def length(self) -> int:
        """How many moments there are; 0 for a view that does not move."""
        ...

    @property
    def title(self) -> str:
        """What it is of, in a line."""
        ...

    def draw(self, painter: QPainter, position: int) -> None:
        """Draw the moment at a position, -1 before the first event."""
        ...


class SlideScene:
    """A slide that follows a cursor.

    Args:
        slide: What is drawn.
        size: Its width and height.
        cursor: What moves it, None where nothing does.
        keep: What must live as long as the slide.
    """

    def __init__(
        self, slide: Slide, size: tuple[int, int], cursor: Cursor | None, *keep: object
    ) -> None:
        self.slide, self.cursor = slide, cursor
        self._size, self._keep = size, keep
        slide.show_at(*size)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._size

    @property
    def length(self) -> int:
        """How many moments there are."""
        trace = self.cursor.trace if self.cursor is not None else None
        return len(trace) if trace is not None else 0

    @property
    def title(self) -> str:
        """The slide's title."""
        return self.slide.title

    def draw(self, painter: QPainter, position: int) -> None:
        """Draw the moment at a position."""
        if self.cursor is not None:
            self.cursor.seek(position)
        self.slide.settle()
        flags = QWidget.RenderFlag.DrawChildren
        self.slide.render(painter, QPoint(), QRegion(), flags)


def make_scene(view: str, request: PictureRequest) -> Scene:
    """Return a view as a scene.

    Args:
        view: One of ``gui.render.request.VIEWS``, or ``STATES``.
        request: What it is of, and how it looks; its position is not looked at.

    Raises:
        OwnerscopeError: There is nothing to be shown, or no such view.
    """
    from gui.render import compare_scene, layout_scene, run_scenes, states_scene
    from gui.render.room import check_room

    makers = {
        "stack": run_scenes.stack_scene,
        "timeline": run_scenes.timeline_scene,
        "tree": run_scenes.tree_scene,
        "compare": compare_scene.compare_scene,
        "layout": layout_scene.layout_scene,
        STATES: states_scene.states_scene,
    }
    if view not in makers:
        raise RenderError(
            f"there is no view {view!r}", where="--view", advice=did_you_mean(view, VIEWS)
        )
    check_room(view, request)
    return makers[view](request)
