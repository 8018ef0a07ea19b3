"""The pages at the cursor, each with its owner record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.trace.explain import handle_name
from core.trace.holdings.pages import PagesState, PageState, Which
from gui.widgets.machine.details import About, Link
from gui.widgets.machine.model import Column, HeldModel
from gui.widgets.machine.table import HeldTable
from gui.widgets.machine.view import Chips, TableView
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.trace.holdings.state import Holdings
    from gui.theme import Role, Theme, ThemeManager

_HINT = "Select a page to see its owner record and the stack behind its handle."
_CHIPS = (
    (Which.ALL, "All"),
    (Which.LOST, "Lost"),
    (Which.ALLOCATED, "Allocated"),
    (Which.FREED, "Freed"),
)
_WHAT_IS_LOST = {
    "dummy": "The guard short-circuited: who allocated it is lost, the rest of the record is "
    "right.",
    "failure": "The depot gave no handle: who allocated it is lost, the rest of the record is "
    "right.",
    "early": "It was in use before page_owner was ready.",
}

HANDLE_TIP = (
    "The stack in its record. Not an owner are: dummy (the guard short-circuited), failure (the "
    "depot gave no handle) and early (in use before page_owner was ready)"
)


def lost_role(theme: Theme, lost: str) -> Role | None:
    """Return the role of a special handle, None for an ordinary one."""
    roles = {"dummy": theme.role("guard"), "failure": theme.danger, "early": theme.info}
    return roles.get(lost)


def handle_sign(theme: Theme, lost: str) -> str:
    """Return what stands before a handle; early has none, where its letter reads as a word."""
    role = lost_role(theme, lost)
    return role.glyph if role is not None and role is not theme.info else " "


def handle_text(page: PageState) -> str:
    """Return a page's handle as the table says it: a special one by its word."""
    if not page.recorded:
        return "no record"
    return page.lost if page.lost else f"stack {page.handle}" if page.handle else "not yet"


def state_text(page: PageState) -> str:
    """Return what has become of a page, in a word."""
    return "allocated" if page.in_use else "freed"


class PagesView(TableView):
    """The pages: a table with a filter, and the record of the selected one.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        self._holdings: Holdings | None = None
        self._state: PagesState | None = None
        self.model: HeldModel[PageState] = HeldModel(
            self._columns(),
            lambda page: page.pfn,
            lambda page: page.changed,
            self._facts,
            themes,
        )
        self.chips = Chips(_CHIPS, themes, self._filter)
        table = HeldTable(self.model, themes, stretched=3)
        super().__init__("Pages", table, _HINT, themes, head=(self.chips,))
        self._pinned = False
        table.selected.connect(self._pin)
        self.dress()

    def _columns(self) -> list[Column[PageState]]:
        def special(theme: Theme, page: PageState) -> Role | None:
            return lost_role(theme, page.lost)

        def handle(page: PageState) -> str:
            return f"{handle_sign(self._themes.theme, page.lost)} {handle_text(page)}"

        return [
            Column("Page", "Page frame number of the block's first page",
                   lambda page: f"{page.pfn:#x}", sample="0x12345"),
            Column("Order", "The block has 2 to the power of this pages",
                   lambda page: str(page.order), right=True, spared=2),
            Column("State", "Whether the page allocator has given it away", state_text, mono=False,
                   sample="allocated ", spared=1),
            Column("Allocated by", HANDLE_TIP,
                   handle, role=special, sample="G stack 12"),
        ]  # fmt: skip

    # -- what is shown --------------------------------------------------------------------

    def show_at(self, holdings: Holdings, position: int) -> None:
        """Show the pages of a run at a position."""
        another = holdings is not self._holdings
        self._holdings = holdings
        self._state = holdings.pages.at(position)
        self.chips.show_counts({which: self._state.counts[which] for which, _ in _CHIPS})
        if another:
            self._pinned = False
            self.table.choose(-1)
        self._fill()

    def _filter(self) -> None:
        self._fill()
        self._show_details()

    def _fill(self) -> None:
        """Show the pages of the chosen sort, with the same page selected as before."""
        state = self._state
        if state is None:
            return
        which: Which = self.chips.value
        before = self.table.current if self._pinned else None
        # Only the list of all pages grows at its end; what matches a filter changes anywhere.
        sort: Any = (id(self._holdings), which)
        if which is not Which.ALL:
            sort = (*sort, state.numbers(which).tobytes())
        self.model.show_things(state.counts[which], lambda a, b: state.rows(a, b, which), sort=sort)
        follow = before.pfn if before is not None else state.changed_pfn
        row = state.row_of(follow, which) if follow >= 0 else -1
        if before is not None:
            self._pinned = row >= 0
            if not self.table.is_current(before.pfn):
                self.table.choose(row)
        elif row >= 0:
            self.table.show_row(row)
        self.say_empty(self._why_empty(which))
        self._show_details()

    def _why_empty(self, which: Which) -> str:
        assert self._state is not None
        if self._state.counts[which]:
            return ""
        return {
            Which.ALL: "The page allocator has not given a page away yet.",
            Which.LOST: "No owner is lost: no record has dummy_handle or failure_handle.",
            Which.ALLOCATED: "No page is allocated.",
            Which.FREED: "No page has been freed yet.",
        }[which]

    def _pin(self, page: object) -> None:
        self._pinned = page is not None
        self._show_details()

    def subject(self) -> PageState | None:
        """Return the selected page, or the one that the last event was about."""
        current: PageState | None = self.table.current if self._pinned else None
        if current is not None or self._state is None:
            return current
        return self._state.page(self._state.changed_pfn) if self._state.changed_pfn >= 0 else None

    # -- what is said ---------------------------------------------------------------------

    def made_at(self, thing: PageState) -> int:
        """Return where a page was given away."""
        return thing.made_at

    def about(self, thing: PageState) -> About:
        """Return everything about a page and its record."""
        assert self._holdings is not None
        assert self._state is not None
        record = None
        if thing.handle:
            record = self._holdings.depot.at(self._state.position).record(thing.handle)
        count = 1 << thing.order
        size = "1 page" if count == 1 else f"{count:,} pages"
        return About(
            f"Page {thing.pfn:#x}, {size} (order {thing.order})",
            self._facts(thing),
            () if record is None else record.frames[::-1],
            (
                Link("Go to allocation", thing.made_at),
                Link("Go to record", thing.set_at),
                Link("Go to free", thing.freed_at),
            ),
        )

    def _facts(self, page: PageState) -> list[str]:
        trace = self._holdings.trace if self._holdings is not None else None
        if trace is None:
            return []
        facts = []
        if page.pending:
            facts.append("Given away again; its record still tells of the time before.")
        elif not page.recorded:
            facts.append("It has no owner record.")
        if page.comm:
            facts.append(f"Asked for by {page.comm}/{page.pid} with {page.gfp or '0'}.")
        if page.recorded:
            at = f", written at {time_text(page.ts_ns)}" if page.set_at >= 0 else ""
            facts.append(f"Handle {handle_name(trace, page.handle)}{at}.")
            facts += [_WHAT_IS_LOST[page.lost]] if page.lost else []
        if page.freed_at >= 0:
            handle = handle_name(trace, page.free_handle)
            facts.append(f"Freed at {time_text(page.free_ts_ns)}, free_handle {handle}.")
        elif page.recorded and not page.allocated:
            facts.append("Its record is marked as not allocated.")
        return facts

    def dress(self) -> None:
        """Take on the theme in force."""
        super().dress()
        self.chips.dress()
