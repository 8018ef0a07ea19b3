"""A run told in the terminal: the chain, the moment it was cut, and what it came to."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.guards.catalog import DESIGNS, STORIES
from core.scenario.contexts import (
    LOSSES,
    guards_left_set,
    interrupt_counts,
    lost_updates,
    owners_lost,
)
from core.scenario.report import deepest_position, report, stack_summary
from core.trace.events import Function
from core.trace.explain import explain
from core.trace.short_circuit import short_circuit_at
from core.trace.trace import Trace

_INDENT = "  "
_WORDS = {
    "current": ", in the word that only current writes",
    "serialized": ", in the word that other CPUs write under the scheduler's locks",
}
_MOST_FRAMES = 40
_MOST_LOST_UPDATES = 10


def tell(trace: Trace, title: str, essential: bool, console: Console | None = None) -> None:
    """Print what happened in a run.

    Args:
        trace: The run.
        title: Title of its scenario.
        essential: Show only the functions of the mail's chain, under its names.
        console: Where to print, the terminal if not given.
    """
    console = console or Console(highlight=False, soft_wrap=True)
    info = trace.info
    console.print(f"[bold]{escape(title)}[/]")
    console.print(
        f"kernel {info.kernel} on {info.arch}, unwinder {info.unwinder}, "
        f"guard {info.guard.design}: {DESIGNS[info.guard.design]}, "
        f"maximum depth {info.guard.max_depth}"
    )
    console.print(f"[dim]{escape(STORIES[info.guard.design])}[/]")
    console.print(f"[dim]{escape(info.unwinder_note)}[/]")
    _tell_storage(trace, console)
    for warning in info.warnings:
        console.print(f"[yellow]warning:[/] {escape(warning)}")
    console.print()
    if len(trace.short_circuits):
        _tell_short_circuit(trace, int(trace.short_circuits[0]), essential, console)
    elif len(trace):
        _tell_deepest(trace, essential, console)
    _tell_outcome(trace, console)
    _tell_contexts(trace, console)
    console.print(_count_table(trace))
    for note in info.inferred:
        console.print(f"[dim]inferred: {escape(note)}[/]")


def _tell_storage(trace: Trace, console: Console) -> None:
    guard, layout = trace.info.guard, trace.info.layout
    if not guard.unit_bytes:
        return
    bits = f"{guard.bit_size} bit{'s' if guard.bit_size > 1 else ''}"
    if guard.per_cpu:
        console.print(f"{guard.field}: {bits} for each CPU, none in task_struct")
        return
    borrowed = f", borrowed for {layout.borrowed_for}" if layout.borrowed_for else ""
    console.print(
        f"{guard.field}: {bits} at byte {guard.byte_offset}, bit {guard.bit_offset} of task_struct "
        f"({escape(layout.label)}{escape(borrowed)}){_WORDS.get(guard.word, '')}"
    )


def _names(functions: tuple[Function, ...], essential: bool) -> list[str]:
    if essential:
        return [function.essential for function in functions if function.essential]
    return [function.name for function in functions]


def _tell_short_circuit(trace: Trace, position: int, essential: bool, console: Console) -> None:
    hit = short_circuit_at(trace, position)
    names = _names(hit.stack, essential)
    _print_stack(names, console)
    console.print(f"{_INDENT * len(names)}[bold green]✔ {escape(explain(trace, position))}[/]")
    avoided = _names(hit.avoided, essential)
    for depth, name in enumerate(avoided):
        console.print(f"{_INDENT * (len(names) + depth)}[dim]┄ {escape(name)}[/]")
    console.print(f"{_INDENT * (len(names) + len(avoided))}[dim]┄ … avoided[/]\n")


def _tell_deepest(trace: Trace, essential: bool, console: Console) -> None:
    frames = trace.frames_at(deepest_position(trace))
    _print_stack(_names(tuple(frame.function for frame in frames), essential), console)
    console.print()


def _print_stack(names: list[str], console: Console) -> None:
    kept = names
    if len(names) > _MOST_FRAMES:
        half = _MOST_FRAMES // 2
        kept = [*names[:half], f"… {len(names) - 2 * half} frames …", *names[-half:]]
    seen: set[str] = set()
    for depth, name in enumerate(kept):
        style = "bold" if name in seen else "default"
        seen.add(name)
        console.print(f"{_INDENT * depth}[{style}]{escape(name)}[/]")


def _tell_outcome(trace: Trace, console: Console) -> None:
    info = trace.info
    if info.outcome == "completed":
        console.print("[green]completed[/]")
    else:
        last = explain(trace, len(trace) - 1) if len(trace) else ""
        console.print(f"[bold red]{info.outcome}[/]  {escape(last)}")
    stack = stack_summary(trace)
    per_level = f", {stack['bytes_per_level']:,} bytes a level" if stack["bytes_per_level"] else ""
    console.print(
        f"stack: {stack['peak_bytes']:,} of {stack['thread_bytes']:,} bytes, "
        f"{stack['levels']} saves on it at its deepest{per_level}"
    )


def _tell_contexts(trace: Trace, console: Console) -> None:
    """Tell what other CPUs and interrupts did, where there are any."""
    info = trace.info
    if info.cpus == 1 and not info.interrupts:
        return
    came = ", ".join(f"{name} {often:,}" for name, often in interrupt_counts(trace).items())
    cpus = f"{info.cpus} CPUs" if info.cpus > 1 else "1 CPU"
    console.print(escape(f"{cpus}, interrupts: {came or 'none'}"))
    updates = lost_updates(trace)
    for update in updates[:_MOST_LOST_UPDATES]:
        whose = "its own word" if update.kept_by == update.of else f"the word of {update.of}"
        told = f"{update.kept_by} stored {whose} as it was before {update.lost_by} wrote"
        console.print(
            f"[bold red]lost update[/] at event {update.event:,}: {escape(told)} "
            f"{escape(update.field)}"
        )
    if len(updates) > _MOST_LOST_UPDATES:
        console.print(f"… and {len(updates) - _MOST_LOST_UPDATES:,} more lost updates")
    left_set = guards_left_set(trace)
    if left_set:
        said = f"of {', '.join(left_set)}, though no save is under way any more"
        console.print(f"[bold red]guard left set[/]: {escape(said)}")
    for reason, pages in owners_lost(trace).items():
        if pages:
            console.print(f"{pages:,} owner{'s' if pages > 1 else ''} lost: {LOSSES[reason]}")


def _count_table(trace: Trace) -> Table:
    data = report(trace)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    for name, value in data["counts"].items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    table.add_row("events", f"{data['events']:,}")
    table.add_row("simulated time", f"{data['simulated_ns']:,} ns")
    return table
