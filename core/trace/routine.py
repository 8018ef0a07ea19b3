"""A function as one run calls it: its frame size and its two event codes, at hand at once.

A ``Path`` is several functions in a row with nothing decided between them. It is recorded by one
splice of ready-made codes; that is where most of the simulator's speed comes from.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from core.trace.events import Function, Kind
from core.trace.recorder import Recorder

CALL_NS = 6
RETURN_NS = 3


class Routine:
    """One function of the run's profile."""

    __slots__ = ("called", "function", "name", "returned", "stack_bytes")

    def __init__(self, function: Function, recorder: Recorder) -> None:
        name = function.name
        self.function = function
        self.name = name
        self.stack_bytes = function.stack_bytes
        self.called = recorder.site(
            Kind.CALLED,
            function,
            "enter",
            "{caller} calls " + name + ": {stack_bytes} bytes more on the stack.",
            cost_ns=CALL_NS,
        )
        self.returned = recorder.site(
            Kind.RETURNED, function, "return", name + " returns to {caller}.", cost_ns=RETURN_NS
        )

    def __repr__(self) -> str:
        return f"Routine({self.name})"


class Path:
    """Functions that call one another in a row, outermost first."""

    __slots__ = ("called", "length", "returned", "routines", "stack_bytes")

    def __init__(self, routines: Iterable[Routine]) -> None:
        self.routines = tuple(routines)
        self.length = len(self.routines)
        self.stack_bytes = sum(routine.stack_bytes for routine in self.routines)
        self.called = array("I", [routine.called for routine in self.routines])
        self.returned = array("I", [routine.returned for routine in reversed(self.routines)])
