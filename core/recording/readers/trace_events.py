"""Text of trace events with the stacks below them: kmem events above all, and any other.

Read are ``trace``, ``trace_pipe`` (option ``stacktrace``) and ``trace-cmd report``. A record is one
event. An event without a stack has one frame: the ``call_site`` it names, else its own name in
parentheses, so that it is still counted in every view.

A ``trace-cmd report`` of the function_graph tracer is made of events too (``funcgraph_entry``,
``funcgraph_exit``); it has order and becomes a trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.readers.frames import frame_of, module_of
from core.recording.readers.ftrace_lines import Line, entries, event_of, function_of, survey, who
from core.recording.readers.kmem_fields import memory_of
from core.recording.reading import Reading
from core.recording.source import Source

if TYPE_CHECKING:
    from core.trace.trace import Trace

_OWN = ("trace_event_raw_event_", "trace_event_buffer_", "__traceiter_")
"""Functions of the event itself, which stand above the one that it is about."""


def tell(head: bytes) -> float:
    """Return how sure it is that a file with these first bytes is text of trace events."""
    found = survey(head)
    if not found.events:
        return 0.3 if found.tracer == "nop" and not found.functions else 0.0
    return 0.9 * found.sure if found.events >= found.functions else 0.3 * found.sure


def read(source: Source, reading: Reading) -> StackProfile | Trace:
    """Read a file of trace events: a profile, one record an event; a trace where they are calls."""
    if survey(source.head()).graph:
        from core.recording.readers.graph_events import read_graph

        return read_graph(source, reading)
    builder = ProfileBuilder(ProfileInfo("trace_events", source.title, "events"))
    for line, stack in entries(source, reading):
        _add(builder, line, stack or [], reading)
    return builder.build()


def _add(builder: ProfileBuilder, line: Line, stack: list[str], reading: Reading) -> None:
    found = event_of(line.rest)
    if found is None:
        hit = function_of(line.rest)
        if hit is None and line.rest:
            reading.bad_line(line.number, line.rest)
            return
        found = ("function" if hit is not None else "", "")
    event, fields = found
    memory = memory_of(event, fields)
    frames = _frames(stack, reading) or [memory.call_site or Frame(f"({event})", f"({event})")]
    builder.add(
        frames,
        weights=memory.weights,
        dimensions={
            "event": event,
            **who(line),
            **memory.dimensions,
            "module": module_of(frames),
        },
        numbers={"ts_ns": line.ts_ns, **memory.numbers},
    )


def _frames(stack: list[str], reading: Reading) -> list[Frame]:
    """Return the frames of a stack, root first, without those of the event itself."""
    frames = [frame_of(text) for text in stack]
    while frames and frames[-1].name == "0x0":  # trace-cmd prints the end of the array
        frames.pop()
    own = 0
    while own < len(frames) and frames[own].name.startswith(_OWN):
        own += 1
    if own:
        reading.note(
            "Frames of the events themselves (trace_event_...) are left out of the stacks."
        )
        del frames[:own]
    frames.reverse()
    return frames
