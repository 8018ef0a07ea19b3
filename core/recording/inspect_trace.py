"""A trace as plain data, for ``ownerscope inspect``: calls, recursions, guard hits and what-ifs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from core.recording.questions.expression import FUNCTION
from core.recording.questions.query import Grouped
from core.trace.call_spans import CallSpans
from core.trace.info import RecordingInfo
from core.trace.trace import Trace

Told = dict[str, Any]

_MOST_STACKS = 1000
"""So many different stacks of guard hits are told."""


def of_trace(trace: Trace) -> Told:
    """Return what there is to say about a trace, whether it was recorded or simulated."""
    spans = CallSpans(trace)
    recording = trace.info.recording or _of_simulation(trace, spans)
    return {
        "calls": {
            "closed": recording.calls_closed,
            "open_at_end": recording.calls_open_at_end,
            "open_at_start": recording.calls_open_at_start,
        },
        "events": len(trace),
        "cpus": recording.cpus,
        "tasks": len(trace.info.tasks),
        "max_depth": max(spans.depths, default=0),
        "duration_ns": recording.duration_ns,
        "start_ns": recording.start_ns if recording.start_ns >= 0 else None,
        "times_inferred": recording.times_inferred,
        "recursions": _recursions(trace),
        "guard_hits": recording.guard_hits,
        "guard_hit_stacks": _hit_stacks(trace),
        "hit_comments": {"all": recording.hit_comments, "apart": recording.comments_apart},
        "what_if": _what_if(trace),
        "lines": recording.lines,
        "bad_lines": recording.bad_lines,
        "first_bad": recording.first_bad,
        "notes": list(recording.notes),
    }


def top_of_trace(groups: Grouped, most: int) -> Iterator[Told]:
    """Yield the heaviest groups of a trace's call paths.

    For a function these are its own calls, the time it was on the stack, each moment counted once,
    and the time in itself; for others the calls, and the time in their innermost functions.
    """
    from core.recording.inspect import named

    for group in groups.top(most):
        told = named(groups, group)
        if groups.by == FUNCTION:
            told |= {"calls": group.own["records"], "ns": group.weights["ns"]}
            told["self_ns"] = group.own["ns"]
        else:
            told |= {"calls": group.weights["records"], "ns": group.weights["ns"]}
        yield told


def _of_simulation(trace: Trace, spans: CallSpans) -> RecordingInfo:
    """Return for a simulated run what a recording's file says."""
    returned = int((spans.ends < len(trace)).sum())
    return RecordingInfo(
        format="simulation",
        cpus=1,
        calls_closed=returned,
        calls_open_at_end=len(spans) - returned,
        guard_hits=len(trace.short_circuits),
        duration_ns=trace.clock_ns(len(trace) - 1),
        notes=(*trace.info.warnings, *trace.info.inferred),
    )


def _hit_stacks(trace: Trace) -> list[Told]:
    """Return the stacks of guard hits, the most frequent first."""
    stacks = Counter(tuple(trace.names_at(at)) for at in trace.short_circuits.tolist())
    return [{"stack": [*stack], "hits": hits} for stack, hits in stacks.most_common(_MOST_STACKS)]


def _recursions(trace: Trace) -> list[Told]:
    from core.recording.questions.recursion import recursions

    return [
        {
            "function": each.function,
            "calls": each.calls,
            "deepest": each.deepest,
            "stack": list(each.stack),
        }
        for each in recursions(trace)
    ]


def _what_if(trace: Trace) -> list[Told]:
    from core.recording.questions.what_if import what_if_all

    return [
        {
            "guard": each.guard.title,
            "design": each.guard.design,
            "max_depth": each.guard.max_depth or None,
            "cut": len(each.cut),
            "cut_anyway": each.cut_anyway,
            "gone": each.gone,
            "saved_calls": each.saved_calls,
            "saved_ns": each.saved_ns,
            "not_knowable": each.not_knowable,
            "sentences": list(each.sentences),
        }
        for each in what_if_all(trace)
    ]
