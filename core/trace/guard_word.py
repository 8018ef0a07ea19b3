"""What memory and register hold of the guard's word at a position, and what that means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from core.trace.events import Kind

if TYPE_CHECKING:
    from core.trace.info import GuardInfo
    from core.trace.trace import Trace


class Phase(Enum):
    """What the guard is doing with its word."""

    IDLE = "idle"
    LOADED = "load"
    TESTED = "test"
    REFUSED = "return"
    MODIFIED = "modify"
    STORED = "store"


_PHASES = {
    Kind.LOADED: Phase.LOADED,
    Kind.TESTED: Phase.TESTED,
    Kind.SHORT_CIRCUITED: Phase.REFUSED,
    Kind.MODIFIED: Phase.MODIFIED,
    Kind.STORED: Phase.STORED,
}
_HOLDS_WORD = (Kind.LOADED, Kind.MODIFIED, Kind.STORED)
_UNDER_WAY = (Kind.LOADED, Kind.MODIFIED)
_AROUND_INTERRUPTS = (Kind.INTERRUPTED, Kind.INTERRUPT_ENDED, Kind.IRQS_OFF, Kind.IRQS_ON)
_LOOK_BACK_STEPS = 10_000
"""Bound on the way back to an access that something came between: no stack is that deep."""

SCANNED_ENTRIES = 16
"""The most entries a walk saves (mm/page_owner.c, PAGE_OWNER_STACK_DEPTH)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The guard's word at a position.

    Attributes:
        phase: What is being done to it.
        steps: All steps of the access under way, empty where there is none.
        memory: The word in task_struct.
        register: The copy that current works on, None where it has none.
        value: The guard's field, in the register where there is a copy, else in memory.
        before: The field when the word was loaded.
        changed: The bits the event has just changed, as a mask of the word.
        wrapped: Whether the field went past its width, as 3 + 1 = 0 in two bits.
        lost: Whether this store overwrites one that came in between.
        others: What the access changes instead of the guard's field: nothing is to be said about
            that then.
    """

    phase: Phase
    steps: tuple[Phase, ...]
    memory: int
    register: int | None
    value: int
    before: int
    changed: int = 0
    wrapped: bool = False
    lost: bool = False
    others: tuple[Other, ...] = ()


class Other(NamedTuple):
    """A field of the word beside the guard's that an access changes.

    Attributes:
        name: Its name.
        before: What it was when the word was loaded.
        value: What it becomes.
    """

    name: str
    before: int
    value: int


class Held(NamedTuple):
    """A copy of a word that an access works on.

    Attributes:
        at: The event that left it as it is.
        load: The load it goes back to.
        word: The copy.
    """

    at: int
    load: int
    word: int


def watched_at(trace: Trace, position: int) -> int:
    """Return whose word is looked at: that of the access under way, or the running task's.

    With several CPUs it stays that of the last access by anybody, so that a word does not go out
    of sight whenever another CPU takes a step.
    """
    if trace.cpus.several and len(trace.accesses):
        last = int(trace.accesses.searchsorted(trace.accesses.dtype.type(position), "right")) - 1
        if last >= 0:
            return trace.word_owner(int(trace.accesses[last]))
    return trace.word_owner(position)


def copy_of(trace: Trace, position: int) -> Held | None:
    """Return the copy that the task of an event works on, None where it has none."""
    at = _access(trace, position) if position >= 0 else None
    if at is None or trace.kind(at) not in _UNDER_WAY or trace.site(at).label == "test":
        return None
    if trace.kind(_load_of(trace, at)) not in _HOLDS_WORD:
        return None
    return Held(at, _load_of(trace, at), _word(trace, at))


def moment_at(trace: Trace, position: int) -> Moment:
    """Return what memory and register hold after an event."""
    guard = trace.info.guard
    owner = watched_at(trace, position)
    memory = trace.word_of(owner, position)
    value = guard.value_of(memory)
    idle = Moment(Phase.IDLE, (), memory, None, value, value)
    at = _access(trace, position) if position >= 0 and guard.unit_bytes else None
    if at is None or trace.word_owner(at) != owner:
        return idle
    load, kind, here = _load_of(trace, at), trace.kind(at), at == position
    if trace.kind(load) not in _HOLDS_WORD:
        # A damaged trace: a test without the load it tests.
        return idle
    register = _word(trace, at if kind in _HOLDS_WORD else load)
    before, value = guard.value_of(_word(trace, load)), guard.value_of(register)
    label = trace.site(at).label
    return Moment(
        phase=_PHASES[kind],
        steps=_steps(label, kind),
        memory=memory,
        register=register,
        value=value,
        before=before,
        changed=_changed(trace, at, load, owner) if here else 0,
        wrapped=(label == "set" and value < before) or (label == "clear" and value > before),
        lost=here and kind is Kind.STORED and trace.word_of(owner, at - 1) != _word(trace, load),
        others=_others(guard, _word(trace, load), register),
    )


def _steps(label: str, kind: Kind) -> tuple[Phase, ...]:
    if label != "test":
        return Phase.LOADED, Phase.MODIFIED, Phase.STORED
    return Phase.LOADED, Phase.REFUSED if kind is Kind.SHORT_CIRCUITED else Phase.TESTED


def _others(guard: GuardInfo, loaded: int, word: int) -> tuple[Other, ...]:
    """Return the fields in which two words differ, none where the guard's is one of them."""
    fields = guard.fields_in(loaded ^ word)
    if any(field.name == guard.field for field in fields):
        return ()
    ways = ((field, guard.shift_of(field), (1 << field.bit_size) - 1) for field in fields)
    return tuple(
        Other(field.name, loaded >> shift & mask, word >> shift & mask)
        for field, shift, mask in ways
    )


