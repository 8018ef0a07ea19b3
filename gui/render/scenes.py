"""The views of the window as scenes: a moment of a run, drawn at a size with any painter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.errors import OwnerscopeError
from gui.render.slide import Slide
from gui.render.still_themes import StillThemes

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.cursor import Cursor
    from gui.render.request import PictureRequest
    from gui.session import Session


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
        self.slide, self.size, self._cursor, self._keep = slide, size, cursor, keep
        slide.show_at(*size)

    @property
    def length(self) -> int:
        """How many moments there are."""
        trace = self._cursor.trace if self._cursor is not None else None
        return len(trace) if trace is not None else 0

    def draw(self, painter: QPainter, position: int) -> None:
        """Draw the moment at a position."""
        if self._cursor is not None:
            self._cursor.seek(position)
        flags = QWidget.RenderFlag.DrawChildren
        self.slide.render(painter, QPoint(), QRegion(), flags)


def make_scene(view: str, request: PictureRequest, *, as_shapes: bool = False) -> Scene:
    """Return a view as a scene.

    Args:
        view: One of ``gui.render.request.VIEWS``.
        request: What it is of, and how it looks; its position is not looked at.
        as_shapes: Draw shapes and text only, for a drawing that is no raster.

    Raises:
        OwnerscopeError: There is nothing to be shown, or no such view.
    """
    if view == "stack":
        return stack_scene(request, as_shapes=as_shapes)
    raise OwnerscopeError(f"there is no view {view!r}", where="--view")


def opened(request: PictureRequest) -> tuple[Session, Trace]:
    """Return a session with the run that a picture is of.

    Raises:
        OwnerscopeError: There is none, or it cannot be run.
    """
    from core.scenario.run import Overrides, plan, run
    from gui.runner import Runner
    from gui.session import Session

    session = Session(Runner())
    trace, overrides = request.trace, request.overrides or Overrides()
    if trace is None:
        if request.source is None:
            raise OwnerscopeError("there is no run to draw", advice="open a scenario first")
        trace = run(plan(request.source, dict(request.settings), overrides))
    session.open_saved(trace, request.source, dict(request.settings), overrides)
    session.set_essential_only(request.essential)
    session.highlight(request.highlights)
    return session, trace


def title_of(trace: Trace, request: PictureRequest) -> tuple[str, str]:
    """Return what stands above a run: its name, and the kernel and guard it ran with."""
    info = trace.info
    source, title = request.source, request.title
    if not title and source is not None:
        title = str(source.document.get("title", ""))
    if info.recording is not None:
        return title or info.recording.title or info.scenario, "Recorded"
    from core.compare.lanes import Lane, lane_label

    guard = info.guard
    said = lane_label(Lane(guard.design, guard.max_depth or None))
    return title or info.scenario, f"Linux {info.kernel} · {info.arch} · {said}"


def stack_scene(request: PictureRequest, *, as_shapes: bool) -> Scene:
    """Return the call stack with the gauge beside it and the sentence below."""
    from gui.widgets.explanation import ExplanationStrip
    from gui.widgets.stack.canvas import StackCanvas
    from gui.widgets.stack.cpus import CpuStacks
    from gui.widgets.stack.gauge import GaugeView
    from gui.widgets.stack.view import StackView

    themes = StillThemes(request.theme, request.scale)
    session, trace = opened(request)
    slide, stage = Slide(themes, *title_of(trace, request)), QWidget()
    row = QHBoxLayout(stage)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    several = trace.cpus.several
    row.addWidget(CpuStacks(session, themes) if several else StackView(session, themes), 1)
    if trace.info.recording is None:
        row.addWidget(GaugeView(session, themes))
    slide.add(stage, 1)
    if request.caption:
        slide.add(ExplanationStrip(session, themes))
    if several:
        session.trace_changed.emit()  # the columns are made for a run that comes
    if as_shapes:
        for canvas in slide.findChildren(StackCanvas):
            canvas.draw_as_shapes()
    return SlideScene(slide, request.size, cast("Cursor", session), themes, session)
