"""The views of a single run: its call stack, its timeline, its tree of saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.errors import RenderError
from gui.render.room import caption_step, has_caption, has_gauge, keep_what_fits
from gui.render.scenes import SlideScene
from gui.render.slide import Slide
from gui.render.still_themes import StillThemes

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.render.request import PictureRequest
    from gui.render.scenes import Scene
    from gui.session import Session


def opened(request: PictureRequest) -> tuple[Session, Trace]:
    """Return a session with the run that a picture is of.

    Raises:
        OwnerscopeError: There is none, or it cannot be run.
    """
    from core.scenario.run import Overrides, plan, run
    from gui.runner import Runner
    from gui.session import Session

    runner = Runner()
    session = Session(runner)
    runner.setParent(session)
    trace, overrides = request.trace, request.overrides or Overrides()
    if trace is None:
        if request.source is None:
            raise RenderError("there is no run to draw", advice="open a scenario first")
        trace = run(plan(request.source, dict(request.settings), overrides))
    session.open_saved(trace, request.source, dict(request.settings), overrides)
    session.set_essential_only(request.essential)
    session.highlight(request.highlights)
    return session, trace


def title_of(trace: Trace, request: PictureRequest) -> tuple[str, str]:
    """Return what stands above a run: its name, and the kernel and guard it ran with."""
    info = trace.info
    title = request.title
    if not title and request.source is not None:
        title = str(request.source.document.get("title", ""))
    if info.recording is not None:
        return title or info.recording.title or info.scenario, "Recorded"
    from core.compare.lanes import Lane, lane_label

    guard = lane_label(Lane(info.guard.design, info.guard.max_depth or None))
    return title or info.scenario, f"Linux {info.kernel} · {info.arch} · {guard}"


def stack_scene(request: PictureRequest) -> Scene:
    """Return the call stack with the gauge beside it and the sentence below."""
    from gui.widgets.stack.cpus import CpuStacks
    from gui.widgets.stack.gauge import GaugeView
    from gui.widgets.stack.view import StackView

    themes = StillThemes(request.theme, request.scale)
    session, trace = opened(request)
    slide, stage = Slide(themes, *title_of(trace, request)), QWidget()
    row = QHBoxLayout(stage)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    stacks = CpuStacks(session, themes) if trace.cpus.several else StackView(session, themes)
    stacks.set_keys("", "")  # nobody can press them in a picture
    row.addWidget(stacks, 1)
    stacks.setVisible(True)
    if trace.info.recording is None and has_gauge(request):
        row.addWidget(GaugeView(session, themes))
    slide.add(stage, 1)
    return _finished(slide, request, session, themes)


def timeline_scene(request: PictureRequest) -> Scene:
    """Return the calls of the whole run, or of a part of it, with the sentence below."""
    from gui.search import Search
    from gui.viewport import Viewport
    from gui.widgets.timeline.model import TimelineModel
    from gui.widgets.timeline.view import TimelineView

    themes = StillThemes(request.theme, request.scale)
    session, trace = opened(request)
    slide = Slide(themes, *title_of(trace, request))
    viewport = Viewport(session, session)
    model, search = TimelineModel(session, viewport, themes, session), Search(session, session)
    view = TimelineView(session, viewport, model, search, themes)
    slide.add(view, 1)
    scene = _finished(slide, request, session, themes)
    if request.zoom is not None:
        viewport.show_positions(*request.zoom)
    slide.settles(view.settle)
    return scene


def tree_scene(request: PictureRequest) -> Scene:
    """Return the page event at the cursor as a tree of saves, with the sentence below."""
    from gui.widgets.tree.view import RecursionTree

    themes = StillThemes(request.theme, request.scale)
    session, trace = opened(request)
    slide = Slide(themes, *title_of(trace, request))
    tree = RecursionTree(session, themes)
    for control in (tree.previous_button, tree.next_button, tree.widths):
        control.hide()  # nobody can press them in a picture
    slide.add(tree, 1)
    table = (tree.levels_title, tree.levels, tree.law_label)
    slide.settles(lambda: keep_what_fits(tree, (*table, tree.card), (tree.card,)))
    return _finished(slide, request, session, themes)


def _finished(
    slide: Slide, request: PictureRequest, session: Session, themes: StillThemes
) -> SlideScene:
    """Put the sentence below, and let every view take the run that was open before it was made."""
    from gui.widgets.explanation import ExplanationStrip

    if request.caption and has_caption(request):
        slide.add(ExplanationStrip(session, themes, caption_step(request)))
    session.trace_changed.emit()
    return SlideScene(slide, request.size, session, themes, session)
