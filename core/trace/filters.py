"""Which positions of a trace matter to a reader."""

from __future__ import annotations

import numpy as np

from core.trace.events import SITE_MASK, Kind, Site
from core.trace.index import Positions
from core.trace.once import once_a_run
from core.trace.trace import Trace

MARKERS = (Kind.SHORT_CIRCUITED, Kind.WARNED, Kind.LOST_UPDATE, Kind.STOPPED)

_UNESSENTIAL = (Kind.FRAME_UNWOUND, Kind.WALK_ENDED)


@once_a_run
def essential_positions(trace: Trace) -> Positions:
    """Return the positions at which something happens in the mail's chain.

    Calls and returns of essential functions, the guard's own events, warnings and the end.
    """
    wanted = np.array([_is_essential(trace, site) for site in trace.sites], np.bool_)
    return np.flatnonzero(wanted[trace.codes & SITE_MASK]).astype(np.int32)


def _is_essential(trace: Trace, site: Site) -> bool:
    if site.kind in MARKERS:
        return True
    return bool(trace.functions[site.function].essential) and site.kind not in _UNESSENTIAL


@once_a_run
def marker_positions(trace: Trace) -> Positions:
    """Return the positions of short-circuits, warnings, lost updates and a stopped run's end."""
    return trace.positions(*MARKERS)
