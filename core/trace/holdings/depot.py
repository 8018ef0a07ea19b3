"""The stack depot at a position: its pools, how far they are filled, the spare, the records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.trace.events import Kind
from core.trace.explain import SPECIAL_HANDLES, handle_name
from core.trace.holdings.columns import Numbers, by_site, happened, last_marked
from core.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class PoolState:
    """One pool.

    Attributes:
        number: Its number, from 0.
        used_bytes: How far it is filled.
        before_bytes: Where the part ends that was filled before the run with stacks that the trace
            does not have; it begins after the records of boot.
        first_record: Number of its first record.
        n_records: Records in it.
        current: Whether new records go here.
        missing: Whether the depot moved on to it without having pages for it (up to 6.6).
        lost_bytes: What is left in it and never used, because the depot moved on.
        made_at: Position at which the depot began with it, -1 before the run.
        changed: Whether the event at the position opened it or wrote into it.
    """

    number: int
    used_bytes: int
    before_bytes: int
    first_record: int
    n_records: int
    current: bool
    missing: bool
    lost_bytes: int
    made_at: int
    changed: bool


@dataclass(frozen=True, slots=True)
class RecordState:
    """One stack in the depot.

    Attributes:
        number: Its number in the trace, from 1.
        frames: Function names, outermost first.
        handle: The kernel's handle, or the name of a special one.
        special: dummy, failure or early; empty for an ordinary stack.
        pool: Its pool, -1 where that is not known.
        offset_bytes: Where in the pool it begins.
        size_bytes: What it takes there.
        made_at: Position at which it was stored, -1 for those of boot.
        changed: Whether the event at the position stored it.
    """

    number: int
    frames: tuple[str, ...]
    handle: str
    special: str
    pool: int
    offset_bytes: int
    size_bytes: int
    made_at: int
    changed: bool


@dataclass(frozen=True, slots=True)
class DepotState:
    """The depot.

    Attributes:
        position: The position.
        pool_bytes: Size of a pool, 0 where the trace does not say (schema 1).
        max_pools: How many pools it may have.
        n_pools: Pools begun, one without pages included.
        offset_bytes: How far the current pool is filled.
        missing: Whether the current pool has no pages (up to 6.6).
        spare: Whether pages for the next pool are kept.
        spare_at: Position at which they were kept, -1 before the run or where none are.
        n_records: Stacks stored.
        changed: Whether the event at the position changed any of this.
    """

    position: int
    pool_bytes: int
    max_pools: int
    n_pools: int
    offset_bytes: int
    missing: bool
    spare: bool
    spare_at: int
    n_records: int
    changed: bool
    _index: DepotIndex

    def pools(self, first: int, last: int) -> tuple[PoolState, ...]:
        """Return the pools ``[first, last)``."""
        numbers = range(self.n_pools)[max(0, first) : last]
        return tuple(self._index.pool(number, self) for number in numbers)

    def records(self, first: int, last: int) -> tuple[RecordState, ...]:
        """Return the records ``[first, last)`` in the order in which they were stored."""
        rows = range(self.n_records)[max(0, first) : last]
        return tuple(self._index.record(row + 1, self.position) for row in rows)

    def places(self, pool: PoolState) -> tuple[Numbers, Numbers]:
        """Return where the records of a pool begin and end, in bytes from its start."""
        return self._index.places(pool)

    def record(self, number: int) -> RecordState | None:
        """Return a record by its number, None where it is not stored yet."""
        if not 1 <= number <= self.n_records:
            return None
        return self._index.record(number, self.position)


class DepotIndex:
    """When stacks were stored and pools begun.

    Up to 6.6 the depot moves on to the next pool even if it has none ready; the refusal that
    follows is the only event of it, and whatever was left in the old pool is lost. Since 6.9 a
    full pool stays current until there is another.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._info = info = trace.info.depot
        events = happened(
            trace, Kind.POOL_OPENED, Kind.DEPOT_STORED, Kind.SPARE_KEPT, Kind.DEPOT_REFUSED
        )
        no_room = by_site(
            trace.sites,
            lambda s: s.kind is Kind.DEPOT_REFUSED and s.fact("reason") == "no room",
        ).astype(np.bool_)
        moved_on = no_room[events.site] & (not info.keeps_offset)
        events = events.where((events.kind != Kind.DEPOT_REFUSED) | moved_on)
        self._events = events
        stored = events.of(Kind.DEPOT_STORED)
        self._stored_at = stored.at
        self._at_start = self._records_at_start(stored.argument)
        self._follow_pools()
        self._place_records()

    def _records_at_start(self, stored: Numbers) -> int:
        if len(stored):
            return int(stored[0]) - 1
        known = self._info.pool_bytes > 0
        return self._info.records if known else len(self._trace.info.records)

    def _follow_pools(self) -> None:
        """Work out what the current pool is after each event, and how far it is filled."""
        events, info = self._events, self._info
        opened = events.kind == Kind.POOL_OPENED
        refused = events.kind == Kind.DEPOT_REFUSED
        last_opened = last_marked(opened)
        began_missing = last_opened < 0 if info.missing else np.zeros(len(events), np.bool_)
        self._missing = began_missing | (last_marked(refused) > last_opened)
        current = np.full(len(events), info.pools - 1 - info.missing)
        known = last_opened >= 0
        current[known] = events.argument[last_opened[known]]
        self._current = (current + self._missing).astype(np.int64)
        previous = np.concatenate(([info.pools - 1], self._current[:-1])).astype(np.int64)
        self._began = opened | (self._current != previous)
        sizes = np.array([record.size_bytes for record in self._trace.info.records], np.int64)
        stored = events.kind == Kind.DEPOT_STORED
        added = np.zeros(len(events), np.int64)
        added[stored] = sizes[events.argument[stored] - 1]
        total = np.cumsum(added)
        began = last_marked(self._began)
        base = np.where(began >= 0, total[began], -info.offset_bytes) if len(events) else total
        self._offset = total - base
        self._kept = last_marked(events.kind == Kind.SPARE_KEPT)
        self._used_up = last_opened

    def _place_records(self) -> None:
        records = self._trace.info.records
        self._pool_of = np.array([record.pool for record in records], np.int64)
        self._begins = np.array([record.offset_bytes for record in records], np.int64)
        self._ends = self._begins + np.array([record.size_bytes for record in records], np.int64)
        rows = np.flatnonzero(self._began)
        # A pool that was missing is opened later: the first event of a number is its beginning.
        numbers, firsts = np.unique(self._current[rows], return_index=True)
        self._began_at = dict(zip(numbers.tolist(), self._events.at[rows[firsts]], strict=True))

    # -- at a position --------------------------------------------------------------------

    def at(self, position: int) -> DepotState:
        """Return the depot at a position."""
        info, row = self._info, self._events.until(position) - 1
        n_records = self._n_records(position)
        if row < 0:
            return DepotState(
                position,
                info.pool_bytes,
                info.max_pools,
                info.pools if info.pool_bytes else 0,
                info.offset_bytes,
                info.missing,
                info.spare,
                -1,
                n_records,
                False,
                self,
            )
        kept = int(self._kept[row])
        spare = kept > self._used_up[row] or (info.spare and self._used_up[row] < 0)
        return DepotState(
            position,
            info.pool_bytes,
            info.max_pools,
            int(self._current[row]) + 1 if info.pool_bytes else 0,
            int(self._offset[row]),
            bool(self._missing[row]),
            bool(spare),
            int(self._events.at[kept]) if spare and kept >= 0 else -1,
            n_records,
            int(self._events.at[row]) == position,
            self,
        )

    def _n_records(self, position: int) -> int:
        stored = int(np.searchsorted(self._stored_at, np.int32(position), side="right"))
        return min(self._at_start + stored, len(self._trace.info.records))

    def pool(self, number: int, depot: DepotState) -> PoolState:
        """Return one pool of the depot in a state."""
        info = self._info
        current = number == depot.n_pools - 1
        found = self._pool_of[: depot.n_records]
        first, end = np.searchsorted(found, (number, number + 1)).tolist()
        in_use_at_start = number == info.pools - 1 and not info.missing
        before = info.offset_bytes if in_use_at_start else 0
        newest = self._trace.info.records[end - 1] if end > first else None
        used = newest.offset_bytes + newest.size_bytes if newest is not None else 0
        used = depot.offset_bytes if current else max(used, before)
        made_at = int(self._began_at.get(number, -1))
        if made_at > depot.position or number < info.pools - 1:
            made_at = -1
        changed = made_at == depot.position >= 0 or (current and depot.changed)
        missing = current and depot.missing
        lost = 0 if current else max(0, info.pool_bytes - used)
        return PoolState(
            number, used, before, first + 1, end - first, current, missing, lost, made_at, changed
        )

    def places(self, pool: PoolState) -> tuple[Numbers, Numbers]:
        """Return where the records of a pool begin and end."""
        part = slice(pool.first_record - 1, pool.first_record - 1 + pool.n_records)
        return self._begins[part], self._ends[part]

    def record(self, number: int, position: int) -> RecordState:
        """Return one record."""
        record = self._trace.info.records[number - 1]
        row = number - 1 - self._at_start
        made_at = int(self._stored_at[row]) if 0 <= row < len(self._stored_at) else -1
        return RecordState(
            number,
            record.frames,
            handle_name(self._trace, number),
            special_name(number),
            record.pool,
            record.offset_bytes,
            record.size_bytes,
            made_at,
            made_at == position >= 0,
        )


def special_name(number: int) -> str:
    """Return dummy, failure or early for the handle of a special stack, else an empty string."""
    return SPECIAL_HANDLES.get(number, "").removesuffix("_handle")
