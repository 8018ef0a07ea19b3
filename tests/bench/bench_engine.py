"""Speed of the engine and of moving through a long run."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator
from functools import cache
from typing import Any

import simpy

from core.scenario.loader import open_scenario
from core.scenario.run import Overrides, plan, run
from core.trace.trace import Trace
from tests.bench.row import Row

TOP_LEVEL_EVENTS = 13_000
DEPTH = 3
SIMPY_EVENTS = 1_000_000
SEEKS = 20_000
PASSES = 3
MOST_BYTES_AN_EVENT = 12
MOST_SEEK_US = 50


@cache
def long_run() -> tuple[Trace, float, float]:
    """A depth-law run of over 10 million events, the seconds it took, those its indexes took."""
    planned = plan(
        open_scenario("depth-law"),
        {"events": TOP_LEVEL_EVENTS},
        Overrides(guard="uint", max_depth=DEPTH),
    )
    start = time.perf_counter()
    trace = run(planned)
    seconds = time.perf_counter() - start
    assert len(trace) >= 10_000_000
    assert trace.info.outcome == "completed"
    start = time.perf_counter()
    trace.state_at(0)
    return trace, seconds, time.perf_counter() - start


def simpy_events_per_second() -> float:
    """How many timeout events simpy runs a second in this very process."""

    def waiter(environment: simpy.Environment) -> Generator[Any, Any, None]:
        for _ in range(SIMPY_EVENTS):
            yield environment.timeout(1)

    environment = simpy.Environment()
    environment.process(waiter(environment))
    start = time.perf_counter()
    environment.run()
    return SIMPY_EVENTS / (time.perf_counter() - start)


def bench_simulation() -> list[Row]:
    """Events a second against simpy's, and bytes an event."""
    trace, seconds, _ = long_run()
    ours, theirs = len(trace) / seconds, simpy_events_per_second()
    bytes_an_event = trace.nbytes / len(trace)
    return [
        Row(
            name=f"depth-law, {len(trace) / 1e6:.1f} million events",
            measured=round(ours / 1e6, 2),
            unit="million events/s",
            compared_with=f"simpy timeouts: {theirs / 1e6:.2f} million/s",
            ratio=ours / theirs,
            target="faster than simpy",
            ok=ours > theirs,
        ),
        Row(
            name="trace and its indexes",
            measured=round(bytes_an_event, 2),
            unit="bytes/event",
            compared_with="",
            ratio=None,
            target=f"at most {MOST_BYTES_AN_EVENT}",
            ok=bytes_an_event <= MOST_BYTES_AN_EVENT,
        ),
    ]


def _sorted_best_us(work: Callable[[int], object], positions: list[int]) -> list[float]:
    """Microseconds each call takes, the best of three passes, sorted.

    A busy machine interrupts a loop of 20 us often enough to be most of a p99; the same position
    in three passes far apart is not interrupted three times.
    """
    best = [float("inf")] * len(positions)
    for _ in range(PASSES):
        for at, position in enumerate(positions):
            start = time.perf_counter()
            work(position)
            best[at] = min(best[at], (time.perf_counter() - start) * 1e6)
    return sorted(best)


def bench_seek() -> list[Row]:
    """The whole state at random positions: stack, word, clock, counts."""
    trace, _, index_seconds = long_run()
    chance = random.Random(1)
    positions = [chance.randrange(len(trace)) for _ in range(SEEKS)]
    times = _sorted_best_us(trace.state_at, positions)
    loop = _sorted_best_us(lambda _: sum(range(1600)), positions)
    p99_us, loop_us = times[SEEKS * 99 // 100], loop[SEEKS * 99 // 100]
    return [
        Row(
            name="seek at random, p99",
            measured=round(p99_us, 1),
            unit="µs",
            compared_with=f"median {times[SEEKS // 2]:.1f} µs; sum(range(1600)): {loop_us:.1f} µs",
            ratio=p99_us / loop_us,
            target=f"under {MOST_SEEK_US} µs",
            ok=p99_us < MOST_SEEK_US,
        ),
        Row(
            name="indexes of the trace, built once",
            measured=round(index_seconds, 2),
            unit="s",
            compared_with="",
            ratio=None,
            target="reported",
            ok=True,
        ),
    ]