def _changed(trace: Trace, at: int, load: int, owner: int) -> int:
    kind = trace.kind(at)
    if kind is Kind.MODIFIED:
        return _word(trace, at) ^ _word(trace, load)
    return _word(trace, at) ^ trace.word_of(owner, at - 1) if kind is Kind.STORED else 0


def _word(trace: Trace, position: int) -> int:
    return trace.values[trace.argument(position)]


def _access(trace: Trace, position: int) -> int | None:
    """The event that says what the register holds: this one, or one that was interrupted."""
    if trace.kind(position) in _PHASES:
        return position
    at = _earlier(trace, position, _UNDER_WAY)
    # A copy that was only tested is of no more use to anybody.
    return at if at is not None and trace.site(at).label != "test" else None


def _load_of(trace: Trace, at: int) -> int:
    """The load that an event of an access goes back to."""
    while trace.kind(at) is not Kind.LOADED:
        before = _earlier(trace, at - 1, _UNDER_WAY)
        if before is None:
            return at
        at = before
    return at


def _earlier(trace: Trace, at: int, wanted: Sequence[Kind]) -> int | None:
    """Go back over calls and other tasks' events to an event of this task of a wanted kind.

    None where the task did anything else before.
    """
    task = trace.task_at(at)
    for _ in range(_LOOK_BACK_STEPS):
        if at < 0:
            return None
        kind = trace.kind(at)
        if trace.task_at(at) != task or kind is Kind.TASK_SWITCHED:
            at = trace.cpus.last_event(task, at - 1)
        elif kind in wanted:
            return at
        elif kind is Kind.RETURNED:
            at = int(trace.parents[at]) - 1
        elif kind is Kind.CALLED or kind in _AROUND_INTERRUPTS:
            at -= 1
        else:
            return None
    return None


# -- in words -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moment comes to, in a few words.

    Attributes:
        text: What to show.
        tone: quiet, guard (the save is turned away) or warning.
    """

    text: str
    tone: str = "quiet"


def verdict_of(moment: Moment, guard: GuardInfo) -> Verdict:
    """Return what a moment comes to."""
    field, value, before = guard.field, moment.value, moment.before
    if moment.lost:
        text = f"lost update: a store that came in between is gone, {field} = {value}"
        return Verdict(text, "warning")
    if moment.wrapped:
        return Verdict(f"{field} {before} → {value}: wrapped", "warning")
    if moment.phase in (Phase.TESTED, Phase.REFUSED):
        return _test(moment, guard)
    changed = moment.others or (Other(field, before, value),)
    if moment.phase is Phase.MODIFIED:
        steps = ", ".join(f"{each.name} {each.before} → {each.value}" for each in changed)
        return Verdict(f"{steps}, in the register only")
    if moment.phase is Phase.STORED:
        values = ", ".join(f"{each.name} = {each.value}" for each in changed)
        return Verdict(f"{values} in memory now")
    return Verdict(f"{field} = {value}")


def _test(moment: Moment, guard: GuardInfo) -> Verdict:
    refused = moment.phase is Phase.REFUSED
    if guard.design == "bit1" and guard.max_depth == 1:
        test = f"{guard.field} = {moment.value}"
    else:
        test = f"{guard.field} {moment.value} {'≥' if refused else '<'} {guard.max_depth}"
    if refused:
        return Verdict(f"{test} → return dummy_handle", "guard")
    return Verdict(f"{test} → go on")


@dataclass(frozen=True, slots=True)
class Scan:
    """A backtrace scan at the moment of its decision.

    Attributes:
        entries: Functions the saved return addresses lie in, innermost first.
        looked_for: The function whose call of save_stack is searched for.
        match: Index of the entry that matched, None where none did.
    """

    entries: tuple[str, ...]
    looked_for: str
    match: int | None


def scan_at(trace: Trace, position: int) -> Scan | None:
    """Return the entries that a backtrace scan compares, where the event is one."""
    if position < 0 or trace.site(position).label != "scan":
        return None
    *callers, caller, _save_stack = trace.names_at(position)
    entries = tuple(reversed(callers[-SCANNED_ENTRIES:]))
    matched = trace.kind(position) is Kind.SHORT_CIRCUITED
    return Scan(entries, caller, trace.argument(position) if matched else None)
