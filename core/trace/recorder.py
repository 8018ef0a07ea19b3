"""Writing a trace: one append an event, nothing else in the hot path."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from core.trace.events import MAX_SITES, SITE_BITS, WIDE_ARGUMENT, Function, Kind, Site


class Recorder:
    """Collects the events of one run.

    ``events`` is public on purpose: the simulated kernel binds ``events.append`` and
    ``events.extend`` once and packs ``code | argument << SITE_BITS`` itself where it knows that the
    argument is small. ``add`` is for arguments that may be of any size.
    """

    def __init__(self) -> None:
        self.events = array("I")
        self.wide: dict[int, int] = {}
        self.functions: list[Function] = []
        self.sites: list[Site] = []
        self.values: list[int] = []
        self._function_numbers: dict[Function, int] = {}
        self._site_numbers: dict[Site, int] = {}
        self._value_numbers: dict[int, int] = {}

    def function(self, function: Function) -> int:
        """Return the function's number, the same one for the same function."""
        number = self._function_numbers.get(function)
        if number is None:
            number = self._function_numbers[function] = len(self.functions)
            self.functions.append(function)
        return number

    def site(
        self,
        kind: Kind,
        function: Function,
        label: str,
        text: str,
        *,
        cost_ns: int = 1,
        facts: Iterable[tuple[str, str]] = (),
    ) -> int:
        """Return the code of a site, declared at first use."""
        site = Site(kind, self.function(function), label, text, cost_ns, tuple(facts))
        number = self._site_numbers.get(site)
        if number is None:
            number = len(self.sites)
            if number >= MAX_SITES:
                raise OverflowError(f"a trace has room for {MAX_SITES} sites")
            self._site_numbers[site] = number
            self.sites.append(site)
        return number

    def value_number(self, value: int) -> int:
        """Return the number of a value too large for an argument (a storage unit's word)."""
        number = self._value_numbers.get(value)
        if number is None:
            number = self._value_numbers[value] = len(self.values)
            self.values.append(value)
        return number

    def add(self, code: int, argument: int = 0) -> None:
        """Append an event whose argument may be of any size."""
        if argument < WIDE_ARGUMENT:
            self.events.append(code | argument << SITE_BITS)
        else:
            self.wide[len(self.events)] = argument
            self.events.append(code | WIDE_ARGUMENT << SITE_BITS)

    def truncate(self, length: int) -> None:
        """Forget all events from ``length`` on: a budget is kept to the event."""
        del self.events[length:]
        self.wide = {at: value for at, value in self.wide.items() if at < length}
