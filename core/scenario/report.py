"""A finished run as data: what ``ownerscope run --json`` prints and the window sums up."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np

from core.scenario.contexts import guards_left_set, interrupt_counts, lost_updates, owners_lost
from core.trace.events import SITE_MASK, Kind
from core.trace.short_circuit import RETURNS, essential_names, short_circuit_at
from core.trace.trace import Frame, Trace

SCHEMA = 1
MOST_SHORT_CIRCUITS = 100
MOST_LOST_UPDATES = 100


def report(trace: Trace, *, essential: bool = False) -> dict[str, Any]:
    """Return the run as plain data (schema 1).

    Args:
        trace: The run.
        essential: Keep only the functions of the mail's chain in stacks, under its names.
    """
    info = trace.info
    end = trace.state_at(len(trace) - 1)
    return {
        "schema": SCHEMA,
        "scenario": info.scenario,
        "kernel": info.kernel,
        "arch": info.arch,
        "unwinder": info.unwinder,
        "unwinder_note": info.unwinder_note,
        "layout": {
            "name": info.layout.name,
            "label": info.layout.label,
            "borrowed_for": info.layout.borrowed_for or None,
        },
        "guard": {
            "design": info.guard.design,
            "max_depth": info.guard.max_depth,
            "word": info.guard.word or None,
            "per_cpu": info.guard.per_cpu,
            "storage": _storage(trace),
            "left_set": guards_left_set(trace),
        },
        "cpus": info.cpus,
        "interrupts": interrupt_counts(trace),
        "outcome": info.outcome,
        "outcome_detail": info.outcome_detail,
        "warnings": list(info.warnings),
        "inferred": list(info.inferred),
        "counts": end.counts,
        "owners_lost": owners_lost(trace),
        "lost_updates": [update._asdict() for update in lost_updates(trace, MOST_LOST_UPDATES)],
        "stack": stack_summary(trace),
        "short_circuits": [
            _short_circuit(trace, int(position), essential)
            for position in trace.short_circuits[:MOST_SHORT_CIRCUITS]
        ],
        "events": len(trace),
        "simulated_ns": end.clock_ns,
    }


def _storage(trace: Trace) -> dict[str, int] | None:
    guard = trace.info.guard
    if not guard.unit_bytes:
        return None
    return {
        "byte_offset": guard.byte_offset,
        "bit_offset": guard.bit_offset,
        "bit_size": guard.bit_size,
    }


def _short_circuit(trace: Trace, position: int, essential: bool) -> dict[str, Any]:
    hit = short_circuit_at(trace, position)
    info = trace.info.tasks[hit.task]

    def names(functions: tuple[Any, ...]) -> list[str]:
        if essential:
            return essential_names(functions)
        return [function.name for function in functions]

    return {
        "event": position,
        "task": f"{info.comm}/{info.pid}",
        "stack": names(hit.stack),
        "avoided": names(hit.avoided),
        "returns": RETURNS,
    }


def deepest_position(trace: Trace) -> int:
    """Return the first position at which a stack is at its fullest, -1 for an empty trace."""
    if not len(trace):
        return -1
    signed = np.zeros(len(trace.sites), np.int32)
    for number, site in enumerate(trace.sites):
        if site.kind in (Kind.CALLED, Kind.RETURNED):
            size = trace.functions[site.function].stack_bytes
            signed[number] = size if site.kind is Kind.CALLED else -size
    starts = [at for at, _ in trace.task_switches]
    used_of = {task: 0 for _, task in trace.task_switches}
    best, best_at = -1, 0
    for (start, task), end in zip(trace.task_switches, [*starts[1:], len(trace)], strict=True):
        if start == end:
            continue
        used = np.cumsum(signed[trace.codes[start:end] & SITE_MASK], dtype=np.int32)
        used += used_of[task]
        at = int(np.argmax(used))
        if int(used[at]) > best:
            best, best_at = int(used[at]), start + at
        used_of[task] = int(used[-1])
    return best_at


def stack_summary(trace: Trace) -> dict[str, int | None]:
    """Return how full the stack got and how many levels of recursion were on it.

    ``levels`` counts the save_stack frames that lay wholly on the stack at its deepest;
    ``bytes_per_level`` is the distance most successive ones have, None below two.
    """
    info = trace.info
    frames = trace.frames_at(deepest_position(trace))
    room = info.thread_bytes - info.reserved_bytes
    saves = [f.used_bytes for f in frames if _is_save(f) and f.used_bytes <= room]
    gaps = Counter(inner - outer for outer, inner in pairwise(saves))
    peak = frames[-1].used_bytes + info.reserved_bytes if frames else info.reserved_bytes
    return {
        "thread_bytes": info.thread_bytes,
        "reserved_bytes": info.reserved_bytes,
        "peak_bytes": peak,
        "levels": len(saves),
        "bytes_per_level": gaps.most_common(1)[0][0] if gaps else None,
    }


def _is_save(frame: Frame) -> bool:
    return frame.function.name == "save_stack"
