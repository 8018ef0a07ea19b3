"""The pages at a position, with their owner records as /sys/kernel/debug/page_owner shows them.

A block is known by the page frame number of its first page, and is listed from the event that
first gave it away; blocks that were in use before the run come first. A run may touch many
thousand, so rows are made only for those that are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.trace.events import Kind
from core.trace.holdings.columns import Groups, Happened, Mask, Rows, happened, last_marked
from core.trace.holdings.depot import special_name
from core.trace.trace import Trace

_IN_USE, _RECORDED, _ALLOCATED, _DUMMY, _FAILURE, _EARLY = (1 << bit for bit in range(6))
_BEFORE = -2
"""Stands for the kind of a row that is no event: a block that was in use before the run."""
_LOOK_BACK_ROWS = 64
_KEPT_STATES = 4096
"""States of pages are kept, up to so many: most pages are the same one step later."""
_KINDS = (
    Kind.PAGE_ALLOCATED,
    Kind.PAGE_FREED,
    Kind.OWNER_SET,
    Kind.OWNER_HANDLE,
    Kind.OWNER_FREED,
    Kind.FREE_HANDLE,
)


class Which(Enum):
    """Which pages are meant: mask and value of their flags."""

    ALL = (0, 0)
    ALLOCATED = (_IN_USE, _IN_USE)
    FREED = (_IN_USE, 0)
    DUMMY = (_DUMMY, _DUMMY)
    FAILURE = (_FAILURE, _FAILURE)
    EARLY = (_EARLY, _EARLY)
    LOST = (_DUMMY | _FAILURE, -1)
    """Those whose record has dummy_handle or failure_handle: any of the two bits."""

    def holds(self, flags: npt.NDArray[np.uint8]) -> Mask:
        """Return which rows of flags are meant."""
        mask, value = self.value
        chosen = flags & np.uint8(mask)
        held: Mask = chosen != 0 if value < 0 else chosen == value
        return held


@dataclass(frozen=True, slots=True)
class PageState:
    """A block of pages and struct page_owner of its first page.

    Attributes:
        pfn: Page frame number of the first page.
        order: Order of the block.
        gfp: Mask it was asked for with, as the kernel prints it; empty before the run.
        pid: Task that asked, 0 before the run.
        comm: Its name.
        handle: Number of the stack that allocated it (1 dummy, 2 failure, 3 early, 0 none yet).
        free_handle: Number of the stack that freed it, 0 where nobody has.
        ts_ns: Simulated time at which the record was written.
        free_ts_ns: Simulated time at which it was freed, 0 where it was not.
        in_use: Whether the page allocator gave it away.
        recorded: Whether it has an owner record.
        allocated: PAGE_EXT_OWNER_ALLOCATED.
        pending: Whether it was given away and the record still tells of the time before.
        lost: dummy, failure or early where the handle is special, else empty.
        made_at: Position at which it was given away, -1 before the run.
        set_at: Position of the event that wrote the record, -1 where none did in the run.
        freed_at: Position at which the record was marked freed, -1 where it was not.
        last_at: Position of the last event about it, -1 where there was none.
        changed: Whether that is the event at the position.
    """

    pfn: int
    order: int
    gfp: str
    pid: int
    comm: str
    handle: int
    free_handle: int
    ts_ns: int
    free_ts_ns: int
    in_use: bool
    recorded: bool
    allocated: bool
    pending: bool
    lost: str
    made_at: int
    set_at: int
    freed_at: int
    last_at: int
    changed: bool


@dataclass(frozen=True, slots=True)
class PagesState:
    """All pages.

    Attributes:
        position: The position.
        counts: How many there are of each sort.
        changed_pfn: The page that the event at the position is about, -1 where it is about none.
    """

    position: int
    counts: dict[Which, int]
    changed_pfn: int
    _index: PageIndex

    def rows(self, first: int, last: int, which: Which = Which.ALL) -> tuple[PageState, ...]:
        """Return the pages ``[first, last)`` of a sort, in the order of their first event."""
        pages = self._index.pages(which, self.position)[max(0, first) : last]
        return tuple(self._index.page(int(page), self.position) for page in pages)

    def numbers(self, which: Which = Which.ALL) -> Rows:
        """Return the pages of a sort, by numbers that they keep through the run, rising."""
        return self._index.pages(which, self.position)

    def row_of(self, pfn: int, which: Which = Which.ALL) -> int:
        """Return the row of a page among those of a sort, -1 where it is not among them."""
        number = self._index.number_of(pfn)
        pages = self._index.pages(which, self.position)
        row = int(np.searchsorted(pages, number)) if number >= 0 else len(pages)
        return row if row < len(pages) and pages[row] == number else -1

    def page(self, pfn: int) -> PageState | None:
        """Return one page, None where nothing has happened to it yet."""
        row = self.row_of(pfn)
        return self.rows(row, row + 1)[0] if row >= 0 else None


class PageIndex:
    """Every event about a page, by page.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        events, pfns = _with_pfns(happened(trace, *_KINDS))
        early = trace.info.pages
        at = np.concatenate((np.full(len(early), -1, np.int32), events.at)).astype(np.int32)
        kind = np.concatenate((np.full(len(early), _BEFORE, np.int8), events.kind)).astype(np.int8)
        argument = np.concatenate(([page.handle for page in early], events.argument))
        every = np.concatenate(([page.pfn for page in early], pfns)).astype(np.int64)
        self._at = at
        self._sorted_pfns, first, number = np.unique(every, return_index=True, return_inverse=True)
        # Numbered by first appearance, so that a page keeps its row as the run goes on.
        by_first = np.argsort(first, kind="stable")
        self._number_of_sorted = np.argsort(by_first, kind="stable")
        self.pfns = self._sorted_pfns[by_first]
        self._first_at = at[first[by_first]]
        self._groups = Groups(
            self._number_of_sorted[number.reshape(-1)], at, len(self.pfns), len(trace)
        )
        self._kind = kind[self._groups.order]
        self._argument = argument[self._groups.order].astype(np.int64)
        self._flags = self._flags_after()
        self._kind_view: memoryview[int] = memoryview(self._kind.data)
        self._matched: tuple[Which, int, Rows] | None = None
        self._known: dict[int, PageState] = {}

    # -- flags and counts -----------------------------------------------------------------

    def _flags_after(self) -> npt.NDArray[np.uint8]:
        """Return for each row the flags of its page after it."""
        first = self._groups.first_of_group()

        def last(*kinds: int) -> Rows:
            rows = last_marked(np.isin(self._kind, kinds))
            return np.where(rows >= first, rows, -1)

        before, taken, written = last(_BEFORE), last(Kind.PAGE_ALLOCATED), last(Kind.OWNER_SET)
        handled = last(Kind.OWNER_HANDLE)
        handle = np.where(handled > written, self._argument[handled], 0)
        boot = self._argument[before]
        at_boot = (before >= 0) & (boot > 0)
        handle = np.where((written < 0) & at_boot, boot, handle)
        recorded = (written >= 0) | at_boot
        born = np.maximum(written, np.where(at_boot, before, -1))
        flags = np.zeros(len(first), np.uint8)
        flags += _IN_USE * (np.maximum(before, taken) > last(Kind.PAGE_FREED)).astype(np.uint8)
        flags += _RECORDED * recorded.astype(np.uint8)
        flags += _ALLOCATED * (recorded & (born > last(Kind.OWNER_FREED))).astype(np.uint8)
        for bit, special in ((_DUMMY, 1), (_FAILURE, 2), (_EARLY, 3)):
            flags += bit * (recorded & (handle == special)).astype(np.uint8)
        return flags

    @cached_property
    def _sums(self) -> dict[Which, npt.NDArray[np.int32]]:
        """How many pages there are of each sort after each row, in the order of the events."""
        first = self._groups.first_of_group()
        rows = np.arange(len(first))
        sums = {}
        for which in Which:
            now = which.holds(self._flags).astype(np.int8)
            before = np.zeros_like(now)
            inside = rows > first
            before[inside] = now[rows[inside] - 1]
            change = np.empty_like(now)
            change[self._groups.order] = now - before
            sums[which] = np.cumsum(change, dtype=np.int32)
        return sums

    # -- at a position --------------------------------------------------------------------

    def at(self, position: int) -> PagesState:
        """Return the pages at a position."""
        row = int(np.searchsorted(self._at, np.int32(position), side="right")) - 1
        counts = {which: int(sums[row]) if row >= 0 else 0 for which, sums in self._sums.items()}
        return PagesState(position, counts, self._pfn_at(row, position), self)

    def _pfn_at(self, row: int, position: int) -> int:
        if row < 0 or position < 0 or int(self._at[row]) != position:
            return -1
        return int(self.pfns[self._groups.group[self._row_of_event[row]]])

    @cached_property
    def _row_of_event(self) -> Rows:
        rows = np.empty(len(self._groups.order), np.intp)
        rows[self._groups.order] = np.arange(len(rows))
        return rows

    def number_of(self, pfn: int) -> int:
        """Return the number of a page, -1 where the run never touches it."""
        row = int(np.searchsorted(self._sorted_pfns, pfn))
        if row == len(self._sorted_pfns) or self._sorted_pfns[row] != pfn:
            return -1
        return int(self._number_of_sorted[row])

    def pages(self, which: Which, position: int) -> Rows:
        """Return the numbers of the pages of a sort at a position, rising."""
        if self._matched is not None and self._matched[:2] == (which, position):
            return self._matched[2]
        n = int(np.searchsorted(self._first_at, np.int32(position), side="right"))
        pages = np.arange(n)
        if which is not Which.ALL:
            pages = np.flatnonzero(which.holds(self._flags[self._groups.last(position, n)]))
        self._matched = which, position, pages
        return pages

    def page(self, number: int, position: int) -> PageState:
        """Return one page at a position at which it has been touched."""
        row = self._groups.last_of(number, position)
        known = self._known.get(row)
        if known is None:
            if len(self._known) >= _KEPT_STATES:
                self._known.clear()
            known = self._known[row] = self._page_after(number, row)
        return replace(known, changed=True) if known.last_at == position >= 0 else known

    def _page_after(self, number: int, row: int) -> PageState:
        """Return a page after one of its events; it stays like this until the next one."""
        first = int(self._groups.start[number])
        taken = self._before(row, first, Kind.PAGE_ALLOCATED)
        written = self._before(row, first, Kind.OWNER_SET)
        handled = self._before(row, first, Kind.OWNER_HANDLE)
        freed = self._before(row, first, Kind.OWNER_FREED)
        boot = int(self._argument[first]) if self._kind[first] == _BEFORE else 0
        handle = int(self._argument[handled]) if handled > written else 0
        if written < 0:
            handle = boot
        freed = freed if freed > written else -1
        freeing = self._before(row, first, Kind.FREE_HANDLE)
        asked = self._before(written, first, Kind.PAGE_ALLOCATED) if written >= 0 else taken
        return self._state(
            number,
            int(self._flags[row]),
            handle,
            int(self._argument[freeing]) if freeing > freed >= 0 else 0,
            *(self._position(at) for at in (asked, taken, written, freed, row)),
        )

    def _state(
        self,
        number: int,
        flags: int,
        handle: int,
        free_handle: int,
        asked_at: int,
        made_at: int,
        set_at: int,
        freed_at: int,
        last_at: int,
    ) -> PageState:
        trace, pfn = self._trace, int(self.pfns[number])
        order, gfp = self._asked(pfn, asked_at)
        who_at = set_at if set_at >= 0 else made_at
        task = trace.info.tasks[trace.task_at(who_at)] if who_at >= 0 else None
        recorded = bool(flags & _RECORDED)
        return PageState(
            pfn=pfn,
            order=order,
            gfp=gfp,
            pid=task.pid if task else 0,
            comm=task.comm if task else "",
            handle=handle,
            free_handle=free_handle,
            ts_ns=trace.clock_ns(set_at) if set_at >= 0 else 0,
            free_ts_ns=trace.clock_ns(freed_at) if freed_at >= 0 else 0,
            in_use=bool(flags & _IN_USE),
            recorded=recorded,
            allocated=bool(flags & _ALLOCATED),
            pending=recorded and made_at > set_at,
            lost=special_name(handle),
            made_at=made_at,
            set_at=set_at,
            freed_at=freed_at,
            last_at=last_at,
            changed=False,
        )

    def _asked(self, pfn: int, asked_at: int) -> tuple[int, str]:
        if asked_at >= 0:
            site = self._trace.site(asked_at)
            return int(site.fact("order") or 0), site.fact("gfp")
        return next((page.order for page in self._trace.info.pages if page.pfn == pfn), 0), ""

    def _position(self, row: int) -> int:
        return int(self._groups.at[row]) if row >= 0 else -1

    def _before(self, row: int, first: int, kind: Kind) -> int:
        """Return the last row of a kind in ``[first, row]``, -1 where there is none.

        A page that is used again and again has a long history; what is looked for is at its end.
        """
        kinds, wanted = self._kind_view, int(kind)
        near = max(first, row - _LOOK_BACK_ROWS)
        for at in range(row, near - 1, -1):
            if kinds[at] == wanted:
                return at
        found = np.flatnonzero(self._kind[first:near] == wanted)
        return first + int(found[-1]) if len(found) else -1


def _with_pfns(events: Happened) -> tuple[Happened, npt.NDArray[np.int64]]:
    """Return the events about pages and the page of each.

    A handle's event follows that of its record; one that follows none is left out.
    """
    if not len(events):
        return events, events.argument
    about = np.isin(events.kind, (Kind.OWNER_SET, Kind.OWNER_FREED))
    handle = np.isin(events.kind, (Kind.OWNER_HANDLE, Kind.FREE_HANDLE))
    record = last_marked(about)
    pfns = np.where(handle, events.argument[record], events.argument)
    known = ~handle | (record >= 0)
    return events.where(known), pfns[known]


def owner_records_at(index: PageIndex, position: int) -> dict[int, PageState]:
    """Return the records written in the run up to a position, by page frame number.

    Pages that were in use before the run (early_handle) have no events and are not in here.
    """
    pages = index.at(position)
    rows = pages.rows(0, pages.counts[Which.ALL])
    return {row.pfn: row for row in rows if row.set_at >= 0}
