"""Words of task_struct that more than one context writes, and updates that get lost between them.

A field of some bits is written by loading its whole storage unit, changing it in a register, and
storing it back. Another context's store in between is undone. The unit is C's: adjacent bitfields
are one memory location (C11 3.14), whatever a compiler's byte-wide instruction may touch of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.guards.storage import Place, Unit
from core.trace.events import SITE_BITS, Kind
from core.trace.routine import Routine

if TYPE_CHECKING:
    from core.kernel.machine import Machine
    from core.kernel.tasks import Task

SERIALIZED_FIELDS = ("sched_reset_on_fork", "sched_contributes_to_load", "sched_migrated")
"""include/linux/sched.h: the bits that the scheduler's locks serialize."""


class Memory:
    """The units that contexts meet in.

    Args:
        machine: Whose memory it is.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._lost_sites: dict[tuple[str, ...], int] = {}

    def who(self) -> str:
        """Return the running context as sentences name it."""
        machine = self._machine
        task = machine.task
        if not task.interrupts:
            return task.name
        return f"{task.name} in interrupt {machine.interrupts.sources[task.interrupts[-1]].name}"

    def load(self, unit: Unit) -> int:
        """Return a unit's content, after whatever may happen before it is read."""
        self.before_load(unit)
        return self.read(unit)

    def before_load(self, unit: Unit) -> None:
        """Let happen what may happen before a unit is read."""
        self._machine.cpus.point("load", unit.touches)

    def read(self, unit: Unit) -> int:
        """Return a unit's content right now."""
        task = self._machine.task
        word = unit.load()
        task.trail = hash((task.trail, word))
        return word

    def before_store(self, unit: Unit) -> None:
        """Let happen what may happen before a unit is written."""
        self._machine.cpus.point("store", unit.touches)

    def store(self, unit: Unit, loaded: int, word: int) -> int:
        """Write a unit; returns the mask of the bits of other contexts that are lost by it.

        Args:
            unit: The unit.
            loaded: What this context loaded before.
            word: What it writes.
        """
        now = unit.load()
        unit.store(word)
        return (now ^ loaded) & (now ^ word)

    def stored(self, unit: Unit, lost: int, owner: Task | None, routine: Routine) -> None:
        """Note who wrote a unit, and what it undid; called after the store was recorded.

        Args:
            unit: The unit.
            lost: What ``store`` returned.
            owner: The task whose task_struct it lies in, None for a CPU's own.
            routine: The function that stored.
        """
        who = self.who()
        if lost:
            self._note_lost(unit, lost, owner, routine, who)
        unit.writer = who

    def _note_lost(
        self, unit: Unit, lost: int, owner: Task | None, routine: Routine, who: str
    ) -> None:
        machine = self._machine
        names = ", ".join(self._fields_in(lost)) or "bits without a name"
        of = str(owner.number) if owner is not None else ""
        whose = f"{owner.name}'s" if owner is not None else "the CPU's"
        key = (routine.name, of, names, unit.writer, who)
        code = self._lost_sites.get(key)
        sentence = (
            f"A lost update: {who} stores the word it loaded before {unit.writer} wrote {names} "
            f"in {whose} word; that write is undone"
        )
        if code is None:
            code = self._lost_sites[key] = machine.site(
                Kind.LOST_UPDATE,
                routine,
                "store",
                sentence + " (bits {bits}).",
                of=of,
                field=names,
                lost_by=unit.writer,
                kept_by=who,
            )
        machine.append(code | machine.recorder.value_number(lost) << SITE_BITS)
        machine.remark(machine.notes.lost_updates, sentence + ".")

    def _fields_in(self, bits: int) -> list[str]:
        machine = self._machine
        named = dict(machine.config.fields)
        if machine.place is not None:
            named[machine.guard.field] = machine.place
        guard_at = machine.place.byte_offset if machine.place is not None else -1
        return [
            name
            for name, place in named.items()
            if place.byte_offset == guard_at and place.mask << place.shift & bits
        ]


class FieldCode:
    """The lines of a function that write one named bit field of somebody's task_struct.

    Args:
        machine: The machine.
        routine: The function.
        field: The field.
        place: Where it lies.
    """

    def __init__(self, machine: Machine, routine: Routine, field: str, place: Place) -> None:
        self._machine = machine
        self._routine = routine
        self._field = field
        self._place = place
        self._is_guards = (
            machine.place is not None and machine.place.byte_offset == place.byte_offset
        )
        self._word = "serialized" if field in SERIALIZED_FIELDS else "current"
        self._sites: dict[int, tuple[int, int, int]] = {}

    def write(self, task: Task, value: int) -> None:
        """Load the word of a task, change the field, store the word."""
        machine = self._machine
        unit = task.image.unit(self._place)
        if unit.touches < 0:
            unit.touches = machine.cpus.shared()
        loaded, modified, stored = self._sites.get(task.number) or self._declare(task)
        number = machine.recorder.value_number
        word = machine.memory.load(unit) if machine.asks else unit.load()
        machine.append(loaded | number(word) << SITE_BITS)
        new = self._place.with_value(word, value)
        if modified:
            machine.append(modified | number(new) << SITE_BITS)
        if machine.asks:
            machine.memory.before_store(unit)
        lost = machine.memory.store(unit, word, new)
        machine.append(stored | number(new) << SITE_BITS)
        if machine.asks:
            machine.memory.stored(unit, lost, task, self._routine)

    def _declare(self, task: Task) -> tuple[int, int, int]:
        machine, routine, field = self._machine, self._routine, self._field
        facts = {"of": str(task.number), "field": field, "word": self._word}

        def site(kind: Kind, label: str, text: str) -> int:
            return machine.site(kind, routine, label, text, cost_ns=1, **facts)

        load = f"{routine.name} loads the word of {task.name} that holds {field}: {{word}}."
        store = f"{routine.name} stores the word of {task.name} back: {field} is written, {{word}}."
        if self._is_guards:
            change = f"In a register: {field} of {task.name} changed; the word would be {{word}}."
            sites = (
                site(Kind.LOADED, "load", load),
                site(Kind.MODIFIED, "modify", change),
                site(Kind.STORED, "store", store),
            )
        else:
            sites = (
                site(Kind.FIELD_LOADED, "load", load),
                0,
                site(Kind.FIELD_STORED, "store", store),
            )
        self._sites[task.number] = sites
        return sites
