"""page_owner: who allocated each page, and how it comes to call itself.

Order of steps: mm/page_owner.c. ``save_stack`` is where the guard lives; both an allocation
(__set_page_owner) and a free (__reset_page_owner) come through it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import gfp as gfp_masks
from core.guards.base import GuardCode
from core.kernel.notes import BY_DESIGN, FALSE_HIT, IN_INTERRUPT
from core.kernel.notes import NO_HANDLE as NO_OWNER_HANDLE
from core.trace.events import Function, Kind
from core.trace.routine import Routine

if TYPE_CHECKING:
    from core.kernel.machine import Machine
    from core.kernel.pages import Page
    from core.kernel.stackdepot import Record

NO_HANDLE = 0
DUMMY_HANDLE = 1
FAILURE_HANDLE = 2
EARLY_HANDLE = 3

SPECIAL_STACKS = ("register_dummy_stack", "register_failure_stack", "register_early_stack")

LIST_ITEM_BYTES = 16
"""sizeof(struct stack): a record and the next item (mm/page_owner.c, since 6.9)."""


class PageOwner:
    """The owner records' writer. ``inited`` is the static key page_owner_inited."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.inited = False
        self.built_in = machine.config.page_owner_built_in
        self._set = machine.routine("__set_page_owner")
        self._reset = machine.routine("__reset_page_owner")
        self._save = machine.routine("save_stack")
        self._has_list = machine.profile.stack_list
        self._sites: dict[tuple[str, int, int], int] = {}
        self._declare()

    def _declare(self) -> None:
        site = self._machine.site
        self._walk = site(
            Kind.WALK_STARTED, self._save, "walk", "{function} asks the unwinder for the stack."
        )
        self._failed = site(
            Kind.STEPPED,
            self._save,
            "fail",
            "{function} got no handle from the depot: the page gets failure_handle.",
        )
        self._owner_set = site(
            Kind.OWNER_SET,
            self._set,
            "record",
            "{function} writes order, gfp mask, pid and time into the record of page {pfn}.",
            cost_ns=12,
        )
        self._freed = site(
            Kind.OWNER_FREED,
            self._reset,
            "record",
            "{function} marks page {pfn} as not allocated; its old handle stays.",
            cost_ns=8,
        )
        self._free_handle = site(
            Kind.FREE_HANDLE, self._reset, "record", "The record's free_handle is {handle} now."
        )
        self._save.returned = site(
            Kind.RETURNED,
            self._save,
            "return",
            "{function} returns {handle} to {caller}.",
            cost_ns=3,
        )
        self._off_sites: dict[str, int] = {}

    def _handle_site(self, handle: int) -> int:
        lost = handle in (DUMMY_HANDLE, FAILURE_HANDLE)
        key = ("handle", int(lost), 0)
        code = self._sites.get(key)
        if code is None:
            text = (
                "The record's handle is {handle}: who allocated the page is lost, the rest of "
                "the record is right."
                if lost
                else "The record's handle is {handle}."
            )
            code = self._sites[key] = self._machine.site(
                Kind.OWNER_HANDLE, self._set, "record", text, lost="yes" if lost else "no"
            )
        return code

    # -- boot -----------------------------------------------------------------------------

    def boot(self) -> None:
        """init_page_owner: make the special handles, then turn the static key on."""
        machine = self._machine
        if not (self.built_in and machine.config.page_owner):
            return
        for name in SPECIAL_STACKS:
            caller = machine.caller(Function(name, "page_owner", 48, source="mm/page_owner.c"))
            machine.call(caller)
            machine.depot.save((caller, self._save), gfp_masks.GFP_KERNEL)
            machine.ret(caller)
        for page in machine.pages.pages.values():
            if page.in_use:
                page.handle = EARLY_HANDLE
                page.allocated = True
        self.inited = True

    # -- hooks of the page allocator ------------------------------------------------------

    def allocated(self, page: Page, order: int, gfp: int) -> None:
        """set_page_owner, the inline before __set_page_owner."""
        if self.inited:
            self._set_page_owner(page, order, gfp)
        elif self.built_in:
            self._note_off(self._machine.stack[-1], "post_alloc_hook")

    def freed(self, page: Page) -> None:
        """reset_page_owner, the inline before __reset_page_owner."""
        if self.inited:
            self._reset_page_owner(page)
        elif self.built_in:
            self._note_off(self._machine.stack[-1], "free_pages_prepare")

    def _note_off(self, routine: Routine, inlined: str) -> None:
        code = self._off_sites.get(routine.name)
        if code is None:
            code = self._off_sites[routine.name] = self._machine.site(
                Kind.STEPPED,
                routine,
                "hook",
                f"page_owner is off: the static branch in {inlined} is one no-op, nothing is "
                "recorded.",
            )
        self._machine.append(code)

    def _set_page_owner(self, page: Page, order: int, gfp: int) -> None:
        machine = self._machine
        machine.call(self._set)
        handle = DUMMY_HANDLE if self._set_guard.turns_away(gfp) else self.save_stack(gfp)
        if handle in (DUMMY_HANDLE, FAILURE_HANDLE):
            self._lose_owner(page, handle)
        page.order, page.gfp, page.pid = order, gfp, machine.task.pid
        page.handle = handle
        page.allocated = True
        machine.recorder.add(self._owner_set, page.pfn)
        machine.recorder.add(self._handle_site(handle), handle)
        if self._has_list and handle:
            self._count_user(machine.depot.records[handle - 1], gfp, 1 << order)
        machine.ret(self._set)

    def _lose_owner(self, page: Page, handle: int) -> None:
        """Note, for whoever asks later, why a page has no owner."""
        machine = self._machine
        task = machine.task
        if handle == FAILURE_HANDLE:
            reason = NO_OWNER_HANDLE
            machine.remark(
                machine.notes.failed, f"Page {page.pfn:#x} of {task.name} gets failure_handle."
            )
        elif not task.saves:
            reason = FALSE_HIT
        else:
            # An interrupt amid its own save is no other than a task amid its own.
            own = task.saves > (task.saves_below[-1] if task.saves_below else 0)
            reason = BY_DESIGN if own else IN_INTERRUPT
        machine.notes.lose_owner(reason, len(machine.recorder.events) - 1)

    def _reset_page_owner(self, page: Page) -> None:
        machine = self._machine
        machine.call(self._reset)
        handle = self.save_stack(gfp_masks.GFP_NOWAIT | gfp_masks.NOWARN)
        page.allocated = False
        page.free_handle = handle
        machine.recorder.add(self._freed, page.pfn)
        machine.recorder.add(self._free_handle, handle)
        if self._has_list and page.handle not in (NO_HANDLE, EARLY_HANDLE):
            machine.depot.records[page.handle - 1].users -= 1 << page.order
        machine.ret(self._reset)

    # -- save_stack -----------------------------------------------------------------------

    def attach_guard(self) -> None:
        """Let the compiler place the guard's lines."""
        machine = self._machine
        self._guard = machine.guard.inlined_in(self._save)
        reads_mask = machine.guard.design == "gfp"
        self._set_guard = machine.guard.inlined_in(self._set) if reads_mask else GuardCode()
        self._max_depth = machine.guard.max_depth
        if self._has_list:
            self._add = machine.routine("add_stack_record_to_list")
            self._list_guard = machine.guard.inlined_in(self._add)
            self._list_lock = machine.locks.create("stack_list_lock")

    def save_stack(self, gfp: int) -> int:
        """Return the handle of the current stack, or one of the special ones."""
        machine, guard, task = self._machine, self._guard, self._machine.task
        machine.call(self._save)
        if guard.refuses():
            if not task.saves:
                machine.remark(
                    machine.notes.false_hits,
                    f"The guard turns {task.name} away though it is in no save.",
                )
            machine.ret(self._save, DUMMY_HANDLE)
            return DUMMY_HANDLE
        # Counted before the guard is set and until it is clear: an interrupt in between is one
        # amid a save.
        task.saves += 1
        guard.enter()
        if task.saves > self._max_depth:
            machine.remark(
                machine.notes.too_deep,
                f"{task.name} is in {task.saves} saves at once; the guard allows "
                f"{self._max_depth}.",
            )
        machine.append(self._walk)
        entries = machine.unwinder.walk()
        if guard.finds_itself(entries):
            handle = DUMMY_HANDLE
        else:
            record = machine.depot.save(entries, guard.nested_mask(gfp))
            if record is None:
                machine.append(self._failed)
                handle = FAILURE_HANDLE
            else:
                handle = record.number
        guard.leave()
        task.saves -= 1
        machine.ret(self._save, handle)
        return handle

    # -- page_owner_stacks (6.9 and later) ------------------------------------------------

    def _count_user(self, record: Record, gfp: int, n_pages: int) -> None:
        """inc_stack_record_count: a stack met for the first time is put on the list."""
        if record.users < 0:
            record.users = 0
            if record.number not in (DUMMY_HANDLE, FAILURE_HANDLE):
                self._add_to_list(gfp)
        record.users += n_pages

    def _add_to_list(self, gfp: int) -> None:
        """add_stack_record_to_list: the second place where page_owner can meet itself.

        Linux kernel since 6.9: the item is kmalloc'ed with the same bit set that save_stack
        tests, so a page that this kmalloc needs gets dummy_handle.
        """
        machine, guard = self._machine, self._list_guard
        machine.call(self._add)
        machine.task.saves += 1
        guard.enter()
        mask = gfp_masks.depot_mask(gfp, nested=machine.profile.depot.nested_gfp)
        item = machine.kmalloc(LIST_ITEM_BYTES, guard.nested_mask(mask))
        guard.leave()
        machine.task.saves -= 1
        if item is not None:
            machine.locks.acquire(self._list_lock, self._add)
            machine.locks.release(self._list_lock, self._add)
        machine.ret(self._add)
