"""What can happen at a choice point, and how a file writes it down.

A run is deterministic but for its choices: at each point the chooser says which of the options
happens. Points are numbered from 0 in the order in which the run comes to them, whatever an
exploration leaves out, so that a list of numbers and words is a whole run.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Way(IntEnum):
    """What sort of thing happens."""

    GO_ON = 0
    """The running task takes its next step."""
    CPU = 1
    """Another CPU's task takes the next steps; nobody is switched."""
    PREEMPT = 2
    """This CPU goes on with another task."""
    INTERRUPT = 3
    FAIL = 4
    """The allocation that is asked for fails."""
    MIGRATE = 5
    """An idle CPU pulls a task that waits for its own."""


class Option(NamedTuple):
    """One thing that can happen at a point.

    Attributes:
        way: What sort of thing.
        argument: The task that goes on (CPU, PREEMPT, MIGRATE) or the interrupt's number.
        cpu: The CPU it goes on.
    """

    way: Way
    argument: int = 0
    cpu: int = 0


GO_ON = Option(Way.GO_ON)
FAIL = Option(Way.FAIL)


class Point(NamedTuple):
    """A place in a run where more than one thing can happen.

    Attributes:
        number: How many points the run came by before this one.
        task: Who would take the next step.
        what: What that step is: load, store, lock, kmalloc, alloc, free, depot, irq, block, end.
        touches: Number of the shared object the step touches, -1 for none.
        options: What can happen; the first one is what does where nobody chooses.
        forced: Whether the running task cannot go on anyway: then nothing here costs a switch.
        in_interrupt: Whether the step is one of an interrupt's handler.
        shut_out: What cannot happen here whoever is ready: interrupts off, preemption off and so
            on. Equal where the same is shut out.
    """

    number: int
    task: int
    what: str
    touches: int
    options: tuple[Option, ...]
    forced: bool = False
    in_interrupt: bool = False
    shut_out: tuple[bool, ...] = ()
