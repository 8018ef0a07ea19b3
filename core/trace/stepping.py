"""Moving through a trace as a debugger does, in both directions.

Every function takes a position and returns another one; none moves past the first or the last
event. Position -1 is the moment before the run.
"""

from __future__ import annotations

import numpy as np

from core.trace.events import SITE_MASK, Kind
from core.trace.trace import Trace

_FIRST_CHUNK = 4096


def return_of(trace: Trace, call: int) -> int | None:
    """Return the position at which a call returned, None where it never did."""
    returned = trace.site_kinds == Kind.RETURNED
    start, chunk = call + 1, _FIRST_CHUNK
    while start < len(trace):
        end = min(len(trace), start + chunk)
        inside = np.flatnonzero(trace.parents[start:end] == np.int32(call))
        hits = inside[returned[trace.codes[start + inside] & SITE_MASK]]
        if len(hits):
            return start + int(hits[0])
        start, chunk = end, chunk * 4
    return None


def step_over(trace: Trace, position: int) -> int:
    """Return the next event of the current function; a call is stepped over to its return.

    Inside a function what other CPUs do meanwhile is stepped over too.
    """
    following = _following(trace, position)
    if following >= 0 and trace.kind(following) is Kind.CALLED:
        returned = return_of(trace, following)
        return returned if returned is not None else len(trace) - 1
    return following


def step_over_back(trace: Trace, position: int) -> int:
    """Return the event before in the current function; a call is stepped over to before it."""
    if position < 0:
        return -1
    if trace.kind(position) is Kind.RETURNED and trace.parents[position] >= 0:
        return int(trace.parents[position]) - 1
    if trace.open_call(position) >= 0:
        before = trace.cpus.last_event(trace.task_at(position), position - 1)
        return before if before >= 0 else position - 1
    return position - 1


def _following(trace: Trace, position: int) -> int:
    """The next event; inside a function the next one of the same task, if it has any."""
    following = min(position + 1, len(trace) - 1)
    if following > position and trace.open_call(position) >= 0:
        task = trace.task_at(position)
        if trace.task_at(following) != task:
            own = trace.cpus.next_event(task, following)
            return own if own is not None else following
    return following


def step_in(trace: Trace, position: int) -> int:
    """Return the next call or return."""
    return _next_of(trace, position, (Kind.CALLED, Kind.RETURNED, Kind.STOPPED))


def step_in_back(trace: Trace, position: int) -> int:
    """Return the call or return before."""
    return _previous_of(trace, position, (Kind.CALLED, Kind.RETURNED))


def step_out(trace: Trace, position: int) -> int:
    """Return the moment the current function has returned."""
    call = trace.open_call(position)
    if call < 0:
        return len(trace) - 1
    returned = return_of(trace, call)
    return returned if returned is not None else len(trace) - 1


def step_out_back(trace: Trace, position: int) -> int:
    """Return the moment before the current function was called."""
    call = trace.open_call(position)
    return call - 1 if call >= 0 else -1


def _next_of(trace: Trace, position: int, kinds: tuple[Kind, ...]) -> int:
    wanted = np.isin(trace.site_kinds, kinds)
    start, chunk = position + 1, _FIRST_CHUNK
    while start < len(trace):
        end = min(len(trace), start + chunk)
        hits = np.flatnonzero(wanted[trace.codes[start:end] & SITE_MASK])
        if len(hits):
            return start + int(hits[0])
        start, chunk = end, chunk * 4
    return len(trace) - 1


def _previous_of(trace: Trace, position: int, kinds: tuple[Kind, ...]) -> int:
    wanted = np.isin(trace.site_kinds, kinds)
    end, chunk = position, _FIRST_CHUNK
    while end > 0:
        start = max(0, end - chunk)
        hits = np.flatnonzero(wanted[trace.codes[start:end] & SITE_MASK])
        if len(hits):
            return start + int(hits[-1])
        end, chunk = start, chunk * 4
    return -1
