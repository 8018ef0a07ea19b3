"""A step as plain text: for screen readers and for what people take home."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from core.errors import LessonError
from core.lesson.explored import explored
from core.lesson.explored import told as told_of
from core.lesson.positions import position_of
from core.lesson.questions import answers_in
from core.lesson.resolved import ResolvedStep
from core.lesson.runs import Shown, shown_by

if TYPE_CHECKING:
    from core.layout.analysis import Analysis
    from core.trace.trace import Trace

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|__|\*)(?=\S)((?:(?!\n\n).)+?)(?<=\S)\1", re.DOTALL)
_KEPT = re.compile("\0(\\d+)\0")
_CODE = re.compile(r"`+([^`]*)`+")
_TABLE = re.compile(r"^\|.*\|\n\|[-:| ]+\|\n(?:\|.*(?:\n|$))*", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)


def plain(markdown: str) -> str:
    """Return Markdown without its marks; what stands between backquotes stays as it is.

    A table becomes a line for each of its rows, with the head's words before the values.
    """
    codes: list[str] = []

    def kept(code: re.Match[str]) -> str:
        codes.append(code[1])
        return f"\0{len(codes) - 1}\0"

    # Code is taken out first: its underscores and stars are no emphasis, but it may stand in one.
    text = _CODE.sub(kept, markdown.replace("\0", "").strip())
    text = _TABLE.sub(_rows, _HEADING.sub("", _LINK.sub(r"\1", text)))
    text = _EMPHASIS.sub(r"\2", text)
    return _KEPT.sub(lambda place: codes[int(place[1])], text).strip()


def _rows(table: re.Match[str]) -> str:
    head, _, *rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in table[0].strip().splitlines()
    ]
    told = []
    for row in rows:
        values = [f"{name} {value}" for name, value in zip(head, row, strict=False)]
        told.append(": ".join(filter(None, [values[0], ", ".join(values[1:])])))
    return "".join(f"{line}\n" for line in told)


def step_text(resolved: ResolvedStep, shown: Shown | None = None, *, answers: bool = True) -> str:
    """Return a step as plain text: title, text, what is to be seen, questions.

    Args:
        resolved: The step.
        shown: What it shows, where that is at hand already.
        answers: Whether the answers are said too; without them what is shown does not tell them.
    """
    parts = [f"{resolved.number}. {resolved.title}", plain(resolved.step.text)]
    try:
        shown = shown or shown_by(resolved)
        asked = () if answers else {question.about for question in resolved.step.questions}
        parts.append(f"Shown: {state_sentence(resolved, shown, without=asked)}")
    except LessonError as error:
        return "\n\n".join(filter(None, [*parts, f"This step cannot be shown: {error}"]))
    parts += [
        _question_text(resolved, shown, number, answers)
        for number in range(1, len(resolved.step.questions) + 1)
    ]
    return "\n\n".join(filter(None, parts))


def _question_text(resolved: ResolvedStep, shown: Shown, number: int, answers: bool) -> str:
    question = resolved.step.questions[number - 1]
    lines = [f"Question: {plain(question.ask)}"]
    try:
        found = answers_in(resolved, shown, number)
    except LessonError as error:
        return f"{lines[0]}\nIt cannot be answered: {error}"
    letters = "abcdefgh"
    lines += [f"  {letters[at]}) {choice}" for at, choice in enumerate(found.choices)]
    if answers:
        told = found.free if found.right is None else f"{letters[found.right]}) {found.free}"
        lines.append(f"Answer: {told}. {plain(question.explain)}".rstrip())
    return "\n".join(lines)


def state_sentence(resolved: ResolvedStep, shown: Shown, *, without: Collection[str] = ()) -> str:
    """Return what is to be seen in a step, in a sentence or two.

    Args:
        resolved: The step.
        shown: What it shows.
        without: What is left out, as ``Question.about`` names it.

    Raises:
        LessonError: Its position does not exist.
    """
    if shown.analysis is not None:
        return _layout_sentence(resolved, shown.analysis, without)
    if shown.trace is None:
        recording = shown.recording
        profile = recording.profile if recording is not None else None
        if recording is None or profile is None:
            return "Nothing is open."
        unit = profile.info.unit or "records"
        unit = unit.removesuffix("s") if len(profile) == 1 else unit
        return f"{recording.format.title} with {len(profile):,} {unit}."
    if resolved.workspace == "explore":
        return told_of(explored(resolved))
    position = position_of(resolved.step.position, shown.trace, shown.others, where=resolved.where)
    told = _run_sentence(shown.trace, position, without)
    if len(shown.lanes) > 1:
        from core.compare.lanes import labels

        ends = [
            f"{label} {_ENDS.get(trace.info.outcome, trace.info.outcome)}"
            for label, trace in zip(labels(shown.lanes), shown.lanes, strict=True)
        ]
        return f"{len(ends)} runs side by side: {', '.join(ends)}. In the first: {told}"
    return told


_ENDS = {
    "completed": "completes",
    "stack_overflow": "overflows its stack",
    "deadlock": "deadlocks",
    "out_of_memory": "runs out of memory",
    "budget_exhausted": "goes on for ever",
}


def _run_sentence(trace: Trace, position: int, without: Collection[str]) -> str:
    from core.trace.explain import explain

    if position < 0:
        return f"Nothing has happened yet; {len(trace):,} events follow."
    told = f"{explain(trace, position)} Event {position + 1:,} of {len(trace):,}"
    frames = trace.frames_at(position)
    if frames:
        many = f"{len(frames)} frame{'' if len(frames) == 1 else 's'}"
        told += f", {many} on the stack, the innermost {frames[-1].function.name}"
        if frames[-1].used_bytes and "bytes" not in without:
            told += f", {frames[-1].used_bytes:,} bytes in use"
    guard = trace.info.guard
    if guard.unit_bytes and "bit" not in without:
        told += f", {guard.field} is {guard.value_of(trace.word_at(position))}"
    return f"{told}."


def _layout_sentence(resolved: ResolvedStep, analysis: Analysis, without: Collection[str]) -> str:
    layout = analysis.layout
    before = analysis.before
    told = (
        f"task_struct of {layout.label}: {layout.struct.size_bytes:,} bytes, "
        f"{before.slab.objects} of them in a slab of order {before.slab.order}."
    )
    if not resolved.field:
        return told
    found = analysis.ask(resolved.field, resolved.place)
    field, growth = found.what_if.field, found.what_if.growth
    declared = field.field.declaration.rstrip(";")
    told = f"{told} With {declared} at byte {field.byte_offset:,}"
    if "growth" in without:
        return f"{told}."
    grows = f"{growth.best:,} bytes"
    if not growth.exact:
        grows = f"{growth.min:,} to {growth.max:,} bytes, most likely {growth.best:,}"
    step = found.after.bytes_per_task - before.bytes_per_task
    return f"{told} it grows by {grows}; a task takes {step:,} bytes more of the slab."
