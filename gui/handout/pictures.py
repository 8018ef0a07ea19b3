"""The picture of a lesson's step, drawn by the view that shows it in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.compare.alignment import Alignment
from core.handout.model import Picture
from core.lesson.positions import position_of
from gui.render.pictures import PictureRequest, picture

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from core.lesson.runs import Shown
    from core.trace.trace import Trace

SIZE = 960, 560
_VIEWS = {"live": "stack", "timeline": "timeline", "compare": "compare", "layout": "layout",
    "recordings": "timeline", "explore": "stack"}  # fmt: skip


def picture_of(step: ResolvedStep, shown: Shown) -> Picture | None:
    """Return a step's picture for light and dark pages; None where there is nothing to draw.

    Raises:
        OwnerscopeError: It cannot be drawn, or its position does not exist.
    """
    if shown.analysis is None and shown.trace is None:
        return None
    view = _VIEWS[step.workspace]
    light, dark = (picture(view, _request(step, shown, theme)) for theme in ("light", "dark"))
    return Picture(light, dark, SIZE)


def _request(step: ResolvedStep, shown: Shown, theme: str) -> PictureRequest:
    written, trace = step.step, shown.trace
    kind: Literal["light", "dark"] = "dark" if theme == "dark" else "light"
    if trace is None:
        return PictureRequest(
            kernel=step.layout, field=step.field, place=step.place, highlights=written.highlights,
            theme=kind, size=SIZE, format="svg",
        )  # fmt: skip
    position = _at(step, shown, written.position)
    zoom = [_at(step, shown, end) for end in written.zoom]
    is_compare = step.workspace == "compare"
    return PictureRequest(
        source=step.source() if step.is_run else None,
        settings=step.settings,
        overrides=step.overrides,
        trace=None if is_compare else trace,
        position=_moment(shown, position) if is_compare else position,
        zoom=(zoom[0], zoom[1]) if zoom else None,
        essential=step.essential,
        lanes=written.lanes or tuple(_lane_text(lane) for lane in step.lanes),
        highlights=written.highlights,
        caption=False,  # the page says it already
        theme=kind,
        size=SIZE,
        format="svg",
    )


def _lane_text(lane: object) -> str:
    guard, depth = getattr(lane, "guard", None), getattr(lane, "max_depth", None)
    return f"{guard}:{depth}" if depth else f"{guard}"


def _at(step: ResolvedStep, shown: Shown, text: str) -> int:
    trace: Trace | None = shown.trace
    assert trace is not None
    return position_of(text, trace, shown.others, where=step.where)


def _moment(shown: Shown, position: int) -> int:
    """A comparison moves by moments, which all its lanes share."""
    return Alignment(shown.lanes).moment_of(0, position)
