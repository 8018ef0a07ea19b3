"""Guards that keep a number in task_struct: the depth counter and the one-bit flag.

Three storages, one arithmetic. ``page_owner_depth`` as an unsigned int is the first version of the
2021 patch; two bits were proposed in review; one bit landed in Linux 5.13 (commit 8e9b16c47680) as
``in_page_owner``. At maximum depth 1 one bit is that flag; above 1 it is a 1-bit counter. An
increment past the width wraps, as C does, and then the guard is gone.
"""

from __future__ import annotations

from typing import Any

from core.guards.base import GuardCode, Host, Stateless
from core.guards.storage import Place, Unit
from core.trace.events import SITE_BITS, WIDE_ARGUMENT, Kind
from core.trace.recorder import Recorder
from core.trace.routine import Routine

LOAD_NS = 1
STORE_NS = 1


class StoredGuard(Stateless):
    """Counts the saves under way in a field of task_struct.

    Args:
        design: uint, bit1 or bit2.
        max_depth: How many saves may be under way at once.
        place: Where the field lies.
    """

    per_cpu = False

    def __init__(self, design: str, max_depth: int, place: Place) -> None:
        self.design = design
        self.max_depth = max_depth
        self.place = place
        self.is_flag = design == "bit1" and max_depth == 1
        self.field = "in_page_owner" if self.is_flag else "page_owner_depth"
        self.rmw_ns = STORE_NS
        """Simulated time of a write's store."""

    def attach(self, host: Host) -> None:
        """Meet the machine."""
        self._host = host

    def inlined_in(self, routine: Routine) -> GuardCode:
        """Return the guard's lines in a function."""
        return StoredCode(self, self._host, routine)

    def warning(self) -> str:
        """Return what the user should know before the run, or an empty string."""
        largest = self.place.mask
        if self.max_depth <= largest:
            return ""
        bits = (
            "1-bit field counts"
            if self.place.bit_size == 1
            else (f"{self.place.bit_size}-bit field counts")
        )
        return (
            f"a {bits} from 0 to {largest} and then wraps to 0: maximum depth {self.max_depth} "
            "is never reached, so this guard never guards"
        )


class StoredCode(GuardCode):
    """The lines in one function: load and test; load, modify, store; and back."""

    divisible = True
    """Whether something can come between the load and the store of a write."""

    def __init__(self, guard: StoredGuard, host: Host, routine: Routine) -> None:
        self._host = host
        self._routine = routine
        self._number = host.recorder.value_number
        place = guard.place
        self._shift, self._mask = place.shift, place.mask
        self._with_value = place.with_value
        self._max_depth = guard.max_depth
        self._is_flag = guard.is_flag
        self._declare_test(guard, host.recorder, routine)
        self._declare_wrap(guard, host.recorder, routine)
        self._enter = _write_sites(guard, host.recorder, routine, entering=True)
        self._leave = _write_sites(guard, host.recorder, routine, entering=False)

    def _declare_test(self, guard: StoredGuard, recorder: Recorder, routine: Routine) -> None:
        function, name, field = routine.function, routine.name, guard.field
        limit = "" if guard.is_flag else f" and the maximum is {guard.max_depth}"
        self._loaded = recorder.site(
            Kind.LOADED,
            function,
            "test",
            f"{name} loads the word that holds {field}: {{word}}.",
            cost_ns=LOAD_NS,
        )
        self._passed = recorder.site(
            Kind.TESTED,
            function,
            "test",
            f"{name} tests {field}: it is {{argument}}{limit}, so the save goes on.",
            cost_ns=1,
        )
        self._refused = recorder.site(
            Kind.SHORT_CIRCUITED,
            function,
            "test",
            f"{name} tests {field}: it is {{argument}}{limit}, so it returns dummy_handle "
            "without unwinding.",
            cost_ns=1,
        )

    def _declare_wrap(self, guard: StoredGuard, recorder: Recorder, routine: Routine) -> None:
        self._wrapped = recorder.site(
            Kind.WARNED,
            routine.function,
            "set",
            f"{guard.field} wraps from {{argument}} to 0: from here on this guard does not know "
            "how deep it is.",
            cost_ns=0,
        )

    def unit(self) -> Unit:
        """Return the storage unit of the running context."""
        unit: Unit = self._host.task.image.guard
        return unit

    def _unit_watched(self) -> Unit:
        """Return the unit that is read next, after whatever may happen before that."""
        self._host.memory.before_load(self.unit())
        # Asked again: the task may have come to another CPU meanwhile, which has its own.
        return self.unit()

    def refuses(self) -> bool:
        """Load the field and compare it with the maximum depth."""
        host = self._host
        append = host.append
        unit = self._unit_watched() if host.asks else self.unit()
        word = host.memory.read(unit) if host.asks else unit.load()
        append(self._loaded | self._number(word) << SITE_BITS)
        value = (word >> self._shift) & self._mask
        refused = value >= self._max_depth
        code = self._refused if refused else self._passed
        if value < WIDE_ARGUMENT:
            append(code | value << SITE_BITS)
        else:
            # A counter that was taken from once too often.
            host.recorder.add(code, value)
        return refused

    def enter(self) -> None:
        """Set the flag, or add one to the counter."""
        self._write(self._enter, 1)

    def leave(self) -> None:
        """Clear the flag, or take one from the counter."""
        self._write(self._leave, -1)

    def _write(self, sites: tuple[int, int, int], change: int) -> None:
        loaded, modified, stored = sites
        host = self._host
        append = host.append
        unit = self._unit_watched() if host.asks else self.unit()
        before = host.memory.read(unit) if host.asks else unit.load()
        append(loaded | self._number(before) << SITE_BITS)
        if self._is_flag:
            value = 1 if change > 0 else 0
        else:
            value = ((before >> self._shift) & self._mask) + change
        word = self._with_value(before, value)
        number = self._number(word) << SITE_BITS
        append(modified | number)
        if host.asks:
            self._store_watched(unit, before, word, stored | number)
        else:
            unit.store(word)
            append(stored | number)
        if value > self._mask:
            host.recorder.add(self._wrapped, self._mask)

    def _store_watched(self, unit: Unit, before: int, word: int, stored: int) -> None:
        """Store where other contexts may have been there since the load."""
        host = self._host
        if self.divisible:
            host.memory.before_store(unit)
        lost = host.memory.store(unit, before, word)
        host.append(stored)
        host.memory.stored(unit, lost, self._owner(), self._routine)

    def _owner(self) -> Any:
        """Return the task whose task_struct the unit lies in."""
        return self._host.task


def _write_sites(
    guard: StoredGuard, recorder: Recorder, routine: Routine, *, entering: bool
) -> tuple[int, int, int]:
    function, name, field = routine.function, routine.name, guard.field
    label = "set" if entering else "clear"
    if guard.is_flag:
        change = f"{field} {'set' if entering else 'cleared'}"
    else:
        change = f"one {'added to' if entering else 'taken from'} {field}"
    return (
        recorder.site(
            Kind.LOADED,
            function,
            label,
            f"{name} loads the word that holds {field}: {{word}}.",
            cost_ns=LOAD_NS,
        ),
        recorder.site(
            Kind.MODIFIED,
            function,
            label,
            f"In a register: {change}; the field would be {{value}}.",
            cost_ns=1,
        ),
        recorder.site(
            Kind.STORED,
            function,
            label,
            f"{name} stores the word back: {field} is now {{value}}.",
            cost_ns=guard.rmw_ns,
        ),
    )
