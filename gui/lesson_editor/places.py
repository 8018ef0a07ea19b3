"""Names for what a run has: positions that stay true when it changes, and what can be pointed at.

Nothing here knows a widget; the trace is imported by who has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.errors import LessonError
from core.lesson.panels import PANELS
from core.lesson.positions import calls_of, position_of
from core.trace.events import Kind

if TYPE_CHECKING:
    from core.lesson.resolved import ResolvedStep
    from core.lesson.runs import Shown
    from core.trace.trace import Trace

_MOST_CALLS = 20
"""Beyond these "call 21" says no more than the number of the event."""
_STOPS = ("first lost update", "first interrupt", "first warning", "first lock wait")


def name_of_position(trace: Trace, position: int, others: Sequence[Trace] = ()) -> str:
    """Return a position in words that the same point of another run has too.

    Where none fits it is the number of the event.
    """
    for name in _candidates(trace, position, others):
        try:
            if position_of(name, trace, tuple(others)) == position:
                return name
        except LessonError:
            continue
    return str(position + 1)


def _candidates(trace: Trace, position: int, others: Sequence[Trace]) -> Iterator[str]:
    if position < 0:
        yield "start"
        return
    yield from ("end", "first short-circuit")
    hits = trace.short_circuits.tolist()
    if position in hits:
        yield f"short-circuit {hits.index(position) + 1}"
    yield from _STOPS
    yield "before overflow"
    if others:
        yield "where lanes part"
    kind, words = trace.kind(position), {Kind.CALLED: "call", Kind.RETURNED: "return"}
    if kind in words:
        name = trace.function(position).name
        number = calls_of(trace, name, kind).tolist().index(position) + 1
        if number <= _MOST_CALLS:
            yield f"{name} {words[kind]} {number}"


def known_positions(shown: Shown) -> list[str]:
    """Return positions that a step's run has, to choose from."""
    trace = shown.trace
    if trace is None:
        return []
    wanted = ["start", "end", "first short-circuit", *_STOPS, "before overflow", "deepest"]
    wanted += ["where lanes part"] if shown.others else []
    hits = min(len(trace.short_circuits), _MOST_CALLS)
    wanted += [f"short-circuit {number}" for number in range(2, hits + 1)]
    known = [name for name in wanted if _exists(name, trace, shown.others)]
    return [*known, *(f"{name} call 1" for name in called_functions(trace))]


def _exists(name: str, trace: Trace, others: Sequence[Trace]) -> bool:
    try:
        position_of(name, trace, tuple(others))
    except LessonError:
        return False
    return True


def called_functions(trace: Trace) -> list[str]:
    """Return the functions that a run calls, by name."""
    called = {site.function for site in trace.sites if site.kind == Kind.CALLED}
    return sorted({trace.functions[number].name for number in called})


def known_functions(shown: Shown) -> list[str]:
    """Return the functions of what a step shows: those called, or those on recorded stacks."""
    profile = shown.recording.profile if shown.recording is not None else None
    if profile is not None:
        return sorted(profile.stacks.names[0])
    return called_functions(shown.trace) if shown.trace is not None else []


def known_highlights(step: ResolvedStep, shown: Shown) -> list[str]:
    """Return what a step can point at, to choose from."""
    names: list[str] = []
    trace = shown.trace
    names += [f"function:{name}" for name in known_functions(shown)]
    if trace is not None and _exists(step.step.position, trace, shown.others):
        position = position_of(step.step.position, trace, shown.others)
        depth = len(trace.calls_at(position))
        names += [f"frame:{number}" for number in range(1, depth + 1)]
    if shown.recording is None and (trace is not None or shown.analysis is not None):
        names.append("bits")
    if len(shown.lanes) > 1:
        names += [f"lane:{number}" for number in range(1, len(shown.lanes) + 1)]
    if shown.analysis is not None:
        names += [f"member:{name}" for name in shown.analysis.layout.struct.names]
    return [*names, *(f"panel:{name}" for name in PANELS[step.workspace])]
