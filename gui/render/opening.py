"""What is to be drawn, found by its name: a scenario, a lesson, a recording or a saved run."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec

from core.errors import LessonError, OwnerscopeError, RenderError, did_you_mean
from gui.render.request import STATES

if TYPE_CHECKING:
    from core.compare.lanes import Lane
    from core.lesson.resolved import ResolvedStep
    from core.scenario.plan import Overrides
    from core.trace.trace import Trace
    from gui.render.job import Job
    from gui.render.request import PictureRequest

_HEAD_BYTES = 1 << 17
_VIEW_OF = {
    "live": "stack", "timeline": "timeline", "compare": "compare", "layout": "layout",
    "recordings": "timeline", "explore": STATES,
}  # fmt: skip


_CHANGED = ("guard", "max_depth", "arch", "kernel", "layout", "word")
"""What a lesson's step says of its scenario, and an option too."""


@dataclasses.dataclass(frozen=True, slots=True)
class Opened:
    """What is drawn.

    Attributes:
        view: How it is looked at.
        request: What it is, without a position.
        at: Where a lesson's step is, as it writes it; empty elsewhere.
        start: Where what the step plays begins.
        end: Where that ends.
        where: The lesson's step, as its errors name it; empty elsewhere.
    """

    view: str
    request: PictureRequest
    at: str = ""
    start: str = ""
    end: str = ""
    where: str = ""


def opened(job: Job) -> Opened:
    """Find what a job is about, and run it where it is a scenario.

    Raises:
        OwnerscopeError: There is no such thing, it is damaged, or it cannot be run.
    """
    from core.recording.examples import EXAMPLES
    from core.scenario.loader import bundled

    if job.what in _lessons() and (job.step or job.what not in bundled()):
        return _lesson(job)
    if job.what in bundled():
        return _scenario(job)
    if not job.what and job.view == "layout" and job.kernel:
        return Opened("layout", _request(job))
    recordings = {example.name: example.path for example in EXAMPLES}
    path = recordings.get(job.what, Path(job.what))
    if not _is_file(path):
        _not_found(job.what, {*bundled(), *_lessons(), *recordings})
    if path.suffix == ".toml":
        return _lesson(job) if _has_steps(path) else _scenario(job)
    return _recording(job, path)


def _not_found(what: str, known: set[str]) -> NoReturn:
    if _is_there(Path(what)):
        kind = "a folder" if Path(what).is_dir() else "no ordinary file"
        raise RenderError(f"this is {kind}", where=what[:80], advice="give a file")
    raise RenderError(
        f"there is no scenario, lesson, recording or file {what[:80]!r}",
        advice=did_you_mean(what, known),
    )


def _is_there(path: Path) -> bool:
    try:
        return path != Path() and path.exists()
    except (OSError, ValueError):
        return False


def _lessons() -> tuple[str, ...]:
    from core.lesson.loader import bundled

    return bundled()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _has_steps(path: Path) -> bool:
    """Whether a TOML file is a lesson; what is wrong with it is for its reader to say."""
    try:
        return "steps" in tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False


def _request(job: Job) -> PictureRequest:
    from gui.render.request import PictureRequest

    return PictureRequest(
        settings=job.settings, zoom=job.zoom, essential=bool(job.essential),
        lanes=tuple(lane if isinstance(lane, str) else _lane(lane) for lane in job.lanes),
        kernel=job.kernel, field=job.field, place=job.place, struct=job.struct,
        highlights=job.highlights, title=job.title, size=job.size, theme=job.theme, scale=job.scale,
    )  # fmt: skip


def _lane(fields: dict[str, str | int | None]) -> Lane:
    from core.compare.lanes import Lane

    return msgspec.convert(fields, Lane)


def _scenario(job: Job) -> Opened:
    from core.scenario.loader import open_scenario
    from core.scenario.plan import Overrides

    if job.step:
        raise RenderError(f"{job.what} is a scenario: only a lesson has steps", where="--step")
    view, source = job.view or "stack", open_scenario(job.what)
    overrides = _changed(Overrides(), job)
    request = dataclasses.replace(_request(job), source=source, overrides=overrides)
    return Opened(view, _played(view, request))


def _changed(overrides: Overrides, job: Job) -> Overrides:
    """Return what is changed about a scenario, with what the job says."""
    given = {name: value for name, value in job.overrides.items() if value is not None}
    return dataclasses.replace(overrides, **given)  # type: ignore[arg-type]


def _check_unchanged(job: Job, kind: str) -> None:
    """Say so where something is to be changed that cannot be.

    Raises:
        RenderError: Something is.
    """
    if job.step:
        raise RenderError(f"{kind} has no steps: only a lesson has", where="--step")
    names = [name for name, value in job.overrides.items() if value is not None]
    if names or job.settings:
        option = f"--{names[0].replace('_', '-')}" if names else "--set"
        raise RenderError(f"{kind} shows what was; nothing of it can be changed", where=option)


