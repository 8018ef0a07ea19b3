"""The steps of a lesson with everything filled in that they take over from the step before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.compare.lanes import Lane
from core.errors import LessonError, OwnerscopeError, did_you_mean
from core.guards.catalog import DESIGNS
from core.lesson.recorded import placed
from core.lesson.schema import Lesson, Step, Value, Workspace
from core.scenario.loader import bundled, open_scenario
from core.scenario.plan import WORDS, Overrides

if TYPE_CHECKING:
    from core.scenario.loader import ScenarioText

_RUNS = ("live", "timeline", "compare", "explore")
"""The workspaces that show a run."""
_PLAYERS = ("live", "timeline")
"""The workspaces that show a run, simulated or recorded."""
_CHANGES = ("settings", "guard", "max_depth", "kernel", "arch", "layout", "word")
"""What can be changed about a simulated run, and about no recorded one."""


@dataclass(frozen=True)
class ResolvedStep:
    """A step that says all it needs.

    Attributes:
        number: From 1, as people count.
        step: The step as it is written.
        scenario: Name or path of the scenario, empty where none was named so far.
        settings: Its parameters.
        overrides: What else is changed about it.
        lanes: For the comparison: what each lane changes.
        recording: Name of a bundled recording, or a file.
        plays_recording: Whether the recording was shown or named last, and not the scenario.
        layout: For the layout workspace: the kernel; empty for the scenario's.
        field: The field asked about.
        place: Where it goes.
        essential: Whether only the functions of the mail's chain are shown.
        problem: Why the step cannot be shown, as a sentence; empty where it can.
    """

    number: int
    step: Step
    scenario: str = ""
    settings: Mapping[str, Value] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=Overrides)
    lanes: tuple[Lane, ...] = ()
    recording: str = ""
    plays_recording: bool = False
    layout: str = ""
    field: str = ""
    place: str = ""
    essential: bool = False
    problem: str = ""

    @property
    def title(self) -> str:
        """Its title."""
        return self.step.title

    @property
    def workspace(self) -> Workspace:
        """Where it is shown."""
        return self.step.workspace

    @property
    def where(self) -> str:
        """What errors about it begin with."""
        return f"step {self.number} ({self.step.title})"

    @property
    def is_run(self) -> bool:
        """Whether it shows a run of a scenario."""
        return self.workspace in _RUNS and not self.shows_recording

    @property
    def shows_recording(self) -> bool:
        """Whether it shows a recording, in whatever workspace."""
        recorded = self.workspace in _PLAYERS and self.plays_recording
        return recorded or self.workspace == "recordings"

    def source(self) -> ScenarioText:
        """Return the scenario it plays.

        Raises:
            LessonError: There is none.
        """
        if not self.scenario:
            raise LessonError(
                "no scenario is named, in this step or before it",
                where=self.where,
                advice=f"write scenario = {bundled()[0]!r}",
            )
        try:
            return open_scenario(self.scenario)
        except OwnerscopeError as error:
            raise LessonError(str(error), where=self.where) from None


def resolve(lesson: Lesson, folder: Path | None = None) -> tuple[ResolvedStep, ...]:
    """Return the steps of a lesson, each with what it takes over from the one before.

    A step whose scenario or lanes do not exist has a ``problem``; the others can be shown.

    Args:
        lesson: The lesson.
        folder: Where its file is: recordings beside it are looked for there.
    """
    steps: list[ResolvedStep] = []
    before = ResolvedStep(0, Step(title="before the first"))
    for number, step in enumerate(lesson.steps, 1):
        before = _with_problem(_after(before, step, number, folder))
        steps.append(before)
    return tuple(steps)


def _after(before: ResolvedStep, step: Step, number: int, folder: Path | None) -> ResolvedStep:
    # A step that names its scenario begins anew: nothing that was changed before stays changed.
    fresh = bool(step.scenario)
    kept = Overrides() if fresh else before.overrides
    return ResolvedStep(
        number,
        step,
        scenario=step.scenario or before.scenario,
        settings=dict(step.settings) if fresh else {**before.settings, **step.settings},
        overrides=replace(
            kept,
            guard=step.guard or kept.guard,
            max_depth=step.max_depth or kept.max_depth,
            kernel=step.kernel or kept.kernel,
            arch=step.arch or kept.arch,
            layout=(step.layout or kept.layout) if step.workspace in _RUNS else kept.layout,
            word=step.word or kept.word,
        ),
        lanes=before.lanes,
        recording=placed(step.recording, folder) or before.recording,
        plays_recording=_plays_recording(before, step),
        layout=step.layout or before.layout,
        field=step.field or before.field,
        place=step.place or ("" if step.field else before.place),
        essential=before.essential if step.essential is None else step.essential,
    )


def _plays_recording(before: ResolvedStep, step: Step) -> bool:
    """Whether Live and the timeline show the recording, from this step on."""
    if step.workspace in _PLAYERS and (step.recording or step.scenario):
        return bool(step.recording)
    if step.workspace in ("compare", "explore"):
        return False
    return step.workspace == "recordings" or before.plays_recording


def _with_problem(resolved: ResolvedStep) -> ResolvedStep:
    try:
        _check_one_source(resolved)
        if resolved.step.lanes:
            lanes = tuple(parse_lane(text, where=resolved.where) for text in resolved.step.lanes)
            resolved = replace(resolved, lanes=lanes)
        if resolved.is_run:
            resolved.source()
        if resolved.workspace == "compare" and not resolved.lanes:
            raise LessonError(
                "no lanes are named, in this step or before it",
                where=resolved.where,
                advice="write lanes = ['uint', 'bit1']",
            )
    except LessonError as error:
        return replace(resolved, problem=str(error))
    return resolved


def _check_one_source(resolved: ResolvedStep) -> None:
    """Refuse what would have to be left out: a scenario beside a recording, or changes of one."""
    step = resolved.step
    if step.workspace in ("compare", "explore") and step.recording:
        raise LessonError(
            f"a recording cannot be shown in {step.workspace}",
            where=resolved.where,
            advice="show it in recordings, live or timeline",
        )
    if step.workspace not in _PLAYERS or not resolved.shows_recording:
        return
    if step.scenario:
        raise LessonError(
            "a step plays a scenario or a recording, and this one names both",
            where=resolved.where,
            advice="leave one of them out",
        )
    for name in _CHANGES:
        if getattr(step, name):
            raise LessonError(
                f"what was recorded cannot be run again with another {name}",
                where=resolved.where,
                advice=f"leave {name} out, or name the scenario",
            )


def parse_lane(text: str, *, where: str = "") -> Lane:
    """Return the lane that a text stands for: "none", "uint:2", "bit1:1:serialized".

    Raises:
        LessonError: It is none.
    """
    guard, _, rest = text.partition(":")
    depth, _, word = rest.partition(":")
    if guard not in DESIGNS:
        raise LessonError(
            f"there is no guard {guard[:80]!r} for a lane",
            where=where,
            advice=did_you_mean(guard, DESIGNS),
        )
    number = int(depth) if depth.isascii() and depth.isdecimal() and len(depth) < 6 else 0
    if (depth and number < 1) or (word and word not in WORDS):
        raise LessonError(
            f"expected a lane such as uint:2 or bit1:1:serialized, got {text[:80]!r}", where=where
        )
    return Lane(guard, number or 1, word=word or None)
