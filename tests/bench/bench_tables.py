"""Speed of what is read off a long run: the forest of saves, the table of functions, a search."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.trace.events import SITE_MASK, Kind
from core.trace.function_table import FunctionIndex, function_table, range_counts
from core.trace.save_tree import SaveTree
from core.trace.search import search
from core.trace.trace import Trace
from tests.bench.bench_engine import long_run
from tests.bench.row import Row

SLICE_EVENTS = 200_000
SAVES = 1_000_000
PASSES = 3
MOST_TABLE_MS = 150
MOST_TREE_S = 1.0


def best_seconds(work: Callable[[], object]) -> float:
    """The best of some passes: a busy machine interrupts one, not all."""
    times = []
    for _ in range(PASSES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def saves_by_hand(trace: Trace, events: int) -> list[list[int]]:
    """The same columns as the forest has, with a stack, an event at a time."""
    sites = [(site.kind, trace.functions[site.function].name, site.cost_ns) for site in trace.sites]
    nodes: list[list[int]] = []  # call, end, parent, level, events, ns, frames, walked, hit
    stack: list[int] = []
    for position, code in enumerate(trace.codes[:events].tolist()):
        kind, name, cost_ns = sites[code & SITE_MASK]
        if kind == Kind.CALLED and name == "save_stack":
            parent = stack[-1] if stack else -1
            nodes.append([position, -1, parent, len(stack) + 1, 0, 0, 0, 0, 0])
            stack.append(len(nodes) - 1)
        if stack:
            node = nodes[stack[-1]]
            node[4] += 1
            node[5] += cost_ns
            node[6] += kind == Kind.FRAME_UNWOUND
            node[7] += kind == Kind.WALK_STARTED
            node[8] += kind == Kind.SHORT_CIRCUITED
        if kind == Kind.RETURNED and name == "save_stack":
            nodes[stack.pop()][1] = position
    return nodes


def functions_by_hand(trace: Trace, events: int) -> dict[str, list[int]]:
    """Calls, time and own time by function, with a stack, an event at a time."""
    sites = [(site.kind, trace.functions[site.function].name, site.cost_ns) for site in trace.sites]
    found: dict[str, list[int]] = {}
    stack: list[tuple[str, int]] = []
    on_stack: dict[str, int] = {}
    clock_ns = 0
    for code in trace.codes[:events].tolist():
        kind, name, cost_ns = sites[code & SITE_MASK]
        row = found.setdefault(name, [0, 0, 0])
        row[2] += cost_ns
        if kind == Kind.CALLED:
            row[0] += 1
            stack.append((name, clock_ns))
            on_stack[name] = on_stack.get(name, 0) + 1
        clock_ns += cost_ns
        if kind == Kind.RETURNED:
            _, start_ns = stack.pop()
            on_stack[name] -= 1
            if not on_stack[name]:
                row[1] += clock_ns - start_ns
    return found


def bench_save_tree() -> list[Row]:
    """All saves of a long run with their costs, against a plain loop over a part of it."""
    trace, _, _ = long_run()
    saves = len(SaveTree(trace))
    seconds = best_seconds(lambda: SaveTree(trace))
    loop = best_seconds(lambda: saves_by_hand(trace, SLICE_EVENTS)) * len(trace) / SLICE_EVENTS
    million = seconds * SAVES / saves
    return [
        Row(
            name=f"save tree, {saves:,} saves in {len(trace) / 1e6:.1f} million events",
            measured=seconds,
            unit="s",
            compared_with=f"plain loop {loop:.1f} s; a million such saves {million:.2f} s",
            ratio=loop / seconds,
            target=f"under {MOST_TREE_S:.0f} s",
            ok=seconds < MOST_TREE_S,
        )
    ]


def bench_function_table() -> list[Row]:
    """The table of functions over the whole run and over a third of it, and its index."""
    trace, _, _ = long_run()
    start = time.perf_counter()
    index = FunctionIndex(trace)
    index_s = time.perf_counter() - start
    function_table(trace)  # the index it keeps
    whole = best_seconds(lambda: function_table(trace))
    first, last = len(trace) // 3 + 17, 2 * len(trace) // 3 + 5
    part = best_seconds(lambda: function_table(trace, first, last))
    counts = best_seconds(lambda: range_counts(trace, first, last))
    loop = best_seconds(lambda: functions_by_hand(trace, SLICE_EVENTS)) * len(trace) / SLICE_EVENTS
    return [
        Row(
            name="function table, whole run",
            measured=whole * 1e3,
            unit="ms",
            compared_with=f"plain loop {loop:.1f} s; a third of the run {part * 1e3:.1f} ms",
            ratio=loop / whole,
            target=f"under {MOST_TABLE_MS} ms",
            ok=max(whole, part) * 1e3 < MOST_TABLE_MS,
        ),
        Row(
            name="its index, built once",
            measured=index_s,
            unit="s",
            compared_with=f"{index.nbytes / len(trace):.2f} bytes/event; the counts of a third of "
            f"the run {counts * 1e3:.2f} ms",
            ratio=loop / index_s,
            target="reported",
            ok=True,
        ),
    ]


def bench_search() -> list[Row]:
    """A regular expression over the functions of the whole run."""
    trace, _, _ = long_run()
    seconds = best_seconds(lambda: search(trace, "page_owner|save_"))
    return [
        Row(
            name=f"search, {len(search(trace, 'page_owner|save_')):,} hits",
            measured=seconds * 1e3,
            unit="ms",
            compared_with="",
            ratio=None,
            target="reported",
            ok=True,
        )
    ]
