"""The stack depot: every distinct stack once, in pools of pages that are never given back.

Order of steps: lib/stackdepot.c. A stack that is known never allocates. A new one does where no
spare pool is ready: outside the lock, before the second look-up. That allocation is where
page_owner meets itself on every architecture.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from core import gfp as gfp_masks
from core.guards.base import Entries
from core.kernel.jhash import hash_of_addresses
from core.trace.events import SITE_BITS, Kind
from core.trace.info import DepotInfo

if TYPE_CHECKING:
    from core.kernel.machine import Machine
    from core.kernel.pages import Page

_OFFSET_SHIFT = 4
"""STACK_ALLOC_ALIGN: records start at multiples of 16 bytes."""

_TEXT_BASE = 0xFFFFFFFF81000000
"""Where made-up return addresses start; only that equal entries have equal ones matters."""


@dataclass(slots=True)
class Record:
    """One stack in the depot.

    Attributes:
        number: Its number in the trace; 0 is no stack.
        names: Function names, outermost first.
        pool: Index of its pool.
        offset_bytes: Where in the pool it lies.
        size_bytes: What it takes there.
        hash: jhash2 of its entries.
        users: Pages it owns (page_owner_stacks' count, since 6.9); -1 until the first.
    """

    number: int
    names: tuple[str, ...]
    pool: int
    offset_bytes: int
    size_bytes: int
    hash: int
    users: int = field(default=-1)


class StackDepot:
    """Saves stacks and hands out their handles (here: record numbers, 0 for none)."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._rules = machine.profile.depot
        self.pool_bytes = machine.profile.page_bytes << self._rules.pool_order
        self.max_pools = self._rules.max_pools
        self.records: list[Record] = []
        self._by_entries: dict[Entries, Record] = {}
        self._keeps_offset = self._rules.keeps_offset
        # The older code counts the current pool before it has one: depot_index + 1.
        self.pools = 0 if self._keeps_offset else 1
        """Pools begun (pools_num; depot_index + 1 in older versions)."""
        self.pool_missing = not self._keeps_offset
        """The older code's state where the current pool has no pages: nowhere to write."""
        self.offset_bytes = 0
        self.spare_ready = False
        """A spare pool is there (new_pool; next_slab_inited in older versions)."""
        self.spare_kept = False
        """Whether the spare has pages: next_slab_inited also says so where the last pool is in
        use and none may follow."""
        self.disabled = False
        self._warned = False
        self.requests = 0
        self.nmi_saves = 0
        self._hashes: dict[Entries, int] = {}
        self._addresses: dict[tuple[int, int], int] = {}
        self._path = machine.path("depot_save")
        self._routine = self._path.routines[-1]
        profile = machine.profile
        self._boundary = profile.irq_boundary if profile.filters_irq_stacks else frozenset[str]()
        self.touches = machine.cpus.shared()
        self._digest = 0
        """All records there are, each as a random-looking number, exclusive-ored."""
        self._lock = machine.locks.create(self._rules.lock)
        self._declare()

    def _declare(self) -> None:
        def site(kind: Kind, label: str, text: str, cost_ns: int = 4) -> int:
            return self._machine.site(kind, self._routine, label, text, cost_ns=cost_ns)

        self._looked_up = site(
            Kind.STEPPED,
            "hash",
            "{function} hashes {argument} entries with jhash2 and looks into the bucket.",
            30,
        )
        self._missed = site(Kind.STEPPED, "miss", "The depot does not know this stack yet.")
        self._hit = site(
            Kind.DEPOT_HIT, "hit", "The depot knows this stack: handle {argument}, no allocation."
        )
        self._wants_pool = site(
            Kind.STEPPED,
            "prealloc",
            "No spare pool is ready: {function} asks for {argument} pages before it takes the "
            "lock.",
        )
        self._stored = site(
            Kind.DEPOT_STORED, "store", "{function} writes the stack: handle {argument} is new.", 40
        )
        self._opened = site(
            Kind.POOL_OPENED, "pool", "The depot begins to fill pool {argument}.", 8
        )
        self._kept = site(
            Kind.SPARE_KEPT, "spare", "The new pages are kept as the depot's spare pool."
        )

    @property
    def pools_in_use(self) -> int:
        """Pools that hold records."""
        return self.pools - self.pool_missing

    def prepare(self, *, free_bytes: int | None, spare: bool, pools_left: int | None) -> None:
        """Set the depot up as it is when the story begins, after boot.

        Args:
            free_bytes: Room left in the current pool, None for what is left.
            spare: Whether a spare pool is ready.
            pools_left: Pools that may still be opened, None for the kernel's limit.
        """
        if free_bytes is not None and self.pools_in_use:
            self.offset_bytes = max(self.offset_bytes, self.pool_bytes - free_bytes)
        self.spare_ready = self.spare_ready and spare
        self.spare_kept = self.spare_ready
        self.disabled = self._machine.config.depot_disabled
        if pools_left is not None:
            self.max_pools = min(self.max_pools, self.pools_in_use + pools_left)

    def _refuse(self, reason: str, label: str, why: str) -> Record | None:
        code = self._machine.site(
            Kind.DEPOT_REFUSED, self._routine, label, why + ": the depot returns 0.", reason=reason
        )
        self._machine.append(code)
        return None

    # -- stack_depot_save -----------------------------------------------------------------

    def save(self, entries: Entries, gfp: int) -> Record | None:
        """Return the record of a stack, storing it where it is new; None is the handle 0."""
        machine = self._machine
        machine.call_path(self._path)
        record = self._save(entries, gfp)
        machine.ret_path(self._path)
        return record

    def _save(self, entries: Entries, gfp: int) -> Record | None:
        append = self._machine.append
        if len(entries) < 2:
            return self._refuse("no entries", "empty", "The walk saved no entry")
        entries = self._cut(entries)
        if self.disabled:
            return self._refuse("disabled", "empty", "The depot is disabled at boot")
        if self._machine.asks:
            self._machine.cpus.point("depot", self.touches)
        append(self._looked_up | (len(entries) - 1) << SITE_BITS)
        record = self._by_entries.get(entries)
        if self._machine.asks:
            self._machine.learn((record is not None) | self.spare_ready << 1)
        if record is not None:
            self._machine.recorder.add(self._hit, record.number)
            return record
        append(self._missed)
        new_pool = None if self.spare_ready else self._preallocate(gfp)
        if not self._take_lock():
            return self._refuse("nmi", "lock", "In an NMI the lock is taken: no waiting")
        record = self._by_entries.get(entries)
        if self._machine.asks:
            self._machine.learn(record is not None)
        if record is not None:
            # A nested save may have stored the same stack meanwhile.
            self._machine.recorder.add(self._hit, record.number)
            new_pool = self._keep(new_pool)
        else:
            record, new_pool = self._insert(entries, new_pool)
        self._release_lock()
        if new_pool is not None:
            self._machine.free_pages(new_pool)
        return record

    def _cut(self, entries: Entries) -> Entries:
        """Leave out what an interrupt came amid (filter_irq_stacks, before hashing since 5.17)."""
        if not self._boundary or not self._machine.task.interrupts:
            return entries
        for at in range(len(entries) - 2, 0, -1):
            if entries[at].name in self._boundary:
                return entries[at:]
        return entries

    def _preallocate(self, gfp: int) -> Page | None:
        machine = self._machine
        if self._machine.task.in_nmi and self._rules.tries_in_nmi:
            return None
        self.requests += 1
        machine.append(self._wants_pool | (1 << self._rules.pool_order) << SITE_BITS)
        if machine.fails("depot", self.requests, "depot", self.touches):
            code = machine.site(
                Kind.ALLOCATION_FAILED,
                self._routine,
                "prealloc",
                "This pool was chosen to fail: no pages for the depot.",
            )
            machine.append(code)
            return None
        mask = gfp_masks.depot_mask(gfp, nested=self._rules.nested_gfp)
        page: Page | None = machine.alloc_pages(self._rules.pool_order, mask)
        return page

    def _take_lock(self) -> bool:
        """Take the lock; since 6.9 an NMI only tries to."""
        machine = self._machine
        if machine.task.in_nmi and self._rules.tries_in_nmi:
            self.nmi_saves += 1
            if machine.chooser.fails("trylock", self.nmi_saves):
                return False
            return machine.locks.try_acquire(self._lock, self._routine)
        machine.locks.acquire(self._lock, self._routine)
        return True

    def _release_lock(self) -> None:
        self._machine.locks.release(self._lock, self._routine)

    # -- pools ----------------------------------------------------------------------------

    def record_bytes(self, n_entries: int) -> int:
        """Return what a record of n entries takes: ALIGN(header + 8 n, 16)."""
        return (self._rules.record_header_bytes + 8 * n_entries + 15) & ~15

    def _insert(self, entries: Entries, new_pool: Page | None) -> tuple[Record | None, Page | None]:
        """Write a record; returns it and the preallocated pool if that is still unused."""
        size = self.record_bytes(len(entries) - 1)
        full = self.pools == 0 or self.offset_bytes + size > self.pool_bytes
        if full and self.pools >= self.max_pools:
            self._warn_once()
            record = self._refuse("limit", "limit", "All pools are full")
            return record, self._keep(new_pool) if self._keeps_offset else new_pool
        if self._keeps_offset:
            return self._insert_in_pools(entries, size, full, new_pool)
        return self._insert_in_slabs(entries, size, full, new_pool)

    def _insert_in_pools(
        self, entries: Entries, size: int, full: bool, new_pool: Page | None
    ) -> tuple[Record | None, Page | None]:
        """6.9 and later, depot_pop_free_pool and depot_init_pool: a full pool stays current."""
        if full:
            if self.spare_ready:
                self.spare_ready = False
            elif new_pool is not None:
                new_pool = None
            else:
                return self._no_room(), None
            self.pools += 1
            self.offset_bytes = 0
            self._note_opened()
        record = self._write(entries, size)
        return record, self._keep(new_pool)

    def _insert_in_slabs(
        self, entries: Entries, size: int, full: bool, new_pool: Page | None
    ) -> tuple[Record | None, Page | None]:
        """5.12 to 6.6, depot_alloc_stack: move on first, then look whether there is a pool."""
        if full:
            self.pools += 1
            self.offset_bytes = 0
            self.pool_missing = not self.spare_ready
            if self.pools < self.max_pools:
                # At the last pool next_slab_inited stays as it is.
                self.spare_ready = False
            if not self.pool_missing:
                self._note_opened()
        new_pool = self._keep(new_pool)
        if self.pool_missing:
            return self._no_room(), new_pool
        return self._write(entries, size), new_pool

    def _no_room(self) -> Record | None:
        return self._refuse("no room", "room", "There is no room and no new pool")

    def _note_opened(self) -> None:
        self.spare_kept = False
        self._machine.append(self._opened | (self.pools - 1) << SITE_BITS)

    def _keep(self, new_pool: Page | None) -> Page | None:
        """Keep new pages if they are of use; returns them where they are to be freed.

        init_stack_slab before 6.9, depot_keep_new_pool since. The newer one keeps a spare even
        when no pool may follow.
        """
        if new_pool is None or self.spare_ready:
            return new_pool
        if self.pool_missing:
            self.pool_missing = False
            self._note_opened()
            return None
        self.spare_ready = True
        if not self._keeps_offset and self.pools >= self.max_pools:
            return new_pool
        self.spare_kept = True
        self._machine.append(self._kept)
        return None

    def _warn_once(self) -> None:
        if not self._warned:
            self._warned = True
            self._machine.warn(
                self._routine, "limit", "WARN_ONCE: Stack depot reached limit capacity."
            )

    def _write(self, entries: Entries, size: int) -> Record:
        record = Record(
            number=len(self.records) + 1,
            names=tuple(routine.name for routine in entries[:-1]),
            pool=self.pools - 1,
            offset_bytes=self.offset_bytes,
            size_bytes=size,
            hash=self._hash_of(entries),
        )
        self.offset_bytes += size
        self.records.append(record)
        self._by_entries[entries] = record
        self._digest ^= hash((*map(id, entries), self.offset_bytes))
        self._machine.recorder.add(self._stored, record.number)
        return record

    def _hash_of(self, entries: Entries) -> int:
        hashed = self._hashes.get(entries)
        if hashed is None:
            addresses = [self._address(a.called, b.called) for a, b in pairwise(entries)]
            hashed = self._hashes[entries] = hash_of_addresses(addresses[::-1])
        return hashed

    def _address(self, caller: int, callee: int) -> int:
        """A return address: made up, equal for the same call and scattered like real ones."""
        address = self._addresses.get((caller, callee))
        if address is None:
            scattered = zlib.crc32(f"{caller}:{callee}".encode()) & 0xFFFFFF
            address = self._addresses[caller, callee] = _TEXT_BASE + scattered
        return address

    # -- for exploring --------------------------------------------------------------------

    def remember_start(self) -> None:
        """Keep the state before the first event, to start from it again."""
        self._start = (
            len(self.records),
            self.pools,
            self.pool_missing,
            self.offset_bytes,
            self.spare_ready,
            self.spare_kept,
            self._warned,
            dict(self._by_entries),
            [record.users for record in self.records],
        )

    def start_again(self) -> None:
        """Be as before the first event."""
        n_records, self.pools, self.pool_missing, self.offset_bytes = self._start[:4]
        self.spare_ready, self.spare_kept, self._warned, known, users = self._start[4:]
        del self.records[n_records:]
        for record, count in zip(self.records, users, strict=True):
            record.users = count
        self._by_entries = dict(known)
        self.requests = self.nmi_saves = self._digest = 0

    def fingerprint(self) -> tuple[int, ...]:
        """Return what the depot holds, and how much room it has."""
        flags = self.pool_missing | self.spare_ready << 1 | self.spare_kept << 2 | self._warned << 3
        listed = sum(1 << record.number for record in self.records if record.users >= 0)
        return self._digest, self.pools, self.offset_bytes, flags, listed

    def info(self) -> DepotInfo:
        """Return the depot's state right now, as a trace keeps it."""
        return DepotInfo(
            self.pool_bytes,
            self.max_pools,
            self.pools,
            self.offset_bytes,
            self.pool_missing,
            self.spare_kept,
            len(self.records),
            self._keeps_offset,
        )

    def handle(self, record: Record) -> int:
        """Return the kernel's 32-bit handle (union handle_parts, lib/stackdepot.c).

        The low bits are the pool's index (plus 1 since 6.9), then the offset in units of 16
        bytes, then, before 6.9, a bit that is always set so that no handle is 0.
        """
        index_bits = self._rules.handle_index_bits
        offset = record.offset_bytes >> _OFFSET_SHIFT
        if self._rules.keeps_offset:
            return (record.pool + 1) | offset << index_bits
        return record.pool | offset << index_bits | 1 << (index_bits + 10)
