"""Lanes side by side: their stacks, level as far as they are the same, and all on one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from core.errors import RenderError
from gui.render.ending import let_end
from gui.render.room import has_strips
from gui.render.scenes import SlideScene
from gui.render.slide import Slide
from gui.render.still_themes import StillThemes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.compare.lanes import Lane
    from gui.compare_session import CompareSession
    from gui.render.request import PictureRequest
    from gui.render.room import has_strips
from gui.render.scenes import Scene

_ALL_AT_ONCE = 1 << 62
"""Events a run may do here: nobody waits at a window meanwhile."""
_STRIPS_PX = 150


def compare_scene(request: PictureRequest) -> Scene:
    """Return lanes side by side.

    Raises:
        OwnerscopeError: One of them cannot be run.
    """
    from core.compare.lanes import shared_words
    from gui.widgets.compare.columns import LaneColumns
    from gui.widgets.compare.strips import StripsView

    themes = StillThemes(request.theme, request.scale)
    session = compared(request)
    source = request.source
    title = request.title or (str(source.document.get("title", "")) if source else "")
    slide = Slide(themes, title or "Side by side", shared_words(session.traces))
    columns, strips = LaneColumns(session, themes), StripsView(session, themes)
    strips.setVisible(has_strips(request))
    strips.setFixedHeight(
        max(strips.minimumSizeHint().height(), min(themes.metrics.px(_STRIPS_PX), request.size[1]))
    )
    slide.add(columns, 1)
    slide.add(strips)
    scene = SlideScene(slide, request.size, session.cursor, themes, session)
    # The calls on the axis are worked out when they are asked for, on the screen little by little.
    assert strips.lanes is not None
    return scene


def compared(request: PictureRequest) -> CompareSession:
    """Return a comparison whose lanes have run.

    Raises:
        OwnerscopeError: One of them cannot be run.
    """
    from core.scenario.run import Overrides
    from gui.compare_session import CompareSession
    from gui.runner import Runner
    from gui.session import Session

    if request.source is None:
        raise RenderError("a recording cannot be compared with other guards")
    main = Session(Runner(probe_events=_ALL_AT_ONCE))
    session = CompareSession(main, Runner(probe_events=_ALL_AT_ONCE))
    main.setParent(session)
    main.source, main.settings = request.source, dict(request.settings)
    main.overrides = request.overrides or Overrides()
    problems: list[str] = []
    session.failed.connect(problems.append)
    session.cursor.set_essential_only(request.essential)
    session.set_lanes(lanes_of(request))
    while session.busy and not problems:
        # In the program's window a key is to wait: it may end what asked for this picture.
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        let_end()
    if problems:
        raise RenderError(problems[0], where="--view compare")
    return session


def lanes_of(request: PictureRequest) -> Sequence[Lane]:
    """Return the lanes that are asked for, the first preset's where none are.

    Raises:
        OwnerscopeError: One is none, or they are too few or too many.
    """
    from core.compare.lanes import PRESETS
    from core.lesson.resolved import parse_lane
    from gui.compare_session import FEWEST, MOST

    if not request.lanes:
        return PRESETS[0].lanes
    if not FEWEST <= len(request.lanes) <= MOST:
        number = len(request.lanes)
        raise RenderError(
            f"{number} lane{'s' * (number != 1)} cannot be shown side by side",
            where="--lanes",
            advice=f"give {FEWEST} to {MOST}",
        )
    return tuple(
        parse_lane(lane, where="--lanes") if isinstance(lane, str) else lane
        for lane in request.lanes
    )
