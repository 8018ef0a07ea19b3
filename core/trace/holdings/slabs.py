"""The kmalloc caches at a position: what is free without asking the page allocator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.trace.events import Kind
from core.trace.holdings.columns import Groups, Numbers, by_site, happened
from core.trace.info import CacheInfo
from core.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class CacheState:
    """One cache.

    Attributes:
        name: The kernel's name for it.
        object_bytes: Its size class.
        order: Page order of its slabs.
        objects: Objects in a slab of that order.
        free: Objects free on the cpu's own freelist, -1 where the cpu has no slab yet.
        cpu_partial: Slabs on the cpu's partial list.
        node_partial: Slabs on the node's partial list.
        partial_free: Objects free in the slabs of both lists together.
        made_at: Position of the event that left it like this, -1 where it is as at the start.
        changed: Whether the event at the position is that one.
    """

    name: str
    object_bytes: int
    order: int
    objects: int
    free: int
    cpu_partial: int
    node_partial: int
    partial_free: int
    made_at: int
    changed: bool

    @property
    def partial(self) -> int:
        """Slabs on both partial lists."""
        return self.cpu_partial + self.node_partial


class SlabIndex:
    """What every kmalloc and kfree left in its cache.

    An event carries the objects on the cpu's freelist after it, and its site says what moved: the
    list a slab came from or joined, and whether one was given up. The rest are sums.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self.caches = trace.info.caches
        number_of = {cache.name: number for number, cache in enumerate(self.caches)}
        cache = by_site(trace.sites, lambda site: number_of.get(site.fact("cache"), -1))
        events = happened(trace, Kind.OBJECT_TAKEN, Kind.OBJECT_FREED)
        events = events.where(cache[events.site] >= 0)
        self._groups = Groups(cache[events.site], events.at, len(self.caches), len(trace))
        order = self._groups.order
        site = events.site[order].astype(np.int64)
        self._free = events.argument[order]

        def moved(to: str, source: str) -> Numbers:
            """How many slabs an event adds to a list, by site."""
            facts = ("replaced", "joined")
            return by_site(
                trace.sites,
                lambda s: (
                    sum(s.fact(fact) == to for fact in facts)
                    - (s.fact("source") == source)
                    - (to == "node" and bool(s.fact("discarded")))
                ),
            )

        self._cpu_partial = self._summed(moved("cpu", "cpu")[site])
        self._node_partial = self._summed(moved("node", "node")[site])
        self._partial_free = self._summed(self._moved_objects(trace, site))

    def _moved_objects(self, trace: Trace, site: Numbers) -> Numbers:
        """How many free objects each event adds to the slabs on the lists."""
        replaced = by_site(trace.sites, lambda s: s.fact("replaced") != "")[site]
        from_list = by_site(trace.sites, lambda s: s.fact("source") in ("cpu", "node"))[site]
        slow = by_site(trace.sites, lambda s: s.kind is Kind.OBJECT_FREED and s.label == "slow")[
            site
        ]
        given_up = by_site(trace.sites, lambda s: int(s.fact("discarded") or 0))[site]
        start = np.array([cache.free for cache in self.caches], np.int64)
        before = np.empty_like(self._free)
        before[1:] = self._free[:-1]
        firsts = self._groups.start[:-1]
        filled = firsts < self._groups.start[1:]
        before[firsts[filled]] = start[filled]
        moved: Numbers = replaced * before - from_list * (self._free + 1) + slow - given_up
        return moved

    def _summed(self, changes: Numbers) -> Numbers:
        """Sum changes inside each cache."""
        total = np.cumsum(changes)
        before = total - changes
        sums: Numbers = total - before[self._groups.first_of_group()] if len(total) else total
        return sums

    def at(self, position: int) -> tuple[CacheState, ...]:
        """Return all caches at a position, by rising size class."""
        return tuple(
            self._state(cache, row, position)
            for cache, row in zip(self.caches, self._groups.last(position).tolist(), strict=True)
        )

    def _state(self, cache: CacheInfo, row: int, position: int) -> CacheState:
        known = row >= 0
        made_at = int(self._groups.at[row]) if known else -1
        return CacheState(
            cache.name,
            cache.object_bytes,
            cache.order,
            cache.objects,
            int(self._free[row]) if known else cache.free,
            cache.cpu_partial + (int(self._cpu_partial[row]) if known else 0),
            cache.node_partial + (int(self._node_partial[row]) if known else 0),
            cache.partial_free + (int(self._partial_free[row]) if known else 0),
            made_at,
            known and made_at == position,
        )
