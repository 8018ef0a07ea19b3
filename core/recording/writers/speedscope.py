"""speedscope's own JSON: a trace as one evented profile a task, a profile as sampled ones.

Facts from speedscope's file-format-spec.ts: opens and closes of an evented profile balance, ``at``
never falls; a sampled profile has a weight a sample.
"""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from core.recording.labels import label_of
from core.recording.profile import StackProfile
from core.recording.writers.json_text import quoted
from core.recording.writers.marks import Marks, end_ns, marks_of, start_ns, title_of
from core.trace.trace import Trace

SCHEMA = "https://www.speedscope.app/file-format-schema.json"
UNITS = {"bytes": "bytes", "ns": "nanoseconds"}
"""Units by weight; the others are counts, which have none."""

_CHUNK_SAMPLES = 1 << 12


def write(content: Trace | StackProfile, stream: BinaryIO) -> None:
    """Write a trace or a profile.

    Calls that are still open at the end of a trace are closed there: the format asks for it. A
    profile's weights become a sampled profile each, of the same samples; its dimensions have no
    place in the format.
    """
    if isinstance(content, Trace):
        _write_trace(content, stream)
    else:
        _write_profile(content, stream)


def _begin(stream: BinaryIO, title: str, labels: list[str]) -> None:
    frames = ",".join(f'{{"name":{quoted(label)}}}' for label in labels)
    head = f'{{"$schema":"{SCHEMA}","exporter":"ownerscope","name":{quoted(title)}'
    stream.write(f'{head},"shared":{{"frames":[{frames}]}},"profiles":['.encode())


def _open_profile(kind: str, name: str, unit: str, start: int, end: int) -> str:
    return (
        f'{{"type":"{kind}","name":{quoted(name)},"unit":"{unit}",'
        f'"startValue":{start},"endValue":{end},'
    )


# -- evented ------------------------------------------------------------------------------------


def _write_trace(trace: Trace, stream: BinaryIO) -> None:
    _begin(stream, title_of(trace), [function.name for function in trace.functions])
    marks = marks_of(trace)
    present = np.unique(marks.tasks).tolist() or [0]
    for number, task in enumerate(present):
        info = trace.info.tasks[task]
        name = f"{info.comm}-{info.pid}" if info.pid >= 0 else info.comm
        opening = _open_profile("evented", name, "nanoseconds", start_ns(trace), end_ns(trace))
        stream.write(f'{"," if number else ""}\n{opening}"events":['.encode())
        _write_events(marks.of_task(task), end_ns(trace), stream)
        stream.write(b"]}")
    stream.write(b"]}\n")


def _write_events(marks: Marks, end: int, stream: BinaryIO) -> None:
    opened: list[int] = []
    between = ""
    for chunk in marks.chunks():
        events = []
        for is_call, function, _, at in chunk:
            if is_call:
                opened.append(function)
            else:
                opened.pop()
            kind = "O" if is_call else "C"
            events.append(f'{{"type":"{kind}","frame":{function},"at":{at}}}')
        stream.write((between + ",\n".join(events)).encode())
        between = ",\n"
    closed = [f'{{"type":"C","frame":{function},"at":{end}}}' for function in reversed(opened)]
    if closed:
        stream.write((between + ",\n".join(closed)).encode())


# -- sampled ------------------------------------------------------------------------------------


def _write_profile(profile: StackProfile, stream: BinaryIO) -> None:
    _begin(stream, profile.info.title, [label_of(frame) for frame in profile.stacks.frames])
    for number, weight in enumerate(profile.weights):
        weighs = profile.by_stack(weight).tolist()
        unit = UNITS.get(weight, "none")
        opening = _open_profile("sampled", weight, unit, 0, sum(weighs))
        stream.write(f'{"," if number else ""}\n{opening}"samples":['.encode())
        _write_samples(profile, stream)
        stream.write(f'],"weights":[{",".join(map(str, weighs))}]}}'.encode())
    stream.write(b"]}\n")


def _write_samples(profile: StackProfile, stream: BinaryIO) -> None:
    stacks = profile.stacks
    for first in range(0, len(stacks), _CHUNK_SAMPLES):
        part = range(first, min(first + _CHUNK_SAMPLES, len(stacks)))
        samples = (",".join(map(str, stacks.ids_of(stack).tolist())) for stack in part)
        text = ",\n".join(f"[{sample}]" for sample in samples)
        stream.write(((",\n" if first else "") + text).encode())
