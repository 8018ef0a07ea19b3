"""What the timeline says in words: about a call, about a moment, and on its ruler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.trace.explain import explain, task_name
from gui.widgets.sentences import time_text

if TYPE_CHECKING:
    from core.trace.call_spans import CallSpans
    from core.trace.trace import Trace

_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"))


def part_title(trace: Trace, first: int, last: int) -> str:
    """Return which part of which run a picture shows."""
    info = trace.info
    if info.recording is not None:
        return f"{info.scenario}: events {max(1, first + 1):,} to {last + 1:,} of {len(trace):,}"
    guard = "no guard" if info.guard.design == "none" else f"guard {info.guard.design}"
    events = f"events {max(1, first + 1):,} to {last + 1:,} of {len(trace):,}"
    return f"{info.scenario}, Linux {info.kernel} {info.arch}, {guard}: {events}"


def tick_text(value: float, step: float, mode: str) -> str:
    """Return what the ruler writes at a value: an event's number from 1, or a time."""
    if mode == "order":
        return f"{round(value) + 1:,}"
    for size, unit in _UNITS:
        if step >= size:
            return f"{value / size:,.0f} {unit}"
    return f"{value:,.0f} ns"


def call_lines(trace: Trace, spans: CallSpans, span: int) -> list[str]:
    """Return what there is to say about a call, the most important first."""
    call, end = int(spans.calls[span]), int(spans.ends[span])
    function = trace.function(call)
    returned = end < len(trace)
    last = end if returned else len(trace) - 1
    # A call takes its own event too: as functions and saves are counted.
    total_ns = trace.clock_ns(last) - trace.begin_ns(call)
    own_ns = total_ns - _inside_ns(trace, spans, span, last)
    stack = trace.frames_at(call)
    inferred = " (inferred)" if function.inferred else ""
    lines = [
        f"{function.name}",
        f"Events {call + 1:,} to {last + 1:,}: {last - call + 1:,}, {time_text(total_ns)}, "
        f"of these {time_text(own_ns)} in itself",
    ]
    if trace.info.recording is None:
        lines.append(
            f"{function.stack_bytes:,} bytes{inferred} on the stack, "
            f"{stack[-1].used_bytes:,} in use"
        )
    if spans.levels[span] > 1:
        lines.append(f"In save {int(spans.levels[span])} of a recursion")
    if not returned:
        lines.append("It never returned")
    lines.append(explain(trace, call))
    return lines


def _inside_ns(trace: Trace, spans: CallSpans, span: int, last: int) -> int:
    """Simulated time in the calls that a call made itself."""
    row = spans.row_of(span)
    own = spans.rows[row]
    below = spans.row_number(own.task, own.depth + 1)
    if below is None:
        return 0
    rows = spans.rows[below]
    calls = spans.calls[rows.first : rows.last]
    first, after = calls.searchsorted([spans.calls[span], min(last, 2**31 - 1)]).tolist()
    if first == after:
        return 0
    ends = spans.ends[rows.first + first : rows.first + after].clip(max=last)
    clock = trace.clock
    return int((clock.at(ends) - clock.begins(calls[first:after])).sum())


def cpu_lines(trace: Trace, cpu: int, position: int) -> list[str]:
    """Return what there is to say about a CPU at a position, who runs first."""
    cpus = trace.cpus
    task = cpus.current(cpu, position)
    name = f"CPU {cpu}" if trace.info.recording is None else "CPU"
    if task < 0:
        return [f"{name}: idle", f"At event {position + 1:,}"]
    lines = [f"{name}: {task_name(trace, task)}"]
    if position >= 0 and cpus.cpu_at(position) == cpu:
        lines.append(f"Event {position + 1:,}: {explain(trace, position)}")
    else:
        lines.append(f"Another CPU goes on at event {position + 1:,}")
    if cpus.plain:
        return lines
    numbers = cpus.interrupts.numbers[list(cpus.interrupts_on(task, position))]
    lines += [f"In interrupt {trace.info.interrupts[number].name}" for number in numbers]
    waits = (lock for waiter, lock in cpus.waits_at(position) if waiter == task)
    lines += [f"Spins on {trace.info.locks[lock]}" for lock in waits]
    off = cpus.irqs_off
    if any(int(off.cpus[one]) == cpu for one in off.at(position)):
        lines.append("Takes no interrupts")
    return lines


def place_text(trace: Trace, spans: CallSpans, row: int, position: int) -> str:
    """Return row and column of the focus, for a screen reader."""
    kept = spans.rows[row]
    task = trace.info.tasks[kept.task]
    lane = f"{task.label}, " if len(trace.info.tasks) > 1 else ""
    span = spans.at(row, position)
    head = f"{lane}row {kept.depth + 1} of {spans.depths[kept.task]}"
    if span is None:
        return f"{head}: nothing at event {position + 1:,} of {len(trace):,}"
    name = trace.function(int(spans.calls[span])).name
    level = int(spans.levels[span])
    nested = f", save {level} of a recursion" if level > 1 else ""
    return f"{head}: {name}{nested}, event {position + 1:,} of {len(trace):,}"
