"""The lesson file: versioned, strict, and every step says all it needs.

A lesson is TOML. A step shows a run of a scenario (or a layout, a comparison, a recording, an
exploration) at a position, with what to say about it. What a step leaves out about the run is as in
the step before; a run that a step changes by one setting names the scenario again. Live and the
timeline show the scenario or the recording, whichever was shown or named last.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

SCHEMA = 1
Workspace = Literal["live", "timeline", "compare", "layout", "recordings", "explore"]
View = Literal["", "flame", "time", "sandwich"]
Value = bool | int | str


class Play(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the run that plays by itself when the step is shown.

    Attributes:
        start: Where it begins, a position as ``Step.position`` writes it.
        end: Where it stops.
        speed: How many times as fast as usual.
    """

    start: str = "start"
    end: str
    speed: Annotated[float, msgspec.Meta(gt=0, le=64)] = 1.0


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the class is asked before the next thing is shown; the answer comes from the run.

    Attributes:
        about: "function": the next function called. "bit": the value of the guard's field.
            "outcome": how the run ends. "bytes": how many bytes of stack are in use. "saves": how
            many saves are on the stack. "hits": how many short-circuits the whole run has.
            "growth": by how many bytes task_struct grows with the step's field, for "layout".
            "depth": how many calls are on the stack. "calls": how often ``function`` is called in
            the whole run. "records": how many records of a recording without order have
            ``function`` on their stack.
        ask: The question, in words.
        position: Where the answer is true, as ``Step.position`` writes it; for "function" what is
            called next after it. Empty for the step's own position.
        function: For "calls" and "records": which function.
        choices: How many answers to choose from, 0 for a free one.
        explain: What to say once it is answered.
    """

    about: Literal[
        "function", "bit", "outcome", "bytes", "saves", "hits", "growth", "depth", "calls",
        "records",
    ]  # fmt: skip
    ask: Annotated[str, msgspec.Meta(min_length=1)]
    position: str = ""
    function: str = ""
    choices: Annotated[int, msgspec.Meta(ge=0, le=6)] = 4
    explain: str = ""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step of a lesson.

    Attributes:
        title: A few words.
        text: Markdown for the audience.
        notes: Markdown for the speaker alone.
        workspace: Where it is shown.
        scenario: The scenario played; empty for that of the step before.
        settings: Its parameters.
        guard: The guard's design; empty for the scenario's own, so the next ones.
        max_depth: The guard's maximum depth; 0 for the scenario's own.
        kernel: Kernel version.
        arch: Architecture.
        layout: task_struct.
        word: Which word of bits the guard's bits are in.
        lanes: For "compare": the guards side by side ("none", "bit1", "uint:2": with a depth,
            "bit1:1:serialized": with a depth and the word its bits are in).
        recording: For "recordings", "live" and "timeline": name of a bundled recording
            (core.recording.examples), or a file, beside the lesson's own.
        view: For "recordings": what is open of it: "flame", "time" (in order of time), "sandwich"
            (callers and callees of the first function in ``highlights``); empty for "flame". The
            panels beside it are opened by pointing at them.
        field: For "layout": the field asked about ("uint", "bit1", "bit2").
        place: For "layout": where it goes ("upstream", "v1", ...).
        position: An event number from 1, or "start", "end", "first short-circuit",
            "short-circuit N", "before overflow", "where lanes part", "first lost update",
            "first interrupt", "FUNCTION call N", "FUNCTION return N", with "+ N" or "- N" behind
            it where so many events further or back are meant (see core.lesson.positions).
        essential: Whether only the functions of the mail's chain are shown; None leaves it.
        zoom: First and last event in view on the timeline, as positions; empty for all.
        highlights: "function:NAME", "frame:N" (from 1, outermost first), "bits", "member:NAME",
            "lane:N" (from 1), "panel:NAME" (see core.lesson.panels).
        play: A part that plays by itself.
        questions: What the class is asked.
    """

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    text: str = ""
    notes: str = ""
    workspace: Workspace = "live"
    scenario: str = ""
    settings: dict[str, Value] = {}
    guard: str = ""
    max_depth: Annotated[int, msgspec.Meta(ge=0)] = 0
    kernel: str = ""
    arch: str = ""
    layout: str = ""
    word: str = ""
    lanes: tuple[str, ...] = ()
    recording: str = ""
    view: View = ""
    field: str = ""
    place: str = ""
    position: str = "start"
    essential: bool | None = None
    zoom: Annotated[tuple[str, ...], msgspec.Meta(max_length=2)] = ()
    highlights: tuple[str, ...] = ()
    play: Play | None = None
    questions: tuple[Question, ...] = ()


class Lesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A lesson.

    Attributes:
        name: Its short name, as files and the terminal use it.
        about: What it teaches, in a sentence or two.
        minutes: How long it takes to teach.
    """

    schema: Literal[1]
    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    about: str = ""
    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] = 20
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=500)]
