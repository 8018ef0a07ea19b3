"""Four long runs side by side: how fast they are aligned, and how fast they are scrubbed."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial
from random import Random

from core.compare.alignment import Alignment
from core.scenario.loader import open_scenario
from core.scenario.run import Overrides, plan, run
from core.trace.trace import Trace
from tests.bench.row import Row

LANES = (("uint", 2), ("bit2", 2), ("bit2", 3), ("uint", 1))
EVENTS = 1_000_000
MOST_BUILD_S = 1.5
MOST_FRAME_MS = 16.0
STEPS = 2_000
PASSES = 3


@cache
def four_lanes() -> tuple[Trace, ...]:
    """Four runs of a million events each that part in every operation, their calls indexed."""
    source = open_scenario("depth-law")
    traces = []
    for guard, depth in LANES:
        overrides = Overrides(guard=guard, max_depth=depth, budget_events=EVENTS)
        trace = run(plan(source, {"events": 100_000}, overrides))
        assert len(trace) == EVENTS
        assert len(trace.parents) == EVENTS
        traces.append(trace)
    return tuple(traces)


def _best_s(work: Callable[[], object]) -> float:
    """Seconds that something takes, the best of some passes."""
    best = float("inf")
    for _ in range(PASSES):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def _p99_s(work: Callable[[int], object], moments: list[int]) -> float:
    """Seconds that all but the slowest hundredth take at most, each the best of some passes.

    A busy machine interrupts a loop of 20 us often enough to be most of a p99; the same moment in
    passes far apart is not interrupted in all of them.
    """
    best = [float("inf")] * len(moments)
    for _ in range(PASSES):
        for at, moment in enumerate(moments):
            start = time.perf_counter()
            work(moment)
            best[at] = min(best[at], time.perf_counter() - start)
    return sorted(best)[len(moments) * 99 // 100]


def _without_indexes(trace: Trace) -> Trace:
    return Trace(trace.codes, trace.sites, trace.functions, trace.values, trace.wide, trace.info)


def bench_align() -> list[Row]:
    """Building the axis, for lanes that part in every operation and for lanes that never do.

    Held against the index of enclosing calls, which every trace needs anyway.
    """
    traces = four_lanes()
    index_s = _best_s(lambda: [_without_indexes(trace).parents for trace in traces])
    rows = []
    for name, lanes in (
        ("four lanes of a million events aligned", traces),
        ("one lane of them four times", traces[:1] * 4),
    ):
        seconds = _best_s(partial(Alignment, lanes))
        alignment = Alignment(lanes)
        megabytes = alignment.nbytes / 1e6
        rows.append(
            Row(
                name=f"{name}: {len(alignment.parting_moments):,} partings, {megabytes:.1f} MB",
                measured=round(seconds, 3),
                unit="s",
                compared_with=f"enclosing calls of the four: {index_s:.3f} s",
                ratio=index_s / seconds,
                target=f"under {MOST_BUILD_S} s, with the calls",
                ok=seconds + index_s < MOST_BUILD_S,
            )
        )
    return rows


def bench_scrub() -> list[Row]:
    """One frame of scrubbing: where the lanes stand, and the whole state of each there."""
    traces = four_lanes()
    alignment = Alignment(traces)
    for trace in traces:
        trace.state_at(0)
    chance = Random(1)
    moments = [chance.randrange(alignment.moments) for _ in range(STEPS)]

    def scrub(moment: int) -> None:
        for trace, position in zip(traces, alignment.positions_at(moment), strict=True):
            trace.state_at(position)

    frame_ms = _p99_s(scrub, moments) * 1e3
    stand_us = _p99_s(alignment.positions_at, moments) * 1e6
    loop_ms = _p99_s(lambda _: sum(range(1600)), moments) * 1e3
    return [
        Row(
            name="scrub four lanes of a million events, p99 a frame",
            measured=round(frame_ms, 3),
            unit="ms",
            compared_with=f"sum(range(1600)): {loop_ms:.3f} ms",
            ratio=frame_ms / loop_ms,
            target=f"under {MOST_FRAME_MS:g} ms",
            ok=frame_ms < MOST_FRAME_MS,
        ),
        Row(
            name="where four lanes stand at a moment, p99",
            measured=round(stand_us, 1),
            unit="µs",
            compared_with="",
            ratio=None,
            target="under 50 µs",
            ok=stand_us < 50,
        ),
    ]
