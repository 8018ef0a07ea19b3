"""The picture of a lesson's step, drawn by the view that shows it in the window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF

from core.compare.alignment import Alignment
from core.errors import LessonError
from core.handout.model import Picture
from core.lesson.explored import explored
from core.lesson.positions import position_of, span_of
from gui.handout.pixels import small_png
from gui.render.pictures import PictureRequest, image_of
from gui.render.request import STATES
from gui.render.scenes import make_scene

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from core.lesson.resolved import ResolvedStep
    from core.lesson.runs import Shown
    from core.trace.trace import Trace
    from gui.render.request import Format as Form
    from gui.render.scenes import Scene

_VIEWS = {"live": "stack", "timeline": "timeline", "compare": "compare", "layout": "layout",
    "recordings": "timeline", "explore": STATES}  # fmt: skip
_SIZES = {"layout": (1120, 780), "compare": (1120, 640)}
_SHARP = 2
"""Pixels of a picture for a pixel of CSS."""
Theme = Literal["light", "dark"]
_THEMES: tuple[Theme, ...] = ("light", "dark")
_SIZE = 960, 560
"""Width and height in pixels: as small as leaves room for all of a view, so that it is read."""


def picture_of(step: ResolvedStep, shown: Shown) -> Picture:
    """Return a step's picture for light and dark pages.

    Raises:
        OwnerscopeError: It cannot be drawn, or its position does not exist.
    """
    wide, high = size = _SIZES.get(step.workspace, _SIZE)
    sharp = wide * _SHARP, high * _SHARP
    # Pixels and not shapes: a browser clips the SVG that Qt writes in other places than Qt.
    scenes = (_scene(step, shown, sharp, theme, _SHARP, "png") for theme in _THEMES)
    light, dark = (small_png(image_of(scene, position)) for scene, position in scenes)
    return Picture(light, dark, size)


def _scene(
    step: ResolvedStep, shown: Shown, size: tuple[int, int], theme: Theme, scale: float, form: Form
) -> tuple[Scene, int]:
    """Return what draws a step, and the moment that is drawn."""
    if shown.recording is not None and shown.trace is None:
        from gui.handout.flame import flame_scene

        drawn = flame_scene(shown.recording, size, theme, scale, step.step.highlights)
        return drawn, -1
    request = request_of(step, shown, size)
    request = replace(request, theme=theme, scale=float(scale), format=form)
    return make_scene(_VIEWS[step.workspace], request), request.position


@dataclass(frozen=True)
class Drawing:
    """A step's picture as a view that draws itself: sharper than any file in a file.

    Attributes:
        scene: The view.
        position: The moment.
        size: Width and height in pixels.
    """

    scene: Scene
    position: int
    size: tuple[int, int]

    def draw(self, painter: QPainter, at: QPointF) -> None:
        """Draw it with its upper left corner at a point."""
        painter.save()
        painter.translate(at)
        painter.setClipRect(QRectF(0, 0, *self.size))
        self.scene.draw(painter, self.position)
        painter.restore()


def drawing_of(step: ResolvedStep, shown: Shown, width: int) -> Drawing:
    """Return a step's picture for paper, just so wide.

    Raises:
        OwnerscopeError: It cannot be drawn, or its position does not exist.
    """
    wide, high = _SIZES.get(step.workspace, _SIZE)
    size = width, round(high * width / wide)
    scene, position = _scene(step, shown, size, "light", width / wide, "svg")
    return Drawing(scene, position, size)


def request_of(step: ResolvedStep, shown: Shown, size: tuple[int, int]) -> PictureRequest:
    """Return what a picture of a step is of, and how it looks."""
    written, trace = step.step, shown.trace
    if trace is None:
        return PictureRequest(
            kernel=step.layout, field=step.field, place=step.place, highlights=written.highlights,
            size=size,
        )  # fmt: skip
    if step.workspace == "explore":
        return PictureRequest(explored=explored(step), size=size)
    position = _at(step, shown, written.position)
    zoom = _zoom(step, trace)
    is_compare = step.workspace == "compare"
    return PictureRequest(
        source=step.source() if step.is_run else None,
        settings=step.settings,
        overrides=step.overrides,
        trace=None if is_compare else trace,
        position=_moment(shown, position) if is_compare else position,
        zoom=zoom,
        essential=step.essential,
        lanes=step.lanes,
        highlights=written.highlights,
        caption=False,  # the page says it already
        size=size,
    )


def _zoom(step: ResolvedStep, trace: Trace) -> tuple[int, int] | None:
    """Return what is in view, None for all of it; the page says so where that does not exist."""
    try:
        return span_of(step.step.zoom, trace, what="a zoom") if step.step.zoom else None
    except LessonError:
        return None


def _at(step: ResolvedStep, shown: Shown, text: str) -> int:
    trace: Trace | None = shown.trace
    assert trace is not None
    return position_of(text, trace, shown.others, where=step.where)


def _moment(shown: Shown, position: int) -> int:
    """A comparison moves by moments, which all its lanes share."""
    return Alignment(shown.lanes).moment_of(0, position)
