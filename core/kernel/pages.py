"""The page allocator: per-cpu lists over a buddy system, and the hooks page_owner hangs on.

Order of steps: mm/page_alloc.c, __alloc_pages > get_page_from_freelist > prep_new_page >
post_alloc_hook (both inlined) > set_page_owner; and __free_pages > free_unref_page or
__free_pages_ok > reset_page_owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import gfp as gfp_masks
from core.kernel.outcome import OutOfMemory
from core.trace.events import Kind
from core.trace.info import PageInfo
from core.trace.routine import Path

if TYPE_CHECKING:
    from core.kernel.machine import Machine

MAX_ORDER = 10
COSTLY_ORDER = 3
"""mm/page_alloc.c, PAGE_ALLOC_COSTLY_ORDER: above it nobody is killed for a block."""
FIRST_PFN = 0x100
_PCP_HIGH_BLOCKS = 64
SHORT_RUN_EVENTS = 200_000
"""A run of at most so many events allocates less than 4,096 blocks: each takes dozens of events."""
_PLENTY_OF_BLOCKS = 4
"""Largest blocks, 1,024 pages each, that a short run cannot use up page by page."""


class Page:
    """The first page of a block, with its owner record (struct page_owner).

    Attributes:
        pfn: Page frame number.
        order: Order of the block; the record's order too.
        gfp: Mask it was allocated with.
        pid: Task that allocated it.
        handle: Number of the stack that allocated it.
        free_handle: Number of the stack that freed it; the old handle stays, as in the kernel.
        allocated: PAGE_EXT_OWNER_ALLOCATED.
        in_use: Whether the page allocator gave it away.
    """

    __slots__ = ("allocated", "free_handle", "gfp", "handle", "in_use", "order", "pfn", "pid")

    def __init__(self, pfn: int, order: int) -> None:
        self.pfn = pfn
        self.order = order
        self.gfp = 0
        self.pid = 0
        self.handle = 0
        self.free_handle = 0
        self.allocated = False
        self.in_use = False


class PageAllocator:
    """Hands out blocks of pages and takes them back."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.n_pages = machine.config.memory_bytes // machine.profile.page_bytes
        self._free: list[dict[int, None]] = [{} for _ in range(MAX_ORDER + 1)]
        self._per_cpu: list[list[Page]] = [[] for _ in range(machine.profile.pcp_max_order + 1)]
        self.pages: dict[int, Page] = {}
        self.touches = machine.cpus.shared()
        self._fill()
        self.requests = 0
        self._entry = machine.path("alloc_pages")
        self._allocator = machine.path("page_allocator").routines[0]
        self._freelist = machine.path("freelist").routines[0]
        self._free_entry = machine.path("free_pages")
        # The function that puts a page back, and what it calls to prepare that.
        self._free_small, *prepare = machine.path("free_small").routines
        self._prepare_small = Path(prepare)
        (self._free_large,) = machine.path("free_large").routines
        self._taken: dict[tuple[int, int], int] = {}
        self._declare()

    def _declare(self) -> None:
        site, routine = self._machine.site, self._freelist
        self._given_back = site(
            Kind.PAGE_FREED,
            self._free_small,
            "free",
            "{function} puts page {pfn} back on the free list.",
            cost_ns=40,
        )
        self._given_back_large = site(
            Kind.PAGE_FREED,
            self._free_large,
            "free",
            "{function} gives block {pfn} back to the buddy lists.",
            cost_ns=60,
        )
        self._failed = site(
            Kind.ALLOCATION_FAILED,
            routine,
            "none",
            "{function} finds no free block; the mask does not allow to wait, so the "
            "allocation fails.",
            cost_ns=80,
        )
        self._injected = site(
            Kind.ALLOCATION_FAILED,
            routine,
            "none",
            "This page allocation was chosen to fail: {function} returns nothing.",
            cost_ns=10,
        )

    def in_use(self) -> tuple[PageInfo, ...]:
        """Return the blocks given away right now, as a trace keeps them."""
        return tuple(
            PageInfo(page.pfn, page.order, page.handle)
            for page in sorted(self.pages.values(), key=lambda page: page.pfn)
            if page.in_use
        )

    def _fill(self) -> None:
        pfn, end = FIRST_PFN, FIRST_PFN + self.n_pages
        while pfn < end:
            order = min(MAX_ORDER, (pfn & -pfn).bit_length() - 1, (end - pfn).bit_length() - 1)
            self._free[order][pfn] = None
            pfn += 1 << order

    def alloc_pages(self, order: int, gfp: int) -> Page | None:
        """Return a block of 2**order pages, or None: the kernel's alloc_pages."""
        machine = self._machine
        machine.call_path(self._entry)
        page = self.alloc_directly(order, gfp)
        machine.ret_path(self._entry)
        return page

    def alloc_directly(self, order: int, gfp: int) -> Page | None:
        """Return a block without the NUMA policy's frames: the kernel's __alloc_pages."""
        machine = self._machine
        machine.check_budget()
        machine.call(self._allocator)
        machine.call(self._freelist)
        page = self._take(order, gfp)
        if machine.asks:
            machine.learn(page is not None)
        if page is not None:
            code = self._taken.get((order, gfp))
            machine.recorder.add(code or self._declare_taken(order, gfp), page.pfn)
            page.in_use = True
            machine.page_owner.allocated(page, order, gfp)
        machine.ret(self._freelist)
        machine.ret(self._allocator)
        return page

    def _declare_taken(self, order: int, gfp: int) -> int:
        size = "a page" if order == 0 else f"a block of order {order}"
        code = self._taken[order, gfp] = self._machine.site(
            Kind.PAGE_ALLOCATED,
            self._freelist,
            "take",
            f"{{function}} takes {size} off the free list: pfn {{pfn}}.",
            cost_ns=60,
            order=str(order),
            gfp=gfp_masks.name_of(gfp),
        )
        return code

    def free_pages(self, page: Page) -> None:
        """Take a block back: the kernel's __free_pages."""
        machine = self._machine
        order = page.order
        machine.call_path(self._free_entry)
        small = order < len(self._per_cpu)
        routine = self._free_small if small else self._free_large
        machine.call(routine)
        if small:
            machine.call_path(self._prepare_small)
        machine.page_owner.freed(page)
        if small:
            machine.ret_path(self._prepare_small)
        code = self._given_back if small else self._given_back_large
        machine.recorder.add(code, page.pfn)
        page.in_use = False
        machine.ret(routine)
        machine.ret_path(self._free_entry)
        if machine.asks:
            machine.cpus.point("free", self.touches)
        self._put(page, order)

    # -- the free lists -------------------------------------------------------------------

    def _take(self, order: int, gfp: int) -> Page | None:
        self.requests += 1
        if self._machine.fails("page", self.requests, "alloc", self.touches):
            self._machine.append(self._injected)
            return None
        if order < len(self._per_cpu) and self._per_cpu[order]:
            return self._per_cpu[order].pop()
        page = self._take_from_buddy(order) or self._drain_and_take(order)
        if page is not None:
            return page
        can_wait = gfp & gfp_masks.DIRECT_RECLAIM and not gfp & gfp_masks.NORETRY
        if can_wait and order <= COSTLY_ORDER:
            raise OutOfMemory(function=self._freelist.name, order=order, gfp=gfp_masks.name_of(gfp))
        self._machine.append(self._failed)
        return None

    def _take_from_buddy(self, order: int) -> Page | None:
        found = next((size for size in range(order, MAX_ORDER + 1) if self._free[size]), None)
        if found is None:
            return None
        # The list's first block, not its last: page frame numbers rise as a reader expects.
        pfn = next(iter(self._free[found]))
        del self._free[found][pfn]
        for size in range(found - 1, order - 1, -1):
            self._free[size][pfn + (1 << size)] = None
        page = self.pages.get(pfn)
        if page is None:
            page = self.pages[pfn] = Page(pfn, order)
        page.order = order
        return page

    def _drain_and_take(self, order: int) -> Page | None:
        """Empty the per-cpu lists into the buddy lists, as drain_all_pages does, and retry."""
        drained = False
        for blocks in self._per_cpu:
            while blocks:
                page = blocks.pop()
                self._merge(page.pfn, page.order)
                drained = True
        return self._take_from_buddy(order) if drained else None

    def _put(self, page: Page, order: int) -> None:
        if order < len(self._per_cpu) and len(self._per_cpu[order]) < _PCP_HIGH_BLOCKS:
            self._per_cpu[order].append(page)
        else:
            self._merge(page.pfn, order)

    def _merge(self, pfn: int, order: int) -> None:
        while order < MAX_ORDER and (pfn ^ (1 << order)) in self._free[order]:
            del self._free[order][pfn ^ (1 << order)]
            pfn &= ~(1 << order)
            order += 1
        self._free[order][pfn] = None

    # -- for exploring --------------------------------------------------------------------

    def remember_start(self) -> None:
        """Keep the state before the first event, to start from it again."""
        self._start = (
            [dict(blocks) for blocks in self._free],
            [list(pages) for pages in self._per_cpu],
            {
                pfn: (p.order, p.gfp, p.pid, p.handle, p.free_handle, p.allocated, p.in_use)
                for pfn, p in self.pages.items()
            },
        )

    def start_again(self) -> None:
        """Be as before the first event."""
        free, per_cpu, pages = self._start
        self._free = [dict(blocks) for blocks in free]
        self._per_cpu = [list(blocks) for blocks in per_cpu]
        for pfn in [pfn for pfn in self.pages if pfn not in pages]:
            del self.pages[pfn]
        for pfn, state in pages.items():
            page = self.pages[pfn]
            (
                page.order,
                page.gfp,
                page.pid,
                page.handle,
                page.free_handle,
                page.allocated,
                page.in_use,
            ) = state
        self.requests = 0

    def fingerprint(self) -> tuple[int, ...]:
        """Return what can still be allocated.

        Which page it is does not matter to what happens, only whether there is one: while some of
        the largest blocks are left every order can be had, whatever the smaller lists hold, and a
        short run of single pages cannot use them up.
        """
        largest = len(self._free[MAX_ORDER])
        lengths = tuple(map(len, self._per_cpu))
        short = self._machine.config.budget_events <= SHORT_RUN_EVENTS
        if short and largest >= _PLENTY_OF_BLOCKS:
            return (largest, *lengths)
        exact = [pfn << 4 | order for order, blocks in enumerate(self._free) for pfn in blocks]
        return (largest, *exact, *(page.pfn for pages in self._per_cpu for page in pages))
