"""Explorations as a worker hands them over, without one."""

from __future__ import annotations

from core.explore.result import (
    Bound,
    Counterexample,
    Exploration,
    GraphEdge,
    GraphNode,
    PropertyResult,
    StateGraph,
)

State = tuple[int, int, int, int, int]
NAMES = ("guard-clear", "no-lost-update", "no-deadlock", "no-overflow", "termination")
LOST = Counterexample(
    choices=("4 cpu 1",),
    events=61,
    switches=1,
    interrupts=0,
    event=40,
    sentence="the guard's bit stays set",
)
DEADLOCK = Counterexample(
    choices=("3 interrupt nic", "9 preempt kworker/17"),
    events=88,
    switches=1,
    interrupts=1,
    event=80,
    sentence="the script lock is taken twice",
)


def two_tasks(steps: int = 6, switches: int = 2, interrupts: int = 1) -> StateGraph:
    """Return the states of two tasks of so many steps that may be switched between.

    A state is how far each of them is and who runs, with what may still happen. A run in which all
    of that happened ends badly.
    """
    nodes: dict[State, int] = {}
    found: list[GraphNode] = []
    edges: list[GraphEdge] = []
    waiting: list[tuple[State, int]] = []

    def number(state: State, depth: int, choices: tuple[str, ...]) -> int:
        if state not in nodes:
            nodes[state] = len(found)
            one, two, _, left, irqs = state
            ended = one == steps and two == steps
            broken = NAMES[0] if ended and not left and not irqs else ""
            found.append(GraphNode(depth, "completed" if ended else "", broken, choices))
            waiting.append((state, depth))
        return nodes[state]

    number((0, 0, 0, switches, interrupts), 0, ())
    while waiting:
        state, depth = waiting.pop(0)
        one, two, who, left, irqs = state
        here = nodes[state]
        choices = found[here].choices
        if found[here].outcome:
            continue
        ways: list[tuple[State, str, tuple[str, ...]]] = []
        at, other = (one, two) if who == 0 else (two, one)
        if at < steps:
            after = (one + 1, two) if who == 0 else (one, two + 1)
            ways.append(((*after, who, left, irqs), "go_on", choices))
            if left and other < steps:
                more = (*choices, f"{depth} cpu {1 - who}")
                ways.append(((one, two, 1 - who, left - 1, irqs), "cpu", more))
            if irqs and at == steps // 2:
                more = (*choices, f"{depth} interrupt nic")
                ways.append(((one, two, who, left, irqs - 1), "interrupt", more))
        else:
            ways.append(((one, two, 1 - who, left, irqs), "cpu", choices))
        for reached, way, made in ways:
            edges.append(GraphEdge(here, number(reached, depth + 1, made), way))
    return StateGraph(tuple(found), tuple(edges))


def verified(
    runs: int = 41_872, graph: StateGraph | None = None, *, complete: bool = True
) -> Exploration:
    """Return an exploration that found nothing."""
    held = tuple(PropertyResult(name, holds=True) for name in NAMES)
    return Exploration(
        "two-cpus", Bound(2, 2, 0), runs, 1_210, runs // 2, 9.5,
        "verified" if complete else "incomplete", held, complete=complete, graph=graph, depth=61,
        owners_lost={"in an interrupt": 2},
    )  # fmt: skip


def broken(graph: StateGraph | None = None, *, complete: bool = True) -> Exploration:
    """Return an exploration with two counterexamples."""
    results = [
        PropertyResult("guard-clear", holds=False, counterexample=LOST),
        PropertyResult("no-lost-update", holds=True),
        PropertyResult("no-deadlock", holds=False, counterexample=DEADLOCK),
        PropertyResult("no-overflow", holds=True),
        PropertyResult("termination", holds=True),
    ]
    return Exploration(
        "two-cpus", Bound(2, 1, 0), 3_104, 412, 2_000, 1.25, "counterexample", tuple(results),
        complete=complete, graph=graph, depth=61,
    )  # fmt: skip
