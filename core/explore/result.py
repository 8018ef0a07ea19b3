"""What an exploration comes to: plain data, for the terminal, the window and files."""

from __future__ import annotations

import msgspec

SCHEMA = 1

VERIFIED, COUNTEREXAMPLE, INCOMPLETE = "verified", "counterexample", "incomplete"
"""Verdicts; the last one where an exploration was stopped before it found anything."""


class Bound(msgspec.Struct, frozen=True):
    """How much may happen in one run.

    Attributes:
        preemptions: Switches away from a task that could have gone on.
        irqs: Interrupts.
        failures: Allocations that fail.
    """

    preemptions: int = 2
    irqs: int = 1
    failures: int = 0


class Counterexample(msgspec.Struct, frozen=True):
    """The shortest run that breaks a property.

    Attributes:
        choices: What happens at which point, as a scenario writes it ("5 interrupt nic").
        events: Events of the run.
        switches: Switches away from a task that could have gone on.
        interrupts: Interrupts that came.
        event: Position of the event that breaks the property.
        sentence: What happened, in plain words.
        failures: Allocations that failed.
    """

    choices: tuple[str, ...]
    events: int
    switches: int
    interrupts: int
    event: int = -1
    sentence: str = ""
    failures: int = 0


class PropertyResult(msgspec.Struct, frozen=True):
    """Whether a property held in every run."""

    name: str
    holds: bool
    counterexample: Counterexample | None = None


class GraphNode(msgspec.Struct, frozen=True):
    """A state of a small state space.

    Attributes:
        depth: Points from the start (the longest way that was taken first).
        outcome: How the run that ends here ended, empty where it goes on.
        broken: The property that a run breaks at its end here, or empty.
        choices: The choices that lead here.
    """

    depth: int
    outcome: str
    broken: str
    choices: tuple[str, ...]


class GraphEdge(msgspec.Struct, frozen=True):
    """A step between two states; ``way`` is go_on, cpu, preempt, interrupt, fail or migrate."""

    start: int
    end: int
    way: str


class StateGraph(msgspec.Struct, frozen=True):
    """The state space, where it is small enough to be drawn; node 0 is the start."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


class Progress(msgspec.Struct, frozen=True):
    """How far an exploration is.

    Attributes:
        runs: Runs so far, those given up early included.
        states: Different states seen.
        pruned: Runs given up because their state had been seen.
        frontier: Starts of runs still to be tried.
        cost: Switches, interrupts and failures of the runs tried now.
        seconds: Since the start.
        broken: Names of the properties broken so far.
    """

    runs: int
    states: int
    pruned: int
    frontier: int
    cost: int
    seconds: float
    broken: tuple[str, ...] = ()


class Exploration(msgspec.Struct, frozen=True):
    """The answer.

    Attributes:
        complete: Whether everything within the bound was tried; False where it was stopped.
        owners_lost: The most pages that lost their owner in a run, by reason.
        depth: The most points a run came by.
        warnings: What the user should know besides.
        graph: The state space where it was small and asked for.
    """

    scenario: str
    bound: Bound
    runs: int
    states: int
    pruned: int
    seconds: float
    verdict: str
    properties: tuple[PropertyResult, ...]
    schema: int = SCHEMA
    complete: bool = True
    owners_lost: dict[str, int] = {}
    depth: int = 0
    warnings: tuple[str, ...] = ()
    graph: StateGraph | None = None
