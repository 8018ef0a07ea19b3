"""Exploring: complete runs a second, the search alone, memory, and the bundled scenarios."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import Any, NoReturn

import msgspec

from core.explore.budget import pack
from core.explore.explore import explore, kernel_subject
from core.explore.parts import search_for
from core.explore.reduction import Reduction
from core.explore.request import ExploreRequest
from core.explore.result import Bound
from core.explore.search import Pace, Search
from core.explore.subject import PointChooser, RunEnd
from core.explore.table import SeenStates
from core.kernel.choices import GO_ON, Option, Point, Way
from core.scenario.loader import bundled, open_scenario
from tests.bench.row import Row

SCENARIO = "wrong-word"
"""Two CPUs and a guard, some 90 events a run."""
COMPLETE_BOUND = Bound(preemptions=4, irqs=0, failures=0)
LEAST_RUNS_PER_S = 3000
PASSES = 3
MOST_US_A_POINT = 5.0
MANY_RUNS = 1_000_000
MOST_MIB = 500
MOST_S = 20.0
FULL_BOUND = Bound(preemptions=2, irqs=2, failures=0)


class Grid:
    """The cheapest subject there can be: tasks that each take so many steps, on a CPU each."""

    properties = ("none",)

    def __init__(self, tasks: int, steps: int) -> None:
        self.tasks, self.steps = tasks, steps
        self.at = [0] * tasks
        self.running = 0
        others = [
            tuple(Option(Way.CPU, other, other) for other in range(tasks) if other != task)
            for task in range(tasks)
        ]
        self.options = [(GO_ON, *others[task]) for task in range(tasks)]

    def run(self, chooser: PointChooser) -> RunEnd:
        self.at = at = [0] * self.tasks
        self.running = 0
        options, choose, steps, number = self.options, chooser.choose, self.steps, 0
        try:
            while True:
                chosen = choose(Point(number, self.running, "load", 0, options[self.running]))
                number += 1
                if chosen:
                    self.running = options[self.running][chosen].argument
                    continue
                at[self.running] += 1
                if at[self.running] > steps:
                    return RunEnd("completed", number)
        except KeyError:
            return RunEnd("pruned", number)

    def fingerprint(self) -> int:
        return hash((self.running, *self.at))

    def stack(self) -> int:
        return 0

    def abandon(self) -> NoReturn:
        raise KeyError

    def touched_by(self) -> dict[int, frozenset[int]]:
        return {0: frozenset(range(self.tasks))}

    def describe(self, option: Option) -> str:
        return f"cpu {option.cpu}"


def _request(name: str, **changes: Any) -> ExploreRequest:
    source = open_scenario(name)
    return msgspec.structs.replace(ExploreRequest(where=name, text=source.text, jobs=1), **changes)


def bench_complete_runs() -> list[Row]:
    """Runs to the end, neither pruned nor reduced, of the two-CPU guard scenario."""
    request = _request(SCENARIO, bound=COMPLETE_BOUND, pruning=False, reduction=False)
    subject = kernel_subject()(request)
    best, runs = 0.0, 0
    for _ in range(PASSES):
        search = search_for(subject, request, Reduction())
        began = time.process_time()
        search.go(LEAST_RUNS_PER_S)
        runs = search.tally.runs
        best = max(best, runs / (time.process_time() - began))
    end = subject.run(_Default())
    return [
        Row(
            f"{runs:,} complete runs of {SCENARIO}, {end.events} events each, one core",
            round(best),
            "runs/s",
            "",
            None,
            f"at least {LEAST_RUNS_PER_S:,} runs/s",
            best >= LEAST_RUNS_PER_S,
        )
    ]


class _Default:
    def choose(self, point: Point) -> int:
        return 0


def bench_search_overhead() -> list[Row]:
    """What the search adds to each point: a subject that costs nothing, with and without it."""
    grid = Grid(2, 400)
    bound = Bound(1, 0, 0)
    with_search = alone = float("inf")
    points = 0
    for _ in range(PASSES):
        began = time.process_time()
        search = Search(grid, pack(bound), seen=SeenStates(), reduction=Reduction({0: [0, 1]}))
        assert search.go() is Pace.DONE
        with_search = min(with_search, time.process_time() - began)
        points = search.tally.runs * search.tally.depth
        began = time.process_time()
        for _ in range(search.tally.runs):
            grid.run(_Default())
        alone = min(alone, time.process_time() - began)
    us = max(0.0, with_search - alone) / points * 1e6
    return [
        Row(
            f"the search at {points:,} points",
            round(us, 2),
            "us/point",
            f"the subject alone: {alone / points * 1e6:.2f} us/point",
            None,
            f"< {MOST_US_A_POINT:.0f} us/point",
            us < MOST_US_A_POINT,
        )
    ]


def bench_memory() -> list[Row]:
    """The most memory of a process that tries a million runs and remembers their states."""
    command = [sys.executable, "-m", "tests.bench.bench_explore"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    runs, states, mib, seconds = (float(word) for word in out.split())
    return [
        Row(
            f"memory over {runs:,.0f} runs and {states:,.0f} states ({runs / seconds:,.0f} runs/s)",
            round(mib),
            "MiB",
            "",
            None,
            f"under {MOST_MIB} MiB",
            mib < MOST_MIB,
        )
    ]


def bench_bundled() -> list[Row]:
    """Every bundled scenario with two interrupts and two switches, on two processes."""
    slowest, name, runs = 0.0, "", 0
    for each in bundled():
        began = time.perf_counter()
        done = explore(_request(each, bound=FULL_BOUND, jobs=2))
        seconds = time.perf_counter() - began
        assert done.complete
        if seconds > slowest:
            slowest, name, runs = seconds, each, done.runs
    return [
        Row(
            f"2 interrupts and 2 switches in {len(bundled())} scenarios; {name}: {runs:,} runs",
            round(slowest, 2),
            "s",
            "",
            None,
            f"under {MOST_S:.0f} s each on two cores",
            slowest < MOST_S,
        )
    ]


def _a_million_runs() -> None:
    """Print runs, states, MiB and seconds of a search that goes on for a million runs."""
    grid = Grid(4, 20)
    search = Search(grid, pack(Bound(6, 0, 0)), seen=SeenStates(), reduction=Reduction())
    began = time.perf_counter()
    while search.go(MANY_RUNS) is Pace.GREW:
        search = Search(
            grid, pack(Bound(6, 0, 0)), seen=SeenStates(), reduction=Reduction(grid.touched_by())
        )
    seconds = time.perf_counter() - began
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(search.tally.runs, search.tally.states, mib, seconds)


if __name__ == "__main__":
    _a_million_runs()
