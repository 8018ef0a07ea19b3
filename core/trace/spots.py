"""Which line of which listing a position of a run stands at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.trace.events import SITE_MASK, Function, Kind
from core.trace.listings import Listing, label_of, listing_for

if TYPE_CHECKING:
    from core.trace.trace import Trace

_LOOK_BACK_EVENTS = 200_000
"""How many events of a call are looked at for the lines it has been through: a walk of a big run
has the same few lines ten thousand times."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a call is at a position.

    Attributes:
        function: Whose listing it is.
        listing: Its lines.
        line: The line the call is at, None where it has none.
        visited: The lines it was at before.
        event: Position of the event shown, or of the call an outer frame is in.
        outer: Whether the line is a call that has not returned, of a frame that is not the
            innermost one.
        stopped: Whether the run died here.
    """

    function: Function
    listing: Listing
    line: int | None
    visited: frozenset[int]
    event: int
    outer: bool = False
    stopped: bool = False


def spot_at(trace: Trace, position: int, call: int | None = None) -> Spot | None:
    """Return the listing and the line a position stands at.

    Args:
        trace: The run.
        position: Where the cursor is.
        call: The position of the call whose frame is to be shown, None for the event itself.

    Returns:
        None before the first event.
    """
    if position < 0:
        return None
    calls = trace.calls_at(position)
    if call in calls[:-1]:
        return _outer_spot(trace, position, calls, calls.index(call))
    return _event_spot(trace, position)


def _outer_spot(trace: Trace, position: int, calls: list[int], at: int) -> Spot:
    call, inner = calls[at], calls[at + 1]
    function = trace.function(call)
    listing = listing_for(trace.info, function.name)
    line = listing.call_line(trace.function(inner).name)
    if line is None:
        line = _last_line(trace, listing, inner, call)
    visited = _visited(trace, listing, function, call, inner)
    return Spot(function, listing, line, visited - {line}, inner, outer=True)


def _event_spot(trace: Trace, position: int) -> Spot:
    site = trace.site(position)
    function = trace.function(position)
    listing = listing_for(trace.info, function.name)
    call = _call_of(trace, position)
    line = listing.line_of(label_of(site))
    if site.kind is Kind.RETURNED:
        line = _exit_line(trace, listing, position, call) or line
    stopped = site.kind is Kind.STOPPED
    if stopped or (line is None and site.kind is Kind.LOST_UPDATE):
        line = _last_line(trace, listing, position, call)
    visited = _visited(trace, listing, function, call, position)
    return Spot(function, listing, line, visited - {line}, position, stopped=stopped)


def _call_of(trace: Trace, position: int) -> int:
    """The call of the event's function, -1 where it has no frame, as the scheduler has none.

    An event may belong to a function further out than the innermost frame: free_unref_page frees
    a page that its inlined end, free_pcp_prepare, has prepared.
    """
    function = trace.function(position)
    call = position if trace.kind(position) is Kind.CALLED else int(trace.parents[position])
    while call >= 0 and trace.function(call) != function:
        call = int(trace.parents[call])
    return call


def _exit_line(trace: Trace, listing: Listing, position: int, call: int) -> int | None:
    """The line of an early return: the event right before it was the reason."""
    before = position - 1
    if before <= call or trace.parents[before] != call:
        return None
    return listing.exit_of(label_of(trace.site(before)))


def _last_line(trace: Trace, listing: Listing, position: int, call: int) -> int | None:
    """The last line a call reached before it was interrupted or the run died in it."""
    start = max(call + 1, position - _LOOK_BACK_EVENTS)
    own = (trace.parents[start:position] == call).nonzero()[0] + start
    for at in own[::-1].tolist():
        where, site = trace.function(at), trace.site(at)
        if where.name == listing.function:
            line = listing.line_of(label_of(site))
        else:
            line = listing.call_line(where.name) if site.kind is Kind.CALLED else None
        if line is not None:
            return line
    return listing.line_of("enter")


def _visited(
    trace: Trace, listing: Listing, function: Function, call: int, before: int
) -> frozenset[int]:
    """The lines a call has been at before a position, its calls of others included."""
    if call < 0 or before <= call:
        return frozenset()
    start = max(call + 1, before - _LOOK_BACK_EVENTS)
    own = trace.parents[start:before] == call
    numbers = set((trace.codes[start:before][own] & SITE_MASK).tolist())
    lines = {listing.line_of("enter")}
    for site in (trace.sites[number] for number in numbers):
        where = trace.functions[site.function]
        if site.kind is Kind.CALLED:
            lines.add(listing.call_line(where.name))
        elif where.name == function.name:
            lines.add(listing.line_of(label_of(site)))
    return frozenset(line for line in lines if line is not None)
