"""The spinlocks at the cursor: who holds which, and who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.trace.holdings.locks import LocksState, LockState
from gui.widgets.machine.details import About, Link
from gui.widgets.machine.model import Column, HeldModel
from gui.widgets.machine.table import HeldTable
from gui.widgets.machine.view import Chips, TableView

if TYPE_CHECKING:
    from core.trace.holdings.state import Holdings
    from gui.theme import Role, Theme, ThemeManager

_HINT = "Select a lock to see who holds it and where it was taken."
_ALL, _HELD = "all", "held"


def short_name(name: str) -> str:
    """Return a lock's name as the table says it."""
    return name.removeprefix("the lock of the ")


class LocksView(TableView):
    """The locks: a table that can show the held ones only.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        self._holdings: Holdings | None = None
        self._state: LocksState | None = None
        self.model: HeldModel[LockState] = HeldModel(
            self._columns(),
            lambda lock: lock.number,
            lambda lock: lock.changed,
            self._facts,
            themes,
        )
        self.chips = Chips(((_ALL, "All"), (_HELD, "Held")), themes, self._fill)
        table = HeldTable(self.model, themes)
        super().__init__("Locks", table, _HINT, themes, head=(self.chips,))
        self.dress()

    def _columns(self) -> list[Column[LockState]]:
        def special(theme: Theme, lock: LockState) -> Role | None:
            if lock.waiters:
                return theme.danger
            return theme.role("lock") if lock.held else None

        def holder(lock: LockState) -> str:
            sign = "× " if lock.waiters else "L " if lock.held else ""
            return f"{sign}{lock.holder}" if lock.held else "free"

        return [
            Column("Lock", "The kernel's name for it; scripts have a lock each",
                   lambda lock: short_name(lock.name), sample="script for"),
            Column("Holder", "The task that holds it; × where somebody waits for it", holder,
                   role=special, sample="L insmod/311"),
        ]  # fmt: skip

    def show_at(self, holdings: Holdings, position: int) -> None:
        """Show the locks of a run at a position."""
        if holdings is not self._holdings:
            self.table.choose(-1)
        self._holdings, self._state = holdings, holdings.locks.at(position)
        self.chips.show_counts({_ALL: self._state.count, _HELD: len(self._state.held)})
        self._fill()

    def _fill(self) -> None:
        state = self._state
        if state is None:
            return
        held_only = self.chips.value == _HELD
        count = len(state.held) if held_only else state.count
        before = self.table.current
        sort: object = (id(self._holdings), held_only, state.held if held_only else ())
        self.model.show_things(count, lambda a, b: state.rows(a, b, held_only=held_only), sort=sort)
        if before is not None and not self.table.is_current(before.number):
            rows = state.rows(0, count, held_only=held_only)
            self.table.choose(
                next((at for at, lock in enumerate(rows) if lock.number == before.number), -1)
            )
        self.say_empty(self._why_empty(count))
        self._show_details()

    def _why_empty(self, count: int) -> str:
        assert self._state is not None
        if not self._state.ever_taken:
            return (
                "No lock is taken in this run. Without CONFIG_SMP locks compile to nothing, and a "
                "run that stores no stack needs none."
            )
        return "" if count else "No lock is held."

    def subject(self) -> LockState | None:
        """Return the selected lock, or the one that the last event was about."""
        current: LockState | None = self.table.current
        if current is not None or self._state is None:
            return current
        number = self._state.changed
        return self._state.lock(number) if number >= 0 else None

    def made_at(self, thing: LockState) -> int:
        """Return where a lock was taken or given back."""
        return thing.made_at

    def about(self, thing: LockState) -> About:
        """Return everything about a lock."""
        link = "Go to where it was taken" if thing.held else "Go to its release"
        return About(short_name(thing.name), self._facts(thing), (), (Link(link, thing.made_at),))

    def _facts(self, lock: LockState) -> list[str]:
        if lock.owner is not None:
            facts = [f"Held by {lock.owner}, taken in {lock.function}."]
        elif lock.made_at >= 0:
            facts = [f"Free; last given back in {lock.function}."]
        else:
            facts = ["Free; not taken yet."]
        for waiter in lock.waiting:
            owner = lock.owner
            itself = owner is not None and owner.task == waiter.task
            if itself and owner is not None and waiter.interrupt != owner.interrupt:
                facts.append(f"{waiter} spins on it, and who holds it cannot go on meanwhile.")
            elif itself:
                facts.append(f"{waiter} waits for itself: it can never release the lock.")
            else:
                facts.append(f"{waiter} spins on it.")
        cycle = self._state.cycle if self._state is not None and lock.waiting else ()
        if len(cycle) > 1:
            facts += ["Nobody here can go on:", *(wait.sentence for wait in cycle)]
        return facts

    def dress(self) -> None:
        """Take on the theme in force."""
        super().dress()
        self.chips.dress()
