"""Why a lane went the way it went where lanes part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.trace.events import Kind
from core.trace.explain import explain

if TYPE_CHECKING:
    from core.trace.trace import Trace

_WAYS = (Kind.CALLED, Kind.RETURNED, Kind.TASK_SWITCHED, Kind.STOPPED)
_DECISIONS = (Kind.TESTED, Kind.SHORT_CIRCUITED)


def reason_position(trace: Trace, event: int) -> int:
    """Return the guard's decision that led to a call or return, or else that event itself.

    It is the last one since the call or return before it: what came earlier is shared.
    """
    if event < 0 or trace.kind(event) not in _WAYS:
        return event
    for position in range(event - 1, -1, -1):
        kind = trace.kind(position)
        if kind in _WAYS:
            break
        if kind in _DECISIONS:
            return position
    return event


def reason(trace: Trace, event: int) -> str:
    """Return as a sentence why a lane went on with a call or return that others do not share."""
    return explain(trace, reason_position(trace, event))
