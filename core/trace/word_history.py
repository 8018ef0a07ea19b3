"""Who wrote the guard's word, who holds an older copy of it, and which bits were lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.trace.events import Kind
from core.trace.explain import interrupt_at, task_name
from core.trace.guard_word import copy_of, watched_at

if TYPE_CHECKING:
    from core.trace.info import GuardInfo
    from core.trace.trace import Trace

_LONGEST_WAY_BACK = 256
"""Accesses looked through for the last writes of one word."""


@dataclass(frozen=True, slots=True)
class Write:
    """One store to the word.

    Attributes:
        position: The event.
        who: ``comm/pid`` of the task.
        where: The CPU, the function, and the interrupt if it was in one.
        word: What was written.
        changed: The bits that differ from what was there before.
        lost: The bits of another context that it undid.
    """

    position: int
    who: str
    where: str
    word: int
    changed: int
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the word that somebody works on while others may write the word itself.

    Attributes:
        who: ``comm/pid`` of the task.
        where: As in ``Write``.
        word: The copy.
        stale: Whether the word was written since: storing the copy will undo that.
    """

    who: str
    where: str
    word: int
    stale: bool


@dataclass(frozen=True, slots=True)
class LostUpdate:
    """A store that undid another context's.

    Attributes:
        position: The event.
        of: ``comm/pid`` of the task whose word it is.
        fields: Names of the fields whose bits are lost.
        bits: The bits, as a mask of the word.
        lost_by: Whose write is lost.
        kept_by: Whose store overwrote it.
        guard: Whether it is the word of the guard.
    """

    position: int
    of: str
    fields: str
    bits: int
    lost_by: str
    kept_by: str
    guard: bool

    @property
    def sentence(self) -> str:
        """What was lost, in plain words."""
        return (
            f"Lost update: {self.kept_by} writes back an older copy, and bits {self.bits:#x} "
            f"({self.fields}) that {self.lost_by} wrote are gone."
        )


def lost_update_at(trace: Trace, position: int) -> LostUpdate | None:
    """Return the lost update of an event: its own, or that of the store it comes from."""
    for at in (position, position + 1):
        if 0 <= at < len(trace) and trace.kind(at) is Kind.LOST_UPDATE:
            stored = at == position or trace.kind(position) in (Kind.STORED, Kind.FIELD_STORED)
            return _lost(trace, at) if stored else None
    return None


def _lost(trace: Trace, at: int) -> LostUpdate:
    site = trace.site(at)
    of = site.fact("of")
    number = int(of) if of.isdigit() and int(of) < len(trace.info.tasks) else trace.task_at(at)
    return LostUpdate(
        at,
        task_name(trace, number),
        site.fact("field"),
        trace.values[trace.argument(at)],
        site.fact("lost_by"),
        site.fact("kept_by"),
        at > 0 and trace.kind(at - 1) is Kind.STORED,
    )


def history_at(trace: Trace, position: int, most: int = 4) -> tuple[Write, ...]:
    """Return the last stores to the word that is watched at a position, the newest first."""
    owner, stores = watched_at(trace, position), trace.stores
    at = int(stores.searchsorted(stores.dtype.type(position), side="right"))
    found: list[Write] = []
    for row in range(at - 1, max(-1, at - 1 - _LONGEST_WAY_BACK), -1):
        store = int(stores[row])
        if trace.word_owner(store) == owner:
            found.append(_write(trace, store, owner))
            if len(found) == most:
                break
    return tuple(found)


def _write(trace: Trace, store: int, owner: int) -> Write:
    word = trace.values[trace.argument(store)]
    lost = lost_update_at(trace, store)
    return Write(
        store,
        task_name(trace, trace.task_at(store)),
        place_at(trace, store),
        word,
        word ^ trace.word_of(owner, store - 1),
        lost.bits if lost is not None and lost.guard else 0,
    )


def place_at(trace: Trace, position: int) -> str:
    """Return where an event happened: "CPU 1: sched_setscheduler"."""
    cpu = f"CPU {trace.cpus.cpu_at(position)}: " if trace.cpus.several else ""
    interrupt = interrupt_at(trace, position)
    inside = f" in interrupt {interrupt}" if interrupt else ""
    return f"{cpu}{trace.function(position).name}{inside}"


def copies_at(trace: Trace, position: int) -> tuple[Copy, ...]:
    """Return the copies of the watched word that others than the running task work on."""
    if not trace.cpus.several or position < 0:
        return ()
    owner, running = watched_at(trace, position), trace.task_at(position)
    found = []
    for task in range(len(trace.info.tasks)):
        last = trace.cpus.last_event(task, position)
        held = copy_of(trace, last) if task != running and last >= 0 else None
        if held is not None and trace.word_owner(held.at) == owner:
            now = trace.word_of(owner, position)
            stale = now != trace.word_of(owner, held.load)
            where = place_at(trace, held.at)
            found.append(Copy(task_name(trace, task), where, held.word, stale))
    return tuple(found)


def fields_of(guard: GuardInfo, bits: int) -> str:
    """Return the names of the fields that some bits of the word belong to."""
    return ", ".join(field.name for field in guard.fields_in(bits))


def neighbours_in_use(trace: Trace) -> tuple[str, ...]:
    """Return the fields beside the guard's of which a bit is 1 anywhere in the run."""
    fields = trace.info.guard.fields_in(trace.ever_set)
    return tuple(field.name for field in fields if field.name != trace.info.guard.field)
