"""A job done: what it is about opened, drawn and written, with nothing half written left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from core.errors import OwnerscopeError, RenderError
from core.saving import opened_aside
from gui.render.ending import let_end, unbroken
from gui.render.job import Job, check
from gui.render.opening import Opened, of_step, opened
from gui.render.request import STATES

if TYPE_CHECKING:
    from core.trace.trace import Trace
    from gui.render.film import Reel
    from gui.render.scenes import Scene, SlideScene
    from gui.render.writers import Progress


_STILL = {"layout": "a layout", STATES: "what was explored"}
"""The views that show no moment of a run."""


def make(job: Job, progress: Progress | None = None) -> None:
    """Do a job. There must be an application; what was in the file stays until all is written.

    Raises:
        OwnerscopeError: It cannot be done; the file is as it was.
    """
    from gui.render.mp4 import check_installed

    check(job)
    if job.kind == ".mp4":
        check_installed()
    found = opened(job)
    _check_view(job, found.view)
    path = Path(job.out)
    try:
        with unbroken():
            _draw(job, found, path, progress or (lambda _done, _all: None))
    except OwnerscopeError as error:
        raise of_step(error, found.where, job) from None
    except OSError as error:
        raise RenderError(
            f"cannot be written: {error.strerror or error}",
            where=str(path),
            advice="choose another place"
            if path.exists() or path.parent.exists()
            else f"there is no folder {path.parent}",
        ) from None


def _check_view(job: Job, view: str) -> None:
    """Say so where something is asked for that the view does not have: it would be left out."""
    if view in _STILL and job.is_film:
        raise RenderError(f"{_STILL[view]} does not move: write a .png, .svg or .pdf")
    if view in _STILL and job.at:
        raise RenderError(f"{_STILL[view]} has no moments", where="--at")
    if job.lanes and view != "compare":
        raise RenderError(
            f"the view {view!r} has no lanes", where="--lanes", advice="give --view compare"
        )
    for option, value in (("--field", job.field), ("--place", job.place)):
        if value and view != "layout":
            raise RenderError(
                f"the view {view!r} shows no struct", where=option, advice="give --view layout"
            )


def _draw(job: Job, found: Opened, path: Path, progress: Progress) -> None:
    from gui.render.scenes import make_scene

    scene = make_scene(found.view, found.request)
    with opened_aside(path) as stream:
        _write(job, found, scene, stream, progress)
        let_end()


def _write(job: Job, found: Opened, scene: Scene, stream: BinaryIO, progress: Progress) -> None:
    from gui.render.film import Reel
    from gui.render.pictures import encoded
    from gui.render.writers import write_film

    if job.is_film:
        write_film(scene, _reel(job, found, scene), job.kind, stream, progress)
        return
    position = job.moment
    if position is None:
        position = moment(job.at or found.at, found, scene, "--at" if job.at else "")
    if job.kind in (".gif", ".webp"):
        import numpy as np

        write_film(scene, Reel(np.array([position]), 1), job.kind, stream, progress)
        return
    kind = cast("Literal['png', 'svg', 'pdf']", job.kind[1:])
    stream.write(encoded(scene, position, kind, scene.title))


# -- moments --------------------------------------------------------------------------------------


def moment(text: str, found: Opened, scene: Scene, where: str = "") -> int:
    """Return a position of a scene that is written as a lesson writes it.

    Without one it is the first moment that matters: where lanes part, or the guard cuts a
    recursion short; else the end.

    Args:
        text: The position, empty for none.
        found: What is drawn.
        scene: How.
        where: The option that says it, for what is wrong with it.

    Raises:
        LessonError: The run has no such position.
    """
    from core.lesson.positions import position_of
    from core.trace.filters import marker_positions

    if found.view in _STILL:
        return -1
    if found.view == "compare":
        return _compared_moment(text, cast("SlideScene", scene), where)
    trace = _trace_of(scene)
    if text:
        return position_of(text, trace, where=where)
    markers = marker_positions(trace)
    return int(markers[0]) if len(markers) else len(trace) - 1


def _compared_moment(text: str, scene: SlideScene, where: str) -> int:
    from core.lesson.positions import position_of
    from core.trace.filters import marker_positions
    from gui.compare_cursor import Moments

    assert scene.cursor is not None
    moments = cast("Moments", scene.cursor.trace)
    alignment, traces = moments.alignment, moments.traces
    if not text:
        if len(alignment.parting_moments):
            return int(alignment.parting_moments[0])
        # Lanes that never part are seen where the guard of one has something to do.
        cut = [
            alignment.moment_of(lane, int(markers[0]))
            for lane, markers in enumerate(map(marker_positions, traces))
            if len(markers)
        ]
        return min(cut, default=alignment.moments - 1)
    position = position_of(text, traces[0], traces[1:], where=where)
    return alignment.moment_of(0, position) if position >= 0 else -1


def _trace_of(scene: Scene) -> Trace:
    cursor = cast("SlideScene", scene).cursor
    assert cursor is not None
    return cast("Trace", cursor.trace)


def _reel(job: Job, found: Opened, scene: Scene) -> Reel:
    """Return the frames of a film: of the part asked for, the step's own, or the whole run."""
    import numpy as np

    from core.trace.filters import essential_positions
    from gui.playback import EVENTS_A_SECOND
    from gui.render.film import reel, seconds_of, thinned

    first, last = _ends(job, found, scene)
    places = np.arange(first, last + 1, dtype=np.int32)
    if found.view != "compare" and found.request.essential:
        wanted = essential_positions(_trace_of(scene))
        inside = wanted[(wanted >= first) & (wanted <= last)]
        places = np.unique(np.concatenate((places[:1], inside, places[-1:])))
    places, each = thinned(places)
    if found.view == "compare":
        seconds = np.full(len(places), each / EVENTS_A_SECOND)
    else:
        seconds = each * seconds_of(_trace_of(scene), places)
    return reel(places, seconds, fps=job.fps, speed=job.speed)


def _ends(job: Job, found: Opened, scene: Scene) -> tuple[int, int]:
    """Return the first and the last position of a film.

    Raises:
        OwnerscopeError: There is no such position, or they are the wrong way round.
    """
    start, end = job.start or found.start, job.end or found.end
    first, last = job.span or (-1, scene.length - 1)
    if job.span is None:
        first = moment(start, found, scene, "--from" if job.start else "") if start else first
        last = moment(end, found, scene, "--to" if job.end else "") if end else last
    if first > last:
        raise RenderError(
            f"the film would begin at event {first + 1:,} and end before it, at {last + 1:,}",
            where="--from",
        )
    return first, last
