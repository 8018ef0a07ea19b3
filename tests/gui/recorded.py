"""A recorded run for the window: calls and times, nothing that only a simulation has."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from core.trace.events import Kind
from core.trace.info import GuardInfo, LayoutInfo, RecordingInfo, TaskInfo, TraceInfo
from core.trace.trace import Trace
from tests.runs import bundled_run

_RECORDED = (Kind.CALLED, Kind.RETURNED, Kind.SHORT_CIRCUITED, Kind.WALK_STARTED)


@cache
def recorded_run(guard_hits: int | None = 2) -> Trace:
    """Return depot-growth as a tracer would have recorded it, an event every 100 ns."""
    plain = bundled_run("depot-growth")
    kept = [at for at in range(len(plain)) if plain.kind(at) in _RECORDED]
    recording = RecordingInfo(
        format="function_graph", title="guard-graph.txt", cpus=1, guard_hits=guard_hits,
        duration_ns=(len(kept) - 1) * 100,
    )  # fmt: skip
    info = TraceInfo(
        scenario="guard-graph.txt", kernel="", arch="", unwinder="",
        guard=GuardInfo("unknown", 0), layout=LayoutInfo("", "", 0), thread_bytes=0,
        page_bytes=4096, tasks=(TaskInfo(40, "sh"),), recording=recording,
    )  # fmt: skip
    functions = [replace(function, stack_bytes=0) for function in plain.functions]
    times = np.arange(len(kept), dtype=np.int64) * 100
    return Trace(plain.codes[kept], plain.sites, functions, plain.values, {}, info, None, times)
