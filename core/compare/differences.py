"""What each lane came to, measure by measure, those first in which lanes differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.compare.costs import added_task_bytes, guard_instructions
from core.scenario.contexts import guards_left_set
from core.scenario.report import stack_summary
from core.trace.events import Kind
from core.trace.once import once_a_run

if TYPE_CHECKING:
    from core.scenario.run import Plan
    from core.trace.trace import State, Trace

Value = int | str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that every run has a value of.

    Attributes:
        measure: The key.
        label: What a person reads.
        unit: Unit of the values, empty for plain counts and words.
        about: One sentence: what it is.
        inferred: Whether it is a model's answer and nobody measured it.
        between_contexts: Whether it means anything only with several CPUs or interrupts.
    """

    measure: str
    label: str
    unit: str = ""
    about: str = ""
    inferred: bool = False
    between_contexts: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of all lanes.

    Attributes:
        about: The measure.
        values: A value a lane: a number, words, or None where a lane has none.
        differs: Whether not all are the same.
    """

    about: Measure
    values: tuple[Value, ...]
    differs: bool

    @property
    def measure(self) -> str:
        """The measure's key."""
        return self.about.measure

    @property
    def label(self) -> str:
        """What a person reads."""
        return self.about.label

    @property
    def unit(self) -> str:
        """Unit of the values, empty for plain counts and words."""
        return self.about.unit

    @property
    def inferred(self) -> bool:
        """Whether the values are a model's answer."""
        return self.about.inferred

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as people read them, without the unit."""
        return tuple(told(value) for value in self.values)


MEASURES: tuple[Measure, ...] = (
    Measure("outcome", "outcome", about="How the run ended."),
    Measure(
        "lost_updates",
        "lost updates",
        about="Stores to a word of bits that another context's store undid.",
        between_contexts=True,
    ),
    Measure(
        "guards_left_set",
        "guards left set",
        about="Tasks, or CPUs, whose guard is set at the end though no save is under way.",
        between_contexts=True,
    ),
    Measure("save_stack_calls", "save_stack calls", about="How often a stack was to be saved."),
    Measure("unwinds", "unwinds", about="Walks of the stack that were begun."),
    Measure("frames_unwound", "frames unwound", about="Frames that the walks came by."),
    Measure("guard_hits", "guard hits", about="Saves that the guard turned away."),
    Measure(
        "owners_lost",
        "owners lost",
        about="Owner records that got dummy_handle or failure_handle instead of a stack.",
    ),
    Measure("deepest_recursion", "deepest recursion", about="Most saves under way in one task."),
    Measure("peak_stack_bytes", "peak stack", "bytes", "The most of a stack that was in use."),
    Measure(
        "depot_pages",
        "depot pages",
        about="Pages of the stack depot at the end: pools that hold records, and the spare.",
    ),
    Measure("simulated_ns", "simulated time", "ns", "A teaching clock, not a measurement."),
    Measure(
        "guard_instructions",
        "instructions of the guard",
        about="A model: one instruction a load, change and store, two a test or a compared entry.",
        inferred=True,
    ),
    Measure(
        "task_struct_bytes",
        "added to task_struct",
        "bytes",
        "What the guard's field adds to sizeof(task_struct) in this layout.",
    ),
)
"""Every measure, the most important first."""

_BY_LAYOUT = "task_struct_bytes"


def differences(
    traces: Sequence[Trace], plans: Sequence[Plan] | None = None
) -> tuple[Difference, ...]:
    """Return the measures of some runs: those that differ first, each part by importance.

    Args:
        traces: The runs.
        plans: What they were run from; without them a layout that was read from a file is not
            found again, and what a field adds to it stays unknown.
    """
    found = [
        _values(trace, plans[lane] if plans is not None else None)
        for lane, trace in enumerate(traces)
    ]
    rows = []
    several = any(trace.info.cpus > 1 or trace.info.interrupts for trace in traces)
    for about in MEASURES:
        if about.between_contexts and not several:
            continue
        values = tuple(each[about.measure] for each in found)
        rows.append(Difference(about, values, len(set(values)) > 1))
    return tuple(sorted(rows, key=lambda row: not row.differs))


def _values(trace: Trace, plan: Plan | None) -> dict[str, Value]:
    """Return a run's measures."""
    # A layout is a file that may be another one by now.
    return {**_lasting(trace), _BY_LAYOUT: added_task_bytes(trace, plan)}


@once_a_run
def _lasting(trace: Trace) -> dict[str, Value]:
    """Return the measures that stay; a run stands in many comparisons."""
    end = trace.state_at(len(trace) - 1)
    return {name: read(trace, end) for name, read in _READERS.items()}


def _count(name: str) -> Callable[[Trace, State], Value]:
    return lambda _trace, end: end.counts[name]


_READERS: dict[str, Callable[[Trace, State], Value]] = {
    "outcome": lambda trace, _end: trace.info.outcome,
    "lost_updates": lambda trace, _end: len(trace.positions(Kind.LOST_UPDATE)),
    "guards_left_set": lambda trace, _end: len(guards_left_set(trace)),
    "owners_lost": _count("owner_lost"),
    "peak_stack_bytes": lambda trace, _end: stack_summary(trace)["peak_bytes"],
    "depot_pages": lambda trace, _end: _depot_pages(trace),
    "simulated_ns": lambda _trace, end: end.clock_ns,
    "guard_instructions": lambda trace, _end: guard_instructions(trace),
    **{
        name: _count(name)
        for name in (
            "save_stack_calls",
            "unwinds",
            "frames_unwound",
            "guard_hits",
            "deepest_recursion",
        )
    },
}


def _depot_pages(trace: Trace) -> int:
    from core.trace.plotted import depot_signal

    return depot_signal(trace).value_at(len(trace) - 1)


def told(value: Value) -> str:
    """Return a value as people read it, without its unit."""
    if value is None:
        return "none"
    if isinstance(value, int):
        return f"{value:,}"
    return value.replace("_", " ")
