"""What a step shows, made: its run, its lanes' runs, its recording or its kernel's layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import LessonError, OwnerscopeError
from core.lesson.recorded import opened
from core.lesson.resolved import ResolvedStep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.layout.analysis import Analysis
    from core.recording.opening import Recording
    from core.trace.trace import Trace

DEFAULT_FIELD = "bit1"


@dataclass(frozen=True)
class Shown:
    """What a step is about.

    Attributes:
        trace: The run, the first lane's or the recording's; None where there is no order in it.
        others: The runs of the other lanes.
        recording: The recording.
        analysis: The kernel whose task_struct is looked at.
    """

    trace: Trace | None = None
    others: tuple[Trace, ...] = ()
    recording: Recording | None = None
    analysis: Analysis | None = None

    @property
    def lanes(self) -> Sequence[Trace]:
        """All runs side by side."""
        return () if self.trace is None else (self.trace, *self.others)


def shown_by(resolved: ResolvedStep) -> Shown:
    """Return what a step shows.

    Raises:
        LessonError: It does not exist, or its settings ask for the impossible.
    """
    if resolved.problem:
        raise LessonError(resolved.problem)
    try:
        if resolved.workspace == "layout":
            return Shown(analysis=_analysis(resolved))
        if resolved.shows_recording:
            return _recorded(resolved)
        return _played(resolved)
    except LessonError:
        raise
    except OwnerscopeError as error:
        raise LessonError(str(error), where=resolved.where) from None


def _played(resolved: ResolvedStep) -> Shown:
    from core.scenario.run import plan, run

    source = resolved.source()
    changes = [resolved.overrides]
    if resolved.workspace == "compare":
        changes = [lane.overrides(resolved.overrides) for lane in resolved.lanes]
    first, *others = [run(plan(source, resolved.settings, each)) for each in changes]
    return Shown(first, tuple(others))


def _recorded(resolved: ResolvedStep) -> Shown:
    recording = opened(resolved.recording, where=resolved.where)
    check_order(resolved, recording)
    return Shown(recording.trace, recording=recording)


def check_order(resolved: ResolvedStep, recording: Recording) -> None:
    """Refuse to play what has no order.

    Raises:
        LessonError: The step shows the recording in Live or on the timeline, and there is nothing
            to play in it.
    """
    if resolved.workspace == "recordings":
        return
    if recording.trace is None or not len(recording.trace):
        raise LessonError(
            f"{recording.format.title} has no order of events: there is nothing to play",
            where=resolved.where,
            advice='show it with workspace = "recordings"',
        )


def _analysis(resolved: ResolvedStep) -> Analysis:
    from core.layout.analysis import Question, analyse
    from core.layout.library import bundled, open_kernel

    if not resolved.layout:
        raise LessonError(
            "no layout is named, in this step or before it",
            where=resolved.where,
            advice=f"write layout = {bundled()[0]!r}",
        )
    analysis = analyse(open_kernel(resolved.layout), Question())
    if resolved.field:
        analysis.ask(resolved.field, resolved.place)
    return analysis
