"""The named counts of a run, as sums over sites."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from core.trace.events import Function, Kind, Site
from core.trace.info import TraceInfo

COUNT_NAMES = (
    "save_stack_calls",
    "guard_hits",
    "unwinds",
    "frames_unwound",
    "page_allocations",
    "page_frees",
    "depot_hits",
    "depot_stores",
    "depot_pools",
    "owner_lost",
    "deepest_recursion",
)
"""Every count in the order in which it is shown.

``depot_pools`` is the number of pools that hold records (the kernel's pools_num, the spare not
included); ``owner_lost`` counts owner records that got dummy_handle or failure_handle;
``deepest_recursion`` is how many saves of a task were past the guard at once, which a signal
knows and no sum does.
"""

_BY_KIND = {
    "guard_hits": Kind.SHORT_CIRCUITED,
    "unwinds": Kind.WALK_STARTED,
    "frames_unwound": Kind.FRAME_UNWOUND,
    "page_allocations": Kind.PAGE_ALLOCATED,
    "page_frees": Kind.PAGE_FREED,
    "depot_hits": Kind.DEPOT_HIT,
    "depot_stores": Kind.DEPOT_STORED,
    "depot_pools": Kind.POOL_OPENED,
}


class CountRules:
    """Turns counts by site into named counts and the simulated time: one matrix product."""

    def __init__(
        self, sites: Sequence[Site], functions: Sequence[Function], info: TraceInfo
    ) -> None:
        def marks(test: Callable[[Site], bool]) -> list[int]:
            return [int(test(site)) for site in sites]

        def saves(site: Site) -> bool:
            return site.kind is Kind.CALLED and functions[site.function].name == "save_stack"

        def loses_owner(site: Site) -> bool:
            return site.kind is Kind.OWNER_HANDLE and site.fact("lost") == "yes"

        rows = {"save_stack_calls": marks(saves), "owner_lost": marks(loses_owner)}
        for name, kind in _BY_KIND.items():
            rows[name] = [int(site.kind is kind) for site in sites]
        self._names = [name for name in COUNT_NAMES if name in rows]
        costs = [site.cost_ns for site in sites]
        self._weights = np.array([*(rows[name] for name in self._names), costs], np.int64)
        self._first = np.zeros(len(self._weights), np.int64)
        self._first[self._names.index("depot_pools")] = info.depot_pools_at_start

    def named(self, counts: npt.NDArray[np.int64]) -> tuple[dict[str, int], int]:
        """Return the named counts and the simulated time in ns for a row of counts by site."""
        sums = (self._weights.dot(counts) + self._first).tolist()
        return dict(zip(self._names, sums, strict=False)), sums[-1]
