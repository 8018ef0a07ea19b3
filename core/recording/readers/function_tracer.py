"""Text of ftrace's ``function`` tracer: which function was hit, from where, or with which stack.

Read are ``trace`` and ``trace_pipe`` with and without header and latency columns, and ``trace-cmd
report``. A record is one hit. With option ``func_stack_trace`` it has the whole stack below it,
else two frames: the caller and the function.
"""

from __future__ import annotations

from core.recording.profile import Frame, ProfileBuilder, ProfileInfo, StackProfile
from core.recording.readers.frames import frame_of
from core.recording.readers.ftrace_lines import entries, function_of, survey, who
from core.recording.reading import Reading
from core.recording.source import Source

_ABOVE = 4
"""How many entries of the tracer itself may stand above the function that was hit."""


def tell(head: bytes) -> float:
    """Return how sure it is that a file with these first bytes is of the function tracer."""
    found = survey(head)
    if not found.functions:
        return 0.6 if found.tracer == "function" and not found.events else 0.0
    return 0.95 * found.sure if found.functions > found.events else 0.3 * found.sure


def read(source: Source, reading: Reading) -> StackProfile:
    """Read a file of the function tracer: one record a hit."""
    builder = ProfileBuilder(ProfileInfo("function", source.title, "hits"))
    others = 0
    for line, stack in entries(source, reading):
        hit = function_of(line.rest)
        if hit is None and line.rest:
            others += 1
            continue
        frames = _frames(hit, stack or [], reading)
        if frames:
            builder.add(frames, dimensions=who(line), numbers={"ts_ns": line.ts_ns})
    if others:
        reading.note(f"{others:,} entries are no hit of a function and are left out.")
    return builder.build()


def _frames(hit: tuple[str, str] | None, stack: list[str], reading: Reading) -> list[Frame]:
    """Return the frames of a hit, root first.

    The tracer runs from a trampoline that has no symbol of its own. The unwinder finds it on the
    stack and prints whatever symbol lies before it in memory, so the trace begins with a function
    that was never called; the function that was hit follows.
    """
    frames = [frame_of(text) for text in stack]
    if hit is None:
        frames.reverse()
        return frames
    function, caller = (frame_of(text) for text in hit)
    if not frames:
        return [caller, function] if caller.text else [function]
    names = [frame.name for frame in frames[: _ABOVE + 1]]
    at = names.index(function.name) if function.name in names else -1
    if at < 0:
        frames.insert(0, function)
    elif at > 0:
        del frames[:at]
        reading.note(
            "What stands above the function that was hit is the tracer's own trampoline, under "
            f"the name of a symbol that lies near it (here first: {names[0]}): it is left out."
        )
    frames.reverse()
    return frames
