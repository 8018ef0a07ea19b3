"""An exploration told in the terminal: the proof, or the counterexample as a short story."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from core.explore.properties import PROPERTIES
from core.explore.request import ExploreRequest
from core.explore.result import VERIFIED, Exploration, PropertyResult
from core.explore.saving import scenario_text
from core.explore.sweep import Row, label
from core.explore.words import breaks_with, counted, sentence, simplest, spent
from core.scenario.loader import parse
from core.scenario.run import plan
from core.scenario.run import run as simulate
from core.trace.events import Kind
from core.trace.explain import explain
from core.trace.trace import Trace

_TURNS = frozenset(
    {Kind.TASK_SWITCHED, Kind.INTERRUPTED, Kind.INTERRUPT_ENDED, Kind.TASK_MIGRATED, Kind.STOPPED}
)
_STEPS = frozenset(
    {
        Kind.LOADED,
        Kind.STORED,
        Kind.SHORT_CIRCUITED,
        Kind.FIELD_LOADED,
        Kind.FIELD_STORED,
        Kind.LOCK_TAKEN,
        Kind.LOCK_SPUN,
        Kind.ALLOCATION_FAILED,
        Kind.LOST_UPDATE,
        Kind.TASK_WOKEN,
    }
)
"""What contexts can notice of each other."""

_MOST_LINES = 24
_NO_TERMINAL_WIDTH = 1000


def tell(done: Exploration, request: ExploreRequest, console: Console | None = None) -> None:
    """Print what an exploration came to.

    Args:
        done: The answer.
        request: What was asked.
        console: Where to print, the terminal if not given.
    """
    console = _console(console)
    style = "bold green" if done.verdict == VERIFIED else "bold red"
    console.print(f"[{style}]{escape(sentence(done))}[/]")
    for each in done.properties:
        mark = "[red]broken[/]"
        if each.holds:
            mark = "[green]holds [/]" if done.complete else "[yellow]so far[/]"
        about = PROPERTIES.get(each.name, "")
        console.print(f"  {mark} [bold]{escape(each.name)}[/]  {escape(about)}")
    for reason, pages in done.owners_lost.items():
        owner = "its owner" if pages == 1 else "their owners"
        lost = f"at most {counted(pages, 'page')} lost {owner}: {escape(reason)}"
        console.print(f"[dim]{lost}[/]")
    broken = simplest(done)
    if broken is not None:
        console.print()
        _tell_story(broken, request, console)
    for warning in done.warnings:
        console.print(f"[yellow]warning: {escape(warning)}[/]")
    console.print(
        f"[dim]{counted(done.runs, 'run')}, {done.pruned:,} of them given up early, "
        f"{counted(done.states, 'state')}, {done.seconds:,.1f} s[/]"
    )


def _tell_story(broken: PropertyResult, request: ExploreRequest, console: Console) -> None:
    found = broken.counterexample
    assert found is not None
    console.print(
        f"How [bold]{escape(broken.name)}[/] breaks{breaks_with(found)}, in a run of "
        f"{counted(found.events, 'event')}:"
    )
    text = scenario_text(request, broken)
    trace = simulate(plan(parse(text, where=f"counterexample of {request.where}")))
    for event in story(trace, found.event):
        told = explain(trace, event)
        strong = event == found.event or trace.kind(event) in _TURNS
        line = Text(f"  {event:>6,}  {told}", "bold" if strong else "")
        console.print(line)
    console.print(f"  {escape(found.sentence)}", style="red")
    console.print(f"[dim]choices: {escape('; '.join(found.choices) or 'none')}[/]")


def story(trace: Trace, event: int) -> list[int]:
    """Return the events that tell how a run came to an event.

    Each turn (a switch, an interrupt) with what was done just before it, and what led to the end;
    where that is too long, its beginning is left out.

    Args:
        trace: The run.
        event: The event that breaks the property; the last one where it is -1.
    """
    last = event if 0 <= event < len(trace) else len(trace) - 1
    chosen: list[int] = []
    since: list[int] = []
    for position in range(last + 1):
        kind = trace.kind(position)
        if kind in _TURNS:
            chosen += [*since[-2:], position]
            since = []
        elif kind in _STEPS:
            since.append(position)
    chosen += since[-4:]
    if last >= 0 and last not in chosen:
        chosen.append(last)
    return chosen[-_MOST_LINES:]


def tell_rows(rows: Sequence[Row], console: Console | None = None) -> None:
    """Print a sweep, a row each.

    Args:
        rows: With their answers.
        console: Where to print, the terminal if not given.
    """
    console = _console(console)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("", "verdict", "runs", "states", "seconds", "broken"):
        table.add_column(heading, justify="right" if heading in _NUMBERS else "left")
    for row in rows:
        done = row.answer
        if done is None:
            done_not = "not possible" if row.problem else "not done"
            table.add_row(Text(label(row.values)), done_not, "", "", "", Text(row.problem))
            continue
        broken = [
            f"{each.name} ({spent(each.counterexample) or 'by itself'})"
            for each in done.properties
            if each.counterexample is not None
        ]
        table.add_row(
            Text(label(row.values)),
            Text(done.verdict, "green" if done.verdict == VERIFIED else "bold red"),
            f"{done.runs:,}",
            f"{done.states:,}",
            f"{done.seconds:,.1f}",
            Text(", ".join(broken)),
        )
    console.print(table)


_NUMBERS = frozenset({"runs", "states", "seconds"})


def _console(console: Console | None) -> Console:
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, _NO_TERMINAL_WIDTH)
    return console
