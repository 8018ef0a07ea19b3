"""What one looks at in the window, as a step of a lesson that says all it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.errors import LessonError
from core.lesson.schema import Step, Workspace
from gui.lesson_editor.places import name_of_position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.compare.lanes import Lane
    from core.trace.trace import Trace
    from gui.compare_session import CompareSession
    from gui.lesson_hall import Hall

_WORKSPACES = ("live", "timeline", "compare", "layout", "recordings", "explore")
RUN_FIELDS = (
    "workspace", "scenario", "settings", "guard", "max_depth", "kernel", "arch", "layout", "word",
    "lanes", "recording", "view", "field", "place", "position", "essential", "zoom",
)  # fmt: skip
"""What of a step is taken from the view; the rest is words."""
_PANELS = {"treemap": "treemap", "notes": "special", "what_if": "what_if"}
"""The panels of Recordings as a lesson calls them, but for the one that is open anyway."""


def record(
    controller: Hall,
    comparison: CompareSession,
    workspace: str = "",
    folder: Path | None = None,
) -> Step:
    """Return the current view as a step.

    Args:
        controller: The window with what is open in it.
        comparison: The Compare workspace's session.
        workspace: The one that is looked at; the one in front where not given.
        folder: Where the lesson's file is: a recording beside it is named from there.

    Raises:
        LessonError: There is nothing in view that a lesson could show again.
    """
    shown = workspace or controller.window.workspace
    if shown not in _WORKSPACES:
        raise LessonError(
            "this workspace shows nothing that a step could show",
            advice="go to Live, Timeline, Compare, Layout, Recordings or Explore first",
        )
    if shown == "layout":
        seen = _layout(controller)
    elif shown == "recordings":
        seen = _recording(controller, folder)
    elif shown in ("live", "timeline") and controller.session.recorded_in is not None:
        seen = _recorded_run(controller, shown, controller.session.recorded_in, folder)
    elif shown == "compare":
        seen = _comparison(controller, comparison)
    else:
        seen = _run(controller, shown)
    return Step(title=_title(seen), workspace=cast("Workspace", shown), **seen)


def _title(seen: dict[str, Any]) -> str:
    position = str(seen.get("position", ""))
    if position.isdecimal():
        return f"Event {int(position):,}"
    words = position or str(seen.get("layout", "") or seen.get("recording", ""))
    return (words[:1].upper() + words[1:])[:80] or "New step"


def _scenario(controller: Hall) -> dict[str, Any]:
    source, settings, overrides = controller.session.made_from
    if source is None:
        raise LessonError(
            "this run came without its scenario, so a lesson could not play it",
            advice="open a scenario",
        )
    return {
        "scenario": source.where,
        "settings": dict(settings),
        "guard": overrides.guard or "",
        "max_depth": overrides.max_depth or 0,
        "kernel": overrides.kernel or "",
        "arch": overrides.arch or "",
        "layout": overrides.layout or "",
        "word": overrides.word or "",
        "essential": controller.session.essential_only,
    }


def _recorded_run(
    controller: Hall, workspace: str, file: Path, folder: Path | None
) -> dict[str, Any]:
    from core.lesson.recorded import named

    essential = controller.session.essential_only
    return {
        "recording": named(file, folder),
        "essential": essential,
        **_place(controller, workspace),
    }


def _run(controller: Hall, workspace: str) -> dict[str, Any]:
    return {**_scenario(controller), **_place(controller, workspace)}


def _place(controller: Hall, workspace: str) -> dict[str, Any]:
    """Return where in the run at hand one is, and how much of it is in view."""
    seen: dict[str, Any] = {}
    session = controller.session
    trace = session.trace
    if trace is None:
        raise LessonError("nothing has run yet", advice="open a scenario")
    seen["position"] = name_of_position(trace, session.position)
    if workspace == "timeline":
        seen["zoom"] = _zoom(controller, trace)
    return seen


def _zoom(controller: Hall, trace: Trace) -> tuple[str, str] | tuple[()]:
    viewport = controller.viewport
    if viewport.view == viewport.bounds:
        return ()
    first, last = viewport.seen
    return (name_of_position(trace, first), name_of_position(trace, last))


def _comparison(controller: Hall, comparison: CompareSession) -> dict[str, Any]:
    traces: Sequence[Trace] = comparison.traces
    if comparison.alignment is None or not traces:
        raise LessonError("the lanes have not run yet", advice="wait until they have")
    position = comparison.alignment.positions_at(comparison.moment)[0]
    seen = _scenario(controller)
    # Each lane says its own guard: what Live has is not shown here.
    seen.update(guard="", max_depth=0, word="")
    seen["lanes"] = tuple(lane_text(lane) for lane in comparison.lanes)
    seen["position"] = name_of_position(traces[0], int(position), traces[1:])
    return seen


def lane_text(lane: Lane) -> str:
    """Return a lane as a lesson writes it: its guard, depth and word.

    Raises:
        LessonError: The lane changes more than a lesson can say.
    """
    if not lane.guard or lane.kernel or lane.arch:
        raise LessonError(
            "a lesson can say no more of a lane than its guard, depth and word of bits",
            advice="give every lane a guard, and one kernel to all of them",
        )
    parts = [lane.guard]
    if lane.max_depth not in (None, 1) or lane.word:
        parts.append(str(lane.max_depth or 1))
    return ":".join([*parts, lane.word] if lane.word else parts)


def _layout(controller: Hall) -> dict[str, Any]:
    layouts = controller.layouts
    if not layouts.opened:
        raise LessonError(
            "this layout is no kernel that can be opened by its name", advice="open a kernel"
        )
    return {
        "layout": layouts.opened,
        "field": layouts.field_text,
        "place": layouts.place,
        "highlights": (f"member:{layouts.selected}",) if layouts.selected else (),
    }


def _recording(controller: Hall, folder: Path | None) -> dict[str, Any]:
    from core.lesson.recorded import named
    from gui.lesson_recording_look import view_of
    from gui.workspaces.recordings import RecordingsWorkspace

    recordings = controller.recordings
    opened = recordings.recording
    if opened is None:
        raise LessonError("no recording is open", advice="open one of the examples")
    highlights = [f"function:{recordings.function}"] if recordings.function else []
    page = controller.window.findChild(RecordingsWorkspace)
    if page is not None and page.side_shown and page.side.shown in _PANELS:
        highlights.append(f"panel:{_PANELS[page.side.shown]}")
    return {
        "recording": named(Path(opened.name), folder),
        "view": view_of(recordings),
        "highlights": tuple(highlights),
    }
