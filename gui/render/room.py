"""What there is room for: a small picture leaves out what matters least, and never overlaps.

Sizes here are those at a scale of 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QScrollArea, QWidget

from core.errors import RenderError

if TYPE_CHECKING:
    from gui.render.request import PictureRequest
    from gui.theme import TextStep

LEAST_WIDTH, LEAST_HEIGHT = 320, 200
"""Below it a view has no room for a word."""
_LANE_WIDTH = 130
"""Of a lane beside another, with the letter that it is called by and the value of its guard."""
_USUAL_LANES = 3
_GAUGE_FROM = 560
"""From this width on there is room for a gauge beside a stack."""
_STRIPS_FROM = 340
"""From this height on there is room for the axis of all lanes below them."""
_CAPTION_FROM, _LARGE_FROM = 300, 560
"""From these heights on there is a sentence below a run, and it is as large as in the window."""


def room_of(request: PictureRequest) -> tuple[float, float]:
    """Return the width and height of a picture at a scale of 1."""
    width, height = request.size
    return width / request.scale, height / request.scale


def check_room(view: str, request: PictureRequest) -> None:
    """Say so where a picture is too small for what it is to show.

    Raises:
        RenderError: It is; the least size is told.
    """
    least = least_size(view, request)
    if any(has < needs for has, needs in zip(request.size, least, strict=True)):
        width, height = request.size
        raise RenderError(
            f"the view {view!r} has no room in {width:,} x {height:,} pixels at a scale of"
            f" {request.scale:g}",
            where="--size",
            advice=f"give at least {least[0]}x{least[1]}, or a smaller scale",
        )


def least_size(view: str, request: PictureRequest) -> tuple[int, int]:
    """Return the least width and height of a picture, in pixels."""
    width = LEAST_WIDTH
    if view == "compare":
        from gui.compare_session import MOST

        lanes = min(len(request.lanes) or _USUAL_LANES, MOST)  # more are said to be too many
        width = max(width, lanes * _LANE_WIDTH)
    # Rounded up, and even as films are.
    return _even(width * request.scale), _even(LEAST_HEIGHT * request.scale)


def _even(side: float) -> int:
    return 2 * -int(-side // 2)


def has_gauge(request: PictureRequest) -> bool:
    """Whether the stack leaves room for the gauge beside it."""
    return room_of(request)[0] >= _GAUGE_FROM


def has_strips(request: PictureRequest) -> bool:
    """Whether lanes leave room for the axis below them."""
    return room_of(request)[1] >= _STRIPS_FROM


def has_caption(request: PictureRequest) -> bool:
    """Whether a run leaves room for the sentence below it."""
    return room_of(request)[1] >= _CAPTION_FROM


def caption_step(request: PictureRequest) -> TextStep:
    """Return the largest size of the sentence below a run: it must not push the run away."""
    return "heading" if room_of(request)[1] >= _LARGE_FROM else "title"


def keep_what_fits(view: QWidget, *sets: tuple[QWidget, ...]) -> None:
    """Hide parts of a view that scrolls until all of the rest is seen at once.

    What was hidden stays so: a film does not let it come and go.

    Args:
        view: It has a scroll area.
        sets: The parts that may be left out, as sets to try, the largest first.
    """
    area = view.findChild(QScrollArea)
    content = area.widget() if area is not None else None
    layout = content.layout() if content is not None else None
    if area is None or layout is None:
        return
    room = area.viewport().height()
    hidden = {part for part in sets[0] if part.isHidden()}
    for kept in (*sets, ()):
        for part in sets[0]:
            part.setVisible(part in kept and part not in hidden)
        layout.invalidate()
        layout.activate()
        if layout.totalHeightForWidth(area.viewport().width()) <= room:
            return
