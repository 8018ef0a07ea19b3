"""Everything the machine holds at a position, from indexes that are built when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from core.trace.holdings.depot import DepotIndex, DepotState
from core.trace.holdings.locks import LockIndex, LocksState
from core.trace.holdings.pages import PageIndex, PagesState
from core.trace.holdings.scripts import UNWINDER, ScriptIndex, ScriptsState
from core.trace.holdings.slabs import CacheState, SlabIndex
from core.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class MachineState:
    """What the machine holds.

    Attributes:
        position: After which event.
        pages: Blocks of pages and their owner records.
        depot: The stack depot.
        caches: The kmalloc caches, by rising size class; empty where the trace does not say.
        locks: The spinlocks.
        scripts: ia64's script cache, None with an unwinder that has none.
    """

    position: int
    pages: PagesState
    depot: DepotState
    caches: tuple[CacheState, ...]
    locks: LocksState
    scripts: ScriptsState | None


class Holdings:
    """What a run's machine holds at any position; ``at`` is fast, and its parts can be asked alone.

    Args:
        trace: The run.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    @cached_property
    def pages(self) -> PageIndex:
        """Pages and owner records."""
        return PageIndex(self.trace)

    @cached_property
    def depot(self) -> DepotIndex:
        """The stack depot."""
        return DepotIndex(self.trace)

    @cached_property
    def slabs(self) -> SlabIndex:
        """The kmalloc caches."""
        return SlabIndex(self.trace)

    @cached_property
    def locks(self) -> LockIndex:
        """The spinlocks."""
        return LockIndex(self.trace)

    @property
    def has_scripts(self) -> bool:
        """Whether the run's unwinder keeps scripts in a cache."""
        return self.trace.info.unwinder == UNWINDER

    @cached_property
    def scripts(self) -> ScriptIndex:
        """ia64's script cache."""
        return ScriptIndex(self.trace)

    def at(self, position: int) -> MachineState:
        """Return everything at a position; -1 is before the run."""
        return MachineState(
            position,
            self.pages.at(position),
            self.depot.at(position),
            self.slabs.at(position),
            self.locks.at(position),
            self.scripts.at(position) if self.has_scripts else None,
        )
