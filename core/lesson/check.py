"""Whether everything a lesson shows exists: each step is run, without a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from core.errors import LessonError, did_you_mean
from core.lesson.panels import PANELS
from core.lesson.positions import calls_of, position_of, span_of
from core.lesson.questions import answers_in
from core.lesson.resolved import ResolvedStep, resolve
from core.lesson.runs import shown_by

if TYPE_CHECKING:
    from core.lesson.runs import Shown
    from core.lesson.schema import Lesson


class Problem(NamedTuple):
    """Something a step shows that does not exist.

    Attributes:
        step: Number of the step, from 1.
        what: Which part of it: "step", "view", "position", "zoom", "play", "highlight N" or
            "question N".
        sentence: What is wrong, with the step named.
    """

    step: int
    what: str
    sentence: str


def problems(lesson: Lesson, folder: Path | None = None) -> list[Problem]:
    """Return everything that is wrong with the steps of a lesson in a folder, in order."""
    return [problem for step in resolve(lesson, folder) for problem in problems_of(step)]


def problems_of(resolved: ResolvedStep, shown: Shown | None = None) -> Iterator[Problem]:
    """Run a step, unless what it shows is at hand, and yield what is wrong with it."""
    try:
        shown = shown or shown_by(resolved)
    except LessonError as error:
        yield Problem(resolved.number, "step", str(error))
        return
    for what, check in _checks(resolved, shown):
        try:
            check()
        except LessonError as error:
            yield Problem(resolved.number, what, str(error))


def left_out(resolved: ResolvedStep, shown: Shown) -> str:
    """Return what a step that is shown has to leave out, as sentences that name it; else nothing.

    Args:
        resolved: The step.
        shown: What it shows.
    """
    found: list[str] = []
    for what, check in _checks(resolved, shown):
        if what == "position" or what.startswith("question"):
            continue  # without its position it is not shown; a question says it itself
        try:
            check()
        except LessonError as error:
            found.append(str(error).removeprefix(f"{resolved.where}: "))
    return f"{resolved.where}: {'. And '.join(found)}" if found else ""


def _checks(resolved: ResolvedStep, shown: Shown) -> Iterator[tuple[str, Callable[[], object]]]:
    step = resolved.step
    if step.view:
        yield "view", partial(check_view, resolved, shown)
    if shown.trace is not None:
        yield "position", partial(_at, resolved, shown, step.position)
        yield "zoom", partial(_check_zoom, resolved, shown)
        yield "play", partial(_check_play, resolved, shown)
    for number, highlight in enumerate(step.highlights, 1):
        yield f"highlight {number}", partial(check_highlight, highlight, resolved, shown)
    for number in range(1, len(step.questions) + 1):
        yield f"question {number}", partial(answers_in, resolved, shown, number)


def _at(resolved: ResolvedStep, shown: Shown, text: str) -> int:
    if shown.trace is None:
        raise LessonError("there is no run to have a position in", where=resolved.where)
    return position_of(text, shown.trace, shown.others, where=resolved.where)


def _check_zoom(resolved: ResolvedStep, shown: Shown) -> None:
    zoom = resolved.step.zoom
    if zoom and shown.trace is not None:
        span_of(zoom, shown.trace, what="a zoom", where=resolved.where)


def _check_play(resolved: ResolvedStep, shown: Shown) -> None:
    play = resolved.step.play
    if play is not None and _at(resolved, shown, play.start) > _at(resolved, shown, play.end):
        raise LessonError("what plays ends before it starts", where=resolved.where)


def check_view(resolved: ResolvedStep, shown: Shown) -> None:
    """Refuse a view that the step's workspace or its recording does not have.

    Raises:
        LessonError: There is no such view here.
    """
    view = resolved.step.view
    if resolved.workspace != "recordings":
        raise LessonError(f"there is no view {view!r} to open here", where=resolved.where,
                          advice='views are for workspace = "recordings"')  # fmt: skip
    if view == "time" and shown.trace is None:
        raise LessonError(f"this recording has no order of events, so no view {view!r}",
                          where=resolved.where)  # fmt: skip
    if view == "sandwich" and not any(
        each.startswith("function:") for each in resolved.step.highlights
    ):
        raise LessonError("whose callers and callees are to be seen?", where=resolved.where,
                          advice="write highlights = ['function:save_stack']")  # fmt: skip


# -- highlights -----------------------------------------------------------------------------------


def check_highlight(text: str, resolved: ResolvedStep, shown: Shown) -> None:
    """Refuse a highlight that the step does not show.

    Raises:
        LessonError: It is none that is known, or what it names is not there.
    """
    kind, _, name = text.partition(":")
    if kind not in _HIGHLIGHTS or bool(name) == (kind == "bits"):
        raise LessonError(
            f"there is no highlight {text[:80]!r}",
            where=resolved.where,
            advice="write it as function:save_stack, frame:3, bits, member:thread, lane:2 or "
            "panel:word",
        )
    missing = _HIGHLIGHTS[kind](name, resolved, shown)
    if missing:
        raise LessonError(f"cannot highlight {text[:80]}: {missing}", where=resolved.where)


def _function(name: str, resolved: ResolvedStep, shown: Shown) -> str:
    if any(len(calls_of(trace, name)) for trace in shown.lanes):
        return ""
    profile = shown.recording.profile if shown.recording is not None else None
    if profile is not None and name in profile.stacks.names[0]:
        return ""
    known = {function.name for trace in shown.lanes for function in trace.functions}
    near = did_you_mean(name, known)
    return f"it is never called here{f'; {near}' if near.startswith('did you') else ''}"


def _frame(name: str, resolved: ResolvedStep, shown: Shown) -> str:
    if shown.trace is None:
        return "there is no stack here"
    depth = len(shown.trace.calls_at(_at(resolved, shown, resolved.step.position)))
    return (
        "" if name.isdecimal() and 1 <= int(name[:9]) <= depth else f"the stack has {depth} frames"
    )


def _bits(name: str, resolved: ResolvedStep, shown: Shown) -> str:
    if any(trace.info.guard.unit_bytes for trace in shown.lanes) or shown.analysis is not None:
        return ""
    return "no guard here keeps its state in bits"


def _member(name: str, resolved: ResolvedStep, shown: Shown) -> str:
    from core.layout.named_place import find_member

    analysis = shown.analysis
    if analysis is None:
        return "no struct is shown here"
    if find_member(analysis.layout.struct.members, name) is not None:
        return ""
    if resolved.field and analysis.ask(resolved.field, resolved.place).what_if.field.name == name:
        return ""
    near = did_you_mean(name, analysis.layout.struct.names)
    return f"task_struct has no such member{f'; {near}' if near.startswith('did you') else ''}"


def _lane(name: str, resolved: ResolvedStep, shown: Shown) -> str:
    count = len(shown.lanes)
    if name.isdecimal() and 1 <= int(name[:9]) <= count:
        return ""
    return f"there are {count} lanes" if count > 1 else "there are no lanes side by side here"


def _panel(name: str, resolved: ResolvedStep, shown: Shown) -> str:
    known = PANELS[resolved.workspace]
    if name in known:
        return ""
    has = f"{resolved.workspace} has no such panel; it has {', '.join(known)}"
    near = did_you_mean(name, known)
    return f"{has}; {near}" if near.startswith("did you") else has


_HIGHLIGHTS: dict[str, Callable[[str, ResolvedStep, Shown], str]] = {
    "function": _function,
    "frame": _frame,
    "bits": _bits,
    "member": _member,
    "lane": _lane,
    "panel": _panel,
}