def _played(view: str, request: PictureRequest) -> PictureRequest:
    """Run the scenario, where the view shows one run; the layout is then that of its kernel."""
    from core.layout.library import DEFAULT, bundled
    from core.scenario.run import plan, run

    assert request.source is not None
    assert request.overrides is not None
    if view == "compare":
        return request
    planned = plan(request.source, dict(request.settings), request.overrides)
    if view != "layout":
        return dataclasses.replace(request, trace=run(planned))
    if request.kernel:
        return request
    name = request.overrides.layout or planned.layout.name
    known = name in bundled() or bool(request.overrides.layout)
    return dataclasses.replace(request, kernel=name if known else DEFAULT)


def _lesson(job: Job) -> Opened:
    from core.lesson.loader import open_lesson
    from core.lesson.resolved import resolve

    lesson = open_lesson(job.what)
    steps, number = resolve(lesson.lesson, lesson.folder), job.step or 1
    if not 1 <= number <= len(steps):
        raise RenderError(f"the lesson has {len(steps)} steps, no step {number}", where="--step")
    step = steps[number - 1]
    if step.problem:
        raise RenderError(step.problem)
    view = job.view or _VIEW_OF[step.workspace]
    request = dataclasses.replace(
        _request(job),
        essential=step.essential if job.essential is None else job.essential,
        lanes=_request(job).lanes or step.lanes,
        kernel=job.kernel or step.layout,
        field=job.field or step.field,
        place=job.place or step.place,
        highlights=job.highlights or step.step.highlights,
        title=job.title or step.title,
    )
    try:
        return dataclasses.replace(_step(view, request, step, job), where=step.where)
    except OwnerscopeError as error:
        raise of_step(error, step.where, job) from None


def of_step(error: OwnerscopeError, where: str, job: Job) -> OwnerscopeError:
    """Return an error that names the step, unless it is about an option that was given.

    Args:
        error: What is wrong.
        where: The step, as its errors name it; empty where there is none.
        job: What was asked for.
    """
    said = str(error)
    option = said.partition(":")[0]
    name = option.partition(" ")[0]
    given = {
        **{f"--{name.replace('_', '-')}": job.overrides.get(name) for name in _CHANGED},
        "--lanes": job.lanes, "--field": job.field, "--place": job.place, "--view layout": job.view,
        "--view compare": job.view, "--set": job.settings,
    }  # fmt: skip
    of_an_option = said.startswith("--") and given.get(option, given.get(name, True))
    if not where or said.startswith(where) or of_an_option:
        return error
    return LessonError(said.removeprefix("--"), where=where)


def _step(view: str, request: PictureRequest, step: ResolvedStep, job: Job) -> Opened:
    play = step.step.play
    start, end = (play.start, play.end) if play is not None else ("", "")
    if step.workspace == "layout":
        if view != "layout":
            raise RenderError(
                f"step {step.number} shows a struct and no run",
                where="--view",
                advice="give --view layout, or another --step",
            )
        return Opened(view, request)
    if step.shows_recording:
        from core.lesson.runs import shown_by

        _check_unchanged(msgspec.structs.replace(job, step=0), "a recording")
        trace = _ordered(shown_by(step).trace, step.recording)
        request = _zoomed(dataclasses.replace(request, trace=trace), step)
        return Opened(view, request, step.step.position, start, end)
    if view == STATES:
        from core.lesson.explored import explored

        _check_unchanged(msgspec.structs.replace(job, step=0), "what was explored")
        return Opened(view, dataclasses.replace(request, explored=explored(step)))
    source, settings = step.source(), {**step.settings, **request.settings}
    request = dataclasses.replace(
        request, source=source, settings=settings, overrides=_changed(step.overrides, job)
    )
    request = _zoomed(_played(view, request), step)
    return Opened(view, request, step.step.position, start, end)


def _zoomed(request: PictureRequest, step: ResolvedStep) -> PictureRequest:
    if not step.step.zoom or request.trace is None or request.zoom is not None:
        return request
    from core.lesson.positions import span_of

    zoom = span_of(step.step.zoom, request.trace, what="a zoom", where=step.where)
    return dataclasses.replace(request, zoom=zoom)


def _recording(job: Job, path: Path) -> Opened:
    from core.trace.file import looks_like_trace

    with path.open("rb") as file:
        saved = looks_like_trace(file.read(_HEAD_BYTES))
    _check_unchanged(job, "a saved run" if saved else "a recording")
    request = _request(job)
    view = job.view or ("stack" if saved else "timeline")
    if not saved:
        from core.recording.opening import open_recording

        trace = _ordered(open_recording(path).trace, job.what)
        return Opened(view, dataclasses.replace(request, trace=trace))
    from gui.saved_run import open_run, source_of

    trace, state = open_run(path)
    source, settings, overrides = source_of(state)
    request = dataclasses.replace(
        request, trace=trace, source=source, settings=settings, overrides=overrides,
        kernel=request.kernel or trace.info.layout.name,
        essential=bool(state.get("essential_only")) if job.essential is None else job.essential,
    )  # fmt: skip
    return Opened(view, request)


def _ordered(trace: Trace | None, name: str) -> Trace:
    if trace is None:
        raise OwnerscopeError(
            "this recording has no order of events: there is nothing to draw at a moment",
            where=name,
            advice="its flame graph is exported in the window",
        )
    return trace
