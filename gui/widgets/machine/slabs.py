"""The kmalloc caches at the cursor, and how many objects are free without asking for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.trace.holdings.slabs import CacheState
from gui.widgets.machine.details import About, Link
from gui.widgets.machine.model import Column, HeldModel
from gui.widgets.machine.table import HeldTable
from gui.widgets.machine.view import TableView

if TYPE_CHECKING:
    from core.trace.holdings.state import Holdings
    from gui.theme import Role, Theme, ThemeManager

_FREE = 1
_HINT = "Select a cache to see what it holds. A kmalloc asks for a page only where all is empty."
_UNKNOWN = "This run was saved by an older version, which did not record what the caches hold."


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def is_empty(cache: CacheState) -> bool:
    """Return whether the next kmalloc of a cache needs a page."""
    return cache.free <= 0 and not cache.partial


def free_text(cache: CacheState) -> str:
    """Return what the cpu's own freelist has."""
    return "no slab" if cache.free < 0 else str(cache.free)


def partial_text(cache: CacheState) -> str:
    """Return how many slabs the partial lists have: the cpu's and the node's."""
    return f"{cache.cpu_partial} + {cache.node_partial}"


class SlabsView(TableView):
    """The caches: a table with a bar for each freelist.

    Args:
        themes: The theme in force.
    """

    def __init__(self, themes: ThemeManager) -> None:
        self._caches: tuple[CacheState, ...] = ()
        self.model: HeldModel[CacheState] = HeldModel(
            self._columns(), lambda c: c.name, lambda c: c.changed, self._facts, themes
        )
        table = HeldTable(self.model, themes, stretched=_FREE)
        super().__init__("Slabs", table, _HINT, themes)
        self.dress()

    def _columns(self) -> list[Column[CacheState]]:
        def special(theme: Theme, cache: CacheState) -> Role | None:
            return theme.warning if is_empty(cache) and cache.made_at >= 0 else None

        def free(cache: CacheState) -> str:
            return f"! {free_text(cache)}" if is_empty(cache) else free_text(cache)

        return [
            Column("Cache", "The cache that serves kmallocs of up to this size",
                   lambda cache: cache.name, sample="kmalloc-512"),
            Column("Free on cpu", "Objects free on the cpu's own freelist; ! where the next "
                   "kmalloc needs a page", free, right=True, role=special,
                   bar="slab", share=lambda cache: max(0, cache.free) / max(1, cache.objects)),
            Column("Partial: cpu + node", "Slabs in reserve that are partly free: those on the "
                   "cpu's partial list + those on the node's", partial_text,
                   right=True, sample="4 + 10", spared=1),
            Column("Free in those", "Objects that are free in these slabs in reserve",
                   lambda cache: f"{cache.partial_free:,}", right=True, spared=2),
        ]  # fmt: skip

    def show_at(self, holdings: Holdings, position: int) -> None:
        """Show the caches of a run at a position."""
        self._caches = caches = holdings.slabs.at(position)
        self.model.show_things(len(caches), lambda a, b: caches[a:b], sort=id(holdings))
        self.say_empty("" if caches else _UNKNOWN)
        changed = next((at for at, cache in enumerate(caches) if cache.changed), -1)
        if self.table.current is None:
            self.table.show_row(changed)
        self._show_details()

    def subject(self) -> CacheState | None:
        """Return the selected cache, or the one that the last event changed."""
        current: CacheState | None = self.table.current
        changed = next((cache for cache in self._caches if cache.changed), None)
        return current if current is not None else changed

    def made_at(self, thing: CacheState) -> int:
        """Return where a cache was last changed."""
        return thing.made_at

    def about(self, thing: CacheState) -> About:
        """Return everything about a cache."""
        return About(thing.name, self._facts(thing), (), (Link("Go to last use", thing.made_at),))

    def _facts(self, cache: CacheState) -> list[str]:
        slab = f"{_plural(1 << cache.order, 'page')}, {_plural(cache.objects, 'object')}"
        facts = [f"Objects of {cache.object_bytes:,} bytes; a slab is {slab}."]
        if cache.free < 0:
            facts.append("The cpu has no slab of it.")
        else:
            facts.append(f"The cpu's own slab has {_plural(cache.free, 'free object')}.")
        if cache.partial:
            facts.append(
                f"Partial slabs: {cache.cpu_partial} of the cpu, {cache.node_partial} of the node, "
                f"with {_plural(cache.partial_free, 'free object')}."
            )
        if is_empty(cache):
            facts.append("All is empty: the next kmalloc needs a page.")
        return facts
