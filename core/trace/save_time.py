"""Where the simulated time of a run went: into the guard, into saving stacks, into the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from core.trace.events import SITE_MASK, Kind, Site
from core.trace.save_tree import save_tree
from core.trace.signals import tasks_of

if TYPE_CHECKING:
    from core.trace.trace import Trace

_GUARD_KINDS = frozenset(
    {Kind.LOADED, Kind.MODIFIED, Kind.STORED, Kind.TESTED, Kind.SHORT_CIRCUITED}
)
_SCAN = "scan"
"""Label of the line that compares entries with the caller's own return address."""


class SaveTimes(NamedTuple):
    """Simulated nanoseconds: a teaching clock, not a measurement.

    Attributes:
        guard_ns: The guard's own lines, wherever they are.
        save_ns: Calls of save_stack, all that they call included, without the guard's lines.
        total_ns: The whole run.
    """

    guard_ns: int
    save_ns: int
    total_ns: int


def save_times(trace: Trace) -> SaveTimes:
    """Return where the time of a run went."""
    if trace.times_ns is not None:
        return _recorded(trace)
    sites = trace.codes & np.uint32(SITE_MASK)
    costs = np.array([site.cost_ns for site in trace.sites], np.int64)[sites]
    guard = np.array([_is_guards(site) for site in trace.sites], np.bool_)[sites]
    saving = _saving(trace, sites)
    return SaveTimes(int(costs[guard].sum()), int(costs[saving & ~guard].sum()), int(costs.sum()))


def _recorded(trace: Trace) -> SaveTimes:
    """What a recording took: its guard's own lines are too short to be seen."""
    tree = save_tree(trace)
    return SaveTimes(0, int(tree.all_ns[tree.tops].sum()), trace.clock.end_ns - trace.clock_ns(0))


def _is_guards(site: Site) -> bool:
    if site.fact("of"):  # Another context wrote the word that the guard's field is in.
        return False
    return site.kind in _GUARD_KINDS or (site.kind is Kind.STEPPED and site.label == _SCAN)


def _saving(trace: Trace, sites: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Whether each event belongs to a save: from the call of save_stack to its return."""
    change = np.array([_change(trace, site) for site in trace.sites], np.int8)[sites]
    tasks = tasks_of(trace, np.arange(len(trace), dtype=np.int32))
    inside = np.empty(len(trace), np.bool_)
    for number in range(len(trace.info.tasks)):
        own = tasks == number
        steps = change[own]
        under_way = np.cumsum(steps, dtype=np.int32)
        # The return itself takes time too: it belongs to the save that it ends.
        inside[own] = (under_way > 0) | (steps < 0)
    return inside


def _change(trace: Trace, site: Site) -> int:
    if trace.functions[site.function].name != "save_stack":
        return 0
    return {Kind.CALLED: 1, Kind.RETURNED: -1}.get(site.kind, 0)
